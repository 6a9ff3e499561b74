//! The contact sync for the marks walk: everything that it does once, on a site whose binary serves.

use serde_json::{Value, json};

use super::{
    marks::{Marks, Places, ask},
    site::{Serving, Site},
};
use crate::{ground, world};

/// What HubSpot keeps beside people's values, and what is ours there.
const NOBODYS: [&str; 8] = [
    "hs_object_id",
    "createdate",
    "lastmodifieddate",
    "hs_lastmodifieddate",
    "lifecyclestage",
    "dealstage",
    "pipeline",
    "ledgercard_key",
];
/// The zone of the portal, which is kept; somebody lives in that city, too.
const ZONE: &str = "Europe/Stockholm";
/// A name that people gave somebody in NetSuite while both sides were in step.
const RENAMED: &str = "Marked-Renamed-8c1e";
/// An address that HubSpot refuses.
const REFUSED: &str = "marked-refused-77ab@@nowhere";
/// A value that somebody typed in HubSpot.
const TYPED: &str = "Marked-in-HubSpot-4f2d";

struct Walk<'w> {
    serving: &'w Serving,
    site: &'w Site,
    places: &'w mut Places,
    keys: u32,
}

/// Preview, first sync, an edit on either side, a refused row, a record by hand, and every page that tells of them.
pub(super) async fn keep_in_step(serving: &Serving, site: &Site, places: &mut Places, marks: &mut Marks) {
    let mut walk = Walk { serving, site, places, keys: 0 };
    for key in ["customers", "contacts"] {
        walk.first_sync(key).await;
    }
    let flow = walk.flow("customers").await["id"].as_str().unwrap().to_owned();
    let created = walk.get(&format!("activity?flow={flow}&what=created&limit=50")).await;
    let one = created["entries"].as_array().unwrap().iter().find(|one| one["target"] == "person").unwrap().clone();
    let (row, contact) = (one["erpId"].as_str().unwrap(), one["objectId"].as_str().unwrap());
    walk.netsuite("PATCH", &format!("customers/{row}"), &json!({ "firstname": RENAMED })).await;
    let refused = json!({ "isperson": "T", "firstname": "Nie", "lastname": "Da", "email": REFUSED });
    let refused = walk.netsuite("POST", "customers", &refused).await["id"].to_string().trim_matches('"').to_owned();
    let page = format!("/_sandbox/portals/{}/records/0-1/{contact}", world::PORTAL);
    control(&site.hubspot, "PATCH", &page, &json!({ "properties": { "jobtitle": TYPED } })).await;
    for id in [row, refused.as_str()] {
        let body = json!({ "flowId": flow, "what": "record", "side": "erp", "id": id });
        walk.act("flows/run", body).await;
        walk.until("customers", |flow| flow["running"].is_null() && flow["lastRun"]["kind"] == "record").await;
    }
    walk.look(&flow, row).await;
    walk.collect(marks).await;
}

impl Walk<'_> {
    async fn get(&mut self, path: &str) -> Value {
        ask(self.serving, self.places, "GET", &format!("/api/settings/{path}"), &Value::Null).await
    }

    async fn act(&mut self, path: &str, mut body: Value) -> Value {
        self.keys += 1;
        body["idempotencyKey"] = json!(format!("marks-sync-{}", self.keys));
        ask(self.serving, self.places, "POST", &format!("/api/settings/{path}"), &body).await
    }

    async fn netsuite(&self, method: &str, page: &str, body: &Value) -> Value {
        control(&self.site.netsuite, method, &format!("/_sandbox/accounts/tstdrv4711/{page}"), body).await
    }

    async fn flow(&mut self, key: &str) -> Value {
        let all = self.get("flows").await;
        all["flows"].as_array().unwrap().iter().find(|flow| flow["key"] == key).unwrap().clone()
    }

    /// The flow once it is as wanted.
    async fn until(&mut self, key: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let (begun, clock) = (std::time::Instant::now(), ledgercard::clock::Clock::system());
        loop {
            let flow = self.flow(key).await;
            if wanted(&flow) {
                return flow;
            }
            assert!(begun.elapsed().as_secs() < 90, "{flow:#}");
            clock.pause(std::time::Duration::from_millis(100)).await;
        }
    }

    async fn first_sync(&mut self, key: &str) {
        let id = self.flow(key).await["id"].clone();
        self.act("flows/switch", json!({ "flowId": id, "on": true })).await;
        self.until(key, |flow| flow["preview"]["state"] == "ready").await;
        for group in ["create", "link", "unsure", "skip"] {
            self.get(&format!("flows/samples?flow={}&what={group}", id.as_str().unwrap())).await;
        }
        self.act("flows/start", json!({ "flowId": id })).await;
        let done = self.until(key, |flow| flow["lastRun"]["kind"] == "sync" && flow["running"].is_null()).await;
        assert_eq!(done["lastRun"]["state"], "done", "{done:#}");
    }

    /// Every page that tells of it.
    async fn look(&mut self, flow: &str, row: &str) {
        let parked = self.get(&format!("parked?flow={flow}")).await;
        let cause = parked["groups"].as_array().unwrap().iter().find(|one| one["cause"] == "invalid_email");
        assert!(cause.is_some(), "{parked}");
        self.get(&format!("parked/rows?flow={flow}&cause=invalid_email")).await;
        for path in ["reviews", "runs", "activity", "mappings", "mappings/file"] {
            self.get(&format!("{path}?flow={flow}")).await;
        }
        let rows = self.get(&format!("mappings?flow={flow}")).await["targets"][0].clone();
        let sample = json!({ "side": "erp", "id": row });
        let body =
            json!({ "flowId": flow, "target": rows["key"], "rows": rows["rows"], "tables": [], "sample": sample });
        self.act("mappings/check", body).await;
        self.act("activity/download", json!({ "flowId": flow })).await;
        self.act("parked/retry", json!({ "flowId": flow })).await;
        let runs = self.get(&format!("runs?flow={flow}")).await;
        let first = runs["runs"].as_array().unwrap().iter().find(|run| run["undoable"] == true);
        let run = first.unwrap_or_else(|| panic!("{runs}"))["id"].clone();
        self.act("undo/plan", json!({ "runId": run })).await;
    }

    /// What both sides hold now becomes marks.
    async fn collect(&self, marks: &mut Marks) {
        for (what, value) in [("a new name", RENAMED), ("a refused address", REFUSED), ("a typed title", TYPED)] {
            marks.add(what, value);
        }
        for kind in ["customers", "contacts"] {
            let page = format!("/_sandbox/accounts/tstdrv4711/{kind}?limit=1000");
            for row in self.site.control(&self.site.netsuite, &page).await["rows"].as_array().unwrap() {
                for name in ["firstname", "lastname", "companyname", "email", "phone", "mobilephone", "comments"] {
                    marks.add("a value of NetSuite's", row[name].as_str().unwrap_or_default());
                }
            }
        }
        for kind in ["0-1", "0-2"] {
            let page = format!("/_sandbox/portals/{}/dump?type={kind}&after=0&limit=1000", world::PORTAL);
            for record in self.site.control(&self.site.hubspot, &page).await["results"].as_array().unwrap() {
                for (name, value) in record["properties"].as_object().unwrap() {
                    let value = value.as_str().unwrap_or_default();
                    if !NOBODYS.contains(&name.as_str()) && !ZONE.contains(value) {
                        marks.add("a value of HubSpot's", value);
                    }
                }
            }
        }
    }
}

async fn control(sandbox: &url::Url, method: &str, page: &str, body: &Value) -> Value {
    let url = sandbox.join(page).unwrap();
    let answer = ground::client().request(method.parse().unwrap(), url).json(body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{page}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
