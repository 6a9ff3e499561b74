//! HubSpot's events: who may send them, and what becomes of merged, deleted, restored and erased records.

mod records;
mod signed;

use ledgercard::cli::demo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::{PORTAL, World, signature};

/// The path that takes events.
pub(crate) const PATH: &str = "/webhooks/hubspot";

/// The old signature of a body.
pub(crate) fn old_signature(body: &str) -> String {
    let digest = Sha256::digest(format!("{}{body}", demo::CLIENT_SECRET).as_bytes());
    digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// An event about a record of the connected portal.
pub(crate) fn event(kind: &str, object: &str) -> Value {
    json!({
        "eventId": 100, "subscriptionId": 1, "portalId": PORTAL.parse::<u64>().unwrap(),
        "appId": demo::APP_ID.parse::<u64>().unwrap(), "occurredAt": 1_795_262_400_000_u64, "subscriptionType": kind,
        "attemptNumber": 0, "objectId": object.parse::<u64>().unwrap(), "changeSource": "CRM_UI",
    })
}

/// Sends events as HubSpot signs them; what came back.
pub(crate) async fn send(world: &World, events: &Value) -> Value {
    let (body, stamp) = (events.to_string(), world.stamp());
    world.send("POST", PATH, &body, &signature("POST", PATH, &body, &stamp), &stamp).await.ok()
}

/// Works off all hints that are due, and waits for those that the running program took.
pub(crate) async fn settle(world: &World) {
    for _ in 0..200 {
        world.admin.work_hints(50).await.unwrap();
        let now = world.clock.now().0;
        // Claimed by the program's own loop, which then still works on it: due in a minute exactly.
        let busy = open_hints(world).await.iter().any(|due| *due <= now || *due == now + 60_000);
        if !busy {
            return;
        }
        world.clock.pause(std::time::Duration::from_millis(20)).await;
    }
    panic!("the hints are not worked off");
}

/// When each hint that is still there is due.
pub(crate) async fn open_hints(world: &World) -> Vec<i64> {
    use ledgercard::store::{Access, Tx};
    let mut tx = world.db.begin(Access::Read).await.unwrap();
    let sql = "SELECT due_at FROM hints";
    match &mut tx {
        Tx::Sqlite(raw) => sqlx::query_scalar(sql).fetch_all(&mut **raw).await.unwrap(),
        Tx::Postgres(raw) => sqlx::query_scalar(sql).fetch_all(&mut **raw).await.unwrap(),
    }
}
