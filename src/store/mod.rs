//! What Ledgercard keeps, in SQLite or PostgreSQL: portals, connections, sealed credentials, associations, links,
//! flows and what they did, and the answers to repeated calls.
//!
//! # Promises
//! - One SQL text serves both databases; the suite in `tests/it/store` runs every function here on both.
//! - Functions are free functions over a [`Tx`], one file per table. The caller begins and ends the transaction with
//!   [`in_tx!`](crate::in_tx), so changes to several tables are one change.
//! - A transaction has a name, is begun and committed in tasks of their own (a caller that is dropped meanwhile leaves no
//!   half-open transaction behind), and is run again when the database says that it lost a race.
//! - Every question names the portal: a row of another portal is not found.
//!
//! # Never
//! - Values of ERP or CRM records: no names, addresses, amounts or texts of theirs; ids only.
//! - An effect outside the database within a transaction: it may run twice.
//! - The database's clock: time is a parameter, and stored as whole milliseconds.

pub mod activity;
pub mod alerts;
pub mod aliases;
pub mod associations;
mod bulk;
mod column;
pub mod connections;
pub mod credentials;
mod db;
pub mod drafts;
mod error;
pub mod flow_hints;
pub mod flows;
pub mod hints;
pub mod idempotency;
pub mod links;
mod migrate;
pub mod parked;
pub mod portals;
pub mod purge;
pub mod rate_windows;
pub mod reviews;
pub mod runs;
pub mod sealed;
pub mod tombstones;
mod tx;
mod url;
pub mod usage;
pub mod waiting;
pub mod windows;

pub use self::{
    db::Db,
    error::StoreError,
    migrate::newest as newest_schema,
    tx::{Access, Tx},
    url::{BadDatabaseUrl, DatabaseUrl},
};
