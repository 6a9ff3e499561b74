//! Runs: one working-off of a flow each, with what it came to.

mod memory;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

pub use self::memory::{harmed_before, last_braked, remember};
use super::{
    StoreError, Tx,
    column::{Column, from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{FlowId, PortalId, RunId, UserId},
};

words! {
    /// What a run does.
    RunKind {
        /// It counts what would be done.
        Preview = "preview",
        /// It takes over what changed.
        Sync = "sync",
        /// It compares which records both sides have.
        Census = "census",
        /// It looks at single records.
        Record = "record",
        /// It tries again what was parked.
        Retry = "retry",
        /// It undoes another run.
        Undo = "undo",
    }
}

words! {
    /// Why a run was begun.
    RunCause {
        /// Its time had come.
        Schedule = "schedule",
        /// One side said that something changed.
        Hint = "hint",
        /// A person asked for it.
        Hand = "hand",
    }
}

words! {
    /// How a run stands.
    RunState {
        /// It goes on.
        Running = "running",
        /// It did what there was to do.
        Done = "done",
        /// It could not.
        Failed = "failed",
        /// A person stopped it.
        Cancelled = "cancelled",
        /// It would have archived or cleared very much, and asks.
        Braked = "braked",
    }
}

/// How many records came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Rows that were read.
    pub read: u64,
    /// Records made in HubSpot.
    pub created: u64,
    /// Rows linked with a record that was there.
    pub linked: u64,
    /// Records changed in HubSpot.
    pub updated: u64,
    /// Rows that were in step.
    pub unchanged: u64,
    /// Rows left alone by a rule.
    pub skipped: u64,
    /// Rows that one side refused.
    pub parked: u64,
    /// Rows that a person must decide about.
    pub reviews: u64,
    /// Records archived in HubSpot.
    pub archived: u64,
    /// Pairs of records associated in HubSpot.
    pub associated: u64,
    /// Records made in the ERP.
    pub erp_created: u64,
    /// Records changed in the ERP.
    pub erp_updated: u64,
    /// Calls to both sides.
    pub calls: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.read += more.read;
        self.created += more.created;
        self.linked += more.linked;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
        self.skipped += more.skipped;
        self.parked += more.parked;
        self.reviews += more.reviews;
        self.archived += more.archived;
        self.associated += more.associated;
        self.erp_created += more.erp_created;
        self.erp_updated += more.erp_updated;
        self.calls += more.calls;
    }
}

impl Column for Counts {
    type Raw = Json<Self>;

    fn read(raw: Self::Raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(raw.0)
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Our id.
    pub id: RunId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The flow that is worked off.
    pub flow_id: FlowId,
    /// What it does.
    pub kind: RunKind,
    /// Why it was begun.
    pub cause: RunCause,
    /// How it stands.
    pub state: RunState,
    /// When it was begun.
    pub started_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// What it came to so far.
    pub counts: Counts,
    /// How many rows there are to read, where that is known.
    pub total: Option<i64>,
    /// What it is busy with, as a code.
    pub phase: String,
    /// Why it failed, as a code.
    pub trouble: Option<String>,
    /// Whether a person asked that it stop at the next page.
    pub cancel_asked: bool,
    /// Who asked for it.
    pub asked_by: Option<UserId>,
    /// The run that it undoes.
    pub of_run: Option<RunId>,
    /// How far it is, where neither the flow's cursor nor its census says so; opaque.
    pub place: Option<String>,
    /// How many records it has archived or cleared.
    pub harmed: i64,
}

from_row!(Run {
    id,
    portal_id,
    flow_id,
    kind,
    cause,
    state,
    started_at,
    ended_at,
    counts,
    total,
    phase,
    trouble,
    cancel_asked,
    asked_by,
    of_run,
    place,
    harmed,
});

/// A run to be begun.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// The id it gets: time-ordered, since runs are listed by it.
    pub id: RunId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The flow. Must be one of the portal's.
    pub flow_id: FlowId,
    /// What it does.
    pub kind: RunKind,
    /// Why it is begun.
    pub cause: RunCause,
    /// What it begins with, as a code.
    pub phase: &'a str,
    /// Who asks for it.
    pub asked_by: Option<UserId>,
    /// The run that it undoes.
    pub of_run: Option<RunId>,
}

/// Begins a run. One that waits for a worker is begun too; its phase says so.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such flow.
pub async fn begin(tx: &mut Tx, new: NewRun<'_>, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO runs (id, portal_id, flow_id, kind, cause, state, started_at, counts, phase, \
             cancel_asked, asked_by, of_run) \
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, $8, FALSE, $9, $10)";
    on!(tx, |c| sqlx::query(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.flow_id.0)
        .bind(new.kind.word())
        .bind(new.cause.word())
        .bind(now.0)
        .bind(Json(Counts::default()))
        .bind(new.phase)
        .bind(new.asked_by.map(UserId::as_i64))
        .bind(new.of_run.map(|run| run.0))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Where a run stands.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// What it came to so far.
    pub counts: Counts,
    /// How many rows there are to read; `None` keeps what is known.
    pub total: Option<i64>,
    /// What it is busy with, as a code.
    pub phase: &'a str,
}

/// Writes where a run stands; gives it back as it is then. `None`: it has ended.
///
/// # Errors
/// See [`StoreError`].
pub async fn go_on(
    tx: &mut Tx,
    portal_id: PortalId,
    id: RunId,
    progress: Progress<'_>,
) -> Result<Option<Run>, StoreError> {
    const SQL: &str = "UPDATE runs SET counts = $3, total = COALESCE($4, total), phase = $5 \
         WHERE portal_id = $1 AND id = $2 AND state = 'running' RETURNING *";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(Json(progress.counts))
        .bind(progress.total)
        .bind(progress.phase)
        .fetch_optional(c)
        .await)?)
}

/// Ends a run that goes on, with the state `state`, which is not [`RunState::Running`]. `false`: it had ended before.
///
/// # Errors
/// See [`StoreError`]; [`StoreError::Broken`] for the state "running".
pub async fn end(
    tx: &mut Tx,
    portal_id: PortalId,
    id: RunId,
    state: RunState,
    counts: Counts,
    trouble: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE runs SET state = $3, counts = $4, trouble = $5, ended_at = $6 \
         WHERE portal_id = $1 AND id = $2 AND state = 'running'";
    let ended = on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(state.word())
        .bind(Json(counts))
        .bind(trouble)
        .bind(now.0)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(ended == 1)
}

/// Asks a run to stop at the next page. `false`: it has ended, or the portal has no such run.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask_cancel(tx: &mut Tx, portal_id: PortalId, id: RunId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE runs SET cancel_asked = TRUE WHERE portal_id = $1 AND id = $2 AND state = 'running'";
    let asked =
        on!(tx, |c| sqlx::query(SQL).bind(portal_id.as_i64()).bind(id.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(asked == 1)
}

/// One run of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: RunId) -> Result<Option<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// The runs of a flow that go on, oldest first: those that its worker left when it died, too.
///
/// # Errors
/// See [`StoreError`].
pub async fn running(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<Vec<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND flow_id = $2 AND state = 'running' ORDER BY id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_all(c).await)?)
}

/// The run of a flow that ended last.
///
/// # Errors
/// See [`StoreError`].
pub async fn last(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<Option<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND flow_id = $2 AND state <> 'running' \
         ORDER BY started_at DESC, id DESC LIMIT 1";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_optional(c).await)?)
}

/// The runs that undo, or undid, `run`, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn undoing(tx: &mut Tx, portal_id: PortalId, run: RunId) -> Result<Vec<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND of_run = $2 ORDER BY id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(run.0).fetch_all(c).await)?)
}

/// Up to `most` runs of a portal, or of one flow of it, the newest first; `before`: the ones begun before that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: Option<FlowId>,
    before: Option<RunId>,
    most: u32,
) -> Result<Vec<Run>, StoreError> {
    const SQL: &str = "SELECT * FROM runs WHERE portal_id = $1 AND id < $2 AND ($3 IS NULL OR flow_id = $3) \
         ORDER BY id DESC LIMIT $4";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(before.map_or(uuid::Uuid::max(), |run| run.0))
        .bind(flow_id.map(|flow| flow.0))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// Deletes those runs of a flow that found nothing, all but `keep`: a flow that comes due every minute would leave one each
/// time. Gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn drop_empty(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId, keep: RunId) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM runs WHERE portal_id = $1 AND flow_id = $2 AND id <> $3 AND kind = 'sync' \
         AND cause = 'schedule' AND state = 'done' AND total IS NULL AND counts = $4";
    Ok(on!(tx, |c| sqlx::query(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(keep.0)
        .bind(Json(Counts::default()))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// Deletes the runs that ended before `before`; gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn expire(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM runs WHERE ended_at < $1";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(before.0).execute(c).await.map(|r| r.rows_affected()))?)
}
