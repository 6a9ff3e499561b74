//! The starts of the last calls under a limit that several processes share: one row a limit, locked while one more is taken.
//!
//! Promise: whatever another process's clock says, nobody is kept waiting longer than twice the length of the window: a start
//! that lies further in the future than one length counts as one of now. How exact the limit is follows from how well the clocks agree; `doctor` compares.

use std::{collections::VecDeque, time::Duration};

use serde_json::{Value, json};
use sqlx::types::Json;

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{clock::Millis, domain::span::Span};

/// How long a card that was refused keeps the background from taking its place: a little more than it waits to ask again.
const CARD_FIRST: Duration = Duration::from_millis(500);

struct Row {
    started: Value,
    held_until: Millis,
    card_until: Millis,
}

from_row!(Row { started, held_until, card_until });

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The limit's name (`hubspot/4711`).
    pub scope: &'a str,
    /// At most so many starts…
    pub most: usize,
    /// …in any span of this length.
    pub length: Duration,
    /// Whether a person waits: the background then stands back.
    pub card: bool,
}

/// Takes one start and gives its stamp, or says when to ask again. The stamp is `now`, or the last one's where that is later:
/// who waited for the row starts after whoever had it before.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(tx: &mut Tx, asked: Asked<'_>, now: Millis) -> Result<Result<Millis, Millis>, StoreError> {
    let row = locked(tx, asked.scope).await?;
    let card_first = row.card_until.min(now.plus(CARD_FIRST));
    if !asked.card && now < card_first {
        return Ok(Err(card_first));
    }
    // A little ahead is how clocks are, and how long this process waited for the row; more than a window is a wrong clock.
    let latest = now.plus(asked.length).0;
    let believed = |at: i64| if at > latest { now.0 } else { at };
    let started: VecDeque<i64> = started(&row.started)?.into_iter().map(believed).collect();
    let start = Millis(started.iter().copied().max().map_or(now.0, |last| last.max(now.0)));
    let held = row.held_until.min(now.plus(asked.length));
    let mut span = Span::resume(asked.most, asked.length, started, held.0);
    let taken = span.take(start.0).map(|()| start).map_err(Millis);
    let card_until = if asked.card && taken.is_err() { now.plus(CARD_FIRST) } else { card_first };
    let kept: Vec<i64> = span.started().collect();
    write(tx, asked.scope, &json!(kept), Millis(span.held_until()), card_until).await?;
    // A card is to ask again before its right of way ends, or the background would slip in between.
    Ok(taken.map_err(|until| if asked.card { until.min(now.plus(CARD_FIRST / 2)) } else { until }))
}

/// Lets nobody start before `until`.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(tx: &mut Tx, scope: &str, until: Millis) -> Result<(), StoreError> {
    let row = locked(tx, scope).await?;
    write(tx, scope, &row.started, row.held_until.max(until), row.card_until).await
}

/// Forgets the limits of portals that are gone: a call that was under way may have made a row anew. Gives how many there were.
///
/// # Errors
/// See [`StoreError`].
pub async fn expire(tx: &mut Tx) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM rate_windows \
         WHERE (scope LIKE 'hubspot/%' OR scope LIKE 'hubspot-search/%') AND NOT EXISTS \
         (SELECT 1 FROM portals p WHERE rate_windows.scope IN \
          ('hubspot/' || CAST(p.portal_id AS TEXT), 'hubspot-search/' || CAST(p.portal_id AS TEXT)))";
    Ok(on!(tx, |c| sqlx::query(SQL).execute(c).await.map(|r| r.rows_affected()))?)
}

/// The row, made if need be, which nobody else reads until the transaction ends: the upsert locks it.
async fn locked(tx: &mut Tx, scope: &str) -> Result<Row, StoreError> {
    const SQL: &str = "INSERT INTO rate_windows (scope, started, held_until, card_until) VALUES ($1, $2, 0, 0) \
         ON CONFLICT (scope) DO UPDATE SET scope = excluded.scope RETURNING started, held_until, card_until";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(scope).bind(Json(json!([]))).fetch_one(c).await)?)
}

async fn write(tx: &mut Tx, scope: &str, started: &Value, held: Millis, card: Millis) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE rate_windows SET started = $2, held_until = $3, card_until = $4 WHERE scope = $1";
    on!(tx, |c| sqlx::query(SQL)
        .bind(scope)
        .bind(Json(started))
        .bind(held.0)
        .bind(card.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

fn started(stored: &Value) -> Result<VecDeque<i64>, StoreError> {
    let wrong = || StoreError::Contradiction { what: "rate_windows.started is no list of instants".to_owned() };
    stored.as_array().ok_or_else(wrong)?.iter().map(|at| at.as_i64().ok_or_else(wrong)).collect()
}
