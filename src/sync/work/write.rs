//! Writing what was decided to HubSpot and the ERP, and what came of it.
//!
//! Promise: a record is made by an upsert with our key, so that a repeat makes none; a conflict with another record becomes a
//! link or a question, never an overwrite.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    chunk::Ready,
    item::Item,
    outcome::{NewLink, Outcome, Refused, Worked},
    page::Page,
    rows::{self, Draft},
    session::Session,
    to_erp,
    trouble::Trouble,
};
use crate::{
    domain::record::{ObjectType, RecordRef},
    erp::Lane,
    hubspot::{
        HubSpotError,
        properties::{NOT_UNIQUE, OWN_PROPERTY},
        refusal::{Refusal, RefusalCode},
        writing::{Done, Update, Upsert, Written},
    },
    store::{activity::What, links::LinkBasis},
    sync::{bases::Bases, decide::Found},
};

/// Writes a chunk's items.
pub(super) async fn write(
    session: &Session,
    page: &Page,
    ready: Vec<Ready>,
    outcome: &mut Outcome,
) -> Result<(), Trouble> {
    let (readers, ready): (Vec<Ready>, Vec<Ready>) = ready.into_iter().partition(|one| one.item.reads_only);
    for one in &readers {
        reader(session, page, one, outcome);
    }
    let (creates, rest): (Vec<Ready>, Vec<Ready>) = ready.into_iter().partition(|one| one.create);
    upsert(session, page, &creates, outcome).await?;
    let silent = |one: &Ready| one.draft.properties.is_empty() && one.item.link.is_some() && !one.item.promote;
    let (mut in_step, updates): (Vec<Ready>, Vec<Ready>) = rest.into_iter().partition(silent);
    for one in &in_step {
        agreed(session, page, one, outcome);
    }
    in_step.extend(update(session, page, updates, outcome).await?);
    to_erp::write(session, in_step, outcome).await
}

/// Makes records. One that is there already under our key, from a run that was killed before it could keep the link, is
/// linked.
async fn upsert(session: &Session, page: &Page, ready: &[Ready], outcome: &mut Outcome) -> Result<(), Trouble> {
    let Some(first) = ready.first() else { return Ok(()) };
    let (object, prefix) = (first.item.object(), session.key_prefix());
    let rows: Vec<Upsert> = ready
        .iter()
        .enumerate()
        .map(|(at, one)| Upsert { trace: at.to_string(), key: one.item.key(&prefix), properties: filled(&one.draft) })
        .collect();
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let send = || hubspot.upsert_many(Lane::Background, portal, object, OWN_PROPERTY, &rows);
    session.may_call()?;
    let written = match send().await {
        Err(HubSpotError::Rejected { category }) if category == NOT_UNIQUE => {
            made_anew(session, object).await?;
            session.may_call()?;
            send().await?
        }
        answered => answered?,
    };
    for (one, ended) in paired(ready, &written) {
        match ended {
            Ok(done) => {
                let basis = LinkBasis::Created;
                let what = if done.new { What::Created } else { What::Linked };
                linked(session, page, one, done, basis, what, outcome);
            }
            Err(refusal) => refused(session, &one.item, refusal, outcome),
        }
    }
    Ok(())
}

/// Writes to records that are there; gives back those that were written: what goes to the ERP comes after.
async fn update(
    session: &Session,
    page: &Page,
    ready: Vec<Ready>,
    outcome: &mut Outcome,
) -> Result<Vec<Ready>, Trouble> {
    let Some(first) = ready.first() else { return Ok(Vec::new()) };
    let (object, prefix) = (first.item.object(), session.key_prefix());
    let rows: Vec<Update> = ready
        .iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let mut properties = one.draft.properties.clone();
            if one.item.link.is_none() || one.item.promote {
                properties.insert(OWN_PROPERTY.to_owned(), one.item.key(&prefix));
            }
            let id = one.item.record.as_ref()?.id;
            Some(Update { trace: at.to_string(), id, properties })
        })
        .collect();
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    session.may_call()?;
    let mut written = hubspot.update_many(Lane::Background, portal, object, &rows).await?;
    if written.done.is_empty() && written.refused.iter().any(|one| without_ours(&one.refusal)) {
        made_anew(session, object).await?;
        session.may_call()?;
        written = hubspot.update_many(Lane::Background, portal, object, &rows).await?;
    }
    for (one, ended) in paired(&ready, &written) {
        match ended {
            Ok(done) if one.item.link.is_some() => updated(session, page, one, done, outcome),
            Ok(done) => {
                let chosen = matches!(one.item.found, Found::Chosen(_));
                let basis = if chosen { LinkBasis::Reviewed } else { LinkBasis::Matched };
                linked(session, page, one, done, basis, What::Linked, outcome);
            }
            Err(refusal) => refused(session, &one.item, refusal, outcome),
        }
    }
    let done: HashSet<usize> = written.done.iter().filter_map(|done| done.trace.parse().ok()).collect();
    Ok(ready.into_iter().enumerate().filter(|(at, _)| done.contains(at)).map(|(_, one)| one).collect())
}

/// Whether a row was refused because our property is not there.
fn without_ours(refusal: &Refusal) -> bool {
    refusal.code == RefusalCode::UnknownProperty && refusal.properties.iter().any(|name| name == OWN_PROPERTY)
}

/// Makes our property again, which somebody deleted.
async fn made_anew(session: &Session, object: ObjectType) -> Result<(), Trouble> {
    session.may_call()?;
    let made = session.sync.hubspot.ensure_own_property(Lane::Background, session.portal(), object).await?;
    tracing::warn!(portal = %session.portal(), object = object.plural(), ?made, "our property was not there");
    Ok(())
}

/// The properties that a new record gets: an empty one need not be sent.
fn filled(draft: &Draft) -> BTreeMap<String, String> {
    draft.properties.iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Items and how they ended; one of which HubSpot said nothing is left out and comes again with the next change.
fn paired<'r>(ready: &'r [Ready], written: &'r Written) -> Vec<(&'r Ready, Result<&'r Done, &'r Refusal>)> {
    let done = written.done.iter().map(|done| (done.trace.as_str(), Ok(done)));
    let refused = written.refused.iter().map(|refused| (refused.trace.as_str(), Err(&refused.refusal)));
    let ended: HashMap<&str, _> = done.chain(refused).collect();
    ready.iter().enumerate().filter_map(|(at, one)| Some((one, *ended.get(at.to_string().as_str())?))).collect()
}

/// A row has a record now.
fn linked(
    session: &Session,
    page: &Page,
    one: &Ready,
    done: &Done,
    basis: LinkBasis,
    what: What,
    outcome: &mut Outcome,
) {
    let item = &one.item;
    let record = RecordRef { object_type: item.object(), object_id: done.id };
    page.claim(record, item.erp_id());
    page.has(session.plan.kind, item.erp_id(), item.target.key(), record);
    let counted = if what == What::Created { &mut outcome.counts.created } else { &mut outcome.counts.linked };
    *counted += 1;
    outcome.note(what, item.target.key(), &item.source, Some(record), names(&one.draft));
    went_through(item, record, outcome);
    outcome.links.push(NewLink {
        kind: session.plan.kind,
        erp_id: item.erp_id().clone(),
        target: item.target.key().to_owned(),
        record,
        basis,
        bases: rows::agreed(item, &one.draft, &done.properties, &session.hasher),
        stamp: item.source.stamp.clone(),
        writes: true,
        instead_of: item.supersedes.clone(),
    });
}

/// A person says that a row is a record which another row writes to: a link that only reads, and nothing is written.
fn reader(session: &Session, page: &Page, one: &Ready, outcome: &mut Outcome) {
    let item = &one.item;
    let Some(found) = &item.record else { return };
    let record = RecordRef { object_type: item.object(), object_id: found.id };
    page.has(session.plan.kind, item.erp_id(), item.target.key(), record);
    outcome.counts.linked += 1;
    outcome.note(What::Linked, item.target.key(), &item.source, Some(record), Vec::new());
    went_through(item, record, outcome);
    outcome.links.push(NewLink {
        kind: session.plan.kind,
        erp_id: item.erp_id().clone(),
        target: item.target.key().to_owned(),
        record,
        basis: LinkBasis::Reviewed,
        bases: Bases::default(),
        stamp: item.source.stamp.clone(),
        writes: false,
        instead_of: None,
    });
}

/// A linked record was written to.
fn updated(session: &Session, page: &Page, one: &Ready, done: &Done, outcome: &mut Outcome) {
    let (item, record) = (&one.item, RecordRef { object_type: one.item.object(), object_id: done.id });
    page.has(session.plan.kind, item.erp_id(), item.target.key(), record);
    outcome.counts.updated += 1;
    outcome.note(What::Updated, item.target.key(), &item.source, Some(record), names(&one.draft));
    for property in rows::ignored(item, &one.draft, &done.properties) {
        outcome.refused.push(Refused::ignored(item, record, property));
    }
    went_through(item, record, outcome);
    if let Some(link) = &item.link {
        let bases = rows::agreed(item, &one.draft, &done.properties, &session.hasher);
        let stamp = item.source.stamp.clone();
        let (promote, target) = (item.promote, item.target.key().to_owned());
        outcome.worked.push(Worked { link: link.clone(), bases, stamp, promote, target, wrote: true });
    }
}

/// A linked record needs nothing.
fn agreed(session: &Session, page: &Page, one: &Ready, outcome: &mut Outcome) {
    let Some(link) = &one.item.link else { return };
    page.has(session.plan.kind, one.item.erp_id(), one.item.target.key(), link.record);
    outcome.counts.unchanged += u64::from(one.draft.to_erp.is_empty());
    went_through(&one.item, link.record, outcome);
    let (bases, stamp) = (one.draft.bases.clone(), one.item.source.stamp.clone());
    let (promote, target) = (one.item.promote, one.item.target.key().to_owned());
    outcome.worked.push(Worked { link: link.clone(), bases, stamp, promote, target, wrote: false });
}

fn went_through(item: &Item, record: RecordRef, outcome: &mut Outcome) {
    if item.parked {
        outcome.through.push((item.target.key().to_owned(), item.erp_id().clone()));
        outcome.note(What::Mended, item.target.key(), &item.source, Some(record), Vec::new());
    }
    super::bonds::belongs(item, record, outcome);
}

fn names(draft: &Draft) -> Vec<String> {
    draft.properties.keys().cloned().collect()
}

/// HubSpot refused a row.
fn refused(session: &Session, item: &Item, refusal: &Refusal, outcome: &mut Outcome) {
    if matches!(refusal.code, RefusalCode::UnknownProperty | RefusalCode::ReadOnly) {
        session.sync.plans.forget(session.flow.id);
    }
    if refusal.code == RefusalCode::Conflict && !item.again {
        outcome.conflicts.push(item.clone());
        return;
    }
    outcome.refused.push(Refused::by_hubspot(item, refusal));
}
