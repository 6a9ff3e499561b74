//! NetSuite's error answers.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, json};

/// An error of the REST services, in NetSuite's envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
    place: Option<(&'static str, String)>,
    retry_after: Option<u32>,
    /// The account, for 401.
    realm: Option<String>,
}

impl Problem {
    fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), place: None, retry_after: None, realm: None }
    }

    /// 400 about a query parameter, or about the statement (`q`).
    pub(super) fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: Some(("o:errorQueryParam", name.into())), ..Self::new(400, "INVALID_PARAMETER", detail) }
    }

    /// 400 about a header.
    pub(super) fn header(name: &str, detail: impl Into<String>) -> Self {
        Self { place: Some(("o:errorHeader", name.to_owned())), ..Self::new(400, "INVALID_PARAMETER", detail) }
    }

    /// 400 about the body.
    pub(super) fn content(detail: impl Into<String>) -> Self {
        Self::new(400, "INVALID_CONTENT", detail)
    }

    /// 400 about a value that its field does not take.
    pub(super) fn value(name: &str) -> Self {
        let detail = format!(
            "Invalid value for the resource or sub-resource field '{name}'. Provide a valid value for the resource or \
             sub-resource field."
        );
        Self { place: Some(("o:errorPath", name.to_owned())), ..Self::content(detail) }
    }

    /// 400 about a name that is no field's.
    pub(super) fn no_such_field(name: &str) -> Self {
        let detail = format!("Unknown field '{name}'. Provide a valid field name.");
        Self { place: Some(("o:errorPath", name.to_owned())), ..Self::new(400, "NONEXISTENT_FIELD", detail) }
    }

    /// 400: a rule of the business, about the field `name` if it is about one.
    pub(super) fn user(detail: impl Into<String>, name: &str) -> Self {
        let place = (!name.is_empty()).then(|| ("o:errorPath", name.to_owned()));
        Self { place, ..Self::new(400, "USER_ERROR", detail) }
    }

    /// 406: no such description.
    pub(super) fn not_acceptable() -> Self {
        let detail = "The Accept header is invalid. Use application/schema+json.";
        Self { place: Some(("o:errorHeader", "Accept".to_owned())), ..Self::new(406, "INVALID_HEADER", detail) }
    }

    /// 401: the token is missing, unknown or expired.
    pub(super) fn login(realm: &str) -> Self {
        let detail = "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > \
                      Users/Roles > User Management > View Login Audit Trail.";
        Self { realm: Some(realm.to_owned()), ..Self::new(401, "INVALID_LOGIN", detail) }
    }

    /// 403: the role lacks a permission.
    pub(super) fn permission(name: &str) -> Self {
        Self::new(
            403,
            "INSUFFICIENT_PERMISSION",
            format!(
                "Permission Violation: You need the '{name}' permission to access this page. \
                 Please contact your account administrator."
            ),
        )
    }

    /// 403: a feature of the account is off.
    pub(super) fn feature(name: &str) -> Self {
        let detail = format!("Feature '{name}' required to access this page is not enabled in this account.");
        Self::new(403, "INSUFFICIENT_PERMISSION", detail)
    }

    /// 404: no record has this id.
    pub(super) fn no_such_id(id: &str) -> Self {
        Self::new(
            404,
            "NONEXISTENT_ID",
            format!("The record instance does not exist. Provide a valid record instance ID. ({id})"),
        )
    }

    /// 404: there is no such resource.
    pub(super) fn no_such_url(what: &str) -> Self {
        let detail = format!("Record type '{what}' does not exist or you do not have permission for it.");
        Self { place: Some(("o:errorUrl", what.to_owned())), ..Self::new(404, "INVALID_URL", detail) }
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self::new(405, "METHOD_NOT_ALLOWED", "The request method is not supported for this resource.")
    }

    /// 429.
    pub(super) fn too_many() -> Self {
        Self::new(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
    }

    /// 500 or 503: something broke.
    pub(super) fn unexpected(error_id: &str) -> Self {
        Self::new(500, "UNEXPECTED_ERROR", format!("An unexpected error occurred. Error ID: {error_id}"))
    }

    /// The answer to a fault that was switched on.
    pub(super) fn fault(status: u16, retry_after: Option<u32>, realm: &str, error_id: &str) -> Self {
        let problem = match status {
            401 => Self::login(realm),
            403 => Self::permission("REST Web Services"),
            404 => Self::no_such_id("0"),
            429 => Self::too_many(),
            400 => Self::new(400, "USER_ERROR", "The request could not be processed."),
            _ => Self { status, ..Self::unexpected(error_id) },
        };
        Self { retry_after, ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut detail = Map::new();
        detail.insert("detail".to_owned(), json!(self.detail));
        if let Some((key, value)) = self.place {
            detail.insert(key.to_owned(), json!(value));
        }
        detail.insert("o:errorCode".to_owned(), json!(self.code));
        let body = json!({
            "type": format!("https://www.rfc-editor.org/rfc/rfc9110.html#section-{}", section(self.status)),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": self.status,
            "o:errorDetails": [detail],
        });
        let mut response = (status, Body::from(body.to_string())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/vnd.oracle.resource+json; type=error; charset=UTF-8"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(realm) = self.realm {
            let text = format!(
                "Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"Invalid login attempt.\""
            );
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}

/// The section of RFC 9110 about a status.
fn section(status: u16) -> String {
    match status {
        429 => "15.5".to_owned(),
        400..=499 => format!("15.5.{}", status - 399),
        _ => format!("15.6.{}", status.saturating_sub(499)),
    }
}
