//! How many calls went out and how they ended, in plain numbers that telemetry renders.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What a count is kept for: service, operation, outcome.
type Key = (&'static str, &'static str, &'static str);

/// Counts by service, operation and outcome.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<Key, u64>>);

impl Counts {
    /// Counts one more.
    pub(super) fn add(&self, service: &'static str, operation: &'static str, outcome: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((service, operation, outcome)).or_default() += 1;
    }

    /// All counts, in the order of their names.
    pub(super) fn all(&self) -> Vec<(&'static str, &'static str, &'static str, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|((service, operation, outcome), n)| (*service, *operation, *outcome, *n)).collect()
    }
}
