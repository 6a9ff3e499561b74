//! The state of an invoice in words that all ERPs share.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the ERP itself says of a document. Whether it is overdue or partly paid is not kept: it follows from the
/// amounts, the due date and the reader's day (see [`super::invoice::Invoice::status`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Not approved yet.
    Draft,
    /// Approved and not settled.
    Open,
    /// Settled in full.
    Paid,
    /// Cancelled after it was issued.
    Voided,
    /// Refused in approval.
    Rejected,
}

/// The normalised status that people see and filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not approved yet.
    Draft,
    /// Issued, nothing paid, not due yet.
    Open,
    /// Issued, something paid, not due yet.
    PartiallyPaid,
    /// Not settled, and its due date has passed on the portal's calendar.
    Overdue,
    /// Settled in full.
    Paid,
    /// Cancelled.
    Voided,
    /// Refused in approval.
    Rejected,
}

impl Status {
    /// All of them, in the order of an invoice's life.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Open, Self::PartiallyPaid, Self::Overdue, Self::Paid, Self::Voided, Self::Rejected];

    /// The word used on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::PartiallyPaid => "partially_paid",
            Self::Overdue => "overdue",
            Self::Paid => "paid",
            Self::Voided => "voided",
            Self::Rejected => "rejected",
        }
    }
}

/// The text is none of the seven words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a status must be one of draft, open, partially_paid, overdue, paid, voided, rejected")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|s| s.word() == text).ok_or(UnknownStatus)
    }
}
