//! Whether to try again, and when: a pure decision.
//!
//! Promise: never sooner than the other side asked; never more than [`Profile::tries`] tries; no single wait longer than
//! [`Profile::longest`], so that all waits together are bounded.
//! Never: waits itself, reads a clock or draws a number.

use std::time::Duration;

use http::{HeaderMap, header};

use crate::clock::Millis;

/// How patient a kind of call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Tries in all, the first included.
    pub tries: u32,
    /// The wait before the second try, before jitter; it doubles from try to try.
    pub first: Duration,
    /// No wait is longer. When the other side asks for more, there is no further try.
    pub longest: Duration,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An answer that another try would not change.
    Final,
    /// Trouble that may pass: throttled, broken, cut off.
    Passing {
        /// The earliest instant that the other side named for another try.
        until: Option<Millis>,
    },
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// No further try.
    Stop,
    /// Another try after this span.
    After(Duration),
}

/// Decides after the `attempt`-th try (from 1 on) that ended as `outcome` at `now`. `jitter` is any random number.
///
/// The wait lies between half and the whole of `first × 2^(attempt − 1)`, capped at `longest`.
#[must_use]
pub fn decide(profile: &Profile, attempt: u32, outcome: &Outcome, now: Millis, jitter: u64) -> Decision {
    let Outcome::Passing { until } = outcome else { return Decision::Stop };
    if attempt >= profile.tries {
        return Decision::Stop;
    }
    let asked = until.map_or(Duration::ZERO, |until| until.since(now));
    if asked > profile.longest {
        return Decision::Stop;
    }
    let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
    let whole = profile.first.saturating_mul(factor).min(profile.longest);
    let half = whole / 2;
    let spread = u64::try_from(whole.saturating_sub(half).as_millis()).unwrap_or(u64::MAX);
    let own = half + Duration::from_millis(spread.checked_add(1).map_or(jitter, |n| jitter % n));
    Decision::After(own.max(asked).min(profile.longest))
}

/// The instant that a `Retry-After` header names: whole seconds from `now`, or an HTTP date. `None` without one, or when it
/// cannot be read.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Millis> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(now.plus(Duration::from_secs(u64::from(seconds))));
    }
    let instant = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Millis(instant.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Millis = Millis(1_700_000_000_000);

    fn profile(tries: u32, first: u64, longest: u64) -> Profile {
        Profile { tries, first: Duration::from_millis(first), longest: Duration::from_millis(longest) }
    }

    #[test]
    fn waits_double_and_stop_after_the_last_try() {
        let four = profile(5, 1_000, 8_000);
        let passing = Outcome::Passing { until: None };
        let longest: Vec<Decision> = (1..=5).map(|n| decide(&four, n, &passing, NOW, 0)).collect();
        let ms = |n| Decision::After(Duration::from_millis(n));
        assert_eq!(longest, [ms(500), ms(1_000), ms(2_000), ms(4_000), Decision::Stop]);
        assert_eq!(decide(&four, 4, &passing, NOW, 4_000), ms(8_000));
    }

    #[test]
    fn a_final_answer_is_not_tried_again() {
        assert_eq!(decide(&profile(9, 1, 1), 1, &Outcome::Final, NOW, 0), Decision::Stop);
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, NOW)
        };
        assert_eq!(read("7"), Some(NOW.plus(Duration::from_secs(7))));
        assert_eq!(read("Tue, 14 Nov 2023 22:13:30 GMT"), Some(Millis(1_700_000_010_000)));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new(), NOW), None);
    }

    proptest! {
        #[test]
        fn never_sooner_than_asked_and_always_bounded(
            tries in 0_u32..12, first in 0_u64..100_000, longest in 0_u64..100_000, attempt in 1_u32..100,
            asked in proptest::option::of(-50_000_i64..200_000), jitter in any::<u64>(),
        ) {
            let profile = profile(tries, first, longest);
            let until = asked.map(|ms| Millis(NOW.0 + ms));
            match decide(&profile, attempt, &Outcome::Passing { until }, NOW, jitter) {
                Decision::Stop => {
                    let too_long = asked.is_some_and(|ms| ms > i64::try_from(longest).unwrap());
                    prop_assert!(attempt >= tries || too_long);
                }
                Decision::After(wait) => {
                    prop_assert!(attempt < tries);
                    prop_assert!(wait <= profile.longest);
                    if let Some(until) = until {
                        prop_assert!(NOW.plus(wait) >= until);
                    }
                }
            }
        }
    }
}
