//! The local HubSpot over HTTP.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, extract::Request, http::StatusCode, routing::any};
use reqwest::{Client, Method};
use serde_json::{Value as Json, json};

use super::{HubSpot, HubSpotSettings, sign, start};
use crate::{
    clock::{Clock, Millis},
    sandbox::data::accounts::{DEMO, EMPTY},
};

const NOW: i64 = 1_795_298_709_000;
const SECRET: &str = "sandbox-client-secret";
const PUBLIC: &str = "https://ledgercard.example.com";

struct House {
    hubspot: HubSpot,
    client: Client,
}

impl House {
    async fn open() -> Self {
        Self::with_log(None).await
    }

    #[expect(clippy::disallowed_methods, reason = "a test talks to the sandbox without the program's own client")]
    async fn with_log(exchange_log: Option<PathBuf>) -> Self {
        let hubspot = start(HubSpotSettings {
            listen: "127.0.0.1:0".parse().expect("an address"),
            clock: Clock::manual(Millis(NOW), 3),
            client_id: "client".to_owned(),
            client_secret: SECRET.to_owned(),
            app_id: "77".to_owned(),
            public_url: PUBLIC.to_owned(),
            backend: None,
            preview_dir: None,
            exchange_log,
            installed: true,
        });
        let hubspot = hubspot.await.expect("it starts");
        Self { hubspot, client: Client::builder().no_proxy().build().expect("a client") }
    }

    async fn ask_token(&self, refresh: &str) -> (u16, Json) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "client"),
            ("client_secret", SECRET),
            ("refresh_token", refresh),
        ];
        let call = self.client.post(format!("{}/oauth/2026-09/token", self.hubspot.url())).form(&form);
        let answer = call.send().await.expect("sent");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn token(&self, refresh: &str) -> String {
        let (status, answer) = self.ask_token(refresh).await;
        assert_eq!((status, &answer["expires_in"]), (200, &json!(1_800)));
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: Option<&Json>) -> (u16, Json) {
        let call = self.client.request(method, format!("{}{path}", self.hubspot.url())).bearer_auth(token);
        let call = if let Some(body) = body { call.json(body) } else { call };
        let answer = call.send().await.expect("sent");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Json) {
        self.call(token, Method::GET, path, None).await
    }

    async fn control(&self, method: Method, path: &str, body: &Json) {
        let url = format!("{}/_sandbox/{path}", self.hubspot.url());
        let status = self.client.request(method, url).json(body).send().await.expect("sent").status();
        assert!(status.is_success(), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_refresh_token_brings_an_access_token_of_its_own_portal() {
    let house = House::open().await;
    let (demo, empty) = (house.token(DEMO.refresh_token).await, house.token(EMPTY.refresh_token).await);
    let details = house.get(&demo, "/account-info/2026-09/details").await.1;
    assert_eq!((&details["portalId"], &details["timeZone"]), (&json!(4_711_001), &json!("Europe/Stockholm")));
    assert_eq!((&details["utcOffset"], &details["utcOffsetMilliseconds"]), (&json!("+01:00"), &json!(3_600_000)));
    assert_eq!(house.get(&demo, "/crm/objects/2026-09/contacts/502").await.0, 200);
    assert_eq!(house.get(&empty, "/crm/objects/2026-09/contacts/502").await.0, 404);
    let (status, refused) = house.ask_token("nonsense").await;
    assert_eq!(
        (status, &refused["status"], &refused["error"]),
        (400, &json!("BAD_REFRESH_TOKEN"), &json!("invalid_grant"))
    );
    assert_eq!(house.get("nonsense", "/account-info/2026-09/details").await.1["category"], "INVALID_AUTHENTICATION");
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 1_801})).await;
    let (status, refused) = house.get(&demo, "/account-info/2026-09/details").await;
    assert_eq!((status, &refused["category"]), (401, &json!("EXPIRED_AUTHENTICATION")));
}

#[tokio::test]
async fn objects_are_read_one_by_one_in_lists_and_in_batches() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, contact) =
        house.get(&token, "/crm/objects/2026-09/0-1/502?properties=email,hs_additional_emails,nonsense").await;
    assert_eq!(contact["properties"]["email"], "leonekohler@surfeu.de");
    assert_eq!((&contact["properties"]["hs_additional_emails"], &contact["archived"]), (&Json::Null, &json!(false)));
    assert!(contact["properties"].get("nonsense").is_none());
    let by_second = "/crm/objects/2026-09/contacts/rechnung%40allegro-musikhaus.example?idProperty=email";
    assert_eq!(house.get(&token, by_second).await.1["id"], "561");
    let (_, page) = house.get(&token, "/crm/objects/2026-09/companies?limit=3").await;
    assert_eq!(page["results"].as_array().map(Vec::len), Some(3));
    assert_eq!(page["paging"]["next"]["after"], "903");
    let (_, next) = house.get(&token, "/crm/objects/2026-09/companies?limit=100&after=903").await;
    assert_eq!((&next["results"][0]["id"], next.get("paging")), (&json!("904"), None));
    let batch = |ids: &[&str]| json!({"inputs": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(), "properties": ["dealname"], "propertiesWithHistory": []});
    let path = "/crm/objects/2026-09/deals/batch/read";
    let (status, all) = house.call(&token, Method::POST, path, Some(&batch(&["701", "702"]))).await;
    assert_eq!((status, all["results"].as_array().map(Vec::len)), (200, Some(2)));
    let (status, some) = house.call(&token, Method::POST, path, Some(&batch(&["701", "799"]))).await;
    assert_eq!((status, &some["numErrors"], &some["errors"][0]["context"]["ids"]), (207, &json!(1), &json!(["799"])));
    let many: Vec<_> = (0..101).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(house.call(&token, Method::POST, path, Some(&batch(&many))).await.0, 400);
    assert_eq!(house.get(&token, "/crm/objects/2026-09/unicorns/1").await.0, 400);
    assert_eq!(house.get(&token, "/crm/objects/2025-01/contacts/1").await.0, 404);
    assert_eq!(house.get(&token, "/crm/objects/2026-09/contacts?limit=101").await.0, 400);
}

#[tokio::test]
async fn associations_are_seen_from_both_sides() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, companies) = house.get(&token, "/crm/objects/2026-09/contacts/563/associations/companies").await;
    assert_eq!(companies["results"][0]["toObjectId"], "922");
    let types = companies["results"][0]["associationTypes"].as_array().expect("types");
    assert_eq!(types.iter().map(|t| t["typeId"].as_u64().expect("an id")).collect::<Vec<_>>(), [1, 279]);
    let (_, contacts) = house.get(&token, "/crm/objects/2026-09/0-2/922/associations/0-1").await;
    assert_eq!(contacts["results"][0]["toObjectId"], "563");
    let body = json!({"inputs": [{"id": "701"}, {"id": "704"}]});
    let (status, pairs) =
        house.call(&token, Method::POST, "/crm/associations/2026-09/deals/companies/batch/read", Some(&body)).await;
    assert_eq!(
        (status, pairs["results"].as_array().map(Vec::len), pairs["errors"].as_array().map(Vec::len)),
        (207, Some(1), Some(1))
    );
    assert_eq!(pairs["results"][0]["to"][0]["associationTypes"][0]["typeId"], 5);
}

#[tokio::test]
async fn the_hundred_and_eleventh_call_in_ten_seconds_is_refused() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    for _ in 0..110 {
        assert_eq!(house.get(&token, "/account-info/2026-09/details").await.0, 200);
    }
    let (status, refused) = house.get(&token, "/account-info/2026-09/details").await;
    assert_eq!((status, &refused["policyName"]), (429, &json!("TEN_SECONDLY_ROLLING")));
    let other = house.token(EMPTY.refresh_token).await;
    assert_eq!(house.get(&other, "/account-info/2026-09/details").await.0, 200);
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 10})).await;
    let url = format!("{}/account-info/2026-09/details", house.hubspot.url());
    let answer = house.client.get(url).bearer_auth(&token).send().await.expect("sent");
    assert_eq!(answer.headers()["x-hubspot-ratelimit-remaining"], "109");
    let figures: Json = house
        .client
        .get(format!("{}/_sandbox/stats", house.hubspot.url()))
        .send()
        .await
        .expect("sent")
        .json()
        .await
        .expect("JSON");
    assert_eq!((&figures["throttled"], &figures["calls"]["account"]), (&json!(1), &json!(113)));
}

/// A stand-in for the program: answers by path, and says what arrived.
async fn program() -> (String, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handler = move |request: Request| {
        let counted = Arc::clone(&counted);
        async move {
            let at = counted.fetch_add(1, Ordering::SeqCst);
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 10_000_000).await.expect("a body");
            let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
            let seen = json!({
                "uri": parts.uri.to_string(), "body": String::from_utf8_lossy(&body), "v3": header("x-hubspot-signature-v3"),
                "timestamp": header("x-hubspot-request-timestamp"), "authorization": header("authorization"),
            });
            match parts.uri.path() {
                "/once-broken" if at == 0 => (StatusCode::SERVICE_UNAVAILABLE, "down".to_owned()),
                "/broken" => (StatusCode::INTERNAL_SERVER_ERROR, "down".to_owned()),
                "/missing" => (StatusCode::NOT_FOUND, r#"{"title":"missing"}"#.to_owned()),
                "/large" => (StatusCode::OK, "x".repeat(1_100_000)),
                "/slow" => std::future::pending().await,
                _ => (StatusCode::OK, seen.to_string()),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(handler))).await });
    (url, calls)
}

fn asked(method: &str, uri: &str, more: &Json) -> Json {
    let mut asked = json!({"portalId": 4_711_001, "userId": "9002", "userEmail": "bruno+crm@chinook.example", "requestUri": uri, "method": method});
    for (key, value) in more.as_object().expect("an object") {
        asked[key] = value.clone();
    }
    asked
}

async fn fetch(house: &House, asked: &Json) -> (u16, Json) {
    house.call("", Method::POST, "/_sandbox/proxy", Some(asked)).await
}

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

#[tokio::test]
async fn exchanges_are_logged_as_the_check_wants_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("exchanges.jsonl");
    let house = House::with_log(Some(path.clone())).await;
    let token = house.token(DEMO.refresh_token).await;
    house.get(&token, "/crm/objects/2026-09/contacts/502?properties=email").await;
    fetch(&house, &asked("GET", &format!("{PUBLIC}/x"), &json!({}))).await;
    let log = std::fs::read_to_string(path).expect("the log");
    let lines: Vec<Json> = log.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert_eq!(lines[1]["url"], "https://api.hubapi.com/crm/objects/2026-09/contacts/502?properties=email");
    assert_eq!((&lines[1]["method"], &lines[1]["status"]), (&json!("GET"), &json!(200)));
}

#[tokio::test]
async fn catalogue_and_plant_fit_each_other() {
    let house = House::open().await;
    let get = async |path: &str| {
        let url = format!("{}/_sandbox/{path}", house.hubspot.url());
        house.client.get(url).send().await.expect("sent").json::<Json>().await.expect("JSON")
    };
    let (catalogue, plant) = (get("catalogue").await, get("plant").await);
    assert_eq!((&catalogue["appId"], &catalogue["publicUrl"]), (&json!("77"), &json!(PUBLIC)));
    assert_eq!(catalogue["portals"][1]["tags"], json!(["no_connection"]));
    let records = catalogue["portals"][0]["records"].as_array().expect("records");
    for link in plant["links"].as_array().expect("links") {
        let record =
            records.iter().find(|r| r["objectTypeId"] == link["objectTypeId"] && r["objectId"] == link["objectId"]);
        let tags = record.expect("a record")["tags"].to_string();
        assert!(tags.contains("linked"), "{link} {tags}");
    }
    assert_eq!(plant["connections"][0]["label"], "tstdrv4711");
}
