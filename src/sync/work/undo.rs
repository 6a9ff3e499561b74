//! Undoing a run: what it made is archived, what it linked is unlinked, what it changed gets its old value back.
//!
//! Promise: what somebody changed since is left alone and told; old values come from HubSpot's own history, none was kept here;
//! an undo that is stopped goes on where it was, and a page that is repeated has no further effect. The flow is off from its
//! beginning on, so that it is not all done again, and reads from the start when it is switched on.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    keep::{Marks, keep},
    outcome::{Happened, Outcome},
    past::{Span, is_edited, old_values},
    refused::cause,
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
    hubspot::{
        history::Remembered,
        writing::{Refused, Update},
    },
    in_tx,
    store::{
        activity::{self, Activity, What},
        flows, links, runs,
    },
};

/// So many things are undone at once: HubSpot tells the history of 50 records in a call.
const AT_ONCE: u32 = 50;

/// Undoes the run that this one names, or as much of it as there is time for.
pub(super) async fn undo(session: &Session, until: Millis) -> Result<Round, Trouble> {
    let Some(of) = session.run.of_run else { return Ok(Round::Complete) };
    let began = began(session, of).await?;
    let mut before: Option<Uuid> = session.run.place.as_deref().and_then(|place| place.parse().ok());
    loop {
        let portal = session.portal();
        let some = in_tx!(session.sync.db, read "what a run did", |tx| {
            activity::of_run(tx, portal, of, before, AT_ONCE).await
        })?;
        let Some(last) = some.last() else { break };
        before = Some(last.id);
        let mut outcome = Outcome::default();
        let kept = unmake(session, &some, began, &mut outcome).await?;
        unlink(session, &some, &kept, &mut outcome).await?;
        put_back(session, &some, began, &mut outcome).await?;
        let place = last.id.to_string();
        keep(session, &outcome, Marks { place: Some(&place), phase: "undo", ..Marks::default() }).await?;
        session.heed().await?;
        if session.now() > until {
            return Ok(Round::More);
        }
    }
    let (flow, now) = (session.flow.id, session.now());
    let ours = in_tx!(session.sync.db, "have an undone flow begin again", |tx| {
        Ok(session.hold(tx, now).await? && flows::begin_again(tx, flow, session.lease.fence).await?)
    })?;
    if ours { Ok(Round::Complete) } else { Err(Trouble::Lost) }
}

async fn began(session: &Session, of: RunId) -> Result<Millis, Trouble> {
    let portal = session.portal();
    let run = in_tx!(session.sync.db, read "the run to undo", |tx| { runs::get(tx, portal, of).await })?;
    run.map(|run| run.started_at).ok_or_else(|| Trouble::Rules("the run to undo is not there".to_owned()))
}

/// Archives what was made; gives the records that stay, since somebody changed them or HubSpot refuses.
async fn unmake(
    session: &Session,
    some: &[Activity],
    began: Millis,
    outcome: &mut Outcome,
) -> Result<BTreeSet<RecordRef>, Trouble> {
    let mut kept = BTreeSet::new();
    for (object_type, ids) in by_type(some, &[What::Created]) {
        let made = |one: &&Activity| one.what == What::Created && one.object_type == Some(object_type);
        let edited = edited(session, object_type, &ids, some.iter().filter(made), began).await?;
        for one in some.iter().filter(made) {
            if let Some(fields) = one.object_id.and_then(|id| edited.get(&id)) {
                kept.extend(one.record());
                outcome.happened.push(happened(What::NotUndone, one, fields.clone()));
            }
        }
        let ids: Vec<ObjectId> = ids.into_iter().filter(|id| !edited.contains_key(id)).collect();
        if ids.is_empty() {
            continue;
        }
        session.may_call()?;
        let hubspot = &session.sync.hubspot;
        let written = hubspot.archive_many(Lane::Background, session.portal(), object_type, &ids).await?;
        outcome.counts.archived += written.done.len() as u64;
        for one in some.iter().filter(made) {
            let id = one.object_id.map(|id| id.to_string()).unwrap_or_default();
            if let Some(refused) = written.refused.iter().find(|refused| refused.trace == id) {
                kept.extend(one.record());
                outcome.happened.push(not_undone(one, Vec::new(), refused));
            }
        }
    }
    Ok(kept)
}

/// Of the records that were made those that somebody else has changed since, with the properties.
async fn edited(
    session: &Session,
    object: ObjectType,
    ids: &BTreeSet<ObjectId>,
    made: impl Iterator<Item = &Activity>,
    began: Millis,
) -> Result<BTreeMap<ObjectId, Vec<String>>, Trouble> {
    let mut names: BTreeSet<String> = session.plan.properties_of(object).into_iter().collect();
    names.extend(made.flat_map(|one| one.fields.iter().cloned()));
    names.extend(WATCHED.map(str::to_owned));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ids: Vec<ObjectId> = ids.iter().copied().collect();
    session.may_call()?;
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let remembered = hubspot.with_history(Lane::Background, portal, object, &ids, &names).await?;
    let span = Span { app: session.sync.app_id, began, last: began, now: session.now() };
    let of = |record: &Remembered| {
        let fields: Vec<String> =
            record.history.iter().filter(|(_, past)| is_edited(past, span)).map(|(name, _)| name.clone()).collect();
        (!fields.is_empty()).then_some((record.record.id, fields))
    };
    Ok(remembered.iter().filter_map(of).collect())
}

/// What people change of a record beside what is mapped.
const WATCHED: [&str; 3] = ["hubspot_owner_id", "lifecyclestage", "hs_lead_status"];

/// Takes the links of what was made or linked away, but for the records that stay.
async fn unlink(
    session: &Session,
    some: &[Activity],
    kept: &BTreeSet<RecordRef>,
    outcome: &mut Outcome,
) -> Result<(), Trouble> {
    let stays = |one: &Activity| one.what == What::Created && one.record().is_some_and(|record| kept.contains(&record));
    let made: Vec<&Activity> =
        some.iter().filter(|one| matches!(one.what, What::Created | What::Linked) && !stays(one)).collect();
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
    for (object, changed) in changes(some) {
        let names: BTreeSet<&str> = changed.values().flat_map(|one| one.fields.iter().map(String::as_str)).collect();
        let (ids, names): (Vec<ObjectId>, Vec<&str>) = (changed.keys().copied().collect(), names.into_iter().collect());
        session.may_call()?;
        let (hubspot, portal) = (&session.sync.hubspot, session.portal());
        let remembered = hubspot.with_history(Lane::Background, portal, object, &ids, &names).await?;
        let mut updates = Vec::new();
        for record in &remembered {
            let Some(one) = changed.get(&record.record.id) else { continue };
            // One that the run itself made has no value from before; it is archived, or stays as it is.
            if record.record.created_at.is_some_and(|at| at >= began) {
                continue;
            }
            // The undo's own writes are no later change.
            let span = Span { app: session.sync.app_id, began, last: one.at, now: session.run.started_at };
            let (old, edited) = old_values(record, &one.fields, span);
            if !edited.is_empty() {
                outcome.happened.push(happened(What::NotUndone, one, edited));
            }
            if !old.is_empty() {
                updates.push(Update { trace: record.record.id.to_string(), id: record.record.id, properties: old });
            }
        }
        if updates.is_empty() {
            continue;
        }
        session.may_call()?;
        let written = hubspot.update_many(Lane::Background, portal, object, &updates).await?;
        outcome.counts.updated += written.done.len() as u64;
        for update in &updates {
            let Some(one) = changed.get(&update.id) else { continue };
            let fields = update.properties.keys().cloned().collect();
            match written.refused.iter().find(|refused| refused.trace == update.trace) {
                Some(refused) => outcome.happened.push(not_undone(one, fields, refused)),
                None => outcome.happened.push(happened(What::Undone, one, fields)),
            }
        }
    }
    Ok(())
}

/// The records that were changed, by their type: each with its newest change, which has the fields of all.
fn changes(some: &[Activity]) -> BTreeMap<ObjectType, BTreeMap<ObjectId, Activity>> {
    let mut out: BTreeMap<ObjectType, BTreeMap<ObjectId, Activity>> = BTreeMap::new();
    let changed = |one: &&Activity| matches!(one.what, What::Updated | What::Linked) && !one.fields.is_empty();
    // The newest comes first.
    for one in some.iter().filter(changed) {
        let Some(record) = one.record() else { continue };
        let known = out.entry(record.object_type).or_default().entry(record.object_id).or_insert_with(|| one.clone());
        let more: Vec<String> = one.fields.iter().filter(|field| !known.fields.contains(field)).cloned().collect();
        known.fields.extend(more);
    }
    out
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

/// HubSpot refused to have it undone.
fn not_undone(one: &Activity, fields: Vec<String>, refused: &Refused) -> Happened {
    let (word, _) = cause(&refused.refusal.code);
    Happened { cause: Some(word.to_owned()), ..happened(What::NotUndone, one, fields) }
}
