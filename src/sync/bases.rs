//! The common base of a link: for each row of the mapping the keyed hashes of what both sides were when they last agreed.
//!
//! Promise: a hash says nothing of its value to whoever has no key; it is the same after a rotation of the keys as long as the
//! oldest key is kept.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::decide::{Base, Digest};
use crate::{domain::ids::ConnectionId, store::links::Base as Stored, vault::KeyRing};

/// The bases of one link, by the id of the mapping's row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bases(pub(super) BTreeMap<String, Base>);

impl Bases {
    /// As they stand in a link's row; what cannot be read counts as never agreed upon.
    pub(super) fn read(stored: &Stored) -> Self {
        let one = |(row, text): (&String, &String)| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (erp, hubspot) = bytes.split_first_chunk::<8>()?;
            Some((row.clone(), Base { erp: *erp, hubspot: <Digest>::try_from(hubspot).ok()? }))
        };
        Self(stored.iter().filter_map(one).collect())
    }

    /// As they are stored.
    pub(super) fn written(&self) -> Stored {
        let one = |(row, base): (&String, &Base)| {
            let bytes = [base.erp, base.hubspot].concat();
            (row.clone(), URL_SAFE_NO_PAD.encode(bytes))
        };
        self.0.iter().map(one).collect()
    }
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
        let bases = Bases([("email".to_owned(), base)].into());
        assert_eq!(Bases::read(&bases.written()), bases);
        assert_eq!(Bases::read(&[("email".to_owned(), "nonsense".to_owned())].into()), Bases::default());
    }
}
