//! NetSuite's token endpoint and consent page: how a credential becomes an access token, and a consent a credential.
//!
//! Two ways in. A **certificate**: NetSuite knows the public half of a key as an uploaded certificate with an id; an
//! assertion names that id, is signed with the private half (PS256 or ES256; RS256 is no longer accepted) and lives ten
//! minutes; there is no refresh token, a new assertion brings a new token. A **consent** of a user, by authorization code
//! with PKCE: the refresh token it brings dies seven days after, however often it is used; where an answer carries a new
//! one (public clients), that one takes its place.
//!
//! Never: a key or token in a log, an error or `Debug`; stores anything.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;

use super::{
    account::{AccountId, Addresses, BadTemplate},
    credential::{CertificateKey, Consent, Credential},
    errors::{self, NoToken},
    wire::TokenAnswer,
};
use crate::{
    clock::{Clock, Millis},
    outbound::{Answer, Body, Call, Meter, Outbound, jwt::SigningKey},
};

/// How long an assertion is good for. NetSuite allows an hour; less is safer, and clocks may differ a little.
const ASSERTION_SECONDS: i64 = 600;
/// The longest wait for a token.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clocks further apart than this are said to differ. NetSuite itself is not known to allow more.
const SKEW: Duration = Duration::from_mins(1);
/// What we ask for.
const SCOPE: &str = "rest_webservices";
/// How long a consent lasts (netsuite.md section 3).
pub const CONSENT_LASTS: Duration = Duration::from_hours(7 * 24);

/// The token endpoint and the consent page of one account. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    addresses: Addresses,
    outbound: Outbound,
    clock: Clock,
}

/// An access token, and what came with it.
pub struct Entry {
    /// The token.
    pub access_token: SecretString,
    /// How long it lives.
    pub lifetime: Duration,
    /// A refresh token, where the answer carries one.
    pub(super) refresh_token: Option<SecretString>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry")
    }
}

/// Why NetSuite gave no token, by what can be done about it. The texts are ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEntry {
    /// The integration's client id or secret is not known, or the integration is disabled.
    #[error("{0}")]
    Client(&'static str),
    /// The certificate, the consent or the code is not good.
    #[error("{0}")]
    Grant(&'static str),
    /// It is refused, and our clocks differ: what we sign has a time in it.
    #[error("NetSuite refuses the sign-in, and the clocks differ")]
    Clocks {
        /// NetSuite's time.
        theirs: Millis,
        /// Ours.
        ours: Millis,
    },
    /// The integration or the role is not set up for what we ask.
    #[error("{0}")]
    NotPermitted(&'static str),
    /// Try again later.
    #[error("{0}")]
    Unavailable(&'static str),
    /// An answer that fits no description, or a credential of ours that cannot be used.
    #[error("{0}")]
    Broken(String),
}

/// What comes back from the consent page is turned into a credential with this.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// The integration record's client id.
    pub client_id: &'a str,
    /// The integration record's client secret.
    pub client_secret: &'a SecretString,
    /// The code that came back.
    pub code: &'a SecretString,
    /// The redirect URI, exactly as the consent page was given it.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: &'a SecretString,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: [&'static str; 1],
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

impl Door {
    /// The door of `account`, by the templates of its addresses.
    ///
    /// # Errors
    /// [`BadTemplate`].
    pub fn new(
        account: &AccountId,
        suitetalk: &str,
        ui: &str,
        outbound: Outbound,
        clock: Clock,
    ) -> Result<Self, BadTemplate> {
        let addresses = Addresses::new(account, suitetalk, ui)?;
        // What is called later is known to be an address now.
        addresses.token()?;
        Ok(Self { addresses, outbound, clock })
    }

    /// NetSuite's page on which a user consents. PKCE is always sent: NetSuite demands it from release 2027.1 on.
    ///
    /// # Errors
    /// [`BadTemplate`].
    pub fn consent_page(
        &self,
        client_id: &str,
        redirect_uri: &str,
        state: &str,
        challenge: &str,
    ) -> Result<Url, BadTemplate> {
        let mut page = self.addresses.consent()?;
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(page)
    }

    /// An access token for `credential`. Waits for one call.
    ///
    /// # Errors
    /// [`NoEntry`].
    pub async fn token(&self, credential: &Credential) -> Result<Entry, NoEntry> {
        match credential {
            Credential::Certificate(key) => self.with_certificate(key).await,
            Credential::SignIn(consent) => self.refreshed(consent).await,
        }
    }

    /// Turns the code of the consent page into a credential and a first access token. Waits for one call.
    ///
    /// # Errors
    /// [`NoEntry`]; [`NoEntry::Broken`] also when the answer lacks the refresh token.
    pub async fn exchange(&self, asked: Exchange<'_>) -> Result<(Credential, Entry), NoEntry> {
        // Before the call: the seven days never begin later here than there.
        let consented_at = self.clock.now();
        let form = vec![
            ("grant_type", "authorization_code".into()),
            ("code", asked.code.clone()),
            ("redirect_uri", asked.redirect_uri.into()),
            ("code_verifier", asked.verifier.clone()),
        ];
        let entry = self.ask(Some((asked.client_id, asked.client_secret)), form, Grant::Code).await?;
        let refresh = entry
            .refresh_token
            .clone()
            .ok_or_else(|| NoEntry::Broken("the answer to the code has no refresh token".to_owned()))?;
        Ok((Credential::sign_in(asked.client_id, asked.client_secret, &refresh, consented_at), entry))
    }

    /// Takes a consent back, so that its refresh token works no longer. A certificate cannot be taken back from here: its
    /// mapping is removed in NetSuite. Waits for one call.
    ///
    /// # Errors
    /// [`NoEntry`].
    pub async fn revoke(&self, credential: &Credential) -> Result<(), NoEntry> {
        let Credential::SignIn(consent) = credential else { return Ok(()) };
        let url = self.addresses.revoke().map_err(|_| broken("address of the account"))?;
        let form = vec![("token", consent.refresh_token.clone())];
        let answer = self.send(url, "revoke", Some((&consent.client_id, &consent.client_secret)), form).await?;
        if answer.is_success() { Ok(()) } else { Err(self.refusal(&answer, Grant::Refresh)) }
    }

    async fn with_certificate(&self, key: &CertificateKey) -> Result<Entry, NoEntry> {
        let form = vec![
            ("grant_type", "client_credentials".into()),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()),
            ("client_assertion", self.assertion(key)?.into()),
        ];
        self.ask(None, form, Grant::Certificate).await
    }

    async fn refreshed(&self, consent: &Consent) -> Result<Entry, NoEntry> {
        let form = vec![("grant_type", "refresh_token".into()), ("refresh_token", consent.refresh_token.clone())];
        self.ask(Some((&consent.client_id, &consent.client_secret)), form, Grant::Refresh).await
    }

    pub(super) fn assertion(&self, credential: &CertificateKey) -> Result<String, NoEntry> {
        let key = SigningKey::from_pem(credential.private_key.expose_secret())
            .map_err(|_| broken("the stored private key cannot be read"))?;
        let url = self.addresses.token().map_err(|_| broken("address of the account"))?;
        let iat = self.clock.now().as_seconds();
        let claims = Claims {
            iss: &credential.client_id,
            scope: [SCOPE],
            aud: url.as_str(),
            iat,
            exp: iat + ASSERTION_SECONDS,
            jti: self.clock.new_id().to_string(),
        };
        key.sign(&credential.certificate_id, &claims).map_err(|_| broken("the stored private key cannot sign"))
    }

    async fn ask(
        &self,
        client: Option<(&str, &SecretString)>,
        form: Vec<(&'static str, SecretString)>,
        grant: Grant,
    ) -> Result<Entry, NoEntry> {
        let url = self.addresses.token().map_err(|_| broken("address of the account"))?;
        let answer = self.send(url, "token", client, form).await?;
        if !answer.is_success() {
            return Err(self.refusal(&answer, grant));
        }
        let fresh: TokenAnswer = answer.json().map_err(|error| NoEntry::Broken(format!("access token: {error}")))?;
        Ok(Entry {
            access_token: fresh.access_token,
            lifetime: Duration::from_secs(fresh.expires_in),
            refresh_token: fresh.refresh_token.filter(|token| !token.expose_secret().is_empty()),
        })
    }

    async fn send(
        &self,
        url: Url,
        operation: &'static str,
        client: Option<(&str, &SecretString)>,
        form: Vec<(&'static str, SecretString)>,
    ) -> Result<Answer, NoEntry> {
        let headers = client.map(|(id, secret)| basic(id, secret)).transpose()?.into_iter().collect();
        let call = Call {
            service: "netsuite",
            operation,
            meter: Meter::Nobody,
            method: Method::POST,
            url,
            bearer: None,
            headers,
            body: Body::Form(form),
            timeout: PATIENCE,
        };
        self.outbound.send(call).await.map_err(|error| {
            tracing::warn!(error = error.word(), operation, "no answer from NetSuite's sign-in");
            NoEntry::Unavailable("NetSuite does not answer the sign-in")
        })
    }

    fn refusal(&self, answer: &Answer, grant: Grant) -> NoEntry {
        match errors::no_token(answer, grant) {
            NoToken::Grant(why) => self.skewed(answer, grant).unwrap_or(NoEntry::Grant(why)),
            NoToken::Client(why) => NoEntry::Client(why),
            NoToken::Configuration(why) => NoEntry::NotPermitted(why),
            NoToken::Unavailable(why) => NoEntry::Unavailable(why),
            NoToken::Broken => NoEntry::Broken(format!("the sign-in's answer with status {}", answer.status)),
        }
    }

    /// Whether clocks that differ explain the refusal. Only an assertion has a time in it.
    fn skewed(&self, answer: &Answer, grant: Grant) -> Option<NoEntry> {
        if grant != Grant::Certificate {
            return None;
        }
        let text = answer.headers.get(header::DATE)?.to_str().ok()?;
        let theirs = Millis(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp().as_millisecond());
        let ours = self.clock.now();
        let apart = ours.since(theirs).max(theirs.since(ours));
        (apart > SKEW).then_some(NoEntry::Clocks { theirs, ours })
    }
}

/// What was presented for a token: decides what a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// An assertion, signed with a certificate's key.
    Certificate,
    /// A refresh token.
    Refresh,
    /// The code of the consent page.
    Code,
}

fn basic(id: &str, secret: &SecretString) -> Result<(http::HeaderName, HeaderValue), NoEntry> {
    let text = format!("Basic {}", STANDARD.encode(format!("{id}:{}", secret.expose_secret())));
    let mut value = HeaderValue::from_str(&text).map_err(|_| broken("the client id is no header value"))?;
    value.set_sensitive(true);
    Ok((header::AUTHORIZATION, value))
}

fn broken(what: &str) -> NoEntry {
    NoEntry::Broken(what.to_owned())
}
