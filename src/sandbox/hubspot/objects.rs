//! Contacts, companies and deals: single reads, lists, batch reads.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{associations, errors::Refusal, server::Server};
use crate::sandbox::data::crm::{COMPANY, CONTACT, DEAL, Portal, Record};

/// The most inputs of a batch.
const MOST_INPUTS: usize = 100;

/// An answer: status and body.
pub(super) type Answer = Result<(StatusCode, Json), Refusal>;

/// The object type id of a name in a path.
pub(super) fn kind_of(name: &str) -> Result<&'static str, Refusal> {
    match name {
        "contacts" | "contact" | CONTACT => Ok(CONTACT),
        "companies" | "company" | COMPANY => Ok(COMPANY),
        "deals" | "deal" | DEAL => Ok(DEAL),
        _ => Err(Refusal::validation(format!("Unable to infer object type from: {name}"))),
    }
}

/// The properties that come back when none are asked for.
fn defaults(kind: &str) -> &'static [&'static str] {
    match kind {
        CONTACT => &["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
        COMPANY => &["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
        _ => &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
    }
}

/// Properties that there are besides.
fn others(kind: &str) -> &'static [&'static str] {
    match kind {
        CONTACT => &["hs_additional_emails", "phone", "company", "lifecyclestage", "hubspot_owner_id"],
        COMPANY => &["phone", "country", "city", "lifecyclestage", "hubspot_owner_id", "website"],
        _ => &["hubspot_owner_id", "dealtype", "description", "deal_currency_code"],
    }
}

/// Query parameters by name; a name twice, or one that is not in `known`, is refused.
pub(super) fn parameters(query: &str, known: &[&str]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut out = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
        if !known.contains(&name.as_str()) {
            return Err(Refusal::validation(format!("unknown query parameter {name}")));
        }
        // Lists may come as one comma list or as a repeated name.
        let merged: &mut String = out.entry(name).or_default();
        if !merged.is_empty() {
            merged.push(',');
        }
        merged.push_str(&value);
    }
    Ok(out)
}

/// A whole number among the parameters.
pub(super) fn number(
    parameters: &BTreeMap<String, String>,
    name: &str,
    default: usize,
    most: usize,
) -> Result<usize, Refusal> {
    let Some(text) = parameters.get(name) else { return Ok(default) };
    let number = text.parse::<usize>().ok().filter(|n| (1..=most).contains(n));
    number.ok_or_else(|| Refusal::validation(format!("{name} must be a number between 1 and {most}")))
}

/// `GET …/{type}/{id}`.
pub(super) fn read(server: &Server, portal: &Portal, kind: &'static str, id: &str, query: &str) -> Answer {
    let known = ["properties", "propertiesWithHistory", "associations", "archived", "idProperty"];
    let asked = parameters(query, &known)?;
    let record = find(portal, kind, id, asked.get("idProperty").map(String::as_str))?.ok_or_else(Refusal::no_record)?;
    let archived = asked.get("archived").is_some_and(|a| a == "true");
    if archived {
        return Err(Refusal::no_record());
    }
    let mut body = render(server, record, &names(&asked));
    attach(&mut body, portal, record, &asked)?;
    Ok((StatusCode::OK, body))
}

/// `GET …/{type}`.
pub(super) fn list(server: &Server, portal: &Portal, kind: &'static str, query: &str) -> Answer {
    let known = ["limit", "after", "properties", "propertiesWithHistory", "associations", "archived"];
    let asked = parameters(query, &known)?;
    let limit = number(&asked, "limit", 10, 100)?;
    let after: u64 = match asked.get("after") {
        Some(text) => text.parse().map_err(|_| Refusal::validation("after is not a cursor of this list"))?,
        None => 0,
    };
    let archived = asked.get("archived").is_some_and(|a| a == "true");
    let mut records: Vec<_> = portal.records.iter().filter(|r| r.kind == kind && r.id > after && !archived).collect();
    records.sort_by_key(|r| r.id);
    let more = records.len() > limit;
    records.truncate(limit);
    let names = names(&asked);
    let mut results = Vec::new();
    for record in &records {
        let mut body = render(server, record, &names);
        attach(&mut body, portal, record, &asked)?;
        results.push(body);
    }
    let mut page = json!({"results": results});
    if more && let Some(last) = records.last() {
        let link = format!("https://api.hubapi.com/crm/objects/2026-09/{kind}?limit={limit}&after={}", last.id);
        page["paging"] = json!({"next": {"after": last.id.to_string(), "link": link}});
    }
    Ok((StatusCode::OK, page))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Batch {
    inputs: Vec<Input>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "HubSpot takes it; the local records have no history")]
    properties_with_history: Vec<String>,
    #[serde(default)]
    id_property: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    id: String,
}

/// `POST …/{type}/batch/read`.
pub(super) fn batch_read(server: &Server, portal: &Portal, kind: &'static str, query: &str, body: &[u8]) -> Answer {
    parameters(query, &["archived"])?;
    let batch: Batch =
        serde_json::from_slice(body).map_err(|e| Refusal::validation(format!("Invalid input JSON: {e}")))?;
    if batch.inputs.len() > MOST_INPUTS {
        return Err(Refusal::validation(format!(
            "The limit of inputs is {MOST_INPUTS}, there are {}",
            batch.inputs.len()
        )));
    }
    let started = server.moment.text();
    let names: Vec<&str> = batch.properties.iter().map(String::as_str).collect();
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        match find(portal, kind, &input.id, batch.id_property.as_deref())? {
            Some(record) => results.push(render(server, record, &names)),
            None => missing.push(input.id.clone()),
        }
    }
    Ok(batch_answer(&started, &server.moment.text(), results, not_found(&missing)))
}

/// The error about ids that are not there; none when all are.
fn not_found(ids: &[String]) -> Vec<Json> {
    if ids.is_empty() {
        return Vec::new();
    }
    vec![json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some of the requested objects",
        "context": {"ids": ids}, "errors": [], "links": {},
    })]
}

/// A batch's answer: 200, or 207 when something is missing.
pub(super) fn batch_answer(
    started: &str,
    completed: &str,
    results: Vec<Json>,
    errors: Vec<Json>,
) -> (StatusCode, Json) {
    let results = Json::Array(results);
    let mut body = json!({"status": "COMPLETE", "results": results, "startedAt": started, "completedAt": completed});
    if errors.is_empty() {
        return (StatusCode::OK, body);
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = Json::Array(errors);
    (StatusCode::MULTI_STATUS, body)
}

/// The record with this id, or with this value of a unique property.
fn find<'p>(portal: &'p Portal, kind: &str, id: &str, by: Option<&str>) -> Result<Option<&'p Record>, Refusal> {
    match by {
        None | Some("hs_object_id") => Ok(id.parse().ok().and_then(|id| portal.record(kind, id))),
        Some("email") if kind == CONTACT => Ok(portal.records.iter().find(|r| {
            let own = ["email", "hs_additional_emails"].into_iter().filter_map(|p| r.properties.get(p));
            r.kind == kind
                && own.flat_map(|v| v.split(';')).any(|e| e.trim().to_lowercase() == id.trim().to_lowercase())
        })),
        Some(other) => Err(Refusal::validation(format!("The property {other} is not unique"))),
    }
}

fn names(asked: &BTreeMap<String, String>) -> Vec<&str> {
    let list = asked.get("properties").map_or("", String::as_str);
    list.split(',').map(str::trim).filter(|n| !n.is_empty()).collect()
}

fn render(server: &Server, record: &Record, names: &[&str]) -> Json {
    let created = crate::sandbox::moment::rfc3339(server.created);
    let known = |name: &&str| defaults(record.kind).contains(name) || others(record.kind).contains(name);
    let always =
        ["hs_object_id", "createdate", if record.kind == CONTACT { "lastmodifieddate" } else { "hs_lastmodifieddate" }];
    let shown: Vec<&str> = if names.is_empty() {
        defaults(record.kind).to_vec()
    } else {
        names.iter().copied().filter(known).chain(always).collect()
    };
    let mut properties = Map::new();
    for name in shown {
        let value = match name {
            "createdate" | "lastmodifieddate" | "hs_lastmodifieddate" => Some(created.clone()),
            _ => record.properties.get(name).cloned(),
        };
        properties.insert(name.to_owned(), json!(value));
    }
    json!({
        "id": record.id.to_string(), "properties": properties, "createdAt": created, "updatedAt": created, "archived": false,
    })
}

/// Adds the associations that were asked for.
fn attach(body: &mut Json, portal: &Portal, record: &Record, asked: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let Some(list) = asked.get("associations") else { return Ok(()) };
    let mut out = Map::new();
    for name in list.split(',').filter(|n| !n.is_empty()) {
        let to = kind_of(name.trim())?;
        let found = associations::of(portal, (record.kind, record.id), to);
        let rows: Vec<_> = found
            .iter()
            .flat_map(|(id, types)| types.iter().map(move |t| json!({"id": id.to_string(), "type": t.word()})))
            .collect();
        if !rows.is_empty() {
            out.insert(plural(to).to_owned(), json!({"results": rows}));
        }
    }
    if !out.is_empty() {
        body["associations"] = Json::Object(out);
    }
    Ok(())
}

fn plural(kind: &str) -> &'static str {
    match kind {
        CONTACT => "contacts",
        COMPANY => "companies",
        _ => "deals",
    }
}
