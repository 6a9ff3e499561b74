//! Tokens, reads, limits, and what the controls tell.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{House, PUBLIC, SECRET, asked, fetch};
use crate::sandbox::data::accounts::{DEMO, EMPTY};

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
    assert!(lines[0]["response_body"].as_str().expect("text").contains(r#""access_token":"hidden""#), "{log}");
    for secret in [token.as_str(), DEMO.refresh_token, SECRET] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
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

#[tokio::test]
async fn faults_hit_batches_by_their_finer_name_and_pages_come_empty_or_twice() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let fault = async |operation: &str, action: Json| {
        let list = json!([{"operation": operation, "action": action}]);
        house.control(Method::PUT, "faults", &list).await
    };
    let one = "/crm/objects/2026-09/contacts/501";
    let rows = json!({"inputs": [{"id": "501", "properties": {"city": "Visby"}}]});
    let update = "/crm/objects/2026-09/contacts/batch/update";
    fault("batchUpdate", json!({"kind": "status", "status": 477, "retryAfter": 30})).await;
    assert_eq!(house.post(&token, update, &rows).await.0, 477);
    assert_eq!(house.get(&token, one).await.0, 200);
    fault("objects", json!({"kind": "status", "status": 423})).await;
    assert_eq!(house.post(&token, update, &rows).await.0, 423);
    house.control(Method::PUT, "faults", &json!([])).await;
    let page = async |after: u32| {
        let (_, page) = house.get(&token, &format!("/crm/objects/2026-09/contacts?limit=2&after={after}")).await;
        let rows = page["results"].as_array().expect("a list").clone();
        rows.into_iter().map(|r| r["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(page(500).await, ["501", "502"]);
    fault("objects", json!({"kind": "repeatPage"})).await;
    assert_eq!(page(502).await, ["501", "502"]);
    fault("objects", json!({"kind": "empty"})).await;
    assert!(page(502).await.is_empty());
    fault("batchUpdate", json!({"kind": "lost"})).await;
    let call = house.client.post(format!("{}{update}", house.hubspot.url())).bearer_auth(&token).json(&rows);
    assert!(call.send().await.is_err());
    let (_, found) = house.get(&token, &format!("{one}?properties=city")).await;
    assert_eq!(found["properties"]["city"], "Visby", "it was carried out");
}
