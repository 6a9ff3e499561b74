//! The pages of the local HubSpot that a person sees: consent, refusal, connected apps.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::authorize::{Asked, Wrong};
use crate::sandbox::data::people::Person;

/// An account that can be chosen on the consent page.
pub(super) struct Choice {
    pub portal: u64,
    pub name: &'static str,
    pub installed: bool,
    pub people: Vec<Person>,
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f8fa;color:#33475b}\
main{max-width:44rem;margin:2rem auto;padding:2rem;background:#fff;border:1px solid #cbd6e2;border-radius:6px}\
h1{font-size:1.4rem;margin-top:0}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}table{width:100%}label{display:block;margin:1rem 0 .25rem;font-weight:600}\
select{font:inherit;padding:.4rem;min-width:22rem;max-width:100%}ul{padding-left:1.2rem}code{font-size:.9em}\
button{font:inherit;padding:.5rem 1.2rem;border-radius:4px;border:1px solid #33475b;background:#fff;cursor:pointer}\
button.main{background:#b93a1c;border-color:#b93a1c;color:#fff}td,th{text-align:left;padding:.5rem 1rem .5rem 0}\
.buttons{margin-top:1.5rem;display:flex;gap:1rem}.note{color:#516f90}";

/// A page of the local HubSpot.
pub(super) fn framed(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – HubSpot (sandbox)" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    }
}

/// The consent page.
pub(super) fn consent(
    asked: &Asked,
    choices: &[Choice],
    required: &BTreeSet<&str>,
    optional: &BTreeSet<&str>,
) -> Markup {
    let carried = [
        ("client_id", &asked.client_id),
        ("redirect_uri", &asked.redirect_uri),
        ("scope", &asked.scope),
        ("optional_scope", &asked.optional_scope),
        ("state", &asked.state),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
    ];
    let content = html! {
        h1 { "Connect Ledgercard to HubSpot" }
        form method="post" action="/oauth/authorize" {
            @for (name, value) in carried { input type="hidden" name=(name) value=(value); }
            label for="portal" { "Account" }
            select id="portal" name="portal" {
                @for choice in choices {
                    option value=(choice.portal) {
                        (choice.name) " (" (choice.portal) ")" @if choice.installed { " – already connected" }
                    }
                }
            }
            label for="user" { "You are" }
            select id="user" name="user" {
                @for person in choices.first().map(|c| c.people.as_slice()).unwrap_or_default() {
                    option value=(person.id) {
                        (person.first_name) " " (person.last_name) @if person.super_admin { " – super admin" }
                    }
                }
            }
            h2 { "This app needs these scopes" }
            ul { @for scope in required { li { code { (scope) } } } }
            @if !optional.is_empty() {
                h2 { "It would also like these" }
                ul { @for scope in optional { li { code { (scope) } } } }
            }
            div.buttons {
                button.main type="submit" name="decision" value="connect" { "Connect app" }
                button type="submit" name="decision" value="cancel" { "Cancel" }
            }
        }
    };
    framed("Connect app", &content)
}

/// The page that says why nothing is connected.
pub(super) fn refused(wrong: &Wrong) -> Markup {
    framed(wrong.title, &html! { h1 { (wrong.title) } p role="alert" { (wrong.text) } })
}

/// One account on the page of connected apps.
pub(super) struct Listed {
    pub portal: u64,
    pub name: &'static str,
    pub installed: bool,
    pub scopes: usize,
}

/// The page "Connected apps".
pub(super) fn accounts(listed: &[Listed], install: &str) -> Markup {
    let content = html! {
        h1 { "HubSpot – Connected apps" }
        p.note { "The accounts of the sandbox. A real HubSpot shows this under Settings → Integrations → Connected apps." }
        table {
            thead { tr { th scope="col" { "Account" } th scope="col" { "Ledgercard" } th scope="col" { "" } } }
            tbody {
                @for one in listed {
                    tr {
                        td { (one.name) " (" (one.portal) ")" }
                        td {
                            @if one.installed { "connected, " (one.scopes) " scopes" } @else { "not connected" }
                        }
                        td {
                            @if one.installed {
                                form method="post" action="/accounts/uninstall" {
                                    input type="hidden" name="portal" value=(one.portal);
                                    button type="submit" aria-label=(format!("Uninstall from {}", one.name)) { "Uninstall" }
                                }
                            }
                        }
                    }
                }
            }
        }
        p { a href=(install) { "Install Ledgercard" } }
        p { a href="/preview/" { "Open a record of these accounts" } }
        ul {
            @for one in listed {
                li { a href=(format!("/contacts/{}/objects/0-1/views/all", one.portal)) { "Contacts of " (one.name) } }
            }
        }
    };
    framed("Connected apps", &content)
}
