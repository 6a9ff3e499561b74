//! The consent page: a person chooses user and role, and lets the application in or not.
//!
//! Promise: what NetSuite refuses is refused on a page and never sent on; the answer goes to the registered address only,
//! "brought home" to where the program listens when that address is the public one.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::html;
use serde::Deserialize;
use url::Url;

use super::{
    account::Account,
    grants::Code,
    pages::{framed, refused},
    server::{Server, no_account},
};

/// The role that the recipe makes.
const ROLE: &str = "1001";
/// The administrator's role, which NetSuite lets nobody sign in with here.
const ADMINISTRATOR: &str = "3";

/// What the address of the consent page says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
}

/// What the page's form sends: the same again, and what the person chose.
#[derive(Debug, Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    entity: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    decision: String,
}

/// Whether this may be asked for: title and text of the refusal if not.
fn check(server: &Server, account: &Account, asked: &Asked) -> Result<(), (&'static str, String)> {
    let public = asked.client_id == account.seed.public_client_id;
    if asked.client_id != account.seed.client_id && !public {
        return Err((
            "Unknown client",
            format!("No integration of this account has the client id “{}”.", asked.client_id),
        ));
    }
    let registered = server.registered();
    if asked.redirect_uri != registered {
        let text = format!("“{}” is not the integration's redirect URI. Registered: {registered}", asked.redirect_uri);
        return Err(("Wrong redirect URI", text));
    }
    if asked.response_type != "code" {
        return Err(("Wrong response type", "response_type must be “code”.".to_owned()));
    }
    if !(22..=1_024).contains(&asked.state.len()) || !asked.state.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Err(("Wrong state", "state must be 22 to 1024 printable ASCII characters.".to_owned()));
    }
    let known = ["restlets", "rest_webservices", "suite_analytics"];
    if asked.scope.is_empty() || !asked.scope.split(' ').all(|scope| known.contains(&scope)) {
        return Err(("Wrong scope", format!("“{}” is no list of this integration's scopes.", asked.scope)));
    }
    let pkce = asked.code_challenge_method == "S256" && asked.code_challenge.len() == 43;
    let none = asked.code_challenge.is_empty() && asked.code_challenge_method.is_empty() && !public;
    if !pkce && !none {
        return Err(("Wrong PKCE challenge", "code_challenge must be made by S256.".to_owned()));
    }
    if account.switches().oauth2 == Some(false) {
        return Err(("Feature off", "The feature OAuth 2.0 is not enabled in this account.".to_owned()));
    }
    Ok(())
}

/// The page.
pub(super) async fn page(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    if let Err((title, text)) = check(&server, account, &asked) {
        return refused(account.seed.id, title, &text);
    }
    let carried = [
        ("response_type", &asked.response_type),
        ("client_id", &asked.client_id),
        ("redirect_uri", &asked.redirect_uri),
        ("scope", &asked.scope),
        ("state", &asked.state),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
    ];
    let content = html! {
        h1 { "Allow Ledgercard to access NetSuite?" }
        p { "Account " strong { (account.seed.id) } ". The application asks for: " code { (asked.scope) } }
        form method="post" {
            @for (name, value) in carried { input type="hidden" name=(name) value=(value); }
            label for="entity" { "You are" }
            select id="entity" name="entity" {
                @for employee in &account.books.employees {
                    option value=(employee.id) { (employee.first_name) " " (employee.last_name) }
                }
            }
            label for="role" { "Role" }
            select id="role" name="role" {
                option value=(ROLE) { "Ledgercard" }
                option value=(ADMINISTRATOR) { "Administrator" }
            }
            div.buttons {
                button.main type="submit" name="decision" value="allow" { "Allow" }
                button type="submit" name="decision" value="deny" { "Deny" }
            }
        }
    };
    framed(account.seed.id, "Allow access", &content).into_response()
}

/// What the person decided.
pub(super) async fn decide(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    let asked = &decided.asked;
    if let Err((title, text)) = check(&server, account, asked) {
        return refused(account.seed.id, title, &text);
    }
    if decided.decision != "allow" {
        return sent_home(&server, asked, &[("error", "access_denied")]);
    }
    if decided.role != ROLE {
        let text = "A role with the permission OAuth 2.0 Authorized Applications Management, such as Administrator, cannot \
                    sign in this way. Go back and choose another role.";
        return refused(account.seed.id, "This role cannot be used", text);
    }
    if !account.books.employees.iter().any(|e| e.id.to_string() == decided.entity) {
        return refused(account.seed.id, "Unknown user", "Go back and choose a user.");
    }
    let code = Code {
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: Some(asked.code_challenge.clone()).filter(|c| !c.is_empty()),
    };
    let code = account.tokens.code(code, &server.moment);
    let parameters =
        [("code", code.as_str()), ("role", ROLE), ("entity", &decided.entity), ("company", account.seed.id)];
    sent_home(&server, asked, &parameters)
}

/// Sends the browser back with the state and `parameters`.
fn sent_home(server: &Server, asked: &Asked, parameters: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(&server.brought_home(&asked.redirect_uri)) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the program's address is none").into_response();
    };
    url.query_pairs_mut().append_pair("state", &asked.state).extend_pairs(parameters);
    (StatusCode::FOUND, [(header::LOCATION, url.to_string())]).into_response()
}
