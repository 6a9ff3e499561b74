//! Searches.

use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

async fn found(house: &House, token: &str, kind: &str, body: &Json) -> (u16, Json) {
    house.control(reqwest::Method::POST, "clock", &json!({"advanceSeconds": 1})).await;
    house.post(token, &format!("/crm/objects/2026-09/{kind}/search"), &whole(body)).await
}

/// A search with all the fields that the published description wants.
fn whole(body: &Json) -> Json {
    let mut whole = json!({"filterGroups": [], "sorts": [], "properties": [], "limit": 10, "after": "0"});
    for (name, value) in body.as_object().expect("an object") {
        whole[name] = value.clone();
    }
    whole
}

fn filter(name: &str, operator: &str, value: &str) -> Json {
    json!({"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]})
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let cases = [
        ("contacts", filter("email", "EQ", "leonekohler@surfeu.de"), 1),
        ("contacts", filter("hs_object_id", "GT", "563"), 3),
        ("contacts", filter("hs_object_id", "LTE", "502"), 2),
        ("contacts", filter("email", "CONTAINS_TOKEN", "wavelength*"), 1),
        ("contacts", filter("associations.company", "EQ", "922"), 1),
        ("contacts", filter("hs_email_domain", "EQ", "wavelength.example"), 1),
        ("companies", filter("num_associated_contacts", "GTE", "1"), 14),
        ("deals", filter("amount", "GTE", "15000"), 2),
        ("deals", filter("dealstage", "NEQ", "qualifiedtobuy"), 0),
        ("deals", json!({"query": "fjord"}), 1),
        (
            "contacts",
            json!({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "NOT_HAS_PROPERTY"}]}]}),
            1,
        ),
        (
            "deals",
            json!({"filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "IN", "values": ["701", "702"]}]}]}),
            2,
        ),
        (
            "deals",
            json!({"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "BETWEEN", "value": "600", "highValue": "900"}]}]}),
            2,
        ),
    ];
    for (kind, body, expected) in cases {
        let (status, answer) = found(&house, &token, kind, &body).await;
        assert_eq!((status, &answer["total"]), (200, &json!(expected)), "{body}: {answer}");
    }
    for body in [
        filter("unicorn", "EQ", "1"),
        filter("email", "LIKE", "1"),
        json!({"limit": 201}),
        json!({"after": "9999", "limit": 10}),
    ] {
        assert_eq!(found(&house, &token, "contacts", &body).await.0, 400, "{body}");
    }
}

#[tokio::test]
async fn pages_and_sorts_and_five_a_second() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let body = json!({"sorts": ["-amount"], "limit": 2, "properties": ["amount"]});
    let (_, page) = found(&house, &token, "deals", &body).await;
    let results = page["results"].as_array().expect("a list");
    let amounts: Vec<_> = results.iter().filter_map(|d| d["properties"]["amount"].as_str()).collect();
    assert_eq!((amounts, &page["paging"]["next"]["after"]), (vec!["84000", "15000"], &json!("2")));
    let (_, last) = found(&house, &token, "deals", &json!({"sorts": ["amount"], "limit": 2, "after": "4"})).await;
    assert_eq!((last["results"].as_array().map(Vec::len), last.get("paging")), (Some(1), None));
    house.control(reqwest::Method::POST, "clock", &json!({"advanceSeconds": 1})).await;
    let path = "/crm/objects/2026-09/deals/search";
    for _ in 0..5 {
        assert_eq!(house.post(&token, path, &whole(&json!({}))).await.0, 200);
    }
    let (status, refused) = house.post(&token, path, &whole(&json!({}))).await;
    assert_eq!((status, &refused["policyName"]), (429, &json!("SECONDLY")));
}
