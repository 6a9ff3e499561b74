//! What the vault knows in memory of one holder's token: pure decisions over a state, and the one renewal under way.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::TokenError;
use crate::clock::Millis;

/// A renewal after a refused token is made at most once in this span: a system that refuses what it has just issued would
/// otherwise be asked again with every call.
const SPENT_SPAN: Duration = Duration::from_secs(30);
/// First and longest rest after a renewal that failed for a reason that may pass.
const REST_FIRST: Duration = Duration::from_secs(5);
const REST_MOST: Duration = Duration::from_mins(1);

/// A token in memory.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: SecretString,
    pub(super) issued_at: Millis,
    pub(super) expires_at: Millis,
}

impl Held {
    fn lifetime(&self) -> Duration {
        self.expires_at.since(self.issued_at)
    }

    /// Whether four fifths of its life are over.
    pub(super) fn is_due(&self, now: Millis) -> bool {
        now >= self.issued_at.plus(self.lifetime() * 4 / 5)
    }

    /// Whether it can still be used: it must last for the call that it is for.
    pub(super) fn is_valid(&self, now: Millis) -> bool {
        let margin = (self.lifetime() / 10).min(Duration::from_secs(10));
        now.plus(margin) < self.expires_at
    }

    pub(super) fn is(&self, token: &SecretString) -> bool {
        self.token.expose_secret() == token.expose_secret()
    }
}

/// How a renewal ended: the newest token there is, and what went wrong if something did.
pub(super) struct Flown {
    pub(super) held: Option<Held>,
    pub(super) failure: Option<TokenError>,
}

/// What everybody who waits for a renewal gets.
pub(super) type Landed = Result<SecretString, TokenError>;
/// The wait for a renewal: `None` until it has ended.
pub(super) type Landing = watch::Receiver<Option<Landed>>;

struct Rest {
    error: TokenError,
    until: Millis,
    failures: u32,
}

/// What is known of one holder.
#[derive(Default)]
pub(super) struct State {
    held: Option<Held>,
    flight: Option<Landing>,
    rest: Option<Rest>,
    /// The token that was last refused.
    refused: Option<SecretString>,
    /// When a renewal was last made because the newest token was refused.
    renewed_after_refusal: Option<Millis>,
    /// Goes up when the credential is replaced: what a renewal with the old one brings is then not taken.
    generation: u64,
}

/// What to do for somebody who asks for a token.
pub(super) enum Step {
    /// Give this one.
    Give(SecretString),
    /// Give this one and begin a renewal that nobody waits for.
    GiveAndRenew(SecretString),
    /// Give this error: the last renewal failed a moment ago.
    Refuse(TokenError),
    /// Wait for the renewal under way.
    Join(Landing),
    /// Begin a renewal and wait for it.
    Renew,
}

impl State {
    /// What to do for somebody who asks for a token.
    pub(super) fn ask(&self, now: Millis) -> Step {
        let resting = self.rest.as_ref().filter(|rest| now < rest.until);
        if let Some(held) = self.held.as_ref().filter(|held| held.is_valid(now)) {
            let token = held.token.clone();
            if held.is_due(now) && self.flight.is_none() && resting.is_none() {
                return Step::GiveAndRenew(token);
            }
            return Step::Give(token);
        }
        match (&self.flight, resting) {
            (Some(flight), _) => Step::Join(flight.clone()),
            (None, Some(rest)) => Step::Refuse(rest.error.clone()),
            (None, None) => Step::Renew,
        }
    }

    /// What to do for somebody whose `token` was refused.
    pub(super) fn ask_after_refusal(&mut self, token: &SecretString, now: Millis) -> Step {
        if self.held.as_ref().is_some_and(|held| held.is(token)) {
            if self.renewed_after_refusal.is_some_and(|at| now < at.plus(SPENT_SPAN)) {
                return Step::Refuse(TokenError::Reconnect { why: "tokens are refused right after they were issued" });
            }
            self.renewed_after_refusal = Some(now);
            self.held = None;
        }
        if self.held.is_none() {
            self.refused = Some(token.clone());
        }
        self.ask(now)
    }

    /// The token that must not be given out again, even if it is stored.
    pub(super) fn refused(&self) -> Option<SecretString> {
        self.refused.clone()
    }

    /// Notes that a renewal has begun; gives the generation that [`State::landed`] wants back.
    pub(super) fn took_off(&mut self, flight: Landing) -> u64 {
        self.flight = Some(flight);
        self.generation
    }

    /// Takes in how a renewal ended, and says what those who wait for it get.
    pub(super) fn landed(&mut self, generation: u64, flown: Flown, now: Millis) -> Landed {
        let usable = flown.held.filter(|held| held.is_valid(now));
        let landed = match (&usable, &flown.failure) {
            (Some(held), _) => Ok(held.token.clone()),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(TokenError::Broken { what: "a token was issued that had already ended".to_owned() }),
        };
        if generation == self.generation {
            self.flight = None;
            self.rest = match flown.failure {
                Some(error) => self.rest_after(error, now),
                None => None,
            };
            if usable.is_some() {
                self.held = usable;
            }
        }
        landed
    }

    /// The renewal under way, if any.
    #[cfg(test)]
    pub(super) fn under_way(&self) -> Option<Landing> {
        self.flight.clone()
    }

    /// Forgets everything: the credential was replaced or is gone.
    pub(super) fn reset(&mut self) {
        *self = Self { generation: self.generation + 1, ..Self::default() };
    }

    fn rest_after(&self, error: TokenError, now: Millis) -> Option<Rest> {
        let failures = self.rest.as_ref().map_or(0, |rest| rest.failures).saturating_add(1);
        let span = match &error {
            TokenError::Unavailable { .. } | TokenError::Broken { .. } => {
                REST_FIRST.saturating_mul(1 << (failures - 1).min(4)).min(REST_MOST)
            }
            // A person must do something first; when they did, the credential is replaced and this forgotten.
            TokenError::Reconnect { .. } | TokenError::Configuration { .. } => REST_MOST,
            // Nobody outside was asked.
            TokenError::Missing | TokenError::Sealed(_) | TokenError::Store(_) => return None,
        };
        Some(Rest { error, until: now.plus(span), failures })
    }
}

#[cfg(test)]
#[path = "flight_tests.rs"]
mod tests;
