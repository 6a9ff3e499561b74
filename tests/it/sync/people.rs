//! What people decide, and what they left to the policies.

use std::time::Duration;

use ledgercard::store::{flows::FlowStatus, runs::RunState};
use serde_json::{Value, json};

use super::house::portal;
use crate::{
    settings::sync::{act, flow_id},
    world::{World, walk},
};

async fn customer(world: &World, row: Value) -> String {
    world.netsuite_does("POST", "customers", &row).await["id"].to_string().trim_matches('"').to_owned()
}

/// The live contacts with this address.
async fn contacts(world: &World, email: &str) -> Vec<Value> {
    let all = world.hubspot_records("0-1").await;
    let fits = |one: &Value| one["archived"] != true && one["properties"]["email"] == email;
    all.into_iter().filter(fits).collect()
}

fn person(first: &str, email: &str) -> Value {
    json!({ "isperson": "T", "firstname": first, "lastname": "Okafor", "email": email })
}

walk! {
    /// A person says that a second customer is a contact too: it is linked and writes nothing, the first one goes on writing.
    a_record_that_is_taken_is_read_only_to_the_second_row, |world| {
        let email = "office@okafor.example";
        let first = customer(world, person("Ada", email)).await;
        let flow = flow_id(world, "customers").await;
        world.set_flow("customers", FlowStatus::On, json!({})).await;
        world.work("customers").await;
        world.clock.advance(Duration::from_mins(1));
        let second = customer(world, person("Chidi", email)).await;
        world.work("customers").await;
        let open = world.get(&format!("/api/settings/reviews?flow={flow}")).await.ok();
        let asked = open["reviews"].as_array().unwrap().iter().find(|one| one["erp"]["id"] == second.as_str()).unwrap().clone();
        let contact = contacts(world, email).await.remove(0);
        assert_eq!(contact["properties"]["firstname"], "Ada");
        let body = json!({ "reviewId": asked["id"], "decision": "accept", "objectId": contact["id"] });
        act(world, "reviews/decide", body).await;
        world.clock.advance(Duration::from_mins(1));
        world.work("customers").await;
        let again = world.get(&format!("/api/settings/reviews?flow={flow}")).await.ok();
        assert!(!again["reviews"].as_array().unwrap().iter().any(|one| one["erp"]["id"] == second.as_str()), "{again}");
        for (id, name) in [(&second, "Chinua"), (&first, "Adaeze")] {
            world.clock.advance(Duration::from_mins(1));
            world.netsuite_does("PATCH", &format!("customers/{id}"), &json!({ "firstname": name })).await;
            let run = world.work("customers").await;
            assert_eq!(run.state, RunState::Done, "{run:?}");
            let now = contacts(world, email).await;
            let expected = if name == "Adaeze" { "Adaeze" } else { "Ada" };
            assert_eq!((now.len(), now[0]["properties"]["firstname"].as_str()), (1, Some(expected)));
            let key = now[0]["properties"]["ledgercard_key"].as_str().unwrap();
            assert!(key.ends_with(&format!(":{first}")), "{key}");
        }
    }
}

walk! {
    /// NS-13: with "do nothing" on update a record that is there is linked and left as it is.
    ns_13_nothing_on_update_holds_for_the_first_link_too, |world| {
        let page = format!("portals/{}/records/0-1", portal());
        let there = json!({ "properties": { "email": "bleib@wie.example", "firstname": "Anders", "lastname": "Okafor", "jobtitle": "Eigen" } });
        world.hubspot_does("POST", &page, there).await;
        let id = {
            let mut row = person("Anders", "bleib@wie.example");
            row["title"] = json!("Aus NetSuite");
            customer(world, row).await
        };
        world.set_flow("customers", FlowStatus::On, json!({ "onUpdate": "nothing" })).await;
        world.work("customers").await;
        let contact = contacts(world, "bleib@wie.example").await.remove(0);
        assert_eq!(contact["properties"]["jobtitle"], "Eigen", "{contact}");
        assert!(contact["properties"]["ledgercard_key"].as_str().unwrap().ends_with(&format!(":{id}")), "{contact}");
    }
}

walk! {
    /// A company's own address that one of its contacts has becomes no second contact and no question.
    a_mailbox_that_a_contact_of_the_company_has_is_that_contacts, |world| {
        let email = "info@kleinfirma.example";
        let row = json!({ "isperson": "F", "companyname": "Kleinfirma" });
        let company = customer(world, row).await;
        let row = json!({ "firstname": "Inga", "lastname": "Klein", "email": email, "company": company });
        world.netsuite_does("POST", "contacts", &row).await;
        for flow in ["customers", "contacts"] {
            world.switch_on(flow).await;
            world.work(flow).await;
        }
        world.clock.advance(Duration::from_mins(1));
        world.netsuite_does("PATCH", &format!("customers/{company}"), &json!({ "email": email })).await;
        let run = world.work("customers").await;
        assert_eq!((run.state, run.counts.reviews), (RunState::Done, 0), "{run:?}");
        let now = contacts(world, email).await;
        assert_eq!((now.len(), now[0]["properties"]["firstname"].as_str()), (1, Some("Inga")));
    }
}
