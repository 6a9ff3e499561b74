//! The edges of both directions: rows that cannot be read, records made in the ERP, people's edits, deletions.

use std::time::Duration;

use ledgercard::{
    domain::record::{ObjectType, RecordRef},
    in_tx,
    store::{
        flow_hints::{self, NewFlowHint},
        flows::{Flow, FlowStatus},
        hints::{self, NewHint},
        links::{self, Link, LinkKind},
        parked::{self, Side, Which},
        runs::{Run, RunState},
    },
};
use serde_json::{Value, json};

use super::house::portal;
use crate::world::{World, walk};

/// Makes a customer in the local NetSuite: its id.
async fn customer(world: &World, row: Value) -> String {
    let made = world.netsuite_does("POST", "customers", &row).await;
    made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned)
}

/// A person with this first name, and an address of it.
async fn person(world: &World, first: &str) -> String {
    let email = format!("{first}@edges.example").to_lowercase();
    customer(world, json!({ "isperson": "T", "firstname": first, "lastname": "Edges", "email": email })).await
}

/// The live HubSpot records with this value of a property.
async fn with(world: &World, kind: &str, property: &str, value: &str) -> Vec<Value> {
    let all = world.hubspot_records(kind).await;
    let fits = |record: &Value| {
        record["archived"] != true
            && record["properties"][property].as_str().is_some_and(|own| own.eq_ignore_ascii_case(value))
    };
    all.into_iter().filter(fits).collect()
}

/// The contact of [`person`].
async fn contact(world: &World, first: &str) -> Option<Value> {
    with(world, "0-1", "email", &format!("{first}@edges.example")).await.pop()
}

/// The links of a customer.
async fn links_of(world: &World, flow: &Flow, id: &str) -> Vec<Link> {
    let ids = [id.parse().unwrap()];
    in_tx!(world.db, read "links", |tx| {
        links::of_erp_ids(tx, portal(), flow.connection_id, LinkKind::Customer, &ids).await
    })
    .unwrap()
}

/// What is parked of a customer: the causes.
async fn parked_of(world: &World, flow: &Flow, id: &str) -> Vec<String> {
    let ids = [id.parse().unwrap()];
    let rows = in_tx!(world.db, read "parked", |tx| { parked::of_erp_ids(tx, portal(), flow.id, &ids).await }).unwrap();
    rows.into_iter().map(|row| row.cause).collect()
}

/// "Sync this record now", of a row of NetSuite.
async fn look_at(world: &World, flow: &Flow, id: &str) {
    let now = world.clock.now();
    in_tx!(world.db, "leave a hint", |tx| {
        let hint = NewFlowHint { flow_id: flow.id, portal_id: portal(), side: Side::Erp, key: id, by_hand: true };
        flow_hints::leave(tx, hint, now).await
    })
    .unwrap();
}

walk! {
    /// A row with a field that cannot be read is there: it is parked, its link is not gone, and its record not archived.
    an_unreadable_row_is_parked_and_not_taken_for_deleted, |world| {
        let id = person(world, "Unlesbar").await;
        let archives = json!({ "onDelete": "archive", "graceDays": 0 });
        let flow = world.set_flow("customers", FlowStatus::On, archives).await;
        world.work("customers").await;
        assert!(contact(world, "unlesbar").await.is_some());
        let number: u64 = id.parse().unwrap();
        let broken = json!([{ "table": "customer", "id": number, "column": "isperson", "text": "###" }]);
        world.switch(json!({ "brokenValues": broken })).await;
        for _ in 0..3 {
            world.clock.advance(Duration::from_mins(1));
            look_at(world, &flow, &id).await;
            let run = world.work("customers").await;
            assert_eq!((run.state, run.counts.archived), (RunState::Done, 0), "{run:?}");
        }
        world.clock.advance(Duration::from_hours(25));
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.archived), (RunState::Done, 0), "the census sees it: {run:?}");
        assert!(contact(world, "unlesbar").await.is_some());
        assert!(links_of(world, &flow, &id).await.iter().all(|link| link.gone_at.is_none()));
        assert_eq!(parked_of(world, &flow, &id).await, ["broken_row"]);
    }
}

/// Works off what HubSpot's events left.
async fn events(world: &World) {
    while world.admin.work_hints(20).await.unwrap() > 0 {}
}

/// HubSpot tells that something happened to a contact, and what follows from that is done.
async fn event(world: &World, object: &str) {
    let record = RecordRef { object_type: ObjectType::Contact, object_id: object.parse().unwrap() };
    let now = world.clock.now();
    in_tx!(world.db, "an event", |tx| {
        hints::leave(tx, NewHint { portal_id: portal(), record, into_id: None, erased: false }, now).await
    })
    .unwrap();
    events(world).await;
}

walk! {
    /// What the ERP changes while a record lies in HubSpot's recycle bin arrives once it is back, without a census.
    a_change_that_meets_a_deleted_record_arrives_when_it_is_restored, |world| {
        let id = person(world, "Wieder").await;
        world.switch_on("customers").await;
        world.work("customers").await;
        let object = contact(world, "wieder").await.unwrap()["id"].as_str().unwrap().to_owned();
        let page = format!("portals/{}/records/0-1/{object}", portal());
        world.hubspot_does("POST", &format!("{page}/archive"), Value::Null).await;
        for salutation in ["Frau", "Dr."] {
            world.clock.advance(Duration::from_mins(1));
            world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({ "salutation": salutation })).await;
            world.work("customers").await;
            events(world).await;
        }
        world.hubspot_does("POST", &format!("{page}/restore"), Value::Null).await;
        world.clock.advance(Duration::from_mins(1));
        event(world, &object).await;
        world.work("customers").await;
        assert_eq!(contact(world, "wieder").await.unwrap()["properties"]["salutation"], "Dr.");
    }
}

walk! {
    /// What the ERP changes while HubSpot merges the record away arrives at what it became, without a census.
    a_change_that_meets_a_merge_arrives_at_the_survivor, |world| {
        let id = person(world, "Verschmolzen").await;
        world.switch_on("customers").await;
        world.work("customers").await;
        let old = contact(world, "verschmolzen").await.unwrap()["id"].as_str().unwrap().to_owned();
        let page = format!("portals/{}/records/0-1", portal());
        let made = world.hubspot_does("POST", &page, json!({ "properties": { "lastname": "Zweite" } })).await;
        let merge = json!({ "primary": made["id"], "loser": old });
        world.hubspot_does("POST", &format!("{page}/merge"), merge).await;
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({ "salutation": "Prof. em. edges" })).await;
        world.work("customers").await;
        events(world).await;
        world.clock.advance(Duration::from_mins(1));
        world.work("customers").await;
        let all = with(world, "0-1", "salutation", "Prof. em. edges").await;
        assert_eq!(all.len(), 1, "{all:?}");
    }
}

/// Deletes a customer in the local NetSuite.
async fn delete(world: &World, id: &str) {
    world.netsuite_does("DELETE", &format!("customers/{id}"), &Value::Null).await;
}

/// A minute goes by, in which the flow comes due once.
async fn minute(world: &World) -> Run {
    world.clock.advance(Duration::from_mins(1));
    let run = world.work("customers").await;
    assert_eq!(run.state, RunState::Done, "{run:?}");
    run
}

/// Policies that archive at once.
fn archives() -> Value {
    json!({ "onDelete": "archive", "graceDays": 0, "brakeShare": 100 })
}

walk! {
    /// The ERP and HubSpot both merge what was twice: the one record stays, and the row that is left writes it.
    what_both_sides_merge_is_not_archived, |world| {
        let (first, second) = (person(world, "Erste").await, person(world, "Zweite").await);
        let flow = world.set_flow("customers", FlowStatus::On, archives()).await;
        world.work("customers").await;
        let id = |record: Value| record["id"].as_str().unwrap().to_owned();
        let (one, two) = (id(contact(world, "erste").await.unwrap()), id(contact(world, "zweite").await.unwrap()));
        let merge = json!({ "primary": two, "loser": one });
        world.hubspot_does("POST", &format!("portals/{}/records/0-1/merge", portal()), merge).await;
        event(world, &one).await;
        event(world, &two).await;
        minute(world).await;
        assert_eq!(links_of(world, &flow, &first).await[0].record, links_of(world, &flow, &second).await[0].record);
        let (loser, survivor): (u64, u64) = (first.parse().unwrap(), second.parse().unwrap());
        world.netsuite_does("POST", "customers/merge", &json!({ "survivor": survivor, "loser": loser })).await;
        for _ in 0..3 {
            let run = minute(world).await;
            assert_eq!(run.counts.archived, 0, "{run:?}");
        }
        assert!(links_of(world, &flow, &first).await.is_empty());
        let left = links_of(world, &flow, &second).await.remove(0);
        assert!(left.writes && left.gone_at.is_none(), "{left:?}");
        world.netsuite_does("PATCH", &format!("customers/{second}"), &json!({ "salutation": "Dr. h. c. edges" })).await;
        minute(world).await;
        let written = with(world, "0-1", "salutation", "Dr. h. c. edges").await;
        assert_eq!(written.len(), 1, "{written:?}");
    }
}

walk! {
    /// What HubSpot will not archive is parked and told, not tried with every round, and archived when somebody asks again.
    a_refused_archive_is_parked_and_not_tried_again_by_itself, |world| {
        let id = person(world, "Bleibt").await;
        let flow = world.set_flow("customers", FlowStatus::On, archives()).await;
        world.work("customers").await;
        delete(world, &id).await;
        let refuses = json!([{ "operation": "batchArchive", "action": { "kind": "status", "status": 400 } }]);
        world.faults(&world.hubspot, refuses).await;
        let ids = [id.parse().unwrap()];
        for _ in 0..3 {
            let run = minute(world).await;
            assert_eq!(run.counts.archived, 0, "{run:?}");
            let rows =
                in_tx!(world.db, read "parked", |tx| { parked::of_erp_ids(tx, portal(), flow.id, &ids).await }).unwrap();
            assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [1], "{rows:?}");
        }
        world.mend().await;
        in_tx!(world.db, "ask for a retry", |tx| { parked::ask_retry(tx, portal(), flow.id, Which::default()).await }).unwrap();
        let run = minute(world).await;
        assert_eq!(run.counts.archived, 1, "{run:?}");
        assert!(contact(world, "bleibt").await.is_none());
        assert!(parked_of(world, &flow, &id).await.is_empty());
    }
}

walk! {
    /// A record that was marked says nothing any more once its row is back.
    a_row_that_comes_back_loses_its_mark, |world| {
        let id = person(world, "Zurueck").await;
        let flow = world.set_flow("customers", FlowStatus::On, json!({ "onDelete": "mark", "brakeShare": 100 })).await;
        world.work("customers").await;
        delete(world, &id).await;
        minute(world).await;
        minute(world).await;
        let state = async || contact(world, "zurueck").await.unwrap()["properties"]["ledgercard_state"].clone();
        assert_eq!(state().await, "deleted_in_erp");
        world.clock.advance(Duration::from_mins(10));
        let number: u64 = id.parse().unwrap();
        customer(world, json!({
            "id": number, "isperson": "T", "firstname": "Zurueck", "lastname": "Edges", "email": "zurueck@edges.example",
        })).await;
        minute(world).await;
        minute(world).await;
        assert_eq!(state().await.as_str().unwrap_or_default(), "");
        assert!(links_of(world, &flow, &id).await[0].gone_at.is_none());
    }
}

walk! {
    /// HubSpot says that archiving an id that was merged away worked, and does nothing: what it became is archived.
    what_was_merged_away_is_archived_as_what_it_became, |world| {
        let id = person(world, "Umgezogen").await;
        world.set_flow("customers", FlowStatus::On, archives()).await;
        world.work("customers").await;
        let old = contact(world, "umgezogen").await.unwrap()["id"].as_str().unwrap().to_owned();
        let page = format!("portals/{}/records/0-1", portal());
        let made = world.hubspot_does("POST", &page, json!({ "properties": { "lastname": "Ziel" } })).await;
        world.hubspot_does("POST", &format!("{page}/merge"), json!({ "primary": made["id"], "loser": old })).await;
        delete(world, &id).await;
        let mut archived = 0;
        for _ in 0..4 {
            archived += minute(world).await.counts.archived;
            events(world).await;
        }
        assert_eq!(archived, 1);
        assert!(contact(world, "umgezogen").await.is_none());
    }
}
