//! Keeping what a page came to, in one transaction.
//!
//! Promise: all of it is kept, with the cursor behind it, or none; and none if the flow is no longer ours.

use std::collections::BTreeSet;

use super::{
    bonds::link_kind,
    outcome::{Belongs, Happened, NewLink, Outcome},
    session::Session,
    told,
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::ids::{LinkId, ParkedId, ReviewId, SourceId},
    in_tx,
    store::{
        StoreError, Tx, activity, flow_hints,
        flows::{self, Mark},
        hints::{self, NewHint},
        links::{self, FlowLink, Link},
        parked::{self, NewParked, Side},
        reviews::{self, Candidate, NewReview, ReviewReason},
        runs::{self, Progress},
        waiting::{self, Waiting},
    },
    sync::decide::Doubt,
};

/// How long the other side's refusal of a lock holds a row back.
const LOCKED: std::time::Duration = std::time::Duration::from_mins(1);
/// So many changes of one link in an hour are no work of people.
const LOOP: i64 = 20;
/// An hour.
const HOUR: i64 = 3_600_000;

/// What is kept beside the outcome.
#[derive(Debug, Default)]
pub(super) struct Marks<'a> {
    /// Up to where the ERP was read.
    pub(super) cursor: Option<&'a str>,
    /// Up to where HubSpot was read.
    pub(super) hub_cursor: Option<&'a str>,
    /// The first sync is complete.
    pub(super) first_done: bool,
    /// A census is complete.
    pub(super) census: bool,
    /// How far a census is.
    pub(super) census_place: Option<&'a str>,
    /// How far the run is, where nothing else says so.
    pub(super) place: Option<&'a str>,
    /// Hints that were worked off.
    pub(super) hints: &'a [flow_hints::FlowHint],
    /// What the run is busy with.
    pub(super) phase: &'a str,
    /// How many rows there are to read.
    pub(super) total: Option<i64>,
    /// A preview's counts and ids.
    pub(super) preview: Option<&'a serde_json::Value>,
}

/// Keeps an outcome.
pub(super) async fn keep(session: &Session, outcome: &Outcome, marks: Marks<'_>) -> Result<(), Trouble> {
    let (flow, fence, portal) = (session.flow.id, session.lease.fence, session.portal());
    session.count(|counts| *counts += outcome.counts);
    let (counts, began) = (session.counts(), session.now());
    let kept = in_tx!(session.sync.db, "keep a page", |tx| {
        let now = session.now();
        if !flows::hold(tx, flow, fence, now).await? {
            return Ok(false);
        }
        let news = if session.dry() { Vec::new() } else { told::news(session, tx, outcome).await? };
        new_links(session, tx, outcome, now).await?;
        worked(session, tx, outcome, now).await?;
        unfinished(session, tx, outcome, now).await?;
        happened(session, tx, outcome.happened.iter().chain(&news), now).await?;
        fates(session, tx, outcome, now).await?;
        for mark in marks.as_marks(now) {
            flows::mark(tx, flow, fence, mark).await?;
        }
        flow_hints::done(tx, marks.hints).await?;
        let progress = Progress { counts, total: marks.total, phase: marks.phase };
        runs::go_on(tx, portal, session.run.id, progress).await?;
        runs::remember(tx, portal, session.run.id, marks.place, session.brake.harmed()).await?;
        Ok(true)
    })?;
    if !outcome.refused.is_empty() {
        session.any_parked.store(true, std::sync::atomic::Ordering::SeqCst);
    }
    let (links, ms) = (outcome.links.len(), session.now().since(began).as_millis());
    tracing::debug!(flow = %flow, links, ms, "a page is kept");
    if kept { Ok(()) } else { Err(Trouble::Lost) }
}

impl<'a> Marks<'a> {
    fn as_marks(&self, now: Millis) -> Vec<Mark<'a>> {
        let mut out = Vec::new();
        out.extend(self.cursor.map(|cursor| Mark::Cursor(Some(cursor))));
        out.extend(self.hub_cursor.map(|cursor| Mark::HubCursor(Some(cursor))));
        out.extend(self.first_done.then_some(Mark::FirstDone(now)));
        out.extend(self.census.then_some(Mark::Census(now)));
        out.extend(self.census_place.map(Mark::CensusPlace));
        out.extend(self.preview.map(Mark::Preview));
        out
    }
}

/// Makes links. A mailbox whose address turned out to be a person's yields first.
async fn new_links(session: &Session, tx: &mut Tx, outcome: &Outcome, now: Millis) -> Result<(), StoreError> {
    let (portal, connection) = (session.portal(), session.flow.connection_id);
    for yielding in outcome.links.iter().filter_map(|link| link.instead_of.as_ref()) {
        links::set_reader(tx, portal, yielding.id).await?;
    }
    let bases: Vec<_> = outcome.links.iter().map(|link| link.bases.written()).collect();
    let new = |(link, base)| {
        let link: &NewLink = link;
        FlowLink {
            link: links::NewLink {
                id: LinkId(session.sync.clock.new_id()),
                portal_id: portal,
                connection_id: connection,
                kind: link_kind(link.kind),
                erp_id: &link.erp_id,
                record: link.record,
                basis: link.basis,
                created_by: None,
            },
            target: &link.target,
            writes: link.writes,
            base,
            erp_stamp: Some(&link.stamp),
            worked_at: Some(now),
        }
    };
    let rows: Vec<FlowLink<'_>> = outcome.links.iter().zip(&bases).map(new).collect();
    let made: BTreeSet<LinkId> = links::put_many(tx, &rows, now).await?.into_iter().collect();
    // Another link wrote to the record, or got there in between: a person decides.
    let not_made = rows.iter().zip(&outcome.links).filter(|(row, _)| !made.contains(&row.link.id));
    let left = not_made.map(|(_, link)| link).filter(|link| link.writes);
    for link in left {
        let there =
            links::of_erp_ids(tx, portal, connection, link_kind(link.kind), std::slice::from_ref(&link.erp_id)).await?;
        if !there.iter().any(|known| known.record == link.record && known.writes) {
            let candidates = [Candidate { object_id: link.record.object_id, score: 1_000, reasons: Vec::new() }];
            let id = ReviewId(session.sync.clock.new_id());
            let (target, erp_id) = (link.target.as_str(), &link.erp_id);
            let review = NewReview { id, target, erp_id, reason: ReviewReason::Taken, candidates: &candidates };
            reviews::put_many(tx, portal, session.flow.id, &[review], now).await?;
        }
    }
    Ok(())
}

/// Writes what links have come to.
async fn worked(session: &Session, tx: &mut Tx, outcome: &Outcome, now: Millis) -> Result<(), StoreError> {
    let portal = session.portal();
    for one in outcome.worked.iter().filter(|one| one.promote) {
        links::set_writer(tx, portal, one.link.id, &one.target).await?;
    }
    let bases: Vec<_> = outcome.worked.iter().map(|one| one.bases.written()).collect();
    let row = |(one, base)| {
        let one: &super::outcome::Worked = one;
        let (loop_from, loop_count) = counted(&one.link, one.wrote, now);
        let (erp_stamp, worked_at) = (Some(one.stamp.as_str()), Some(now));
        links::Worked { id: one.link.id, base, erp_stamp, worked_at, loop_from, loop_count }
    };
    let rows: Vec<links::Worked<'_>> = outcome.worked.iter().zip(&bases).map(row).collect();
    links::update_many(tx, portal, &rows).await?;
    Ok(())
}

/// How often a link was written within the hour that is counted.
fn counted(link: &Link, wrote: bool, now: Millis) -> (Millis, i64) {
    match (wrote, now.0 - link.loop_from.0 < HOUR) {
        (false, _) => (link.loop_from, link.loop_count),
        (true, true) => (link.loop_from, link.loop_count + 1),
        (true, false) => (now, 1),
    }
}

/// Whether a link is written to and fro as no people do.
pub(super) fn in_a_loop(link: &Link, now: Millis) -> bool {
    now.0 - link.loop_from.0 < HOUR && link.loop_count >= LOOP
}

/// What is parked, what a person must decide about, and what waits.
async fn unfinished(session: &Session, tx: &mut Tx, outcome: &Outcome, now: Millis) -> Result<(), StoreError> {
    let (portal, flow) = (session.portal(), session.flow.id);
    let rows: Vec<NewParked<'_>> = outcome
        .refused
        .iter()
        .map(|refused| NewParked {
            id: ParkedId(session.sync.clock.new_id()),
            target: &refused.target,
            side: if refused.by_erp { Side::Erp } else { Side::Hubspot },
            erp_id: refused.erp_id.as_ref(),
            object_id: refused.record.filter(|_| refused.erp_id.is_none()).map(|record| record.object_id),
            cause: &refused.cause,
            field: refused.field.as_deref(),
            rule: refused.rule.as_deref(),
            stamp: refused.stamp.as_deref(),
            rules_version: session.flow.rules_version,
            due_at: refused.passing.then(|| now.plus(LOCKED)),
        })
        .collect();
    parked::put_many(tx, portal, flow, &rows, now).await?;
    mended(session, tx, outcome).await?;
    let candidates: Vec<Vec<Candidate>> = outcome.doubtful.iter().map(super::outcome::Doubtful::candidates).collect();
    let doubtful: Vec<NewReview<'_>> = outcome
        .doubtful
        .iter()
        .zip(&candidates)
        .map(|(one, candidates)| NewReview {
            id: ReviewId(session.sync.clock.new_id()),
            target: &one.target,
            erp_id: &one.erp_id,
            reason: reason(one.doubt),
            candidates,
        })
        .collect();
    reviews::put_many(tx, portal, flow, &doubtful, now).await?;
    let wait = |one: &Belongs| waiting_of(session, one, now);
    waiting::put_many(tx, &outcome.waiting.iter().map(wait).collect::<Vec<_>>()).await?;
    let no_more = outcome.arrived.iter().chain(&outcome.left).map(wait);
    waiting::take_off(tx, &no_more.collect::<Vec<_>>()).await?;
    Ok(())
}

/// What went through is parked no more.
async fn mended(session: &Session, tx: &mut Tx, outcome: &Outcome) -> Result<(), StoreError> {
    let (portal, flow) = (session.portal(), session.flow.id);
    for (target, record) in &outcome.through_to_erp {
        parked::take_off_record(tx, portal, flow, target, *record).await?;
    }
    if outcome.through.is_empty() {
        return Ok(());
    }
    let ids: Vec<SourceId> = outcome.through.iter().map(|(_, id)| id.clone()).collect();
    let still: BTreeSet<(&str, &SourceId)> =
        outcome.refused.iter().filter_map(|one| Some((one.target.as_str(), one.erp_id.as_ref()?))).collect();
    let through: BTreeSet<(&str, &SourceId)> =
        outcome.through.iter().map(|(target, id)| (target.as_str(), id)).collect();
    let rows = parked::of_erp_ids(tx, portal, flow, &ids).await?;
    let gone = |row: &parked::Parked| {
        let at = row.erp_id.as_ref().map(|id| (row.target.as_str(), id));
        at.is_some_and(|at| through.contains(&at) && !still.contains(&at))
    };
    let off: Vec<ParkedId> = rows.into_iter().filter(gone).map(|row| row.id).collect();
    parked::take_off(tx, portal, &off).await?;
    Ok(())
}

fn waiting_of(session: &Session, one: &Belongs, now: Millis) -> Waiting {
    Waiting {
        portal_id: session.portal(),
        connection_id: session.flow.connection_id,
        from_kind: link_kind(one.kind),
        from_id: one.erp_id.clone(),
        from_target: one.target.clone(),
        to_kind: link_kind(one.to_kind),
        to_id: one.to_id.clone(),
        to_target: one.to_target.clone(),
        is_primary: one.primary,
        created_at: now,
    }
}

const fn reason(doubt: Doubt) -> ReviewReason {
    match doubt {
        Doubt::Several => ReviewReason::Several,
        Doubt::Taken => ReviewReason::Taken,
        Doubt::Contradicted => ReviewReason::Contradicted,
        Doubt::Alike => ReviewReason::Fuzzy,
    }
}

/// Writes the activity.
async fn happened<'h>(
    session: &Session,
    tx: &mut Tx,
    all: impl Iterator<Item = &'h Happened>,
    now: Millis,
) -> Result<(), StoreError> {
    let rows: Vec<activity::NewActivity<'_>> = all
        .map(|one| activity::NewActivity {
            id: session.sync.clock.new_id(),
            portal_id: session.portal(),
            connection_id: session.flow.connection_id,
            flow_id: session.flow.id,
            run_id: Some(session.run.id),
            at: now,
            what: one.what,
            target: &one.target,
            kind: session.kind(),
            erp_id: one.erp_id.as_ref(),
            record: one.record,
            fields: &one.fields,
            cause: one.cause.as_deref(),
        })
        .collect();
    activity::write_many(tx, &rows).await
}

/// A link that keeps all but its base.
fn rebase<'r>(link: &'r Link, base: &'r links::Base) -> links::Worked<'r> {
    let (erp_stamp, worked_at) = (link.erp_stamp.as_deref(), link.worked_at);
    links::Worked { id: link.id, base, erp_stamp, worked_at, loop_from: link.loop_from, loop_count: link.loop_count }
}

/// HubSpot records that could not be read, and ERP records that are gone.
async fn fates(session: &Session, tx: &mut Tx, outcome: &Outcome, now: Millis) -> Result<(), StoreError> {
    let portal_id = session.portal();
    for record in &outcome.lost {
        hints::leave(tx, NewHint { portal_id, record: *record, into_id: None, erased: false }, now).await?;
    }
    let gone: Vec<LinkId> = outcome.gone.iter().map(|(link, _)| link.id).collect();
    links::mark_gone(tx, portal_id, &gone, now).await?;
    links::unlink(tx, portal_id, &outcome.unlinked).await?;
    let rebased = |(link, base): &'_ (Link, links::Base)| (link.clone(), base.clone());
    let rebased: Vec<(Link, links::Base)> = outcome.rebased.iter().map(rebased).collect();
    let rows: Vec<links::Worked<'_>> = rebased.iter().map(|(link, base)| rebase(link, base)).collect();
    links::update_many(tx, portal_id, &rows).await?;
    Ok(())
}
