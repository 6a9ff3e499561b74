//! Records that are made, changed, archived, restored, merged and erased, one by one.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

fn new(properties: &Json) -> Json {
    json!({"properties": properties, "associations": []})
}

#[tokio::test]
async fn a_record_is_made_changed_and_archived() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let body = new(&json!({"email": "New.Person@Example.com", "firstname": "New"}));
    let (status, made) = house.post(&token, CONTACTS, &body).await;
    assert_eq!((status, &made["properties"]["email"]), (201, &json!("new.person@example.com")), "{made}");
    let one = format!("{CONTACTS}/{}", made["id"].as_str().expect("an id"));
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 60})).await;
    let change = json!({"properties": {"firstname": "Newer", "phone": "1"}});
    let (status, changed) = house.call(&token, Method::PATCH, &one, Some(&change)).await;
    assert_eq!((status, &changed["properties"]["firstname"]), (200, &json!("Newer")));
    assert!(changed["updatedAt"].as_str() > changed["createdAt"].as_str(), "{changed}");
    house.call(&token, Method::PATCH, &one, Some(&json!({"properties": {"phone": ""}}))).await;
    assert_eq!(house.get(&token, &format!("{one}?properties=phone")).await.1["properties"]["phone"], Json::Null);
    let by_mail = format!("{CONTACTS}/NEW.person%40example.com?idProperty=email");
    assert_eq!(house.call(&token, Method::PATCH, &by_mail, Some(&change)).await.0, 200);
    assert_eq!(house.delete(&token, &one).await, 204);
    assert_eq!(house.delete(&token, &one).await, 204);
    assert_eq!((house.get(&token, &one).await.0, house.get(&token, &by_mail).await.0), (404, 404));
    let (status, archived) = house.get(&token, &format!("{one}?archived=true")).await;
    assert_eq!((status, &archived["archived"]), (200, &json!(true)));
    let (_, list) = house.get(&token, &format!("{CONTACTS}?archived=true")).await;
    assert_eq!(list["results"].as_array().map(Vec::len), Some(1));
    assert!(archived["archivedAt"].is_string());
}

#[tokio::test]
async fn an_address_belongs_to_one_contact() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let twin = new(&json!({"email": "LEONEkohler@surfeu.de"}));
    let (status, refused) = house.post(&token, CONTACTS, &twin).await;
    assert_eq!((status, &refused["category"]), (409, &json!("CONFLICT")));
    assert_eq!(refused["message"], "Contact already exists. Existing ID: 502");
    let change = json!({"properties": {"email": "leonekohler@surfeu.de"}});
    assert_eq!(house.call(&token, Method::PATCH, &format!("{CONTACTS}/501"), Some(&change)).await.0, 409);
    assert_eq!(house.call(&token, Method::PATCH, &format!("{CONTACTS}/502"), Some(&change)).await.0, 200);
    house.delete(&token, &format!("{CONTACTS}/502")).await;
    assert_eq!(house.post(&token, CONTACTS, &twin).await.0, 201);
    let restore = "/_sandbox/portals/4711001/records/contacts/502/restore";
    assert_eq!(house.post("", restore, &json!({})).await.0, 409);
}

#[tokio::test]
async fn wrong_values_are_named() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let cases = [
        ("contacts", "unicorn", "1", "PROPERTY_DOESNT_EXIST"),
        ("contacts", "email", "no address", "INVALID_EMAIL"),
        ("contacts", "lifecyclestage", "dinosaur", "INVALID_OPTION"),
        ("contacts", "hs_object_id", "1", "READ_ONLY_VALUE"),
        ("deals", "amount", "much", "INVALID_INTEGER"),
        ("deals", "closedate", "tomorrow", "INVALID_DATE"),
    ];
    for (kind, name, value, error) in cases {
        let body = new(&json!({name: value}));
        let (status, refused) = house.post(&token, &format!("/crm/objects/2026-09/{kind}"), &body).await;
        assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")), "{name}");
        let message = refused["message"].as_str().expect("text");
        let list = message.strip_prefix("Property values were not valid: ").expect("the list");
        let list: Json = serde_json::from_str(list).expect("JSON inside the text");
        assert_eq!((&list[0]["name"], &list[0]["error"]), (&json!(name), &json!(error)));
    }
    let stage = |value: &str| json!({"properties": {"lifecyclestage": value}});
    let path = format!("{CONTACTS}/501");
    for (value, kept) in [("customer", "customer"), ("lead", "customer"), ("", ""), ("lead", "lead")] {
        let (status, changed) = house.call(&token, Method::PATCH, &path, Some(&stage(value))).await;
        assert_eq!(status, 200);
        let now = &changed["properties"]["lifecyclestage"];
        assert_eq!(now.as_str().unwrap_or_default(), kept, "a stage goes back only over an empty one");
    }
}

#[tokio::test]
async fn merged_contacts_live_on_under_a_new_id_that_the_old_ones_lead_to() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let merge = json!({"primaryObjectId": "501", "objectIdToMerge": "563"});
    let (status, merged) = house.post(&token, &format!("{CONTACTS}/merge"), &merge).await;
    assert_eq!(status, 200, "{merged}");
    let id = merged["id"].as_str().expect("an id");
    assert!(!["501", "563"].contains(&id));
    for old in ["501", "563", id] {
        let path = format!("{CONTACTS}/{old}?properties=hs_merged_object_ids,email,hs_additional_emails");
        let (status, found) = house.get(&token, &path).await;
        assert_eq!((status, &found["id"]), (200, &json!(id)));
        assert_eq!(found["properties"]["hs_merged_object_ids"], "501;563");
        assert_eq!(found["properties"]["hs_additional_emails"], "payables@wavelength.example");
    }
    let read = json!({"inputs": [{"id": "563"}], "properties": [], "propertiesWithHistory": []});
    let (_, read) = house.post(&token, &format!("{CONTACTS}/batch/read"), &read).await;
    assert_eq!(read["results"][0]["id"], id);
    let (_, deals) = house.get(&token, &format!("{CONTACTS}/501/associations/deals")).await;
    assert_eq!(deals["results"][0]["toObjectId"], "702");
    let again = json!({"primaryObjectId": id, "objectIdToMerge": "501"});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/merge"), &again).await.0, 400);
    let gone = json!({"primaryObjectId": "502", "objectIdToMerge": "9999"});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/merge"), &gone).await.0, 404);
}

#[tokio::test]
async fn of_merged_deals_the_primary_one_survives() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let body = json!({"primary": "701", "loser": 702});
    let answer = house.control(Method::POST, "portals/4711001/records/deals/merge", &body).await;
    assert_eq!(answer["objectId"], "701");
    let (_, found) = house.get(&token, "/crm/objects/2026-09/deals/702").await;
    assert_eq!(found["id"], "701");
    let (_, companies) = house.get(&token, "/crm/objects/2026-09/deals/701/associations/companies").await;
    let ids: Vec<_> = companies["results"].as_array().expect("a list").iter().map(|r| &r["toObjectId"]).collect();
    assert_eq!(ids, ["907", "922"]);
}

#[tokio::test]
async fn an_erased_contact_is_gone_for_good() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let erase = json!({"objectId": "leonekohler@surfeu.de", "idProperty": "email"});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/gdpr-delete"), &erase).await.0, 204);
    assert_eq!(house.get(&token, &format!("{CONTACTS}/502")).await.0, 404);
    assert_eq!(house.get(&token, &format!("{CONTACTS}/502?archived=true")).await.0, 404);
    assert_eq!(house.post("", "/_sandbox/portals/4711001/records/contacts/502/restore", &json!({})).await.0, 404);
    house.control(Method::POST, "portals/4711001/records/contacts/501/erase", &json!({})).await;
    assert_eq!(house.get(&token, &format!("{CONTACTS}/501")).await.0, 404);
    assert_eq!(house.post("", "/_sandbox/portals/4711001/records/deals/701/erase", &json!({})).await.0, 400);
    let (_, contacts) = house.get(&token, "/crm/objects/2026-09/companies/901/associations/contacts").await;
    assert_eq!(contacts["results"], json!([]));
}
