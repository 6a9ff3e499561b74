//! The card's endpoints, walked over the wire on both databases.

mod add;
mod bad_input;
mod contract;
mod list;
mod search;
pub(crate) mod shapes;
mod signed;
mod states;
mod storm;
