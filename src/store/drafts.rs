//! Drafts: connections that are being made. Their key pair waits until the ERP has taken the certificate.

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, DraftId, PortalId, UserId},
};

/// A connection that is being made.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The connection that gets a new certificate by it; `None`: a new one.
    pub connection_id: Option<ConnectionId>,
    /// The ERP's word.
    pub system: String,
    /// The account's id as the ERP writes it.
    pub account_id: String,
    /// What the connection will be called.
    pub name: String,
    /// The certificate, PEM.
    pub certificate: String,
    /// When the certificate ends.
    pub certificate_ends_at: Millis,
    /// The sealed private key.
    pub sealed: Vec<u8>,
    /// The idempotency key of the request that made it.
    pub key: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Millis,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("id", &self.id).field("account_id", &self.account_id).finish_non_exhaustive()
    }
}

from_row!(Draft {
    id,
    portal_id,
    connection_id,
    system,
    account_id,
    name,
    certificate,
    certificate_ends_at,
    sealed,
    key,
    created_by,
    created_at,
});

/// Writes a draft, unless one was made with the same key before; gives the one that is there then.
///
/// # Errors
/// [`StoreError::Dangling`] when there is no such portal, or the connection is not the portal's.
pub async fn put(tx: &mut Tx, new: &Draft) -> Result<Draft, StoreError> {
    const SQL: &str = "INSERT INTO drafts \
             (id, portal_id, connection_id, system, account_id, name, certificate, certificate_ends_at, sealed, key, \
              created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (portal_id, key) DO NOTHING";
    const SEE: &str = "SELECT * FROM drafts WHERE portal_id = $1 AND key = $2";
    on!(tx, |c| sqlx::query(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.connection_id.map(|id| id.0))
        .bind(&new.system)
        .bind(&new.account_id)
        .bind(&new.name)
        .bind(&new.certificate)
        .bind(new.certificate_ends_at.0)
        .bind(&new.sealed)
        .bind(&new.key)
        .bind(new.created_by.as_i64())
        .bind(new.created_at.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(on!(tx, |c| sqlx::query_as(SEE).bind(new.portal_id.as_i64()).bind(&new.key).fetch_one(c).await)?)
}

/// The draft that was made with `key`.
///
/// # Errors
/// See [`StoreError`].
pub async fn by_key(tx: &mut Tx, portal_id: PortalId, key: &str) -> Result<Option<Draft>, StoreError> {
    const SQL: &str = "SELECT * FROM drafts WHERE portal_id = $1 AND key = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(key).fetch_optional(c).await)?)
}

/// One draft of a portal. That of another portal is not found.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: DraftId) -> Result<Option<Draft>, StoreError> {
    const SQL: &str = "SELECT * FROM drafts WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// All drafts of a portal, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_of_portal(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<Draft>, StoreError> {
    const SQL: &str = "SELECT * FROM drafts WHERE portal_id = $1 ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

/// Forgets a draft and its key. `false`: there was none.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(tx: &mut Tx, portal_id: PortalId, id: DraftId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM drafts WHERE portal_id = $1 AND id = $2";
    let gone =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(gone == 1)
}

/// Forgets all drafts that were made before `oldest`; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear(tx: &mut Tx, oldest: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM drafts WHERE created_at < $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(oldest.0).execute(c).await.map(|r| r.rows_affected()))?)
}
