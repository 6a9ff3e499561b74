//! Testing and changing a connection.

use std::time::{Duration, Instant};

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

walk!(
    /// While HubSpot takes seconds to tell who asks and NetSuite never answers, an answer goes out all the same and is typed,
    /// before the page gives up: for a test, and for a connection that is to be made, whose draft stays.
    slow_neighbours_are_told_before_the_page_gives_up,
    |world| {
        let id = connection(world).await;
        let draft = json!({ "accountId": "1234567_SB1", "name": "Slow books", "connectionId": null, "idempotencyKey": "slow-draft" });
        let draft = world.post("/api/settings/netsuite/drafts", &draft).await.ok()["draft"].clone();
        world.clock.advance(Duration::from_mins(1));
        world.faults(&world.hubspot, json!([{ "operation": "users", "action": { "kind": "delay", "ms": 4000 } }])).await;
        world.netsuite_fails(json!({ "kind": "hang" })).await;
        let began = Instant::now();
        let test = json!({ "connectionId": id, "idempotencyKey": "slow-test" });
        let connect = json!({ "draftId": draft["draftId"], "clientId": "client", "certificateId": "certificate", "confirmed": true, "idempotencyKey": "slow-connect" });
        let (tested, connected) = tokio::join!(
            world.post("/api/settings/connections/test", &test),
            world.post("/api/settings/netsuite/connect", &connect),
        );
        assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
        let (tested, connected) = (tested.ok(), connected.ok());
        assert_eq!((tested["state"].as_str(), tested["trouble"]["code"].as_str()), (Some("trouble"), Some("unavailable")));
        assert_eq!((connected["result"].as_str(), connected["code"].as_str()), (Some("refused"), Some("unavailable")));
        world.mend().await;
        assert_eq!(overview(world).await["drafts"].as_array().map(Vec::len), Some(1));
    }
);

walk!(
    /// Of a paused connection nothing is asked, not even by a test or the checklist; both say how to go on.
    a_paused_connection_is_asked_nothing,
    |world| {
        let id = connection(world).await;
        let way = |way: &str| json!({ "way": way, "connectionId": id, "properties": "keep", "confirm": "", "idempotencyKey": format!("paused-{way}") });
        world.post("/api/settings/leave", &way("pause")).await.ok();
        let before = world.control(&world.netsuite, "/_sandbox/stats").await["calls"].clone();
        let test = json!({ "connectionId": id, "idempotencyKey": "paused-test" });
        let tested = world.post("/api/settings/connections/test", &test).await;
        let listed = world.get(&format!("/api/settings/checklist?connectionId={id}")).await;
        for refused in [tested, listed] {
            assert_eq!(refused.problem(), (409, "conflict".to_owned()));
            assert!(refused.json()["detail"].as_str().unwrap().contains("resume"), "{refused:?}");
        }
        assert_eq!(world.control(&world.netsuite, "/_sandbox/stats").await["calls"], before);
        world.post("/api/settings/leave", &way("resume")).await.ok();
        assert_eq!(world.post("/api/settings/connections/test", &test).await.ok()["state"], "asked");
    }
);
