//! Connecting machine to machine: the draft's key signs in with what NetSuite gave the certificate.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{
    ConnectAnswer, ConnectRequest, Refusal, account, confirmed,
    establish::{Once, Proved},
    word,
};
use crate::{
    admin::{Admin, AdminError, Administrator, checklist},
    domain::ids::ConnectionId,
    erp::{
        Lane,
        netsuite::{AccountId, Credential, Entry, NoEntry},
    },
    store::connections::Method,
};

impl Admin {
    /// Connects the account of a draft: a new connection, the same one again, or a new certificate for it.
    ///
    /// Waits for a token and one call; then for the checklist; all until `until`.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for ids that cannot be, or without the confirmation; [`AdminError::NoSuch`] for a draft that
    /// is gone or another portal's. What NetSuite refuses is an answer, not an error.
    pub async fn connect(
        &self,
        administrator: &Administrator,
        request: &ConnectRequest,
        until: Instant,
    ) -> Result<ConnectAnswer, AdminError> {
        confirmed(request.confirmed)?;
        let client_id = word("clientId", &request.client_id)?;
        let certificate_id = word("certificateId", &request.certificate_id)?;
        let said = format!("{} {client_id} {certificate_id}", request.draft);
        let fingerprint = self.vault.ring().mac("idempotency", said.as_bytes());
        let once = Once { draft: request.draft, key: request.key.clone(), fingerprint };
        let who = administrator.who();
        if let Some(connection_id) = self.connected_before(who, &once).await? {
            return self.connected(administrator, connection_id, until).await;
        }
        let draft = self.draft_of(who.portal, request.draft).await?;
        let account = account(&draft.account_id)?;
        let credential = Credential::new(&client_id, &certificate_id, &self.key_of(&draft)?)
            .map_err(|error| AdminError::Inside(format!("draft {}: {error}", draft.id)))?;
        let proving = timeout_at(until, self.proved(&account, &credential)).await;
        // Nothing is written yet: the draft stays, to be tried with again.
        let late = || Ok(Err(NoEntry::Unavailable("NetSuite does not answer in time").into()));
        if let Err(refused) = proving.unwrap_or_else(|_| late())? {
            return Ok(refused.answer());
        }
        let proved = Proved {
            who,
            account,
            name: draft.name,
            connection: draft.connection_id,
            credential,
            method: Method::Certificate,
            ends_at: draft.certificate_ends_at,
            once: Some(once),
        };
        let connection_id = self.establish(proved).await?;
        self.connected(administrator, connection_id, until).await
    }

    /// The answer about a connection that was made, with its checklist if NetSuite answers in time.
    async fn connected(
        &self,
        administrator: &Administrator,
        connection_id: ConnectionId,
        until: Instant,
    ) -> Result<ConnectAnswer, AdminError> {
        // It is connected all the same when there is no time left, or it was paused and stays so; the page can have it tested
        // later.
        // When it is our time that ends, nothing is said of the account: the test itself would call it slow.
        let testing = self.test(administrator, connection_id, until + Duration::from_secs(1));
        let checklist = match timeout_at(until, testing).await {
            Ok(Err(AdminError::Conflict(_))) | Err(_) => checklist::not_asked(),
            Ok(tested) => tested?,
        };
        Ok(ConnectAnswer::Connected { connection_id, checklist })
    }

    /// Whether a credential brings a token, and a first call with it is answered.
    async fn proved(&self, account: &AccountId, credential: &Credential) -> Result<Result<(), Refusal>, AdminError> {
        match self.door(account)?.token(credential).await {
            Ok(entry) => self.prove(account, &entry).await,
            Err(refused) => Ok(Err(refused.into())),
        }
    }

    /// Whether a first call with a token that was just got is answered.
    pub(super) async fn prove(&self, account: &AccountId, entry: &Entry) -> Result<Result<(), Refusal>, AdminError> {
        Ok(self.to_try(account, entry)?.answers(Lane::Card).await.map_err(Refusal::from))
    }
}
