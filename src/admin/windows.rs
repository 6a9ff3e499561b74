//! Windows outside HubSpot: tickets, cookies and OAuth states (DESIGN decision 12).
//!
//! A signed request makes a ticket; opening it in a browser sets a cookie and binds the window to it; going on gives it an
//! OAuth state; coming back with that state in that browser ends it. Each step works once, within its time.
//!
//! Promise: ticket, cookie and state have 256 random bits, are stored as keyed hashes and compared by them; the secrets of a
//! window (PKCE's verifier, what was entered) are sealed for its row. Replayed, expired, or in another browser: refused,
//! and nothing is changed.
//! Never: a portal or user from anywhere but the stored row.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;

use super::{Admin, AdminError};
use crate::{
    cards::Who,
    clock::{Clock, Millis},
    in_tx,
    store::{
        StoreError, portals,
        windows::{self, NewWindow, Purpose, WindowRow},
    },
    vault::Place,
};

/// How long a ticket waits to be opened.
pub const TICKET_LIFE: Duration = Duration::from_mins(1);
/// How long an open window, and the state it goes away with, may take.
pub const WINDOW_LIFE: Duration = Duration::from_mins(10);
/// How long a window that ended is remembered, so that a late visitor is told what happened.
pub(super) const REMEMBERED: Duration = Duration::from_hours(1);

/// What a window with a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowPurpose {
    /// Signing in to an ERP.
    SignIn,
    /// Downloading a certificate.
    Certificate,
    /// Downloading the activity.
    Activity,
}

/// A ticket that was made.
#[derive(Clone)]
pub struct Opened {
    /// The window's address, with the ticket in it: as good as a secret for as long as it lives.
    pub url: String,
    /// Until when it can be opened.
    pub expires_at: Millis,
}

/// A window that is open in the browser that asks.
pub struct Window {
    /// Its row.
    pub id: Uuid,
    /// Tenant and user, as the signed request named them.
    pub who: Who,
    /// What it is for.
    pub purpose: WindowPurpose,
    /// The portal as people know it: its domain, else its id.
    pub portal_name: String,
    /// What it is about. `details.account` is shown to people.
    pub details: Value,
    /// The secret that was handed to [`Admin::open_window`].
    pub secret: Option<SecretString>,
}

/// A window that came back with its state, and thereby ended.
pub struct Claimed {
    /// Its row.
    pub id: Uuid,
    /// Tenant and user.
    pub who: Who,
    /// What it was about.
    pub details: Value,
    /// The secret that was handed to [`Admin::open_window`].
    pub secret: Option<SecretString>,
    /// PKCE's verifier of the challenge it went away with.
    pub verifier: SecretString,
}

/// What NetSuite sent back with the browser, beside the state.
pub struct NetSuiteReturn {
    /// The code of the consent.
    pub code: Option<SecretString>,
    /// The account that was signed in to.
    pub company: Option<String>,
    /// The role that was chosen.
    pub role: Option<String>,
    /// The user's own record.
    pub entity: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What a sign-in ended with, for the page that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The ERP account.
    pub account: String,
    /// The connection's name.
    pub name: String,
}

/// Why a window does not go on.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no such ticket, state or window.
    #[error("this address is not known")]
    Unknown,
    /// Its time is over.
    #[error("this address is too old")]
    Expired,
    /// It was used before.
    #[error("this address was used before")]
    Used,
    /// It belongs to another browser.
    #[error("this window was opened in another browser")]
    OtherBrowser,
    /// What it was opened for does not work out.
    #[error(transparent)]
    Failed(#[from] AdminError),
}

impl From<StoreError> for WindowError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The secrets of a window.
#[derive(Default, Serialize, Deserialize)]
struct Secrets {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verifier: Option<String>,
}

/// A new word of 256 random bits.
pub(super) fn new_word(clock: &Clock) -> SecretString {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    clock.fill(bytes.as_mut());
    URL_SAFE_NO_PAD.encode(bytes.as_ref()).into()
}

/// PKCE's challenge (S256) of a verifier.
pub(super) fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

impl Admin {
    /// Makes a ticket for a window. `details.account` must name the account for people where the window is about one; `secret` is kept sealed.
    ///
    /// # Errors
    /// [`AdminError::Unavailable`] when the database is busy.
    pub async fn open_window(
        &self,
        who: Who,
        purpose: WindowPurpose,
        details: Value,
        secret: Option<SecretString>,
    ) -> Result<Opened, AdminError> {
        let (id, ticket, now) = (self.clock.new_id(), new_word(&self.clock), self.clock.now());
        let expires_at = now.plus(TICKET_LIFE);
        let sealed = secret.map(|secret| self.seal_window(id, Some(&secret), None));
        let ticket_hash = self.window_hash("ticket", &ticket);
        in_tx!(self.db, "open a window", |tx| {
            let new = NewWindow {
                id,
                purpose: purpose.stored(),
                who: Some((who.portal, who.user)),
                ticket_hash: Some(&ticket_hash),
                cookie_hash: None,
                state_hash: None,
                details: &details,
                sealed: sealed.as_deref(),
                expires_at,
            };
            windows::insert(tx, new, now).await
        })?;
        let url = format!("{}/window/{}", self.settings.public_url, ticket.expose_secret());
        Ok(Opened { url, expires_at })
    }

    /// Opens a ticket's window in the browser that has `cookie`.
    ///
    /// # Errors
    /// [`WindowError`]: a ticket opens once, within a minute.
    pub async fn enter_window(&self, ticket: &SecretString, cookie: &SecretString) -> Result<Window, WindowError> {
        let (ticket, cookie) = (self.window_hash("ticket", ticket), self.window_hash("cookie", cookie));
        let now = self.clock.now();
        let (opened, known) = in_tx!(self.db, "enter a window", |tx| {
            let opened = windows::open(tx, &ticket, &cookie, now.plus(WINDOW_LIFE), now).await?;
            Ok((opened, windows::by_ticket(tx, &ticket).await?))
        })?;
        match (opened, known) {
            (Some(row), _) => self.window(row).await,
            (None, Some(row)) if row.cookie_hash.is_some() => Err(WindowError::Used),
            (None, Some(_)) => Err(WindowError::Expired),
            (None, None) => Err(WindowError::Unknown),
        }
    }

    /// The window of this id, if it is open in the browser that has `cookie`.
    ///
    /// # Errors
    /// [`WindowError`].
    pub async fn open_window_of(&self, id: Uuid, cookie: Option<&SecretString>) -> Result<Window, WindowError> {
        let row = in_tx!(self.db, read "an open window", |tx| { windows::get(tx, id).await })?;
        let row = row.filter(|row| row.purpose != Purpose::Install).ok_or(WindowError::Unknown)?;
        self.check_browser(&row, cookie)?;
        if row.used_at.is_some() {
            return Err(WindowError::Used);
        }
        if row.expires_at <= self.clock.now() {
            return Err(WindowError::Expired);
        }
        self.window(row).await
    }

    /// Where an open sign-in window goes on: the ERP's page for consent, with a new state bound to this browser.
    ///
    /// # Errors
    /// [`WindowError`].
    pub async fn leave_window(&self, id: Uuid, cookie: Option<&SecretString>) -> Result<Url, WindowError> {
        let window = self.open_window_of(id, cookie).await?;
        let Some(cookie) = cookie.filter(|_| window.purpose == WindowPurpose::SignIn) else {
            return Err(WindowError::Unknown);
        };
        let (state, verifier) = (new_word(&self.clock), new_word(&self.clock));
        let url = self.sign_in_address(&window, state.expose_secret(), &challenge(&verifier)).await?;
        let sealed = self.seal_window(id, window.secret.as_ref(), Some(&verifier));
        let (state, cookie) = (self.window_hash("state", &state), self.window_hash("cookie", cookie));
        let now = self.clock.now();
        let gone = in_tx!(self.db, "leave a window", |tx| {
            windows::send_away(tx, id, &cookie, &state, &sealed, now).await
        })?;
        if gone { Ok(url) } else { Err(WindowError::Expired) }
    }

    /// Ends the sign-in window that went away with `state`, in the browser that has `cookie`.
    ///
    /// # Errors
    /// [`WindowError`]; then the window is as it was.
    pub async fn claim_state(
        &self,
        cookie: Option<&SecretString>,
        state: &SecretString,
    ) -> Result<Claimed, WindowError> {
        let row = self.claim_row(Purpose::SignIn, cookie, state).await?;
        let (Some(who), secrets) = (who_of(&row), self.open_secrets(&row)?) else {
            return Err(AdminError::Inside(format!("window {} names no portal", row.id)).into());
        };
        let verifier = secrets.verifier.ok_or_else(|| AdminError::Inside(format!("window {} has no verifier", row.id)));
        Ok(Claimed {
            id: row.id,
            who,
            details: row.details,
            secret: secrets.secret.map(SecretString::from),
            verifier: verifier?.into(),
        })
    }

    /// Where NetSuite sends the browser back to.
    #[must_use]
    pub fn netsuite_callback(&self) -> String {
        format!("{}/oauth/netsuite/callback", self.settings.public_url)
    }

    /// Ends the window of this purpose that went away with `state`.
    pub(super) async fn claim_row(
        &self,
        purpose: Purpose,
        cookie: Option<&SecretString>,
        state: &SecretString,
    ) -> Result<WindowRow, WindowError> {
        let state = self.window_hash("state", state);
        let cookie_hash = cookie.map(|cookie| self.window_hash("cookie", cookie));
        let now = self.clock.now();
        let (claimed, known) = in_tx!(self.db, "claim a state", |tx| {
            let claimed = match &cookie_hash {
                Some(cookie) => windows::claim(tx, purpose, &state, cookie, now).await?,
                None => None,
            };
            Ok((claimed, windows::by_state(tx, &state).await?))
        })?;
        if let Some(row) = claimed {
            return Ok(row);
        }
        let row = known.filter(|row| row.purpose == purpose).ok_or(WindowError::Unknown)?;
        self.check_browser(&row, cookie)?;
        Err(if row.used_at.is_some() { WindowError::Used } else { WindowError::Expired })
    }

    /// PKCE's verifier of a window that was claimed.
    pub(super) fn verifier_of(&self, row: &WindowRow) -> Result<Option<SecretString>, AdminError> {
        Ok(self.open_secrets(row)?.verifier.map(SecretString::from))
    }

    /// A keyed hash of a ticket, cookie or state.
    pub(super) fn window_hash(&self, kind: &str, word: &SecretString) -> [u8; 32] {
        self.vault.ring().mac(&format!("window {kind}"), word.expose_secret().as_bytes())
    }

    /// The secrets of a window, sealed for its row.
    pub(super) fn seal_window(
        &self,
        id: Uuid,
        secret: Option<&SecretString>,
        verifier: Option<&SecretString>,
    ) -> Vec<u8> {
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        let secrets = Secrets { secret: secret.map(text), verifier: verifier.map(text) };
        // An object of two texts always serialises.
        let bytes = zeroize::Zeroizing::new(serde_json::to_vec(&secrets).unwrap_or_default());
        self.vault.ring().seal(&Place { table: "windows", column: "sealed", row: &id.to_string() }, &bytes)
    }

    fn open_secrets(&self, row: &WindowRow) -> Result<Secrets, AdminError> {
        let Some(sealed) = &row.sealed else { return Ok(Secrets::default()) };
        let place = Place { table: "windows", column: "sealed", row: &row.id.to_string() };
        let opened = self.vault.ring().open(&place, sealed);
        let opened = opened.map_err(|error| AdminError::Inside(format!("window {}: {error}", row.id)))?;
        serde_json::from_slice(&opened).map_err(|_| AdminError::Inside(format!("the secrets of window {}", row.id)))
    }

    fn check_browser(&self, row: &WindowRow, cookie: Option<&SecretString>) -> Result<(), WindowError> {
        let hash = cookie.map(|cookie| self.window_hash("cookie", cookie));
        let same = match (&row.cookie_hash, &hash) {
            (Some(stored), Some(given)) => subtle::ConstantTimeEq::ct_eq(stored.as_slice(), given.as_slice()).into(),
            _ => false,
        };
        if same { Ok(()) } else { Err(WindowError::OtherBrowser) }
    }

    async fn window(&self, row: WindowRow) -> Result<Window, WindowError> {
        let (Some(who), Some(purpose)) = (who_of(&row), WindowPurpose::of(row.purpose)) else {
            return Err(WindowError::Unknown);
        };
        let portal = in_tx!(self.db, read "a window's portal", |tx| { portals::get(tx, who.portal).await })?;
        let secret = self.open_secrets(&row)?.secret.map(SecretString::from);
        let portal_name = portal.and_then(|portal| portal.domain).unwrap_or_else(|| who.portal.to_string());
        Ok(Window { id: row.id, who, purpose, portal_name, details: row.details, secret })
    }
}

impl WindowPurpose {
    const fn stored(self) -> Purpose {
        match self {
            Self::SignIn => Purpose::SignIn,
            Self::Certificate => Purpose::Certificate,
            Self::Activity => Purpose::Activity,
        }
    }

    const fn of(stored: Purpose) -> Option<Self> {
        match stored {
            Purpose::SignIn => Some(Self::SignIn),
            Purpose::Certificate => Some(Self::Certificate),
            Purpose::Activity => Some(Self::Activity),
            Purpose::Install => None,
        }
    }
}

fn who_of(row: &WindowRow) -> Option<Who> {
    Some(Who { portal: row.portal_id?, user: row.user_id? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn words_have_43_signs_and_differ() {
        let clock = Clock::manual(Millis(1), 3);
        let (one, two) = (new_word(&clock), new_word(&clock));
        assert_eq!(one.expose_secret().len(), 43);
        assert_ne!(one.expose_secret(), two.expose_secret());
    }
}
