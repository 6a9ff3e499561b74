//! How the connector gets its access tokens: OAuth 2.0 client credentials with a signed assertion.
//!
//! NetSuite knows the public half of the key as an uploaded certificate with an id; the assertion names that id, is signed
//! with the private half (PS256 or ES256; RS256 is no longer accepted) and lives ten minutes. There is no refresh token: a
//! new assertion brings a new token.
//!
//! Never: a key or token in a log, an error or `Debug`.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    errors::{self, NoToken},
    wire::TokenAnswer,
};
use crate::{
    clock::Clock,
    domain::ids::ConnectionId,
    erp::ErpError,
    outbound::{
        Body, Call, Meter, Outbound,
        jwt::{KeyError, SigningKey},
    },
    vault::{Fresh, Holder, Renew, RenewError, TokenError, Vault},
};

/// How long an assertion is good for. NetSuite allows an hour; less is safer, and clocks may differ a little.
const ASSERTION_SECONDS: i64 = 600;
/// The longest wait for a token.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an administrator enters to connect an account. Kept as JSON, sealed by the vault.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credential {
    /// The integration record's client id (consumer key).
    client_id: String,
    /// The id that NetSuite gave the uploaded certificate.
    certificate_id: String,
    /// The certificate's private key, PEM.
    private_key: SecretString,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    /// Takes what was entered, outer spaces aside.
    ///
    /// # Errors
    /// [`KeyError`] when the private key is none that we can sign with.
    pub fn new(client_id: &str, certificate_id: &str, private_key: &SecretString) -> Result<Self, KeyError> {
        SigningKey::from_pem(private_key.expose_secret())?;
        Ok(Self {
            client_id: client_id.trim().to_owned(),
            certificate_id: certificate_id.trim().to_owned(),
            private_key: private_key.clone(),
        })
    }

    /// The text to keep in the vault.
    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        let kept = Kept {
            client_id: &self.client_id,
            certificate_id: &self.certificate_id,
            private_key: self.private_key.expose_secret(),
        };
        // Three strings always make JSON.
        serde_json::to_string(&kept).unwrap_or_default().into()
    }
}

/// A [`Credential`] on its way into the vault: a secret does not serialize by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    client_id: &'a str,
    certificate_id: &'a str,
    private_key: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: [&'static str; 1],
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Gets tokens for one account.
pub(super) struct ClientCredentials {
    pub(super) token_url: Url,
    pub(super) outbound: Outbound,
    pub(super) clock: Clock,
}

impl ClientCredentials {
    fn assertion(&self, credential: &SecretString) -> Result<String, RenewError> {
        let kept: Credential = serde_json::from_str(credential.expose_secret())
            .map_err(|_| RenewError::Configuration { why: "the stored credential is not NetSuite's" })?;
        let key = SigningKey::from_pem(kept.private_key.expose_secret())
            .map_err(|_| RenewError::Configuration { why: "the stored private key cannot be read" })?;
        let iat = self.clock.now().as_seconds();
        let claims = Claims {
            iss: &kept.client_id,
            scope: ["rest_webservices"],
            aud: self.token_url.as_str(),
            iat,
            exp: iat + ASSERTION_SECONDS,
            jti: self.clock.new_id().to_string(),
        };
        key.sign(&kept.certificate_id, &claims)
            .map_err(|_| RenewError::Configuration { why: "the stored private key cannot sign" })
    }
}

#[async_trait]
impl Renew for ClientCredentials {
    async fn renew(&self, credential: &SecretString) -> Result<Fresh, RenewError> {
        let assertion = self.assertion(credential)?;
        let call = Call {
            service: "netsuite",
            operation: "token",
            meter: Meter::Nobody,
            method: Method::POST,
            url: self.token_url.clone(),
            bearer: None,
            headers: Vec::new(),
            body: Body::Form(vec![
                ("grant_type", "client_credentials".into()),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()),
                ("client_assertion", assertion.into()),
            ]),
            timeout: PATIENCE,
        };
        let answer = self.outbound.send(call).await.map_err(|error| {
            tracing::warn!(error = error.word(), "no answer from NetSuite's token endpoint");
            RenewError::Unavailable { why: "NetSuite does not answer the sign-in" }
        })?;
        if !answer.is_success() {
            return Err(match errors::no_token(&answer) {
                NoToken::Reconnect(why) => RenewError::Reconnect { why },
                NoToken::Configuration(why) => RenewError::Configuration { why },
                NoToken::Unavailable(why) => RenewError::Unavailable { why },
                NoToken::Broken => RenewError::Broken { what: format!("status {}", answer.status) },
            });
        }
        let fresh: TokenAnswer =
            answer.json().map_err(|error| RenewError::Broken { what: format!("access token: {error}") })?;
        Ok(Fresh {
            access_token: fresh.access_token,
            lifetime: Duration::from_secs(fresh.expires_in),
            credential: None,
        })
    }
}

/// The access tokens of one connection.
pub(super) struct Tokens {
    pub(super) vault: Vault,
    pub(super) connection: ConnectionId,
    pub(super) renew: Arc<dyn Renew>,
}

impl Tokens {
    /// A token that should work; waits for a renewal when there is none.
    pub(super) async fn current(&self) -> Result<SecretString, ErpError> {
        self.vault.token(Holder::Connection(self.connection), &self.renew).await.map_err(no_token)
    }

    /// A newer token than `refused`; waits for its renewal.
    pub(super) async fn instead_of(&self, refused: &SecretString) -> Result<SecretString, ErpError> {
        self.vault.spent(Holder::Connection(self.connection), refused, &self.renew).await.map_err(no_token)
    }
}

/// What a caller can do about a missing token.
fn no_token(error: TokenError) -> ErpError {
    match error {
        TokenError::Reconnect { why } | TokenError::Configuration { why } => ErpError::Reconnect { why },
        TokenError::Unavailable { why } => ErpError::Unavailable { why },
        TokenError::Broken { what } => ErpError::Broken { what },
        TokenError::Missing => ErpError::Reconnect { why: "no credential is kept" },
        TokenError::Sealed(_) => {
            ErpError::Reconnect { why: "the kept credential cannot be opened with the present keys" }
        }
        TokenError::Store(_) => ErpError::Unavailable { why: "the credential cannot be read or saved now" },
    }
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
