//! What a run, or the one after it, must know of before: how far it was, and what the brake counts.

use super::{Run, RunState};
use crate::{
    domain::ids::{FlowId, PortalId, RunId},
    store::{StoreError, Tx, tx::on},
};

/// Writes what a run must know again when it goes on after a stop: how far it is (`None` keeps what is known), and how many
/// records it has archived or cleared.
///
/// # Errors
/// See [`StoreError`].
pub async fn remember(
    tx: &mut Tx,
    portal_id: PortalId,
    id: RunId,
    place: Option<&str>,
    harmed: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE runs SET place = COALESCE($3, place), harmed = $4 \
         WHERE portal_id = $1 AND id = $2 AND state = 'running'";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(place)
        .bind(harmed)
        .execute(c)
        .await
        .map(|_| ()))?)
}

/// How many records a flow's last working-off archived or cleared before it failed: the next one goes on where that was. None
/// where it did not fail.
///
/// # Errors
/// See [`StoreError`].
pub async fn harmed_before(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND flow_id = $2 AND state <> 'running' \
             AND kind IN ('sync', 'census') \
         ORDER BY started_at DESC, id DESC LIMIT 1";
    let last: Option<Run> =
        on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_optional(c).await)?;
    Ok(last.filter(|run| run.state == RunState::Failed).map_or(0, |run| run.harmed))
}

/// The run of a flow that stopped at the brake last.
///
/// # Errors
/// See [`StoreError`].
pub async fn last_braked(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<Option<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND flow_id = $2 AND state = 'braked' \
         ORDER BY started_at DESC, id DESC LIMIT 1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_optional(c).await)?)
}
