//! What calls for a portal showed about its installation, until somebody looks into it.
//!
//! Promise: one notice a portal, the gravest; whoever waits is woken. A notice is a suspicion: it changes nothing by itself.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

use super::HubSpot;
use crate::domain::ids::PortalId;

/// What a call showed. The later variant is the graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// HubSpot refuses for want of a scope that we count on.
    ScopeMissing,
    /// HubSpot refuses our own client id or secret.
    Configuration,
    /// HubSpot refuses the refresh token, or every token it issues: the app may have been removed.
    TokenRefused,
}

/// The notices that nobody took yet.
#[derive(Debug, Default)]
pub(super) struct Notices {
    pending: Mutex<BTreeMap<PortalId, Notice>>,
    wake: Notify,
}

impl Notices {
    pub(super) fn add(&self, portal: PortalId, notice: Notice) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = pending.entry(portal).or_insert(notice);
        *kept = notice.max(*kept);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeMap<PortalId, Notice> {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl HubSpot {
    /// The notices since this was last called, one a portal.
    #[must_use]
    pub fn take_notices(&self) -> BTreeMap<PortalId, Notice> {
        self.notices().take()
    }

    /// Ends when there is a notice to take. For one waiter.
    pub async fn noticed(&self) {
        self.notices().wake.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_notice_of_a_portal_is_kept_and_taken_once() {
        let notices = Notices::default();
        for notice in [Notice::Configuration, Notice::TokenRefused, Notice::ScopeMissing] {
            notices.add(PortalId(1), notice);
        }
        assert_eq!(notices.take(), BTreeMap::from([(PortalId(1), Notice::TokenRefused)]));
        assert_eq!(notices.take(), BTreeMap::new());
    }
}
