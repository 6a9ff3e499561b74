//! The conformance suite of the store: every function on SQLite and on PostgreSQL.

mod associations;
pub(crate) mod fixture;
mod idempotency;
mod links;
mod schema;
mod tenants;
mod transactions;
