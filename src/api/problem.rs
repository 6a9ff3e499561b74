//! Faults as problem documents (RFC 9457): the one place that turns a fault into a status code.
//!
//! Promise: `type` is stable, `detail` says what is wrong and what to do, `requestId` finds the log line.
//! Never: an inside detail, a vendor's text, or what was sent.

use std::any::Any;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{admin::AdminError, cards::CardError, domain::ids::BadId, hubspot::identity::BadIdentity};

/// Every fault a route can answer with.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request is not signed as it must be.
    #[error("{0}")]
    Unsigned(Unsigned),
    /// The signed query does not name tenant and user as it must.
    #[error("{0}")]
    Identity(#[from] BadIdentity),
    /// Something in query or body is wrong.
    #[error("{0}")]
    Invalid(String),
    /// The body is larger than [`super::MAX_BODY`].
    #[error("the body is larger than 1 MiB; HubSpot's proxy sends at most 1 MB")]
    TooLarge,
    /// The card cannot do it.
    #[error(transparent)]
    Card(CardError),
    /// An administrator's wish cannot be fulfilled.
    #[error(transparent)]
    Admin(AdminError),
    /// There is no such path.
    #[error("there is nothing at this path; the API's description lists all paths")]
    NoSuchPath,
    /// The path exists, the method does not.
    #[error("this path does not take this method; the API's description lists both")]
    WrongMethod,
    /// A fault of ours; the text is for the log only.
    #[error("{0}")]
    Inside(String),
}

/// Why a request counts as unsigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// A header is missing.
    #[error("the header {0} is missing; only HubSpot may call this path")]
    Missing(&'static str),
    /// A header is there several times.
    #[error("the header {0} must occur exactly once")]
    Repeated(&'static str),
    /// The time stamp is wrong.
    #[error("{0}")]
    Timestamp(#[from] crate::hubspot::signature::BadTimestamp),
    /// The signature does not fit.
    #[error(
        "the signature does not fit this request; the public URL or the client secret configured here may differ from HubSpot's"
    )]
    Mismatch,
}

impl Unsigned {
    /// The word it is counted under.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Repeated(_) => "repeated",
            Self::Timestamp(_) => "timestamp",
            Self::Mismatch => "mismatch",
        }
    }
}

/// The problem document.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// A stable name of the kind of fault.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here, and what to do.
    pub detail: String,
    /// The id under which the server logged the request.
    pub request_id: String,
}

impl ApiError {
    /// A fault of ours with a text for the log.
    #[must_use]
    pub fn inside(text: impl Into<String>) -> Self {
        Self::Inside(text.into())
    }

    /// Status, stable type and title.
    #[must_use]
    pub const fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unsigned(_) => (StatusCode::UNAUTHORIZED, "urn:ledgercard:unsigned", "Not signed by HubSpot"),
            Self::Admin(error) => admin_kind(error),
            Self::Identity(_) => (StatusCode::BAD_REQUEST, "urn:ledgercard:identity", "Portal and user are not clear"),
            Self::Invalid(_) | Self::Card(CardError::Invalid(_)) => {
                (StatusCode::BAD_REQUEST, "urn:ledgercard:invalid", "The request is not valid")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "urn:ledgercard:too-large", "The body is too large"),
            Self::NoSuchPath => (StatusCode::NOT_FOUND, "urn:ledgercard:no-such-path", "No such path"),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "urn:ledgercard:wrong-method", "Wrong method"),
            Self::Card(CardError::NoSuchRecord | CardError::NoSuchConnection | CardError::NoSuchAssociation) => {
                (StatusCode::NOT_FOUND, "urn:ledgercard:not-found", "Not found")
            }
            Self::Card(CardError::NotAllowed(_)) => {
                (StatusCode::FORBIDDEN, "urn:ledgercard:not-allowed", "Not allowed")
            }
            Self::Card(CardError::TooLateToUndo) => {
                (StatusCode::CONFLICT, "urn:ledgercard:too-late", "Too late to undo")
            }
            Self::Card(CardError::KeyReused) => {
                (StatusCode::CONFLICT, "urn:ledgercard:key-reused", "Idempotency key used before")
            }
            Self::Card(CardError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, "urn:ledgercard:busy", "Busy"),
            Self::Inside(_) | Self::Card(CardError::Inside(_)) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "urn:ledgercard:inside", "A fault of the server")
            }
        }
    }

    /// What goes out: never an inside text.
    fn detail(&self) -> String {
        match self {
            Self::Inside(_) | Self::Card(CardError::Inside(_)) | Self::Admin(AdminError::Inside(_)) => {
                "the server failed; its operator finds the reason in the log under this request id".to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// Status, stable type and title of an administrator's trouble.
const fn admin_kind(error: &AdminError) -> (StatusCode, &'static str, &'static str) {
    match error {
        AdminError::Invalid(_) => (StatusCode::BAD_REQUEST, "urn:ledgercard:invalid", "The request is not valid"),
        AdminError::NotAllowed(_) => (StatusCode::FORBIDDEN, "urn:ledgercard:not-allowed", "Not allowed"),
        AdminError::NotInstalled => (StatusCode::CONFLICT, "urn:ledgercard:not-installed", "Not installed"),
        AdminError::NoSuch(_) => (StatusCode::NOT_FOUND, "urn:ledgercard:not-found", "Not found"),
        AdminError::Conflict(_) => (StatusCode::CONFLICT, "urn:ledgercard:conflict", "Does not fit the present state"),
        AdminError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "urn:ledgercard:busy", "Busy"),
        AdminError::Inside(_) => (StatusCode::INTERNAL_SERVER_ERROR, "urn:ledgercard:inside", "A fault of the server"),
    }
}

impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<CardError> for ApiError {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}

impl From<BadId> for ApiError {
    fn from(error: BadId) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// The fault travels beside the response until [`number`] knows the request id.
#[derive(Clone)]
struct Fault(std::sync::Arc<ApiError>);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.kind().0.into_response();
        response.extensions_mut().insert(Fault(std::sync::Arc::new(self)));
        response
    }
}

/// What a handler that panicked answers.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer calls")]
pub(super) fn of_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::inside(format!("a handler panicked: {}", text.unwrap_or("no text"))).into_response()
}

/// Ends what takes longer than any answer may.
pub(super) async fn limit_time(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(super::MAX_TIME, next.run(request)).await;
    answered.unwrap_or_else(|_| ApiError::Card(CardError::Busy).into_response())
}

/// Writes the problem document of a fault, with the request's id, and logs what the client does not get to see.
pub(super) async fn number(request: Request, next: Next) -> Response {
    let id = request.headers().get(&super::REQUEST_ID).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    // The address of a window holds a ticket.
    let path = request.uri().path().split_inclusive("/window/").next().unwrap_or_default().to_owned();
    let mut response = next.run(request).await;
    let Some(Fault(error)) = response.extensions_mut().remove::<Fault>() else { return response };
    let (status, kind, title) = error.kind();
    if status.is_server_error() {
        tracing::error!(request = id, path, %error, "a request failed");
    } else {
        tracing::info!(request = id, path, status = status.as_u16(), %error, "a request was refused");
    }
    let problem = Problem { kind, title, status: status.as_u16(), detail: error.detail(), request_id: id };
    // A struct of texts and a number always serialises.
    *response.body_mut() = serde_json::to_vec(&problem).unwrap_or_default().into();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
