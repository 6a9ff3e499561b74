//! One portal as it is now: its records, what they are made of, which belong together, and who works there.
//!
//! Promise: unique values are unique, a merged record's old ids lead to the one that survived, archived records are out of
//! sight until asked for, and every change leaves the news that a webhook tells.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{bonds::Bonds, schema::Schema, webhooks::News};
use crate::{
    clock::Millis,
    sandbox::{
        data::{
            accounts::PortalSeed,
            crm::{CONTACT, Portal},
            people::{Person, people},
        },
        moment::rfc3339,
    },
};

/// Object type and id.
pub(super) type Key = (&'static str, u64);

/// New records' ids are counted from here.
const IDS_FROM: u64 = 1_000_001;

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its values; an empty one is not there.
    pub properties: BTreeMap<String, String>,
    pub created: Millis,
    pub updated: Millis,
    /// Since when it is in the recycle bin.
    pub archived: Option<Millis>,
    pub hint: &'static str,
    pub tags: BTreeSet<&'static str>,
}

/// A portal.
#[derive(Debug)]
pub(super) struct Account {
    pub seed: PortalSeed,
    pub connected: bool,
    pub bonds: Bonds,
    pub schema: Schema,
    pub people: Vec<Person>,
    /// Optional scopes that the next install does not get.
    pub withheld: BTreeSet<String>,
    /// What changed since it was last told.
    pub news: Vec<News>,
    rows: BTreeMap<Key, Row>,
    /// Ids of records that were merged into another, and which.
    merged: BTreeMap<Key, u64>,
    /// Records by the value of a unique property, lower-cased; archived ones are not in it.
    unique: HashMap<(&'static str, String), HashMap<String, u64>>,
    next: u64,
}

impl Account {
    /// A portal as it was planted.
    pub(super) fn of(portal: &Portal, created: Millis) -> Self {
        let mut account = Self {
            seed: portal.seed,
            connected: portal.connected,
            bonds: Bonds::default(),
            schema: Schema::usual(created),
            people: people(),
            withheld: BTreeSet::new(),
            news: Vec::new(),
            rows: BTreeMap::new(),
            merged: BTreeMap::new(),
            unique: HashMap::new(),
            next: IDS_FROM,
        };
        for record in &portal.records {
            let row = Row {
                properties: record.properties.clone(),
                created,
                updated: created,
                archived: None,
                hint: record.hint,
                tags: record.tags.clone(),
            };
            account.put((record.kind, record.id), row);
        }
        for association in &portal.associations {
            account.bonds.connect(association.from, association.to, association.primary);
        }
        account
    }

    /// Where its data are kept, as tokens begin.
    pub(super) fn hublet(&self) -> &'static str {
        if self.seed.time_zone.starts_with("Europe") { "eu1" } else { "na1" }
    }

    /// Its own domain.
    pub(super) fn domain(&self) -> String {
        format!("{}.example", self.seed.name.to_lowercase().replace(' ', "-"))
    }

    /// An id that no record has.
    pub(super) const fn new_id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// The id that a record has now: of a merged one, the survivor's.
    pub(super) fn present(&self, (kind, mut id): Key) -> u64 {
        while let Some(next) = self.merged.get(&(kind, id)) {
            id = *next;
        }
        id
    }

    /// From now on `old` leads to `new`.
    pub(super) fn lead(&mut self, kind: &'static str, old: u64, new: u64) {
        self.merged.insert((kind, old), new);
    }

    /// A record that is there and not archived; old ids of merged ones lead to it.
    pub(super) fn live(&self, kind: &'static str, id: u64) -> Option<(u64, &Row)> {
        let id = self.present((kind, id));
        self.rows.get(&(kind, id)).filter(|r| r.archived.is_none()).map(|r| (id, r))
    }

    /// A record, archived or not.
    pub(super) fn any(&self, key: Key) -> Option<&Row> {
        self.rows.get(&key)
    }

    /// The records of a type behind an id, in the order of their ids.
    pub(super) fn from(&self, kind: &'static str, after: u64) -> impl Iterator<Item = (u64, &Row)> {
        let first = after.saturating_add(1);
        self.rows.range((kind, first)..=(kind, u64::MAX)).map(|((_, id), row)| (*id, row))
    }

    /// All records that are not archived.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Key, &Row)> {
        self.rows.iter().filter(|(_, row)| row.archived.is_none())
    }

    /// The record with this value of a unique property.
    pub(super) fn by_value(&self, kind: &'static str, property: &str, value: &str) -> Option<u64> {
        let values = self.unique.get(&(kind, property.to_owned()))?;
        values.get(&folded(value)).copied()
    }

    /// Puts a record in its place; an earlier one of the same id is replaced.
    pub(super) fn put(&mut self, key: Key, row: Row) {
        self.take(key);
        if row.archived.is_none() {
            for (property, value) in self.unique_values(key.0, &row.properties) {
                self.unique.entry((key.0, property)).or_default().insert(value, key.1);
            }
        }
        self.rows.insert(key, row);
    }

    /// Takes a record out.
    pub(super) fn take(&mut self, key: Key) -> Option<Row> {
        let row = self.rows.remove(&key)?;
        for (property, value) in self.unique_values(key.0, &row.properties) {
            if let Some(values) = self.unique.get_mut(&(key.0, property))
                && values.get(&value) == Some(&key.1)
            {
                values.remove(&value);
            }
        }
        Some(row)
    }

    /// Drops a property's values everywhere.
    pub(super) fn forget(&mut self, kind: &'static str, property: &str) {
        for (_, row) in self.rows.iter_mut().filter(|((k, _), _)| *k == kind) {
            row.properties.remove(property);
        }
        self.unique.remove(&(kind, property.to_owned()));
    }

    /// The values of a record by which it alone is found. A contact is found by its further addresses too.
    pub(super) fn unique_values(
        &self,
        kind: &'static str,
        properties: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for name in self.schema.unique(kind) {
            let further = properties.get("hs_additional_emails").filter(|_| kind == CONTACT && name == "email");
            let own = properties.get(name).into_iter().chain(further);
            let split = own.flat_map(|v| if name == "email" { v.split(';').collect() } else { vec![v.as_str()] });
            out.extend(split.map(folded).filter(|v| !v.is_empty()).map(|v| (name.to_owned(), v)));
        }
        out
    }

    /// A property's value as HubSpot tells it.
    pub(super) fn value(key: Key, row: &Row, property: &str) -> Option<String> {
        match property {
            "hs_object_id" => Some(key.1.to_string()),
            "createdate" | "hs_createdate" => Some(rfc3339(row.created)),
            "lastmodifieddate" | "hs_lastmodifieddate" => Some(rfc3339(row.updated)),
            _ => row.properties.get(property).cloned(),
        }
    }
}

/// As unique values are compared.
fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}
