//! What becomes of links when HubSpot merges or deletes their records.

use crate::{
    domain::{
        ids::{ObjectId, PortalId},
        record::RecordRef,
    },
    store::{StoreError, Tx, tx::on},
};

/// Removes the links of one record; gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove_of_record(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM links WHERE portal_id = $1 AND object_type = $2 AND object_id = $3";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// HubSpot merged `old` into `new`: the links of the one are the other's. Of an ERP record that was linked with both, the
/// link that writes stays, else the older one. Where two links write then, the older goes on to, and the other only reads from
/// then on. Gives the number of rows that moved.
///
/// # Errors
/// See [`StoreError`].
pub async fn move_to(tx: &mut Tx, portal_id: PortalId, old: RecordRef, new: ObjectId) -> Result<u64, StoreError> {
    const DOUBLE: &str = "DELETE FROM links AS a \
         WHERE a.portal_id = $1 AND a.object_type = $2 AND a.object_id IN ($3, $4) \
             AND EXISTS (SELECT 1 FROM links b WHERE b.portal_id = a.portal_id \
                 AND b.object_type = a.object_type AND b.object_id IN ($3, $4) AND b.object_id <> a.object_id \
                 AND b.connection_id = a.connection_id AND b.kind = a.kind AND b.erp_id = a.erp_id \
                 AND (CASE WHEN b.writes THEN 0 ELSE 1 END, b.created_at, b.id) \
                     < (CASE WHEN a.writes THEN 0 ELSE 1 END, a.created_at, a.id))";
    const ONE_WRITES: &str = "UPDATE links AS a SET writes = FALSE \
         WHERE a.portal_id = $1 AND a.object_type = $2 AND a.object_id IN ($3, $4) AND a.writes \
             AND EXISTS (SELECT 1 FROM links b WHERE b.portal_id = a.portal_id \
                 AND b.object_type = a.object_type AND b.object_id IN ($3, $4) AND b.writes \
                 AND (b.created_at, b.id) < (a.created_at, a.id))";
    const MOVE: &str = "UPDATE links SET object_id = $4 WHERE portal_id = $1 AND object_type = $2 AND object_id = $3";
    let mut moved = 0;
    for sql in [DOUBLE, ONE_WRITES, MOVE] {
        moved = on!(tx, |c| sqlx::query(sql)
            .bind(portal_id.as_i64())
            .bind(old.object_type.type_id())
            .bind(old.object_id.as_i64())
            .bind(new.as_i64())
            .execute(c)
            .await
            .map(|r| r.rows_affected()))?;
    }
    Ok(moved)
}
