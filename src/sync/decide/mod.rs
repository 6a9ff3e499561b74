//! What is to be done about one record of the ERP and its HubSpot record: a pure function of what is known of both.
//!
//! Promise: the same input gives the same answer; nothing is created, cleared or archived that the policies do not allow; a
//! second ERP record never gets hold of a HubSpot record that has a writing link.
//! Never: reads or writes anything.

mod row;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use self::row::{Base, Digest, Guard, Moment, Outcome, Rule, Sides, decide as decide_row};
use crate::{
    domain::ids::ObjectId,
    sync::flow::{Inactive, OnCreate, OnUpdate, Policies},
};

/// What is known of a record of the ERP and what it could be in HubSpot.
#[derive(Debug, Clone)]
pub struct Situation<'s> {
    /// What the administrator decided.
    pub policies: &'s Policies,
    /// Whether the target's trigger holds.
    pub wanted: bool,
    /// Whether the ERP marks it as no longer in use.
    pub inactive: bool,
    /// Whether it lies under a tombstone.
    pub buried: bool,
    /// Its link, where there is one.
    pub linked: Option<Linked>,
    /// What matching found, for a record without a link.
    pub found: Found,
}

/// A link, as far as it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// Whether this is the link that writes.
    pub writes: bool,
    /// Whether the HubSpot record is there.
    pub present: bool,
}

/// What matching found in HubSpot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Found {
    /// Nothing was asked.
    #[default]
    NotAsked,
    /// No record.
    None,
    /// Exactly this one.
    One(ObjectId),
    /// More than one.
    Several(Vec<ObjectId>),
    /// One that another ERP record writes to already.
    Taken(ObjectId),
    /// One with the same key whose other data say that it is somebody else.
    Contradicted(ObjectId, Vec<&'static str>),
    /// None by an exact key, but these are much alike.
    Alike(Vec<ObjectId>),
    /// One that a person refused for this ERP record before, and no other.
    Refused,
    /// One that belongs to the row's own people: nothing is made of the row.
    Theirs,
    /// This one, chosen by a person.
    Chosen(ObjectId),
    /// A person said that a new record is to be made.
    New,
}

/// Why nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// It is not for this target.
    NotWanted,
    /// It lies under a tombstone: its record was deleted or erased in HubSpot.
    Buried,
    /// It is no longer in use.
    Inactive,
    /// The policy makes no records.
    NotCreated,
    /// The policy links only, and there is nothing to link with.
    NothingToLink,
    /// The policy updates nothing.
    NotUpdated,
    /// Another link writes to this record.
    ReadOnly,
    /// The linked record cannot be read now; whether it is gone is found out otherwise.
    Absent,
    /// A person decided that it has no record.
    Refused,
    /// It is a company's own address, which one of its contacts has.
    PersonHasIt,
}

/// Why a person must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Several records fit.
    Several,
    /// The one that fits belongs to another ERP record.
    Taken,
    /// The one that fits by its key is somebody else by its other data.
    Contradicted,
    /// Nothing fits by a key, but something is much alike.
    Alike,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Skip(Skip),
    /// Make a record.
    Create,
    /// Link with this record, and bring it in step.
    Link(ObjectId),
    /// Bring the linked record in step.
    Update,
    /// Ask a person.
    Review {
        /// Why.
        doubt: Doubt,
        /// What fits.
        candidates: Vec<ObjectId>,
        /// Codes of what speaks against it.
        reasons: Vec<&'static str>,
    },
}

/// Decides about one record.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Decision {
    if let Some(linked) = situation.linked {
        return Decision::Skip(match () {
            () if !linked.writes => Skip::ReadOnly,
            // What it was it is no more: the record stays as it is.
            () if !situation.wanted => Skip::NotWanted,
            () if !linked.present => Skip::Absent,
            () if situation.policies.on_update == OnUpdate::Nothing => Skip::NotUpdated,
            () if situation.inactive && situation.policies.inactive == Inactive::Skip => Skip::Inactive,
            () => return Decision::Update,
        });
    }
    if let Some(skip) = unlinked(situation) {
        return Decision::Skip(skip);
    }
    let review = |doubt, candidates, reasons| Decision::Review { doubt, candidates, reasons };
    match &situation.found {
        Found::One(id) | Found::Chosen(id) => Decision::Link(*id),
        Found::Several(ids) => review(Doubt::Several, ids.clone(), Vec::new()),
        Found::Taken(id) => review(Doubt::Taken, vec![*id], Vec::new()),
        Found::Contradicted(id, reasons) => review(Doubt::Contradicted, vec![*id], reasons.clone()),
        Found::Alike(ids) => review(Doubt::Alike, ids.clone(), Vec::new()),
        Found::Refused => Decision::Skip(Skip::Refused),
        Found::Theirs => Decision::Skip(Skip::PersonHasIt),
        Found::None | Found::NotAsked | Found::New => match situation.policies.on_create {
            OnCreate::Create => Decision::Create,
            OnCreate::LinkOnly => Decision::Skip(Skip::NothingToLink),
            OnCreate::Nothing => Decision::Skip(Skip::NotCreated),
        },
    }
}

/// Why a record without a link stays without one, whatever matching would find.
#[must_use]
pub fn unlinked(situation: &Situation<'_>) -> Option<Skip> {
    match () {
        () if situation.buried => Some(Skip::Buried),
        () if !situation.wanted => Some(Skip::NotWanted),
        () if situation.inactive => Some(Skip::Inactive),
        () if situation.policies.on_create == OnCreate::Nothing => Some(Skip::NotCreated),
        () => None,
    }
}
