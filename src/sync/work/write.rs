//! Writing what was decided to HubSpot and the ERP, and what came of it.
//!
//! Promise: a record is made by an upsert with our key, so that a repeat makes none; a conflict with another record becomes a
//! link or a question, never an overwrite.

use std::collections::{BTreeMap, HashMap};

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
    domain::record::RecordRef,
    erp::Lane,
    hubspot::{
        properties::OWN_PROPERTY,
        refusal::{Refusal, RefusalCode},
        writing::{Done, Update, Upsert, Written},
    },
    store::{activity::What, links::LinkBasis},
    sync::decide::Found,
};

/// Writes a chunk's items.
pub(super) async fn write(
    session: &Session,
    page: &Page,
    ready: Vec<Ready>,
    outcome: &mut Outcome,
) -> Result<(), Trouble> {
    let (creates, rest): (Vec<Ready>, Vec<Ready>) = ready.into_iter().partition(|one| one.create);
    upsert(session, page, &creates, outcome).await?;
    let mut updates = Vec::with_capacity(rest.len());
    for one in rest {
        if one.draft.properties.is_empty() && one.item.link.is_some() && !one.item.promote {
            agreed(session, page, &one, outcome);
        } else {
            updates.push(one);
        }
    }
    let written = update(session, page, updates, outcome).await?;
    to_erp::write(session, written, outcome).await
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
    session.may_call()?;
    let written =
        session.sync.hubspot.upsert_many(Lane::Background, session.portal(), object, OWN_PROPERTY, &rows).await?;
    for (one, ended) in paired(ready, &written) {
        match ended {
            Ok(done) => {
                let basis = LinkBasis::Created;
                let what = if done.new { What::Created } else { What::Linked };
                linked(session, page, one, done, basis, what, outcome);
            }
            Err(refusal) => refused(&one.item, refusal, outcome),
        }
    }
    Ok(())
}

/// Writes to records that are there; gives them back with what goes on to the ERP.
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
    session.may_call()?;
    let written = session.sync.hubspot.update_many(Lane::Background, session.portal(), object, &rows).await?;
    for (one, ended) in paired(&ready, &written) {
        match ended {
            Ok(done) if one.item.link.is_some() => updated(session, page, one, done, outcome),
            Ok(done) => {
                let chosen = matches!(one.item.found, Found::Chosen(_));
                let basis = if chosen { LinkBasis::Reviewed } else { LinkBasis::Matched };
                linked(session, page, one, done, basis, What::Linked, outcome);
            }
            Err(refusal) => refused(&one.item, refusal, outcome),
        }
    }
    Ok(ready)
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
        instead_of: item.supersedes.clone(),
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
    outcome.counts.unchanged += 1;
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
fn refused(item: &Item, refusal: &Refusal, outcome: &mut Outcome) {
    if refusal.code == RefusalCode::Conflict && !item.again {
        outcome.conflicts.push(item.clone());
        return;
    }
    outcome.refused.push(Refused::by_hubspot(item, refusal));
}
