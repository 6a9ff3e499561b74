//! The rules that a portal's admins make, and how values are judged.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

fn new(properties: &Json) -> Json {
    json!({"properties": properties, "associations": []})
}

async fn ruled(house: &House, rules: &Json) {
    let (status, answer) = house.call("", Method::PUT, "/_sandbox/portals/4711001/rules", Some(rules)).await;
    assert_eq!(status, 204, "{answer}");
}

#[tokio::test]
async fn what_a_portal_requires_is_refused_when_it_is_empty_on_the_new_paths_only() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    ruled(&house, &json!({"required": {"contacts": ["firstname", "phone"]}})).await;
    let (status, refused) = house.post(&token, CONTACTS, &new(&json!({"lastname": "Only"}))).await;
    assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")));
    assert_eq!(refused["errors"][0]["code"], "MISSING_REQUIRED_PROPERTY");
    assert_eq!(refused["errors"][0]["message"], "A value for firstname must be provided");
    assert_eq!(refused["errors"][1]["context"]["propertyName"], json!(["phone"]));
    let old = house.post(&token, "/crm/objects/2026-03/contacts", &new(&json!({"lastname": "Only"}))).await;
    assert_eq!(old.0, 201);
    let full = new(&json!({"lastname": "Full", "firstname": "Fay", "phone": "1"}));
    assert_eq!(house.post(&token, CONTACTS, &full).await.0, 201);
    let clear = json!({"properties": {"firstname": ""}});
    assert_eq!(house.call(&token, Method::PATCH, &format!("{CONTACTS}/501"), Some(&clear)).await.0, 200);
    let wrong = json!({"required": {"unicorns": ["firstname"]}});
    assert_eq!(house.call("", Method::PUT, "/_sandbox/portals/4711001/rules", Some(&wrong)).await.0, 400);
}

#[tokio::test]
async fn one_property_may_require_another() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let rule =
        json!({"objectType": "contacts", "property": "lifecyclestage", "values": ["customer"], "requires": ["phone"]});
    ruled(&house, &json!({"conditional": [rule]})).await;
    let path = format!("{CONTACTS}/501");
    let write = |properties: Json| json!({"properties": properties});
    let lead = write(json!({"lifecyclestage": "lead"}));
    assert_eq!(house.call(&token, Method::PATCH, &path, Some(&lead)).await.0, 200);
    let customer = write(json!({"lifecyclestage": "customer"}));
    let (status, refused) = house.call(&token, Method::PATCH, &path, Some(&customer)).await;
    assert_eq!((status, &refused["errors"][0]["code"]), (400, &json!("MISSING_CONDITIONAL_REQUIRED_PROPERTY")));
    assert_eq!(refused["errors"][0]["context"]["propertyName"], json!(["phone"]));
    let both = write(json!({"lifecyclestage": "customer", "phone": "1"}));
    assert_eq!(house.call(&token, Method::PATCH, &path, Some(&both)).await.0, 200);
    let clear = write(json!({"phone": ""}));
    assert_eq!(house.call(&token, Method::PATCH, &path, Some(&clear)).await.0, 400);
    let other = write(json!({"city": "Kiruna"}));
    assert_eq!(house.call(&token, Method::PATCH, &path, Some(&other)).await.0, 200);
}

#[tokio::test]
async fn a_traced_batch_names_each_incomplete_row_and_an_untraced_one_fails_whole() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    ruled(&house, &json!({"required": {"contacts": ["firstname"]}})).await;
    let row = |trace: &str, properties: Json| json!({"objectWriteTraceId": trace, "properties": properties, "associations": []});
    let inputs = |traced: bool| {
        let mut rows = vec![
            row("a", json!({"firstname": "Ada", "email": "ada@rows.example"})),
            row("b", json!({"email": "nameless@rows.example"})),
            row("c", json!({"firstname": "Cy", "email": "leonekohler@surfeu.de"})),
            row("d", json!({"firstname": "Di", "email": "no address"})),
        ];
        if !traced {
            rows[0].as_object_mut().expect("an object").remove("objectWriteTraceId");
        }
        json!({"inputs": rows})
    };
    let path = format!("{CONTACTS}/batch/create");
    let (status, refused) = house.post(&token, &path, &inputs(false)).await;
    assert_eq!((status, &refused["errors"][0]["code"]), (400, &json!("MISSING_REQUIRED_PROPERTY")));
    let (status, made) = house.post(&token, &path, &inputs(true)).await;
    assert_eq!((status, made["results"].as_array().map(Vec::len), &made["numErrors"]), (207, Some(1), &json!(3)));
    let told = |n: usize| (&made["errors"][n]["context"]["objectWriteTraceId"][0], &made["errors"][n]["category"]);
    assert_eq!(told(0), (&json!("b"), &json!("VALIDATION_ERROR")));
    assert_eq!(made["errors"][0]["errors"][0]["context"]["propertyName"], json!(["firstname"]));
    assert_eq!(told(1), (&json!("c"), &json!("CONFLICT")));
    assert_eq!(made["errors"][1]["message"], "Contact already exists. Existing ID: 502");
    assert_eq!(told(2), (&json!("d"), &json!("VALIDATION_ERROR")));
    assert_eq!(made["errors"][2]["errors"][0]["code"], "INVALID_EMAIL");
}

#[tokio::test]
async fn values_are_kept_in_one_form_and_what_was_cut_is_remarked_on() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let path = format!("{CONTACTS}/501");
    let write = async |properties: Json| {
        house.call(&token, Method::PATCH, &path, Some(&json!({"properties": properties}))).await
    };
    let day = write(json!({"member_since": "2026-05-04"})).await.1;
    assert_eq!((&day["properties"]["member_since"], day.get("warnings")), (&json!("2026-05-04"), None));
    let midnight = write(json!({"member_since": "1777852800000"})).await.1;
    assert_eq!((&midnight["properties"]["member_since"], midnight.get("warnings")), (&json!("2026-05-04"), None));
    let noon = write(json!({"member_since": "2026-05-05T12:00:00Z"})).await.1;
    assert_eq!(noon["properties"]["member_since"], "2026-05-05");
    let warning = &noon["warnings"][0];
    assert_eq!(warning["category"], "PROPERTY_VALUE_NORMALIZED");
    assert_eq!(
        warning["context"],
        json!({"normalizedValue": "2026-05-05", "propertyName": "member_since", "rawValue": "2026-05-05T12:00:00Z"})
    );
    let old = "/crm/objects/2026-03/contacts/501";
    let noon = json!({"properties": {"member_since": "2026-05-05T12:00:00Z"}});
    assert_eq!(house.call(&token, Method::PATCH, old, Some(&noon)).await.0, 400);
    let instant = write(json!({"last_audit": "1777896000000"})).await.1;
    assert_eq!(instant["properties"]["last_audit"], "2026-05-04T12:00:00Z");
    let many = write(json!({"interests": "vinyl;tapes"})).await.1;
    assert_eq!(many["properties"]["interests"], "vinyl;tapes");
    let more = write(json!({"interests": ";radio;vinyl"})).await.1;
    assert_eq!(more["properties"]["interests"], "vinyl;tapes;radio");
    for (name, value, error) in [
        ("interests", "vinyl;swords", "INVALID_OPTION"),
        ("loyalty_tier", "gold;silver", "INVALID_OPTION"),
        ("newsletter", "yes", "INVALID_BOOLEAN"),
        ("score", "12,5", "INVALID_INTEGER"),
        ("vat_id", &"x".repeat(65_537), "VALUE_TOO_LONG"),
    ] {
        let (status, refused) = write(json!({name: value})).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (400, &json!(error)), "{name}");
    }
}

#[tokio::test]
async fn the_address_of_an_erased_contact_is_kept_out_until_an_admin_allows_it() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let erase = json!({"objectId": "502"});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/gdpr-delete"), &erase).await.0, 204);
    let again = new(&json!({"email": "LeoneKohler@surfeu.de"}));
    let (status, refused) = house.post(&token, CONTACTS, &again).await;
    assert_eq!((status, &refused["errors"][0]["code"]), (400, &json!("EMAIL_BLOCKLISTED")));
    let put = json!({"inputs": [{"id": "leonekohler@surfeu.de", "idProperty": "email", "properties": {"firstname": "Back"}}]});
    assert_eq!(house.post(&token, &format!("{CONTACTS}/batch/upsert"), &put).await.0, 400);
    ruled(&house, &json!({"keepErasedOut": false})).await;
    assert_eq!(house.post(&token, CONTACTS, &again).await.0, 201);
}

#[tokio::test]
async fn a_portals_own_stage_has_its_place_among_the_others() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let own = json!({"value": "182736", "label": "Trial", "displayOrder": 3});
    let path = "/_sandbox/portals/4711001/properties/contacts/lifecyclestage/options";
    assert_eq!(house.post("", path, &own).await.0, 204);
    assert_eq!(house.post("", path, &own).await.0, 409);
    let (_, property) = house.get(&token, "/crm/properties/2026-09/contacts/lifecyclestage").await;
    let values: Vec<_> =
        property["options"].as_array().expect("a list").iter().filter_map(|o| o["value"].as_str()).collect();
    assert_eq!(values[3..5], ["salesqualifiedlead", "182736"]);
    let stage = async |value: &str| {
        let body = json!({"properties": {"lifecyclestage": value}});
        let (status, told) = house.call(&token, Method::PATCH, &format!("{CONTACTS}/501"), Some(&body)).await;
        assert_eq!(status, 200);
        told["properties"]["lifecyclestage"].clone()
    };
    assert_eq!(stage("182736").await, "182736");
    assert_eq!(stage("lead").await, "182736", "back is ignored without a word");
    assert_eq!(stage("customer").await, "customer");
}
