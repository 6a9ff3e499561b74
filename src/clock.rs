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
    /// The id that was handed out last: the next one is greater.
    last_id: Mutex<u128>,
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
        Self::of(None, StdRng::from_rng(&mut rand::rng()))
    }

    /// A clock that stands at `now` until [`Clock::advance`] moves it, with ids that follow from `seed`.
    #[must_use]
    pub fn manual(now: Millis, seed: u64) -> Self {
        Self::of(Some(AtomicI64::new(now.0)), StdRng::seed_from_u64(seed))
    }

    fn of(manual: Option<AtomicI64>, random: StdRng) -> Self {
        Self(Arc::new(Source { manual, random: Mutex::new(random), last_id: Mutex::new(0) }))
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

    /// A new id (UUID version 7), greater than every one that this clock gave before: also within one millisecond, and when
    /// the machine's clock was set back (RFC 9562 §6.2, method 2). What is listed by id is so listed in the order of making.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let mut tail = [0_u8; 10];
        self.fill(&mut tail);
        let millis = u64::try_from(self.now().0).unwrap_or(0);
        let mut last = self.0.last_id.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = after(*last, millis, tail);
        Uuid::from_u128(*last)
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

/// The id after `last` at this instant: a new one when the instant is later, else one a random step further.
fn after(last: u128, millis: u64, tail: [u8; 10]) -> u128 {
    /// The bits of an id behind its variant: what may be counted up.
    const COUNTED: u128 = (1 << 62) - 1;
    let fresh = |millis| uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid().as_u128();
    let spent = u64::try_from(last >> 80).unwrap_or(0);
    if millis > spent {
        return fresh(millis);
    }
    let [a, b, c, d, ..] = tail;
    let counted = (last & COUNTED) + 1 + u128::from(u32::from_be_bytes([a, b, c, d]));
    if counted > COUNTED { fresh(spent + 1) } else { (last & !COUNTED) | counted }
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
    fn ids_only_grow_within_a_millisecond_and_when_the_clock_is_set_back() {
        let clock = Clock::manual(Millis(1_700_000_000_000), 3);
        let mut ids: Vec<Uuid> = (0..10_000).map(|_| clock.new_id()).collect();
        clock.0.manual.as_ref().expect("a manual clock").fetch_sub(5_000, Ordering::SeqCst);
        ids.extend((0..100).map(|_| clock.new_id()));
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
    }

    #[test]
    fn an_id_whose_counter_is_full_takes_the_next_millisecond() {
        let full = uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000, &[0xFF; 10]).into_uuid().as_u128();
        let next = after(full, 1_700_000_000_000, [1; 10]);
        assert!(next > full && next >> 80 == 1_700_000_000_001);
    }

    #[test]
    fn the_day_is_the_zones_day() {
        let instant = Millis(1_700_000_000_000); // 2023-11-14T22:13:20Z
        assert_eq!(instant.day_in(&TimeZone::UTC).to_string(), "2023-11-14");
        let tokyo = TimeZone::get("Asia/Tokyo").expect("bundled zone");
        assert_eq!(instant.day_in(&tokyo).to_string(), "2023-11-15");
    }
}
