//! What the torture wrote down: who changed what and when, and what became of whom. The comparison at the end knows nothing
//! else of what should be.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    fields::Target,
    sides::{Kind, Row, RowId},
};

/// What people did to a HubSpot record, as far as it decides whether it may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It lies in the recycle bin since then.
    Archived(i64),
    /// It was erased.
    Erased,
    /// It was merged with the record of another row of this group.
    Joined(usize),
}

/// What happened to one row and its records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saga {
    /// Values that people gave its columns, and when; the first are those it began with.
    pub(crate) erp: BTreeMap<&'static str, (i64, String)>,
    /// Values that people gave its records' properties in HubSpot, and when.
    pub(crate) hubspot: BTreeMap<(Target, &'static str), (i64, String)>,
    /// Since when it is gone from NetSuite.
    pub(crate) gone: Option<i64>,
    /// What became of its records in HubSpot.
    pub(crate) fates: BTreeMap<Target, Fate>,
    /// Whether it was in use at any time.
    pub(crate) ever_active: bool,
    /// Left alone until the end, so that what must come of its last changes is certain.
    pub(crate) calm: bool,
    /// It already had a record in HubSpot before anything was in step.
    pub(crate) twin: bool,
    /// The torture gave a person something to decide about: why.
    pub(crate) doubt: Option<&'static str>,
    /// What must stand in these properties and their columns at the end.
    pub(crate) must: BTreeMap<(Target, &'static str), String>,
}

/// A record that people made in HubSpot, of which NetSuite gets a row.
#[derive(Debug, Clone)]
pub(crate) struct Born {
    pub(crate) target: Target,
    /// The HubSpot record.
    pub(crate) id: u64,
    /// What people gave it.
    pub(crate) properties: BTreeMap<&'static str, String>,
    /// The row of the company it belongs to.
    pub(crate) company: Option<RowId>,
}

/// A record that has nothing to do with anything.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    pub(crate) object: &'static str,
    pub(crate) id: u64,
    pub(crate) properties: BTreeMap<String, String>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) sagas: BTreeMap<RowId, Saga>,
    /// Rows that came with the sandbox: oddities of which people must decide, and nobody touches them here.
    pub(crate) demo: BTreeSet<RowId>,
    pub(crate) born: Vec<Born>,
    pub(crate) strangers: Vec<Stranger>,
    pub(crate) groups: usize,
    /// How often what was done.
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

/// The columns that the torture looks at.
pub(crate) const COLUMNS: [&str; 9] =
    ["email", "firstname", "lastname", "phone", "officephone", "title", "mobilephone", "fax", "companyname"];

/// What a row becomes in HubSpot, as it is now.
pub(crate) fn targets(kind: Kind, row: &Row) -> Vec<Target> {
    match kind {
        Kind::Contact => vec![Target::Contact],
        Kind::Customer if row.is_person() => vec![Target::Person],
        Kind::Customer if row.value("email").is_empty() => vec![Target::Company],
        Kind::Customer => vec![Target::Company, Target::Mailbox],
    }
}

impl Saga {
    /// The saga of a row as it is at `now`.
    pub(crate) fn of(row: &Row, now: i64) -> Self {
        let erp = COLUMNS.into_iter().map(|column| (column, (now, row.value(column).to_owned())));
        Self { erp: erp.collect(), ever_active: !row.is_inactive(), ..Self::default() }
    }

    /// The value that people gave a column last, and when.
    pub(crate) fn last_in_erp(&self, column: &str) -> (i64, &str) {
        self.erp.get(column).map_or((0, ""), |(at, value)| (*at, value))
    }

    /// The value that people gave a property in HubSpot last, and when; none: nobody did.
    pub(crate) fn last_in_hubspot(&self, target: Target, property: &'static str) -> Option<(i64, &str)> {
        self.hubspot.get(&(target, property)).map(|(at, value)| (*at, value.as_str()))
    }

    /// Whether people may go on with it as they like.
    pub(crate) fn is_free(&self) -> bool {
        let joined = self.fates.values().any(|fate| matches!(fate, Fate::Joined(_)));
        self.gone.is_none() && !self.calm && self.doubt.is_none() && !joined
    }
}

impl Story {
    /// Counts something that was done.
    pub(crate) fn did(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// People gave a column of a row this value.
    pub(crate) fn wrote_erp(&mut self, id: RowId, column: &'static str, value: &str, now: i64) {
        if let Some(saga) = self.sagas.get_mut(&id) {
            saga.erp.insert(column, (now, value.to_owned()));
        }
    }

    /// People gave a property of a row's record this value.
    pub(crate) fn wrote_hubspot(
        &mut self,
        (id, target): (RowId, Target),
        property: &'static str,
        value: &str,
        now: i64,
    ) {
        if let Some(saga) = self.sagas.get_mut(&id) {
            saga.hubspot.insert((target, property), (now, value.to_owned()));
        }
    }

    /// The rows that people may go on with, of a kind.
    pub(crate) fn free(&self, kind: Kind) -> Vec<RowId> {
        self.sagas.iter().filter(|((of, _), saga)| *of == kind && saga.is_free()).map(|(id, _)| *id).collect()
    }

    /// What was done, in words.
    pub(crate) fn told(&self) -> String {
        let each: Vec<String> = self.counts.iter().map(|(what, times)| format!("{times} {what}")).collect();
        each.join(", ")
    }
}
