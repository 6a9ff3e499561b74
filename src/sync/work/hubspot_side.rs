//! What people changed in HubSpot: a scan of a window of modification stamps, paged by id; events only make it faster.
//!
//! Promise: the window ends a minute ago, since HubSpot's index lags behind, and the next begins before where it ended; the
//! first begins with the first sync.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    create_erp,
    gather::Reason,
    keep::{Marks, keep},
    outcome::Outcome,
    rows,
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
        flows::{self, Flow},
        links::{self, Link},
        parked,
    },
    sync::{bases::Bases, flow::ToErp},
};

/// How far HubSpot's index may lag.
const LAG_MS: i64 = 60_000;
/// How far our clock may be ahead of HubSpot's: a window reaches back so far behind the end of the one before. What comes
/// twice by that is our own echo, or already done.
const OVERLAP_MS: i64 = 5 * 60_000;

/// Up to where HubSpot was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Cursor {
    /// Every change up to here was seen.
    seen: i64,
    /// Since when records that are new in HubSpot are made in the ERP.
    #[serde(default)]
    armed: Option<i64>,
}

impl Cursor {
    fn of(flow: &Flow) -> Self {
        flow.hub_cursor.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    fn text(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

/// The flow as it is by now: what a round keeps of its cursor is not in the one that was claimed.
pub(super) async fn present(session: &Session) -> Result<Flow, Trouble> {
    let (portal, id) = (session.portal(), session.flow.id);
    let flow = in_tx!(session.sync.db, read "the flow being worked", |tx| { flows::get(tx, portal, id).await })?;
    flow.ok_or(Trouble::Lost)
}

/// Notes at the beginning of a round from when on people's changes in HubSpot count: what they change while a first sync goes
/// on is found by the scan behind it. A flow that begins to write back takes up nothing that was changed before, one that
/// begins to make records none that were made before.
pub(super) async fn begin(session: &Session) -> Result<(), Trouble> {
    if session.dry() {
        return Ok(());
    }
    let was = Cursor::of(&session.flow);
    let seen = if was.seen == 0 { session.now().0 } else { was.seen };
    let armed = was.armed.unwrap_or(session.flow.updated_at.0);
    let is = match session.policies.to_erp {
        ToErp::Off => Cursor::default(),
        ToErp::Update => Cursor { seen, armed: None },
        ToErp::Create => Cursor { seen, armed: Some(armed) },
    };
    if is == was {
        return Ok(());
    }
    let text = is.text();
    let marks = Marks { hub_cursor: Some(&text), phase: "begins", ..Marks::default() };
    keep(session, &Outcome::default(), marks).await
}

/// Looks for records that changed since the last scan, where anything goes to the ERP.
pub(super) async fn scan(session: &Session) -> Result<(), Trouble> {
    if session.dry() || session.policies.to_erp == ToErp::Off {
        return Ok(());
    }
    let cursor = Cursor::of(&present(session).await?);
    let to = Millis(session.now().0 - LAG_MS);
    if cursor.seen == 0 || cursor.seen >= to.0 {
        return Ok(());
    }
    let from = Millis(cursor.seen - OVERLAP_MS);
    for object in session.objects() {
        let mut after = None;
        loop {
            session.heed().await?;
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
    let seen = Cursor { seen: to.0, ..cursor }.text();
    let marks = Marks { hub_cursor: Some(&seen), phase: "hubspot_changes", ..Marks::default() };
    keep(session, &Outcome::default(), marks).await
}

/// Looks at the rows behind some HubSpot records, and at records that have none.
async fn records(session: &Session, object: ObjectType, records: &[Record]) -> Result<Outcome, Trouble> {
    let refs: Vec<RecordRef> =
        records.iter().map(|record| RecordRef { object_type: object, object_id: record.id }).collect();
    let links = writing(session, &refs).await?;
    let changed = records.iter().filter_map(|record| Some((record, links.get(&record.id)?)));
    let changed: Vec<(&Record, &Link)> = changed.filter(|(record, link)| !is_echo(session, record, link)).collect();
    let ids = untried(session, &changed).await?;
    let mut outcome = behind(session, ids).await?;
    let without: Vec<&Record> = records.iter().filter(|record| !links.contains_key(&record.id)).collect();
    if session.policies.to_erp == ToErp::Create && !without.is_empty() {
        let armed = Cursor::of(&present(session).await?).armed;
        // One of which HubSpot does not say when it was made may be an old one.
        let is_new = |record: &&Record| matches!((record.created_at, armed), (Some(at), Some(armed)) if at.0 > armed);
        let new: Vec<&Record> = without.into_iter().filter(is_new).collect();
        create_erp::create(session, object, &new, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Looks once more at HubSpot records that the ERP did not take.
pub(super) async fn again(session: &Session, object: ObjectType, ids: &[ObjectId]) -> Result<Outcome, Trouble> {
    let found = read(session, object, ids).await?;
    records(session, object, &found).await
}

/// These records, with what the mapping reads of them.
async fn read(session: &Session, object: ObjectType, ids: &[ObjectId]) -> Result<Vec<Record>, Trouble> {
    session.may_call()?;
    let names = session.plan.properties_of(object);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = session.sync.hubspot.read_by(Lane::Background, session.portal(), object, None, &ids, &names).await?;
    Ok(found.into_iter().map(|found| found.record).collect())
}

/// Whether a record holds in all rows of the mapping what both sides agreed upon last: what we wrote ourselves comes by here.
fn is_echo(session: &Session, record: &Record, link: &Link) -> bool {
    let Some(target) = session.plan.targets.iter().find(|target| target.key() == link.target) else { return false };
    let bases = Bases::read(&link.base).rows;
    target.rows().iter().all(|row| {
        let now = rows::hubspot_value(row, Some(record));
        match bases.get(row.id()) {
            Some(base) => base.hubspot == session.hasher.of(row.id(), now.as_deref()),
            None => !row.goes_to_erp(),
        }
    })
}

/// The rows behind records that changed, without those that were refused since: a window comes to a record several times, and
/// what is parked is tried again when one side changes, not with every look.
async fn untried(session: &Session, changed: &[(&Record, &Link)]) -> Result<Vec<SourceId>, Trouble> {
    let ids: BTreeSet<SourceId> = changed.iter().map(|(_, link)| link.erp_id.clone()).collect();
    let ids: Vec<SourceId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(ids);
    }
    let (portal, flow) = (session.portal(), session.flow.id);
    let parked = in_tx!(session.sync.db, read "rows that were refused", |tx| {
        parked::of_erp_ids(tx, portal, flow, &ids).await
    })?;
    let tried = |record: &Record, link: &Link| {
        let row = parked.iter().find(|row| row.erp_id.as_ref() == Some(&link.erp_id) && row.target == link.target);
        // Whoever saw the change saw it this much later.
        row.zip(record.updated_at).is_some_and(|(row, at)| !row.retry_asked && at.0 + LAG_MS <= row.last_at.0)
    };
    let left = changed.iter().filter(|(record, link)| !tried(record, link)).map(|(_, link)| link.erp_id.clone());
    Ok(left.collect::<BTreeSet<_>>().into_iter().collect())
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
    if session.policies.to_erp == ToErp::Create {
        let asked = hints.iter().filter(|hint| hint.by_hand).filter_map(|hint| record_of(&hint.key));
        let without: Vec<RecordRef> = asked.filter(|record| !links.contains_key(&record.object_id)).collect();
        make(session, &without, &mut outcome).await?;
    }
    keep(session, &outcome, Marks { hints, phase: "records", ..Marks::default() }).await
}

/// Makes rows of records for which a person asked, however old they are.
async fn make(session: &Session, records: &[RecordRef], outcome: &mut Outcome) -> Result<(), Trouble> {
    for object in session.objects() {
        let of = records.iter().filter(|record| record.object_type == object);
        let ids: Vec<ObjectId> = of.map(|record| record.object_id).collect();
        if ids.is_empty() {
            continue;
        }
        let found = read(session, object, &ids).await?;
        create_erp::create(session, object, &found.iter().collect::<Vec<_>>(), outcome).await?;
    }
    Ok(())
}

/// The record that a hint names: `<object type id>/<object id>`.
fn record_of(key: &str) -> Option<RecordRef> {
    let (object_type, object_id) = key.split_once('/')?;
    Some(RecordRef { object_type: object_type.parse().ok()?, object_id: object_id.parse().ok()? })
}
