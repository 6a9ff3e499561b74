//! Associations: what belongs to what in the ERP belongs together in HubSpot.
//!
//! Promise: one whose other end has no link yet is remembered and made when that appears.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    item::Item,
    outcome::{Belongs, Happened, Outcome, Refused},
    page::Page,
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::{
        ids::{ObjectId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::{Lane, source::Kind},
    in_tx,
    store::{
        activity::What,
        links::{self, LinkKind},
        waiting::{self, Waiting},
    },
};

/// Notes what an item's record belongs to.
pub(super) fn belongs(item: &Item, record: RecordRef, outcome: &mut Outcome) {
    let one = |to_kind, to_id: &SourceId, to_target: &str, primary| Belongs {
        kind: item.source.kind,
        erp_id: item.erp_id().clone(),
        target: item.target.key().to_owned(),
        record,
        to_kind,
        to_id: to_id.clone(),
        to_target: to_target.to_owned(),
        primary,
    };
    if let Some(target) = item.target.belongs_to() {
        outcome.belongs.push(one(item.source.kind, item.erp_id(), target, true));
    }
    if let Some(target) = item.target.parents() {
        let parents = item.source.parents.iter();
        outcome.belongs.extend(parents.map(|parent| one(parent.kind, &parent.id, target, parent.primary)));
    }
}

/// Associates what both ends of are linked, and notes the rest as waiting.
pub(super) async fn make(session: &Session, page: &Page, outcome: &mut Outcome) -> Result<(), Trouble> {
    if session.dry() {
        return Ok(());
    }
    let mut wanted = std::mem::take(&mut outcome.belongs);
    let arrived = arrived(session, page, outcome).await?;
    let ends = ends(session, page, &wanted).await?;
    let mut pairs: BTreeMap<(ObjectType, ObjectType), Vec<(Belongs, RecordRef)>> = BTreeMap::new();
    for one in wanted.drain(..) {
        match ends.get(&(one.to_kind, one.to_id.clone(), one.to_target.clone())) {
            Some(to) => pairs.entry((one.record.object_type, to.object_type)).or_default().push((one, *to)),
            None => outcome.waiting.push(one),
        }
    }
    for (one, to) in arrived {
        outcome.arrived.push(one.clone());
        pairs.entry((one.record.object_type, to.object_type)).or_default().push((one, to));
    }
    for ((from, to), some) in pairs {
        associate(session, from, to, &some, outcome).await?;
    }
    Ok(())
}

async fn associate(
    session: &Session,
    from: ObjectType,
    to: ObjectType,
    some: &[(Belongs, RecordRef)],
    outcome: &mut Outcome,
) -> Result<(), Trouble> {
    let primary = |one: &Belongs| one.primary && (from, to) == (ObjectType::Contact, ObjectType::Company);
    let of = |which: bool| -> Vec<(ObjectId, ObjectId)> {
        let some = some.iter().filter(|(one, _)| primary(one) == which);
        some.map(|(one, to)| (one.record.object_id, to.object_id)).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (first, others) = (of(true), of(false));
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let mut refused = BTreeMap::new();
    if !first.is_empty() {
        session.may_call()?;
        let connected = hubspot.set_primary_company(Lane::Background, portal, &first).await?;
        outcome.counts.associated += connected.done.len() as u64;
        refused.extend(connected.refused);
    }
    if !others.is_empty() {
        session.may_call()?;
        let connected = hubspot.associate(Lane::Background, portal, from, to, &others).await?;
        outcome.counts.associated += connected.done.len() as u64;
        refused.extend(connected.refused);
    }
    for (one, to) in some {
        match refused.get(&(one.record.object_id, to.object_id)) {
            Some(refusal) => outcome.refused.push(Refused::bond(one, refusal)),
            None => outcome.happened.push(Happened {
                what: What::Associated,
                target: one.target.clone(),
                erp_id: Some(one.erp_id.clone()),
                record: Some(*to),
                fields: Vec::new(),
                cause: None,
            }),
        }
    }
    Ok(())
}

/// The records at the other ends.
async fn ends(
    session: &Session,
    page: &Page,
    wanted: &[Belongs],
) -> Result<BTreeMap<(Kind, SourceId, String), RecordRef>, Trouble> {
    let mut found = BTreeMap::new();
    let mut open: BTreeMap<Kind, BTreeSet<SourceId>> = BTreeMap::new();
    for one in wanted {
        match page.record(one.to_kind, &one.to_id, &one.to_target) {
            Some(record) => {
                found.insert((one.to_kind, one.to_id.clone(), one.to_target.clone()), record);
            }
            None => _ = open.entry(one.to_kind).or_default().insert(one.to_id.clone()),
        }
    }
    for (kind, ids) in open {
        let ids: Vec<SourceId> = ids.into_iter().collect();
        let (portal, connection) = (session.portal(), session.flow.connection_id);
        let links = in_tx!(session.sync.db, read "the other ends of associations", |tx| {
            links::of_erp_ids(tx, portal, connection, link_kind(kind), &ids).await
        })?;
        let writing = links.into_iter().filter(|link| link.writes);
        found.extend(writing.map(|link| ((kind, link.erp_id, link.target), link.record)));
    }
    Ok(found)
}

/// Associations that waited for links which this page makes.
async fn arrived(session: &Session, page: &Page, outcome: &Outcome) -> Result<Vec<(Belongs, RecordRef)>, Trouble> {
    let ids: Vec<SourceId> = outcome.links.iter().map(|link| link.erp_id.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let waited = in_tx!(session.sync.db, read "associations that waited", |tx| {
        waiting::for_many(tx, portal, connection, kind, &ids).await
    })?;
    let mut out = Vec::new();
    for (from_kind, some) in by_kind(waited) {
        let ids: Vec<SourceId> = some.iter().map(|one| one.from_id.clone()).collect();
        let links = in_tx!(session.sync.db, read "who waited", |tx| {
            links::of_erp_ids(tx, portal, connection, link_kind(from_kind), &ids).await
        })?;
        for one in some {
            let Some(to) = page.record(session.plan.kind, &one.to_id, &one.to_target) else { continue };
            let from = links.iter().find(|l| l.writes && l.erp_id == one.from_id && l.target == one.from_target);
            if let Some(from) = from {
                out.push((belongs_of(&one, from_kind, session.plan.kind, from.record), to));
            }
        }
    }
    Ok(out)
}

fn belongs_of(one: &Waiting, kind: Kind, to_kind: Kind, record: RecordRef) -> Belongs {
    Belongs {
        kind,
        erp_id: one.from_id.clone(),
        target: one.from_target.clone(),
        record,
        to_kind,
        to_id: one.to_id.clone(),
        to_target: one.to_target.clone(),
        primary: one.is_primary,
    }
}

fn by_kind(waited: Vec<Waiting>) -> BTreeMap<Kind, Vec<Waiting>> {
    let mut out: BTreeMap<Kind, Vec<Waiting>> = BTreeMap::new();
    for one in waited {
        let kind = if one.from_kind == LinkKind::Customer { Kind::Customer } else { Kind::Contact };
        out.entry(kind).or_default().push(one);
    }
    out
}

/// A kind of ERP record as links have it.
pub(super) const fn link_kind(kind: Kind) -> LinkKind {
    match kind {
        Kind::Customer => LinkKind::Customer,
        Kind::Contact => LinkKind::Contact,
    }
}
