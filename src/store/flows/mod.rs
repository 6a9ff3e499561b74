//! Flows: one kind of records kept in step between a connection and HubSpot, each worked by one process at a time.
//!
//! Who works a flow holds its lease and knows its fence. The fence goes up whenever a flow is claimed, and everything that the
//! one who works writes names it: who slept past the end of the lease changes nothing any more.

mod anew;
mod lease;

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

pub use self::{
    anew::{begin_again, forget_preview, start_over},
    lease::{
        Claim, Mark, Outcome, claim, end_leases, hinted, hold, mark, next_due, release, renew, save_cursor,
        save_hub_cursor,
    },
};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, FlowId, PortalId, RunId},
    store::{
        StoreError, Tx,
        bulk::pieces,
        column::{from_row, words},
        tx::on,
    },
};

words! {
    /// Whether a flow is worked.
    FlowStatus {
        /// It is not.
        Off = "off",
        /// It counts what it would do, and writes nothing.
        Preview = "preview",
        /// It is.
        On = "on",
    }
}

/// A flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Our id.
    pub id: FlowId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// Its name within the connection: `customers`, `contacts`.
    pub key: String,
    /// Whether it is worked.
    pub status: FlowStatus,
    /// What an administrator decided.
    pub settings: Value,
    /// The mapping that an administrator saved; `None`: the system's default.
    pub mapping: Option<Value>,
    /// Goes up with every mapping that is saved.
    pub rules_version: i64,
    /// Up to where the ERP was read; opaque.
    pub cursor: Option<String>,
    /// Up to where HubSpot was read; opaque.
    pub hub_cursor: Option<String>,
    /// When it comes due; `None`: not by itself. While it is worked: what came meanwhile.
    pub due_at: Option<Millis>,
    /// When a hint came that is to be worked off whenever the flow is due.
    pub hinted_at: Option<Millis>,
    /// Who works it.
    pub lease: Option<Uuid>,
    /// Until when it is theirs.
    pub lease_until: Option<Millis>,
    /// Goes up whenever it is claimed.
    pub fence: i64,
    /// When its first sync was complete.
    pub first_done_at: Option<Millis>,
    /// When its last census was complete.
    pub census_at: Option<Millis>,
    /// How far a census is that goes on; opaque.
    pub census_place: Option<String>,
    /// What a preview counted: counts and ids.
    pub preview: Option<Value>,
    /// Since when it fails.
    pub failing_since: Option<Millis>,
    /// How often it failed since then.
    pub failures: i64,
    /// Why, as a code.
    pub trouble: Option<String>,
    /// Whether somebody asked that it stop at the next page.
    pub stop_asked: bool,
    /// The run that may go on although it would archive or clear very much.
    pub brake_lifted_run: Option<RunId>,
    /// When it was made.
    pub created_at: Millis,
    /// When an administrator last changed it.
    pub updated_at: Millis,
}

from_row!(Flow {
    id,
    portal_id,
    connection_id,
    key,
    status,
    settings,
    mapping,
    rules_version,
    cursor,
    hub_cursor,
    due_at,
    hinted_at,
    lease,
    lease_until,
    fence,
    first_done_at,
    census_at,
    census_place,
    preview,
    failing_since,
    failures,
    trouble,
    stop_asked,
    brake_lifted_run,
    created_at,
    updated_at,
});

/// A flow to be made; it is off.
#[derive(Debug, Clone, Copy)]
pub struct NewFlow<'a> {
    /// The id it gets.
    pub id: FlowId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account. Must be one of the portal's.
    pub connection_id: ConnectionId,
    /// Its name within the connection.
    pub key: &'a str,
    /// What is decided about it as long as nobody decides otherwise.
    pub settings: &'a Value,
}

/// Makes those flows that their connections do not have yet; gives their number.
///
/// # Errors
/// [`StoreError::Dangling`] when a portal has no such connection.
pub async fn put_missing(tx: &mut Tx, new: &[NewFlow<'_>], now: Millis) -> Result<u64, StoreError> {
    let mut made = 0;
    for some in pieces(new) {
        made += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO flows (id, portal_id, connection_id, key, status, settings, rules_version, fence, failures, \
                 stop_asked, created_at, updated_at) ",
            );
            sql.push_values(some, |mut row, flow| {
                row.push_bind(flow.id.0)
                    .push_bind(flow.portal_id.as_i64())
                    .push_bind(flow.connection_id.0)
                    .push_bind(flow.key)
                    .push("'off'")
                    .push_bind(Json(flow.settings))
                    .push("1, 0, 0, FALSE")
                    .push_bind(now.0)
                    .push_bind(now.0);
            });
            sql.push(" ON CONFLICT (connection_id, key) DO NOTHING");
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(made)
}

/// One flow of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: FlowId) -> Result<Option<Flow>, StoreError> {
    const SQL: &str = "SELECT * FROM flows WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// All flows of a portal, in the order in which they were made.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_portal(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<Flow>, StoreError> {
    const SQL: &str = "SELECT * FROM flows WHERE portal_id = $1 ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

/// All flows of a connection, in the order in which they were made.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_connection(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
) -> Result<Vec<Flow>, StoreError> {
    const SQL: &str = "SELECT * FROM flows WHERE portal_id = $1 AND connection_id = $2 ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(connection_id.0).fetch_all(c).await)?)
}

/// Turns a flow off, on, or to counting only. Turned off it is asked to stop at the next page and comes due no more; else it
/// is due at once. `false`: the portal has no such flow.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_status(
    tx: &mut Tx,
    portal_id: PortalId,
    id: FlowId,
    status: FlowStatus,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET status = $3, stop_asked = $4, due_at = $5, updated_at = $6 \
         WHERE portal_id = $1 AND id = $2";
    let off = status == FlowStatus::Off;
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(status.word())
        .bind(off)
        .bind((!off).then_some(now.0))
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes what an administrator decided about a flow. `false`: the portal has no such flow.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_settings(
    tx: &mut Tx,
    portal_id: PortalId,
    id: FlowId,
    settings: &Value,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET settings = $3, updated_at = $4 WHERE portal_id = $1 AND id = $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(Json(settings))
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

struct Version {
    rules_version: i64,
}

from_row!(Version { rules_version });

/// Writes another mapping (`None`: the default) in the place of that with the version `seen`; gives the new version. `None`:
/// somebody else saved one meanwhile, or the portal has no such flow.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_mapping(
    tx: &mut Tx,
    portal_id: PortalId,
    id: FlowId,
    seen: i64,
    mapping: Option<&Value>,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    const SQL: &str = "UPDATE flows SET mapping = $4, rules_version = rules_version + 1, updated_at = $5 \
         WHERE portal_id = $1 AND id = $2 AND rules_version = $3 RETURNING rules_version";
    let saved: Option<Version> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(seen)
        .bind(mapping.map(Json))
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    Ok(saved.map(|row| row.rules_version))
}

/// Makes a flow due at `due_at`, unless it is due before. One that is being worked comes due again when it is given back.
/// `false`: the portal has no such flow, or it is off and no undo waits.
///
/// # Errors
/// See [`StoreError`].
pub async fn make_due(tx: &mut Tx, portal_id: PortalId, id: FlowId, due_at: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET due_at = CASE WHEN due_at < $3 THEN due_at ELSE $3 END \
         WHERE portal_id = $1 AND id = $2 AND (status <> 'off' OR EXISTS (SELECT 1 FROM runs r \
             WHERE r.flow_id = flows.id AND r.state = 'running' AND r.kind = 'undo'))";
    let due = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(due_at.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(due == 1)
}

/// Has a flow that nobody works, and that is on and due by itself, come due at `due_at` instead.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_off(tx: &mut Tx, portal_id: PortalId, id: FlowId, due_at: Millis) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE flows SET due_at = $3 \
         WHERE portal_id = $1 AND id = $2 AND status = 'on' AND lease IS NULL AND due_at IS NOT NULL";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).bind(due_at.0).execute(c).await.map(|_| ()))?)
}

/// Makes all flows of a connection due at `due_at` that are not off, unless they are due before; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn make_all_due(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    due_at: Millis,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE flows SET due_at = CASE WHEN due_at < $3 THEN due_at ELSE $3 END \
         WHERE portal_id = $1 AND connection_id = $2 AND status <> 'off'";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(due_at.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// Asks for a census with the next working-off, which is due at once. `false`: the portal has no such flow, or it is off.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask_census(tx: &mut Tx, portal_id: PortalId, id: FlowId, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET census_at = NULL, due_at = $3 \
         WHERE portal_id = $1 AND id = $2 AND status <> 'off'";
    let asked = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(asked == 1)
}

/// Asks who works a flow to stop at the next page. `false`: nobody works it.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask_stop(tx: &mut Tx, portal_id: PortalId, id: FlowId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET stop_asked = TRUE WHERE portal_id = $1 AND id = $2 AND lease IS NOT NULL";
    let asked =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(asked == 1)
}

/// Lets a run that stopped before it would archive or clear very much go on, and makes the flow due. `false`: the portal has
/// no such flow, or it is off.
///
/// # Errors
/// See [`StoreError`].
pub async fn lift_brake(
    tx: &mut Tx,
    portal_id: PortalId,
    id: FlowId,
    run: RunId,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET brake_lifted_run = $3, due_at = $4 \
         WHERE portal_id = $1 AND id = $2 AND status <> 'off'";
    let lifted = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(run.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(lifted == 1)
}
