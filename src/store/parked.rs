//! Parked: records that the other side refused, or that could not be read, with the reason. They hold up nothing, and are
//! tried again when they, the mapping or the reason change.

use std::collections::BTreeMap;

use super::{
    StoreError, Tx,
    bulk::{all_written, filled, listed, pieces},
    column::{from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{FlowId, ObjectId, ParkedId, PortalId, SourceId},
};

words! {
    /// A side of a flow.
    #[derive(PartialOrd, Ord)]
    Side {
        /// HubSpot.
        Hubspot = "hubspot",
        /// The ERP.
        Erp = "erp",
    }
}

/// A parked record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Our id.
    pub id: ParkedId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The flow that could not take it over.
    pub flow_id: FlowId,
    /// What the ERP record becomes in HubSpot: `person`, `company`, …
    pub target: String,
    /// The side that it was to be written to, or that it could not be read from.
    pub side: Side,
    /// The ERP record.
    pub erp_id: Option<SourceId>,
    /// The HubSpot record.
    pub object_id: Option<ObjectId>,
    /// Why, as a code.
    pub cause: String,
    /// The name of the field that it is about.
    pub field: Option<String>,
    /// The rule that refused it, as a code.
    pub rule: Option<String>,
    /// The record's stamp when it was refused.
    pub stamp: Option<String>,
    /// The version of the flow's mapping by which it was refused.
    pub rules_version: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was refused first.
    pub first_at: Millis,
    /// When it was refused last.
    pub last_at: Millis,
    /// When it is tried again by itself.
    pub due_at: Option<Millis>,
    /// Whether a person asked that it be tried again.
    pub retry_asked: bool,
}

from_row!(Parked {
    id,
    portal_id,
    flow_id,
    target,
    side,
    erp_id,
    object_id,
    cause,
    field,
    rule,
    stamp,
    rules_version,
    attempts,
    first_at,
    last_at,
    due_at,
    retry_asked,
});

/// A record to be parked. One of both ids is there.
#[derive(Debug, Clone, Copy)]
pub struct NewParked<'a> {
    /// The id it gets when it was not parked yet.
    pub id: ParkedId,
    /// What the ERP record becomes in HubSpot.
    pub target: &'a str,
    /// The side that it was to be written to, or that it could not be read from.
    pub side: Side,
    /// The ERP record.
    pub erp_id: Option<&'a SourceId>,
    /// The HubSpot record.
    pub object_id: Option<ObjectId>,
    /// Why, as a code.
    pub cause: &'a str,
    /// The name of the field that it is about.
    pub field: Option<&'a str>,
    /// The rule that refused it, as a code.
    pub rule: Option<&'a str>,
    /// The record's stamp.
    pub stamp: Option<&'a str>,
    /// The version of the flow's mapping.
    pub rules_version: i64,
    /// When it is tried again by itself; `None`: only when something changes.
    pub due_at: Option<Millis>,
}

/// Parks records of a flow. One that is parked already gets the new reason, and one attempt more; of several in the list that
/// are about the same, the last counts.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such flow.
pub async fn put_many(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    new: &[NewParked<'_>],
    now: Millis,
) -> Result<(), StoreError> {
    let by_key: BTreeMap<_, &NewParked<'_>> =
        new.iter().map(|one| ((one.target, one.side, one.erp_id, one.object_id), one)).collect();
    let each: Vec<&NewParked<'_>> = by_key.into_values().collect();
    for some in pieces(&each) {
        let written = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO parked (id, portal_id, flow_id, target, side, erp_id, object_id, cause, field, rule, stamp, \
                 rules_version, attempts, first_at, last_at, due_at, retry_asked) ",
            );
            sql.push_values(some, |mut row, one| {
                row.push_bind(one.id.0)
                    .push_bind(portal_id.as_i64())
                    .push_bind(flow_id.0)
                    .push_bind(one.target)
                    .push_bind(one.side.word())
                    .push_bind(one.erp_id.map(SourceId::as_str))
                    .push_bind(one.object_id.map(ObjectId::as_i64))
                    .push_bind(one.cause)
                    .push_bind(one.field)
                    .push_bind(one.rule)
                    .push_bind(one.stamp)
                    .push_bind(one.rules_version)
                    .push("1")
                    .push_bind(now.0)
                    .push_bind(now.0)
                    .push_bind(one.due_at.map(|at| at.0))
                    .push("FALSE");
            });
            sql.push(
                " ON CONFLICT (flow_id, target, side, COALESCE(erp_id, ''), COALESCE(object_id, 0)) DO UPDATE SET \
                 cause = excluded.cause, field = excluded.field, rule = excluded.rule, stamp = excluded.stamp, \
                 rules_version = excluded.rules_version, attempts = parked.attempts + 1, last_at = excluded.last_at, \
                 due_at = excluded.due_at, retry_asked = FALSE WHERE parked.portal_id = excluded.portal_id",
            );
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
        all_written(written, some.len())?;
    }
    Ok(())
}

/// The parked records of a flow that are about any of these ERP records, by ERP id.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_erp_ids(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    ids: &[SourceId],
) -> Result<Vec<Parked>, StoreError> {
    let mut found: Vec<Parked> = Vec::new();
    for some in filled(ids) {
        let part: Vec<Parked> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM parked WHERE portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND flow_id = ").push_bind(flow_id.0).push(" AND erp_id IN (");
            listed!(sql, some.iter().map(|id| id.as_str()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by(|a, b| (&a.erp_id, a.id).cmp(&(&b.erp_id, b.id)));
    found.dedup_by_key(|parked| parked.id);
    Ok(found)
}

/// The parked records of a flow that are about any of these HubSpot records, by their ids.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_objects(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    ids: &[ObjectId],
) -> Result<Vec<Parked>, StoreError> {
    let mut found: Vec<Parked> = Vec::new();
    for some in filled(ids) {
        let part: Vec<Parked> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM parked WHERE portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND flow_id = ").push_bind(flow_id.0).push(" AND object_id IN (");
            listed!(sql, some.iter().map(|id| id.as_i64()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by_key(|parked| (parked.object_id, parked.id));
    found.dedup_by_key(|parked| parked.id);
    Ok(found)
}

/// Takes parked records off; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_off(tx: &mut Tx, portal_id: PortalId, ids: &[ParkedId]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for some in pieces(ids) {
        gone += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("DELETE FROM parked WHERE portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(gone)
}

/// Takes a HubSpot record off that was parked because it had no row in the ERP.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_off_record(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    target: &str,
    object_id: ObjectId,
) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM parked \
         WHERE portal_id = $1 AND flow_id = $2 AND target = $3 AND object_id = $4 AND erp_id IS NULL";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(target)
        .bind(object_id.as_i64())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// Parked records with the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The side that refused.
    pub side: Side,
    /// Why, as a code.
    pub cause: String,
    /// The name of the field.
    pub field: Option<String>,
    /// The rule, as a code.
    pub rule: Option<String>,
    /// How many.
    pub n: i64,
}

from_row!(Group { side, cause, field, rule, n });

/// The reasons for which records of a flow are parked, the most frequent first.
///
/// # Errors
/// See [`StoreError`].
pub async fn groups(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<Vec<Group>, StoreError> {
    const SQL: &str = "SELECT side, cause, field, rule, COUNT(*) AS n FROM parked \
         WHERE portal_id = $1 AND flow_id = $2 GROUP BY side, cause, field, rule \
         ORDER BY n DESC, side, cause, field NULLS FIRST, rule NULLS FIRST";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_all(c).await)?)
}

/// Which parked records of a flow are meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which<'a> {
    /// This one; `None`: any.
    pub id: Option<ParkedId>,
    /// With this cause; `None`: with any.
    pub cause: Option<&'a str>,
    /// About this field, or, with `Some(None)`, about none; `None`: about whatever field.
    pub field: Option<Option<&'a str>>,
}

/// Up to `most` parked records of a flow, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    which: Which<'_>,
    after: Option<ParkedId>,
    most: u32,
) -> Result<Vec<Parked>, StoreError> {
    const SQL: &str = "SELECT * FROM parked WHERE portal_id = $1 AND flow_id = $2 AND ($3 IS NULL OR id = $3) \
             AND ($4 IS NULL OR cause = $4) AND ($5 OR field IS NOT DISTINCT FROM $6) AND id > $7 \
         ORDER BY id LIMIT $8";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(which.id.map(|id| id.0))
        .bind(which.cause)
        .bind(which.field.is_none())
        .bind(which.field.flatten())
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Asks that parked records of a flow be tried again; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask_retry(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId, which: Which<'_>) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE parked SET retry_asked = TRUE WHERE portal_id = $1 AND flow_id = $2 \
             AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR cause = $4) AND ($5 OR field IS NOT DISTINCT FROM $6)";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(which.id.map(|id| id.0))
        .bind(which.cause)
        .bind(which.field.is_none())
        .bind(which.field.flatten())
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// Up to `most` parked records of a flow that are to be tried again: a person asked, the mapping has another version than
/// `rules_version` by now, or their time has come. Those that a person asked for first, then by id.
///
/// # Errors
/// See [`StoreError`].
pub async fn due(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    rules_version: i64,
    most: u32,
    now: Millis,
) -> Result<Vec<Parked>, StoreError> {
    const SQL: &str = "SELECT * FROM parked WHERE portal_id = $1 AND flow_id = $2 \
             AND (retry_asked OR rules_version <> $3 OR due_at <= $4) \
         ORDER BY CASE WHEN retry_asked THEN 0 ELSE 1 END, id LIMIT $5";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(rules_version)
        .bind(now.0)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// How many records of a flow are parked.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM parked WHERE portal_id = $1 AND flow_id = $2";
    Ok(on!(tx, |c| sqlx::query_scalar(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_one(c).await)?)
}
