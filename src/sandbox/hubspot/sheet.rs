//! The records of one type: by id, by unique value, and by when they changed.
//!
//! Promise: the lookups agree with the records, whatever is put and taken.

use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeInclusive,
};

use super::{
    row::Row,
    stamps::{Found, Stamps},
};

/// A unique property and a value of it, lower-cased.
pub(super) type Unique = (String, String);

/// The records of one type.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rows: BTreeMap<u64, Row>,
    /// Of the records that are not archived.
    stamps: Stamps,
    /// Records by the value of a unique property; archived ones are not in it.
    unique: HashMap<String, HashMap<Box<str>, u64>>,
    /// Ids of records that were merged into another, and which.
    merged: BTreeMap<u64, u64>,
}

impl Sheet {
    /// A record, archived or not.
    pub(super) fn get(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// The records of these ids, archived or not, in the order of their ids.
    pub(super) fn range(&self, ids: RangeInclusive<u64>) -> impl DoubleEndedIterator<Item = (u64, &Row)> {
        let ids = if ids.is_empty() { 0..=0 } else { ids };
        self.rows.range(ids).map(|(id, row)| (*id, row))
    }

    /// How many there are, archived or not.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The stretches around `ids` with records that changed within a window.
    pub(super) fn within(&self, ids: RangeInclusive<u64>, window: RangeInclusive<i64>) -> impl Iterator<Item = Found> {
        self.stamps.within(ids, window)
    }

    /// The record with this value of a unique property.
    pub(super) fn by_value(&self, property: &str, value: &str) -> Option<u64> {
        self.unique.get(property)?.get(value).copied()
    }

    /// Puts a record in its place, which must be empty.
    pub(super) fn put(&mut self, id: u64, row: Row, unique: Vec<Unique>) {
        if row.archived.is_none() {
            for (property, value) in unique {
                self.unique.entry(property).or_default().insert(value.into(), id);
            }
            self.stamps.add(id, row.updated);
        }
        self.rows.insert(id, row);
    }

    /// Takes a record out.
    pub(super) fn take(&mut self, id: u64, unique: &[Unique]) -> Option<Row> {
        let row = self.rows.remove(&id)?;
        if row.archived.is_none() {
            self.stamps.remove(id, row.updated);
        }
        for (property, value) in unique {
            if let Some(values) = self.unique.get_mut(property)
                && values.get(value.as_str()) == Some(&id)
            {
                values.remove(value.as_str());
            }
        }
        Some(row)
    }

    /// Nobody is found by this property any more.
    pub(super) fn drop_unique(&mut self, property: &str) {
        self.unique.remove(property);
    }

    /// All ids.
    pub(super) fn ids(&self) -> Vec<u64> {
        self.rows.keys().copied().collect()
    }

    /// The id that a record has now: of a merged one, the survivor's.
    pub(super) fn present(&self, mut id: u64) -> u64 {
        while let Some(next) = self.merged.get(&id) {
            id = *next;
        }
        id
    }

    /// From now on `old` leads to `new`.
    pub(super) fn lead(&mut self, old: u64, new: u64) {
        self.merged.insert(old, new);
    }

    /// The ids from `after` on that lead elsewhere, and where to.
    pub(super) fn merged(&self, after: u64) -> impl Iterator<Item = (u64, u64)> {
        self.merged.range(after.saturating_add(1)..).map(|(old, new)| (*old, *new))
    }
}
