//! Doing what a user asked once, however often the request arrives: HubSpot's proxy repeats a call by itself.
//!
//! Promise: the same key with the same request gives the same answer for 24 hours; another request under it is refused;
//! the work and its outcome are written together; a caller who leaves does not stop it half-way.
//! Never: keeps anything of the answer but ids and outcome words.

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};

use super::{CardError, Cards, Who};
use crate::{
    domain::ids::IdempotencyKey,
    in_tx,
    store::{
        StoreError, Tx,
        idempotency::{self, Call, Claim},
    },
};

/// One action of a user that may arrive several times.
pub(super) struct Action {
    who: Who,
    key: IdempotencyKey,
    operation: &'static str,
    fingerprint: [u8; 32],
}

/// What an action does within its transaction. It may run several times, so it only reads itself.
#[async_trait]
pub(super) trait Work: Send + Sync {
    /// Ids and outcome words: what a repeated request is answered with.
    type Answer: Serialize + DeserializeOwned + Send;

    /// Does it.
    async fn run(&self, tx: &mut Tx) -> Result<Self::Answer, StoreError>;
}

impl Action {
    /// The action `operation` with all that `request` says.
    pub(super) fn new(
        cards: &Cards,
        who: Who,
        key: &IdempotencyKey,
        operation: &'static str,
        request: &impl Serialize,
    ) -> Result<Self, CardError> {
        let said = serde_json::to_vec(request).map_err(|e| CardError::Inside(format!("request to JSON: {e}")))?;
        let fingerprint = cards.0.ring.mac("idempotency", &said);
        Ok(Self { who, key: key.clone(), operation, fingerprint })
    }

    fn call(&self) -> Call<'_> {
        Call {
            portal_id: self.who.portal,
            key: &self.key,
            operation: self.operation,
            user_id: self.who.user,
            fingerprint: &self.fingerprint,
        }
    }

    /// The answer of the same action, if it was done before.
    pub(super) async fn answered<T: DeserializeOwned>(&self, cards: &Cards) -> Result<Option<T>, CardError> {
        let now = cards.0.clock.now();
        let seen = in_tx!(cards.0.db, read "idempotency look", |tx| { idempotency::look(tx, self.call(), now).await })?;
        match seen {
            Claim::Fresh => Ok(None),
            Claim::Replay(outcome) => read(outcome).map(Some),
            Claim::Conflict => Err(CardError::KeyReused),
        }
    }

    /// Does `work` and writes its answer in one transaction, unless it was done before.
    pub(super) async fn run<W: Work>(&self, cards: &Cards, work: &W) -> Result<W::Answer, CardError> {
        let now = cards.0.clock.now();
        let claimed = in_tx!(cards.0.db, "card action", |tx| {
            let claim = idempotency::claim(tx, self.call(), now).await?;
            if claim != Claim::Fresh {
                return Ok((claim, None));
            }
            let answer = work.run(tx).await?;
            let outcome = serde_json::to_value(&answer)
                .map_err(|e| StoreError::Contradiction { what: format!("an outcome that is no JSON: {e}") })?;
            idempotency::finish(tx, self.who.portal, &self.key, &outcome).await?;
            Ok((Claim::Fresh, Some(answer)))
        })?;
        match claimed {
            (_, Some(answer)) => Ok(answer),
            (Claim::Replay(outcome), None) => read(outcome),
            (Claim::Conflict | Claim::Fresh, None) => Err(CardError::KeyReused),
        }
    }
}

fn read<T: DeserializeOwned>(outcome: serde_json::Value) -> Result<T, CardError> {
    serde_json::from_value(outcome).map_err(|e| CardError::Inside(format!("a stored outcome cannot be read: {e}")))
}
