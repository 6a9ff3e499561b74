//! At most so many calls in any span of time, as HubSpot counts them.
//!
//! Promise: in no span of the given length, wherever it begins, start more calls than allowed; whoever waits in the card lane
//! goes before the background lane. Where several processes share a limit, [`Starts`] counts for all of them.
//! Never: lets a burst through at the border of two fixed windows.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::Notify;

use super::Lane;
use crate::{
    clock::{Clock, Millis},
    domain::span::Span,
};

/// Counts the starts of several processes that share one limit.
#[async_trait]
pub trait Starts: std::fmt::Debug + Send + Sync {
    /// Notes a call that starts at `now`, or says when to ask again. `None`: the count cannot be kept now; then every process
    /// counts for itself, with a part of the limit.
    async fn take(&self, lane: Lane, now: Millis) -> Option<Result<(), Millis>>;

    /// Lets no call of any process start before `until`.
    async fn hold(&self, until: Millis);
}

/// The part of a shared limit that one process takes while the count of all cannot be kept: a quarter.
const ALONE: usize = 4;

/// A sliding window, shared by all clones.
#[derive(Debug, Clone)]
pub struct Window(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Clock,
    /// What this process counts by itself.
    span: Mutex<Span>,
    /// What is counted together with others.
    together: Option<Arc<dyn Starts>>,
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
    /// At most `most` (at least one) calls in any `length`; `together` counts where other processes share the limit.
    #[must_use]
    pub fn new(clock: Clock, most: usize, length: Duration, together: Option<Arc<dyn Starts>>) -> Self {
        Self(Arc::new(Shared {
            clock,
            span: Mutex::new(Span::new(if together.is_some() { most / ALONE } else { most }, length)),
            together,
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
    pub async fn hold(&self, until: Millis) {
        self.0.lock().hold(until.0);
        if let Some(together) = &self.0.together {
            together.hold(until).await;
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Span> {
        self.span.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks whoever counts.
    async fn take(&self, lane: Lane, now: Millis) -> Result<(), Millis> {
        if let Some(together) = &self.together
            && let Some(taken) = together.take(lane, now).await
        {
            if taken.is_ok() {
                // Should the count fail next, what was taken together counts here, too.
                self.lock().note(now.0);
            }
            return taken;
        }
        self.lock().take(now.0).map_err(Millis)
    }

    async fn card(&self) {
        self.cards_waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = WaitingCard(self);
        let _turn = self.card_turn.lock().await;
        loop {
            let now = self.clock.now();
            let Err(until) = self.take(Lane::Card, now).await else { return };
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
            let Err(until) = self.take(Lane::Background, now).await else { return };
            self.clock.pause(until.since(now)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn cards_go_before_the_background() {
        // Real time: the waits are part of what is shown. Four calls of which each needs the one before to be 30 ms old.
        let window = Window::new(Clock::system(), 1, Duration::from_millis(30), None);
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
        let window = Window::new(Clock::system(), 1, Duration::from_millis(20), None);
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
