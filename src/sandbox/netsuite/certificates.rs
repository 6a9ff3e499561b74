//! The certificates that an account knows, and assertions signed with their keys.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use x509_parser::public_key::PublicKey;

use super::token::LIFETIME;

/// The certificates of one account by their ids.
#[derive(Debug, Default)]
pub(super) struct Certificates(BTreeMap<String, Certificate>);

#[derive(Debug, Clone)]
struct Certificate {
    subject: String,
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

/// A certificate as the list in the account shows it. Instants in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub id: String,
    pub subject: String,
    pub from: i64,
    pub until: i64,
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

/// An assertion whose signature is not looked at yet.
pub(super) struct Assertion<'a> {
    text: &'a str,
    header: Header,
    claims: Claims,
}

impl<'a> Assertion<'a> {
    /// Takes it apart; `None` when it is none.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut decoded = || URL_SAFE_NO_PAD.decode(parts.next()?).ok();
        let header = serde_json::from_slice(&decoded()?).ok()?;
        let claims = serde_json::from_slice(&decoded()?).ok()?;
        Some(Self { text, header, claims })
    }

    /// Which integration it says it is from.
    pub(super) fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// Whether it asks for REST web services: in a list, or in the comma list of old samples.
    pub(super) fn asks_for_rest(&self) -> bool {
        let scopes: Vec<&str> = match &self.claims.scope {
            serde_json::Value::Array(list) => list.iter().filter_map(serde_json::Value::as_str).collect(),
            serde_json::Value::String(text) => text.split([',', ' ']).collect(),
            _ => Vec::new(),
        };
        scopes.contains(&"rest_webservices")
    }
}

impl Certificates {
    /// Registers a certificate and gives its id. The same certificate keeps its id.
    ///
    /// # Errors
    /// When it is no X.509 certificate, or one with a key or a validity that NetSuite does not take.
    pub(super) fn register(&mut self, pem: &str) -> Result<String, BadCertificate> {
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
        let subject = certificate.subject().to_string();
        let id = URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, &pem.contents));
        self.0.insert(id.clone(), Certificate { subject, key: bytes, family, from, until });
        Ok(id)
    }

    /// Takes one back. `false`: there is none of this id.
    pub(super) fn revoke(&mut self, id: &str) -> bool {
        self.0.remove(id).is_some()
    }

    /// Takes all back.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// All of them.
    pub(super) fn list(&self) -> Vec<Listed> {
        let one = |(id, c): (&String, &Certificate)| Listed {
            id: id.clone(),
            subject: c.subject.clone(),
            from: c.from,
            until: c.until,
        };
        self.0.iter().map(one).collect()
    }

    /// The id of the certificate that `assertion` is signed with, if it is good for `audience` at `now` (seconds).
    pub(super) fn verify(&self, assertion: &Assertion<'_>, audience: &str, now: i64) -> Option<&str> {
        let (id, certificate) = self.0.get_key_value(assertion.header.kid.as_ref()?)?;
        let claims = &assertion.claims;
        let in_time = claims.iat <= now + 60
            && claims.exp > now
            && claims.exp - claims.iat <= LIFETIME
            && claims.exp > claims.iat
            && (certificate.from..=certificate.until).contains(&now);
        let good = claims.aud == audience && in_time && signed(assertion.text, &assertion.header.alg, certificate);
        good.then_some(id.as_str())
    }
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
