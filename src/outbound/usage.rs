//! How many calls went out for whom, until somebody takes the numbers and writes them down.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::ids::{ConnectionId, PortalId};

/// For whom a call goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meter {
    /// For the program itself: nobody's usage.
    Nobody,
    /// To HubSpot for a portal.
    Portal(PortalId),
    /// To the ERP of a connection.
    Connection(ConnectionId),
}

/// Numbers of calls by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// All calls.
    pub calls: u64,
    /// Of these, answered with 401.
    pub unauthorized: u64,
    /// With 403.
    pub forbidden: u64,
    /// With 429.
    pub throttled: u64,
    /// With 408, 423, 477 or 5xx, or without an answer.
    pub failed: u64,
}

impl Used {
    /// Counts one call; `None`: it got no answer.
    fn add(&mut self, status: Option<u16>) {
        self.calls += 1;
        match status {
            Some(401) => self.unauthorized += 1,
            Some(403) => self.forbidden += 1,
            Some(429) => self.throttled += 1,
            Some(408 | 423 | 477 | 500..) | None => self.failed += 1,
            Some(_) => {}
        }
    }
}

/// What was used since it was last taken.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<BTreeMap<Meter, Used>>);

impl Usage {
    /// Counts one call of `meter`.
    pub(super) fn add(&self, meter: Meter, status: Option<u16>) {
        if meter != Meter::Nobody {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(meter).or_default().add(status);
        }
    }

    /// Everything counted so far; counting begins anew.
    pub(super) fn take(&self) -> BTreeMap<Meter, Used> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_their_end_and_taken_once() {
        let usage = Usage::default();
        let portal = Meter::Portal(PortalId(1));
        for status in [Some(200), Some(401), Some(403), Some(429), Some(404), Some(503), None] {
            usage.add(portal, status);
        }
        usage.add(Meter::Nobody, Some(200));
        let used = Used { calls: 7, unauthorized: 1, forbidden: 1, throttled: 1, failed: 2 };
        assert_eq!(usage.take(), BTreeMap::from([(portal, used)]));
        assert_eq!(usage.take(), BTreeMap::new());
    }
}
