//! The activity of what a page did not do: rows that were refused, questions for people, rows that are gone.
//!
//! Promise: each is told when it is news, not again with every try.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    outcome::{Happened, Outcome, Refused},
    session::Session,
};
use crate::{
    domain::ids::{ObjectId, SourceId},
    store::{
        StoreError, Tx,
        activity::What,
        parked::{self, Parked},
        reviews::{self, ReviewState},
    },
};

/// What of `outcome` is news beside what was done. To be asked before the outcome is kept.
pub(super) async fn news(session: &Session, tx: &mut Tx, outcome: &Outcome) -> Result<Vec<Happened>, StoreError> {
    let mut out = refused(session, tx, outcome).await?;
    out.extend(doubtful(session, tx, outcome).await?);
    let gone = outcome.gone.iter().filter(|(link, _)| link.gone_at.is_none());
    out.extend(gone.map(|(link, _)| Happened {
        what: What::Gone,
        target: link.target.clone(),
        erp_id: Some(link.erp_id.clone()),
        record: Some(link.record),
        fields: Vec::new(),
        cause: None,
    }));
    Ok(out)
}

async fn refused(session: &Session, tx: &mut Tx, outcome: &Outcome) -> Result<Vec<Happened>, StoreError> {
    if outcome.refused.is_empty() {
        return Ok(Vec::new());
    }
    let (portal, flow) = (session.portal(), session.flow.id);
    let rows: Vec<SourceId> = outcome.refused.iter().filter_map(|one| one.erp_id.clone()).collect();
    let records: Vec<ObjectId> =
        outcome.refused.iter().filter(|one| one.erp_id.is_none()).filter_map(object_of).collect();
    let mut known = parked::of_erp_ids(tx, portal, flow, &rows).await?;
    known.extend(parked::of_objects(tx, portal, flow, &records).await?);
    let same = |one: &&Refused| {
        known.iter().any(|row: &Parked| {
            let which = row.erp_id == one.erp_id && (row.erp_id.is_some() || row.object_id == object_of(one));
            which && row.target == one.target && row.cause == one.cause && row.field == one.field
        })
    };
    Ok(outcome.refused.iter().filter(|one| !same(one)).map(told).collect())
}

fn object_of(refused: &Refused) -> Option<ObjectId> {
    refused.record.map(|record| record.object_id)
}

fn told(refused: &Refused) -> Happened {
    Happened {
        what: if refused.cause == "loop" { What::SkippedLoop } else { What::Parked },
        target: refused.target.clone(),
        erp_id: refused.erp_id.clone(),
        record: refused.record,
        fields: refused.field.iter().cloned().collect(),
        cause: Some(refused.cause.clone()),
    }
}

async fn doubtful(session: &Session, tx: &mut Tx, outcome: &Outcome) -> Result<Vec<Happened>, StoreError> {
    if outcome.doubtful.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<SourceId> = outcome.doubtful.iter().map(|one| one.erp_id.clone()).collect();
    let there = reviews::of_erp_ids(tx, session.portal(), session.flow.id, &ids).await?;
    let open: BTreeMap<(&SourceId, &str), BTreeSet<ObjectId>> = there
        .iter()
        .filter(|review| review.state == ReviewState::Open)
        .map(|review| {
            let candidates = review.candidates.iter().map(|one| one.object_id).collect();
            ((&review.erp_id, review.target.as_str()), candidates)
        })
        .collect();
    let new = outcome.doubtful.iter().filter(|one| {
        let asked = open.get(&(&one.erp_id, one.target.as_str()));
        asked.is_none_or(|asked| one.candidates.iter().any(|id| !asked.contains(id)))
    });
    Ok(new
        .map(|one| Happened {
            what: What::Review,
            target: one.target.clone(),
            erp_id: Some(one.erp_id.clone()),
            record: None,
            fields: Vec::new(),
            cause: None,
        })
        .collect())
}
