//! The token endpoint: OAuth 2.0 client credentials with a signed assertion.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::json;
use x509_parser::public_key::PublicKey;

use crate::{clock::Millis, sandbox::moment::Moment};

/// How long an access token works, in seconds.
pub(super) const LIFETIME: i64 = 3_600;

/// The assertion type of RFC 7523.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Certificates and tokens of one account.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    certificates: Mutex<BTreeMap<String, Certificate>>,
    issued: Mutex<BTreeMap<String, Millis>>,
}

#[derive(Debug, Clone)]
struct Certificate {
    key: Vec<u8>,
    family: Family,
    from: i64,
    until: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Rsa,
    P256,
    P384,
}

/// Why the token endpoint refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    realm: String,
    retry_after: Option<u32>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, axum::Json(json!({ "error": self.error }))).into_response();
        if self.status == 401
            && let Ok(value) = HeaderValue::from_str(&format!("Basic realm=\"{}\"", self.realm))
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl Refusal {
    /// The answer to a fault that was switched on.
    #[must_use]
    pub(super) fn fault(status: u16, retry_after: Option<u32>, realm: &str) -> Self {
        let error = match status {
            401 => "invalid_client",
            400..=499 => "invalid_grant",
            _ => "server_error",
        };
        Self { status, error, realm: realm.to_owned(), retry_after }
    }
}

/// A certificate that the account does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the certificate cannot be used: {0}")]
pub struct BadCertificate(pub &'static str);

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(default)]
    scope: serde_json::Value,
}

/// Who may ask, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'e> {
    /// The client id of the integration.
    pub client_id: &'e str,
    /// The account, for `WWW-Authenticate`.
    pub realm: &'e str,
    /// The exact URL of this endpoint.
    pub url: &'e str,
}

impl Tokens {
    /// Registers a certificate for the integration and gives its id. The same certificate keeps its id.
    ///
    /// # Errors
    /// When it is no X.509 certificate, or one with a key or a validity that NetSuite does not take.
    pub(super) fn register(&self, pem: &str) -> Result<String, BadCertificate> {
        let (_, pem) =
            x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|_| BadCertificate("it is no PEM text"))?;
        let certificate = pem.parse_x509().map_err(|_| BadCertificate("it is no X.509 certificate"))?;
        let key = certificate.public_key().parsed().map_err(|_| BadCertificate("its key cannot be read"))?;
        let bytes = certificate.public_key().subject_public_key.data.to_vec();
        let family = match &key {
            PublicKey::RSA(rsa) if rsa.key_size() >= 3_072 => Family::Rsa,
            PublicKey::EC(point) if point.key_size() == 256 => Family::P256,
            PublicKey::EC(point) if point.key_size() == 384 => Family::P384,
            _ => return Err(BadCertificate("its key must be RSA of 3072 bits or more, or EC P-256 or P-384")),
        };
        let (from, until) =
            (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
        // NetSuite cuts longer validities to two years.
        let until = until.min(from + 2 * 366 * 86_400);
        let id = URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, &pem.contents));
        let mut certificates = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        certificates.insert(id.clone(), Certificate { key: bytes, family, from, until });
        Ok(id)
    }

    /// Forgets certificates and tokens.
    pub(super) fn clear(&self) {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether `token` was issued here and still works.
    #[must_use]
    pub(super) fn valid(&self, token: &str, now: Millis) -> bool {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).get(token).is_some_and(|until| now < *until)
    }

    /// Answers a form post: an access token for a good assertion.
    ///
    /// # Errors
    /// [`Refusal`] with the codes of RFC 6749.
    pub(super) fn issue(
        &self,
        form: &[(String, String)],
        expected: Expected<'_>,
        moment: &Moment,
    ) -> Result<String, Refusal> {
        let refuse = |status, error| {
            tracing::debug!(error, "the local NetSuite refuses a token");
            Refusal { status, error, realm: expected.realm.to_owned(), retry_after: None }
        };
        let one = |name: &str| {
            let mut values = form.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
            values.next().filter(|_| values.next().is_none()).ok_or_else(|| refuse(400, "invalid_request"))
        };
        if one("grant_type")? != "client_credentials" {
            return Err(refuse(400, "unsupported_grant_type"));
        }
        if one("client_assertion_type")? != ASSERTION {
            return Err(refuse(400, "invalid_request"));
        }
        let assertion = one("client_assertion")?;
        let bad = || refuse(400, "invalid_grant");
        let (header, claims) = parts(assertion).ok_or_else(bad)?;
        if claims.iss != expected.client_id {
            return Err(refuse(401, "invalid_client"));
        }
        let now = moment.now();
        let certificates = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        let certificate = header.kid.as_ref().and_then(|kid| certificates.get(kid)).ok_or_else(bad)?;
        let in_time = claims.iat <= now.as_seconds() + 60
            && claims.exp > now.as_seconds()
            && claims.exp - claims.iat <= LIFETIME
            && claims.exp > claims.iat
            && (certificate.from..=certificate.until).contains(&now.as_seconds());
        if claims.aud != expected.url || !in_time || !signed(assertion, &header.alg, certificate) {
            return Err(bad());
        }
        if !scopes(&claims.scope).iter().any(|s| s == "rest_webservices") {
            return Err(refuse(400, "invalid_scope"));
        }
        drop(certificates);
        let token = moment.word(48);
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, until| now < *until);
        issued.insert(token.clone(), Millis(now.0 + LIFETIME * 1_000));
        Ok(token)
    }
}

/// The scopes of an assertion: a list, or the comma list of old samples.
fn scopes(claim: &serde_json::Value) -> Vec<String> {
    match claim {
        serde_json::Value::Array(list) => list.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
        serde_json::Value::String(text) => text.split([',', ' ']).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn parts(assertion: &str) -> Option<(Header, Claims)> {
    let mut parts = assertion.split('.');
    let mut decoded = || URL_SAFE_NO_PAD.decode(parts.next()?).ok();
    let header = serde_json::from_slice(&decoded()?).ok()?;
    let claims = serde_json::from_slice(&decoded()?).ok()?;
    Some((header, claims))
}

fn signed(assertion: &str, alg: &str, certificate: &Certificate) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match (alg, certificate.family) {
        ("PS256", Family::Rsa) => &signature::RSA_PSS_2048_8192_SHA256,
        ("PS384", Family::Rsa) => &signature::RSA_PSS_2048_8192_SHA384,
        ("PS512", Family::Rsa) => &signature::RSA_PSS_2048_8192_SHA512,
        ("ES256", Family::P256) => &signature::ECDSA_P256_SHA256_FIXED,
        ("ES384", Family::P384) => &signature::ECDSA_P384_SHA384_FIXED,
        _ => return false,
    };
    let Some((message, sealed)) = assertion.rsplit_once('.') else { return false };
    let Ok(sealed) = URL_SAFE_NO_PAD.decode(sealed) else { return false };
    UnparsedPublicKey::new(algorithm, &certificate.key).verify(message.as_bytes(), &sealed).is_ok()
}
