//! What changed: first everything there is by id, then by stamp, deletions too where they may be read.
//!
//! Promise: the cursor given with a page goes on behind it; a page that is asked for twice is answered twice, with nothing missed
//! in between. A row that changes while pages are read appears again.

use super::{
    super::{NetSuite, calls::PAGE, errors::Refusal},
    census::{more, page, read},
    cursor::{Cursor, Reading},
    decode::{self, Decoded},
    moment::{self, Moment},
    question::ANOTHER,
    select::{self, Filter},
    shape::{self, KNOWN_FOR},
    stream::{Place, Stream},
};
use crate::erp::{
    ErpError, Lane,
    source::{Changes, Gone, Wanted},
};

/// A page of changes. Waits for one to five calls.
pub(in crate::erp::netsuite) async fn changes(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    cursor: Option<&str>,
) -> Result<Changes, ErpError> {
    let mut cursor = match cursor {
        Some(text) => Cursor::read(text, wanted.kind)?,
        None => Cursor::first(wanted.kind, moment::now(netsuite, lane).await?),
    };
    let mut page =
        Changes { records: Vec::new(), broken: Vec::new(), gone: Vec::new(), next: String::new(), more: false };
    cursor.reading = match cursor.reading {
        Reading::All { after, start } => all(netsuite, lane, wanted, after, start, &mut page).await?,
        Reading::Since { last, running, mut rows, mut gone } => {
            let began = if let Some(began) = running {
                began
            } else {
                let now = moment::now(netsuite, lane).await?;
                rows.begin(&last, &now);
                gone.begin(&last, &now);
                now
            };
            if let Some(at) = rows.at() {
                page.more = changed(netsuite, lane, wanted, &began, at, &mut rows, &mut page).await?;
            }
            if !page.more
                && let Some(at) = gone.at()
            {
                page.more = deleted(netsuite, lane, wanted, &began, at, &mut gone, &mut page).await?;
            }
            let (last, running) = if page.more { (last, Some(began)) } else { (began, None) };
            Reading::Since { last, running, rows, gone }
        }
    };
    page.next = cursor.write()?;
    Ok(page)
}

/// A page of everything, by id.
async fn all(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    after: u64,
    start: Moment,
    into: &mut Changes,
) -> Result<Reading, ErpError> {
    let filter = Filter::behind(after);
    let (rows, shape) = page(netsuite, lane, wanted, &filter, (PAGE, 1)).await?;
    into.more = more(&rows, PAGE);
    let mut last = after;
    for row in read(netsuite, lane, wanted, &shape, &rows).await? {
        if row.id < last {
            return Err(ANOTHER);
        }
        // An address that is there twice makes a row twice.
        if row.id != last {
            last = row.id;
            put(into, row);
        }
    }
    Ok(if into.more { Reading::All { after: last, start } } else { Reading::since(start) })
}

fn put(into: &mut Changes, row: Decoded) {
    match row.record {
        Ok(record) => into.records.push(record),
        Err(broken) => into.broken.push(broken),
    }
}

/// A page of records by stamp. Whether there are more.
async fn changed(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    began: &Moment,
    at: Place,
    stream: &mut Stream,
    into: &mut Changes,
) -> Result<bool, ErpError> {
    let filter = Filter::since(&at);
    let (rows, shape) = page(netsuite, lane, wanted, &filter, (PAGE, 1)).await?;
    let read_at = netsuite.calls.clock.now();
    let mut last = at;
    for row in read(netsuite, lane, wanted, &shape, &rows).await? {
        // A row without a readable stamp has no place; the readable ones around it lead on.
        let Some(stamp) = row.stamp else {
            put(into, row);
            continue;
        };
        let place = Place { stamp, id: row.id };
        if place < last || place <= at {
            return Err(ANOTHER);
        }
        let again = std::mem::replace(&mut last, place) == place;
        if !again && stream.take(place, began, read_at) {
            put(into, row);
        }
    }
    on(more(&rows, PAGE), at, began, stream)
}

/// Ends the stream's drain where there is no more; refuses to ask the same again.
fn on(more: bool, at: Place, began: &Moment, stream: &mut Stream) -> Result<bool, ErpError> {
    stream.forget();
    if !more {
        stream.end(began);
    } else if stream.at() == Some(at) {
        return Err(ErpError::Broken { what: "stamps: a whole page of rows has none".to_owned() });
    }
    Ok(more)
}

/// A page of deletions, where they may be read. Whether there are more.
async fn deleted(
    netsuite: &NetSuite,
    lane: Lane,
    wanted: &Wanted,
    began: &Moment,
    at: Place,
    stream: &mut Stream,
    into: &mut Changes,
) -> Result<bool, ErpError> {
    let shape = shape::shape(netsuite, lane, wanted.kind, KNOWN_FOR).await?;
    let Some(column) = shape.deleted else {
        stream.leave();
        return Ok(false);
    };
    let rows = match select::deletions(wanted.kind, column, &at).ask(netsuite, lane, PAGE).await {
        Ok(rows) => rows,
        // The right was taken away since: the census finds what is gone.
        Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => {
            stream.leave();
            return Ok(false);
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let read_at = netsuite.calls.clock.now();
    for row in &rows.items {
        let id = decode::id(row, "id")?;
        let Some(stamp) = row.text("stamp").and_then(|text| text.parse().ok()) else {
            return Err(ErpError::Broken { what: "field deleteddate".to_owned() });
        };
        let place = Place { stamp, id };
        if place <= at {
            return Err(ANOTHER);
        }
        if stream.take(place, began, read_at) {
            into.gone.push(Gone { id: decode::source_id(id)?, into: None });
        }
    }
    on(more(&rows, PAGE), at, began, stream)
}
