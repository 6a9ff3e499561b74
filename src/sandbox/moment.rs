//! The sandbox's own "now": the program's clock, which the control endpoint can put ahead.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::clock::{Clock, Millis};

/// A clock that can be put ahead while the sandbox runs, so that tokens expire without waiting.
#[derive(Debug, Clone)]
pub struct Moment {
    clock: Clock,
    ahead: Arc<AtomicI64>,
}

impl Moment {
    /// Follows `clock`.
    #[must_use]
    pub fn of(clock: Clock) -> Self {
        Self { clock, ahead: Arc::new(AtomicI64::new(0)) }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Millis {
        Millis(self.clock.now().0.saturating_add(self.ahead.load(Ordering::SeqCst)))
    }

    /// The wall clock in `zone`.
    #[must_use]
    pub fn in_zone(&self, zone: &TimeZone) -> DateTime {
        zone.to_datetime(Timestamp::from_millisecond(self.now().0).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The present instant as RFC 3339 text.
    #[must_use]
    pub fn text(&self) -> String {
        rfc3339(self.now())
    }

    /// Puts the clock ahead by `seconds`; negative ones put it back.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds.saturating_mul(1_000), Ordering::SeqCst);
    }

    /// Takes back every [`Moment::advance`].
    pub fn reset(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }

    /// Waits for `span` of real time.
    pub async fn pause(&self, span: Duration) {
        self.clock.pause(span).await;
    }

    /// A random word of `bytes` random bytes, in base64url.
    #[must_use]
    pub fn word(&self, bytes: usize) -> String {
        use base64::Engine as _;
        let mut random = vec![0; bytes];
        self.clock.fill(&mut random);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> String {
        self.clock.new_id().to_string()
    }
}

/// An instant as RFC 3339 text with milliseconds.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    let instant = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
