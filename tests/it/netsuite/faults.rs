//! What happens when NetSuite is busy, broken, slow, or does not know us any more.

use std::time::Instant;

use super::*;

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn status(status: u16) -> Value {
    json!({"kind": "status", "status": status})
}

#[tokio::test]
async fn a_token_that_no_longer_works_is_replaced_once() {
    let house = House::new().await;
    house.read(Lane::Card).await.unwrap();
    assert_eq!(house.calls("token").await, 1);
    house.reset().await;
    house.fault("suiteql", status(401), Some(1)).await;
    house.read(Lane::Card).await.unwrap();
    assert_eq!((house.calls("suiteql").await, house.calls("token").await), (2, 1));

    house.reset().await;
    house.clock.advance(seconds(600));
    house.fault("suiteql", status(401), None).await;
    for calls in [2, 3] {
        let refused = house.read(Lane::Card).await;
        assert!(matches!(refused, Err(ErpError::Reconnect { .. })), "{refused:?}");
        // First one repetition with one new token; then no more: a token refused as soon as it is issued is no token.
        assert_eq!(house.calls("suiteql").await, calls);
    }
}

#[tokio::test]
async fn a_sign_in_that_is_refused_asks_for_a_person_or_for_patience() {
    let house = House::new().await;
    for (fault, reconnect) in
        [(status(400), true), (status(401), true), (status(503), false), (json!({"kind": "cut"}), false)]
    {
        house.fault("token", fault.clone(), None).await;
        let refused = house.connector(|_| ()).ledger(Lane::Card, &[customer(1_002)]).await;
        let right = match refused {
            Err(ErpError::Reconnect { .. }) => reconnect,
            Err(ErpError::Unavailable { .. }) => !reconnect,
            _ => false,
        };
        assert!(right, "{fault}: {refused:?}");
        house.reset().await;
        // The vault waits a while before it asks again.
        house.clock.advance(seconds(120));
    }
    house.read(Lane::Card).await.unwrap();
}

#[tokio::test]
async fn throttling_is_obeyed_and_a_card_is_told_when_to_come_back() {
    let house = House::new().await;
    house.read(Lane::Card).await.unwrap();
    house.reset().await;
    house.fault("suiteql", status(429), Some(2)).await;
    house.read(Lane::Card).await.unwrap();
    assert_eq!(house.calls("suiteql").await, 3);

    house.reset().await;
    house.fault("suiteql", status(429), None).await;
    let refused = house.read(Lane::Card).await;
    let ErpError::Wait { until } = refused.unwrap_err() else { panic!("to be told when") };
    assert!(until > house.clock.now());
    assert_eq!(house.calls("suiteql").await, 3);

    house.reset().await;
    house.fault("suiteql", json!({"kind": "status", "status": 429, "retryAfter": 30}), None).await;
    let refused = house.read(Lane::Card).await;
    assert_eq!(refused, Err(ErpError::Wait { until: house.clock.now().plus(seconds(30)) }));
    assert_eq!(house.calls("suiteql").await, 1, "not asked again before the time named");

    house.reset().await;
    house.fault("suiteql", json!({"kind": "status", "status": 429, "retryAfter": 1}), Some(1)).await;
    let began = Instant::now();
    house.read(Lane::Background).await.unwrap();
    assert!(began.elapsed() >= seconds(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn passing_trouble_is_tried_again_and_lasting_trouble_is_said() {
    let house = House::new().await;
    house.read(Lane::Card).await.unwrap();
    for trouble in [status(500), status(503), json!({"kind": "cut"}), json!({"kind": "truncate"})] {
        house.reset().await;
        house.fault("suiteql", trouble.clone(), Some(2)).await;
        house.read(Lane::Card).await.unwrap_or_else(|error| panic!("{trouble}: {error}"));

        house.reset().await;
        house.fault("suiteql", trouble.clone(), None).await;
        let refused = house.read(Lane::Card).await;
        assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{trouble}: {refused:?}");
        assert_eq!(house.calls("suiteql").await, 4, "{trouble}");
    }

    house.reset().await;
    house.fault("suiteql", json!({"kind": "hang"}), None).await;
    let hurried = house.connector(|settings| settings.card_timeout = Duration::from_millis(300));
    let refused = hurried.ledger(Lane::Card, &[customer(1_002)]).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{refused:?}");
    assert_eq!(house.calls("suiteql").await, 1, "a person does not wait for a second time-out");
}

#[tokio::test]
async fn many_callers_stay_within_the_permits() {
    let house = std::sync::Arc::new(House::new().await);
    house.read(Lane::Card).await.unwrap();
    house.reset().await;
    house.switch(json!({"concurrencyLimit": PERMITS.0, "latencyMs": 20})).await;
    let calls: Vec<_> = (0..24)
        .map(|n| {
            let house = std::sync::Arc::clone(&house);
            let lane = if n % 2 == 0 { Lane::Card } else { Lane::Background };
            tokio::spawn(async move { house.read(lane).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let stats = house.stats().await;
    assert_eq!(stats["throttled"], 0);
    assert_eq!(stats["maxInFlight"], PERMITS.0);
    assert_eq!(house.permits.free(), PERMITS.0);
}
