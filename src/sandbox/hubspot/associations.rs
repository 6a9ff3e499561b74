//! Which records belong together: reading and writing it, one by one and in batches.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::{Account, Key},
    bonds::Type,
    change::By,
    errors::Refusal,
    joining,
    objects::{Answer, batch_answer, few, number, parameters, parsed},
    server::Server,
    writes::{Id, Spec, specs},
};
use crate::sandbox::data::crm::{COMPANY, CONTACT, DEAL};

/// The most inputs of a batch that reads.
const MOST_READ: usize = 1_000;
/// The most inputs of a batch that writes.
const MOST_WRITTEN: usize = 2_000;
/// The most records a page of a batch shows for one input.
const PAGE: usize = 500;

/// The object type that associations of these types lead to.
pub(super) fn ends(account: &Account, from: &str, ids: &BTreeSet<u32>) -> Result<&'static str, Refusal> {
    let fits = |to: &&&str| !ids.is_empty() && ids.iter().all(|id| account.bonds.typed(from, to, *id).is_some());
    let found = [CONTACT, COMPANY, DEAL].iter().find(fits).copied();
    found.ok_or_else(|| Refusal::validation(format!("No association of {from} has the types {ids:?}")))
}

/// A page of what belongs to a record, and the cursor of the next one.
fn rows(account: &Account, from: Key, to: &'static str, after: u64, limit: usize) -> (Vec<Json>, Option<u64>) {
    let mut left = account.bonds.of(from, to).filter(|(id, _)| *id > after && account.live(to, *id).is_some());
    let row = |(id, types): &(u64, Vec<&Type>)| {
        let types: Vec<_> = types.iter().map(|t| t.json()).collect();
        json!({"toObjectId": id.to_string(), "associationTypes": types})
    };
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let next = left.next().and(page.last().map(|(id, _)| *id));
    (page.iter().map(row).collect(), next)
}

fn cursor(text: Option<&str>) -> Result<u64, Refusal> {
    text.map_or(Ok(0), |t| t.parse().map_err(|_| Refusal::validation("after is not a cursor of this list")))
}

/// A record that is there.
fn live(account: &Account, kind: &'static str, id: &str) -> Result<Key, Refusal> {
    let id = id.parse().map_err(|_| Refusal::validation("the id must be a number"))?;
    account.live(kind, id).map(|(id, _)| (kind, id)).ok_or_else(Refusal::no_record)
}

/// `GET /crm/objects/…/{type}/{id}/associations/{to}`.
pub(super) fn list(account: &Account, from: (&'static str, &str), to: &'static str, query: &str) -> Answer {
    let asked = parameters(query, &["limit", "after"])?;
    let limit = number(&asked, "limit", 500, 500)?;
    let from = live(account, from.0, from.1)?;
    let (results, next) = rows(account, from, to, cursor(asked.get("after").map(String::as_str))?, limit);
    let mut body = json!({"results": results});
    if let Some(next) = next {
        body["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok((StatusCode::OK, body))
}

/// The two sides of a new plain association.
fn sides(account: &Account, from: Key, to: Key) -> Vec<Json> {
    let side = |a: Key, b: Key| {
        let id = account.bonds.plain(a.0, b.0).map(|t| t.id);
        json!({
            "from": {"id": a.1.to_string()}, "to": {"id": b.1.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id},
        })
    };
    vec![side(from, to), side(to, from)]
}

/// `PUT /crm/objects/…/{from}/{id}/associations/default/{to}/{toId}`.
pub(super) fn connect(
    server: &Server,
    account: &mut Account,
    from: (&'static str, &str),
    to: (&'static str, &str),
    by: By,
) -> Answer {
    let started = server.moment.text();
    let (from, to) = (live(account, from.0, from.1)?, live(account, to.0, to.1)?);
    joining::room(account, from, to)?;
    joining::connect(account, from, to, by);
    let results = sides(account, from, to);
    Ok(batch_answer(StatusCode::OK, &started, &server.moment.text(), results, Vec::new()))
}

/// What connects two records now, as HubSpot tells it after a write.
fn pair(account: &Account, from: Key, to: Key) -> Json {
    let types = account.bonds.between(from, to);
    json!({
        "fromObjectTypeId": from.0, "fromObjectId": from.1.to_string(), "toObjectTypeId": to.0,
        "toObjectId": to.1.to_string(), "labels": types.iter().filter_map(|t| t.label.as_deref()).collect::<Vec<_>>(),
    })
}

/// `PUT /crm/objects/…/{from}/{id}/associations/{to}/{toId}`: replaces what connects the two.
pub(super) fn label(
    account: &mut Account,
    from: (&'static str, &str),
    to: (&'static str, &str),
    body: &[u8],
    by: By,
) -> Answer {
    let types: Vec<Spec> = parsed(body)?;
    let ids = specs(account, from.0, to.0, &types)?;
    let (from, to) = (live(account, from.0, from.1)?, live(account, to.0, to.1)?);
    joining::room(account, from, to)?;
    joining::replace(account, from, to, &ids, by);
    Ok((StatusCode::CREATED, pair(account, from, to)))
}

/// `DELETE /crm/objects/…/{from}/{id}/associations/{to}/{toId}`.
pub(super) fn cut(account: &mut Account, from: (&'static str, &str), to: (&'static str, &str), by: By) {
    if let (Ok(one), Ok(other)) = (from.1.parse(), to.1.parse()) {
        let (one, other) = (account.present((from.0, one)), account.present((to.0, other)));
        joining::cut(account, (from.0, one), (to.0, other), by);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    from: Id,
    to: Id,
    #[serde(default)]
    types: Vec<Spec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cut {
    from: Id,
    to: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: String,
    #[serde(default)]
    after: Option<String>,
}

/// `POST /crm/associations/…/{from}/{to}/batch/…`.
pub(super) fn batch(
    server: &Server,
    account: &mut Account,
    (from, to): (&'static str, &'static str),
    what: &[&str],
    body: &[u8],
    by: By,
) -> Answer {
    match what {
        ["read"] => batch_read(server, account, from, to, body),
        ["create"] => batch_create(server, account, (from, to), body, by),
        ["associate", "default"] => batch_connect(server, account, (from, to), body, by),
        ["archive"] => {
            let batch: Batch<Cut> = parsed(body)?;
            few(&batch.inputs, MOST_READ)?;
            for input in &batch.inputs {
                for other in &input.to {
                    cut(account, (from, &input.from.id), (to, &other.id), by);
                }
            }
            Ok((StatusCode::OK, Json::Null))
        }
        ["labels", "archive"] => {
            let batch: Batch<Pair> = parsed(body)?;
            few(&batch.inputs, MOST_READ)?;
            for input in &batch.inputs {
                let ids = specs(account, from, to, &input.types)?;
                let (one, other) = (live(account, from, &input.from.id)?, live(account, to, &input.to.id)?);
                joining::unlabel(account, one, other, &ids, by);
            }
            Ok((StatusCode::OK, Json::Null))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn batch_read(server: &Server, account: &Account, from: &'static str, to: &'static str, body: &[u8]) -> Answer {
    let batch: Batch<Asked> = parsed(body)?;
    few(&batch.inputs, MOST_READ)?;
    let started = server.moment.text();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        let id: u64 = input.id.parse().map_err(|_| Refusal::validation("the id must be a number"))?;
        let key = (from, account.present((from, id)));
        let (rows, next) = rows(account, key, to, cursor(input.after.as_deref())?, PAGE);
        if rows.is_empty() {
            errors.push(json!({
                "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                "message": format!("No {to} is associated with {from} {id}."),
                "context": {"fromObjectId": [input.id], "fromObjectType": [from], "toObjectType": [to]},
                "errors": [], "links": {},
            }));
            continue;
        }
        let mut result = json!({"from": {"id": input.id}, "to": rows});
        if let Some(next) = next {
            result["paging"] = json!({"next": {"after": next.to_string()}});
        }
        results.push(result);
    }
    Ok(batch_answer(StatusCode::OK, &started, &server.moment.text(), results, errors))
}

/// The two records of a pair, with room for the association; else the error about it.
fn both(account: &Account, (from, to): (&'static str, &'static str), input: &Pair) -> Result<(Key, Key), Json> {
    let context = json!({"fromObjectId": [input.from.id], "toObjectId": [input.to.id]});
    let found = (live(account, from, &input.from.id), live(account, to, &input.to.id));
    let (Ok(one), Ok(other)) = found else {
        return Err(Refusal::missing("One of the two records does not exist").about(&context));
    };
    joining::room(account, one, other).map(|()| (one, other)).map_err(|refusal| refusal.about(&context))
}

fn batch_create(
    server: &Server,
    account: &mut Account,
    (from, to): (&'static str, &'static str),
    body: &[u8],
    by: By,
) -> Answer {
    let batch: Batch<Pair> = parsed(body)?;
    few(&batch.inputs, MOST_WRITTEN)?;
    let started = server.moment.text();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        let ids = specs(account, from, to, &input.types)?;
        match both(account, (from, to), input) {
            Ok((one, other)) => {
                joining::add(account, one, other, &ids, by);
                results.push(pair(account, one, other));
            }
            Err(error) => errors.push(error),
        }
    }
    Ok(batch_answer(StatusCode::CREATED, &started, &server.moment.text(), results, errors))
}

fn batch_connect(
    server: &Server,
    account: &mut Account,
    (from, to): (&'static str, &'static str),
    body: &[u8],
    by: By,
) -> Answer {
    let batch: Batch<Pair> = parsed(body)?;
    few(&batch.inputs, MOST_WRITTEN)?;
    let started = server.moment.text();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        match both(account, (from, to), input) {
            Ok((one, other)) => {
                joining::connect(account, one, other, by);
                results.extend(sides(account, one, other));
            }
            Err(error) => errors.push(error),
        }
    }
    // Errors are told in a 200 here.
    let (_, answer) = batch_answer(StatusCode::OK, &started, &server.moment.text(), results, errors);
    Ok((StatusCode::OK, answer))
}
