//! The door of the local NetSuite: which account, which service, under which limits and faults.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use jiff::civil::DateTime;
use tokio_util::sync::CancellationToken;

use super::{
    account::Account,
    consent, control,
    errors::Problem,
    pages,
    records::{self, Asked},
    setup, suiteql,
    token::{Asking, LIFETIME, Refusal},
};
use crate::sandbox::{
    control::Controlled,
    faults::{Action, Faults},
    moment::Moment,
    serve::Line,
    stats::Stats,
};

/// The largest body that is read.
const LARGEST: usize = 10 * 1024 * 1024;

/// Everything the handlers share.
pub(super) struct Server {
    pub accounts: Vec<Arc<Account>>,
    /// `http://host:port`.
    pub base: String,
    pub moment: Moment,
    pub faults: Faults,
    pub stats: Stats,
    pub stopping: CancellationToken,
    /// The program's public address.
    pub public_url: String,
    /// Where the program really listens.
    pub backend: Arc<Mutex<Option<String>>>,
}

impl Server {
    /// An account's wall clock.
    pub(super) fn now(&self, account: &Account) -> DateTime {
        self.moment.in_zone(&account.zone())
    }

    /// An account's wall clock as its tables hold it.
    pub(super) fn stamp(&self, account: &Account) -> String {
        self.now(account).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Where an account is served.
    pub(super) fn url_of(&self, account: &Account) -> String {
        format!("{}/{}", self.base, account.seed.label)
    }

    /// The only address that the consent page sends people back to.
    pub(super) fn registered(&self) -> String {
        format!("{}/oauth/netsuite/callback", self.public_url)
    }

    /// An address of the program, as somebody on this machine reaches it.
    pub(super) fn brought_home(&self, url: &str) -> String {
        let backend = self.backend.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match (url.strip_prefix(&self.public_url), backend) {
            (Some(rest), Some(backend)) => format!("{}{rest}", backend.trim_end_matches('/')),
            _ => url.to_owned(),
        }
    }

    /// The account of a host label, spelled exactly.
    pub(super) fn account(&self, label: &str) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|a| a.seed.label == label)
    }
}

/// The routes.
pub(super) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .nest("/_sandbox", control::router())
        .route("/{label}/services/rest/{*service}", any(services))
        .route("/{label}/.well-known/openid-configuration", get(discovery))
        .route("/{label}/app/login/oauth2/authorize.nl", get(consent::page).post(consent::decide))
        .route("/{label}/app/accounting/{*page}", get(pages::elsewhere))
        .route("/{label}/app/common/{*page}", get(pages::elsewhere))
        .route("/{label}/app/setup", get(setup::page))
        .route("/{label}/app/setup/certificates", post(setup::upload))
        .route("/{label}/app/setup/certificates/revoke", post(setup::revoke))
        .route("/{label}/app/setup/switches", post(setup::switch))
        .with_state(server)
}

/// One call, taken apart.
#[derive(Clone)]
struct Call {
    service: String,
    method: Method,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn services(
    State(server): State<Arc<Server>>,
    Path((label, service)): Path<(String, String)>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let operation = operation(&service);
    let under_way = server.stats.enter(operation);
    let response = match server.account(&label) {
        None => no_account(),
        Some(account) => {
            let (parts, body) = request.into_parts();
            let query = parts.uri.query().unwrap_or_default().to_owned();
            match to_bytes(body, LARGEST).await {
                Ok(body) => {
                    let call = Call { service, method: parts.method, query, headers: parts.headers, body };
                    admitted(&server, account, operation, &call, &line).await
                }
                Err(_) => Problem::content("The request body is too large.").into_response(),
            }
        }
    };
    server.stats.answered(response.status().as_u16());
    drop(under_way);
    response
}

fn operation(service: &str) -> &'static str {
    match service {
        "auth/oauth2/v1/token" => "token",
        "auth/oauth2/v1/revoke" => "revoke",
        "query/v1/suiteql" => "suiteql",
        "system/v1/serverTime" | "system/v1/governanceLimits" => "system",
        _ if service.starts_with("record/v1/") => "record",
        _ => "other",
    }
}

/// The call within the account's limit, with the faults that were switched on.
async fn admitted(server: &Arc<Server>, account: &Arc<Account>, operation: &str, call: &Call, line: &Line) -> Response {
    let token = matches!(operation, "token" | "revoke");
    let permit = if token { None } else { Some(account.permit()) };
    let _permit = match permit.transpose() {
        Ok(permit) => permit,
        Err(problem) => return problem.into_response(),
    };
    let latency = account.switches().latency_ms.unwrap_or(0);
    if latency > 0 {
        server.moment.pause(std::time::Duration::from_millis(latency)).await;
    }
    let body = String::from_utf8_lossy(&call.body);
    let action = server.faults.strike(operation, &[&call.service, &call.query, &body]);
    if let Some(wait) = action.and_then(Action::wait) {
        tokio::select! {
            () = server.moment.pause(wait) => {}
            () = server.stopping.cancelled() => {}
        }
    }
    match action {
        Some(Action::Status { status, retry_after }) if token => {
            return Refusal::fault(status, retry_after, account.seed.id, server.moment.now()).into_response();
        }
        Some(Action::Status { status, retry_after }) => {
            return Problem::fault(status, retry_after, account.seed.id, &server.moment.new_id()).into_response();
        }
        Some(Action::Cut | Action::Hang) => {
            line.cut();
            return ().into_response();
        }
        _ => {}
    }
    let response = if token {
        sign_in(server, account, operation, call)
    } else {
        authorised(server, account, operation, call, action).await
    };
    match action {
        Some(Action::Truncate) => truncated(response, line).await,
        Some(Action::Lost) => {
            line.cut();
            response
        }
        _ => response,
    }
}

/// The answer, of which only half will go out.
async fn truncated(response: Response, line: &Line) -> Response {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    line.truncate(body.len() / 2);
    Response::from_parts(parts, body.into())
}

fn sign_in(server: &Server, account: &Account, operation: &str, call: &Call) -> Response {
    if call.method != Method::POST {
        return Problem::method().into_response();
    }
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let url = format!("{}/services/rest/auth/oauth2/v1/token", server.url_of(account));
    let (seed, headers, moment) = (&account.seed, &call.headers, &server.moment);
    let asking = Asking { seed, url: &url, form: &form, headers, moment };
    if account.switches().oauth2 == Some(false) {
        return asking.refuse(400, "invalid_request").into_response();
    }
    if operation == "revoke" {
        return account.tokens.revoke(&asking).map_or_else(IntoResponse::into_response, IntoResponse::into_response);
    }
    match account.tokens.issue(&asking) {
        Ok(given) => {
            // Both ways to write the lifetime are seen in the wild; the accounts differ on purpose.
            let number = account.seed.label.contains("-sb");
            let lifetime = if number { serde_json::json!(LIFETIME) } else { serde_json::json!(LIFETIME.to_string()) };
            let mut body =
                serde_json::json!({"access_token": given.access, "expires_in": lifetime, "token_type": "Bearer"});
            if let Some(refresh) = given.refresh {
                body["refresh_token"] = refresh.into();
            }
            ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The discovery document: where everything about signing in is.
async fn discovery(State(server): State<Arc<Server>>, Path(label): Path<String>) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    let base = server.url_of(account);
    let endpoint = |name: &str| format!("{base}/services/rest/auth/oauth2/v1/{name}");
    axum::Json(serde_json::json!({
        "issuer": "https://system.netsuite.com",
        "authorization_endpoint": format!("{base}/app/login/oauth2/authorize.nl"),
        "token_endpoint": endpoint("token"),
        "revocation_endpoint": endpoint("revoke"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt", "none"],
        "scopes_supported": ["restlets", "rest_webservices", "suite_analytics"],
    }))
    .into_response()
}

/// There is no such account.
pub(super) fn no_account() -> Response {
    (axum::http::StatusCode::NOT_FOUND, "there is no such account").into_response()
}

async fn authorised(
    server: &Arc<Server>,
    account: &Arc<Account>,
    operation: &str,
    call: &Call,
    action: Option<Action>,
) -> Response {
    let bearer = call.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    let valid = bearer.is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && account.tokens.valid(token.trim(), server.moment.now())
    });
    if !valid {
        return Problem::login(account.seed.id).into_response();
    }
    let switches = account.switches();
    if switches.rest_web_services == Some(false) {
        return Problem::feature("REST WEB SERVICES").into_response();
    }
    for right in ["Log in using OAuth 2.0 Access Tokens", "REST Web Services"] {
        if switches.lacks(right) {
            return Problem::permission(right).into_response();
        }
    }
    let answer = match (operation, &call.method) {
        ("suiteql", &Method::POST) if switches.lacks("SuiteAnalytics Workbook") => {
            Err(Problem::permission("SuiteAnalytics Workbook"))
        }
        ("suiteql", &Method::POST) => {
            suiteql::answer(server, account, &call.query, &call.headers, &call.body, action).await
        }
        ("record", _) => record(server, account, call).await,
        ("system", &Method::GET) if call.service.ends_with("governanceLimits") => {
            let limit = switches.concurrency_limit.unwrap_or(5);
            Ok(axum::Json(serde_json::json!({
                "links": [], "accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit,
                "integrationLimitType": "accountLimit",
            }))
            .into_response())
        }
        ("system", &Method::GET) => Ok(axum::Json(serde_json::json!({
            "links": [], "datetime": crate::sandbox::moment::rfc3339(server.moment.now()),
        }))
        .into_response()),
        ("other", _) => Err(Problem::no_such_url(&call.service)),
        _ => Err(Problem::method()),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// A call of the record service, carried out where it blocks nobody.
async fn record(server: &Arc<Server>, account: &Arc<Account>, call: &Call) -> Result<Response, Problem> {
    let (server, account, call) = (Arc::clone(server), Arc::clone(account), call.clone());
    let id = server.moment.new_id();
    let answer = tokio::task::spawn_blocking(move || {
        let path = &call.service["record/v1/".len()..];
        let asked = Asked { method: &call.method, path, query: &call.query, headers: &call.headers, body: &call.body };
        records::answer(&server, &account, &asked)
    });
    answer.await.unwrap_or_else(|_| Err(Problem::unexpected(&id)))
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
        self.accounts.iter().flat_map(|account| account.tokens.secrets()).collect()
    }
}
