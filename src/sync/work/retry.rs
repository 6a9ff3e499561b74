//! Trying parked rows again: those whose time has come, whose rules changed, or for which somebody asked.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    gather::Reason,
    hubspot_side,
    keep::{Marks, keep},
    outcome::{Outcome, Refused},
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::{
        ids::{ObjectId, ParkedId, SourceId},
        record::ObjectType,
    },
    erp::Lane,
    in_tx,
    store::parked::{self, Parked},
};

/// So many are tried at once.
const AT_ONCE: u32 = 500;

/// Tries those that are due.
pub(super) async fn due(session: &Session) -> Result<(), Trouble> {
    if !session.any_parked.load(std::sync::atomic::Ordering::SeqCst) {
        return Ok(());
    }
    let mut tried = BTreeSet::new();
    loop {
        let (portal, flow, version, now) =
            (session.portal(), session.flow.id, session.flow.rules_version, session.now());
        let due = in_tx!(session.sync.db, read "parked rows to try again", |tx| {
            parked::due(tx, portal, flow, version, AT_ONCE, now).await
        })?;
        let new: Vec<Parked> = due.into_iter().filter(|row| tried.insert(row.id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        session.heed().await?;
        again(session, &new).await?;
    }
}

/// Tries all that were asked for.
pub(super) async fn all(session: &Session) -> Result<(), Trouble> {
    due(session).await
}

async fn again(session: &Session, rows: &[Parked]) -> Result<(), Trouble> {
    let ids: BTreeSet<SourceId> = rows.iter().filter_map(|row| row.erp_id.clone()).collect();
    let ids: Vec<SourceId> = ids.into_iter().collect();
    session.may_call()?;
    let found = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?;
    let there = found.there();
    let mut outcome = session.records(found.records, Reason::Asked).await?;
    session.broken(&found.broken, &mut outcome);
    for (object, ids) in without_row(session, rows) {
        outcome.add(hubspot_side::again(session, object, &ids).await?);
    }
    keep(session, &outcome, Marks { phase: "retry", ..Marks::default() }).await?;
    let touched = |row: &&Parked| {
        // A row that is gone, or that is nothing to its target any more, is refused by nobody.
        row.erp_id.as_ref().is_some_and(|id| !there.contains(id)) || !refused_again(&outcome, row)
    };
    let off: Vec<ParkedId> = rows.iter().filter(touched).map(|row| row.id).collect();
    let (portal, now) = (session.portal(), session.now());
    let kept = in_tx!(session.sync.db, "rows that are parked no more", |tx| {
        let ours = session.hold(tx, now).await?;
        if ours {
            parked::take_off(tx, portal, &off).await?;
        }
        Ok(ours)
    })?;
    if kept { Ok(()) } else { Err(Trouble::Lost) }
}

fn refused_again(outcome: &Outcome, row: &Parked) -> bool {
    let same = |refused: &Refused| match &row.erp_id {
        Some(_) => refused.erp_id == row.erp_id,
        None => refused.erp_id.is_none() && refused.record.map(|record| record.object_id) == row.object_id,
    };
    outcome.refused.iter().any(|refused| refused.target == row.target && same(refused))
}

/// The HubSpot records among the rows that have no row in the ERP, by their type.
fn without_row(session: &Session, rows: &[Parked]) -> BTreeMap<ObjectType, Vec<ObjectId>> {
    let mut out: BTreeMap<ObjectType, Vec<ObjectId>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.erp_id.is_none()) {
        let target = session.plan.targets.iter().find(|target| target.key() == row.target);
        if let (Some(target), Some(id)) = (target, row.object_id) {
            out.entry(target.object()).or_default().push(id);
        }
    }
    out
}
