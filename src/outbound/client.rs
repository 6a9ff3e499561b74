//! One call out: limits, errors sorted by what they mean, a log line, a count.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    counts::Counts,
    guard,
    hosts::LocalHosts,
    usage::{Meter, Usage, Used},
};
use crate::clock::Clock;

/// Why no answer came, or why it could not be read. Its text holds neither URL nor secret nor anything of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The time for the whole call was up.
    #[error("no answer within the time limit")]
    TimedOut,
    /// No connection came about: name not found, refused, TLS failed.
    #[error("no connection could be made")]
    Unreachable,
    /// The connection broke before the whole answer was there.
    #[error("the connection broke off")]
    Cut,
    /// The answer is longer than we take.
    #[error("the answer is larger than the limit")]
    TooLarge,
    /// The answer came but is not what was expected.
    #[error("the answer cannot be read ({what})")]
    Unreadable {
        /// Which part of it, as a path; never its content.
        what: String,
    },
    /// The call itself is wrong: a header or body that cannot be sent.
    #[error("the call cannot be sent ({what})")]
    Unsendable {
        /// What is wrong with it.
        what: &'static str,
    },
}

impl OutboundError {
    /// The word it is counted under.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Cut => "cut",
            Self::TooLarge => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::Unsendable { .. } => "unsendable",
        }
    }
}

/// What holds for all calls.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The most bytes of an answer, after unpacking.
    pub max_body: usize,
    /// Who we say we are.
    pub user_agent: String,
    /// The hosts that may have private addresses.
    pub local: LocalHosts,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            max_body: 8 * 1024 * 1024,
            user_agent: concat!("ledgercard/", env!("CARGO_PKG_VERSION")).to_owned(),
            local: LocalHosts::default(),
        }
    }
}

/// What is sent along.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing.
    None,
    /// A JSON document.
    Json(serde_json::Value),
    /// A form, whose values may be secret.
    Form(Vec<(&'static str, SecretString)>),
    /// Plain text.
    Text(String),
}

/// One call to make.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who is called, for log and count: `hubspot`, `netsuite`.
    pub service: &'static str,
    /// What for, for log and count: `token`, `suiteql`. One of a small fixed set.
    pub operation: &'static str,
    /// For whom, for their usage.
    pub meter: Meter,
    /// The method.
    pub method: Method,
    /// Where to. Never logged.
    pub url: Url,
    /// A bearer token for the `Authorization` header.
    pub bearer: Option<SecretString>,
    /// More headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent along.
    pub body: Body,
    /// The longest the whole call may take, the answer's body included.
    pub timeout: Duration,
}

/// An answer of any status.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, unpacked.
    pub body: Bytes,
}

impl std::fmt::Debug for Answer {
    /// Status and length only: the body may hold customers' data or a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

impl Answer {
    /// Whether the status is one of the 200s.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`OutboundError::Unreadable`] with the path to the part that does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, OutboundError> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|e| {
            // The inner error may quote a value; its position and the path never do.
            let what = format!("at {}, line {} column {}", e.path(), e.inner().line(), e.inner().column());
            OutboundError::Unreadable { what }
        })
    }
}

/// Makes calls. Cheap to clone; clones share connections and counts.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    clock: Clock,
    counts: Counts,
    usage: Usage,
    max_body: usize,
    local: LocalHosts,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbound")
    }
}

impl Outbound {
    /// A client with `settings`.
    ///
    /// # Errors
    /// [`OutboundError::Unsendable`] when TLS cannot be set up (no certificate authorities on this machine) or the user
    /// agent is no header value.
    #[expect(clippy::disallowed_methods, reason = "this is the one way to call out")]
    pub fn new(clock: Clock, settings: OutboundSettings) -> Result<Self, OutboundError> {
        super::install_crypto();
        let http = reqwest::Client::builder()
            .user_agent(settings.user_agent)
            .connect_timeout(settings.connect_timeout)
            // A redirect would carry tokens to a host nobody named.
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(settings.local.clone()))
            .gzip(true)
            .build()
            .map_err(|error| {
                tracing::error!(error = %error.without_url(), "no HTTP client: are the CA certificates installed?");
                OutboundError::Unsendable { what: "the HTTP client cannot be set up; are CA certificates installed?" }
            })?;
        Ok(Self(Arc::new(Inner {
            http,
            clock,
            counts: Counts::default(),
            usage: Usage::default(),
            max_body: settings.max_body,
            local: settings.local,
        })))
    }

    /// Makes `call` and waits for the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`OutboundError`] when no whole answer came.
    pub async fn send(&self, call: Call) -> Result<Answer, OutboundError> {
        let (service, operation, meter) = (call.service, call.operation, call.meter);
        let started = self.0.clock.now();
        super::tally::one_more();
        let outcome = self.exchange(call).await;
        self.0.usage.add(meter, outcome.as_ref().ok().map(|answer| answer.status));
        let ms = u64::try_from(self.0.clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
        match &outcome {
            Ok(answer) => {
                self.0.counts.add(service, operation, status_word(answer.status));
                tracing::info!(service, operation, status = answer.status, ms, "called out");
            }
            Err(error) => {
                self.0.counts.add(service, operation, error.word());
                tracing::warn!(service, operation, error = error.word(), ms, "call out failed");
            }
        }
        outcome
    }

    /// How many calls ended how: service, operation, outcome, number.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, &'static str, &'static str, u64)> {
        self.0.counts.all()
    }

    /// What was used by whom since this was last called.
    #[must_use]
    pub fn take_usage(&self) -> BTreeMap<Meter, Used> {
        self.0.usage.take()
    }

    async fn exchange(&self, call: Call) -> Result<Answer, OutboundError> {
        let renews_a_token = call.bearer.is_none();
        let request = self.request(call)?;
        // Whatever becomes of the caller, a token renewed is one that the next one need not renew.
        if !renews_a_token && !guard::may_send() {
            return Err(OutboundError::Unsendable { what: "the right to call has ended while it waited" });
        }
        let mut response = self.0.http.execute(request).await.map_err(sort)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(sort)? {
            if body.len().saturating_add(chunk.len()) > self.0.max_body {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }

    fn request(&self, call: Call) -> Result<reqwest::Request, OutboundError> {
        if !self.0.local.may_call(&call.url) {
            return Err(OutboundError::Unsendable {
                what: "the address is a private one that the configuration does not name",
            });
        }
        let mut builder = self.0.http.request(call.method, call.url).timeout(call.timeout);
        for (name, value) in call.headers {
            builder = builder.header(name, value);
        }
        if let Some(token) = call.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                .map_err(|_| OutboundError::Unsendable { what: "the access token is no header value" })?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        let builder = match call.body {
            Body::None => builder,
            Body::Json(document) => builder.json(&document),
            Body::Text(text) => builder.body(text),
            Body::Form(fields) => builder
                .header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
                .body(form(&fields)),
        };
        builder.build().map_err(|_| OutboundError::Unsendable { what: "the request cannot be built" })
    }
}

/// `fields` as a form body.
fn form(fields: &[(&'static str, SecretString)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        text.append_pair(name, value.expose_secret());
    }
    text.finish()
}

/// What an error of the HTTP client means. Its own text names the URL and is dropped.
#[expect(clippy::needless_pass_by_value, reason = "the signature of map_err")]
fn sort(error: reqwest::Error) -> OutboundError {
    if error.is_connect() {
        OutboundError::Unreachable
    } else if error.is_timeout() {
        OutboundError::TimedOut
    } else if error.is_builder() {
        OutboundError::Unsendable { what: "the request cannot be built" }
    } else {
        OutboundError::Cut
    }
}

/// The word an answer of `status` is counted under.
const fn status_word(status: u16) -> &'static str {
    match status {
        200..=299 => "ok",
        401 => "unauthorized",
        403 => "forbidden",
        429 => "throttled",
        400..=499 => "refused",
        500..=599 => "server_error",
        _ => "other",
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
