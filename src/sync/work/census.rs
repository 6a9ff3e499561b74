//! The census: every night the ids and stamps of both sides are compared with the links, to find what was missed.
//!
//! Promise: it says how much it found, which should be nothing; what it finds is worked like any change; one that is stopped goes
//! on where it was, and hints are worked off between its pages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    gather::Reason,
    hints,
    keep::{Marks, keep},
    outcome::{Happened, Outcome},
    session::{Round, Session},
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

/// How far a census is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// When it began.
    began: Millis,
    /// What it is busy with.
    step: Step,
    /// Behind which row or link it goes on.
    after: Option<String>,
}

/// What a census does, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// It goes through the ERP's rows.
    Rows,
    /// It asks for those that it did not see.
    Unseen,
    /// It goes through the linked records in HubSpot.
    Hubspot,
}

impl Place {
    /// Where the flow's census was left; the beginning where none was, or where that is too long ago to tell anything.
    fn of(session: &Session) -> Self {
        let left = session.flow.census_place.as_deref().and_then(|text| serde_json::from_str::<Self>(text).ok());
        let left = left.filter(|place| session.now().0 - place.began.0 < EVERY);
        left.unwrap_or_else(|| Self { began: session.now(), step: Step::Rows, after: None })
    }

    /// Behind this, or what comes then; `None`: it is complete.
    fn next(&self, after: Option<String>) -> Option<Self> {
        let step = match (self.step, &after) {
            (step, Some(_)) => step,
            (Step::Rows, None) => Step::Unseen,
            (Step::Unseen, None) => Step::Hubspot,
            (Step::Hubspot, None) => return None,
        };
        Some(Self { began: self.began, step, after })
    }

    /// The link behind which it goes on.
    fn link(&self) -> Option<LinkId> {
        self.after.as_deref().and_then(|id| id.parse().ok()).map(LinkId)
    }
}

/// Takes it when a day has gone by since the last, or since the first sync; one that was left goes on.
pub(super) async fn when_due(session: &Session, until: Millis) -> Result<Round, Trouble> {
    let since = session.flow.census_at.or(session.flow.first_done_at);
    match since {
        Some(at) if session.now().0 - at.0 >= EVERY => take(session, until).await,
        _ => Ok(Round::Complete),
    }
}

/// Takes it now, or as much of it as there is time for.
pub(super) async fn take(session: &Session, until: Millis) -> Result<Round, Trouble> {
    let mut place = Place::of(session);
    loop {
        let after = match place.step {
            Step::Rows => rows(session, &place).await?,
            Step::Unseen => unseen(session, &place).await?,
            Step::Hubspot => hubspot(session, &place).await?,
        };
        let Some(next) = place.next(after) else { break };
        let stored = serde_json::to_string(&next).map_err(|error| Trouble::Rules(error.to_string()))?;
        let marks = Marks { census_place: Some(&stored), phase: "census", ..Marks::default() };
        keep(session, &Outcome::default(), marks).await?;
        place = next;
        session.heed().await?;
        hints::all(session).await?;
        if session.now() > until {
            return Ok(Round::More);
        }
    }
    keep(session, &Outcome::default(), Marks { census: true, phase: "census", ..Marks::default() }).await?;
    Ok(Round::Complete)
}

/// One page of the ERP's rows; gives the row behind which the next begins.
async fn rows(session: &Session, place: &Place) -> Result<Option<String>, Trouble> {
    let after: Option<SourceId> = place.after.as_deref().and_then(|id| id.parse().ok());
    session.may_call()?;
    let page = session.erp.census(Lane::Background, session.plan.kind, after.as_ref()).await?;
    missed(session, &page.rows, place.began).await?;
    Ok(page.next.map(|id| id.to_string()))
}

/// Rows of the ERP that have no link, or another stamp than when they were worked last.
async fn missed(session: &Session, rows: &[(SourceId, String)], began: Millis) -> Result<(), Trouble> {
    let ids: Vec<SourceId> = rows.iter().map(|(id, _)| id.clone()).collect();
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let now = session.now();
    let known = in_tx!(session.sync.db, "count rows in a census", |tx| {
        if !session.hold(tx, now).await? {
            return Ok(None);
        }
        let known = links::of_erp_ids(tx, portal, connection, kind, &ids).await?;
        let seen: Vec<LinkId> = known.iter().map(|link| link.id).collect();
        links::mark_seen(tx, portal, &seen, began).await?;
        Ok(Some(known))
    })?;
    let known = known.ok_or(Trouble::Lost)?;
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

/// Some links whose row the census did not see; gives the one behind which the next come.
async fn unseen(session: &Session, place: &Place) -> Result<Option<String>, Trouble> {
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let (began, after) = (place.began, place.link());
    let unseen = in_tx!(session.sync.db, read "links that a census did not see", |tx| {
        links::unseen(tx, portal, connection, kind, began, after, 500).await
    })?;
    let Some(last) = unseen.last() else { return Ok(None) };
    let ids: BTreeSet<SourceId> =
        unseen.iter().filter(|link| link.gone_at.is_none()).map(|link| link.erp_id.clone()).collect();
    let ids: Vec<SourceId> = ids.into_iter().collect();
    if !ids.is_empty() {
        session.may_call()?;
        let gone = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?.missing(&ids);
        if session.policies.on_delete != OnDelete::Nothing {
            session.brake.ask(gone.len() as u64)?;
        }
        let mut outcome = Outcome::default();
        session.gone(&gone, &mut outcome).await?;
        keep(session, &outcome, Marks { phase: "census", ..Marks::default() }).await?;
    }
    Ok(Some(last.id.0.to_string()))
}

/// Some linked HubSpot records, of which those are told that are not there; gives the link behind which the next come.
async fn hubspot(session: &Session, place: &Place) -> Result<Option<String>, Trouble> {
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let after = place.link();
    let some = in_tx!(session.sync.db, read "links to look for in HubSpot", |tx| {
        links::page_of_flow(tx, portal, connection, kind, after, AT_ONCE).await
    })?;
    let Some(last) = some.last() else { return Ok(None) };
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
        let absent = of.into_iter().filter(|link| !there.contains(&link.record.object_id.to_string()));
        outcome.lost.extend(absent.map(|link| link.record));
    }
    keep(session, &outcome, Marks { phase: "census", ..Marks::default() }).await?;
    Ok(Some(last.id.0.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_census_goes_step_by_step_and_ends() {
        let mut place = Place { began: Millis(5), step: Step::Rows, after: None };
        let mut steps = Vec::new();
        for after in [Some("42"), None, Some("7"), None, None] {
            let text = serde_json::to_string(&place).expect("it can be written");
            assert_eq!(serde_json::from_str::<Place>(&text).expect("it can be read"), place);
            let Some(next) = place.next(after.map(str::to_owned)) else { break };
            assert_eq!(next.began, place.began);
            steps.push((next.step, next.after.clone()));
            place = next;
        }
        let expected = [
            (Step::Rows, Some("42".to_owned())),
            (Step::Unseen, None),
            (Step::Unseen, Some("7".to_owned())),
            (Step::Hubspot, None),
        ];
        assert_eq!(steps, expected);
    }
}
