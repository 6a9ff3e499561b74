//! The door of the local HubSpot: which portal, which resource, under which limits and faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::Value as Json_;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower_http::services::ServeDir;

use super::{
    HubSpotSettings,
    account::Account,
    authorize, browse, connected, control,
    errors::Refusal,
    grants::Grants,
    limits::{SPAN, Window},
    log, oauth,
    paged::Pages,
    proxy::{self, Proxy},
    route::{self, Asked, Family, Place},
    webhooks::{self, Hooks},
};
use crate::{
    clock::Millis,
    sandbox::{
        control::Controlled,
        data::crm::Portal,
        exchanges::Exchanges,
        faults::{Action, Faults},
        moment::Moment,
        serve::Line,
        stats::Stats,
    },
};

/// The largest body that is read.
const LARGEST: usize = 10 * 1024 * 1024;

/// What changes while the server runs.
#[derive(Debug)]
pub(super) struct State {
    /// The portals, in the order of [`Server::portals`].
    pub accounts: Vec<Account>,
    pub grants: Grants,
    pub hooks: Hooks,
}

/// Everything the handlers share.
pub(super) struct Server {
    pub settings: HubSpotSettings,
    /// The portals as they were planted.
    pub portals: Vec<Portal>,
    pub state: Mutex<State>,
    /// Told when events wait that are to go out by themselves.
    pub events: Notify,
    pub moment: Moment,
    /// When it was started.
    pub started: Millis,
    pub faults: Faults,
    pub stats: Stats,
    pub window: Window,
    pub searches: Window,
    pub pages: Pages,
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

    /// What changes while the server runs.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An address of the program where it really listens: nobody does at the public one.
    pub(super) fn brought_home(&self, url: &str) -> String {
        let public = self.settings.public_url.trim_end_matches('/');
        match (self.backend(), url.strip_prefix(public)) {
            (Some(backend), Some(rest)) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
                format!("{}{rest}", backend.trim_end_matches('/'))
            }
            _ => url.to_owned(),
        }
    }
}

/// The routes.
pub(super) fn router(server: Arc<Server>) -> Router {
    let preview = server.settings.preview_dir.clone();
    let mut router = Router::new()
        .route("/_sandbox/proxy", axum::routing::post(proxy::handle))
        .nest("/_sandbox", control::router())
        .route("/oauth/authorize", get(authorize::page).post(authorize::decide))
        .route("/accounts", get(connected::page))
        .route("/accounts/uninstall", post(connected::uninstall))
        .route("/contacts/{portal}/objects/{kind}/views/all", get(browse::list))
        .route("/contacts/{portal}/objects/{kind}/views/all/list", get(browse::list))
        .route("/contacts/{portal}/record/{kind}/{id}", get(browse::record))
        .route("/", get(async || Redirect::temporary("/preview/")));
    if let Some(dir) = preview {
        router = router.nest_service("/preview", ServeDir::new(dir));
    }
    router.fallback(api).with_state(server)
}

/// One call, taken apart.
pub(super) struct Call {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    /// The media type of its body.
    pub(super) fn media_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Whether its body is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.media_type().starts_with("application/json")
    }
}

async fn api(Shared(server): Shared<Arc<Server>>, ConnectInfo(line): ConnectInfo<Line>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let correlation = server.moment.new_id();
    let path = parts.uri.path().to_owned();
    let Some(place) = route::operation(&path) else {
        return Refusal::no_path().answer(&correlation);
    };
    let under_way = server.stats.enter(place.operation);
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return Refusal::validation("the body is too large").answer(&correlation);
    };
    let rest: Vec<String> = place.rest.split('/').filter(|part| !part.is_empty()).map(unescaped).collect();
    let call = Call { method: parts.method, path: path.clone(), query, headers: parts.headers, body };
    let response = struck(&server, place, &rest, &call, &correlation, &line).await;
    server.stats.answered(response.status().as_u16());
    drop(under_way);
    response
}

/// The part of a path as it was meant.
fn unescaped(part: &str) -> String {
    let plain = part.replace('+', "%2B");
    url::form_urlencoded::parse(plain.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The call with the faults that were switched on, and its line in the log.
async fn struck(server: &Server, place: Place<'_>, rest: &[String], call: &Call, id: &str, line: &Line) -> Response {
    let body = String::from_utf8_lossy(&call.body);
    // A fault may name the call more finely; where one does, the coarse name is not looked for.
    let finer = place.finer.filter(|name| server.faults.list().iter().any(|f| f.operation == *name));
    let operation = finer.unwrap_or(place.operation);
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
        _ => answered(server, place, rest, call, id),
    };
    let (parts, answer) = response.into_parts();
    let mut answer = to_bytes(answer, usize::MAX).await.unwrap_or_default();
    if parts.status == StatusCode::OK {
        answer = server.pages.struck(place, (&call.method, &call.path), action, answer);
    }
    if let Some(exchanges) = &server.exchanges {
        log::write(exchanges, place.family, call, &body, parts.status, &answer);
    }
    match action {
        Some(Action::Truncate) => line.truncate(answer.len() / 2),
        Some(Action::Lost) => {
            line.cut();
            return ().into_response();
        }
        _ => {}
    }
    let mut response = Response::from_parts(parts, answer.into());
    // Its body may be another than the one that was counted.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

fn answered(server: &Server, place: Place<'_>, rest: &[String], call: &Call, id: &str) -> Response {
    let (family, strict) = (place.family, place.strict);
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if family == Family::OAuth {
        let answer = oauth::answer(server, &rest, call);
        return answer.unwrap_or_else(|refusal| refusal.answer(id));
    }
    let bearer = call.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    let token =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or("", |(_, token)| token.trim());
    let now = server.moment.now();
    let mut state = server.state();
    let (at, granted) = match state.grants.by_access(token, now) {
        Ok(install) => (install.portal, install.scopes.clone()),
        Err(refusal) => return refusal.answer(id),
    };
    let (method, query) = (&call.method, call.query.as_str());
    let asked = Asked { family, method, rest: &rest, query, body: &call.body, granted: &granted, strict };
    if family == Family::Objects && rest.last() == Some(&"search") {
        // Searches have a limit of their own, and tell nothing of it.
        if server.searches.count(at, now).is_none() {
            return Refusal::too_many_searches().answer(id);
        }
        return resource(server, &mut state, at, &asked, id);
    }
    let left = server.window.count(at, now);
    let mut response = match left {
        None => Refusal::too_many(&server.settings.app_id).answer(id),
        Some(_) => resource(server, &mut state, at, &asked, id),
    };
    limits_told(&mut response, &server.window, left, id);
    response
}

/// The headers about the limit, and the call's id.
fn limits_told(response: &mut Response, window: &Window, left: Option<usize>, id: &str) {
    let headers = response.headers_mut();
    let numbers = [
        ("x-hubspot-ratelimit-max", window.most()),
        ("x-hubspot-ratelimit-remaining", left.unwrap_or(0)),
        ("x-hubspot-ratelimit-interval-milliseconds", usize::try_from(SPAN).unwrap_or(10_000)),
    ];
    for (name, number) in numbers {
        headers.insert(name, HeaderValue::from(number));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-hubspot-correlation-id", value);
    }
}

fn resource(server: &Server, state: &mut State, at: usize, asked: &Asked<'_>, id: &str) -> Response {
    if asked.family == Family::Installs {
        return match (asked.method, asked.rest) {
            (&Method::DELETE, ["external-install"]) => {
                state.uninstall(at);
                StatusCode::NO_CONTENT.into_response()
            }
            (_, ["external-install"]) => Refusal::method().answer(id),
            _ => Refusal::no_path().answer(id),
        };
    }
    let answer = route::answer(server, &mut state.accounts[at], asked);
    webhooks::gather(server, state);
    match answer {
        Ok((status, Json_::Null)) => status.into_response(),
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(refusal) => refusal.answer(id),
    }
}

impl State {
    /// Removes the app from a portal: its tokens are dead, and nothing more is told about it.
    pub(super) fn uninstall(&mut self, at: usize) {
        self.grants.uninstall(at);
        self.hooks.drop_portal(self.accounts[at].seed.id);
    }

    /// The place of a portal.
    pub(super) fn place(&self, portal: u64) -> Option<usize> {
        self.accounts.iter().position(|a| a.seed.id == portal)
    }
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

    fn secrets(&self) -> Vec<String> {
        self.state().grants.secrets()
    }
}
