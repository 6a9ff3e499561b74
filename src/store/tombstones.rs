//! Tombstones: links whose record was deleted or erased in HubSpot. What lies under one is not linked again until it is
//! lifted; one of an erasure is not lifted by a restore.

use uuid::Uuid;

use super::{
    StoreError, Tx,
    column::{from_row, words},
    links::{Link, LinkBasis, LinkKind},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, CustomerId, PortalId, UserId},
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
    /// The customer's id there.
    pub erp_id: CustomerId,
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
}

from_row!(Tombstone { id, portal_id, connection_id, kind, erp_id, basis, linked_by, reason, created_at }
    record: RecordRef { object_type, object_id });

/// Puts a stone over `link`, which the caller removes in the same transaction. A stone that lies there already stays, and
/// says from then on the graver of both reasons.
///
/// # Errors
/// See [`StoreError`].
pub async fn bury(tx: &mut Tx, id: Uuid, link: &Link, reason: Reason, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO tombstones \
             (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, linked_by, reason, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
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
