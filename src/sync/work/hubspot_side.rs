//! What people changed in HubSpot: a scan of a window of modification stamps, paged by id; events only make it faster.
//!
//! Promise: the window ends a minute ago, since HubSpot's index lags behind, and the next begins where it ended.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    create_erp,
    gather::Reason,
    keep::{Marks, keep},
    outcome::Outcome,
    session::Session,
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::Lane,
    hubspot::objects::Record,
    in_tx,
    store::{
        flow_hints::FlowHint,
        links::{self, Link},
    },
    sync::flow::ToErp,
};

/// How far HubSpot's index may lag.
const LAG_MS: i64 = 60_000;

/// Up to where HubSpot was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// Every change up to here was seen.
    seen: i64,
}

/// Looks for records that changed since the last scan, where anything goes to the ERP.
pub(super) async fn scan(session: &Session) -> Result<(), Trouble> {
    if session.dry() || session.policies.to_erp == ToErp::Off {
        return Ok(());
    }
    let to = Millis(session.now().0 - LAG_MS);
    let cursor: Cursor =
        session.flow.hub_cursor.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let from = Millis(cursor.seen);
    if from >= to {
        return Ok(());
    }
    // A flow that begins to write back does not take up what was changed before.
    let objects = if cursor.seen == 0 { BTreeSet::new() } else { session.objects() };
    for object in objects {
        let mut after = None;
        loop {
            session.may_call()?;
            let names = session.plan.properties_of(object);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let page = session
                .sync
                .hubspot
                .changed(Lane::Background, session.portal(), object, from, to, after, &names)
                .await?;
            let outcome = records(session, object, &page.records).await?;
            keep(session, &outcome, Marks { phase: "hubspot_changes", ..Marks::default() }).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let seen = serde_json::to_string(&Cursor { seen: to.0 }).unwrap_or_default();
    let marks = Marks { hub_cursor: Some(&seen), phase: "hubspot_changes", ..Marks::default() };
    keep(session, &Outcome::default(), marks).await
}

/// Looks at the rows behind some HubSpot records, and at records that have none.
async fn records(session: &Session, object: ObjectType, records: &[Record]) -> Result<Outcome, Trouble> {
    let refs: Vec<RecordRef> =
        records.iter().map(|record| RecordRef { object_type: object, object_id: record.id }).collect();
    let links = writing(session, &refs).await?;
    let ids: BTreeSet<SourceId> = links.values().map(|link| link.erp_id.clone()).collect();
    let mut outcome = behind(session, ids.into_iter().collect()).await?;
    if session.policies.to_erp == ToErp::Create {
        let without: Vec<&Record> = records.iter().filter(|record| !links.contains_key(&record.id)).collect();
        create_erp::create(session, object, &without, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Looks once more at HubSpot records that the ERP did not take.
pub(super) async fn again(session: &Session, object: ObjectType, ids: &[ObjectId]) -> Result<Outcome, Trouble> {
    session.may_call()?;
    let names = session.plan.properties_of(object);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = session.sync.hubspot.read_by(Lane::Background, session.portal(), object, None, &ids, &names).await?;
    let found: Vec<Record> = found.into_iter().map(|found| found.record).collect();
    records(session, object, &found).await
}

/// The links of this flow that write to these records.
async fn writing(session: &Session, records: &[RecordRef]) -> Result<BTreeMap<ObjectId, Link>, Trouble> {
    let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
    let all = in_tx!(session.sync.db, read "links of changed records", |tx| { links::of_records(tx, portal, records).await })?;
    let ours = all.into_iter().filter(|link| link.connection_id == connection && link.kind == kind && link.writes);
    Ok(ours.map(|link| (link.record.object_id, link)).collect())
}

/// Works the ERP's rows with these ids, looking at both sides.
async fn behind(session: &Session, ids: Vec<SourceId>) -> Result<Outcome, Trouble> {
    let mut outcome = Outcome::default();
    for some in ids.chunks(500) {
        session.may_call()?;
        let found = session.erp.sources(Lane::Background, &session.plan.wanted, some).await?;
        let missing = found.missing(some);
        outcome.add(session.records(found.records, Reason::Asked).await?);
        session.broken(&found.broken, &mut outcome);
        session.gone(&missing, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Looks at HubSpot records that somebody named.
pub(super) async fn hints(session: &Session, hints: &[FlowHint]) -> Result<(), Trouble> {
    if hints.is_empty() {
        return Ok(());
    }
    let mut outcome = Outcome::default();
    let refs: Vec<RecordRef> = hints.iter().filter_map(|hint| record_of(&hint.key)).collect();
    let links = writing(session, &refs).await?;
    let ids: BTreeSet<SourceId> = links.values().map(|link| link.erp_id.clone()).collect();
    outcome.add(behind(session, ids.into_iter().collect()).await?);
    keep(session, &outcome, Marks { hints, phase: "records", ..Marks::default() }).await
}

/// The record that a hint names: `<object type id>/<object id>`.
fn record_of(key: &str) -> Option<RecordRef> {
    let (object_type, object_id) = key.split_once('/')?;
    Some(RecordRef { object_type: object_type.parse().ok()?, object_id: object_id.parse().ok()? })
}
