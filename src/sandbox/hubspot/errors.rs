//! HubSpot's error answers.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, json};

/// An error in HubSpot's envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    category: &'static str,
    message: String,
    /// More fields of the body.
    more: BTreeMap<&'static str, serde_json::Value>,
    retry_after: Option<u32>,
}

impl Refusal {
    fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, category, message: message.into(), more: BTreeMap::new(), retry_after: None }
    }

    /// 400: the request is wrong.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }

    /// 401: no token, or one that HubSpot does not know.
    pub(super) fn authentication() -> Self {
        let message = "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find \
                       more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
        Self::new(401, "INVALID_AUTHENTICATION", message)
    }

    /// 401: the token has expired.
    pub(super) fn expired() -> Self {
        Self::new(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
    }

    /// 403: the token lacks a scope; any of `wanted` would do.
    pub(super) fn missing_scopes(wanted: &[String]) -> Self {
        let message = "This app hasn't been granted all required scopes to make this call. Read more about required \
                       scopes here: https://developers.hubspot.com/scopes.";
        let mut refusal = Self::new(403, "MISSING_SCOPES", message);
        if !wanted.is_empty() {
            let text = "One or more of the following scopes are required.";
            refusal.more.insert("errors", json!([{"message": text, "context": {"requiredGranularScopes": wanted}}]));
        }
        refusal.more.insert("links", json!({"scopes": "https://developers.hubspot.com/scopes"}));
        refusal
    }

    /// 400: property values that HubSpot does not take, as JSON inside the text.
    pub(super) fn invalid_values(wrong: &[serde_json::Value]) -> Self {
        let text = serde_json::Value::Array(wrong.to_vec()).to_string();
        let mut refusal = Self::validation(format!("Property values were not valid: {text}"));
        let one = |w: &serde_json::Value| json!({"message": w["message"], "code": w["error"], "context": {"propertyName": [w["name"]]}});
        refusal.more.insert("errors", wrong.iter().map(one).collect());
        refusal
    }

    /// 400: properties that must be filled in are empty.
    pub(super) fn incomplete(message: String, errors: Vec<serde_json::Value>) -> Self {
        let mut refusal = Self::validation(message);
        refusal.more.insert("errors", errors.into());
        refusal
    }

    /// 400: a record cannot have more associations of this type.
    pub(super) fn too_many_associations(from: &str, to: &str, limit: usize) -> Self {
        let mut refusal = Self::validation(format!(
            "A record of type {from} can be associated with at most {limit} records of type {to}"
        ));
        refusal.more.insert("subCategory", json!("crm.associations.ASSOCIATION_LIMIT_EXCEEDED"));
        refusal
    }

    /// 409: a record with this unique value is there.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "CONFLICT", message)
    }

    /// 409: a property or group of this name is there.
    pub(super) fn exists(message: impl Into<String>) -> Self {
        Self::new(409, "OBJECT_ALREADY_EXISTS", message)
    }

    /// As an entry of a batch's `errors`, about the input with this trace id.
    pub(super) fn entry(&self, trace: Option<&str>) -> serde_json::Value {
        let context = trace.map_or_else(|| json!({}), |trace| json!({"objectWriteTraceId": [trace]}));
        self.about(&context)
    }

    /// As an entry of a batch's `errors`, with this context.
    pub(super) fn about(&self, context: &serde_json::Value) -> serde_json::Value {
        let errors = self.more.get("errors").cloned().unwrap_or_else(|| json!([]));
        let mut entry = json!({
            "status": "error", "category": self.category, "message": self.message, "context": context, "errors": errors,
            "links": {},
        });
        if let Some(sub) = self.more.get("subCategory") {
            entry["subCategory"] = sub.clone();
        }
        entry
    }

    /// 404: there is no such record.
    pub(super) fn no_record() -> Self {
        Self::new(404, "OBJECT_NOT_FOUND", "resource not found")
    }

    /// 404: there is no such thing, and which.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(404, "OBJECT_NOT_FOUND", message)
    }

    /// 404: there is no such path.
    pub(super) fn no_path() -> Self {
        Self::new(404, "NOT_FOUND", "No such resource")
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self::new(405, "METHOD_NOT_ALLOWED", "The method is not allowed for this resource")
    }

    /// 429: five searches in a second.
    pub(super) fn too_many_searches() -> Self {
        let mut refusal = Self::new(429, "RATE_LIMITS", "You have reached your secondly limit.");
        refusal.more = BTreeMap::from([("errorType", json!("RATE_LIMIT")), ("policyName", json!("SECONDLY"))]);
        refusal
    }

    /// 429: 110 calls in ten seconds.
    pub(super) fn too_many(app: &str) -> Self {
        let mut refusal = Self::new(429, "RATE_LIMITS", "You have reached your ten_secondly_rolling limit.");
        refusal.more = BTreeMap::from([
            ("errorType", json!("RATE_LIMIT")),
            ("policyName", json!("TEN_SECONDLY_ROLLING")),
            ("groupName", json!(format!("publicapi:public-app:{app}"))),
        ]);
        refusal
    }

    /// The token endpoint's refusals: RFC 6749 with HubSpot's legacy fields beside.
    pub(super) fn token(error: &'static str, legacy: &'static str, message: &str) -> Self {
        let mut refusal = Self::new(400, legacy, message);
        refusal.more =
            BTreeMap::from([("error", json!(error)), ("error_description", json!(message)), ("status", json!(legacy))]);
        refusal
    }

    /// The answer to a fault that was switched on.
    pub(super) fn fault(status: u16, retry_after: Option<u32>, app: &str) -> Self {
        let refusal = match status {
            401 => Self::authentication(),
            403 => Self::missing_scopes(&[]),
            404 => Self::no_record(),
            429 => Self::too_many(app),
            400 => Self::validation("The request could not be processed."),
            423 => Self::new(423, "LOCKED", "The record is locked."),
            477 => Self::new(477, "MIGRATION_IN_PROGRESS", "The account is being moved to another data centre."),
            _ => Self::new(status, "INTERNAL_ERROR", "internal error"),
        };
        Self { retry_after, ..refusal }
    }

    /// The answer, with its correlation id.
    pub(super) fn answer(self, correlation: &str) -> Response {
        let mut body = Map::new();
        body.insert("status".to_owned(), json!("error"));
        body.insert("message".to_owned(), json!(self.message));
        body.insert("correlationId".to_owned(), json!(correlation));
        body.insert("category".to_owned(), json!(self.category));
        for (key, value) in self.more {
            body.insert(key.to_owned(), value);
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
