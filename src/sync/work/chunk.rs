//! Up to a hundred items of one target, from what is known here to what was written.

use std::collections::HashMap;

use super::{
    find,
    item::{Item, names},
    keep::in_a_loop,
    outcome::{Doubtful, Outcome, Refused, Sample, Worked},
    page::Page,
    rows::{self, Draft},
    session::Session,
    trouble::Trouble,
    write,
};
use crate::{
    domain::{ids::ObjectId, record::RecordRef},
    erp::Lane,
    in_tx,
    store::links,
    sync::{
        decide::{Decision, Skip, decide},
        flow::{OnUpdate, ToErp},
    },
};

/// The most items of one chunk: HubSpot's batches take no more.
pub(super) const CHUNK: usize = 100;

/// An item and what is to be written for it.
pub(super) struct Ready {
    pub(super) item: Item,
    pub(super) draft: Draft,
    /// Whether its record is made; else it is there.
    pub(super) create: bool,
}

/// Works a chunk; all its items have the same target.
pub(super) async fn work(session: &Session, page: &Page, items: Vec<Item>) -> Result<Outcome, Trouble> {
    let mut outcome = Outcome::default();
    let mut items = in_step(session, page, items, &mut outcome);
    read_linked(session, &mut items, &mut outcome).await?;
    find::find(session, page, &mut items).await?;
    let mut ready = Vec::with_capacity(items.len());
    for item in items {
        if let Some(one) = settle(session, page, item, &mut outcome) {
            ready.push(one);
        }
    }
    if session.dry() {
        return Ok(outcome);
    }
    if session.brake.is_closed() {
        // It comes again when the flow goes on: what was read by its cursor ends before.
        ready.retain(|one| !harms(session, one));
    }
    let harmed = ready.iter().filter(|one| harms(session, one)).count();
    session.brake.ask(harmed as u64)?;
    write::write(session, page, ready, &mut outcome).await?;
    Ok(outcome)
}

/// Whether it would clear a value on one side.
fn harms(session: &Session, one: &Ready) -> bool {
    one.draft.clears > 0 || (one.draft.clears_erp > 0 && session.policies.to_erp != ToErp::Off)
}

/// Takes those out of which nothing changed since both sides agreed: nobody need be asked about them.
fn in_step(session: &Session, page: &Page, items: Vec<Item>, outcome: &mut Outcome) -> Vec<Item> {
    let mut left = Vec::with_capacity(items.len());
    for item in items {
        let written_by_us = item.link.as_ref().filter(|link| link.writes && link.gone_at.is_none());
        match written_by_us {
            Some(link) if !item.parked && !item.looked_at && rows::unchanged(&item, &session.hasher) => {
                page.has(session.plan.kind, item.erp_id(), item.target.key(), link.record);
                outcome.counts.unchanged += 1;
                if link.erp_stamp.as_deref() != Some(item.source.stamp.as_str()) {
                    // Seen with this stamp: the census need not look again.
                    let (bases, stamp) = (item.bases.clone(), item.source.stamp.clone());
                    let target = item.target.key().to_owned();
                    outcome.worked.push(Worked {
                        link: link.clone(),
                        bases,
                        stamp,
                        promote: false,
                        target,
                        wrote: false,
                    });
                }
            }
            _ => left.push(item),
        }
    }
    left
}

/// Reads the records of those that have a link.
async fn read_linked(session: &Session, items: &mut [Item], outcome: &mut Outcome) -> Result<(), Trouble> {
    let ids: Vec<String> =
        items.iter().filter_map(Item::linked_record).map(|record| record.object_id.to_string()).collect();
    let (Some(first), false) = (items.first(), ids.is_empty()) else { return Ok(()) };
    session.may_call()?;
    let (object, names) = (first.object(), names(&first.target, &[]));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = session.sync.hubspot.read_by(Lane::Background, session.portal(), object, None, &ids, &names).await?;
    let by_id: HashMap<String, _> = found.into_iter().filter_map(|one| Some((one.asked?, one.record))).collect();
    for item in items.iter_mut() {
        let Some(linked) = item.linked_record() else { continue };
        match by_id.get(&linked.object_id.to_string()) {
            Some(record) if record.id == linked.object_id => item.record = Some(record.clone()),
            // Merged into another, or gone: what becomes of the link follows from what HubSpot says of it.
            _ => outcome.lost.push(linked),
        }
    }
    promote(session, items).await
}

/// Links that a person made become those that write, where nobody else writes to the record.
async fn promote(session: &Session, items: &mut [Item]) -> Result<(), Trouble> {
    let records: Vec<RecordRef> =
        items.iter().filter(|item| item.may_be_promoted()).filter_map(Item::linked_record).collect();
    if records.is_empty() {
        return Ok(());
    }
    let portal = session.portal();
    let all = in_tx!(session.sync.db, read "who writes to linked records", |tx| {
        links::of_records(tx, portal, &records).await
    })?;
    let mut given: std::collections::HashSet<RecordRef> =
        all.iter().filter(|link| link.writes).map(|link| link.record).collect();
    for item in items.iter_mut().filter(|item| item.may_be_promoted()) {
        item.promote = item.linked_record().is_some_and(|record| given.insert(record));
    }
    Ok(())
}

/// Decides about one item: what is to be written for it, or `None` where nothing is.
fn settle(session: &Session, page: &Page, item: Item, outcome: &mut Outcome) -> Option<Ready> {
    let decision = decide(&item.situation(&session.policies));
    let (record, create) = match &decision {
        Decision::Skip(skip) => {
            skipped(session, &item, *skip, outcome);
            return None;
        }
        Decision::Review { doubt, candidates, reasons } => {
            outcome.counts.reviews += 1;
            outcome.samples.push(sample("unsure", &item, candidates.first().copied(), None));
            outcome.doubtful.push(Doubtful {
                target: item.target.key().to_owned(),
                erp_id: item.erp_id().clone(),
                doubt: *doubt,
                candidates: candidates.clone(),
                reasons: reasons.clone(),
                alike: item.alike.clone(),
            });
            return None;
        }
        Decision::Create => (None, true),
        Decision::Link(_) | Decision::Update => (item.record.as_ref(), false),
    };
    if !item.mapping.faults.is_empty() {
        outcome.refused.push(Refused::of_mapping(&item));
        return None;
    }
    if item.link.as_ref().is_some_and(|link| in_a_loop(link, session.now())) {
        outcome.refused.push(Refused::in_a_loop(&item));
        return None;
    }
    let mut draft = rows::draft(&item, record, &session.hasher);
    if matches!(decision, Decision::Link(_)) && session.policies.on_update == OnUpdate::Nothing {
        // Linked, and left as it is.
        draft.properties.clear();
        draft.to_erp.clear();
        draft.clears = 0;
    }
    if let Some(linked) = item.linked_record() {
        page.has(session.plan.kind, item.erp_id(), item.target.key(), linked);
    }
    let group = match &decision {
        Decision::Create => "create",
        Decision::Link(_) => "link",
        _ if draft.is_empty() => "same",
        _ => "update",
    };
    let found = item.record.as_ref().map(|record| record.id);
    outcome.samples.push(sample(group, &item, found, None));
    Some(Ready { item, draft, create })
}

fn skipped(session: &Session, item: &Item, skip: Skip, outcome: &mut Outcome) {
    outcome.counts.skipped += 1;
    if session.dry() {
        let reason = serde_json::to_value(skip).ok().and_then(|word| word.as_str().map(str::to_owned));
        outcome.samples.push(sample("skip", item, None, reason));
    }
}

fn sample(group: &'static str, item: &Item, object_id: Option<ObjectId>, reason: Option<String>) -> Sample {
    let (target, erp_id) = (item.target.key().to_owned(), item.erp_id().clone());
    Sample { group, target, erp_id, object_id, reason }
}
