//! Attaching, confirming, removing, undoing: once, whole, and for this record only.

use serde_json::{Value, json};

use crate::world::{Record, UNCONNECTED, World, walk};

const ADD: &str = "/api/card/associations";
const REMOVE: &str = "/api/card/associations/remove";
const RESTORE: &str = "/api/card/associations/restore";

/// Rows of the search seen from a record, as they are asked for when added.
async fn found(world: &World, record: &Record, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let answer = world.get(&format!("/api/card/search?{}&pageSize=50", record.query())).await.ok();
    let rows = answer["rows"].as_array().unwrap().iter().filter(|row| wanted(row));
    rows.map(
        |row| json!({ "connectionId": row["row"]["connectionId"], "invoiceId": row["row"]["id"], "confirmed": false }),
    )
    .collect()
}

async fn related(world: &World, record: &Record) -> Vec<Value> {
    found(world, record, |row| row["needsConfirmation"] == false).await
}

fn outcomes(answer: &Value) -> Vec<String> {
    answer["results"].as_array().unwrap().iter().map(|r| r["outcome"].as_str().unwrap().to_owned()).collect()
}

async fn attached(world: &World, record: &Record) -> Vec<String> {
    let list = world.list(record, "&pageSize=100").await;
    let rows = list["rows"].as_array().unwrap().iter().filter(|row| row["basis"] == "attached");
    rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

walk!(
    /// NS-18: search, tick several, Add; the answer has a result for each.
    ns_18_several_existing_invoices_are_added_at_once,
    |world| {
        let deal = world.record("deal").await;
        let three: Vec<Value> = related(world, &deal).await.into_iter().take(3).collect();
        assert_eq!(three.len(), 3);
        let answer = world.post(ADD, &deal.body("ns-18-add-three", &json!({ "invoices": three }))).await.ok();
        assert_eq!(outcomes(&answer), ["added"; 3]);
        let again = world.post(ADD, &deal.body("ns-18-add-again", &json!({ "invoices": three }))).await.ok();
        assert_eq!(outcomes(&again), ["already_attached"; 3]);
        for (one, two) in answer["results"].as_array().unwrap().iter().zip(again["results"].as_array().unwrap()) {
            assert_eq!(one["associationId"], two["associationId"]);
        }
    }
);

walk!(
    /// NS-19: the record lists what was attached to it, with who and when, and with sums.
    ns_19_the_record_lists_its_associated_invoices,
    |world| {
        let deal = world.record("deal").await;
        let two: Vec<Value> = related(world, &deal).await.into_iter().take(2).collect();
        world.post(ADD, &deal.body("ns-19-add-two", &json!({ "invoices": two }))).await.ok();
        let list = world.list(&deal, "").await;
        let rows = list["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!(row["basis"], "attached");
            assert_eq!(row["attachment"]["addedBy"], "9");
            assert_eq!(row["attachment"]["addedAt"], world.clock.now().0);
            assert!(row["url"].as_str().unwrap().starts_with(&format!("{}tstdrv4711/app/", world.netsuite)));
        }
        assert!(!list["summary"].as_array().unwrap().is_empty());
        let suggested = list["suggestions"].as_array().unwrap();
        assert!(suggested.iter().all(|s| rows.iter().all(|row| row["id"] != s["row"]["id"])), "suggested though attached");
    }
);

walk!(
    /// A stranger's invoice wants a confirmation, and gets in with it.
    a_strangers_invoice_wants_a_confirmation,
    |world| {
        let record = world.record("linked").await;
        let mut stranger = found(world, &record, |row| row["needsConfirmation"] == true).await.remove(0);
        let first = world.post(ADD, &record.body("stranger-asks", &json!({ "invoices": [stranger] }))).await.ok();
        assert_eq!(outcomes(&first), ["needs_confirmation"]);
        assert!(attached(world, &record).await.is_empty());
        stranger["confirmed"] = json!(true);
        let second = world.post(ADD, &record.body("stranger-confirmed", &json!({ "invoices": [stranger] }))).await.ok();
        assert_eq!(outcomes(&second), ["added"]);
        assert_eq!(attached(world, &record).await.len(), 1);
    }
);

walk!(
    /// The same key gives the same answer for 24 hours, even when the ERP is down; another body under it is refused.
    a_repeated_request_is_answered_again_and_done_once,
    |world| {
        let deal = world.record("deal").await;
        let invoices = related(world, &deal).await;
        let body = deal.body("repeat-me-please", &json!({ "invoices": [invoices[0]] }));
        let first = world.post(ADD, &body).await;
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        let again = world.post(ADD, &body).await;
        assert_eq!((again.status, &again.text), (200, &first.text));
        let other = deal.body("repeat-me-please", &json!({ "invoices": [invoices[1]] }));
        assert_eq!(world.post(ADD, &other).await.problem(), (409, "key-reused".to_owned()));
        world.mend().await;
        world.clock.advance(std::time::Duration::from_hours(24) + std::time::Duration::from_secs(1));
        assert_eq!(outcomes(&world.post(ADD, &other).await.ok()), ["added"]);
    }
);

walk!(
    /// Twenty copies of one request at once attach once and are all answered alike.
    copies_at_once_attach_once,
    |world| {
        let deal = world.record("deal").await;
        let body = deal.body("twenty-copies", &json!({ "invoices": [related(world, &deal).await[0]] }));
        let answers = futures_util::future::join_all((0..20).map(|_| world.post(ADD, &body))).await;
        assert!(answers.iter().all(|answer| answer.status == 200 && answer.text == answers[0].text), "{answers:?}");
        assert_eq!(attached(world, &deal).await.len(), 1);
    }
);

walk!(
    /// Removing is undone within ten minutes, not later; other records cannot touch it.
    removing_can_be_undone,
    |world| {
        let (deal, stranger) = (world.record("deal").await, world.record("linked").await);
        let added = world.post(ADD, &deal.body("remove-undo-add", &json!({ "invoices": [related(world, &deal).await[0]] }))).await.ok();
        let association = json!({ "associationId": added["results"][0]["associationId"] });
        let foreign = world.post(REMOVE, &stranger.body("foreign-removes", &association)).await;
        assert_eq!(foreign.problem(), (404, "not-found".to_owned()));
        let removed = world.post(REMOVE, &deal.body("remove-once", &association)).await.ok();
        assert_eq!(removed["outcome"], "removed");
        assert_eq!(removed["undoUntil"], world.clock.now().0 + 600_000);
        assert!(attached(world, &deal).await.is_empty());
        assert_eq!(world.post(REMOVE, &deal.body("remove-twice", &association)).await.ok()["outcome"], "already_removed");
        assert_eq!(world.post(RESTORE, &deal.body("undo-once", &association)).await.ok()["outcome"], "restored");
        assert_eq!(attached(world, &deal).await.len(), 1);
        assert_eq!(world.post(RESTORE, &deal.body("undo-twice", &association)).await.ok()["outcome"], "already_attached");
        world.post(REMOVE, &deal.body("remove-thrice", &association)).await.ok();
        world.clock.advance(std::time::Duration::from_secs(601));
        assert_eq!(world.post(RESTORE, &deal.body("undo-late", &association)).await.problem(), (409, "too-late".to_owned()));
    }
);

walk!(
    /// The ERP is down: nothing is written, the answer says so, and the same key works once the ERP is back.
    without_the_erp_nothing_is_attached,
    |world| {
        let deal = world.record("deal").await;
        let body = deal.body("erp-is-down", &json!({ "invoices": [related(world, &deal).await[0]] }));
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        let answer = world.post(ADD, &body).await.ok();
        assert_eq!(outcomes(&answer), ["erp_unavailable"]);
        world.mend().await;
        assert!(attached(world, &deal).await.is_empty());
        assert_eq!(outcomes(&world.post(ADD, &body).await.ok()), ["added"]);
    }
);

walk!(
    /// Unknown invoices, other portals' connections, too many, none, twice the same: refused, and nothing is written.
    what_cannot_be_added_is_refused,
    |world| {
        let deal = world.record("deal").await;
        let good = related(world, &deal).await.remove(0);
        let with = |invoices: Value, key: &str| deal.body(key, &json!({ "invoices": invoices }));
        let mut unknown = good.clone();
        unknown["invoiceId"] = json!("999999999");
        let mixed = world.post(ADD, &with(json!([unknown, good]), "unknown-and-good")).await.ok();
        assert_eq!(outcomes(&mixed), ["not_found", "added"]);

        let mut foreign = good.clone();
        foreign["connectionId"] = json!("01890000-0000-7000-8000-000000000000");
        let other = related(world, &deal).await.remove(1);
        let refused = world.post(ADD, &with(json!([other, foreign]), "foreign-connection")).await;
        assert_eq!(refused.problem(), (404, "not-found".to_owned()));
        let from_outside = world.post_as(UNCONNECTED, ADD, &with(json!([good]), "other-portal-asks").to_string()).await;
        assert_eq!(from_outside.problem(), (404, "not-found".to_owned()));

        let many: Vec<Value> = (0..51).map(|n| json!({ "connectionId": good["connectionId"], "invoiceId": n.to_string(), "confirmed": true })).collect();
        for (invoices, key) in [(json!(many), "fifty-one-invoices"), (json!([]), "no-invoice-at-all"), (json!([good, good]), "twice-the-same")] {
            assert_eq!(world.post(ADD, &with(invoices, key)).await.problem(), (400, "invalid".to_owned()), "{key}");
        }
        assert_eq!(attached(world, &deal).await.len(), 1, "only the good one of the mixed request");
        let gone = Record { object_type: "0-3".to_owned(), id: "123456789".to_owned() };
        let nowhere = world.post(ADD, &gone.body("no-such-record", &json!({ "invoices": [good] }))).await;
        assert_eq!(nowhere.problem(), (404, "not-found".to_owned()));
    }
);
