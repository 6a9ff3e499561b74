//! The local NetSuite.

pub mod engine;
