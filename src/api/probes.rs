//! What operators and load balancers ask: alive, ready, and how it goes.

use axum::{
    Router,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{Api, plain};
use crate::cards::answer::ListState;

/// Counters and readiness.
#[derive(Default)]
pub struct Probes {}

impl Probes {
    /// Counts a request that was not signed as it must be.
    pub fn unsigned(&self, _why: &'static str) {}
    /// Counts an answer of the list by its state.
    pub fn listed(&self, _state: ListState) {}
}

/// `/healthz`.
pub(super) fn routes() -> Router<Api> {
    Router::new().route("/healthz", plain("ok\n"))
}

/// Counts and times every request by its route.
pub(super) async fn count(State(_api): State<Api>, request: Request, next: Next) -> Response {
    next.run(request).await
}
