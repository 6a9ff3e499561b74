//! One limit, several processes: no span anywhere holds more starts than allowed, whoever took them.

use std::{sync::Arc, time::Duration};

use ledgercard::{
    clock::Millis,
    in_tx,
    store::{
        Db,
        rate_windows::{self, Asked},
    },
};
use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

use super::fixture::on_both;

const SCOPE: &str = "hubspot/1";

fn asked(most: usize, length: u64, card: bool) -> Asked<'static> {
    Asked { scope: SCOPE, most, length: Duration::from_millis(length), card }
}

async fn take(db: &Db, asked: Asked<'_>, now: Millis) -> Result<Millis, Millis> {
    in_tx!(db, "test", |tx| { rate_windows::take(tx, asked, now).await }).unwrap()
}

/// The most starts that lie within `length` of one of them.
fn densest(starts: &mut [Millis], length: u64) -> usize {
    starts.sort_unstable();
    let within = |first: &Millis| {
        starts.iter().filter(|at| *at >= first && at.since(*first) <= Duration::from_millis(length)).count()
    };
    starts.iter().map(within).max().unwrap_or(0)
}

on_both! {
    /// Two replicas whose clocks differ by up to 20 ms take by turns at random: 12 cases of 60 steps from fixed seeds.
    async fn two_replicas_never_exceed_the_limit_in_any_window(house) {
        let other = Db::open(&house.url, house.clock.clone()).await.unwrap();
        for seed in 0..12 {
            let mut random = StdRng::seed_from_u64(seed);
            let (most, length) = (random.random_range(1..8), random.random_range(50..400));
            let mut now = Millis(1_700_000_000_000 + i64::try_from(seed).unwrap() * 1_000_000);
            let mut starts = Vec::new();
            for _ in 0..60 {
                now = now.plus(Duration::from_millis(random.random_range(0..80)));
                let (db, skew) = if random.next_u32() % 2 == 0 { (&house.db, 0) } else { (&other, random.random_range(0..20)) };
                let theirs = now.plus(Duration::from_millis(skew));
                if let Ok(start) = take(db, asked(most, length, random.next_u32() % 2 == 0), theirs).await {
                    starts.push(start);
                }
            }
            assert!(starts.len() >= most, "something got through");
            assert!(densest(&mut starts, length) <= most, "seed {seed}: {} in {length} ms", densest(&mut starts, length));
        }
        other.close().await;
    }

    /// Real time and real contention: 2 processes' worth of connections, 8 tasks, a window of 20 in 300 ms.
    async fn racing_replicas_share_one_window(house) {
        let (most, length) = (20, 300);
        let replicas = [house.db.clone(), Db::open(&house.url, house.clock.clone()).await.unwrap()];
        let clock = ledgercard::clock::Clock::system();
        let starts = Arc::new(tokio::sync::Mutex::new(Vec::new()));
        let end = clock.now().plus(Duration::from_secs(30));
        let tasks: Vec<_> = (0..8_usize).map(|n| {
            let (db, clock, starts) = (replicas[n % 2].clone(), clock.clone(), Arc::clone(&starts));
            tokio::spawn(async move {
                while clock.now() < end && starts.lock().await.len() < 4 * most {
                    let now = clock.now();
                    match take(&db, asked(most, length, false), now).await {
                        Ok(start) => starts.lock().await.push(start),
                        Err(until) => clock.pause(until.since(clock.now())).await,
                    }
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let mut starts = starts.lock().await;
        assert!(starts.len() >= 3 * most, "only {} starts", starts.len());
        assert!(densest(&mut starts, length) <= most, "{}", densest(&mut starts, length));
        replicas[1].close().await;
    }

    async fn another_clock_that_is_far_ahead_makes_nobody_wait_longer_than_one_window(house) {
        let now = Millis(1_700_000_000_000);
        let ahead = now.plus(Duration::from_hours(1));
        assert!(take(&house.db, asked(1, 10_000, true), ahead).await.is_ok());
        assert!(take(&house.db, asked(1, 10_000, true), ahead).await.is_err());
        in_tx!(house.db, "test", |tx| { rate_windows::hold(tx, SCOPE, ahead).await }).unwrap();
        let until = take(&house.db, asked(1, 10_000, false), now).await.unwrap_err();
        assert!(until <= now.plus(Duration::from_secs(10)), "{until:?}");
        let later = now.plus(Duration::from_millis(20_002));
        assert_eq!(take(&house.db, asked(1, 10_000, true), later).await.map_err(|until| until <= later.plus(Duration::from_secs(10))), Err(true), "held");
    }

    async fn the_limit_of_a_portal_that_is_gone_is_forgotten(house) {
        house.portal(1).await;
        for scope in ["hubspot/1", "hubspot/2"] {
            let asked = Asked { scope, ..asked(5, 1_000, true) };
            take(&house.db, asked, Millis(1_700_000_000_000)).await.unwrap();
        }
        let gone = in_tx!(house.db, "test", |tx| { rate_windows::expire(tx).await }).unwrap();
        assert_eq!(gone, 1);
        assert_eq!(in_tx!(house.db, "test", |tx| { rate_windows::expire(tx).await }).unwrap(), 0);
    }

    async fn a_card_that_waits_keeps_the_background_back_and_a_hold_keeps_everybody_back(house) {
        let now = Millis(1_700_000_000_000);
        assert!(take(&house.db, asked(1, 10_000, false), now).await.is_ok());
        // Full: the card is told to come back soon, and until then the background does not get the place that comes free.
        let back = take(&house.db, asked(1, 10_000, true), now.plus(Duration::from_millis(9_900))).await.unwrap_err();
        let free = now.plus(Duration::from_millis(10_001));
        assert_eq!(back, free);
        assert_eq!(take(&house.db, asked(1, 10_000, false), free).await, Err(now.plus(Duration::from_millis(10_400))));
        assert!(take(&house.db, asked(1, 10_000, true), free).await.is_ok());
        let until = free.plus(Duration::from_mins(1));
        in_tx!(house.db, "test", |tx| { rate_windows::hold(tx, SCOPE, until).await }).unwrap();
        assert_eq!(take(&house.db, asked(5, 10_000, true), free.plus(Duration::from_secs(30))).await, Err(free.plus(Duration::from_millis(30_250))));
        assert!(take(&house.db, asked(5, 10_000, true), until).await.is_ok());
    }
}
