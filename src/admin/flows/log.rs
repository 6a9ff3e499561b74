//! What was done: runs and activity. Ids, names of fields and codes.

use serde::Serialize;
use uuid::Uuid;

use super::{RunView, pages::Pages, view::Seen};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{FlowId, ObjectId, RunId, SourceId},
        record::ObjectType,
    },
    in_tx,
    store::{
        activity::{self, Activity, Filter, What},
        runs,
    },
};

/// So many runs are on a page.
const RUNS: u32 = 20;

/// Runs, the newest first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RunsAnswer {
    /// At most 20.
    pub runs: Vec<RunView>,
    /// What to ask behind for more; null: that was all.
    #[schema(required = true)]
    pub next: Option<Millis>,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivityEntry)]
pub struct EntryView {
    /// Our id, in the order of time.
    pub id: Uuid,
    /// The flow that did it.
    pub flow_id: FlowId,
    /// When.
    pub at: Millis,
    /// What, as a code.
    pub what: &'static str,
    /// What the row of the ERP becomes in HubSpot: `person`, `company`, …
    pub target: String,
    /// The ERP record.
    #[schema(required = true)]
    pub erp_id: Option<SourceId>,
    /// Its page.
    #[schema(required = true)]
    pub erp_url: Option<String>,
    /// The type of the HubSpot record.
    #[schema(required = true)]
    pub object_type_id: Option<ObjectType>,
    /// The HubSpot record.
    #[schema(required = true)]
    pub object_id: Option<ObjectId>,
    /// Its page.
    #[schema(required = true)]
    pub object_url: Option<String>,
    /// The names of the fields that it is about.
    pub fields: Vec<String>,
    /// Why, as a code.
    #[schema(required = true)]
    pub cause: Option<String>,
    /// The run in which it happened.
    #[schema(required = true)]
    pub run_id: Option<RunId>,
}

/// What happened, the newest first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ActivityAnswer {
    /// The entries.
    pub entries: Vec<EntryView>,
    /// What to ask behind for more; null: that was all.
    #[schema(required = true)]
    pub next: Option<Uuid>,
}

/// What is looked for in the activity.
#[derive(Debug, Clone, Copy, Default)]
pub struct ActivityWanted {
    /// Of one flow.
    pub flow: Option<FlowId>,
    /// Of one run.
    pub run: Option<RunId>,
    /// One thing.
    pub what: Option<Deed>,
    /// What happened before this entry.
    pub before: Option<Uuid>,
    /// How many at most.
    pub limit: u32,
}

/// A word for something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed(What);

/// There is no such word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be one of the words of the activity, such as created, updated or parked")]
pub struct NoDeed;

impl std::str::FromStr for Deed {
    type Err = NoDeed;

    fn from_str(text: &str) -> Result<Self, NoDeed> {
        DEEDS.into_iter().find(|what| what.word() == text).map(Self).ok_or(NoDeed)
    }
}

const DEEDS: [What; 19] = [
    What::Created,
    What::Linked,
    What::Updated,
    What::ErpCreated,
    What::ErpUpdated,
    What::Archived,
    What::Marked,
    What::Unlinked,
    What::Associated,
    What::Dissociated,
    What::Parked,
    What::Mended,
    What::Review,
    What::Reviewed,
    What::SkippedLoop,
    What::Missed,
    What::Gone,
    What::Undone,
    What::NotUndone,
];

impl Admin {
    /// The runs of the portal, or of one flow, the newest first; `before`: those that were begun before that instant.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow.
    pub async fn runs(
        &self,
        by: &Administrator,
        flow: Option<FlowId>,
        before: Option<Millis>,
    ) -> Result<RunsAnswer, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        if let Some(flow) = flow {
            self.named_flow(portal, flow).await?;
        }
        let before = before.map(first_of);
        let seen = in_tx!(self.db, read "runs", |tx| {
            let mut seen = Vec::new();
            for run in runs::page(tx, portal, flow, before, RUNS).await? {
                seen.push(Seen::of(tx, run).await?);
            }
            Ok(seen)
        })?;
        let runs: Vec<RunView> = seen.into_iter().map(|seen| seen.view(now)).collect();
        let next = next(&runs, RUNS).map(|run| run.started_at);
        Ok(RunsAnswer { runs, next })
    }

    /// What happened in the portal, the newest first.
    ///
    /// # Errors
    /// Database trouble. Nothing is found of another portal's flow or run.
    pub async fn activity(&self, by: &Administrator, wanted: ActivityWanted) -> Result<ActivityAnswer, AdminError> {
        let portal = by.who().portal;
        let (pages, _) = self.pages(portal).await?;
        let what = wanted.what.map(|deed| deed.0);
        let filter = Filter { flow_id: wanted.flow, run_id: wanted.run, what, ..Filter::default() };
        let found = in_tx!(self.db, read "activity", |tx| {
            activity::page(tx, portal, filter, wanted.before, wanted.limit).await
        })?;
        let entries: Vec<EntryView> = found.into_iter().map(|one| entry(one, &pages)).collect();
        let next = next(&entries, wanted.limit).map(|entry| entry.id);
        Ok(ActivityAnswer { entries, next })
    }
}

/// The smallest id that a run begun at this instant can have: ids are in the order of time.
fn first_of(at: Millis) -> RunId {
    let millis = u64::try_from(at.0).unwrap_or(0);
    RunId(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
}

/// The last of a page that is full: there may be more behind it.
pub(super) fn next<T>(page: &[T], most: u32) -> Option<&T> {
    page.last().filter(|_| page.len() >= most as usize)
}

fn entry(one: Activity, pages: &Pages) -> EntryView {
    let erp_url = one.erp_id.as_ref().and_then(|id| pages.of_source(one.connection_id, one.kind, id));
    let object_url = one.record().and_then(|record| pages.of_record(record));
    EntryView {
        id: one.id,
        flow_id: one.flow_id,
        at: one.at,
        what: one.what.word(),
        target: one.target,
        erp_id: one.erp_id,
        erp_url,
        object_type_id: one.object_type,
        object_id: one.object_id,
        object_url,
        fields: one.fields,
        cause: one.cause,
        run_id: one.run_id,
    }
}
