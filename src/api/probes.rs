//! What operators and load balancers ask: alive, ready, and how it goes.
//!
//! Promise: `/healthz` asks nobody; `/readyz` asks the database; `/metrics` holds no text from outside and no secret.
//! Never: behind a signature, so nothing here may tell anything of a portal.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

use async_trait::async_trait;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use prometheus_client::metrics::counter::Counter;
use tokio::time::Instant;

use super::{Api, ApiError, plain};
use crate::{
    cards::{Cards, answer::ListState},
    telemetry::{Metrics, metrics::RouteMetrics},
};

/// Every route that is counted by its name; what fits none is counted as `other`.
const ROUTES: [&str; 61] = [
    "/api/card/invoices",
    "/api/card/invoice",
    "/api/card/search",
    "/api/card/associations",
    "/api/card/associations/remove",
    "/api/card/associations/restore",
    "/api/card/links",
    "/api/card/refresh",
    "/api/card/sync",
    "/api/settings",
    "/api/settings/people",
    "/api/settings/leaving",
    "/api/settings/checklist",
    "/api/settings/netsuite/drafts",
    "/api/settings/netsuite/connect",
    "/api/settings/netsuite/sign-in",
    "/api/settings/netsuite/certificate",
    "/api/settings/drafts/remove",
    "/api/settings/connections/test",
    "/api/settings/connections/change",
    "/api/settings/permissions",
    "/api/settings/leave",
    "/api/settings/activity",
    "/api/settings/activity/download",
    "/api/settings/alerts",
    "/api/settings/flows",
    "/api/settings/flows/policies",
    "/api/settings/flows/run",
    "/api/settings/flows/samples",
    "/api/settings/flows/start",
    "/api/settings/flows/switch",
    "/api/settings/mappings",
    "/api/settings/mappings/check",
    "/api/settings/mappings/compare",
    "/api/settings/mappings/file",
    "/api/settings/mappings/import",
    "/api/settings/mappings/reset",
    "/api/settings/mappings/save",
    "/api/settings/parked",
    "/api/settings/parked/retry",
    "/api/settings/parked/rows",
    "/api/settings/reviews",
    "/api/settings/reviews/decide",
    "/api/settings/runs",
    "/api/settings/runs/cancel",
    "/api/settings/runs/continue",
    "/api/settings/tombstones",
    "/api/settings/tombstones/lift",
    "/api/settings/undo",
    "/api/settings/undo/plan",
    "/oauth/install",
    "/oauth/callback",
    "/oauth/netsuite/callback",
    "/window/continue",
    "/window/certificate",
    "/window/activity",
    "/window/{ticket}",
    "/webhooks/hubspot",
    "/healthz",
    "/readyz",
    "/metrics",
];

/// Whether everything that requests need is there.
#[async_trait]
pub trait Ready: Send + Sync {
    /// Asks.
    ///
    /// # Errors
    /// What is not there, in words for the log.
    async fn ready(&self) -> Result<(), String>;
}

/// Counters and readiness.
pub struct Probes {
    ready: Box<dyn Ready>,
    metrics: Metrics,
    routes: HashMap<&'static str, Arc<RouteMetrics>>,
    other: Arc<RouteMetrics>,
    lists: [(ListState, Counter); 6],
}

impl Probes {
    /// Counts into `metrics`, which from now on also show the caches of `cards`.
    #[must_use]
    pub fn new(ready: Box<dyn Ready>, metrics: Metrics, cards: &Cards) -> Self {
        let counts: Vec<_> = cards.counts().iter().map(|(name, counts)| (*name, Arc::clone(counts))).collect();
        metrics.caches_from(move || {
            let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
            let one = |c: &crate::cards::Counts| [read(&c.hits), read(&c.misses), read(&c.stale), read(&c.refreshing)];
            counts.iter().map(|(name, counts)| (*name, one(counts))).collect()
        });
        let lists = [
            (ListState::Ready, "ready"),
            (ListState::Loading, "loading"),
            (ListState::NotConnected, "not_connected"),
            (ListState::NoPermission, "no_permission"),
            (ListState::Unavailable, "unavailable"),
            (ListState::Ambiguous, "ambiguous"),
        ];
        Self {
            routes: ROUTES.into_iter().map(|route| (route, Arc::new(metrics.route(route)))).collect(),
            other: Arc::new(metrics.route("other")),
            lists: lists.map(|(state, word)| (state, metrics.card_answers(word))),
            ready,
            metrics,
        }
    }

    /// Counts a request that was not signed as it must be.
    pub fn unsigned(&self, why: &'static str) {
        self.metrics.signature_failed(why);
    }

    /// Counts an event of HubSpot by its kind.
    pub fn event(&self, kind: &'static str, taken: bool) {
        self.metrics.event(kind, taken);
    }

    /// Counts an answer of the list by its state.
    pub fn listed(&self, state: ListState) {
        if let Some((_, counter)) = self.lists.iter().find(|(known, _)| *known == state) {
            counter.inc();
        }
    }
}

/// `/healthz`, `/readyz`, `/metrics`.
pub(super) fn routes() -> Router<Api> {
    Router::new().route("/healthz", plain("ok\n")).route("/readyz", get(ready)).route("/metrics", get(show))
}

async fn ready(State(api): State<Api>) -> Response {
    match api.probes.ready.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => {
            tracing::warn!(why, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n").into_response()
        }
    }
}

async fn show(State(api): State<Api>) -> Result<Response, ApiError> {
    let text = api.probes.metrics.render().map_err(|e| ApiError::inside(format!("metrics: {e}")))?;
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// Counts and times every request by its route.
pub(super) async fn count(State(api): State<Api>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().and_then(|path| api.probes.routes.get(path.as_str()));
    let route = Arc::clone(route.unwrap_or(&api.probes.other));
    let response = next.run(request).await;
    route.answered(response.status().as_u16(), began.elapsed());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_description_is_counted_by_its_name() {
        let description: serde_json::Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
        let paths = description["paths"].as_object().unwrap();
        let unknown: Vec<&String> = paths.keys().filter(|path| !ROUTES.contains(&path.as_str())).collect();
        assert!(unknown.is_empty(), "counted as other: {unknown:?}");
    }

    #[test]
    fn every_window_is_counted_by_its_name() {
        let source = include_str!("windows.rs");
        let routes: Vec<&str> = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(routes.len() > 4, "{routes:?}");
        assert!(routes.iter().all(|route| ROUTES.contains(route)), "{routes:?}");
    }
}
