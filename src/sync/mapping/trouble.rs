//! What is wrong with a mapping, and where: told before it is saved.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{
    expr::{ExprError, Problem, Span},
    pairs::Reason,
};

/// The part of a row or of the document that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The document as a whole.
    Document,
    /// A place in a file: `targets[0].rows[3].winner`.
    Path(String),
    /// The trigger of a target.
    When,
    /// The row as a whole.
    Row,
    /// Its property.
    Property,
    /// Its field.
    Field,
    /// Its expression towards HubSpot.
    ToHubspot,
    /// Its expression towards the ERP.
    ToErp,
    /// Which way it goes.
    Direction,
    /// Which side wins.
    Winner,
    /// Its value table, or the table of this name.
    Table(String),
    /// A pair of a value table, counted from 0.
    Pair(String, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Path(path) => f.write_str(path),
            Self::When => f.write_str("when"),
            Self::Row => f.write_str("row"),
            Self::Property => f.write_str("property"),
            Self::Field => f.write_str("field"),
            Self::ToHubspot => f.write_str("toHubspot"),
            Self::ToErp => f.write_str("toErp"),
            Self::Direction => f.write_str("direction"),
            Self::Winner => f.write_str("winner"),
            Self::Table(name) => write!(f, "tables.{name}"),
            Self::Pair(name, pair) => write!(f, "tables.{name}[{pair}]"),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The file is no JSON.
    #[error("this is no JSON document")]
    NotJson,
    /// The file is too large.
    #[error("a mapping has at most 1,000,000 bytes")]
    TooLarge,
    /// Written by another release.
    #[error("this is no mapping of version 1")]
    Version,
    /// A part cannot be read.
    #[error("this part cannot be read: {0}")]
    Malformed(String),
    /// Made for another flow.
    #[error("this mapping was made for the flow {0}")]
    OtherFlow(String),
    /// The flow has no such target.
    #[error("the flow has no target {0}")]
    UnknownTarget(String),
    /// A target stands there twice.
    #[error("the target stands there twice")]
    TargetTwice,
    /// The row's id cannot be one.
    #[error("a row's id has 1 to 64 letters, digits or the signs _ - .")]
    BadId,
    /// Two rows of one id.
    #[error("another row has the same id")]
    RowTwice,
    /// Two rows that write one property.
    #[error("the row {0} fills the same property")]
    PropertyTwice(String),
    /// Two rows that write one field.
    #[error("the row {0} fills the same field")]
    FieldTwice(String),
    /// The portal has no such property.
    #[error("there is no such property in HubSpot")]
    UnknownProperty,
    /// The account has no such field.
    #[error("there is no such field in this account")]
    UnknownField,
    /// Nothing to fill the property from.
    #[error("nothing fills the property: choose a field or write an expression")]
    NoSource,
    /// No field to write to.
    #[error("a row that goes to the ERP needs the field that it fills")]
    NoField,
    /// No expression for the way back.
    #[error("a row that computes and goes both ways needs an expression for either way")]
    NoWayBack,
    /// A table and an expression.
    #[error("a row goes through a table or computes; an expression looks a word up with lookup('…')")]
    TableAndExpression,
    /// Both ways without proof.
    #[error(
        "a row that goes both ways is a rename, goes through a one-to-one table, or is proved on live records first"
    )]
    Unproved,
    /// A row that matching needs is missing.
    #[error("the row {0} must stay: matching needs it")]
    LockedMissing(String),
    /// A row that matching needs was changed so that it no longer fills its property.
    #[error("this row must fill the same property from the ERP: matching needs it")]
    LockedChanged,
    /// The two do not fit.
    #[error("this pair is impossible: {}", .0.text())]
    Impossible(Reason),
    /// No such table.
    #[error("there is no value table {0}")]
    UnknownTable(String),
    /// The table's name cannot be one.
    #[error("a value table's name has 1 to 64 letters, digits or the signs _ - . and stands there once")]
    BadTable,
    /// A word stands in two pairs.
    #[error("the word or the value stands in an earlier pair")]
    PairTwice,
    /// The property has no such option.
    #[error("the property {0} has no such option")]
    PairOption(String),
    /// An expression.
    #[error(transparent)]
    Expression(#[from] Problem),
}

impl Trouble {
    /// The stable word of it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::TooLarge => "too_large",
            Self::Version => "version",
            Self::Malformed(_) => "malformed",
            Self::OtherFlow(_) => "other_flow",
            Self::UnknownTarget(_) => "unknown_target",
            Self::TargetTwice => "target_twice",
            Self::BadId => "bad_id",
            Self::RowTwice => "row_twice",
            Self::PropertyTwice(_) => "property_twice",
            Self::FieldTwice(_) => "field_twice",
            Self::UnknownProperty => "unknown_property",
            Self::UnknownField => "unknown_field",
            Self::NoSource => "no_source",
            Self::NoField => "no_field",
            Self::NoWayBack => "no_way_back",
            Self::TableAndExpression => "table_and_expression",
            Self::Unproved => "unproved",
            Self::LockedMissing(_) => "locked_missing",
            Self::LockedChanged => "locked_changed",
            Self::Impossible(_) => "impossible",
            Self::UnknownTable(_) => "unknown_table",
            Self::BadTable => "bad_table",
            Self::PairTwice => "pair_twice",
            Self::PairOption(_) => "pair_option",
            Self::Expression(problem) => problem.code(),
        }
    }
}

/// One thing that is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{place}: {trouble}", .target.as_deref().unwrap_or_default(), .row.as_deref().map(|row| format!("/{row} ")).unwrap_or_default())]
pub struct Fault {
    /// The target, where one is meant.
    pub target: Option<String>,
    /// The row, where one is meant.
    pub row: Option<String>,
    /// The part of it.
    pub place: Place,
    /// What is wrong.
    pub trouble: Trouble,
    /// Where in the expression.
    pub at: Option<Span>,
}

impl Fault {
    /// Of the document.
    pub(super) const fn of_document(place: Place, trouble: Trouble) -> Self {
        Self { target: None, row: None, place, trouble, at: None }
    }

    /// Of a row.
    pub(super) fn of_row(target: &str, row: &str, place: Place, trouble: Trouble) -> Self {
        Self { target: Some(target.to_owned()), row: Some(row.to_owned()), place, trouble, at: None }
    }

    /// Of an expression of a row.
    pub(super) fn of_expression(target: &str, row: &str, place: Place, error: ExprError) -> Self {
        let at = error.at;
        Self { at, ..Self::of_row(target, row, place, Trouble::Expression(error.problem)) }
    }
}
