//! The lease of a claimed flow: kept alive while it is worked, and noticed when it is lost.
//!
//! Promise: who lost the lease, or may have lost it, stops at once and keeps nothing; one that is dead is taken over when its
//! lease has ended, which is within a minute.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::Parts;
use crate::{
    clock::Clock,
    domain::ids::FlowId,
    in_tx,
    store::flows::{self, Flow},
};

/// How long a flow is its claimer's unless it is renewed.
pub const LEASE: Duration = Duration::from_secs(45);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// What must be left of it for a call to be sent: it has arrived by then, and clocks differ a little. Looked at before a page's
/// calls, and once more as each leaves, after it waited for its turn.
const CALL: Duration = Duration::from_secs(15);

/// The right to work a flow.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) flow: FlowId,
    pub(super) fence: i64,
    until: Arc<std::sync::atomic::AtomicI64>,
    /// Cancelled when it is lost.
    pub(super) lost: CancellationToken,
}

impl Lease {
    /// The lease of a flow as it was claimed.
    pub(super) fn claimed(flow: &Flow) -> Self {
        let until = flow.lease_until.unwrap_or_default();
        let until = Arc::new(std::sync::atomic::AtomicI64::new(until.0));
        Self { flow: flow.id, fence: flow.fence, until, lost: CancellationToken::new() }
    }

    /// Whether a call that begins now ends while the lease is ours. A process that slept finds out here.
    pub(super) fn covers_a_call(&self, clock: &Clock) -> bool {
        let until = self.until.load(std::sync::atomic::Ordering::SeqCst);
        clock.now().plus(CALL).0 < until && !self.lost.is_cancelled()
    }

    /// Whether no call may be sent under it any more.
    pub(super) fn is_over(&self, clock: &Clock) -> bool {
        !self.covers_a_call(clock)
    }

    /// Renews it until dropped or lost.
    pub(super) async fn keep(&self, parts: &Parts) {
        loop {
            parts.clock.pause(RENEW_EVERY).await;
            let now = parts.clock.now();
            let until = now.plus(LEASE);
            let (flow, fence) = (self.flow, self.fence);
            let renewed =
                in_tx!(parts.db, "renew a flow's lease", |tx| { flows::renew(tx, flow, fence, until, now).await });
            match renewed {
                Ok(true) => self.until.store(until.0, std::sync::atomic::Ordering::SeqCst),
                Ok(false) => {
                    tracing::warn!(%flow, "the flow's lease is lost; somebody else goes on with it");
                    self.lost.cancel();
                    return;
                }
                // It stays ours until its end; what is written meanwhile asks for it anyway.
                Err(error) => tracing::warn!(%flow, %error, "the flow's lease could not be renewed; trying again"),
            }
        }
    }
}
