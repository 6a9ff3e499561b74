//! The pages on which a person sees records, and what is counted of writes.

use reqwest::Method;
use serde_json::json;

use super::House;
use crate::sandbox::data::accounts::DEMO;

#[tokio::test]
async fn a_person_finds_a_record_and_what_belongs_to_it() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let change = json!({"properties": {"city": "<b>Oslo</b>"}});
    house.call(&token, Method::PATCH, "/crm/objects/2026-09/contacts/515", Some(&change)).await;
    let (status, list) = house.page("/contacts/4711001/objects/0-1/views/all?q=fjord").await;
    assert_eq!(status, 200);
    assert!(list.contains("/contacts/4711001/record/0-1/560") && !list.contains("record/0-1/515"), "{list}");
    let (_, first) = house.page("/contacts/4711001/objects/0-1/views/all").await;
    let at = |id: u32| first.find(&format!("/record/0-1/{id}\""));
    assert!(at(566) < at(561) && at(566).is_some(), "the newest come first");
    assert!(first.contains("Older records"));
    let (status, record) = house.page("/contacts/4711001/record/0-1/515").await;
    assert_eq!(status, 200);
    for text in ["&lt;b&gt;Oslo&lt;/b&gt;", "INTEGRATION", "IMPORT", "/contacts/4711001/record/0-2/907", "Primary"] {
        assert!(record.contains(text), "{text}: {record}");
    }
    assert_eq!(house.page("/contacts/4711001/record/0-1/9999").await.0, 404);
    assert_eq!(house.page("/contacts/1/objects/0-1/views/all").await.0, 404);
    let merge = json!({"primary": "501", "loser": "563"});
    house.control(Method::POST, "portals/4711001/records/contacts/merge", &merge).await;
    assert_eq!(house.page("/contacts/4711001/record/0-1/563").await.0, 307);
}

#[tokio::test]
async fn writes_are_counted_by_their_kind() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let rows: Vec<_> =
        (0..3).map(|n| json!({"properties": {"firstname": n.to_string()}, "associations": []})).collect();
    let path = "/crm/objects/2026-09/contacts/batch/create";
    assert_eq!(house.post(&token, path, &json!({"inputs": rows})).await.0, 201);
    let archive = json!({"inputs": [{"id": "501"}, {"id": "502"}]});
    assert_eq!(house.post(&token, "/crm/objects/2026-09/0-1/batch/archive", &archive).await.0, 204);
    let pairs = json!({"inputs": [{"from": {"id": "503"}, "to": {"id": "901"}}]});
    let connect = "/crm/associations/2026-09/contacts/companies/batch/associate/default";
    assert_eq!(house.post(&token, connect, &pairs).await.0, 200);
    let refused = json!({"properties": {"email": "no address"}, "associations": []});
    assert_eq!(house.post(&token, "/crm/objects/2026-09/contacts", &refused).await.0, 400);
    house.get(&token, "/crm/objects/2026-09/contacts/503").await;
    let figures = house.control(Method::GET, "stats", &json!({})).await;
    assert_eq!(
        figures["written"],
        json!({
            "POST contacts/batch/create": {"calls": 1, "rows": 3},
            "POST contacts/batch/archive": {"calls": 1, "rows": 2},
            "POST associations/contacts/companies/batch/associate/default": {"calls": 1, "rows": 1},
        })
    );
}
