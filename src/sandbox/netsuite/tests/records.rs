//! Customers and contacts in the record service.

use reqwest::{Method, Response};
use serde_json::{Value as Json, json};

use super::House;

impl House {
    async fn call(&self, token: &str, method: Method, path: &str, body: &Json) -> Response {
        let call = self.client.request(method, self.url(&format!("record/v1/{path}"))).bearer_auth(token);
        call.header("X-NetSuite-PropertyNameValidation", "Error").json(body).send().await.expect("sent")
    }

    /// Status, and the error's code, or where the record is.
    async fn outcome(&self, token: &str, method: Method, path: &str, body: &Json) -> (u16, String) {
        let answer = self.call(token, method, path, body).await;
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let Some(location) = location else {
            let error: Json = answer.json().await.unwrap_or_default();
            let detail = &error["o:errorDetails"][0];
            let at = detail["o:errorPath"].as_str().map_or_else(String::new, |path| format!(" {path}"));
            return (status, format!("{}{at}", detail["o:errorCode"].as_str().unwrap_or_default()));
        };
        (status, location.rsplit_once("/record/v1/").expect("a record").1.to_owned())
    }

    async fn record(&self, token: &str, path: &str) -> Json {
        let call = self.client.get(self.url(&format!("record/v1/{path}"))).bearer_auth(token);
        call.send().await.expect("sent").json().await.expect("JSON")
    }
}

fn ada() -> Json {
    json!({
        "isPerson": true, "firstName": "Ada", "lastName": "Byron", "email": "ada@byron.example", "phone": "+44 20 5550 1234",
        "subsidiary": {"id": "2"}, "externalId": "ledgercard-1", "custentity_loyalty_tier": {"id": "2"},
        "custentity_birthday": "1815-12-10", "custentity_newsletter": true, "custentity_score": 9.5,
        "addressBook": {"items": [{"defaultBilling": true, "addressBookAddress":
            {"addr1": "12 St James's Square", "city": "London", "zip": "SW1Y 4JH", "country": {"id": "GB"}}}]},
    })
}

#[tokio::test]
async fn a_customer_is_written_read_changed_and_deleted() {
    let house = House::open().await;
    let token = house.token().await;
    let (status, path) = house.outcome(&token, Method::POST, "customer", &ada()).await;
    assert_eq!((status, path.starts_with("customer/")), (204, true), "{path}");
    let record = house.record(&token, "customer/eid:ledgercard-1?expandSubResources=true").await;
    for (field, value) in ada().as_object().expect("an object") {
        let shown = match value {
            Json::Object(reference) if reference.contains_key("id") => &record[field]["id"],
            Json::Object(_) => continue,
            _ => &record[field],
        };
        assert_eq!(shown, value.get("id").unwrap_or(value), "{field}");
    }
    assert_eq!(record["custentity_loyalty_tier"]["refName"], json!("Silver"));
    assert_eq!(record["lastModifiedDate"], json!("2026-11-21T22:05:09Z"));
    assert_eq!(record["addressBook"]["items"][0]["addressBookAddress"]["country"]["id"], json!("GB"));
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 5})).await;
    let change = json!({"email": null, "lastName": "Lovelace"});
    assert_eq!(house.outcome(&token, Method::PATCH, &path, &change).await, (204, path.clone()));
    let record = house.record(&token, &path).await;
    assert_eq!(
        (&record["email"], &record["altName"], &record["phone"], &record["lastModifiedDate"]),
        (&Json::Null, &json!("Ada Lovelace"), &json!("+44 20 5550 1234"), &json!("2026-11-21T22:05:14Z"))
    );
    let upsert = json!({"email": "ada@lovelace.example"});
    assert_eq!(house.outcome(&token, Method::PUT, "customer/eid:ledgercard-1", &upsert).await, (204, path.clone()));
    let new = json!({"companyName": "Engine Ltd", "subsidiary": {"id": "2"}});
    let (status, engine) = house.outcome(&token, Method::PUT, "customer/eid:ledgercard-2", &new).await;
    assert_eq!((status, &house.record(&token, &engine).await["externalId"]), (204, &json!("ledgercard-2")));
    assert_eq!(house.outcome(&token, Method::DELETE, &path, &Json::Null).await.0, 204);
    assert_eq!(house.outcome(&token, Method::PATCH, &path, &change).await, (404, "NONEXISTENT_ID".to_owned()));
    assert_eq!(
        house.outcome(&token, Method::DELETE, "customer/1002", &Json::Null).await,
        (400, "USER_ERROR".to_owned())
    );
}

#[tokio::test]
async fn contacts_are_attached_to_customers() {
    let house = House::open().await;
    let token = house.token().await;
    let contact = json!({"firstName": "Charles", "lastName": "Babbage", "company": {"id": "1101"}});
    let (status, path) = house.outcome(&token, Method::POST, "contact", &contact).await;
    assert_eq!(status, 204, "{path}");
    let attach = format!("customer/1102/!attach/{path}");
    assert_eq!(house.outcome(&token, Method::POST, &attach, &json!({})).await.0, 204);
    let id = path.trim_start_matches("contact/").to_owned();
    let ties = "SELECT company FROM companycontactrelationship WHERE contact = ? ORDER BY company";
    let both = [json!({"company": "1101"}), json!({"company": "1102"})];
    assert_eq!(house.rows(&token, ties, &[json!(id)]).await, both);
    let record = house.record(&token, &path).await;
    assert_eq!((&record["company"]["id"], &record["entityId"]), (&json!("1101"), &json!("Charles Babbage")));
    assert_eq!(house.outcome(&token, Method::POST, "customer/1102/!attach/contact/1", &json!({})).await.0, 404);
}

#[tokio::test]
async fn what_netsuite_refuses_is_refused() {
    let house = House::open().await;
    let token = house.token().await;
    assert_eq!(house.outcome(&token, Method::POST, "customer", &ada()).await.0, 204);
    let with = |name: &str, value: Json| {
        let mut body = ada();
        body["externalId"] = Json::Null;
        body[name] = value;
        body
    };
    let cases = [
        (with("lastName", Json::Null), "USER_ERROR"),
        (with("isPerson", json!(false)), "USER_ERROR"),
        (with("subsidiary", Json::Null), "USER_ERROR"),
        (with("externalId", json!("ledgercard-1")), "USER_ERROR externalId"),
        (with("email", json!("ada at byron")), "USER_ERROR email"),
        (with("phone", json!("123")), "USER_ERROR phone"),
        (with("lastName", json!("x".repeat(33))), "USER_ERROR lastName"),
        (with("nothing", json!(1)), "NONEXISTENT_FIELD nothing"),
        (with("email", json!(5)), "INVALID_CONTENT email"),
        (with("subsidiary", json!({"id": "77"})), "INVALID_CONTENT subsidiary"),
        (with("custentity_birthday", json!("12/10/1815")), "INVALID_CONTENT custentity_birthday"),
        (with("custentity_loyalty_tier", json!({"id": "9"})), "INVALID_CONTENT custentity_loyalty_tier"),
        (json!([]), "INVALID_CONTENT"),
    ];
    let before = house.rows(&token, "SELECT COUNT(*) n FROM customer", &[]).await;
    for (body, code) in cases {
        assert_eq!(house.outcome(&token, Method::POST, "customer", &body).await, (400, code.to_owned()), "{body}");
    }
    assert_eq!(house.rows(&token, "SELECT COUNT(*) n FROM customer", &[]).await, before);
    let switch = |switches: Json| house.at_desk(Method::PUT, "switches", switches);
    let mail = json!({"email": "new@mail.example"});
    switch(json!({"permissionLevels": {"Customers": "View"}})).await;
    assert_eq!(
        house.outcome(&token, Method::PATCH, "customer/1101", &mail).await,
        (403, "INSUFFICIENT_PERMISSION".to_owned())
    );
    assert_eq!(house.record(&token, "customer/1101").await["id"], json!("1101"));
    switch(json!({"permissionLevels": {"Customers": "Edit"}, "lockedRecords": [1101]})).await;
    assert_eq!(house.outcome(&token, Method::PATCH, "customer/1101", &mail).await, (400, "USER_ERROR".to_owned()));
    assert_eq!(house.outcome(&token, Method::PATCH, "customer/1102", &mail).await.0, 204);
    assert_eq!(house.outcome(&token, Method::DELETE, "customer/1102", &mail).await.0, 403);
    assert_eq!(house.outcome(&token, Method::POST, "invoice", &json!({})).await.0, 405);
}

#[tokio::test]
async fn the_catalogue_names_the_fields() {
    let house = House::open().await;
    let token = house.token().await;
    let get = async |path: &str| {
        let url = house.url(&format!("record/v1/metadata-catalog{path}"));
        let call = house.client.get(url).bearer_auth(&token).header("accept", "application/schema+json");
        let answer = call.send().await.expect("sent");
        (answer.status().as_u16(), answer.json::<Json>().await.expect("JSON"))
    };
    let (_, customer) = get("/customer").await;
    let field = |name: &str| customer["properties"][name].clone();
    assert_eq!((&field("custentity_birthday")["format"], &field("email")["format"]), (&json!("date"), &json!("email")));
    assert_eq!(field("custentity_loyalty_tier")["properties"]["refName"]["type"], json!("string"));
    assert_eq!(
        (&field("isInactive")["type"], &field("custentity_score")["type"]),
        (&json!("boolean"), &json!("number"))
    );
    assert_eq!(
        (&field("companyName")["title"], &field("companyName")["x-ns-filterable"]),
        (&json!("Company Name"), &json!(true))
    );
    let (_, contact) = get("/contact").await;
    assert_eq!(contact["properties"]["custentity_loyalty_tier"], Json::Null);
    assert_eq!(contact["properties"]["company"]["type"], json!("object"));
    assert_eq!(get("/nothing").await.0, 404);
    assert_eq!(get("").await.1["items"][0]["name"], json!("customer"));
}
