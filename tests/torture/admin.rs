//! The administrator: flows are mapped, decided about, switched on and run by signed requests, as the settings page makes them.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ledgercard::cli::demo::{APP_ID, CLIENT_SECRET};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{fields::two_way, site::Site};

/// The connected portal.
pub(crate) const PORTAL: &str = "4711001";
/// So often something is asked again that fails: processes are killed and calls fail meanwhile.
const TRIES: u32 = 240;

/// A flow, as the settings page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) view: Value,
}

impl Flow {
    /// Whether its first sync is complete.
    pub(crate) fn first_done(&self) -> bool {
        !self.view["firstDoneAt"].is_null()
    }

    /// Whether nothing of it runs.
    pub(crate) fn rests(&self) -> bool {
        self.view["running"].is_null()
    }

    /// When the last run began, if that did all it had to.
    pub(crate) fn done_from(&self) -> Option<i64> {
        let last = &self.view["lastRun"];
        (last["state"] == "done" && last["kind"] == "sync").then(|| last["startedAt"].as_i64()).flatten()
    }
}

impl Site {
    /// The flow of this key.
    pub(crate) async fn flow(&self, key: &str) -> anyhow::Result<Flow> {
        let flows = self.ask("GET", "/api/settings/flows", None).await?;
        let found = flows["flows"].as_array().into_iter().flatten().find(|flow| flow["key"] == key).cloned();
        let view = found.with_context(|| format!("there is no flow {key}: {flows}"))?;
        Ok(Flow { id: view["id"].as_str().unwrap_or_default().to_owned(), view })
    }

    /// Gives a flow the torture's mapping and policies, has it counted, and starts it.
    pub(crate) async fn switch_on(&self, key: &str) -> anyhow::Result<()> {
        let flow = self.flow(key).await?;
        let mapping = self.ask("GET", &format!("/api/settings/mappings?flow={}", flow.id), None).await?;
        let rows = two_way(&mapping).context("the mapping's rows")?;
        let save = json!({"flowId": flow.id, "version": mapping["version"], "rows": rows, "tables": []});
        let saved = self.act("mappings/save", save).await?;
        ensure!(saved["faults"] == json!([]), "the mapping of {key} was not taken: {}", saved["faults"]);
        let mut policies = flow.view["policies"].clone();
        policies["toErp"] = json!("create");
        policies["brakeShare"] = json!(100);
        policies["schedule"] = json!({"everySeconds": 30});
        self.act("flows/policies", json!({"flowId": flow.id, "policies": policies})).await?;
        self.act("flows/switch", json!({"flowId": flow.id, "on": true})).await?;
        Ok(())
    }

    /// Starts a flow once everything is counted.
    pub(crate) async fn start_flow(&self, key: &str) -> anyhow::Result<()> {
        for _ in 0..2_400 {
            let flow = self.flow(key).await?;
            match flow.view["preview"]["state"].as_str() {
                Some("ready") => {
                    self.act("flows/start", json!({"flowId": flow.id})).await?;
                    return Ok(());
                }
                Some("failed") => _ = self.act("flows/switch", json!({"flowId": flow.id, "on": true})).await?,
                _ => self.clock.pause(Duration::from_millis(250)).await,
            }
        }
        bail!("the preview of {key} does not come to an end: {}", self.flow(key).await?.view)
    }

    /// Has a flow run now: `all`, or a `census`.
    pub(crate) async fn run(&self, key: &str, what: &str) -> anyhow::Result<()> {
        let flow = self.flow(key).await?;
        self.act("flows/run", json!({"flowId": flow.id, "what": what})).await?;
        Ok(())
    }

    /// Has a flow run and waits until it did all it had to.
    pub(crate) async fn run_through(&self, key: &str, what: &str) -> anyhow::Result<Value> {
        for _ in 0..20 {
            self.run(key, what).await?;
            let flow = loop {
                let flow = self.flow(key).await?;
                if flow.rests() {
                    break flow;
                }
                self.clock.pause(Duration::from_millis(200)).await;
            };
            if flow.view["lastRun"]["state"] == "done" {
                return Ok(flow.view);
            }
        }
        bail!("the {what} run of {key} does not end well: {}", self.flow(key).await?.view)
    }

    /// Something asked of the settings page's routes with a body, under one idempotency key.
    pub(crate) async fn act(&self, what: &str, mut body: Value) -> anyhow::Result<Value> {
        body["idempotencyKey"] = json!(self.clock.new_id());
        self.ask("POST", &format!("/api/settings/{what}"), Some(&body)).await
    }

    /// Asks until there is an answer: a process that is killed, or a side that fails, is no answer.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let uri = format!("{path}{sign}userId=9001&portalId={PORTAL}&userEmail=ann%40example.com&appId={APP_ID}");
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut last = String::new();
        for _ in 0..TRIES {
            let stamp = self.clock.now().0.to_string();
            let request = self.http.request(method.parse()?, format!("{}{uri}", self.public)).body(body.clone());
            let request =
                request.header("x-hubspot-signature-v3", signature(&self.public, method, &uri, &body, &stamp));
            match request.header("x-hubspot-request-timestamp", &stamp).send().await {
                Ok(answer) => {
                    let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
                    if status.is_success()
                        && let Ok(value) = serde_json::from_str(&text)
                    {
                        return Ok(value);
                    }
                    ensure!(!status.is_client_error() || status == 409, "{method} {path}: {status} {text}");
                    last = format!("{status} {text}");
                }
                Err(error) => last = error.to_string(),
            }
            self.clock.pause(Duration::from_millis(250)).await;
        }
        bail!("{method} {path}: {last}")
    }
}

/// HubSpot's signature of a request, with the twelve escapes decoded.
fn signature(public: &str, method: &str, uri: &str, body: &str, stamp: &str) -> String {
    let escapes = [("%3A", ":"), ("%2F", "/"), ("%3F", "?"), ("%40", "@"), ("%21", "!"), ("%24", "$")];
    let more = [("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*"), ("%2C", ","), ("%3B", ";")];
    let decoded = escapes.iter().chain(&more).fold(uri.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(format!("{method}{public}{decoded}{body}{stamp}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
