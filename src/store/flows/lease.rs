//! Working a flow: claiming it, holding it from page to page, giving it back.

use std::time::Duration;

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::Flow;
use crate::{
    clock::Millis,
    domain::ids::FlowId,
    store::{StoreError, Tx, tx::on},
};

/// How long a claimed flow is its claimer's, and how many are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// At most so many flows.
    pub most: u32,
    /// Who claims.
    pub lease: Uuid,
    /// For how long they are theirs, unless [`renew`]ed.
    pub lease_for: Duration,
}

/// Claims flows that are due and that nobody works, or whose worker let the lease end, of active portals and connections.
///
/// Portals take turns: one that has much to do, or is being worked already, comes behind one that has less; within a portal,
/// so do its connections. Then those go first that have been due for longest. The fence of each goes up.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(tx: &mut Tx, claim: Claim, now: Millis) -> Result<Vec<Flow>, StoreError> {
    // The outer condition is looked at again when another process was faster: then that flow is free no more.
    const SQL: &str = "UPDATE flows SET lease = $2, lease_until = $3, fence = fence + 1, due_at = NULL, \
             stop_asked = FALSE \
         WHERE (lease_until <= $1 OR (lease IS NULL AND due_at <= $1)) AND status <> 'off' AND id IN \
             (SELECT id FROM \
                  (SELECT turns.*, ROW_NUMBER() OVER (PARTITION BY portal_id ORDER BY free, turn, since, id) AS place FROM \
                       (SELECT seen.*, ROW_NUMBER() OVER (PARTITION BY connection_id ORDER BY free, since, id) AS turn FROM \
                            (SELECT f.id, f.portal_id, f.connection_id, COALESCE(f.due_at, f.lease_until) AS since, \
                                 CASE WHEN f.lease_until > $1 THEN 0 ELSE 1 END AS free \
                             FROM flows f JOIN portals p ON p.portal_id = f.portal_id \
                                 JOIN connections c ON c.id = f.connection_id \
                             WHERE (f.lease IS NOT NULL OR f.due_at <= $1) AND f.status <> 'off' \
                                 AND p.status = 'active' AND c.status = 'active') AS seen) AS turns) AS places \
              WHERE free = 1 ORDER BY place, since, id LIMIT $4) \
         RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(now.0)
        .bind(claim.lease)
        .bind(now.plus(claim.lease_for).0)
        .bind(i64::from(claim.most))
        .fetch_all(c)
        .await)?)
}

/// Ends every lease: whoever held one is dead. For a process that is the only one on its database, as it starts. Gives the
/// number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_leases(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE flows SET lease_until = $1 WHERE lease IS NOT NULL AND lease_until > $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(now.0).execute(c).await.map(|r| r.rows_affected()))?)
}

/// When [`claim`] has something to give next, as far as is known now; `None`: nothing is due at any time.
///
/// # Errors
/// See [`StoreError`].
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>, StoreError> {
    const SQL: &str = "SELECT MIN(COALESCE(f.lease_until, f.due_at)) FROM flows f \
         JOIN portals p ON p.portal_id = f.portal_id JOIN connections c ON c.id = f.connection_id \
         WHERE f.status <> 'off' AND p.status = 'active' AND c.status = 'active'";
    let next: Option<i64> = on!(tx, |c| sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(next.map(Millis))
}

/// Keeps a claimed flow until `until`. `false`: it is somebody else's by now, or its lease has ended.
///
/// # Errors
/// See [`StoreError`].
pub async fn renew(tx: &mut Tx, id: FlowId, fence: i64, until: Millis, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET lease_until = $3 WHERE id = $1 AND fence = $2 AND lease_until > $4";
    let kept = on!(tx, |c| sqlx::query(SQL)
        .bind(id.0)
        .bind(fence)
        .bind(until.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(kept == 1)
}

/// Whether the flow is still the caller's; it stays so until the transaction ends. To be asked first in every transaction
/// that writes what a page came to: on `false` the transaction must be undone.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(tx: &mut Tx, id: FlowId, fence: i64, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET fence = fence WHERE id = $1 AND fence = $2 AND lease_until > $3";
    let held =
        on!(tx, |c| sqlx::query(SQL).bind(id.0).bind(fence).bind(now.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(held == 1)
}

/// How a working-off ended, as the flow remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It did what there was to do: what was wrong before is over.
    Worked,
    /// It failed.
    Failed {
        /// Why, as a code.
        trouble: &'a str,
    },
    /// It was left off: that says nothing about the flow.
    LeftOff,
}

/// Gives a claimed flow back. It comes due at `due_at`, or before where somebody made it due meanwhile; `None`: only then.
/// `false`: it was the caller's no more, and nothing is written.
///
/// # Errors
/// See [`StoreError`].
pub async fn release(
    tx: &mut Tx,
    id: FlowId,
    fence: i64,
    due_at: Option<Millis>,
    outcome: Outcome<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET lease = NULL, lease_until = NULL, \
             due_at = CASE WHEN status = 'off' THEN NULL WHEN due_at < COALESCE($3, due_at + 1) THEN due_at ELSE $3 END, \
             failing_since = CASE $4 WHEN 'worked' THEN NULL WHEN 'failed' THEN COALESCE(failing_since, $6) \
                 ELSE failing_since END, \
             failures = CASE $4 WHEN 'worked' THEN 0 WHEN 'failed' THEN failures + 1 ELSE failures END, \
             trouble = CASE $4 WHEN 'worked' THEN NULL WHEN 'failed' THEN $5 ELSE trouble END \
         WHERE id = $1 AND fence = $2 AND lease IS NOT NULL";
    let (how, trouble) = match outcome {
        Outcome::Worked => ("worked", None),
        Outcome::Failed { trouble } => ("failed", Some(trouble)),
        Outcome::LeftOff => ("left_off", None),
    };
    let freed = on!(tx, |c| sqlx::query(SQL)
        .bind(id.0)
        .bind(fence)
        .bind(due_at.map(|at| at.0))
        .bind(how)
        .bind(trouble)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(freed == 1)
}

/// Something that only who works a flow writes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark<'a> {
    /// Up to where the ERP was read; `None`: from the start again.
    Cursor(Option<&'a str>),
    /// Up to where HubSpot was read; `None`: from the start again.
    HubCursor(Option<&'a str>),
    /// The first sync is complete.
    FirstDone(Millis),
    /// A census is complete.
    Census(Millis),
    /// What a preview counted.
    Preview(&'a Value),
}

/// Writes a mark. `false`: the flow is the caller's no more, and nothing is written. Follows [`hold`] in the same
/// transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark(tx: &mut Tx, id: FlowId, fence: i64, mark: Mark<'_>) -> Result<bool, StoreError> {
    // Who asks it to stop may want it to begin again: a page that is repeated has no further effect.
    const CURSOR: &str = "UPDATE flows SET cursor = CASE WHEN stop_asked THEN cursor ELSE $3 END \
         WHERE id = $1 AND fence = $2";
    const HUB_CURSOR: &str = "UPDATE flows SET hub_cursor = $3 WHERE id = $1 AND fence = $2";
    const FIRST_DONE: &str =
        "UPDATE flows SET first_done_at = COALESCE(first_done_at, $3) WHERE id = $1 AND fence = $2";
    const CENSUS: &str = "UPDATE flows SET census_at = $3 WHERE id = $1 AND fence = $2";
    const PREVIEW: &str = "UPDATE flows SET preview = $3 WHERE id = $1 AND fence = $2";
    let sql = match mark {
        Mark::Cursor(_) => CURSOR,
        Mark::HubCursor(_) => HUB_CURSOR,
        Mark::FirstDone(_) => FIRST_DONE,
        Mark::Census(_) => CENSUS,
        Mark::Preview(_) => PREVIEW,
    };
    let marked = on!(tx, |c| {
        let query = sqlx::query(sql).bind(id.0).bind(fence);
        let query = match mark {
            Mark::Cursor(at) | Mark::HubCursor(at) => query.bind(at),
            Mark::FirstDone(at) | Mark::Census(at) => query.bind(at.0),
            Mark::Preview(counted) => query.bind(Json(counted)),
        };
        query.execute(c).await.map(|r| r.rows_affected())
    })?;
    Ok(marked == 1)
}

/// Writes up to where the ERP was read; see [`mark`].
///
/// # Errors
/// See [`StoreError`].
pub async fn save_cursor(tx: &mut Tx, id: FlowId, fence: i64, cursor: &str) -> Result<bool, StoreError> {
    mark(tx, id, fence, Mark::Cursor(Some(cursor))).await
}

/// Writes up to where HubSpot was read; see [`mark`].
///
/// # Errors
/// See [`StoreError`].
pub async fn save_hub_cursor(tx: &mut Tx, id: FlowId, fence: i64, cursor: &str) -> Result<bool, StoreError> {
    mark(tx, id, fence, Mark::HubCursor(Some(cursor))).await
}
