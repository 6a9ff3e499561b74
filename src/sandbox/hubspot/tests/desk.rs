//! What the controls do to records and tell of them; owners, lists and association labels.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

#[tokio::test]
async fn a_person_makes_and_changes_a_record_and_the_app_is_told() {
    let house = House::open().await;
    let names = ["contact.creation", "contact.propertyChange:city", "contact.associationChange"];
    house.control(Method::PUT, "webhooks", &json!({"subscriptions": names})).await;
    let body = json!({"properties": {"firstname": "Desk", "email": "desk@desk.example"}, "associations": [{"type": "companies", "id": "901"}]});
    let made = house.control(Method::POST, "portals/4711001/records/contacts", &body).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let change = json!({"properties": {"city": "Turku"}, "userId": 9003});
    let path = format!("/_sandbox/portals/4711001/records/contacts/{id}");
    assert_eq!(house.call("", Method::PATCH, &path, Some(&change)).await.0, 204);
    let told = house.control(Method::GET, "webhooks", &json!({})).await;
    let told = told["waiting"].as_array().expect("a list").clone();
    let kinds: Vec<_> = told.iter().filter_map(|e| e["subscriptionType"].as_str()).collect();
    assert_eq!(
        kinds,
        ["contact.creation", "contact.associationChange", "contact.associationChange", "contact.propertyChange"]
    );
    assert_eq!((&told[1]["associationType"], &told[1]["toObjectId"]), (&json!("CONTACT_TO_COMPANY"), &json!(901)));
    assert!(told[1..3].iter().any(|e| e["isPrimaryAssociation"] == true && e["associationTypeId"] == 1));
    assert_eq!((&told[3]["changeSource"], &told[3]["sourceId"]), (&json!("CRM_UI"), &json!("userId:9003")));
    let twin = json!({"properties": {"email": "DESK@desk.example"}});
    assert_eq!(house.post("", "/_sandbox/portals/4711001/records/contacts", &twin).await.0, 409);
}

#[tokio::test]
async fn the_dump_tells_everything_there_is() {
    let house = House::open().await;
    let control =
        async |path: &str, body: Json| house.control(Method::POST, &format!("portals/4711001/{path}"), &body).await;
    control("records/contacts/502/archive", json!({})).await;
    let survivor =
        control("records/contacts/merge", json!({"primary": "501", "loser": "563"})).await["objectId"].clone();
    control("records/companies/bulk", json!({"count": 20, "seed": 1})).await;
    let bulk = control("records/contacts/bulk", json!({"count": 50, "seed": 2, "associate": "companies"})).await;
    let (mut rows, mut merged, mut after) = (Vec::new(), serde_json::Map::new(), "0".to_owned());
    loop {
        let path = format!("portals/4711001/dump?type=0-1&limit=30&after={after}");
        let page = house.control(Method::GET, &path, &json!({})).await;
        rows.extend(page["results"].as_array().expect("a list").clone());
        merged.extend(page["merged"].as_object().expect("an object").clone());
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let counts = house.control(Method::GET, "portals/4711001/counts", &json!({})).await;
    let live = rows.iter().filter(|r| r["archived"] == false).count();
    assert_eq!(counts["0-1"], json!({"live": live, "archived": 1}));
    assert_eq!(Json::Object(merged), json!({"501": survivor, "563": survivor}));
    let one = |id: &Json| rows.iter().find(|r| &r["id"] == id).expect("a record");
    assert_eq!(one(&json!("502"))["properties"]["email"], "leonekohler@surfeu.de");
    assert!(one(&survivor)["properties"]["hs_merged_object_ids"].is_string());
    let first = one(&bulk["first"]);
    assert_eq!((&first["madeBy"], &first["associations"]["0-2"][0]["types"]), (&json!("IMPORT"), &json!([1, 279])));
}

#[tokio::test]
async fn owners_are_found_by_their_own_id_and_by_their_users() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (status, owners) = house.get(&token, "/crm/owners/2026-09?limit=2").await;
    assert_eq!((status, owners["results"].as_array().map(Vec::len)), (200, Some(2)));
    let next = owners["paging"]["next"]["after"].as_str().expect("a cursor");
    let (_, rest) = house.get(&token, &format!("/crm/owners/2026-09?limit=100&after={next}")).await;
    assert_eq!(rest["results"].as_array().map(Vec::len), Some(2));
    let (_, one) = house.get(&token, "/crm/owners/2026-09/9002?idProperty=userId").await;
    assert_eq!((&one["id"], &one["teams"][0]["primary"]), (&json!("79002"), &json!(true)));
    assert_eq!(house.get(&token, "/crm/owners/2026-09/79002").await.1["userId"], 9002);
    assert_eq!(house.get(&token, "/crm/owners/2026-09/9002").await.0, 404);
    let (_, by_mail) = house.get(&token, "/crm/owners/2026-09?email=ann@chinook.example").await;
    assert_eq!(by_mail["results"][0]["firstName"], "Ann");
}

#[tokio::test]
async fn a_list_tells_its_members_page_by_page() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let list = json!({"name": "To keep in step", "type": "contacts", "members": [515, 501, 502]});
    let id = house.control(Method::POST, "portals/4711001/lists", &list).await["listId"].clone();
    let id = id.as_str().expect("an id");
    house.post("", &format!("/_sandbox/portals/4711001/lists/{id}"), &json!({"add": [503], "remove": [515]})).await;
    let (_, found) = house.get(&token, "/crm/lists/2026-09/object-type-id/0-1/name/To%20keep%20in%20step").await;
    assert_eq!((&found["list"]["listId"], &found["list"]["size"]), (&json!(id), &json!(3)));
    let path = format!("/crm/lists/2026-09/{id}/memberships");
    let (_, page) = house.get(&token, &format!("{path}?limit=2")).await;
    let ids = |page: &Json| -> Vec<String> {
        page["results"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|m| m["recordId"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(
        (ids(&page), &page["paging"]["next"]["after"]),
        (vec!["501".to_owned(), "502".to_owned()], &json!("502"))
    );
    house.control(Method::POST, "portals/4711001/records/contacts/502/erase", &json!({})).await;
    let (_, page) = house.get(&token, &format!("{path}?limit=250")).await;
    assert_eq!(ids(&page), ["501", "503"]);
    let (_, of) = house.get(&token, "/crm/lists/2026-09/records/0-1/503/memberships").await;
    assert_eq!(of["results"][0]["listId"], id);
    let ask = json!({"query": "keep", "listIds": [], "offset": 0, "processingTypes": []});
    let (_, found) = house.post(&token, "/crm/lists/2026-09/search", &ask).await;
    assert_eq!((&found["total"], &found["lists"][0]["name"]), (&json!(1), &json!("To keep in step")));
    assert_eq!(house.get(&token, "/crm/lists/2026-09/999").await.0, 404);
}

#[tokio::test]
async fn admins_label_associations_and_cap_them() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let labels = "/crm/associations/2026-09/contacts/companies/labels";
    let new = json!({"label": "Billing contact", "name": "billing_contact", "inverseLabel": "Billed by"});
    let (status, made) = house.post(&token, labels, &new).await;
    assert_eq!((status, &made["results"][1]["label"]), (200, &json!("Billed by")), "{made}");
    let id = made["results"][0]["typeId"].as_u64().expect("a number");
    assert_eq!(house.post(&token, labels, &new).await.0, 409);
    let (_, list) = house.get(&token, labels).await;
    assert_eq!(list["results"].as_array().map(Vec::len), Some(3));
    let pair = json!({"from": {"id": "562"}, "to": {"id": "902"}, "types": [{"associationCategory": "USER_DEFINED", "associationTypeId": id}]});
    let batch = "/crm/associations/2026-09/contacts/companies/batch";
    let (status, _) = house.post(&token, &format!("{batch}/create"), &json!({"inputs": [pair]})).await;
    assert_eq!(status, 201);
    let read = json!({"inputs": [{"id": "562"}]});
    let (_, found) = house.post(&token, &format!("{batch}/read"), &read).await;
    let types = found["results"][0]["to"][0]["associationTypes"].as_array().expect("a list");
    assert!(types.iter().any(|t| t["label"] == "Billing contact" && t["category"] == "USER_DEFINED"));
    assert_eq!(house.delete(&token, &format!("{labels}/{id}")).await, 204);
    assert_eq!(house.delete(&token, &format!("{labels}/1")).await, 404);
    let cap = json!({"associationLimits": [{"from": "contacts", "to": "companies", "limit": 1}]});
    assert_eq!(house.call("", Method::PUT, "/_sandbox/portals/4711001/rules", Some(&cap)).await.0, 204);
    let second =
        json!({"inputs": [{"from": {"id": "562"}, "to": {"id": "903"}}, {"from": {"id": "566"}, "to": {"id": "903"}}]});
    let (status, answer) = house.post(&token, &format!("{batch}/associate/default"), &second).await;
    assert_eq!((status, &answer["numErrors"]), (200, &json!(1)));
    assert_eq!(answer["errors"][0]["subCategory"], "crm.associations.ASSOCIATION_LIMIT_EXCEEDED");
    let one = "/crm/objects/2026-09/contacts/562/associations/default/companies/903";
    assert_eq!(house.call(&token, Method::PUT, one, None).await.0, 400);
    let (_, limits) = house.get(&token, "/crm/limits/2026-09/associations/records/0-1/0-2").await;
    assert_eq!(limits["limit"], 1);
    assert!(limits["totalRecordsAtLimit"].as_u64() > Some(0));
}
