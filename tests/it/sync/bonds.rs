//! Contacts and their companies; addresses that several have; what is refused; what is deleted; who else works.

use std::{collections::BTreeMap, time::Duration};

use ledgercard::{
    in_tx,
    store::{flows::FlowStatus, links, parked, reviews, runs::RunState},
};
use serde_json::{Value, json};

use super::house::portal;
use crate::world::{World, walk};

async fn customer(world: &World, row: Value) -> String {
    let made = world.netsuite_does("POST", "customers", &row).await;
    made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned)
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

/// Whether two records are associated, as the dump tells.
fn belongs(contact: &Value, company: &Value) -> bool {
    let told = contact["associations"].to_string();
    told.contains(&format!("\"{}\"", company["id"].as_str().unwrap_or_default()))
}

walk! {
    /// NetSuite contacts become contacts of their companies, also when the company is taken over later.
    contacts_hang_on_their_companies_whichever_comes_first, |world| {
        world.switch_on("contacts").await;
        let run = world.work("contacts").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        assert!(run.counts.created + run.counts.linked > 0, "{:?}", run.counts);
        world.switch_on("customers").await;
        let run = world.work("customers").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        assert!(run.counts.associated > 0, "{:?}", run.counts);
        let contacts = world.netsuite_rows("contacts").await;
        let companies: BTreeMap<String, Value> =
            world.netsuite_rows("customers").await.into_iter().map(|row| (row["id"].to_string(), row)).collect();
        let mut seen = 0;
        for row in contacts.iter().filter(|row| row["isinactive"] != "T") {
            let Some(company) = companies.get(&row["company"].to_string()) else { continue };
            let (Some(email), Some(name)) = (row["email"].as_str(), company["companyname"].as_str()) else { continue };
            let (people, firms) = (with(world, "0-1", "email", email).await, with(world, "0-2", "name", name).await);
            let ([person], [firm]) = (people.as_slice(), firms.as_slice()) else { continue };
            seen += usize::from(belongs(person, firm));
        }
        assert!(seen > 0, "no contact hangs on its company");
    }
}

walk! {
    /// A contact that changes its company leaves the old one and hangs on the new one.
    a_contact_that_changes_its_company_leaves_the_old_one, |world| {
        let company = |name: &str| json!({ "isperson": "F", "companyname": name });
        let (old, new) = (customer(world, company("Alte Firma 71")).await, customer(world, company("Neue Firma 72")).await);
        let row = json!({ "firstname": "Wanda", "lastname": "Wechsel", "email": "wanda@wechsel.example", "company": old });
        let id = world.netsuite_does("POST", "contacts", &row).await["id"].to_string();
        for flow in ["customers", "contacts"] {
            world.switch_on(flow).await;
            world.work(flow).await;
        }
        let wanda = with(world, "0-1", "email", "wanda@wechsel.example").await.remove(0);
        let mut firms = Vec::new();
        for name in ["Alte Firma 71", "Neue Firma 72"] {
            firms.push(with(world, "0-2", "name", name).await.remove(0));
        }
        assert!(belongs(&wanda, &firms[0]) && !belongs(&wanda, &firms[1]), "{wanda}");
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("contacts/{id}"), &json!({ "company": new })).await;
        let run = world.work("contacts").await;
        assert_eq!(run.state, RunState::Done, "{run:?}");
        let wanda = with(world, "0-1", "email", "wanda@wechsel.example").await.remove(0);
        assert!(!belongs(&wanda, &firms[0]) && belongs(&wanda, &firms[1]), "{wanda}");
    }
}

walk! {
    /// Two customers with one mailbox: one has the contact, the other is a question, and nothing is made twice.
    a_shared_mailbox_is_a_question_and_makes_no_second_contact, |world| {
        let person = |first: &str| json!({
            "isperson": "T", "firstname": first, "lastname": "Okafor", "email": "office@okafor.example",
        });
        customer(world, person("Ada")).await;
        customer(world, person("Chidi")).await;
        let flow = world.switch_on("customers").await;
        world.work("customers").await;
        assert_eq!(with(world, "0-1", "email", "office@okafor.example").await.len(), 1);
        let open = in_tx!(world.db, read "reviews", |tx| { reviews::count(tx, portal(), flow.id).await }).unwrap();
        assert!(open >= 1, "{open}");
    }
}

walk! {
    /// What HubSpot refuses is parked with its reason and goes through once the row is mended.
    a_refused_row_is_parked_and_goes_through_when_it_is_mended, |world| {
        let id = customer(world, json!({
            "isperson": "T", "firstname": "Ines", "lastname": "Duarte", "email": "ines@@duarte", "phone": "123",
        })).await;
        let flow = world.switch_on("customers").await;
        world.work("customers").await;
        let rows = in_tx!(world.db, read "parked", |tx| { parked::groups(tx, portal(), flow.id).await }).unwrap();
        assert!(rows.iter().any(|group| group.cause == "invalid_email"), "{rows:?}");
        let before = rows.iter().map(|group| group.n).sum::<i64>();
        world.clock.advance(Duration::from_mins(1));
        let again = world.work("customers").await;
        assert_eq!(again.counts.created, 0, "a refused row is not tried in vain: {again:?}");
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({"email": "ines@duarte.example"})).await;
        world.work("customers").await;
        assert_eq!(with(world, "0-1", "email", "ines@duarte.example").await.len(), 1);
        let rows = in_tx!(world.db, read "parked", |tx| { parked::groups(tx, portal(), flow.id).await }).unwrap();
        assert_eq!(rows.iter().map(|group| group.n).sum::<i64>(), before - 1, "{rows:?}");
    }
}

walk! {
    /// NS-14: deleted in NetSuite does nothing in HubSpot unless the policy says so.
    ns_14_a_deletion_does_nothing_by_default_and_archives_after_its_grace, |world| {
        let id = customer(world, json!({
            "isperson": "T", "firstname": "Gone", "lastname": "Person", "email": "gone@person.example",
        })).await;
        world.switch_on("customers").await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(10));
        world.netsuite_does("DELETE", &format!("customers/{id}"), &Value::Null).await;
        world.clock.advance(Duration::from_mins(1));
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.archived), (RunState::Done, 0), "{run:?}");
        assert_eq!(with(world, "0-1", "email", "gone@person.example").await.len(), 1);
        world.set_flow("customers", FlowStatus::On, json!({"onDelete": "archive", "graceDays": 2})).await;
        world.clock.advance(Duration::from_hours(24));
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.archived), (RunState::Done, 0), "within its grace: {run:?}");
        world.clock.advance(Duration::from_hours(30));
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.archived), (RunState::Done, 1), "{run:?}");
        assert!(with(world, "0-1", "email", "gone@person.example").await.is_empty());
    }
}

walk! {
    /// A contact that a person erases in HubSpot does not come back.
    what_was_deleted_in_hubspot_is_not_made_again, |world| {
        let id = customer(world, json!({
            "isperson": "T", "firstname": "Stays", "lastname": "Away", "email": "stays@away.example",
        })).await;
        world.switch_on("customers").await;
        world.work("customers").await;
        let contact = with(world, "0-1", "email", "stays@away.example").await.remove(0);
        let contact = contact["id"].as_str().unwrap();
        world.hubspot_does("POST", &format!("portals/4711001/records/0-1/{contact}/archive"), Value::Null).await;
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({"firstname": "Still"})).await;
        world.work("customers").await;
        while world.admin.work_hints(20).await.unwrap() > 0 {}
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({"firstname": "Again"})).await;
        world.work("customers").await;
        assert!(with(world, "0-1", "email", "stays@away.example").await.is_empty());
    }
}

walk! {
    /// A process that dies after HubSpot has made records and before it kept the links makes none twice.
    a_repeat_of_a_page_makes_nothing_twice, |world| {
        world.switch_on("customers").await;
        world.work("customers").await;
        let contacts = world.hubspot_records("0-1").await.len();
        let companies = world.hubspot_records("0-2").await.len();
        let flow = world.flow("customers").await;
        // As if nothing had been kept: no links, no cursor.
        in_tx!(world.db, "forget", |tx| {
            let all = links::page_of_flow(tx, portal(), flow.connection_id, links::LinkKind::Customer, None, 5_000).await?;
            let ids: Vec<_> = all.iter().filter(|link| link.writes).map(|link| link.id).collect();
            links::unlink(tx, portal(), &ids).await
        }).unwrap();
        in_tx!(world.db, "from the start", |tx| {
            ledgercard::store::flows::start_over(tx, portal(), flow.id, world.clock.now()).await
        }).unwrap();
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.created), (RunState::Done, 0), "{run:?}");
        assert_eq!(world.hubspot_records("0-1").await.len(), contacts);
        assert_eq!(world.hubspot_records("0-2").await.len(), companies);
    }
}
