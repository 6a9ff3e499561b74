//! What becomes of links when HubSpot merges or deletes their records, or the ERP its own.

use super::{Link, LinkKind};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, LinkId, ObjectId, PortalId},
        record::RecordRef,
    },
    store::{
        StoreError, Tx,
        bulk::{listed, pieces},
        tx::on,
    },
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
/// link that writes stays, else the older one. Where two links write then, the older goes on to, one whose ERP record is gone
/// only where both are, and the other only reads from then on. Gives the number of rows that moved.
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
                 AND (CASE WHEN b.gone_at IS NULL THEN 0 ELSE 1 END, b.created_at, b.id) \
                     < (CASE WHEN a.gone_at IS NULL THEN 0 ELSE 1 END, a.created_at, a.id))";
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

/// Up to `most` links that write a record although their ERP record is gone, while another link of the record has one that is
/// there, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn with_heir(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links AS a WHERE a.portal_id = $1 AND a.connection_id = $2 AND a.kind = $3 AND a.id > $4 \
         AND a.gone_at IS NOT NULL AND a.writes AND EXISTS (SELECT 1 FROM links b WHERE b.portal_id = a.portal_id \
             AND b.object_type = a.object_type AND b.object_id = a.object_id AND b.id <> a.id AND b.gone_at IS NULL) \
         ORDER BY a.id LIMIT $5";
    some_gone(tx, SQL, (portal_id, connection_id), kind, after, most).await
}

/// Up to `most` links whose ERP record counts as gone and was seen or worked since, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn returned(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3 AND id > $4 \
         AND gone_at IS NOT NULL AND (seen > gone_at OR worked_at > gone_at) ORDER BY id LIMIT $5";
    some_gone(tx, SQL, (portal_id, connection_id), kind, after, most).await
}

async fn some_gone(
    tx: &mut Tx,
    sql: &'static str,
    (portal_id, connection_id): (PortalId, ConnectionId),
    kind: LinkKind,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    Ok(on!(tx, |c| sqlx::query_as(sql)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .bind(after.map_or(uuid::Uuid::nil(), |link| link.0))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Writes since when the ERP records of these links are gone, whatever stood there; `None`: they are there. Gives the number
/// of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_gone(
    tx: &mut Tx,
    portal_id: PortalId,
    ids: &[LinkId],
    gone_at: Option<Millis>,
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for some in pieces(ids) {
        changed += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("UPDATE links SET gone_at = ");
            sql.push_bind(gone_at.map(|at| at.0)).push(" WHERE +portal_id = ").push_bind(portal_id.as_i64());
            sql.push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(changed)
}
