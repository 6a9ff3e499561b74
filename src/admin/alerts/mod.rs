//! Alerts: signed messages to an address of the portal's choice when a flow fails, stalls or needs a person, and when that is
//! over.
//!
//! Promise: one message a cause when it is raised and one when it is gone, by one process; what the address does not take is
//! sent again for some hours; who receives one can prove that it is ours and how old it is. A message holds ids and codes.
//! Never: a value of a record; the secret, once it was told.

mod message;
mod target;
mod watch;

pub use self::target::{AlertsAnswer, AlertsRequest, RaisedView};
