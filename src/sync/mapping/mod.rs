//! Mapping: what a record of the ERP says in HubSpot's words, and back.
//!
//! A row ties one HubSpot property to a field of the ERP (a rename, through a value table where it has one) or to an
//! expression over the fields. [`Plan`] compiles the rows of a flow for one account and one portal; it is pure, made once per
//! run and shared.
//!
//! # Promises
//! - [`Mapped::Leave`] leaves the property alone, [`Mapped::Clear`] empties it. An expression leaves alone by `none` and
//!   clears by `''`. A renamed field that is empty clears: whether there is anything of ours to clear is the decision's to
//!   say, which knows the last common value.
//! - A value that the other side cannot take is a [`RowFault`] with a code, never a value bent until it fits.
//! - No expression runs long, grows beyond 64 KiB or panics, whatever its text and its values.
//! - Rows whose field or property an account lacks are left out and told, since accounts differ.
//!
//! # Never
//! - I/O. A value of a record in an error, a fault, a log line or a debug text: faults name rows, fields and codes.

mod canon;
mod check;
mod compare;
mod compile;
mod document;
mod expr;
mod fault;
mod filters;
mod forms;
mod pairs;
mod plan;
mod round_trip;
mod row;
mod scan;
mod scope;
mod tables;
mod to_field;
mod to_property;
mod trouble;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod expr_tests;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sample_tests;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod value_tests;

pub use canon::canon;
pub use check::{Account, Proofs, check, fit_of};
pub use compare::{Difference, What, compare};
pub use document::{MappingDoc, TargetRows};
pub use expr::{Expr, ExprError, Outcome, Problem, Span};
pub use fault::{Cause, RowFault};
pub use filters::{FILTERS, TESTS};
pub use pairs::{Fit, FitState, Reason, fit};
pub use plan::{Dropped, Mapping, MappingBack, Plan, TargetPlan};
pub use round_trip::{Proof, Unproved, prove};
pub use row::{Mapped, MappedErp, RowPlan};
pub use scope::Scope;
pub use tables::{ValueTable, ValueTables, unmatched};
pub use trouble::{Fault, Place, Trouble};
