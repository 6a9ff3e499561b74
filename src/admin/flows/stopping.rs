//! Stopping a flow or its runs: what nobody works ends here and now, what is being worked ends at the next page.

use super::view;
use crate::{
    clock::Millis,
    store::{
        StoreError, Tx,
        flows::{self, Flow, FlowStatus},
        runs::{self, RunKind, RunState},
    },
};

/// Has a flow for which nothing waits any more come due by its schedule.
pub(super) async fn rest(tx: &mut Tx, flow: &Flow, now: Millis) -> Result<(), StoreError> {
    if runs::running(tx, flow.portal_id, flow.id).await?.is_empty() {
        let schedule = view::policies(flow).map(|policies| policies.schedule).unwrap_or_default();
        flows::put_off(tx, flow.portal_id, flow.id, schedule.next(now)).await?;
    }
    Ok(())
}

/// Switches a flow off. What nobody works ends here; who works it ends its run at the next page. An undo goes on: it is what the
/// flow is off for.
pub(super) async fn switch_off(tx: &mut Tx, flow: &Flow, now: Millis) -> Result<(), StoreError> {
    flows::set_status(tx, flow.portal_id, flow.id, FlowStatus::Off, now).await?;
    if runs::running(tx, flow.portal_id, flow.id).await?.iter().any(|run| run.kind == RunKind::Undo) {
        flows::make_due(tx, flow.portal_id, flow.id, now).await?;
    }
    stop_runs(tx, flow, now).await
}

/// Ends the runs of a flow that nobody works; who works it ends them. An undo goes on.
pub(super) async fn stop_runs(tx: &mut Tx, flow: &Flow, now: Millis) -> Result<(), StoreError> {
    let idle = flow.lease_until.is_none_or(|until| until <= now);
    for run in runs::running(tx, flow.portal_id, flow.id).await?.iter().filter(|run| run.kind != RunKind::Undo) {
        if idle {
            runs::end(tx, flow.portal_id, run.id, RunState::Cancelled, run.counts, Some("stopped"), now).await?;
        } else {
            runs::ask_cancel(tx, flow.portal_id, run.id).await?;
        }
    }
    Ok(())
}
