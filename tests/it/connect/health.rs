//! What the settings page says of a connection's health without anybody having tested it.

use std::time::Duration;

use super::{Hand, SANDBOX};
use crate::world::{World, walk};
use serde_json::{Value, json};

async fn search(world: &World) -> Value {
    let deal = world.record("deal").await;
    world.get(&format!("/api/card/search?{}&q=INV", deal.query())).await.json()
}

/// The health of the connection that the card reads from.
async fn health(world: &World) -> Value {
    world.get("/api/settings").await.ok()["connections"][0]["health"].clone()
}

walk!(
    /// Calls of the card show as the connection's health: good, refused by a dead sign-in, and good again.
    calls_of_the_card_show_as_health,
    |world| {
        assert_eq!(health(world).await["state"], "unknown");
        search(world).await;
        let good = health(world).await;
        assert_eq!((good["state"].as_str(), good["lastGoodAt"].as_i64()), (Some("valid"), Some(world.clock.now().0)));
        let before = good["lastGoodAt"].clone();
        world.clock.advance(Duration::from_mins(30));
        world.netsuite_fails(json!({ "kind": "status", "status": 401 })).await;
        search(world).await;
        let dead = health(world).await;
        assert_eq!((dead["state"].as_str(), dead["why"].as_str()), (Some("invalid"), Some("reconnect")), "{dead}");
        assert_eq!(dead["lastGoodAt"], before);
        world.mend().await;
        world.clock.advance(Duration::from_mins(30));
        search(world).await;
        assert_eq!(health(world).await["state"], "valid");
    }
);

walk!(
    /// Credentials that have ended are not called valid, whatever the last call said.
    credentials_that_have_ended_are_not_called_valid,
    |world| {
        let hand = Hand::of(world);
        hand.connected(SANDBOX, None, "ended").await;
        let fresh = hand.connection(SANDBOX).await.unwrap();
        assert_eq!(fresh["health"]["state"], "valid");
        let ends = fresh["credentialsEndAt"].as_i64().unwrap();
        let left = u64::try_from(ends - world.clock.now().0).unwrap();
        world.clock.advance(Duration::from_millis(left));
        let ended = hand.connection(SANDBOX).await.unwrap();
        assert_eq!(ended["ends"], "ended");
        assert_eq!((ended["health"]["state"].as_str(), ended["health"]["why"].as_str()), (Some("invalid"), Some("reconnect")));
    }
);
