//! Faults that can be switched on while the sandbox runs.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// One fault: which calls it hits, and what happens to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// A name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The operation it hits (HubSpot: `token`, `introspect`, `revoke`, `uninstall`, `account`, `users`, `properties`,
    /// `objects`, `search`, `associations`, `proxy`; NetSuite: `token`, `suiteql`, `record`); `*` for all.
    pub operation: String,
    /// Only calls with this text in path, query or body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// What happens.
    pub action: Action,
    /// How many calls it hits; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
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
}

/// The list of faults of one server.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Replaces the list.
    pub fn set(&self, faults: Vec<Fault>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The list, with what is left of `times`.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What happens to a call whose path, query and body are `parts`; counts it.
    #[must_use]
    pub fn strike(&self, operation: &str, parts: &[&str]) -> Option<Action> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hit = list.iter_mut().find(|f| {
            (f.operation == "*" || f.operation == operation)
                && f.times != Some(0)
                && f.contains.as_deref().is_none_or(|text| parts.iter().any(|p| p.contains(text)))
        })?;
        if let Some(times) = &mut hit.times {
            *times -= 1;
        }
        Some(hit.action)
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
    fn an_unknown_kind_is_refused() {
        assert!(serde_json::from_str::<Action>(r#"{"kind":"explode"}"#).is_err());
        assert!(serde_json::from_str::<Action>(r#"{"kind":"delay","ms":5}"#).is_ok());
    }
}
