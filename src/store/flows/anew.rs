//! Beginning again: what a flow read or counted by rules that are no longer in force.

use crate::{
    clock::Millis,
    domain::ids::{FlowId, PortalId},
    store::{StoreError, Tx, tx::on},
};

/// Forgets what a preview counted, and that the flow failed before. `false`: the portal has no such flow.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_preview(tx: &mut Tx, portal_id: PortalId, id: FlowId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET preview = NULL, failing_since = NULL, failures = 0, trouble = NULL \
         WHERE portal_id = $1 AND id = $2";
    let done =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(done == 1)
}

/// Has a flow read the ERP from the beginning, at once where it is not off. Who works it stops at the next page, and the
/// cursor behind that page is not kept. `false`: the portal has no such flow.
///
/// # Errors
/// See [`StoreError`].
pub async fn start_over(tx: &mut Tx, portal_id: PortalId, id: FlowId, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET cursor = NULL, stop_asked = (lease IS NOT NULL), \
             due_at = CASE WHEN status <> 'off' THEN $3 WHEN EXISTS (SELECT 1 FROM runs r \
                 WHERE r.flow_id = flows.id AND r.state = 'running' AND r.kind = 'undo') THEN due_at END \
         WHERE portal_id = $1 AND id = $2";
    let done = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(done == 1)
}

/// Has the ERP read from the beginning the next time: what was done by reading it was undone. Only who works the flow may;
/// `false`: it is the caller's no more.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin_again(tx: &mut Tx, id: FlowId, fence: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE flows SET cursor = NULL, census_place = NULL, preview = NULL \
         WHERE id = $1 AND fence = $2";
    let done = on!(tx, |c| sqlx::query(SQL).bind(id.0).bind(fence).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(done == 1)
}
