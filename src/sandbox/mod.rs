//! Local stand-ins for HubSpot and the ERPs: real HTTP servers with the systems' limits, errors and quirks.
//!
//! Promise: they enforce what the systems publish, hold deterministic data, and can be given faults while they run.
//! Never: shares memory with the rest of the program. It speaks HTTP, and uses only `crate::clock` of ours.

mod control;
pub mod data;
pub mod exchanges;
pub mod faults;
pub mod hubspot;
pub mod moment;
pub mod netsuite;
pub mod serve;
pub mod stats;
