//! Hints: "look at this record". What HubSpot's events are kept as, one row a record however many events came.
//!
//! A hint is claimed by pushing its due time forward: who dies with one in hand leaves it to be claimed again. It is taken
//! off only if no event came meanwhile (its version says so).

use std::time::Duration;

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId},
        record::RecordRef,
    },
};

/// For how long a claimed hint is its claimer's.
pub const CLAIMED: Duration = Duration::from_mins(1);

/// How many hints of one portal are claimed at once.
const OF_ONE: i64 = 5;

/// A record that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Whose it is.
    pub portal_id: PortalId,
    /// The record.
    pub record: RecordRef,
    /// The record that a merge named as the surviving one.
    pub into_id: Option<ObjectId>,
    /// Whether HubSpot said that the record was erased for privacy.
    pub erased: bool,
    /// Goes up with every event about the record.
    pub version: i64,
    /// How often looking at it failed since the last event.
    pub attempts: i64,
}

from_row!(Hint { portal_id, into_id, erased, version, attempts } record: RecordRef { object_type, object_id });

/// What an event says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewHint {
    /// Whose it is. Must be a portal that is there.
    pub portal_id: PortalId,
    /// The record.
    pub record: RecordRef,
    /// The record it was merged into, where the event says so.
    pub into_id: Option<ObjectId>,
    /// Whether the event says that it was erased for privacy.
    pub erased: bool,
}

/// Keeps what an event says, together with what earlier ones said of the same record.
///
/// # Errors
/// [`StoreError::Dangling`] when there is no such portal.
pub async fn leave(tx: &mut Tx, new: NewHint, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO hints \
             (portal_id, object_type, object_id, into_id, erased, version, attempts, due_at, received_at) \
         VALUES ($1, $2, $3, $4, $5, 1, 0, $6, $6) \
         ON CONFLICT (portal_id, object_type, object_id) DO UPDATE SET \
             into_id = COALESCE(excluded.into_id, hints.into_id), erased = (hints.erased OR excluded.erased), \
             version = hints.version + 1, attempts = 0, due_at = excluded.due_at, received_at = excluded.received_at";
    on!(tx, |c| sqlx::query(SQL)
        .bind(new.portal_id.as_i64())
        .bind(new.record.object_type.type_id())
        .bind(new.record.object_id.as_i64())
        .bind(new.into_id.map(ObjectId::as_i64))
        .bind(new.erased)
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Claims up to `most` hints that are due, the oldest first, of portals in which the app is installed; of one portal at most
/// [`OF_ONE`], so that a portal that answers slowly holds up no other.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(tx: &mut Tx, most: u32, now: Millis) -> Result<Vec<Hint>, StoreError> {
    // The outer condition is looked at again when another process was faster: then that hint is not due any more.
    const SQL: &str = "UPDATE hints SET due_at = $2 WHERE due_at <= $1 AND (portal_id, object_type, object_id) IN \
             (SELECT portal_id, object_type, object_id FROM \
                  (SELECT h.portal_id, h.object_type, h.object_id, h.due_at, \
                       ROW_NUMBER() OVER (PARTITION BY h.portal_id ORDER BY h.due_at, h.object_id) AS place \
                   FROM hints h JOIN portals p ON p.portal_id = h.portal_id \
                   WHERE h.due_at <= $1 AND p.status = 'active') AS due \
              WHERE place <= $4 ORDER BY due_at LIMIT $3) \
         RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(now.0)
        .bind(now.plus(CLAIMED).0)
        .bind(i64::from(most))
        .bind(OF_ONE)
        .fetch_all(c)
        .await)?)
}

/// Whether we keep anything about a record that its fate in HubSpot could change.
///
/// # Errors
/// See [`StoreError`].
pub async fn matters(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM ( \
             SELECT 1 FROM associations WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
             UNION ALL SELECT 1 FROM links WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
             UNION ALL SELECT 1 FROM tombstones WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
             UNION ALL SELECT 1 FROM aliases WHERE portal_id = $1 AND object_type = $2 AND (old_id = $3 OR new_id = $3)) AS kept";
    let kept: i64 = on!(tx, |c| sqlx::query_scalar(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_one(c)
        .await)?;
    Ok(kept > 0)
}

/// Takes a hint off that was worked off. `false`: an event came meanwhile, so it stays.
///
/// # Errors
/// See [`StoreError`].
pub async fn done(tx: &mut Tx, hint: &Hint) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM hints WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 AND version = $4";
    let gone = on!(tx, |c| sqlx::query(SQL)
        .bind(hint.portal_id.as_i64())
        .bind(hint.record.object_type.type_id())
        .bind(hint.record.object_id.as_i64())
        .bind(hint.version)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(gone == 1)
}

/// Puts a hint off that could not be worked off. `false`: an event came meanwhile, and it is due by that.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_off(tx: &mut Tx, hint: &Hint, due_at: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE hints SET attempts = attempts + 1, due_at = $5 \
         WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 AND version = $4";
    let kept = on!(tx, |c| sqlx::query(SQL)
        .bind(hint.portal_id.as_i64())
        .bind(hint.record.object_type.type_id())
        .bind(hint.record.object_id.as_i64())
        .bind(hint.version)
        .bind(due_at.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(kept == 1)
}
