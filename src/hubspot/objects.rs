//! Reading records and the associations between them.
//!
//! Promise: an id that was merged away is told by the id that comes back, never guessed.

use std::{collections::BTreeMap, fmt};

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{HubSpot, HubSpotError, any_id::AnyId, client::Request, instant};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId},
        record::{ObjectType, RecordRef},
    },
    outbound::Lane,
};

/// The most records one batch read takes (HubSpot's limit).
pub const BATCH: usize = 100;

/// A record as HubSpot sends it, reduced to the properties that were asked for.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The id it has now; differs from the asked one when it was merged into another.
    pub id: ObjectId,
    /// The asked properties that have a value or are empty.
    #[serde(default)]
    pub properties: BTreeMap<String, Option<String>>,
    /// When it was made.
    #[serde(default, deserialize_with = "instant::optional")]
    pub created_at: Option<Millis>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "instant::optional")]
    pub updated_at: Option<Millis>,
    /// Whether it lies in the recycle bin.
    #[serde(default)]
    pub archived: bool,
}

impl fmt::Debug for Record {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.properties.keys().collect();
        f.debug_struct("Record").field("id", &self.id).field("properties", &names).finish_non_exhaustive()
    }
}

impl Record {
    /// The value of a property, where there is one and it is not empty.
    #[must_use]
    pub fn value(&self, property: &str) -> Option<&str> {
        self.properties.get(property)?.as_deref().filter(|v| !v.is_empty())
    }
}

#[derive(Deserialize)]
struct AssociationPage {
    #[serde(default)]
    results: Vec<Associated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Associated {
    to_object_id: AnyId,
}

impl HubSpot {
    /// Reads one record with the named properties.
    ///
    /// # Errors
    /// [`HubSpotError::Missing`] when there is none of this id; else see there.
    pub async fn record(
        &self,
        lane: Lane,
        portal: PortalId,
        record: RecordRef,
        properties: &[&str],
    ) -> Result<Record, HubSpotError> {
        let path =
            format!("/crm/objects/{}/{}/{}", self.versions().objects, record.object_type.plural(), record.object_id);
        let query = vec![("properties", properties.join(","))];
        self.call(lane, portal, Request { operation: "record", method: Method::GET, path, query, body: None }).await
    }

    /// Reads up to [`BATCH`] records of one type with the named properties; those that are gone are left out.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn records(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        ids: &[ObjectId],
        properties: &[&str],
    ) -> Result<Vec<Record>, HubSpotError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let inputs: Vec<_> = ids.iter().take(BATCH).map(|id| json!({ "id": id })).collect();
        let body = json!({ "inputs": inputs, "properties": properties, "propertiesWithHistory": [] });
        self.read_batch(lane, portal, object_type, "records", body).await
    }

    /// The records of type `to` that are associated with `from`: at most [`BATCH`], in HubSpot's order.
    ///
    /// # Errors
    /// [`HubSpotError::Missing`] when `from` is gone; else see there.
    pub async fn associated(
        &self,
        lane: Lane,
        portal: PortalId,
        from: RecordRef,
        to: ObjectType,
    ) -> Result<Vec<ObjectId>, HubSpotError> {
        let (from_type, id) = (from.object_type.plural(), from.object_id);
        let path = format!("/crm/objects/{}/{from_type}/{id}/associations/{}", self.versions().objects, to.plural());
        let query = vec![("limit", BATCH.to_string())];
        let request = Request { operation: "associations", method: Method::GET, path, query, body: None };
        let page: AssociationPage = self.call(lane, portal, request).await?;
        let odd = || HubSpotError::Broken { what: "an associated record's id in its answer".to_owned() };
        page.results.into_iter().map(|row| row.to_object_id.object().ok_or_else(odd)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn association_ids_are_read_as_text_and_as_numbers() {
        let page: AssociationPage =
            serde_json::from_str(r#"{"results":[{"toObjectId":"901","associationTypes":[]},{"toObjectId":902}]}"#)
                .unwrap();
        let ids: Vec<_> = page.results.into_iter().filter_map(|row| row.to_object_id.object()).collect();
        assert_eq!(ids, [ObjectId(901), ObjectId(902)]);
    }
}
