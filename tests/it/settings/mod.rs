//! The settings page's API over the wire: who gets in, what is shown, who may see and attach, and the ways out.

mod access;
mod connections;
mod leave;
mod leave_windows;
mod permissions;
mod purge;
pub(crate) mod sync;
mod sync_log;
pub(crate) mod sync_mapping;

use serde_json::{Value, json};

use crate::world::World;

/// The sandbox's user without any rights.
pub(crate) const NOBODY: &str = "9002";

/// The settings as user 9, a super admin, sees them.
pub(crate) async fn overview(world: &World) -> Value {
    world.get("/api/settings").await.ok()
}

/// The id of the portal's first connection.
pub(crate) async fn connection(world: &World) -> String {
    overview(world).await["connections"][0]["connectionId"].as_str().unwrap().to_owned()
}

/// Somebody's audience.
pub(crate) fn only(users: &[&str], teams: &[&str]) -> Value {
    json!({ "everybody": false, "users": users, "teams": teams })
}

/// Everybody.
pub(crate) fn all() -> Value {
    json!({ "everybody": true, "users": [], "teams": [] })
}

/// Decides who may do what.
pub(crate) async fn decide(world: &World, see: Value, attach: Value, admins: Value) -> Value {
    let permissions = json!({ "see": see, "attach": attach, "admins": admins });
    let body = json!({ "permissions": permissions, "idempotencyKey": "decide-permissions" });
    world.post("/api/settings/permissions", &body).await.ok()["permissions"].clone()
}
