//! Testing and changing a connection.

use serde_json::json;

use super::{connection, overview};
use crate::world::walk;

walk!(
    /// A test proves what the account has, and the health is kept; with NetSuite down it says so and changes nothing else.
    a_test_tells_what_the_account_has_and_its_health_is_kept,
    |world| {
        let id = connection(world).await;
        let before = overview(world).await["connections"][0]["health"].clone();
        assert_eq!(before["state"], "unknown", "{before}");
        let body = json!({ "connectionId": id, "idempotencyKey": "test-connection" });
        let answer = world.post("/api/settings/connections/test", &body).await.ok();
        assert_eq!(answer["state"], "asked", "{answer}");
        assert!(answer["items"].as_array().unwrap().iter().any(|item| item["finding"] == "proved"), "{answer}");
        let health = overview(world).await["connections"][0]["health"].clone();
        assert_eq!((health["state"].as_str(), health["lastGoodAt"].as_i64()), (Some("valid"), Some(world.clock.now().0)));
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        let down = world.post("/api/settings/connections/test", &body).await.ok();
        assert_eq!((down["state"].as_str(), down["trouble"]["code"].as_str()), (Some("trouble"), Some("unavailable")));
        let health = overview(world).await["connections"][0]["health"].clone();
        assert_eq!((health["state"].as_str(), health["why"].as_str()), (Some("unknown"), Some("unavailable")));
        assert_eq!(health["lastGoodAt"], world.clock.now().0);
    }
);

walk!(
    /// A new name shows on the card at once.
    a_new_name_shows_on_the_card_at_once,
    |world| {
        let record = world.record("linked").await;
        let id = world.list(&record, "").await["connections"][0]["id"].clone();
        let body = json!({ "connectionId": id, "name": " The other books ", "baseCurrency": "SEK", "idempotencyKey": "rename-connection" });
        let changed = world.post("/api/settings/connections/change", &body).await.ok();
        assert_eq!((changed["connection"]["name"].as_str(), changed["connection"]["baseCurrency"].as_str()), (Some("The other books"), Some("SEK")));
        let list = world.list(&record, "").await;
        assert_eq!((list["connections"][0]["name"].as_str(), list["state"].as_str()), (Some("The other books"), Some("ready")));
        let again = json!({ "connectionId": id, "name": "The books", "baseCurrency": null, "idempotencyKey": "rename-again" });
        assert!(world.post("/api/settings/connections/change", &again).await.ok()["connection"]["baseCurrency"].is_null());
    }
);
