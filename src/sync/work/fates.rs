//! What becomes, in HubSpot, of records whose row is gone from the ERP: nothing, a mark, or the recycle bin after a time of
//! grace.
//!
//! Promise: nothing is archived or marked before the ERP has said once more that the row is not there; nor a record that another
//! row is linked with which is there; the brake holds. What HubSpot refuses is parked. A row that comes back loses its mark.

mod heirs;
mod returned;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    keep::{Marks, keep},
    outcome::{Happened, Outcome, Refused},
    refused::DELETION,
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
        refusal::Refusal,
        writing::Update,
    },
    in_tx,
    store::{
        activity::What,
        links::{self, Link, MARKED},
        parked,
    },
    sync::flow::OnDelete,
};

/// So many are looked at at once.
const AT_ONCE: u32 = 100;
/// A day.
const DAY: i64 = 86_400_000;

/// Does what the policy says with those whose time has come.
pub(super) async fn work(session: &Session) -> Result<(), Trouble> {
    returned::work(session).await?;
    heirs::work(session).await?;
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
        session.heed().await?;
        after = Some(last.id);
        let due = untried(session, due).await?;
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

/// Those that HubSpot did not refuse to archive or mark before: what is parked is tried by the rules of what is parked.
async fn untried(session: &Session, due: Vec<Link>) -> Result<Vec<Link>, Trouble> {
    let ids: Vec<SourceId> = due.iter().map(|link| link.erp_id.clone()).collect();
    if ids.is_empty() {
        return Ok(due);
    }
    let (portal, flow) = (session.portal(), session.flow.id);
    let parked =
        in_tx!(session.sync.db, read "refused deletions", |tx| { parked::of_erp_ids(tx, portal, flow, &ids).await })?;
    let refused = |link: &Link| {
        parked.iter().any(|row| {
            row.rule.as_deref() == Some(DELETION)
                && row.erp_id.as_ref() == Some(&link.erp_id)
                && row.target == link.target
        })
    };
    Ok(due.into_iter().filter(|link| !refused(link)).collect())
}

/// Those of which the ERP says that they are not there; the others are not gone any more.
async fn really_gone(session: &Session, due: Vec<Link>) -> Result<Vec<Link>, Trouble> {
    let (back, gone) = parted(session, due).await?;
    let back: Vec<LinkId> = back.into_iter().map(|link| link.id).collect();
    let (portal, now) = (session.portal(), session.now());
    let kept = in_tx!(session.sync.db, "rows that are there after all", |tx| {
        let ours = session.hold(tx, now).await?;
        if ours {
            links::mark_seen(tx, portal, &back, now).await?;
        }
        Ok(ours)
    })?;
    if kept { Ok(gone) } else { Err(Trouble::Lost) }
}

/// Those whose row is there, readable or not, and those whose row is not.
async fn parted(session: &Session, links: Vec<Link>) -> Result<(Vec<Link>, Vec<Link>), Trouble> {
    let ids: BTreeSet<SourceId> = links.iter().map(|link| link.erp_id.clone()).collect();
    if ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let ids: Vec<SourceId> = ids.into_iter().collect();
    session.may_call()?;
    let there = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?.there();
    Ok(links.into_iter().partition(|link| there.contains(&link.erp_id)))
}

async fn archive(session: &Session, gone: &[Link]) -> Result<(), Trouble> {
    let mut outcome = Outcome::default();
    for (object, links) in by_type(gone) {
        let links = present(session, object, links, &mut outcome).await?;
        let ids: Vec<ObjectId> = links.iter().map(|link| link.record.object_id).collect();
        session.may_call()?;
        let written = session.sync.hubspot.archive_many(Lane::Background, session.portal(), object, &ids).await?;
        let refused: BTreeMap<&str, &Refusal> =
            written.refused.iter().map(|one| (one.trace.as_str(), &one.refusal)).collect();
        for link in links {
            if let Some(refusal) = refused.get(link.record.object_id.to_string().as_str()) {
                outcome.refused.push(Refused::of_deletion(link, refusal));
                continue;
            }
            outcome.counts.archived += 1;
            outcome.happened.push(happened(What::Archived, link));
            outcome.through.push((link.target.clone(), link.erp_id.clone()));
            outcome.unlinked.push(link.id);
        }
    }
    outcome.counts.parked += outcome.refused.len() as u64;
    keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await
}

/// Those whose record HubSpot shows under this id. It says of archiving one that was merged away that all is well, and does
/// nothing; what became of it is found out otherwise.
async fn present<'l>(
    session: &Session,
    object: ObjectType,
    links: Vec<&'l Link>,
    outcome: &mut Outcome,
) -> Result<Vec<&'l Link>, Trouble> {
    let ids: Vec<String> = links.iter().map(|link| link.record.object_id.to_string()).collect();
    session.may_call()?;
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let found = hubspot.read_by(Lane::Background, portal, object, None, &ids, &["hs_object_id"]).await?;
    let own = found.iter().filter(|one| one.asked.as_deref() == Some(one.record.id.to_string().as_str()));
    let there: BTreeSet<ObjectId> = own.map(|one| one.record.id).collect();
    let (present, lost): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| there.contains(&link.record.object_id));
    outcome.lost.extend(lost.into_iter().map(|link| link.record));
    Ok(present)
}

async fn mark(session: &Session, gone: &[Link]) -> Result<(), Trouble> {
    let mut outcome = Outcome::default();
    for (object, links) in by_type(gone) {
        session.may_call()?;
        let (hubspot, portal) = (&session.sync.hubspot, session.portal());
        hubspot.ensure_state_property(Lane::Background, portal, object).await?;
        let updates: Vec<Update> = links.iter().map(|link| state(link, DELETED_IN_ERP)).collect();
        session.may_call()?;
        let written = hubspot.update_many(Lane::Background, portal, object, &updates).await?;
        let done: BTreeSet<&str> = written.done.iter().map(|one| one.trace.as_str()).collect();
        let refused: BTreeMap<&str, &Refusal> =
            written.refused.iter().map(|one| (one.trace.as_str(), &one.refusal)).collect();
        for link in links {
            let trace = link.id.to_string();
            if let Some(refusal) = refused.get(trace.as_str()) {
                outcome.refused.push(Refused::of_deletion(link, refusal));
            } else if done.contains(trace.as_str()) {
                outcome.counts.updated += 1;
                outcome.happened.push(happened(What::Marked, link));
                outcome.through.push((link.target.clone(), link.erp_id.clone()));
                let mut base = link.base.clone();
                base.insert(MARKED.to_owned(), String::new());
                outcome.rebased.push((link.clone(), base));
            }
        }
    }
    outcome.counts.parked += outcome.refused.len() as u64;
    keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await
}

/// What a record says of its row; an empty text: nothing.
fn state(link: &Link, text: &str) -> Update {
    let properties = BTreeMap::from([(STATE_PROPERTY.to_owned(), text.to_owned())]);
    Update { trace: link.id.to_string(), id: link.record.object_id, properties }
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
