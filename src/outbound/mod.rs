//! The one way to call out.
//!
//! Promise: every outgoing call has a time limit and a size limit, follows no redirect, carries no secret into a log or
//! an error, and is counted.
//! Never: decides what an answer means; that is the caller's business.

use serde::{Deserialize, Serialize};

/// Who waits for the answer. Where permits are short, the card goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lane {
    /// A person looks at a spinner.
    Card,
    /// Nobody waits.
    Background,
}
