//! Associations: what belongs to what in the ERP belongs together in HubSpot.
//!
//! Promise: one whose other end has no link yet is remembered and made when that appears. What a record left as its first is cut;
//! other associations that HubSpot has are people's and stay.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    item::Item,
    keep::{Marks, keep},
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
    hubspot::refusal::RefusalCode,
    in_tx,
    store::{
        activity::What,
        links::{self, LinkKind},
        waiting::{self, Waiting},
    },
};

/// So many waiting associations are looked at at once.
const SWEPT: u32 = 1_000;

/// Notes what an item's record belongs to, where that is news: an association that people took away stays away.
pub(super) fn belongs(item: &Item, record: RecordRef, outcome: &mut Outcome) {
    let known = item.bases.parents.as_ref() == Some(&item.bases.parents_now(&item.source.parents));
    if item.link.is_some() && known && !item.parked && !item.promote {
        return;
    }
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
        // A further company may only have become unreadable; the first one is a field of the record itself, and is left for
        // another.
        let moved = item.source.parents.iter().any(|parent| parent.primary);
        let was = item.bases.parents.iter().flatten().filter(|(_, _, primary)| *primary && moved);
        let left =
            was.filter(|(kind, id, _)| !item.source.parents.iter().any(|now| now.kind == *kind && now.id == *id));
        outcome.left.extend(left.map(|(kind, id, _)| one(*kind, id, target, true)));
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
    let stay = wanted.iter().filter_map(|one| Some((one.record, *ends.get(&end(one))?))).collect();
    cut(session, page, outcome, &stay).await?;
    let mut pairs: BTreeMap<(ObjectType, ObjectType), Vec<(Belongs, RecordRef)>> = BTreeMap::new();
    for one in wanted.drain(..) {
        match ends.get(&end(&one)) {
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

/// The other end of an association, as it is looked up.
fn end(one: &Belongs) -> (Kind, SourceId, String) {
    (one.to_kind, one.to_id.clone(), one.to_target.clone())
}

/// Takes associations away with what records left; but none that is wanted: two companies of the ERP may be one in HubSpot.
async fn cut(
    session: &Session,
    page: &Page,
    outcome: &mut Outcome,
    stay: &BTreeSet<(RecordRef, RecordRef)>,
) -> Result<(), Trouble> {
    let ends = ends(session, page, &outcome.left).await?;
    let mut pairs: BTreeMap<(ObjectType, ObjectType), BTreeSet<(ObjectId, ObjectId)>> = BTreeMap::new();
    for one in &outcome.left {
        let Some(to) = ends.get(&end(one)).filter(|to| !stay.contains(&(one.record, **to))) else { continue };
        let types = (one.record.object_type, to.object_type);
        pairs.entry(types).or_default().insert((one.record.object_id, to.object_id));
        outcome.happened.push(Happened {
            what: What::Dissociated,
            target: one.target.clone(),
            erp_id: Some(one.erp_id.clone()),
            record: Some(*to),
            fields: Vec::new(),
            cause: None,
        });
    }
    for ((from, to), pairs) in pairs {
        session.may_call()?;
        let pairs: Vec<_> = pairs.into_iter().collect();
        session.sync.hubspot.dissociate(Lane::Background, session.portal(), from, to, &pairs).await?;
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
            // One end lies in the recycle bin, or is another record by now: what becomes of its link is found out, and the
            // association waits for that. Whoever worked it may be the other end's flow, so that parked it would be nobody's.
            Some(refusal) if matches!(refusal.code, RefusalCode::Missing | RefusalCode::Locked) => {
                outcome.lost.extend([one.record, *to].into_iter().filter(|_| refusal.code == RefusalCode::Missing));
                outcome.arrived.retain(|other| !same(one, other));
                outcome.waiting.push(one.clone());
            }
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

/// Whether two are one association.
fn same(one: &Belongs, other: &Belongs) -> bool {
    (one.kind, &one.erp_id, &one.target) == (other.kind, &other.erp_id, &other.target) && end(one) == end(other)
}

/// Makes associations that wait although both ends are linked by now: two flows may have met without seeing each other's
/// links, and links come by other ways than a page.
pub(super) async fn sweep(session: &Session) -> Result<(), Trouble> {
    let (portal, connection) = (session.portal(), session.flow.connection_id);
    let mut after: Option<Waiting> = None;
    loop {
        let some = in_tx!(session.sync.db, read "associations that can be made", |tx| {
            waiting::ready(tx, portal, connection, after.as_ref(), SWEPT).await
        })?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.clone());
        let mut outcome = Outcome::default();
        let mut pairs: BTreeMap<(ObjectType, ObjectType), Vec<(Belongs, RecordRef)>> = BTreeMap::new();
        for (from_kind, some) in by_kind(some) {
            let ids: Vec<SourceId> = some.iter().map(|one| one.from_id.clone()).collect();
            let links = in_tx!(session.sync.db, read "who waited", |tx| {
                links::of_erp_ids(tx, portal, connection, link_kind(from_kind), &ids).await
            })?;
            for one in some {
                let from = links.iter().find(|l| l.writes && l.erp_id == one.from_id && l.target == one.from_target);
                let to_kind = if one.to_kind == LinkKind::Customer { Kind::Customer } else { Kind::Contact };
                if let Some(from) = from {
                    outcome.belongs.push(belongs_of(&one, from_kind, to_kind, from.record));
                }
            }
        }
        let ends = ends(session, &Page::default(), &outcome.belongs).await?;
        for one in std::mem::take(&mut outcome.belongs) {
            if let Some(to) = ends.get(&end(&one)) {
                outcome.arrived.push(one.clone());
                pairs.entry((one.record.object_type, to.object_type)).or_default().push((one, *to));
            }
        }
        for ((from, to), some) in pairs {
            associate(session, from, to, &some, &mut outcome).await?;
        }
        keep(session, &outcome, Marks { phase: "associations", ..Marks::default() }).await?;
    }
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
                found.insert(end(one), record);
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
        // One that only reads has the record too; where there are both, the one that writes counts.
        let (writing, reading): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| link.writes);
        found.extend(reading.into_iter().chain(writing).map(|link| ((kind, link.erp_id, link.target), link.record)));
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
