//! The settings page's endpoints. Each handler reads its input, lets `admin` do it, and sends the answer.
//!
//! Promise: everything but the first look asks for an administrator (else 403 `urn:ledgercard:not-allowed`). The POST calls
//! here are naturally idempotent (a repeat changes nothing further), so their idempotency key is read and not kept.

mod body;
pub mod netsuite;
pub mod sync;

use axum::response::Response;
use tokio::time::Instant;

use self::body::{ChangeBody, LeaveBody, LeavingQuery, Nothing, PermissionsBody, TestBody};
use super::{
    Api, ApiError, json,
    problem::Problem,
    signed::{Signed, SignedRoutes},
};
use crate::{
    admin::{
        AdminError, Administrator,
        access::answer_until,
        checklist::ChecklistAnswer,
        leave::{LeaveAnswer, LeavingAnswer},
        overview::SettingsAnswer,
        people::PeopleAnswer,
    },
    cards::Who,
};

pub use body::shapes;

/// The settings page's routes.
#[must_use]
pub fn routes() -> SignedRoutes {
    let routes = SignedRoutes::default()
        .get("/api/settings", settings)
        .get("/api/settings/people", people)
        .get("/api/settings/leaving", leaving)
        .post("/api/settings/connections/test", test)
        .post("/api/settings/connections/change", change)
        .post("/api/settings/permissions", permissions)
        .post("/api/settings/leave", leave);
    sync::add(netsuite::add(routes))
}

/// The administrator behind a request.
async fn administrator(api: &Api, who: Who) -> Result<Administrator, ApiError> {
    administrator_until(api, who, answer_until()).await
}

/// The administrator behind a request that has more to wait for, all of it until `until`.
async fn administrator_until(api: &Api, who: Who, until: Instant) -> Result<Administrator, ApiError> {
    Ok(api.admin.administrator_until(who, until).await.map_err(AdminError::from)?)
}

/// Portal, connections, permissions and how things go; or why the user does not get to see them.
#[utoipa::path(
    get, path = "/api/settings", operation_id = "getSettings", tag = "settings",
    security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = SettingsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn settings(api: Api, signed: Signed<Nothing>) -> Result<Response, ApiError> {
    let (who, Nothing) = signed.into_parts();
    json(&api.admin.settings_of(who, answer_until()).await?)
}

/// The portal's users and teams.
#[utoipa::path(
    get, path = "/api/settings/people", operation_id = "listPeople", tag = "settings",
    security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = PeopleAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn people(api: Api, signed: Signed<Nothing>) -> Result<Response, ApiError> {
    let (who, Nothing) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.people(&by, until).await)
}

/// What each way out would touch.
#[utoipa::path(
    get, path = "/api/settings/leaving", operation_id = "getLeaving", tag = "settings",
    params(body::LeavingParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = LeavingAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn leaving(api: Api, signed: Signed<LeavingQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.leaving(&by, query.connection).await?)
}

/// Asks a connection's account everything it must have.
#[utoipa::path(
    post, path = "/api/settings/connections/test", operation_id = "testConnection", tag = "settings",
    request_body = shapes::TestRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ChecklistAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn test(api: Api, signed: Signed<TestBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.test(&by, body.connection, until).await?)
}

/// Gives a connection another name or base currency.
#[utoipa::path(
    post, path = "/api/settings/connections/change", operation_id = "changeConnection", tag = "settings",
    request_body = shapes::ChangeRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::ChangeAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn change(api: Api, signed: Signed<ChangeBody>) -> Result<Response, ApiError> {
    let (who, ChangeBody(body)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let connection = api.admin.change(&by, body.connection_id, &body.name, body.base_currency.as_deref()).await?;
    json(&shapes::ChangeAnswer { connection })
}

/// Decides who may see and attach invoices, and who else administers.
#[utoipa::path(
    post, path = "/api/settings/permissions", operation_id = "setPermissions", tag = "settings",
    request_body = shapes::PermissionsRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::PermissionsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn permissions(api: Api, signed: Signed<PermissionsBody>) -> Result<Response, ApiError> {
    let (who, PermissionsBody(permissions)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&shapes::PermissionsAnswer { permissions: api.admin.set_permissions(&by, permissions).await? })
}

/// Goes one of the ways out.
#[utoipa::path(
    post, path = "/api/settings/leave", operation_id = "leave", tag = "settings",
    request_body = shapes::LeaveRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = LeaveAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn leave(api: Api, signed: Signed<LeaveBody>) -> Result<Response, ApiError> {
    let (who, LeaveBody(request)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&api.admin.leave(&by, &request).await?)
}
