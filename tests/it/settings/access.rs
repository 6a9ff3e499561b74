//! Who gets to the settings.

use serde_json::{Value, json};

use super::{NOBODY, all, decide, overview};
use crate::{
    card::shapes::shown,
    world::{PORTAL, UNCONNECTED, walk},
};

/// Every route of the settings but the first look, and its method, as the API's description lists them: none can be forgotten.
fn routes() -> Vec<(String, String)> {
    let description: Value = serde_json::from_str(include_str!("../../../src/api/openapi.json")).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let of_settings = paths.iter().filter(|(path, _)| path.starts_with("/api/settings/"));
    let methods = |(path, methods): (&String, &Value)| {
        let methods: Vec<String> = methods.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(|method| (path.clone(), method)).collect::<Vec<_>>()
    };
    of_settings.flat_map(methods).collect()
}

/// What an administrator could send to this route.
fn body_for(path: &str, id: &str, draft: &Value) -> Value {
    let mut body = match path.strip_prefix("/api/settings/").unwrap() {
        "connections/test" => json!({ "connectionId": id }),
        "connections/change" => json!({ "connectionId": id, "name": "x", "baseCurrency": null }),
        "permissions" => json!({ "permissions": { "see": all(), "attach": all(), "admins": [NOBODY] } }),
        "leave" => json!({ "way": "pause", "connectionId": id, "properties": "keep", "confirm": "" }),
        "netsuite/drafts" => json!({ "accountId": "1234567", "name": "Mine", "connectionId": null }),
        "drafts/remove" | "netsuite/certificate" => json!({ "draftId": draft }),
        "netsuite/connect" => json!({ "draftId": draft, "clientId": "a", "certificateId": "b", "confirmed": true }),
        "netsuite/sign-in" => json!({
            "accountId": "1234567", "name": "Mine", "clientId": "a", "clientSecret": "b", "confirmed": true, "connectionId": null,
        }),
        of_sync => super::sync::body_for(of_sync),
    };
    body["idempotencyKey"] = json!("not-allowed-at-all");
    body
}

walk!(
    /// A super admin sees everything; another user is told that they may not, and is refused everywhere else.
    only_administrators_get_in,
    |world| {
        let ready = overview(world).await;
        assert_eq!((ready["state"].as_str(), ready["you"]["because"].as_str()), (Some("ready"), Some("super_admin")));
        let other = world.get_by(NOBODY, "/api/settings").await.ok();
        assert_eq!((other["state"].as_str(), other["why"].as_str()), (Some("not_allowed"), Some("not_an_admin")));
        assert_eq!(other["versions"], ready["versions"]);
        assert!(other.get("portal").is_none(), "{other}");
        let id = super::connection(world).await;
        let mut drafts = Vec::new();
        for key in ["not-allowed-draft-a", "not-allowed-draft-b"] {
            let body = json!({ "accountId": "1234567", "name": "Books", "connectionId": null, "idempotencyKey": key });
            drafts.push(world.post("/api/settings/netsuite/drafts", &body).await.ok()["draft"]["draftId"].clone());
        }
        let before = overview(world).await;
        let mut asked = 0;
        for (path, method) in routes() {
            let answer = match method.as_str() {
                "get" => world.get_by(NOBODY, &format!("{path}{}", super::sync::query_for(&path))).await,
                _ => world.post_by(NOBODY, &path, &body_for(&path, &id, &drafts[0])).await,
            };
            assert_eq!(answer.problem(), (403, "not-allowed".to_owned()), "{method} {path}");
            assert!(answer.json()["detail"].as_str().unwrap().contains("super admins"), "{path}");
            asked += 1;
        }
        assert!(asked >= 41, "only {asked} routes in the API's description");
        let after = overview(world).await;
        for part in ["connections", "drafts", "permissions"] {
            assert_eq!(after[part], before[part], "{part}");
        }
        assert_eq!(overview(world).await["connections"][0]["status"], "active");
    }
);

walk!(
    /// A user whom an administrator named gets in, also while HubSpot does not tell who is a super admin; others do not.
    who_is_named_gets_in_whatever_hubspot_says,
    |world| {
        decide(world, all(), all(), json!([NOBODY])).await;
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }])).await;
        let named = world.get_by(NOBODY, "/api/settings").await.ok();
        assert_eq!((named["state"].as_str(), named["you"]["because"].as_str()), (Some("ready"), Some("named")));
        assert_eq!(named["portal"]["properties"][0]["state"], "unknown");
        assert_eq!(named["portal"]["properties"][0]["why"], "unavailable");
        let unknown = world.get_by("9003", "/api/settings").await.ok();
        assert_eq!((unknown["state"].as_str(), unknown["why"].as_str()), (Some("not_allowed"), Some("users_unreadable")));
        let people = world.get_by(NOBODY, "/api/settings/people").await.ok();
        assert_eq!(people, json!({ "state": "unreadable", "users": [], "teams": [], "complete": false }));
    }
);

walk!(
    /// A right that HubSpot took away is gone within a minute.
    a_super_admin_that_was_is_refused_after_a_minute,
    |world| {
        assert_eq!(overview(world).await["state"], "ready");
        world.hubspot_does("PUT", &format!("portals/{PORTAL}/users/9"), json!({ "superAdmin": false })).await;
        world.clock.advance(std::time::Duration::from_mins(1));
        let refused = overview(world).await;
        assert_eq!((refused["state"].as_str(), refused["why"].as_str()), (Some("not_allowed"), Some("not_an_admin")));
    }
);

walk!(
    /// A portal that nothing is known of is told how to install.
    a_portal_without_the_app_is_told_how_to_install_it,
    |world| {
        let answer = world.get_as("4799999", "/api/settings").await.ok();
        assert_eq!((answer["state"].as_str(), answer["reason"].as_str()), (Some("not_installed"), Some("never")));
        assert!(answer["installUrl"].as_str().unwrap().ends_with("/oauth/install"), "{answer}");
        assert_eq!(world.get_as("4799999", "/api/settings/people").await.problem(), (409, "not-installed".to_owned()));
    }
);

walk!(
    /// The shapes of what the page shows first, of users and teams, and of what leaving would touch.
    the_settings_keep_their_shapes,
    |world| {
        insta::assert_snapshot!("settings_unconnected", shown(world.get_as(UNCONNECTED, "/api/settings").await.ok()));
        let mut ready = overview(world).await;
        ready["portal"]["usage"] = json!("[usage]");
        ready["connections"][0]["usage"] = json!("[usage]");
        insta::assert_snapshot!("settings", shown(ready));
        insta::assert_snapshot!("people", shown(world.get("/api/settings/people").await.ok()));
        let id = super::connection(world).await;
        let leaving = world.get(&format!("/api/settings/leaving?connectionId={id}")).await.ok();
        insta::assert_snapshot!("leaving", shown(leaving));
    }
);

walk!(
    /// What cannot be right is named by its place, and nothing is changed by it.
    input_that_cannot_be_right_is_refused_by_its_place,
    |world| {
        let id = super::connection(world).await;
        let bodies = [
            ("permissions", json!({ "idempotencyKey": "bad-input-1" }), "permissions"),
            ("permissions", json!({ "permissions": { "see": all(), "attach": { "everybody": true, "users": [9], "teams": [] }, "admins": [] }, "idempotencyKey": "bad-input-2" }), "permissions.attach.users[0]"),
            ("permissions", json!({ "permissions": { "see": { "everybody": false, "users": [], "teams": ["8x"] }, "attach": all(), "admins": [] }, "idempotencyKey": "bad-input-3" }), "permissions.see"),
            ("connections/change", json!({ "connectionId": id, "name": " ", "baseCurrency": null, "idempotencyKey": "bad-input-4" }), "name"),
            ("connections/change", json!({ "connectionId": id, "name": "x", "baseCurrency": "EURO", "idempotencyKey": "bad-input-5" }), "baseCurrency"),
            ("connections/change", json!({ "connectionId": id, "name": "x", "idempotencyKey": "bad-input-6" }), "baseCurrency"),
            ("leave", json!({ "way": "vanish", "connectionId": id, "properties": "keep", "confirm": "", "idempotencyKey": "bad-input-7" }), "way"),
            ("leave", json!({ "way": "pause", "connectionId": null, "properties": "keep", "confirm": "", "idempotencyKey": "bad-input-8" }), "connectionId"),
            ("leave", json!({ "way": "disconnect", "connectionId": id, "properties": "keep", "confirm": "yes", "idempotencyKey": "bad-input-9" }), "confirm"),
        ];
        for (path, body, place) in bodies {
            let answer = world.post(&format!("/api/settings/{path}"), &body).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{path} {body}");
            assert!(answer.json()["detail"].as_str().unwrap().contains(place), "{place}: {answer:?}");
        }
        let foreign = json!({ "connectionId": "00000000-0000-7000-8000-000000000000", "idempotencyKey": "bad-input-x" });
        assert_eq!(world.post("/api/settings/connections/test", &foreign).await.problem(), (404, "not-found".to_owned()));
        let theirs = json!({ "connectionId": id, "idempotencyKey": "bad-input-y" }).to_string();
        let answer = world.post_as(UNCONNECTED, "/api/settings/connections/test", &theirs).await;
        assert_eq!(answer.problem(), (404, "not-found".to_owned()));
        assert_eq!(world.get("/api/settings?connectionId=1").await.problem(), (400, "invalid".to_owned()));
    }
);
