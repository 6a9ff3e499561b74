//! HTTP in: the table of routes, and nothing else that knows a status code.
//!
//! Promise: a route below `/api/card` gets its tenant and user from a verified signature or does not compile
//! ([`signed::SignedRoutes`] takes only handlers that ask for [`signed::Signed`]); every fault is a problem document
//! (RFC 9457) that says what is wrong and what to do.
//! Never: an inside detail in an answer.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware,
    response::Response,
    routing::get,
};
use http::{HeaderName, HeaderValue, header};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    admin::Admin,
    cards::Cards,
    clock::Clock,
    domain::ids::AppId,
    hubspot::{signature::SigningSecrets, webhooks::OldSecrets},
};

pub mod card;
pub mod openapi;
pub mod probes;
pub mod problem;
mod reading;
pub mod settings;
pub mod signed;
pub mod webhooks;
pub mod windows;

pub use problem::ApiError;

/// The largest body that is read: HubSpot's proxy sends at most 1 MB.
pub const MAX_BODY: usize = 1 << 20;

/// Above any answer's own limit: what takes longer has a fault.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(14);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the routes share. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

/// The parts of [`Api`].
pub struct Shared {
    /// What administrators can do.
    pub admin: Admin,
    /// What the card can do.
    pub cards: Cards,
    /// Time and request ids.
    pub clock: Clock,
    /// What requests must be signed with.
    pub secrets: SigningSecrets,
    /// What events may be signed with in the old way, where the operator accepts that.
    pub webhooks_v1: Option<OldSecrets>,
    /// Our address as HubSpot calls it, without a slash at the end.
    pub public_url: String,
    /// Our app.
    pub app_id: AppId,
    /// Readiness and metrics.
    pub probes: probes::Probes,
}

impl Api {
    /// Shares these parts.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// All routes with their layers.
pub fn router(api: Api) -> Router {
    let signed = card::routes().into_router().merge(settings::routes().into_router());
    let routes = signed.merge(windows::routes()).merge(webhooks::routes()).merge(probes::routes());
    with_layers(routes, api)
}

/// The layers that every route stands behind, the outermost last.
pub fn with_layers(routes: Router<Api>, api: Api) -> Router {
    let no_store = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    routes
        .fallback(|| async { ApiError::NoSuchPath })
        .method_not_allowed_fallback(|| async { ApiError::WrongMethod })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(middleware::from_fn(problem::limit_time))
        .layer(no_store)
        .layer(middleware::from_fn_with_state(api.clone(), probes::count))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID.clone()))
        .layer(middleware::from_fn(problem::number))
        .layer(SetRequestIdLayer::new(REQUEST_ID.clone(), NewRequestId(api.clock.clone())))
        .layer(middleware::map_request(without_foreign_id))
        .with_state(api)
}

/// What a caller sends as its own request id is not trusted: it would stand in our log.
async fn without_foreign_id(mut request: Request) -> Request {
    request.headers_mut().remove(&REQUEST_ID);
    request
}

/// Request ids from the clock.
#[derive(Clone)]
struct NewRequestId(Clock);

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let id = self.0.new_id().simple().to_string();
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

/// Most answers fit into this; a larger one grows.
const ANSWER: usize = 12 * 1024;

/// A JSON answer.
fn json(answer: &impl serde::Serialize) -> Result<Response, ApiError> {
    let mut body = Vec::with_capacity(ANSWER);
    serde_json::to_writer(&mut body, answer).map_err(|e| ApiError::inside(format!("an answer is no JSON: {e}")))?;
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A route that answers `text` as it is; for those that need no tenant.
fn plain(text: &'static str) -> axum::routing::MethodRouter<Api> {
    get(move || async move { text })
}
