//! Calling HubSpot for a portal: token, limits, retries, and sorting of what comes back.
//!
//! Promise: every call keeps the portal's [limits](super::limits); a 401 renews the token once; what is temporary is tried
//! again within a bound that fits who waits.
//! Never: a vendor's text in an error; only its category goes to the log.

use std::{sync::Arc, time::Duration};

use http::Method;
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use super::{
    limits::{CALL_SPAN, Limit, Limits, SharedLimits},
    notices::{Notice, Notices},
    refusal::{RefusalCode, Said},
    versions::Versions,
};
use crate::{
    clock::{Clock, Millis},
    domain::ids::PortalId,
    outbound::{
        Answer, Body, Call, Lane, Meter, Outbound, OutboundError,
        retry::{self, Decision, Outcome, Profile},
    },
    vault::{Holder, Renew, TokenError, Vault},
};

/// How long a call may take that somebody waits for, and one that nobody waits for: HubSpot writes a hundred records in it.
const CARD_TIMEOUT: Duration = Duration::from_secs(10);
const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(30);

/// The category of a 403 for want of a scope.
const MISSING_SCOPES: &str = "MISSING_SCOPES";
/// Operations behind scopes that a portal need not grant: their refusal says nothing about the installation.
const OPTIONAL_OPERATIONS: [&str; 11] = [
    "properties",
    "user",
    "users",
    "teams",
    "owners",
    "update",
    "upsert",
    "create",
    "archive",
    "associate",
    "dissociate",
];
/// The operation that HubSpot counts apart.
pub(super) const SEARCH: &str = "search";

/// What went wrong, by what a caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubSpotError {
    /// The app is no longer installed in this portal.
    #[error("the app must be installed in the portal again: {why}")]
    Reinstall {
        /// Why, in words.
        why: &'static str,
    },
    /// The installation lacks a scope.
    #[error("the installation lacks a permission that this call needs")]
    Consent,
    /// There is no such record.
    #[error("HubSpot has no such record")]
    Missing,
    /// HubSpot wants us to slow down.
    #[error("HubSpot limits the number of calls; the next is allowed at {}", until.0)]
    Wait {
        /// The earliest instant for another try.
        until: Millis,
    },
    /// HubSpot refused the content of the call.
    #[error("HubSpot refused the request ({category})")]
    Rejected {
        /// HubSpot's category word.
        category: String,
    },
    /// HubSpot does not answer, or asks to try later.
    #[error("HubSpot does not answer: {why}")]
    Unavailable {
        /// Why, in words.
        why: &'static str,
    },
    /// The answer is not what the description promises, or our configuration is at fault.
    #[error("HubSpot cannot be used: {what}")]
    Broken {
        /// What, in words.
        what: String,
    },
}

/// Where HubSpot is.
#[derive(Debug, Clone)]
pub struct HubSpotSettings {
    /// `https://api.hubapi.com`, or the sandbox.
    pub api_url: Url,
    /// The version of every family of the API.
    pub versions: Versions,
    /// At most so many calls in any ten seconds, per portal ([`super::limits::CALLS`]).
    pub calls: usize,
    /// Where several processes share a portal's limit: who counts for all of them.
    pub limits: Option<Arc<dyn SharedLimits>>,
}

/// HubSpot's API for every portal. Cheap to clone.
#[derive(Clone)]
pub struct HubSpot(Arc<Inner>);

struct Inner {
    settings: HubSpotSettings,
    outbound: Outbound,
    vault: Vault,
    renew: Arc<dyn Renew>,
    clock: Clock,
    limits: Limits,
    notices: Notices,
}

/// One call, before it knows its host and token.
pub(super) struct Request {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    /// Made of our own constants and checked ids only.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Request {
    fn limit(&self) -> Limit {
        if self.operation == SEARCH { Limit::Searches } else { Limit::Calls }
    }
}

/// Why a call failed; where the content may be at fault, also what HubSpot says about it.
pub(super) struct Failed {
    pub(super) error: HubSpotError,
    pub(super) said: Option<Box<Said>>,
}

impl From<HubSpotError> for Failed {
    fn from(error: HubSpotError) -> Self {
        Self { error, said: None }
    }
}

impl From<Failed> for HubSpotError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Fault {
    #[serde(default)]
    category: String,
    #[serde(default)]
    policy_name: String,
    #[serde(default)]
    correlation_id: String,
}

impl HubSpot {
    /// Calls out through `outbound` with the tokens of `vault`, which `renew` renews.
    #[must_use]
    pub fn new(
        settings: HubSpotSettings,
        outbound: Outbound,
        vault: Vault,
        renew: Arc<dyn Renew>,
        clock: Clock,
    ) -> Self {
        let limits = Limits::new(clock.clone(), settings.calls, settings.limits.clone());
        Self(Arc::new(Inner { settings, outbound, vault, renew, clock, limits, notices: Notices::default() }))
    }

    pub(super) fn versions(&self) -> &Versions {
        &self.0.settings.versions
    }

    pub(super) fn notices(&self) -> &Notices {
        &self.0.notices
    }

    /// Makes one call for `portal` and reads its JSON answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        lane: Lane,
        portal: PortalId,
        request: Request,
    ) -> Result<T, HubSpotError> {
        self.try_call(lane, portal, request).await.map_err(HubSpotError::from)
    }

    /// Like [`HubSpot::call`], and says what HubSpot says about the content.
    pub(super) async fn try_call<T: DeserializeOwned>(
        &self,
        lane: Lane,
        portal: PortalId,
        request: Request,
    ) -> Result<T, Failed> {
        let answer = self.send(lane, portal, &request).await?;
        answer.json().map_err(|error| {
            tracing::error!(operation = request.operation, %portal, %error, "HubSpot's answer cannot be read");
            HubSpotError::Broken { what: format!("its answer to {} cannot be read", request.operation) }.into()
        })
    }

    /// Like [`HubSpot::run`], and says what HubSpot says about the content.
    pub(super) async fn try_run(&self, lane: Lane, portal: PortalId, request: Request) -> Result<(), Failed> {
        self.send(lane, portal, &request).await.map(|_| ())
    }

    /// Makes one call for `portal` of whose answer only the success matters.
    pub(super) async fn run(&self, lane: Lane, portal: PortalId, request: Request) -> Result<(), HubSpotError> {
        self.try_run(lane, portal, request).await.map_err(HubSpotError::from)
    }

    async fn token(&self, portal: PortalId) -> Result<SecretString, HubSpotError> {
        let token = self.0.vault.token(Holder::Portal(portal), &self.0.renew).await;
        token.map_err(|error| self.no_token(portal, error))
    }

    /// What to say of a token that could not be had; somebody else looks into what it means for the portal.
    fn no_token(&self, portal: PortalId, error: TokenError) -> HubSpotError {
        match &error {
            TokenError::Reconnect { .. } => self.0.notices.add(portal, Notice::TokenRefused),
            TokenError::Configuration { .. } => self.0.notices.add(portal, Notice::Configuration),
            _ => {}
        }
        token_error(error)
    }

    async fn send(&self, lane: Lane, portal: PortalId, request: &Request) -> Result<Answer, Failed> {
        let holder = Holder::Portal(portal);
        let mut token = self.token(portal).await?;
        let profile = profile(lane);
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let permit = self.0.limits.admit(lane, portal, request.limit()).await?;
            let sent = self.0.outbound.send(self.build(lane, portal, request, &token)?).await;
            drop(permit);
            if let Ok(answer) = &sent {
                if (200..300).contains(&answer.status) {
                    return sent.map_err(|e| outbound_error(&e).into());
                }
                if answer.status == 401 && !renewed {
                    renewed = true;
                    let other = self.0.vault.spent(holder, &token, &self.0.renew).await;
                    token = other.map_err(|error| self.no_token(portal, error))?;
                    continue;
                }
            }
            let failed = match &sent {
                Ok(answer) => Failed { error: self.sort(portal, request, answer).await, said: said(answer) },
                Err(error) => outbound_error(error).into(),
            };
            let now = self.0.clock.now();
            match retry::decide(&profile, attempt, &outcome(&failed.error), now, self.0.clock.up_to(u64::MAX)) {
                Decision::Stop => return Err(failed),
                Decision::After(pause) => self.0.clock.pause(pause).await,
            }
            attempt += 1;
        }
    }

    fn build(
        &self,
        lane: Lane,
        portal: PortalId,
        request: &Request,
        token: &SecretString,
    ) -> Result<Call, HubSpotError> {
        let broken = |_| HubSpotError::Broken { what: "hubspot.api_url cannot carry a path".to_owned() };
        let mut url = self.0.settings.api_url.join(&request.path).map_err(broken)?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(Call {
            service: "hubspot",
            operation: request.operation,
            meter: Meter::Portal(portal),
            method: request.method.clone(),
            url,
            bearer: Some(token.clone()),
            headers: Vec::new(),
            body: request.body.clone().map_or(Body::None, Body::Json),
            timeout: if lane == Lane::Card { CARD_TIMEOUT } else { BACKGROUND_TIMEOUT },
        })
    }

    /// Sorts an answer that is no success (hubspot.md §4.4, §6).
    async fn sort(&self, portal: PortalId, request: &Request, answer: &Answer) -> HubSpotError {
        let fault: Fault = answer.json().unwrap_or_default();
        let (operation, status) = (request.operation, answer.status);
        tracing::warn!(
            operation, %portal, status, category = %word(&fault.category), policy = %word(&fault.policy_name),
            correlation = %word(&fault.correlation_id), "HubSpot refused a call"
        );
        let now = self.0.clock.now();
        match status {
            401 => {
                self.0.notices.add(portal, Notice::TokenRefused);
                HubSpotError::Reinstall { why: "HubSpot refuses a fresh token" }
            }
            403 => {
                if fault.category == MISSING_SCOPES && !OPTIONAL_OPERATIONS.contains(&operation) {
                    self.0.notices.add(portal, Notice::ScopeMissing);
                }
                HubSpotError::Consent
            }
            404 => HubSpotError::Missing,
            409 => HubSpotError::Rejected { category: "CONFLICT".to_owned() },
            429 => {
                let until = retry::retry_after(&answer.headers, now).unwrap_or_else(|| now.plus(pause_of(&fault)));
                self.0.limits.hold(portal, request.limit(), until).await;
                HubSpotError::Wait { until }
            }
            423 => HubSpotError::Wait { until: now.plus(Duration::from_secs(2)) },
            477 | 500..=599 => HubSpotError::Unavailable { why: "it answers that it is out of order" },
            _ => HubSpotError::Rejected { category: word(&fault.category) },
        }
    }
}

/// How long a 429 without `Retry-After` keeps us from calling, by the policy it names.
fn pause_of(fault: &Fault) -> Duration {
    match fault.policy_name.to_ascii_uppercase().as_str() {
        "SECONDLY" => Duration::from_secs(1),
        "DAILY" => Duration::from_hours(1),
        _ => CALL_SPAN,
    }
}

/// What an answer says about the content of the call, where that may be at fault: refused values, a unique value that is
/// taken, no such record, too much at once, a locked record.
fn said(answer: &Answer) -> Option<Box<Said>> {
    let read = || answer.json::<Value>().unwrap_or_default();
    let said = match answer.status {
        400 => Said::read(&read()),
        404 => Some(Said::read(&read())).filter(|said| said.refusal.code == RefusalCode::Missing)?,
        409 => Said::conflict(&read()),
        413 => Said::of(RefusalCode::TooLong),
        423 => Said::of(RefusalCode::Locked),
        _ => return None,
    };
    Some(Box::new(said))
}

/// A vendor's word, cut down to what a log line may hold.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(60).collect()
}

fn profile(lane: Lane) -> Profile {
    match lane {
        Lane::Card => Profile { tries: 3, first: Duration::from_millis(200), longest: Duration::from_millis(800) },
        Lane::Background => Profile { tries: 5, first: Duration::from_secs(1), longest: Duration::from_secs(15) },
    }
}

fn outcome(error: &HubSpotError) -> Outcome {
    match error {
        HubSpotError::Wait { until } => Outcome::Passing { until: Some(*until) },
        HubSpotError::Unavailable { .. } => Outcome::Passing { until: None },
        _ => Outcome::Final,
    }
}

fn outbound_error(error: &OutboundError) -> HubSpotError {
    match error {
        OutboundError::TimedOut => HubSpotError::Unavailable { why: "no answer in time" },
        OutboundError::Unreachable => HubSpotError::Unavailable { why: "no connection could be made" },
        OutboundError::Cut => HubSpotError::Unavailable { why: "the connection broke off" },
        other => HubSpotError::Broken { what: other.to_string() },
    }
}

fn token_error(error: TokenError) -> HubSpotError {
    match error {
        TokenError::Reconnect { why } => HubSpotError::Reinstall { why },
        TokenError::Unavailable { why } => HubSpotError::Unavailable { why },
        other => HubSpotError::Broken { what: other.to_string() },
    }
}
