//! The log of exchanges: what was asked and answered, without the secrets of the token calls.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::Value as Json;

use super::{route::Family, server::Call};
use crate::sandbox::exchanges::{Exchange, Exchanges};

/// The fields of token calls that are secrets.
const SECRETS: [&str; 6] = ["client_secret", "refresh_token", "access_token", "code", "code_verifier", "token"];
/// What stands in their place.
const HIDDEN: &str = "hidden";

/// Writes one exchange. Two kinds are left out, as no published description covers them: users and teams, and the
/// introspection of a dead token.
pub(super) fn write(exchanges: &Exchanges, family: Family, call: &Call, body: &str, status: StatusCode, answer: &[u8]) {
    let answer = String::from_utf8_lossy(answer).into_owned();
    let dead = family == Family::OAuth && answer == r#"{"active":false}"#;
    if family == Family::Users || dead {
        return;
    }
    let (body, answer) = match family {
        Family::OAuth if call.is_json() => (told(body), told(&answer)),
        Family::OAuth => (form(body), told(&answer)),
        _ => (body.to_owned(), answer),
    };
    let question = if call.query.is_empty() { "" } else { "?" };
    exchanges.write(&Exchange {
        method: call.method.as_str(),
        url: format!("https://api.hubapi.com{}{question}{}", call.path, call.query),
        request_body: &body,
        status: status.as_u16(),
        response_body: &answer,
        content_type: call.media_type(),
    });
}

/// A form without its secrets.
fn form(body: &str) -> String {
    let hide = |(name, value): (String, String)| {
        let value = if SECRETS.contains(&name.as_str()) { HIDDEN.to_owned() } else { value };
        (name, value)
    };
    let fields: BTreeMap<String, String> =
        url::form_urlencoded::parse(body.as_bytes()).into_owned().map(hide).collect();
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// An answer without its secrets.
fn told(answer: &str) -> String {
    let Ok(Json::Object(mut fields)) = serde_json::from_str(answer) else { return answer.to_owned() };
    for secret in SECRETS {
        if let Some(field) = fields.get_mut(secret) {
            *field = Json::String(HIDDEN.to_owned());
        }
    }
    Json::Object(fields).to_string()
}
