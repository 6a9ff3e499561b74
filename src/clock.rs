//! Time and randomness, for the whole program.
//!
//! Promise: nothing else reads the wall clock or the random generator (`clippy.toml` forbids the calls),
//! so a test that holds a manual [`Clock`] decides what time it is and which ids come next.
//! Never: waits longer than asked, or hands out the same id twice.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instant: whole milliseconds since 1970-01-01T00:00:00Z. The only form in which instants are stored or sent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default, utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// This instant plus `span` (saturating).
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero when it lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds since 1970, as JWT claims want them.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The calendar day of this instant in `zone`.
    #[must_use]
    pub fn day_in(self, zone: &TimeZone) -> Date {
        let instant = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        zone.to_datetime(instant).date()
    }
}

/// Where "now", waiting and new ids come from. Cheap to clone; clones share one source.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

struct Source {
    /// `None`: the system's clock. `Some`: a manual one, in milliseconds.
    manual: Option<AtomicI64>,
    random: Mutex<StdRng>,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.manual.is_some() { "Clock(manual)" } else { "Clock(system)" })
    }
}

impl Clock {
    /// The machine's clock and a generator seeded by the operating system.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may read the system's generator")]
    pub fn system() -> Self {
        Self(Arc::new(Source { manual: None, random: Mutex::new(StdRng::from_rng(&mut rand::rng())) }))
    }

    /// A clock that stands at `now` until [`Clock::advance`] moves it, with ids that follow from `seed`.
    #[must_use]
    pub fn manual(now: Millis, seed: u64) -> Self {
        Self(Arc::new(Source { manual: Some(AtomicI64::new(now.0)), random: Mutex::new(StdRng::seed_from_u64(seed)) }))
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may read the system's clock")]
    pub fn now(&self) -> Millis {
        match &self.0.manual {
            Some(at) => Millis(at.load(Ordering::SeqCst)),
            None => Millis(Timestamp::now().as_millisecond()),
        }
    }

    /// Moves a manual clock forward. On the system's clock this does nothing.
    pub fn advance(&self, by: Duration) {
        if let Some(at) = &self.0.manual {
            at.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// A new time-ordered id (UUID version 7).
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let mut tail = [0_u8; 10];
        self.fill(&mut tail);
        let millis = u64::try_from(self.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    /// Fills `bytes` with random bytes fit for keys and nonces.
    pub fn fill(&self, bytes: &mut [u8]) {
        let mut random = self.0.random.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        random.fill_bytes(bytes);
    }

    /// A random number in `0..=most`, for jitter.
    #[must_use]
    pub fn up_to(&self, most: u64) -> u64 {
        let mut eight = [0_u8; 8];
        self.fill(&mut eight);
        let drawn = u64::from_le_bytes(eight);
        most.checked_add(1).map_or(drawn, |n| drawn % n)
    }

    /// Waits for `span` of real time. Business deadlines are compared with [`Clock::now`]; this is only for pacing
    /// calls to others, and shows up in no rule that a test of a manual clock would want to skip.
    pub async fn pause(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Millis(1_700_000_000_000), 1);
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_mins(1));
        assert_eq!(clock.now(), Millis(1_700_000_060_000));
    }

    #[test]
    fn ids_follow_from_the_seed_and_differ() {
        let ids = |seed| {
            let clock = Clock::manual(Millis(1_700_000_000_000), seed);
            [clock.new_id(), clock.new_id()]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7)[0], ids(7)[1]);
        assert_ne!(ids(7), ids(8));
    }

    #[test]
    fn the_day_is_the_zones_day() {
        let instant = Millis(1_700_000_000_000); // 2023-11-14T22:13:20Z
        assert_eq!(instant.day_in(&TimeZone::UTC).to_string(), "2023-11-14");
        let tokyo = TimeZone::get("Asia/Tokyo").expect("bundled zone");
        assert_eq!(instant.day_in(&tokyo).to_string(), "2023-11-15");
    }
}
