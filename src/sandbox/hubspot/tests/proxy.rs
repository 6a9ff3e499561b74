//! The proxy behind `hubspot.fetch`.

use std::sync::{Arc, atomic::Ordering};

use serde_json::json;

use super::{House, NOW, PUBLIC, SECRET, asked, fetch, program};
use crate::sandbox::hubspot::sign;

#[tokio::test]
async fn the_proxy_says_who_asks_and_signs() {
    let house = House::open().await;
    let (backend, _) = program().await;
    house.hubspot.set_backend(backend);
    let uri = format!("{PUBLIC}/api/x?q=M%C3%BCller%20%26%20Co%3A1#part");
    let more = json!({"requestBody": {"a": "ä"}, "requestHeaders": {"Authorization": "Bearer x"}});
    let (status, answer) = fetch(&house, &asked("POST", &uri, &more)).await;
    assert_eq!((status, &answer["status"]), (200, &json!("success")));
    let seen = &answer["responseBody"];
    let path = "/api/x?q=M%C3%BCller%20%26%20Co%3A1&userId=9002&portalId=4711001&userEmail=bruno%2Bcrm%40chinook.example&appId=77";
    assert_eq!(
        (&seen["uri"], &seen["body"], &seen["authorization"]),
        (&json!(path), &json!("{\"a\":\"ä\"}"), &json!("Bearer x"))
    );
    let signature = sign::v3(SECRET, "POST", &format!("{PUBLIC}{path}"), "{\"a\":\"ä\"}", &NOW.to_string());
    assert_eq!((&seen["v3"], &seen["timestamp"]), (&json!(signature), &json!(NOW.to_string())));
    assert_eq!(answer["context"]["appServerStatusCode"], json!(["200"]));
}

#[tokio::test]
async fn the_proxy_wraps_errors_and_repeats_once() {
    let house = House::open().await;
    let (backend, calls) = program().await;
    let get = |path: &str| asked("GET", &format!("{PUBLIC}{path}"), &json!({}));
    assert_eq!(fetch(&house, &get("/x")).await.0, 500);
    house.hubspot.set_backend(backend);
    assert_eq!(fetch(&house, &get("/once-broken")).await.0, 200);
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2);
    let (status, answer) = fetch(&house, &get("/broken")).await;
    assert_eq!(
        (status, &answer["category"], &answer["context"]["appServerStatusCode"]),
        (200, &json!("BAD_GATEWAY"), &json!(["500"]))
    );
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2);
    let (status, answer) = fetch(&house, &get("/missing")).await;
    assert_eq!((status, &answer["responseBody"]["title"]), (200, &json!("missing")));
    assert_eq!(calls.swap(0, Ordering::SeqCst), 1);
    assert_eq!(fetch(&house, &get("/large")).await.1["message"], "The response body is larger than 1 MB");
    let slow = asked("GET", &format!("{PUBLIC}/slow"), &json!({"requestTimeoutMillis": 50}));
    let (status, answer) = fetch(&house, &slow).await;
    assert_eq!((status, &answer["category"]), (504, &json!("GATEWAY_TIMEOUT")));
}

#[tokio::test]
async fn the_proxy_refuses_what_hubspot_refuses() {
    let house = House::open().await;
    let (backend, calls) = program().await;
    house.hubspot.set_backend(backend);
    let fine = format!("{PUBLIC}/x");
    let cases = [
        (asked("GET", "http://ledgercard.example.com/x", &json!({})), 400),
        (asked("GET", "https://elsewhere.example.com/x", &json!({})), 400),
        (asked("HEAD", &fine, &json!({})), 400),
        (asked("GET", &fine, &json!({"requestBody": {}})), 400),
        (asked("POST", &fine, &json!({"requestBody": "text"})), 400),
        (asked("POST", &fine, &json!({"requestBody": {"x": "y".repeat(1_100_000)}})), 400),
        (asked("GET", &fine, &json!({"requestHeaders": {"X-Own": "1"}})), 400),
        (asked("GET", &fine, &json!({"requestHeaders": {"Authorization": "1", "X-Own": "1"}})), 400),
        (asked("GET", &fine, &json!({"requestTimeoutMillis": 0})), 400),
        (asked("GET", &fine, &json!({"portalId": "1"})), 404),
        (asked("GET", &fine, &json!({"userId": "ann"})), 400),
        (json!({}), 400),
    ];
    for (asked, expected) in cases {
        let (status, answer) = fetch(&house, &asked).await;
        assert_eq!(status, expected, "{answer}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn twenty_calls_of_a_portal_are_under_way_at_once() {
    let house = Arc::new(House::open().await);
    let (backend, calls) = program().await;
    house.hubspot.set_backend(backend);
    let slow = |ms: u64| asked("GET", &format!("{PUBLIC}/slow"), &json!({"requestTimeoutMillis": ms}));
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (house, slow) = (Arc::clone(&house), slow(4_000));
            tokio::spawn(async move { fetch(&house, &slow).await.0 })
        })
        .collect();
    while calls.load(Ordering::SeqCst) < 20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fetch(&house, &slow(1_000)).await.0, 429);
    let mut other = slow(20);
    other["portalId"] = json!(4_711_002);
    assert_eq!(fetch(&house, &other).await.0, 504);
    for call in waiting {
        assert_eq!(call.await.expect("an answer"), 504);
    }
    assert_eq!(fetch(&house, &slow(20)).await.0, 504);
}
