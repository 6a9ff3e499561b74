//! Logs and metrics.
//!
//! Promise: every metric's name stands in one list ([`metrics::NAMES`]); counting takes an atomic addition or two and no
//! memory. Metrics live in a value that is handed down, not in a global.
//! Never: a secret, a bound parameter of a statement, or a value of an ERP or CRM record in a log line or a label.

mod log;
pub mod metrics;

pub use self::{
    log::{BadLevel, LogFormat, check_level, start_log},
    metrics::Metrics,
};
