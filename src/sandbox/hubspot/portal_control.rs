//! The controls over single portals and over webhooks: what people do in HubSpot, where the API has nothing for it.
//!
//! Below `/_sandbox`, with `{portal}` = portal id, `{type}` = object type:
//!
//! | call | body | what it does |
//! | --- | --- | --- |
//! | `PUT portals/{portal}/users/{id}` | `{superAdmin?, primaryTeamId?, secondaryTeamIds?}` | changes a user |
//! | `PUT portals/{portal}/scopes` | `{withheld: […]}` | optional scopes that the next install does not get |
//! | `GET`, `PUT portals/{portal}/granted` | `{scopes: […]}` | what the present installs may do, at once |
//! | `POST portals/{portal}/uninstall` | | an admin removes the app; the program is not told |
//! | `POST portals/{portal}/records/{type}/{id}/archive` (or `restore`, `erase`) | | a person does that to a record |
//! | `POST portals/{portal}/records/{type}/merge` | `{primary, loser}` | a person merges two; answers `{objectId}` |
//! | `POST portals/{portal}/properties/{type}/{name}/archive` | | an admin archives a property |
//! | `GET`, `PUT webhooks` | `{subscriptions?, automatic?, version?: v3, v1, both}` | what is told, and how; how it stands |
//! | `POST webhooks/deliver` | | sends what waits, now; answers `{statuses}`, `null` = no answer |
//! | `POST webhooks/send` | `[event, …]` | queues exactly these |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{post, put},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json_, json};

use super::{
    change::{self, By},
    errors::Refusal,
    objects::kind_of,
    server::{Server, State},
    webhooks::{self, Version},
};
use crate::sandbox::data::{
    crm::CONTACT,
    people::{Person, TEAMS},
};

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/portals/{portal}/users/{user}", put(user))
        .route("/portals/{portal}/scopes", put(withhold))
        .route("/portals/{portal}/granted", put(regrant).get(granted))
        .route("/portals/{portal}/uninstall", post(uninstall))
        .route("/portals/{portal}/records/{kind}/merge", post(merge))
        .route("/portals/{portal}/records/{kind}/{id}/{what}", post(record))
        .route("/portals/{portal}/properties/{kind}/{name}/archive", post(archive_property))
        .route("/webhooks", put(set_webhooks).get(webhooks))
        .route("/webhooks/deliver", post(deliver))
        .route("/webhooks/send", post(send))
}

/// 204.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Does something to a portal, and queues what it makes to tell.
pub(super) fn with_portal(
    server: &Server,
    portal: u64,
    act: impl FnOnce(&mut State, usize) -> Result<Response, Refusal>,
) -> Response {
    let mut state = server.state();
    let answer = match state.place(portal) {
        None => Err(Refusal::missing(format!("There is no portal {portal}"))),
        Some(at) => {
            state.accounts[at].tick(server.moment.now());
            act(&mut state, at)
        }
    };
    webhooks::gather(server, &mut state);
    answer.unwrap_or_else(|refusal| refusal.answer("control"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserChange {
    #[serde(default)]
    super_admin: Option<bool>,
    /// `null` takes the team away.
    #[serde(default, deserialize_with = "given")]
    primary_team_id: Option<Json_>,
    #[serde(default)]
    secondary_team_ids: Option<Vec<Json_>>,
}

/// Tells a `null` apart from a field that is not there.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Json_>, D::Error> {
    Json_::deserialize(from).map(Some)
}

/// A team's id, as a number or as text.
fn team(json: &Json_) -> Result<u64, Refusal> {
    let id = json.as_u64().or_else(|| json.as_str().and_then(|t| t.parse().ok()));
    let known = id.filter(|id| TEAMS.iter().any(|t| t.id == *id));
    known.ok_or_else(|| Refusal::validation(format!("There is no team {json}")))
}

async fn user(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, user)): Path<(u64, u64)>,
    Json(change): Json<UserChange>,
) -> Response {
    with_portal(&server, portal, |state, at| {
        let found = state.accounts[at].people.iter_mut().find(|p| p.id == user);
        let person: &mut Person = found.ok_or_else(|| Refusal::missing(format!("There is no user {user}")))?;
        if let Some(primary) = &change.primary_team_id {
            person.primary_team = if primary.is_null() { None } else { Some(team(primary)?) };
        }
        if let Some(teams) = &change.secondary_team_ids {
            person.secondary_teams = teams.iter().map(team).collect::<Result<_, _>>()?;
        }
        person.super_admin = change.super_admin.unwrap_or(person.super_admin);
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withheld {
    withheld: Vec<String>,
}

async fn withhold(
    Shared(server): Shared<Arc<Server>>,
    Path(portal): Path<u64>,
    Json(change): Json<Withheld>,
) -> Response {
    with_portal(&server, portal, |state, at| {
        state.accounts[at].withheld = change.withheld.into_iter().collect();
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    scopes: Vec<String>,
}

async fn regrant(
    Shared(server): Shared<Arc<Server>>,
    Path(portal): Path<u64>,
    Json(change): Json<Granted>,
) -> Response {
    with_portal(&server, portal, |state, at| {
        if !state.grants.installed(at) {
            return Err(Refusal::validation("The app is not installed in this portal"));
        }
        state.grants.regrant(at, &change.scopes);
        Ok(done())
    })
}

async fn granted(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>) -> Response {
    with_portal(&server, portal, |state, at| {
        let install = state.grants.newest(at);
        let scopes = install.map(|i| i.scopes.clone()).unwrap_or_default();
        Ok(Json(json!({"installed": install.is_some(), "scopes": scopes})).into_response())
    })
}

async fn uninstall(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>) -> Response {
    with_portal(&server, portal, |state, at| {
        state.uninstall(at);
        Ok(done())
    })
}

async fn record(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind, id, what)): Path<(u64, String, u64, String)>,
) -> Response {
    let by = By::person(server.moment.now());
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&mut state.accounts[at], kind_of(&kind)?);
        match what.as_str() {
            "archive" => {
                account.live(kind, id).ok_or_else(Refusal::no_record)?;
                change::archive(account, kind, id, by);
            }
            "restore" => change::restore(account, kind, id, by)?,
            "erase" if kind == CONTACT => change::erase(account, id, by)?,
            "erase" => return Err(Refusal::validation("Only contacts can be erased")),
            _ => return Err(Refusal::no_path()),
        }
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    primary: Json_,
    loser: Json_,
}

async fn merge(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind)): Path<(u64, String)>,
    Json(merge): Json<Merge>,
) -> Response {
    let by = By::person(server.moment.now());
    let id = |json: &Json_| json.as_u64().or_else(|| json.as_str().and_then(|t| t.parse().ok())).unwrap_or(0);
    with_portal(&server, portal, |state, at| {
        let survivor =
            change::merge(&mut state.accounts[at], kind_of(&kind)?, (id(&merge.primary), id(&merge.loser)), by)?;
        Ok(Json(json!({"objectId": survivor.to_string()})).into_response())
    })
}

async fn archive_property(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind, name)): Path<(u64, String, String)>,
) -> Response {
    let by = By::person(server.moment.now());
    with_portal(&server, portal, |state, at| {
        super::properties::archive(&mut state.accounts[at], kind_of(&kind)?, &name, by)?;
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HookChange {
    #[serde(default)]
    subscriptions: Option<Vec<String>>,
    #[serde(default)]
    automatic: Option<bool>,
    #[serde(default)]
    version: Option<Version>,
}

async fn set_webhooks(Shared(server): Shared<Arc<Server>>, Json(change): Json<HookChange>) -> Json<Json_> {
    let mut state = server.state();
    let hooks = &mut state.hooks;
    if let Some(names) = change.subscriptions {
        hooks.subscriptions = names.into_iter().collect();
    }
    hooks.automatic = change.automatic.unwrap_or(hooks.automatic);
    hooks.version = change.version.unwrap_or(hooks.version);
    let answer = hooks.json();
    webhooks::gather(&server, &mut state);
    Json(answer)
}

async fn webhooks(Shared(server): Shared<Arc<Server>>) -> Json<Json_> {
    Json(server.state().hooks.json())
}

async fn deliver(Shared(server): Shared<Arc<Server>>) -> Json<Json_> {
    Json(json!({"statuses": webhooks::deliver(&server).await}))
}

async fn send(Shared(server): Shared<Arc<Server>>, Json(events): Json<Vec<Map<String, Json_>>>) -> StatusCode {
    let mut state = server.state();
    state.hooks.queue(events);
    webhooks::gather(&server, &mut state);
    StatusCode::NO_CONTENT
}
