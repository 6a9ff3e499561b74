//! HubSpot's proxy behind `hubspot.fetch`: it checks the address, says who asks, signs, sends, and wraps the answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    body::to_bytes,
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value as Json_, json};
use url::Url;

use super::{server::Server, sign};
use crate::sandbox::{faults::Action, serve::Line};

/// The largest body, each way.
const LARGEST: usize = 1024 * 1024;
/// How many calls of one portal are under way at the same time.
const AT_ONCE: usize = 20;
/// How long a call may take, connecting included, unless the card asks otherwise.
const BUDGET: Duration = Duration::from_secs(15);
/// The longest time a card may ask for.
const LONGEST: u64 = 120_000;

/// The client that the proxy calls with, and how many calls each portal has under way.
pub(super) struct Proxy {
    client: reqwest::Client,
    under_way: Mutex<BTreeMap<u64, usize>>,
}

impl Proxy {
    #[expect(clippy::disallowed_methods, reason = "this is HubSpot's own caller, not the program's")]
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { client, under_way: Mutex::new(BTreeMap::new()) })
    }

    /// HubSpot's own caller.
    pub(super) const fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// A place among the twenty; none when all are taken.
    fn enter(&self, portal: u64) -> Option<Place<'_>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(portal).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Place { proxy: self, portal })
    }
}

struct Place<'p> {
    proxy: &'p Proxy,
    portal: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut under_way = self.proxy.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.portal) {
            *count = count.saturating_sub(1);
        }
    }
}

/// What the card's side sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    portal_id: Json_,
    user_id: Json_,
    user_email: String,
    request_uri: String,
    method: String,
    #[serde(default)]
    request_body: Option<Json_>,
    #[serde(default)]
    request_timeout_millis: Option<u64>,
    #[serde(default)]
    request_headers: Option<BTreeMap<String, String>>,
}

/// A call that passed the checks.
struct Outgoing {
    portal: u64,
    method: Method,
    /// The address as the program's configuration knows it, with the identity parameters.
    public: Url,
    body: String,
    authorization: Option<String>,
    budget: Duration,
}

/// Why the proxy itself answers.
struct Stopped {
    status: u16,
    category: &'static str,
    message: String,
}

impl Stopped {
    fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, category, message: message.into() }
    }

    fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }
}

/// What the program answered.
struct Received {
    status: u16,
    body: Vec<u8>,
}

/// `POST /_sandbox/proxy`.
pub(super) async fn handle(
    State(server): State<Arc<Server>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let under_way = server.stats.enter("proxy");
    // Room for the fields around the body that may have 1 MB of its own.
    let body = to_bytes(request.into_body(), 2 * LARGEST).await.unwrap_or_default();
    let action = server.faults.strike("proxy", &[&String::from_utf8_lossy(&body)]);
    if let Some(wait) = action.and_then(Action::wait) {
        tokio::select! {
            () = server.moment.pause(wait) => {}
            () = server.stopping.cancelled() => {}
        }
    }
    let id = server.moment.new_id();
    let response = match action {
        Some(Action::Cut | Action::Hang) => {
            line.cut();
            return ().into_response();
        }
        Some(Action::Status { status, .. }) => {
            stopped(&id, None, &Stopped::new(status, "INTERNAL_SERVER_ERROR", "the proxy failed"))
        }
        _ => forward(&server, &body, &id).await,
    };
    server.stats.answered(response.status().as_u16());
    drop(under_way);
    response
}

async fn forward(server: &Server, body: &[u8], id: &str) -> Response {
    let outgoing = match checked(server, body) {
        Ok(outgoing) => outgoing,
        Err(why) => return stopped(id, None, &why),
    };
    let Some(_place) = server.proxy.enter(outgoing.portal) else {
        let why = Stopped::new(429, "RATE_LIMITS", "Too many concurrent requests of this app in this account");
        return stopped(id, Some(&outgoing), &why);
    };
    match tokio::time::timeout(outgoing.budget, sent(server, &outgoing)).await {
        Ok(Ok(received)) => wrapped(id, &outgoing, &received),
        Ok(Err(why)) => stopped(id, Some(&outgoing), &why),
        Err(_) => stopped(
            id,
            Some(&outgoing),
            &Stopped::new(504, "GATEWAY_TIMEOUT", "The request to the Request Uri timed out"),
        ),
    }
}

/// Whether the call may go out, and what it looks like then.
fn checked(server: &Server, body: &[u8]) -> Result<Outgoing, Stopped> {
    let asked: Asked =
        serde_json::from_slice(body).map_err(|e| Stopped::validation(format!("not a fetch request: {e}")))?;
    let portal: u64 = digits(&asked.portal_id).and_then(|d| d.parse().ok()).unwrap_or(0);
    if !server.portals.iter().any(|p| p.seed.id == portal) {
        return Err(Stopped::new(404, "OBJECT_NOT_FOUND", "there is no such portal"));
    }
    let user = digits(&asked.user_id).ok_or_else(|| Stopped::validation("userId must be a number"))?;
    let method = match asked.method.as_str() {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" => Method::from_bytes(asked.method.as_bytes()),
        other => return Err(Stopped::validation(format!("the method {other} is not allowed"))),
    }
    .map_err(|_| Stopped::validation("no such method"))?;
    let headers = asked.request_headers.unwrap_or_default();
    if headers.len() > 1 || headers.keys().any(|name| !name.eq_ignore_ascii_case("authorization")) {
        return Err(Stopped::validation("Only the Authorization header is allowed"));
    }
    let body = match asked.request_body {
        Some(body @ Json_::Object(_)) if method != Method::GET => body.to_string(),
        None | Some(Json_::Null) => String::new(),
        Some(Json_::Object(_)) => return Err(Stopped::validation("a GET request has no body")),
        Some(_) => return Err(Stopped::validation("the body must be an object")),
    };
    if body.len() > LARGEST {
        return Err(Stopped::validation("The request body is larger than 1 MB"));
    }
    let budget = match asked.request_timeout_millis {
        None => BUDGET,
        Some(ms) if (1..=LONGEST).contains(&ms) => Duration::from_millis(ms),
        Some(_) => return Err(Stopped::validation(format!("the timeout must be between 1 and {LONGEST} ms"))),
    };
    let public = addressed(server, &asked.request_uri, (&user, portal, &asked.user_email))?;
    Ok(Outgoing { portal, method, public, body, authorization: headers.into_values().next(), budget })
}

/// A number that came as a number or as text.
fn digits(json: &Json_) -> Option<String> {
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// The address with the identity parameters behind its own; refused when it is not permitted.
fn addressed(server: &Server, uri: &str, (user, portal, email): (&str, u64, &str)) -> Result<Url, Stopped> {
    let permitted = &server.settings.public_url;
    let refused = || Stopped::validation(format!("{uri} does not start with a permitted URL"));
    let mut url = Url::parse(uri).map_err(|_| Stopped::validation("requestUri is not a URL"))?;
    if url.scheme() != "https" || !url.as_str().starts_with(permitted.as_str()) {
        return Err(refused());
    }
    url.set_fragment(None);
    let own = url.query().unwrap_or_default().to_owned();
    let mut identity = url::form_urlencoded::Serializer::new(own);
    identity.append_pair("userId", user);
    identity.append_pair("portalId", &portal.to_string());
    identity.append_pair("userEmail", email);
    identity.append_pair("appId", &server.settings.app_id);
    url.set_query(Some(&identity.finish()));
    Ok(url)
}

/// Sends the call, once more on a failed connection or a 5xx.
async fn sent(server: &Server, outgoing: &Outgoing) -> Result<Received, Stopped> {
    let Some(backend) = server.backend() else {
        return Err(Stopped::new(500, "INTERNAL_SERVER_ERROR", "the sandbox was not told where the program listens"));
    };
    let base = server.settings.public_url.trim_end_matches('/');
    let path = outgoing.public.as_str().strip_prefix(base).unwrap_or_default();
    let target = format!("{}{path}", backend.trim_end_matches('/'));
    let timestamp = server.moment.now().0.to_string();
    let first = once(server, outgoing, &target, &timestamp).await;
    match first {
        Ok(received) if received.status < 500 => Ok(received),
        Err(why) if why.category == "TOO_LARGE" => Err(why),
        // HubSpot repeats the very same request one time.
        _ => once(server, outgoing, &target, &timestamp).await,
    }
}

async fn once(server: &Server, outgoing: &Outgoing, target: &str, timestamp: &str) -> Result<Received, Stopped> {
    let (method, secret) = (outgoing.method.as_str(), server.settings.client_secret.as_str());
    let uri = outgoing.public.as_str();
    let mut call = server
        .proxy
        .client
        .request(outgoing.method.clone(), target)
        .header("X-HubSpot-Signature-v3", sign::v3(secret, method, uri, &outgoing.body, timestamp))
        .header("X-HubSpot-Request-Timestamp", timestamp)
        .header("X-HubSpot-Signature", sign::v2(secret, method, uri, &outgoing.body))
        .header("X-HubSpot-Signature-Version", "v2");
    if let Some(authorization) = &outgoing.authorization {
        call = call.header("Authorization", authorization);
    }
    if !outgoing.body.is_empty() {
        call = call.header("Content-Type", "application/json").body(outgoing.body.clone());
    }
    let unreachable = |_| Stopped::new(500, "INTERNAL_SERVER_ERROR", "No connection to the Request Uri");
    let mut answer = call.send().await.map_err(unreachable)?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(Stopped::new(500, "TOO_LARGE", "The response body is larger than 1 MB"));
        }
    }
    Ok(Received { status, body })
}

/// What came of a call, for the card's side.
fn context(id: &str, outgoing: Option<&Outgoing>, status: Option<u16>) -> Json_ {
    let mut context = json!({"correlationId": [id]});
    if let Some(outgoing) = outgoing {
        context["httpMethod"] = json!([outgoing.method.as_str()]);
        context["portalId"] = json!([outgoing.portal.to_string()]);
        context["requestUri"] = json!([outgoing.public.as_str()]);
    }
    if let Some(status) = status {
        context["appServerStatusCode"] = json!([status.to_string()]);
    }
    context
}

fn wrapped(id: &str, outgoing: &Outgoing, received: &Received) -> Response {
    let body: Json_ = serde_json::from_slice(&received.body)
        .unwrap_or_else(|_| Json_::String(String::from_utf8_lossy(&received.body).into_owned()));
    let context = context(id, Some(outgoing), Some(received.status));
    if (200..300).contains(&received.status) {
        // The envelope is a body, which a 204 must not have.
        let status = StatusCode::from_u16(received.status).ok().filter(|s| *s != StatusCode::NO_CONTENT);
        let envelope = json!({"status": "success", "responseBody": body, "context": context});
        return (status.unwrap_or(StatusCode::OK), Json(envelope)).into_response();
    }
    let message = "Error returned from Request Uri";
    Json(json!({
        "status": "error", "category": "BAD_GATEWAY", "message": message, "responseBody": body, "context": context,
        "errors": [{"message": format!("{message}: {}", received.status)}],
    }))
    .into_response()
}

fn stopped(id: &str, outgoing: Option<&Outgoing>, why: &Stopped) -> Response {
    let status = StatusCode::from_u16(why.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "status": "error", "category": why.category, "message": why.message, "context": context(id, outgoing, None),
    });
    (status, Json(body)).into_response()
}
