//! The frame of the local NetSuite's pages for people.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::server::{Server, no_account};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:0;background:#eef1f5;color:#2b2b2b}\
header{background:#36677d;color:#fff;padding:.6rem 1.5rem;font-weight:600}\
main{max-width:52rem;margin:1.5rem auto;padding:1.5rem 2rem;background:#fff;border:1px solid #c8d0d8}\
h1{font-size:1.35rem;margin-top:0}h2{font-size:1.1rem;margin-top:2rem}label{display:block;margin:.6rem 0 .2rem}\
fieldset{border:1px solid #c8d0d8;margin:1rem 0}fieldset label{margin:.2rem 0}code{font-size:.9em;overflow-wrap:anywhere}\
select,textarea,input[type=text]{font:inherit;padding:.35rem;width:100%;box-sizing:border-box}\
textarea{font-family:monospace;font-size:.85rem;min-height:9rem}\
button{font:inherit;padding:.45rem 1.1rem;border:1px solid #36677d;background:#fff;border-radius:3px;cursor:pointer}\
button.main{background:#255c77;border-color:#255c77;color:#fff}.buttons{margin-top:1.2rem;display:flex;gap:1rem}\
td,th{text-align:left;padding:.35rem 1rem .35rem 0;vertical-align:top}dt{font-weight:600;margin-top:.5rem}dd{margin:0}\
.note{color:#55606a}.said{background:#e6f2ea;padding:.6rem 1rem}";

/// A page of `account`.
pub(super) fn framed(account: &str, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – NetSuite (sandbox)" }
                style { (PreEscaped(STYLE)) }
            }
            body { header { "NetSuite (sandbox) – account " (account) } main { (content) } }
        }
    }
}

/// What a link into NetSuite's own pages leads to here.
pub(super) async fn elsewhere(
    State(server): State<Arc<Server>>,
    Path((label, page)): Path<(String, String)>,
) -> Response {
    let Some(account) = server.account(&label) else { return no_account() };
    let content = html! {
        h1 { "A page of NetSuite" }
        p { "The link is right: in a real account it opens " code { "/app/…/" (page) } ". The sandbox draws no records." }
        p { a href=(format!("/{label}/app/setup")) { "The sandbox's set-up page" } }
    };
    framed(account.seed.id, "NetSuite", &content).into_response()
}

/// A page that says what is wrong.
pub(super) fn refused(account: &str, title: &str, text: &str) -> Response {
    let page = framed(account, title, &html! { h1 { (title) } p role="alert" { (text) } });
    (StatusCode::BAD_REQUEST, page).into_response()
}
