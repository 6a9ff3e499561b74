//! The common base of a link: for each row of the mapping the keyed hashes of what both sides were when they last agreed.
//!
//! What a record belonged to stands there too, by ids: so that what it left can be told.
//!
//! Promise: a hash says nothing of its value to whoever has no key; it is the same after a rotation of the keys as long as the
//! oldest key is kept.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::decide::{Base, Digest};
use crate::{
    domain::ids::{ConnectionId, SourceId},
    erp::source::{Kind, Parent},
    store::links::Base as Stored,
    vault::KeyRing,
};

/// The entry for what the record belongs to.
const PARENTS: &str = "@parents";

/// The bases of one link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bases {
    /// By the id of the mapping's row.
    pub(super) rows: BTreeMap<String, Base>,
    /// What the record belonged to in the ERP, and whether that was the first; `None`: it was never looked at.
    pub(super) parents: Option<BTreeSet<(Kind, SourceId, bool)>>,
}

impl Bases {
    /// What a record belongs to, to be kept. Where the ERP names no first one any more, the last that it named is still
    /// remembered: it may only have become unreadable, and is left only for another.
    pub(super) fn parents_now(&self, all: &[Parent]) -> BTreeSet<(Kind, SourceId, bool)> {
        let mut now: BTreeSet<_> = all.iter().map(|parent| (parent.kind, parent.id.clone(), parent.primary)).collect();
        if !all.iter().any(|parent| parent.primary) {
            now.extend(self.parents.iter().flatten().filter(|(_, _, primary)| *primary).cloned());
        }
        now
    }

    /// As they stand in a link's row; what cannot be read counts as never agreed upon.
    pub(super) fn read(stored: &Stored) -> Self {
        let one = |(row, text): (&String, &String)| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (erp, hubspot) = bytes.split_first_chunk::<8>()?;
            Some((row.clone(), Base { erp: *erp, hubspot: <Digest>::try_from(hubspot).ok()? }))
        };
        let parents = stored.get(PARENTS).map(|text| text.lines().filter_map(parent).collect());
        Self { rows: stored.iter().filter(|(row, _)| row.as_str() != PARENTS).filter_map(one).collect(), parents }
    }

    /// As they are stored.
    pub(super) fn written(&self) -> Stored {
        let one = |(row, base): (&String, &Base)| {
            let bytes = [base.erp, base.hubspot].concat();
            (row.clone(), URL_SAFE_NO_PAD.encode(bytes))
        };
        let line =
            |(kind, id, primary): &(Kind, SourceId, bool)| format!("{}:{}:{id}", kind.word(), u8::from(*primary));
        let parents =
            self.parents.iter().map(|all| (PARENTS.to_owned(), all.iter().map(line).collect::<Vec<_>>().join("\n")));
        self.rows.iter().map(one).chain(parents).collect()
    }
}

/// One line of the entry: kind, whether it is the first, and the id, which may hold anything but the end of a line.
fn parent(line: &str) -> Option<(Kind, SourceId, bool)> {
    let mut parts = line.splitn(3, ':');
    let word = parts.next()?;
    let kind = [Kind::Customer, Kind::Contact].into_iter().find(|kind| kind.word() == word)?;
    let primary = parts.next()? == "1";
    Some((kind, parts.next()?.parse().ok()?, primary))
}

/// Makes the hashes of one connection.
#[derive(Debug, Clone)]
pub(super) struct Hasher {
    ring: KeyRing,
    connection: ConnectionId,
}

impl Hasher {
    pub(super) const fn new(ring: KeyRing, connection: ConnectionId) -> Self {
        Self { ring, connection }
    }

    /// The hash of a row's value, as HubSpot would write it; an empty one has a hash too.
    pub(super) fn of(&self, row: &str, value: Option<&str>) -> Digest {
        let mut said = Vec::with_capacity(64);
        said.extend_from_slice(self.connection.0.as_bytes());
        said.extend_from_slice(row.as_bytes());
        said.push(0);
        match value {
            None => said.push(0),
            Some(value) => {
                said.push(1);
                said.extend_from_slice(value.as_bytes());
            }
        }
        let mac = self.ring.mac("field", &said);
        let mut digest = [0; 8];
        digest.copy_from_slice(&mac[..8]);
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_read_as_they_were_written() {
        let base = Base { erp: *b"12345678", hubspot: *b"abcdefgh" };
        let id = |text: &str| text.parse::<SourceId>().expect("an id");
        let parents = [(Kind::Customer, id("42"), true), (Kind::Contact, id("a:b"), false)];
        let of = |parents| Bases { rows: [("email".to_owned(), base)].into(), parents };
        for bases in [of(Some(parents.into())), of(Some(BTreeSet::new())), of(None)] {
            assert_eq!(Bases::read(&bases.written()), bases);
        }
        assert_eq!(Bases::read(&[("email".to_owned(), "nonsense".to_owned())].into()), Bases::default());
    }
}
