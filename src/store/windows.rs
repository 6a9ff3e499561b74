//! Windows outside HubSpot: tickets, the browsers they were opened in, and the OAuth states they went away with. Tickets,
//! cookies and states stand here as keyed hashes only.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

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
    /// What a window is for.
    Purpose {
        /// Installing the app into a portal.
        Install = "install",
        /// Signing in to an ERP.
        SignIn = "sign_in",
        /// Downloading a certificate.
        Certificate = "certificate",
        /// Downloading the activity.
        Activity = "activity",
    }
}

/// A window.
#[derive(Clone, PartialEq)]
pub struct WindowRow {
    /// Ours.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// The portal; `None` for an install.
    pub portal_id: Option<PortalId>,
    /// Who asked for it; `None` for an install.
    pub user_id: Option<UserId>,
    /// The browser it was opened in.
    pub cookie_hash: Option<Vec<u8>>,
    /// What it is about; never a secret.
    pub details: Value,
    /// Its secrets, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Until when it may go on.
    pub expires_at: Millis,
    /// When it came to its end.
    pub used_at: Option<Millis>,
}

impl std::fmt::Debug for WindowRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WindowRow").field("id", &self.id).field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

from_row!(WindowRow { id, purpose, portal_id, user_id, cookie_hash, details, sealed, expires_at, used_at });

/// A window to be made.
#[derive(Clone, Copy)]
pub struct NewWindow<'a> {
    /// Ours.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// The portal and who asks; `None` for an install.
    pub who: Option<(PortalId, UserId)>,
    /// The hash of the ticket that opens it.
    pub ticket_hash: Option<&'a [u8]>,
    /// The hash of the browser's cookie, where it is open already.
    pub cookie_hash: Option<&'a [u8]>,
    /// The hash of the state it goes away with, where it goes at once.
    pub state_hash: Option<&'a [u8]>,
    /// What it is about.
    pub details: &'a Value,
    /// Its secrets, sealed.
    pub sealed: Option<&'a [u8]>,
    /// Until when it may go on.
    pub expires_at: Millis,
}

struct Number {
    n: i64,
}

from_row!(Number { n });

/// Makes a window.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(tx: &mut Tx, new: NewWindow<'_>, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO windows (id, purpose, portal_id, user_id, ticket_hash, cookie_hash, state_hash, \
         details, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on!(tx, |c| sqlx::query(SQL)
        .bind(new.id)
        .bind(new.purpose.word())
        .bind(new.who.map(|(portal, _)| portal.as_i64()))
        .bind(new.who.map(|(_, user)| user.as_i64()))
        .bind(new.ticket_hash)
        .bind(new.cookie_hash)
        .bind(new.state_hash)
        .bind(Json(new.details))
        .bind(new.sealed)
        .bind(now.0)
        .bind(new.expires_at.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Opens the window of a ticket in a browser, once. `None`: it is not known, opened before, or too late;
/// [`by_ticket`] tells which.
///
/// # Errors
/// See [`StoreError`].
pub async fn open(
    tx: &mut Tx,
    ticket_hash: &[u8],
    cookie_hash: &[u8],
    expires_at: Millis,
    now: Millis,
) -> Result<Option<WindowRow>, StoreError> {
    const SQL: &str = "UPDATE windows SET cookie_hash = $2, expires_at = $3 \
         WHERE ticket_hash = $1 AND cookie_hash IS NULL AND used_at IS NULL AND expires_at > $4 RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(ticket_hash)
        .bind(cookie_hash)
        .bind(expires_at.0)
        .bind(now.0)
        .fetch_optional(c)
        .await)?)
}

/// Sends an open window away with a state. `false`: it is not open in this browser any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn send_away(
    tx: &mut Tx,
    id: Uuid,
    cookie_hash: &[u8],
    state_hash: &[u8],
    sealed: &[u8],
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE windows SET state_hash = $3, sealed = $4 \
         WHERE id = $1 AND cookie_hash = $2 AND used_at IS NULL AND expires_at > $5";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(id)
        .bind(cookie_hash)
        .bind(state_hash)
        .bind(sealed)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Ends the window that went away with this state, once, in the browser it was opened in. `None`: see [`by_state`].
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(
    tx: &mut Tx,
    purpose: Purpose,
    state_hash: &[u8],
    cookie_hash: &[u8],
    now: Millis,
) -> Result<Option<WindowRow>, StoreError> {
    const SQL: &str = "UPDATE windows SET used_at = $4 \
         WHERE state_hash = $1 AND purpose = $2 AND cookie_hash = $3 AND used_at IS NULL AND expires_at > $4 \
         RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(state_hash)
        .bind(purpose.word())
        .bind(cookie_hash)
        .bind(now.0)
        .fetch_optional(c)
        .await)?)
}

/// The window of a ticket, whatever became of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_ticket(tx: &mut Tx, ticket_hash: &[u8]) -> Result<Option<WindowRow>, StoreError> {
    const SQL: &str = "SELECT * FROM windows WHERE ticket_hash = $1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(ticket_hash).fetch_optional(c).await)?)
}

/// The window of a state, whatever became of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_state(tx: &mut Tx, state_hash: &[u8]) -> Result<Option<WindowRow>, StoreError> {
    const SQL: &str = "SELECT * FROM windows WHERE state_hash = $1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(state_hash).fetch_optional(c).await)?)
}

/// The window of this id, whatever became of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<WindowRow>, StoreError> {
    const SQL: &str = "SELECT * FROM windows WHERE id = $1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Clears away the windows that ended before `before`; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM windows WHERE expires_at < $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(before.0).execute(c).await.map(|r| r.rows_affected()))?)
}

/// How many installations were begun whose time is not over.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_open_installs(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM windows \
         WHERE purpose = 'install' AND used_at IS NULL AND expires_at > $1";
    let number: Number = on!(tx, |c| sqlx::query_as(SQL).bind(now.0).fetch_one(c).await)?;
    Ok(u64::try_from(number.n).unwrap_or(0))
}

/// Removes the windows in which somebody of a portal signs in to this ERP account; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove_sign_ins(tx: &mut Tx, portal_id: PortalId, account: &str) -> Result<u64, StoreError> {
    const LIST: &str = "SELECT * FROM windows WHERE portal_id = $1 AND purpose = 'sign_in'";
    const SQL: &str = "DELETE FROM windows WHERE id = $1";
    let all: Vec<WindowRow> = on!(tx, |c| sqlx::query_as(LIST).bind(portal_id.as_i64()).fetch_all(c).await)?;
    let mut removed = 0;
    for row in all.iter().filter(|row| row.details["account"] == account) {
        removed += on!(tx, |c| sqlx::query(SQL).bind(row.id).execute(c).await.map(|r| r.rows_affected()))?;
    }
    Ok(removed)
}

/// Removes all windows of a portal; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove_of_portal(tx: &mut Tx, portal_id: PortalId) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM windows WHERE portal_id = $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).execute(c).await.map(|r| r.rows_affected()))?)
}
