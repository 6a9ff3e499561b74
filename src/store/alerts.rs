//! Alerts: what a portal's people are to be told, one row a cause. An alert is raised once and cleared once, however often
//! its cause is met; it is claimed by pushing its due time forward, so that one who dies in the middle leaves it to be told by
//! another.

use std::time::Duration;

use super::{
    StoreError, Tx,
    column::{from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{FlowId, PortalId},
};

/// For how long a claimed alert is its claimer's.
pub const CLAIMED: Duration = Duration::from_mins(1);

words! {
    /// How an alert stands.
    AlertState {
        /// Its cause is there.
        Raised = "raised",
        /// Its cause is gone.
        Cleared = "cleared",
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Whose it is.
    pub portal_id: PortalId,
    /// Its cause: a code, with a flow's id where it is of one flow.
    pub cause: String,
    /// The flow that it is about.
    pub flow_id: Option<FlowId>,
    /// How it stands.
    pub state: AlertState,
    /// Since when its cause is, or was, there.
    pub raised_at: Millis,
    /// Since when it is gone.
    pub cleared_at: Option<Millis>,
    /// What people were told last.
    pub told: Option<AlertState>,
    /// How often telling failed since it last changed.
    pub attempts: i64,
    /// When to tell next.
    pub due_at: Option<Millis>,
}

from_row!(Alert { portal_id, cause, flow_id, state, raised_at, cleared_at, told, attempts, due_at });

/// Raises an alert, to be told at once. `false`: it is raised already.
///
/// # Errors
/// [`StoreError::Dangling`] when there is no such portal, or it has no such flow.
pub async fn raise(
    tx: &mut Tx,
    portal_id: PortalId,
    cause: &str,
    flow_id: Option<FlowId>,
    now: Millis,
) -> Result<bool, StoreError> {
    // One that was cleared before people were told so goes on: nothing new is to be told.
    const SQL: &str = "INSERT INTO alerts (portal_id, cause, flow_id, state, raised_at, attempts, due_at) \
         VALUES ($1, $2, $3, 'raised', $4, 0, $4) \
         ON CONFLICT (portal_id, cause) DO UPDATE SET state = 'raised', flow_id = excluded.flow_id, \
             raised_at = CASE WHEN alerts.told = 'raised' THEN alerts.raised_at ELSE excluded.raised_at END, \
             due_at = CASE WHEN alerts.told = 'raised' THEN NULL ELSE excluded.due_at END, \
             cleared_at = NULL, attempts = 0 \
         WHERE alerts.state = 'cleared'";
    let raised = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(cause)
        .bind(flow_id.map(|flow| flow.0))
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(raised == 1)
}

/// Clears an alert. People are told at once, unless they were never told that it was raised. `false`: it is not raised.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear(tx: &mut Tx, portal_id: PortalId, cause: &str, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET state = 'cleared', cleared_at = $3, attempts = 0, \
             due_at = CASE WHEN told = 'raised' THEN $3 ELSE NULL END \
         WHERE portal_id = $1 AND cause = $2 AND state = 'raised'";
    let cleared = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(cause)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(cleared == 1)
}

/// The alerts of a portal that are raised, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn raised(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts WHERE portal_id = $1 AND state = 'raised' ORDER BY raised_at, cause";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

/// Claims up to `most` alerts that are to be told, the oldest first, of portals in which the app is installed.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(tx: &mut Tx, most: u32, now: Millis) -> Result<Vec<Alert>, StoreError> {
    // The outer condition is looked at again when another process was faster: then that alert is not due any more.
    const SQL: &str = "UPDATE alerts SET due_at = $2 WHERE due_at <= $1 AND (portal_id, cause) IN \
             (SELECT a.portal_id, a.cause FROM alerts a JOIN portals p ON p.portal_id = a.portal_id \
              WHERE a.due_at <= $1 AND p.status = 'active' ORDER BY a.due_at, a.portal_id, a.cause LIMIT $3) \
         RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(now.0).bind(now.plus(CLAIMED).0).bind(i64::from(most)).fetch_all(c).await)?)
}

/// Writes that people were told how a claimed alert stands. Where it changed meanwhile, the change is to be told at `now`.
///
/// # Errors
/// See [`StoreError`].
pub async fn told(tx: &mut Tx, alert: &Alert, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE alerts SET told = $3, attempts = 0, \
             due_at = CASE WHEN state = $3 THEN NULL ELSE $4 END \
         WHERE portal_id = $1 AND cause = $2";
    on!(tx, |c| sqlx::query(SQL)
        .bind(alert.portal_id.as_i64())
        .bind(&alert.cause)
        .bind(alert.state.word())
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Puts a claimed alert off that could not be told. `false`: it changed meanwhile, and is due by that.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_off(tx: &mut Tx, alert: &Alert, due_at: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET attempts = attempts + 1, due_at = $4 \
         WHERE portal_id = $1 AND cause = $2 AND state = $3 AND due_at IS NOT NULL";
    let kept = on!(tx, |c| sqlx::query(SQL)
        .bind(alert.portal_id.as_i64())
        .bind(&alert.cause)
        .bind(alert.state.word())
        .bind(due_at.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(kept == 1)
}

/// Gives up telling an alert; it is told when it changes. `false`: it changed meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn give_up(tx: &mut Tx, alert: &Alert) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET due_at = NULL WHERE portal_id = $1 AND cause = $2 AND state = $3";
    let given_up = on!(tx, |c| sqlx::query(SQL)
        .bind(alert.portal_id.as_i64())
        .bind(&alert.cause)
        .bind(alert.state.word())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(given_up == 1)
}
