//! The pages on which a person sees records: a list of each type with a search, and a record with what belongs to it. They
//! are where links to HubSpot lead in the demo. Nothing can be changed here.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    account::{Account, Key, noun},
    authorize::Wrong,
    objects::kind_of,
    pages::{framed, refused},
    row::Row,
    scopes::plural,
    search::has_words,
    server::Server,
};
use crate::sandbox::{
    data::crm::{COMPANY, CONTACT, DEAL},
    moment::rfc3339,
};

/// The most rows of a list.
const PAGE: usize = 50;
/// The most records of a type that a record's page shows beside it.
const BESIDE: usize = 25;

/// What is asked of a list.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    /// Only records before this id: the newest come first.
    #[serde(default)]
    before: Option<u64>,
}

fn missing(what: String) -> Response {
    let wrong = Wrong { title: "There is nothing here", text: what };
    (StatusCode::NOT_FOUND, refused(&wrong)).into_response()
}

/// `GET /contacts/{portal}/objects/{typeId}/views/all`.
pub(super) async fn list(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind)): Path<(u64, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let state = server.state();
    let (Some(at), Ok(kind)) = (state.place(portal), kind_of(&kind)) else {
        return missing(format!("Portal {portal} has no records of type {kind}."));
    };
    let account = &state.accounts[at];
    let words = asked.q.to_lowercase();
    let rows = account.sheet(kind).range(0..=asked.before.map_or(u64::MAX, |id| id.saturating_sub(1))).rev();
    let mut fitting = rows.filter(|(id, row)| {
        row.archived.is_none() && (words.is_empty() || has_words(account, (kind, *id), row, &words))
    });
    let shown: Vec<_> = fitting.by_ref().take(PAGE).collect();
    let more = fitting.next().and(shown.last().map(|(id, _)| *id));
    listed(account, kind, &asked.q, &shown, more).into_response()
}

/// The properties that a list shows.
fn columns(kind: &str) -> [&'static str; 4] {
    match kind {
        CONTACT => ["email", "phone", "company", "lifecyclestage"],
        COMPANY => ["domain", "phone", "city", "lifecyclestage"],
        _ => ["amount", "dealstage", "closedate", "pipeline"],
    }
}

fn label<'a>(account: &'a Account, kind: &'static str, name: &'a str) -> &'a str {
    account.schema.get(kind, name).map_or(name, |p| p.label.as_str())
}

/// What people call a record; its id where it has no name.
fn named(account: &Account, (kind, id): Key, row: &Row) -> String {
    let name = account.name_of(kind, row);
    let mail = || account.get(row, "email").map(str::to_owned);
    if name.is_empty() { mail().unwrap_or_else(|| format!("{} {id}", noun(kind))) } else { name }
}

fn tabs(account: &Account) -> Markup {
    html! {
        nav aria-label="Records" {
            @for kind in [CONTACT, COMPANY, DEAL] {
                a href=(format!("/contacts/{}/objects/{kind}/views/all", account.seed.id)) { (capital(plural(kind))) } " "
            }
            a href="/accounts" { "Connected apps" }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn listed(account: &Account, kind: &'static str, q: &str, rows: &[(u64, &Row)], more: Option<u64>) -> Markup {
    let here = format!("/contacts/{}/objects/{kind}/views/all", account.seed.id);
    let older = |before: u64| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", q)
            .append_pair("before", &before.to_string())
            .finish();
        format!("{here}?{query}")
    };
    let title = capital(plural(kind));
    let content = html! {
        (tabs(account))
        h1 { (title) " of " (account.seed.name) }
        form role="search" action=(here) {
            label for="q" { "Search" }
            input id="q" name="q" type="search" value=(q);
            " " button type="submit" { "Search" }
        }
        @if rows.is_empty() { p { "No record fits." } } @else {
            table {
                thead { tr {
                    th scope="col" { "Name" }
                    @for name in columns(kind) { th scope="col" { (label(account, kind, name)) } }
                    th scope="col" { "Last modified" }
                } }
                tbody {
                    @for (id, row) in rows {
                        tr {
                            td { a href=(link(account, (kind, *id))) { (named(account, (kind, *id), row)) } }
                            @for name in columns(kind) { td { (account.get(row, name).unwrap_or_default()) } }
                            td { (rfc3339(row.updated)) }
                        }
                    }
                }
            }
        }
        @if let Some(before) = more { p { a href=(older(before)) { "Older records" } } }
    };
    framed(&title, &content)
}

fn link(account: &Account, (kind, id): Key) -> String {
    format!("/contacts/{}/record/{kind}/{id}", account.seed.id)
}

/// `GET /contacts/{portal}/record/{typeId}/{objectId}`.
pub(super) async fn record(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind, id)): Path<(u64, String, u64)>,
) -> Response {
    let state = server.state();
    let (Some(at), Ok(kind)) = (state.place(portal), kind_of(&kind)) else {
        return missing(format!("Portal {portal} has no records of type {kind}."));
    };
    let account = &state.accounts[at];
    let present = account.present((kind, id));
    if present != id {
        // As in HubSpot, the address of a merged record leads to the one that survived.
        return Redirect::temporary(&link(account, (kind, present))).into_response();
    }
    match account.any((kind, id)) {
        Some(row) => shown(account, (kind, id), row).into_response(),
        None => missing(format!("There is no {} {id}; it may have been deleted.", noun(kind))),
    }
}

fn shown(account: &Account, key: Key, row: &Row) -> Markup {
    let name = named(account, key, row);
    let values = account.values(row);
    let content = html! {
        (tabs(account))
        h1 { (name) }
        p.note {
            (capital(noun(key.0))) " " (key.1) " · made " (rfc3339(row.created)) " · last modified " (rfc3339(row.updated))
        }
        @if let Some(since) = row.archived { p role="status" { "In the recycle bin since " (rfc3339(since)) } }
        table {
            thead { tr {
                th scope="col" { "Property" } th scope="col" { "Value" } th scope="col" { "Written by" } th scope="col" { "At" }
            } }
            tbody {
                @for (name, value) in &values {
                    tr {
                        @let last = account.history(key, row, name).into_iter().next().unwrap_or_default();
                        th scope="row" { (label(account, key.0, name)) }
                        td { (value) }
                        td { (last["sourceType"].as_str().unwrap_or_default()) }
                        td { (last["timestamp"].as_str().unwrap_or_default()) }
                    }
                }
            }
        }
        @for kind in [CONTACT, COMPANY, DEAL] { (beside(account, key, kind)) }
    };
    framed(&name, &content)
}

/// The records of a type that belong to one.
fn beside(account: &Account, key: Key, kind: &'static str) -> Markup {
    let found: Vec<_> = account
        .bonds
        .of(key, kind)
        .filter_map(|(id, types)| account.live(kind, id).map(|(id, row)| (id, row, types)))
        .take(BESIDE)
        .collect();
    html! {
        @if !found.is_empty() {
            h2 { (capital(plural(kind))) }
            ul {
                @for (id, row, types) in found {
                    li {
                        a href=(link(account, (kind, id))) { (named(account, (kind, id), row)) }
                        @for label in types.iter().filter_map(|t| t.label.as_deref()) { " · " (label) }
                    }
                }
            }
        }
    }
}
