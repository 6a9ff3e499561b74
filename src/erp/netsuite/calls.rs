//! Calls to one account: the token, a permit, a time limit, and another try where that may help.
//!
//! What reads may be repeated, and so may what was not carried out for certain; a write whose answer got lost is repeated only by
//! whoever can see whether it was carried out. The card lane gives up early: a person waits, and the card asks again by itself.
//! One 401 is answered with one new token and one repetition.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use http::{HeaderName, HeaderValue, Method, header};
use secrecy::SecretString;
use serde_json::json;

use super::{
    account::Addresses,
    auth::Tokens,
    errors::{self, Refusal, Target},
    flow::Schema,
    statements::Statement,
    wire::{Fields, Listed, Rows},
};
use crate::{
    clock::{Clock, Millis},
    erp::{ErpError, Lane},
    outbound::{
        Answer, Body, Call, Outbound, OutboundError,
        permits::{Permit, Permits},
        retry::{self, Decision, Outcome, Profile},
    },
};

/// The most rows of one page, and the step of all paging here.
pub(super) const PAGE: usize = 1_000;

/// Too many calls, in the background: 1, 2, 4, 8 seconds.
const THROTTLED: Profile = Profile { tries: 5, first: Duration::from_secs(1), longest: Duration::from_mins(1) };
/// Too many calls, with a person waiting.
const THROTTLED_CARD: Profile =
    Profile { tries: 3, first: Duration::from_millis(300), longest: Duration::from_secs(2) };
/// NetSuite in trouble: three more tries.
const FAULTY: Profile = Profile { tries: 4, first: Duration::from_secs(1), longest: Duration::from_secs(15) };
/// NetSuite in trouble, with a person waiting: three more tries within half a second or so.
const FAULTY_CARD: Profile =
    Profile { tries: 4, first: Duration::from_millis(100), longest: Duration::from_millis(400) };

/// How long a card queues for a permit: behind calls that hang, it had better say so.
const CARD_PATIENCE: Duration = Duration::from_secs(4);

/// Calls to one account.
pub(super) struct Calls {
    pub(super) outbound: Outbound,
    pub(super) tokens: Tokens,
    pub(super) addresses: Addresses,
    pub(super) clock: Clock,
    pub(super) permits: Permits,
    pub(super) card_timeout: Duration,
    pub(super) background_timeout: Duration,
    /// Nobody calls before this instant (milliseconds): NetSuite asked for it.
    pub(super) held_until: AtomicI64,
}

/// Whether a call may be made again when nobody knows whether it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It may: carried out twice it does what it does once.
    Always,
    /// Only when it was refused before it was carried out.
    IfRefused,
}

/// How one try failed.
struct Failed {
    refusal: Refusal,
    /// The earliest instant that NetSuite named for another try.
    until: Option<Millis>,
    /// Whether another try may help.
    passing: bool,
}

impl Calls {
    /// One page of a statement's rows: `limit` rows (1 to 1,000) from `offset` on, a multiple of `limit`.
    pub(super) async fn page(
        &self,
        lane: Lane,
        statement: &Statement,
        limit: usize,
        offset: usize,
    ) -> Result<Rows, Refusal> {
        let path = format!("/services/rest/query/v1/suiteql?limit={limit}&offset={offset}");
        let mut body = json!({ "q": statement.sql });
        if !statement.params.is_empty() {
            body["params"] = json!(statement.params);
        }
        // Without this header NetSuite refuses every statement.
        let headers = vec![(HeaderName::from_static("prefer"), HeaderValue::from_static("transient"))];
        let call = self.call(lane, "suiteql", Method::POST, &path, headers, Body::Json(body))?;
        read(&self.send(lane, Target::Query, call, Repeat::Always).await?)
    }

    /// All rows of a statement, at most `most`, and how many there are in all.
    pub(super) async fn rows(
        &self,
        lane: Lane,
        statement: &Statement,
        most: usize,
    ) -> Result<(Vec<Fields>, u64), Refusal> {
        let limit = most.min(PAGE);
        let mut rows = Vec::new();
        loop {
            let next = self.page(lane, statement, limit, rows.len()).await?;
            let (got, total) = (next.items.len(), next.total_results);
            rows.extend(next.items);
            // A short page is the last one, whatever the total says: it may have changed in between.
            if got < limit || rows.len() >= most || rows.len() as u64 >= total {
                rows.truncate(most);
                return Ok((rows, total));
            }
        }
    }

    /// One record of the record service, sublists left out.
    pub(super) async fn record(&self, lane: Lane, name: &'static str, id: u64) -> Result<Fields, Refusal> {
        let path = format!("/services/rest/record/v1/{name}/{id}");
        let call = self.call(lane, "record", Method::GET, &path, Vec::new(), Body::None)?;
        read(&self.send(lane, Target::Record(name), call, Repeat::Always).await?)
    }

    /// Whether the role sees any record of this name.
    pub(super) async fn any_record(&self, lane: Lane, name: &'static str) -> Result<bool, Refusal> {
        let path = format!("/services/rest/record/v1/{name}?limit=1");
        let call = self.call(lane, "record", Method::GET, &path, Vec::new(), Body::None)?;
        let listed: Listed = read(&self.send(lane, Target::Record(name), call, Repeat::Always).await?)?;
        Ok(!listed.items.is_empty())
    }

    /// What the account's metadata say of a record.
    pub(super) async fn schema(&self, lane: Lane, name: &'static str) -> Result<Schema, Refusal> {
        let path = format!("/services/rest/record/v1/metadata-catalog/{name}");
        let headers = vec![(header::ACCEPT, HeaderValue::from_static("application/schema+json"))];
        let call = self.call(lane, "record", Method::GET, &path, headers, Body::None)?;
        read(&self.send(lane, Target::Record(name), call, Repeat::Always).await?)
    }

    /// Writes to a record of this name: `path` stands behind the record service's address.
    pub(super) async fn write(
        &self,
        lane: Lane,
        name: &'static str,
        method: Method,
        path: &str,
        body: serde_json::Value,
        repeat: Repeat,
    ) -> Result<Answer, Refusal> {
        let path = format!("/services/rest/record/v1/{path}");
        // As it comes NetSuite only warns of a field that it does not know, and leaves it out.
        let strict = HeaderName::from_static("x-netsuite-propertynamevalidation");
        let headers = vec![(strict, HeaderValue::from_static("Error"))];
        let call = self.call(lane, "record", method, &path, headers, Body::Json(body))?;
        self.send(lane, Target::Write(name), call, repeat).await
    }

    fn call(
        &self,
        lane: Lane,
        operation: &'static str,
        method: Method,
        path: &str,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Body,
    ) -> Result<Call, Refusal> {
        let url = self.addresses.api(path).map_err(|_| broken("address of the account"))?;
        let timeout = if lane == Lane::Card { self.card_timeout } else { self.background_timeout };
        let meter = self.tokens.meter();
        Ok(Call { service: "netsuite", operation, meter, method, url, bearer: None, headers, body, timeout })
    }

    /// Sends `call` until it succeeds, or another try is of no use.
    async fn send(&self, lane: Lane, target: Target, call: Call, repeat: Repeat) -> Result<Answer, Refusal> {
        let mut token = self.tokens.current().await.map_err(Refusal::Final)?;
        let mut renewed = false;
        let mut attempt = 1;
        loop {
            let now = self.clock.now();
            let held_until = Millis(self.held_until.load(Ordering::Relaxed));
            if now < held_until && lane == Lane::Card {
                return Err(Refusal::Final(ErpError::Wait { until: held_until }));
            }
            let failed = match self.once(lane, target, &call, &token).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if failed.refusal == Refusal::SignIn && !renewed {
                token = self.tokens.instead_of(&token).await.map_err(Refusal::Final)?;
                renewed = true;
                continue;
            }
            let now = self.clock.now();
            let profile = profile(lane, &failed.refusal);
            let certain = repeat == Repeat::Always || failed.refusal == Refusal::Throttled;
            let outcome =
                if failed.passing && certain { Outcome::Passing { until: failed.until } } else { Outcome::Final };
            match retry::decide(&profile, attempt, &outcome, now, self.clock.up_to(u64::MAX)) {
                Decision::After(wait) => self.clock.pause(wait).await,
                Decision::Stop if failed.refusal == Refusal::Throttled => {
                    let until = failed.until.unwrap_or(now.plus(profile.longest));
                    self.held_until.fetch_max(until.0, Ordering::Relaxed);
                    return Err(Refusal::Final(ErpError::Wait { until }));
                }
                Decision::Stop => return Err(failed.refusal),
            }
            attempt += 1;
        }
    }

    /// Waits for a permit, a card not for long.
    async fn permit(&self, lane: Lane) -> Result<Permit, Failed> {
        if lane == Lane::Background {
            return Ok(self.permits.acquire(lane).await);
        }
        let why = "too many questions to it are waiting for an answer";
        let busy = || Failed { refusal: Refusal::Final(ErpError::Unavailable { why }), until: None, passing: false };
        tokio::time::timeout(CARD_PATIENCE, self.permits.acquire(lane)).await.map_err(|_| busy())
    }

    /// One try, under one permit.
    async fn once(&self, lane: Lane, target: Target, call: &Call, token: &SecretString) -> Result<Answer, Failed> {
        let call = Call { bearer: Some(token.clone()), ..call.clone() };
        let permit = self.permit(lane).await?;
        let outcome = self.outbound.send(call).await;
        drop(permit);
        match outcome {
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(answer) => {
                let refusal = errors::read(&answer, target);
                let until = retry::retry_after(&answer.headers, self.clock.now());
                let passing = matches!(refusal, Refusal::Throttled | Refusal::Faulty);
                Err(Failed { refusal, until, passing })
            }
            Err(error) => Err(lost(lane, &error)),
        }
    }
}

/// A call without an answer.
fn lost(lane: Lane, error: &OutboundError) -> Failed {
    let unavailable = |why| Refusal::Final(ErpError::Unavailable { why });
    let (refusal, passing) = match error {
        // Whoever waited that long for a card will not wait as long again.
        OutboundError::TimedOut => (unavailable("NetSuite does not answer in time"), lane == Lane::Background),
        OutboundError::Unreachable => (unavailable("NetSuite cannot be reached"), true),
        OutboundError::Cut => (unavailable("the connection to NetSuite broke off"), true),
        OutboundError::TooLarge | OutboundError::Unreadable { .. } | OutboundError::Unsendable { .. } => {
            (broken(&error.to_string()), false)
        }
    };
    Failed { refusal, until: None, passing }
}

const fn profile(lane: Lane, refusal: &Refusal) -> Profile {
    match (lane, refusal) {
        (Lane::Card, Refusal::Throttled) => THROTTLED_CARD,
        (Lane::Background, Refusal::Throttled) => THROTTLED,
        (Lane::Card, _) => FAULTY_CARD,
        (Lane::Background, _) => FAULTY,
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, Refusal> {
    answer.json().map_err(|error| broken(&error.to_string()))
}

fn broken(what: &str) -> Refusal {
    Refusal::Final(ErpError::Broken { what: what.to_owned() })
}
