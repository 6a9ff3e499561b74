//! Writing many records: update by id, upsert by a unique property, create, archive.
//!
//! Promise: every row ends in [`Written`], done or refused with a reason, exactly once, whatever form HubSpot's answer has:
//! `errors` of a 207 are the truth, a batch refused as a whole is taken apart down to the row that is to blame, and no batch
//! holds a record or a unique value twice. All of it can be repeated: a repeat changes nothing.
//! Never: searches before it creates; drops a row. When a call fails for another reason than its rows (no answer, a limit, no
//! permission), the whole ends with that error; rows written before it stay written.

use std::{collections::BTreeMap, fmt};

use http::Method;
use serde_json::{Value, json};

use super::{
    HubSpot, HubSpotError,
    client::Request,
    objects::BATCH,
    plan::{Ended, Plan, Told, batches},
    refusal::Refusal,
    rows::{Answer, Row, Verb, keys, refusals, refused, told, usable},
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId},
        record::ObjectType,
    },
    outbound::Lane,
};

/// Values to write, by property, in HubSpot's text form; an empty one clears.
pub type Properties = BTreeMap<String, String>;

/// A record to change. A record that was merged away is changed in the one that it became; [`Done::id`] tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct Update {
    /// The caller's name for the row, different for every row of a call: letters, digits, `-`, `_`, `:`.
    pub trace: String,
    /// The record.
    pub id: ObjectId,
    /// What to write.
    pub properties: Properties,
}

/// A record to change or, where none has the key, to make.
#[derive(Clone, PartialEq, Eq)]
pub struct Upsert {
    /// The caller's name for the row, different for every row of a call.
    pub trace: String,
    /// The value of the unique property.
    pub key: String,
    /// What to write, without the key.
    pub properties: Properties,
}

/// A record to make. A row that has no unique value may be made twice when an answer is lost: give it the
/// [own property](super::properties::OWN_PROPERTY).
#[derive(Clone, PartialEq, Eq)]
pub struct Create {
    /// The caller's name for the row, different for every row of a call.
    pub trace: String,
    /// What to write.
    pub properties: Properties,
    /// What it belongs to, each with the number of a type that HubSpot defines (hubspot.md §5).
    pub associations: Vec<(ObjectId, u32)>,
}

/// A row that was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Done {
    /// The caller's name for the row.
    pub trace: String,
    /// The record's present id.
    pub id: ObjectId,
    /// Whether the record was made just now.
    pub new: bool,
    /// The written properties with the values they have now: HubSpot may have normalised them, or ignored one without a word.
    pub properties: BTreeMap<String, Option<String>>,
    /// When the record was last changed.
    pub updated_at: Option<Millis>,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The caller's name for the row.
    pub trace: String,
    /// Why.
    pub refusal: Refusal,
}

/// How the rows ended, in the order they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows that were written.
    pub done: Vec<Done>,
    /// Rows that were refused.
    pub refused: Vec<Refused>,
}

macro_rules! names_only {
    ($($name:ident { $($field:ident),+ }),+) => {
        $(impl fmt::Debug for $name {
            /// Values belong to a record and are not shown.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let names: Vec<&String> = self.properties.keys().collect();
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))+
                    .field("properties", &names)
                    .finish_non_exhaustive()
            }
        })+
    };
}

names_only!(Update { trace, id }, Upsert { trace, key }, Create { trace }, Done { trace, id, new });

impl HubSpot {
    /// Changes records.
    ///
    /// # Errors
    /// See [`HubSpotError`]; refused rows are no error.
    pub async fn update_many(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        updates: &[Update],
    ) -> Result<Written, HubSpotError> {
        let rows: Vec<Row<'_>> = updates.iter().map(Row::update).collect();
        let verb = Verb { operation: "update", makes: false, key: None };
        self.write(lane, portal, object_type, verb, &rows).await
    }

    /// Changes the records whose `id_property` has these keys, and makes those that are not there. `id_property` must be
    /// unique; a key that differs only in case is the same key.
    ///
    /// # Errors
    /// [`HubSpotError::Rejected`] with [`NOT_UNIQUE`](super::properties::NOT_UNIQUE) when the property is not there or not unique, and nothing can be
    /// written by it; else see [`HubSpotError`]. Refused rows are no error.
    pub async fn upsert_many(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        id_property: &str,
        upserts: &[Upsert],
    ) -> Result<Written, HubSpotError> {
        let rows: Vec<Row<'_>> = upserts.iter().map(|upsert| Row::upsert(upsert, id_property)).collect();
        let verb = Verb { operation: "upsert", makes: false, key: Some(id_property) };
        self.write(lane, portal, object_type, verb, &rows).await
    }

    /// Makes records.
    ///
    /// # Errors
    /// [`HubSpotError::Broken`] when an answer does not tell which record is which; else see there. Refused rows are no error.
    pub async fn create_many(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        creates: &[Create],
    ) -> Result<Written, HubSpotError> {
        let rows: Vec<Row<'_>> = creates.iter().map(Row::create).collect();
        let verb = Verb { operation: "create", makes: true, key: None };
        self.write(lane, portal, object_type, verb, &rows).await
    }

    /// Puts records into the recycle bin; the ids are the traces. One that lies there already counts as done. HubSpot tells
    /// nothing of an id that was merged away: read the record first.
    ///
    /// # Errors
    /// See [`HubSpotError`]; refused rows are no error.
    pub async fn archive_many(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        ids: &[ObjectId],
    ) -> Result<Written, HubSpotError> {
        let traces: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let rows: Vec<Row<'_>> = traces.iter().map(|id| Row::archive(id)).collect();
        let mut plan = Plan::new(batches(&keys(&rows), BATCH));
        while let Some(group) = plan.next() {
            let sent = group.rows().to_vec();
            let request = self.batch(object_type, "archive", &rows, &sent);
            let told = match self.try_run(lane, portal, request).await {
                Ok(()) => Told { done: sent.iter().map(|row| (*row, ())).collect(), refused: Vec::new(), why: None },
                Err(failed) => refused(failed, &rows, &sent)?,
            };
            plan.told(&group, told);
        }
        let done = |row: usize| Done {
            trace: traces[row].clone(),
            id: ids[row],
            new: false,
            properties: BTreeMap::new(),
            updated_at: None,
        };
        let Ended { done: archived, refused } = plan.end();
        Ok(Written {
            done: archived.into_iter().map(|(row, ())| done(row)).collect(),
            refused: refusals(&rows, refused),
        })
    }

    async fn write(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        verb: Verb<'_>,
        rows: &[Row<'_>],
    ) -> Result<Written, HubSpotError> {
        let mut plan = Plan::new(batches(&keys(rows), BATCH));
        while let Some(group) = plan.next() {
            let sent = group.rows().to_vec();
            let request = self.batch(object_type, verb.operation, rows, &sent);
            let told = match self.try_call::<Answer>(lane, portal, request).await {
                Ok(answer) => told(answer, verb, rows, &sent)?,
                Err(failed) => refused(failed, rows, &sent)?,
            };
            usable(verb, &told)?;
            plan.told(&group, told);
        }
        let Ended { done, refused } = plan.end();
        Ok(Written { done: done.into_iter().map(|(_, done)| done).collect(), refused: refusals(rows, refused) })
    }

    fn batch(&self, object_type: ObjectType, operation: &'static str, rows: &[Row<'_>], sent: &[usize]) -> Request {
        let path = format!("/crm/objects/{}/{}/batch/{operation}", self.versions().objects, object_type.plural());
        let inputs: Vec<&Value> = sent.iter().map(|row| &rows[*row].input).collect();
        Request { operation, method: Method::POST, path, query: vec![], body: Some(json!({ "inputs": inputs })) }
    }
}
