//! At most so many calls in any span of time, as HubSpot counts them.
//!
//! Promise: in no span of the given length, wherever it begins, start more calls than allowed; whoever waits in the card lane
//! goes before the background lane.
//! Never: lets a burst through at the border of two fixed windows.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::Lane;
use crate::clock::{Clock, Millis};

/// The pure part: which calls started, and whether one more may.
#[derive(Debug)]
pub struct Span {
    most: usize,
    length: Duration,
    started: VecDeque<Millis>,
    held_until: Millis,
}

impl Span {
    /// At most `most` (at least one) calls in any `length`.
    #[must_use]
    pub fn new(most: usize, length: Duration) -> Self {
        Self { most: most.max(1), length, started: VecDeque::new(), held_until: Millis(i64::MIN) }
    }

    /// Notes a call that starts at `now`, or says when to ask again.
    ///
    /// # Errors
    /// The instant from which on there may be room.
    pub fn take(&mut self, now: Millis) -> Result<(), Millis> {
        if now < self.held_until {
            return Err(self.held_until);
        }
        // Stamps are cut to the millisecond: only one more than the span later is surely outside of it.
        while self.started.front().is_some_and(|first| now > first.plus(self.length)) {
            self.started.pop_front();
        }
        match self.started.front() {
            Some(first) if self.started.len() >= self.most => {
                Err(first.plus(self.length).plus(Duration::from_millis(1)))
            }
            _ => {
                self.started.push_back(now);
                Ok(())
            }
        }
    }

    /// No call may start before `until`: the other side said so.
    pub fn hold(&mut self, until: Millis) {
        self.held_until = self.held_until.max(until);
    }
}

/// A sliding window, shared by all clones.
#[derive(Debug, Clone)]
pub struct Window(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Clock,
    span: Mutex<Span>,
    cards_waiting: AtomicUsize,
    /// Told when the last card has gone through.
    no_card_waits: Notify,
    /// One waiter a lane watches the clock; the others queue behind it in the order of asking.
    card_turn: tokio::sync::Mutex<()>,
    background_turn: tokio::sync::Mutex<()>,
}

/// One card that waits; counted out when it is served or goes away.
struct WaitingCard<'a>(&'a Shared);

impl Drop for WaitingCard<'_> {
    fn drop(&mut self) {
        if self.0.cards_waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.no_card_waits.notify_one();
        }
    }
}

impl Window {
    /// At most `most` (at least one) calls in any `length`.
    #[must_use]
    pub fn new(clock: Clock, most: usize, length: Duration) -> Self {
        Self(Arc::new(Shared {
            clock,
            span: Mutex::new(Span::new(most, length)),
            cards_waiting: AtomicUsize::new(0),
            no_card_waits: Notify::new(),
            card_turn: tokio::sync::Mutex::new(()),
            background_turn: tokio::sync::Mutex::new(()),
        }))
    }

    /// Waits until one more call may start, and counts it.
    pub async fn acquire(&self, lane: Lane) {
        match lane {
            Lane::Card => self.0.card().await,
            Lane::Background => self.0.background().await,
        }
    }

    /// Lets no call start before `until`: the other side asked for it.
    pub fn hold(&self, until: Millis) {
        self.0.lock().hold(until);
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Span> {
        self.span.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn card(&self) {
        self.cards_waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = WaitingCard(self);
        let _turn = self.card_turn.lock().await;
        loop {
            let now = self.clock.now();
            let Err(until) = self.lock().take(now) else { return };
            self.clock.pause(until.since(now)).await;
        }
    }

    async fn background(&self) {
        let _turn = self.background_turn.lock().await;
        loop {
            while self.cards_waiting.load(Ordering::SeqCst) > 0 {
                self.no_card_waits.notified().await;
            }
            let now = self.clock.now();
            let Err(until) = self.lock().take(now) else { return };
            self.clock.pause(until.since(now)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::sync::mpsc;

    use super::*;

    proptest! {
        #[test]
        fn no_span_anywhere_holds_more_than_allowed(
            most in 1_usize..8, length in 1_u64..500, steps in proptest::collection::vec(0_u64..200, 1..200),
        ) {
            let mut span = Span::new(most, Duration::from_millis(length));
            let (mut now, mut started) = (Millis(1_700_000_000_000), Vec::new());
            for step in steps {
                now = now.plus(Duration::from_millis(step));
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
                let within = started[i..].iter().filter(|at| at.since(*first) <= Duration::from_millis(length)).count();
                prop_assert!(within <= most, "{} calls within {} ms", within, length);
            }
        }
    }

    #[test]
    fn a_hold_bars_everything_until_its_end() {
        let mut span = Span::new(10, Duration::from_secs(1));
        let now = Millis(1_700_000_000_000);
        let later = now.plus(Duration::from_secs(5));
        span.hold(later);
        span.hold(now);
        assert_eq!(span.take(now), Err(later));
        assert_eq!(span.take(later), Ok(()));
    }

    #[tokio::test]
    async fn cards_go_before_the_background() {
        // Real time: the waits are part of what is shown. Four calls of which each needs the one before to be 30 ms old.
        let window = Window::new(Clock::system(), 1, Duration::from_millis(30));
        window.acquire(Lane::Card).await;
        let (told, mut served) = mpsc::unbounded_channel();
        for (name, lane) in [("background", Lane::Background), ("card 1", Lane::Card), ("card 2", Lane::Card)] {
            let (window, told) = (window.clone(), told.clone());
            tokio::spawn(async move {
                window.acquire(lane).await;
                told.send(name).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop(told);
        let mut order = Vec::new();
        while let Some(name) = served.recv().await {
            order.push(name);
        }
        assert_eq!(order, ["card 1", "card 2", "background"]);
    }

    #[tokio::test]
    async fn a_card_that_gives_up_lets_the_background_go_on() {
        let window = Window::new(Clock::system(), 1, Duration::from_millis(20));
        window.acquire(Lane::Background).await;
        let mut gone = Box::pin(window.acquire(Lane::Card));
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(gone.as_mut().poll(cx).is_pending())).await);
        let waiting = tokio::spawn({
            let window = window.clone();
            async move { window.acquire(Lane::Background).await }
        });
        tokio::task::yield_now().await;
        drop(gone);
        waiting.await.unwrap();
    }
}
