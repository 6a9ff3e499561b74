//! What administrators set, and what was noticed of a portal or connection: the parts of their rows that change by themselves.

use serde_json::Value;
use sqlx::types::Json;

use super::{
    StoreError, Tx,
    connections::{Connection, ConnectionTrouble},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
};

/// Writes what an administrator set for the portal. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_of_portal(
    tx: &mut Tx,
    portal_id: PortalId,
    settings: &Value,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET settings = $2, updated_at = $3 WHERE portal_id = $1";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(Json(settings))
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Marks a portal as one from which an administrator removed the app. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn removed(tx: &mut Tx, portal_id: PortalId, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET status = 'disconnected', trouble = 'uninstalled', trouble_at = $2, \
             updated_at = $2 WHERE portal_id = $1";
    let changed =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(now.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Gives a connection a name and settings; the row as it is then. `None`: the portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_of_connection(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ConnectionId,
    name: &str,
    settings: &Value,
    now: Millis,
) -> Result<Option<Connection>, StoreError> {
    const SQL: &str = "UPDATE connections SET name = $3, settings = $4, updated_at = $5 \
         WHERE portal_id = $1 AND id = $2 RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(name)
        .bind(Json(settings))
        .bind(now.0)
        .fetch_optional(c)
        .await)?)
}

/// Writes that a call of the connection worked at `now`. `false`: the portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn worked(tx: &mut Tx, portal_id: PortalId, id: ConnectionId, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE connections SET good_at = $3, trouble = NULL, trouble_permission = NULL, \
             trouble_at = NULL WHERE portal_id = $1 AND id = $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes that a call of the connection failed at `now`. `false`: the portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn failed(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ConnectionId,
    trouble: ConnectionTrouble,
    permission: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE connections SET trouble = $3, trouble_permission = $4, \
             trouble_at = CASE WHEN trouble = $3 THEN trouble_at ELSE $5 END WHERE portal_id = $1 AND id = $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(trouble.word())
        .bind(permission)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}
