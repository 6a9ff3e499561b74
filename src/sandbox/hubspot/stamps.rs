//! Which records changed when, by stretches of ids: what a search for a window of changes reads instead of all records.
//!
//! Promise: how many records of a stretch changed within a window is known without looking at them.

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::clock::Millis;

/// A stretch holds two to this power of ids.
const WIDTH: u32 = 9;

#[derive(Debug, Default)]
struct Stretch {
    total: usize,
    by_stamp: BTreeMap<i64, usize>,
}

/// The stamps of one type's records.
#[derive(Debug, Default)]
pub(super) struct Stamps(BTreeMap<u64, Stretch>);

/// A stretch with records that changed within a window.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub ids: RangeInclusive<u64>,
    /// How many.
    pub count: usize,
}

impl Stamps {
    /// A record with this stamp is there.
    pub(super) fn add(&mut self, id: u64, at: Millis) {
        let stretch = self.0.entry(id >> WIDTH).or_default();
        stretch.total += 1;
        *stretch.by_stamp.entry(at.0).or_default() += 1;
    }

    /// It is no longer.
    pub(super) fn remove(&mut self, id: u64, at: Millis) {
        let Some(stretch) = self.0.get_mut(&(id >> WIDTH)) else { return };
        let Some(count) = stretch.by_stamp.get_mut(&at.0) else { return };
        *count -= 1;
        stretch.total -= 1;
        if *count == 0 {
            stretch.by_stamp.remove(&at.0);
        }
        if stretch.total == 0 {
            self.0.remove(&(id >> WIDTH));
        }
    }

    /// The stretches around `ids` that have records of this window, in their order. The first and the last may reach
    /// beyond `ids`.
    pub(super) fn within(&self, ids: RangeInclusive<u64>, window: RangeInclusive<i64>) -> impl Iterator<Item = Found> {
        let last = (*ids.end()).max(*ids.start());
        let stretches = self.0.range((*ids.start() >> WIDTH)..=(last >> WIDTH));
        let nothing = ids.is_empty() || window.is_empty();
        stretches.take_while(move |_| !nothing).filter_map(move |(number, stretch)| {
            let all = stretch.by_stamp.first_key_value().is_some_and(|(at, _)| window.contains(at))
                && stretch.by_stamp.last_key_value().is_some_and(|(at, _)| window.contains(at));
            let count =
                if all { stretch.total } else { stretch.by_stamp.range(window.clone()).map(|(_, count)| count).sum() };
            let first = number << WIDTH;
            (count > 0).then_some(Found { ids: first..=first + ((1 << WIDTH) - 1), count })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_counted_by_stretches() {
        let mut stamps = Stamps::default();
        for id in 0..2_000 {
            stamps.add(id, Millis(i64::try_from(id % 10).expect("small")));
        }
        let count = |stamps: &Stamps, ids, window| stamps.within(ids, window).map(|f| f.count).sum::<usize>();
        assert_eq!(count(&stamps, 0..=u64::MAX, i64::MIN..=i64::MAX), 2_000);
        assert_eq!(count(&stamps, 0..=u64::MAX, 3..=4), 400);
        let first = stamps.within(600..=700, 0..=9).next();
        assert_eq!(first, Some(Found { ids: 512..=1_023, count: 512 }));
        for id in 512..1_024 {
            stamps.remove(id, Millis(i64::try_from(id % 10).expect("small")));
        }
        assert_eq!(stamps.within(600..=700, 0..=9).next(), None);
        assert_eq!(count(&stamps, 0..=u64::MAX, 0..=9), 1_488);
    }
}
