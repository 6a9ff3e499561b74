//! The control endpoints of the local HubSpot, under `/_sandbox`, and what the preview and the demo ask it.

use std::sync::{Arc, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value as Json_, json};

use super::server::Server;
use crate::sandbox::{
    control,
    data::{accounts::MAIN, crm::Portal, decorate::CUSTOMERS_FROM},
};

/// How many calls a portal has in ten seconds.
pub(super) const CALLS: usize = 110;

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    control::routes()
        .route("/limits", put(limits))
        .route("/backend", put(set_backend).get(backend))
        .route("/reset", post(reset))
        .route("/catalogue", get(catalogue))
        .route("/plant", get(plant))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    per_ten_seconds: usize,
}

async fn limits(State(server): State<Arc<Server>>, Json(limits): Json<Limits>) -> StatusCode {
    server.window.set(limits.per_ten_seconds);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backend {
    url: String,
}

async fn set_backend(State(server): State<Arc<Server>>, Json(backend): Json<Backend>) -> Response {
    match url::Url::parse(&backend.url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            *server.backend.lock().unwrap_or_else(PoisonError::into_inner) = Some(backend.url);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => (StatusCode::BAD_REQUEST, Json(json!({"error": "url must be an http or https address"}))).into_response(),
    }
}

async fn backend(State(server): State<Arc<Server>>) -> Json<Json_> {
    Json(json!({"url": server.backend()}))
}

/// Faults, figures, clock and limits as at the start. Tokens stay.
async fn reset(State(server): State<Arc<Server>>) -> StatusCode {
    server.faults.set(Vec::new());
    server.stats.reset();
    server.moment.reset();
    server.window.set(CALLS);
    StatusCode::NO_CONTENT
}

/// What there is to look at: the preview shows it as a list to choose from.
async fn catalogue(State(server): State<Arc<Server>>) -> Json<Json_> {
    let portals: Vec<_> = server.portals.iter().map(portal).collect();
    Json(json!({"publicUrl": server.settings.public_url, "appId": server.settings.app_id, "portals": portals}))
}

fn portal(portal: &Portal) -> Json_ {
    let records: Vec<_> = portal
        .records
        .iter()
        .map(|r| {
            json!({
                "objectTypeId": r.kind, "objectId": r.id.to_string(), "name": r.name(), "hint": r.hint, "tags": r.tags,
                "properties": r.properties,
            })
        })
        .collect();
    let users = json!([
        {"userId": "9001", "email": "ann@chinook.example", "firstName": "Ann", "lastName": "Andersson"},
        {"userId": "9002", "email": "bruno+crm@chinook.example", "firstName": "Bruno", "lastName": "Bélanger"},
    ]);
    let tags: &[&str] = if portal.connected { &[] } else { &["no_connection"] };
    json!({
        "portalId": portal.seed.id.to_string(), "name": portal.seed.name, "timeZone": portal.seed.time_zone, "tags": tags,
        "users": users, "records": records,
    })
}

/// What the demo plants in the program's database.
async fn plant(State(server): State<Arc<Server>>) -> Json<Json_> {
    let portals: Vec<_> = server
        .portals
        .iter()
        .map(|p| {
            json!({
                "portalId": p.seed.id.to_string(), "name": p.seed.name, "refreshToken": p.seed.refresh_token,
                "timeZone": p.seed.time_zone,
            })
        })
        .collect();
    let connected = || server.portals.iter().filter(|p| p.connected);
    let connections: Vec<_> = connected()
        .map(|p| {
            json!({
                "portalId": p.seed.id.to_string(), "account": MAIN.id, "label": MAIN.label, "clientId": MAIN.client_id,
            })
        })
        .collect();
    let links: Vec<_> = connected()
        .flat_map(|p| {
            p.links.iter().map(move |l| {
                json!({
                    "portalId": p.seed.id.to_string(), "account": MAIN.id, "customerId": l.customer.to_string(),
                    "customerNumber": format!("CUST-{:04}", l.customer - CUSTOMERS_FROM),
                    "objectTypeId": l.record.0, "objectId": l.record.1.to_string(),
                })
            })
        })
        .collect();
    Json(json!({"portals": portals, "connections": connections, "links": links}))
}
