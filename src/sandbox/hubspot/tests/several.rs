//! Records in batches.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

const COMPANIES: &str = "/crm/objects/2026-09/companies";

fn inputs(inputs: &[Json]) -> Json {
    json!({"inputs": inputs})
}

fn named(name: &str, trace: Option<&str>) -> Json {
    let mut input = json!({"properties": {"name": name}, "associations": []});
    if let Some(trace) = trace {
        input["objectWriteTraceId"] = json!(trace);
    }
    input
}

async fn count(house: &House, token: &str) -> usize {
    let (_, page) = house.get(token, &format!("{COMPANIES}?limit=100")).await;
    page["results"].as_array().expect("a list").len()
}

async fn keyed(house: &House, token: &str) {
    let key = json!({
        "name": "ledgercard_key", "label": "Key", "groupName": "companyinformation", "type": "string",
        "fieldType": "text", "hasUniqueValue": true,
    });
    assert_eq!(house.post(token, "/crm/properties/2026-09/companies", &key).await.0, 201);
}

#[tokio::test]
async fn one_wrong_input_fails_the_batch_unless_every_input_has_a_trace_id() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let path = format!("{COMPANIES}/batch/create");
    let before = count(&house, &token).await;
    let wrong = json!({"properties": {"unicorn": "1"}, "associations": [], "objectWriteTraceId": "b"});
    let (status, refused) = house.post(&token, &path, &inputs(&[named("A", None), wrong.clone()])).await;
    assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")));
    assert_eq!(count(&house, &token).await, before);
    let (status, some) = house.post(&token, &path, &inputs(&[named("A", Some("a")), wrong])).await;
    assert_eq!((status, &some["numErrors"]), (207, &json!(1)));
    assert_eq!(some["errors"][0]["context"]["objectWriteTraceId"], json!(["b"]));
    assert_eq!((&some["results"][0]["objectWriteTraceId"], &some["status"]), (&json!("a"), &json!("COMPLETE")));
    assert_eq!(count(&house, &token).await, before + 1);
    let (status, all) = house.post(&token, &path, &inputs(&[named("B", None), named("C", None)])).await;
    assert_eq!((status, all["results"].as_array().map(Vec::len)), (201, Some(2)));
    let many: Vec<_> = (0..101).map(|n| named(&n.to_string(), None)).collect();
    assert_eq!(house.post(&token, &path, &inputs(&many)).await.0, 400);
}

#[tokio::test]
async fn an_update_tells_which_ids_are_not_there() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let path = format!("{COMPANIES}/batch/update");
    let change = |id: &str| json!({"id": id, "properties": {"city": "Oslo"}});
    let (status, some) = house.post(&token, &path, &inputs(&[change("901"), change("9999")])).await;
    assert_eq!((status, &some["errors"][0]["context"]["ids"]), (207, &json!(["9999"])));
    assert_eq!(some["results"][0]["properties"]["city"], "Oslo");
    let (status, refused) = house.post(&token, &path, &inputs(&[change("901"), change("901")])).await;
    assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")));
    let by_mail = json!({"id": "leonekohler@surfeu.de", "idProperty": "email", "properties": {"phone": "1"}});
    let contacts = "/crm/objects/2026-09/contacts/batch/update";
    let (status, refused) = house.post(&token, contacts, &inputs(&[by_mail])).await;
    assert_eq!(status, 400);
    assert!(refused["message"].as_str().expect("text").contains("non-unique property"), "{refused}");
}

#[tokio::test]
async fn an_upsert_by_a_unique_property_makes_once_and_changes_after() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    keyed(&house, &token).await;
    let path = format!("{COMPANIES}/batch/upsert");
    let put = |id: &str, name: &str| json!({"id": id, "idProperty": "ledgercard_key", "properties": {"name": name, "ledgercard_key": id}});
    let (status, made) = house.post(&token, &path, &inputs(&[put("ns:1", "One"), put("ns:2", "Two")])).await;
    assert_eq!((status, &made["results"][0]["new"], &made["results"][1]["new"]), (200, &json!(true), &json!(true)));
    let (_, again) = house.post(&token, &path, &inputs(&[put("ns:1", "Uno"), put("ns:3", "Three")])).await;
    assert_eq!((&again["results"][0]["new"], &again["results"][0]["id"]), (&json!(false), &made["results"][0]["id"]));
    assert_eq!(again["results"][1]["new"], true);
    let read = json!({"inputs": [{"id": "NS:1"}], "idProperty": "ledgercard_key", "properties": ["name"], "propertiesWithHistory": []});
    let (_, read) = house.post(&token, &format!("{COMPANIES}/batch/read"), &read).await;
    assert_eq!(read["results"][0]["properties"]["name"], "Uno");
    let clash = json!({"id": "901", "properties": {"ledgercard_key": "ns:2"}});
    let (status, refused) = house.post(&token, &format!("{COMPANIES}/batch/update"), &inputs(&[clash])).await;
    assert_eq!((status, &refused["category"]), (409, &json!("CONFLICT")));
    let by_name = json!({"id": "One", "idProperty": "name", "properties": {}});
    assert_eq!(house.post(&token, &path, &inputs(&[by_name])).await.0, 400);
    let twice = [put("ns:9", "A"), put("NS:9", "B")];
    assert_eq!(house.post(&token, &path, &inputs(&twice)).await.0, 400);
}

#[tokio::test]
async fn an_archived_property_takes_its_values_along() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    keyed(&house, &token).await;
    let change = json!({"properties": {"ledgercard_key": "ns:1"}});
    assert_eq!(house.call(&token, Method::PATCH, &format!("{COMPANIES}/901"), Some(&change)).await.0, 200);
    house.delete(&token, "/crm/properties/2026-09/companies/ledgercard_key").await;
    let by_key = format!("{COMPANIES}/ns:1?idProperty=ledgercard_key");
    assert_eq!(house.get(&token, &by_key).await.0, 400);
    keyed(&house, &token).await;
    assert_eq!(house.get(&token, &by_key).await.0, 404);
    assert_eq!(house.call(&token, Method::PATCH, &format!("{COMPANIES}/902"), Some(&change)).await.0, 200);
    assert_eq!(house.get(&token, &by_key).await.1["id"], "902");
}

#[tokio::test]
async fn a_batch_is_archived_whole() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let ids = inputs(&[json!({"id": "901"}), json!({"id": "902"}), json!({"id": "9999"})]);
    assert_eq!(house.post(&token, &format!("{COMPANIES}/batch/archive"), &ids).await.0, 204);
    let ask = json!({"inputs": [{"id": "901"}, {"id": "903"}], "properties": [], "propertiesWithHistory": []});
    let (status, live) = house.post(&token, &format!("{COMPANIES}/batch/read"), &ask).await;
    assert_eq!((status, &live["results"][0]["id"]), (207, &json!("903")));
    let (_, archived) = house.post(&token, &format!("{COMPANIES}/batch/read?archived=true"), &ask).await;
    assert_eq!(archived["results"][0]["id"], "901");
    house.control(Method::POST, "portals/4711001/records/companies/901/restore", &json!({})).await;
    assert_eq!(house.get(&token, &format!("{COMPANIES}/901")).await.0, 200);
}
