//! The ways out, each with the proof that it did what it says and no more.

use serde_json::{Value, json};

use super::{connection, overview};
use crate::world::{Answer, PORTAL, World, walk};

async fn leave(world: &World, way: &str, connection: Option<&str>, confirm: &str) -> Answer {
    leave_with(world, way, connection, confirm, "keep").await
}

async fn leave_with(world: &World, way: &str, connection: Option<&str>, confirm: &str, properties: &str) -> Answer {
    let body = json!({
        "way": way, "connectionId": connection, "properties": properties, "confirm": confirm,
        "idempotencyKey": format!("leave-{way}-{}", world.clock.new_id()),
    });
    world.post("/api/settings/leave", &body).await
}

/// Attaches an invoice to the deal, so that there is something to lose.
async fn attach(world: &World) {
    let deal = world.record("deal").await;
    let search = world.get(&format!("/api/card/search?{}", deal.query())).await.ok();
    let row = &search["rows"][0]["row"];
    let invoice = json!({ "connectionId": row["connectionId"], "invoiceId": row["id"], "confirmed": true });
    let body = deal.body("attach-before-leaving", &json!({ "invoices": [invoice] }));
    assert_eq!(world.post("/api/card/associations", &body).await.ok()["results"][0]["outcome"], "added");
}

async fn counts(world: &World, connection: &str) -> Value {
    world.get(&format!("/api/settings/leaving?connectionId={connection}")).await.ok()
}

fn none() -> Value {
    json!({ "connections": 0, "associations": 0, "links": 0, "tombstones": 0, "drafts": 0, "credentials": 0 })
}

async fn account(world: &World) -> String {
    overview(world).await["connections"][0]["accountId"].as_str().unwrap().to_owned()
}

walk!(
    /// Paused: the card says so and asks nobody; resumed: all is as before.
    a_pause_reads_nothing_and_erases_nothing,
    |world| {
        attach(world).await;
        let (id, linked) = (connection(world).await, world.record("linked").await);
        let (before, shown) = (counts(world, &id).await, world.list(&linked, "").await);
        let paused = leave(world, "pause", Some(&id), "").await.ok();
        assert_eq!(paused, json!({ "way": "pause", "erased": none(), "remaining": 0, "properties": null }));
        let calls = world.control(&world.netsuite, "/_sandbox/stats").await;
        let hidden = world.list(&linked, "").await;
        assert_eq!((hidden["state"].as_str(), hidden["reason"].as_str()), (Some("not_connected"), Some("paused")));
        assert_eq!((hidden["rows"].clone(), hidden["missing"].clone()), (json!([]), json!([])));
        assert_eq!(world.control(&world.netsuite, "/_sandbox/stats").await, calls, "a paused ERP was asked");
        assert_eq!(leave(world, "pause", Some(&id), "").await.status, 200, "twice is as once");
        leave(world, "resume", Some(&id), "").await.ok();
        assert_eq!(counts(world, &id).await, before);
        let again = world.list(&linked, "").await;
        assert_eq!((again["state"].as_str(), &again["rows"]), (Some("ready"), &shown["rows"]));
        assert!(again["reason"].is_null());
    }
);

walk!(
    /// Disconnected: the credential is gone, associations and links stay; nothing works with it any more.
    disconnecting_erases_the_credential_and_keeps_the_rest,
    |world| {
        attach(world).await;
        let (id, account) = (connection(world).await, account(world).await);
        let before = counts(world, &id).await["connection"].clone();
        assert_eq!(before["credentials"], 1);
        assert_eq!(leave(world, "disconnect", Some(&id), "12345").await.problem(), (400, "invalid".to_owned()));
        assert_eq!(counts(world, &id).await["connection"], before, "a wrong confirmation erased something");
        let done = leave(world, "disconnect", Some(&id), &account.to_lowercase()).await.ok();
        assert_eq!((done["erased"]["credentials"].clone(), done["remaining"].clone()), (json!(1), json!(0)));
        let after = counts(world, &id).await["connection"].clone();
        assert_eq!((&after["associations"], &after["links"]), (&before["associations"], &before["links"]));
        assert_eq!((after["credentials"].clone(), after["connections"].clone()), (json!(0), json!(1)));
        let list = world.list(&world.record("linked").await, "").await;
        assert_eq!((list["state"].as_str(), list["reason"].as_str()), (Some("not_connected"), Some("disconnected")));
        assert_eq!(leave(world, "resume", Some(&id), "").await.problem(), (409, "conflict".to_owned()));
        let test = json!({ "connectionId": id, "idempotencyKey": "test-disconnected" });
        assert_eq!(world.post("/api/settings/connections/test", &test).await.problem(), (409, "conflict".to_owned()));
    }
);

walk!(
    /// A purged connection leaves no row, counted anew; the portal stays.
    a_purged_connection_leaves_no_row,
    |world| {
        attach(world).await;
        let (id, account) = (connection(world).await, account(world).await);
        let before = counts(world, &id).await["connection"].clone();
        let done = leave(world, "purge_connection", Some(&id), &account).await.ok();
        assert_eq!((&done["erased"], done["remaining"].clone()), (&before, json!(0)));
        let after = overview(world).await;
        assert_eq!((after["state"].as_str(), after["connections"].clone()), (Some("ready"), json!([])));
        let list = world.list(&world.record("linked").await, "").await;
        assert_eq!((list["state"].as_str(), list["reason"].as_str()), (Some("not_connected"), Some("never")));
        assert_eq!(leave(world, "purge_connection", Some(&id), &account).await.problem(), (404, "not-found".to_owned()));
    }
);

walk!(
    /// A purged portal leaves no row either; our properties are archived where that was chosen.
    a_purged_portal_leaves_no_row_and_our_properties_are_archived,
    |world| {
        attach(world).await;
        let portal = PORTAL.parse().unwrap();
        for object_type in ledgercard::domain::record::ObjectType::ALL {
            let lane = ledgercard::outbound::Lane::Background;
            world.admin.hubspot.ensure_own_property(lane, portal, object_type).await.unwrap();
        }
        let shown = overview(world).await["portal"]["properties"].clone();
        assert!(shown.as_array().unwrap().iter().all(|property| property["state"] == "present"), "{shown}");
        let before = world.get("/api/settings/leaving").await.ok()["portal"].clone();
        assert_eq!(leave(world, "purge_portal", None, "4711").await.problem(), (400, "invalid".to_owned()));
        let done = leave_with(world, "purge_portal", None, PORTAL, "archive").await.ok();
        assert_eq!((&done["erased"], done["remaining"].clone()), (&before, json!(0)));
        assert_eq!(done["properties"], "archived");
        let after = overview(world).await;
        assert_eq!((after["state"].as_str(), after["reason"].as_str()), (Some("not_installed"), Some("never")));
        let other = world.get_as(crate::world::UNCONNECTED, "/api/settings").await.ok();
        assert_eq!(other["state"], "ready", "another portal was purged too");
    }
);

walk!(
    /// Without the scope the properties stay, and the answer says so; without HubSpot nothing is erased at all.
    properties_that_cannot_be_archived_are_told,
    |world| {
        // Who asks is known for a minute.
        assert_eq!(overview(world).await["state"], "ready");
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }])).await;
        for (way, properties, said) in [("purge_portal", "archive", "keep the properties"), ("remove", "keep", "nothing was erased")] {
            let refused = leave_with(world, way, None, PORTAL, properties).await;
            // A 5xx would be repeated by HubSpot's proxy, and its text not shown.
            assert_eq!(refused.problem(), (409, "conflict".to_owned()), "{way}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains("HubSpot does not answer") && detail.contains(said), "{detail}");
        }
        world.mend().await;
        world.clock.advance(std::time::Duration::from_secs(20));
        assert_eq!(overview(world).await["state"], "ready", "something was erased without HubSpot");
        let scopes = ["oauth", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read", "settings.users.read"];
        world.hubspot_does("PUT", &format!("portals/{PORTAL}/granted"), json!({ "scopes": scopes })).await;
        let done = leave_with(world, "purge_portal", None, PORTAL, "archive").await.ok();
        assert_eq!((done["properties"].as_str(), done["remaining"].clone()), (Some("not_possible"), json!(0)));
    }
);

walk!(
    /// Removed: HubSpot forgets the app, we forget the token, and everything else waits for a new installation.
    removing_ends_our_access_and_keeps_the_rest,
    |world| {
        attach(world).await;
        let id = connection(world).await;
        let before = counts(world, &id).await;
        let done = leave(world, "remove", None, PORTAL).await.ok();
        assert_eq!((done["erased"]["credentials"].clone(), done["remaining"].clone()), (json!(1), json!(0)));
        let granted = world.control(&world.hubspot, &format!("/_sandbox/portals/{PORTAL}/granted")).await;
        assert_eq!(granted["installed"], false, "{granted}");
        let after = overview(world).await;
        assert_eq!((after["state"].as_str(), after["reason"].as_str()), (Some("not_installed"), Some("uninstalled")));
        let list = world.list(&world.record("linked").await, "").await;
        assert_eq!((list["state"].as_str(), list["reason"].as_str()), (Some("not_connected"), Some("uninstalled")));
        let kept = ledgercard::in_tx!(world.db, read "test", |tx| {
            let portal = PORTAL.parse().unwrap();
            ledgercard::store::purge::count_of_portal(tx, portal, &[id.parse().unwrap()]).await
        })
        .unwrap();
        assert_eq!((kept.associations, kept.links), (before["portal"]["associations"].as_u64().unwrap(), before["portal"]["links"].as_u64().unwrap()));
        assert_eq!(kept.credentials, 1, "the ERP's credential waits");
    }
);
