//! The outcomes of calls that may be repeated: the same key gives the same outcome for 24 hours.
//!
//! [`claim`], the work and [`finish`] belong into ONE transaction. So the work and its outcome appear together or not at
//! all, and a second call with the same key that comes meanwhile waits for the first: on SQLite for the write lock, on
//! PostgreSQL for the row.

use std::time::Duration;

use serde_json::Value;
use sqlx::types::Json;

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::ids::{IdempotencyKey, PortalId, UserId},
};

/// How long an outcome is kept.
pub const KEPT: Duration = Duration::from_hours(24);

/// A call that may be a repeat.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Whose it is.
    pub portal_id: PortalId,
    /// The caller's key.
    pub key: &'a IdempotencyKey,
    /// What is to be done, as a stable word.
    pub operation: &'static str,
    /// Who calls.
    pub user_id: UserId,
    /// A keyed hash (`KeyRing::mac`) of what the call says.
    pub fingerprint: &'a [u8],
}

/// What [`claim`] found.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// The key is new: do the work and [`finish`].
    Fresh,
    /// The same call was done before, with this outcome.
    Replay(Value),
    /// The key was used for another call, or by another user.
    Conflict,
}

struct Row {
    operation: String,
    user_id: UserId,
    fingerprint: Vec<u8>,
    outcome: Option<Value>,
}

from_row!(Row { operation, user_id, fingerprint, outcome });

/// Takes the call's key, unless it was used within the last 24 hours. Waits while another transaction holds the same key.
///
/// # Errors
/// [`StoreError::Busy`] when the other transaction takes too long; [`StoreError::Contradiction`] when an earlier one took
/// the key and was committed without an outcome, which is a fault of this program.
pub async fn claim(tx: &mut Tx, call: Call<'_>, now: Millis) -> Result<Claim, StoreError> {
    // A key that has had its time is taken as new in the same statement, so that there is no gap between two.
    const TAKE: &str = "INSERT INTO idempotency \
             (portal_id, key, operation, user_id, fingerprint, outcome, created_at) \
         VALUES ($1, $2, $3, $4, $5, NULL, $6) \
         ON CONFLICT (portal_id, key) DO UPDATE SET operation = excluded.operation, user_id = excluded.user_id, \
             fingerprint = excluded.fingerprint, outcome = NULL, created_at = excluded.created_at \
         WHERE idempotency.created_at < $7";
    const SEE: &str =
        "SELECT operation, user_id, fingerprint, outcome FROM idempotency WHERE portal_id = $1 AND key = $2";
    let taken = on!(tx, |c| sqlx::query(TAKE)
        .bind(call.portal_id.as_i64())
        .bind(call.key.as_str())
        .bind(call.operation)
        .bind(call.user_id.as_i64())
        .bind(call.fingerprint)
        .bind(now.0)
        .bind(oldest_kept(now))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if taken == 1 {
        return Ok(Claim::Fresh);
    }
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(SEE).bind(call.portal_id.as_i64()).bind(call.key.as_str()).fetch_optional(c).await)?;
    // Gone between the two statements: it was just cleared away. The next run takes it.
    let row = row.ok_or(StoreError::Again(sqlx::Error::RowNotFound))?;
    row.judge(&call)
}

impl Row {
    /// Whether the row is of the same call, and then its outcome.
    fn judge(self, call: &Call<'_>) -> Result<Claim, StoreError> {
        if self.operation != call.operation || self.user_id != call.user_id || self.fingerprint != call.fingerprint {
            return Ok(Claim::Conflict);
        }
        self.outcome
            .map(Claim::Replay)
            .ok_or_else(|| StoreError::contradiction("idempotency.outcome: a call was committed without its outcome"))
    }
}

/// What [`claim`] would find, without taking the key: a repeat can so be answered before any other work is begun.
///
/// # Errors
/// See [`StoreError`].
pub async fn look(tx: &mut Tx, call: Call<'_>, now: Millis) -> Result<Claim, StoreError> {
    const SEE: &str = "SELECT operation, user_id, fingerprint, outcome FROM idempotency \
         WHERE portal_id = $1 AND key = $2 AND created_at >= $3";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(SEE)
        .bind(call.portal_id.as_i64())
        .bind(call.key.as_str())
        .bind(oldest_kept(now))
        .fetch_optional(c)
        .await)?;
    row.map_or(Ok(Claim::Fresh), |row| row.judge(&call))
}

/// Writes the outcome (ids and codes only) of the call that [`claim`] found fresh, in the same transaction.
///
/// # Errors
/// [`StoreError::Contradiction`] when the key is not claimed.
pub async fn finish(tx: &mut Tx, portal_id: PortalId, key: &IdempotencyKey, outcome: &Value) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE idempotency SET outcome = $3 WHERE portal_id = $1 AND key = $2 AND outcome IS NULL";
    let changed = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(key.as_str())
        .bind(Json(outcome))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if changed == 1 {
        return Ok(());
    }
    Err(StoreError::contradiction("idempotency: a call was finished that was not claimed"))
}

/// Deletes what has been kept long enough; gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn expire(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM idempotency WHERE created_at < $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(oldest_kept(now)).execute(c).await.map(|r| r.rows_affected()))?)
}

fn oldest_kept(now: Millis) -> i64 {
    now.0.saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX))
}
