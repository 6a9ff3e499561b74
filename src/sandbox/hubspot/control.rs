//! The control endpoints of the local HubSpot, under `/_sandbox`, and what the preview and the demo ask it.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value as Json_, json};

use super::{account::Account, portal_control, server::Server};
use crate::sandbox::{
    control,
    data::{
        accounts::MAIN,
        crm::{Portal, Record},
        decorate::CUSTOMERS_FROM,
    },
};

/// How many calls a portal has in ten seconds.
pub(super) const CALLS: usize = 110;

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    control::routes()
        .merge(portal_control::router())
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
    server.searches.set(super::limits::SEARCHES);
    StatusCode::NO_CONTENT
}

/// What there is to look at: the preview shows it as a list to choose from.
async fn catalogue(State(server): State<Arc<Server>>) -> Json<Json_> {
    let state = server.state();
    let both = state.accounts.iter().zip(&server.portals).enumerate();
    let portals: Vec<_> = both.map(|(at, (a, planted))| portal(a, planted, state.grants.installed(at))).collect();
    Json(json!({"publicUrl": server.settings.public_url, "appId": server.settings.app_id, "portals": portals}))
}

fn portal(account: &Account, planted: &Portal, installed: bool) -> Json_ {
    // The planted ones in their order, which leads a visitor; what was made since comes last.
    let places: BTreeMap<_, _> = planted.records.iter().map(|r| (r.kind, r.id)).zip(0..).collect();
    let mut rows: Vec<_> = account.all().collect();
    rows.sort_by_key(|(key, _)| places.get(*key).copied().unwrap_or(usize::MAX));
    let records: Vec<_> = rows
        .into_iter()
        .map(|((kind, id), row)| {
            json!({
                "objectTypeId": kind, "objectId": id.to_string(), "name": Record::name_of(kind, &row.properties),
                "hint": row.hint, "tags": row.tags, "properties": row.properties,
            })
        })
        .collect();
    let users: Vec<_> = account
        .people
        .iter()
        .map(|p| {
            json!({
                "userId": p.id.to_string(), "email": p.email, "firstName": p.first_name, "lastName": p.last_name,
                "superAdmin": p.super_admin,
            })
        })
        .collect();
    let tags: &[&str] = if account.connected { &[] } else { &["no_connection"] };
    json!({
        "portalId": account.seed.id.to_string(), "name": account.seed.name, "timeZone": account.seed.time_zone,
        "tags": tags, "installed": installed, "users": users, "records": records,
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
