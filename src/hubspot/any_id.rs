//! Ids that some versions send as text and others as numbers.

use serde::Deserialize;

use crate::domain::ids::{AppId, ObjectId, PortalId, UserId};

/// An id in either form.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum AnyId {
    /// As text, of whatever shape.
    Text(String),
    /// As a number.
    Number(u64),
}

impl AnyId {
    /// As text.
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }

    /// As a portal's id, if it has the shape of one.
    pub(super) fn portal(self) -> Option<PortalId> {
        self.text().parse().ok()
    }

    /// As a user's id, if it has the shape of one.
    pub(super) fn user(self) -> Option<UserId> {
        self.text().parse().ok()
    }

    /// As an app's id, if it has the shape of one.
    pub(super) fn app(self) -> Option<AppId> {
        self.text().parse().ok()
    }

    /// As a record's id, if it has the shape of one.
    pub(super) fn object(self) -> Option<ObjectId> {
        self.text().parse().ok()
    }
}
