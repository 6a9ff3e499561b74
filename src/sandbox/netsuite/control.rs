//! The control endpoints of the local NetSuite, under `/_sandbox`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde_json::json;

use super::{people, server::Server, switches::Switches};
use crate::sandbox::{control, data::books::EntityKind};

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    control::routes()
        .route("/reset", post(reset))
        .route("/accounts", get(accounts))
        .route("/accounts/{label}/certificates", post(certificate).delete(revoke))
        .route("/accounts/{label}/consents", delete(end_consents))
        .route("/backend", put(backend))
        .route("/accounts/{label}/switches", put(switch).get(switches))
        .merge(people::control::router())
}

/// A clear refusal.
pub(super) fn refuse(status: StatusCode, detail: impl Into<String>) -> Response {
    (status, Json(json!({"error": detail.into()}))).into_response()
}

pub(super) fn no_account(label: &str) -> Response {
    refuse(StatusCode::NOT_FOUND, format!("there is no account with the label \"{label}\""))
}

/// Faults, figures, clock, switches, customers and contacts as at the start. Certificates and tokens stay: they are the
/// connection's.
async fn reset(State(server): State<Arc<Server>>) -> Response {
    server.faults.set(Vec::new());
    server.stats.reset();
    server.moment.reset();
    for account in &server.accounts {
        account.switch(Switches::fresh());
        let whole = Arc::clone(account);
        let restored = tokio::task::spawn_blocking(move || whole.restore()).await;
        if !matches!(restored, Ok(Ok(()))) {
            return refuse(StatusCode::INTERNAL_SERVER_ERROR, "the planted rows could not be put back");
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn accounts(State(server): State<Arc<Server>>) -> Json<serde_json::Value> {
    let list: Vec<_> = server
        .accounts
        .iter()
        .map(|a| {
            json!({
                "account": a.seed.id, "label": a.seed.label, "clientId": a.seed.client_id, "url": server.url_of(a),
                "customers": a.count(EntityKind::Customer), "contacts": a.count(EntityKind::Contact),
                "transactions": a.books.transactions.len(), "timeZone": a.zone().iana_name(),
            })
        })
        .collect();
    Json(json!({"accounts": list}))
}

async fn certificate(State(server): State<Arc<Server>>, Path(label): Path<String>, pem: String) -> Response {
    let Some(account) = server.account(&label) else { return no_account(&label) };
    match account.tokens.register(&pem) {
        Ok(id) => Json(json!({"certificateId": id})).into_response(),
        Err(bad) => refuse(StatusCode::BAD_REQUEST, bad.to_string()),
    }
}

/// Takes every certificate and token back, as an administrator who removes the mapping does.
async fn revoke(State(server): State<Arc<Server>>, Path(label): Path<String>) -> Response {
    let Some(account) = server.account(&label) else { return no_account(&label) };
    account.tokens.clear();
    StatusCode::NO_CONTENT.into_response()
}

/// Takes every consent and token back; certificates stay.
async fn end_consents(State(server): State<Arc<Server>>, Path(label): Path<String>) -> Response {
    let Some(account) = server.account(&label) else { return no_account(&label) };
    account.tokens.end_consents();
    StatusCode::NO_CONTENT.into_response()
}

/// Where the program listens, as text.
async fn backend(State(server): State<Arc<Server>>, url: String) -> StatusCode {
    *server.backend.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(url.trim().to_owned());
    StatusCode::NO_CONTENT
}

async fn switches(State(server): State<Arc<Server>>, Path(label): Path<String>) -> Response {
    server.account(&label).map_or_else(|| no_account(&label), |a| Json(a.switches()).into_response())
}

async fn switch(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Json(change): Json<Switches>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account(&label) };
    if let Some(unknown) = change.unknown_right() {
        return refuse(StatusCode::BAD_REQUEST, format!("there is no right \"{unknown}\""));
    }
    if change.zone().is_err() {
        return refuse(StatusCode::BAD_REQUEST, "there is no such time zone");
    }
    Json(account.switch(change)).into_response()
}
