//! The cache in front of everything that is read from outside: fresh, refreshing, stale, or not there yet.
//!
//! Promise (DESIGN decision 8):
//! - up to `fresh` old: served as it is;
//! - older: a new read starts, is waited for up to `patience`, then the old value goes out marked `refreshing`;
//! - the read failed: the old value goes out marked `stale` with the reason, up to `keep` old;
//! - one question is under way at most once, in a task of its own: a reader that gives up never stops or repeats it;
//! - after a failure nobody asks again until `backoff` has passed or the ERP's own "wait until".
//!
//! Never: keeps more than its share of bytes, or an answer nobody may see (keys hold the portal or the connection).

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use tokio::{sync::watch, time::Instant};

use crate::clock::{Clock, Millis};

/// How long values live and how long readers wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifetimes {
    /// Up to this age a value is served without asking.
    pub(super) fresh: Duration,
    /// How long a reader waits for a new value while there is an old one.
    pub(super) patience: Duration,
    /// Up to this age an old value may stand in for an ERP that does not answer.
    pub(super) keep: Duration,
    /// After a failure, how long nobody asks again.
    pub(super) backoff: Duration,
}

/// The size of a value, roughly, so that the cache can be bounded by bytes.
pub(super) trait Weigh {
    /// Bytes on the heap.
    fn bytes(&self) -> usize;
}

/// How a reading ended, for the counters. One for all caches.
#[derive(Debug, Default)]
pub struct Counts {
    /// Served fresh.
    pub hits: AtomicU64,
    /// Nothing there: had to be read.
    pub misses: AtomicU64,
    /// Old value served while the new one is read.
    pub refreshing: AtomicU64,
    /// Old value served since the source could not be asked.
    pub stale: AtomicU64,
}

impl Counts {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A value and where it came from.
#[derive(Debug)]
pub(super) struct Held<V, E> {
    /// The value.
    pub(super) value: Arc<V>,
    /// When it was read.
    pub(super) read_at: Millis,
    /// A number no other value has: equal serials mean equal values.
    pub(super) serial: u64,
    /// How it compares with the source now.
    pub(super) age: Age<E>,
}

/// How a served value compares with the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Age<E> {
    /// Read for this very answer.
    Live,
    /// Read less than `fresh` ago.
    Cached,
    /// Older; a new read is under way.
    Refreshing,
    /// Older; the source could not be asked, for this reason.
    Stale(E),
}

/// What a reading brought.
#[derive(Debug)]
pub(super) enum Reading<V, E> {
    /// A value.
    Held(Held<V, E>),
    /// Nothing yet; the read goes on.
    Loading,
    /// Nothing, and the source could not be asked.
    Failed(E),
}

struct Entry<V> {
    value: Arc<V>,
    read_at: Millis,
    serial: u64,
    /// Set by [`Swr::forget`]: from then on the value counts as old. 0 until then.
    forgotten: AtomicI64,
}

type Outcome<V, E> = Option<Result<Arc<Entry<V>>, E>>;

struct Flight<V, E> {
    started: Instant,
    landed: watch::Receiver<Outcome<V, E>>,
}

impl<V, E> Clone for Flight<V, E> {
    fn clone(&self) -> Self {
        Self { started: self.started, landed: self.landed.clone() }
    }
}

/// What a reader finds who wants to join a read.
enum Boarding<V, E> {
    /// One that is under way.
    Flight(Flight<V, E>),
    /// A fresh value that landed meanwhile.
    Landed(Arc<Entry<V>>),
    /// A failure that landed meanwhile.
    Failed(E),
}

/// Why nobody needs to ask just now.
#[derive(Clone)]
struct Failure<E> {
    error: E,
    until: Millis,
}

/// What the cache must know of an error of its source.
pub(super) trait SourceError {
    /// When another read may be tried at the earliest, where the source said so.
    fn retry_at(&self) -> Option<Millis>;

    /// Whether it is an answer ("there is no such thing") rather than trouble with asking: then no old value stands in.
    fn is_answer(&self) -> bool;
}

/// A cache of values `V` that are read from outside and may fail with `E`. Cheap to clone.
pub(super) struct Swr<K, V, E>(Arc<Inner<K, V, E>>);

impl<K, V, E> Clone for Swr<K, V, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<K, V, E> {
    entries: Cache<K, Arc<Entry<V>>>,
    failures: Cache<K, Failure<E>>,
    flights: Mutex<HashMap<K, Flight<V, E>>>,
    lifetimes: Lifetimes,
    clock: Clock,
    serials: AtomicU64,
    counts: Arc<Counts>,
}

impl<K, V, E> Swr<K, V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
    E: Clone + SourceError + Send + Sync + 'static,
{
    /// An empty cache of at most `bytes`.
    #[must_use]
    pub(super) fn new(bytes: u64, lifetimes: Lifetimes, clock: Clock, counts: Arc<Counts>) -> Self {
        let weigh = |_: &K, entry: &Arc<Entry<V>>| u32::try_from(entry.value.bytes() + 128).unwrap_or(u32::MAX);
        let entries = Cache::builder().max_capacity(bytes).weigher(weigh).time_to_live(lifetimes.keep);
        let failures = Cache::builder().max_capacity(10_000).time_to_live(lifetimes.keep);
        Self(Arc::new(Inner {
            entries: entries.support_invalidation_closures().build(),
            failures: failures.support_invalidation_closures().build(),
            flights: Mutex::new(HashMap::new()),
            lifetimes,
            clock,
            serials: AtomicU64::new(1),
            counts,
        }))
    }

    /// The value of `key`, read by `load` where needed; waits until `deadline` at most.
    pub(super) async fn read<F, L>(&self, key: &K, deadline: Instant, load: L) -> Reading<V, E>
    where
        L: FnOnce() -> F,
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let now = self.0.clock.now();
        let old = self.0.entries.get(key).filter(|e| now.since(e.read_at) <= self.0.lifetimes.keep);
        if let Some(entry) = &old
            && self.is_fresh(entry, now)
        {
            Counts::add(&self.0.counts.hits);
            return Reading::Held(held(entry, Age::Cached));
        }
        if let Some(failure) = self.0.failures.get(key).filter(|f| now < f.until) {
            return self.without_source(old.as_ref(), failure.error);
        }
        let flight = match self.join(key, now, load) {
            Boarding::Flight(flight) => flight,
            Boarding::Landed(entry) => {
                Counts::add(&self.0.counts.hits);
                return Reading::Held(held(&entry, Age::Cached));
            }
            Boarding::Failed(error) => return self.without_source(old.as_ref(), error),
        };
        let wait_until = match &old {
            Some(_) => deadline.min(flight.started + self.0.lifetimes.patience),
            None => deadline,
        };
        match landed(flight, wait_until).await {
            Some(Ok(entry)) => {
                Counts::add(&self.0.counts.misses);
                Reading::Held(held(&entry, Age::Live))
            }
            Some(Err(error)) if error.is_answer() => self.without_source(None, error),
            Some(Err(error)) => self.without_source(old.as_ref(), error),
            None => self.while_under_way(old.as_ref()),
        }
    }

    /// The value of `key` if there is one of any age; asks nobody.
    #[cfg(test)]
    pub(super) fn peek(&self, key: &K) -> Option<Arc<V>> {
        self.held(key).map(|(value, _)| value)
    }

    /// Makes the next reading of `key` ask anew; the old value still stands in if the source does not answer. A wait that
    /// the source itself asked for is kept: nobody may ask earlier.
    pub(super) fn forget(&self, key: &K) {
        if let Some(entry) = self.0.entries.get(key) {
            entry.forgotten.store(self.0.clock.now().0.max(1), Ordering::Relaxed);
        }
        if self.0.failures.get(key).is_some_and(|failure| failure.error.retry_at().is_none()) {
            self.0.failures.invalidate(key);
        }
    }

    /// Drops the values of these keys at once: nothing stands in for them.
    pub(super) fn drop_where(&self, fits: impl Fn(&K) -> bool + Send + Sync + 'static) {
        let fits = Arc::new(fits);
        let same = Arc::clone(&fits);
        // Fails only for a cache that was built without support for it.
        let dropped = self.0.entries.invalidate_entries_if(move |key, _| fits(key));
        if dropped.is_err() || self.0.failures.invalidate_entries_if(move |key, _| same(key)).is_err() {
            self.0.entries.invalidate_all();
            self.0.failures.invalidate_all();
        }
    }

    /// The value of `key` and when it was read, if there is one of any age; asks nobody.
    pub(super) fn held(&self, key: &K) -> Option<(Arc<V>, Millis)> {
        self.0.entries.get(key).map(|entry| (Arc::clone(&entry.value), entry.read_at))
    }

    /// Puts in a value that was put together from others, the oldest of which was read at `read_at`.
    pub(super) fn seed(&self, key: K, value: V, read_at: Millis) {
        let serial = self.0.serials.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { value: Arc::new(value), read_at, serial, forgotten: AtomicI64::new(0) };
        self.0.entries.insert(key, Arc::new(entry));
    }

    fn is_fresh(&self, entry: &Entry<V>, now: Millis) -> bool {
        entry.forgotten.load(Ordering::Relaxed) == 0 && now.since(entry.read_at) < self.0.lifetimes.fresh
    }

    /// The answer while the read goes on: the old value, or that there is none yet.
    fn while_under_way(&self, old: Option<&Arc<Entry<V>>>) -> Reading<V, E> {
        let Some(entry) = old else {
            Counts::add(&self.0.counts.misses);
            return Reading::Loading;
        };
        Counts::add(&self.0.counts.refreshing);
        Reading::Held(held(entry, Age::Refreshing))
    }

    /// The answer when the source cannot be asked: the old value with the reason, or the reason alone.
    fn without_source(&self, old: Option<&Arc<Entry<V>>>, error: E) -> Reading<V, E> {
        let Some(entry) = old else {
            Counts::add(&self.0.counts.misses);
            return Reading::Failed(error);
        };
        Counts::add(&self.0.counts.stale);
        Reading::Held(held(entry, Age::Stale(error)))
    }

    /// The read of `key` that is under way, started here if there is none and none landed since the caller looked.
    fn join<F, L>(&self, key: &K, now: Millis, load: L) -> Boarding<V, E>
    where
        L: FnOnce() -> F,
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key) {
            return Boarding::Flight(flight.clone());
        }
        if let Some(entry) = self.0.entries.get(key).filter(|entry| self.is_fresh(entry, now)) {
            return Boarding::Landed(entry);
        }
        if let Some(failure) = self.0.failures.get(key).filter(|failure| now < failure.until) {
            return Boarding::Failed(failure.error);
        }
        let (send, landed) = watch::channel(None);
        let flight = Flight { started: Instant::now(), landed };
        flights.insert(key.clone(), flight.clone());
        drop(flights);
        let (this, key, reading) = (self.clone(), key.clone(), load());
        tokio::spawn(async move {
            let guard = Landing { cache: &this, key: &key };
            let outcome = this.take_in(&key, reading.await);
            drop(guard);
            send.send_replace(Some(outcome));
        });
        Boarding::Flight(flight)
    }

    fn take_in(&self, key: &K, outcome: Result<V, E>) -> Result<Arc<Entry<V>>, E> {
        let now = self.0.clock.now();
        match outcome {
            Ok(value) => {
                let serial = self.0.serials.fetch_add(1, Ordering::Relaxed);
                let entry =
                    Arc::new(Entry { value: Arc::new(value), read_at: now, serial, forgotten: AtomicI64::new(0) });
                self.0.entries.insert(key.clone(), Arc::clone(&entry));
                self.0.failures.invalidate(key);
                Ok(entry)
            }
            Err(error) if error.is_answer() => {
                self.0.entries.invalidate(key);
                self.0.failures.invalidate(key);
                Err(error)
            }
            Err(error) => {
                let until = error.retry_at().unwrap_or_else(|| now.plus(self.0.lifetimes.backoff));
                self.0.failures.insert(key.clone(), Failure { error: error.clone(), until });
                Err(error)
            }
        }
    }
}

/// Takes the flight off the list however its task ends, a panic included.
struct Landing<'a, K: Hash + Eq, V, E> {
    cache: &'a Swr<K, V, E>,
    key: &'a K,
}

impl<K: Hash + Eq, V, E> Drop for Landing<'_, K, V, E> {
    fn drop(&mut self) {
        self.cache.0.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(self.key);
    }
}

fn held<V, E>(entry: &Entry<V>, age: Age<E>) -> Held<V, E> {
    Held { value: Arc::clone(&entry.value), read_at: entry.read_at, serial: entry.serial, age }
}

/// Waits for the flight to land, until `deadline`; `None` when it has not, or when its task died.
async fn landed<V, E: Clone>(mut flight: Flight<V, E>, deadline: Instant) -> Outcome<V, E> {
    let arrived = tokio::time::timeout_at(deadline, flight.landed.wait_for(Option::is_some)).await;
    arrived.ok()?.ok()?.clone()
}
