//! The program as its operator runs it: the real binary, real files, real signals.

#![expect(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod doctor;
mod keys;
mod marks;
mod marks_sync;
mod purge;
pub(crate) mod site;
