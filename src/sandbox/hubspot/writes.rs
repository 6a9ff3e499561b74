//! Writing single records: create, update, archive, merge, and erasing a contact.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    account::Account,
    change::{self, By},
    errors::Refusal,
    joining,
    objects::{Answer, find, parameters, parsed, render},
    values::{self, Checked},
};

/// A new record.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    pub properties: Map<String, Json>,
    #[serde(default)]
    pub associations: Vec<Wish>,
    #[serde(default)]
    pub object_write_trace_id: Option<String>,
}

/// What a new record is to belong to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    pub to: Id,
    pub types: Vec<Spec>,
}

/// A record's id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Id {
    pub id: String,
}

/// A type of association.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Spec {
    pub association_category: String,
    pub association_type_id: u32,
}

/// A wish that can be fulfilled.
pub(super) type Bond = ((&'static str, u64), BTreeSet<u32>);

/// The records a new one is to belong to, once all of them are there.
pub(super) fn wished(account: &Account, kind: &'static str, wishes: &[Wish]) -> Result<Vec<Bond>, Refusal> {
    let one = |wish: &Wish| {
        let ids: BTreeSet<u32> = wish.types.iter().map(|t| t.association_type_id).collect();
        let to = super::associations::ends(account, kind, &ids)?;
        let id = wish.to.id.parse().ok().and_then(|id| account.live(to, id)).map(|(id, _)| id);
        let id = id.ok_or_else(|| Refusal::validation(format!("{to}={} is not valid", wish.to.id)))?;
        Ok(((to, id), ids))
    };
    wishes.iter().map(one).collect()
}

/// `POST …/{type}`.
pub(super) fn create(account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let new: New = parsed(body)?;
    let checked = values::ready(account, kind, None, &new.properties, &mut Vec::new(), by)?;
    let bonds = wished(account, kind, &new.associations)?;
    let warnings = checked.warnings.clone();
    let id = made(account, kind, checked, bonds, by);
    Ok((StatusCode::CREATED, told(account, kind, id, &new.properties, warnings)))
}

/// Makes a record whose values and wishes are right.
pub(super) fn made(account: &mut Account, kind: &'static str, checked: Checked, bonds: Vec<Bond>, by: By) -> u64 {
    let id = change::create(account, kind, checked.values, by);
    for (to, ids) in bonds {
        joining::add(account, (kind, id), to, &ids, by);
    }
    id
}

/// A record just written, with what was written and what is remarked on it.
pub(super) fn told(
    account: &Account,
    kind: &'static str,
    id: u64,
    written: &Map<String, Json>,
    warnings: Vec<Json>,
) -> Json {
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    let told = account.live(kind, id).map(|(id, row)| render(account, (kind, id), row, &names));
    let mut told = told.unwrap_or(Json::Null);
    if !warnings.is_empty() {
        told["warnings"] = Json::Array(warnings);
    }
    told
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    properties: Map<String, Json>,
    #[serde(default)]
    #[expect(dead_code, reason = "HubSpot takes it; a single write has nothing to be told apart from")]
    object_write_trace_id: Option<String>,
}

/// `PATCH …/{type}/{id}`.
pub(super) fn update(account: &mut Account, kind: &'static str, id: &str, query: &str, body: &[u8], by: By) -> Answer {
    let asked = parameters(query, &["idProperty"])?;
    let change: Change = parsed(body)?;
    let found = find(account, kind, id, asked.get("idProperty").map(String::as_str), false)?;
    let id = found.map(|(id, _)| id).ok_or_else(Refusal::no_record)?;
    let checked = values::ready(account, kind, Some(id), &change.properties, &mut Vec::new(), by)?;
    change::update(account, (kind, id), checked.values, by);
    Ok((StatusCode::OK, told(account, kind, id, &change.properties, checked.warnings)))
}

/// `DELETE …/{type}/{id}`: 204, also when it lies in the recycle bin already.
pub(super) fn archive(account: &mut Account, kind: &'static str, id: &str, by: By) {
    if let Ok(id) = id.parse() {
        change::archive(account, kind, id, by);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Merge {
    primary_object_id: String,
    object_id_to_merge: String,
}

/// `POST …/{type}/merge`.
pub(super) fn merge(account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let merge: Merge = parsed(body)?;
    let id = |text: &str| text.parse().map_err(|_| Refusal::validation("the ids must be numbers"));
    let pair = (id(&merge.primary_object_id)?, id(&merge.object_id_to_merge)?);
    let survivor = change::merge(account, kind, pair, by)?;
    Ok((StatusCode::OK, told(account, kind, survivor, &Map::new(), Vec::new())))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Erase {
    object_id: String,
    #[serde(default)]
    id_property: Option<String>,
}

/// `POST …/contacts/gdpr-delete`.
pub(super) fn erase(account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let erase: Erase = parsed(body)?;
    let found = find(account, kind, &erase.object_id, erase.id_property.as_deref(), false)?;
    let id = found.map(|(id, _)| id).ok_or_else(Refusal::no_record)?;
    change::erase(account, id, by)?;
    Ok((StatusCode::NO_CONTENT, Json::Null))
}

/// Whether every type of a list connects these kinds of records.
pub(super) fn specs(account: &Account, from: &str, to: &str, types: &[Spec]) -> Result<BTreeSet<u32>, Refusal> {
    let one = |spec: &Spec| {
        let found = account.bonds.typed(from, to, spec.association_type_id);
        let fits = found.is_some_and(|t| t.category() == spec.association_category);
        let id = spec.association_type_id;
        let wrong = || Refusal::validation(format!("There is no association type {id} from {from} to {to}"));
        fits.then_some(id).ok_or_else(wrong)
    };
    if types.is_empty() {
        return Err(Refusal::validation("There must be at least one association type"));
    }
    types.iter().map(one).collect()
}
