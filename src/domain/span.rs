//! At most so many starts in any span of time: the pure rule behind the limits of those we call. Instants are milliseconds.
//!
//! Promise: in no span of the given length, wherever it begins, lie more starts than allowed.
//! Never: lets a burst through at the border of two fixed windows.

use std::{collections::VecDeque, time::Duration};

/// Which calls started, and whether one more may.
#[derive(Debug, Clone)]
pub struct Span {
    most: usize,
    length: i64,
    started: VecDeque<i64>,
    held_until: i64,
}

impl Span {
    /// At most `most` (at least one) calls in any `length`.
    #[must_use]
    pub fn new(most: usize, length: Duration) -> Self {
        Self::resume(most, length, VecDeque::new(), i64::MIN)
    }

    /// Goes on from what [`Span::started`] and [`Span::held_until`] gave earlier.
    #[must_use]
    pub fn resume(most: usize, length: Duration, started: VecDeque<i64>, held_until: i64) -> Self {
        let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        Self { most: most.max(1), length, started, held_until }
    }

    /// Notes a call that starts at `now`, or says when to ask again.
    ///
    /// # Errors
    /// The instant from which on there may be room.
    pub fn take(&mut self, now: i64) -> Result<(), i64> {
        if now < self.held_until {
            return Err(self.held_until);
        }
        self.forget_before(now);
        match self.started.front() {
            Some(first) if self.started.len() >= self.most => Err(first.saturating_add(self.length).saturating_add(1)),
            _ => {
                self.note(now);
                Ok(())
            }
        }
    }

    /// Notes a call that started at `now`, whether there was room or not.
    pub fn note(&mut self, now: i64) {
        self.forget_before(now);
        // Several clocks may feed one span: it stays in the order of time.
        let at = self.started.iter().rposition(|earlier| *earlier <= now).map_or(0, |place| place + 1);
        self.started.insert(at, now);
    }

    /// Stamps are cut to the millisecond: only one more than the span later is surely outside of it.
    fn forget_before(&mut self, now: i64) {
        while self.started.front().is_some_and(|first| now > first.saturating_add(self.length)) {
            self.started.pop_front();
        }
    }

    /// No call may start before `until`: the other side said so.
    pub fn hold(&mut self, until: i64) {
        self.held_until = self.held_until.max(until);
    }

    /// The starts that still count, oldest first.
    pub fn started(&self) -> impl Iterator<Item = i64> {
        self.started.iter().copied()
    }

    /// Until when no call may start.
    #[must_use]
    pub const fn held_until(&self) -> i64 {
        self.held_until
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_span_anywhere_holds_more_than_allowed(
            most in 1_usize..8, length in 1_u64..500, steps in proptest::collection::vec(0_u64..200, 1..200),
        ) {
            let mut span = Span::new(most, Duration::from_millis(length));
            let (mut now, mut started) = (1_700_000_000_000_i64, Vec::new());
            for step in steps {
                now += i64::try_from(step).unwrap();
                match span.take(now) {
                    Ok(()) => started.push(now),
                    // Asking again at the named instant is always granted: nobody waits in vain.
                    Err(until) => {
                        prop_assert!(until > now);
                        now = until;
                        prop_assert_eq!(span.take(now), Ok(()));
                        started.push(now);
                    }
                }
            }
            for (i, first) in started.iter().enumerate() {
                let within = started[i..].iter().filter(|at| *at - *first <= i64::try_from(length).unwrap()).count();
                prop_assert!(within <= most, "{} calls within {} ms", within, length);
            }
        }
    }

    #[test]
    fn a_hold_bars_everything_until_its_end() {
        let mut span = Span::new(10, Duration::from_secs(1));
        let now = 1_700_000_000_000_i64;
        let later = now + 5_000;
        span.hold(later);
        span.hold(now);
        assert_eq!(span.take(now), Err(later));
        assert_eq!(span.take(later), Ok(()));
    }
}
