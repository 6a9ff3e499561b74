//! Customers and contacts in the record service: which fields they have, how they are read, written and described.
//!
//! Promise: what the record service of NetSuite refuses (a missing name, a bad address, a right that does not go so far, a
//! row that somebody else holds) is refused here in its words, and what it writes is stamped as it stamps it.

mod body;
mod catalog;
pub(super) mod control;
mod fields;
mod show;
mod write;

pub(super) use catalog::describe;
pub(super) use show::{label, show};
pub(super) use write::{Write, answer, id_of};
