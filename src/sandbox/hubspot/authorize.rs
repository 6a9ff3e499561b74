//! The consent page: a person chooses the account, sees what is asked for, and connects the app or not.
//!
//! Promise: what HubSpot refuses is refused on a page and never sent on; the answer goes to the registered address,
//! "brought home" to where the program listens when that address is the public one.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use url::Url;

use super::{
    grants::Code,
    pages::{self, Choice},
    scopes,
    server::Server,
};

/// What the address of the consent page says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub client_id: String,
    #[serde(default)]
    pub redirect_uri: String,
    #[serde(default)]
    pub scope: String,
    #[serde(default)]
    pub optional_scope: String,
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub code_challenge: String,
    #[serde(default)]
    pub code_challenge_method: String,
}

/// What the page's form sends: the same again, and what the person chose.
#[derive(Debug, Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    portal: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    decision: String,
}

/// Why there is no consent page.
pub(super) struct Wrong {
    /// In one line.
    pub title: &'static str,
    /// What is the matter, and with what.
    pub text: String,
}

/// The scopes of a list in an address.
fn listed(text: &str) -> BTreeSet<&str> {
    text.split([' ', ',', '+']).filter(|s| !s.is_empty()).collect()
}

/// The only address that codes are sent to.
fn registered(server: &Server) -> String {
    format!("{}/oauth/callback", server.settings.public_url.trim_end_matches('/'))
}

/// Whether this install may be asked for.
fn checked(server: &Server, asked: &Asked) -> Result<(), Wrong> {
    let wrong = |title, text: String| Err(Wrong { title, text });
    if asked.client_id != server.settings.client_id {
        return wrong("This app doesn't exist", format!("No app has the client id “{}”.", asked.client_id));
    }
    let address = registered(server);
    if asked.redirect_uri != address {
        let text = format!("“{}” is not registered for this app. Registered: {address}", asked.redirect_uri);
        return wrong("Authorization failed because the redirect URL doesn't match", text);
    }
    let required: BTreeSet<&str> = scopes::REQUIRED.into_iter().collect();
    if listed(&asked.scope) != required {
        let list = |set: BTreeSet<&str>| set.into_iter().collect::<Vec<_>>().join(" ");
        let text = format!("Asked for: {}. The app's settings say: {}", list(listed(&asked.scope)), list(required));
        let title = "Authorization failed because there is a mismatch between the scopes in the install URL and the \
                     app's configured scopes";
        return wrong(title, text);
    }
    let optional: BTreeSet<&str> = scopes::OPTIONAL.into_iter().collect();
    if let Some(unknown) = listed(&asked.optional_scope).difference(&optional).next() {
        return wrong("Authorization failed because of an unknown optional scope", format!("“{unknown}”"));
    }
    if !asked.code_challenge.is_empty() && asked.code_challenge_method != "S256" {
        return wrong("Authorization failed", "code_challenge_method must be S256".to_owned());
    }
    Ok(())
}

/// `GET /oauth/authorize`.
pub(super) async fn page(State(server): State<Arc<Server>>, Query(asked): Query<Asked>) -> Response {
    if let Err(wrong) = checked(&server, &asked) {
        return refused(StatusCode::BAD_REQUEST, &wrong);
    }
    let state = server.state();
    let choices: Vec<_> = state
        .accounts
        .iter()
        .enumerate()
        .map(|(at, account)| Choice {
            portal: account.seed.id,
            name: account.seed.name,
            installed: state.grants.installed(at),
            people: account.people.clone(),
        })
        .collect();
    drop(state);
    let (required, optional) = (listed(&asked.scope), listed(&asked.optional_scope));
    pages::consent(&asked, &choices, &required, &optional).into_response()
}

/// `POST /oauth/authorize`: the form of the page.
pub(super) async fn decide(State(server): State<Arc<Server>>, Form(decided): Form<Decided>) -> Response {
    let asked = &decided.asked;
    if let Err(wrong) = checked(&server, asked) {
        return refused(StatusCode::BAD_REQUEST, &wrong);
    }
    match decided.decision.as_str() {
        "connect" => match connected(&server, &decided) {
            Ok(code) => sent_home(&server, asked, &[("code", &code)]),
            Err(wrong) => refused(StatusCode::FORBIDDEN, &wrong),
        },
        "cancel" => {
            let text = "The user cancelled the installation";
            sent_home(&server, asked, &[("error", "access_denied"), ("error_description", text)])
        }
        other => {
            let text = format!("“{other}” is neither connect nor cancel.");
            refused(StatusCode::BAD_REQUEST, &Wrong { title: "What now?", text })
        }
    }
}

/// An authorization code for what the person chose.
fn connected(server: &Server, decided: &Decided) -> Result<String, Wrong> {
    let mut state = server.state();
    let at = state.accounts.iter().position(|a| a.seed.id.to_string() == decided.portal);
    let Some(at) = at else {
        return Err(Wrong { title: "There is no such account", text: format!("“{}”", decided.portal) });
    };
    let account = &state.accounts[at];
    let person = account.people.iter().find(|p| p.id.to_string() == decided.user);
    let Some(person) = person.filter(|p| p.super_admin) else {
        let text = "Ask a super admin of this account to install the app.".to_owned();
        return Err(Wrong { title: "You don't have permission to install this app", text });
    };
    let asked = &decided.asked;
    let granted = listed(&asked.optional_scope).into_iter().filter(|s| !account.withheld.contains(*s));
    let code = Code {
        portal: at,
        user: person.id,
        scopes: listed(&asked.scope).into_iter().chain(granted).map(str::to_owned).collect(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: Some(asked.code_challenge.clone()).filter(|c| !c.is_empty()),
    };
    let text = format!("{}-{}", account.hublet(), server.moment.word(24));
    state.grants.give(text.clone(), code, server.moment.now());
    Ok(text)
}

/// Sends the browser to the program, with these parameters and the state.
fn sent_home(server: &Server, asked: &Asked, parameters: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(&server.brought_home(&asked.redirect_uri)) else {
        let text = format!("“{}” is no address.", asked.redirect_uri);
        return refused(StatusCode::BAD_REQUEST, &Wrong { title: "Authorization failed", text });
    };
    let mut query = url.query_pairs_mut();
    query.extend_pairs(parameters);
    if !asked.state.is_empty() {
        query.append_pair("state", &asked.state);
    }
    drop(query);
    match HeaderValue::from_str(url.as_str()) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(status: StatusCode, wrong: &Wrong) -> Response {
    (status, pages::refused(wrong)).into_response()
}
