//! The types of associations over the API: which there are, and those that admins make. And how much may belong to a
//! record.

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::Account,
    bonds::Type,
    errors::Refusal,
    objects::{Answer, parsed},
};

/// How many records may belong to one unless an admin says otherwise.
const USUAL_CAP: usize = 50_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    label: String,
    name: String,
    #[serde(default)]
    inverse_label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    association_type_id: u32,
    label: String,
    #[serde(default)]
    inverse_label: Option<String>,
}

/// One call of `/crm/associations/…/{from}/{to}/labels`.
pub(super) fn answer(
    account: &mut Account,
    (from, to): (&'static str, &'static str),
    (method, rest): (&Method, &[&str]),
    body: &[u8],
) -> Answer {
    let none = || Refusal::missing("There is no such association label of yours");
    match (method.as_str(), rest) {
        ("GET", []) => {
            let types: Vec<Json> = account.bonds.types(from, to).map(Type::json).collect();
            Ok((StatusCode::OK, json!({"results": types})))
        }
        ("POST", []) => {
            let new: New = parsed(body)?;
            if account.bonds.types(from, to).any(|t| t.label.as_deref() == Some(&new.label) || t.word == new.name) {
                return Err(Refusal::exists(format!("An association label named '{}' already exists.", new.name)));
            }
            let made = account.bonds.make((from, to), (&new.label, new.inverse_label.as_deref()), &new.name);
            let full = |most| Refusal::validation(format!("There are {most} association labels of this pair already"));
            let types: Vec<Json> = made.map_err(full)?.iter().map(Type::json).collect();
            Ok((StatusCode::OK, json!({"results": types})))
        }
        ("PUT", []) => {
            let change: Change = parsed(body)?;
            let id = change.association_type_id;
            let inverse = account.bonds.typed(from, to, id).map(|t| t.inverse).ok_or_else(none)?;
            if !account.bonds.word(from, to, id, &change.label) {
                return Err(none());
            }
            if let Some(label) = change.inverse_label {
                account.bonds.word(to, from, inverse, &label);
            }
            Ok((StatusCode::NO_CONTENT, Json::Null))
        }
        ("DELETE", [id]) => {
            let id = id.parse().map_err(|_| none())?;
            if account.bonds.unmake(from, to, id) { Ok((StatusCode::NO_CONTENT, Json::Null)) } else { Err(none()) }
        }
        (_, [] | [_]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

/// `GET /crm/limits/…/associations/records/{from}/{to}`.
pub(super) fn limits(account: &Account, from: &'static str, to: &'static str) -> Json {
    let limit = account.rules.cap(from, to).unwrap_or(USUAL_CAP);
    let (mut at, mut near) = (Vec::new(), Vec::new());
    for (id, row) in account.from(from, 0).filter(|(_, row)| row.archived.is_none()) {
        let usage = account.bonds.ids((from, id), to).count();
        let label = account.name_of(from, row);
        if usage >= limit {
            at.push(json!({"label": label, "objectId": id}));
        } else if usage * 5 >= limit * 4 {
            let percentage = usage * 100 / limit;
            near.push(json!({"label": label, "objectId": id, "usage": usage, "percentage": percentage}));
        }
    }
    let (total, close) = (at.len(), near.len());
    at.truncate(10);
    near.truncate(10);
    json!({
        "limit": limit, "totalRecordsAtLimit": total, "totalRecordsNearLimit": close,
        "atLimitFromRecordSamples": at, "nearLimitFromRecordSamples": near,
    })
}
