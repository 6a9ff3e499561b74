//! Why an administrator's wish is not fulfilled, by what they can do about it.

use crate::store::StoreError;

/// What went wrong. The texts are ours, for people; never a vendor's.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Something that was entered cannot be right: what, and what would be.
    #[error("{0}")]
    Invalid(String),
    /// The user may not do this; who may.
    #[error("{0}")]
    NotAllowed(String),
    /// The app is not installed in this portal.
    #[error("the app is not installed in this portal; an administrator of the portal installs it first")]
    NotInstalled,
    /// What was named is not this portal's, or not there.
    #[error("there is no such {0} in this portal; reload the page")]
    NoSuch(&'static str),
    /// It contradicts how things stand now.
    #[error("{0}")]
    Conflict(String),
    /// The other side does not answer, or the database is busy: try again.
    #[error("{0}; try again in a moment")]
    Unavailable(String),
    /// A fault of ours; the text is for the log only.
    #[error("{0}")]
    Inside(String),
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) | StoreError::Again(_) | StoreError::Unreachable(_) => {
                Self::Unavailable("the database is busy".to_owned())
            }
            other => Self::Inside(format!("the database: {other}")),
        }
    }
}
