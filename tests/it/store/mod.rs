//! The conformance suite of the store: every function on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that fails says so by panicking"
)]

mod asking;
mod associations;
pub(crate) mod fixture;
mod flow_links;
mod flows;
mod idempotency;
mod links;
mod outcomes;
mod quiet;
mod rate_windows;
mod schema;
mod tenants;
mod transactions;
mod vault;
mod windows;
