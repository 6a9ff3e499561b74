//! Faults that can be switched on while the sandbox runs.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// One fault: which calls it hits, and what happens to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// A name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The operation it hits (HubSpot: `token`, `introspect`, `revoke`, `uninstall`, `account`, `users`, `properties`,
    /// `objects`, `search`, `associations`, `owners`, `lists`, `limits`, `proxy`, and more finely `batchRead`,
    /// `batchCreate`, `batchUpdate`, `batchUpsert`, `batchArchive`, `associationRead`, `associationWrite`: a call is hit by
    /// its finest name that is in the list; NetSuite: `token`, `suiteql`, `record`); `*` for all.
    pub operation: String,
    /// Only calls with this text in path, query or body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// What happens.
    pub action: Action,
    /// How many calls it hits; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The share of those calls that it hits, 0 to 1, drawn from the server's seeded numbers; none: every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Action {
    /// It is answered with this status, as the system words it.
    Status {
        /// 400 to 599.
        status: u16,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// It is answered later.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection closes without an answer.
    Cut,
    /// The connection closes in the middle of the answer's body.
    Truncate,
    /// It is never answered.
    Hang,
    /// It is carried out, and the connection closes without an answer.
    Lost,
    /// Where a page of rows is asked for: an empty page, as if it were all (elsewhere nothing happens).
    Empty,
    /// Where a page of rows is asked for: the page that was answered before (elsewhere nothing happens).
    RepeatPage,
}

/// The list of faults of one server.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    list: Vec<Fault>,
    /// Where the seeded numbers stand.
    random: u64,
}

impl State {
    /// The next seeded number, 0 to 1 (`SplitMix64`).
    fn draw(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let top = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX);
        f64::from(top) / (f64::from(u32::MAX) + 1.0)
    }
}

impl Faults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the list.
    pub fn set(&self, faults: Vec<Fault>) {
        self.state().list = faults;
    }

    /// Starts the seeded numbers anew: the same calls in the same order are then hit again.
    pub fn seed(&self, seed: u64) {
        self.state().random = seed;
    }

    /// The list, with what is left of `times`.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.state().list.clone()
    }

    /// What happens to a call whose path, query and body are `parts`; counts it.
    #[must_use]
    pub fn strike(&self, operation: &str, parts: &[&str]) -> Option<Action> {
        let mut state = self.state();
        for at in 0..state.list.len() {
            let fault = &state.list[at];
            let meant = (fault.operation == "*" || fault.operation == operation)
                && fault.times != Some(0)
                && fault.contains.as_deref().is_none_or(|text| parts.iter().any(|p| p.contains(text)));
            let probability = fault.probability;
            if !meant || probability.is_some_and(|share| state.draw() >= share) {
                continue;
            }
            let fault = &mut state.list[at];
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            return Some(fault.action);
        }
        None
    }
}

impl Action {
    /// How long the call waits, for the kinds that wait.
    #[must_use]
    pub fn wait(self) -> Option<Duration> {
        match self {
            Self::Delay { ms } => Some(Duration::from_millis(ms)),
            // Longer than any caller waits; a stop of the server ends it.
            Self::Hang => Some(Duration::from_hours(1)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_what_it_names_as_often_as_it_says() {
        let faults = Faults::default();
        faults.set(serde_json::from_str(
            r#"[{"operation":"suiteql","contains":"transaction","action":{"kind":"status","status":503,"retryAfter":2},"times":2}]"#,
        ).expect("a list"));
        assert_eq!(faults.strike("token", &["transaction"]), None);
        assert_eq!(faults.strike("suiteql", &["/x", "FROM customer"]), None);
        let hit = Some(Action::Status { status: 503, retry_after: Some(2) });
        assert_eq!(faults.strike("suiteql", &["/x", "FROM transaction"]), hit);
        assert_eq!(faults.strike("suiteql", &["/x", "FROM transaction"]), hit);
        assert_eq!(faults.strike("suiteql", &["/x", "FROM transaction"]), None);
        assert_eq!(faults.list()[0].times, Some(0));
    }

    #[test]
    fn a_share_of_the_calls_is_hit_and_the_same_ones_after_the_same_seed() {
        let faults = Faults::default();
        faults.set(
            serde_json::from_str(r#"[{"operation":"*","action":{"kind":"lost"},"probability":0.1}]"#).expect("a list"),
        );
        let hits = |seed| {
            faults.seed(seed);
            (0..2_000).map(|_| faults.strike("record", &[]).is_some()).collect::<Vec<_>>()
        };
        let first = hits(7);
        let count = first.iter().filter(|hit| **hit).count();
        assert!((150..250).contains(&count), "{count}");
        assert_eq!(hits(7), first);
        assert_ne!(hits(8), first);
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        assert!(serde_json::from_str::<Action>(r#"{"kind":"explode"}"#).is_err());
        assert!(serde_json::from_str::<Action>(r#"{"kind":"delay","ms":5}"#).is_ok());
    }
}
