//! Flows: shown, switched, decided about, run by hand.

use axum::response::Response;

use super::Body;
use crate::{
    admin::flows::{Done, FlowAnswer, FlowsAnswer, RunWanted},
    api::{
        Api, ApiError, json,
        problem::Problem,
        settings::{administrator, body::Nothing},
        signed::{Signed, SignedRoutes},
    },
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/flows", flows)
        .post("/api/settings/flows/switch", switch)
        .post("/api/settings/flows/start", start)
        .post("/api/settings/flows/policies", policies)
        .post("/api/settings/flows/run", run)
        .post("/api/settings/runs/cancel", cancel)
        .post("/api/settings/runs/continue", go_on)
}

/// The bodies as they are sent.
pub mod shapes {
    use serde::Deserialize;

    use crate::{
        domain::ids::{FlowId, IdempotencyKey, RunId},
        sync::flow::Policies,
    };

    /// A flow to switch on or off.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct SwitchRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// On: it counts what it would do. Off: it stops at the next page and keeps everything.
        pub on: bool,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A flow.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct NamedFlowRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// What is decided about a flow.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct PoliciesRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// All of it, in place of what was decided before.
        pub policies: Policies,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// What is to be run.
    #[derive(Deserialize, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum RunWhat {
        /// Everything that changed.
        All,
        /// One record.
        Record,
        /// A comparison of which records both sides have.
        Census,
    }

    /// A side of a flow.
    #[derive(Deserialize, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum SyncSide {
        /// The ERP.
        Erp,
        /// HubSpot.
        Hubspot,
    }

    /// A flow to run by hand.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct RunRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// What of it.
        pub what: RunWhat,
        /// For one record: the side whose id it is.
        pub side: Option<SyncSide>,
        /// For one record: its id.
        pub id: Option<String>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A run.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct NamedRunRequest {
        /// The run.
        pub run_id: RunId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// The portal's flows, with how each stands.
#[utoipa::path(
    get, path = "/api/settings/flows", operation_id = "listFlows", tag = "sync",
    security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = FlowsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn flows(api: Api, signed: Signed<Nothing>) -> Result<Response, ApiError> {
    let (who, Nothing) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.flows(&by).await?)
}

/// Switches a flow on, so that it counts what it would do, or off.
#[utoipa::path(
    post, path = "/api/settings/flows/switch", operation_id = "switchFlow", tag = "sync",
    request_body = shapes::SwitchRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = FlowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn switch(
    api: Api,
    signed: Signed<Body<shapes::SwitchRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.switch_flow(&by, sent.flow_id, sent.on).await?)
}

/// Starts a flow whose preview is complete.
#[utoipa::path(
    post, path = "/api/settings/flows/start", operation_id = "startFlow", tag = "sync",
    request_body = shapes::NamedFlowRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = FlowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn start(
    api: Api,
    signed: Signed<Body<shapes::NamedFlowRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.start_flow(&by, sent.flow_id).await?)
}

/// Decides about a flow.
#[utoipa::path(
    post, path = "/api/settings/flows/policies", operation_id = "setPolicies", tag = "sync",
    request_body = shapes::PoliciesRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = FlowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn policies(
    api: Api,
    signed: Signed<Body<shapes::PoliciesRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.set_policies(&by, sent.flow_id, sent.policies).await?)
}

/// Runs a flow by hand: all of it, one record, or a comparison of both sides.
#[utoipa::path(
    post, path = "/api/settings/flows/run", operation_id = "runFlow", tag = "sync",
    request_body = shapes::RunRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = FlowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn run(api: Api, signed: Signed<Body<shapes::RunRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.run_flow(&by, sent.flow_id, &wanted(&sent)?).await?)
}

fn wanted(sent: &shapes::RunRequest) -> Result<RunWanted, ApiError> {
    let invalid = |text: &str| Err(ApiError::Invalid(text.to_owned()));
    match (sent.what, sent.side, &sent.id) {
        (shapes::RunWhat::All, None, None) => Ok(RunWanted::All),
        (shapes::RunWhat::Census, None, None) => Ok(RunWanted::Census),
        (shapes::RunWhat::Record, Some(shapes::SyncSide::Erp), Some(id)) => Ok(RunWanted::Source(id.parse()?)),
        (shapes::RunWhat::Record, Some(shapes::SyncSide::Hubspot), Some(id)) => Ok(RunWanted::Record(id.parse()?)),
        (shapes::RunWhat::Record, ..) => invalid("for one record side and id must be there"),
        (shapes::RunWhat::All | shapes::RunWhat::Census, ..) => invalid("side and id are for one record only"),
    }
}

/// Asks a run to stop at the next page.
#[utoipa::path(
    post, path = "/api/settings/runs/cancel", operation_id = "cancelRun", tag = "sync",
    request_body = shapes::NamedRunRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn cancel(
    api: Api,
    signed: Signed<Body<shapes::NamedRunRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.cancel_run(&by, sent.run_id).await?)
}

/// Lets a flow go on whose run stopped because it would have archived or cleared very much.
#[utoipa::path(
    post, path = "/api/settings/runs/continue", operation_id = "continueRun", tag = "sync",
    request_body = shapes::NamedRunRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn go_on(
    api: Api,
    signed: Signed<Body<shapes::NamedRunRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.continue_run(&by, sent.run_id).await?)
}
