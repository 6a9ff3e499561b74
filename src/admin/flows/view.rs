//! A flow and its runs as they are shown.

use std::time::Duration;

use super::{
    Named,
    shapes::{FlowCounts, FlowView, PreviewState, PreviewView, RunView},
};
use crate::{
    admin::AdminError,
    clock::Millis,
    erp::System,
    store::{
        StoreError, Tx,
        flows::{Flow, FlowStatus},
        links::{self, CountOfFlow},
        parked, reviews,
        runs::{self, Run, RunKind, RunState},
        waiting,
    },
    sync::{flow::Policies, work::Preview},
};

/// For how long a run can be undone.
pub(super) const UNDO_WITHIN: Duration = Duration::from_hours(30 * 24);

/// Until when a run can be undone.
pub(super) fn undo_until(run: &Run) -> Millis {
    run.started_at.plus(UNDO_WITHIN)
}

/// A run with the runs that undo it.
pub(super) struct Seen {
    run: Run,
    undoing: Vec<Run>,
}

impl Seen {
    /// Reads what a view of this run needs.
    pub(super) async fn of(tx: &mut Tx, run: Run) -> Result<Self, StoreError> {
        let undoing = if has_done(&run) { runs::undoing(tx, run.portal_id, run.id).await? } else { Vec::new() };
        Ok(Self { run, undoing })
    }

    /// The run that undoes, or undid, it.
    fn undone_by(&self) -> Option<&Run> {
        self.undoing.iter().rev().find(|undo| matches!(undo.state, RunState::Running | RunState::Done))
    }

    /// Whether it can be undone at `now`.
    pub(super) fn is_undoable(&self, now: Millis) -> bool {
        has_done(&self.run)
            && self.run.state != RunState::Running
            && now < undo_until(&self.run)
            && self.undone_by().is_none()
    }

    pub(super) fn view(self, now: Millis) -> RunView {
        let (undoable, undone_by) = (self.is_undoable(now), self.undone_by().map(|undo| undo.id));
        let run = self.run;
        RunView {
            id: run.id,
            flow_id: run.flow_id,
            kind: run.kind.word(),
            cause: run.cause.word(),
            state: run.state.word(),
            started_at: run.started_at,
            ended_at: run.ended_at,
            phase: run.phase,
            total: run.total,
            counts: run.counts,
            trouble: run.trouble,
            asked_by: run.asked_by,
            undoable,
            undone_by,
        }
    }
}

/// Whether it did something in HubSpot that can be undone.
fn has_done(run: &Run) -> bool {
    let kind = matches!(run.kind, RunKind::Sync | RunKind::Record | RunKind::Retry);
    kind && run.counts.created + run.counts.linked + run.counts.updated > 0
}

/// What is shown of a flow beside its own row.
pub(super) struct Around {
    links: CountOfFlow,
    parked: i64,
    reviews: i64,
    waiting: i64,
    running: Option<Seen>,
    last: Option<Seen>,
}

impl Around {
    /// Reads it.
    pub(super) async fn of(tx: &mut Tx, named: &Named, now: Millis) -> Result<Self, StoreError> {
        let (flow, kind) = (&named.flow, named.kind());
        let (portal, id) = (flow.portal_id, flow.id);
        let running = runs::running(tx, portal, id).await?.into_iter().find(|run| is_worked(flow, run, now));
        let last = last_run(tx, flow).await?;
        Ok(Self {
            links: links::count_of_flow(tx, portal, flow.connection_id, kind).await?,
            parked: parked::count(tx, portal, id).await?,
            reviews: reviews::count(tx, portal, id).await?,
            waiting: waiting::count(tx, portal, flow.connection_id, kind).await?,
            running: match running {
                Some(run) => Some(Seen::of(tx, run).await?),
                None => None,
            },
            last: match last {
                Some(run) => Some(Seen::of(tx, run).await?),
                None => None,
            },
        })
    }
}

/// The run of a flow that ended last; where it stopped at the brake that one, whatever hints were worked since.
pub(super) async fn last_run(tx: &mut Tx, flow: &Flow) -> Result<Option<Run>, StoreError> {
    if flow.trouble.as_deref() == Some("braked") {
        return runs::last_braked(tx, flow.portal_id, flow.id).await;
    }
    runs::last(tx, flow.portal_id, flow.id).await
}

/// Whether anybody works it, or will: a run that a dead process left in a flow that is off goes on no more, but for an undo.
fn is_worked(flow: &Flow, run: &Run, now: Millis) -> bool {
    flow.status != FlowStatus::Off || run.kind == RunKind::Undo || flow.lease_until.is_some_and(|until| until > now)
}

/// The flow as it is shown.
pub(super) fn view(named: Named, around: Around, now: Millis) -> Result<FlowView, AdminError> {
    let Named { flow, connection, .. } = named;
    let system = System::from_word(&connection.system)
        .ok_or_else(|| AdminError::Inside(format!("no connector for {}", connection.system)))?;
    let preview = preview(&flow, around.running.as_ref().map(|seen| &seen.run))?;
    Ok(FlowView {
        id: flow.id,
        connection_id: connection.id,
        connection_name: connection.name,
        system,
        status: flow.status.into(),
        policies: policies(&flow)?,
        counts: FlowCounts {
            linked: around.links.writing,
            parked: around.parked,
            reviews: around.reviews,
            waiting: around.waiting,
        },
        due_at: flow.due_at,
        failing_since: flow.failing_since,
        trouble: flow.trouble,
        running: around.running.map(|seen| seen.view(now)),
        last_run: around.last.map(|seen| seen.view(now)),
        preview,
        first_done_at: flow.first_done_at,
        mapping_version: flow.rules_version,
        key: flow.key,
    })
}

/// What was decided about a flow.
pub(super) fn policies(flow: &Flow) -> Result<Policies, AdminError> {
    serde_json::from_value(flow.settings.clone())
        .map_err(|error| AdminError::Inside(format!("flows.settings of {}: {error}", flow.id)))
}

/// What a flow's preview counted; `None`: nothing yet.
pub(super) fn counted(flow: &Flow) -> Result<Option<Preview>, AdminError> {
    let counted = flow.preview.clone().map(serde_json::from_value::<Preview>).transpose();
    counted.map_err(|error| AdminError::Inside(format!("flows.preview of {}: {error}", flow.id)))
}

fn preview(flow: &Flow, running: Option<&Run>) -> Result<Option<PreviewView>, AdminError> {
    if flow.status != FlowStatus::Preview {
        return Ok(None);
    }
    let counted = counted(flow)?.unwrap_or_default();
    let state = match (counted.ready, running) {
        (true, _) => PreviewState::Ready,
        // Nobody counts on, since that failed or was cancelled.
        (false, None) if flow.failing_since.is_some() || (flow.due_at.is_none() && flow.lease.is_none()) => {
            PreviewState::Failed
        }
        (false, _) => PreviewState::Counting,
    };
    Ok(Some(PreviewView {
        state,
        at: if counted.at == 0 { flow.updated_at } else { counted.counted_at() },
        read: counted.read,
        total: counted.total,
        would_link: counted.link,
        would_create: counted.create,
        would_update: counted.update,
        would_skip: counted.skip,
        unsure: counted.unsure,
        faulty: counted.faulty,
        calls: counted.calls,
        minutes: counted.minutes,
        skipped_by: counted.skipped_by,
        trouble: flow.trouble.clone().filter(|_| state == PreviewState::Failed),
    }))
}
