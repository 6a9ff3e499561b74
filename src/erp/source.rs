//! Records of an ERP as they flow to and from HubSpot: what changed there, and what is written there.
//!
//! Promise: a page of changes and the cursor behind it fit together, so that asking again from a cursor that was kept misses
//! nothing; a row that cannot be read is told as broken and holds up no other.
//! Never: says what becomes of a record in HubSpot.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Millis,
    domain::{
        field::Fields,
        ids::{PortalId, SourceId},
        record::RecordRef,
    },
};

/// What the external ids of records begin with that were made here.
pub const OURS: &str = "ledgercard-";

/// The external id of a record that is made from one in HubSpot: always the same, so that it is made once.
#[must_use]
pub fn external_id(portal: PortalId, record: RecordRef) -> String {
    format!("{OURS}{portal}-{}-{}", record.object_type.type_id(), record.object_id)
}

/// The kinds of records that flow. The word is what the database and the API hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Customers: companies and persons.
    Customer,
    /// People at customers.
    Contact,
}

impl Kind {
    /// The word the database and `ledgercard_key` hold.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
        }
    }
}

/// Another ERP record that one belongs to, such as the company of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// What it is.
    pub kind: Kind,
    /// Which.
    pub id: SourceId,
    /// Whether it is the first among several.
    pub primary: bool,
}

/// A record of the ERP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRecord {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: SourceId,
    /// Its modification stamp, as the ERP writes it: to compare with itself only.
    pub stamp: String,
    /// When it was changed last, where the stamp tells.
    pub modified_at: Option<Millis>,
    /// Whether the ERP marks it as no longer in use.
    pub inactive: bool,
    /// What was asked for and has a value.
    pub fields: Fields,
    /// What it belongs to.
    pub parents: Vec<Parent>,
    /// Its external id, where that is one of ours: it was made from a HubSpot record.
    pub ours: Option<String>,
}

impl SourceRecord {
    /// The HubSpot record that it was made from, with its portal. It is that record's, whatever else it looks like: a run that
    /// was killed between making it and keeping the link left it so.
    #[must_use]
    pub fn made_from(&self) -> Option<(PortalId, RecordRef)> {
        let (portal, record) = self.ours.as_deref()?.strip_prefix(OURS)?.split_once('-')?;
        let (object_type, object_id) = record.rsplit_once('-')?;
        let record = RecordRef { object_type: object_type.parse().ok()?, object_id: object_id.parse().ok()? };
        Some((portal.parse().ok()?, record))
    }
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRow {
    /// Which.
    pub id: SourceId,
    /// The field that cannot be read.
    pub field: String,
    /// Its modification stamp.
    pub stamp: String,
}

/// Records that were asked for by their ids. One that is in neither list is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// As they are now.
    pub records: Vec<SourceRecord>,
    /// Rows that are there and could not be read.
    pub broken: Vec<BrokenRow>,
}

impl Sources {
    /// Those that are there, whether they could be read or not.
    #[must_use]
    pub fn there(&self) -> BTreeSet<SourceId> {
        let read = self.records.iter().map(|record| &record.id);
        read.chain(self.broken.iter().map(|row| &row.id)).cloned().collect()
    }

    /// Those of the ids that were asked for that are not there.
    #[must_use]
    pub fn missing(&self, asked: &[SourceId]) -> Vec<Gone> {
        let there = self.there();
        asked.iter().filter(|id| !there.contains(*id)).map(|id| Gone { id: id.clone(), into: None }).collect()
    }
}

/// A record that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Which.
    pub id: SourceId,
    /// The record it was merged into, where the ERP tells.
    pub into: Option<SourceId>,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Records that are new or were changed, each once, at most [`CHANGES`].
    pub records: Vec<SourceRecord>,
    /// Rows that could not be read.
    pub broken: Vec<BrokenRow>,
    /// Records that are gone, as far as the ERP tells of deletions.
    pub gone: Vec<Gone>,
    /// What to ask with next; opaque.
    pub next: String,
    /// Whether there is more right now.
    pub more: bool,
}

/// The most records of one page of changes.
pub const CHANGES: usize = 1_000;

/// Which records flow, and what of them is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What kind.
    pub kind: Kind,
    /// The names of the fields; those that the account lacks are left out.
    pub fields: Vec<String>,
}

/// A page of the census: every record that is there, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CensusPage {
    /// Ids and modification stamps, in the ERP's order of ids.
    pub rows: Vec<(SourceId, String)>,
    /// The id to ask behind next; `None`: that was all.
    pub next: Option<SourceId>,
}

/// Something to write to the ERP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Make a record that was never made before under this external id.
    Create {
        /// `ledgercard-…`: who asks twice makes one record.
        external_id: String,
        /// What it is made of.
        fields: Fields,
        /// What it belongs to.
        parents: Vec<Parent>,
    },
    /// Change these fields of a record, if it still has the stamp at which it was read.
    Update {
        /// Which.
        id: SourceId,
        /// The stamp it must have; else [`NotWritten::Changed`].
        stamp: String,
        /// The fields that get another value.
        set: Fields,
        /// The fields that lose theirs.
        clear: Vec<String>,
    },
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The record.
    pub id: SourceId,
    /// Whether it was made just now.
    pub new: bool,
    /// The record as it reads now, where it was read again.
    pub record: Option<SourceRecord>,
}

/// Why one row was not written, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWritten {
    /// It was changed since it was read: read it again and decide anew.
    Changed,
    /// It is gone.
    Missing,
    /// Somebody works on it or a rule of the ERP holds it: later.
    Locked,
    /// The ERP refuses the content.
    Rejected {
        /// The field it names, where it names one.
        field: Option<String>,
        /// Its code word.
        code: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::ObjectId, record::ObjectType};

    #[test]
    fn a_record_made_from_one_in_hubspot_tells_which() {
        let record = RecordRef { object_type: ObjectType::Company, object_id: ObjectId(501) };
        let made = |ours: Option<&str>| SourceRecord {
            kind: Kind::Customer,
            id: "42".parse().unwrap(),
            stamp: String::new(),
            modified_at: None,
            inactive: false,
            fields: Fields::new(),
            parents: Vec::new(),
            ours: ours.map(str::to_owned),
        };
        let id = external_id(PortalId(4711), record);
        assert_eq!(id, "ledgercard-4711-0-2-501");
        assert_eq!(made(Some(&id)).made_from(), Some((PortalId(4711), record)));
        for other in
            [None, Some("acme-1"), Some("ledgercard-"), Some("ledgercard-4711-0-9-1"), Some("ledgercard-x-0-2-1")]
        {
            assert_eq!(made(other).made_from(), None, "{other:?}");
        }
    }
}
