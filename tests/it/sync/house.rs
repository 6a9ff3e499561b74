//! A world whose flows are worked by hand.

use ledgercard::{
    domain::ids::{FlowId, PortalId},
    in_tx,
    store::{
        connections,
        flows::{self, Flow, FlowStatus, NewFlow},
        runs::{self, Run},
    },
    sync::flow::Policies,
};
use serde_json::{Value, json};

use crate::{
    settings::{
        sync::{act, flow_id},
        sync_mapping::{mapping, rows},
    },
    world::{PORTAL, World},
};

/// The connected portal.
pub(crate) fn portal() -> PortalId {
    PORTAL.parse().unwrap()
}

impl World {
    /// Makes the flows of the connection and gives the one of this key.
    pub(crate) async fn flow(&self, key: &str) -> Flow {
        let settings = serde_json::to_value(Policies::default()).unwrap();
        let now = self.clock.now();
        let ids = [FlowId(self.clock.new_id()), FlowId(self.clock.new_id())];
        let all = in_tx!(self.db, "make flows", |tx| {
            let connection = connections::list_of_portal(tx, portal()).await?.remove(0);
            let new = |(id, key): (FlowId, &'static str)| NewFlow {
                id,
                portal_id: portal(),
                connection_id: connection.id,
                key,
                settings: &settings,
            };
            flows::put_missing(tx, &[new((ids[0], "customers")), new((ids[1], "contacts"))], now).await?;
            flows::of_portal(tx, portal()).await
        })
        .unwrap();
        all.into_iter().find(|flow| flow.key == key).unwrap()
    }

    /// Sets a flow's status and policies, and makes it due.
    pub(crate) async fn set_flow(&self, key: &str, status: FlowStatus, policies: Value) -> Flow {
        let flow = self.flow(key).await;
        let mut settings = serde_json::to_value(Policies::default()).unwrap();
        for (name, value) in policies.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let now = self.clock.now();
        in_tx!(self.db, "set a flow", |tx| {
            flows::set_settings(tx, portal(), flow.id, &settings, now).await?;
            flows::set_status(tx, portal(), flow.id, status, now).await?;
            flows::make_due(tx, portal(), flow.id, now).await
        })
        .unwrap();
        self.flow(key).await
    }

    /// Has the name of companies go both ways: what is to begin in HubSpot needs one in NetSuite.
    pub(crate) async fn names_go_both_ways(&self) {
        let flow = flow_id(self, "customers").await;
        let mut company = rows(&mapping(self, &flow).await, "company");
        let name = company.iter_mut().find(|row| row["id"] == "name").unwrap();
        (name["field"], name["toHubspot"], name["direction"]) = (json!("companyname"), Value::Null, json!("both"));
        let body = json!({ "flowId": flow, "version": 1, "rows": { "company": company }, "tables": [] });
        assert_eq!(act(self, "mappings/save", body).await["faults"], json!([]));
    }

    /// Switches a flow on with its defaults.
    pub(crate) async fn switch_on(&self, key: &str) -> Flow {
        self.set_flow(key, FlowStatus::On, json!({})).await
    }

    /// Makes a flow due and works whatever is due until nothing is.
    pub(crate) async fn work(&self, key: &str) -> Run {
        let (flow, now) = (self.flow(key).await, self.clock.now());
        in_tx!(self.db, "make a flow due", |tx| { flows::make_due(tx, portal(), flow.id, now).await }).unwrap();
        while self.flows.work_due().await.unwrap() > 0 {}
        self.last_run(key).await
    }

    /// The run of a flow that ended last.
    pub(crate) async fn last_run(&self, key: &str) -> Run {
        let flow = self.flow(key).await;
        in_tx!(self.db, read "the last run", |tx| { runs::last(tx, portal(), flow.id).await }).unwrap().unwrap()
    }

    /// All rows of a kind in the local NetSuite: `customers` or `contacts`.
    pub(crate) async fn netsuite_rows(&self, kind: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let page = format!("/_sandbox/accounts/tstdrv4711/{kind}?limit=1000{after}");
            let page = self.control(&self.netsuite, &page).await;
            all.extend(page["rows"].as_array().unwrap().iter().cloned());
            if page["next"].is_null() {
                return all;
            }
            after = format!("&after={}", page["next"]);
        }
    }

    /// Something done to the local NetSuite by its controls: what it answers.
    pub(crate) async fn netsuite_does(&self, method: &str, page: &str, body: &Value) -> Value {
        let url = self.netsuite.join(&format!("/_sandbox/accounts/tstdrv4711/{page}")).unwrap();
        self.ask(method, url, body).await
    }

    /// All records of a type in the local HubSpot, archived ones included.
    pub(crate) async fn hubspot_records(&self, kind: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut after = "0".to_owned();
        loop {
            let page = format!("/_sandbox/portals/{PORTAL}/dump?type={kind}&after={after}&limit=1000");
            let page = self.control(&self.hubspot, &page).await;
            all.extend(page["results"].as_array().unwrap().iter().cloned());
            match page["paging"]["next"]["after"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return all,
            }
        }
    }
}
