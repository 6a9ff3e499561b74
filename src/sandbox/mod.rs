//! Local stand-ins for HubSpot and the ERPs.

pub mod data;
pub mod netsuite;
