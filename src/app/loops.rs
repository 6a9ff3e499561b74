//! What runs in the background as long as the program serves.
//!
//! Promise: each ends when asked to; a failure is logged and tried again later, never the end of the program.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    admin::Admin,
    clock::{Clock, Millis},
    in_tx,
    store::{Db, StoreError, activity, idempotency, rate_windows, runs, usage},
    sync::work::Flows,
};

/// How often outdated rows are cleared away.
const CLEAR_EVERY: Duration = Duration::from_hours(1);
/// How often the number of calls is written down: what a crash loses.
const COUNT_EVERY: Duration = Duration::from_secs(15);
/// How long the numbers of calls are kept, in milliseconds: the page shows a day.
const COUNTS_KEPT: i64 = 48 * 3_600_000;

/// How long activity and runs are kept, in milliseconds: as long as a run can be undone.
const ACTIVITY_KEPT: i64 = 30 * 24 * 3_600_000;

/// So many lines of activity are cleared in one transaction.
const CLEARED_AT_ONCE: u32 = 5_000;

/// Starts all of them.
pub(super) fn start(db: &Db, clock: &Clock, admin: &Admin, flows: &Flows, stop: &CancellationToken) -> TaskTracker {
    let running = TaskTracker::new();
    running.spawn(clear(db.clone(), clock.clone(), admin.clone(), stop.clone()));
    running.spawn(count(admin.clone(), stop.clone()));
    let (events, upkeep) = (admin.clone(), admin.clone());
    let (stop_events, stop_upkeep) = (stop.clone(), stop.clone());
    running.spawn(async move { events.run_events(stop_events).await });
    running.spawn(async move { upkeep.run_upkeep(stop_upkeep).await });
    let (alerts, stop_alerts) = (admin.clone(), stop.clone());
    running.spawn(async move { alerts.run_alerts(stop_alerts).await });
    let (flows, stop_flows) = (flows.clone(), stop.clone());
    running.spawn(async move { flows.run(stop_flows).await });
    running.close();
    running
}

/// Once an hour: clears outdated idempotency keys, numbers of calls, activity and forgotten drafts, and warns of ends that come near.
async fn clear(db: Db, clock: Clock, admin: Admin, stop: CancellationToken) {
    loop {
        let now = clock.now();
        let cleared = in_tx!(db, "clear old rows", |tx| {
            Ok(idempotency::expire(tx, now).await?
                + usage::expire(tx, Millis(now.0 - COUNTS_KEPT)).await?
                + rate_windows::expire(tx).await?
                + runs::expire(tx, Millis(now.0 - ACTIVITY_KEPT)).await?)
        });
        match cleared {
            Ok(rows) => tracing::debug!(rows, "outdated rows cleared"),
            Err(error) => tracing::warn!(%error, "outdated rows could not be cleared; trying again later"),
        }
        match clear_activity(&db, now).await {
            Ok(rows) => tracing::debug!(rows, "old activity cleared"),
            Err(error) => tracing::warn!(%error, "old activity could not be cleared; trying again later"),
        }
        match admin.clear_drafts(now).await {
            Ok(rows) => tracing::debug!(rows, "forgotten drafts cleared"),
            Err(error) => tracing::warn!(%error, "forgotten drafts could not be cleared; trying again later"),
        }
        if let Err(error) = admin.warn_of_ends(now).await {
            tracing::warn!(%error, "the ends of credentials could not be looked at; trying again later");
        }
        tokio::select! {
            () = clock.pause(CLEAR_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Clears old activity, in pieces that hold nobody up.
async fn clear_activity(db: &Db, now: Millis) -> Result<u64, StoreError> {
    let mut cleared = 0;
    loop {
        let some = in_tx!(db, "clear old activity", |tx| {
            activity::expire(tx, Millis(now.0 - ACTIVITY_KEPT), CLEARED_AT_ONCE).await
        })?;
        cleared += some;
        if some < u64::from(CLEARED_AT_ONCE) {
            return Ok(cleared);
        }
    }
}

/// Writes down how many calls went out; a last time when asked to stop.
async fn count(admin: Admin, stop: CancellationToken) {
    loop {
        let stopping = tokio::select! {
            () = admin.clock.pause(COUNT_EVERY) => false,
            () = stop.cancelled() => true,
        };
        admin.write_usage().await;
        if stopping {
            return;
        }
    }
}
