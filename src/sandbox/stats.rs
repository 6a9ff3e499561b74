//! What was asked of a local server so far.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

/// The figures of one server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Calls by operation.
    pub calls: BTreeMap<String, u64>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Calls under way now.
    pub in_flight: u64,
    /// The most calls that were under way at the same time.
    pub max_in_flight: u64,
    /// How often 429 was answered.
    pub throttled: u64,
    /// What was written, by kind of call.
    pub written: BTreeMap<String, Written>,
}

/// Calls of one kind that wrote something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// How many succeeded, if only in part.
    pub calls: u64,
    /// How many rows they wrote.
    pub rows: u64,
}

/// Counts the calls of one server.
#[derive(Debug, Clone, Default)]
pub struct Stats(Arc<Mutex<Figures>>);

impl Stats {
    /// Counts a call; it is under way until the result is dropped.
    #[must_use]
    pub fn enter(&self, operation: &str) -> UnderWay {
        self.with(|f| {
            *f.calls.entry(operation.to_owned()).or_default() += 1;
            f.in_flight += 1;
            f.max_in_flight = f.max_in_flight.max(f.in_flight);
        });
        UnderWay(self.clone())
    }

    /// Counts an answer.
    pub fn answered(&self, status: u16) {
        self.with(|f| {
            *f.statuses.entry(status).or_default() += 1;
            f.throttled += u64::from(status == 429);
        });
    }

    /// Counts a call that wrote `rows` rows.
    pub fn wrote(&self, what: &str, rows: u64) {
        self.with(|f| {
            let written = f.written.entry(what.to_owned()).or_default();
            written.calls += 1;
            written.rows += rows;
        });
    }

    /// The figures so far.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.with(|f| f.clone())
    }

    /// Starts from nought; calls under way stay counted as such.
    pub fn reset(&self) {
        self.with(|f| *f = Figures { in_flight: f.in_flight, max_in_flight: f.in_flight, ..Figures::default() });
    }

    fn with<T>(&self, f: impl FnOnce(&mut Figures) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A call that is under way.
#[derive(Debug)]
pub struct UnderWay(Stats);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.with(|f| f.in_flight = f.in_flight.saturating_sub(1));
    }
}
