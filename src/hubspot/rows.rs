//! The rows of a batch that is written: what is sent for them, and which of them an answer is about.
//!
//! Promise: a result or an error is given to the row it names, by trace, id or unique value, and to no other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HubSpotError,
    client::Failed,
    instant,
    plan::Told,
    properties::{NOT_UNIQUE, OWN_PROPERTY},
    refusal::{Refusal, RefusalCode, Said},
    writing::{Create, Done, Properties, Refused, Update, Upsert},
};
use crate::{clock::Millis, domain::ids::ObjectId};

/// Properties whose values HubSpot keeps unique: no batch may hold one of their values twice.
const UNIQUE: [&str; 2] = ["email", OWN_PROPERTY];

/// A row in the making: what is sent, and how its result is known.
pub(super) struct Row<'r> {
    pub(super) trace: &'r str,
    /// The id that the call has for it: a record's id, or a key; a create has none.
    id: Option<String>,
    /// What it writes.
    names: BTreeSet<&'r str>,
    /// What must not stand twice in a batch.
    pub(super) keys: Vec<String>,
    /// The unique properties among what it writes, with their values.
    unique: Vec<(&'r str, String)>,
    pub(super) input: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    #[serde(default)]
    results: Vec<WrittenRow>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRow {
    id: ObjectId,
    #[serde(default)]
    properties: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "instant::optional")]
    updated_at: Option<Millis>,
    #[serde(default)]
    new: Option<bool>,
    #[serde(default)]
    object_write_trace_id: Option<String>,
}

/// Which call writes.
#[derive(Clone, Copy)]
pub(super) struct Verb<'v> {
    pub(super) operation: &'static str,
    /// Whether a result that says nothing of it is a new record.
    pub(super) makes: bool,
    /// The property that rows are named by, for an upsert.
    pub(super) key: Option<&'v str>,
}

impl<'r> Row<'r> {
    pub(super) fn update(update: &'r Update) -> Self {
        let id = update.id.to_string();
        let input = json!({ "id": id, "properties": update.properties, "objectWriteTraceId": update.trace });
        Self::new(&update.trace, Some(id), &update.properties, input)
    }

    pub(super) fn upsert(upsert: &'r Upsert, id_property: &'r str) -> Self {
        let mut properties: BTreeMap<&str, &str> =
            upsert.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // Written as a value, too: the answer then names it.
        properties.insert(id_property, &upsert.key);
        let input = json!({
            "id": upsert.key, "idProperty": id_property, "properties": properties, "objectWriteTraceId": upsert.trace,
        });
        let mut row = Self::new(&upsert.trace, Some(upsert.key.clone()), &upsert.properties, input);
        row.unique.retain(|(name, _)| *name != id_property);
        row.unique.push((id_property, upsert.key.to_lowercase()));
        row.names.insert(id_property);
        row
    }

    pub(super) fn create(create: &'r Create) -> Self {
        let bond = |(to, kind): &(ObjectId, u32)| {
            let kind = json!({ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind });
            json!({ "to": { "id": to }, "types": [kind] })
        };
        let bonds: Vec<Value> = create.associations.iter().map(bond).collect();
        let input =
            json!({ "properties": create.properties, "associations": bonds, "objectWriteTraceId": create.trace });
        Self::new(&create.trace, None, &create.properties, input)
    }

    pub(super) fn archive(id: &'r str) -> Self {
        static NOTHING: Properties = Properties::new();
        Self::new(id, Some(id.to_owned()), &NOTHING, json!({ "id": id }))
    }

    fn new(trace: &'r str, id: Option<String>, properties: &'r Properties, input: Value) -> Self {
        let value =
            |name: &'static str| properties.get(name).filter(|value| !value.is_empty()).map(|value| (name, value));
        let unique: Vec<_> =
            UNIQUE.into_iter().filter_map(value).map(|(name, v)| (name, v.trim().to_lowercase())).collect();
        let mut keys = vec![format!("trace {trace}")];
        keys.extend(id.iter().map(|id| format!("id {}", id.to_lowercase())));
        keys.extend(unique.iter().map(|(name, value)| format!("{name} {value}")));
        let names = properties.keys().map(String::as_str).collect();
        Self { trace, id, names, keys, unique, input }
    }
}

pub(super) fn keys(rows: &[Row<'_>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.keys.clone()).collect()
}

pub(super) fn refusals(rows: &[Row<'_>], refused: Vec<(usize, Refusal)>) -> Vec<Refused> {
    let named = |(row, refusal): (usize, Refusal)| Refused { trace: rows[row].trace.to_owned(), refusal };
    refused.into_iter().map(named).collect()
}

/// What an answer told of the rows that were sent.
pub(super) fn told(
    answer: Answer,
    verb: Verb<'_>,
    rows: &[Row<'_>],
    sent: &[usize],
) -> Result<Told<Done>, HubSpotError> {
    let mut refused = Vec::new();
    let mut why = None;
    for said in Said::all(&answer.errors) {
        let named = named(&said, rows, sent);
        if named.is_empty() {
            why.get_or_insert(said.refusal);
        } else {
            refused.extend(named.into_iter().map(|row| (row, said.refusal.clone())));
        }
    }
    let mut left: BTreeSet<usize> = sent.iter().copied().collect();
    for (row, _) in &refused {
        left.remove(row);
    }
    let mut done = Vec::new();
    let (traced, untraced): (Vec<_>, Vec<_>) =
        answer.results.into_iter().partition(|result| result.object_write_trace_id.is_some());
    for result in traced.into_iter().chain(untraced) {
        match row_of(&result, rows, &left) {
            Some(row) => {
                left.remove(&row);
                done.push((row, result.done(rows[row].trace, verb.makes)));
            }
            // Another try would make it again.
            None if verb.makes => {
                return Err(HubSpotError::Broken { what: "its answer does not tell which record it made".to_owned() });
            }
            None => {}
        }
    }
    Ok(Told { done, refused, why })
}

/// The row that a result is about: by trace, by id, by a unique value, or because there is but one.
fn row_of(result: &WrittenRow, rows: &[Row<'_>], left: &BTreeSet<usize>) -> Option<usize> {
    let find = |fits: &dyn Fn(&Row<'_>) -> bool| left.iter().copied().find(|row| fits(&rows[*row]));
    if let Some(trace) = &result.object_write_trace_id {
        return find(&|row| row.trace == trace);
    }
    let id = result.id.to_string();
    let same = |row: &Row<'_>| {
        row.unique.iter().any(|(name, value)| {
            let told = result.properties.get(*name).and_then(Option::as_deref);
            told.is_some_and(|told| told.to_lowercase() == *value)
        })
    };
    find(&|row| row.id.as_deref() == Some(&id)).or_else(|| find(&same)).or_else(|| match left.len() {
        1 => left.first().copied(),
        _ => None,
    })
}

impl WrittenRow {
    fn done(self, trace: &str, makes: bool) -> Done {
        Done {
            trace: trace.to_owned(),
            id: self.id,
            new: self.new.unwrap_or(makes),
            properties: self.properties,
            updated_at: self.updated_at,
        }
    }
}

/// The rows that an error names.
fn named(said: &Said, rows: &[Row<'_>], sent: &[usize]) -> BTreeSet<usize> {
    let by_trace: HashMap<&str, usize> = sent.iter().map(|row| (rows[*row].trace, *row)).collect();
    let by_id: HashMap<&str, usize> =
        sent.iter().filter_map(|row| rows[*row].id.as_deref().map(|id| (id, *row))).collect();
    let traces = said.traces.iter().filter_map(|trace| by_trace.get(trace.as_str()));
    let ids = said.ids.iter().filter_map(|id| by_id.get(id.as_str()));
    traces.chain(ids).copied().collect()
}

/// What it means for the rows that the whole batch was refused.
pub(super) fn refused<D>(failed: Failed, rows: &[Row<'_>], sent: &[usize]) -> Result<Told<D>, HubSpotError> {
    let Some(said) = failed.said else { return Err(failed.error) };
    let mut blamed = named(&said, rows, sent);
    if blamed.is_empty() && said.refusal.of_property() {
        let writes =
            |row: &&usize| said.refusal.properties.iter().any(|name| rows[**row].names.contains(name.as_str()));
        blamed = sent.iter().filter(writes).copied().collect();
    }
    let refused = blamed.into_iter().map(|row| (row, said.refusal.clone())).collect();
    Ok(Told { done: Vec::new(), refused, why: Some(said.refusal) })
}

/// Whether rows can be named by the property at all; else every one of them would be refused for it.
pub(super) fn usable(verb: Verb<'_>, told: &Told<Done>) -> Result<(), HubSpotError> {
    let Some(key) = verb.key else { return Ok(()) };
    let useless = |refusal: &Refusal| match &refusal.code {
        RefusalCode::UnknownProperty => refusal.properties.iter().any(|name| name == key),
        RefusalCode::Other(word) => word == NOT_UNIQUE,
        _ => false,
    };
    if told.why.iter().chain(told.refused.iter().map(|(_, refusal)| refusal)).any(useless) {
        return Err(HubSpotError::Rejected { category: NOT_UNIQUE.to_owned() });
    }
    Ok(())
}
