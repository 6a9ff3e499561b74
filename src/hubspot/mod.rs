//! HubSpot: its signatures, its tokens, and the calls to its API that we make.
//!
//! Promise: every call runs with the portal's own token, within the portal's share of HubSpot's limits, and fails with a
//! [`HubSpotError`] that says what a caller can do. The API's dated version stands once a family, in [`versions`].
//! Never: stores anything, or takes a portal from anywhere but its caller.

pub mod account;
mod any_id;
pub mod associating;
pub mod batches;
pub mod client;
pub mod fields;
pub mod history;
pub mod identity;
mod instant;
pub mod limits;
pub mod notices;
pub mod oauth;
pub mod objects;
pub mod owners;
mod plan;
pub mod properties;
pub mod refusal;
mod rows;
pub mod scan;
pub mod scopes;
pub mod signature;
pub mod uninstall;
pub mod users;
pub mod versions;
pub mod webhooks;
pub mod writing;

pub use client::{HubSpot, HubSpotError, HubSpotSettings};
pub use limits::{Limit, SharedLimits};
pub use notices::Notice;
