//! One record: its packed values, when it was made and changed, and what its properties were before.

use std::collections::BTreeSet;

use super::{
    fields::{Fields, Name},
    history::{First, History, Who},
};
use crate::clock::Millis;

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub fields: Fields,
    pub created: Millis,
    pub updated: Millis,
    /// Since when it is in the recycle bin.
    pub archived: Option<Millis>,
    /// Who made it.
    pub maker: Who,
    history: Option<Box<History>>,
    planted: Option<Box<Planted>>,
}

/// What a planted record is good for in the demo.
#[derive(Debug, Clone)]
pub(super) struct Planted {
    pub hint: &'static str,
    pub tags: BTreeSet<&'static str>,
}

impl Row {
    /// A new record.
    pub(super) const fn new(fields: Fields, at: Millis, maker: Who) -> Self {
        Self { fields, created: at, updated: at, archived: None, maker, history: None, planted: None }
    }

    /// With what it is good for.
    pub(super) fn planted(self, hint: &'static str, tags: BTreeSet<&'static str>) -> Self {
        Self { planted: Some(Box::new(Planted { hint, tags })), ..self }
    }

    /// What it is good for in the demo.
    pub(super) fn hint(&self) -> &'static str {
        self.planted.as_ref().map_or("Made in this demo.", |p| p.hint)
    }

    /// What it shows, as words.
    pub(super) fn tags(&self) -> Vec<&'static str> {
        self.planted.as_ref().map_or_else(|| vec!["made_here"], |p| p.tags.iter().copied().collect())
    }

    /// Notes that a property has another value; to be told before the values are packed anew.
    pub(super) fn note(&mut self, name: Name, value: &str, at: Millis, who: Who, most: usize) {
        let first = First { value: self.fields.get(name), at: self.created, who: self.maker };
        self.history.get_or_insert_default().note(name, first, value, (at, who), most);
        self.updated = at;
    }

    /// The values of a property as the API tells them, the newest first.
    pub(super) fn history(&self, name: Option<Name>, value: Option<&str>, app: u64) -> Vec<serde_json::Value> {
        let first = First { value, at: self.created, who: self.maker };
        match &self.history {
            Some(history) => history.json(name, first, app),
            None => History::default().json(name, first, app),
        }
    }
}
