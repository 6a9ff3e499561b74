//! Records of an ERP as they flow to and from HubSpot: what changed there, and what is written there.
//!
//! Promise: a page of changes and the cursor behind it fit together, so that asking again from a cursor that was kept misses
//! nothing; a row that cannot be read is told as broken and holds up no other.
//! Never: says what becomes of a record in HubSpot.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Millis,
    domain::{field::Fields, ids::SourceId},
};

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
