use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

/// A source of rows whose clock is Los Angeles'.
struct Account {
    zone: TimeZone,
    now: Millis,
    /// Id to the stamp, the instant of the change, and the instant from which it can be read.
    rows: BTreeMap<u64, (Wall, Millis, Millis)>,
}

impl Account {
    fn at(now: Millis) -> Self {
        Self { zone: TimeZone::get("America/Los_Angeles").unwrap(), now, rows: BTreeMap::new() }
    }

    fn wall(&self, at: Millis) -> Wall {
        let shown = self.zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap());
        shown.strftime("%Y-%m-%d %H:%M:%S").to_string().parse().unwrap()
    }

    fn moment(&self) -> Moment {
        let zoned = jiff::Timestamp::from_millisecond(self.now.0).unwrap().to_zoned(self.zone.clone());
        Moment { wall: self.wall(self.now), offset: zoned.offset().seconds() / 60, at: self.now }
    }

    fn change(&mut self, id: u64, visible_after: Duration) {
        self.rows.insert(id, (self.wall(self.now), self.now, self.now.plus(visible_after)));
    }

    /// Reads to the end, `size` rows a page; gives the ids told.
    fn drain(&self, stream: &mut Stream, last: &mut Moment, size: usize) -> BTreeSet<u64> {
        let began = self.moment();
        stream.begin(last, &began);
        let mut news = BTreeSet::new();
        loop {
            let at = stream.at().unwrap();
            let visible = self.rows.iter().filter(|(_, (.., visible))| *visible <= self.now);
            let places = visible.map(|(id, (stamp, ..))| Place { stamp: *stamp, id: *id });
            let mut page: Vec<Place> = places.filter(|place| *place > at).collect();
            page.sort_unstable();
            page.truncate(size);
            news.extend(page.iter().filter(|place| stream.take(**place, &began, self.now)).map(|place| place.id));
            stream.forget();
            if page.len() < size {
                stream.end(&began);
                *last = began;
                return news;
            }
        }
    }
}

const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

#[test]
fn fifteen_hundred_rows_of_one_second_are_each_told_once() {
    let mut account = Account::at(Millis(1_795_435_200_000));
    let mut last = account.moment();
    let mut stream = Stream::from(&last);
    account.now = account.now.plus(minutes(1));
    (1..=1_500).for_each(|id| account.change(id, Duration::ZERO));
    account.now = account.now.plus(minutes(1));
    assert_eq!(account.drain(&mut stream, &mut last, 1_000).len(), 1_500);
    for _ in 0..20 {
        account.now = account.now.plus(minutes(1));
        assert_eq!(account.drain(&mut stream, &mut last, 1_000).len(), 0);
    }
    // By then the overlap is no longer read either.
    stream.begin(&last, &account.moment());
    assert_eq!(stream.at(), Some(stream.top));
}

#[test]
fn a_row_that_changes_twice_within_one_second_is_told_twice() {
    let mut account = Account::at(Millis(1_795_435_200_000));
    let mut last = account.moment();
    let mut stream = Stream::from(&last);
    account.now = account.now.plus(minutes(10));
    account.change(1, Duration::ZERO);
    assert_eq!(account.drain(&mut stream, &mut last, 10).len(), 1);
    account.change(1, Duration::ZERO);
    account.now = account.now.plus(minutes(1));
    assert_eq!(account.drain(&mut stream, &mut last, 10).len(), 1);
}

/// A row stamped before the clock was put on, to be read after a drain that already began behind it.
#[test]
fn a_row_that_shows_late_is_told_although_the_clock_was_put_on_meanwhile() {
    let mut account = Account::at(Millis(ON.0 - 120_000));
    let mut last = account.moment();
    let mut stream = Stream::from(&last);
    account.change(1, Duration::from_secs(290));
    account.now = account.now.plus(minutes(3));
    account.change(2, Duration::ZERO);
    assert_eq!(account.drain(&mut stream, &mut last, 10), BTreeSet::from([2]));
    account.now = account.now.plus(minutes(2));
    assert!(account.drain(&mut stream, &mut last, 10).contains(&1));
}

/// The clocks of 2026 in Los Angeles: put back on the first of November at 09:00Z, on in March of 2027 at 10:00Z.
const BACK: Millis = Millis(1_793_523_600_000);
const ON: Millis = Millis(1_805_018_400_000);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever changes when, however late it can be read, however seldom somebody reads: every change is told after it.
    #[test]
    fn nothing_is_missed_around_a_change_of_the_clock(
        back in any::<bool>(),
        size in 1_usize..5,
        steps in prop::collection::vec((1_u64..2_400, 1_u64..8, 0_u64..290, prop::bool::weighted(0.4)), 1..60),
    ) {
        let middle = if back { BACK } else { ON };
        let mut account = Account::at(Millis(middle.0 - 3 * 3_600_000));
        let mut last = account.moment();
        let mut stream = Stream::from(&last);
        let mut due: BTreeMap<u64, Millis> = BTreeMap::new();
        for (pause, id, late, read) in steps {
            account.now = account.now.plus(Duration::from_secs(pause));
            account.change(id, Duration::from_secs(late));
            due.insert(id, account.now.plus(Duration::from_secs(late)));
            if read {
                for id in account.drain(&mut stream, &mut last, size) {
                    due.remove(&id);
                }
                prop_assert!(due.values().all(|visible| *visible > account.now), "missed: {due:?}");
            }
        }
        account.now = account.now.plus(minutes(5));
        for id in account.drain(&mut stream, &mut last, size) {
            due.remove(&id);
        }
        prop_assert!(due.is_empty(), "missed: {due:?}");
    }
}
