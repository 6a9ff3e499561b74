//! HubSpot: its signatures, its tokens, and the calls to its API that we make.
//!
//! Promise: every call runs with the portal's own token, within the portal's share of HubSpot's limits, and fails with a
//! [`HubSpotError`] that says what a caller can do. The API's dated version stands once a family, in [`versions`].
//! Never: stores anything, or takes a portal from anywhere but its caller.

pub mod account;
mod any_id;
pub mod client;
pub mod identity;
pub mod notices;
pub mod oauth;
pub mod objects;
pub mod properties;
pub mod scopes;
pub mod signature;
pub mod uninstall;
pub mod users;
pub mod versions;
pub mod webhooks;

pub use client::{HubSpot, HubSpotError, HubSpotSettings, SharedLimits};
pub use notices::Notice;
