//! Hints to a flow: "look at record X now". One row a record and side, however many hints came; who works the flow works them
//! off between two pages, and takes one off only if none came meanwhile (its version says so).

use super::{
    StoreError, Tx,
    bulk::{all_written, pieces},
    column::from_row,
    parked::Side,
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{FlowId, PortalId},
};

/// A record that a flow is to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowHint {
    /// The flow.
    pub flow_id: FlowId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The side that has the record.
    pub side: Side,
    /// Which record: its id, with its type where the side has several.
    pub key: String,
    /// Goes up with every hint about the record.
    pub version: i64,
    /// When it is to be looked at.
    pub due_at: Millis,
    /// Whether a person waits for it.
    pub by_hand: bool,
}

from_row!(FlowHint { flow_id, portal_id, side, key, version, due_at, by_hand });

/// A hint to be left.
#[derive(Debug, Clone, Copy)]
pub struct NewFlowHint<'a> {
    /// The flow. Must be one of the portal's.
    pub flow_id: FlowId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The side that has the record.
    pub side: Side,
    /// Which record.
    pub key: &'a str,
    /// Whether a person waits for it.
    pub by_hand: bool,
}

/// Leaves a hint, due at once, and has its flow work hints off; its schedule stays as it is. One of a flow that is off is kept
/// until the flow is on.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such flow.
pub async fn leave(tx: &mut Tx, new: NewFlowHint<'_>, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO flow_hints (flow_id, portal_id, side, key, version, due_at, by_hand) \
         VALUES ($1, $2, $3, $4, 1, $5, $6) \
         ON CONFLICT (flow_id, side, key) DO UPDATE SET version = flow_hints.version + 1, due_at = excluded.due_at, \
             by_hand = (flow_hints.by_hand OR excluded.by_hand) WHERE flow_hints.portal_id = excluded.portal_id";
    const DUE: &str = "UPDATE flows SET hinted_at = CASE WHEN hinted_at < $3 THEN hinted_at ELSE $3 END \
         WHERE portal_id = $1 AND id = $2 AND status <> 'off'";
    let left = on!(tx, |c| sqlx::query(SQL)
        .bind(new.flow_id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.side.word())
        .bind(new.key)
        .bind(now.0)
        .bind(new.by_hand)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    all_written(left, 1)?;
    on!(tx, |c| sqlx::query(DUE)
        .bind(new.portal_id.as_i64())
        .bind(new.flow_id.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Up to `most` hints of a flow that are due; those that a person waits for first, then the oldest.
///
/// # Errors
/// See [`StoreError`].
pub async fn due(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    most: u32,
    now: Millis,
) -> Result<Vec<FlowHint>, StoreError> {
    const SQL: &str = "SELECT * FROM flow_hints WHERE portal_id = $1 AND flow_id = $2 AND due_at <= $3 \
         ORDER BY CASE WHEN by_hand THEN 0 ELSE 1 END, due_at, side, key LIMIT $4";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(now.0)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// When a hint of a flow is due next.
///
/// # Errors
/// See [`StoreError`].
pub async fn next_due(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<Option<Millis>, StoreError> {
    const SQL: &str = "SELECT MIN(due_at) FROM flow_hints WHERE portal_id = $1 AND flow_id = $2";
    let next: Option<i64> =
        on!(tx, |c| sqlx::query_scalar(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_one(c).await)?;
    Ok(next.map(Millis))
}

/// Takes hints off that were worked off; those stay about whose record another came meanwhile. Gives the number that went.
///
/// # Errors
/// See [`StoreError`].
pub async fn done(tx: &mut Tx, hints: &[FlowHint]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for some in pieces(hints) {
        gone += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("DELETE FROM flow_hints WHERE ");
            for (place, hint) in some.iter().enumerate() {
                sql.push(if place == 0 { "(flow_id = " } else { " OR (flow_id = " }).push_bind(hint.flow_id.0);
                sql.push(" AND side = ").push_bind(hint.side.word()).push(" AND key = ").push_bind(&hint.key);
                sql.push(" AND version = ").push_bind(hint.version);
                sql.push(" AND portal_id = ").push_bind(hint.portal_id.as_i64()).push(")");
            }
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(gone)
}

/// Puts a hint off that could not be worked off. `false`: another about its record came meanwhile, and it is due by that.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_off(tx: &mut Tx, hint: &FlowHint, due_at: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flow_hints SET due_at = $6 \
         WHERE portal_id = $1 AND flow_id = $2 AND side = $3 AND key = $4 AND version = $5";
    let kept = on!(tx, |c| sqlx::query(SQL)
        .bind(hint.portal_id.as_i64())
        .bind(hint.flow_id.0)
        .bind(hint.side.word())
        .bind(&hint.key)
        .bind(hint.version)
        .bind(due_at.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(kept == 1)
}
