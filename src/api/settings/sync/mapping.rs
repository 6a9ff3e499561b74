//! The mapping of a flow: shown, saved, put back to the default, taken out and in as a file.

use axum::response::Response;

use super::{
    Body,
    flows::shapes::{NamedFlowRequest, SyncSide},
};
use crate::{
    admin::{
        access::answer_until,
        flows::{
            CheckAnswer, CheckRequest, CompareAnswer, Done, MappingAnswer, SampleWanted, SaveRequest, SavedAnswer,
        },
    },
    api::{
        Api, ApiError, json,
        problem::Problem,
        reading::Parameters,
        settings::{administrator, administrator_until},
        signed::{Input, Signed, SignedRoutes},
    },
    domain::ids::FlowId,
    sync::mapping::MappingDoc,
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/mappings", mapping)
        .post("/api/settings/mappings/check", check)
        .post("/api/settings/mappings/save", save)
        .post("/api/settings/mappings/reset", reset)
        .get("/api/settings/mappings/file", file)
        .post("/api/settings/mappings/compare", compare)
        .post("/api/settings/mappings/import", import)
}

/// The bodies as they are sent.
pub mod shapes {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::Value;

    use crate::{
        admin::flows::SentRow,
        api::settings::sync::flows::shapes::SyncSide,
        domain::ids::{FlowId, IdempotencyKey},
        sync::mapping::ValueTable,
    };

    /// A mapping to try.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct CheckMappingRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// The target whose rows these are.
        pub target: String,
        /// Its rows.
        pub rows: Vec<SentRow>,
        /// All value tables.
        pub tables: Vec<ValueTable>,
        /// A record to try it on.
        pub sample: Option<CheckSampleRequest>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A record to try a mapping on.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct CheckSampleRequest {
        /// The side whose id it is.
        pub side: SyncSide,
        /// Its id.
        pub id: String,
    }

    /// A mapping to save.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct SaveMappingRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// The version that was edited.
        pub version: i64,
        /// The rows by target; a target that is not there keeps its own.
        pub rows: BTreeMap<String, Vec<SentRow>>,
        /// All value tables.
        pub tables: Vec<ValueTable>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A file to compare with the mapping in force.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct CompareRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// What `GET /api/settings/mappings/file` gave, here or elsewhere.
        #[schema(value_type = Object)]
        pub file: Value,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A file to take the mapping from.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct ImportRequest {
        /// The flow.
        pub flow_id: FlowId,
        /// The version that was shown.
        pub version: i64,
        /// What `GET /api/settings/mappings/file` gave, here or elsewhere.
        #[schema(value_type = Object)]
        pub file: Value,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// One flow.
pub(in crate::api) struct FlowQuery(FlowId);

impl Input for FlowQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        Parameters::read(query, &["flow"])?.required("flow").map(Self)
    }
}

/// One flow.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct FlowParams {
    /// The flow.
    #[param(value_type = String, format = Uuid)]
    flow: FlowId,
}

/// A flow's mapping, and the fields of both sides.
#[utoipa::path(
    get, path = "/api/settings/mappings", operation_id = "getMapping", tag = "sync",
    params(FlowParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = MappingAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn mapping(api: Api, signed: Signed<FlowQuery>) -> Result<Response, ApiError> {
    let (who, FlowQuery(flow)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.mapping(&by, flow, until).await?)
}

/// Tries a mapping on live records; nothing is saved.
#[utoipa::path(
    post, path = "/api/settings/mappings/check", operation_id = "checkMapping", tag = "sync",
    request_body = shapes::CheckMappingRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = CheckAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn check(
    api: Api,
    signed: Signed<Body<shapes::CheckMappingRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    let sample = match sent.sample {
        Some(shapes::CheckSampleRequest { side: SyncSide::Erp, id }) => Some(SampleWanted::Source(id.parse()?)),
        Some(shapes::CheckSampleRequest { side: SyncSide::Hubspot, id }) => Some(SampleWanted::Record(id.parse()?)),
        None => None,
    };
    let request =
        CheckRequest { flow: sent.flow_id, target: sent.target, rows: sent.rows, tables: sent.tables, sample };
    json(&api.admin.check_mapping(&by, request, until).await?)
}

/// Saves a mapping; or tells all that is wrong with it, and nothing is saved.
#[utoipa::path(
    post, path = "/api/settings/mappings/save", operation_id = "saveMapping", tag = "sync",
    request_body = shapes::SaveMappingRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = SavedAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn save(
    api: Api,
    signed: Signed<Body<shapes::SaveMappingRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    let request = SaveRequest { flow: sent.flow_id, version: sent.version, rows: sent.rows, tables: sent.tables };
    json(&api.admin.save_mapping(&by, request, until).await?)
}

/// Puts a mapping back to the one that comes with the system.
#[utoipa::path(
    post, path = "/api/settings/mappings/reset", operation_id = "resetMapping", tag = "sync",
    request_body = NamedFlowRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn reset(api: Api, signed: Signed<Body<NamedFlowRequest>>) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.reset_mapping(&by, sent.flow_id).await?)
}

/// A mapping as a document to keep.
#[utoipa::path(
    get, path = "/api/settings/mappings/file", operation_id = "getMappingFile", tag = "sync",
    params(FlowParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = MappingDoc), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn file(api: Api, signed: Signed<FlowQuery>) -> Result<Response, ApiError> {
    let (who, FlowQuery(flow)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.mapping_file(&by, flow).await?)
}

/// What importing a file would change.
#[utoipa::path(
    post, path = "/api/settings/mappings/compare", operation_id = "compareMapping", tag = "sync",
    request_body = shapes::CompareRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = CompareAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn compare(
    api: Api,
    signed: Signed<Body<shapes::CompareRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.compare_mapping(&by, sent.flow_id, sent.file, until).await?)
}

/// Takes the mapping of a file; or tells all that is wrong with it, and nothing is saved.
#[utoipa::path(
    post, path = "/api/settings/mappings/import", operation_id = "importMapping", tag = "sync",
    request_body = shapes::ImportRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = SavedAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn import(
    api: Api,
    signed: Signed<Body<shapes::ImportRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.import_mapping(&by, (sent.flow_id, sent.version), sent.file, until).await?)
}
