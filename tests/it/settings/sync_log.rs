//! What was done and what is to be done about it: runs, activity, its download, undo, alerts, the card's line.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::sync::{act, flow_id, keyed, started, until};
use crate::world::{Record, World, walk};

async fn get(world: &World, path: &str) -> Value {
    world.get(&format!("/api/settings/{path}")).await.ok()
}

walk!(
    /// Runs and activity are listed newest first, page by page; each entry leads to its records on both sides.
    runs_and_activity_are_listed_page_by_page,
    |world| {
        let run = started(world, "customers").await;
        let id = flow_id(world, "customers").await;
        let runs = get(world, &format!("runs?flow={id}")).await;
        let kinds: Vec<&str> = runs["runs"].as_array().unwrap().iter().map(|run| run["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "preview").count(), 1, "{kinds:?}");
        let before = get(world, &format!("runs?flow={id}&before={}", run["startedAt"])).await;
        assert!(before["runs"].as_array().unwrap().iter().all(|one| one["startedAt"].as_i64() < run["startedAt"].as_i64()));
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = get(world, &format!("activity?run={}&limit=7{next}", run["id"].as_str().unwrap())).await;
            seen.extend(page["entries"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(id) => next = format!("&before={id}"),
                None => break,
            }
        }
        let all = get(world, &format!("activity?run={}&limit=200", run["id"].as_str().unwrap())).await;
        let all: Vec<String> = all["entries"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert!(all.len() > 14 && seen[..all.len()] == all[..], "{} and {}", all.len(), seen.len());
        let made = &get(world, &format!("activity?flow={id}&what=created&limit=1")).await["entries"][0];
        for (url, id) in [("erpUrl", "erpId"), ("objectUrl", "objectId")] {
            assert!(made[url].as_str().unwrap().contains(made[id].as_str().unwrap()), "{made}");
        }
        assert_eq!(world.get("/api/settings/activity?what=dreamt").await.problem(), (400, "invalid".to_owned()));
    }
);

walk!(
    /// The activity is downloaded in the browser that opened the window, and in no other.
    the_activity_is_downloaded_as_a_table,
    |world| {
        let run = started(world, "customers").await;
        let opened = act(world, "activity/download", json!({ "run": run["id"] })).await;
        let ticket = opened["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let http = crate::ground::client();
        let window = http.get(world.app.join(&format!("/window/{ticket}")).unwrap()).send().await.unwrap();
        let cookie = window.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = window.text().await.unwrap();
        let path = page.split_once("href=\"/window/activity").unwrap().1.split_once('"').unwrap().0;
        let url = world.app.join(&format!("/window/activity{path}")).unwrap();
        assert_eq!(http.get(url.clone()).send().await.unwrap().status().as_u16(), 403, "without the cookie");
        let file = http.get(url).header("cookie", &cookie).send().await.unwrap();
        assert!(file.headers()["content-disposition"].to_str().unwrap().contains("ledgercard-activity.csv"));
        let text = file.text().await.unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("time,what,target") && lines.len() > 14, "{} lines", lines.len());
        assert!(lines[1..].iter().all(|line| line.contains(run["id"].as_str().unwrap())));
        let again = http.get(world.app.join(&format!("/window/{ticket}")).unwrap()).send().await.unwrap();
        assert_eq!(again.status().as_u16(), 410, "a ticket opens once");
    }
);

/// How many contacts and companies lie in the recycle bin.
async fn archived(world: &World) -> u64 {
    let both = world.hubspot_records("0-1").await.into_iter().chain(world.hubspot_records("0-2").await);
    both.filter(|one| one["archived"] == true).count() as u64
}

walk!(
    /// A run is undone: the plan says what would be, then the records it made are archived and the flow is off.
    a_run_is_planned_and_undone,
    |world| {
        let before = archived(world).await;
        let run = started(world, "customers").await;
        let plan = act(world, "undo/plan", json!({ "runId": run["id"] })).await;
        assert_eq!(plan["archive"], run["counts"]["created"], "{plan} {run}");
        assert!(plan["expiresAt"].as_i64() > Some(world.clock.now().0));
        act(world, "undo", json!({ "runId": run["id"] })).await;
        act(world, "undo", json!({ "runId": run["id"] })).await;
        let flow = until(world, "customers", |flow| flow["status"] == "off" && flow["running"].is_null()).await;
        assert_eq!((flow["lastRun"]["kind"].as_str(), flow["lastRun"]["state"].as_str()), (Some("undo"), Some("done")), "{flow}");
        assert_eq!(archived(world).await - before, plan["archive"].as_u64().unwrap());
        let id = flow_id(world, "customers").await;
        let runs = get(world, &format!("runs?flow={id}")).await;
        let undone = runs["runs"].as_array().unwrap().iter().find(|one| one["id"] == run["id"]).unwrap().clone();
        assert_eq!((undone["undoable"].as_bool(), undone["undoneBy"].is_string()), (Some(false), true));
        let again = world.post("/api/settings/undo/plan", &keyed(world, json!({ "runId": run["id"] }))).await;
        assert_eq!(again.problem(), (409, "conflict".to_owned()));
    }
);

/// What a receiver got: headers and body.
type Got = Arc<Mutex<Vec<(HeaderMap, String)>>>;

async fn take(State(got): State<Got>, headers: HeaderMap, body: String) {
    got.lock().unwrap().push((headers, body));
}

async fn receiver() -> (String, Got) {
    let got = Got::default();
    let routes = Router::new().route("/alerts", post(take)).with_state(Arc::clone(&got));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/alerts", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, got)
}

/// Whether the receiver can prove that a message is ours.
fn is_ours((headers, body): &(HeaderMap, String), secret: &str) -> bool {
    let stamp = headers["x-ledgercard-timestamp"].to_str().unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{stamp}.{body}").as_bytes());
    let sent = headers["x-ledgercard-signature"].to_str().unwrap().strip_prefix("v1=").unwrap().to_owned();
    let byte = |at: usize| u8::from_str_radix(&sent[2 * at..2 * at + 2], 16).unwrap();
    let sent: Vec<u8> = (0..sent.len() / 2).map(byte).collect();
    mac.verify_slice(&sent).is_ok()
}

walk!(
    /// An alert goes out once, signed, when a flow needs a person, and once more when that is over.
    alerts_are_signed_and_told_once,
    |world| {
        let (url, got) = receiver().await;
        let refused = world.post("/api/settings/alerts", &keyed(world, json!({ "url": "ftp://example.com" }))).await;
        assert_eq!(refused.problem(), (400, "invalid".to_owned()));
        let set = act(world, "alerts", json!({ "url": url })).await;
        let secret = set["secret"].as_str().unwrap().to_owned();
        assert!(act(world, "alerts", json!({ "url": url })).await["secret"].is_null(), "told once");
        act(world, "alerts", json!({ "test": true })).await;
        assert!(is_ours(&got.lock().unwrap()[0], &secret));
        started(world, "customers").await;
        world.netsuite_fails(json!({ "kind": "status", "status": 401 })).await;
        let id = flow_id(world, "customers").await;
        act(world, "flows/run", json!({ "flowId": id, "what": "all" })).await;
        until(world, "customers", |flow| flow["trouble"].is_string()).await;
        world.clock.advance(std::time::Duration::from_mins(11));
        let told = || got.lock().unwrap().iter().map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()).collect::<Vec<_>>();
        world.admin.work_alerts().await.unwrap();
        world.admin.work_alerts().await.unwrap();
        let raised: Vec<Value> = told().into_iter().filter(|one| one["event"] == "raised" && (one["cause"] == "failing" || one["cause"] == "reconnect")).collect();
        assert_eq!(raised.len(), 1, "{raised:?}");
        assert_eq!((&raised[0]["flowId"], &raised[0]["flow"]), (&json!(id), &json!("customers")));
        assert!(got.lock().unwrap().iter().all(|one| is_ours(one, &secret)));
        let shown = get(world, "alerts").await;
        assert!(shown["secret"].is_null() && shown["raised"].as_array().unwrap().iter().any(|one| one["flowId"] == id), "{shown}");
        world.mend().await;
        act(world, "flows/switch", json!({ "flowId": id, "on": false })).await;
        world.admin.work_alerts().await.unwrap();
        assert!(told().iter().any(|one| one["event"] == "cleared" && one["cause"] == raised[0]["cause"]), "{:?}", told());
        assert_eq!(act(world, "alerts", json!({ "url": "" })).await["url"], Value::Null);
    }
);

walk!(
    /// The card says how its record stands, and has it brought in step.
    the_card_says_how_its_record_stands_and_has_it_brought_in_step,
    |world| {
        started(world, "customers").await;
        let id = flow_id(world, "customers").await;
        let made = get(world, &format!("activity?flow={id}&what=created&limit=200")).await;
        let one = made["entries"].as_array().unwrap().iter().find(|one| one["target"] == "person").unwrap().clone();
        let record = Record { object_type: "0-1".to_owned(), id: one["objectId"].as_str().unwrap().to_owned() };
        let sync = world.list(&record, "").await["sync"].clone();
        assert_eq!((sync[0]["erpId"].clone(), sync[0]["state"].as_str()), (one["erpId"].clone(), Some("in_step")), "{sync}");
        assert_eq!(sync[0]["inStepAt"], world.clock.now().0);
        let page = format!("customers/{}", one["erpId"].as_str().unwrap());
        world.netsuite_does("PATCH", &page, &json!({ "firstname": "Wilhelmina" })).await;
        let asked = world.post("/api/card/sync", &record.body("sync-this-record", &json!({}))).await.ok();
        assert_eq!(asked, json!({ "outcome": "asked" }));
        let begun = std::time::Instant::now();
        loop {
            world.flows.work_due().await.unwrap();
            let contacts = world.hubspot_records("0-1").await;
            if contacts.iter().any(|one| one["id"] == record.id.as_str() && one["properties"]["firstname"] == "Wilhelmina") {
                break;
            }
            assert!(begun.elapsed().as_secs() < 60, "the edit did not arrive");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        act(world, "flows/switch", json!({ "flowId": id, "on": false })).await;
        let off = world.post("/api/card/sync", &record.body("sync-while-off", &json!({}))).await.ok();
        assert_eq!(off, json!({ "outcome": "nothing" }));
        assert_eq!(world.list(&record, "").await["sync"][0]["state"], "off");
    }
);
