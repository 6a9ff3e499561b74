//! Installing the app, windows outside HubSpot, and what is looked after afterwards, over the wire.

mod callback;
mod fake;
mod house;
mod races;
mod tickets;
mod upkeep;
mod whole;
