//! Searches over many records and over what changed within a window.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{House, NOW};
use crate::sandbox::data::accounts::DEMO;

const SEARCH: &str = "/crm/objects/2026-09/contacts/search";

/// Records that changed within a window behind an id, as the app pages through them.
fn window(from: i64, to: i64, behind: u64) -> Json {
    let stamps = json!({"propertyName": "lastmodifieddate", "operator": "BETWEEN", "value": from.to_string(), "highValue": to.to_string()});
    let ids = json!({"propertyName": "hs_object_id", "operator": "GT", "value": behind.to_string()});
    json!({
        "filterGroups": [{"filters": [stamps, ids]}], "sorts": ["hs_object_id"],
        "properties": ["email"], "limit": 200, "after": "0",
    })
}

/// All ids of a window, page by page, and the total that the first page told.
async fn all(house: &House, token: &str, from: i64, to: i64) -> (Vec<u64>, u64) {
    let (mut ids, mut first) = (Vec::<u64>::new(), None);
    loop {
        let behind = ids.last().copied().unwrap_or(0);
        let (status, page) = house.post(token, SEARCH, &window(from, to, behind)).await;
        assert_eq!(status, 200, "{page}");
        first.get_or_insert(page["total"].as_u64().expect("a total"));
        let rows = page["results"].as_array().expect("a list");
        ids.extend(rows.iter().filter_map(|r| r["id"].as_str()?.parse::<u64>().ok()));
        if rows.len() < 200 {
            return (ids, first.unwrap_or(0));
        }
    }
}

async fn crowded(count: u64) -> (House, String, u64) {
    let house = House::open().await;
    house.control(Method::PUT, "limits", &json!({"factor": 1_000})).await;
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 100})).await;
    let made = house
        .control(
            Method::POST,
            "portals/4711001/records/contacts/bulk",
            &json!({"count": count, "seed": 5, "mailed": 80}),
        )
        .await;
    let token = house.token(DEMO.refresh_token).await;
    let first = made["first"].as_str().and_then(|t| t.parse().ok()).expect("an id");
    (house, token, first)
}

#[tokio::test]
async fn a_window_over_thousands_of_one_instant_is_paged_by_id() {
    let (house, token, first) = crowded(3_000).await;
    let made = NOW + 100_000;
    let (ids, total) = all(&house, &token, made, made).await;
    assert_eq!((ids.len(), total, ids[0]), (3_000, 3_000, first));
    assert!(ids.windows(2).all(|w| w[0] < w[1]));
    assert_eq!(all(&house, &token, made + 1, made + 1_000_000).await.0.len(), 0);
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 10})).await;
    for id in [first, first + 1_500, first + 2_999] {
        let change = json!({"properties": {"city": "Elsewhere"}});
        let path = format!("/crm/objects/2026-09/contacts/{id}");
        assert_eq!(house.call(&token, Method::PATCH, &path, Some(&change)).await.0, 200);
    }
    house.delete(&token, &format!("/crm/objects/2026-09/contacts/{}", first + 7)).await;
    assert_eq!(all(&house, &token, made, made).await.1, 2_996);
    let (late, total) = all(&house, &token, made + 1, made + 60_000).await;
    assert_eq!((late, total), (vec![first, first + 1_500, first + 2_999], 3));
}

#[tokio::test]
async fn what_the_index_counts_is_what_a_look_at_all_rows_counts() {
    let (house, token, first) = crowded(1_200).await;
    let count = async |filters: Json| {
        let body =
            json!({"filterGroups": [{"filters": filters}], "sorts": [], "properties": [], "limit": 200, "after": "0"});
        let (status, page) = house.post(&token, SEARCH, &body).await;
        assert_eq!(status, 200, "{page}");
        (page["total"].as_u64().expect("a total"), page["results"].clone())
    };
    let from = (first + 100).to_string();
    let (bare, page) = count(json!([{"propertyName": "hs_object_id", "operator": "GTE", "value": from}])).await;
    // A filter that every record passes makes the sandbox look at each of them.
    let always = json!({"propertyName": "createdate", "operator": "GT", "value": "0"});
    let (looked, same) =
        count(json!([{"propertyName": "hs_object_id", "operator": "GTE", "value": from}, always])).await;
    assert_eq!((bare, &page), (looked, &same));
    assert_eq!((bare, &page[0]["id"]), (1_100, &json!(from)));
    let (mailed, _) = count(json!([{"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "crowd"}])).await;
    assert!((850..1_080).contains(&mailed), "{mailed}");
    let mail = page[0]["properties"]["email"].as_str().or(page[1]["properties"]["email"].as_str()).expect("an address");
    let (one, _) =
        count(json!([{"propertyName": "email", "operator": "IN", "values": [mail, "leonekohler@surfeu.de"]}])).await;
    assert_eq!(one, 2);
}

#[tokio::test]
async fn searches_see_changes_late_and_in_their_order_when_the_index_lags() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    house.control(Method::PUT, "limits", &json!({"factor": 1_000})).await;
    house.control(Method::PUT, "portals/4711001/search", &json!({"lagMs": 30_000})).await;
    let found = async |name: &str| {
        let filters = json!([{"propertyName": "firstname", "operator": "EQ", "value": name}]);
        let body = json!({"filterGroups": [{"filters": filters}], "sorts": [], "properties": ["firstname"], "limit": 10, "after": "0"});
        let (_, page) = house.post(&token, SEARCH, &body).await;
        page["total"].as_u64().expect("a total")
    };
    let pass = async |seconds: i64| house.control(Method::POST, "clock", &json!({"advanceSeconds": seconds})).await;
    let new = json!({"properties": {"firstname": "Early"}, "associations": []});
    let (_, made) = house.post(&token, "/crm/objects/2026-09/contacts", &new).await;
    let path = format!("/crm/objects/2026-09/contacts/{}", made["id"].as_str().expect("an id"));
    assert_eq!((house.get(&token, &path).await.0, found("Early").await), (200, 0), "reads are not late");
    pass(20).await;
    let change = json!({"properties": {"firstname": "Later"}});
    assert_eq!(house.call(&token, Method::PATCH, &path, Some(&change)).await.0, 200);
    pass(11).await;
    assert_eq!((found("Early").await, found("Later").await), (1, 0));
    pass(20).await;
    assert_eq!((found("Early").await, found("Later").await), (0, 1));
    house.delete(&token, &path).await;
    assert_eq!(found("Later").await, 1);
    house.control(Method::PUT, "portals/4711001/search", &json!({"lagMs": 0})).await;
    assert_eq!(found("Later").await, 0);
}
