//! Sealed credentials and the sealed tokens got with them. Used by [`crate::vault`] only, which alone can open them.

use uuid::Uuid;

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
};

/// Whose credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A portal's access to HubSpot.
    Portal(PortalId),
    /// A connection's access to its ERP.
    Connection(ConnectionId),
}

impl Holder {
    /// The kind's word in the database.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Portal(_) => "portal",
            Self::Connection(_) => "connection",
        }
    }

    /// The id as text.
    #[must_use]
    pub fn id(self) -> String {
        match self {
            Self::Portal(id) => id.to_string(),
            Self::Connection(id) => id.to_string(),
        }
    }
}

/// A credential, and the token last got with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The sealed credential.
    pub sealed: Vec<u8>,
    /// The sealed access token; `None` until the first renewal.
    pub sealed_token: Option<Vec<u8>>,
    /// When the token was issued.
    pub token_issued_at: Option<Millis>,
    /// When the token ends.
    pub token_expires_at: Option<Millis>,
    /// Goes up by one with every change; who saves says which one they saw.
    pub fence: i64,
    /// Who renews the token now, and until when it is theirs to do.
    pub lease: Option<Uuid>,
    /// When the lease ends by itself.
    pub lease_until: Option<Millis>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("fence", &self.fence).finish_non_exhaustive()
    }
}

from_row!(Credential { sealed, sealed_token, token_issued_at, token_expires_at, fence, lease, lease_until });

/// A token to be saved.
#[derive(Clone, Copy)]
pub struct NewToken<'a> {
    /// The sealed access token.
    pub sealed: &'a [u8],
    /// When it was issued.
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// A sealed credential that takes the place of the stored one.
    pub credential: Option<&'a [u8]>,
}

/// The credential of `holder`.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, holder: Holder) -> Result<Option<Credential>, StoreError> {
    const SQL: &str = "SELECT * FROM credentials WHERE holder_kind = $1 AND holder_id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(holder.kind()).bind(holder.id()).fetch_optional(c).await)?)
}

/// Keeps a credential, in place of one that is there; the token got with the old one goes.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(tx: &mut Tx, holder: Holder, sealed: &[u8], now: Millis) -> Result<(), StoreError> {
    put_with_token(tx, holder, sealed, None, now).await
}

/// Keeps a credential, in place of one that is there, with the token got together with it; the token got with the old one
/// goes, and so does a lease for renewing it.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_with_token(
    tx: &mut Tx,
    holder: Holder,
    sealed: &[u8],
    token: Option<NewToken<'_>>,
    now: Millis,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO credentials (holder_kind, holder_id, sealed, sealed_token, token_issued_at, \
             token_expires_at, fence, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7) \
         ON CONFLICT (holder_kind, holder_id) DO UPDATE SET sealed = excluded.sealed, \
             sealed_token = excluded.sealed_token, token_issued_at = excluded.token_issued_at, \
             token_expires_at = excluded.token_expires_at, fence = credentials.fence + 1, lease = NULL, \
             lease_until = NULL, updated_at = excluded.updated_at";
    on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed)
        .bind(token.map(|token| token.sealed))
        .bind(token.map(|token| token.issued_at.0))
        .bind(token.map(|token| token.expires_at.0))
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Takes the lease for renewing the token, if it is free, or has ended, or is `lease` already, and the row still has the
/// fence that the caller saw. `false`: it was not taken.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_lease(
    tx: &mut Tx,
    holder: Holder,
    fence: i64,
    lease: Uuid,
    until: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE credentials SET lease = $4, lease_until = $5 \
         WHERE holder_kind = $1 AND holder_id = $2 AND fence = $3 \
             AND (lease IS NULL OR lease = $4 OR lease_until <= $6)";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .bind(fence)
        .bind(lease)
        .bind(until.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Gives the lease back. `false`: it was no longer the caller's.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_lease(tx: &mut Tx, holder: Holder, lease: Uuid) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE credentials SET lease = NULL, lease_until = NULL \
         WHERE holder_kind = $1 AND holder_id = $2 AND lease = $3";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .bind(lease)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Saves a token if the row still has the fence that the caller saw, and gives the lease back. `false`: the row has changed
/// (or gone), nothing was saved.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_token(
    tx: &mut Tx,
    holder: Holder,
    fence: i64,
    token: NewToken<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE credentials SET sealed = COALESCE($4, sealed), sealed_token = $5, token_issued_at = $6, \
             token_expires_at = $7, fence = fence + 1, lease = NULL, lease_until = NULL, updated_at = $8 \
         WHERE holder_kind = $1 AND holder_id = $2 AND fence = $3";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .bind(fence)
        .bind(token.credential)
        .bind(token.sealed)
        .bind(token.issued_at.0)
        .bind(token.expires_at.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(changed == 1)
}

/// Whether the credential of `holder` is still the one with these sealed bytes (`None`: still none), and sees to it that
/// it stays so until the transaction ends. Who asks about there being none holds the portal's row before.
///
/// The fence would not tell: it goes up with every token, and begins anew after a credential was forgotten.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_still(tx: &mut Tx, holder: Holder, sealed: Option<&[u8]>) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE credentials SET fence = fence WHERE holder_kind = $1 AND holder_id = $2 AND sealed = $3";
    let Some(sealed) = sealed else { return Ok(get(tx, holder).await?.is_none()) };
    let same = on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(same == 1)
}

/// Forgets the credential of `holder` and its token. `false`: there was none.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(tx: &mut Tx, holder: Holder) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM credentials WHERE holder_kind = $1 AND holder_id = $2";
    let gone = on!(tx, |c| sqlx::query(SQL)
        .bind(holder.kind())
        .bind(holder.id())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(gone == 1)
}
