//! Customers and contacts that change, seen through SuiteQL.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;

const SYNC: &str = "SELECT c.id, c.email, TO_CHAR(c.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') modified FROM customer c \
     WHERE c.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') \
     AND (c.lastmodifieddate > TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') OR c.id > ?) ORDER BY c.lastmodifieddate, c.id";

impl House {
    /// A control of the main account, with what it answers.
    pub(super) async fn at_desk(&self, method: Method, path: &str, body: Json) -> (u16, Json) {
        let url = format!("{}/_sandbox/accounts/tstdrv4711/{path}", self.running.url());
        let call = self.client.request(method.clone(), url);
        let call = if method == Method::GET { call } else { call.json(&body) };
        let answer = call.send().await.expect("sent");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// All rows of a statement, as one page.
    pub(super) async fn rows(&self, token: &str, q: &str, params: &[Json]) -> Vec<Json> {
        let (status, answer) = self.suiteql(token, "", &json!({"q": q, "params": params})).await;
        assert_eq!(status, 200, "{answer}");
        let mut items = answer["items"].as_array().expect("items").clone();
        for item in &mut items {
            item.as_object_mut().expect("a row").remove("links");
        }
        items
    }
}

#[tokio::test]
async fn what_people_do_in_netsuite_is_seen_at_once() {
    let house = House::open().await;
    let token = house.token().await;
    let new = json!({"companyname": "Später AG", "email": "x@spaeter.example", "subsidiary": 2, "address": {"addr1": "Weg 1", "city": "Ulm", "country": "DE"}});
    let (status, row) = house.at_desk(Method::POST, "customers", new).await;
    assert_eq!((status, &row["isperson"], &row["address"]["city"]), (200, &json!("F"), &json!("Ulm")), "{row}");
    let id = row["id"].clone();
    let select = "SELECT c.companyname, c.altname, TO_CHAR(c.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') modified, a.city, \
                  BUILTIN.DF(s.subsidiary) subsidiary, e.entitytitle FROM customer c LEFT JOIN entityaddress a ON a.nkey = \
                  c.defaultbillingaddress JOIN customersubsidiaryrelationship s ON s.entity = c.id JOIN entity e ON e.id = c.id \
                  WHERE c.id = ?";
    let seen = house.rows(&token, select, std::slice::from_ref(&id)).await;
    let expected = json!([{
        "companyname": "Später AG", "altname": "Später AG", "modified": "2026-11-21 14:05:09", "city": "Ulm",
        "subsidiary": "Chinook Europe GmbH", "entitytitle": format!("CUST-{id} Später AG"),
    }]);
    assert_eq!(json!(seen), expected);
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 60})).await;
    let change = json!({"email": null, "companyname": "Früher AG", "address": {"city": "Bonn"}});
    let (_, row) = house.at_desk(Method::PATCH, &format!("customers/{id}"), change).await;
    assert_eq!(
        (&row["email"], &row["address"]["addr1"], &row["altname"]),
        (&Json::Null, &json!("Weg 1"), &json!("Früher AG"))
    );
    let (from, zero) = (json!("2026-11-21 14:06:00"), json!(0));
    let changed = house.rows(&token, SYNC, &[from.clone(), from.clone(), zero.clone()]).await;
    assert_eq!(changed, [json!({"id": id.to_string(), "modified": "2026-11-21 14:06:09"})]);
    assert_eq!(house.at_desk(Method::PATCH, &format!("customers/{id}"), json!({"nothing": 1})).await.0, 400);
    assert_eq!(house.at_desk(Method::DELETE, &format!("customers/{id}"), Json::Null).await.0, 200);
    assert_eq!(house.at_desk(Method::DELETE, "customers/1002", Json::Null).await.0, 409, "it has invoices");
    assert_eq!(house.rows(&token, SYNC, &[from.clone(), from, zero]).await, [] as [Json; 0]);
    let gone = house
        .rows(&token, "SELECT recordid, type, name FROM deletedrecord WHERE recordid = ?", std::slice::from_ref(&id))
        .await;
    assert_eq!(gone, [json!({"recordid": id.to_string(), "type": "Customer", "name": format!("CUST-{id} Früher AG")})]);
    house.control(Method::POST, "reset", &json!({})).await;
    assert_eq!(
        house.rows(&token, "SELECT recordid FROM deletedrecord WHERE recordid = ?", &[id]).await,
        [] as [Json; 0]
    );
}

#[tokio::test]
async fn a_contact_has_several_companies_and_a_merge_moves_what_hangs_on_the_loser() {
    let house = House::open().await;
    let token = house.token().await;
    let contact = json!({"firstname": "Ada", "lastname": "Lovelace", "company": 1101, "companies": [1101, 1102]});
    let (_, row) = house.at_desk(Method::POST, "contacts", contact).await;
    let id = row["id"].clone();
    let ties = "SELECT company FROM companycontactrelationship WHERE contact = ? ORDER BY company";
    let both = [json!({"company": "1101"}), json!({"company": "1102"})];
    assert_eq!(house.rows(&token, ties, std::slice::from_ref(&id)).await, both);
    let invoices = "SELECT COUNT(*) n FROM transaction WHERE entity = ?";
    let before = house.rows(&token, invoices, &[json!(1101)]).await;
    assert_eq!(before, [json!({"n": "3"})]);
    let (status, _) = house.at_desk(Method::POST, "customers/merge", json!({"survivor": 1103, "loser": 1101})).await;
    assert_eq!(status, 200);
    let moved = [json!({"company": "1102"}), json!({"company": "1103"})];
    assert_eq!(house.rows(&token, ties, std::slice::from_ref(&id)).await, moved);
    let own = house.rows(&token, "SELECT company FROM contact WHERE id = ?", &[id]).await;
    assert_eq!(own, [json!({"company": "1103"})]);
    assert_eq!(house.rows(&token, invoices, &[json!(1103)]).await, [json!({"n": "5"})]);
    let (_, deleted) = house.at_desk(Method::GET, "deleted", Json::Null).await;
    let last = deleted["rows"].as_array().and_then(|rows| rows.last()).cloned().unwrap_or_default();
    assert_eq!((&last["recordid"], &last["deleteddate"]), (&json!(1101), &json!("2026-11-21 14:05:09")));
    house.control(Method::POST, "reset", &json!({})).await;
    assert_eq!(house.rows(&token, invoices, &[json!(1101)]).await, before);
}

#[tokio::test]
async fn many_customers_are_paged_by_stamp_and_id() {
    let house = House::open().await;
    let token = house.token().await;
    let bulk =
        json!({"count": 2500, "seed": 5, "people": 0.5, "withEmail": 0.5, "contactsPerCompany": 1, "stampSpread": 0});
    let (status, made) = house.at_desk(Method::POST, "customers/bulk", bulk).await;
    assert_eq!((status, &made["customers"]), (200, &json!(2500)), "{made}");
    let contacts = house.rows(&token, "SELECT COUNT(*) n FROM contact", &[]).await;
    assert_eq!(contacts, [json!({"n": (5 + 8 + made["contacts"].as_u64().expect("a number")).to_string()})]);
    let (mut stamp, mut after, mut seen) = (json!("2026-11-21 14:00:00"), json!(0), 0);
    loop {
        let page = house.rows(&token, SYNC, &[stamp.clone(), stamp.clone(), after.clone()]).await;
        let Some(last) = page.last() else { break };
        (stamp, after, seen) = (last["modified"].clone(), last["id"].clone(), seen + page.len());
        assert_eq!(stamp, json!("2026-11-21 14:05:09"), "all in the same second");
    }
    assert_eq!(seen, 2500);
    let (mut next, mut dumped) = (json!(0), 0);
    while !next.is_null() {
        let (_, page) = house.at_desk(Method::GET, &format!("customers?limit=1000&after={next}"), Json::Null).await;
        dumped += page["rows"].as_array().expect("rows").len();
        next = page["next"].clone();
    }
    assert_eq!(dumped, 2500 + 66 + 13);
}

#[tokio::test]
async fn the_odd_rows_are_there() {
    let house = House::open().await;
    let token = house.token().await;
    let odd = "SELECT id, companyname, email, custentity_vat_id vat, BUILTIN.DF(custentity_loyalty_tier) tier, \
               TO_CHAR(custentity_birthday, 'YYYY-MM-DD') birthday, custentity_score score, custentity_newsletter news \
               FROM customer WHERE id BETWEEN 2001 AND 2099 ORDER BY id";
    let rows = house.rows(&token, odd, &[]).await;
    assert_eq!(rows.len(), 13);
    let first = json!({"id": "2001", "email": "lea.angstrom@loyal.example", "vat": "SE556677889901", "tier": "Gold",
        "birthday": "1984-02-29", "score": "87.5", "news": "T"});
    assert_eq!(rows[0], first);
    assert_eq!(rows[8]["companyname"].as_str().map(|name| name.chars().count()), Some(300));
    let ties = "SELECT company FROM companycontactrelationship WHERE contact = 3102 ORDER BY company";
    let three = ["2003", "2004", "2012"].map(|id| json!({"company": id}));
    assert_eq!(house.rows(&token, ties, &[]).await, three);
    let ahead = "SELECT c.company, p.id FROM contact c LEFT JOIN customer p ON p.id = c.company WHERE c.id = 3106";
    assert_eq!(house.rows(&token, ahead, &[]).await, [json!({"company": "2090"})]);
    let elsewhere = house.suiteql(&token, "", &json!({"q": "SELECT custentity_nothing FROM customer"})).await;
    assert_eq!(elsewhere.0, 400);
}

#[tokio::test]
async fn switches_hide_tables_break_cells_and_move_the_clock() {
    let house = House::open().await;
    let token = house.token().await;
    let broken = json!({"table": "customer", "id": 1002, "column": "lastmodifieddate", "text": "###"});
    let switches = json!({
        "missingTables": ["companycontactrelationship"], "brokenValues": [broken], "timeZone": "Europe/Berlin",
    });
    assert_eq!(house.at_desk(Method::PUT, "switches", switches).await.0, 200);
    let missing = json!({"q": "SELECT company FROM CompanyContactRelationship"});
    assert!(
        house
            .suiteql(&token, "", &missing)
            .await
            .1
            .to_string()
            .contains("Record 'CompanyContactRelationship' was not found")
    );
    let now = "SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS') now FROM DUAL";
    assert_eq!(house.rows(&token, now, &[]).await, [json!({"now": "2026-11-21 23:05:09"})]);
    let rows = "SELECT c.id, TO_CHAR(c.lastmodifieddate, 'YYYY') modified FROM customer c WHERE c.id IN (1001, 1002) \
                ORDER BY c.lastmodifieddate, c.id";
    let both = [json!({"id": "1001", "modified": "2026"}), json!({"id": "1002", "modified": "###"})];
    assert_eq!(house.rows(&token, rows, &[]).await, both);
    assert_eq!(house.at_desk(Method::PUT, "switches", json!({"timeZone": "Europe/Atlantis"})).await.0, 400);
    house.control(Method::POST, "reset", &json!({})).await;
    assert_eq!(house.rows(&token, now, &[]).await, [json!({"now": "2026-11-21 14:05:09"})]);
}

#[tokio::test]
async fn an_hour_repeats_in_autumn() {
    let house = House::open().await;
    // From 2026-11-21 back to the night of 2026-11-01, when Los Angeles puts its clocks back at 2:00.
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 1_793_522_400 - super::NOW})).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let path = "customers/1101";
        let (_, row) = house.at_desk(Method::PATCH, path, json!({"comments": "touched"})).await;
        seen.push(row["lastmodifieddate"].clone());
        house.control(Method::POST, "clock", &json!({"advanceSeconds": 3600})).await;
    }
    assert_eq!(seen, [json!("2026-11-01 01:40:00"), json!("2026-11-01 01:40:00")]);
}

#[tokio::test]
async fn pages_can_be_empty_repeated_or_lost() {
    let house = House::open().await;
    let token = house.token().await;
    let fault = async |kind: &str| {
        let faults = json!([{"operation": "*", "contains": "customer", "action": {"kind": kind}, "times": 1}]);
        assert_eq!(house.control(Method::PUT, "faults", &faults).await, 200);
    };
    let page = json!({"q": "SELECT id FROM customer ORDER BY id"});
    let (_, first) = house.suiteql(&token, "?limit=5", &page).await;
    fault("repeatPage").await;
    assert_eq!(house.suiteql(&token, "?limit=5&offset=5", &page).await, (200, first.clone()));
    let (_, second) = house.suiteql(&token, "?limit=5&offset=5", &page).await;
    assert_ne!(second["items"], first["items"]);
    fault("empty").await;
    let (status, empty) = house.suiteql(&token, "?limit=5", &page).await;
    assert_eq!((status, &empty["items"], &empty["totalResults"]), (200, &json!([]), &json!(0)));
    fault("lost").await;
    let body = json!({"companyName": "Written, unanswered", "subsidiary": {"id": "1"}});
    let call = house.client.post(house.url("record/v1/customer")).bearer_auth(&token).json(&body);
    assert!(call.send().await.is_err());
    let written = "SELECT COUNT(*) n FROM customer WHERE companyname = 'Written, unanswered'";
    assert_eq!(house.rows(&token, written, &[]).await, [json!({"n": "1"})]);
    assert_eq!(house.control(Method::PUT, "faults/seed", &json!({"seed": 7})).await, 204);
}
