//! What becomes, in HubSpot, of records whose row is gone from the ERP: nothing, a mark, or the recycle bin after a time of
//! grace.
//!
//! Promise: nothing is archived or marked before the ERP has said once more that the row is not there; the brake holds.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    keep::{Marks, keep},
    outcome::{Happened, Outcome},
    session::Session,
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{LinkId, ObjectId, SourceId},
        record::ObjectType,
    },
    erp::Lane,
    hubspot::{
        properties::{DELETED_IN_ERP, STATE_PROPERTY},
        writing::Update,
    },
    in_tx,
    store::{
        activity::What,
        links::{self, Link},
    },
    sync::flow::OnDelete,
};

/// So many are looked at at once.
const AT_ONCE: u32 = 100;
/// A day.
const DAY: i64 = 86_400_000;
/// The entry of a base that says that the record is marked.
const MARKED: &str = "@marked";

/// Does what the policy says with those whose time has come.
pub(super) async fn work(session: &Session) -> Result<(), Trouble> {
    let grace = match session.policies.on_delete {
        OnDelete::Nothing => return Ok(()),
        OnDelete::Archive => i64::from(session.policies.grace_days) * DAY,
        OnDelete::Mark => 0,
    };
    let mut after: Option<LinkId> = None;
    loop {
        let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
        let before = Millis(session.now().0 - grace + 1);
        let due = in_tx!(session.sync.db, read "records whose row is gone", |tx| {
            links::gone_before(tx, portal, connection, kind, before, after, AT_ONCE).await
        })?;
        let Some(last) = due.last() else { return Ok(()) };
        after = Some(last.id);
        let due: Vec<Link> = due.into_iter().filter(|link| !link.base.contains_key(MARKED)).collect();
        let gone = really_gone(session, due).await?;
        if gone.is_empty() {
            continue;
        }
        session.brake.ask(gone.len() as u64)?;
        match session.policies.on_delete {
            OnDelete::Archive => archive(session, &gone).await?,
            _ => mark(session, &gone).await?,
        }
    }
}

/// Those of which the ERP says that they are not there; the others are not gone any more.
async fn really_gone(session: &Session, due: Vec<Link>) -> Result<Vec<Link>, Trouble> {
    let ids: BTreeSet<SourceId> = due.iter().map(|link| link.erp_id.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<SourceId> = ids.into_iter().collect();
    session.may_call()?;
    let there = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?.there();
    let (back, gone): (Vec<Link>, Vec<Link>) = due.into_iter().partition(|link| there.contains(&link.erp_id));
    let back: Vec<LinkId> = back.into_iter().map(|link| link.id).collect();
    let (portal, now) = (session.portal(), session.now());
    in_tx!(session.sync.db, "rows that are there after all", |tx| { links::mark_seen(tx, portal, &back, now).await })?;
    Ok(gone)
}

async fn archive(session: &Session, gone: &[Link]) -> Result<(), Trouble> {
    let mut outcome = Outcome::default();
    for (object, links) in by_type(gone) {
        let ids: Vec<ObjectId> = links.iter().map(|link| link.record.object_id).collect();
        session.may_call()?;
        let written = session.sync.hubspot.archive_many(Lane::Background, session.portal(), object, &ids).await?;
        let refused: BTreeSet<&str> = written.refused.iter().map(|one| one.trace.as_str()).collect();
        for link in links.into_iter().filter(|link| !refused.contains(link.record.object_id.to_string().as_str())) {
            outcome.counts.archived += 1;
            outcome.happened.push(happened(What::Archived, link));
            outcome.unlinked.push(link.id);
        }
    }
    keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await
}

async fn mark(session: &Session, gone: &[Link]) -> Result<(), Trouble> {
    let mut outcome = Outcome::default();
    for (object, links) in by_type(gone) {
        session.may_call()?;
        let (hubspot, portal) = (&session.sync.hubspot, session.portal());
        hubspot.ensure_state_property(Lane::Background, portal, object).await?;
        let updates: Vec<Update> = links
            .iter()
            .map(|link| Update {
                trace: link.id.to_string(),
                id: link.record.object_id,
                properties: BTreeMap::from([(STATE_PROPERTY.to_owned(), DELETED_IN_ERP.to_owned())]),
            })
            .collect();
        session.may_call()?;
        let written = hubspot.update_many(Lane::Background, portal, object, &updates).await?;
        let done: BTreeSet<&str> = written.done.iter().map(|one| one.trace.as_str()).collect();
        for link in links.into_iter().filter(|link| done.contains(link.id.to_string().as_str())) {
            outcome.counts.updated += 1;
            outcome.happened.push(happened(What::Marked, link));
            let mut base = link.base.clone();
            base.insert(MARKED.to_owned(), String::new());
            outcome.rebased.push((link.clone(), base));
        }
    }
    keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await
}

fn by_type(links: &[Link]) -> BTreeMap<ObjectType, Vec<&Link>> {
    let mut out: BTreeMap<ObjectType, Vec<&Link>> = BTreeMap::new();
    for link in links {
        out.entry(link.record.object_type).or_default().push(link);
    }
    out
}

fn happened(what: What, link: &Link) -> Happened {
    Happened {
        what,
        target: link.target.clone(),
        erp_id: Some(link.erp_id.clone()),
        record: Some(link.record),
        fields: Vec::new(),
        cause: None,
    }
}
