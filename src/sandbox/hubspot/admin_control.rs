//! The controls over what a portal's admins decide: rules for writing, options, lists, and how fast searches see changes.
//!
//! Below `/_sandbox/portals/{portal}`, with `{type}` = object type:
//!
//! | call | body | what it does |
//! | --- | --- | --- |
//! | `GET`, `PUT rules` | `{required?: {type: [property]}, conditional?: [{objectType, property, values?, requires}], keepErasedOut?, associationLimits?: [{from, to, limit}]}` | the rules for writing; a `PUT` replaces all of them, and what it leaves out is as at the start |
//! | `PUT search` | `{lagMs}` | how long a change takes until searches see it; 0 at the start |
//! | `POST properties/{type}/{name}/options` | `{value, label, displayOrder}` | a further option, such as a stage of one's own |
//! | `POST lists` | `{name, type, members?}` | a list; answers `{listId}` |
//! | `POST lists/{id}` | `{add?, remove?}` | record ids that come in and go out |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    response::{IntoResponse, Response},
    routing::{post, put},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    errors::Refusal,
    objects::kind_of,
    portal_control::{done, with_portal},
    rules::Rules,
    schema::Choice,
    server::Server,
};

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/portals/{portal}/rules", put(set_rules).get(rules))
        .route("/portals/{portal}/search", put(search))
        .route("/portals/{portal}/properties/{kind}/{name}/options", post(option))
        .route("/portals/{portal}/lists", post(make_list))
        .route("/portals/{portal}/lists/{id}", post(change_list))
}

async fn set_rules(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>, Json(rules): Json<Rules>) -> Response {
    with_portal(&server, portal, |state, at| {
        state.accounts[at].rules.set(rules)?;
        Ok(done())
    })
}

async fn rules(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>) -> Response {
    with_portal(&server, portal, |state, at| Ok(Json(&state.accounts[at].rules).into_response()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Lag {
    lag_ms: u32,
}

async fn search(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>, Json(lag): Json<Lag>) -> Response {
    with_portal(&server, portal, |state, at| {
        state.accounts[at].index.set_lag(i64::from(lag.lag_ms));
        Ok(done())
    })
}

async fn option(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind, name)): Path<(u64, String, String)>,
    Json(choice): Json<Choice>,
) -> Response {
    let now = server.moment.now();
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&mut state.accounts[at], kind_of(&kind)?);
        let none = || Refusal::missing(format!("No property named \"{name}\" exists"));
        let mut property = account.schema.get(kind, &name).cloned().ok_or_else(none)?;
        if property.options.iter().any(|o| o.value == choice.value) {
            return Err(Refusal::exists(format!("The option {} is there already", choice.value)));
        }
        property.options.push(choice);
        property.options.sort_by_key(|o| o.display_order);
        property.updated = now;
        account.schema.put(kind, property);
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewList {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: Vec<u64>,
}

async fn make_list(
    Shared(server): Shared<Arc<Server>>,
    Path(portal): Path<u64>,
    Json(list): Json<NewList>,
) -> Response {
    let now = server.moment.now();
    with_portal(&server, portal, |state, at| {
        let lists = &mut state.accounts[at].lists;
        let id = lists.make(list.name, kind_of(&list.kind)?, now);
        lists.change(id, &list.members, &[], now)?;
        Ok(Json(json!({"listId": id.to_string()})).into_response())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moves {
    #[serde(default)]
    add: Vec<u64>,
    #[serde(default)]
    remove: Vec<u64>,
}

async fn change_list(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, id)): Path<(u64, u64)>,
    Json(moves): Json<Moves>,
) -> Response {
    let now = server.moment.now();
    with_portal(&server, portal, |state, at| {
        state.accounts[at].lists.change(id, &moves.add, &moves.remove, now)?;
        Ok(done())
    })
}
