//! Why there is no token, or why a credential was not kept: by what can be done about it.

use std::sync::Arc;

use super::SealError;
use crate::store::StoreError;

/// Why no token was got, by what can be done about it. The texts are ours, never the issuer's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenewError {
    /// The credential no longer works: a person must connect again.
    #[error("the connection must be signed in again: {why}")]
    Reconnect {
        /// Why, in words.
        why: &'static str,
    },
    /// The credential or the configuration cannot be right: an operator must look.
    #[error("the configuration is wrong: {why}")]
    Configuration {
        /// Why, in words.
        why: &'static str,
    },
    /// The issuer does not answer: try again later.
    #[error("the token's issuer does not answer: {why}")]
    Unavailable {
        /// Why, in words.
        why: &'static str,
    },
    /// The issuer's answer cannot be read.
    #[error("the token's issuer gave an answer that cannot be read ({what})")]
    Broken {
        /// Which part of it.
        what: String,
    },
}

/// Why there is no token. Everybody who waited for the same renewal gets the same one.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// The credential no longer works: a person must connect again.
    #[error("the connection must be signed in again: {why}")]
    Reconnect {
        /// Why, in words.
        why: &'static str,
    },
    /// The credential or the configuration cannot be right: an operator must look.
    #[error("the configuration is wrong: {why}")]
    Configuration {
        /// Why, in words.
        why: &'static str,
    },
    /// The issuer does not answer: try again later.
    #[error("the token's issuer does not answer: {why}")]
    Unavailable {
        /// Why, in words.
        why: &'static str,
    },
    /// The issuer's answer, or the renewal itself, is at fault: somebody must look at the log.
    #[error("no token could be got ({what})")]
    Broken {
        /// Which part of it.
        what: String,
    },
    /// No credential is kept for this holder: it was never connected, or was disconnected.
    #[error("no credential is kept")]
    Missing,
    /// The stored credential cannot be opened.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// The database failed. A token that could not be saved is not given out.
    #[error("the credential could not be read or saved")]
    Store(#[source] Arc<StoreError>),
}

impl From<RenewError> for TokenError {
    fn from(error: RenewError) -> Self {
        match error {
            RenewError::Reconnect { why } => Self::Reconnect { why },
            RenewError::Configuration { why } => Self::Configuration { why },
            RenewError::Unavailable { why } => Self::Unavailable { why },
            RenewError::Broken { what } => Self::Broken { what },
        }
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// Why a credential was not kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database failed.
    #[error("the credential could not be saved")]
    Store(#[from] StoreError),
    /// The program is going down; the credential may or may not have been kept.
    #[error("the program is stopping")]
    Stopped,
}
