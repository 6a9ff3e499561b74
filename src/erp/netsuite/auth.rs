//! The access tokens of one connection: kept fresh by the vault, or one that was just got and is being tried.
//!
//! Never: a key or token in a log, an error or `Debug`.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::{
    credential::{Credential, NotOurs},
    door::{Door, NoEntry},
};
use crate::{
    domain::ids::ConnectionId,
    erp::ErpError,
    outbound::Meter,
    vault::{Fresh, Holder, Renew, RenewError, TokenError, Vault},
};

#[async_trait]
impl Renew for Door {
    /// Does it as the kept credential says.
    async fn renew(&self, kept: &SecretString) -> Result<Fresh, RenewError> {
        let credential = Credential::read(kept)
            .map_err(|NotOurs| RenewError::Configuration { why: "the stored credential is not NetSuite's" })?;
        let entry = self.token(&credential).await.map_err(|error| no_renewal(error, &credential))?;
        // A new refresh token takes the place of the old one; without one the old one stays.
        let credential = match (credential, entry.refresh_token) {
            (Credential::SignIn(consent), Some(new)) => Some(Credential::SignIn(consent.with(new)).to_secret()),
            _ => None,
        };
        Ok(Fresh { access_token: entry.access_token, lifetime: entry.lifetime, credential })
    }
}

/// What a refused renewal means for those who look after the connection.
fn no_renewal(error: NoEntry, credential: &Credential) -> RenewError {
    match error {
        NoEntry::Grant(why) => RenewError::Reconnect { why },
        NoEntry::Client(why) | NoEntry::NotPermitted(why) => RenewError::Configuration { why },
        NoEntry::Clocks { .. } => RenewError::Configuration {
            why: "this server's clock and NetSuite's differ by more than a minute: set this server's clock",
        },
        NoEntry::Unavailable(why) => RenewError::Unavailable { why },
        // What we keep ourselves and cannot use is no answer of theirs.
        NoEntry::Broken(what) => match credential {
            Credential::Certificate(_) if what.starts_with("the stored") => {
                RenewError::Configuration { why: "the stored private key cannot be used" }
            }
            _ => RenewError::Broken { what },
        },
    }
}

/// The access tokens of one connection.
pub(super) enum Tokens {
    /// Those of a connection whose credential the vault keeps.
    Kept {
        /// The vault.
        vault: Vault,
        /// The connection.
        connection: ConnectionId,
        /// Gets a new one.
        renew: Arc<dyn Renew>,
    },
    /// One that was just got, to see what it is good for. Nothing is kept of it.
    Given(SecretString),
}

impl Tokens {
    /// A token that should work; waits for a renewal when there is none.
    pub(super) async fn current(&self) -> Result<SecretString, ErpError> {
        match self {
            Self::Kept { vault, connection, renew } => {
                vault.token(Holder::Connection(*connection), renew).await.map_err(no_token)
            }
            Self::Given(token) => Ok(token.clone()),
        }
    }

    /// A newer token than `refused`; waits for its renewal.
    pub(super) async fn instead_of(&self, refused: &SecretString) -> Result<SecretString, ErpError> {
        match self {
            Self::Kept { vault, connection, renew } => {
                vault.spent(Holder::Connection(*connection), refused, renew).await.map_err(no_token)
            }
            Self::Given(_) => Err(ErpError::Reconnect { why: "NetSuite refuses the access token it has just issued" }),
        }
    }

    /// Whose usage the calls are.
    pub(super) const fn meter(&self) -> Meter {
        match self {
            Self::Kept { connection, .. } => Meter::Connection(*connection),
            Self::Given(_) => Meter::Nobody,
        }
    }
}

/// What a caller can do about a missing token.
fn no_token(error: TokenError) -> ErpError {
    match error {
        TokenError::Reconnect { why } | TokenError::Configuration { why } => ErpError::Reconnect { why },
        TokenError::Unavailable { why } => ErpError::Unavailable { why },
        TokenError::Broken { what } => ErpError::Broken { what },
        TokenError::Missing => ErpError::Reconnect { why: "no credential is kept" },
        TokenError::Sealed(_) => {
            ErpError::Reconnect { why: "the kept credential cannot be opened with the present keys" }
        }
        TokenError::Store(_) => ErpError::Unavailable { why: "the credential cannot be read or saved now" },
    }
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
