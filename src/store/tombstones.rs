//! Tombstones: links whose record was deleted or erased in HubSpot. What lies under one is not linked again until it is
//! lifted; one of an erasure is not lifted by a restore.

use sqlx::types::Json;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    bulk::{filled, listed},
    column::{from_row, words},
    links::{Base, Link, LinkBasis, LinkKind},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, LinkId, PortalId, SourceId, UserId},
        record::RecordRef,
    },
};

words! {
    /// What happened to the record in HubSpot.
    Reason {
        /// It was deleted, and can come back from the recycle bin.
        Deletion = "deletion",
        /// It was erased for privacy, for good.
        Erasure = "erasure",
    }
}

/// A link that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Our id.
    pub id: Uuid,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// What kind of ERP record it was.
    pub kind: LinkKind,
    /// Its id there.
    pub erp_id: SourceId,
    /// The HubSpot record.
    pub record: RecordRef,
    /// How the link came to be.
    pub basis: LinkBasis,
    /// Who linked the two.
    pub linked_by: Option<UserId>,
    /// What happened.
    pub reason: Reason,
    /// When it was noticed.
    pub created_at: Millis,
    /// What the ERP record was in HubSpot.
    pub target: String,
    /// Whether the link wrote the record.
    pub writes: bool,
    /// On what both sides had agreed last.
    pub base: Base,
}

from_row!(Tombstone { id, portal_id, connection_id, kind, erp_id, basis, linked_by, reason, created_at, target, writes, base }
    record: RecordRef { object_type, object_id });

impl Tombstone {
    /// Whether the ERP record becomes nothing for this target: what was erased is never made again in any form, a deletion
    /// speaks of its own target only.
    #[must_use]
    pub fn covers(&self, target: &str) -> bool {
        self.reason == Reason::Erasure || self.target == target
    }
}

/// Puts a stone over `link`, which the caller removes in the same transaction. A stone that lies there already stays, and
/// says from then on the graver of both reasons.
///
/// # Errors
/// See [`StoreError`].
pub async fn bury(tx: &mut Tx, id: Uuid, link: &Link, reason: Reason, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO tombstones \
             (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, linked_by, reason, created_at, \
              target, writes, base) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (connection_id, kind, erp_id, object_type, object_id) DO UPDATE SET \
             reason = CASE WHEN excluded.reason = 'erasure' THEN 'erasure' ELSE tombstones.reason END";
    on!(tx, |c| sqlx::query(SQL)
        .bind(id)
        .bind(link.portal_id.as_i64())
        .bind(link.connection_id.0)
        .bind(link.kind.word())
        .bind(link.erp_id.as_str())
        .bind(link.record.object_type.type_id())
        .bind(link.record.object_id.as_i64())
        .bind(link.basis.word())
        .bind(link.created_by.map(UserId::as_i64))
        .bind(reason.word())
        .bind(now.0)
        .bind(&link.target)
        .bind(link.writes)
        .bind(Json(&link.base))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The stones of one record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_record(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<Vec<Tombstone>, StoreError> {
    const SQL: &str = "SELECT * FROM tombstones WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
         ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_all(c)
        .await)?)
}

/// The stones over links of all these ERP records.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_erp_ids(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    ids: &[SourceId],
) -> Result<Vec<Tombstone>, StoreError> {
    let mut each: Vec<&SourceId> = ids.iter().collect();
    each.sort_unstable();
    each.dedup();
    let mut found: Vec<Tombstone> = Vec::new();
    for some in filled(&each) {
        let part: Vec<Tombstone> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM tombstones WHERE connection_id = ");
            sql.push_bind(connection_id.0).push(" AND kind = ").push_bind(kind.word());
            sql.push(" AND portal_id = ").push_bind(portal_id.as_i64()).push(" AND erp_id IN (");
            listed!(sql, some.iter().map(|id| id.as_str()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    Ok(found)
}

/// Up to `most` stones of a portal, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    tx: &mut Tx,
    portal_id: PortalId,
    after: Option<Uuid>,
    most: u32,
) -> Result<Vec<Tombstone>, StoreError> {
    const SQL: &str = "SELECT * FROM tombstones WHERE portal_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(after.unwrap_or_default())
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Brings a link back as it was, and takes its stone away. It writes again only where no other link writes the record, or for
/// its target of the ERP record, by now. Where the two are linked again already, that link stays as it is.
///
/// # Errors
/// See [`StoreError`].
pub async fn revive(tx: &mut Tx, id: LinkId, stone: &Tombstone, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO links (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, \
             created_by, created_at, target, base, writes) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
             AND NOT EXISTS (SELECT 1 FROM links WHERE writes AND portal_id = $2 AND object_type = $6 AND object_id = $7) \
             AND NOT EXISTS (SELECT 1 FROM links WHERE writes AND connection_id = $3 AND kind = $4 AND erp_id = $5 \
                 AND target = $11) \
         WHERE TRUE ON CONFLICT (connection_id, kind, erp_id, object_type, object_id) DO NOTHING";
    on!(tx, |c| sqlx::query(SQL)
        .bind(id.0)
        .bind(stone.portal_id.as_i64())
        .bind(stone.connection_id.0)
        .bind(stone.kind.word())
        .bind(stone.erp_id.as_str())
        .bind(stone.record.object_type.type_id())
        .bind(stone.record.object_id.as_i64())
        .bind(stone.basis.word())
        .bind(stone.linked_by.map(UserId::as_i64))
        .bind(now.0)
        .bind(&stone.target)
        .bind(Json(&stone.base))
        .bind(stone.writes)
        .execute(c)
        .await
        .map(|_| ()))?;
    lift(tx, stone.portal_id, stone.id).await?;
    Ok(())
}

/// Takes a stone away. `false`: it was not there.
///
/// # Errors
/// See [`StoreError`].
pub async fn lift(tx: &mut Tx, portal_id: PortalId, id: Uuid) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM tombstones WHERE portal_id = $1 AND id = $2";
    let gone =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(gone == 1)
}

/// A deletion turned out to be an erasure: the record's stones are for good.
///
/// # Errors
/// See [`StoreError`].
pub async fn make_final(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE tombstones SET reason = 'erasure' WHERE portal_id = $1 AND object_type = $2 \
         AND object_id = $3";
    on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
