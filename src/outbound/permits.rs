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
