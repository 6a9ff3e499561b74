//! Who may see and who may attach, held by the server.

use std::time::Duration;

use serde_json::{Value, json};

use super::{NOBODY, all, decide, only};
use crate::world::{PORTAL, Record, World, walk};

async fn list_by(world: &World, user: &str, record: &Record) -> Value {
    world.get_by(user, &format!("/api/card/invoices?{}", record.query())).await.ok()
}

walk!(
    /// Who may not see invoices gets a state without anything in it, and 403 everywhere else; the refusal says who decides.
    who_may_not_see_is_shown_nothing,
    |world| {
        let record = world.record("linked").await;
        let connection = world.list(&record, "").await["connections"][0]["id"].as_str().unwrap().to_owned();
        decide(world, only(&["9"], &[]), all(), json!([])).await;
        let hidden = list_by(world, NOBODY, &record).await;
        assert_eq!(hidden["state"], "no_permission");
        assert_eq!(hidden["permission"], json!({ "see": false, "attach": false }));
        for part in ["rows", "connections", "customers", "summary", "suggestions", "candidates", "missing"] {
            assert_eq!(hidden[part], json!([]), "{part}");
        }
        let gets = [
            format!("/api/card/search?{}&q=x", record.query()),
            format!("/api/card/invoice?{}&connectionId={connection}&invoiceId=20001", record.query()),
        ];
        for path in gets {
            let refused = world.get_by(NOBODY, &path).await;
            assert_eq!(refused.problem(), (403, "not-allowed".to_owned()), "{path}");
            assert!(refused.json()["detail"].as_str().unwrap().contains("administrators"), "{refused:?}");
        }
        let refresh = world.post_by(NOBODY, "/api/card/refresh", &record.body("refresh-unseen", &json!({}))).await;
        assert_eq!(refresh.problem(), (403, "not-allowed".to_owned()));
        let seen = world.list(&record, "").await;
        assert_eq!((seen["state"].as_str(), seen["permission"].clone()), (Some("ready"), json!({ "see": true, "attach": true })));
    }
);

walk!(
    /// Who may only look sees the list and is refused every change.
    who_may_not_attach_can_only_look,
    |world| {
        let (deal, contact) = (world.record("deal").await, world.record("ambiguous").await);
        let connection = world.list(&world.record("linked").await, "").await["connections"][0]["id"].clone();
        decide(world, all(), only(&[], &[]), json!([])).await;
        let list = world.list(&deal, "").await;
        assert_eq!(list["permission"], json!({ "see": true, "attach": false }));
        assert_ne!(list["state"], "no_permission");
        let add = json!({ "invoices": [{ "connectionId": connection, "invoiceId": "20001", "confirmed": true }] });
        let association = json!({ "associationId": "00000000-0000-7000-8000-000000000000" });
        let link = json!({ "connectionId": connection, "customerId": "1103" });
        let posts = [
            ("associations", deal.body("may-not-add", &add)),
            ("associations/remove", deal.body("may-not-remove", &association)),
            ("associations/restore", deal.body("may-not-restore", &association)),
            ("links", contact.body("may-not-link", &link)),
        ];
        for (path, body) in posts {
            let refused = world.post(&format!("/api/card/{path}"), &body).await;
            assert_eq!(refused.problem(), (403, "not-allowed".to_owned()), "{path}");
        }
        decide(world, all(), all(), json!([])).await;
        assert_eq!(world.post("/api/card/associations", &deal.body("may-not-add", &add)).await.status, 200);
    }
);

walk!(
    /// A team's users are let in by their team, as HubSpot tells it; when it does not, they are refused with that reason.
    teams_are_asked_of_hubspot,
    |world| {
        let record = world.record("linked").await;
        decide(world, only(&["9"], &["801"]), all(), json!([])).await;
        assert_eq!(list_by(world, NOBODY, &record).await["state"], "ready");
        assert_eq!(list_by(world, "9001", &record).await["state"], "no_permission");
        world.hubspot_does("PUT", &format!("portals/{PORTAL}/users/{NOBODY}"), json!({ "primaryTeamId": null })).await;
        assert_eq!(list_by(world, NOBODY, &record).await["state"], "ready", "known for a minute");
        world.clock.advance(Duration::from_mins(1));
        assert_eq!(list_by(world, NOBODY, &record).await["state"], "no_permission");
        world.clock.advance(Duration::from_mins(1));
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }])).await;
        let refused = world.get_by("9003", &format!("/api/card/search?{}", record.query())).await;
        assert_eq!(refused.problem(), (403, "not-allowed".to_owned()));
        assert!(refused.json()["detail"].as_str().unwrap().contains("HubSpot does not tell"), "{refused:?}");
        assert_eq!(world.list(&record, "").await["state"], "ready", "user 9 needs no team");
    }
);

walk!(
    /// What was decided is kept, each user once, and shown again.
    decisions_are_kept_and_shown,
    |world| {
        let kept = decide(world, only(&["9003", "9", "9"], &["802", "801"]), all(), json!(["9001", "9001"])).await;
        assert_eq!(kept["see"], only(&["9", "9003"], &["801", "802"]));
        assert_eq!(kept["admins"], json!(["9001"]));
        assert_eq!(super::overview(world).await["permissions"], kept);
    }
);

walk!(
    /// Users and teams are asked of HubSpot once a minute, not for every look.
    people_are_asked_once_a_minute,
    |world| {
        decide(world, all(), all(), json!(["9"])).await;
        let first = world.get("/api/settings/people").await.ok();
        assert_eq!((first["state"].as_str(), first["complete"].as_bool()), (Some("ready"), Some(true)));
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }])).await;
        assert_eq!(world.get("/api/settings/people").await.ok(), first);
        world.clock.advance(Duration::from_mins(1));
        assert_eq!(world.get("/api/settings/people").await.ok()["state"], "unreadable");
    }
);
