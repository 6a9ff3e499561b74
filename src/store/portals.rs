//! Portals: the HubSpot accounts that installed the app.

use serde_json::Value;

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
