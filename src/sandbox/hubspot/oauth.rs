//! The token endpoint with introspection and revocation, and the uninstall endpoint.

use axum::{
    Json,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use base64::Engine as _;
use ring::digest;
use serde_json::{Value as Json_, json};

use super::{
    errors::Refusal,
    grants::{Found, Install, LIFETIME},
    server::{Call, Server, State},
};
use crate::clock::Millis;

/// A posted form.
struct Form(Vec<(String, String)>);

impl Form {
    /// The fields of a body. HubSpot asks for a form, but its own Python client (hubspot-sdk 0.1.0a9) sends JSON, so
    /// that is taken too where the header says so.
    fn of(body: &[u8], json: bool) -> Result<Self, Refusal> {
        if !json {
            return Ok(Self(url::form_urlencoded::parse(body).into_owned().collect()));
        }
        let fields: std::collections::BTreeMap<String, String> = super::objects::parsed(body)?;
        Ok(Self(fields.into_iter().collect()))
    }

    /// The value of a field that is there exactly once.
    fn one(&self, name: &str) -> Result<&str, Refusal> {
        self.maybe(name)
            .ok_or_else(|| Refusal::token("invalid_request", "BAD_REQUEST", &format!("missing or repeated {name}")))
    }

    fn maybe(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The app's own identity in the form.
    fn client(&self, server: &Server) -> Result<(), Refusal> {
        if self.one("client_id")? != server.settings.client_id {
            return Err(Refusal::token("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"));
        }
        if self.one("client_secret")? != server.settings.client_secret {
            return Err(Refusal::token("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret"));
        }
        Ok(())
    }
}

/// `POST /oauth/…/token`, `…/token/introspect` and `…/token/revoke`.
pub(super) fn answer(server: &Server, rest: &[&str], call: &Call) -> Result<Response, Refusal> {
    if !matches!(rest, ["token"] | ["token", "introspect" | "revoke"]) {
        return Err(Refusal::no_path());
    }
    if call.method != Method::POST {
        return Err(Refusal::method());
    }
    if !call.query.is_empty() {
        return Err(Refusal::token("invalid_request", "BAD_REQUEST", "parameters belong into the body"));
    }
    let form = Form::of(&call.body, call.is_json())?;
    let mut state = server.state();
    match rest {
        ["token"] => issue(server, &mut state, &form),
        [_, "introspect"] => {
            form.client(server)?;
            Ok(Json(introspect(server, &state, form.one("token")?)).into_response())
        }
        _ => {
            form.client(server)?;
            state.grants.revoke(form.one("token")?);
            Ok(StatusCode::OK.into_response())
        }
    }
}

fn issue(server: &Server, state: &mut State, form: &Form) -> Result<Response, Refusal> {
    let grant = form.one("grant_type")?;
    if !matches!(grant, "refresh_token" | "authorization_code") {
        return Err(Refusal::token("unsupported_grant_type", "BAD_GRANT_TYPE", "grant type is not supported"));
    }
    form.client(server)?;
    let now = server.moment.now();
    let install = if grant == "refresh_token" {
        state.grants.by_refresh(form.one("refresh_token")?).ok_or_else(|| {
            let text = "refresh token is invalid, expired or revoked";
            Refusal::token("invalid_grant", "BAD_REFRESH_TOKEN", text)
        })?
    } else {
        exchange(server, state, form, now)?
    };
    let access = server.moment.word(64);
    state.grants.allow(access.clone(), install, now);
    let install = state.grants.at(install);
    let body = json!({
        "token_type": "bearer", "access_token": access, "refresh_token": install.refresh, "expires_in": LIFETIME,
        "hub_id": state.accounts[install.portal].seed.id, "user_id": install.user, "scopes": install.scopes,
        "token_use": "access_token",
    });
    Ok(Json(body).into_response())
}

/// A new install for an authorization code.
fn exchange(server: &Server, state: &mut State, form: &Form, now: Millis) -> Result<usize, Refusal> {
    let (redirect, verifier) = (form.one("redirect_uri")?, form.maybe("code_verifier"));
    let code = state.grants.take(form.one("code")?, now, |code| {
        if code.redirect_uri != redirect {
            let text = "redirect_uri is not the one of the authorization request";
            return Err(Refusal::token("invalid_grant", "BAD_REDIRECT_URI", text));
        }
        let fits = match (&code.challenge, verifier) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => *challenge == s256(verifier),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(Refusal::token("invalid_grant", "BAD_CODE_VERIFIER", "code_verifier does not fit the code_challenge"))
    })?;
    let refresh = format!("{}-{}", state.accounts[code.portal].hublet(), server.moment.word(48));
    Ok(state.grants.install(code.portal, code.user, code.scopes, refresh))
}

/// The S256 challenge of a verifier (RFC 7636).
pub(super) fn s256(verifier: &str) -> String {
    let sum = digest::digest(&digest::SHA256, verifier.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sum.as_ref())
}

fn introspect(server: &Server, state: &State, token: &str) -> Json_ {
    let now = server.moment.now();
    match state.grants.find(token, now) {
        None => json!({"active": false}),
        Some(Found::Refresh(install)) => {
            let mut body = common(server, state, install, token);
            body["token_use"] = json!("refresh_token");
            body
        }
        Some(Found::Access(install, until)) => {
            let mut body = common(server, state, install, token);
            body["token_use"] = json!("access_token");
            body["expires_in"] = json!((until.0 - now.0) / 1_000);
            body["is_private_distribution"] = json!(false);
            body["signed_access_token"] = signed(server, state, install, until);
            body
        }
    }
}

fn common(server: &Server, state: &State, install: &Install, token: &str) -> Json_ {
    let account = &state.accounts[install.portal];
    let user = account.people.iter().find(|p| p.id == install.user).map_or("", |p| p.email);
    json!({
        "active": true, "token": token, "token_type": "bearer", "hub_id": account.seed.id, "user_id": install.user,
        "app_id": app_id(server), "client_id": server.settings.client_id, "scopes": install.scopes, "user": user,
        "hub_domain": account.domain(),
    })
}

/// The app's id as a number.
pub(super) fn app_id(server: &Server) -> u64 {
    server.settings.app_id.parse().unwrap_or(0)
}

fn signed(server: &Server, state: &State, install: &Install, until: Millis) -> Json_ {
    let account = &state.accounts[install.portal];
    json!({
        "appId": app_id(server), "expiresAt": until.0, "hubId": account.seed.id, "hublet": account.hublet(),
        "installingUserId": install.user, "userId": install.user, "isPrivateDistribution": false,
        "isServiceAccount": false, "isUserLevel": false, "scopes": "", "scopeToScopeGroupPks": "", "trialScopes": "",
        "trialScopeToScopeGroupPks": "", "signature": "", "newSignature": "",
    })
}
