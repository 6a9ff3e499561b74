//! Which values a property had, since when, and who wrote them.
//!
//! Promise: kept from the first change of a property on; a value that stands since the record was made needs no entry.

use serde_json::{Value as Json, json};

use super::fields::Name;
use crate::{clock::Millis, sandbox::moment::rfc3339};

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The app, over the API.
    App,
    /// A person in HubSpot, by user id.
    Person(u32),
    /// An import: what was planted or made in bulk.
    Import,
}

impl Who {
    /// As webhooks and histories name it: `sourceType` and `sourceId`.
    pub(super) fn source(self, app: u64) -> (&'static str, Option<String>) {
        match self {
            Self::App => ("INTEGRATION", Some(app.to_string())),
            Self::Person(user) => ("CRM_UI", Some(format!("userId:{user}"))),
            Self::Import => ("IMPORT", None),
        }
    }
}

/// A value that a property had from an instant on.
#[derive(Debug, Clone)]
struct Entry {
    value: Box<str>,
    at: Millis,
    who: Who,
}

impl Entry {
    fn json(&self, app: u64) -> Json {
        let (kind, id) = self.who.source(app);
        let mut json = json!({"value": &*self.value, "timestamp": rfc3339(self.at), "sourceType": kind});
        if let Some(id) = id {
            json["sourceId"] = json!(id);
        }
        if let Who::Person(user) = self.who {
            json["updatedByUserId"] = json!(user);
        }
        json
    }
}

/// The first value of a property: it stands since the record was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct First<'f> {
    pub value: Option<&'f str>,
    pub at: Millis,
    pub who: Who,
}

/// The earlier values of a record's properties, and the present ones of those that changed; oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct History(Vec<(Name, Vec<Entry>)>);

impl History {
    /// Notes a change; at most `most` values are kept.
    pub(super) fn note(&mut self, name: Name, first: First<'_>, value: &str, (at, who): (Millis, Who), most: usize) {
        let place = self.0.iter().position(|(n, _)| *n == name).unwrap_or_else(|| {
            let standing = first.value.map(|v| Entry { value: v.into(), at: first.at, who: first.who });
            self.0.push((name, standing.into_iter().collect()));
            self.0.len() - 1
        });
        if let Some((_, entries)) = self.0.get_mut(place) {
            if entries.len() >= most {
                entries.remove(0);
            }
            entries.push(Entry { value: value.into(), at, who });
        }
    }

    /// The values of a property as the API tells them, the newest first.
    pub(super) fn json(&self, name: Option<Name>, first: First<'_>, app: u64) -> Vec<Json> {
        let kept = self.0.iter().find(|(n, _)| Some(*n) == name);
        if let Some((_, entries)) = kept {
            return entries.iter().rev().map(|entry| entry.json(app)).collect();
        }
        let standing = first.value.map(|v| Entry { value: v.into(), at: first.at, who: first.who });
        standing.iter().map(|entry| entry.json(app)).collect()
    }
}
