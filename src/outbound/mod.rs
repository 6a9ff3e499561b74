//! The one way to call out.
//!
//! Promise: every outgoing call has a time limit and a size limit, goes to a public host or one that the configuration
//! names, follows no redirect, carries no secret and no URL into
//! a log or an error, and is counted. What paces calls is here too: [`retry`] decides, [`window`] and [`permits`] make wait.
//! Never: decides what an answer means; that is the caller's business.

use serde::{Deserialize, Serialize};

mod client;
mod counts;
pub mod guard;
mod hosts;
pub mod jwt;
pub mod permits;
pub mod retry;
mod tally;
mod usage;
pub mod window;

pub use client::{Answer, Body, Call, Outbound, OutboundError, OutboundSettings};
pub use hosts::LocalHosts;
pub use tally::Tally;
pub use usage::{Meter, Used};

/// Who waits for the answer. Where permits are short, the card goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lane {
    /// A person looks at a spinner.
    Card,
    /// Nobody waits.
    Background,
}

/// Makes *ring* the cryptography of TLS and of signed tokens. May be called any number of times; the first wins.
pub fn install_crypto() {
    // The error only says that somebody installed a provider before; then that one serves.
    drop(rustls::crypto::ring::default_provider().install_default());
    jwt::install();
}
