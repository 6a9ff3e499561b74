//! The first sync and what follows: NS-12, NS-13, NS-16.

use std::collections::{BTreeMap, BTreeSet};

use ledgercard::store::{flows::FlowStatus, runs::RunState};
use serde_json::{Value, json};

use super::house::portal;
use crate::world::{World, walk};

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or_default().to_lowercase()
}

/// The live records of a type, by the value of a property.
async fn by(world: &World, kind: &str, property: &str) -> BTreeMap<String, Vec<Value>> {
    let mut out: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in world.hubspot_records(kind).await {
        if record["archived"] != true {
            out.entry(text(&record["properties"], property)).or_default().push(record);
        }
    }
    out
}

walk! {
    /// Switched on, customers that are persons become contacts and companies become companies; a second round does nothing.
    ns_12_customers_become_contacts_and_companies, |world| {
        let before = world.hubspot_records("0-1").await.len();
        world.switch_on("customers").await;
        let run = world.work("customers").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        assert!(run.counts.created > 0, "{:?}", run.counts);
        assert!(run.counts.calls > 0, "{:?}", run.counts);
        let contacts = by(world, "0-1", "email").await;
        let rows = world.netsuite_rows("customers").await;
        let people: BTreeSet<String> = rows
            .iter()
            .filter(|row| row["isperson"] == "T" && row["isinactive"] != "T")
            .map(|row| text(row, "email"))
            .filter(|email| email.contains('@'))
            .collect();
        let missing: Vec<&String> = people.iter().filter(|email| !contacts.contains_key(*email)).collect();
        assert!(missing.len() * 20 < people.len(), "{} of {} missing: {missing:?} {:?}", missing.len(), people.len(), run.counts);
        assert!(contacts.iter().all(|(email, some)| email.is_empty() || some.len() == 1), "nobody twice");
        assert!(world.hubspot_records("0-1").await.len() > before);
        world.clock.advance(std::time::Duration::from_mins(1));
        let again = world.work("customers").await;
        assert_eq!(again.state, RunState::Done, "{again:?}");
        let writes = again.counts.created + again.counts.linked + again.counts.updated;
        assert_eq!(writes, 0, "{:?}", again.counts);
        let runs = async || {
            let page = ledgercard::in_tx!(world.db, read "runs", |tx| {
                ledgercard::store::runs::page(tx, portal(), None, None, 50).await
            });
            page.unwrap().len()
        };
        let before = runs().await;
        for _ in 0..5 {
            world.clock.advance(std::time::Duration::from_mins(1));
            world.work("customers").await;
        }
        assert!(runs().await <= before + 1, "rounds that find nothing leave no trail");
    }
}

walk! {
    /// NetSuite customers → HubSpot contacts: an edit there arrives with the next round.
    ns_16_an_edit_in_netsuite_arrives, |world| {
        world.switch_on("customers").await;
        world.work("customers").await;
        let rows = world.netsuite_rows("customers").await;
        let person = rows
            .iter()
            .find(|row| row["isperson"] == "T" && row["isinactive"] != "T" && row["email"].as_str().is_some())
            .unwrap();
        world.clock.advance(std::time::Duration::from_mins(1));
        let page = format!("customers/{}", person["id"].as_str().map_or_else(|| person["id"].to_string(), str::to_owned));
        world.netsuite_does("PATCH", &page, &json!({"firstname": "Wilhelmina", "phone": "+49 30 1234567"})).await;
        let run = world.work("customers").await;
        assert_eq!(run.counts.updated, 1, "{run:?}");
        let contacts = by(world, "0-1", "email").await;
        let contact = &contacts[&text(person, "email")][0];
        assert_eq!(contact["properties"]["firstname"], "Wilhelmina");
    }
}

walk! {
    /// Off stops and deletes nothing.
    ns_12_off_stops_and_deletes_nothing, |world| {
        world.switch_on("customers").await;
        world.work("customers").await;
        let contacts = world.hubspot_records("0-1").await.len();
        world.set_flow("customers", FlowStatus::Off, json!({})).await;
        world.clock.advance(std::time::Duration::from_mins(2));
        assert_eq!(world.flows.work_due().await.unwrap(), 0);
        assert_eq!(world.hubspot_records("0-1").await.len(), contacts);
        let links = ledgercard::in_tx!(world.db, read "links", |tx| { ledgercard::store::links::count(tx, portal()).await });
        assert!(links.unwrap()[0].n > 0);
    }
}

walk! {
    /// What NS-13's list offers: update existing only, and nothing.
    ns_13_update_existing_only_makes_nothing, |world| {
        let before = world.hubspot_records("0-1").await.len();
        world.set_flow("customers", FlowStatus::On, json!({"onCreate": "link_only"})).await;
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.created), (RunState::Done, 0), "{run:?}");
        assert!(run.counts.linked > 0, "{:?}", run.counts);
        assert_eq!(world.hubspot_records("0-1").await.len(), before);
    }
}

walk! {
    /// A preview counts and writes nothing.
    a_preview_writes_nothing, |world| {
        let before = (world.hubspot_records("0-1").await, world.hubspot_records("0-2").await);
        world.set_flow("customers", FlowStatus::Preview, json!({})).await;
        let run = world.work("customers").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        let flow = world.flow("customers").await;
        let preview = flow.preview.unwrap();
        assert_eq!(preview["ready"], true);
        assert!(preview["create"].as_u64().unwrap() > 0, "{preview}");
        assert_eq!((world.hubspot_records("0-1").await, world.hubspot_records("0-2").await), before);
    }
}
