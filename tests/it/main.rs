//! Tests over the wire, and tests that hold the whole to its rules. One binary: linking many is slow.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so by panicking")]

mod boundaries;
mod card;
mod connect;
mod events;
mod ground;
mod hubspot;
mod install;
mod netsuite;
mod operator;
mod readme;
mod settings;
mod store;
mod sync;
mod world;
