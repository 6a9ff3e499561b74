//! The control endpoints of the local HubSpot, under `/_sandbox`, and what the preview and the demo ask it.
//!
//! | call | body | what it does |
//! | --- | --- | --- |
//! | `GET`, `PUT`, `DELETE faults`, `PUT faults/seed`, `GET stats`, `POST clock`, `GET secrets` | | as of every local server; `stats` has `written`: calls and rows by kind of writing call |
//! | `PUT limits` | `{perTenSeconds?, searchesPerSecond?, factor?}` | how many calls a portal has; `factor`: so many times what HubSpot allows |
//! | `GET`, `PUT backend` | `{url}` | where the program listens |
//! | `POST reset` | | faults, figures, clock and limits as at the start; records and tokens stay |
//! | `GET catalogue` | | the planted records, and the newest of those that were made since |
//! | `GET plant` | | what the demo plants in the program's database |
//!
//! What is about one portal is in `portal_control`, `record_control` and `admin_control`.

use std::{
    collections::BTreeSet,
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

use super::{
    account::Account,
    admin_control,
    limits::{SEARCHES, Window},
    portal_control, record_control,
    server::Server,
};
use crate::sandbox::{
    control,
    data::{
        accounts::MAIN,
        crm::{COMPANY, CONTACT, DEAL, Portal, Record},
        decorate::CUSTOMERS_FROM,
    },
};

/// How many records of a type that were made since the start the catalogue shows.
const NEWEST: usize = 200;

/// How many calls a portal has in ten seconds.
pub(super) const CALLS: usize = 110;

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    control::routes()
        .merge(portal_control::router())
        .merge(record_control::router())
        .merge(admin_control::router())
        .route("/limits", put(limits))
        .route("/backend", put(set_backend).get(backend))
        .route("/reset", post(reset))
        .route("/catalogue", get(catalogue))
        .route("/plant", get(plant))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    /// Calls in ten seconds.
    #[serde(default)]
    per_ten_seconds: Option<usize>,
    /// Searches in a second.
    #[serde(default)]
    searches_per_second: Option<usize>,
    /// So many times what HubSpot allows, of both.
    #[serde(default)]
    factor: Option<usize>,
}

/// `PUT limits`: what is not named stays.
async fn limits(State(server): State<Arc<Server>>, Json(limits): Json<Limits>) -> StatusCode {
    let set = |window: &Window, own: Option<usize>, usual: usize| {
        if let Some(most) = own.or(limits.factor.map(|factor| factor * usual)) {
            window.set(most);
        }
    };
    set(&server.window, limits.per_ten_seconds, CALLS);
    set(&server.searches, limits.searches_per_second, SEARCHES);
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
    server.searches.set(SEARCHES);
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
    // The planted ones in their order, which leads a visitor; what was made since comes last, the newest of it only.
    let places: BTreeSet<_> = planted.records.iter().map(|r| (r.kind, r.id)).collect();
    let newest = [CONTACT, COMPANY, DEAL].into_iter().flat_map(|kind| {
        let rows = account.sheet(kind).range(0..=u64::MAX).rev().map(move |(id, _)| (kind, id));
        let mut since: Vec<_> = rows.filter(|key| !places.contains(key)).take(NEWEST).collect();
        since.reverse();
        since
    });
    let keys = planted.records.iter().map(|r| (r.kind, r.id)).chain(newest.collect::<Vec<_>>());
    let live = keys.filter_map(|key| account.any(key).filter(|row| row.archived.is_none()).map(|row| (key, row)));
    let records: Vec<_> = live
        .map(|((kind, id), row)| {
            let mut properties = account.values(row);
            properties.insert("hs_object_id".to_owned(), id.to_string());
            json!({
                "objectTypeId": kind, "objectId": id.to_string(), "name": Record::name_of(kind, &properties),
                "hint": row.hint(), "tags": row.tags(), "properties": properties,
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
