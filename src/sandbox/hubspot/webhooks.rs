//! The events that HubSpot tells the app, until they are delivered: which are subscribed, which wait, what came of them.
//!
//! Promise: at most a hundred events a call, signed for the public address; a failed call is repeated with a higher
//! attempt number, ten times.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{
    account::noun,
    change::By,
    oauth::app_id,
    server::{Server, State},
    sign,
};

/// The most events of one call.
const MOST: usize = 100;
/// How often a failed event is sent again.
const RETRIES: u64 = 10;
/// How long the program may take.
const BUDGET: Duration = Duration::from_secs(5);
/// The number of the first subscription.
const SUBSCRIPTIONS_FROM: usize = 3_001;

/// What is subscribed unless a test says otherwise.
const USUAL: [&str; 10] = [
    "contact.merge",
    "contact.deletion",
    "contact.restore",
    "contact.privacyDeletion",
    "company.merge",
    "company.deletion",
    "company.restore",
    "deal.merge",
    "deal.deletion",
    "deal.restore",
];

/// Something that happened to a record.
#[derive(Debug, Clone)]
pub(super) struct News {
    /// `contact.merge` and the like.
    name: String,
    object: u64,
    by: By,
    more: Map<String, Json>,
}

impl News {
    /// `what` happened to a record.
    pub(super) fn about(kind: &'static str, what: &str, object: u64, by: By) -> Self {
        Self { name: format!("{}.{what}", noun(kind)), object, by, more: Map::new() }
    }

    /// With a further field.
    pub(super) fn with(mut self, name: &str, value: Json) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }
}

/// Which signatures a call carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum Version {
    /// Version 3 with its time stamp.
    #[default]
    V3,
    /// Version 1 alone.
    V1,
    /// Both, as apps with OAuth get them.
    Both,
}

/// One call that was tried.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tried {
    events: usize,
    /// The answer's status; none: there was no answer.
    status: Option<u16>,
}

impl Tried {
    /// Whether the program took the events.
    fn taken(&self) -> bool {
        self.status.is_some_and(|s| (200..300).contains(&s))
    }
}

/// The events of all portals.
#[derive(Debug)]
pub(super) struct Hooks {
    pub subscriptions: BTreeSet<String>,
    pub automatic: bool,
    pub version: Version,
    waiting: VecDeque<Map<String, Json>>,
    delivered: u64,
    calls: Vec<Tried>,
    given_up: Vec<Map<String, Json>>,
    next_event: u64,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            subscriptions: USUAL.into_iter().map(str::to_owned).collect(),
            automatic: false,
            version: Version::V3,
            waiting: VecDeque::new(),
            delivered: 0,
            calls: Vec::new(),
            given_up: Vec::new(),
            next_event: 1,
        }
    }
}

impl Hooks {
    /// The subscription that wants this news: by its name, or by its name and the property.
    fn wanted(&self, news: &News) -> Option<usize> {
        let precise = news.more.get("propertyName").and_then(Json::as_str).map(|p| format!("{}:{p}", news.name));
        let mut names = self.subscriptions.iter();
        let at = names.position(|s| *s == news.name || Some(s) == precise.as_ref())?;
        Some(SUBSCRIPTIONS_FROM + at)
    }

    /// Queues what was subscribed.
    pub(super) fn hear(&mut self, portal: u64, app: u64, news: &News) {
        let Some(subscription) = self.wanted(news) else { return };
        let (source, by) = news.by.who.source(app);
        let mut event = Map::new();
        let fields = [
            ("eventId", json!(self.next_event)),
            ("subscriptionId", json!(subscription)),
            ("portalId", json!(portal)),
            ("appId", json!(app)),
            ("occurredAt", json!(news.by.now.0)),
            ("subscriptionType", json!(news.name)),
            ("attemptNumber", json!(0)),
            ("objectId", json!(news.object)),
            ("changeSource", json!(source)),
            ("sourceId", json!(by)),
        ];
        event.extend(fields.map(|(name, value)| (name.to_owned(), value)));
        event.extend(news.more.clone());
        self.next_event += 1;
        self.waiting.push_back(event);
    }

    /// Queues exactly these.
    pub(super) fn queue(&mut self, events: Vec<Map<String, Json>>) {
        self.waiting.extend(events);
    }

    /// The app left a portal: what waits for it is dropped.
    pub(super) fn drop_portal(&mut self, portal: u64) {
        self.waiting.retain(|event| event.get("portalId").and_then(Json::as_u64) != Some(portal));
    }

    /// Whether something waits that is to go out by itself.
    pub(super) fn due(&self) -> bool {
        self.automatic && !self.waiting.is_empty()
    }

    /// How it stands.
    pub(super) fn json(&self) -> Json {
        json!({
            "subscriptions": self.subscriptions, "automatic": self.automatic, "version": self.version,
            "waiting": self.waiting, "delivered": self.delivered, "calls": self.calls,
            "failures": self.calls.iter().filter(|call| !call.taken()).count(), "givenUp": self.given_up,
        })
    }

    /// What came of a call.
    fn settle(&mut self, batch: Vec<Map<String, Json>>, status: Option<u16>) {
        let tried = Tried { events: batch.len(), status };
        let taken = tried.taken();
        self.calls.push(tried);
        if taken {
            self.delivered += batch.len() as u64;
            return;
        }
        for mut event in batch {
            let attempt = event.get("attemptNumber").and_then(Json::as_u64).unwrap_or(0) + 1;
            event.insert("attemptNumber".to_owned(), json!(attempt));
            if attempt > RETRIES {
                self.given_up.push(event);
            } else {
                self.waiting.push_back(event);
            }
        }
    }
}

/// Moves the news of all portals to the queue; a portal without the app has none.
pub(super) fn gather(server: &Server, state: &mut State) {
    let app = app_id(server);
    for (at, account) in state.accounts.iter_mut().enumerate() {
        let news = std::mem::take(&mut account.news);
        if state.grants.installed(at) {
            for one in &news {
                state.hooks.hear(account.seed.id, app, one);
            }
        }
    }
    if state.hooks.due() {
        server.events.notify_one();
    }
}

/// Delivers everything that waits, once: the statuses of the calls, `null` where there was no answer.
pub(super) async fn deliver(server: &Server) -> Vec<Option<u16>> {
    let (mut waiting, version) = {
        let mut state = server.state();
        (std::mem::take(&mut state.hooks.waiting), state.hooks.version)
    };
    let mut statuses = Vec::new();
    while !waiting.is_empty() {
        let batch: Vec<_> = waiting.drain(..waiting.len().min(MOST)).collect();
        let status = send(server, &batch, version).await;
        server.state().hooks.settle(batch, status);
        statuses.push(status);
    }
    statuses
}

async fn send(server: &Server, batch: &[Map<String, Json>], version: Version) -> Option<u16> {
    // Nobody listens at the public address: without a backend there is nowhere to call.
    server.backend()?;
    let uri = format!("{}/webhooks/hubspot", server.settings.public_url.trim_end_matches('/'));
    let body = serde_json::to_string(batch).ok()?;
    let secret = server.settings.client_secret.as_str();
    let timestamp = server.moment.now().0.to_string();
    let mut call = server.proxy.client().post(server.brought_home(&uri)).header("Content-Type", "application/json");
    if version != Version::V1 {
        call = call
            .header("X-HubSpot-Signature-v3", sign::v3(secret, "POST", &uri, &body, &timestamp))
            .header("X-HubSpot-Request-Timestamp", &timestamp);
    }
    if version != Version::V3 {
        call = call.header("X-HubSpot-Signature", sign::v1(secret, &body)).header("X-HubSpot-Signature-Version", "v1");
    }
    match call.timeout(BUDGET).body(body).send().await {
        Ok(answer) => Some(answer.status().as_u16()),
        Err(error) => {
            tracing::debug!(%error, "the program did not take a webhook call");
            None
        }
    }
}

/// Delivers events as they appear while that is switched on, and failed ones again after a pause, until the server stops.
pub(super) async fn run(server: std::sync::Arc<Server>) {
    loop {
        tokio::select! {
            () = server.events.notified() => {}
            () = server.stopping.cancelled() => return,
        }
        while server.state().hooks.due() {
            let failed = deliver(&server).await.iter().any(|s| !s.is_some_and(|s| (200..300).contains(&s)));
            if failed {
                tokio::select! {
                    () = server.moment.pause(Duration::from_secs(20)) => {}
                    () = server.stopping.cancelled() => return,
                }
            }
        }
    }
}
