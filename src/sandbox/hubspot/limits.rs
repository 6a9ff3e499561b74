//! The limits of calls in any ten seconds, and of searches in any second, per portal.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use crate::clock::Millis;

/// The span in which calls are counted, in milliseconds.
pub(super) const SPAN: i64 = 10_000;
/// The span in which searches are counted, in milliseconds.
pub(super) const SEARCH_SPAN: i64 = 1_000;
/// How many searches an account has in a second.
pub(super) const SEARCHES: usize = 5;

/// The instants of the calls of the last span, per portal.
#[derive(Debug)]
pub(super) struct Window {
    span: i64,
    most: Mutex<usize>,
    calls: Mutex<BTreeMap<usize, VecDeque<Millis>>>,
}

impl Window {
    /// At most `most` calls in any `span` milliseconds.
    pub(super) const fn new(most: usize, span: i64) -> Self {
        Self { span, most: Mutex::new(most), calls: Mutex::new(BTreeMap::new()) }
    }

    /// How many are allowed.
    pub(super) fn most(&self) -> usize {
        *self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes how many are allowed, and forgets the calls so far.
    pub(super) fn set(&self, most: usize) {
        *self.most.lock().unwrap_or_else(PoisonError::into_inner) = most;
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Counts a call of `portal` now: how many are left, or none when it is one too many (which is not counted).
    pub(super) fn count(&self, portal: usize, now: Millis) -> Option<usize> {
        let most = self.most();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = calls.entry(portal).or_default();
        while recent.front().is_some_and(|at| at.0 + self.span <= now.0) {
            recent.pop_front();
        }
        if recent.len() >= most {
            return None;
        }
        recent.push_back(now);
        Some(most - recent.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_ten_seconds_hold_at_most_as_many_calls_as_allowed() {
        let window = Window::new(3, SPAN);
        assert_eq!([0, 1, 2].map(|t| window.count(1, Millis(t * 1_000))), [Some(2), Some(1), Some(0)]);
        assert_eq!(window.count(1, Millis(9_999)), None);
        assert_eq!(window.count(2, Millis(9_999)), Some(2));
        assert_eq!(window.count(1, Millis(10_000)), Some(0));
        assert_eq!(window.count(1, Millis(10_500)), None);
    }
}
