//! The shapes of what goes out, held by snapshots and by the checked-in description.

use std::fs;

use ledgercard::api::openapi;
use serde_json::{Value, json};

use crate::world::walk;

#[test]
fn the_checked_in_description_is_the_codes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/openapi.json");
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == openapi::document().unwrap(), "src/api/openapi.json is out of date: `make openapi` writes it anew");
}

/// Replaces what differs from run to run by what it is.
fn redact(value: &mut Value) {
    match value {
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => "[uuid]".clone_into(text),
        // The sandbox stands in for NetSuite's own pages, on whatever port was free.
        Value::String(text) if text.starts_with("http://127.0.0.1:") => {
            let page = text.split_once("/tstdrv4711/").expect("an address of the sandbox").1;
            *text = format!("https://tstdrv4711.app.netsuite.com/{page}");
        }
        Value::Array(all) => all.iter_mut().for_each(redact),
        Value::Object(all) => {
            for (name, part) in all.iter_mut() {
                if name == "requestId" {
                    *part = json!("[request id]");
                }
                redact(part);
            }
        }
        _ => {}
    }
}

pub(crate) fn shown(mut value: Value) -> String {
    redact(&mut value);
    serde_json::to_string_pretty(&value).unwrap()
}

walk!(
    /// List, detail, search, add, remove and a problem document, as the card gets them.
    answers_keep_their_shapes,
    |world| {
        let deal = world.record("deal").await;
        let search = world.get(&format!("/api/card/search?{}&pageSize=2", deal.query())).await.ok();
        insta::assert_snapshot!("search", shown(search.clone()));
        let row = &search["rows"][0]["row"];
        let invoice = json!({ "connectionId": row["connectionId"], "invoiceId": row["id"], "confirmed": false });
        let added = world.post("/api/card/associations", &deal.body("shape-add-1", &json!({ "invoices": [invoice] }))).await.ok();
        insta::assert_snapshot!("add", shown(added.clone()));
        insta::assert_snapshot!("list", shown(world.list(&deal, "").await));
        let (connection, id) = (row["connectionId"].as_str().unwrap(), row["id"].as_str().unwrap());
        let path = format!("/api/card/invoice?{}&connectionId={connection}&invoiceId={id}", deal.query());
        insta::assert_snapshot!("detail", shown(world.get(&path).await.ok()));
        let association = json!({ "associationId": added["results"][0]["associationId"] });
        let removed = world.post("/api/card/associations/remove", &deal.body("shape-remove-1", &association)).await.ok();
        insta::assert_snapshot!("remove", shown(removed));
        insta::assert_snapshot!("problem", shown(world.get("/api/card/invoices?objectTypeId=0-1").await.json()));
    }
);
