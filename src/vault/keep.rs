//! Keeping and forgetting credentials.
//!
//! Promise: a credential and the access token got together with it are one row, written at once. Whoever writes other rows in
//! the same transaction uses [`Vault::prepare`].

use secrecy::SecretString;

use super::{Fresh, Holder, TokenError, Vault, VaultError, tokens::Inner};
use crate::{
    clock::Millis,
    in_tx,
    store::{
        StoreError, Tx,
        credentials::{self, NewToken},
    },
};

/// A credential that is sealed and ready to be written. [`Prepared::written`] must be called after the commit.
pub struct Prepared {
    vault: Vault,
    holder: Holder,
    sealed: Vec<u8>,
    token: Option<SealedToken>,
    now: Millis,
}

struct SealedToken {
    sealed: Vec<u8>,
    issued_at: Millis,
    expires_at: Millis,
}

impl Prepared {
    /// Writes it, in place of a credential that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let token = self.token.as_ref().map(|token| NewToken {
            sealed: &token.sealed,
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            credential: None,
        });
        credentials::put_with_token(tx, self.holder, &self.sealed, token, self.now).await
    }

    /// What is seen once it is written.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen { holder: self.holder, sealed: Some(self.sealed.clone()) }
    }

    /// Forgets the tokens in memory that were got with the credential before.
    pub fn written(self) {
        self.vault.reset(self.holder);
    }
}

/// A credential as it was seen in the database, or that there was none. It tells later, within a transaction, whether that
/// is still so.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    holder: Holder,
    sealed: Option<Vec<u8>>,
}

impl Seen {
    /// Whether there was one.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.sealed.is_some()
    }

    /// Whether it is still the one that is kept; it stays so until the transaction ends. Whoever changes it too holds the
    /// portal's row first, as the caller does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_current(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        credentials::is_still(tx, self.holder, self.sealed.as_deref()).await
    }

    /// Puts it back in place of the one that is kept now. [`Vault::changed`] must be called after the commit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_back(&self, tx: &mut Tx, now: Millis) -> Result<(), StoreError> {
        match &self.sealed {
            Some(sealed) => credentials::put(tx, self.holder, sealed, now).await,
            None => credentials::remove(tx, self.holder).await.map(|_| ()),
        }
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen").field("holder", &self.holder).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("holder", &self.holder).finish_non_exhaustive()
    }
}

impl Vault {
    /// Seals and stores a credential, in place of one that is there. Tokens got with the old one are forgotten.
    ///
    /// # Errors
    /// [`VaultError`]; then the old one stays.
    pub async fn keep(&self, holder: Holder, credential: &SecretString) -> Result<(), VaultError> {
        self.write(self.prepare(holder, credential, None)).await
    }

    /// Like [`Vault::keep`], with an access token that was got together with the credential. (`token.credential` is not
    /// looked at.)
    ///
    /// # Errors
    /// [`VaultError`]; then the old one stays.
    pub async fn keep_with_token(
        &self,
        holder: Holder,
        credential: &SecretString,
        token: Fresh,
    ) -> Result<(), VaultError> {
        let now = self.0.clock.now();
        self.write(self.prepare(holder, credential, Some((token, now)))).await
    }

    /// Seals a credential, and the access token got together with it at an instant, for a transaction of the caller's.
    #[must_use]
    pub fn prepare(&self, holder: Holder, credential: &SecretString, token: Option<(Fresh, Millis)>) -> Prepared {
        let token = token.map(|(fresh, issued_at)| SealedToken {
            sealed: self.0.seal(holder, "sealed_token", &fresh.access_token),
            issued_at,
            expires_at: issued_at.plus(fresh.lifetime),
        });
        let sealed = self.0.seal(holder, "sealed", credential);
        Prepared { vault: self.clone(), holder, sealed, token, now: self.0.clock.now() }
    }

    /// The credential of `holder`, opened. For whoever must show it to its issuer in another way than by renewing.
    ///
    /// # Errors
    /// [`TokenError::Missing`] when none is kept; else see there.
    pub async fn credential(&self, holder: Holder) -> Result<SecretString, TokenError> {
        let seen = in_tx!(self.0.db, read "read a credential", |tx| { self.see(tx, holder).await })?;
        self.open(&seen)
    }

    /// The credential of `holder` as it is now, not opened yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn see(&self, tx: &mut Tx, holder: Holder) -> Result<Seen, StoreError> {
        Ok(Seen { holder, sealed: credentials::get(tx, holder).await?.map(|row| row.sealed) })
    }

    /// Opens what was seen.
    ///
    /// # Errors
    /// [`TokenError::Missing`] when there was none; else see there.
    pub fn open(&self, seen: &Seen) -> Result<SecretString, TokenError> {
        let inner: &Inner = &self.0;
        Ok(inner.open(seen.holder, "sealed", seen.sealed.as_ref().ok_or(TokenError::Missing)?)?)
    }

    /// Forgets a credential and its tokens within a transaction of the caller's. `false`: there was none.
    /// [`Vault::changed`] must be called after the commit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase(&self, tx: &mut Tx, holder: Holder) -> Result<bool, StoreError> {
        credentials::remove(tx, holder).await
    }

    /// Forgets the tokens in memory of a holder whose credential was changed or erased within the caller's transaction.
    pub fn changed(&self, holder: Holder) {
        self.reset(holder);
    }

    /// Forgets a credential and its tokens. `false`: there was none.
    ///
    /// # Errors
    /// [`VaultError`]; then it stays.
    pub async fn forget(&self, holder: Holder) -> Result<bool, VaultError> {
        let vault = self.clone();
        let forgotten = tokio::spawn(async move {
            let gone = in_tx!(vault.0.db, "forget a credential", |tx| { credentials::remove(tx, holder).await })?;
            vault.reset(holder);
            Ok(gone)
        });
        forgotten.await.map_err(|_| VaultError::Stopped)?
    }

    /// In a task of its own: a caller that leaves must not leave the old token in memory beside the new credential.
    async fn write(&self, prepared: Prepared) -> Result<(), VaultError> {
        let vault = self.clone();
        let kept = tokio::spawn(async move {
            in_tx!(vault.0.db, "keep a credential", |tx| { prepared.write(tx).await })?;
            prepared.written();
            Ok(())
        });
        kept.await.map_err(|_| VaultError::Stopped)?
    }
}
