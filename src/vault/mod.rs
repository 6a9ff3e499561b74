//! Secrets at rest, and access tokens that are always fresh.
//!
//! # Promises
//! - A credential or token is sealed before it is stored ([`KeyRing`]), bound to the table, column and row that hold it.
//! - A token is renewed by the clock before it ends, by one call however many ask, in a task of its own: a caller that
//!   leaves stops nothing. It is saved, sealed, before anybody gets it ([`Vault`]).
//! - Several replicas on one database make one renewal: a lease in the credential's row decides who calls, the others take
//!   what was saved.
//! - How a token is got is the business of whoever implements [`Renew`]; the vault never looks into a credential.
//!
//! # Never
//! - A key, credential or token in a log, an error, or the output of `Debug`.
//! - A call to an API on whose behalf a token is kept.

mod error;
mod flight;
mod keep;
mod keyring;
mod lease;
mod rotate;
mod tokens;

pub use self::{
    error::{RenewError, TokenError, VaultError},
    keep::{Prepared, Seen},
    keyring::{KeyRing, Place, RingError, SealError},
    rotate::Looked,
    tokens::{Fresh, Renew, Vault},
};
pub use crate::store::credentials::Holder;
