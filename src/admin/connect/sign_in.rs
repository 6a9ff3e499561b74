//! Connecting by a user's consent: authorization code with PKCE, in a window outside HubSpot.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Refusal, Refused, SignInRequest, account, confirmed,
    establish::{Proved, has_certificate, replaces_certificate},
    name, word,
};
use crate::{
    admin::{
        Admin, AdminError, Administrator,
        windows::{Claimed, Finished, NetSuiteReturn, Opened, Window, WindowPurpose},
    },
    domain::ids::ConnectionId,
    erp::System,
    erp::netsuite::{AccountId, CONSENT_LASTS, Credential, Entry, Exchange, NoEntry},
    in_tx,
    store::{
        connections::{self, Connection, Method},
        windows,
    },
    vault::{Holder, TokenError},
};

/// What a sign-in window is about. The client secret is sealed apart.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    account: String,
    name: String,
    client_id: String,
    connection_id: Option<ConnectionId>,
}

impl Details {
    fn read(details: &serde_json::Value) -> Result<(Self, AccountId), AdminError> {
        let read: Self = Self::deserialize(details)
            .map_err(|error| AdminError::Inside(format!("a sign-in window's details: {error}")))?;
        let account = account(&read.account)?;
        Ok((read, account))
    }
}

/// A user's consent in an account, to be taken back.
pub(crate) struct Consent {
    /// The account.
    pub(crate) account: AccountId,
    credential: Credential,
}

impl Admin {
    /// Makes the ticket of a window in which a user signs in to NetSuite.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for what cannot be, or without the confirmation; [`AdminError::NoSuch`] and
    /// [`AdminError::Conflict`] when the connection is not this portal's or of another account, or when none is named and the
    /// account is connected with a certificate.
    pub async fn begin_sign_in(
        &self,
        administrator: &Administrator,
        request: &SignInRequest,
    ) -> Result<Opened, AdminError> {
        confirmed(request.confirmed)?;
        let who = administrator.who();
        let account = account(&request.account)?;
        let client_id = word("clientId", &request.client_id)?;
        let secret = word("clientSecret", request.client_secret.expose_secret())?;
        let name = match request.connection {
            Some(id) => self.connection_to_renew(who.portal, id, &account).await?,
            None => name(&request.name)?,
        };
        let before = in_tx!(self.db, read "connection of an account", |tx| {
            connections::of_account(tx, who.portal, System::NetSuite.word(), account.realm()).await
        })?;
        if before.is_some_and(|row| replaces_certificate(&row, Method::SignIn, request.connection)) {
            return Err(has_certificate());
        }
        let details =
            Details { account: account.realm().to_owned(), name, client_id, connection_id: request.connection };
        let details = serde_json::to_value(details)
            .map_err(|error| AdminError::Inside(format!("a sign-in window's details: {error}")))?;
        self.open_window(who, WindowPurpose::SignIn, details, Some(secret.into())).await
    }

    /// NetSuite's page for consent of an open sign-in window.
    #[expect(clippy::unused_async, reason = "another ERP may have to be asked for its address")]
    pub(crate) async fn sign_in_address(
        &self,
        window: &Window,
        state: &str,
        challenge: &str,
    ) -> Result<Url, AdminError> {
        let (details, account) = Details::read(&window.details)?;
        self.door(&account)?
            .consent_page(&details.client_id, &self.netsuite_callback(), state, challenge)
            .map_err(|error| AdminError::Inside(format!("netsuite addresses: {error}")))
    }

    /// Ends a sign-in with what NetSuite sent back. Waits for a token and one call.
    pub(crate) async fn finish_sign_in(&self, claimed: Claimed, query: NetSuiteReturn) -> Result<Finished, AdminError> {
        let (details, account) = Details::read(&claimed.details)?;
        // The window was opened a while ago: the app may have left the portal since, or the user lost the right.
        self.administrator(claimed.who).await.map_err(AdminError::from)?;
        let code = code_of(&account, query).map_err(|refused| on_page(&refused))?;
        let secret =
            claimed.secret.ok_or_else(|| AdminError::Inside("a sign-in window without a secret".to_owned()))?;
        let callback = self.netsuite_callback();
        let exchange = Exchange {
            client_id: &details.client_id,
            client_secret: &secret,
            code: &code,
            redirect_uri: &callback,
            verifier: &claimed.verifier,
        };
        let door = self.door(&account)?;
        let before = self.clock.now();
        let exchanged = door.exchange(exchange).await.map_err(|refused| on_page(&exchange_refused(refused)));
        let (credential, entry): (Credential, Entry) = exchanged?;
        if let Err(refused) = self.prove(&account, &entry).await? {
            self.give_up(&Consent { account, credential }).await;
            return Err(on_page(&refused));
        }
        let finished = Finished { account: account.realm().to_owned(), name: details.name.clone() };
        let consent = Consent { account: account.clone(), credential: credential.clone() };
        let proved = Proved {
            who: claimed.who,
            account,
            name: details.name,
            connection: details.connection_id,
            credential,
            method: Method::SignIn,
            ends_at: before.plus(CONSENT_LASTS),
            once: None,
        };
        let connected = match self.is_window_there(claimed.id).await {
            Ok(()) => self.establish(proved).await.map(|_| ()),
            gone => gone,
        };
        if let Err(error) = connected {
            self.give_up(&consent).await;
            return Err(error);
        }
        Ok(finished)
    }

    /// Whoever disconnects an account or removes the app ends its windows, those that are coming back too.
    async fn is_window_there(&self, id: uuid::Uuid) -> Result<(), AdminError> {
        let row = in_tx!(self.db, read "a window that came back", |tx| { windows::get(tx, id).await })?;
        row.map(|_| ()).ok_or_else(|| {
            AdminError::Conflict(
                "this account was disconnected while you signed in. Nothing was connected; begin again on the settings page \
                 when you want to"
                    .to_owned(),
            )
        })
    }

    /// Gives back a consent that nothing will use, so far as NetSuite takes it.
    async fn give_up(&self, consent: &Consent) {
        if let Err(error) = self.take_back(consent).await {
            tracing::warn!(%error, account = %consent.account, "a consent that is of no use could not be given back");
        }
    }

    /// The consent behind a connection, which [`Self::take_back`] ends in NetSuite. `None`: it has none (a certificate's
    /// mapping is removed in NetSuite, by a person).
    ///
    /// # Errors
    /// [`AdminError::Inside`] when the credential cannot be opened.
    pub(crate) async fn consent_of(&self, connection: &Connection) -> Result<Option<Consent>, AdminError> {
        let kept = match self.vault.credential(Holder::Connection(connection.id)).await {
            Ok(kept) => kept,
            Err(TokenError::Missing) => return Ok(None),
            Err(error) => return Err(AdminError::Inside(format!("credential of {}: {error}", connection.id))),
        };
        let credential = Credential::read(&kept)
            .map_err(|error| AdminError::Inside(format!("credential of {}: {error}", connection.id)))?;
        let account = account(&connection.account_id)?;
        Ok(matches!(credential, Credential::SignIn(_)).then_some(Consent { account, credential }))
    }

    /// Takes a consent back in NetSuite, so that its refresh token works no longer.
    ///
    /// # Errors
    /// [`AdminError::Unavailable`] when NetSuite does not answer.
    pub(crate) async fn take_back(&self, consent: &Consent) -> Result<(), AdminError> {
        match self.door(&consent.account)?.revoke(&consent.credential).await {
            // A refused grant was dead before.
            Ok(()) | Err(NoEntry::Grant(_)) => Ok(()),
            Err(error) => Err(AdminError::Unavailable(format!("NetSuite did not take the consent back ({error})"))),
        }
    }
}

/// The code that came back, if it is for `account`.
fn code_of(account: &AccountId, query: NetSuiteReturn) -> Result<SecretString, Refusal> {
    if let Some(error) = query.error {
        let detail = if error == "access_denied" {
            "You did not allow the access in NetSuite. Nothing was connected; begin again on the settings page when you want to"
        } else {
            "NetSuite did not sign you in. Check that the integration allows the Authorization Code Grant, the scope REST Web \
             Services and this redirect URI, and that your role may sign in with OAuth 2.0; then begin again on the settings page"
        };
        return Err(Refusal::new(Refused::NotPermitted, detail));
    }
    let company: Option<AccountId> = query.company.and_then(|company| company.parse().ok());
    if company.as_ref() != Some(account) {
        let other = company.map_or_else(|| "an account it does not name".to_owned(), |other| other.to_string());
        return Err(Refusal::new(
            Refused::OtherAccount,
            format!(
                "You signed in to {other}, but the connection is for {account}. Nothing was connected. Sign out of NetSuite, \
                 or choose a role of {account}, and begin again on the settings page"
            ),
        ));
    }
    query.code.ok_or_else(|| {
        Refusal::new(Refused::Broken, "NetSuite sent you back without a code. Begin again on the settings page")
    })
}

/// A refused code needs other words than a refused certificate.
fn exchange_refused(error: NoEntry) -> Refusal {
    match error {
        NoEntry::Grant(why) => Refusal::new(
            Refused::NotPermitted,
            format!("{why}. Nothing was connected; begin again on the settings page"),
        ),
        other => other.into(),
    }
}

/// A refusal as the text of a page.
fn on_page(refused: &Refusal) -> AdminError {
    match refused.code {
        Refused::Unavailable => {
            AdminError::Unavailable(refused.detail.trim_end_matches("; try again in a moment").to_owned())
        }
        _ => AdminError::Conflict(refused.detail.clone()),
    }
}
