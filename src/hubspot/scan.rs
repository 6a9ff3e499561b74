//! Finding records: what changed in a span of time, what has a value, and all of them.
//!
//! Promise: nothing is lost to the 10,000 results that a search ends at, since every page starts behind the last id of the
//! one before (hubspot.md §4.5); no search is longer than HubSpot takes. Searches read an index that is some seconds behind:
//! end a span a minute ago, and never conclude from a search that a record is not there.

use std::collections::BTreeSet;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HubSpot, HubSpotError,
    any_id::AnyId,
    client::{Request, SEARCH},
    objects::{BATCH, Record},
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId},
        record::ObjectType,
    },
    outbound::Lane,
};

/// The most records of a page of a search (HubSpot's limit).
pub const SEARCH_PAGE: usize = 200;
/// The most characters of a search (HubSpot's limit).
const LONGEST: usize = 3_000;
/// What of it values may take; the rest of a search with one property to show fits into what is left.
const ROOM: usize = 2_300;
/// How often a page is asked for that HubSpot answers differently each time.
const ASKED: usize = 6;
/// The property with a record's id.
const ID: &str = "hs_object_id";
/// The most values that are searched at once.
const MOST_VALUES: usize = 100;

/// A page of records that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// In the order of their ids.
    pub records: Vec<Record>,
    /// How many there are behind `after`, these included.
    pub total: u64,
    /// Where the next page starts; none: this was the last.
    pub next: Option<ObjectId>,
}

/// A page of all records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// In the order of their ids.
    pub records: Vec<Record>,
    /// Where the next page starts; none: this was the last.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Record>,
    #[serde(default)]
    total: u64,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    next: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    after: AnyId,
}

/// What a search found.
struct Hits {
    records: Vec<Record>,
    total: u64,
    next: Option<ObjectId>,
}

impl Page {
    /// Where the next page of a search starts. Ids that do not grow would lead in circles.
    fn next(&self, after: Option<ObjectId>) -> Result<Option<ObjectId>, HubSpotError> {
        let Some(last) = self.results.iter().map(|record| record.id).max() else { return Ok(None) };
        if after.is_some_and(|after| last <= after) {
            return Err(HubSpotError::Broken { what: "its pages of a search do not go on".to_owned() });
        }
        let more = self.total > self.results.len() as u64 || self.paging.as_ref().is_some_and(|p| p.next.is_some());
        Ok(Some(last).filter(|_| more))
    }
}

impl HubSpot {
    /// A page of the records that were last changed from `from` to `to` (both included), behind the id `after`.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    #[expect(clippy::too_many_arguments, reason = "a span, a place in it and what to read, each its own")]
    pub async fn changed(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        from: Millis,
        to: Millis,
        after: Option<ObjectId>,
        properties: &[&str],
    ) -> Result<Changed, HubSpotError> {
        let filter = json!({
            "propertyName": stamp(object_type), "operator": "BETWEEN",
            "value": from.0.to_string(), "highValue": to.0.to_string(),
        });
        let mut empty = false;
        for _ in 0..ASKED {
            let hits = self.search(lane, portal, object_type, &filter, after, properties).await?;
            let fits = |record: &Record| record.updated_at.is_none_or(|at| at >= from);
            if hits.records.is_empty() && !std::mem::replace(&mut empty, true) || !hits.records.iter().all(fits) {
                continue;
            }
            return Ok(Changed { records: hits.records, total: hits.total, next: hits.next });
        }
        Err(HubSpotError::Broken { what: "its pages of a search are not those that were asked for".to_owned() })
    }

    /// All records whose `property` has one of these values, whatever their case; in no order. A value too long for a search
    /// is found nowhere.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn find(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        property: &str,
        values: &[String],
        properties: &[&str],
    ) -> Result<Vec<Record>, HubSpotError> {
        let mut found = Vec::new();
        for values in portions(values) {
            let filter = json!({ "propertyName": property, "operator": "IN", "values": values });
            let mut after = None;
            loop {
                let hits = self.search(lane, portal, object_type, &filter, after, properties).await?;
                found.extend(hits.records);
                after = hits.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// A page of all records, without those in the recycle bin. It reads no index: what is there comes.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn list(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        after: Option<&str>,
        properties: &[&str],
    ) -> Result<Listed, HubSpotError> {
        let path = format!("/crm/objects/{}/{}", self.versions().objects, object_type.plural());
        let mut query = vec![("limit", BATCH.to_string())];
        if !properties.is_empty() {
            query.push(("properties", properties.join(",")));
        }
        query.extend(after.map(|after| ("after", after.to_owned())));
        let behind = after.and_then(|after| after.parse().ok()).map(ObjectId);
        let mut before: Option<Option<ObjectId>> = None;
        for _ in 0..ASKED {
            let (path, query) = (path.clone(), query.clone());
            let request = Request { operation: "list", method: Method::GET, path, query, body: None };
            let page: Page = self.call(lane, portal, request).await?;
            let first = page.results.iter().map(|record| record.id).min();
            let ahead = first.zip(behind).map(|(first, behind)| first >= behind);
            // The first page and an empty one have nothing to be measured by: they are asked for until two answers are alike.
            if ahead == Some(false) || ahead.is_none() && before.replace(first) != Some(first) {
                continue;
            }
            let next = page.paging.and_then(|paging| paging.next).map(|next| next.after.text());
            if next.is_some() && next.as_deref() == after {
                break;
            }
            return Ok(Listed { records: page.results, next });
        }
        Err(HubSpotError::Broken { what: "its pages of a list do not go on".to_owned() })
    }

    /// One page of a search, sorted by id.
    async fn search(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        filter: &Value,
        after: Option<ObjectId>,
        properties: &[&str],
    ) -> Result<Hits, HubSpotError> {
        let mut filters = vec![filter.clone()];
        filters.extend(after.map(|after| json!({ "propertyName": ID, "operator": "GT", "value": after })));
        // The published description wants a text to sort by and a place to begin at; the place is always the first.
        let body = |names: &[&str]| {
            json!({
                "filterGroups": [{ "filters": filters }], "sorts": [ID], "properties": names, "limit": SEARCH_PAGE,
                "after": "0",
            })
        };
        // So many properties that there is no room for the question: their values are read by the ids that are found.
        let whole = Some(body(properties)).filter(|body| body.to_string().len() <= LONGEST);
        let apart = whole.is_none();
        let path = format!("/crm/objects/{}/{}/search", self.versions().objects, object_type.plural());
        let body = Some(whole.unwrap_or_else(|| body(&[ID])));
        let request = Request { operation: SEARCH, method: Method::POST, path, query: vec![], body };
        let page: Page = self.call(lane, portal, request).await?;
        let next = page.next(after)?;
        let mut records = page.results;
        if apart {
            let ids: Vec<String> = records.iter().map(|record| record.id.to_string()).collect();
            let found = self.read_by(lane, portal, object_type, None, &ids, properties).await?;
            records = found.into_iter().map(|found| found.record).collect();
            records.sort_unstable_by_key(|record| record.id);
            records.dedup_by_key(|record| record.id);
        }
        Ok(Hits { records, total: page.total, next })
    }
}

/// The property with the instant of the last change.
const fn stamp(object_type: ObjectType) -> &'static str {
    match object_type {
        ObjectType::Contact => "lastmodifieddate",
        ObjectType::Company | ObjectType::Deal => "hs_lastmodifieddate",
    }
}

/// The values in lower case, as HubSpot wants them for texts, each once, in portions that a search has room for.
fn portions(values: &[String]) -> Vec<Vec<String>> {
    let wanted: BTreeSet<String> = values.iter().map(|value| value.trim().to_lowercase()).collect();
    let mut portions: Vec<Vec<String>> = Vec::new();
    let mut left = 0;
    for value in wanted.into_iter().filter(|value| !value.is_empty()) {
        let needs = json!(value).to_string().len() + 1;
        if needs > ROOM {
            continue;
        }
        match portions.last_mut() {
            Some(last) if left >= needs && last.len() < MOST_VALUES => last.push(value),
            _ => {
                portions.push(vec![value]);
                left = ROOM;
            }
        }
        left -= needs;
    }
    portions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(total: u64, ids: &[u64]) -> Page {
        let results: Vec<Value> = ids.iter().map(|id| json!({ "id": id.to_string() })).collect();
        serde_json::from_value(json!({ "total": total, "results": results })).unwrap()
    }

    #[test]
    fn a_page_that_does_not_go_on_is_an_error_and_not_a_circle() {
        assert_eq!(page(3, &[4, 9]).next(None).unwrap(), Some(ObjectId(9)));
        assert_eq!(page(2, &[4, 9]).next(Some(ObjectId(3))).unwrap(), None);
        assert_eq!(page(0, &[]).next(Some(ObjectId(3))).unwrap(), None);
        assert!(page(3, &[4, 9]).next(Some(ObjectId(9))).is_err());
    }

    proptest! {
        #[test]
        fn every_value_is_searched_once_and_no_search_is_too_long(
            values in proptest::collection::vec("[A-Za-z0-9äß \"\\\\.@-]{0,60}", 0..130),
        ) {
            let portions = portions(&values);
            let wanted: BTreeSet<String> = values.iter().map(|v| v.trim().to_lowercase()).filter(|v| !v.is_empty()).collect();
            let searched: Vec<String> = portions.iter().flatten().cloned().collect();
            prop_assert_eq!(searched.len(), wanted.len());
            prop_assert_eq!(searched.into_iter().collect::<BTreeSet<_>>(), wanted);
            for portion in portions {
                prop_assert!(!portion.is_empty() && portion.len() <= MOST_VALUES);
                prop_assert!(json!(portion).to_string().len() <= ROOM + 2);
            }
        }
    }
}
