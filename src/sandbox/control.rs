//! The controls that every local server has under `/_sandbox`: faults, figures and the clock.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    faults::{Fault, Faults},
    moment::Moment,
    stats::{Figures, Stats},
};

/// A local server that can be controlled while it runs.
pub(super) trait Controlled: Send + Sync + 'static {
    /// Its faults.
    fn faults(&self) -> &Faults;
    /// What it counts.
    fn stats(&self) -> &Stats;
    /// Its clock.
    fn moment(&self) -> &Moment;
    /// Every token and code that it gave out: tests look for them where they must not be.
    fn secrets(&self) -> Vec<String>;
}

/// The routes that every local server has.
pub(super) fn routes<S: Controlled>() -> Router<Arc<S>> {
    Router::new()
        .route("/faults", get(faults::<S>).put(set_faults::<S>).delete(clear_faults::<S>))
        .route("/faults/seed", put(seed::<S>))
        .route("/stats", get(stats::<S>))
        .route("/clock", post(clock::<S>))
        .route("/secrets", get(secrets::<S>))
}

async fn faults<S: Controlled>(State(server): State<Arc<S>>) -> Json<Vec<Fault>> {
    Json(server.faults().list())
}

async fn set_faults<S: Controlled>(State(server): State<Arc<S>>, Json(faults): Json<Vec<Fault>>) -> Json<Vec<Fault>> {
    server.faults().set(faults);
    Json(server.faults().list())
}

async fn clear_faults<S: Controlled>(State(server): State<Arc<S>>) -> StatusCode {
    server.faults().set(Vec::new());
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

/// Starts the numbers anew by which faults with a probability hit.
async fn seed<S: Controlled>(State(server): State<Arc<S>>, Json(Seed { seed }): Json<Seed>) -> StatusCode {
    server.faults().seed(seed);
    StatusCode::NO_CONTENT
}

async fn secrets<S: Controlled>(State(server): State<Arc<S>>) -> Json<Vec<String>> {
    Json(server.secrets())
}

async fn stats<S: Controlled>(State(server): State<Arc<S>>) -> Json<Figures> {
    Json(server.stats().figures())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

async fn clock<S: Controlled>(State(server): State<Arc<S>>, Json(advance): Json<Advance>) -> Json<Value> {
    server.moment().advance(advance.advance_seconds);
    Json(json!({"now": server.moment().text()}))
}
