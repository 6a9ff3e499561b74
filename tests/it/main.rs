//! probe
mod store;
fn main() {}
