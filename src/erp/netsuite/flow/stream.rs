//! Up to where rows ordered by (stamp, id) were read, and which of them need not be told again.
//!
//! Stamps have whole seconds, rows become visible some time after they were stamped, and the account's clock is put back once
//! a year. So a drain (a reading from some place to the end) begins before the last place reached:
//! - [`OVERLAP`] before it, as long as rows stamped before it may still become visible;
//! - [`WIDE`] before it, when the clock's distance from UTC is another than at the last drain, or became so shortly before it;
//! - at it, once a drain that began more than [`OVERLAP`] later has been over it.
//!
//! Promise: pure. What was told before is left out only if it cannot have been changed again within the same second.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::moment::{Moment, Wall};
use crate::clock::Millis;

/// How late a row may become visible after the second it is stamped with.
pub(super) const OVERLAP: Duration = Duration::from_mins(5);
/// How far a drain goes back after a change of the account's clock: an hour, and as much for safety.
pub(super) const WIDE: Duration = Duration::from_hours(2);
/// How many rows are remembered as told. Beyond that some are told twice.
const REMEMBERED: usize = 3_000;
/// Rows stamped less than this before a drain's begin may be changed again without another stamp.
const SAME_SECOND: Duration = Duration::from_secs(2);

/// A place in the order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    #[serde(rename = "s")]
    pub(super) stamp: Wall,
    #[serde(rename = "i")]
    pub(super) id: u64,
}

/// A stream of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stream {
    /// The greatest place there was a row at.
    top: Place,
    /// When it was first read.
    reached: Millis,
    /// Rows that were told, by stamp.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "told")]
    told: BTreeMap<Wall, BTreeSet<u64>>,
    /// Where the running drain goes on; none: no drain runs, or it is through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Place>,
    /// When a drain last found the account's clock changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock_changed: Option<Millis>,
}

impl Stream {
    /// A stream of what happens from `start` on.
    pub(super) const fn from(start: &Moment) -> Self {
        let top = Place { stamp: start.wall, id: 0 };
        Self { top, reached: start.at, told: BTreeMap::new(), at: None, clock_changed: None }
    }

    /// Begins a drain at `now`; the last one began at `last`.
    pub(super) fn begin(&mut self, last: &Moment, now: &Moment) {
        if now.offset != last.offset {
            self.clock_changed = Some(now.at);
            // The same stamp may come again, with another hour's change.
            self.told.clear();
        }
        let settled = last.at.since(self.reached) >= OVERLAP && last.wall >= self.top.stamp.on(OVERLAP);
        let low = self.top.stamp.min(last.wall);
        self.at = Some(if self.is_shortly_after_a_change(last) {
            Place { stamp: low.back(WIDE), id: 0 }
        } else if settled {
            self.told.clear();
            self.top
        } else {
            Place { stamp: low.back(OVERLAP), id: 0 }
        });
    }

    /// Whether rows stamped before a change of the clock may have become visible after `drain` began.
    fn is_shortly_after_a_change(&self, drain: &Moment) -> bool {
        self.clock_changed.is_some_and(|changed| drain.at.since(changed) < OVERLAP)
    }

    /// The place behind which the running drain goes on.
    pub(super) const fn at(&self) -> Option<Place> {
        self.at
    }

    /// Takes note of a row read at `read` in a drain that began at `began`. Whether it is news.
    pub(super) fn take(&mut self, row: Place, began: &Moment, read: Millis) -> bool {
        self.at = self.at.map(|at| at.max(row));
        if row > self.top {
            self.top = row;
            self.reached = read;
        }
        if self.told.get(&row.stamp).is_some_and(|ids| ids.contains(&row.id)) {
            return false;
        }
        if row.stamp < began.wall.back(SAME_SECOND) && !self.is_shortly_after_a_change(began) {
            self.told.entry(row.stamp).or_default().insert(row.id);
        }
        true
    }

    /// Ends the drain that began at `began`.
    pub(super) fn end(&mut self, began: &Moment) {
        self.at = None;
        let low = self.top.stamp.min(began.wall).back(OVERLAP);
        self.told = self.told.split_off(&low);
    }

    /// Leaves the drain without an end: there is nothing to read from.
    pub(super) const fn leave(&mut self) {
        self.at = None;
    }

    /// Forgets the oldest rows that were told, beyond what a cursor should carry; after every page.
    pub(super) fn forget(&mut self) {
        let mut many: usize = self.told.values().map(BTreeSet::len).sum();
        while many > REMEMBERED
            && let Some(mut oldest) = self.told.first_entry()
        {
            // Of a second with more rows than that, the highest ids stay.
            many -= usize::from(oldest.get_mut().pop_first().is_some());
            if oldest.get().is_empty() {
                oldest.remove();
            }
        }
    }
}

/// Ids as steps from one to the next: a cursor is kept with every page.
mod told {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{BTreeMap, BTreeSet, Wall};

    pub(super) fn serialize<S: Serializer>(told: &BTreeMap<Wall, BTreeSet<u64>>, to: S) -> Result<S::Ok, S::Error> {
        let steps = |ids: &BTreeSet<u64>| -> Vec<u64> {
            let mut before = 0;
            ids.iter().map(|id| id - std::mem::replace(&mut before, *id)).collect()
        };
        told.iter().map(|(stamp, ids)| (*stamp, steps(ids))).collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Wall, BTreeSet<u64>>, D::Error> {
        let told = Vec::<(Wall, Vec<u64>)>::deserialize(from)?;
        let ids = |steps: Vec<u64>| -> BTreeSet<u64> {
            let mut at = 0_u64;
            let mut ids = BTreeSet::new();
            for step in steps {
                at = at.saturating_add(step);
                ids.insert(at);
            }
            ids
        };
        Ok(told.into_iter().map(|(stamp, steps)| (stamp, ids(steps))).collect())
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
