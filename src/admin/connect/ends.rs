//! How near the end of a connection's credentials is. Pure.
//!
//! A certificate is warned of 60, 30, 14 and 3 days before it ends. A consent lasts seven days only: its sixth day is soon,
//! its seventh urgent.

use std::time::Duration;

use serde::Serialize;

use crate::{clock::Millis, store::connections::Method};

/// The days before a certificate's end on which people are warned, the last first.
const WARNED: [u64; 4] = [3, 14, 30, 60];

/// How near the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Nobody needs to think of it yet.
    Later,
    /// It should be renewed.
    Soon,
    /// It must be renewed now.
    Urgent,
    /// It has ended.
    Ended,
}

/// How near the end at `ends_at` is for credentials of this kind. The instant itself is past the end.
#[must_use]
pub fn ends(now: Millis, method: Method, ends_at: Millis) -> Ends {
    let (soon, urgent) = match method {
        Method::Certificate => (days(60), days(14)),
        Method::SignIn => (days(2), days(1)),
    };
    let left = ends_at.since(now);
    if now >= ends_at {
        Ends::Ended
    } else if left <= urgent {
        Ends::Urgent
    } else if left <= soon {
        Ends::Soon
    } else {
        Ends::Later
    }
}

/// The warning that is due: the least of 60, 30, 14 and 3 days that are left at most. `None`: none yet, or it has ended.
#[must_use]
pub fn threshold(now: Millis, ends_at: Millis) -> Option<u64> {
    let left = ends_at.since(now);
    WARNED.into_iter().find(|within| now < ends_at && left <= days(*within))
}

const fn days(days: u64) -> Duration {
    Duration::from_hours(days * 24)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const DAY: i64 = 86_400_000;
    const END: Millis = Millis(1_800_000_000_000);

    fn before(ms: i64) -> Millis {
        Millis(END.0 - ms)
    }

    #[rstest]
    #[case(60 * DAY + 1, Ends::Later, None)]
    #[case(60 * DAY, Ends::Soon, Some(60))]
    #[case(30 * DAY, Ends::Soon, Some(30))]
    #[case(14 * DAY + 1, Ends::Soon, Some(30))]
    #[case(14 * DAY, Ends::Urgent, Some(14))]
    #[case(3 * DAY, Ends::Urgent, Some(3))]
    #[case(1, Ends::Urgent, Some(3))]
    #[case(0, Ends::Ended, None)]
    #[case(-DAY, Ends::Ended, None)]
    fn a_certificate(#[case] left: i64, #[case] near: Ends, #[case] warned: Option<u64>) {
        assert_eq!((ends(before(left), Method::Certificate, END), threshold(before(left), END)), (near, warned));
    }

    #[rstest]
    #[case(7 * DAY, Ends::Later)]
    #[case(2 * DAY + 1, Ends::Later)]
    #[case(2 * DAY, Ends::Soon)]
    #[case(DAY, Ends::Urgent)]
    #[case(0, Ends::Ended)]
    fn a_consent_is_warned_of_from_its_sixth_day_on(#[case] left: i64, #[case] near: Ends) {
        assert_eq!(ends(before(left), Method::SignIn, END), near);
    }

    proptest! {
        #[test]
        fn time_never_makes_it_better(first in -100 * DAY..800 * DAY, later in 0..800 * DAY, consent in any::<bool>()) {
            let method = if consent { Method::SignIn } else { Method::Certificate };
            let (then, now) = (before(first), before(first - later));
            prop_assert!(ends(then, method, END) <= ends(now, method, END));
            prop_assert_eq!(ends(now, method, END) == Ends::Ended, now >= END);
            if let (Some(then), Some(now)) = (threshold(then, END), threshold(now, END)) {
                prop_assert!(now <= then);
            }
        }
    }
}
