//! Associations: "this invoice was attached to this record by this user".
//!
//! A removed one stays as a row (who removed it, when), so that removing can be undone. Of the same invoice on the same
//! record at most one is not removed; the database's own index sees to that.

use std::time::Duration;

use super::{StoreError, Tx, column::from_row, links::CountOf, tombstones::Reason, tx::on};
use crate::{
    clock::Millis,
    domain::{
        ids::{AssociationId, ConnectionId, InvoiceId, ObjectId, PortalId, UserId},
        record::RecordRef,
    },
};

/// How many other records [`elsewhere`] names per invoice.
pub const ELSEWHERE_EACH: i64 = 5;

/// How many pairs one statement of [`elsewhere`] asks for: a fixed number, so that it is prepared once.
const PAIRS: usize = 50;

/// An invoice on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// Our id.
    pub id: AssociationId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The record it hangs on.
    pub record: RecordRef,
    /// The ERP account that has the invoice.
    pub connection_id: ConnectionId,
    /// The invoice's id there.
    pub invoice_id: InvoiceId,
    /// Who attached it.
    pub added_by: UserId,
    /// When.
    pub added_at: Millis,
    /// Who removed it, if it is removed.
    pub removed_by: Option<UserId>,
    /// When it was removed.
    pub removed_at: Option<Millis>,
}

from_row!(Association { id, portal_id, connection_id, invoice_id, added_by, added_at, removed_by, removed_at }
    record: RecordRef { object_type, object_id });

/// An association to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAssociation<'a> {
    /// The id it gets when the invoice was not on the record yet.
    pub id: AssociationId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The record.
    pub record: RecordRef,
    /// The ERP account that has the invoice. Must be one of the portal's.
    pub connection_id: ConnectionId,
    /// The invoice's id there.
    pub invoice_id: &'a InvoiceId,
    /// Who attaches it.
    pub added_by: UserId,
}

/// What [`attach`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// It made this row.
    Added(Association),
    /// The invoice was on the record already.
    AlreadyAttached(Association),
}

/// What [`remove`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It removed this one, which says so now.
    Removed(Association),
    /// It was removed before.
    AlreadyRemoved(Association),
    /// The portal has no such association.
    Missing,
}

/// What [`restore`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// It is on the record again.
    Restored(Association),
    /// The invoice is on the record already, by this or another association.
    AlreadyAttached(Association),
    /// It was removed too long ago.
    TooLate,
    /// The portal has no such association.
    Missing,
}

/// Attaches an invoice to a record. When it is there already, that row is given back and nothing is written; of any number
/// of callers at once one adds.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such connection.
pub async fn attach(tx: &mut Tx, new: NewAssociation<'_>, now: Millis) -> Result<Attached, StoreError> {
    const SQL: &str = "INSERT INTO associations \
             (id, portal_id, object_type, object_id, connection_id, invoice_id, added_by, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (portal_id, object_type, object_id, connection_id, invoice_id) WHERE removed_at IS NULL DO NOTHING \
         RETURNING *";
    let made: Option<Association> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.record.object_type.type_id())
        .bind(new.record.object_id.as_i64())
        .bind(new.connection_id.0)
        .bind(new.invoice_id.as_str())
        .bind(new.added_by.as_i64())
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    if let Some(made) = made {
        return Ok(Attached::Added(made));
    }
    let there = active(tx, new.portal_id, new.record, new.connection_id, new.invoice_id).await?;
    // Not there any more: another transaction removed it between the two statements, so run the whole again.
    there.map(Attached::AlreadyAttached).ok_or(StoreError::Again(sqlx::Error::RowNotFound))
}

/// The association of this invoice on this record, if it is not removed.
async fn active(
    tx: &mut Tx,
    portal_id: PortalId,
    record: RecordRef,
    connection_id: ConnectionId,
    invoice_id: &InvoiceId,
) -> Result<Option<Association>, StoreError> {
    const SQL: &str = "SELECT * FROM associations WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
             AND connection_id = $4 AND invoice_id = $5 AND removed_at IS NULL";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .bind(connection_id.0)
        .bind(invoice_id.as_str())
        .fetch_optional(c)
        .await)?)
}

/// One association of a portal, removed or not. That of another portal is not found.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: AssociationId) -> Result<Option<Association>, StoreError> {
    const SQL: &str = "SELECT * FROM associations WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// Removes an association: the row stays and says who removed it and when.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(
    tx: &mut Tx,
    portal_id: PortalId,
    id: AssociationId,
    by: UserId,
    now: Millis,
) -> Result<Removed, StoreError> {
    const SQL: &str = "UPDATE associations SET removed_by = $3, removed_at = $4 \
         WHERE portal_id = $1 AND id = $2 AND removed_at IS NULL RETURNING *";
    let removed: Option<Association> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(by.as_i64())
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    match removed {
        Some(row) => Ok(Removed::Removed(row)),
        None => Ok(get(tx, portal_id, id).await?.map_or(Removed::Missing, Removed::AlreadyRemoved)),
    }
}

/// Undoes a removal that is at most `within` old. Who attached it, and when, stays as it was.
///
/// # Errors
/// See [`StoreError`].
pub async fn restore(
    tx: &mut Tx,
    portal_id: PortalId,
    id: AssociationId,
    now: Millis,
    within: Duration,
) -> Result<Restored, StoreError> {
    const SQL: &str = "UPDATE associations SET removed_by = NULL, removed_at = NULL, ended_by = NULL \
         WHERE portal_id = $1 AND id = $2 AND removed_at IS NOT NULL RETURNING *";
    let Some(row) = get(tx, portal_id, id).await? else {
        return Ok(Restored::Missing);
    };
    if let Some(there) = active(tx, portal_id, row.record, row.connection_id, &row.invoice_id).await? {
        return Ok(Restored::AlreadyAttached(there));
    }
    if row.removed_at.is_some_and(|removed_at| now.since(removed_at) > within) {
        return Ok(Restored::TooLate);
    }
    let restored: Option<Association> =
        on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?;
    // Another transaction restored it between the statements: run the whole again, which then finds it attached.
    restored.map(Restored::Restored).ok_or(StoreError::Again(sqlx::Error::RowNotFound))
}

/// What is attached to a record, newest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn active_of_record(
    tx: &mut Tx,
    portal_id: PortalId,
    record: RecordRef,
) -> Result<Vec<Association>, StoreError> {
    const SQL: &str = "SELECT * FROM associations WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
             AND removed_at IS NULL ORDER BY added_at DESC, id DESC";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_all(c)
        .await)?)
}

/// Which records other than `record` have any of these invoices: per invoice at most [`ELSEWHERE_EACH`] associations, the
/// oldest, in the order of connection, invoice and time.
///
/// # Errors
/// See [`StoreError`].
pub async fn elsewhere(
    tx: &mut Tx,
    portal_id: PortalId,
    record: RecordRef,
    invoices: &[(ConnectionId, InvoiceId)],
) -> Result<Vec<Association>, StoreError> {
    let mut found = Vec::new();
    for pairs in invoices.chunks(PAIRS) {
        found.extend(elsewhere_of(tx, portal_id, record, pairs).await?);
    }
    found.sort_by(|a: &Association, b| {
        (a.connection_id, &a.invoice_id, a.added_at, a.id).cmp(&(b.connection_id, &b.invoice_id, b.added_at, b.id))
    });
    found.dedup_by_key(|a| a.id);
    Ok(found)
}

/// [`elsewhere`] of 1 to [`PAIRS`] invoices; the list is filled up with its last one.
async fn elsewhere_of(
    tx: &mut Tx,
    portal_id: PortalId,
    record: RecordRef,
    invoices: &[(ConnectionId, InvoiceId)],
) -> Result<Vec<Association>, StoreError> {
    // From the list to the table, by its index: `(a, b) IN (VALUES …)` would make SQLite read all rows of the portal.
    const NUMBERED: &str = ") AS listed) SELECT * FROM (SELECT a.*, row_number() OVER \
             (PARTITION BY a.connection_id, a.invoice_id ORDER BY a.added_at, a.id) AS place \
         FROM wanted CROSS JOIN associations a WHERE a.removed_at IS NULL AND a.connection_id = column1 \
             AND a.invoice_id = column2 AND a.portal_id = ";
    let Some(last) = invoices.last() else {
        return Ok(Vec::new());
    };
    let pairs = invoices.iter().chain(std::iter::repeat(last)).take(PAIRS);
    Ok(on!(tx, |c| {
        let mut sql = sqlx::QueryBuilder::new("WITH wanted AS (SELECT DISTINCT column1, column2 FROM (");
        sql.push_values(pairs, |mut row, (connection_id, invoice_id)| {
            row.push_bind(connection_id.0).push_bind(invoice_id.as_str());
        });
        sql.push(NUMBERED).push_bind(portal_id.as_i64());
        sql.push(" AND NOT (a.object_type = ").push_bind(record.object_type.type_id());
        sql.push(" AND a.object_id = ").push_bind(record.object_id.as_i64());
        sql.push(")) AS numbered WHERE place <= ").push_bind(ELSEWHERE_EACH);
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// How many invoices are attached, by connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_active(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<CountOf>, StoreError> {
    const SQL: &str = "SELECT connection_id, COUNT(*) AS n FROM associations \
         WHERE portal_id = $1 AND removed_at IS NULL GROUP BY connection_id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

/// The record is gone from HubSpot: what was attached to it is removed, by nobody, and comes back with the record
/// ([`revive`]) unless it was erased. Gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(
    tx: &mut Tx,
    portal_id: PortalId,
    record: RecordRef,
    reason: Reason,
    now: Millis,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE associations SET removed_by = 0, removed_at = $5, ended_by = $4 \
         WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 AND removed_at IS NULL";
    const FOR_GOOD: &str = "UPDATE associations SET ended_by = $4 \
         WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 AND ended_by = 'deletion'";
    let ended = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .bind(reason.word())
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if reason == Reason::Erasure {
        on!(tx, |c| sqlx::query(FOR_GOOD)
            .bind(portal_id.as_i64())
            .bind(record.object_type.type_id())
            .bind(record.object_id.as_i64())
            .bind(reason.word())
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(ended)
}

/// The record is back in HubSpot: what its deletion ended is attached again, the oldest of each invoice. Gives the number
/// of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn revive(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE associations AS a SET removed_by = NULL, removed_at = NULL, ended_by = NULL \
         WHERE a.portal_id = $1 AND a.object_type = $2 AND a.object_id = $3 AND a.ended_by = 'deletion' \
             AND NOT EXISTS (SELECT 1 FROM associations b WHERE b.portal_id = a.portal_id \
                 AND b.object_type = a.object_type AND b.object_id = a.object_id \
                 AND b.connection_id = a.connection_id AND b.invoice_id = a.invoice_id \
                 AND (b.removed_at IS NULL \
                     OR b.ended_by = 'deletion' AND (b.added_at, b.id) < (a.added_at, a.id)))";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// HubSpot merged `old` into `new`: what hung on the one hangs on the other. Of an invoice that both had, the older
/// association stays and the younger one is removed, by nobody. Gives the number of rows that moved.
///
/// # Errors
/// See [`StoreError`].
pub async fn move_to(
    tx: &mut Tx,
    portal_id: PortalId,
    old: RecordRef,
    new: ObjectId,
    now: Millis,
) -> Result<u64, StoreError> {
    const YOUNGER: &str = "UPDATE associations AS a SET removed_by = 0, removed_at = $5 \
         WHERE a.portal_id = $1 AND a.object_type = $2 AND a.object_id IN ($3, $4) AND a.removed_at IS NULL \
             AND EXISTS (SELECT 1 FROM associations b WHERE b.portal_id = a.portal_id \
                 AND b.object_type = a.object_type AND b.object_id IN ($3, $4) AND b.object_id <> a.object_id \
                 AND b.connection_id = a.connection_id AND b.invoice_id = a.invoice_id AND b.removed_at IS NULL \
                 AND (b.added_at, b.id) < (a.added_at, a.id))";
    const MOVE: &str = "UPDATE associations SET object_id = $4 \
         WHERE portal_id = $1 AND object_type = $2 AND object_id = $3";
    on!(tx, |c| sqlx::query(YOUNGER)
        .bind(portal_id.as_i64())
        .bind(old.object_type.type_id())
        .bind(old.object_id.as_i64())
        .bind(new.as_i64())
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(on!(tx, |c| sqlx::query(MOVE)
        .bind(portal_id.as_i64())
        .bind(old.object_type.type_id())
        .bind(old.object_id.as_i64())
        .bind(new.as_i64())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}
