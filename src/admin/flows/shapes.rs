//! The shapes of flows, their runs and their previews, as the settings page gets them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, FlowId, RunId, UserId},
    erp::System,
    store::{flows::FlowStatus, runs},
    sync::flow::Policies,
};

/// The flows of a portal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FlowsAnswer {
    /// In the order in which they were made.
    pub flows: Vec<FlowView>,
}

/// A flow as it is after what was asked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FlowAnswer {
    /// The flow.
    pub flow: FlowView,
}

/// Whether a flow is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FlowStatus)]
pub enum StatusWord {
    /// It is not.
    Off,
    /// It counts what it would do.
    Preview,
    /// It is.
    On,
}

impl From<FlowStatus> for StatusWord {
    fn from(status: FlowStatus) -> Self {
        match status {
            FlowStatus::Off => Self::Off,
            FlowStatus::Preview => Self::Preview,
            FlowStatus::On => Self::On,
        }
    }
}

/// One kind of records of one connection that is kept in step with HubSpot.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Flow)]
pub struct FlowView {
    /// Our id.
    pub id: FlowId,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// What administrators call that.
    pub connection_name: String,
    /// Which ERP.
    pub system: System,
    /// What flows: `customers`, `contacts`.
    pub key: String,
    /// Whether it is worked.
    pub status: StatusWord,
    /// What administrators decided about it.
    pub policies: Policies,
    /// How many records of which kind it has.
    pub counts: FlowCounts,
    /// When it comes due; null: not by itself.
    #[schema(required = true)]
    pub due_at: Option<Millis>,
    /// Since when it fails.
    #[schema(required = true)]
    pub failing_since: Option<Millis>,
    /// Why, as a code.
    #[schema(required = true)]
    pub trouble: Option<String>,
    /// The run that goes on.
    #[schema(required = true)]
    pub running: Option<RunView>,
    /// The run that ended last.
    #[schema(required = true)]
    pub last_run: Option<RunView>,
    /// What it would do, while it counts that.
    #[schema(required = true)]
    pub preview: Option<PreviewView>,
    /// When its first sync was complete.
    #[schema(required = true)]
    pub first_done_at: Option<Millis>,
    /// The version of its mapping.
    pub mapping_version: i64,
}

/// How many records of which kind a flow has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FlowCounts {
    /// Linked with a HubSpot record that it writes.
    pub linked: i64,
    /// Refused by one side.
    pub parked: i64,
    /// Waiting for a person to decide.
    pub reviews: i64,
    /// Associations whose other end is not there yet.
    pub waiting: i64,
}

/// A run.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Run)]
pub struct RunView {
    /// Our id.
    pub id: RunId,
    /// The flow that is worked off.
    pub flow_id: FlowId,
    /// `preview`, `sync`, `census`, `record`, `retry` or `undo`.
    pub kind: &'static str,
    /// `schedule`, `hint` or `hand`.
    pub cause: &'static str,
    /// `running`, `done`, `failed`, `cancelled` or `braked`.
    pub state: &'static str,
    /// When it was begun.
    pub started_at: Millis,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<Millis>,
    /// What it is busy with, as a code.
    pub phase: String,
    /// How many rows there are to read, where that is known.
    #[schema(required = true)]
    pub total: Option<i64>,
    /// What it came to so far.
    #[schema(inline)]
    pub counts: runs::Counts,
    /// Why it failed, as a code.
    #[schema(required = true)]
    pub trouble: Option<String>,
    /// Who asked for it.
    #[schema(required = true)]
    pub asked_by: Option<UserId>,
    /// Whether it can be undone now.
    pub undoable: bool,
    /// The run that undoes, or undid, it.
    #[schema(required = true)]
    pub undone_by: Option<RunId>,
}

/// How far a preview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreviewState {
    /// It counts.
    Counting,
    /// Everything is counted.
    Ready,
    /// It could not count; it tries again.
    Failed,
}

/// What a flow would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FlowPreview)]
pub struct PreviewView {
    /// How far it is.
    pub state: PreviewState,
    /// When it was last counted.
    pub at: Millis,
    /// Rows that were looked at.
    pub read: u64,
    /// Rows there are.
    #[schema(required = true)]
    pub total: Option<u64>,
    /// Rows that would be linked with a record that is there.
    pub would_link: u64,
    /// Records that would be made.
    pub would_create: u64,
    /// Linked records that would be changed.
    pub would_update: u64,
    /// Rows that would be left alone.
    pub would_skip: u64,
    /// Rows that a person would have to decide about.
    pub unsure: u64,
    /// Rows that cannot be taken over as they are.
    pub faulty: u64,
    /// Calls to HubSpot that it would take.
    pub calls: u64,
    /// Minutes that they would take.
    pub minutes: u64,
    /// Rows that would be left alone, by the reason's code.
    pub skipped_by: BTreeMap<String, u64>,
    /// Why it could not count, as a code.
    #[schema(required = true)]
    pub trouble: Option<String>,
}

/// It was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Done {}
