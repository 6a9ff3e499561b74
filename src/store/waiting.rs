//! Waiting: associations of two ERP records whose other end has no link yet. They are made when it appears.

use std::collections::BTreeMap;

use super::{
    StoreError, Tx,
    bulk::{all_written, filled, listed, pieces},
    column::from_row,
    links::LinkKind,
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId, SourceId},
};

/// An association that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// The end that is linked: what kind of ERP record.
    pub from_kind: LinkKind,
    /// Which.
    pub from_id: SourceId,
    /// What it became in HubSpot.
    pub from_target: String,
    /// The end that is missing: what kind of ERP record.
    pub to_kind: LinkKind,
    /// Which.
    pub to_id: SourceId,
    /// What it is to become in HubSpot.
    pub to_target: String,
    /// Whether it is the first among several.
    pub is_primary: bool,
    /// Since when it waits.
    pub created_at: Millis,
}

from_row!(Waiting {
    portal_id,
    connection_id,
    from_kind,
    from_id,
    from_target,
    to_kind,
    to_id,
    to_target,
    is_primary,
    created_at,
});

/// Lets associations wait. One that waits already keeps its time; of several in the list between the same two, the last
/// counts.
///
/// # Errors
/// [`StoreError::Dangling`] when a portal has no such connection.
pub async fn put_many(tx: &mut Tx, new: &[Waiting]) -> Result<(), StoreError> {
    let by_key: BTreeMap<_, &Waiting> = new.iter().map(|one| (key(one), one)).collect();
    let each: Vec<&Waiting> = by_key.into_values().collect();
    for some in pieces(&each) {
        let written = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO waiting (portal_id, connection_id, from_kind, from_id, from_target, to_kind, to_id, \
                 to_target, is_primary, created_at) ",
            );
            sql.push_values(some, |mut row, one| {
                row.push_bind(one.portal_id.as_i64())
                    .push_bind(one.connection_id.0)
                    .push_bind(one.from_kind.word())
                    .push_bind(one.from_id.as_str())
                    .push_bind(&one.from_target)
                    .push_bind(one.to_kind.word())
                    .push_bind(one.to_id.as_str())
                    .push_bind(&one.to_target)
                    .push_bind(one.is_primary)
                    .push_bind(one.created_at.0);
            });
            sql.push(
                " ON CONFLICT (connection_id, from_kind, from_id, from_target, to_kind, to_id) DO UPDATE SET \
                 to_target = excluded.to_target, is_primary = excluded.is_primary \
                 WHERE waiting.portal_id = excluded.portal_id",
            );
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
        all_written(written, some.len())?;
    }
    Ok(())
}

type Key<'a> = (ConnectionId, &'static str, &'a SourceId, &'a str, &'static str, &'a SourceId);

fn key(one: &Waiting) -> Key<'_> {
    (one.connection_id, one.from_kind.word(), &one.from_id, &one.from_target, one.to_kind.word(), &one.to_id)
}

/// The associations of a connection that wait for any of these ERP records, by the time since when.
///
/// # Errors
/// See [`StoreError`].
pub async fn for_many(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    to_kind: LinkKind,
    to_ids: &[SourceId],
) -> Result<Vec<Waiting>, StoreError> {
    by_end(tx, (portal_id, connection_id), "to_kind", "to_id", to_kind, to_ids).await
}

/// The associations of a connection that any of these ERP records has waiting, by the time since when.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_many(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    from_kind: LinkKind,
    from_ids: &[SourceId],
) -> Result<Vec<Waiting>, StoreError> {
    by_end(tx, (portal_id, connection_id), "from_kind", "from_id", from_kind, from_ids).await
}

async fn by_end(
    tx: &mut Tx,
    (portal_id, connection_id): (PortalId, ConnectionId),
    kind_column: &'static str,
    id_column: &'static str,
    kind: LinkKind,
    ids: &[SourceId],
) -> Result<Vec<Waiting>, StoreError> {
    let mut each: Vec<&SourceId> = ids.iter().collect();
    each.sort_unstable();
    each.dedup();
    let mut found: Vec<Waiting> = Vec::new();
    for some in filled(&each) {
        let part: Vec<Waiting> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM waiting WHERE connection_id = ");
            sql.push_bind(connection_id.0).push(" AND portal_id = ").push_bind(portal_id.as_i64());
            sql.push(" AND ").push(kind_column).push(" = ").push_bind(kind.word());
            sql.push(" AND ").push(id_column).push(" IN (");
            listed!(sql, some.iter().map(|id| id.as_str()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by(|a, b| (a.created_at, key(a)).cmp(&(b.created_at, key(b))));
    Ok(found)
}

/// Up to `most` waiting associations of a connection both ends of which have a link by now, behind `after` in the order of
/// their keys.
///
/// # Errors
/// See [`StoreError`].
pub async fn ready(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    after: Option<&Waiting>,
    most: u32,
) -> Result<Vec<Waiting>, StoreError> {
    const SQL: &str = "SELECT w.* FROM waiting w \
         WHERE w.connection_id = $1 AND w.portal_id = $2 \
             AND ($3 OR (w.from_kind, w.from_id, w.from_target, w.to_kind, w.to_id) > ($4, $5, $6, $7, $8)) \
             AND EXISTS (SELECT 1 FROM links a WHERE a.connection_id = w.connection_id AND a.kind = w.from_kind \
                 AND a.erp_id = w.from_id AND a.target = w.from_target AND a.writes) \
             AND EXISTS (SELECT 1 FROM links b WHERE b.connection_id = w.connection_id AND b.kind = w.to_kind \
                 AND b.erp_id = w.to_id AND b.target = w.to_target) \
         ORDER BY w.from_kind, w.from_id, w.from_target, w.to_kind, w.to_id LIMIT $9";
    let last = after.map(key);
    let (_, from_kind, from_id, from_target, to_kind, to_id) = match &last {
        Some(key) => (key.0, key.1, key.2.as_str(), key.3, key.4, key.5.as_str()),
        None => (connection_id, "", "", "", "", ""),
    };
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(connection_id.0)
        .bind(portal_id.as_i64())
        .bind(after.is_none())
        .bind(from_kind)
        .bind(from_id)
        .bind(from_target)
        .bind(to_kind)
        .bind(to_id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Takes associations off that wait no more; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_off(tx: &mut Tx, waiting: &[Waiting]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for some in pieces(waiting) {
        gone += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("DELETE FROM waiting WHERE ");
            for (place, one) in some.iter().enumerate() {
                sql.push(if place == 0 { "(connection_id = " } else { " OR (connection_id = " });
                sql.push_bind(one.connection_id.0).push(" AND portal_id = ").push_bind(one.portal_id.as_i64());
                sql.push(" AND from_kind = ").push_bind(one.from_kind.word());
                sql.push(" AND from_id = ").push_bind(one.from_id.as_str());
                sql.push(" AND from_target = ").push_bind(&one.from_target);
                sql.push(" AND to_kind = ").push_bind(one.to_kind.word());
                sql.push(" AND to_id = ").push_bind(one.to_id.as_str()).push(")");
            }
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(gone)
}

/// How many associations a connection's records of a kind have waiting.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    from_kind: LinkKind,
) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM waiting WHERE portal_id = $1 AND connection_id = $2 AND from_kind = $3";
    Ok(on!(tx, |c| sqlx::query_scalar(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(from_kind.word())
        .fetch_one(c)
        .await)?)
}
