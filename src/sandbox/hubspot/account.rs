//! One portal as it is now: its records, what they are made of, which belong together, and who works there.
//!
//! Promise: unique values are unique, a merged record's old ids lead to the one that survived, archived records are out of
//! sight until asked for and gone after 90 days, and every change leaves the news that a webhook tells.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    bonds::Bonds,
    fields::{Fields, Names},
    index::Index,
    lists::Lists,
    row::Row,
    rules::Rules,
    schema::Schema,
    sheet::{Sheet, Unique},
    values::Values,
    webhooks::News,
};
use crate::{
    clock::Millis,
    sandbox::{
        data::{
            accounts::PortalSeed,
            crm::{COMPANY, CONTACT, DEAL, Portal},
            people::{Person, people},
        },
        moment::rfc3339,
    },
};

/// Object type and id.
pub(super) type Key = (&'static str, u64);

/// New records' ids are counted from here.
const IDS_FROM: u64 = 1_000_001;
/// How long an archived record can be restored, in milliseconds.
const BIN: i64 = 90 * 86_400_000;

/// A portal.
#[derive(Debug)]
pub(super) struct Account {
    pub seed: PortalSeed,
    pub connected: bool,
    /// The app's id, by which changes name it.
    pub app: u64,
    pub bonds: Bonds,
    pub schema: Schema,
    pub people: Vec<Person>,
    pub lists: Lists,
    pub rules: Rules,
    /// What searches see.
    pub index: Index,
    /// Optional scopes that the next install does not get.
    pub withheld: BTreeSet<String>,
    /// What changed since it was last told.
    pub news: Vec<News>,
    /// The present instant, as last told.
    now: Millis,
    names: Names,
    sheets: [Sheet; 3],
    /// The recycle bin: since when which records are in it.
    bin: BTreeSet<(Millis, Key)>,
    next: u64,
}

const fn place(kind: &str) -> usize {
    match kind.as_bytes() {
        b"0-1" => 0,
        b"0-2" => 1,
        _ => 2,
    }
}

impl Account {
    /// A portal as it was planted.
    pub(super) fn of(portal: &Portal, app: u64, created: Millis) -> Self {
        let mut account = Self {
            seed: portal.seed,
            connected: portal.connected,
            app,
            bonds: Bonds::default(),
            schema: Schema::usual(created),
            people: people(),
            lists: Lists::default(),
            rules: Rules::default(),
            index: Index::default(),
            withheld: BTreeSet::new(),
            news: Vec::new(),
            now: created,
            names: Names::default(),
            sheets: [Sheet::default(), Sheet::default(), Sheet::default()],
            bin: BTreeSet::new(),
            next: IDS_FROM,
        };
        for record in &portal.records {
            let row = Row::new(Fields::default(), created, super::history::Who::Import);
            let row = row.planted(record.hint, record.tags.clone());
            account.put((record.kind, record.id), row, &record.properties);
        }
        for association in &portal.associations {
            account.bonds.connect(association.from, association.to, association.primary);
        }
        account
    }

    /// Tells the time: what lay in the recycle bin too long is gone, and searches see what is due.
    pub(super) fn tick(&mut self, now: Millis) {
        self.now = now;
        self.index.settle(now);
        while let Some((_, key)) = self.bin.first().copied().filter(|(since, _)| since.0 + BIN < now.0) {
            self.take(key);
            self.bonds.drop_all(key);
        }
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

    /// The records of a type.
    pub(super) const fn sheet(&self, kind: &str) -> &Sheet {
        &self.sheets[place(kind)]
    }

    /// The id that a record has now: of a merged one, the survivor's.
    pub(super) fn present(&self, (kind, id): Key) -> u64 {
        self.sheet(kind).present(id)
    }

    /// From now on `old` leads to `new`.
    pub(super) fn lead(&mut self, kind: &'static str, old: u64, new: u64) {
        self.sheets[place(kind)].lead(old, new);
    }

    /// A record that is there and not archived; old ids of merged ones lead to it.
    pub(super) fn live(&self, kind: &'static str, id: u64) -> Option<(u64, &Row)> {
        let id = self.present((kind, id));
        self.sheet(kind).get(id).filter(|r| r.archived.is_none()).map(|r| (id, r))
    }

    /// A record, archived or not.
    pub(super) fn any(&self, key: Key) -> Option<&Row> {
        self.sheet(key.0).get(key.1)
    }

    /// The records of a type behind an id, archived or not, in the order of their ids.
    pub(super) fn from(&self, kind: &'static str, after: u64) -> impl Iterator<Item = (u64, &Row)> {
        self.sheet(kind).range(after.saturating_add(1)..=u64::MAX)
    }

    /// The records of a type behind an id that are in the recycle bin, in the order of their ids.
    pub(super) fn binned(&self, kind: &'static str, after: u64) -> Vec<(u64, &Row)> {
        let keys = self.bin.iter().map(|(_, key)| *key).filter(|key| key.0 == kind && key.1 > after);
        let mut found: Vec<_> = keys.filter_map(|key| self.any(key).map(|row| (key.1, row))).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found
    }

    /// The record with this value of a unique property.
    pub(super) fn by_value(&self, kind: &'static str, property: &str, value: &str) -> Option<u64> {
        self.sheet(kind).by_value(property, &folded(value))
    }

    /// Puts a record with these values in its place; an earlier one of the same id is replaced.
    pub(super) fn put(&mut self, key: Key, mut row: Row, values: &Values) {
        let earlier = self.take(key);
        let unique = self.unique_values(key.0, values);
        let kept = values.iter().filter(|(name, _)| *name != "hs_object_id");
        let fields = kept.map(|(name, value)| (self.names.number(name), value.as_str())).collect();
        row.fields = Fields::pack(fields);
        self.index.change(key, earlier.as_ref(), Some(&row), self.now);
        if let Some(since) = row.archived {
            self.bin.insert((since, key));
        }
        self.sheets[place(key.0)].put(key.1, row, unique);
    }

    /// Takes a record out.
    pub(super) fn take(&mut self, key: Key) -> Option<Row> {
        let values = self.any(key).map(|row| self.values(row))?;
        let unique = self.unique_values(key.0, &values);
        let row = self.sheets[place(key.0)].take(key.1, &unique)?;
        self.index.change(key, Some(&row), None, self.now);
        if let Some(since) = row.archived {
            self.bin.remove(&(since, key));
        }
        Some(row)
    }

    /// Drops a property's values everywhere.
    pub(super) fn forget(&mut self, kind: &'static str, property: &str) {
        for id in self.sheet(kind).ids() {
            let Some(row) = self.any((kind, id)).filter(|row| self.get(row, property).is_some()).cloned() else {
                continue;
            };
            let mut values = self.values(&row);
            values.remove(property);
            self.put((kind, id), row, &values);
        }
        self.sheets[place(kind)].drop_unique(property);
    }

    /// Notes in a record's history that a property gets another value.
    pub(super) fn note(
        &mut self,
        kind: &'static str,
        row: &mut Row,
        property: &str,
        value: &str,
        by: super::change::By,
    ) {
        let most = if kind == CONTACT { 45 } else { 20 };
        row.note(self.names.number(property), value, by.now, by.who, most);
    }

    /// The values of a record by which it alone is found. A contact is found by its further addresses too.
    pub(super) fn unique_values(&self, kind: &'static str, properties: &BTreeMap<String, String>) -> Vec<Unique> {
        let mut out = Vec::new();
        for name in self.schema.unique(kind) {
            let further = properties.get("hs_additional_emails").filter(|_| kind == CONTACT && name == "email");
            let own = properties.get(name).into_iter().chain(further);
            let split = own.flat_map(|v| if name == "email" { v.split(';').collect() } else { vec![v.as_str()] });
            out.extend(split.map(folded).filter(|v| !v.is_empty()).map(|v| (name.to_owned(), v)));
        }
        out
    }

    /// A record's values.
    pub(super) fn values(&self, row: &Row) -> Values {
        row.fields.iter().map(|(name, value)| (self.names.name(name).to_owned(), value.to_owned())).collect()
    }

    /// A value as it was written.
    pub(super) fn get<'r>(&self, row: &'r Row, property: &str) -> Option<&'r str> {
        row.fields.get(self.names.known(property)?)
    }

    /// A property's value as HubSpot tells it.
    pub(super) fn value<'r>(&self, key: Key, row: &'r Row, property: &str) -> Option<Cow<'r, str>> {
        match property {
            "hs_object_id" => Some(key.1.to_string().into()),
            "createdate" | "hs_createdate" => Some(rfc3339(row.created).into()),
            "lastmodifieddate" | "hs_lastmodifieddate" => Some(rfc3339(row.updated).into()),
            "num_associated_contacts" => self.counted(key, CONTACT),
            "num_associated_deals" => self.counted(key, DEAL),
            "hs_searchable_calculated_phone_number" => {
                let digits: String = self.get(row, "phone")?.chars().filter(char::is_ascii_digit).collect();
                (!digits.is_empty()).then_some(digits.into())
            }
            "hs_email_domain" => self.get(row, "email")?.split_once('@').map(|(_, domain)| domain.into()),
            _ => self.get(row, property).map(Cow::Borrowed),
        }
    }

    /// How many records of a type belong to one, as HubSpot calculates it: nothing for none.
    fn counted(&self, key: Key, to: &'static str) -> Option<Cow<'static, str>> {
        let count = self.bonds.ids(key, to).filter(|id| self.live(to, *id).is_some()).count();
        (count > 0).then(|| count.to_string().into())
    }

    /// The values that a property had, the newest first.
    pub(super) fn history(&self, key: Key, row: &Row, property: &str) -> Vec<serde_json::Value> {
        let value = self.value(key, row, property);
        row.history(self.names.known(property), value.as_deref(), self.app)
    }

    /// What people call a record.
    pub(super) fn name_of(&self, kind: &str, row: &Row) -> String {
        crate::sandbox::data::crm::Record::name_of(kind, &self.values(row))
    }
}

/// As unique values are compared.
pub(super) fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

/// The stamp of a type that says when a record changed.
pub(super) const fn stamp(kind: &str) -> &'static str {
    match kind.as_bytes() {
        b"0-1" => "lastmodifieddate",
        _ => "hs_lastmodifieddate",
    }
}

/// The word for one record of a type.
pub(super) const fn noun(kind: &str) -> &'static str {
    match kind.as_bytes() {
        b"0-1" => "contact",
        b"0-2" => "company",
        _ => "deal",
    }
}

/// Whether records of a type can be merged into a new id.
pub(super) fn renews(kind: &str) -> bool {
    kind == CONTACT || kind == COMPANY
}
