//! The token endpoint (refresh tokens only) and the access tokens it gave out.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value as Json, json};

use super::{HubSpotSettings, errors::Refusal};
use crate::{
    clock::Millis,
    sandbox::{data::crm::Portal, moment::Moment},
};

/// How long an access token works, in seconds.
pub(super) const LIFETIME: i64 = 1_800;

/// The scopes that the app was granted.
const SCOPES: [&str; 4] =
    ["oauth", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read"];

/// Access tokens by their text: the portal's place in the list, and until when they work.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, (usize, Millis)>>);

impl Tokens {
    /// The portal of a token.
    pub(super) fn portal(&self, token: &str, now: Millis) -> Result<usize, Refusal> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.get(token) {
            None => Err(Refusal::authentication()),
            Some((_, until)) if now >= *until => Err(Refusal::expired()),
            Some((portal, _)) => Ok(*portal),
        }
    }

    /// Answers a form post.
    pub(super) fn issue(
        &self,
        form: &[(String, String)],
        settings: &HubSpotSettings,
        portals: &[Portal],
        moment: &Moment,
    ) -> Result<Json, Refusal> {
        let one = |name: &str| {
            let mut values = form.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
            let value = values.next().filter(|_| values.next().is_none());
            value
                .ok_or_else(|| Refusal::token("invalid_request", "BAD_REQUEST", &format!("missing or repeated {name}")))
        };
        if one("grant_type")? != "refresh_token" {
            return Err(Refusal::token("unsupported_grant_type", "BAD_GRANT_TYPE", "grant type is not supported"));
        }
        if one("client_id")? != settings.client_id {
            return Err(Refusal::token("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"));
        }
        if one("client_secret")? != settings.client_secret {
            return Err(Refusal::token("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret"));
        }
        let refresh = one("refresh_token")?;
        let Some(at) = portals.iter().position(|p| p.seed.refresh_token == refresh) else {
            let text = "refresh token is invalid, expired or revoked";
            return Err(Refusal::token("invalid_grant", "BAD_REFRESH_TOKEN", text));
        };
        let access = moment.word(64);
        let until = Millis(moment.now().0 + LIFETIME * 1_000);
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Expired ones stay for a while, so that they are told apart from unknown ones.
        tokens.retain(|_, (_, until)| until.0 + 3_600_000 > moment.now().0);
        tokens.insert(access.clone(), (at, until));
        Ok(json!({
            "token_type": "bearer", "access_token": access, "refresh_token": refresh, "expires_in": LIFETIME,
            "hub_id": portals[at].seed.id, "scopes": SCOPES, "token_use": "access_token",
        }))
    }
}
