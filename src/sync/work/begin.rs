//! Which run a claimed flow works: one that waits, one that was left by a process that died, or a new one.
//!
//! Promise: while an undo is not done, nothing else is; a flow that is off works nothing but an undo; one that stopped at its
//! brake works hints until somebody lets it go on; one that was claimed for its hints works these and leaves its schedule.

use super::{Flows, lease::Lease, trouble::Trouble};
use crate::{
    domain::ids::RunId,
    in_tx,
    store::{
        flows::{self, Flow, FlowStatus},
        runs::{self, NewRun, Run, RunCause, RunKind, RunState},
    },
};

/// A run that is worked now.
pub(super) struct Begun {
    pub(super) run: Run,
    /// How many records it, or the one that failed before it, has archived or cleared.
    pub(super) harmed: i64,
}

/// Whether the flow stopped at its brake and nobody said yet that it may go on.
pub(super) fn is_braked(flow: &Flow) -> bool {
    flow.trouble.as_deref() == Some("braked")
}

/// The one of the runs that go on, which come oldest first, that the flow works next.
pub(super) fn chosen<'r>(flow: &Flow, running: &'r [Run]) -> Option<&'r Run> {
    let lifted = || running.iter().find(|run| Some(run.id) == flow.brake_lifted_run);
    if let Some(undo) = running.iter().find(|run| run.kind == RunKind::Undo) {
        return Some(undo);
    }
    match flow.status {
        FlowStatus::Off => None,
        FlowStatus::Preview => running.iter().find(|run| run.kind == RunKind::Preview),
        FlowStatus::On => lifted().or_else(|| running.iter().find(|run| run.kind != RunKind::Preview)),
    }
}

/// What is begun where none waits.
fn anew(flow: &Flow) -> Option<(RunKind, RunCause)> {
    match flow.status {
        FlowStatus::Off => None,
        // Only a person has something counted.
        FlowStatus::Preview => Some((RunKind::Preview, RunCause::Hand)),
        FlowStatus::On if is_braked(flow) || flow.due_at.is_some() => Some((RunKind::Record, RunCause::Hint)),
        FlowStatus::On => Some((RunKind::Sync, RunCause::Schedule)),
    }
}

impl Flows {
    /// The run of this round.
    pub(super) async fn begin_run(&self, flow: &Flow, lease: &Lease) -> Result<Begun, Trouble> {
        let (id, now) = (RunId(self.clock.new_id()), self.clock.now());
        let (portal_id, flow_id) = (flow.portal_id, flow.id);
        in_tx!(self.db, "begin a run", |tx| {
            if !flows::hold(tx, flow_id, lease.fence, now).await? {
                return Ok(Err(Trouble::Lost));
            }
            let before = runs::harmed_before(tx, portal_id, flow_id).await?;
            let (cancelled, running): (Vec<Run>, Vec<Run>) =
                runs::running(tx, portal_id, flow_id).await?.into_iter().partition(|run| {
                    run.cancel_asked && run.kind != RunKind::Undo && flow.brake_lifted_run != Some(run.id)
                });
            for run in cancelled {
                runs::end(tx, portal_id, run.id, RunState::Cancelled, run.counts, Some("stopped"), now).await?;
            }
            if let Some(run) = chosen(flow, &running).cloned() {
                let harmed = if run.phase == BEGINS { before } else { run.harmed };
                return Ok(Ok(Begun { run, harmed }));
            }
            // An undo that ended while the flow was being claimed.
            let Some((kind, cause)) = anew(flow) else { return Ok(Err(Trouble::Stopped)) };
            let new = NewRun { id, portal_id, flow_id, kind, cause, phase: BEGINS, asked_by: None, of_run: None };
            runs::begin(tx, new, now).await?;
            let run = runs::get(tx, portal_id, id).await?;
            Ok(run.map(|run| Begun { run, harmed: before }).ok_or(Trouble::Lost))
        })?
    }
}

/// The phase of a run of which nothing is done yet.
const BEGINS: &str = "begins";
