//! The card's endpoints. Each handler reads its input, lets `cards` do it, and sends the answer.

mod body;
mod query;

use axum::response::Response;

use self::{
    body::{AddBody, ChangeBody, LinkBody, RefreshBody, SyncBody},
    query::{DetailQuery, ListQuery, SearchQuery},
};
use super::{
    Api, ApiError, json,
    problem::Problem,
    signed::{Signed, SignedRoutes},
};
use crate::cards::answer;

pub use body::shapes;

/// The card's routes.
#[must_use]
pub fn routes() -> SignedRoutes {
    SignedRoutes::default()
        .get("/api/card/invoices", list)
        .get("/api/card/invoice", detail)
        .get("/api/card/search", search)
        .post("/api/card/associations", add)
        .post("/api/card/associations/remove", remove)
        .post("/api/card/associations/restore", restore)
        .post("/api/card/links", link)
        .post("/api/card/refresh", refresh)
        .post("/api/card/sync", sync)
}

/// The invoices of a record: attached ones and those of its ERP customer, with sums and freshness.
#[utoipa::path(
    get, path = "/api/card/invoices", operation_id = "listInvoices", tag = "card",
    params(query::ListParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::ListAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn list(api: Api, signed: Signed<ListQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    let answer = api.cards.list(who, query.record, &query.request).await?;
    api.probes.listed(answer.state);
    json(&answer)
}

/// One invoice with its lines, taxes and payments.
#[utoipa::path(
    get, path = "/api/card/invoice", operation_id = "getInvoice", tag = "card",
    params(query::DetailParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::DetailAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn detail(api: Api, signed: Signed<DetailQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    json(&api.cards.detail(who, query.record, query.connection, &query.invoice).await?)
}

/// Invoices of the connected ERPs to choose from, suggestions first.
#[utoipa::path(
    get, path = "/api/card/search", operation_id = "searchInvoices", tag = "card",
    params(query::SearchParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::SearchAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn search(api: Api, signed: Signed<SearchQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    json(&api.cards.search(who, query.record, &query.request).await?)
}

/// Attaches up to 50 existing invoices to a record, a result each.
#[utoipa::path(
    post, path = "/api/card/associations", operation_id = "addInvoices", tag = "card",
    request_body = shapes::AddRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::AddAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn add(api: Api, signed: Signed<AddBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.add(who, &body.key, body.request).await?)
}

/// Removes an association. It can be undone for ten minutes.
#[utoipa::path(
    post, path = "/api/card/associations/remove", operation_id = "removeInvoice", tag = "card",
    request_body = shapes::RemoveRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::RemoveAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn remove(api: Api, signed: Signed<ChangeBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.remove(who, &body.key, body.record, body.association).await?)
}

/// Undoes a removal.
#[utoipa::path(
    post, path = "/api/card/associations/restore", operation_id = "restoreInvoice", tag = "card",
    request_body = shapes::RemoveRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::RemoveAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn restore(api: Api, signed: Signed<ChangeBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.restore(who, &body.key, body.record, body.association).await?)
}

/// "This is the one": links a contact with one of the customers that have its e-mail address.
#[utoipa::path(
    post, path = "/api/card/links", operation_id = "linkCustomer", tag = "card",
    request_body = shapes::LinkRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::LinkAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn link(api: Api, signed: Signed<LinkBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.link(who, &body.key, body.request).await?)
}

/// Forgets what was read for a record: the next list reads anew.
#[utoipa::path(
    post, path = "/api/card/refresh", operation_id = "refresh", tag = "card",
    request_body = shapes::RefreshRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::RefreshAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn refresh(api: Api, signed: Signed<RefreshBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.refresh(who, body.record).await?)
}

/// Has a record brought in step with its ERP records now.
#[utoipa::path(
    post, path = "/api/card/sync", operation_id = "syncRecord", tag = "card",
    request_body = shapes::SyncRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = answer::SyncAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn sync(api: Api, signed: Signed<SyncBody>) -> Result<Response, ApiError> {
    let (who, body) = signed.into_parts();
    json(&api.cards.sync(who, body.record, body.connection).await?)
}
