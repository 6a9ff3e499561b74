//! Which records belong together.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    errors::Refusal,
    objects::{Answer, batch_answer, number, parameters},
    server::Server,
};
use crate::sandbox::data::crm::{Association, COMPANY, CONTACT, DEAL, Portal};

/// The most inputs of a batch.
const MOST_INPUTS: usize = 1_000;
/// The most records a page of a batch shows for one input.
const PAGE: usize = 500;

/// A type of association, seen from one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    id: u32,
    label: Option<&'static str>,
    word: &'static str,
}

impl Type {
    /// How lists of objects name it.
    pub(super) const fn word(self) -> &'static str {
        self.word
    }

    fn json(self) -> Json {
        let mut json = json!({"category": "HUBSPOT_DEFINED", "typeId": self.id});
        if let Some(label) = self.label {
            json["label"] = json!(label);
        }
        json
    }
}

/// The types that connect `from` with `to`, the primary one first.
fn types(from: &str, to: &str, primary: bool) -> Vec<Type> {
    let one = |id, label, word| Type { id, label, word };
    let (plain, special) = match (from, to) {
        (CONTACT, COMPANY) => {
            (one(279, None, "contact_to_company_unlabeled"), Some(one(1, Some("Primary"), "contact_to_company")))
        }
        (COMPANY, CONTACT) => {
            (one(280, None, "company_to_contact_unlabeled"), Some(one(2, Some("Primary"), "company_to_contact")))
        }
        (CONTACT, DEAL) => (one(4, None, "contact_to_deal"), None),
        (DEAL, CONTACT) => (one(3, None, "deal_to_contact"), None),
        (COMPANY, DEAL) => {
            (one(342, None, "company_to_deal_unlabeled"), Some(one(6, Some("Primary"), "company_to_deal")))
        }
        (DEAL, COMPANY) => {
            (one(341, None, "deal_to_company_unlabeled"), Some(one(5, Some("Primary"), "deal_to_company")))
        }
        _ => return Vec::new(),
    };
    special.filter(|_| primary).into_iter().chain([plain]).collect()
}

/// The records of type `to` that belong to `from`, by id.
pub(super) fn of(portal: &Portal, from: (&str, u64), to: &str) -> BTreeMap<u64, Vec<Type>> {
    let side = |a: &Association| {
        if a.from == from && a.to.0 == to {
            Some((a.to.1, types(from.0, to, a.primary)))
        } else if a.to == from && a.from.0 == to {
            Some((a.from.1, types(from.0, to, a.primary)))
        } else {
            None
        }
    };
    portal.associations.iter().filter_map(side).collect()
}

fn rows(found: &BTreeMap<u64, Vec<Type>>, after: u64, limit: usize) -> (Vec<Json>, Option<u64>) {
    let mut left = found.iter().filter(|(id, _)| **id > after);
    let row = |(id, types): (&u64, &Vec<Type>)| json!({"toObjectId": id.to_string(), "associationTypes": types.iter().map(|t| t.json()).collect::<Vec<_>>()});
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let next = left.next().and(page.last().map(|(id, _)| **id));
    (page.into_iter().map(row).collect(), next)
}

fn cursor(text: Option<&str>) -> Result<u64, Refusal> {
    text.map_or(Ok(0), |t| t.parse().map_err(|_| Refusal::validation("after is not a cursor of this list")))
}

/// `GET /crm/objects/…/{type}/{id}/associations/{to}`.
pub(super) fn list(portal: &Portal, from: (&'static str, &str), to: &'static str, query: &str) -> Answer {
    let asked = parameters(query, &["limit", "after"])?;
    let limit = number(&asked, "limit", 500, 500)?;
    let id = from.1.parse().map_err(|_| Refusal::validation("the id must be a number"))?;
    if portal.record(from.0, id).is_none() {
        return Err(Refusal::no_record());
    }
    let (results, next) = rows(&of(portal, (from.0, id), to), cursor(asked.get("after").map(String::as_str))?, limit);
    let mut body = json!({"results": results});
    if let Some(next) = next {
        body["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok((StatusCode::OK, body))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    id: String,
    #[serde(default)]
    after: Option<String>,
}

/// `POST /crm/associations/…/{from}/{to}/batch/read`.
pub(super) fn batch_read(
    server: &Server,
    portal: &Portal,
    from: &'static str,
    to: &'static str,
    body: &[u8],
) -> Answer {
    let batch: Batch =
        serde_json::from_slice(body).map_err(|e| Refusal::validation(format!("Invalid input JSON: {e}")))?;
    if batch.inputs.len() > MOST_INPUTS {
        return Err(Refusal::validation(format!(
            "The limit of inputs is {MOST_INPUTS}, there are {}",
            batch.inputs.len()
        )));
    }
    let started = server.moment.text();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        let id = input.id.parse().map_err(|_| Refusal::validation("the id must be a number"))?;
        let found = of(portal, (from, id), to);
        if found.is_empty() {
            errors.push(json!({
                "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                "message": format!("No {to} is associated with {from} {id}."),
                "context": {"fromObjectId": [input.id], "fromObjectType": [from], "toObjectType": [to]},
                "errors": [], "links": {},
            }));
            continue;
        }
        let (rows, next) = rows(&found, cursor(input.after.as_deref())?, PAGE);
        let mut result = json!({"from": {"id": input.id}, "to": rows});
        if let Some(next) = next {
            result["paging"] = json!({"next": {"after": next.to_string()}});
        }
        results.push(result);
    }
    Ok(batch_answer(&started, &server.moment.text(), results, errors))
}
