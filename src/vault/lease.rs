//! Who renews a token, among several replicas: a pure decision over the lease in the credential's row.
//!
//! Whoever takes the lease makes the call; the others wait for what it saves. A holder that died gives nothing back: its
//! lease ends by the clock, which leaves more time than a call may take, and another takes over.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Millis;

/// How long a lease lasts: three times what a call to a token endpoint may take.
pub(super) const LEASE: Duration = Duration::from_secs(30);
/// How often somebody who waits looks, and how many times: a little longer than a lease lasts.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(50);
pub(super) const MOST_LOOKS: u32 = 700;

/// What to do about a token that is to be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Take the lease (the database decides who is first), then call.
    Take,
    /// Somebody else calls: look again soon.
    Wait,
}

/// What whoever has the lease `mine`, or wants it, does where the row has `held`.
pub(super) fn decide(held: Option<(Uuid, Millis)>, mine: Uuid, now: Millis) -> Turn {
    match held {
        Some((holder, until)) if holder != mine && now < until => Turn::Wait,
        _ => Turn::Take,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Event {
        /// Somebody wants the lease.
        Wants(u8),
        /// Somebody has saved, or failed, and gives the lease back.
        GivesBack(u8),
        /// Time goes by.
        Later(u16),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0_u8..4).prop_map(Event::Wants),
            (0_u8..4).prop_map(Event::GivesBack),
            (0_u16..40_000).prop_map(Event::Later),
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_robbed_while_the_lease_lasts_and_a_dead_holder_stops_nobody(
            events in prop::collection::vec(event(), 1..60)
        ) {
            let id = |who: u8| Uuid::from_u128(u128::from(who) + 1);
            let (mut row, mut now) = (None::<(Uuid, Millis)>, Millis(1_000_000));
            for event in events {
                match event {
                    Event::Later(ms) => now = now.plus(Duration::from_millis(ms.into())),
                    Event::GivesBack(who) => row = row.filter(|(holder, _)| *holder != id(who)),
                    Event::Wants(who) => {
                        let free = row.is_none_or(|(holder, until)| holder == id(who) || until <= now);
                        prop_assert_eq!(decide(row, id(who), now) == Turn::Take, free);
                        if free {
                            row = Some((id(who), now.plus(LEASE)));
                        }
                    }
                }
            }
            // Whatever happened: when nobody does anything any more, everybody's turn comes.
            prop_assert_eq!(decide(row, id(9), now.plus(LEASE)), Turn::Take);
        }
    }

    #[test]
    fn who_waits_looks_longer_than_a_lease_lasts() {
        assert!(LOOK_EVERY * MOST_LOOKS > LEASE);
    }
}
