//! Transactions: all or nothing, run again after a lost race, and nothing left behind by callers that go.

use std::{sync::Arc, task::Poll};

use ledgercard::{
    clock::{Clock, Millis},
    domain::ids::PortalId,
    in_tx,
    store::{Access, Db, StoreError, Tx, portals},
};

use tokio::sync::Barrier;

use super::fixture::{House, Schema, on_both, on_postgres, on_sqlite};

async fn portals_of(house: &House) -> Vec<u64> {
    let list = in_tx!(house.db, read "test", |tx| { portals::list(tx).await }).unwrap();
    list.into_iter().map(|portal| portal.portal_id.0).collect()
}

async fn put(tx: &mut Tx, id: u64) -> Result<(), StoreError> {
    portals::put(tx, PortalId(id), "UTC", "x", Millis(1)).await.map(|_| ())
}

fn lost() -> StoreError {
    StoreError::Again(sqlx::Error::RowNotFound)
}

on_both! {
    async fn a_block_that_fails_leaves_nothing(house) {
        let failed: Result<(), StoreError> = in_tx!(house.db, "test", |tx| {
            put(tx, 1).await?;
            put(tx, 2).await?;
            Err(StoreError::Contradiction { what: "x".to_owned() })
        });
        assert!(matches!(failed, Err(StoreError::Contradiction { .. })));
        assert!(portals_of(house).await.is_empty());
    }

    async fn a_transaction_that_is_dropped_leaves_nothing(house) {
        let mut tx = house.db.begin(Access::Write).await.unwrap();
        put(&mut tx, 1).await.unwrap();
        drop(tx);
        in_tx!(house.db, "test", |tx| { put(tx, 2).await }).unwrap();
        assert_eq!(portals_of(house).await, [2]);
    }

    async fn a_lost_race_runs_the_block_again_from_the_start(house) {
        let mut runs = 0;
        in_tx!(house.db, "test", |tx| {
            runs += 1;
            put(tx, runs).await?;
            if runs < 4 { Err(lost()) } else { Ok(()) }
        }).unwrap();
        assert_eq!(portals_of(house).await, [4], "what the lost runs wrote is undone");
    }

    async fn a_race_lost_for_ever_is_given_up(house) {
        let mut runs = 0;
        let lost: Result<(), StoreError> = in_tx!(house.db, "test", |tx| {
            runs += 1;
            put(tx, 1).await?;
            Err(lost())
        });
        assert!(matches!(lost, Err(StoreError::Again(_))));
        assert_eq!(runs, 8);
        assert!(portals_of(house).await.is_empty());
    }

    async fn a_transaction_that_reads_cannot_write(house) {
        let refused = in_tx!(house.db, read "test", |tx| { put(tx, 1).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Broken(_)), "{refused:?}");
        in_tx!(house.db, "test", |tx| { put(tx, 2).await }).unwrap();
        assert_eq!(portals_of(house).await, [2]);
    }

    async fn readers_do_not_wait_for_a_writer(house) {
        in_tx!(house.db, "test", |tx| { put(tx, 1).await }).unwrap();
        let mut writer = house.db.begin(Access::Write).await.unwrap();
        put(&mut writer, 2).await.unwrap();
        assert_eq!(portals_of(house).await, [1]);
        writer.commit().await.unwrap();
        assert_eq!(portals_of(house).await, [1, 2]);
    }

    async fn forty_writers_at_once_all_get_through(house) {
        let writers: Vec<_> = (0..40).map(|n| {
            let db = house.db.clone();
            tokio::spawn(async move {
                in_tx!(db, "test", |tx| {
                    let seen = portals::list(tx).await?.len();
                    put(tx, 100 + n).await?;
                    Ok(seen)
                })
            })
        }).collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(portals_of(house).await.len(), 40);
    }

    /// A caller that goes while it waits for the commit leaves a commit, not half of one.
    async fn a_commit_is_finished_though_its_caller_goes(house) {
        for id in 1..=20 {
            let mut tx = house.db.begin(Access::Write).await.unwrap();
            put(&mut tx, id).await.unwrap();
            poll_and_drop(tx.commit(), 1).await;
        }
        let mut kept = 0;
        for _ in 0..2_000 {
            kept = portals_of(house).await.len();
            if kept == 20 {
                break;
            }
        }
        assert_eq!(kept, 20);
    }

    /// Whoever is dropped between any two steps leaves the database free for the next.
    async fn callers_that_go_half_way_leave_nothing_behind(house) {
        for polls in 0..60 {
            let db = house.db.clone();
            poll_and_drop(async move {
                let _: Result<(), StoreError> = in_tx!(db, "test", |tx| {
                    put(tx, 1).await?;
                    put(tx, 2).await?;
                    Err(StoreError::Contradiction { what: "never kept".to_owned() })
                });
            }, polls).await;
            in_tx!(house.db, "test", |tx| { put(tx, 3).await }).unwrap();
            assert_eq!(portals_of(house).await, [3], "dropped after {polls} polls");
        }
    }
}

/// Whoever waits too long is told that the database is busy, and the one in front is not disturbed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_waits_too_long_is_told_so_on_sqlite() {
    on_sqlite(|house| Box::pin(waits_too_long(house))).await;
}

/// As on SQLite, by the row's lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_waits_too_long_is_told_so_on_postgres() {
    on_postgres("waits_too_long", |house| Box::pin(waits_too_long(house))).await;
}

async fn waits_too_long(house: &House) {
    let mut first = house.db.begin(Access::Write).await.unwrap();
    put(&mut first, 1).await.unwrap();
    let told = in_tx!(house.db, "test", |tx| { put(tx, 1).await }).unwrap_err();
    assert!(matches!(told, StoreError::Busy(_)), "{told:?}");
    first.commit().await.unwrap();
    assert_eq!(portals_of(house).await, [1]);
}

/// Two transactions that block each other: PostgreSQL ends one of them, which is run again and gets through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_on_postgres_is_run_again() {
    let Some(schema) = Schema::make("deadlock").await else { return };
    let db = Db::open(&schema.url, Clock::manual(Millis(0), 1)).await.unwrap();
    let met = Arc::new(Barrier::new(2));
    let both = [(1, 2), (2, 1)].map(|(first, second)| {
        let (db, met) = (db.clone(), Arc::clone(&met));
        tokio::spawn(async move {
            let mut runs = 0_u32;
            in_tx!(db, "test", |tx| {
                runs += 1;
                put(tx, first).await?;
                if runs == 1 {
                    met.wait().await;
                }
                put(tx, second).await
            })
            .map(|()| runs)
        })
    });
    let mut runs = Vec::new();
    for one in both {
        runs.push(one.await.unwrap());
    }
    db.close().await;
    schema.drop().await;
    // Three as a rule; more when the one that was ended is quicker to begin again than the other to go on.
    let runs: u32 = runs.into_iter().map(Result::unwrap).sum();
    assert!(runs >= 3, "{runs} runs: there was no deadlock");
}

/// PostgreSQL ends all connections, as when it is restarted: what was open fails, what comes next works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_postgres_ended_all_connections_the_next_transaction_works() {
    let Some(schema) = Schema::make("ended").await else { return };
    let db = Db::open(&schema.url, Clock::manual(Millis(0), 1)).await.unwrap();
    let mut open = db.begin(Access::Write).await.unwrap();
    put(&mut open, 1).await.unwrap();
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1")
        .bind(&schema.name)
        .execute(&mut schema.look().await)
        .await
        .unwrap();
    let broken = put(&mut open, 2).await.unwrap_err();
    drop(open);
    let next = in_tx!(db, "test", |tx| { put(tx, 3).await });
    let there = in_tx!(db, read "test", |tx| { portals::list(tx).await }).unwrap();
    db.close().await;
    schema.drop().await;
    assert!(matches!(broken, StoreError::Unreachable(_)), "{broken:?}");
    next.unwrap();
    assert_eq!(there.iter().map(|portal| portal.portal_id.0).collect::<Vec<_>>(), [3]);
}

/// Polls a future so many times, whenever it asks to be, and drops it.
async fn poll_and_drop<T>(future: impl Future<Output = T>, polls: u32) {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        if future.as_mut().poll(context).is_ready() || left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// How many connections the PostgreSQL pool has.
const POOL: usize = 12;

/// `begin` that is dropped half-way must not leave a pooled connection inside a transaction that nobody knows of
/// (<https://github.com/transact-rs/sqlx/issues/4385>).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_begin_leaves_no_transaction_open_on_postgres() {
    let Some(schema) = Schema::make("cancelled").await else { return };
    let db = Db::open(&schema.url, Clock::manual(Millis(0), 1)).await.unwrap();
    let mut look = schema.look().await;
    let mut stray = Vec::new();
    for passes in 1..=6 {
        warm(&db).await;
        let mut begins: Vec<_> = (0..POOL).map(|_| Box::pin(db.begin(Access::Write))).collect();
        // All move on by one step per pass; then all are dropped, each with its BEGIN unsent, under way, or answered.
        for _ in 0..passes {
            std::future::poll_fn(|context| {
                begins.retain_mut(|begin| begin.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            let _: i64 = sqlx::query_scalar("SELECT 1::bigint").fetch_one(&mut look).await.unwrap();
        }
        drop(begins);
        stray.push(left_open(&mut look, &schema.name).await);
    }
    db.ping().await.unwrap();
    db.close().await;
    schema.drop().await;
    assert_eq!(stray, [0; 6], "connections left inside a transaction, by the number of polls before the drop");
}

/// Has all connections of the pool open and idle.
async fn warm(db: &Db) {
    let mut open = Vec::new();
    for _ in 0..POOL {
        open.push(db.begin(Access::Write).await.unwrap());
    }
    for tx in open {
        tx.rollback().await.unwrap();
    }
}

/// How many connections of this name stay inside a transaction that nobody uses. Those that were begun for nobody are
/// rolled back by and by; a stray one stays for ever.
async fn left_open(look: &mut sqlx::PgConnection, name: &str) -> i64 {
    const SQL: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
    let mut open = 0;
    for _ in 0..300 {
        open = sqlx::query_scalar(SQL).bind(name).fetch_one(&mut *look).await.unwrap();
        if open == 0 {
            break;
        }
        Clock::system().pause(std::time::Duration::from_millis(20)).await;
    }
    open
}
