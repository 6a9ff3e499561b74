//! Bad input over the wire: a clear problem document each, nothing written, nothing of the inside shown.

use serde_json::json;

use crate::world::{PORTAL, walk};

walk!(
    /// Wrong queries are refused, and the problem names the parameter.
    wrong_queries_name_the_parameter,
    |world| {
        let record = "objectTypeId=0-1&objectId=501";
        for (path, named) in [
            ("/api/card/invoices?objectTypeId=0-9&objectId=501".to_owned(), "objectTypeId"),
            ("/api/card/invoices?objectTypeId=contacts&objectId=501".to_owned(), "objectTypeId"),
            ("/api/card/invoices?objectTypeId=0-1&objectId=abc".to_owned(), "objectId"),
            ("/api/card/invoices?objectTypeId=0-1&objectId=-5".to_owned(), "objectId"),
            ("/api/card/invoices?objectTypeId=0-1&objectId=12345678901234567890".to_owned(), "objectId"),
            ("/api/card/invoices?objectTypeId=0-1".to_owned(), "objectId"),
            (format!("/api/card/invoices?{record}&objectId=502"), "objectId"),
            (format!("/api/card/invoices?{record}&page=0"), "page"),
            (format!("/api/card/invoices?{record}&page=-1"), "page"),
            (format!("/api/card/invoices?{record}&pageSize=10000"), "pageSize"),
            (format!("/api/card/invoices?{record}&pageSize=ten"), "pageSize"),
            (format!("/api/card/invoices?{record}&sort=colour"), "sort"),
            (format!("/api/card/invoices?{record}&status=lost"), "status"),
            (format!("/api/card/invoices?{record}&q=a%00b"), "q"),
            (format!("/api/card/invoices?{record}&colour=red"), "objectTypeId, objectId"),
            (format!("/api/card/search?{record}&q=%0A"), ""),
            (format!("/api/card/search?{record}&page=0"), "page"),
            (format!("/api/card/invoice?{record}&connectionId=1&invoiceId=5"), "connectionId"),
            (format!("/api/card/invoice?{record}&connectionId=01890000-0000-7000-8000-000000000000&invoiceId=5%27"), "invoiceId"),
        ] {
            let answer = world.get(&path).await;
            if named.is_empty() {
                continue;
            }
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{path}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(named), "{path}: {detail}");
        }
    }
);

walk!(
    /// A search text of 100 kB is refused, by the server's own limit or by the search's.
    a_huge_search_is_refused,
    |world| {
        for length in [201, 30_000, 60_000] {
            let path = format!("/api/card/search?objectTypeId=0-1&objectId=501&q={}", "x".repeat(length));
            assert_eq!(world.get(&path).await.problem(), (400, "invalid".to_owned()));
        }
        // Beyond 64 kB the HTTP library itself refuses the line, before any route is reached: 414.
        let line = format!("GET /api/card/search?q={} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(100_000));
        let answer = world.raw(&line).await;
        assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
    }
);

walk!(
    /// Wrong bodies are refused, and the problem names the place without repeating what was sent.
    wrong_bodies_name_the_place,
    |world| {
        let add = "/api/card/associations";
        let deal = world.record("deal").await;
        let good = json!([{ "connectionId": "01890000-0000-7000-8000-000000000000", "invoiceId": "5", "confirmed": false }]);
        for (body, named) in [
            ("{".to_owned(), "JSON"),
            (String::new(), "JSON"),
            ("[]".to_owned(), "expected"),
            (deal.body("k1-is-too-bad!", &json!({ "invoices": good })).to_string(), "idempotencyKey"),
            (deal.body("short", &json!({ "invoices": good })).to_string(), "idempotencyKey"),
            (deal.body("good-key-1", &json!({ "invoices": "secret-text" })).to_string(), "invoices"),
            (deal.body("good-key-2", &json!({ "invoices": [{ "connectionId": 5 }] })).to_string(), "invoices[0].connectionId"),
            (deal.body("good-key-3", &json!({ "invoices": good, "portalId": "1" })).to_string(), "portalId"),
            (deal.body("good-key-4", &json!({})).to_string(), "invoices"),
            (format!("{}x", deal.body("good-key-5", &json!({ "invoices": good }))), "JSON"),
        ] {
            let answer = world.post_as(PORTAL, add, &body).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{body}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(named), "{body}: {detail}");
            assert!(!detail.contains("secret-text"), "{detail}");
        }
        let large = format!("{{\"x\":\"{}\"}}", "y".repeat((1 << 20) + 1));
        assert_eq!(world.post_as(PORTAL, add, &large).await.problem(), (413, "too-large".to_owned()));
    }
);

walk!(
    /// Unknown paths and methods, records and connections that are not this portal's.
    what_is_not_there_is_not_found,
    |world| {
        assert_eq!(world.get("/api/card/nothing").await.problem(), (404, "no-such-path".to_owned()));
        assert_eq!(world.post("/api/card/invoices", &json!({})).await.problem(), (405, "wrong-method".to_owned()));
        let gone = world.get("/api/card/invoices?objectTypeId=0-1&objectId=987654321").await;
        assert_eq!(gone.problem(), (404, "not-found".to_owned()));
        let foreign = "/api/card/invoice?objectTypeId=0-1&objectId=501&connectionId=01890000-0000-7000-8000-000000000000&invoiceId=5";
        assert_eq!(world.get(foreign).await.problem(), (404, "not-found".to_owned()));
        let list = world.list(&world.record("linked").await, "").await;
        let connection = list["connections"][0]["id"].as_str().unwrap();
        let unknown = format!("/api/card/invoice?objectTypeId=0-1&objectId=501&connectionId={connection}&invoiceId=999999999");
        assert_eq!(world.get(&unknown).await.ok()["state"], "deleted_in_erp");
    }
);
