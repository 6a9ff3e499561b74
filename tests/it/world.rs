//! The whole app on a free port with the sandbox as its counterpart: what the tests over the wire walk in.
//!
//! Requests are signed here by a signer of the tests' own, apart from the verifier they are to convince.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ledgercard::{
    admin::Admin,
    app::App,
    cli::{demo, plant},
    clock::{Clock, Millis},
    config::{self, Config},
    sandbox,
    store::{DatabaseUrl, Db},
    sync::work::Flows,
    vault::KeyRing,
};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::ground::{self, Stage};

/// 2026-11-21T12:00:00Z.
pub(crate) const NOON: Millis = Millis(1_795_262_400_000);
/// The sandbox's connected portal.
pub(crate) const PORTAL: &str = "4711001";
/// The sandbox's portal without a connection.
pub(crate) const UNCONNECTED: &str = "4711002";

/// An answer over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }

    /// The JSON of a 200.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// The last word of the problem's type, once the document was found to be one.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status);
        for part in ["title", "detail", "requestId"] {
            assert!(document[part].as_str().is_some_and(|text| !text.is_empty()), "{part}: {document}");
        }
        let kind = document["type"].as_str().unwrap();
        (self.status, kind.strip_prefix("urn:ledgercard:").unwrap().to_owned())
    }
}

/// App and sandbox, running.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) app: Url,
    pub(crate) hubspot: Url,
    pub(crate) netsuite: Url,
    /// What runs in the background, to be done by hand.
    pub(crate) admin: Admin,
    pub(crate) flows: Flows,
    pub(crate) db: Db,
    config: Config,
    http: reqwest::Client,
    stop: CancellationToken,
    serving: ledgercard::app::Serving,
    _sandboxes: (sandbox::hubspot::HubSpot, sandbox::netsuite::NetSuite),
    _folder: tempfile::TempDir,
}

/// Two tests of one walk: on SQLite and on PostgreSQL.
macro_rules! walk {
    ($(#[$doc:meta])* $name:ident, |$world:ident| $body:block) => {
        $(#[$doc])*
        async fn $name($world: &$crate::world::World) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::ground::on_sqlite::<$crate::world::World>(|world| Box::pin(super::$name(world))).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::ground::on_postgres::<$crate::world::World>(stringify!($name), |world| Box::pin(super::$name(world))).await;
            }
        }
    };
}

pub(crate) use walk;

impl Stage for World {
    async fn start(database: DatabaseUrl, folder: tempfile::TempDir) -> Self {
        let clock = Clock::manual(NOON, 7);
        let netsuite = sandbox::netsuite::NetSuiteSettings::new(ground::free(), clock.clone());
        let netsuite = sandbox::netsuite::start(netsuite).await.unwrap();
        let hubspot = sandbox::hubspot::start(ground::hubspot(&clock, true)).await.unwrap();
        let (hubspot_url, netsuite_url): (Url, Url) = (hubspot.url().parse().unwrap(), netsuite.url().parse().unwrap());
        let template = format!("{netsuite_url}{{label}}");
        let netsuite_is = config::NetSuite { suitetalk_url: template.clone(), app_url: template };
        let mut config = ground::config(database, &hubspot.url(), KeyRing::generate(&clock), netsuite_is);
        // Flows are worked by hand: a test says when.
        config.sync.workers = 0;
        let app = App::build(&config, clock.clone()).await.unwrap();
        plant::plant(&app, &clock, &hubspot_url, &netsuite_url).await.unwrap();
        let stop = CancellationToken::new();
        let (admin, flows, db) = (app.admin.clone(), app.flows.clone(), app.db.clone());
        let serving = app.serve(stop.clone()).await.unwrap();
        let app = format!("http://{}", serving.address).parse().unwrap();
        netsuite.set_backend(format!("http://{}", serving.address));
        let sandboxes = (hubspot, netsuite);
        let http = ground::client();
        Self {
            clock,
            app,
            hubspot: hubspot_url,
            netsuite: netsuite_url,
            admin,
            flows,
            db,
            config,
            http,
            stop,
            serving,
            _sandboxes: sandboxes,
            _folder: folder,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.serving.ended.await.unwrap();
    }
}

impl World {
    /// Another process on the same database, configured otherwise: its address, and what ends it.
    pub(crate) async fn beside(&self, change: impl FnOnce(&mut Config)) -> (String, CancellationToken) {
        let mut config = self.config.clone();
        change(&mut config);
        let stop = CancellationToken::new();
        let app = App::build(&config, self.clock.clone()).await.unwrap();
        let serving = app.serve(stop.clone()).await.unwrap();
        (format!("http://{}", serving.address), stop)
    }

    /// A signed GET of a user in the connected portal.
    pub(crate) async fn get_by(&self, user: &str, path_and_query: &str) -> Answer {
        let uri = with_identity(path_and_query, PORTAL).replace("userId=9&", &format!("userId={user}&"));
        self.send("GET", &uri, "", &signature("GET", &uri, "", &self.stamp()), &self.stamp()).await
    }

    /// A signed POST of a user in the connected portal.
    pub(crate) async fn post_by(&self, user: &str, path: &str, body: &Value) -> Answer {
        let uri = with_identity(path, PORTAL).replace("userId=9&", &format!("userId={user}&"));
        let body = body.to_string();
        self.send("POST", &uri, &body, &signature("POST", &uri, &body, &self.stamp()), &self.stamp()).await
    }

    /// Something done to the sandbox HubSpot by its controls: what it answers.
    pub(crate) async fn hubspot_does(&self, method: &str, page: &str, body: Value) -> Value {
        let url = self.hubspot.join("/_sandbox/").unwrap().join(page).unwrap();
        self.ask(method, url, &body).await
    }

    /// A request to a control of a sandbox: what it answers.
    pub(crate) async fn ask(&self, method: &str, url: Url, body: &Value) -> Value {
        let answer = self.http.request(method.parse().unwrap(), url.clone()).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A request to any address.
    pub(crate) async fn send_to(&self, url: &str, body: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = self.http.post(url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// A signed GET of user 9 in the connected portal.
    pub(crate) async fn get(&self, path_and_query: &str) -> Answer {
        self.get_as(PORTAL, path_and_query).await
    }

    /// A signed GET of user 9 in a portal.
    pub(crate) async fn get_as(&self, portal: &str, path_and_query: &str) -> Answer {
        let uri = with_identity(path_and_query, portal);
        self.send("GET", &uri, "", &signature("GET", &uri, "", &self.stamp()), &self.stamp()).await
    }

    /// A signed POST of user 9 in the connected portal.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(PORTAL, path, &body.to_string()).await
    }

    /// A signed POST of user 9 in a portal.
    pub(crate) async fn post_as(&self, portal: &str, path: &str, body: &str) -> Answer {
        let uri = with_identity(path, portal);
        self.send("POST", &uri, body, &signature("POST", &uri, body, &self.stamp()), &self.stamp()).await
    }

    /// The present instant as the time stamp header has it.
    pub(crate) fn stamp(&self) -> String {
        self.clock.now().0.to_string()
    }

    /// A request with exactly these headers.
    pub(crate) async fn send(&self, method: &str, uri: &str, body: &str, signature: &str, stamp: &str) -> Answer {
        let headers = [("x-hubspot-signature-v3", signature), ("x-hubspot-request-timestamp", stamp)];
        self.send_with(method, uri, body, &headers).await
    }

    /// A request with these headers.
    pub(crate) async fn send_with(&self, method: &str, uri: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("{}{uri}", self.app.as_str().trim_end_matches('/'));
        let mut request = self.http.request(method.parse().unwrap(), url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let kind = response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status: response.status().as_u16(), kind, text: response.text().await.unwrap() }
    }

    /// What comes back on a line of its own after these bytes were sent.
    pub(crate) async fn raw(&self, bytes: &str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut line = tokio::net::TcpStream::connect(self.serving.address).await.unwrap();
        line.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = line.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// Gives a sandbox these faults.
    pub(crate) async fn faults(&self, sandbox: &Url, faults: Value) {
        let url = sandbox.join("/_sandbox/faults").unwrap();
        let answer = self.http.put(url).json(&faults).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Every call to NetSuite fails with this action from now on.
    pub(crate) async fn netsuite_fails(&self, action: Value) {
        self.faults(&self.netsuite, json!([{ "operation": "*", "action": action }])).await;
    }

    /// Both sandboxes work again.
    pub(crate) async fn mend(&self) {
        self.faults(&self.netsuite, json!([])).await;
        self.faults(&self.hubspot, json!([])).await;
    }

    /// Sets switches of the NetSuite account.
    pub(crate) async fn switch(&self, switches: Value) {
        let url = self.netsuite.join("/_sandbox/accounts/tstdrv4711/switches").unwrap();
        let answer = self.http.put(url).json(&switches).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// A control page of a sandbox.
    pub(crate) async fn control(&self, sandbox: &Url, page: &str) -> Value {
        self.http.get(sandbox.join(page).unwrap()).send().await.unwrap().json().await.unwrap()
    }

    /// The first record of the connected portal that the catalogue gives this tag: its query part.
    pub(crate) async fn record(&self, tag: &str) -> Record {
        let catalogue = self.control(&self.hubspot, "/_sandbox/catalogue").await;
        let portals = catalogue["portals"].as_array().unwrap();
        let portal = portals.iter().find(|p| p["portalId"] == PORTAL).unwrap();
        let records = portal["records"].as_array().unwrap();
        let tagged = |r: &&Value| r["tags"].as_array().unwrap().iter().any(|t| t == tag);
        let record = records.iter().find(tagged).unwrap_or_else(|| panic!("no record with the tag {tag}"));
        let text = |part: &str| record[part].as_str().unwrap().to_owned();
        Record { object_type: text("objectTypeId"), id: text("objectId") }
    }

    /// The list of a record.
    pub(crate) async fn list(&self, record: &Record, more: &str) -> Value {
        self.get(&format!("/api/card/invoices?{}{more}", record.query())).await.ok()
    }
}

/// A record as requests name it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) object_type: String,
    pub(crate) id: String,
}

impl Record {
    pub(crate) fn query(&self) -> String {
        format!("objectTypeId={}&objectId={}", self.object_type, self.id)
    }

    /// A body about this record with these further fields and an idempotency key of its own.
    pub(crate) fn body(&self, key: &str, more: &Value) -> Value {
        let mut body = json!({ "objectTypeId": self.object_type, "objectId": self.id, "idempotencyKey": key });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }
}

/// Appends what HubSpot's proxy appends.
pub(crate) fn with_identity(path_and_query: &str, portal: &str) -> String {
    let sign = if path_and_query.contains('?') { '&' } else { '?' };
    format!("{path_and_query}{sign}userId=9&portalId={portal}&userEmail=ann%40example.com&appId={}", demo::APP_ID)
}

/// HubSpot's signature of a request to the public URL, with the twelve escapes decoded.
pub(crate) fn signature(method: &str, uri: &str, body: &str, stamp: &str) -> String {
    signature_for(demo::PUBLIC_URL, method, uri, body, stamp)
}

/// HubSpot's signature of a request to an app under this address.
pub(crate) fn signature_for(public_url: &str, method: &str, uri: &str, body: &str, stamp: &str) -> String {
    let escapes = [("%3A", ":"), ("%2F", "/"), ("%3F", "?"), ("%40", "@"), ("%21", "!"), ("%24", "$")];
    let more = [("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*"), ("%2C", ","), ("%3B", ";")];
    let all = escapes.iter().chain(&more);
    let decoded = all.fold(uri.to_owned(), |text, (escape, sign)| text.replace(escape, sign));
    let signed = format!("{method}{public_url}{decoded}{body}{stamp}");
    let mut mac = Hmac::<Sha256>::new_from_slice(demo::CLIENT_SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
