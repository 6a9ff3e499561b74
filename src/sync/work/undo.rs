//! Undoing a run: what it made is archived, what it linked is unlinked, what it changed gets its old value back.
//!
//! Promise: a value that somebody changed since is left alone and told; old values come from HubSpot's own history, none was
//! kept here. The flow is off from then on, so that it is not all done again.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    keep::{Marks, keep},
    outcome::{Happened, Outcome},
    session::{Round, Session},
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{LinkId, ObjectId, RunId},
        record::{ObjectType, RecordRef},
    },
    erp::Lane,
    hubspot::{history::Remembered, writing::Update},
    in_tx,
    store::{
        activity::{self, Activity, What},
        flows::{self, FlowStatus},
        links, runs,
    },
};

/// So many things are undone at once: HubSpot tells the history of 50 records in a call.
const AT_ONCE: u32 = 50;
/// What HubSpot calls a write of an app.
const OURS: &str = "INTEGRATION";
/// How far HubSpot's clock may be from ours.
const SKEW: i64 = 60_000;

/// Undoes the run that this one names.
pub(super) async fn undo(session: &Session) -> Result<Round, Trouble> {
    let Some(of) = session.run.of_run else { return Ok(Round::Complete) };
    let began = began(session, of).await?;
    let mut before: Option<Uuid> = None;
    loop {
        let portal = session.portal();
        let some = in_tx!(session.sync.db, read "what a run did", |tx| {
            activity::of_run(tx, portal, of, before, AT_ONCE).await
        })?;
        let Some(last) = some.last() else { break };
        before = Some(last.id);
        let mut outcome = Outcome::default();
        unmake(session, &some, &mut outcome).await?;
        unlink(session, &some, &mut outcome).await?;
        put_back(session, &some, began, &mut outcome).await?;
        keep(session, &outcome, Marks { phase: "undo", ..Marks::default() }).await?;
        if session.run_cancelled().await? {
            return Err(Trouble::Stopped);
        }
    }
    let (portal, flow) = (session.portal(), session.flow.id);
    let now = session.now();
    in_tx!(session.sync.db, "switch an undone flow off", |tx| {
        flows::set_status(tx, portal, flow, FlowStatus::Off, now).await
    })?;
    Ok(Round::Complete)
}

async fn began(session: &Session, of: RunId) -> Result<Millis, Trouble> {
    let portal = session.portal();
    let run = in_tx!(session.sync.db, read "the run to undo", |tx| { runs::get(tx, portal, of).await })?;
    run.map(|run| run.started_at).ok_or_else(|| Trouble::Rules("the run to undo is not there".to_owned()))
}

/// Archives what was made.
async fn unmake(session: &Session, some: &[Activity], outcome: &mut Outcome) -> Result<(), Trouble> {
    for (object, ids) in by_type(some, &[What::Created]) {
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        session.may_call()?;
        let written = session.sync.hubspot.archive_many(Lane::Background, session.portal(), object, &ids).await?;
        outcome.counts.archived += written.done.len() as u64;
    }
    Ok(())
}

/// Takes the links of what was made or linked away.
async fn unlink(session: &Session, some: &[Activity], outcome: &mut Outcome) -> Result<(), Trouble> {
    let made: Vec<&Activity> = some.iter().filter(|one| matches!(one.what, What::Created | What::Linked)).collect();
    let records: Vec<RecordRef> = made.iter().filter_map(|one| one.record()).collect();
    if records.is_empty() {
        return Ok(());
    }
    let (portal, connection) = (session.portal(), session.flow.connection_id);
    let links = in_tx!(session.sync.db, read "links to undo", |tx| { links::of_records(tx, portal, &records).await })?;
    let ours = links.iter().filter(|link| link.connection_id == connection);
    let ours = ours.filter(|link| {
        made.iter().any(|one| one.record() == Some(link.record) && one.erp_id.as_ref() == Some(&link.erp_id))
    });
    let ids: Vec<LinkId> = ours.map(|link| link.id).collect();
    outcome.unlinked.extend(ids);
    outcome.happened.extend(made.into_iter().map(|one| happened(What::Undone, one, Vec::new())));
    Ok(())
}

/// Gives properties the values that they had before.
async fn put_back(session: &Session, some: &[Activity], began: Millis, outcome: &mut Outcome) -> Result<(), Trouble> {
    let changed: Vec<&Activity> =
        some.iter().filter(|one| matches!(one.what, What::Updated | What::Linked) && !one.fields.is_empty()).collect();
    for (object, ids) in by_type(some, &[What::Updated, What::Linked]) {
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        let of: Vec<&&Activity> = changed.iter().filter(|one| one.object_type == Some(object)).collect();
        let names: BTreeSet<&str> = of.iter().flat_map(|one| one.fields.iter().map(String::as_str)).collect();
        if names.is_empty() {
            continue;
        }
        let names: Vec<&str> = names.into_iter().collect();
        session.may_call()?;
        let (hubspot, portal) = (&session.sync.hubspot, session.portal());
        let remembered = hubspot.with_history(Lane::Background, portal, object, &ids, &names).await?;
        let mut updates = Vec::new();
        for one in of {
            let Some(record) = remembered.iter().find(|r| Some(r.record.id) == one.object_id) else { continue };
            let (old, edited) = old_values(record, one, began);
            if !edited.is_empty() {
                outcome.happened.push(happened(What::NotUndone, one, edited));
            }
            if !old.is_empty() {
                let fields = old.keys().cloned().collect();
                outcome.happened.push(happened(What::Undone, one, fields));
                updates.push(Update { trace: one.id.to_string(), id: record.record.id, properties: old });
            }
        }
        if !updates.is_empty() {
            session.may_call()?;
            let written = hubspot.update_many(Lane::Background, portal, object, &updates).await?;
            outcome.counts.updated += written.done.len() as u64;
        }
    }
    Ok(())
}

/// What the properties of one change were before it, and which were changed since by somebody.
#[must_use]
pub fn old_values(record: &Remembered, one: &Activity, began: Millis) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut old, mut edited) = (BTreeMap::new(), Vec::new());
    for field in &one.fields {
        let past = record.history.get(field).map(Vec::as_slice).unwrap_or_default();
        let ours = past.first().is_some_and(|present| {
            present.source == OURS && present.at.is_some_and(|at| at.0 >= began.0 - SKEW && at.0 <= one.at.0 + SKEW)
        });
        if ours {
            old.insert(field.clone(), past.get(1).map(|before| before.value.clone()).unwrap_or_default());
        } else {
            edited.push(field.clone());
        }
    }
    (old, edited)
}

fn by_type(some: &[Activity], what: &[What]) -> BTreeMap<ObjectType, BTreeSet<ObjectId>> {
    let mut out: BTreeMap<ObjectType, BTreeSet<ObjectId>> = BTreeMap::new();
    for record in some.iter().filter(|one| what.contains(&one.what)).filter_map(Activity::record) {
        out.entry(record.object_type).or_default().insert(record.object_id);
    }
    out
}

fn happened(what: What, one: &Activity, fields: Vec<String>) -> Happened {
    Happened { what, target: one.target.clone(), erp_id: one.erp_id.clone(), record: one.record(), fields, cause: None }
}
