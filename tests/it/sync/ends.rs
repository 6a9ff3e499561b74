//! How runs end: undone, braked, cancelled, beside each other, and left off in the middle.

use std::time::Duration;

use ledgercard::{
    domain::ids::RunId,
    in_tx,
    store::{
        flow_hints::{self, NewFlowHint},
        flows::{Flow, FlowStatus},
        parked::Side,
        runs::{self, Run, RunKind, RunState},
    },
};
use serde_json::{Value, json};

use super::house::portal;
use crate::world::{World, walk};

/// A schedule that no test reaches.
fn daily() -> Value {
    json!({ "schedule": { "dailyAt": "03:00", "timeZone": "UTC" } })
}

/// Something asked of the settings by POST that works.
async fn act(world: &World, path: &str, mut body: Value) -> Value {
    body["idempotencyKey"] = json!(world.clock.new_id());
    world.post(&format!("/api/settings/{path}"), &body).await.ok()
}

/// A flow as the page shows it.
async fn shown(world: &World, key: &str) -> Value {
    let all = world.get("/api/settings/flows").await.ok();
    all["flows"].as_array().unwrap().iter().find(|flow| flow["key"] == key).unwrap().clone()
}

/// A customer that is a person; its id.
async fn person(world: &World, first: &str) -> String {
    let email = format!("{}@ends.example", first.to_lowercase());
    let row = json!({ "isperson": "T", "firstname": first, "lastname": "Ends", "email": email, "phone": "030 1" });
    let made = world.netsuite_does("POST", "customers", &row).await;
    made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned)
}

/// The live contact of that person.
async fn contact(world: &World, first: &str) -> Option<Value> {
    let email = format!("{}@ends.example", first.to_lowercase());
    let all = world.hubspot_records("0-1").await;
    all.into_iter().find(|one| one["archived"] != true && one["properties"]["email"] == email.as_str())
}

async fn live(world: &World) -> usize {
    let all = world.hubspot_records("0-1").await.into_iter().chain(world.hubspot_records("0-2").await);
    all.filter(|one| one["archived"] != true).count()
}

/// Works whatever is due until nothing is.
async fn work_off(world: &World) {
    while world.flows.work_due().await.unwrap() > 0 {}
}

async fn run(world: &World, id: RunId) -> Run {
    in_tx!(world.db, read "a run", |tx| { runs::get(tx, portal(), id).await }).unwrap().unwrap()
}

async fn running(world: &World, flow: &Flow) -> Vec<Run> {
    in_tx!(world.db, read "runs that go on", |tx| { runs::running(tx, portal(), flow.id).await }).unwrap()
}

async fn hint(world: &World, flow: &Flow, key: &str) {
    let now = world.clock.now();
    let new = NewFlowHint { flow_id: flow.id, portal_id: portal(), side: Side::Erp, key, by_hand: false };
    in_tx!(world.db, "leave a hint", |tx| { flow_hints::leave(tx, new, now).await }).unwrap();
}

/// HubSpot asks to wait a minute, once, at a call of this operation that has this text.
async fn throttled_once(world: &World, operation: &str, contains: Option<&str>) {
    let action = json!({ "kind": "status", "status": 429, "retryAfter": 60 });
    let mut fault = json!({ "operation": operation, "action": action, "times": 1 });
    if let Some(text) = contains {
        fault["contains"] = json!(text);
    }
    world.hubspot_does("PUT", "faults", json!([fault])).await;
}

walk! {
    /// One refusal of HubSpot's does not end an undo, and the flow is off from its beginning on, however it ends.
    an_undo_that_is_held_up_goes_on_and_leaves_the_flow_off, |world| {
        let before = live(world).await;
        world.switch_on("customers").await;
        let done = world.work("customers").await;
        assert!(done.counts.created > 0, "{done:?}");
        throttled_once(world, "batchArchive", None).await;
        act(world, "undo", json!({ "runId": done.id })).await;
        assert_eq!(world.flow("customers").await.status, FlowStatus::Off);
        work_off(world).await;
        let flow = world.flow("customers").await;
        let left = running(world, &flow).await;
        assert_eq!((left.len(), left[0].kind, flow.status), (1, RunKind::Undo, FlowStatus::Off), "{left:?}");
        assert_eq!(shown(world, "customers").await["running"]["kind"], "undo");
        world.clock.advance(Duration::from_secs(61));
        work_off(world).await;
        let undone = run(world, left[0].id).await;
        assert_eq!((undone.state, undone.counts.archived), (RunState::Done, done.counts.created), "{undone:?}");
        assert_eq!(live(world).await, before);
        let flow = world.flow("customers").await;
        assert_eq!((flow.status, flow.cursor, flow.due_at), (FlowStatus::Off, None, None), "it begins from the start");
        world.clock.advance(Duration::from_mins(5));
        assert_eq!(world.flows.work_due().await.unwrap(), 0, "nothing is done again");
    }
}

walk! {
    /// Cancelled, an undo leaves what it did not undo, and the flow off.
    a_cancelled_undo_leaves_the_flow_off, |world| {
        world.switch_on("customers").await;
        let done = world.work("customers").await;
        let (made, flow) = (live(world).await, world.flow("customers").await);
        act(world, "undo", json!({ "runId": done.id })).await;
        let undo = running(world, &flow).await.remove(0);
        let on = world.post("/api/settings/flows/switch", &json!({
            "flowId": flow.id, "on": true, "idempotencyKey": world.clock.new_id(),
        })).await;
        assert_eq!(on.problem(), (409, "conflict".to_owned()), "not while a run is being undone");
        act(world, "runs/cancel", json!({ "runId": undo.id })).await;
        world.clock.advance(Duration::from_mins(5));
        work_off(world).await;
        assert_eq!(run(world, undo.id).await.state, RunState::Cancelled);
        assert_eq!((world.flow("customers").await.status, live(world).await), (FlowStatus::Off, made));
    }
}

walk! {
    /// Old values come back also where one run wrote twice; what people changed since stays, of changed records and of made ones.
    an_undo_leaves_what_people_changed, |world| {
        let (anna, berta) = (person(world, "Anna").await, person(world, "Berta").await);
        let flow = world.switch_on("customers").await;
        let first = world.work("customers").await;
        let held = contact(world, "Anna").await.unwrap();
        let phone = held["properties"]["phone"].clone();
        world.clock.advance(Duration::from_mins(10));
        for id in [&anna, &berta] {
            world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({ "phone": "+49 30 7777" })).await;
        }
        let second = world.work("customers").await;
        assert_eq!(second.counts.updated, 2, "{second:?}");
        assert_ne!(contact(world, "Anna").await.unwrap()["properties"]["phone"], phone);
        world.clock.advance(Duration::from_mins(10));
        let other = contact(world, "Berta").await.unwrap();
        let page = format!("portals/{}/records/0-1/{}", portal(), other["id"].as_str().unwrap());
        world.hubspot_does("PATCH", &page, json!({ "properties": { "phone": "by hand" } })).await;
        act(world, "undo", json!({ "runId": second.id })).await;
        work_off(world).await;
        assert_eq!(contact(world, "Anna").await.unwrap()["properties"]["phone"], phone);
        assert_eq!(contact(world, "Berta").await.unwrap()["properties"]["phone"], "by hand");
        let told = world.get(&format!("/api/settings/activity?flow={}&what=not_undone", flow.id)).await.ok();
        assert_eq!(told["entries"].as_array().unwrap().len(), 1, "{told}");
        world.clock.advance(Duration::from_mins(10));
        act(world, "undo", json!({ "runId": first.id })).await;
        work_off(world).await;
        assert!(contact(world, "Anna").await.is_none(), "it was made by that run");
        let kept = contact(world, "Berta").await.unwrap();
        assert_eq!(kept["properties"]["phone"], "by hand", "somebody has worked with it");
    }
}

walk! {
    /// A run that stopped at its brake is not outdone by another: only hints that harm nothing are worked until it may go on.
    a_flow_that_stopped_at_its_brake_waits_for_a_person, |world| {
        let mut ids = Vec::new();
        for n in 0..25 {
            ids.push(person(world, &format!("Brake{n}")).await);
        }
        let stays = person(world, "Stays").await;
        let policies = json!({ "onDelete": "archive", "graceDays": 0, "brakeShare": 1 });
        let flow = world.set_flow("customers", FlowStatus::On, policies).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(10));
        for id in &ids {
            world.netsuite_does("DELETE", &format!("customers/{id}"), &Value::Null).await;
        }
        world.clock.advance(Duration::from_mins(1));
        let made = live(world).await;
        let braked = world.work("customers").await;
        assert_eq!((braked.state, live(world).await), (RunState::Braked, made), "{braked:?}");
        // Neither by its time, nor by hand, nor by policies that are set.
        act(world, "flows/run", json!({ "flowId": flow.id, "what": "all" })).await;
        work_off(world).await;
        let policies = shown(world, "customers").await["policies"].clone();
        act(world, "flows/policies", json!({ "flowId": flow.id, "policies": policies })).await;
        work_off(world).await;
        world.netsuite_does("PATCH", &format!("customers/{stays}"), &json!({ "phone": "+49 30 4711" })).await;
        hint(world, &flow, &stays).await;
        work_off(world).await;
        assert_eq!(live(world).await, made, "nothing was archived");
        let phone = contact(world, "Stays").await.unwrap()["properties"]["phone"].clone();
        assert_eq!(phone, "+49 30 4711", "a hint that harms nothing is worked");
        let flow = shown(world, "customers").await;
        assert_eq!((flow["trouble"].as_str(), flow["lastRun"]["state"].as_str()), (Some("braked"), Some("braked")), "{flow}");
        act(world, "runs/continue", json!({ "runId": flow["lastRun"]["id"] })).await;
        work_off(world).await;
        let flow = shown(world, "customers").await;
        assert_eq!((flow["trouble"].as_str(), flow["lastRun"]["state"].as_str()), (None, Some("done")), "{flow}");
        assert_eq!((flow["lastRun"]["counts"]["archived"].as_u64(), live(world).await), (Some(25), made - 25), "{flow}");
    }
}

walk! {
    /// A cancelled run ends, and the flow comes due by its schedule, not at once.
    a_cancelled_run_leaves_the_flow_to_its_schedule, |world| {
        let flow = world.set_flow("customers", FlowStatus::On, daily()).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(1));
        act(world, "flows/run", json!({ "flowId": flow.id, "what": "all" })).await;
        let asked = running(world, &flow).await.remove(0);
        act(world, "runs/cancel", json!({ "runId": asked.id })).await;
        assert_eq!(run(world, asked.id).await.state, RunState::Cancelled);
        assert_eq!(world.flows.work_due().await.unwrap(), 0, "no other is begun in its place");
        assert!(world.flow("customers").await.due_at > Some(world.clock.now()));
    }
}

walk! {
    /// Two things asked for before the flow was claimed are both done, the second without waiting for the next day.
    two_runs_asked_for_at_once_are_both_done, |world| {
        let flow = world.set_flow("customers", FlowStatus::On, daily()).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(1));
        for what in ["all", "census"] {
            act(world, "flows/run", json!({ "flowId": flow.id, "what": what })).await;
        }
        let asked = running(world, &flow).await;
        assert_eq!(asked.len(), 2, "{asked:?}");
        work_off(world).await;
        for one in asked {
            assert_eq!(run(world, one.id).await.state, RunState::Done);
        }
    }
}

walk! {
    /// A hint has its record looked at, not everything that changed; the schedule stays.
    a_hint_outside_the_schedule_is_all_that_is_worked, |world| {
        let hinted = person(world, "Hinted").await;
        let flow = world.set_flow("customers", FlowStatus::On, daily()).await;
        world.work("customers").await;
        let due = world.flow("customers").await.due_at;
        assert!(due > Some(world.clock.now()));
        world.clock.advance(Duration::from_mins(5));
        world.netsuite_does("PATCH", &format!("customers/{hinted}"), &json!({ "phone": "+49 30 99" })).await;
        person(world, "Later").await;
        hint(world, &flow, &hinted).await;
        work_off(world).await;
        assert_eq!(contact(world, "Hinted").await.unwrap()["properties"]["phone"], "+49 30 99");
        assert!(contact(world, "Later").await.is_none(), "that is for the schedule");
        assert_eq!(world.flow("customers").await.due_at, due);
        world.clock.advance(Duration::from_hours(24));
        work_off(world).await;
        assert!(contact(world, "Later").await.is_some());
    }
}

walk! {
    /// A preview that one side holds up goes on where it was, and counts every row once.
    a_preview_goes_on_where_it_was_left, |world| {
        let bulk = json!({ "count": 1_200, "seed": 5, "people": 1.0, "withEmail": 1.0 });
        world.netsuite_does("POST", "customers/bulk", &bulk).await;
        person(world, "Lastofall").await;
        throttled_once(world, "*", Some("lastofall@ends.example")).await;
        world.set_flow("customers", FlowStatus::Preview, json!({})).await;
        work_off(world).await;
        let part = world.flow("customers").await.preview.unwrap();
        assert_eq!((part["ready"].as_bool(), part["next"].is_string()), (Some(false), true), "{part}");
        world.clock.advance(Duration::from_secs(61));
        work_off(world).await;
        let (whole, run) = (world.flow("customers").await.preview.unwrap(), world.last_run("customers").await);
        assert_eq!((whole["ready"].as_bool(), &whole["read"]), (Some(true), &whole["total"]), "{whole}");
        assert_eq!(run.counts.read + part["read"].as_u64().unwrap(), whole["read"].as_u64().unwrap(), "{run:?}");
    }
}
