//! The dated version of HubSpot's API, once a family: `2026-09` is current, `2026-03` the known-good fallback.

/// Tokens: `/oauth/{OAUTH}/token`.
pub const OAUTH: &str = "2026-09";
/// Records, and a record's associations: `/crm/objects/{OBJECTS}/…`.
pub const OBJECTS: &str = "2026-09";
/// The account itself: `/account-info/{ACCOUNT}/details`.
pub const ACCOUNT: &str = "2026-09";
