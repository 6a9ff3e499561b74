//! What searches see: the records as they were a settable while ago, each change after the other.
//!
//! Promise: without a lag nothing is kept here, and searches see what is.

use std::collections::{HashMap, VecDeque};

use super::{account::Key, row::Row};
use crate::clock::Millis;

/// The records whose newest versions searches do not see yet.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// How long a change takes to be seen, in milliseconds.
    lag: i64,
    /// What searches see of them; none: nothing.
    shown: HashMap<Key, Option<Row>>,
    /// What they will see, in the order of the changes, and when.
    waiting: VecDeque<(Millis, Key, Option<Row>)>,
    /// How many versions of a record wait.
    versions: HashMap<Key, usize>,
}

impl Index {
    /// How long a change takes to be seen from now on, in milliseconds; 0: everything is seen at once.
    pub(super) fn set_lag(&mut self, lag: i64) {
        *self = if lag > 0 { Self { lag, ..std::mem::take(self) } } else { Self::default() };
    }

    /// A record was `before` and is `after` now.
    pub(super) fn change(&mut self, key: Key, before: Option<&Row>, after: Option<&Row>, now: Millis) {
        if self.lag == 0 {
            return;
        }
        self.shown.entry(key).or_insert_with(|| before.cloned());
        *self.versions.entry(key).or_default() += 1;
        self.waiting.push_back((Millis(now.0 + self.lag), key, after.cloned()));
    }

    /// Lets searches see what is due.
    pub(super) fn settle(&mut self, now: Millis) {
        while self.waiting.front().is_some_and(|(due, ..)| *due <= now) {
            let Some((_, key, version)) = self.waiting.pop_front() else { return };
            let left = self.versions.get(&key).map_or(0, |n| n.saturating_sub(1));
            if left == 0 {
                self.versions.remove(&key);
                self.shown.remove(&key);
            } else {
                self.versions.insert(key, left);
                self.shown.insert(key, version);
            }
        }
    }

    /// The records of a type that searches see otherwise than they are, and how.
    pub(super) fn behind(&self, kind: &'static str) -> impl Iterator<Item = (u64, Option<&Row>)> {
        self.shown.iter().filter(move |((k, _), _)| *k == kind).map(|((_, id), row)| (*id, row.as_ref()))
    }
}
