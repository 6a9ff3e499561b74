//! Access tokens: got with a stored credential, renewed by the clock, given to everybody who asks.
//!
//! When four fifths of a token's life are over, the next caller gets it all the same and sets off a renewal that nobody
//! waits for; only without a usable token do callers wait, all of them for the same renewal. A renewal that fails is not
//! repeated at once (5 s, doubling up to a minute); meanwhile the old token serves as long as it lives, and after that
//! callers get the failure's reason without another call.
//!
//! Of several replicas one renews: it takes the lease in the credential's row, calls, and saves the token before anybody
//! gets it; the others wait for the row's new token and take it. The row's fence sees to it that a token got with a
//! credential that was replaced meanwhile is never saved.
//!
//! A renewal that is killed between "token received" and "token saved" leaves the old credential and a lease that nobody
//! gives back. The lease ends after 30 s; then the next caller renews with the old credential. With HubSpot and with
//! NetSuite that mends it, since both leave the old refresh token valid. An issuer that had ended the old one would answer
//! that it is dead, which callers get as [`TokenError::Reconnect`]: a person signs in again, nothing else is lost.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use uuid::Uuid;

use super::{
    Holder, KeyRing, Place, RenewError, SealError, TokenError,
    flight::{Flown, Held, Landing, State, Step},
    lease::{self, LEASE, Turn},
};
use crate::{
    clock::Clock,
    in_tx,
    store::{
        Db,
        credentials::{self, Credential, NewToken},
    },
};

/// Gets a new access token from whoever issues it. HubSpot and each ERP connector implement it.
#[async_trait]
pub trait Renew: Send + Sync {
    /// Gets a new token with `credential`, a text that only the implementer understands. Bounded in time by itself.
    ///
    /// # Errors
    /// [`RenewError`], by what can be done about it.
    async fn renew(&self, credential: &SecretString) -> Result<Fresh, RenewError>;
}

/// What a renewal brings.
#[derive(Debug)]
pub struct Fresh {
    /// The new access token.
    pub access_token: SecretString,
    /// How long it lives, counted from before the call.
    pub lifetime: Duration,
    /// A credential that takes the place of the stored one, such as a new refresh token.
    pub credential: Option<SecretString>,
}

/// The credentials and tokens of all portals and connections. Cheap to clone; clones share the tokens in memory.
#[derive(Clone)]
pub struct Vault(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) db: Db,
    ring: KeyRing,
    pub(super) clock: Clock,
    slots: Mutex<HashMap<Holder, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot(Mutex<State>);

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("ring", &self.0.ring).finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault over the database, with no token in memory yet.
    #[must_use]
    pub fn new(db: Db, ring: KeyRing, clock: Clock) -> Self {
        Self(Arc::new(Inner { db, ring, clock, slots: Mutex::default() }))
    }

    /// The key ring.
    #[must_use]
    pub fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    /// A token that can be used now. Waits only when there is none, for the one renewal that all callers share; that
    /// renewal goes on when the caller is dropped.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn token(&self, holder: Holder, renew: &Arc<dyn Renew>) -> Result<SecretString, TokenError> {
        let slot = self.slot(holder);
        let landing = {
            let mut state = slot.state();
            match state.ask(self.0.clock.now()) {
                Step::Give(token) => return Ok(token),
                Step::GiveAndRenew(token) => {
                    self.take_off(holder, &slot, &mut state, renew);
                    return Ok(token);
                }
                Step::Refuse(error) => return Err(error),
                Step::Join(landing) => landing,
                Step::Renew => self.take_off(holder, &slot, &mut state, renew),
            }
        };
        wait_for(landing).await
    }

    /// Another token than `token`, which the other side answered with 401: a newer one that is there already, else one
    /// renewal that all callers share. Waits for it.
    ///
    /// # Errors
    /// [`TokenError`]; [`TokenError::Reconnect`] also when new tokens are refused right after they were issued.
    pub async fn spent(
        &self,
        holder: Holder,
        token: &SecretString,
        renew: &Arc<dyn Renew>,
    ) -> Result<SecretString, TokenError> {
        let slot = self.slot(holder);
        // Twice: a renewal that was under way before may bring the refused token itself, read from the database.
        for _ in 0..2 {
            let landing = {
                let mut state = slot.state();
                match state.ask_after_refusal(token, self.0.clock.now()) {
                    Step::Give(newer) | Step::GiveAndRenew(newer) => return Ok(newer),
                    Step::Refuse(error) => return Err(error),
                    Step::Join(landing) => landing,
                    Step::Renew => self.take_off(holder, &slot, &mut state, renew),
                }
            };
            let landed = wait_for(landing).await?;
            if landed.expose_secret() != token.expose_secret() {
                return Ok(landed);
            }
        }
        Err(TokenError::Reconnect { why: "the same token is issued again after it was refused" })
    }

    /// Forgets what is in memory of a holder whose row was changed.
    pub(super) fn reset(&self, holder: Holder) {
        self.slot(holder).state().reset();
    }

    fn slot(&self, holder: Holder) -> Arc<Slot> {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(holder).or_default())
    }

    /// Begins a renewal in a task of its own, which goes on whoever waits for it.
    fn take_off(&self, holder: Holder, slot: &Arc<Slot>, state: &mut State, renew: &Arc<dyn Renew>) -> Landing {
        let (land, landing) = watch::channel(None);
        let generation = state.took_off(landing.clone());
        let refused = state.refused();
        let (inner, slot, renew) = (Arc::clone(&self.0), Arc::clone(slot), Arc::clone(renew));
        let lease = inner.clock.new_id();
        tokio::spawn(async move {
            let flying = tokio::spawn({
                let inner = Arc::clone(&inner);
                async move { inner.fly(holder, lease, renew.as_ref(), refused).await }
            });
            let flown = flying.await.unwrap_or_else(|_| Flown {
                held: None,
                failure: Some(TokenError::Broken { what: "the renewal stopped half-way".to_owned() }),
            });
            if flown.failure.is_some() {
                inner.give_back(holder, lease).await;
            }
            if let Some(error) = &flown.failure {
                let source = std::error::Error::source(error).map(ToString::to_string);
                tracing::warn!(holder = holder.kind(), id = holder.id(), %error, source, "no new access token");
            }
            let landed = slot.state().landed(generation, flown, inner.clock.now());
            land.send_replace(Some(landed));
        });
        landing
    }
}

async fn wait_for(mut landing: Landing) -> Result<SecretString, TokenError> {
    let landed = landing.wait_for(Option::is_some).await.ok().and_then(|landed| landed.clone());
    landed.unwrap_or_else(|| Err(TokenError::Broken { what: "the program is stopping".to_owned() }))
}

impl Inner {
    /// Takes the stored token if it is not due, else gets and saves a new one, or waits for whoever does.
    async fn fly(&self, holder: Holder, lease: Uuid, renew: &dyn Renew, refused: Option<SecretString>) -> Flown {
        let mut held = None;
        let failure = self.get_token(holder, lease, renew, refused.as_ref(), &mut held).await.err();
        Flown { held, failure }
    }

    async fn get_token(
        &self,
        holder: Holder,
        lease: Uuid,
        renew: &dyn Renew,
        refused: Option<&SecretString>,
        held: &mut Option<Held>,
    ) -> Result<(), TokenError> {
        const ROUNDS: u32 = 3;
        for _ in 0..ROUNDS {
            let Some(row) = self.turn(holder, lease, refused, held).await? else { return Ok(()) };
            let credential = self.open(holder, "sealed", &row.sealed)?;
            // Before the call, so that the token never lives longer here than there.
            let issued_at = self.clock.now();
            let fresh = renew.renew(&credential).await?;
            let expires_at = issued_at.plus(fresh.lifetime);
            let new = Held { token: fresh.access_token, issued_at, expires_at };
            if self.save(holder, row.fence, &new, fresh.credential.as_ref()).await? {
                *held = Some(new);
                return Ok(());
            }
            // The credential was replaced, or the lease ended before the call did: look again.
        }
        Err(TokenError::Unavailable { why: "the stored credential keeps changing" })
    }

    /// Waits until it is our turn to renew, and takes the lease: gives the row then. `None`: `held` is a token that is not
    /// due, perhaps one that somebody else saved meanwhile.
    async fn turn(
        &self,
        holder: Holder,
        lease: Uuid,
        refused: Option<&SecretString>,
        held: &mut Option<Held>,
    ) -> Result<Option<Credential>, TokenError> {
        for _ in 0..lease::MOST_LOOKS {
            let row = in_tx!(self.db, read "read a credential", |tx| { credentials::get(tx, holder).await })?;
            let row = row.ok_or(TokenError::Missing)?;
            let stored = self.stored_token(holder, &row)?;
            *held = stored.filter(|held| !refused.is_some_and(|refused| held.is(refused)));
            let now = self.clock.now();
            if held.as_ref().is_some_and(|held| !held.is_due(now)) {
                return Ok(None);
            }
            if lease::decide(row.lease.zip(row.lease_until), lease, now) == Turn::Take {
                let (fence, until) = (row.fence, now.plus(LEASE));
                let taken = in_tx!(self.db, "lease a renewal", |tx| {
                    credentials::take_lease(tx, holder, fence, lease, until, now).await
                })?;
                if taken {
                    return Ok(Some(row));
                }
            }
            self.clock.pause(lease::LOOK_EVERY).await;
        }
        Err(TokenError::Unavailable { why: "another replica's renewal does not end" })
    }

    /// Gives back a lease after a failure, so that nobody waits for its end. What cannot be given back ends by itself.
    async fn give_back(&self, holder: Holder, lease: Uuid) {
        let given = in_tx!(self.db, "give back a lease", |tx| { credentials::end_lease(tx, holder, lease).await });
        if let Err(error) = given {
            tracing::warn!(holder = holder.kind(), id = holder.id(), %error, "a lease could not be given back");
        }
    }

    fn stored_token(&self, holder: Holder, row: &Credential) -> Result<Option<Held>, TokenError> {
        let (Some(sealed), Some(issued_at), Some(expires_at)) =
            (&row.sealed_token, row.token_issued_at, row.token_expires_at)
        else {
            return Ok(None);
        };
        Ok(Some(Held { token: self.open(holder, "sealed_token", sealed)?, issued_at, expires_at }))
    }

    async fn save(
        &self,
        holder: Holder,
        fence: i64,
        new: &Held,
        credential: Option<&SecretString>,
    ) -> Result<bool, TokenError> {
        let sealed = self.seal(holder, "sealed_token", &new.token);
        let credential = credential.map(|text| self.seal(holder, "sealed", text));
        let token = NewToken {
            sealed: &sealed,
            issued_at: new.issued_at,
            expires_at: new.expires_at,
            credential: credential.as_deref(),
        };
        let now = self.clock.now();
        let saved =
            in_tx!(self.db, "save a token", |tx| { credentials::put_token(tx, holder, fence, token, now).await })?;
        Ok(saved)
    }

    pub(super) fn seal(&self, holder: Holder, column: &str, text: &SecretString) -> Vec<u8> {
        let row = row_of(holder);
        self.ring.seal(&Place { table: "credentials", column, row: &row }, text.expose_secret().as_bytes())
    }

    pub(super) fn open(&self, holder: Holder, column: &str, sealed: &[u8]) -> Result<SecretString, SealError> {
        let row = row_of(holder);
        let opened = self.ring.open(&Place { table: "credentials", column, row: &row }, sealed)?;
        std::str::from_utf8(&opened).map(SecretString::from).map_err(|_| SealError::Shape)
    }
}

fn row_of(holder: Holder) -> String {
    format!("{}/{}", holder.kind(), holder.id())
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
