//! Reading many records at once, by id or by the value of a unique property.
//!
//! Promise: every record that is there comes back with the id or value it was asked by, also when it was merged into another
//! meanwhile or has the address as its second one. What is not there is left out, and nothing else is: a record that HubSpot
//! could not read now is an error, since callers take what is left out for deleted.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HubSpot, HubSpotError,
    client::Request,
    objects::{BATCH, Record},
    refusal::{RefusalCode, Said},
};
use crate::{
    domain::{
        ids::{ObjectId, PortalId},
        record::{ObjectType, RecordRef},
    },
    outbound::Lane,
};

/// The property that names the records which were merged into one, separated by `;`.
const MERGED: &str = "hs_merged_object_ids";
/// The property with a contact's other addresses, separated by `;`.
const MORE_EMAILS: &str = "hs_additional_emails";
const EMAIL: &str = "email";

/// A record, and what it was asked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The id or value as the caller wrote it; none: HubSpot does not tell.
    pub asked: Option<String>,
    /// The record. Its id differs from the asked one when that was merged into it.
    pub record: Record,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Record>,
    #[serde(default)]
    errors: Vec<Value>,
}

impl HubSpot {
    /// Reads the records with these ids, or whose unique `id_property` has these values, with the named properties. Beside
    /// these come the ones that tell which record was asked by what. Any number of ids, a call for every [`BATCH`] and one for
    /// every id that is gone.
    ///
    /// # Errors
    /// [`HubSpotError::Unavailable`] when HubSpot could not read some of them; else see there.
    pub async fn read_by(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        id_property: Option<&str>,
        ids: &[String],
        properties: &[&str],
    ) -> Result<Vec<Found>, HubSpotError> {
        let wanted: BTreeSet<String> =
            ids.iter().map(|id| id.trim().to_lowercase()).filter(|id| !id.is_empty()).collect();
        let wanted: Vec<String> = wanted.into_iter().collect();
        let mut found = Vec::new();
        for part in wanted.chunks(BATCH) {
            let records = self.read_part(lane, portal, object_type, id_property, part, properties).await?;
            let mut matched = Matched::of(id_property, part, records);
            if id_property.is_none() {
                self.follow(lane, portal, object_type, &mut matched, properties).await?;
            }
            found.extend(matched.named(ids));
        }
        Ok(found)
    }

    async fn read_part(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        id_property: Option<&str>,
        ids: &[String],
        properties: &[&str],
    ) -> Result<Vec<Record>, HubSpotError> {
        let mut names: BTreeSet<&str> = properties.iter().copied().collect();
        names.extend(id_property.or(Some(MERGED)));
        if id_property == Some(EMAIL) {
            names.insert(MORE_EMAILS);
        }
        let inputs: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let mut body = json!({ "inputs": inputs, "properties": names, "propertiesWithHistory": [] });
        if let Some(property) = id_property {
            body["idProperty"] = json!(property);
        }
        self.read_batch(lane, portal, object_type, "records", body).await
    }

    /// One batch read with this body.
    pub(super) async fn read_batch(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        operation: &'static str,
        body: Value,
    ) -> Result<Vec<Record>, HubSpotError> {
        let path = format!("/crm/objects/{}/{}/batch/read", self.versions().objects, object_type.plural());
        let request = Request { operation, method: Method::POST, path, query: vec![], body: Some(body) };
        let answer: Answer = self.call(lane, portal, request).await?;
        only_missing(&answer.errors)?;
        Ok(answer.results)
    }

    /// Reads one by one the asked ids that no record came back for: an id that was merged away may be known there under its
    /// new one. That none is known is what makes callers take a record for deleted, so it is worth a call.
    async fn follow(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        matched: &mut Matched,
        properties: &[&str],
    ) -> Result<(), HubSpotError> {
        for asked in std::mem::take(&mut matched.open) {
            let Ok(object_id) = asked.parse::<ObjectId>() else { continue };
            let record = RecordRef { object_type, object_id };
            match self.record(lane, portal, record, properties).await {
                Ok(record) => {
                    matched.strangers.retain(|stranger| stranger.id != record.id);
                    matched.pairs.push((asked, record));
                }
                Err(HubSpotError::Missing) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Errors of a read that say no more than that a record is not there.
pub(super) fn only_missing(errors: &[Value]) -> Result<(), HubSpotError> {
    let missing = |said: &Said| said.refusal.code == RefusalCode::Missing;
    if Said::all(errors).iter().all(missing) {
        return Ok(());
    }
    Err(HubSpotError::Unavailable { why: "it could not read some of the records" })
}

/// Records and what they were asked by.
struct Matched {
    pairs: Vec<(String, Record)>,
    /// What was asked and has no record.
    open: Vec<String>,
    /// Records that came back for nothing that was asked, as far as can be told.
    strangers: Vec<Record>,
}

impl Matched {
    fn of(id_property: Option<&str>, asked: &[String], mut records: Vec<Record>) -> Self {
        // A record that was asked for under several ids comes several times.
        let mut seen = BTreeSet::new();
        records.retain(|record| seen.insert(record.id));
        let mut open: BTreeSet<&String> = asked.iter().collect();
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for (at, record) in records.iter().enumerate() {
            for name in second_names(id_property, record) {
                by_name.entry(name).or_insert(at);
            }
        }
        // What a record is called now goes before what it was called once.
        for (at, record) in records.iter().enumerate() {
            by_name.extend(name_of(id_property, record).map(|name| (name, at)));
        }
        let mut told = BTreeSet::new();
        let mut pairs = Vec::new();
        for name in asked {
            if let Some(at) = by_name.get(name) {
                told.insert(*at);
                open.remove(name);
                pairs.push((name.clone(), records[*at].clone()));
            }
        }
        let open = open.into_iter().cloned().collect();
        let strangers = records.into_iter().enumerate().filter(|(at, _)| !told.contains(at)).map(|(_, r)| r).collect();
        Self { pairs, open, strangers }
    }

    /// The records by what the caller wrote.
    fn named(self, ids: &[String]) -> impl Iterator<Item = Found> {
        let mut written: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
        for id in ids {
            written.entry(id.trim().to_lowercase()).or_default().insert(id);
        }
        let named = self.pairs.into_iter().flat_map(move |(name, record)| {
            let spellings: Vec<String> = written.get(&name).into_iter().flatten().map(|s| (*s).clone()).collect();
            spellings.into_iter().map(move |asked| Found { asked: Some(asked), record: record.clone() })
        });
        let strangers = self.strangers.into_iter().map(|record| Found { asked: None, record });
        named.collect::<Vec<_>>().into_iter().chain(strangers)
    }
}

/// What a record is asked by now.
fn name_of(id_property: Option<&str>, record: &Record) -> Option<String> {
    match id_property {
        None => Some(record.id.to_string()),
        Some(property) => record.value(property).map(str::to_lowercase),
    }
}

/// What a record can be asked by besides.
fn second_names(id_property: Option<&str>, record: &Record) -> Vec<String> {
    let list = match id_property {
        None => record.value(MERGED),
        Some(EMAIL) => record.value(MORE_EMAILS),
        Some(_) => None,
    };
    list.unwrap_or_default().split(';').map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()).collect()
}
