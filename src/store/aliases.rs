//! Aliases: HubSpot merged one record into another, and the old id keeps resolving.
//!
//! An alias always names the record that survives in the end: chains are flattened as they grow, so one look is enough.

use super::{StoreError, Tx, column::from_row, tx::on};
use crate::{
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId},
        record::RecordRef,
    },
};

struct New {
    new_id: ObjectId,
}

from_row!(New { new_id });

/// The record that `record` is now: itself, unless it was merged into another.
///
/// # Errors
/// See [`StoreError`].
pub async fn resolve(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<RecordRef, StoreError> {
    const SQL: &str = "SELECT new_id FROM aliases WHERE portal_id = $1 AND object_type = $2 AND old_id = $3";
    let found: Option<New> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_optional(c)
        .await)?;
    Ok(found.map_or(record, |row| RecordRef { object_id: row.new_id, ..record }))
}

/// Writes that `old` is `new` from now on, and so is everything that was `old` before. `new` must stand for itself: the
/// caller has [`forget`]-ten or resolved what it was an alias of.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(
    tx: &mut Tx,
    portal_id: PortalId,
    old: RecordRef,
    new: ObjectId,
    now: Millis,
) -> Result<(), StoreError> {
    const FLATTEN: &str =
        "UPDATE aliases SET new_id = $4 WHERE portal_id = $1 AND object_type = $2 AND new_id = $3 AND old_id <> $4";
    const SQL: &str = "INSERT INTO aliases (portal_id, object_type, old_id, new_id, created_at) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (portal_id, object_type, old_id) DO UPDATE SET new_id = excluded.new_id";
    on!(tx, |c| sqlx::query(FLATTEN)
        .bind(portal_id.as_i64())
        .bind(old.object_type.type_id())
        .bind(old.object_id.as_i64())
        .bind(new.as_i64())
        .execute(c)
        .await
        .map(|_| ()))?;
    on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(old.object_type.type_id())
        .bind(old.object_id.as_i64())
        .bind(new.as_i64())
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The record stands for itself (again). `false`: it did already.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM aliases WHERE portal_id = $1 AND object_type = $2 AND old_id = $3";
    let gone = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(gone == 1)
}
