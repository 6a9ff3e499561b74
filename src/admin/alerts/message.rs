//! A message: what it says, how it is signed, and sending it.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, FlowId, PortalId},
    outbound::{Body, Call, Meter, Outbound},
};

/// How long an address may take.
const WITHIN: Duration = Duration::from_secs(8);
static TIMESTAMP: HeaderName = HeaderName::from_static("x-ledgercard-timestamp");
static SIGNATURE: HeaderName = HeaderName::from_static("x-ledgercard-signature");

/// What an address is told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    /// New for every message; the same when it is sent again is not promised.
    pub(super) id: Uuid,
    /// `raised`, `cleared` or `test`.
    pub(super) event: &'static str,
    /// Why, as a code.
    pub(super) cause: String,
    pub(super) portal_id: PortalId,
    pub(super) connection_id: Option<ConnectionId>,
    pub(super) flow_id: Option<FlowId>,
    /// The flow's name within the connection.
    pub(super) flow: Option<String>,
    pub(super) raised_at: Millis,
    pub(super) cleared_at: Option<Millis>,
}

/// Why a message did not arrive, in words without anything of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotSent {
    /// No answer came.
    #[error("the address cannot be reached ({0})")]
    Unreached(&'static str),
    /// It answered that it does not take it.
    #[error("the address answered with status {0}")]
    Refused(u16),
}

/// The signature of a body at an instant: `v1=` and the lower-case hex of HMAC-SHA256 over `<timestamp>.<body>`.
pub(super) fn signature(secret: &SecretString, at: Millis, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, format!("{}.{body}", at.0).as_bytes());
    tag.as_ref().iter().fold("v1=".to_owned(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}

/// Sends a message. An answer of the 200s means that it arrived.
pub(super) async fn send(
    outbound: &Outbound,
    (url, secret): (&Url, &SecretString),
    message: &Message,
    now: Millis,
) -> Result<(), NotSent> {
    // Texts and numbers: this always serialises.
    let body = serde_json::to_string(message).unwrap_or_default();
    let signed = HeaderValue::from_str(&signature(secret, now, &body));
    let signed = signed.map_err(|_| NotSent::Unreached("unsendable"))?;
    let headers = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (TIMESTAMP.clone(), HeaderValue::from(now.0)),
        (SIGNATURE.clone(), signed),
    ];
    let call = Call {
        service: "alerts",
        operation: "alert",
        meter: Meter::Nobody,
        method: Method::POST,
        url: url.clone(),
        bearer: None,
        headers,
        body: Body::Text(body),
        timeout: WITHIN,
    };
    match outbound.send(call).await {
        Ok(answer) if answer.is_success() => Ok(()),
        Ok(answer) => Err(NotSent::Refused(answer.status)),
        Err(error) => Err(NotSent::Unreached(error.word())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_covers_body_and_time() {
        let secret = SecretString::from("lcs_secret");
        let signed = signature(&secret, Millis(1), "{}");
        assert_eq!(signed.len(), 3 + 64);
        assert_ne!(signed, signature(&secret, Millis(2), "{}"));
        assert_ne!(signed, signature(&secret, Millis(1), "{ }"));
        assert_ne!(signed, signature(&SecretString::from("lcs_other"), Millis(1), "{}"));
    }
}
