//! OAuth with HubSpot: what a portal's tokens are got, renewed, looked at and revoked with.
//!
//! Promise: HubSpot's error words are sorted by who must act ([`OAuthError`]): only a dead refresh token asks for a new
//! install; a fault of our configuration or of HubSpot never does (hubspot.md §3.4).

mod app;
mod fault;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use self::fault::Sent;
pub use self::{
    app::{Granted, Introspected, OAuth, TokenHint},
    fault::OAuthError,
};
use super::versions::Versions;
use crate::{
    outbound::{Body, Call, Meter, Outbound},
    vault::{Fresh, Renew, RenewError},
};

/// The longest that a call to the token endpoints takes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is sealed for a portal. Its JSON text is the credential that the vault keeps.
#[derive(Serialize, Deserialize)]
pub struct PortalCredential {
    refresh_token: String,
}

impl PortalCredential {
    /// The JSON text to hand to the vault.
    ///
    /// # Panics
    /// Never: an object with one text always serialises.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an object with one text always serialises")]
    pub fn of(refresh_token: &SecretString) -> SecretString {
        let credential = Self { refresh_token: refresh_token.expose_secret().to_owned() };
        serde_json::to_string(&credential).expect("one text serialises").into()
    }

    /// The refresh token in a text that the vault kept; `None` when it is none of ours.
    #[must_use]
    pub fn refresh_token(kept: &SecretString) -> Option<SecretString> {
        let credential: Self = serde_json::from_str(kept.expose_secret()).ok()?;
        Some(credential.refresh_token.into())
    }
}

/// The app's own identity towards HubSpot's token endpoint.
#[derive(Clone)]
pub struct AppCredentials {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: SecretString,
}

/// Renews the tokens of portals.
pub struct PortalTokens {
    outbound: Outbound,
    token_url: Url,
    app: AppCredentials,
}

impl PortalTokens {
    /// Talks to the token endpoint below `api_url`.
    ///
    /// # Errors
    /// When `api_url` cannot carry a path.
    pub fn renewer(
        outbound: Outbound,
        api_url: &Url,
        versions: &Versions,
        app: AppCredentials,
    ) -> Result<Arc<dyn Renew>, url::ParseError> {
        let token_url = api_url.join(&format!("/oauth/{}/token", versions.oauth))?;
        Ok(Arc::new(Self { outbound, token_url, app }))
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    #[serde(default)]
    refresh_token: Option<SecretString>,
    expires_in: u64,
}

#[async_trait]
impl Renew for PortalTokens {
    async fn renew(&self, credential: &SecretString) -> Result<Fresh, RenewError> {
        let kept = PortalCredential::refresh_token(credential)
            .ok_or_else(|| RenewError::Broken { what: "the stored HubSpot credential".to_owned() })?;
        let form = vec![
            ("grant_type", SecretString::from("refresh_token")),
            ("client_id", SecretString::from(self.app.client_id.clone())),
            ("client_secret", self.app.client_secret.clone()),
            ("refresh_token", kept.clone()),
        ];
        let call = Call {
            service: "hubspot",
            operation: "token",
            meter: Meter::Nobody,
            method: Method::POST,
            url: self.token_url.clone(),
            bearer: None,
            headers: Vec::new(),
            body: Body::Form(form),
            timeout: TIMEOUT,
        };
        let answer = self
            .outbound
            .send(call)
            .await
            .map_err(|_| RenewError::Unavailable { why: "HubSpot's token endpoint does not answer" })?;
        if !answer.is_success() {
            return Err(fault::sort(&answer, Sent::Token).into());
        }
        let token: TokenAnswer =
            answer.json().map_err(|_| RenewError::Broken { what: "HubSpot's token answer".to_owned() })?;
        let changed = token.refresh_token.filter(|new| new.expose_secret() != kept.expose_secret());
        Ok(Fresh {
            access_token: token.access_token,
            lifetime: Duration::from_secs(token.expires_in),
            credential: changed.map(|new| PortalCredential::of(&new)),
        })
    }
}
