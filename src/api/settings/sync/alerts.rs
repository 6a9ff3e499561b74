//! Alerts, and the activity as a table to keep.

use axum::response::Response;

use super::Body;
use crate::{
    admin::alerts::{AlertsAnswer, AlertsRequest},
    api::{
        Api, ApiError, json,
        problem::Problem,
        settings::{
            administrator,
            body::Nothing,
            netsuite::{shapes::WindowAnswer, window},
        },
        signed::{Signed, SignedRoutes},
    },
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/alerts", alerts)
        .post("/api/settings/alerts", set)
        .post("/api/settings/activity/download", download)
}

/// The bodies as they are sent.
pub mod shapes {
    use serde::Deserialize;

    use crate::domain::ids::{FlowId, IdempotencyKey, RunId};

    /// Where alerts go, or a try.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[schema(as = AlertsRequest)]
    pub struct SetAlertsRequest {
        /// The address; empty: none.
        pub url: Option<String>,
        /// Instead of an address: whether a message is to be sent now.
        pub test: Option<bool>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// What of the activity is to be downloaded; neither: all.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct DownloadRequest {
        /// Of this flow.
        pub flow_id: Option<FlowId>,
        /// Of this run.
        pub run: Option<RunId>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// Where alerts go, and those whose cause is there.
#[utoipa::path(
    get, path = "/api/settings/alerts", operation_id = "getAlerts", tag = "sync",
    security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = AlertsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn alerts(api: Api, signed: Signed<Nothing>) -> Result<Response, ApiError> {
    let (who, Nothing) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.alerts(&by).await?)
}

/// Sets where alerts go, or sends one now to try it.
#[utoipa::path(
    post, path = "/api/settings/alerts", operation_id = "setAlerts", tag = "sync",
    request_body = shapes::SetAlertsRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = AlertsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn set(
    api: Api,
    signed: Signed<Body<shapes::SetAlertsRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let request = match (sent.url, sent.test) {
        (Some(url), None | Some(false)) => AlertsRequest::Target(url.trim().to_owned()),
        (None, Some(true)) => AlertsRequest::Test,
        _ => return Err(ApiError::Invalid("either url or test: true must be there".to_owned())),
    };
    let by = administrator(&api, who).await?;
    json(&api.admin.set_alerts(&by, &request).await?)
}

/// Makes the window in which the activity is downloaded as CSV.
#[utoipa::path(
    post, path = "/api/settings/activity/download", operation_id = "downloadActivity", tag = "sync",
    request_body = shapes::DownloadRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = WindowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn download(
    api: Api,
    signed: Signed<Body<shapes::DownloadRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let opened = api.admin.activity_window(&by, sent.flow_id, sent.run).await?;
    window(opened.url, opened.expires_at)
}
