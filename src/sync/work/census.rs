//! The census: every night the ids and stamps of both sides are compared with the links, to find what was missed.
//!
//! Promise: it says how much it found, which should be nothing; what it finds is worked like any change.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    gather::Reason,
    keep::{Marks, keep},
    outcome::{Happened, Outcome},
    session::Session,
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{LinkId, SourceId},
        record::ObjectType,
    },
    erp::Lane,
    in_tx,
    store::{
        activity::What,
        links::{self, Link},
    },
    sync::flow::OnDelete,
};

/// How often it is taken.
const EVERY: i64 = 24 * 3_600_000;
/// So many links are looked at at once.
const AT_ONCE: u32 = 1_000;

/// Takes it when a day has gone by since the last, or since the first sync.
pub(super) async fn when_due(session: &Session) -> Result<(), Trouble> {
    let since = session.flow.census_at.or(session.flow.first_done_at);
    match since {
        Some(at) if session.now().0 - at.0 >= EVERY => take(session).await,
        _ => Ok(()),
    }
}

/// Takes it now.
pub(super) async fn take(session: &Session) -> Result<(), Trouble> {
    let began = session.now();
    let mut after: Option<SourceId> = None;
    loop {
        session.may_call()?;
        let page = session.erp.census(Lane::Background, session.plan.kind, after.as_ref()).await?;
        missed(session, &page.rows, began).await?;
        after = page.next;
        if session.asked_to_stop().await? {
            return Err(Trouble::Stopped);
        }
        if after.is_none() {
            break;
        }
    }
    unseen(session, began).await?;
    hubspot(session).await?;
    keep(session, &Outcome::default(), Marks { census: true, phase: "census", ..Marks::default() }).await
}

/// Rows of the ERP that have no link, or another stamp than when they were worked last.
async fn missed(session: &Session, rows: &[(SourceId, String)], began: Millis) -> Result<(), Trouble> {
    let ids: Vec<SourceId> = rows.iter().map(|(id, _)| id.clone()).collect();
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let known = in_tx!(session.sync.db, "count rows in a census", |tx| {
        let known = links::of_erp_ids(tx, portal, connection, kind, &ids).await?;
        let seen: Vec<LinkId> = known.iter().map(|link| link.id).collect();
        links::mark_seen(tx, portal, &seen, began).await?;
        Ok(known)
    })?;
    let mut stamps: BTreeMap<&SourceId, Vec<&Link>> = BTreeMap::new();
    for link in known.iter().filter(|link| link.writes) {
        stamps.entry(&link.erp_id).or_default().push(link);
    }
    let odd = |(id, stamp): &&(SourceId, String)| {
        stamps.get(id).is_none_or(|links| links.iter().any(|link| link.erp_stamp.as_deref() != Some(stamp)))
    };
    let odd: Vec<SourceId> = rows.iter().filter(odd).map(|(id, _)| id.clone()).collect();
    for some in odd.chunks(500) {
        session.may_call()?;
        let read = session.erp.sources(Lane::Background, &session.plan.wanted, some).await?;
        let mut outcome = session.records(read.records, Reason::Changed).await?;
        session.broken(&read.broken, &mut outcome);
        let changed: Vec<Happened> = outcome.happened.iter().filter(|one| took_over(one.what)).map(found).collect();
        outcome.happened.extend(changed);
        keep(session, &outcome, Marks { phase: "census", ..Marks::default() }).await?;
    }
    Ok(())
}

fn took_over(what: What) -> bool {
    matches!(what, What::Created | What::Linked | What::Updated)
}

fn found(one: &Happened) -> Happened {
    Happened { what: What::Missed, fields: Vec::new(), ..one.clone() }
}

/// Links whose row the census did not see.
async fn unseen(session: &Session, began: Millis) -> Result<(), Trouble> {
    let mut after: Option<LinkId> = None;
    loop {
        let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
        let unseen = in_tx!(session.sync.db, read "links that a census did not see", |tx| {
            links::unseen(tx, portal, connection, kind, began, after, 500).await
        })?;
        let Some(last) = unseen.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: BTreeSet<SourceId> =
            unseen.iter().filter(|link| link.gone_at.is_none()).map(|link| link.erp_id.clone()).collect();
        let ids: Vec<SourceId> = ids.into_iter().collect();
        if ids.is_empty() {
            continue;
        }
        session.may_call()?;
        let gone = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?.missing(&ids);
        if session.policies.on_delete != OnDelete::Nothing {
            session.brake.ask(gone.len() as u64)?;
        }
        let mut outcome = Outcome::default();
        session.gone(&gone, &mut outcome).await?;
        keep(session, &outcome, Marks { phase: "census", ..Marks::default() }).await?;
    }
}

/// Linked HubSpot records that are not there.
async fn hubspot(session: &Session) -> Result<(), Trouble> {
    let mut after: Option<LinkId> = None;
    loop {
        let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
        let some = in_tx!(session.sync.db, read "links to look for in HubSpot", |tx| {
            links::page_of_flow(tx, portal, connection, kind, after, AT_ONCE).await
        })?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id);
        let mut outcome = Outcome::default();
        for object in ObjectType::ALL {
            let of: Vec<&Link> = some.iter().filter(|link| link.record.object_type == object).collect();
            let ids: Vec<String> = of.iter().map(|link| link.record.object_id.to_string()).collect();
            if ids.is_empty() {
                continue;
            }
            session.may_call()?;
            let found =
                session.sync.hubspot.read_by(Lane::Background, portal, object, None, &ids, &["hs_object_id"]).await?;
            let there: BTreeSet<String> = found
                .into_iter()
                .filter(|one| one.asked.as_deref() == Some(one.record.id.to_string().as_str()))
                .filter_map(|one| one.asked)
                .collect();
            outcome.lost.extend(
                of.into_iter()
                    .filter(|link| !there.contains(&link.record.object_id.to_string()))
                    .map(|link| link.record),
            );
        }
        keep(session, &outcome, Marks { phase: "census", ..Marks::default() }).await?;
    }
}
