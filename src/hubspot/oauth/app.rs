//! Calls with the app's own identity, without a portal's token: consent, its code, introspection, revocation.

use std::time::Duration;

use http::Method;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{
    AppCredentials, OAuthError,
    fault::{self, Sent},
};
use crate::{
    domain::ids::{AppId, PortalId, UserId},
    hubspot::{
        any_id::AnyId,
        scopes::{OPTIONAL, REQUIRED},
        versions::Versions,
    },
    outbound::{Answer, Body, Call, Meter, Outbound},
};

/// HubSpot's OAuth endpoints, as this app.
#[derive(Clone)]
pub struct OAuth {
    outbound: Outbound,
    authorize_url: Url,
    token_url: Url,
    introspect_url: Url,
    revoke_url: Url,
    app: AppCredentials,
}

/// What the code of a consent was exchanged for.
pub struct Granted {
    /// The portal that the app was installed into.
    pub portal: PortalId,
    /// Who installed it, where HubSpot says so.
    pub user: Option<UserId>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// A first access token.
    pub access_token: SecretString,
    /// The refresh token.
    pub refresh_token: SecretString,
    /// How long the access token lives.
    pub lifetime: Duration,
}

/// Which kind of token is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenHint {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

impl TokenHint {
    const fn word(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Refresh => "refresh_token",
        }
    }
}

/// What HubSpot says a token is. All but `active` is empty for a dead one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspected {
    /// Whether it works.
    pub active: bool,
    /// The portal it is for.
    pub portal: Option<PortalId>,
    /// Who installed the app.
    pub user: Option<UserId>,
    /// The app it was issued to.
    pub app_id: Option<AppId>,
    /// The client id it was issued to.
    pub client_id: Option<String>,
    /// The account's domain name in HubSpot.
    pub hub_domain: Option<String>,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
struct CodeAnswer {
    access_token: SecretString,
    refresh_token: SecretString,
    expires_in: u64,
    hub_id: AnyId,
    #[serde(default)]
    user_id: Option<AnyId>,
    #[serde(default)]
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct IntrospectAnswer {
    active: bool,
    #[serde(default)]
    hub_id: Option<AnyId>,
    #[serde(default)]
    user_id: Option<AnyId>,
    #[serde(default)]
    app_id: Option<AnyId>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    hub_domain: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl OAuth {
    /// Talks to the endpoints below `api_url`; people consent at `authorize_url`.
    ///
    /// # Errors
    /// When `api_url` cannot carry a path.
    pub fn new(
        outbound: Outbound,
        api_url: &Url,
        authorize_url: Url,
        versions: &Versions,
        app: AppCredentials,
    ) -> Result<Self, url::ParseError> {
        let below = |end: &str| api_url.join(&format!("/oauth/{}/token{end}", versions.oauth));
        let (token_url, introspect_url, revoke_url) = (below("")?, below("/introspect")?, below("/revoke")?);
        Ok(Self { outbound, authorize_url, token_url, introspect_url, revoke_url, app })
    }

    /// The page where a person consents to an installation. `challenge` is the S256 of PKCE, `state` comes back.
    #[must_use]
    pub fn authorize_url(&self, state: &str, challenge: &str, redirect_uri: &str) -> Url {
        let mut url = self.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &REQUIRED.join(" "))
            .append_pair("optional_scope", &OPTIONAL.join(" "))
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// Exchanges the code of a consent. `verifier`: PKCE's, unless the consent was not begun by us.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn exchange(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<Granted, OAuthError> {
        let mut form = vec![
            ("grant_type", SecretString::from("authorization_code")),
            ("redirect_uri", SecretString::from(redirect_uri)),
            ("code", SecretString::from(code)),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier.clone())));
        let answer = self.post("token", &self.token_url, form, Sent::Code).await?;
        let read: CodeAnswer = answer.json().map_err(|_| broken("its token answer"))?;
        Ok(Granted {
            portal: read.hub_id.portal().ok_or_else(|| broken("the portal in its token answer"))?,
            user: read.user_id.and_then(AnyId::user),
            scopes: read.scopes,
            access_token: read.access_token,
            refresh_token: read.refresh_token,
            lifetime: Duration::from_secs(read.expires_in),
        })
    }

    /// What HubSpot says `token` is. A dead token is no error.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn introspect(&self, token: &SecretString, hint: TokenHint) -> Result<Introspected, OAuthError> {
        let form = vec![("token", token.clone()), ("token_type_hint", SecretString::from(hint.word()))];
        let answer = self.post("introspect", &self.introspect_url, form, Sent::Token).await?;
        let read: IntrospectAnswer = answer.json().map_err(|_| broken("its answer about a token"))?;
        Ok(Introspected {
            active: read.active,
            portal: read.hub_id.and_then(AnyId::portal),
            user: read.user_id.and_then(AnyId::user),
            app_id: read.app_id.and_then(AnyId::app),
            client_id: read.client_id,
            hub_domain: read.hub_domain,
            scopes: read.scopes,
        })
    }

    /// Revokes a refresh token; the app stays installed. One that is dead already is no error.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<(), OAuthError> {
        let form =
            vec![("token", refresh_token.clone()), ("token_type_hint", SecretString::from(TokenHint::Refresh.word()))];
        match self.post("revoke", &self.revoke_url, form, Sent::Token).await {
            Ok(_) | Err(OAuthError::Gone) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn post(
        &self,
        operation: &'static str,
        url: &Url,
        mut form: Vec<(&'static str, SecretString)>,
        sent: Sent,
    ) -> Result<Answer, OAuthError> {
        form.push(("client_id", SecretString::from(self.app.client_id.clone())));
        form.push(("client_secret", self.app.client_secret.clone()));
        let answer = self
            .outbound
            .send(Call {
                service: "hubspot",
                operation,
                meter: Meter::Nobody,
                method: Method::POST,
                url: url.clone(),
                bearer: None,
                headers: Vec::new(),
                body: Body::Form(form),
                timeout: super::TIMEOUT,
            })
            .await
            .map_err(|_| OAuthError::Unavailable { why: "no whole answer came from its token endpoint" })?;
        if answer.is_success() { Ok(answer) } else { Err(fault::sort(&answer, sent)) }
    }
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth").field("client_id", &self.app.client_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Granted").field("portal", &self.portal).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

fn broken(what: &str) -> OAuthError {
    OAuthError::Broken { what: what.to_owned() }
}
