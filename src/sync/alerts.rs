//! What people are to be told of a flow, by how it stands.
//!
//! Promise: one alert a cause and flow, raised as long as the cause is there; what passes by itself within minutes raises none.

use std::time::Duration;

use crate::{
    clock::Millis,
    store::flows::{Flow, FlowStatus},
};

/// A flow that fails for so long fails.
const FAILING: Duration = Duration::from_mins(10);
/// A flow that is overdue for so long stalls.
const STALLED: Duration = Duration::from_mins(15);
/// So many records are always parked somewhere…
const PARKED: i64 = 20;
/// …and so large a share of the linked ones, in per cent.
const PARKED_SHARE: i64 = 5;

/// Why people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It fails.
    Failing,
    /// Nobody works it although it is due.
    Stalled,
    /// It stopped before it would have archived or cleared very much.
    Brake,
    /// Pairs wait for a person to decide.
    Review,
    /// Many records are refused.
    Parked,
    /// One side refuses until a person signs in again or grants a permission.
    Reconnect,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Failing, Self::Stalled, Self::Brake, Self::Review, Self::Parked, Self::Reconnect];

    /// The stable word of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Stalled => "stalled",
            Self::Brake => "brake",
            Self::Review => "review",
            Self::Parked => "parked",
            Self::Reconnect => "reconnect",
        }
    }
}

/// What of a flow is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Linked records that it writes.
    pub linked: i64,
    /// Parked ones.
    pub parked: i64,
    /// Open reviews.
    pub reviews: i64,
}

/// What people are to be told of a flow at `now`. `works`: its connection and portal are active.
#[must_use]
pub fn causes(flow: &Flow, numbers: Numbers, works: bool, now: Millis) -> Vec<Cause> {
    if flow.status == FlowStatus::Off || !works {
        return Vec::new();
    }
    let is = |cause: Cause| match cause {
        Cause::Failing => {
            let long = flow.failing_since.is_some_and(|since| now.since(since) >= FAILING);
            long && !needs_person(flow) && !is_braked(flow)
        }
        Cause::Stalled => {
            let next = [flow.due_at, flow.hinted_at].into_iter().flatten().min();
            let due = if flow.lease.is_some() { flow.lease_until } else { next };
            due.is_some_and(|due| now.since(due) >= STALLED)
        }
        Cause::Brake => is_braked(flow),
        Cause::Review => numbers.reviews > 0,
        Cause::Parked => numbers.parked > PARKED.max(numbers.linked * PARKED_SHARE / 100),
        Cause::Reconnect => needs_person(flow),
    };
    Cause::ALL.into_iter().filter(|cause| is(*cause)).collect()
}

fn is_braked(flow: &Flow) -> bool {
    flow.trouble.as_deref() == Some("braked")
}

/// Whether it fails for what only a person can mend.
fn needs_person(flow: &Flow) -> bool {
    const BY_PERSON: [&str; 4] = ["erp_reconnect", "erp_permission", "hubspot_reinstall", "hubspot_consent"];
    flow.trouble.as_deref().is_some_and(|code| BY_PERSON.contains(&code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{ConnectionId, FlowId, PortalId};

    const NOW: Millis = Millis(1_800_000_000_000);

    fn ago(span: Duration) -> Millis {
        Millis(NOW.0 - i64::try_from(span.as_millis()).unwrap())
    }

    fn flow() -> Flow {
        Flow {
            id: FlowId(Uuid::from_u128(1)),
            portal_id: PortalId(1),
            connection_id: ConnectionId(Uuid::from_u128(2)),
            key: "customers".to_owned(),
            status: FlowStatus::On,
            settings: json!({}),
            mapping: None,
            rules_version: 1,
            cursor: None,
            hub_cursor: None,
            due_at: Some(NOW),
            hinted_at: None,
            lease: None,
            lease_until: None,
            fence: 0,
            first_done_at: None,
            census_at: None,
            census_place: None,
            preview: None,
            failing_since: None,
            failures: 0,
            trouble: None,
            stop_asked: false,
            brake_lifted_run: None,
            created_at: NOW,
            updated_at: NOW,
        }
    }

    fn of(flow: &Flow, numbers: Numbers) -> Vec<Cause> {
        causes(flow, numbers, true, NOW)
    }

    #[test]
    fn a_flow_at_rest_raises_nothing() {
        assert_eq!(of(&flow(), Numbers { linked: 1_000, parked: 50, reviews: 0 }), []);
    }

    #[test]
    fn failing_is_told_after_a_while_and_what_a_person_must_mend_at_once() {
        let failing = |since, trouble: &str| Flow {
            failing_since: Some(ago(since)),
            trouble: Some(trouble.to_owned()),
            ..flow()
        };
        assert_eq!(of(&failing(Duration::from_mins(9), "erp_unavailable"), Numbers::default()), []);
        assert_eq!(of(&failing(FAILING, "erp_unavailable"), Numbers::default()), [Cause::Failing]);
        assert_eq!(of(&failing(Duration::ZERO, "erp_reconnect"), Numbers::default()), [Cause::Reconnect]);
        assert_eq!(of(&failing(FAILING, "braked"), Numbers::default()), [Cause::Brake]);
    }

    #[test]
    fn a_flow_that_nobody_works_stalls_and_one_that_is_worked_does_not() {
        let overdue = Flow { due_at: Some(ago(STALLED)), ..flow() };
        assert_eq!(of(&overdue, Numbers::default()), [Cause::Stalled]);
        let worked = Flow { lease: Some(Uuid::nil()), lease_until: Some(NOW), ..overdue.clone() };
        assert_eq!(of(&worked, Numbers::default()), []);
        assert_eq!(causes(&overdue, Numbers::default(), false, NOW), []);
    }

    #[test]
    fn reviews_and_many_parked_records_need_a_person_unless_the_flow_is_off() {
        let numbers = Numbers { linked: 100, parked: 21, reviews: 1 };
        assert_eq!(of(&flow(), numbers), [Cause::Review, Cause::Parked]);
        assert_eq!(of(&Flow { status: FlowStatus::Off, ..flow() }, numbers), []);
    }
}
