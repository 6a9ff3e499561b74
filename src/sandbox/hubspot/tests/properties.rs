//! Properties and groups.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

fn key() -> Json {
    json!({
        "name": "ledgercard_key", "label": "Ledgercard key", "groupName": "ledgercard", "type": "string",
        "fieldType": "text", "hasUniqueValue": true, "description": "d", "formField": false, "hidden": false,
    })
}

#[tokio::test]
async fn a_property_is_made_once_and_again_after_it_was_archived() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    for kind in ["contacts", "companies", "0-3"] {
        let base = format!("/crm/properties/2026-09/{kind}");
        assert_eq!(house.post(&token, &base, &key()).await.0, 400, "the group is not there yet");
        let group = json!({"name": "ledgercard", "label": "Ledgercard"});
        assert_eq!(house.post(&token, &format!("{base}/groups"), &group).await.0, 201);
        let (status, refused) = house.post(&token, &format!("{base}/groups"), &group).await;
        assert_eq!((status, &refused["category"]), (409, &json!("OBJECT_ALREADY_EXISTS")));
        let (status, made) = house.post(&token, &base, &key()).await;
        assert_eq!((status, &made["hasUniqueValue"], &made["archived"]), (201, &json!(true), &json!(false)));
        let (status, refused) = house.post(&token, &base, &key()).await;
        assert_eq!((status, &refused["message"]), (409, &json!("A property named 'ledgercard_key' already exists.")));
        let one = format!("{base}/ledgercard_key");
        assert_eq!(house.get(&token, &one).await.0, 200);
        assert_eq!(house.delete(&token, &format!("{base}/groups/ledgercard")).await, 400);
        assert_eq!(house.delete(&token, &one).await, 204);
        let (status, refused) = house.get(&token, &one).await;
        assert_eq!((status, &refused["category"]), (404, &json!("OBJECT_NOT_FOUND")));
        assert_eq!(house.get(&token, &format!("{one}?archived=true")).await.1["archived"], true);
        assert_eq!(house.post(&token, &base, &key()).await.0, 201);
        let path = format!("portals/4711001/properties/{kind}/ledgercard_key/archive");
        house.control(Method::POST, &path, &json!({})).await;
        assert_eq!(house.get(&token, &one).await.0, 404);
        assert_eq!(house.delete(&token, &format!("{base}/groups/ledgercard")).await, 204);
        assert_eq!(house.get(&token, &format!("{base}/groups/ledgercard")).await.0, 404);
    }
}

#[tokio::test]
async fn what_hubspot_does_not_take_is_refused() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let base = "/crm/properties/2026-09/contacts";
    let with = |field: &str, value: Json| {
        let mut property = key();
        property["groupName"] = json!("contactinformation");
        property[field] = value;
        property
    };
    for (field, value) in [
        ("name", json!("Ledgercard")),
        ("name", json!("1st")),
        ("name", json!("a-b")),
        ("type", json!("money")),
        ("fieldType", json!("date")),
        ("groupName", json!("nobody")),
        ("unheardOf", json!(1)),
    ] {
        let (status, refused) = house.post(&token, base, &with(field, value.clone())).await;
        assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")), "{field}={value}");
    }
    for n in 0..10 {
        assert_eq!(house.post(&token, base, &with("name", json!(format!("unique_{n}")))).await.0, 201);
    }
    assert_eq!(house.post(&token, base, &with("name", json!("unique_10"))).await.0, 400);
    assert_eq!(house.delete(&token, &format!("{base}/email")).await, 400);
    let change = json!({"label": "x"});
    assert_eq!(house.call(&token, Method::PATCH, &format!("{base}/email"), Some(&change)).await.0, 400);
    let (status, changed) = house.call(&token, Method::PATCH, &format!("{base}/unique_1"), Some(&change)).await;
    assert_eq!((status, &changed["label"], &changed["hasUniqueValue"]), (200, &json!("x"), &json!(true)));
}

#[tokio::test]
async fn the_usual_properties_are_there_and_batches_work() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, all) = house.get(&token, "/crm/properties/2026-09/contacts").await;
    let names: Vec<_> = all["results"].as_array().expect("a list").iter().filter_map(|p| p["name"].as_str()).collect();
    for name in ["email", "firstname", "lifecyclestage", "hs_object_id", "lastmodifieddate"] {
        assert!(names.contains(&name), "{name}");
    }
    let (_, stage) = house.get(&token, "/crm/properties/2026-09/contacts/lifecyclestage").await;
    assert_eq!(stage["options"][0]["value"], "subscriber");
    let base = "/crm/properties/2026-09/deals/batch";
    let mut one = key();
    one["groupName"] = json!("dealinformation");
    let (status, made) = house.post(&token, &format!("{base}/create"), &json!({"inputs": [one, one]})).await;
    assert_eq!((status, made["results"].as_array().map(Vec::len), &made["numErrors"]), (207, Some(1), &json!(1)));
    let ask = json!({"inputs": [{"name": "ledgercard_key"}, {"name": "nothing"}], "archived": false, "dataSensitivity": "non_sensitive"});
    let (status, read) = house.post(&token, &format!("{base}/read"), &ask).await;
    assert_eq!((status, &read["results"][0]["name"]), (207, &json!("ledgercard_key")));
    let drop = json!({"inputs": [{"name": "ledgercard_key"}, {"name": "nothing"}]});
    assert_eq!(house.post(&token, &format!("{base}/archive"), &drop).await.0, 204);
    assert_eq!(house.get(&token, "/crm/properties/2026-09/deals/ledgercard_key").await.0, 404);
}
