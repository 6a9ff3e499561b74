//! Taking back: undoing a run, lifting a tombstone.

use axum::response::Response;
use uuid::Uuid;

use super::{Body, flows::shapes::NamedRunRequest};
use crate::{
    admin::{
        access::answer_until,
        flows::{Done, TombstonesAnswer, UndoPlan},
    },
    api::{
        Api, ApiError, json,
        problem::Problem,
        reading::Parameters,
        settings::{administrator, administrator_until},
        signed::{Input, Signed, SignedRoutes},
    },
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .post("/api/settings/undo/plan", plan)
        .post("/api/settings/undo", undo)
        .get("/api/settings/tombstones", tombstones)
        .post("/api/settings/tombstones/lift", lift)
}

/// The bodies as they are sent.
pub mod shapes {
    use serde::Deserialize;
    use uuid::Uuid;

    use crate::domain::ids::IdempotencyKey;

    /// A tombstone to lift.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct LiftRequest {
        /// The tombstone.
        pub id: Uuid,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// What undoing a run would do.
#[utoipa::path(
    post, path = "/api/settings/undo/plan", operation_id = "planUndo", tag = "sync",
    request_body = NamedRunRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = UndoPlan), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn plan(api: Api, signed: Signed<Body<NamedRunRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.plan_undo(&by, sent.run_id, until).await?)
}

/// Has a run undone; its flow is off from then on.
#[utoipa::path(
    post, path = "/api/settings/undo", operation_id = "undoRun", tag = "sync",
    request_body = NamedRunRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn undo(api: Api, signed: Signed<Body<NamedRunRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.undo(&by, sent.run_id).await?)
}

/// Tombstones behind one.
pub(in crate::api) struct TombstonesQuery(Option<Uuid>);

impl Input for TombstonesQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        Parameters::read(query, &["after"])?.optional("after").map(Self)
    }
}

/// Tombstones behind one.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct TombstonesParams {
    /// Those behind this one.
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<Uuid>,
}

/// Rows of the ERP that are not made again, since their record was deleted or erased in HubSpot.
#[utoipa::path(
    get, path = "/api/settings/tombstones", operation_id = "listTombstones", tag = "sync",
    params(TombstonesParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = TombstonesAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn tombstones(api: Api, signed: Signed<TombstonesQuery>) -> Result<Response, ApiError> {
    let (who, TombstonesQuery(after)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.tombstones(&by, after).await?)
}

/// Lifts a tombstone: its row may be matched and made again.
#[utoipa::path(
    post, path = "/api/settings/tombstones/lift", operation_id = "liftTombstone", tag = "sync",
    request_body = shapes::LiftRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn lift(api: Api, signed: Signed<Body<shapes::LiftRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.lift_tombstone(&by, sent.id).await?)
}
