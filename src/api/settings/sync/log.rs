//! What was done and what could not be.

use axum::response::Response;

use super::Body;
use crate::{
    admin::flows::{ActivityAnswer, ActivityWanted, Done, ParkedAnswer, ParkedRowsAnswer, ParkedWanted, RunsAnswer},
    api::{
        Api, ApiError, json,
        problem::Problem,
        reading::Parameters,
        settings::administrator,
        signed::{Input, Signed, SignedRoutes},
    },
    clock::Millis,
    domain::ids::{FlowId, ParkedId, RunId},
};

/// So many entries are on a page unless it is said.
const ENTRIES: u32 = 50;
/// So many may be asked for.
const MOST_ENTRIES: u32 = 200;

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/runs", runs)
        .get("/api/settings/activity", activity)
        .get("/api/settings/parked", parked)
        .get("/api/settings/parked/rows", rows)
        .post("/api/settings/parked/retry", retry)
}

/// The bodies as they are sent.
pub mod shapes {
    use serde::Deserialize;

    use crate::domain::ids::{FlowId, IdempotencyKey, ParkedId};

    /// Parked records to try again: one, those of a cause, or all of a flow.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct RetryRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// This one.
        pub id: Option<ParkedId>,
        /// Those with this cause.
        pub cause: Option<String>,
        /// With a cause: those about this field; left out: those about none.
        pub field: Option<String>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// Runs, of one flow or of all.
pub(in crate::api) struct RunsQuery {
    flow: Option<FlowId>,
    before: Option<Millis>,
}

impl Input for RunsQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["flow", "before"])?;
        Ok(Self { flow: parameters.optional("flow")?, before: parameters.optional::<i64>("before")?.map(Millis) })
    }
}

/// Runs, of one flow or of all.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct RunsParams {
    /// The flow.
    #[param(value_type = Option<String>, format = Uuid)]
    flow: Option<FlowId>,
    /// Those begun before this instant.
    before: Option<i64>,
}

/// The runs, the newest first.
#[utoipa::path(
    get, path = "/api/settings/runs", operation_id = "listRuns", tag = "sync",
    params(RunsParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = RunsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn runs(api: Api, signed: Signed<RunsQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.runs(&by, query.flow, query.before).await?)
}

/// What is looked for in the activity.
pub(in crate::api) struct ActivityQuery(ActivityWanted);

impl Input for ActivityQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["flow", "run", "what", "before", "limit"])?;
        Ok(Self(ActivityWanted {
            flow: parameters.optional("flow")?,
            run: parameters.optional("run")?,
            what: parameters.optional("what")?,
            before: parameters.optional("before")?,
            limit: parameters.number("limit", ENTRIES, MOST_ENTRIES)?,
        }))
    }
}

/// What is looked for in the activity.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct ActivityParams {
    /// Of one flow.
    #[param(value_type = Option<String>, format = Uuid)]
    flow: Option<FlowId>,
    /// Of one run.
    #[param(value_type = Option<String>, format = Uuid)]
    run: Option<RunId>,
    /// One thing: `created`, `updated`, `parked`, …
    what: Option<String>,
    /// What happened before this entry.
    #[param(value_type = Option<String>, format = Uuid)]
    before: Option<uuid::Uuid>,
    /// 1 to 200 entries; 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What happened, the newest first.
#[utoipa::path(
    get, path = "/api/settings/activity", operation_id = "listActivity", tag = "sync",
    params(ActivityParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ActivityAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn activity(api: Api, signed: Signed<ActivityQuery>) -> Result<Response, ApiError> {
    let (who, ActivityQuery(wanted)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.activity(&by, wanted).await?)
}

/// Parked records, of one flow or of all.
pub(in crate::api) struct ParkedQuery(Option<FlowId>);

impl Input for ParkedQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        Parameters::read(query, &["flow"])?.optional("flow").map(Self)
    }
}

/// Parked records, of one flow or of all.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct ParkedParams {
    /// The flow.
    #[param(value_type = Option<String>, format = Uuid)]
    flow: Option<FlowId>,
}

/// The reasons for which records are parked, with how many.
#[utoipa::path(
    get, path = "/api/settings/parked", operation_id = "listParked", tag = "sync",
    params(ParkedParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ParkedAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn parked(api: Api, signed: Signed<ParkedQuery>) -> Result<Response, ApiError> {
    let (who, ParkedQuery(flow)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.parked(&by, flow).await?)
}

/// Parked records of one reason.
pub(in crate::api) struct RowsQuery {
    flow: FlowId,
    wanted: ParkedWanted,
    after: Option<ParkedId>,
}

impl Input for RowsQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["flow", "cause", "field", "after"])?;
        let cause: String = parameters.required("cause")?;
        let wanted = ParkedWanted { id: None, cause: Some(cause), field: parameters.optional("field")? };
        Ok(Self { flow: parameters.required("flow")?, wanted, after: parameters.optional("after")? })
    }
}

/// Parked records of one reason.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct RowsParams {
    /// The flow.
    #[param(value_type = String, format = Uuid)]
    flow: FlowId,
    /// The cause, as a code.
    cause: String,
    /// The name of the field; left out: those about none.
    field: Option<String>,
    /// Those behind this one.
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<ParkedId>,
}

/// Parked records of one reason, a page.
#[utoipa::path(
    get, path = "/api/settings/parked/rows", operation_id = "listParkedRows", tag = "sync",
    params(RowsParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ParkedRowsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn rows(api: Api, signed: Signed<RowsQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.parked_rows(&by, query.flow, &query.wanted, query.after).await?)
}

/// Has parked records tried again.
#[utoipa::path(
    post, path = "/api/settings/parked/retry", operation_id = "retryParked", tag = "sync",
    request_body = shapes::RetryRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn retry(api: Api, signed: Signed<Body<shapes::RetryRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let wanted = ParkedWanted { id: sent.id, cause: sent.cause, field: sent.field };
    json(&api.admin.retry_parked(&by, sent.flow_id, &wanted).await?)
}
