//! What the demo and the tests find in the local systems.

pub mod accounts;
pub mod books;
pub mod bulk;
pub mod chinook;
pub mod crm;
pub mod custom;
pub mod decorate;
pub mod extras;
pub mod oddities;
pub mod people;
#[cfg(test)]
mod tests;
