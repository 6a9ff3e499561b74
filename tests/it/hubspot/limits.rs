//! A portal's limits, kept by us before HubSpot has to.

use futures_util::future::join_all;
use ledgercard::{clock::Clock, hubspot::limits::AT_ONCE};
use serde_json::json;

use super::{CONTACT, LANE, Line, PORTAL, around, update};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_background_has_at_most_ten_calls_under_way() {
    let line = Line::open().await;
    let ids = line.crowd(24).await;
    line.faults(json!([{ "operation": "batchUpdate", "action": { "kind": "delay", "ms": 60 } }])).await;
    let updates: Vec<_> = ids.iter().map(|id| [update(*id, &[("lastname", "At once")])]).collect();
    let written = join_all(updates.iter().map(|row| line.update(row))).await;
    assert!(written.iter().all(|written| written.done.len() == 1));
    let most = line.figures().await["maxInFlight"].as_u64().unwrap();
    assert!((2..=AT_ONCE as u64).contains(&most), "{most} calls at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_wait_for_each_other_and_are_never_refused() {
    // Real time: the waits are what is shown. Seven searches take more than two spans of a second.
    let line = Line::with(Clock::system()).await;
    let (from, to) = around(&line.clock);
    let started = line.clock.now();
    let all = (0..7).map(|_| line.calls.changed(LANE, PORTAL, CONTACT, from, to, None, &[]));
    assert!(join_all(all).await.iter().all(Result::is_ok));
    assert!(line.clock.now().since(started).as_millis() >= 2_000);
    assert_eq!(line.answered(429).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_429_is_waited_out_and_the_call_goes_through() {
    let line = Line::with(Clock::system()).await;
    let id = line.crowd(1).await[0];
    line.faults(json!([
        { "operation": "batchUpdate", "action": { "kind": "status", "status": 429, "retryAfter": 1 }, "times": 1 }
    ]))
    .await;
    let started = line.clock.now();
    let written = line.update(&[update(id, &[("lastname", "Patient")])]).await;
    assert_eq!((written.done.len(), line.answered(429).await), (1, 1));
    assert!(line.clock.now().since(started).as_millis() >= 1_000);
}
