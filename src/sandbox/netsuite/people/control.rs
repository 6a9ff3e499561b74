//! The controls over customers and contacts: what people do in NetSuite's pages, also what its record service refuses.
//!
//! Below `/_sandbox/accounts/{label}`, with `{kind}` = `customers` or `contacts`. A row is `{column: value}` with the columns'
//! lower-case names, dates as `YYYY-MM-DD HH:MM:SS` on the account's wall clock, flags as `T` and `F`; `null` empties.
//! Besides: a customer has `subsidiary`, a row may have `address` (the columns of an address; the default one is changed),
//! a contact `companies` (all its companies; `company`, the first one, is among them).
//!
//! | call | body | what it does |
//! | --- | --- | --- |
//! | `POST customers/bulk` | `{count, seed?, people?, withEmail?, contactsPerCompany?, stampSpread?}` | makes up customers; answers `{customers, contacts, firstId}` |
//! | `GET {kind}?after=&limit=` | | `{rows, next}`: all rows in the order of their ids, `next` for `after`, `null` at the end |
//! | `POST {kind}` | a row, `id` if it is to have a certain one | writes a new one; answers it |
//! | `GET {kind}/{id}` | | the row |
//! | `PATCH {kind}/{id}` | what changes | changes it, and stamps it unless `lastmodifieddate` is given; answers it |
//! | `DELETE {kind}/{id}` | | deletes it |
//! | `POST {kind}/merge` | `{survivor, loser}` | merges two |
//! | `GET deleted?after=&limit=` | | `{rows, next}`: the list of deleted records |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value as Json_, json};

use crate::sandbox::{
    data::{books::EntityKind, bulk::Bulk},
    netsuite::{
        account::Account,
        control::{no_account, refuse},
        engine::{Desk, DeskError, Fields, rows},
        server::Server,
    },
};

/// How many made-up customers are written between two reads.
const AT_ONCE: u32 = 2_000;

/// The routes.
pub(in crate::sandbox::netsuite) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/accounts/{label}/customers/bulk", post(bulk))
        .route("/accounts/{label}/deleted", get(deleted))
        .route("/accounts/{label}/{kind}", get(page).post(create))
        .route("/accounts/{label}/{kind}/merge", post(merge))
        .route("/accounts/{label}/{kind}/{id}", get(one).patch(change).delete(remove))
}

fn kind_of(name: &str) -> Option<EntityKind> {
    match name {
        "customers" => Some(EntityKind::Customer),
        "contacts" => Some(EntityKind::Contact),
        _ => None,
    }
}

/// Does something with the account's rows where it blocks nobody.
async fn at_desk<T: serde::Serialize + Send + 'static>(
    server: &Server,
    label: &str,
    act: impl FnOnce(&Account) -> Result<T, DeskError> + Send + 'static,
) -> Response {
    let Some(account) = server.account(label).cloned() else { return no_account(label) };
    match tokio::task::spawn_blocking(move || act(&account)).await {
        Ok(Ok(done)) => Json(done).into_response(),
        Ok(Err(error)) => {
            let status = match &error {
                DeskError::Missing { .. } => StatusCode::NOT_FOUND,
                DeskError::InUse(_) => StatusCode::CONFLICT,
                DeskError::Column(_) | DeskError::Value(_) => StatusCode::BAD_REQUEST,
                DeskError::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            refuse(status, error.to_string())
        }
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "it was broken off"),
    }
}

fn no_kind(name: &str) -> Response {
    refuse(StatusCode::NOT_FOUND, format!("there are no \"{name}\" here"))
}

async fn bulk(State(server): State<Arc<Server>>, Path(label): Path<String>, Json(bulk): Json<Bulk>) -> Response {
    let now = server.account(&label).map(|account| server.now(account)).unwrap_or_default();
    let most = bulk.count.checked_mul(bulk.ids_each()).filter(|ids| *ids <= 100_000_000);
    let Some(ids) = most else { return refuse(StatusCode::BAD_REQUEST, "that is too many") };
    at_desk(&server, &label, move |account| {
        let first = account.engine.write(|desk| Ok::<_, DeskError>(desk.new_ids(ids)))?;
        let mut contacts = 0;
        for from in (0..bulk.count).step_by(AT_ONCE as usize) {
            let to = from.saturating_add(AT_ONCE).min(bulk.count);
            let rows: Vec<_> = (from..to).map(|at| bulk.make(at, first, now)).collect();
            contacts += rows.iter().map(|(_, staff)| staff.len()).sum::<usize>();
            account.engine.write(|desk| desk.load(&rows))?;
        }
        Ok(json!({"customers": bulk.count, "contacts": contacts, "firstId": first}))
    })
    .await
}

/// A row with what hangs on it.
fn whole(desk: &Desk<'_>, kind: EntityKind, id: u32, mut row: Fields) -> Result<Fields, DeskError> {
    if let Some(address) = desk.addresses(id)?.into_iter().next() {
        row.insert("address".to_owned(), Json_::Object(address));
    }
    if kind == EntityKind::Contact {
        row.insert("companies".to_owned(), json!(desk.ties(kind, id)?));
    }
    Ok(row)
}

fn read(desk: &Desk<'_>, kind: EntityKind, id: u32) -> Result<Fields, DeskError> {
    let row = desk.get(kind, id)?.ok_or(DeskError::Missing { kind, id })?;
    whole(desk, kind, id, row)
}

/// The parts of a row that are no columns.
struct Parts {
    address: Option<Fields>,
    companies: Option<Vec<u32>>,
}

fn parts(kind: EntityKind, row: &mut Fields) -> Result<Parts, DeskError> {
    let wrong = |name: &str| DeskError::Value(name.to_owned());
    let address = match row.remove("address") {
        None => None,
        Some(Json_::Object(address)) => Some(address),
        Some(_) => return Err(wrong("address")),
    };
    let companies = match row.remove("companies") {
        Some(list) if kind == EntityKind::Contact => {
            Some(serde_json::from_value(list).map_err(|_| wrong("companies"))?)
        }
        None => None,
        Some(_) => return Err(wrong("companies")),
    };
    Ok(Parts { address, companies })
}

fn put_parts(desk: &Desk<'_>, kind: EntityKind, id: u32, parts: Parts) -> Result<Fields, DeskError> {
    if let Some(changes) = parts.address {
        let mut address = desk.addresses(id)?.into_iter().next().unwrap_or_default();
        address.extend(changes);
        desk.put_address(id, address)?;
    }
    if let Some(companies) = parts.companies {
        for gone in desk.ties(kind, id)?.into_iter().filter(|tied| !companies.contains(tied)) {
            desk.detach(gone, id)?;
        }
        for company in companies {
            desk.attach(company, id, None)?;
        }
    }
    read(desk, kind, id)
}

async fn create(
    State(server): State<Arc<Server>>,
    Path((label, kind)): Path<(String, String)>,
    Json(mut row): Json<Fields>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    let at = server.account(&label).map(|account| server.stamp(account)).unwrap_or_default();
    at_desk(&server, &label, move |account| {
        account.engine.write(|desk| {
            let parts = parts(kind, &mut row)?;
            let asked =
                row.remove("id").map(|id| serde_json::from_value(id).map_err(|_| DeskError::Value("id".to_owned())));
            let id = asked.transpose()?.unwrap_or_else(|| desk.new_ids(1));
            desk.insert(kind, id, row, &at)?;
            put_parts(desk, kind, id, parts)
        })
    })
    .await
}

async fn change(
    State(server): State<Arc<Server>>,
    Path((label, kind, id)): Path<(String, String, u32)>,
    Json(mut changes): Json<Fields>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    let at = server.account(&label).map(|account| server.stamp(account)).unwrap_or_default();
    at_desk(&server, &label, move |account| {
        account.engine.write(|desk| {
            let parts = parts(kind, &mut changes)?;
            desk.change(kind, id, changes, &at)?;
            put_parts(desk, kind, id, parts)
        })
    })
    .await
}

async fn one(State(server): State<Arc<Server>>, Path((label, kind, id)): Path<(String, String, u32)>) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    at_desk(&server, &label, move |account| account.engine.read(|desk| read(desk, kind, id))).await
}

async fn remove(State(server): State<Arc<Server>>, Path((label, kind, id)): Path<(String, String, u32)>) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    let at = server.account(&label).map(|account| server.stamp(account)).unwrap_or_default();
    at_desk(&server, &label, move |account| account.engine.write(|desk| desk.remove(kind, id, &at))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    survivor: u32,
    loser: u32,
}

async fn merge(
    State(server): State<Arc<Server>>,
    Path((label, kind)): Path<(String, String)>,
    Json(Merge { survivor, loser }): Json<Merge>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    let at = server.account(&label).map(|account| server.stamp(account)).unwrap_or_default();
    at_desk(&server, &label, move |account| {
        account.engine.write(|desk| {
            desk.merge(kind, survivor, loser, &at)?;
            read(desk, kind, survivor)
        })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    after: u32,
    #[serde(default = "a_thousand")]
    limit: u32,
}

const fn a_thousand() -> u32 {
    1_000
}

async fn page(
    State(server): State<Arc<Server>>,
    Path((label, kind)): Path<(String, String)>,
    Query(Part { after, limit }): Query<Part>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return no_kind(&kind) };
    at_desk(&server, &label, move |account| {
        account.engine.read(|desk| {
            let mut list = Vec::new();
            for row in desk.page(kind, after, limit)? {
                let id = rows::id(&row, "id").unwrap_or_default();
                list.push(whole(desk, kind, id, row)?);
            }
            let next = list.last().filter(|_| list.len() == limit as usize).map(|row| row["id"].clone());
            Ok::<_, DeskError>(json!({"rows": list, "next": next}))
        })
    })
    .await
}

async fn deleted(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Query(Part { after, limit }): Query<Part>,
) -> Response {
    at_desk(&server, &label, move |account| {
        account.engine.read(|desk| {
            let list = desk.deleted(after.into(), limit)?;
            let next = list.last().filter(|_| list.len() == limit as usize).map(|(place, _)| *place);
            let rows: Vec<_> = list.into_iter().map(|(_, row)| row).collect();
            Ok::<_, DeskError>(json!({"rows": rows, "next": next}))
        })
    })
    .await
}
