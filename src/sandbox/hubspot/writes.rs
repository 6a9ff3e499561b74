//! Writing single records: create, update, archive, merge, and erasing a contact.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    account::Account,
    bonds,
    change::{self, By},
    errors::Refusal,
    objects::{Answer, find, parameters, parsed, render},
    values::{self, Values},
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
        let to = super::associations::ends(kind, &ids)?;
        let id = wish.to.id.parse().ok().and_then(|id| account.live(to, id)).map(|(id, _)| id);
        let id = id.ok_or_else(|| Refusal::validation(format!("{to}={} is not valid", wish.to.id)))?;
        Ok(((to, id), ids))
    };
    wishes.iter().map(one).collect()
}

/// `POST …/{type}`.
pub(super) fn create(account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let new: New = parsed(body)?;
    let values = values::checked(account, kind, &new.properties)?;
    let bonds = wished(account, kind, &new.associations)?;
    values::unique(account, kind, None, &values, &mut Vec::new())?;
    let id = made(account, kind, values, bonds, by);
    Ok((StatusCode::CREATED, told(account, kind, id, &new.properties)))
}

/// Makes a record whose values and wishes are right.
pub(super) fn made(account: &mut Account, kind: &'static str, values: Values, bonds: Vec<Bond>, by: By) -> u64 {
    let id = change::create(account, kind, values, by);
    for (to, ids) in bonds {
        account.bonds.add((kind, id), to, &ids);
    }
    id
}

/// A record just written, with what was written.
pub(super) fn told(account: &Account, kind: &'static str, id: u64, written: &Map<String, Json>) -> Json {
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    account.live(kind, id).map_or(Json::Null, |(id, row)| render(account, (kind, id), row, &names))
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
    let values = values::checked(account, kind, &change.properties)?;
    values::unique(account, kind, Some(id), &values, &mut Vec::new())?;
    change::update(account, (kind, id), values, by);
    Ok((StatusCode::OK, told(account, kind, id, &change.properties)))
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
    Ok((StatusCode::OK, told(account, kind, survivor, &Map::new())))
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
pub(super) fn specs(from: &str, to: &str, types: &[Spec]) -> Result<BTreeSet<u32>, Refusal> {
    let one = |spec: &Spec| {
        let fits = spec.association_category == "HUBSPOT_DEFINED"
            && bonds::typed(from, to, spec.association_type_id).is_some();
        let id = spec.association_type_id;
        let wrong = || Refusal::validation(format!("There is no association type {id} from {from} to {to}"));
        fits.then_some(id).ok_or_else(wrong)
    };
    if types.is_empty() {
        return Err(Refusal::validation("There must be at least one association type"));
    }
    types.iter().map(one).collect()
}
