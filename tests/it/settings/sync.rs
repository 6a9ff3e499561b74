//! The contact sync as the settings page steers it: switch, preview, start, policies, runs by hand.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    card::shapes::shown,
    world::{UNCONNECTED, World, walk},
};

/// An id that nothing has.
const NOTHING: &str = "00000000-0000-7000-8000-000000000000";

/// What a route that needs a query could be asked.
pub(super) fn query_for(path: &str) -> String {
    match path.strip_prefix("/api/settings/").unwrap() {
        "flows/samples" => format!("?flow={NOTHING}&what=create"),
        "mappings" | "mappings/file" => format!("?flow={NOTHING}"),
        "parked/rows" => format!("?flow={NOTHING}&cause=loop"),
        _ => String::new(),
    }
}

/// What an administrator could send to this route of the contact sync.
pub(super) fn body_for(path: &str) -> Value {
    let flow = json!({ "flowId": NOTHING });
    let mut body = match path {
        "flows/start" | "mappings/reset" | "parked/retry" => flow.clone(),
        "activity/download" => json!({}),
        "flows/switch" => json!({ "on": true }),
        "flows/policies" => json!({ "policies": {} }),
        "flows/run" => json!({ "what": "all" }),
        "runs/cancel" | "runs/continue" | "undo" | "undo/plan" => json!({ "runId": NOTHING }),
        "mappings/check" => json!({ "target": "person", "rows": [], "tables": [] }),
        "mappings/save" => json!({ "version": 1, "rows": {}, "tables": [] }),
        "mappings/compare" => json!({ "file": {} }),
        "mappings/import" => json!({ "file": {}, "version": 1 }),
        "reviews/decide" => json!({ "reviewId": NOTHING, "decision": "refuse" }),
        "tombstones/lift" => json!({ "id": NOTHING }),
        "alerts" => json!({ "url": "" }),
        new => panic!("{new} is new: say here what it takes"),
    };
    if ["flows/switch", "flows/policies", "flows/run"].contains(&path) || path.starts_with("mappings/") {
        body["flowId"] = flow["flowId"].clone();
    }
    body
}

/// A body with an idempotency key of its own.
pub(super) fn keyed(world: &World, mut body: Value) -> Value {
    body["idempotencyKey"] = json!(world.clock.new_id());
    body
}

/// Something asked by POST that works.
pub(crate) async fn act(world: &World, path: &str, body: Value) -> Value {
    world.post(&format!("/api/settings/{path}"), &keyed(world, body)).await.ok()
}

/// The flow of this key as the page shows it.
pub(super) async fn flow(world: &World, key: &str) -> Value {
    let all = world.get("/api/settings/flows").await.ok();
    all["flows"].as_array().unwrap().iter().find(|flow| flow["key"] == key).unwrap().clone()
}

/// Its id.
pub(crate) async fn flow_id(world: &World, key: &str) -> String {
    flow(world, key).await["id"].as_str().unwrap().to_owned()
}

/// The flow once it is as wanted; whoever works it, this process or its background.
pub(super) async fn until(world: &World, key: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        world.flows.work_due().await.unwrap();
        let flow = flow(world, key).await;
        if wanted(&flow) {
            return flow;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{flow:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Switches a flow on and starts it; the run that was begun once it has ended.
pub(super) async fn started(world: &World, key: &str) -> Value {
    let id = flow_id(world, key).await;
    act(world, "flows/switch", json!({ "flowId": id, "on": true })).await;
    until(world, key, |flow| flow["preview"]["state"] == "ready").await;
    act(world, "flows/start", json!({ "flowId": id })).await;
    let done = |flow: &Value| flow["lastRun"]["kind"] == "sync" && flow["running"].is_null();
    let flow = until(world, key, done).await;
    assert_eq!(flow["lastRun"]["state"], "done", "{flow:#}");
    flow["lastRun"].clone()
}

walk!(
    /// A connection has its flows, which are off; their shapes stay as the page knows them.
    a_connection_has_its_flows_and_they_are_off,
    |world| {
        let flows = world.get("/api/settings/flows").await.ok();
        insta::assert_snapshot!("flows", shown(flows.clone()));
        assert_eq!(world.get("/api/settings/flows").await.ok(), flows, "made once");
        assert_eq!(world.get_as(UNCONNECTED, "/api/settings/flows").await.ok(), json!({ "flows": [] }));
    }
);

walk!(
    /// NS-12: switched on it counts and writes nothing; started it links and makes records; off it stops and keeps all.
    ns_12_switch_preview_start_and_off,
    |world| {
        let id = flow_id(world, "customers").await;
        let before = world.hubspot_records("0-1").await;
        let early = world.post("/api/settings/flows/start", &keyed(world, json!({ "flowId": id }))).await;
        assert_eq!(early.problem(), (409, "conflict".to_owned()));
        let on = act(world, "flows/switch", json!({ "flowId": id, "on": true })).await;
        assert_eq!(on["flow"]["status"], "preview");
        let counted = until(world, "customers", |flow| flow["preview"]["state"] == "ready").await;
        let preview = &counted["preview"];
        assert!(preview["wouldCreate"].as_u64().unwrap() > 0 && preview["read"] == preview["total"], "{preview}");
        assert_eq!(world.hubspot_records("0-1").await, before, "nothing is written");
        let samples = world.get(&format!("/api/settings/flows/samples?flow={id}&what=create")).await.ok();
        let sample = &samples["samples"][0];
        assert!(sample["erpUrl"].as_str().unwrap().contains(sample["erpId"].as_str().unwrap()), "{sample}");
        assert!(sample["changes"].as_array().unwrap().iter().all(|change| change["to"].is_string()), "{sample}");
        assert_ne!(sample["erpName"], sample["erpId"]);
        let run = started(world, "customers").await;
        assert_eq!((run["cause"].as_str(), run["undoable"].as_bool()), (Some("hand"), Some(true)), "{run}");
        assert!(run["counts"]["created"].as_u64() > Some(0), "{run}");
        let off = act(world, "flows/switch", json!({ "flowId": id, "on": false })).await;
        assert_eq!((off["flow"]["status"].as_str(), off["flow"]["dueAt"].is_null()), (Some("off"), true));
        assert!(off["flow"]["counts"]["linked"].as_i64() > Some(0), "{off}");
        assert_eq!(act(world, "flows/switch", json!({ "flowId": id, "on": false })).await["flow"]["status"], "off");
    }
);

walk!(
    /// NS-13: policies that cannot be are refused by their place; good ones are kept.
    ns_13_policies_are_checked_and_kept,
    |world| {
        let id = flow_id(world, "customers").await;
        let mut policies = flow(world, "customers").await["policies"].clone();
        for (name, bad, place) in [
            ("schedule", json!({ "everySeconds": 5 }), "everySeconds"),
            ("schedule", json!({ "dailyAt": "25:00", "timeZone": "UTC" }), "dailyAt"),
            ("schedule", json!({ "dailyAt": "03:00", "timeZone": "Mars" }), "timeZone"),
            ("graceDays", json!(400), "graceDays"),
            ("brakeShare", json!(0), "brakeShare"),
            ("onCreate", json!("perhaps"), "onCreate"),
        ] {
            let mut wrong = policies.clone();
            wrong[name] = bad;
            let answer = world.post("/api/settings/flows/policies", &keyed(world, json!({ "flowId": id, "policies": wrong }))).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{place}");
            assert!(answer.json()["detail"].as_str().unwrap().contains(place), "{place}: {answer:?}");
        }
        policies["onCreate"] = json!("link_only");
        policies["schedule"] = json!({ "dailyAt": "03:00", "timeZone": "Europe/Paris" });
        let kept = act(world, "flows/policies", json!({ "flowId": id, "policies": policies })).await;
        assert_eq!(kept["flow"]["policies"], policies);
        assert_eq!(flow(world, "customers").await["policies"], policies);
    }
);

walk!(
    /// Whatever is another portal's is as good as nothing, by every route that names a flow or a run.
    another_portals_flows_and_runs_are_none,
    |world| {
        let id = flow_id(world, "customers").await;
        let run = started(world, "customers").await["id"].clone();
        for (path, body) in [
            ("flows/switch", json!({ "flowId": id, "on": false })),
            ("flows/start", json!({ "flowId": id })),
            ("flows/policies", json!({ "flowId": id, "policies": {} })),
            ("flows/run", json!({ "flowId": id, "what": "all" })),
            ("runs/cancel", json!({ "runId": run })),
            ("runs/continue", json!({ "runId": run })),
            ("mappings/save", json!({ "flowId": id, "version": 1, "rows": {}, "tables": [] })),
            ("mappings/reset", json!({ "flowId": id })),
            ("parked/retry", json!({ "flowId": id })),
            ("undo/plan", json!({ "runId": run })),
            ("undo", json!({ "runId": run })),
            ("activity/download", json!({ "flowId": id })),
        ] {
            let body = keyed(world, body).to_string();
            let answer = world.post_as(UNCONNECTED, &format!("/api/settings/{path}"), &body).await;
            assert_eq!(answer.problem(), (404, "not-found".to_owned()), "{path}");
        }
        for path in ["mappings?flow=", "mappings/file?flow=", "runs?flow=", "parked?flow=", "reviews?flow=", "flows/samples?what=link&flow="] {
            let answer = world.get_as(UNCONNECTED, &format!("/api/settings/{path}{id}")).await;
            assert_eq!(answer.problem(), (404, "not-found".to_owned()), "{path}");
        }
        let theirs = world.get_as(UNCONNECTED, &format!("/api/settings/activity?flow={id}")).await.ok();
        assert_eq!(theirs["entries"], json!([]));
        assert_eq!(flow(world, "customers").await["status"], "on");
    }
);

walk!(
    /// One record by hand: an edit in the ERP arrives at once, asked for from either side; what is no record of the flow is told.
    one_record_is_brought_in_step_by_hand,
    |world| {
        started(world, "customers").await;
        let id = flow_id(world, "customers").await;
        let created = world.get(&format!("/api/settings/activity?flow={id}&what=created&limit=200")).await.ok();
        let entries = created["entries"].as_array().unwrap();
        let one = entries.iter().find(|one| one["target"] == "person").unwrap();
        let page = format!("customers/{}", one["erpId"].as_str().unwrap());
        for (side, key, first) in [("erp", "erpId", "Wilma"), ("hubspot", "objectId", "Fredrika")] {
            world.netsuite_does("PATCH", &page, &json!({ "firstname": first })).await;
            let body = json!({ "flowId": id, "what": "record", "side": side, "id": one[key] });
            act(world, "flows/run", body).await;
            let now = world.clock.now().0;
            let done = |flow: &Value| flow["lastRun"]["kind"] == "record" && flow["lastRun"]["startedAt"] == now;
            until(world, "customers", |flow| flow["running"].is_null() && done(flow)).await;
            let contacts = world.hubspot_records("0-1").await;
            let contact = contacts.iter().find(|contact| contact["id"] == one["objectId"]).unwrap();
            assert_eq!(contact["properties"]["firstname"], first);
            world.clock.advance(Duration::from_secs(1));
        }
        let stranger = json!({ "flowId": id, "what": "record", "side": "hubspot", "id": "999999999" });
        let answer = world.post("/api/settings/flows/run", &keyed(world, stranger)).await;
        assert_eq!(answer.problem(), (409, "conflict".to_owned()));
        let halved = json!({ "flowId": id, "what": "record", "side": "erp" });
        assert_eq!(world.post("/api/settings/flows/run", &keyed(world, halved)).await.problem(), (400, "invalid".to_owned()));
    }
);
