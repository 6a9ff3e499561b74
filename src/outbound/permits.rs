//! How many calls may be under way at once towards one ERP account.
//!
//! Promise: never more than agreed; whoever waits in the card lane is served before anybody in the background lane, and each
//! lane in the order of asking; a permit is never lost, even when a waiter goes away at the moment it is served.
//! Never: waits for a time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

use super::Lane;

/// A number of permits, shared by all clones.
#[derive(Debug, Clone)]
pub struct Permits(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Permits nobody holds.
    free: usize,
    /// How many more the background lane may take.
    background_free: usize,
    card: VecDeque<oneshot::Sender<Permit>>,
    background: VecDeque<oneshot::Sender<Permit>>,
}

impl State {
    /// Takes a permit for `lane` out, if there is one.
    fn take(&mut self, lane: Lane) -> bool {
        let background = usize::from(lane == Lane::Background);
        if self.free == 0 || self.background_free < background {
            return false;
        }
        self.free -= 1;
        self.background_free -= background;
        true
    }

    fn give_back(&mut self, lane: Lane) {
        self.free += 1;
        self.background_free += usize::from(lane == Lane::Background);
    }

    fn queue(&mut self, lane: Lane) -> &mut VecDeque<oneshot::Sender<Permit>> {
        match lane {
            Lane::Card => &mut self.card,
            Lane::Background => &mut self.background,
        }
    }

    /// The next waiter that can be served, with its permit taken out.
    fn next(&mut self) -> Option<(oneshot::Sender<Permit>, Lane)> {
        for lane in [Lane::Card, Lane::Background] {
            self.queue(lane).retain(|waiter| !waiter.is_closed());
            if !self.queue(lane).is_empty() && self.take(lane) {
                return self.queue(lane).pop_front().map(|waiter| (waiter, lane));
            }
        }
        None
    }
}

impl Permits {
    /// `all` permits, of which the background lane may hold at most `background` at once. At least one each.
    #[must_use]
    pub fn new(all: usize, background: usize) -> Self {
        let all = all.max(1);
        let state = State {
            free: all,
            background_free: background.clamp(1, all),
            card: VecDeque::new(),
            background: VecDeque::new(),
        };
        Self(Arc::new(Pool { state: Mutex::new(state) }))
    }

    /// Waits for a permit. It goes back when the returned value is dropped.
    pub async fn acquire(&self, lane: Lane) -> Permit {
        loop {
            let waiter = {
                let mut state = self.0.lock();
                let behind_others = !state.card.is_empty() || !state.queue(lane).is_empty();
                if !behind_others && state.take(lane) {
                    return Permit { pool: Arc::clone(&self.0), lane };
                }
                let (served, waiter) = oneshot::channel();
                state.queue(lane).push_back(served);
                waiter
            };
            // Waiters that have gone away may have been all that stood before us.
            self.0.serve();
            if let Ok(permit) = waiter.await {
                return permit;
            }
        }
    }

    /// How many permits nobody holds.
    #[must_use]
    pub fn free(&self) -> usize {
        self.0.lock().free
    }
}

impl Pool {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands free permits to waiters. A waiter that went away in between drops its permit, which comes back here.
    fn serve(self: &Arc<Self>) {
        loop {
            let next = self.lock().next();
            let Some((waiter, lane)) = next else { return };
            drop(waiter.send(Permit { pool: Arc::clone(self), lane }));
        }
    }
}

/// The right to have one call under way; ends when dropped.
#[derive(Debug)]
pub struct Permit {
    pool: Arc<Pool>,
    lane: Lane,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.pool.lock().give_back(self.lane);
        self.pool.serve();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;
    use tokio::sync::mpsc;

    use super::*;

    /// Runs what is ready, so that waiters stand in their queues.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn cards_go_before_the_background_and_each_lane_in_order() {
        let permits = Permits::new(1, 1);
        let held = permits.acquire(Lane::Card).await;
        let (told, mut served) = mpsc::unbounded_channel();
        let asks = [("b1", Lane::Background), ("c1", Lane::Card), ("b2", Lane::Background), ("c2", Lane::Card)];
        for (name, lane) in asks {
            let (permits, told) = (permits.clone(), told.clone());
            tokio::spawn(async move {
                let permit = permits.acquire(lane).await;
                told.send(name).unwrap();
                drop(permit);
            });
            settle().await;
        }
        drop((held, told));
        let mut order = Vec::new();
        while let Some(name) = served.recv().await {
            order.push(name);
        }
        assert_eq!(order, ["c1", "c2", "b1", "b2"]);
        assert_eq!(permits.free(), 1);
    }

    #[tokio::test]
    async fn the_background_leaves_room_for_cards() {
        let permits = Permits::new(4, 2);
        let _two = [permits.acquire(Lane::Background).await, permits.acquire(Lane::Background).await];
        let third = tokio::spawn({
            let permits = permits.clone();
            async move { permits.acquire(Lane::Background).await }
        });
        settle().await;
        assert!(!third.is_finished());
        let _cards = [permits.acquire(Lane::Card).await, permits.acquire(Lane::Card).await];
        assert_eq!(permits.free(), 0);
        third.abort();
    }

    #[tokio::test]
    async fn a_waiter_that_goes_away_as_it_is_served_loses_no_permit() {
        let permits = Permits::new(1, 1);
        for lane in [Lane::Card, Lane::Background] {
            let held = permits.acquire(Lane::Card).await;
            let mut waiter = Box::pin(permits.acquire(lane));
            assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(waiter.as_mut().poll(cx).is_pending())).await);
            // The permit is handed over into the waiter's channel, which is then thrown away unread.
            drop(held);
            assert_eq!(permits.free(), 0);
            drop(waiter);
            assert_eq!(permits.free(), 1);
        }
    }

    #[tokio::test]
    async fn a_waiter_that_went_away_does_not_bar_those_behind_it() {
        let permits = Permits::new(2, 1);
        let background = permits.acquire(Lane::Background).await;
        let mut gone = Box::pin(permits.acquire(Lane::Background));
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(gone.as_mut().poll(cx).is_pending())).await);
        drop(gone);
        drop(background);
        drop(permits.acquire(Lane::Background).await);
        assert_eq!(permits.free(), 2);
    }

    /// Asks, and goes away after `polls` looks at the answer.
    async fn give_up(permits: Permits, lane: Lane, polls: u8) {
        let mut waiter = Box::pin(permits.acquire(lane));
        for _ in 0..polls {
            let served = std::future::poll_fn(|cx| std::task::Poll::Ready(waiter.as_mut().poll(cx).is_ready())).await;
            if served {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn never_more_than_agreed_and_none_lost_under_any_mix(
            all in 1_usize..6, background in 1_usize..6,
            asks in proptest::collection::vec((any::<bool>(), 0_u8..6, any::<bool>()), 1..60),
        ) {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
            runtime.block_on(async {
                let permits = Permits::new(all, background);
                let (held, behind) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
                let tasks: Vec<_> = asks.into_iter().map(|(card, steps, gives_up)| {
                    let lane = if card { Lane::Card } else { Lane::Background };
                    let (permits, held, behind) = (permits.clone(), Arc::clone(&held), Arc::clone(&behind));
                    if gives_up {
                        return tokio::spawn(give_up(permits, lane, steps));
                    }
                    tokio::spawn(async move {
                        let permit = permits.acquire(lane).await;
                        let in_background = usize::from(lane == Lane::Background);
                        assert!(held.fetch_add(1, Ordering::SeqCst) < all);
                        assert!(behind.fetch_add(in_background, Ordering::SeqCst) + in_background <= background.min(all));
                        for _ in 0..steps {
                            tokio::task::yield_now().await;
                        }
                        held.fetch_sub(1, Ordering::SeqCst);
                        behind.fetch_sub(in_background, Ordering::SeqCst);
                        drop(permit);
                    })
                }).collect();
                for task in tasks {
                    task.await.unwrap();
                }
                assert_eq!(permits.free(), all);
            });
        }
    }
}
