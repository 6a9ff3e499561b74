//! Writing many records at once, with HubSpot's two ways of failing: all or nothing, or a part with status 207 when every
//! input carries a trace id of its own.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{
    account::Account,
    change::{self, By},
    errors::Refusal,
    objects::{Answer, Input, batch_answer, few, find, not_found, parsed},
    server::Server,
    sheet::Unique,
    values::{self, Checked},
    writes::{Bond, New, made, told, wished},
};
use crate::sandbox::data::crm::CONTACT;

/// The most inputs.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<T> {
    inputs: Vec<T>,
}

/// Results and errors of a batch that is worked off.
#[derive(Default)]
struct Outcome {
    results: Vec<Json>,
    errors: Vec<Json>,
}

impl Outcome {
    /// Notes a failed input; without trace ids on all inputs it fails the batch.
    fn fail(&mut self, refusal: Refusal, trace: Option<&str>, traced: bool) -> Result<(), Refusal> {
        if !traced {
            return Err(refusal);
        }
        self.errors.push(refusal.entry(trace));
        Ok(())
    }

    fn answer(self, server: &Server, fine: StatusCode, started: &str) -> (StatusCode, Json) {
        batch_answer(fine, started, &server.moment.text(), self.results, self.errors)
    }
}

/// Whether every input has a trace id, all of them different.
fn all_traced<'t>(traces: impl Iterator<Item = Option<&'t str>>) -> bool {
    let mut seen = BTreeSet::new();
    let mut any = false;
    for trace in traces {
        any = true;
        if !trace.is_some_and(|t| seen.insert(t)) {
            return false;
        }
    }
    any
}

fn traced(mut json: Json, trace: Option<&str>) -> Json {
    if let Some(trace) = trace {
        json["objectWriteTraceId"] = json!(trace);
    }
    json
}

/// `POST …/{type}/batch/create`.
pub(super) fn create(server: &Server, account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let batch: Batch<New> = parsed(body)?;
    few(&batch.inputs, MOST)?;
    let started = server.moment.text();
    let all = all_traced(batch.inputs.iter().map(|i| i.object_write_trace_id.as_deref()));
    let (mut outcome, mut taken, mut ready) = (Outcome::default(), Vec::new(), Vec::new());
    for input in &batch.inputs {
        match new(account, kind, input, &mut taken, by) {
            Ok((checked, bonds)) => ready.push((input, checked, bonds)),
            Err(refusal) => outcome.fail(refusal, input.object_write_trace_id.as_deref(), all)?,
        }
    }
    for (input, checked, bonds) in ready {
        let warnings = checked.warnings.clone();
        let id = made(account, kind, checked, bonds, by);
        let json = told(account, kind, id, &input.properties, warnings);
        outcome.results.push(traced(json, input.object_write_trace_id.as_deref()));
    }
    Ok(outcome.answer(server, StatusCode::CREATED, &started))
}

/// The values and associations of a new record, once they are found right.
fn new(
    account: &Account,
    kind: &'static str,
    input: &New,
    taken: &mut Vec<Unique>,
    by: By,
) -> Result<(Checked, Vec<Bond>), Refusal> {
    let bonds = wished(account, kind, &input.associations)?;
    let checked = values::ready(account, kind, None, &input.properties, taken, by)?;
    Ok((checked, bonds))
}

/// An input that names a record, and what is to be written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    id: String,
    #[serde(default)]
    id_property: Option<String>,
    properties: Map<String, Json>,
    #[serde(default)]
    object_write_trace_id: Option<String>,
}

/// Refuses a batch that names a record twice.
fn no_twice<'i>(inputs: impl Iterator<Item = &'i str>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for id in inputs {
        if !seen.insert(id.to_lowercase()) {
            return Err(Refusal::validation(format!("Duplicate IDs found in batch input: [{id}]. IDs must be unique")));
        }
    }
    Ok(())
}

/// `POST …/{type}/batch/update`.
pub(super) fn update(server: &Server, account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let batch: Batch<Change> = parsed(body)?;
    few(&batch.inputs, MOST)?;
    no_twice(batch.inputs.iter().map(|i| i.id.as_str()))?;
    let started = server.moment.text();
    let all = all_traced(batch.inputs.iter().map(|i| i.object_write_trace_id.as_deref()));
    let (mut outcome, mut taken, mut ready, mut missing) = (Outcome::default(), Vec::new(), Vec::new(), Vec::new());
    for input in &batch.inputs {
        let property = input.id_property.as_deref();
        if kind == CONTACT && property == Some("email") {
            return Err(Refusal::validation("Unable to perform update/upsert by non-unique property email"));
        }
        let Some((id, _)) = find(account, kind, &input.id, property, false)? else {
            missing.push(input.id.clone());
            continue;
        };
        match values::ready(account, kind, Some(id), &input.properties, &mut taken, by) {
            Ok(checked) => ready.push((input, id, checked)),
            Err(refusal) => outcome.fail(refusal, input.object_write_trace_id.as_deref(), all)?,
        }
    }
    outcome.errors.extend(not_found(&missing));
    for (input, id, checked) in ready {
        change::update(account, (kind, id), checked.values, by);
        let json = told(account, kind, id, &input.properties, checked.warnings);
        outcome.results.push(traced(json, input.object_write_trace_id.as_deref()));
    }
    Ok(outcome.answer(server, StatusCode::OK, &started))
}

/// `POST …/{type}/batch/upsert`.
pub(super) fn upsert(server: &Server, account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let batch: Batch<Change> = parsed(body)?;
    few(&batch.inputs, MOST)?;
    no_twice(batch.inputs.iter().map(|i| i.id.as_str()))?;
    let started = server.moment.text();
    let all = all_traced(batch.inputs.iter().map(|i| i.object_write_trace_id.as_deref()));
    let (mut outcome, mut taken, mut ready) = (Outcome::default(), Vec::new(), Vec::new());
    for input in &batch.inputs {
        match put(account, kind, input, &mut taken, by) {
            Ok(found) => ready.push((input, found)),
            Err(refusal) => outcome.fail(refusal, input.object_write_trace_id.as_deref(), all)?,
        }
    }
    for (input, (found, checked)) in ready {
        let id = if let Some(id) = found {
            change::update(account, (kind, id), checked.values, by);
            id
        } else {
            change::create(account, kind, checked.values, by)
        };
        let mut json = told(account, kind, id, &input.properties, checked.warnings);
        json["new"] = json!(found.is_none());
        outcome.results.push(traced(json, input.object_write_trace_id.as_deref()));
    }
    Ok(outcome.answer(server, StatusCode::OK, &started))
}

/// The record that an upsert means, if it is there, and the values to write.
fn put(
    account: &Account,
    kind: &'static str,
    input: &Change,
    taken: &mut Vec<Unique>,
    by: By,
) -> Result<(Option<u64>, Checked), Refusal> {
    let property = input.id_property.as_deref().unwrap_or("hs_object_id");
    if property == "hs_object_id" {
        let (id, _) = find(account, kind, &input.id, None, false)?.ok_or_else(Refusal::no_record)?;
        return Ok((Some(id), values::ready(account, kind, Some(id), &input.properties, taken, by)?));
    }
    if !account.schema.unique(kind).any(|name| name == property) {
        let text = format!("Unable to perform update/upsert by non-unique property {property}");
        return Err(Refusal::validation(text));
    }
    let mut properties = input.properties.clone();
    properties.entry(property.to_owned()).or_insert_with(|| json!(input.id));
    let found = account.by_value(kind, property, &input.id);
    Ok((found, values::ready(account, kind, found, &properties, taken, by)?))
}

/// `POST …/{type}/batch/archive`.
pub(super) fn archive(account: &mut Account, kind: &'static str, body: &[u8], by: By) -> Answer {
    let batch: Batch<Input> = parsed(body)?;
    few(&batch.inputs, MOST)?;
    for id in batch.inputs.iter().filter_map(|i| i.id.parse().ok()) {
        change::archive(account, kind, id, by);
    }
    Ok((StatusCode::NO_CONTENT, Json::Null))
}
