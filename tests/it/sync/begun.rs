//! Records that begin in HubSpot and are made in the ERP, once and only where the ERP has none.

use std::time::Duration;

use ledgercard::{
    domain::{
        ids::ObjectId,
        record::{ObjectType, RecordRef},
    },
    in_tx,
    store::{
        flows::{Flow, FlowStatus},
        links, reviews,
        runs::{Run, RunState},
    },
};
use serde_json::json;

use super::house::portal;
use crate::world::{World, walk};

/// Makes a company in HubSpot, as a person would.
async fn company(world: &World, name: &str) -> ObjectId {
    let page = format!("portals/{}/records/0-2", portal());
    let made = world.hubspot_does("POST", &page, json!({ "properties": { "name": name } })).await;
    made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned).parse().unwrap()
}

/// How many customers have this name.
async fn named(world: &World, name: &str) -> usize {
    let all = world.netsuite_rows("customers").await;
    all.iter().filter(|row| row["companyname"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))).count()
}

async fn creating(world: &World) -> Flow {
    world.names_go_both_ways().await;
    world.set_flow("customers", FlowStatus::On, json!({ "toErp": "create" })).await
}

/// Three minutes go by, in which the flow comes due once.
async fn later(world: &World) -> Run {
    world.clock.advance(Duration::from_mins(3));
    let run = world.work("customers").await;
    assert_eq!(run.state, RunState::Done, "{run:?}");
    run
}

walk! {
    /// An old company that somebody edits is no new one.
    only_what_is_new_since_it_was_allowed_is_made, |world| {
        let old = company(world, "Alte Bekannte KG").await;
        world.clock.advance(Duration::from_mins(1));
        creating(world).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(10));
        let page = format!("portals/{}/records/0-2/{old}", portal());
        world.hubspot_does("PATCH", &page, json!({ "properties": { "city": "Ulm" } })).await;
        company(world, "Neue Bekannte KG").await;
        later(world).await;
        assert_eq!((named(world, "Alte Bekannte KG").await, named(world, "Neue Bekannte KG").await), (0, 1));
        later(world).await;
        assert_eq!(named(world, "Neue Bekannte KG").await, 1, "a window that overlaps makes none again");
    }
}

walk! {
    /// A row that has no link on purpose is not made a second time: a person is asked.
    what_the_erp_has_without_a_link_is_a_question, |world| {
        let row = json!({ "isperson": "F", "companyname": "Schlafende Werke AG", "isinactive": "T" });
        world.netsuite_does("POST", "customers", &row).await;
        let flow = creating(world).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(1));
        let twin = company(world, "SCHLAFENDE Werke AG").await;
        later(world).await;
        later(world).await;
        assert_eq!(named(world, "Schlafende Werke AG").await, 1);
        let asked = in_tx!(world.db, read "reviews", |tx| { reviews::names(tx, portal(), flow.id, twin).await }).unwrap();
        assert!(asked, "nobody was asked");
    }
}

walk! {
    /// What is new in HubSpot while the first sync goes on is found behind it.
    what_is_new_during_a_first_sync_is_made_behind_it, |world| {
        creating(world).await;
        let refuses = json!([{
            "operation": "suiteql", "contains": "FROM customer r", "action": { "kind": "status", "status": 400 },
        }]);
        world.faults(&world.netsuite, refuses).await;
        let run = world.work("customers").await;
        assert_eq!(run.state, RunState::Failed, "{run:?}");
        world.clock.advance(Duration::from_mins(5));
        company(world, "Mittendrin OHG").await;
        world.clock.advance(Duration::from_mins(5));
        world.mend().await;
        let run = world.work("customers").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        later(world).await;
        assert_eq!(named(world, "Mittendrin OHG").await, 1);
    }
}

walk! {
    /// Killed between making a row and keeping its link: the row is the record's from which it was made, not a new company.
    a_row_that_was_made_and_whose_link_got_lost_is_linked_again, |world| {
        let flow = creating(world).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(1));
        let object = company(world, "Halb Fertig GmbH").await;
        later(world).await;
        assert_eq!(named(world, "Halb Fertig GmbH").await, 1);
        let records = [RecordRef { object_type: ObjectType::Company, object_id: object }];
        in_tx!(world.db, "lose a link", |tx| {
            let lost: Vec<_> = links::of_records(tx, portal(), &records).await?.iter().map(|link| link.id).collect();
            links::unlink(tx, portal(), &lost).await
        })
        .unwrap();
        let rows = world.netsuite_rows("customers").await;
        let made = rows.iter().find(|row| row["companyname"] == "Halb Fertig GmbH").unwrap();
        let id = made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned);
        let before = world.hubspot_records("0-2").await.len();
        world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({ "phone": "+49 731 1" })).await;
        later(world).await;
        assert_eq!((named(world, "Halb Fertig GmbH").await, world.hubspot_records("0-2").await.len()), (1, before));
        let linked = in_tx!(world.db, read "links", |tx| { links::of_records(tx, portal(), &records).await }).unwrap();
        assert!(linked.iter().any(|link| link.erp_id.as_str() == id && link.connection_id == flow.connection_id), "{linked:?}");
    }
}
