//! The set-up page: what an administrator of NetSuite finds and does in a dozen places, in one.
//!
//! The integration record with its client id and secret, the mapping of certificates, features, and the role's permissions.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    account::Account,
    pages::{framed, refused},
    server::{Server, no_account},
    switches::{Switches, rights},
};

#[derive(Deserialize)]
pub(super) struct Said {
    /// The id of the certificate that was just taken.
    #[serde(default)]
    certificate: String,
}

#[derive(Deserialize)]
pub(super) struct Upload {
    #[serde(default)]
    certificate: String,
}

#[derive(Deserialize)]
pub(super) struct Revoked {
    #[serde(default)]
    id: String,
}

/// The features that can be switched: name in the form, name in NetSuite's menus, place.
const FEATURES: [(&str, &str, &str); 4] = [
    ("rest_web_services", "REST Web Services", "SuiteCloud > SuiteTalk (Web Services)"),
    ("oauth2", "OAuth 2.0", "SuiteCloud > Manage Authentication"),
    ("multi_currency", "Multiple Currencies", "Company > International"),
    ("one_world", "Subsidiaries (OneWorld)", "Company"),
];

/// The page.
pub(super) async fn page(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    let base = format!("/{label}/app/setup");
    let content = html! {
        h1 { "Setup" }
        @if !said.certificate.is_empty() {
            p.said role="status" { "The certificate was taken. Its Certificate ID: " code { (said.certificate) } }
        }
        (integration(&server, account))
        (certificates(account, &base))
        (switches(account, &base))
    };
    framed(account.seed.id, "Setup", &content).into_response()
}

fn integration(server: &Server, account: &Account) -> Markup {
    html! {
        h2 { "Setup > Integration > Manage Integrations > Ledgercard" }
        p.note { "State: Enabled. Grants: Authorization Code, Client Credentials. Scope: REST Web Services. A real NetSuite \
                  shows id and secret once." }
        dl {
            dt { "Account ID" } dd { code { (account.seed.id) } }
            dt { "Client ID" } dd { code id="client-id" { (account.seed.client_id) } }
            dt { "Client Secret" } dd { code id="client-secret" { (account.seed.client_secret) } }
            dt { "Redirect URI" } dd { code { (server.registered()) } }
        }
    }
}

fn certificates(account: &Account, base: &str) -> Markup {
    let day = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%d").to_string();
    html! {
        h2 { "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup" }
        table {
            thead { tr { th scope="col" { "Certificate ID" } th scope="col" { "Subject" } th scope="col" { "Valid" } th scope="col" { "" } } }
            tbody {
                @for one in account.tokens.listed() {
                    tr {
                        td { code { (one.id) } }
                        td { (one.subject) }
                        td { (day(one.from)) " – " (day(one.until)) }
                        td {
                            form method="post" action=(format!("{base}/certificates/revoke")) {
                                input type="hidden" name="id" value=(one.id);
                                button type="submit" aria-label=(format!("Revoke {}", one.id)) { "Revoke" }
                            }
                        }
                    }
                }
            }
        }
        form method="post" action=(format!("{base}/certificates")) {
            label for="certificate" { "Certificate (PEM): for the user, the role Ledgercard and the application Ledgercard" }
            textarea id="certificate" name="certificate" required {}
            div.buttons { button.main type="submit" { "Upload" } }
        }
    }
}

fn switches(account: &Account, base: &str) -> Markup {
    let switches = account.switches();
    html! {
        form method="post" action=(format!("{base}/switches")) {
            h2 { "Setup > Company > Enable Features" }
            fieldset {
                legend { "Features" }
                @for (field, name, place) in FEATURES {
                    label { input type="checkbox" name=(field) checked[is_on(&switches, field)]; " " (name) " " span.note { (place) } }
                }
            }
            h2 { "Setup > Users/Roles > Manage Roles > Ledgercard > Permissions" }
            fieldset {
                legend { "Permissions" }
                @for right in rights() {
                    label { input type="checkbox" name="right" value=(right) checked[!switches.lacks(right)]; " " (right) }
                }
            }
            div.buttons { button.main type="submit" { "Save" } }
        }
    }
}

fn is_on(switches: &Switches, field: &str) -> bool {
    let switch = match field {
        "rest_web_services" => switches.rest_web_services,
        "oauth2" => switches.oauth2,
        "multi_currency" => switches.multi_currency,
        _ => switches.one_world,
    };
    switch.unwrap_or(true)
}

/// Takes a certificate.
pub(super) async fn upload(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Form(upload): Form<Upload>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    match account.tokens.register(upload.certificate.trim()) {
        Ok(id) => back(&label, &format!("?certificate={id}")),
        Err(bad) => refused(account.seed.id, "The certificate was not taken", &bad.to_string()),
    }
}

/// Takes a certificate back.
pub(super) async fn revoke(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Form(revoked): Form<Revoked>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    if account.tokens.revoke_certificate(&revoked.id) {
        back(&label, "")
    } else {
        refused(account.seed.id, "No such certificate", "It was revoked before.")
    }
}

/// Sets features and permissions as the boxes are ticked: what is not sent is not ticked.
pub(super) async fn switch(
    State(server): State<Arc<Server>>,
    Path(label): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    let on = |field: &str| Some(sent.iter().any(|(name, _)| name == field));
    let granted = |right: &str| sent.iter().any(|(name, value)| name == "right" && value == right);
    account.switch(Switches {
        rest_web_services: on("rest_web_services"),
        oauth2: on("oauth2"),
        multi_currency: on("multi_currency"),
        one_world: on("one_world"),
        missing_permissions: Some(rights().filter(|right| !granted(right)).map(str::to_owned).collect()),
        ..Switches::default()
    });
    back(&label, "")
}

fn back(label: &str, query: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/{label}/app/setup{query}"))]).into_response()
}
