//! What HubSpot tells the app about its records.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{Router, extract::Request, http::StatusCode, routing::any};
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{House, NOW, PUBLIC, SECRET};
use crate::sandbox::{data::accounts::DEMO, hubspot::sign};

/// A call that arrived: path, headers by name, body.
#[derive(Debug, Clone)]
struct Arrived {
    path: String,
    v3: Option<String>,
    v1: Option<String>,
    timestamp: Option<String>,
    text: String,
}

impl Arrived {
    fn events(&self) -> Vec<Json> {
        serde_json::from_str(&self.text).expect("a list")
    }
}

/// A program that takes webhook calls, and answers this status.
async fn taker(status: Arc<Mutex<u16>>) -> (String, Arc<Mutex<Vec<Arrived>>>) {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&arrived);
    let handler = move |request: Request| {
        let (kept, status) = (Arc::clone(&kept), Arc::clone(&status));
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 10_000_000).await.expect("a body");
            let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(Arrived {
                path: parts.uri.path().to_owned(),
                v3: header("x-hubspot-signature-v3"),
                v1: header("x-hubspot-signature"),
                timestamp: header("x-hubspot-request-timestamp"),
                text: String::from_utf8_lossy(&body).into_owned(),
            });
            StatusCode::from_u16(*status.lock().unwrap_or_else(PoisonError::into_inner)).expect("a status")
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(handler))).await });
    (url, arrived)
}

async fn delivered(house: &House, arrived: &Mutex<Vec<Arrived>>) -> (Json, Vec<Arrived>) {
    let answer = house.control(Method::POST, "webhooks/deliver", &json!({})).await;
    let calls = std::mem::take(&mut *arrived.lock().unwrap_or_else(PoisonError::into_inner));
    (answer["statuses"].clone(), calls)
}

fn names(calls: &[Arrived]) -> Vec<String> {
    let events = calls.iter().flat_map(Arrived::events);
    events.map(|e| format!("{} {}", e["subscriptionType"].as_str().expect("a name"), e["objectId"])).collect()
}

#[tokio::test]
async fn what_people_do_is_told_signed_and_in_one_list() {
    let house = House::open().await;
    let (url, arrived) = taker(Arc::new(Mutex::new(204))).await;
    house.hubspot.set_backend(url);
    let records = "portals/4711001/records";
    for path in ["contacts/501/archive", "contacts/501/restore", "contacts/503/erase", "companies/901/archive"] {
        house.control(Method::POST, &format!("{records}/{path}"), &json!({})).await;
    }
    let pair = json!({"primary": 504, "loser": 505});
    let merged = house.control(Method::POST, &format!("{records}/contacts/merge"), &pair).await;
    let (statuses, calls) = delivered(&house, &arrived).await;
    assert_eq!((statuses, calls.len()), (json!([204]), 1));
    let new = merged["objectId"].as_str().expect("an id");
    let expected = [
        "contact.deletion 501",
        "contact.restore 501",
        "contact.privacyDeletion 503",
        "contact.deletion 503",
        "company.deletion 901",
        &format!("contact.merge {new}"),
    ];
    assert_eq!(names(&calls), expected);
    let call = &calls[0];
    let uri = format!("{PUBLIC}/webhooks/hubspot");
    let signature = sign::v3(SECRET, "POST", &uri, &call.text, &NOW.to_string());
    assert_eq!((call.path.as_str(), call.v3.as_deref()), ("/webhooks/hubspot", Some(signature.as_str())));
    assert_eq!((call.timestamp.as_deref(), &call.v1), (Some("1795298709000"), &None));
    let events = call.events();
    let first = json!({
        "eventId": 1, "subscriptionId": 3004, "portalId": 4_711_001, "appId": 77, "occurredAt": NOW,
        "subscriptionType": "contact.deletion", "attemptNumber": 0, "objectId": 501, "changeSource": "CRM_UI",
        "sourceId": "userId:9001", "changeFlag": "DELETED",
    });
    assert_eq!(events[0], first);
    let merge = &events[5];
    assert_eq!((&merge["primaryObjectId"], &merge["mergedObjectIds"]), (&json!(504), &json!([505])));
    assert_eq!(merge["newObjectId"].to_string(), new);
    assert_eq!(delivered(&house, &arrived).await.0, json!([]));
}

#[tokio::test]
async fn creation_and_changes_are_told_where_they_are_subscribed() {
    let house = House::open().await;
    let (url, arrived) = taker(Arc::new(Mutex::new(200))).await;
    house.hubspot.set_backend(url);
    let names_wanted = json!({"subscriptions": ["contact.creation", "contact.propertyChange:phone", "deal.propertyChange"], "version": "v1"});
    house.control(Method::PUT, "webhooks", &names_wanted).await;
    let token = house.token(DEMO.refresh_token).await;
    let new = json!({"properties": {"firstname": "A", "phone": "1"}, "associations": []});
    house.post(&token, "/crm/objects/2026-09/contacts", &new).await;
    let change = json!({"properties": {"amount": "12500", "dealname": "New"}});
    house.call(&token, Method::PATCH, "/crm/objects/2026-09/deals/701", Some(&change)).await;
    house.delete(&token, "/crm/objects/2026-09/deals/701").await;
    let (_, calls) = delivered(&house, &arrived).await;
    let found = names(&calls);
    assert_eq!(found.len(), 3, "an unchanged amount is no change: {found:?}");
    assert!(found[0].starts_with("contact.creation ") && found[1].starts_with("contact.propertyChange "), "{found:?}");
    let events = calls[0].events();
    assert_eq!((&events[1]["propertyName"], &events[1]["propertyValue"]), (&json!("phone"), &json!("1")));
    assert_eq!((&events[2]["propertyName"], &events[2]["changeSource"]), (&json!("dealname"), &json!("INTEGRATION")));
    assert_eq!((calls[0].v1.clone(), &calls[0].v3), (Some(sign::v1(SECRET, &calls[0].text)), &None));
}

#[tokio::test]
async fn a_failed_call_is_repeated_ten_times() {
    let house = House::open().await;
    let status = Arc::new(Mutex::new(500));
    let (url, arrived) = taker(Arc::clone(&status)).await;
    house.control(Method::POST, "portals/4711001/records/contacts/501/archive", &json!({})).await;
    assert_eq!(delivered(&house, &arrived).await.0, json!([null]), "nobody listens yet");
    house.hubspot.set_backend(url);
    let (statuses, calls) = delivered(&house, &arrived).await;
    assert_eq!((statuses, &calls[0].events()[0]["attemptNumber"]), (json!([500]), &json!(1)));
    for _ in 2..=10 {
        delivered(&house, &arrived).await;
    }
    let (_, state) = house.get("", "/_sandbox/webhooks").await;
    assert_eq!(
        (state["waiting"].as_array().map(Vec::len), state["givenUp"].as_array().map(Vec::len)),
        (Some(0), Some(1))
    );
    *status.lock().unwrap_or_else(PoisonError::into_inner) = 200;
    house.control(Method::POST, "portals/4711001/records/contacts/501/restore", &json!({})).await;
    assert_eq!(delivered(&house, &arrived).await.0, json!([200]));
    let (_, state) = house.get("", "/_sandbox/webhooks").await;
    assert_eq!((&state["delivered"], &state["failures"]), (&json!(1), &json!(11)));
}

#[tokio::test]
async fn raw_events_go_out_as_they_are_a_hundred_at_a_time() {
    let house = House::open().await;
    let (url, arrived) = taker(Arc::new(Mutex::new(200))).await;
    house.hubspot.set_backend(url);
    let odd = json!({"eventId": 1, "portalId": 1, "subscriptionType": "unicorn.creation", "more": [1]});
    let many: Vec<_> = (0..101).map(|_| odd.clone()).collect();
    house.control(Method::POST, "webhooks/send", &json!(many)).await;
    let (statuses, calls) = delivered(&house, &arrived).await;
    assert_eq!((statuses, calls[0].events().len(), calls[1].events()), (json!([200, 200]), 100, vec![odd]));
}

#[tokio::test]
async fn a_portal_without_the_app_tells_nothing() {
    let house = House::open().await;
    let (url, arrived) = taker(Arc::new(Mutex::new(200))).await;
    house.hubspot.set_backend(url);
    house.control(Method::POST, "portals/4711001/records/contacts/501/archive", &json!({})).await;
    house.control(Method::POST, "portals/4711001/uninstall", &json!({})).await;
    house.control(Method::POST, "portals/4711001/records/contacts/502/archive", &json!({})).await;
    assert_eq!(delivered(&house, &arrived).await.0, json!([]));
}

#[tokio::test]
async fn events_go_out_by_themselves_when_that_is_switched_on() {
    let house = House::open().await;
    let (url, arrived) = taker(Arc::new(Mutex::new(200))).await;
    house.hubspot.set_backend(url);
    house.hubspot.deliver_by_itself();
    house.control(Method::POST, "portals/4711001/records/contacts/501/archive", &json!({})).await;
    for _ in 0..2_000 {
        if !arrived.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            break;
        }
        // Each look is a call of its own, so that the other task has its turn.
        house.get("", "/_sandbox/webhooks").await;
    }
    assert_eq!(names(&arrived.lock().unwrap_or_else(PoisonError::into_inner)), ["contact.deletion 501"]);
}
