//! Activity: what flows did, refused and failed to do. Names of fields, never values.

use sqlx::types::Json;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    bulk::pieces,
    column::{from_row, words},
    links::LinkKind,
    tx::on,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, FlowId, ObjectId, PortalId, RunId, SourceId},
        record::{ObjectType, RecordRef},
    },
};

words! {
    /// What happened. The column has no list of these words, since it grows with what flows learn to do.
    What {
        /// A record was made in HubSpot.
        Created = "created",
        /// A row was linked with a record that was there.
        Linked = "linked",
        /// A record was changed in HubSpot.
        Updated = "updated",
        /// A record was made in the ERP.
        ErpCreated = "erp_created",
        /// A record was changed in the ERP.
        ErpUpdated = "erp_updated",
        /// A record was archived in HubSpot.
        Archived = "archived",
        /// A record was marked in HubSpot: its row is gone.
        Marked = "marked",
        /// A link was taken away.
        Unlinked = "unlinked",
        /// Two records were associated in HubSpot.
        Associated = "associated",
        /// An association of two records was taken away in HubSpot.
        Dissociated = "dissociated",
        /// One side refused a record, or it could not be read.
        Parked = "parked",
        /// A record that had been parked went through.
        Mended = "mended",
        /// A person must decide.
        Review = "review",
        /// A person decided.
        Reviewed = "reviewed",
        /// A record that goes to and fro without end was left alone.
        SkippedLoop = "skipped_loop",
        /// A census found a record that had been missed.
        Missed = "missed",
        /// A row is gone from the ERP.
        Gone = "gone",
        /// What a run had done to a record was undone.
        Undone = "undone",
        /// What a run had done to a record was not undone: a person changed it since.
        NotUndone = "not_undone",
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Our id, in the order of time.
    pub id: Uuid,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// The flow that did it.
    pub flow_id: FlowId,
    /// The run in which it did.
    pub run_id: Option<RunId>,
    /// When.
    pub at: Millis,
    /// What.
    pub what: What,
    /// What the row of the ERP becomes in HubSpot: `person`, `company`, …
    pub target: String,
    /// What kind of ERP record it is about.
    pub kind: LinkKind,
    /// Which.
    pub erp_id: Option<SourceId>,
    /// What kind of HubSpot record it is about.
    pub object_type: Option<ObjectType>,
    /// Which.
    pub object_id: Option<ObjectId>,
    /// The names of the fields that it is about.
    pub fields: Vec<String>,
    /// Why, as a code.
    pub cause: Option<String>,
}

from_row!(Activity {
    id,
    portal_id,
    connection_id,
    flow_id,
    run_id,
    at,
    what,
    target,
    kind,
    erp_id,
    object_type,
    object_id,
    fields,
    cause,
});

impl Activity {
    /// The HubSpot record that it is about.
    #[must_use]
    pub fn record(&self) -> Option<RecordRef> {
        Some(RecordRef { object_type: self.object_type?, object_id: self.object_id? })
    }
}

/// Something that happened, to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewActivity<'a> {
    /// The id it gets: time-ordered, since activity is listed by it.
    pub id: Uuid,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// The flow that did it. Must be one of the portal's.
    pub flow_id: FlowId,
    /// The run in which it did.
    pub run_id: Option<RunId>,
    /// When.
    pub at: Millis,
    /// What.
    pub what: What,
    /// What the row of the ERP becomes in HubSpot.
    pub target: &'a str,
    /// What kind of ERP record it is about.
    pub kind: LinkKind,
    /// Which.
    pub erp_id: Option<&'a SourceId>,
    /// The HubSpot record.
    pub record: Option<RecordRef>,
    /// The names of the fields that it is about.
    pub fields: &'a [String],
    /// Why, as a code.
    pub cause: Option<&'a str>,
}

/// Writes what happened.
///
/// # Errors
/// [`StoreError::Dangling`] when a portal has no such flow.
pub async fn write_many(tx: &mut Tx, new: &[NewActivity<'_>]) -> Result<(), StoreError> {
    for some in pieces(new) {
        on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO activity (id, portal_id, connection_id, flow_id, run_id, at, what, target, kind, erp_id, \
                 object_type, object_id, fields, cause) ",
            );
            sql.push_values(some, |mut row, one| {
                row.push_bind(one.id)
                    .push_bind(one.portal_id.as_i64())
                    .push_bind(one.connection_id.0)
                    .push_bind(one.flow_id.0)
                    .push_bind(one.run_id.map(|run| run.0))
                    .push_bind(one.at.0)
                    .push_bind(one.what.word())
                    .push_bind(one.target)
                    .push_bind(one.kind.word())
                    .push_bind(one.erp_id.map(SourceId::as_str))
                    .push_bind(one.record.map(|record| record.object_type.type_id()))
                    .push_bind(one.record.map(|record| record.object_id.as_i64()))
                    .push_bind(Json(one.fields))
                    .push_bind(one.cause);
            });
            sql.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// What is looked for; what is `None` may be anything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Of one flow.
    pub flow_id: Option<FlowId>,
    /// Of one run.
    pub run_id: Option<RunId>,
    /// One thing.
    pub what: Option<What>,
    /// About one ERP record.
    pub erp_id: Option<&'a SourceId>,
    /// About one HubSpot record.
    pub record: Option<RecordRef>,
}

/// Up to `most` things that happened in a portal, the newest first; `before`: those before that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    tx: &mut Tx,
    portal_id: PortalId,
    filter: Filter<'_>,
    before: Option<Uuid>,
    most: u32,
) -> Result<Vec<Activity>, StoreError> {
    const ALL: &str = "SELECT * FROM activity WHERE portal_id = $1 AND id < $2 \
             AND ($3 IS NULL OR flow_id = $3) AND ($4 IS NULL OR what = $4) AND ($5 IS NULL OR erp_id = $5) \
             AND ($6 IS NULL OR object_type = $6) AND ($7 IS NULL OR object_id = $7) \
         ORDER BY id DESC LIMIT $8";
    const OF_RUN: &str = "SELECT * FROM activity WHERE portal_id = $1 AND id < $2 \
             AND ($3 IS NULL OR flow_id = $3) AND ($4 IS NULL OR what = $4) AND ($5 IS NULL OR erp_id = $5) \
             AND ($6 IS NULL OR object_type = $6) AND ($7 IS NULL OR object_id = $7) AND run_id = $9 \
         ORDER BY id DESC LIMIT $8";
    Ok(on!(tx, |c| {
        let query = sqlx::query_as(if filter.run_id.is_some() { OF_RUN } else { ALL })
            .bind(portal_id.as_i64())
            .bind(before.unwrap_or(Uuid::max()))
            .bind(filter.flow_id.map(|flow| flow.0))
            .bind(filter.what.map(What::word))
            .bind(filter.erp_id.map(SourceId::as_str))
            .bind(filter.record.map(|record| record.object_type.type_id()))
            .bind(filter.record.map(|record| record.object_id.as_i64()))
            .bind(i64::from(most));
        let query = match filter.run_id {
            Some(run) => query.bind(run.0),
            None => query,
        };
        query.fetch_all(c).await
    })?)
}

/// Up to `most` things that happened in one run, the newest first, so that they can be undone in this order; `before`: those
/// before that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_run(
    tx: &mut Tx,
    portal_id: PortalId,
    run_id: RunId,
    before: Option<Uuid>,
    most: u32,
) -> Result<Vec<Activity>, StoreError> {
    page(tx, portal_id, Filter { run_id: Some(run_id), ..Filter::default() }, before, most).await
}

/// Deletes up to `most` lines of what happened before `before`; gives their number. A first sync leaves a line a row: all of
/// them at once would hold everybody else up.
///
/// # Errors
/// See [`StoreError`].
pub async fn expire(tx: &mut Tx, before: Millis, most: u32) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE at < $1 LIMIT $2)";
    Ok(on!(tx, |c| sqlx::query(SQL).bind(before.0).bind(i64::from(most)).execute(c).await.map(|r| r.rows_affected()))?)
}
