//! Links as flows make, work and end them: many at a time.
//!
//! `+portal_id` in statements that name links by their ids: without the sign SQLite goes through all links of the portal
//! (<https://sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_>).

use sqlx::types::Json;

use super::{Base, Link, LinkKind, NewLink};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, LinkId, PortalId, SourceId, UserId},
    store::{
        StoreError, Tx,
        bulk::{filled, listed, pieces},
        column::from_row,
        tx::on,
    },
};

/// A link to be made by a flow.
#[derive(Debug, Clone, Copy)]
pub struct FlowLink<'a> {
    /// What is linked with what.
    pub link: NewLink<'a>,
    /// What the ERP record becomes in HubSpot: `person`, `company`, …
    pub target: &'a str,
    /// Whether the link is to write the record.
    pub writes: bool,
    /// On what both sides agree.
    pub base: &'a Base,
    /// The ERP record's stamp.
    pub erp_stamp: Option<&'a str>,
    /// When both sides were in step; `None`: they are not yet.
    pub worked_at: Option<Millis>,
}

struct Made {
    id: LinkId,
}

from_row!(Made { id });

/// Makes links; gives the ids of those that were made. One is not made where the two are linked already, and, if it is to
/// write, where another link writes the record or another record is written for the same target of the same ERP record: what
/// stands there stays.
///
/// # Errors
/// [`StoreError::Dangling`] when a portal has no such connection.
pub async fn put_many(tx: &mut Tx, new: &[FlowLink<'_>], now: Millis) -> Result<Vec<LinkId>, StoreError> {
    let mut ids = Vec::with_capacity(new.len());
    for some in pieces(new) {
        let made: Vec<Made> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO links (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, \
                 created_by, created_at, target, writes, base, erp_stamp, worked_at) ",
            );
            sql.push_values(some, |mut row, one| {
                row.push_bind(one.link.id.0)
                    .push_bind(one.link.portal_id.as_i64())
                    .push_bind(one.link.connection_id.0)
                    .push_bind(one.link.kind.word())
                    .push_bind(one.link.erp_id.as_str())
                    .push_bind(one.link.record.object_type.type_id())
                    .push_bind(one.link.record.object_id.as_i64())
                    .push_bind(one.link.basis.word())
                    .push_bind(one.link.created_by.map(UserId::as_i64))
                    .push_bind(now.0)
                    .push_bind(one.target)
                    .push_bind(one.writes)
                    .push_bind(Json(one.base))
                    .push_bind(one.erp_stamp)
                    .push_bind(one.worked_at.map(|at| at.0));
            });
            sql.push(" ON CONFLICT DO NOTHING RETURNING id");
            sql.build_query_as().fetch_all(c).await
        })?;
        ids.extend(made.into_iter().map(|row| row.id));
    }
    Ok(ids)
}

/// The links of all these ERP records, by ERP id, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_erp_ids(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    ids: &[SourceId],
) -> Result<Vec<Link>, StoreError> {
    let mut each: Vec<&SourceId> = ids.iter().collect();
    each.sort_unstable();
    each.dedup();
    let mut found: Vec<Link> = Vec::new();
    for some in filled(&each) {
        let part: Vec<Link> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM links WHERE connection_id = ");
            sql.push_bind(connection_id.0).push(" AND kind = ").push_bind(kind.word());
            sql.push(" AND portal_id = ").push_bind(portal_id.as_i64()).push(" AND erp_id IN (");
            listed!(sql, some.iter().map(|id| id.as_str()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by(|a, b| (&a.erp_id, a.created_at, a.id).cmp(&(&b.erp_id, b.created_at, b.id)));
    Ok(found)
}

/// What a link has come to.
#[derive(Debug, Clone, Copy)]
pub struct Worked<'a> {
    /// The link.
    pub id: LinkId,
    /// On what both sides agree now.
    pub base: &'a Base,
    /// The ERP record's stamp.
    pub erp_stamp: Option<&'a str>,
    /// When both sides were last in step.
    pub worked_at: Option<Millis>,
    /// Since when changes going to and fro are counted.
    pub loop_from: Millis,
    /// How many there were since then.
    pub loop_count: i64,
}

/// Writes what links have come to; each at most once in the list. Gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn update_many(tx: &mut Tx, portal_id: PortalId, worked: &[Worked<'_>]) -> Result<u64, StoreError> {
    let mut changed = 0;
    for some in pieces(worked) {
        changed += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "UPDATE links SET base = new.column2, erp_stamp = new.column3, worked_at = new.column4, \
                 loop_from = new.column5, loop_count = new.column6 FROM (",
            );
            sql.push_values(some, |mut row, one| {
                row.push_bind(one.id.0)
                    .push_bind(Json(one.base))
                    .push_bind(one.erp_stamp)
                    .push_bind(one.worked_at.map(|at| at.0))
                    .push_bind(one.loop_from.0)
                    .push_bind(one.loop_count);
            });
            sql.push(") AS new WHERE links.id = new.column1 AND +links.portal_id = ").push_bind(portal_id.as_i64());
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(changed)
}

/// Lets a link write its record from now on, as `target`. `false`: another link writes the record, or another record is
/// written for this target of the ERP record, or there is no such link.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_writer(tx: &mut Tx, portal_id: PortalId, id: LinkId, target: &str) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE links AS a SET writes = TRUE, target = $3 WHERE a.portal_id = $1 AND a.id = $2 \
         AND NOT EXISTS (SELECT 1 FROM links b WHERE b.writes AND b.id <> a.id AND b.portal_id = a.portal_id \
             AND b.object_type = a.object_type AND b.object_id = a.object_id) \
         AND NOT EXISTS (SELECT 1 FROM links b WHERE b.writes AND b.id <> a.id AND b.connection_id = a.connection_id \
             AND b.kind = a.kind AND b.erp_id = a.erp_id AND b.target = $3)";
    let set = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(target)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(set == 1)
}

/// Lets a link only read from now on. `false`: there is no such link.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_reader(tx: &mut Tx, portal_id: PortalId, id: LinkId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE links SET writes = FALSE WHERE portal_id = $1 AND id = $2";
    let set =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(set == 1)
}

/// Writes that the census that began at `census` saw the ERP records of these links; they are not gone. One whose HubSpot
/// record is marked counts as gone until the mark is taken away. Gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_seen(tx: &mut Tx, portal_id: PortalId, ids: &[LinkId], census: Millis) -> Result<u64, StoreError> {
    let mut changed = 0;
    for some in pieces(ids) {
        changed += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "UPDATE links SET gone_at = CASE WHEN CAST(base AS TEXT) LIKE '%\"@marked\"%' THEN gone_at END, seen = ",
            );
            sql.push_bind(census.0).push(" WHERE +portal_id = ").push_bind(portal_id.as_i64()).push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(changed)
}

/// Up to `most` links of a kind that were there when the census began at `census` and that it has not seen, by id; `after`:
/// those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn unseen(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    census: Millis,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3 AND id > $4 \
         AND (seen IS NULL OR seen < $5) AND created_at < $5 ORDER BY id LIMIT $6";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .bind(after.map_or(uuid::Uuid::nil(), |link| link.0))
        .bind(census.0)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Writes that the ERP records of these links are gone; a link that was marked before keeps its time. Gives the number of
/// rows that changed.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_gone(tx: &mut Tx, portal_id: PortalId, ids: &[LinkId], now: Millis) -> Result<u64, StoreError> {
    let mut changed = 0;
    for some in pieces(ids) {
        changed += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("UPDATE links SET gone_at = ");
            sql.push_bind(now.0).push(" WHERE gone_at IS NULL AND +portal_id = ").push_bind(portal_id.as_i64());
            sql.push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(changed)
}

/// Up to `most` writing links whose ERP record has been gone since before an instant and whose HubSpot record is not marked, by
/// id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn gone_before(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    before: Millis,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3 AND id > $4 \
         AND gone_at < $5 AND writes AND CAST(base AS TEXT) NOT LIKE '%\"@marked\"%' ORDER BY id LIMIT $6";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .bind(after.map_or(uuid::Uuid::nil(), |link| link.0))
        .bind(before.0)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Takes links away; gives the number of rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn unlink(tx: &mut Tx, portal_id: PortalId, ids: &[LinkId]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for some in pieces(ids) {
        gone += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("DELETE FROM links WHERE +portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(gone)
}

/// Up to `most` links of a connection's records of a kind, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page_of_flow(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    after: Option<LinkId>,
    most: u32,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3 AND id > $4 \
         ORDER BY id LIMIT $5";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .bind(after.map_or(uuid::Uuid::nil(), |link| link.0))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// How many links of a connection's records of a kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountOfFlow {
    /// All of them.
    pub all: i64,
    /// Those that write.
    pub writing: i64,
    /// Those that write and whose ERP record is gone.
    pub gone: i64,
}

from_row!(CountOfFlow { all, writing, gone });

/// How many links of a connection's records of a kind there are.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_of_flow(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
) -> Result<CountOfFlow, StoreError> {
    const SQL: &str = "SELECT COUNT(*) AS \"all\", COUNT(CASE WHEN writes THEN 1 END) AS writing, \
             COUNT(CASE WHEN writes AND gone_at IS NOT NULL THEN 1 END) AS gone \
         FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .fetch_one(c)
        .await)?)
}
