//! The field's nouns and the pure rules about them.
//!
//! Promise: everything here is a plain value or a pure function, usable in any test without set-up.
//! Never: I/O, clocks, vendors' wire formats, HTTP, SQL.

pub mod customer;
pub mod field;
pub mod ids;
pub mod invoice;
pub mod money;
pub mod permissions;
pub mod query;
pub mod record;
pub mod span;
pub mod status;
pub mod summary;
