//! `kill -9` while a first sync runs: what it did stays, nothing is done twice.

use std::{collections::BTreeMap, time::Duration};

use ledgercard::{
    clock::Clock,
    domain::ids::FlowId,
    in_tx,
    store::{
        DatabaseUrl, Db, connections,
        flows::{self, FlowStatus, NewFlow},
    },
    sync::flow::Policies,
};
use serde_json::{Value, json};

use super::house::portal;
use crate::{ground, operator::site::Site};

/// How many customers there are beside the planted ones.
const CUSTOMERS: u64 = 1_500;
/// How often the process is killed.
const KILLS: u64 = 6;

async fn post(url: url::Url, body: &Value) -> Value {
    let answer = ground::client().post(url).json(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
}

async fn switch_on(database: &DatabaseUrl, clock: &Clock) {
    let db = Db::open(database, clock.clone()).await.unwrap();
    let (id, now) = (FlowId(clock.new_id()), clock.now());
    let settings = serde_json::to_value(Policies::default()).unwrap();
    in_tx!(db, "switch a flow on", |tx| {
        let connection_id = connections::list_of_portal(tx, portal()).await?.remove(0).id;
        let new = NewFlow { id, portal_id: portal(), connection_id, key: "customers", settings: &settings };
        flows::put_missing(tx, &[new], now).await?;
        flows::set_status(tx, portal(), id, FlowStatus::On, now).await?;
        flows::make_due(tx, portal(), id, now).await
    })
    .unwrap();
    db.close().await;
}

/// Whether the first sync is complete.
async fn complete(database: &DatabaseUrl, clock: &Clock) -> bool {
    let db = Db::open(database, clock.clone()).await.unwrap();
    let all = in_tx!(db, read "flows", |tx| { flows::of_portal(tx, portal()).await }).unwrap();
    db.close().await;
    all[0].first_done_at.is_some()
}

/// All rows behind a page of a sandbox, which names the next by `next`.
async fn dump(site: &Site, kind: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let page = format!("/_sandbox/portals/{}/dump?type={kind}&after={after}&limit=1000", portal());
        let page = site.control(&site.hubspot, &page).await;
        all.extend(page["results"].as_array().unwrap().iter().cloned());
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return all,
        }
    }
}

async fn killed_again_and_again(site: Site) {
    let clock = Clock::system();
    let database = DatabaseUrl::parse(&site.variable("DATABASE__URL").into()).unwrap();
    let people = site.netsuite.join("/_sandbox/accounts/tstdrv4711/customers/bulk").unwrap();
    post(people, &json!({"count": CUSTOMERS, "seed": 11, "people": 0.7, "withEmail": 0.9})).await;
    // HubSpot takes its time for every batch, so that a kill meets calls under way.
    let slow = json!([{ "operation": "objects", "action": { "kind": "delay", "ms": 150 } }]);
    let faults = site.hubspot.join("/_sandbox/faults").unwrap();
    ground::client().put(faults).json(&slow).send().await.unwrap().error_for_status().unwrap();
    switch_on(&database, &clock).await;
    for kill in 0..KILLS {
        let serving = site.serve().await;
        clock.pause(Duration::from_millis(300 + 350 * kill)).await;
        // Dropped, it is killed.
        drop(serving);
    }
    let serving = site.serve().await;
    for _ in 0..400 {
        if complete(&database, &clock).await {
            break;
        }
        clock.pause(Duration::from_millis(200)).await;
    }
    assert!(complete(&database, &clock).await, "the first sync did not end");
    let (contacts, companies) = (dump(&site, "0-1").await, dump(&site, "0-2").await);
    let mut keys: BTreeMap<String, u64> = BTreeMap::new();
    for record in contacts.iter().chain(&companies) {
        if let Some(key) = record["properties"]["ledgercard_key"].as_str() {
            *keys.entry(format!("{key} {}", record["properties"]["name"].is_null())).or_default() += 1;
        }
    }
    assert!(keys.values().all(|n| *n == 1), "a record was made twice");
    assert!(keys.len() as u64 > CUSTOMERS, "{} of {CUSTOMERS} customers have a record", keys.len());
    drop(serving);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_that_is_killed_makes_nothing_twice_and_loses_nothing() {
    killed_again_and_again(Site::planted().await).await;
}
