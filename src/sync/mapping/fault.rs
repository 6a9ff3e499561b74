//! Why a value could not go over.
//!
//! Never: the value.

use serde::Serialize;

use super::expr::{ExprError, Problem};

/// What is wrong with a value. The words are those under which rows are parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No e-mail address, or several where one is wanted.
    InvalidEmail,
    /// None of the other side's list.
    InvalidOption,
    /// No plain number.
    InvalidNumber,
    /// No date or instant.
    InvalidDate,
    /// More characters than the other side takes.
    TooLong,
    /// The expression could not be worked out for this record.
    MappingFailed,
}

impl Cause {
    /// The word of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InvalidEmail => "invalid_email",
            Self::InvalidOption => "invalid_option",
            Self::InvalidNumber => "invalid_number",
            Self::InvalidDate => "invalid_date",
            Self::TooLong => "too_long",
            Self::MappingFailed => "mapping_failed",
        }
    }
}

/// A row of the mapping that could not be worked out for one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The row.
    pub row: String,
    /// The property or field that would have got the value.
    pub field: String,
    /// What is wrong with it.
    pub cause: Cause,
    /// Of an expression: what failed in it, and where.
    pub error: Option<ExprError>,
}

/// The cause of an expression's problem.
pub(super) const fn cause_of(problem: &Problem) -> Cause {
    match problem {
        Problem::TooBig => Cause::TooLong,
        Problem::Unmatched(_) => Cause::InvalidOption,
        Problem::NotADate => Cause::InvalidDate,
        Problem::NotANumber => Cause::InvalidNumber,
        _ => Cause::MappingFailed,
    }
}
