//! Why the card gets no answer. Expected trouble with an ERP is not here: it is a state of an answer.

use crate::{domain::ids::BadId, hubspot::HubSpotError, store::StoreError};

/// What is wrong, by who must act: the caller (most), or the operator ([`CardError::Inside`]).
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The portal has no such record, or another portal has it.
    #[error("this portal has no such record")]
    NoSuchRecord,
    /// The portal has no such connection, or another portal has it.
    #[error("this portal has no such connection; it may have been disconnected, reload the record")]
    NoSuchConnection,
    /// The portal has no such association on this record.
    #[error("this record has no such association; reload the record")]
    NoSuchAssociation,
    /// The portal's administrators do not let this user do it; who decides.
    #[error("{0}")]
    NotAllowed(String),
    /// The removal is too old to be undone.
    #[error("the removal can no longer be undone; add the invoice again")]
    TooLateToUndo,
    /// The idempotency key was used for something else.
    #[error("this idempotency key was used for another request; use a new key for each action")]
    KeyReused,
    /// Something in the request cannot be right.
    #[error("{0}")]
    Invalid(String),
    /// The database is busy: the same request may be sent again.
    #[error("the server is busy, try again in a moment")]
    Busy,
    /// A fault of this program or its surroundings. The text is for the log only.
    #[error("{0}")]
    Inside(String),
}

impl From<StoreError> for CardError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) | StoreError::Again(_) => Self::Busy,
            StoreError::Dangling(_) => Self::NoSuchConnection,
            other => Self::Inside(format!("database: {other:?}")),
        }
    }
}

impl From<HubSpotError> for CardError {
    fn from(error: HubSpotError) -> Self {
        match error {
            HubSpotError::Missing => Self::NoSuchRecord,
            other => Self::Inside(format!("HubSpot: {other}")),
        }
    }
}

impl From<BadId> for CardError {
    fn from(error: BadId) -> Self {
        Self::Invalid(error.to_string())
    }
}
