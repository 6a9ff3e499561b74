//! What the demo and the tests find in the local systems.

pub mod accounts;
pub mod books;
pub mod chinook;
pub mod crm;
pub mod decorate;
pub mod extras;
pub mod people;
#[cfg(test)]
mod tests;
