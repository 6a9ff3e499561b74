//! Portals: the HubSpot accounts that installed the app.

use serde_json::Value;
use sqlx::types::Json;

use super::{
    StoreError, Tx,
    column::{from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{PortalId, UserId},
};

words! {
    /// Whether the app is installed.
    PortalStatus {
        /// It is.
        Active = "active",
        /// It was.
        Disconnected = "disconnected",
    }
}

words! {
    /// What keeps an installation from working as it should.
    PortalTrouble {
        /// The token was saved, the account's details are not read yet.
        Installing = "installing",
        /// HubSpot refuses for want of a scope: an administrator must consent again.
        ConsentNeeded = "consent_needed",
        /// HubSpot said that the app was removed from the account.
        Uninstalled = "uninstalled",
        /// HubSpot refuses the refresh token although the app is installed.
        TokenRefused = "token_refused",
        /// HubSpot refuses our own client id or secret.
        Configuration = "configuration",
    }
}

/// A HubSpot account that installed the app.
#[derive(Debug, Clone, PartialEq)]
pub struct Portal {
    /// HubSpot's id of the account.
    pub portal_id: PortalId,
    /// Its time zone as an IANA name, which decides what day it is.
    pub time_zone: String,
    /// The host of its web pages (`app-eu1.hubspot.com`).
    pub ui_domain: String,
    /// Whether the app is installed.
    pub status: PortalStatus,
    /// When the app was first installed.
    pub installed_at: Millis,
    /// When this row last changed.
    pub updated_at: Millis,
    /// The account's domain name in HubSpot, by which people know it.
    pub domain: Option<String>,
    /// The account's currencies: `{"currency": …, "additionalCurrencies": […]}`.
    pub details: Value,
    /// Who installed the app last.
    pub installed_by: Option<UserId>,
    /// The scopes that were granted: a list of texts.
    pub scopes: Value,
    /// What an administrator set: who may see, attach and administer.
    pub settings: Value,
    /// What keeps the installation from working.
    pub trouble: Option<PortalTrouble>,
    /// Since when.
    pub trouble_at: Option<Millis>,
}

from_row!(Portal {
    portal_id,
    time_zone,
    ui_domain,
    status,
    installed_at,
    updated_at,
    domain,
    details,
    installed_by,
    scopes,
    settings,
    trouble,
    trouble_at,
});

/// Writes that the app is installed in a portal: makes the row, or makes it active again with new details. The first
/// installation's time stays.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(
    tx: &mut Tx,
    portal_id: PortalId,
    time_zone: &str,
    ui_domain: &str,
    now: Millis,
) -> Result<Portal, StoreError> {
    const SQL: &str = "INSERT INTO portals (portal_id, time_zone, ui_domain, status, installed_at, updated_at) \
         VALUES ($1, $2, $3, 'active', $4, $4) \
         ON CONFLICT (portal_id) DO UPDATE SET time_zone = excluded.time_zone, ui_domain = excluded.ui_domain, \
             status = 'active', updated_at = excluded.updated_at \
         RETURNING *";
    let row = on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(time_zone)
        .bind(ui_domain)
        .bind(now.0)
        .fetch_one(c)
        .await)?;
    Ok(row)
}

/// One portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId) -> Result<Option<Portal>, StoreError> {
    const SQL: &str = "SELECT * FROM portals WHERE portal_id = $1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_optional(c).await)?)
}

/// All portals, by id.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(tx: &mut Tx) -> Result<Vec<Portal>, StoreError> {
    const SQL: &str = "SELECT * FROM portals ORDER BY portal_id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// Marks a portal as one that has the app no longer, or again. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_status(
    tx: &mut Tx,
    portal_id: PortalId,
    status: PortalStatus,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET status = $2, updated_at = $3 WHERE portal_id = $1";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(status.word())
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// What an installation is known to be once the account was asked.
#[derive(Debug, Clone, Copy)]
pub struct Installed<'a> {
    /// The account's time zone.
    pub time_zone: &'a str,
    /// The host of its web pages.
    pub ui_domain: &'a str,
    /// Its domain name in HubSpot; `None` keeps what is known.
    pub domain: Option<&'a str>,
    /// Its currencies and what else is kept of it.
    pub details: &'a Value,
    /// Who installed the app; `None` keeps what is known.
    pub installed_by: Option<UserId>,
    /// The scopes that were granted.
    pub scopes: &'a Value,
    /// What keeps it from working all the same.
    pub trouble: Option<PortalTrouble>,
}

/// One portal, held until the transaction ends: no other transaction changes it, or begins to install the app in it,
/// meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(tx: &mut Tx, portal_id: PortalId) -> Result<Option<Portal>, StoreError> {
    const SQL: &str = "UPDATE portals SET portal_id = portal_id WHERE portal_id = $1 RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_optional(c).await)?)
}

/// Writes that an installation has begun: the row is made, or kept as it is, with the trouble [`PortalTrouble::Installing`].
/// A portal that was not there, or had left, is not active before [`activate`].
///
/// # Errors
/// See [`StoreError`].
pub async fn begin_install(tx: &mut Tx, portal_id: PortalId, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO portals (portal_id, time_zone, ui_domain, status, installed_at, updated_at, trouble, \
             trouble_at) VALUES ($1, 'UTC', 'app.hubspot.com', 'disconnected', $2, $2, 'installing', $2) \
         ON CONFLICT (portal_id) DO UPDATE SET trouble = 'installing', trouble_at = excluded.trouble_at, \
             updated_at = excluded.updated_at";
    on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Writes that the app is installed and what the account is. `false`: there is no such portal, or no credential of it any
/// more: somebody removed the app while HubSpot was asked.
///
/// # Errors
/// See [`StoreError`].
pub async fn activate(
    tx: &mut Tx,
    portal_id: PortalId,
    installed: Installed<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET status = 'active', time_zone = $2, ui_domain = $3, \
             domain = COALESCE($4, domain), details = $5, installed_by = COALESCE($6, installed_by), scopes = $7, \
             trouble = $8, trouble_at = CASE WHEN $9 THEN $10 ELSE NULL END, updated_at = $10 \
         WHERE portal_id = $1 \
             AND EXISTS (SELECT 1 FROM credentials WHERE holder_kind = 'portal' AND holder_id = $11)";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(installed.time_zone)
        .bind(installed.ui_domain)
        .bind(installed.domain)
        .bind(Json(installed.details))
        .bind(installed.installed_by.map(UserId::as_i64))
        .bind(Json(installed.scopes))
        .bind(installed.trouble.map(PortalTrouble::word))
        .bind(installed.trouble.is_some())
        .bind(now.0)
        .bind(portal_id.to_string())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes what keeps an installation from working, or that nothing does. The time of a trouble that stays is kept.
/// `false`: nothing changed.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_trouble(
    tx: &mut Tx,
    portal_id: PortalId,
    trouble: Option<PortalTrouble>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET trouble = $2, trouble_at = CASE WHEN $3 THEN $4 ELSE NULL END, \
             updated_at = $4 \
         WHERE portal_id = $1 AND trouble IS DISTINCT FROM $2";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(trouble.map(PortalTrouble::word))
        .bind(trouble.is_some())
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes what is kept of an account beside its columns. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_details(tx: &mut Tx, portal_id: PortalId, details: &Value) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET details = $2 WHERE portal_id = $1";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(Json(details))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes the scopes that were granted. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_scopes(tx: &mut Tx, portal_id: PortalId, scopes: &Value) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET scopes = $2 WHERE portal_id = $1";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(Json(scopes))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Writes what an administrator set for the portal. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_settings(tx: &mut Tx, portal_id: PortalId, settings: &Value, now: Millis) -> Result<bool, StoreError> {
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

struct Secret {
    alert_secret: Option<Vec<u8>>,
}

from_row!(Secret { alert_secret });

/// What a portal's alerts are signed with, sealed for the place `portals.alert_secret` of `portal/<id>`. `None`: nothing, or
/// there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn alert_secret(tx: &mut Tx, portal_id: PortalId) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT alert_secret FROM portals WHERE portal_id = $1";
    let row: Option<Secret> = on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_optional(c).await)?;
    Ok(row.and_then(|row| row.alert_secret))
}

/// Writes what a portal's alerts are signed with, sealed; `None`: nothing any more. `false`: there is no such portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_alert_secret(tx: &mut Tx, portal_id: PortalId, sealed: Option<&[u8]>) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE portals SET alert_secret = $2 WHERE portal_id = $1";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(sealed)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}
