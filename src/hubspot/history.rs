//! What properties of records were before: HubSpot keeps the last values of each, with when and by whom they were written.

use std::{collections::BTreeMap, fmt};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{HubSpot, HubSpotError, any_id::AnyId, batches::only_missing, client::Request, instant, objects::Record};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId, UserId},
        record::ObjectType,
    },
    outbound::Lane,
};

/// The most records whose history a batch reads (HubSpot's limit).
pub const MOST: usize = 50;

/// A record with what its properties were before.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The record as it is; its id differs from the asked one when that was merged into it.
    pub record: Record,
    /// The values that a property had, newest first: the first is the present one. HubSpot forgets the oldest.
    pub history: BTreeMap<String, Vec<Past>>,
}

impl fmt::Debug for Remembered {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").field("record", &self.record).finish_non_exhaustive()
    }
}

/// A value that a property had.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "PastWire")]
pub struct Past {
    /// The value; empty: it was cleared.
    pub value: String,
    /// Since when.
    pub at: Option<Millis>,
    /// What wrote it: `INTEGRATION`, `CRM_UI`, `IMPORT`, …
    pub source: String,
    /// Which one of these wrote it: for an integration, the app.
    pub source_id: Option<String>,
    /// The user who wrote it.
    pub by: Option<UserId>,
}

impl fmt::Debug for Past {
    /// The value belongs to a person and is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Past").field("at", &self.at).field("source", &self.source).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PastWire {
    #[serde(default)]
    value: Option<String>,
    #[serde(default, deserialize_with = "instant::optional")]
    timestamp: Option<Millis>,
    #[serde(default)]
    source_type: Option<String>,
    #[serde(default)]
    source_id: Option<AnyId>,
    #[serde(default)]
    updated_by_user_id: Option<AnyId>,
}

impl From<PastWire> for Past {
    fn from(wire: PastWire) -> Self {
        Self {
            value: wire.value.unwrap_or_default(),
            at: wire.timestamp,
            source: wire.source_type.unwrap_or_default(),
            source_id: wire.source_id.map(AnyId::text),
            by: wire.updated_by_user_id.and_then(AnyId::user),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Wire>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(flatten)]
    record: Record,
    #[serde(default)]
    properties_with_history: Option<BTreeMap<String, Vec<Past>>>,
}

impl HubSpot {
    /// Records with the present and former values of these properties; those that are gone are left out. Any number of ids, a
    /// call for every [`MOST`].
    ///
    /// # Errors
    /// [`HubSpotError::Unavailable`] when HubSpot could not read some of them; else see there.
    pub async fn with_history(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        ids: &[ObjectId],
        properties: &[&str],
    ) -> Result<Vec<Remembered>, HubSpotError> {
        let path = format!("/crm/objects/{}/{}/batch/read", self.versions().objects, object_type.plural());
        let mut found = Vec::new();
        for part in ids.chunks(MOST) {
            let inputs: Vec<Value> = part.iter().map(|id| json!({ "id": id })).collect();
            let body = json!({ "inputs": inputs, "properties": properties, "propertiesWithHistory": properties });
            let (path, body) = (path.clone(), Some(body));
            let request = Request { operation: "history", method: Method::POST, path, query: vec![], body };
            let answer: Answer = self.call(lane, portal, request).await?;
            only_missing(&answer.errors)?;
            found.extend(answer.results.into_iter().map(Wire::read));
        }
        Ok(found)
    }
}

impl Wire {
    fn read(self) -> Remembered {
        let mut history = self.properties_with_history.unwrap_or_default();
        for past in history.values_mut() {
            past.sort_by_key(|past| std::cmp::Reverse(past.at));
        }
        Remembered { record: self.record, history }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_comes_first_and_none_is_shown_in_a_log() {
        let text = r#"{"id":"5","properties":{"email":"ann@example.com"},"propertiesWithHistory":{"email":[
            {"value":"old@example.com","timestamp":"2026-01-01T00:00:00Z","sourceType":"CRM_UI","updatedByUserId":9},
            {"value":"ann@example.com","timestamp":"2026-02-01T00:00:00Z","sourceType":"INTEGRATION","sourceId":77}]}}"#;
        let told = serde_json::from_str::<Wire>(text).unwrap().read();
        let values: Vec<_> = told.history["email"].iter().map(|past| past.value.as_str()).collect();
        assert_eq!(values, ["ann@example.com", "old@example.com"]);
        assert_eq!(told.history["email"][0].source_id.as_deref(), Some("77"));
        assert_eq!(told.history["email"][1].by, Some(UserId(9)));
        assert!(!format!("{told:?} {:?}", told.history["email"]).contains('@'), "{told:?}");
    }
}
