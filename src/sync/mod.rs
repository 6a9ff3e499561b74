//! Keeping an ERP's records and HubSpot's in step, in the background.
//!
//! A flow takes one kind of records between one connection and HubSpot: trigger → match → map → decide → write. It knows no
//! system: what is special to one stands in its connector and in its `flows.toml`.
//!
//! # Promises
//! - Nothing is written before an administrator has seen what would be and has started the flow.
//! - A record is made once: the link between the two sides is the truth, and a repeat of anything has no further effect.
//! - A page and the cursor behind it are kept together; a run that is killed anywhere repeats one page at most.
//! - What one side refuses is parked with its reason and holds up no other record.
//!
//! # Never
//! - Values of records in the database or the log: ids, names of fields, keyed hashes and codes alone.
//! - SQL, HTTP or a vendor's wire format.

pub mod alerts;
mod bases;
pub mod decide;
pub mod defaults;
pub mod flow;
pub mod mapping;
pub mod matching;
pub mod work;
