//! The page "Connected apps": where a person sees the portals, installs the app and removes it.

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::Markup;
use serde::Deserialize;

use super::{
    authorize::Wrong,
    pages::{self, Listed},
    server::Server,
};

/// `GET /accounts`.
pub(super) async fn page(State(server): State<Arc<Server>>) -> Markup {
    let state = server.state();
    let listed: Vec<_> = state
        .accounts
        .iter()
        .enumerate()
        .map(|(at, account)| Listed {
            portal: account.seed.id,
            name: account.seed.name,
            installed: state.grants.installed(at),
            scopes: state.grants.newest(at).map_or(0, |i| i.scopes.len()),
        })
        .collect();
    drop(state);
    let install = format!("{}/oauth/install", server.settings.public_url.trim_end_matches('/'));
    pages::accounts(&listed, &server.brought_home(&install))
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    portal: String,
}

/// `POST /accounts/uninstall`: as a person does it in HubSpot, who tells the program nothing of it.
pub(super) async fn uninstall(State(server): State<Arc<Server>>, Form(chosen): Form<Chosen>) -> Response {
    let mut state = server.state();
    let Some(at) = chosen.portal.parse().ok().and_then(|id| state.place(id)) else {
        let wrong = Wrong { title: "There is no such account", text: chosen.portal };
        return (StatusCode::NOT_FOUND, pages::refused(&wrong)).into_response();
    };
    state.uninstall(at);
    Redirect::to("/accounts").into_response()
}
