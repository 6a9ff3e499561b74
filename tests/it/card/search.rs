//! Searching for an invoice to attach.

use serde_json::{Value, json};

use crate::world::{Record, World, walk};

async fn search(world: &World, record: &Record, more: &str) -> Value {
    world.get(&format!("/api/card/search?{}{more}", record.query())).await.ok()
}

fn numbers(answer: &Value) -> Vec<String> {
    answer["rows"].as_array().unwrap().iter().map(|r| r["row"]["number"].as_str().unwrap().to_owned()).collect()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

walk!(
    /// Number, purchase order, customer, amount, day and memo all find the invoice, however they are typed.
    every_feature_finds_the_invoice,
    |world| {
        let (record, sample) = (world.record("empty").await, world.record("all_statuses").await);
        let all = world.list(&sample, "&pageSize=100").await;
        let row = all["rows"].as_array().unwrap().iter().find(|r| r["poNumber"].is_string() && r["kind"] == "invoice").unwrap();
        let (number, po) = (row["number"].as_str().unwrap(), row["poNumber"].as_str().unwrap());
        let total = row["total"]["amount"].as_str().unwrap();
        let name = row["customer"]["name"].as_str().unwrap();
        let spaced: String = number.to_lowercase().chars().flat_map(|c| [c, ' ']).collect();
        for typed in [number.to_owned(), number.to_lowercase(), spaced, po.to_lowercase(), name.to_uppercase(), total.replace('.', ",")] {
            let mut found = Vec::new();
            for page in 1..=20 {
                let answer = search(world, &record, &format!("&pageSize=50&page={page}&q={}", encode(&typed))).await;
                assert_eq!(answer["state"], "ready", "{typed}");
                found.extend(numbers(&answer));
                if found.len() as u64 >= answer["total"].as_u64().unwrap() {
                    break;
                }
            }
            assert!(found.contains(&number.to_owned()), "{typed} did not find {number}: {found:?}");
        }
        let day = row["date"].as_str().unwrap();
        assert!(search(world, &record, &format!("&q={day}")).await["total"].as_u64().unwrap() >= 1);
    }
);

walk!(
    /// Suggestions come first and say why; rows of strangers want a confirmation.
    suggestions_come_first_with_a_reason,
    |world| {
        let deal = world.record("deal").await;
        let answer = search(world, &deal, "").await;
        let rows = answer["rows"].as_array().unwrap();
        assert!(rows[0]["suggestion"]["reason"].is_string(), "{}", rows[0]);
        assert_eq!(rows[0]["needsConfirmation"], false);
        let first_plain = rows.iter().position(|r| r["suggestion"].is_null()).unwrap();
        assert!(rows[first_plain..].iter().all(|r| r["suggestion"].is_null()), "suggestions are not in front");
        assert!(rows[first_plain..].iter().any(|r| r["needsConfirmation"] == true));
        let second = search(world, &deal, "&page=2").await;
        assert!(second["rows"].as_array().unwrap().iter().all(|r| r["suggestion"].is_null()));
    }
);

walk!(
    /// Rows that are attached here or elsewhere say so.
    attached_rows_say_so,
    |world| {
        let (deal, other) = (world.record("deal").await, world.record("empty").await);
        let first = search(world, &deal, "").await["rows"][0]["row"].clone();
        let invoice = json!({ "connectionId": first["connectionId"], "invoiceId": first["id"], "confirmed": false });
        world.post("/api/card/associations", &deal.body("attached-rows-1", &json!({ "invoices": [invoice] }))).await.ok();
        let q = encode(first["number"].as_str().unwrap());
        let of = |answer: &Value| answer["rows"].as_array().unwrap().iter().find(|r| r["row"]["id"] == first["id"]).unwrap().clone();
        let here = of(&search(world, &deal, &format!("&q={q}")).await);
        assert_eq!((here["attachedHere"].as_bool(), here["attachedTo"].as_array().unwrap().len()), (Some(true), 0));
        let elsewhere = of(&search(world, &other, &format!("&q={q}")).await);
        assert_eq!(elsewhere["attachedHere"], false);
        assert_eq!(elsewhere["attachedTo"], json!([{ "objectTypeId": deal.object_type, "objectId": deal.id }]));
    }
);

walk!(
    /// Hostile texts find nothing, break nothing, and stay texts.
    hostile_texts_are_only_texts,
    |world| {
        let record = world.record("empty").await;
        let all = search(world, &record, "").await["total"].as_u64().unwrap();
        for typed in ["' OR 1=1 --", "%", "_", "\\", "'; DROP TABLE transaction", "\"", "%25", "ü’\u{202e}", "?", "${x}"] {
            let answer = search(world, &record, &format!("&q={}", encode(typed))).await;
            assert_eq!(answer["state"], "ready", "{typed}: {answer}");
            assert!(answer["total"].as_u64().unwrap() < all, "{typed} found everything");
        }
    }
);
