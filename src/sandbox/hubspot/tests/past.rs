//! What was: property histories and the recycle bin.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

async fn seconds_pass(house: &House, seconds: i64) {
    house.control(Method::POST, "clock", &json!({"advanceSeconds": seconds})).await;
}

async fn city(house: &House, token: &str, value: &str) {
    let body = json!({"properties": {"city": value}});
    assert_eq!(house.call(token, Method::PATCH, &format!("{CONTACTS}/501"), Some(&body)).await.0, 200);
}

fn told(history: &Json) -> Vec<(&str, &str, &str)> {
    let text = |entry: &'_ Json, name: &str| entry[name].as_str().map_or("", |t| t).to_owned().leak() as &str;
    let entries = history.as_array().expect("a list");
    entries.iter().map(|e| (text(e, "value"), text(e, "sourceType"), text(e, "sourceId"))).collect()
}

#[tokio::test]
async fn a_property_tells_who_wrote_what_newest_first() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    city(&house, &token, "Oslo").await;
    seconds_pass(&house, 60).await;
    let person = json!({"properties": {"city": "Bergen"}, "userId": 9002});
    let (status, _) =
        house.call("", Method::PATCH, "/_sandbox/portals/4711001/records/contacts/501", Some(&person)).await;
    assert_eq!(status, 204);
    seconds_pass(&house, 60).await;
    city(&house, &token, "").await;
    city(&house, &token, "").await;
    let one = format!("{CONTACTS}/501?propertiesWithHistory=city,firstname,email,phone");
    let (_, contact) = house.get(&token, &one).await;
    let history = &contact["propertiesWithHistory"];
    let expected = [("", "INTEGRATION", "77"), ("Bergen", "CRM_UI", "userId:9002"), ("Oslo", "INTEGRATION", "77")];
    assert_eq!(told(&history["city"]), expected);
    assert_eq!(history["city"][1]["updatedByUserId"], 9002);
    assert!(history["city"][0]["timestamp"].as_str() > history["city"][1]["timestamp"].as_str());
    assert_eq!(contact["properties"]["city"], Json::Null);
    assert_eq!(told(&history["firstname"]).len(), 1, "what was never changed has one value");
    assert_eq!((told(&history["firstname"])[0].1, &history["phone"]), ("IMPORT", &json!([])));
    let batch = json!({"inputs": [{"id": "501"}], "properties": ["city"], "propertiesWithHistory": ["city"]});
    let (_, read) = house.post(&token, &format!("{CONTACTS}/batch/read"), &batch).await;
    assert_eq!(read["results"][0]["propertiesWithHistory"]["city"], history["city"]);
    let (_, list) = house.get(&token, &format!("{CONTACTS}?limit=50&propertiesWithHistory=city")).await;
    assert_eq!(list["results"][0]["propertiesWithHistory"]["city"], history["city"]);
    assert_eq!(house.get(&token, &format!("{CONTACTS}?limit=51&propertiesWithHistory=city")).await.0, 400);
}

#[tokio::test]
async fn at_least_twenty_values_are_kept() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    for n in 0..50 {
        city(&house, &token, &format!("Town {n}")).await;
    }
    let (_, contact) = house.get(&token, &format!("{CONTACTS}/501?propertiesWithHistory=city")).await;
    let history = told(&contact["propertiesWithHistory"]["city"]);
    assert_eq!((history.len(), history[0].0), (45, "Town 49"));
}

#[tokio::test]
async fn a_merged_record_has_a_value_that_came_from_the_other_in_its_history() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let phone = json!({"properties": {"phone": "563"}});
    house.call(&token, Method::PATCH, &format!("{CONTACTS}/563"), Some(&phone)).await;
    let merge = json!({"primaryObjectId": "501", "objectIdToMerge": "563"});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/merge"), &merge).await.0, 200);
    let (_, contact) = house.get(&token, &format!("{CONTACTS}/501?propertiesWithHistory=phone,firstname")).await;
    assert_eq!(contact["properties"]["phone"], "563");
    assert_eq!(told(&contact["propertiesWithHistory"]["phone"]), [("563", "INTEGRATION", "77")]);
}

#[tokio::test]
async fn the_recycle_bin_keeps_ninety_days() {
    let house = House::open().await;
    for id in [502, 515] {
        house.control(Method::POST, &format!("portals/4711001/records/contacts/{id}/archive"), &json!({})).await;
        seconds_pass(&house, 86_400).await;
    }
    seconds_pass(&house, 89 * 86_400).await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, bin) = house.get(&token, &format!("{CONTACTS}?archived=true")).await;
    let ids: Vec<_> = bin["results"].as_array().expect("a list").iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids, ["515"]);
    let restore = |id: u32| format!("/_sandbox/portals/4711001/records/contacts/{id}/restore");
    assert_eq!(house.post("", &restore(502), &json!({})).await.0, 404);
    assert_eq!(house.post("", &restore(515), &json!({})).await.0, 204);
    let told = house.control(Method::GET, "webhooks", &json!({})).await;
    let names: Vec<_> =
        told["waiting"].as_array().expect("a list").iter().filter_map(|e| e["subscriptionType"].as_str()).collect();
    assert_eq!(names, ["contact.deletion", "contact.deletion", "contact.restore"]);
}
