//! Tests over the wire, and tests that hold the whole to its rules. One binary: linking many is slow.

mod boundaries;
#[cfg(feature = "sandbox")]
mod netsuite;
mod store;
