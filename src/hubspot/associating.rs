//! Which records belong together, for many at once.
//!
//! Promise: every pair ends connected or refused with a reason; what is there already stays and counts as done. Can be
//! repeated.
//! Never: changes labels that others gave.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HubSpot, HubSpotError,
    any_id::AnyId,
    client::Request,
    plan::{Ended, Plan, Told, batches},
    refusal::{Refusal, RefusalCode, Said},
};
use crate::{
    domain::{
        ids::{ObjectId, PortalId},
        record::ObjectType,
    },
    outbound::Lane,
};

/// The most pairs that a batch connects (HubSpot's limit).
pub const MOST_CONNECTED: usize = 2_000;
/// The most records whose associations a batch reads or cuts (HubSpot's limit).
pub const MOST_READ: usize = 1_000;
/// The types that connect a contact with a company, and with its primary company (hubspot.md §5).
pub const CONTACT_COMPANY: u32 = 279;
/// See [`CONTACT_COMPANY`].
pub const CONTACT_PRIMARY_COMPANY: u32 = 1;

/// A record on the one side and a record on the other.
pub type Pair = (ObjectId, ObjectId);

/// How pairs ended, in the order they were given, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connected {
    /// Pairs that are connected.
    pub done: Vec<Pair>,
    /// Pairs that HubSpot refused to connect.
    pub refused: Vec<(Pair, Refusal)>,
}

/// A record that another belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// The record.
    pub to: ObjectId,
    /// The numbers of the types that HubSpot defines and that connect the two.
    pub types: BTreeSet<u32>,
}

impl Bond {
    /// Whether the company is the contact's primary one, seen from the contact.
    #[must_use]
    pub fn is_primary_company(&self) -> bool {
        self.types.contains(&CONTACT_PRIMARY_COMPANY)
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Value>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
struct ReadAnswer {
    #[serde(default)]
    results: Vec<ReadRow>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
struct ReadRow {
    from: Id,
    #[serde(default)]
    to: Vec<To>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Id {
    id: AnyId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct To {
    to_object_id: AnyId,
    #[serde(default)]
    association_types: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    category: String,
    type_id: u32,
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

impl HubSpot {
    /// Connects pairs, without a label.
    ///
    /// # Errors
    /// See [`HubSpotError`]; refused pairs are no error.
    pub async fn associate(
        &self,
        lane: Lane,
        portal: PortalId,
        from: ObjectType,
        to: ObjectType,
        pairs: &[Pair],
    ) -> Result<Connected, HubSpotError> {
        self.connect(lane, portal, (from, to), "associate/default", &[], pairs).await
    }

    /// Makes companies the primary ones of contacts: pairs of a contact and its company. A contact has one primary company;
    /// the one it had stays connected. Of several pairs with one contact, the last one holds.
    ///
    /// # Errors
    /// See [`HubSpotError`]; refused pairs are no error.
    pub async fn set_primary_company(
        &self,
        lane: Lane,
        portal: PortalId,
        pairs: &[Pair],
    ) -> Result<Connected, HubSpotError> {
        let ends = (ObjectType::Contact, ObjectType::Company);
        self.connect(lane, portal, ends, "create", &[CONTACT_COMPANY, CONTACT_PRIMARY_COMPANY], pairs).await
    }

    /// The records of type `to` that these belong to. A record that belongs to none, or is not there, is not in the map.
    ///
    /// # Errors
    /// [`HubSpotError::Unavailable`] when HubSpot could not read some of them; else see there.
    pub async fn associations_of(
        &self,
        lane: Lane,
        portal: PortalId,
        from: ObjectType,
        to: ObjectType,
        ids: &[ObjectId],
    ) -> Result<BTreeMap<ObjectId, Vec<Bond>>, HubSpotError> {
        let distinct: BTreeSet<ObjectId> = ids.iter().copied().collect();
        let mut asked: Vec<(ObjectId, Option<String>)> = distinct.into_iter().map(|id| (id, None)).collect();
        let mut bonds: BTreeMap<ObjectId, Vec<Bond>> = BTreeMap::new();
        while !asked.is_empty() {
            let part: Vec<_> = asked.drain(..asked.len().min(MOST_READ)).collect();
            let inputs: Vec<Value> = part.iter().map(input).collect();
            let request = self.bonds((from, to), "associations", "read", json!({ "inputs": inputs }));
            let answer: ReadAnswer = self.call(lane, portal, request).await?;
            no_other_errors(&answer.errors)?;
            for row in answer.results {
                let id = row.from.id.object().ok_or_else(odd)?;
                let next = row.paging.and_then(|paging| paging.next).map(|next| next.after.text());
                if next.is_some() && part.iter().any(|(asked, after)| *asked == id && *after == next) {
                    return Err(HubSpotError::Broken { what: "its pages of associations do not go on".to_owned() });
                }
                asked.extend(next.map(|next| (id, Some(next))));
                let all = bonds.entry(id).or_default();
                for to in row.to {
                    all.push(to.bond()?);
                }
            }
        }
        bonds.retain(|_, all| !all.is_empty());
        Ok(bonds)
    }

    /// Cuts everything that connects these pairs. What is not connected stays so.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn dissociate(
        &self,
        lane: Lane,
        portal: PortalId,
        from: ObjectType,
        to: ObjectType,
        pairs: &[Pair],
    ) -> Result<(), HubSpotError> {
        let mut ends: BTreeMap<ObjectId, BTreeSet<ObjectId>> = BTreeMap::new();
        for (one, other) in pairs {
            ends.entry(*one).or_default().insert(*other);
        }
        let inputs: Vec<Value> = ends
            .into_iter()
            .map(|(one, others)| {
                let others: Vec<Value> = others.iter().map(|other| json!({ "id": other })).collect();
                json!({ "from": { "id": one }, "to": others })
            })
            .collect();
        for part in inputs.chunks(MOST_READ) {
            self.run(lane, portal, self.bonds((from, to), "dissociate", "archive", json!({ "inputs": part }))).await?;
        }
        Ok(())
    }

    async fn connect(
        &self,
        lane: Lane,
        portal: PortalId,
        ends: (ObjectType, ObjectType),
        call: &str,
        types: &[u32],
        pairs: &[Pair],
    ) -> Result<Connected, HubSpotError> {
        let mut seen = BTreeSet::new();
        let pairs: Vec<Pair> = pairs.iter().copied().filter(|pair| seen.insert(*pair)).collect();
        // A label that only one pair of a record can have: its pairs are sent one after the other.
        let key = |pair: &Pair| if types.is_empty() { Vec::new() } else { vec![pair.0.to_string()] };
        let keys: Vec<Vec<String>> = pairs.iter().map(key).collect();
        let mut plan = Plan::new(batches(&keys, MOST_CONNECTED));
        while let Some(group) = plan.next() {
            let sent = group.rows().to_vec();
            let inputs: Vec<Value> = sent.iter().map(|row| wish(pairs[*row], types)).collect();
            let request = self.bonds(ends, "associate", call, json!({ "inputs": inputs }));
            let told = match self.try_call::<Answer>(lane, portal, request).await {
                Ok(answer) => told(&answer, &pairs, &sent),
                Err(failed) => match failed.said {
                    Some(said) => refused(&[*said], &pairs, &sent),
                    None => return Err(failed.error),
                },
            };
            plan.told(&group, told);
        }
        let Ended { done, refused } = plan.end();
        Ok(Connected {
            done: done.into_iter().map(|(row, ())| pairs[row]).collect(),
            refused: refused.into_iter().map(|(row, refusal)| (pairs[row], refusal)).collect(),
        })
    }

    fn bonds(&self, (from, to): (ObjectType, ObjectType), operation: &'static str, call: &str, body: Value) -> Request {
        let version = &self.versions().associations;
        let path = format!("/crm/associations/{version}/{}/{}/batch/{call}", from.plural(), to.plural());
        Request { operation, method: Method::POST, path, query: vec![], body: Some(body) }
    }
}

fn odd() -> HubSpotError {
    HubSpotError::Broken { what: "an associated record's id in its answer".to_owned() }
}

fn input((id, after): &(ObjectId, Option<String>)) -> Value {
    match after {
        Some(after) => json!({ "id": id, "after": after }),
        None => json!({ "id": id }),
    }
}

fn wish((from, to): Pair, types: &[u32]) -> Value {
    let mut wish = json!({ "from": { "id": from }, "to": { "id": to } });
    if !types.is_empty() {
        let spec = |id: &u32| json!({ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id });
        wish["types"] = types.iter().map(spec).collect();
    }
    wish
}

impl To {
    fn bond(self) -> Result<Bond, HubSpotError> {
        // Own labels of an account have numbers of their own, which may look like HubSpot's.
        let ours = |kind: &Kind| kind.category.is_empty() || kind.category == "HUBSPOT_DEFINED";
        let types = self.association_types.into_iter().filter(ours).map(|kind| kind.type_id).collect();
        Ok(Bond { to: self.to_object_id.object().ok_or_else(odd)?, types })
    }
}

/// Errors of a read that say no more than that there are none.
fn no_other_errors(errors: &[Value]) -> Result<(), HubSpotError> {
    let none = |error: &&Value| {
        let sub = error["subCategory"].as_str().unwrap_or_default();
        sub.ends_with("NO_ASSOCIATIONS_FOUND") || Said::read(error).refusal.code == RefusalCode::Missing
    };
    if errors.iter().all(|error| none(&error)) {
        return Ok(());
    }
    Err(HubSpotError::Unavailable { why: "it could not read some of the associations" })
}

/// What an answer told of the pairs that were sent. Either form of result names both ends; one of the two ways round is ours.
fn told(answer: &Answer, pairs: &[Pair], sent: &[usize]) -> Told<()> {
    let mut told = refused(&Said::all(&answer.errors), pairs, sent);
    let places: HashMap<Pair, usize> = sent.iter().map(|row| (pairs[*row], *row)).collect();
    let refused: BTreeSet<usize> = told.refused.iter().map(|(row, _)| *row).collect();
    let named = answer.results.iter().filter_map(ends).flat_map(|(one, other)| [(one, other), (other, one)]);
    let done: BTreeSet<usize> =
        named.filter_map(|pair| places.get(&pair).copied()).filter(|row| !refused.contains(row)).collect();
    told.done = done.into_iter().map(|row| (row, ())).collect();
    told
}

/// The two ends of a result: `from.id`/`to.id`, or `fromObjectId`/`toObjectId`.
fn ends(result: &Value) -> Option<Pair> {
    let id = |value: &Value| -> Option<ObjectId> { serde_json::from_value::<AnyId>(value.clone()).ok()?.object() };
    let one = id(&result["from"]["id"]).or_else(|| id(&result["fromObjectId"]))?;
    let other = id(&result["to"]["id"]).or_else(|| id(&result["toObjectId"]))?;
    Some((one, other))
}

/// The pairs that errors name: by both ends, or by the one end that they name.
fn refused(all: &[Said], pairs: &[Pair], sent: &[usize]) -> Told<()> {
    let mut told = Told { done: Vec::new(), refused: Vec::new(), why: None };
    for said in all {
        let (from, to) = &said.ends;
        let hits = |ids: &[String], id: ObjectId| ids.is_empty() || ids.contains(&id.to_string());
        let named = |row: &usize| hits(from, pairs[*row].0) && hits(to, pairs[*row].1);
        if from.is_empty() && to.is_empty() {
            told.why.get_or_insert_with(|| said.refusal.clone());
        } else {
            told.refused.extend(sent.iter().copied().filter(named).map(|row| (row, said.refusal.clone())));
        }
    }
    told
}
