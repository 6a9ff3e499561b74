//! What there is: how many, which ids, and single records as they are now.
//!
//! Promise: an answer with fewer rows than there are is never taken for the truth: a count must agree. Whoever takes missing rows
//! for deleted ones would delete.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    super::{NetSuite, calls::PAGE, errors::Refusal, numeric, wire::Rows},
    decode::{self, Decoded, Reader},
    moment,
    question::ANOTHER,
    select::{self, Filter, Plan},
    shape::{self, Shape},
};
use crate::{
    domain::ids::SourceId,
    erp::{
        ErpError, Lane,
        source::{CensusPage, Kind, Parent, Sources, Wanted},
    },
};

/// The most records that are asked for by id at once.
const MOST_IDS: usize = 500;

/// How many records of a kind there are. Waits for one call.
pub(in crate::erp::netsuite) async fn count(netsuite: &NetSuite, lane: Lane, kind: Kind) -> Result<u64, ErpError> {
    Ok(select::everything(kind).counted(netsuite, lane).await?)
}

/// Whether there are rows behind those of a page of `limit`.
pub(super) fn more(rows: &Rows, limit: usize) -> bool {
    rows.items.len() >= limit || rows.total_results > rows.items.len() as u64
}

/// The ids and stamps behind `after`, a page. Waits for one call, and for a count where nothing is answered.
pub(in crate::erp::netsuite) async fn census(
    netsuite: &NetSuite,
    lane: Lane,
    kind: Kind,
    after: Option<&SourceId>,
) -> Result<CensusPage, ErpError> {
    let after = match after {
        None => 0,
        Some(id) => match numeric([id.as_str()])[..] {
            [id] => id,
            _ => return Err(ErpError::Broken { what: "the place of the census".to_owned() }),
        },
    };
    let filter = Filter::behind(after);
    let rows = select::census(kind, &filter).whole(netsuite, lane, PAGE, 1).await?;
    let mut page = CensusPage { rows: Vec::with_capacity(rows.items.len()), next: None };
    let mut last = after;
    for row in &rows.items {
        let id = decode::id(row, "id")?;
        if id <= last {
            return Err(ANOTHER);
        }
        last = id;
        page.rows.push((decode::source_id(id)?, row.text("stamp").map(str::trim).unwrap_or_default().to_owned()));
    }
    if more(&rows, PAGE) {
        page.next = page.rows.last().map(|(id, _)| id.clone());
    }
    Ok(page)
}

/// These records as they are now, the broken ones told apart. Waits for one call per five hundred, a count where some are missing, and the clock once a minute.
pub(in crate::erp::netsuite) async fn sources(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    ids: &[SourceId],
) -> Result<Sources, ErpError> {
    let ids = numeric(ids.iter().map(SourceId::as_str));
    let mut found = Sources::default();
    for ids in ids.chunks(MOST_IDS) {
        let filter = Filter::ids(ids);
        let (rows, shape) = page(netsuite, lane, wanted, &filter, (MOST_IDS, ids.len())).await?;
        for row in read(netsuite, lane, wanted, &shape, &rows).await? {
            match row.record {
                Ok(record) => found.records.push(record),
                Err(broken) => found.broken.push(broken),
            }
        }
    }
    Ok(found)
}

/// A page of rows, at most `limit`, fewer than `expected` only when a count agrees; with the shape it was asked for with.
pub(super) async fn page(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    filter: &Filter,
    (limit, expected): (usize, usize),
) -> Result<(Rows, Arc<Shape>), ErpError> {
    let build = |shape: &Shape| Plan::of(shape, &wanted.fields).question(filter);
    shape::rows(netsuite, lane, wanted.kind, (limit, expected), build).await
}

/// Reads a page of rows, contacts with all their companies.
pub(super) async fn read(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    shape: &Shape,
    rows: &Rows,
) -> Result<Vec<Decoded>, ErpError> {
    if rows.items.is_empty() {
        return Ok(Vec::new());
    }
    let moment = moment::lately(netsuite, lane).await?;
    let plan = Plan::of(shape, &wanted.fields);
    let reader = Reader {
        kind: wanted.kind,
        plan: &plan,
        base: shape.base,
        offset: moment.offset,
        zone: netsuite.time_zone.as_ref(),
        now: netsuite.calls.clock.now(),
    };
    let mut decoded = rows.items.iter().map(|row| reader.read(row)).collect::<Result<Vec<_>, _>>()?;
    if shape.relationships {
        further_companies(netsuite, lane, &mut decoded).await?;
    }
    Ok(decoded)
}

/// The companies that contacts have besides their first. Where the table went since it was found there are none.
async fn further_companies(netsuite: &NetSuite, lane: Lane, contacts: &mut [Decoded]) -> Result<(), ErpError> {
    let mut waiting: Vec<u64> = contacts.iter().map(|contact| contact.id).collect();
    let places: BTreeMap<u64, usize> = waiting.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    while !waiting.is_empty() {
        let rows = match select::relationships(&waiting).whole(netsuite, lane, PAGE, 1).await {
            Ok(rows) => rows,
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => return Ok(()),
            Err(refusal) => return Err(refusal.into()),
        };
        let mut last = 0;
        for row in &rows.items {
            let (contact, company) = (decode::id(row, "contact")?, decode::source_id(decode::id(row, "company")?)?);
            last = contact;
            let decoded = places.get(&contact).and_then(|at| contacts.get_mut(*at));
            let Some(Ok(record)) = decoded.map(|decoded| &mut decoded.record) else { continue };
            if record.parents.iter().all(|parent| parent.id != company) {
                record.parents.push(Parent { kind: Kind::Customer, id: company, primary: false });
            }
        }
        if !more(&rows, PAGE) {
            break;
        }
        // The last contact's companies may go on on the next page, unless the whole page was its own.
        let single = rows.items.iter().all(|row| row.text("contact").is_some_and(|id| id == last.to_string()));
        waiting.retain(|id| *id > last || (*id == last && !single));
    }
    Ok(())
}
