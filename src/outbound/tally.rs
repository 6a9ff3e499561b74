//! How many calls a piece of work makes, whoever makes them for it.
//!
//! Promise: what is counted are the calls that go out while a future [runs under](Tally::over) the tally, also those in
//! futures that it polls.
//! Never: counts what that work leaves to other tasks, such as the renewal of a token.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

tokio::task_local! {
    static COUNTING: Tally;
}

/// A count of calls. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<AtomicU64>);

impl Tally {
    /// Counts the calls that `work` makes.
    pub async fn over<F: Future>(&self, work: F) -> F::Output {
        COUNTING.scope(self.clone(), work).await
    }

    /// How many there were so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts a call where somebody counts.
pub(super) fn one_more() {
    // Nobody does: then there is nothing to tell.
    let _ = COUNTING.try_with(|tally| tally.0.fetch_add(1, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_runs_under_a_tally_is_counted_and_nothing_else() {
        let (tally, other) = (Tally::default(), Tally::default());
        one_more();
        let two = async { tokio::join!(async { one_more() }, async { one_more() }) };
        tally.over(two).await;
        other.over(async { one_more() }).await;
        assert_eq!((tally.calls(), other.calls()), (2, 1));
    }
}
