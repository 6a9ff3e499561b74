//! What the cache promises, one by one, with a manual clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::cache::*;
use crate::clock::{Clock, Millis};

#[derive(Debug, Clone, PartialEq)]
struct Down;

impl RetryAt for Down {
    fn retry_at(&self) -> Option<Millis> {
        None
    }
}

impl Weigh for u32 {
    fn bytes(&self) -> usize {
        4
    }
}

const LIFETIMES: Lifetimes = Lifetimes {
    fresh: Duration::from_mins(1),
    patience: Duration::from_millis(20),
    keep: Duration::from_hours(1),
    backoff: Duration::from_secs(15),
};

fn cache() -> (Swr<&'static str, u32, Down>, Clock) {
    let clock = Clock::manual(Millis(1_700_000_000_000), 1);
    (Swr::new(1 << 20, LIFETIMES, clock.clone(), Arc::default()), clock)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(500)
}

fn age_and_value(reading: Reading<u32, Down>) -> (Age<Down>, u32) {
    match reading {
        Reading::Held(held) => (held.age, *held.value),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_value_is_live_then_cached_then_read_again() {
    let (cache, clock) = cache();
    let first = cache.read(&"k", soon(), || async { Ok(1) }).await;
    assert_eq!(age_and_value(first), (Age::Live, 1));
    clock.advance(Duration::from_secs(59));
    let second = cache.read(&"k", soon(), || async { Ok(2) }).await;
    assert_eq!(age_and_value(second), (Age::Cached, 1));
    clock.advance(Duration::from_secs(2));
    let third = cache.read(&"k", soon(), || async { Ok(3) }).await;
    assert_eq!(age_and_value(third), (Age::Live, 3));
}

#[tokio::test]
async fn an_old_value_goes_out_while_a_slow_read_goes_on() {
    let (cache, clock) = cache();
    cache.read(&"k", soon(), || async { Ok(1) }).await;
    clock.advance(Duration::from_secs(61));
    let gate = Arc::new(Notify::new());
    let open = Arc::clone(&gate);
    let slow = cache.read(&"k", soon(), move || async move {
        open.notified().await;
        Ok(2)
    });
    assert_eq!(age_and_value(slow.await), (Age::Refreshing, 1));
    gate.notify_one();
    while cache.peek(&"k").as_deref() != Some(&2) {
        tokio::task::yield_now().await;
    }
    assert_eq!(age_and_value(cache.read(&"k", soon(), || async { Ok(3) }).await), (Age::Cached, 2));
}

#[tokio::test]
async fn a_failed_read_leaves_the_old_value_stale_and_is_not_repeated_at_once() {
    let (cache, clock) = cache();
    cache.read(&"k", soon(), || async { Ok(1) }).await;
    clock.advance(Duration::from_secs(61));
    let failed = cache.read(&"k", soon(), || async { Err(Down) }).await;
    assert_eq!(age_and_value(failed), (Age::Stale(Down), 1));
    let again = cache.read(&"k", soon(), || async { Ok(9) }).await;
    assert_eq!(age_and_value(again), (Age::Stale(Down), 1));
    clock.advance(Duration::from_secs(16));
    assert_eq!(age_and_value(cache.read(&"k", soon(), || async { Ok(9) }).await), (Age::Live, 9));
}

#[tokio::test]
async fn nothing_is_kept_longer_than_an_hour() {
    let (cache, clock) = cache();
    cache.read(&"k", soon(), || async { Ok(1) }).await;
    clock.advance(Duration::from_secs(3601));
    assert!(matches!(cache.read(&"k", soon(), || async { Err(Down) }).await, Reading::Failed(Down)));
}

#[tokio::test]
async fn a_thousand_cold_readers_make_one_read_and_leaving_does_not_stop_it() {
    let (cache, _) = cache();
    let (loads, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let read = |deadline: Instant| {
        let (cache, loads, gate) = (cache.clone(), Arc::clone(&loads), Arc::clone(&gate));
        tokio::spawn(async move {
            let load = || async move {
                loads.fetch_add(1, Ordering::SeqCst);
                gate.notified().await;
                Ok(7)
            };
            cache.read(&"k", deadline, load).await
        })
    };
    let impatient = read(Instant::now());
    assert!(matches!(impatient.await.unwrap(), Reading::Loading));
    let readers: Vec<_> = (0..1000).map(|_| read(Instant::now() + Duration::from_secs(20))).collect();
    gate.notify_one();
    for reader in readers {
        let (_, value) = age_and_value(reader.await.unwrap());
        assert_eq!(value, 7);
    }
    assert_eq!(loads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn forgetting_asks_anew_and_keeps_the_old_value_for_bad_times() {
    let (cache, _) = cache();
    cache.read(&"k", soon(), || async { Ok(1) }).await;
    cache.forget(&"k");
    assert_eq!(age_and_value(cache.read(&"k", soon(), || async { Err(Down) }).await), (Age::Stale(Down), 1));
    cache.forget(&"k");
    assert_eq!(age_and_value(cache.read(&"k", soon(), || async { Ok(2) }).await), (Age::Live, 2));
}

#[tokio::test]
async fn a_read_that_panics_frees_its_place() {
    let (cache, _) = cache();
    let lost = cache.read(&"k", soon(), || async { panic!("a fault in a connector") }).await;
    assert!(matches!(lost, Reading::Loading));
    assert_eq!(age_and_value(cache.read(&"k", soon(), || async { Ok(1) }).await), (Age::Live, 1));
}
