//! Associations that are written.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

fn kind(id: u32) -> Json {
    json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id})
}

async fn types(house: &House, token: &str, path: &str) -> Vec<u64> {
    let (_, list) = house.get(token, path).await;
    let types = list["results"][0]["associationTypes"].as_array().cloned().unwrap_or_default();
    types.iter().map(|t| t["typeId"].as_u64().expect("a number")).collect()
}

#[tokio::test]
async fn a_pair_is_connected_labelled_and_cut() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let base = "/crm/objects/2026-09/contacts/562/associations";
    let (status, both) = house.call(&token, Method::PUT, &format!("{base}/default/companies/901"), None).await;
    assert_eq!(status, 200, "{both}");
    let spec = |n: usize| both["results"][n]["associationSpec"]["associationTypeId"].clone();
    assert_eq!((spec(0), spec(1)), (json!(279), json!(280)));
    assert_eq!(
        types(&house, &token, &format!("{base}/companies")).await,
        [1, 279],
        "the first company is the primary one"
    );
    let (status, pair) =
        house.call(&token, Method::PUT, &format!("{base}/companies/901"), Some(&json!([kind(1)]))).await;
    assert_eq!((status, &pair["labels"], &pair["toObjectId"]), (201, &json!(["Primary"]), &json!("901")));
    assert_eq!(types(&house, &token, &format!("{base}/companies")).await, [1, 279]);
    let wrong = house.call(&token, Method::PUT, &format!("{base}/companies/901"), Some(&json!([kind(4)]))).await;
    assert_eq!(wrong.0, 400);
    assert_eq!(house.delete(&token, &format!("{base}/companies/901")).await, 204);
    assert!(types(&house, &token, &format!("{base}/companies")).await.is_empty());
    assert_eq!(house.call(&token, Method::PUT, &format!("{base}/default/companies/1"), None).await.0, 404);
}

#[tokio::test]
async fn pairs_are_connected_and_cut_in_batches() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let base = "/crm/associations/2026-09/deals/contacts/batch";
    let pair = |from: &str, to: &str| json!({"from": {"id": from}, "to": {"id": to}});
    let pairs = json!({"inputs": [pair("701", "501"), pair("701", "9999")]});
    let (status, made) = house.post(&token, &format!("{base}/associate/default"), &pairs).await;
    assert_eq!((status, made["results"].as_array().map(Vec::len), &made["numErrors"]), (200, Some(2), &json!(1)));
    let mut typed = pair("701", "502");
    typed["types"] = json!([kind(3)]);
    let (status, made) = house.post(&token, &format!("{base}/create"), &json!({"inputs": [typed]})).await;
    assert_eq!((status, &made["results"][0]["fromObjectId"]), (201, &json!("701")));
    let ask = json!({"inputs": [{"id": "701"}]});
    let (_, read) = house.post(&token, &format!("{base}/read"), &ask).await;
    let to: Vec<_> = read["results"][0]["to"].as_array().expect("a list").iter().map(|t| &t["toObjectId"]).collect();
    assert_eq!(to, ["501", "502", "515"]);
    let cut = json!({"inputs": [{"from": {"id": "701"}, "to": [{"id": "501"}, {"id": "515"}]}]});
    assert_eq!(house.post(&token, &format!("{base}/archive"), &cut).await.0, 200);
    let (_, read) = house.post(&token, &format!("{base}/read"), &ask).await;
    assert_eq!(read["results"][0]["to"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_archived_record_is_out_of_sight_and_a_restored_one_has_its_associations_again() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let path = "/crm/objects/2026-09/deals/701/associations/companies";
    assert_eq!(types(&house, &token, path).await, [5, 341]);
    house.control(Method::POST, "portals/4711001/records/companies/907/archive", &json!({})).await;
    assert!(types(&house, &token, path).await.is_empty());
    house.control(Method::POST, "portals/4711001/records/companies/907/restore", &json!({})).await;
    assert_eq!(types(&house, &token, path).await, [5, 341]);
}

#[tokio::test]
async fn a_new_record_may_belong_to_others_from_the_start() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let wish = json!([{"to": {"id": "901"}, "types": [kind(341)]}, {"to": {"id": "501"}, "types": [kind(3)]}]);
    let new = json!({"properties": {"dealname": "Both"}, "associations": wish});
    let (status, made) = house.post(&token, "/crm/objects/2026-09/deals", &new).await;
    assert_eq!(status, 201);
    let one =
        format!("/crm/objects/2026-09/deals/{}?associations=contacts,companies", made["id"].as_str().expect("an id"));
    let (_, read) = house.get(&token, &one).await;
    assert_eq!(
        read["associations"]["companies"]["results"],
        json!([{"id": "901", "type": "deal_to_company"}, {"id": "901", "type": "deal_to_company_unlabeled"}])
    );
    assert_eq!(read["associations"]["contacts"]["results"], json!([{"id": "501", "type": "deal_to_contact"}]));
}
