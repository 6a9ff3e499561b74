//! Ledgercard: a customer's ERP invoices on HubSpot contact, company and deal records.
//!
//! # The map
//!
//! | module | holds | may use, of ours |
//! | --- | --- | --- |
//! | [`clock`] | time, randomness, new ids | nothing |
//! | [`domain`] | the field's nouns and pure rules | nothing |
//! | [`outbound`] | the one way to call out | clock, domain |
//! | [`store`] | SQL, one file per table | clock, domain |
//! | [`vault`] | sealing and token renewal | clock, store, domain |
//! | [`hubspot`] | HubSpot's API and signatures | clock, domain, outbound, vault |
//! | [`erp`] | the trait `Erp` and a folder per ERP | clock, domain, outbound, vault |
//! | [`cards`] | what the card can do, with its cache | clock, domain, erp (the trait), hubspot, store, vault |
//! | [`sync`] | flows between an ERP and HubSpot, in the background | clock, domain, erp (the trait), hubspot, store, vault |
//! | [`admin`] | install, connect, permissions, events, leaving | clock, cards (who asks), domain, erp, hubspot, outbound, store, sync, vault |
//! | [`api`] | HTTP in; the only place that knows status codes | clock, admin, cards, domain, hubspot (signatures), sync, telemetry |
//! | [`telemetry`] | logs and every metric's name | nothing |
//! | [`config`] | one typed tree from file and environment | clock, domain, hubspot (versions, limits), store and vault (addresses and keys), telemetry (levels) |
//! | [`app`] | wires it all | all but the sandbox |
//! | `cli` | the commands | all |
//! | `sandbox` | local stand-ins for HubSpot and the ERPs | clock only; it speaks HTTP to the rest |
//!
//! A test reads the `use crate::` lines and holds them to this table.

pub mod admin;
pub mod api;
pub mod app;
pub mod cards;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod erp;
pub mod hubspot;
pub mod outbound;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod vault;
