//! What was in the way and is not any more: our property that somebody deleted, records that the ERP did not want.

use std::time::Duration;

use ledgercard::{
    domain::record::ObjectType,
    erp::Lane,
    in_tx,
    store::{
        flows::{Flow, FlowStatus},
        parked::{self, Group, Which},
        runs::RunState,
    },
};
use serde_json::json;

use super::house::portal;
use crate::world::{World, walk};

async fn groups(world: &World, flow: &Flow) -> Vec<Group> {
    in_tx!(world.db, read "parked", |tx| { parked::groups(tx, portal(), flow.id).await }).unwrap()
}

/// How many customers have this company name.
async fn named(world: &World, name: &str) -> usize {
    world.netsuite_rows("customers").await.iter().filter(|row| row["companyname"] == name).count()
}

walk! {
    /// An administrator deletes our property while the flow is on: it is made again, and nothing is made twice.
    our_property_is_made_again_where_it_is_needed, |world| {
        world.switch_on("customers").await;
        world.work("customers").await;
        let before = world.hubspot_records("0-1").await.len();
        let hubspot = &world.admin.hubspot;
        assert!(hubspot.archive_own_property(Lane::Background, portal(), ObjectType::Contact).await.unwrap());
        let row = json!({ "isperson": "T", "firstname": "Nach", "lastname": "Her", "email": "nach@her.example" });
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("POST", "customers", &row).await;
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.created), (RunState::Done, 1), "{run:?}");
        assert_eq!(world.hubspot_records("0-1").await.len(), before + 1);
    }
}

walk! {
    /// A company that NetSuite does not want is parked, tried again when somebody asks, and made once it can be.
    a_record_that_the_erp_refuses_is_tried_again_and_made_once, |world| {
        world.names_go_both_ways().await;
        let flow = world.set_flow("customers", FlowStatus::On, json!({ "toErp": "create" })).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(2));
        world.work("customers").await;
        let before = groups(world, &flow).await.iter().map(|group| group.n).sum::<i64>();
        let long = "Sehr lange Firma ".repeat(6);
        let page = format!("portals/{}/records/0-2", portal());
        let made = world.hubspot_does("POST", &page, json!({ "properties": { "name": long.trim() } })).await;
        let id = made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned);
        world.clock.advance(Duration::from_mins(3));
        world.work("customers").await;
        let after = groups(world, &flow).await;
        assert_eq!(after.iter().map(|group| group.n).sum::<i64>(), before + 1, "{after:?}");
        assert!(after.iter().any(|group| group.cause == "too_long"), "{after:?}");
        let ask = || async {
            in_tx!(world.db, "ask for a retry", |tx| {
                parked::ask_retry(tx, portal(), flow.id, Which::default()).await
            })
            .unwrap();
        };
        ask().await;
        world.work("customers").await;
        let still = groups(world, &flow).await.iter().map(|group| group.n).sum::<i64>();
        assert_eq!(still, before + 1, "what is refused again stays parked");
        world.hubspot_does("PATCH", &format!("{page}/{id}"), json!({ "properties": { "name": "Kurz GmbH" } })).await;
        ask().await;
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.erp_created), (RunState::Done, 1), "{run:?}");
        assert_eq!((named(world, "Kurz GmbH").await, named(world, long.trim()).await), (1, 0));
        let left = groups(world, &flow).await.iter().map(|group| group.n).sum::<i64>();
        assert_eq!(left, before, "made, it is parked no more");
        world.clock.advance(Duration::from_mins(3));
        world.work("customers").await;
        assert_eq!(named(world, "Kurz GmbH").await, 1, "the scan that comes later makes none again");
    }
}
