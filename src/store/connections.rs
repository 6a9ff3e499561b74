//! Connections: the ERP accounts that a portal connected.

use serde_json::Value;
use sqlx::types::Json;

use super::{
    StoreError, Tx,
    column::{from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
};

words! {
    /// What the ERP account is for.
    Environment {
        /// The real books.
        Production = "production",
        /// A sandbox or test account.
        Sandbox = "sandbox",
    }
}

words! {
    /// Whether a connection is used.
    ConnectionStatus {
        /// It is.
        Active = "active",
        /// An admin paused it.
        Paused = "paused",
        /// An admin ended it; its associations and links are kept.
        Disconnected = "disconnected",
    }
}

words! {
    /// How a connection signs in to its ERP.
    Method {
        /// With a certificate that the ERP knows, machine to machine.
        Certificate = "certificate",
        /// With the consent of a user, which ends.
        SignIn = "sign_in",
    }
}

words! {
    /// Why the last call did not work, by what can be done about it.
    ConnectionTrouble {
        /// It must be signed in again.
        Reconnect = "reconnect",
        /// The ERP role lacks a right.
        NoPermission = "no_permission",
        /// The ERP limits the calls.
        Throttled = "throttled",
        /// The ERP does not answer.
        Unavailable = "unavailable",
        /// The ERP's answers cannot be read.
        Broken = "broken",
    }
}

/// One ERP account that a portal connected.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Our id.
    pub id: ConnectionId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP's word (`erp::System::word`).
    pub system: String,
    /// The account's id as the ERP writes it.
    pub account_id: String,
    /// What people call it.
    pub name: String,
    /// What the account is for.
    pub environment: Environment,
    /// Whether it is used.
    pub status: ConnectionStatus,
    /// What the probe found and what an admin set. No secrets, no values of the ERP's records.
    pub settings: Value,
    /// When it was made.
    pub created_at: Millis,
    /// When this row last changed.
    pub updated_at: Millis,
    /// How it signs in.
    pub method: Method,
    /// When its credentials end, where they do: the certificate's last day, or the consent's.
    pub ends_at: Option<Millis>,
    /// When a call last worked.
    pub good_at: Option<Millis>,
    /// Why the last call did not work; `None`: it did.
    pub trouble: Option<ConnectionTrouble>,
    /// With [`ConnectionTrouble::NoPermission`]: the right that is missing, in the ERP's own words.
    pub trouble_permission: Option<String>,
    /// Since when there is trouble.
    pub trouble_at: Option<Millis>,
}

from_row!(Connection {
    id,
    portal_id,
    system,
    account_id,
    name,
    environment,
    status,
    settings,
    created_at,
    updated_at,
    method,
    ends_at,
    good_at,
    trouble,
    trouble_permission,
    trouble_at,
});

/// A connection to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewConnection<'a> {
    /// The id it gets when this account was not connected before.
    pub id: ConnectionId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP's word.
    pub system: &'a str,
    /// The account's id as the ERP writes it.
    pub account_id: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// What the account is for.
    pub environment: Environment,
    /// What the probe found.
    pub settings: &'a Value,
}

/// Connects an account: makes the row, or makes the one of the same portal, system and account active again with new
/// details. The row given back tells which id it has.
///
/// # Errors
/// [`StoreError::Dangling`] when there is no such portal.
pub async fn put(tx: &mut Tx, new: NewConnection<'_>, now: Millis) -> Result<Connection, StoreError> {
    const SQL: &str = "INSERT INTO connections \
             (id, portal_id, system, account_id, name, environment, status, settings, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $8) \
         ON CONFLICT (portal_id, system, account_id) DO UPDATE SET name = excluded.name, \
             environment = excluded.environment, status = 'active', settings = excluded.settings, \
             updated_at = excluded.updated_at \
         RETURNING *";
    let row = on!(tx, |c| sqlx::query_as(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.system)
        .bind(new.account_id)
        .bind(new.name)
        .bind(new.environment.word())
        .bind(Json(new.settings))
        .bind(now.0)
        .fetch_one(c)
        .await)?;
    Ok(row)
}

/// One connection of a portal. That of another portal is not found.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
    const SQL: &str = "SELECT * FROM connections WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// The connection of a portal to this account of this ERP, whatever its status.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_account(
    tx: &mut Tx,
    portal_id: PortalId,
    system: &str,
    account_id: &str,
) -> Result<Option<Connection>, StoreError> {
    const SQL: &str = "SELECT * FROM connections WHERE portal_id = $1 AND system = $2 AND account_id = $3";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(system).bind(account_id).fetch_optional(c).await)?)
}

/// All connections of a portal, whatever their status, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_of_portal(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<Connection>, StoreError> {
    const SQL: &str = "SELECT * FROM connections WHERE portal_id = $1 ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

/// All active connections whose credentials end, of all portals.
///
/// # Errors
/// See [`StoreError`].
pub async fn ending(tx: &mut Tx) -> Result<Vec<Connection>, StoreError> {
    const SQL: &str = "SELECT * FROM connections WHERE ends_at IS NOT NULL AND status = 'active' ORDER BY ends_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// Writes how a connection signs in from now on and when that ends; what was wrong before no longer counts. `false`: the
/// portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_sign_in(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ConnectionId,
    method: Method,
    ends_at: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE connections SET method = $3, ends_at = $4, trouble = NULL, \
             trouble_permission = NULL, trouble_at = NULL, updated_at = $5 WHERE portal_id = $1 AND id = $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(method.word())
        .bind(ends_at.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Pauses, ends or takes up a connection. `false`: the portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_status(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ConnectionId,
    status: ConnectionStatus,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE connections SET status = $3, updated_at = $4 WHERE portal_id = $1 AND id = $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(status.word())
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Gives a connection a name and settings; the row as it is then. `None`: the portal has no such connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn rename(
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
