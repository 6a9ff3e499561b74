//! Links: "this ERP record and this HubSpot record are the same thing".

use std::collections::BTreeSet;

use super::{
    StoreError, Tx,
    column::{from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, CustomerId, LinkId, ObjectId, PortalId, UserId},
        record::RecordRef,
    },
};

/// How many records one statement of [`of_records`] asks for: a fixed number, so that it is prepared once.
const RECORDS: usize = 50;

words! {
    /// What kind of ERP record it is.
    LinkKind {
        /// A customer.
        Customer = "customer",
    }
}

words! {
    /// How the link came to be.
    LinkBasis {
        /// A person said so.
        Confirmed = "confirmed",
        /// It came with prepared data.
        Planted = "planted",
    }
}

/// An ERP customer and a HubSpot record that are the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Our id.
    pub id: LinkId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// What kind of ERP record it is.
    pub kind: LinkKind,
    /// The customer's id there.
    pub erp_id: CustomerId,
    /// The HubSpot record.
    pub record: RecordRef,
    /// How it came to be.
    pub basis: LinkBasis,
    /// Who said so.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Millis,
}

from_row!(Link { id, portal_id, connection_id, kind, erp_id, basis, created_by, created_at }
    record: RecordRef { object_type, object_id });

/// A link to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The id it gets when it was not there yet.
    pub id: LinkId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account. Must be one of the portal's.
    pub connection_id: ConnectionId,
    /// What kind of ERP record it is.
    pub kind: LinkKind,
    /// The customer's id there.
    pub erp_id: &'a CustomerId,
    /// The HubSpot record.
    pub record: RecordRef,
    /// How it comes to be.
    pub basis: LinkBasis,
    /// Who says so.
    pub created_by: Option<UserId>,
}

/// What [`put`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// It made this row.
    Added(Link),
    /// The two were linked already.
    AlreadyLinked(Link),
}

/// Links an ERP record and a HubSpot record. When they are linked already, that row is given back and nothing is written.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such connection.
pub async fn put(tx: &mut Tx, new: NewLink<'_>, now: Millis) -> Result<Linked, StoreError> {
    const SQL: &str = "INSERT INTO links \
             (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (connection_id, kind, erp_id, object_type, object_id) DO NOTHING RETURNING *";
    let made: Option<Link> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.connection_id.0)
        .bind(new.kind.word())
        .bind(new.erp_id.as_str())
        .bind(new.record.object_type.type_id())
        .bind(new.record.object_id.as_i64())
        .bind(new.basis.word())
        .bind(new.created_by.map(UserId::as_i64))
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    if let Some(made) = made {
        return Ok(Linked::Added(made));
    }
    let there = of_customer(tx, new.portal_id, new.connection_id, new.erp_id).await?;
    // A row that is in the way and not to be seen is another portal's: the caller named a connection that is not theirs.
    there
        .into_iter()
        .find(|link| link.record == new.record && link.kind == new.kind)
        .map(Linked::AlreadyLinked)
        .ok_or_else(|| StoreError::Dangling(sqlx::Error::RowNotFound))
}

/// The links of one record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_record(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
         ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_all(c)
        .await)?)
}

/// The links of all these records, by record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_records(tx: &mut Tx, portal_id: PortalId, records: &[RecordRef]) -> Result<Vec<Link>, StoreError> {
    let each: Vec<RecordRef> = records.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found: Vec<Link> = Vec::new();
    for some in each.chunks(RECORDS) {
        let Some(last) = some.last() else { continue };
        let filled = some.iter().chain(std::iter::repeat(last)).take(RECORDS);
        let part: Vec<Link> = on!(tx, |c| {
            // From the list to the table, by its index: `(a, b) IN (VALUES …)` would make SQLite read all rows of the portal.
            let mut sql = sqlx::QueryBuilder::new("WITH wanted AS (SELECT DISTINCT column1, column2 FROM (");
            sql.push_values(filled, |mut row, record| {
                row.push_bind(record.object_type.type_id()).push_bind(record.object_id.as_i64());
            });
            sql.push(") AS listed) SELECT links.* FROM wanted CROSS JOIN links WHERE object_type = column1 ");
            sql.push("AND object_id = column2 AND portal_id = ").push_bind(portal_id.as_i64());
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by_key(|link| (link.record, link.created_at, link.id));
    Ok(found)
}

/// The links of one ERP customer, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_customer(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    customer: &CustomerId,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = 'customer' AND erp_id = $3 \
         ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(customer.as_str())
        .fetch_all(c)
        .await)?)
}

/// How many rows a connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountOf {
    /// The connection.
    pub connection_id: ConnectionId,
    /// How many.
    pub n: i64,
}

from_row!(CountOf { connection_id, n });

/// How many links there are, by connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<CountOf>, StoreError> {
    const SQL: &str = "SELECT connection_id, COUNT(*) AS n FROM links WHERE portal_id = $1 GROUP BY connection_id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}

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

/// HubSpot merged `old` into `new`: the links of the one are the other's. Of a customer that was linked with both, the older
/// link stays. Gives the number of rows that moved.
///
/// # Errors
/// See [`StoreError`].
pub async fn move_to(tx: &mut Tx, portal_id: PortalId, old: RecordRef, new: ObjectId) -> Result<u64, StoreError> {
    const YOUNGER: &str = "DELETE FROM links AS a \
         WHERE a.portal_id = $1 AND a.object_type = $2 AND a.object_id IN ($3, $4) \
             AND EXISTS (SELECT 1 FROM links b WHERE b.portal_id = a.portal_id \
                 AND b.object_type = a.object_type AND b.object_id IN ($3, $4) AND b.object_id <> a.object_id \
                 AND b.connection_id = a.connection_id AND b.kind = a.kind AND b.erp_id = a.erp_id \
                 AND (b.created_at, b.id) < (a.created_at, a.id))";
    const MOVE: &str = "UPDATE links SET object_id = $4 WHERE portal_id = $1 AND object_type = $2 AND object_id = $3";
    on!(tx, |c| sqlx::query(YOUNGER)
        .bind(portal_id.as_i64())
        .bind(old.object_type.type_id())
        .bind(old.object_id.as_i64())
        .bind(new.as_i64())
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
