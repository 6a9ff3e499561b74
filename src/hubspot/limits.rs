//! A portal's limits: calls in any ten seconds, searches in any second, calls at once, and times when nothing may be called.
//!
//! Promise: at most [`CALLS`] calls in any 10 s per portal (of the 110 that HubSpot allows an app; the configuration may say
//! another number) and 3 searches in any second (of
//! the 5 that all apps of the account share; HubSpot counts them apart), cards first; at most [`AT_ONCE`] calls under way that
//! nobody waits for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::HubSpotError;
use crate::{
    clock::{Clock, Millis},
    domain::ids::PortalId,
    outbound::{
        Lane,
        permits::{Permit, Permits},
        window::{Starts, Window},
    },
};

/// Calls that start in any [`CALL_SPAN`], per portal, unless the configuration says otherwise.
pub const CALLS: usize = 100;
/// The span of HubSpot's limit of calls.
pub(super) const CALL_SPAN: Duration = Duration::from_secs(10);
/// Searches that start in any [`SEARCH_SPAN`], per portal.
const SEARCHES: usize = 3;
const SEARCH_SPAN: Duration = Duration::from_secs(1);
/// Calls of the background that may be under way at once, per portal and process.
pub const AT_ONCE: usize = 10;
/// How long a card waits for a place in the window.
const CARD_PATIENCE: Duration = Duration::from_secs(2);

/// What is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// All calls but searches.
    Calls,
    /// Searches.
    Searches,
}

impl Limit {
    const fn most(self, calls: usize) -> (usize, Duration) {
        match self {
            Self::Calls => (calls, CALL_SPAN),
            Self::Searches => (SEARCHES, SEARCH_SPAN),
        }
    }
}

/// Gives the count that all processes keep together.
pub trait SharedLimits: std::fmt::Debug + Send + Sync {
    /// The count of `portal`'s calls under `limit`: at most `most` in any `length`.
    fn of(&self, portal: PortalId, limit: Limit, most: usize, length: Duration) -> Arc<dyn Starts>;
}

/// The limits of all portals.
pub(super) struct Limits {
    clock: Clock,
    /// Calls in any [`CALL_SPAN`].
    calls: usize,
    /// Where several processes share the limits: who counts for all of them.
    shared: Option<Arc<dyn SharedLimits>>,
    windows: Mutex<HashMap<(PortalId, Limit), Window>>,
    permits: Mutex<HashMap<PortalId, Permits>>,
    /// Portals that may not be called for longer than a window, such as until tomorrow.
    barred: Mutex<HashMap<PortalId, Millis>>,
}

impl Limits {
    pub(super) fn new(clock: Clock, calls: usize, shared: Option<Arc<dyn SharedLimits>>) -> Self {
        Self { clock, calls, shared, windows: Mutex::default(), permits: Mutex::default(), barred: Mutex::default() }
    }

    /// Waits until one more call may start: a card for two seconds at most, since somebody looks at a spinner. What is given
    /// back is held while the call is under way.
    pub(super) async fn admit(
        &self,
        lane: Lane,
        portal: PortalId,
        limit: Limit,
    ) -> Result<Option<Permit>, HubSpotError> {
        // A permit first: a call that waited for one after it was counted would start later than it was counted.
        let permit = match lane {
            Lane::Background => Some(self.permits(portal).acquire(lane).await),
            Lane::Card => None,
        };
        let now = self.clock.now();
        if let Some(until) = self.barred().get(&portal).copied().filter(|until| now < *until) {
            return Err(HubSpotError::Wait { until });
        }
        let window = self.window(portal, limit);
        match lane {
            Lane::Background => window.acquire(lane).await,
            Lane::Card => tokio::time::timeout(CARD_PATIENCE, window.acquire(lane))
                .await
                .map_err(|_| HubSpotError::Wait { until: self.clock.now().plus(Duration::from_secs(1)) })?,
        }
        Ok(permit)
    }

    /// Lets no call of this portal under this limit start before `until`; none at all where that is far away.
    pub(super) async fn hold(&self, portal: PortalId, limit: Limit, until: Millis) {
        if until.since(self.clock.now()) <= CALL_SPAN {
            self.window(portal, limit).hold(until).await;
        } else {
            self.barred().insert(portal, until);
        }
    }

    fn barred(&self) -> MutexGuard<'_, HashMap<PortalId, Millis>> {
        self.barred.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn permits(&self, portal: PortalId) -> Permits {
        let mut permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        permits.entry(portal).or_insert_with(|| Permits::new(AT_ONCE, AT_ONCE)).clone()
    }

    fn window(&self, portal: PortalId, limit: Limit) -> Window {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (most, length) = limit.most(self.calls);
        let made = || {
            let together = self.shared.as_ref().map(|shared| shared.of(portal, limit, most, length));
            Window::new(self.clock.clone(), most, length, together)
        };
        windows.entry((portal, limit)).or_insert_with(made).clone()
    }
}
