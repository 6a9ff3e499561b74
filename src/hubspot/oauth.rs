//! Renewing a portal's access token with its refresh token.
//!
//! Promise: HubSpot's error words are sorted by who must act: only a dead refresh token asks for a new install;
//! a fault of our configuration or of HubSpot never does (hubspot.md §3.4).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::versions::Versions;
use crate::{
    outbound::{Answer, Body, Call, Meter, Outbound},
    vault::{Fresh, Renew, RenewError},
};

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
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    expires_in: u64,
}

#[derive(Deserialize, Default)]
struct TokenFault {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: String,
}

#[async_trait]
impl Renew for PortalTokens {
    async fn renew(&self, credential: &SecretString) -> Result<Fresh, RenewError> {
        let kept: PortalCredential = serde_json::from_str(credential.expose_secret())
            .map_err(|_| RenewError::Broken { what: "the stored HubSpot credential".to_owned() })?;
        let form = vec![
            ("grant_type", SecretString::from("refresh_token")),
            ("client_id", SecretString::from(self.app.client_id.clone())),
            ("client_secret", self.app.client_secret.clone()),
            ("refresh_token", SecretString::from(kept.refresh_token.clone())),
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
            timeout: Duration::from_secs(10),
        };
        let answer = self
            .outbound
            .send(call)
            .await
            .map_err(|_| RenewError::Unavailable { why: "HubSpot's token endpoint does not answer" })?;
        if answer.status != 200 {
            return Err(sort_fault(&answer));
        }
        let token: TokenAnswer =
            answer.json().map_err(|_| RenewError::Broken { what: "HubSpot's token answer".to_owned() })?;
        let changed = token.refresh_token.filter(|new| *new != kept.refresh_token);
        Ok(Fresh {
            access_token: token.access_token.into(),
            lifetime: Duration::from_secs(token.expires_in),
            credential: changed.map(|new| PortalCredential::of(&new.into())),
        })
    }
}

/// Who must act on a refusal of the token endpoint.
fn sort_fault(answer: &Answer) -> RenewError {
    let fault: TokenFault = answer.json().unwrap_or_default();
    match (answer.status, fault.status.as_str(), fault.error.as_str()) {
        (400 | 401, "BAD_REFRESH_TOKEN" | "BAD_HUB", _) | (400, "", "invalid_grant") => {
            RenewError::Reconnect { why: "HubSpot says the app is no longer installed in this portal" }
        }
        (400 | 401 | 403, _, _) => RenewError::Configuration {
            why: "HubSpot refuses the app's own client id or secret; check hubspot.client_id and hubspot.client_secrets",
        },
        (408 | 423 | 429 | 477 | 500..=599, _, _) => {
            RenewError::Unavailable { why: "HubSpot's token endpoint asks to try later" }
        }
        (status, _, _) => RenewError::Broken { what: format!("HubSpot's token answer with status {status}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: http::HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn only_a_dead_refresh_token_asks_for_a_new_install() {
        let dead = sort_fault(&answer(400, r#"{"status":"BAD_REFRESH_TOKEN","error":"invalid_grant"}"#));
        assert!(matches!(dead, RenewError::Reconnect { .. }));
        for status in ["BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "BAD_REDIRECT_URI", "BAD_GRANT_TYPE"] {
            let ours = sort_fault(&answer(400, &format!(r#"{{"status":"{status}","error":"invalid_client"}}"#)));
            assert!(matches!(ours, RenewError::Configuration { .. }), "{status}");
        }
        for status in [423, 429, 477, 500, 502, 503, 504] {
            assert!(matches!(sort_fault(&answer(status, "<html>")), RenewError::Unavailable { .. }), "{status}");
        }
    }
}
