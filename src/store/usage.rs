//! How many calls went out in an hour for a portal: to HubSpot, or to the ERP of a connection.

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
};

/// The side of calls to HubSpot; that of calls to an ERP is the connection's id.
pub const HUBSPOT: &str = "hubspot";

const HOUR: i64 = 3_600_000;

/// Numbers of calls by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// All calls.
    pub calls: i64,
    /// Of these, answered with 401.
    pub unauthorized: i64,
    /// With 403.
    pub forbidden: i64,
    /// With 429.
    pub throttled: i64,
    /// Failed in any other way, or without an answer.
    pub failed: i64,
}

/// What one side used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// [`HUBSPOT`], or a connection's id.
    pub side: String,
    /// How much.
    pub used: Used,
}

struct Row {
    side: String,
    calls: i64,
    unauthorized: i64,
    forbidden: i64,
    throttled: i64,
    failed: i64,
}

from_row!(Row { side, calls, unauthorized, forbidden, throttled, failed });

/// The hour in which `now` lies, as the table counts them: whole hours since 1970.
#[must_use]
pub const fn hour_of(now: Millis) -> i64 {
    now.0.div_euclid(HOUR)
}

/// Adds calls to a portal's side in an hour ([`hour_of`]). Of a portal that is gone nothing is written.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(tx: &mut Tx, portal_id: PortalId, side: &str, hour: i64, used: Used) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO usage (portal_id, side, hour, calls, unauthorized, forbidden, throttled, failed) \
         SELECT portal_id, $2, $3, $4, $5, $6, $7, $8 FROM portals WHERE portal_id = $1 \
         ON CONFLICT (portal_id, side, hour) DO UPDATE SET calls = usage.calls + excluded.calls, \
             unauthorized = usage.unauthorized + excluded.unauthorized, \
             forbidden = usage.forbidden + excluded.forbidden, \
             throttled = usage.throttled + excluded.throttled, failed = usage.failed + excluded.failed";
    on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(side)
        .bind(hour)
        .bind(used.calls)
        .bind(used.unauthorized)
        .bind(used.forbidden)
        .bind(used.throttled)
        .bind(used.failed)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

struct Owner {
    portal_id: PortalId,
}

from_row!(Owner { portal_id });

/// Adds calls to a connection's side in an hour. Of a connection that is gone nothing is written.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_of_connection(tx: &mut Tx, id: ConnectionId, hour: i64, used: Used) -> Result<(), StoreError> {
    const SQL: &str = "SELECT portal_id FROM connections WHERE id = $1";
    let owner: Option<Owner> = on!(tx, |c| sqlx::query_as(SQL).bind(id.0).fetch_optional(c).await)?;
    match owner {
        Some(owner) => add(tx, owner.portal_id, &id.to_string(), hour, used).await,
        None => Ok(()),
    }
}

/// What each side of a portal used in the last 24 hours: the present hour and the 23 before.
///
/// # Errors
/// See [`StoreError`].
pub async fn last_day(tx: &mut Tx, portal_id: PortalId, now: Millis) -> Result<Vec<Side>, StoreError> {
    const SQL: &str = "SELECT side, CAST(SUM(calls) AS BIGINT) AS calls, \
             CAST(SUM(unauthorized) AS BIGINT) AS unauthorized, CAST(SUM(forbidden) AS BIGINT) AS forbidden, \
             CAST(SUM(throttled) AS BIGINT) AS throttled, CAST(SUM(failed) AS BIGINT) AS failed \
         FROM usage WHERE portal_id = $1 AND hour > $2 AND hour <= $3 GROUP BY side ORDER BY side";
    let hour = hour_of(now);
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(hour - 24).bind(hour).fetch_all(c).await)?;
    let used = |r: &Row| Used {
        calls: r.calls,
        unauthorized: r.unauthorized,
        forbidden: r.forbidden,
        throttled: r.throttled,
        failed: r.failed,
    };
    Ok(rows.into_iter().map(|row| Side { used: used(&row), side: row.side }).collect())
}

/// Deletes the hours that ended before `before`; gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn expire(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM usage WHERE hour < $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(hour_of(before)).execute(c).await.map(|r| r.rows_affected()))?)
}
