//! The token endpoint: client credentials with a signed assertion, authorization code with PKCE, refresh; and revocation.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    certificates::{Assertion, BadCertificate, Certificates, Listed},
    grants::{Code, Given, Grants},
};
use crate::{
    clock::Millis,
    sandbox::{data::accounts::AccountSeed, moment::Moment},
};

/// How long an access token works, in seconds.
pub(super) const LIFETIME: i64 = 3_600;

/// The assertion type of RFC 7523.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Certificates and tokens of one account.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    certificates: Mutex<Certificates>,
    grants: Mutex<Grants>,
}

/// Why the token endpoint refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    realm: String,
    retry_after: Option<u32>,
    /// The endpoint's clock, as its `Date` header says it.
    now: Millis,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, axum::Json(json!({ "error": self.error }))).into_response();
        let headers = response.headers_mut();
        if self.status == 401
            && let Ok(value) = HeaderValue::from_str(&format!("Basic realm=\"{}\"", self.realm))
        {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let date = jiff::Timestamp::from_millisecond(self.now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        if let Ok(value) = HeaderValue::from_str(&date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
            headers.insert(header::DATE, value);
        }
        response
    }
}

impl Refusal {
    /// The answer to a fault that was switched on.
    #[must_use]
    pub(super) fn fault(status: u16, retry_after: Option<u32>, realm: &str, now: Millis) -> Self {
        let error = match status {
            401 => "invalid_client",
            400..=499 => "invalid_grant",
            _ => "server_error",
        };
        Self { status, error, realm: realm.to_owned(), retry_after, now }
    }
}

/// Who asks, and where.
pub(super) struct Asking<'a> {
    pub seed: &'a AccountSeed,
    /// The exact URL of the token endpoint.
    pub url: &'a str,
    pub form: &'a [(String, String)],
    pub headers: &'a HeaderMap,
    pub moment: &'a Moment,
}

/// The client that a call is from.
struct Client {
    id: String,
    /// It has no secret and said so.
    public: bool,
}

impl Asking<'_> {
    /// A refusal with one of the codes of RFC 6749.
    pub(super) fn refuse(&self, status: u16, error: &'static str) -> Refusal {
        tracing::debug!(error, "the local NetSuite refuses a token");
        Refusal { status, error, realm: self.seed.id.to_owned(), retry_after: None, now: self.moment.now() }
    }

    /// A parameter that must be there exactly once.
    fn one(&self, name: &str) -> Result<&str, Refusal> {
        self.maybe(name)?.ok_or_else(|| self.refuse(400, "invalid_request"))
    }

    /// A parameter that may be there once.
    fn maybe(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.form.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let first = values.next();
        if values.next().is_some() { Err(self.refuse(400, "invalid_request")) } else { Ok(first) }
    }

    /// The client by its Basic header, or a public one by its id in the form.
    fn client(&self) -> Result<Client, Refusal> {
        let unknown = || self.refuse(401, "invalid_client");
        let basic = self.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let Some(basic) = basic else {
            let id = self.maybe("client_id")?.filter(|id| *id == self.seed.public_client_id).ok_or_else(unknown)?;
            return Ok(Client { id: id.to_owned(), public: true });
        };
        let decoded = basic.strip_prefix("Basic ").and_then(|text| STANDARD.decode(text).ok());
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(unknown)?;
        let (id, secret) = decoded.split_once(':').ok_or_else(unknown)?;
        if id != self.seed.client_id || secret != self.seed.client_secret {
            return Err(unknown());
        }
        Ok(Client { id: id.to_owned(), public: false })
    }
}

impl Tokens {
    fn certificates(&self) -> MutexGuard<'_, Certificates> {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a certificate for the integration and gives its id. The same certificate keeps its id.
    ///
    /// # Errors
    /// [`BadCertificate`].
    pub(super) fn register(&self, pem: &str) -> Result<String, BadCertificate> {
        self.certificates().register(pem)
    }

    /// Every token and code that there is.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.grants().secrets()
    }

    /// The certificates.
    pub(super) fn listed(&self) -> Vec<Listed> {
        self.certificates().list()
    }

    /// Takes a certificate back, with the tokens that it brought.
    pub(super) fn revoke_certificate(&self, id: &str) -> bool {
        self.grants().end(id);
        self.certificates().revoke(id)
    }

    /// Forgets certificates, consents and tokens.
    pub(super) fn clear(&self) {
        self.certificates().clear();
        self.grants().clear();
    }

    /// Forgets consents and tokens; certificates stay.
    pub(super) fn end_consents(&self) {
        self.grants().clear();
    }

    /// Whether `token` was issued here and still works.
    #[must_use]
    pub(super) fn valid(&self, token: &str, now: Millis) -> bool {
        self.grants().valid(token, now)
    }

    /// A code for a consent that was given.
    pub(super) fn code(&self, code: Code, moment: &Moment) -> String {
        self.grants().code(code, moment)
    }

    /// Answers a form post.
    ///
    /// # Errors
    /// [`Refusal`] with the codes of RFC 6749.
    pub(super) fn issue(&self, asking: &Asking<'_>) -> Result<Given, Refusal> {
        let bad = || asking.refuse(400, "invalid_grant");
        match asking.one("grant_type")? {
            "client_credentials" => self.with_assertion(asking),
            "authorization_code" => {
                let client = asking.client()?;
                let (code, redirect, verifier) =
                    (asking.one("code")?, asking.one("redirect_uri")?, asking.maybe("code_verifier")?);
                let given = self.grants().redeem(code, &client.id, redirect, verifier, client.public, asking.moment);
                given.ok_or_else(bad)
            }
            "refresh_token" => {
                let client = asking.client()?;
                let token = asking.one("refresh_token")?;
                self.grants().refresh(token, &client.id, asking.moment).ok_or_else(bad)
            }
            _ => Err(asking.refuse(400, "unsupported_grant_type")),
        }
    }

    fn with_assertion(&self, asking: &Asking<'_>) -> Result<Given, Refusal> {
        let bad = || asking.refuse(400, "invalid_grant");
        if asking.one("client_assertion_type")? != ASSERTION {
            return Err(asking.refuse(400, "invalid_request"));
        }
        let assertion = Assertion::read(asking.one("client_assertion")?).ok_or_else(bad)?;
        if assertion.issuer() != asking.seed.client_id {
            return Err(asking.refuse(401, "invalid_client"));
        }
        let certificates = self.certificates();
        let now = asking.moment.now().as_seconds();
        let certificate = certificates.verify(&assertion, asking.url, now).ok_or_else(bad)?;
        if !assertion.asks_for_rest() {
            return Err(asking.refuse(400, "invalid_scope"));
        }
        Ok(Given { access: self.grants().issue(certificate, asking.moment), refresh: None })
    }

    /// Takes a token back. As RFC 7009 wants it, an unknown one is no fault.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn revoke(&self, asking: &Asking<'_>) -> Result<(), Refusal> {
        asking.client()?;
        let token = asking.one("token")?;
        self.grants().revoke(token);
        Ok(())
    }
}
