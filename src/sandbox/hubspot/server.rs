//! The door of the local HubSpot: which portal, which resource, under which limits and faults.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tokio_util::sync::CancellationToken;
use tower_http::services::ServeDir;

use super::{
    HubSpotSettings, associations, control,
    errors::Refusal,
    limits::{SPAN, Window},
    objects::{self, Answer},
    proxy::{self, Proxy},
    token::Tokens,
};
use crate::{
    clock::Millis,
    sandbox::{
        control::Controlled,
        data::crm::Portal,
        exchanges::{Exchange, Exchanges},
        faults::{Action, Faults},
        moment::Moment,
        serve::Line,
        stats::Stats,
    },
};

/// The largest body that is read.
const LARGEST: usize = 10 * 1024 * 1024;

/// Everything the handlers share.
pub(super) struct Server {
    pub settings: HubSpotSettings,
    pub portals: Vec<Portal>,
    /// When every record was made.
    pub created: Millis,
    pub moment: Moment,
    pub faults: Faults,
    pub stats: Stats,
    pub tokens: Tokens,
    pub window: Window,
    pub exchanges: Option<Exchanges>,
    pub proxy: Proxy,
    /// Where the program listens, as `http://host:port`.
    pub backend: Arc<Mutex<Option<String>>>,
    pub stopping: CancellationToken,
}

impl Server {
    /// Where the program listens; none: not told yet.
    pub(super) fn backend(&self) -> Option<String> {
        self.backend.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The routes.
pub(super) fn router(server: Arc<Server>) -> Router {
    let preview = server.settings.preview_dir.clone();
    let mut router = Router::new()
        .route("/_sandbox/proxy", axum::routing::post(proxy::handle))
        .nest("/_sandbox", control::router())
        .route("/", get(async || Redirect::temporary("/preview/")));
    if let Some(dir) = preview {
        router = router.nest_service("/preview", ServeDir::new(dir));
    }
    router.fallback(api).with_state(server)
}

/// One call, taken apart.
struct Call {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn api(State(server): State<Arc<Server>>, ConnectInfo(line): ConnectInfo<Line>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let correlation = server.moment.new_id();
    let path = parts.uri.path().to_owned();
    let Some((operation, rest)) = operation(&path) else { return Refusal::no_path().answer(&correlation) };
    let under_way = server.stats.enter(operation);
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return Refusal::validation("the body is too large").answer(&correlation);
    };
    let rest: Vec<String> = rest.split('/').map(unescaped).collect();
    let call = Call { method: parts.method, path, query, headers: parts.headers, body };
    let response = struck(&server, operation, &rest, &call, &correlation, &line).await;
    server.stats.answered(response.status().as_u16());
    drop(under_way);
    response
}

/// The part of a path as it was meant.
fn unescaped(part: &str) -> String {
    let plain = part.replace('+', "%2B");
    url::form_urlencoded::parse(plain.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The operation of a path, and the path after its version.
fn operation(path: &str) -> Option<(&'static str, &str)> {
    let families = [
        ("/oauth/", "token"),
        ("/account-info/", "account"),
        ("/crm/objects/", "objects"),
        ("/crm/associations/", "associations"),
    ];
    families.into_iter().find_map(|(start, operation)| {
        let (version, rest) = path.strip_prefix(start)?.split_once('/')?;
        let operation = if rest.contains("/associations/") { "associations" } else { operation };
        matches!(version, "2026-09" | "2026-03").then_some((operation, rest))
    })
}

/// The call with the faults that were switched on, and its line in the log.
async fn struck(server: &Server, operation: &str, rest: &[String], call: &Call, id: &str, line: &Line) -> Response {
    let body = String::from_utf8_lossy(&call.body);
    let action = server.faults.strike(operation, &[&call.path, &call.query, &body]);
    if let Some(wait) = action.and_then(Action::wait) {
        tokio::select! {
            () = server.moment.pause(wait) => {}
            () = server.stopping.cancelled() => {}
        }
    }
    let response = match action {
        Some(Action::Cut | Action::Hang) => {
            line.cut();
            return ().into_response();
        }
        Some(Action::Status { status, retry_after }) => {
            Refusal::fault(status, retry_after, &server.settings.app_id).answer(id)
        }
        _ => answered(server, rest, call, id),
    };
    let (parts, answer) = response.into_parts();
    let answer = to_bytes(answer, usize::MAX).await.unwrap_or_default();
    log(server, call, &body, parts.status, &answer);
    if action == Some(Action::Truncate) {
        line.truncate(answer.len() / 2);
    }
    Response::from_parts(parts, answer.into())
}

fn log(server: &Server, call: &Call, body: &str, status: StatusCode, answer: &[u8]) {
    let Some(exchanges) = &server.exchanges else { return };
    let question = if call.query.is_empty() { "" } else { "?" };
    exchanges.write(&Exchange {
        method: call.method.as_str(),
        url: format!("https://api.hubapi.com{}{question}{}", call.path, call.query),
        request_body: body,
        status: status.as_u16(),
        response_body: &String::from_utf8_lossy(answer),
        content_type: call.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default(),
    });
}

fn answered(server: &Server, rest: &[String], call: &Call, id: &str) -> Response {
    if call.path.starts_with("/oauth/") {
        return token(server, rest, call).unwrap_or_else(|refusal| refusal.answer(id));
    }
    let now = server.moment.now();
    let bearer = call.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    let token =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or("", |(_, token)| token.trim());
    let at = match server.tokens.portal(token, now) {
        Ok(at) => at,
        Err(refusal) => return refusal.answer(id),
    };
    let left = server.window.count(at, now);
    let mut response = match left {
        None => Refusal::too_many(&server.settings.app_id).answer(id),
        Some(_) => match resource(server, &server.portals[at], rest, call) {
            Ok((status, body)) => (status, Json(body)).into_response(),
            Err(refusal) => refusal.answer(id),
        },
    };
    let headers = response.headers_mut();
    let numbers = [
        ("x-hubspot-ratelimit-max", server.window.most()),
        ("x-hubspot-ratelimit-remaining", left.unwrap_or(0)),
        ("x-hubspot-ratelimit-interval-milliseconds", usize::try_from(SPAN).unwrap_or(10_000)),
    ];
    for (name, number) in numbers {
        headers.insert(name, HeaderValue::from(number));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-hubspot-correlation-id", value);
    }
    response
}

fn token(server: &Server, rest: &[String], call: &Call) -> Result<Response, Refusal> {
    if rest != ["token"] {
        return Err(Refusal::no_path());
    }
    if call.method != Method::POST {
        return Err(Refusal::method());
    }
    if !call.query.is_empty() {
        return Err(Refusal::token("invalid_request", "BAD_REQUEST", "parameters belong into the body"));
    }
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let body = server.tokens.issue(&form, &server.settings, &server.portals, &server.moment)?;
    Ok(Json(body).into_response())
}

fn resource(server: &Server, portal: &Portal, rest: &[String], call: &Call) -> Answer {
    let parts: Vec<&str> = rest.iter().map(String::as_str).collect();
    let account = call.path.starts_with("/account-info/");
    let pairs = call.path.starts_with("/crm/associations/");
    let (query, body) = (call.query.as_str(), call.body.as_ref());
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["details"]) if account => Ok((StatusCode::OK, details(server, portal))),
        _ if account => Err(Refusal::no_path()),
        ("POST", [from, to, "batch", "read"]) if pairs => {
            associations::batch_read(server, portal, objects::kind_of(from)?, objects::kind_of(to)?, body)
        }
        _ if pairs => Err(Refusal::no_path()),
        ("POST", [kind, "batch", "read"]) => objects::batch_read(server, portal, objects::kind_of(kind)?, query, body),
        ("GET", [kind]) => objects::list(server, portal, objects::kind_of(kind)?, query),
        ("GET", [kind, id]) => objects::read(server, portal, objects::kind_of(kind)?, id, query),
        ("GET", [kind, id, "associations", to]) => {
            associations::list(portal, (objects::kind_of(kind)?, id), objects::kind_of(to)?, query)
        }
        (_, [_] | [_, _] | [_, "batch", "read"]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

/// `GET /account-info/…/details`.
fn details(server: &Server, portal: &Portal) -> serde_json::Value {
    let zone = jiff::tz::TimeZone::get(portal.seed.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = jiff::Timestamp::from_millisecond(server.moment.now().0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let offset = zone.to_offset(instant);
    let european = portal.seed.time_zone.starts_with("Europe");
    serde_json::json!({
        "portalId": portal.seed.id, "accountType": "STANDARD", "timeZone": portal.seed.time_zone,
        "companyCurrency": if european { "EUR" } else { "USD" }, "additionalCurrencies": [],
        "utcOffset": instant.to_zoned(zone).strftime("%:z").to_string(),
        "utcOffsetMilliseconds": i64::from(offset.seconds()) * 1_000,
        "uiDomain": if european { "app-eu1.hubspot.com" } else { "app.hubspot.com" },
        "dataHostingLocation": if european { "eu1" } else { "na1" },
    })
}

impl Controlled for Server {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }

    fn moment(&self) -> &Moment {
        &self.moment
    }
}
