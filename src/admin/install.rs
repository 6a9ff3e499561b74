//! Installing the app into a portal: HubSpot's consent and what follows from it.
//!
//! The order is: exchange the code, save the credential together with the portal's row (not active, trouble "installing"),
//! ask HubSpot what was granted and what account it is, make the row active, make our property. Killed in between, upkeep
//! finishes it ([`super::upkeep`]). A second install, or one after the app was removed, finds its row and all that hangs
//! on it.
//!
//! Promise: a consent that lacks a required scope, or is for another app, leaves nothing: the token is revoked and the
//! portal is not active; where the app worked before, it goes on as it did. A state that is given is one of ours, of this browser, used once; only a return without any state
//! counts as one that began in HubSpot's marketplace.
//! Never: a portal from anywhere but the answer to our own exchange.

mod saved;

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::{
    Admin, AdminError,
    standing::Standing,
    windows::{self, WINDOW_LIFE, WindowError},
};
use crate::{
    domain::ids::PortalId,
    hubspot::{
        oauth::{OAuth, OAuthError},
        scopes,
    },
    in_tx,
    store::{
        StoreError,
        portals::{self, PortalTrouble},
        windows::{NewWindow, Purpose},
    },
};

/// How many installations may be open at once that were begun here.
const MOST_BEGUN: u64 = 10_000;
/// How many that were not begun here are exchanged at once.
const MOST_COLD: usize = 4;

/// The places for installations that were not begun here.
pub(super) struct Cold(Arc<Semaphore>);

impl Default for Cold {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_COLD)))
    }
}

/// What HubSpot sent back with the browser.
pub struct InstallReturn {
    /// The code of the consent.
    pub code: Option<SecretString>,
    /// The state that it went away with; `None`: the consent was not begun here.
    pub state: Option<SecretString>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// An installation that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The portal.
    pub portal: PortalId,
    /// The portal as people know it: its domain, else its id.
    pub name: String,
    /// The page of connected apps in HubSpot, where its address is known to be HubSpot's.
    pub back: Option<String>,
    /// Whether it began here.
    pub begun_here: bool,
    /// The optional scopes that were not granted.
    pub missing_optional: Vec<&'static str>,
    /// Whether something is still to be asked, which happens in the background.
    pub unfinished: bool,
}

/// Why an installation does not stand. Nothing stays of it, unless said otherwise.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The person said no.
    #[error("the consent was refused")]
    Denied,
    /// HubSpot sent back a fault instead of a code, or nothing.
    #[error("HubSpot sent back no code")]
    NoCode,
    /// The state is none that may go on.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// The exchange of the code failed.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    /// Required scopes were not granted.
    #[error("required scopes were not granted: {}", .0.join(" "))]
    MissingScopes(Vec<&'static str>),
    /// The code was one of another app or portal.
    #[error("the consent was for another app")]
    OtherApp,
    /// HubSpot said that the app was removed again.
    #[error("the app was removed again")]
    Gone,
    /// The database, or a fault of ours.
    #[error(transparent)]
    Failed(#[from] AdminError),
}

impl From<StoreError> for InstallError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Admin {
    /// The address that installs, re-installs and asks for consent again.
    #[must_use]
    pub fn install_url(&self) -> String {
        format!("{}/oauth/install", self.settings.public_url)
    }

    /// Whether people consent on this very machine: the demo's local HubSpot, never the real one.
    #[must_use]
    pub fn is_beside_local_hubspot(&self) -> bool {
        let url = &self.settings.authorize_url;
        url.scheme() == "http"
            && match url.host() {
                Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
                Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
                Some(url::Host::Domain(name)) => name == "localhost",
                None => false,
            }
    }

    /// A new value for the browser's cookie.
    #[must_use]
    pub fn new_cookie(&self) -> SecretString {
        windows::new_word(&self.clock)
    }

    /// Begins an installation in the browser that has `cookie`: gives HubSpot's page for consent.
    ///
    /// # Errors
    /// [`AdminError::Unavailable`] when the database is busy.
    pub async fn begin_install(&self, cookie: &SecretString) -> Result<Url, AdminError> {
        let (state, verifier) = (windows::new_word(&self.clock), windows::new_word(&self.clock));
        let (id, now) = (self.clock.new_id(), self.clock.now());
        let sealed = self.seal_window(id, None, Some(&verifier));
        let (state_hash, cookie_hash) = (self.window_hash("state", &state), self.window_hash("cookie", cookie));
        let details = json!({});
        let begun = in_tx!(self.db, "begin an installation", |tx| {
            // Anybody may begin one: the table must not grow without end.
            if crate::store::windows::count_open_installs(tx, now).await? >= MOST_BEGUN {
                return Ok(false);
            }
            let new = NewWindow {
                id,
                purpose: Purpose::Install,
                who: None,
                ticket_hash: None,
                cookie_hash: Some(&cookie_hash),
                state_hash: Some(&state_hash),
                details: &details,
                sealed: Some(&sealed),
                expires_at: now.plus(WINDOW_LIFE),
            };
            crate::store::windows::insert(tx, new, now).await?;
            Ok(true)
        })?;
        if !begun {
            return Err(AdminError::Unavailable(
                "too many installations were begun in the last ten minutes".to_owned(),
            ));
        }
        let challenge = windows::challenge(&verifier);
        Ok(self.oauth()?.authorize_url(state.expose_secret(), &challenge, &self.install_callback()))
    }

    /// Ends an installation with what HubSpot sent back to the browser that has `cookie`. What was begun here goes on when
    /// the browser leaves.
    ///
    /// # Errors
    /// [`InstallError`].
    pub async fn finish_install(
        &self,
        back: InstallReturn,
        cookie: Option<&SecretString>,
    ) -> Result<Installation, InstallError> {
        let verifier = match &back.state {
            None => None,
            Some(state) => {
                let row = self.claim_row(Purpose::Install, cookie, state).await?;
                let inside = || AdminError::Inside(format!("window {} has no verifier", row.id));
                Some(self.verifier_of(&row)?.ok_or_else(inside)?)
            }
        };
        match back.error.as_deref() {
            Some("access_denied") => return Err(InstallError::Denied),
            Some(_) => return Err(InstallError::NoCode),
            None => {}
        }
        let code = back.code.ok_or(InstallError::NoCode)?;
        // A code without a state costs whoever made it up nothing, and us a call.
        let place = if verifier.is_some() { None } else { Some(self.cold_place()?) };
        let admin = self.clone();
        let ending = self.see_through(async move {
            let _place = place;
            admin.exchanged(&code, verifier.as_ref()).await
        });
        ending.await.map_err(|_| AdminError::Unavailable("the program is stopping".to_owned()))?
    }

    fn cold_place(&self) -> Result<OwnedSemaphorePermit, AdminError> {
        let place = Arc::clone(&self.memory().cold.0).try_acquire_owned();
        place.map_err(|_| AdminError::Unavailable("too many installations come in at once".to_owned()))
    }

    async fn exchanged(
        &self,
        code: &SecretString,
        verifier: Option<&SecretString>,
    ) -> Result<Installation, InstallError> {
        // Before the call, so that the token never lives longer here than there.
        let issued_at = self.clock.now();
        let oauth = self.oauth()?;
        let granted = oauth.exchange(code.expose_secret(), &self.install_callback(), verifier).await?;
        let (portal, user, refresh_token) = (granted.portal, granted.user, granted.refresh_token.clone());
        let missing = scopes::missing_required(&granted.scopes);
        if !granted.scopes.is_empty() && !missing.is_empty() {
            if !self.is_doubted(portal).await? {
                revoke(&oauth, portal, &refresh_token).await;
            }
            return Err(InstallError::MissingScopes(missing));
        }
        let saved = self.save_install(granted, issued_at).await?;
        tracing::info!(%portal, begun_here = verifier.is_some(), "the app is being installed");
        let standing = self.look_at(portal, &saved.seen, user, None).await?;
        let refused = match &standing {
            // Replaced: a second installation, or a removal, came in between; how that stands is told instead.
            Standing::Fine(_) | Standing::Unknown(_) | Standing::Replaced => None,
            Standing::ConsentNeeded(missing) => {
                Some((InstallError::MissingScopes(missing.clone()), PortalTrouble::ConsentNeeded))
            }
            Standing::OtherApp => Some((InstallError::OtherApp, PortalTrouble::Configuration)),
            Standing::Gone | Standing::NoCredential => Some((InstallError::Gone, PortalTrouble::TokenRefused)),
            // A person cannot mend these: the row stays, and upkeep goes on when an operator has.
            Standing::Configuration | Standing::TokenRefused => {
                return Err(OAuthError::Configuration { why: "it issued a token that it does not take" }.into());
            }
        };
        if let Some((error, trouble)) = refused {
            if self.undo_install(&saved, trouble).await? {
                revoke(&oauth, portal, &refresh_token).await;
            }
            return Err(error);
        }
        self.installation(portal, verifier.is_some(), &standing).await
    }

    async fn installation(
        &self,
        portal: PortalId,
        begun_here: bool,
        standing: &Standing,
    ) -> Result<Installation, InstallError> {
        let row = in_tx!(self.db, read "an installation", |tx| { portals::get(tx, portal).await })?;
        let row = row.ok_or(AdminError::NotInstalled)?;
        let granted: Vec<String> = serde_json::from_value(row.scopes).unwrap_or_default();
        let unfinished = !matches!(standing, Standing::Fine(_));
        Ok(Installation {
            portal,
            back: page_in_hubspot(&row.ui_domain, portal),
            name: row.domain.unwrap_or_else(|| portal.to_string()),
            begun_here,
            missing_optional: if unfinished { Vec::new() } else { scopes::missing_optional(&granted) },
            unfinished,
        })
    }

    fn install_callback(&self) -> String {
        format!("{}/oauth/callback", self.settings.public_url)
    }

    /// HubSpot's OAuth endpoints, as our app.
    pub(super) fn oauth(&self) -> Result<OAuth, AdminError> {
        let s = &self.settings;
        OAuth::new(self.outbound.clone(), &s.api_url, s.authorize_url.clone(), &s.versions, s.app.clone())
            .map_err(|error| AdminError::Inside(format!("hubspot.api_url cannot be used: {error}")))
    }
}

/// Gives a token back; one that cannot be is named in the log, and unused.
async fn revoke(oauth: &OAuth, portal: PortalId, refresh_token: &SecretString) {
    if let Err(error) = oauth.revoke(refresh_token).await {
        tracing::warn!(%portal, %error, "the token of an installation that does not stand could not be revoked");
    }
}

/// The page of connected apps of a portal: only on a host of HubSpot's.
fn page_in_hubspot(ui_domain: &str, portal: PortalId) -> Option<String> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let front = ui_domain.strip_suffix(".hubspot.com")?;
    let good = !front.is_empty() && front.bytes().all(fits);
    good.then(|| format!("https://{ui_domain}/integrations-settings/{portal}/installed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_hubspot_or_is_not_there() {
        let link = |domain| page_in_hubspot(domain, PortalId(4711));
        let good = "https://app-eu1.hubspot.com/integrations-settings/4711/installed";
        assert_eq!(link("app-eu1.hubspot.com").as_deref(), Some(good));
        for bad in ["evil.example", "evil.example/.hubspot.com", ".hubspot.com", "hubspot.com", "a@b.hubspot.com", ""] {
            assert_eq!(link(bad), None, "{bad}");
        }
    }
}
