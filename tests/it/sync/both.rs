//! Both ways: what people change in HubSpot goes to NetSuite where a row says so, and is lost nowhere.

use std::time::Duration;

use ledgercard::{
    in_tx,
    store::{flows::FlowStatus, parked, runs::RunState},
};
use serde_json::{Value, json};

use super::house::portal;
use crate::{
    settings::{
        sync::{act, flow_id},
        sync_mapping::{mapping, rows},
    },
    world::{World, walk},
};

/// One customer and its contact, in step; title and mobile number go both ways.
struct Pair {
    customer: String,
    contact: String,
}

async fn in_step(world: &World, winner: &str) -> Pair {
    let flow = flow_id(world, "customers").await;
    let mut person = rows(&mapping(world, &flow).await, "person");
    for row in person.iter_mut().filter(|row| row["id"] == "jobtitle" || row["id"] == "mobilephone") {
        (row["direction"], row["winner"]) = (json!("both"), json!(winner));
    }
    let body = json!({ "flowId": flow, "version": 1, "rows": { "person": person }, "tables": [] });
    assert_eq!(act(world, "mappings/save", body).await["faults"], json!([]));
    let row = json!({
        "isperson": "T", "firstname": "Beide", "lastname": "Seiten", "email": "beide@seiten.example", "title": "Leiterin", "subsidiary": 1,
    });
    let customer = world.netsuite_does("POST", "customers", &row).await["id"].to_string();
    world.set_flow("customers", FlowStatus::On, json!({ "toErp": "update" })).await;
    world.work("customers").await;
    let contacts = world.hubspot_records("0-1").await;
    let contact = contacts.iter().find(|one| one["properties"]["email"] == "beide@seiten.example").unwrap();
    assert_eq!(contact["properties"]["jobtitle"], "Leiterin");
    let contact = contact["id"].as_str().unwrap().to_owned();
    later(world).await;
    Pair { customer: customer.trim_matches('"').to_owned(), contact }
}

/// Three minutes go by, in which the flow comes due once.
async fn later(world: &World) -> ledgercard::store::runs::Run {
    world.clock.advance(Duration::from_mins(3));
    let run = world.work("customers").await;
    assert_eq!(run.state, RunState::Done, "{run:?}");
    run
}

/// What is parked of the flow.
async fn parked(world: &World) -> Vec<parked::Group> {
    let flow = world.flow("customers").await.id;
    in_tx!(world.db, read "parked", |tx| { parked::groups(tx, portal(), flow).await }).unwrap()
}

impl Pair {
    async fn people_write(&self, world: &World, properties: Value) {
        let page = format!("portals/{}/records/0-1/{}", portal(), self.contact);
        world.hubspot_does("PATCH", &page, json!({ "properties": properties })).await;
    }

    async fn erp_writes(&self, world: &World, fields: Value) {
        world.netsuite_does("PATCH", &format!("customers/{}", self.customer), &fields).await;
    }

    async fn erp(&self, world: &World, field: &str) -> String {
        let all = world.netsuite_rows("customers").await;
        let row = all.iter().find(|row| row["id"].to_string().trim_matches('"') == self.customer).unwrap();
        row[field].as_str().unwrap_or_default().to_owned()
    }

    async fn hubspot(&self, world: &World, property: &str) -> String {
        let all = world.hubspot_records("0-1").await;
        let record = all.iter().find(|record| record["id"] == self.contact.as_str()).unwrap();
        record["properties"][property].as_str().unwrap_or_default().to_owned()
    }
}

walk! {
    /// A change that only HubSpot has goes over, once; what the row does not name stays.
    what_people_change_in_hubspot_goes_to_netsuite, |world| {
        let pair = in_step(world, "erp").await;
        pair.people_write(world, json!({ "jobtitle": "Vorständin", "firstname": "Bleibt" })).await;
        let run = later(world).await;
        assert_eq!((pair.erp(world, "title").await, run.counts.erp_updated), ("Vorständin".to_owned(), 1), "{run:?} {:?}", parked(world).await);
        assert_eq!(pair.erp(world, "firstname").await, "Beide", "a row that points to HubSpot only");
        let run = later(world).await;
        assert_eq!(run.counts.erp_updated, 0, "our own echo is nothing: {run:?}");
        assert_eq!(pair.hubspot(world, "jobtitle").await, "Vorständin");
        pair.people_write(world, json!({ "jobtitle": "" })).await;
        later(world).await;
        assert_eq!(pair.erp(world, "title").await, "", "what people emptied is emptied");
    }
}

walk! {
    /// Changed on both sides in different rows: both changes arrive. In the same row: the winner's.
    changes_on_both_sides_meet_and_the_winner_is_as_the_row_says, |world| {
        let pair = in_step(world, "hubspot").await;
        pair.people_write(world, json!({ "jobtitle": "Aus HubSpot" })).await;
        pair.erp_writes(world, json!({ "firstname": "Ausnetsuite" })).await;
        later(world).await;
        later(world).await;
        assert_eq!(pair.erp(world, "title").await, "Aus HubSpot");
        assert_eq!(pair.hubspot(world, "firstname").await, "Ausnetsuite");
        pair.people_write(world, json!({ "jobtitle": "Zweite aus HubSpot" })).await;
        pair.erp_writes(world, json!({ "title": "Zweite aus NetSuite" })).await;
        later(world).await;
        later(world).await;
        let both = (pair.erp(world, "title").await, pair.hubspot(world, "jobtitle").await);
        assert_eq!(both, ("Zweite aus HubSpot".to_owned(), "Zweite aus HubSpot".to_owned()));
    }
}

walk! {
    /// While NetSuite refuses, the change stays people's: the ERP's old value does not come over it, and it arrives later.
    what_netsuite_refuses_for_a_while_is_not_overwritten, |world| {
        let pair = in_step(world, "erp").await;
        let id: u64 = pair.customer.parse().unwrap();
        world.switch(json!({ "lockedRecords": [id] })).await;
        pair.people_write(world, json!({ "jobtitle": "Wartet" })).await;
        later(world).await;
        assert_eq!((pair.erp(world, "title").await, pair.hubspot(world, "jobtitle").await), ("Leiterin".to_owned(), "Wartet".to_owned()));
        pair.erp_writes(world, json!({ "firstname": "Anders" })).await;
        later(world).await;
        assert_eq!(pair.hubspot(world, "jobtitle").await, "Wartet", "an older value of NetSuite's is no change");
        world.switch(json!({ "lockedRecords": [] })).await;
        later(world).await;
        later(world).await;
        assert_eq!(pair.erp(world, "title").await, "Wartet");
    }
}
