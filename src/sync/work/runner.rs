//! Claims flows that are due and works several at once.
//!
//! Promise: no flow waits behind one that takes long, as long as one of the workers is free; a stop lets pages end that are
//! under way and gives the flows back at once.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Flows, LEASE};
use crate::{
    in_tx,
    store::{
        StoreError,
        flows::{self, Claim, Flow},
    },
};

/// How many flows are worked at once by hand.
const BY_HAND: usize = 8;
/// How often it is looked for flows that came due and that nobody woke us for.
const EVERY: Duration = Duration::from_secs(1);

/// Somebody made a flow due. Cheap to clone; clones share.
#[derive(Debug, Clone, Default)]
pub struct Woken(Arc<Notify>);

impl Woken {
    /// Has due flows looked for now.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

impl Flows {
    /// Works flows as they come due, until `stop`. On a database that no other process uses, a lease that is left there is a
    /// dead one's, and the flow is taken over at once.
    pub async fn run(&self, stop: CancellationToken) {
        if self.workers == 0 {
            return stop.cancelled().await;
        }
        if !self.db.is_postgres() {
            let now = self.clock.now();
            let ended = in_tx!(self.db, "end dead leases", |tx| { flows::end_leases(tx, now).await });
            if let Err(error) = ended {
                tracing::warn!(%error, "leases of a dead process could not be ended; they end by themselves");
            }
        }
        let (free, workers) = (Arc::new(Semaphore::new(self.workers)), TaskTracker::new());
        loop {
            // Permits first: a claimed flow's lease runs while it waits.
            let mut permits: Vec<_> = std::iter::from_fn(|| Arc::clone(&free).try_acquire_owned().ok()).collect();
            let claimed = tokio::select! {
                claimed = self.claim(permits.len()) => claimed,
                () = stop.cancelled() => break,
            };
            match claimed {
                Ok(flows) if flows.is_empty() => {}
                Ok(flows) => {
                    for flow in flows {
                        let (this, permit, stop, woken) =
                            (self.clone(), permits.pop(), stop.clone(), self.woken.clone());
                        workers.spawn(async move {
                            let _permit = permit;
                            Box::pin(this.work(flow, &stop)).await;
                            woken.wake();
                        });
                    }
                    continue;
                }
                Err(error) => tracing::warn!(%error, "due flows could not be looked for; trying again"),
            }
            drop(permits);
            tokio::select! {
                () = self.woken.0.notified() => {}
                () = self.clock.pause(EVERY) => {}
                () = stop.cancelled() => break,
            }
        }
        workers.close();
        workers.wait().await;
    }

    /// Works off, one round each, the flows that are due now; gives how many there were.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn work_due(&self) -> Result<usize, StoreError> {
        let claimed = self.claim(BY_HAND).await?;
        let stop = CancellationToken::new();
        let working = claimed.iter().map(|flow| self.work(flow.clone(), &stop));
        futures_util::future::join_all(working).await;
        Ok(claimed.len())
    }

    async fn claim(&self, most: usize) -> Result<Vec<Flow>, StoreError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let (now, lease) = (self.clock.now(), self.clock.new_id());
        let most = u32::try_from(most).unwrap_or(1);
        in_tx!(self.db, "claim flows", |tx| { flows::claim(tx, Claim { most, lease, lease_for: LEASE }, now).await })
    }
}
