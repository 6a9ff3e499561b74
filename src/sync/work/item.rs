//! One record of the ERP on its way to one target.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    domain::{
        ids::{ObjectId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::source::SourceRecord,
    hubspot::objects::Record,
    store::{links::Link, reviews::Candidate},
    sync::{
        bases::Bases,
        decide::{Found, Linked, Situation},
        flow::Policies,
        mapping::{Mapped, Mapping, TargetPlan},
    },
};

/// What a person decided about a row, or that nobody did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ruling {
    /// The record it is.
    pub(super) chosen: Option<ObjectId>,
    /// That it gets a record of its own.
    pub(super) new: bool,
    /// Records that it is not.
    pub(super) refused: Vec<ObjectId>,
}

/// One record of the ERP on its way to one target.
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no about the row")]
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) source: Arc<SourceRecord>,
    pub(super) target: Arc<TargetPlan>,
    /// Whether the target's trigger holds.
    pub(super) wanted: bool,
    pub(super) buried: bool,
    pub(super) link: Option<Link>,
    /// Its link is to become the one that writes: a person made it, and nobody else writes to the record.
    pub(super) promote: bool,
    pub(super) bases: Bases,
    pub(super) ruling: Ruling,
    /// Its record was made of it before, by a process that died before it kept the link.
    pub(super) remade: bool,
    /// What the mapping made of it.
    pub(super) mapping: Mapping,
    /// What matching found, for one without a link.
    pub(super) found: Found,
    /// What is merely alike, the likeliest first: how much, and why.
    pub(super) alike: Vec<Candidate>,
    /// Its HubSpot record, linked or found.
    pub(super) record: Option<Record>,
    /// Whether it is parked now.
    pub(super) parked: bool,
    /// The link whose place it takes: a mailbox's, or one whose row is gone.
    pub(super) supersedes: Option<Link>,
    /// A person chose a record for it that another row writes to.
    pub(super) reads_only: bool,
    /// Whether HubSpot is asked although nothing changed in the ERP.
    pub(super) looked_at: bool,
    /// Whether it was refused once for a record that is there already.
    pub(super) again: bool,
}

impl Item {
    /// What stands in `ledgercard_key`: `<system>:<account>:<kind>:<id>`. One row becomes one record of a type at most.
    pub(super) fn key(&self, prefix: &str) -> String {
        format!("{prefix}:{}:{}", self.source.kind.word(), self.source.id)
    }

    pub(super) fn object(&self) -> ObjectType {
        self.target.object()
    }

    pub(super) fn erp_id(&self) -> &SourceId {
        &self.source.id
    }

    /// The HubSpot record it is linked with.
    pub(super) fn linked_record(&self) -> Option<RecordRef> {
        self.link.as_ref().map(|link| link.record)
    }

    /// What decides about it.
    pub(super) fn situation<'p>(&self, policies: &'p Policies) -> Situation<'p> {
        let linked = self
            .link
            .as_ref()
            .map(|link| Linked { writes: link.writes || self.promote, present: self.record.is_some() });
        Situation {
            policies,
            wanted: self.wanted,
            inactive: self.source.inactive && !self.remade,
            buried: self.buried,
            linked,
            found: self.found.clone(),
        }
    }

    /// The value that the mapping gives a property.
    pub(super) fn mapped(&self, property: &str) -> Option<&str> {
        self.mapping.set.values().find_map(|(name, mapped)| match mapped {
            Mapped::Set(text) if name == property => Some(text.as_str()),
            _ => None,
        })
    }
}

/// The properties to read of a target's records.
pub(super) fn names(target: &TargetPlan, more: &[&'static str]) -> Vec<String> {
    let own = target.rows().iter().map(|row| row.property().name.clone());
    own.chain(more.iter().map(|name| (*name).to_owned())).collect::<BTreeSet<_>>().into_iter().collect()
}
