//! Parked records: what one side refused, by reason, and having it tried again.

use serde::Serialize;

use super::{Done, Named, log::next, named, pages::Pages, steer};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{FlowId, ObjectId, ParkedId, RunId, SourceId},
        record::{ObjectType, RecordRef},
    },
    in_tx,
    store::{
        flows,
        parked::{self, Parked, Which},
        runs::RunKind,
    },
};

/// So many parked records are on a page.
const ROWS: u32 = 50;

/// Parked records with the same reason.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedGroup {
    /// The flow.
    pub flow_id: FlowId,
    /// Why, as a code.
    pub cause: String,
    /// The name of the field.
    #[schema(required = true)]
    pub field: Option<String>,
    /// The rule that refused, as a code.
    #[schema(required = true)]
    pub rule: Option<String>,
    /// The side that refused: `erp` or `hubspot`.
    pub side: &'static str,
    /// How many.
    pub count: i64,
}

/// The reasons for which records are parked, flow by flow, the most frequent first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ParkedGroupsAnswer)]
pub struct ParkedAnswer {
    /// The reasons.
    pub groups: Vec<ParkedGroup>,
}

/// A parked record.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedRow {
    /// Our id.
    pub id: ParkedId,
    /// What the ERP record becomes in HubSpot.
    pub target: String,
    /// The side that refused: `erp` or `hubspot`.
    pub side: &'static str,
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
    /// Why, as a code.
    pub cause: String,
    /// The name of the field.
    #[schema(required = true)]
    pub field: Option<String>,
    /// The rule that refused, as a code.
    #[schema(required = true)]
    pub rule: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was refused first.
    pub first_at: Millis,
    /// When it was refused last.
    pub last_at: Millis,
}

/// Parked records of one reason.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ParkedRowsAnswer {
    /// At most 50.
    pub rows: Vec<ParkedRow>,
    /// What to ask behind for more; null: that was all.
    #[schema(required = true)]
    pub next: Option<ParkedId>,
}

/// Which parked records of a flow are meant.
#[derive(Debug, Clone, Default)]
pub struct ParkedWanted {
    /// This one.
    pub id: Option<ParkedId>,
    /// Those with this cause; with it, `field` none means those about no field.
    pub cause: Option<String>,
    /// Those about this field.
    pub field: Option<String>,
}

impl ParkedWanted {
    fn which(&self) -> Which<'_> {
        let field = (self.cause.is_some() || self.field.is_some()).then_some(self.field.as_deref());
        Which { id: self.id, cause: self.cause.as_deref(), field }
    }
}

impl Admin {
    /// The reasons for which records of the portal, or of one flow, are parked.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow.
    pub async fn parked(&self, by: &Administrator, flow: Option<FlowId>) -> Result<ParkedAnswer, AdminError> {
        let portal = by.who().portal;
        if let Some(flow) = flow {
            self.named_flow(portal, flow).await?;
        }
        let groups = in_tx!(self.db, read "parked groups", |tx| {
            let mut all = Vec::new();
            for of in flows::of_portal(tx, portal).await?.into_iter().filter(|one| flow.is_none_or(|id| id == one.id)) {
                all.extend(parked::groups(tx, portal, of.id).await?.into_iter().map(|group| (of.id, group)));
            }
            Ok(all)
        })?;
        let groups = groups.into_iter().map(|(flow_id, group)| ParkedGroup {
            flow_id,
            cause: group.cause,
            field: group.field,
            rule: group.rule,
            side: group.side.word(),
            count: group.n,
        });
        Ok(ParkedAnswer { groups: groups.collect() })
    }

    /// The parked records of a flow that are meant.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow.
    pub async fn parked_rows(
        &self,
        by: &Administrator,
        flow: FlowId,
        wanted: &ParkedWanted,
        after: Option<ParkedId>,
    ) -> Result<ParkedRowsAnswer, AdminError> {
        let portal = by.who().portal;
        let named = self.named_flow(portal, flow).await?;
        let (pages, _) = self.pages(portal).await?;
        let found = in_tx!(self.db, read "parked records", |tx| {
            parked::page(tx, portal, flow, wanted.which(), after, ROWS).await
        })?;
        let rows: Vec<ParkedRow> = found.into_iter().map(|one| row(one, &named, &pages)).collect();
        let next = next(&rows, ROWS).map(|row| row.id);
        Ok(ParkedRowsAnswer { rows, next })
    }

    /// Has parked records tried again: at once where the flow is on, else when it is.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow.
    pub async fn retry_parked(
        &self,
        by: &Administrator,
        flow: FlowId,
        wanted: &ParkedWanted,
    ) -> Result<Done, AdminError> {
        let (portal, now, run) = (by.who().portal, self.clock.now(), RunId(self.clock.new_id()));
        let asked = in_tx!(self.db, "try parked records again", |tx| {
            let Some(named) = named(tx, portal, flow).await? else { return Ok(None) };
            let asked = parked::ask_retry(tx, portal, flow, wanted.which()).await?;
            if asked > 0 && named.flow.status == flows::FlowStatus::On {
                steer::begin(tx, &named.flow, run, RunKind::Retry, by.who().user, now).await?;
            }
            Ok(Some(asked))
        })?;
        let asked = asked.ok_or(AdminError::NoSuch("flow"))?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, %flow, asked, "parked records are to be tried again");
        Ok(Done {})
    }
}

fn row(one: Parked, named: &Named, pages: &Pages) -> ParkedRow {
    let object = named.default.targets.iter().find(|target| target.key == one.target).map(|target| target.object);
    let record = object.zip(one.object_id).map(|(object_type, object_id)| RecordRef { object_type, object_id });
    let erp_url = one.erp_id.as_ref().and_then(|id| pages.of_source(named.connection.id, named.kind(), id));
    ParkedRow {
        id: one.id,
        target: one.target,
        side: one.side.word(),
        erp_id: one.erp_id,
        erp_url,
        object_type_id: object,
        object_id: one.object_id,
        object_url: record.and_then(|record| pages.of_record(record)),
        cause: one.cause,
        field: one.field,
        rule: one.rule,
        attempts: one.attempts,
        first_at: one.first_at,
        last_at: one.last_at,
    }
}
