//! Contacts, companies and deals: single reads, lists, batch reads.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{
    account::{Account, Key, stamp},
    errors::Refusal,
    row::Row,
    scopes::plural,
    server::Server,
};
use crate::sandbox::{
    data::crm::{COMPANY, CONTACT, DEAL},
    moment::rfc3339,
};

/// The most inputs of a batch.
const MOST_INPUTS: usize = 100;
/// The most inputs of a batch, and the most rows of a page, with the values that were before.
const MOST_WITH_HISTORY: usize = 50;

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

/// A body of JSON.
pub(super) fn parsed<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|e| Refusal::validation(format!("Invalid input JSON: {e}")))
}

/// Refuses a batch of too many inputs.
pub(super) fn few<T>(inputs: &[T], most: usize) -> Result<(), Refusal> {
    let count = inputs.len();
    if count > most {
        return Err(Refusal::validation(format!("The limit of inputs is {most}, there are {count}")));
    }
    Ok(())
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

/// Whether archived records are asked for.
fn archived(asked: &BTreeMap<String, String>) -> bool {
    asked.get("archived").is_some_and(|a| a == "true")
}

/// `GET …/{type}/{id}`.
pub(super) fn read(account: &Account, kind: &'static str, id: &str, query: &str) -> Answer {
    let known = ["properties", "propertiesWithHistory", "associations", "archived", "idProperty"];
    let asked = parameters(query, &known)?;
    let by = asked.get("idProperty").map(String::as_str);
    let (id, row) = find(account, kind, id, by, archived(&asked))?.ok_or_else(Refusal::no_record)?;
    let mut body = render(account, (kind, id), row, &names(&asked, "properties"));
    remember(&mut body, account, (kind, id), row, &names(&asked, "propertiesWithHistory"));
    attach(&mut body, account, (kind, id), &asked)?;
    Ok((StatusCode::OK, body))
}

/// `GET …/{type}`.
pub(super) fn list(account: &Account, kind: &'static str, query: &str) -> Answer {
    let known = ["limit", "after", "properties", "propertiesWithHistory", "associations", "archived"];
    let asked = parameters(query, &known)?;
    let (names, earlier) = (names(&asked, "properties"), names(&asked, "propertiesWithHistory"));
    let most = if earlier.is_empty() { MOST_INPUTS } else { MOST_WITH_HISTORY };
    let limit = number(&asked, "limit", 10, most)?;
    let after: u64 = match asked.get("after") {
        Some(text) => text.parse().map_err(|_| Refusal::validation("after is not a cursor of this list"))?,
        None => 0,
    };
    let archived = archived(&asked);
    let mut rows: Box<dyn Iterator<Item = (u64, &Row)>> = if archived {
        Box::new(account.binned(kind, after).into_iter())
    } else {
        Box::new(account.from(kind, after).filter(|(_, row)| row.archived.is_none()))
    };
    let (mut results, mut last) = (Vec::new(), 0);
    for (id, row) in rows.by_ref().take(limit) {
        let mut body = render(account, (kind, id), row, &names);
        remember(&mut body, account, (kind, id), row, &earlier);
        attach(&mut body, account, (kind, id), &asked)?;
        results.push(body);
        last = id;
    }
    let mut page = json!({"results": results});
    if rows.next().is_some() {
        let link = format!("https://api.hubapi.com/crm/objects/2026-09/{kind}?limit={limit}&after={last}");
        page["paging"] = json!({"next": {"after": last.to_string(), "link": link}});
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
    properties_with_history: Vec<String>,
    #[serde(default)]
    id_property: Option<String>,
}

/// An input of a batch that names a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub id: String,
}

/// `POST …/{type}/batch/read`.
pub(super) fn batch_read(server: &Server, account: &Account, kind: &'static str, query: &str, body: &[u8]) -> Answer {
    let asked = parameters(query, &["archived"])?;
    let batch: Batch = parsed(body)?;
    let earlier: Vec<&str> = batch.properties_with_history.iter().map(String::as_str).collect();
    few(&batch.inputs, if earlier.is_empty() { MOST_INPUTS } else { MOST_WITH_HISTORY })?;
    let started = server.moment.text();
    let names: Vec<&str> = batch.properties.iter().map(String::as_str).collect();
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in &batch.inputs {
        match find(account, kind, &input.id, batch.id_property.as_deref(), archived(&asked))? {
            Some((id, row)) => {
                let mut body = render(account, (kind, id), row, &names);
                remember(&mut body, account, (kind, id), row, &earlier);
                results.push(body);
            }
            None => missing.push(input.id.clone()),
        }
    }
    Ok(batch_answer(StatusCode::OK, &started, &server.moment.text(), results, not_found(&missing)))
}

/// The error about ids that are not there; none when all are.
pub(super) fn not_found(ids: &[String]) -> Vec<Json> {
    if ids.is_empty() {
        return Vec::new();
    }
    vec![json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some of the requested objects",
        "context": {"ids": ids}, "errors": [], "links": {},
    })]
}

/// A batch's answer: `fine`, or 207 when something failed.
pub(super) fn batch_answer(
    fine: StatusCode,
    started: &str,
    completed: &str,
    results: Vec<Json>,
    errors: Vec<Json>,
) -> (StatusCode, Json) {
    let results = Json::Array(results);
    let mut body = json!({"status": "COMPLETE", "results": results, "startedAt": started, "completedAt": completed});
    if errors.is_empty() {
        return (fine, body);
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = Json::Array(errors);
    (StatusCode::MULTI_STATUS, body)
}

/// The record with this id, or with this value of a unique property.
pub(super) fn find<'a>(
    account: &'a Account,
    kind: &'static str,
    id: &str,
    by: Option<&str>,
    archived: bool,
) -> Result<Option<(u64, &'a Row)>, Refusal> {
    let id = match by {
        None | Some("hs_object_id") => id.parse().ok(),
        Some(property) if account.schema.unique(kind).any(|name| name == property) => {
            account.by_value(kind, property, id)
        }
        Some(other) => return Err(Refusal::validation(format!("The property {other} is not unique"))),
    };
    Ok(id.and_then(|id: u64| {
        if archived {
            account.any((kind, id)).filter(|r| r.archived.is_some()).map(|row| (id, row))
        } else {
            account.live(kind, id)
        }
    }))
}

/// The names of a list in an address.
pub(super) fn names<'a>(asked: &'a BTreeMap<String, String>, parameter: &str) -> Vec<&'a str> {
    let list = asked.get(parameter).map_or("", String::as_str);
    list.split(',').map(str::trim).filter(|n| !n.is_empty()).collect()
}

/// A record as the API tells it, with these properties; none: the usual ones.
pub(super) fn render(account: &Account, key: Key, row: &Row, names: &[&str]) -> Json {
    let always = ["hs_object_id", "createdate", stamp(key.0)];
    let known = |name: &&str| account.schema.get(key.0, name).is_some();
    let shown: Vec<&str> = if names.is_empty() {
        defaults(key.0).to_vec()
    } else {
        names.iter().copied().filter(known).chain(always).collect()
    };
    let properties: Map<String, Json> =
        shown.into_iter().map(|name| (name.to_owned(), json!(account.value(key, row, name)))).collect();
    let mut body = json!({
        "id": key.1.to_string(), "properties": properties, "createdAt": rfc3339(row.created),
        "updatedAt": rfc3339(row.updated), "archived": row.archived.is_some(),
    });
    if let Some(at) = row.archived {
        body["archivedAt"] = json!(rfc3339(at));
    }
    body
}

/// Adds the values that properties had, and their present ones.
fn remember(body: &mut Json, account: &Account, key: Key, row: &Row, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    let known: Vec<_> = names.iter().filter(|name| account.schema.get(key.0, name).is_some()).collect();
    let histories: Map<String, Json> =
        known.iter().map(|name| ((**name).to_owned(), account.history(key, row, name).into())).collect();
    for name in known {
        body["properties"][*name] = json!(account.value(key, row, name));
    }
    body["propertiesWithHistory"] = Json::Object(histories);
}

/// Adds the associations that were asked for.
fn attach(body: &mut Json, account: &Account, key: Key, asked: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let Some(list) = asked.get("associations") else { return Ok(()) };
    let mut out = Map::new();
    for name in list.split(',').filter(|n| !n.is_empty()) {
        let to = kind_of(name.trim())?;
        let found = account.bonds.of(key, to).filter(|(id, _)| account.live(to, *id).is_some());
        let rows: Vec<_> = found
            .flat_map(|(id, types)| types.into_iter().map(move |t| json!({"id": id.to_string(), "type": &*t.word})))
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
