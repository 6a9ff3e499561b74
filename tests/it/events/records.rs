//! What becomes of associations and links when their record is merged, deleted, restored or erased in HubSpot.

use std::time::Duration;

use serde_json::{Value, json};

use super::{event, open_hints, send, settle};
use crate::world::{PORTAL, Record, World, walk};

/// What a list shows that our rows decide: attached invoices, and linked customers.
async fn shown(world: &World, record: &Record) -> (Vec<String>, Vec<String>) {
    let list = world.list(record, "").await;
    let ids = |part: &Value, fits: &dyn Fn(&Value) -> bool| {
        let rows = part.as_array().unwrap().iter().filter(|row| fits(row));
        let mut ids: Vec<String> = rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let attached = ids(&list["rows"], &|row| !row["attachment"].is_null());
    (attached, ids(&list["customers"], &|customer| customer["basis"] == "linked"))
}

/// Attaches an invoice of a stranger to a record; its id.
async fn attach(world: &World, record: &Record, invoice: &str, key: &str) {
    let connection = world.list(record, "").await["connections"][0]["id"].clone();
    let invoices = json!([{ "connectionId": connection, "invoiceId": invoice, "confirmed": true }]);
    let answer = world.post("/api/card/associations", &record.body(key, &json!({ "invoices": invoices }))).await.ok();
    assert_eq!(answer["results"][0]["outcome"], "added", "{answer}");
}

/// Any two invoices of the account.
async fn invoices(world: &World, record: &Record) -> (String, String) {
    let search = world.get(&format!("/api/card/search?{}&pageSize=30", record.query())).await.ok();
    let rows = search["rows"].as_array().unwrap();
    let strangers = rows.iter().filter(|row| row["needsConfirmation"] == true);
    let ids: Vec<&str> = strangers.map(|row| row["row"]["id"].as_str().unwrap()).collect();
    (ids[0].to_owned(), ids[1].to_owned())
}

/// A contact that a user linked with a customer.
async fn linked_contact(world: &World) -> Record {
    let record = world.record("ambiguous").await;
    let candidate = world.list(&record, "").await["candidates"][0].clone();
    let chosen = json!({ "connectionId": candidate["connectionId"], "customerId": candidate["id"] });
    let linked = world.post("/api/card/links", &record.body("link-for-events", &chosen)).await.ok();
    assert_eq!(linked["outcome"], "linked");
    record
}

/// Another contact, without any row of ours.
async fn other_contact(world: &World, but: &[&Record]) -> Record {
    let catalogue = world.control(&world.hubspot, "/_sandbox/catalogue").await;
    let portals = catalogue["portals"].as_array().unwrap();
    let records = portals.iter().find(|p| p["portalId"] == PORTAL).unwrap()["records"].as_array().unwrap();
    let ids = records.iter().filter(|r| r["objectTypeId"] == "0-1").map(|r| r["objectId"].as_str().unwrap());
    let id = ids.into_iter().find(|id| but.iter().all(|record| record.id != *id)).unwrap();
    Record { object_type: "0-1".to_owned(), id: id.to_owned() }
}

fn kind(record: &Record) -> &'static str {
    match record.object_type.as_str() {
        "0-1" => "contacts",
        "0-2" => "companies",
        _ => "deals",
    }
}

fn noun(record: &Record) -> &'static str {
    match record.object_type.as_str() {
        "0-1" => "contact",
        "0-2" => "company",
        _ => "deal",
    }
}

async fn does(world: &World, record: &Record, what: &str) {
    let page = format!("portals/{PORTAL}/records/{}/{}/{what}", kind(record), record.id);
    world.hubspot_does("POST", &page, json!({})).await;
}

async fn tell(world: &World, record: &Record, what: &str) {
    send(world, &json!([event(&format!("{}.{what}", noun(record)), &record.id)])).await;
}

/// Merges `loser` into `primary`: the survivor, and the event that tells of it.
async fn merge(world: &World, primary: &Record, loser: &Record) -> (Record, Value) {
    let page = format!("portals/{PORTAL}/records/{}/merge", kind(primary));
    let survivor = world.hubspot_does("POST", &page, json!({ "primary": primary.id, "loser": loser.id })).await;
    let survivor = Record { id: survivor["objectId"].as_str().unwrap().to_owned(), ..primary.clone() };
    let mut told = event(&format!("{}.merge", noun(primary)), &survivor.id);
    told["primaryObjectId"] = json!(primary.id.parse::<u64>().unwrap());
    told["mergedObjectIds"] = json!([loser.id.parse::<u64>().unwrap()]);
    if survivor.id != primary.id {
        told["newObjectId"] = json!(survivor.id.parse::<u64>().unwrap());
    }
    (survivor, told)
}

walk!(
    /// Deleted: association and link end; restored: both are back; told twice and in the wrong order, the same.
    a_deleted_record_loses_its_rows_until_it_is_restored,
    |world| {
        let record = world.record("linked").await;
        let (invoice, _) = invoices(world, &record).await;
        attach(world, &record, &invoice, "attach-to-delete").await;
        let before = shown(world, &record).await;
        assert_eq!((before.0.len(), before.1.len()), (1, 1));
        does(world, &record, "archive").await;
        for _ in 0..2 {
            tell(world, &record, "deletion").await;
            settle(world).await;
        }
        assert_eq!(open_hints(world).await, Vec::<i64>::new());
        let leaving = world.get("/api/settings/leaving").await.ok();
        assert_eq!(leaving["portal"]["tombstones"], 1, "{leaving}");
        does(world, &record, "restore").await;
        // The deletion comes once more, late, after the restore.
        tell(world, &record, "restore").await;
        tell(world, &record, "deletion").await;
        settle(world).await;
        assert_eq!(shown(world, &record).await, before);
        assert_eq!(world.get("/api/settings/leaving").await.ok()["portal"]["tombstones"], 0);
    }
);

walk!(
    /// What a user removed before the deletion stays removed when the record is restored.
    a_restore_brings_back_only_what_the_deletion_ended,
    |world| {
        let record = world.record("linked").await;
        let (first, second) = invoices(world, &record).await;
        attach(world, &record, &first, "attach-first").await;
        attach(world, &record, &second, "attach-second").await;
        let list = world.list(&record, "").await;
        let row = list["rows"].as_array().unwrap().iter().find(|row| row["id"] == *first).unwrap().clone();
        let association = json!({ "associationId": row["attachment"]["associationId"] });
        world.post("/api/card/associations/remove", &record.body("remove-first", &association)).await.ok();
        does(world, &record, "archive").await;
        tell(world, &record, "deletion").await;
        settle(world).await;
        does(world, &record, "restore").await;
        tell(world, &record, "restore").await;
        settle(world).await;
        assert_eq!(shown(world, &record).await.0, [second]);
    }
);

walk!(
    /// Merged: what hung on both hangs on the survivor, and the old ids keep resolving; told twice, the same.
    merged_records_are_one_and_their_old_ids_resolve,
    |world| {
        let one = linked_contact(world).await;
        let two = world.record("matched").await;
        let (first, second) = invoices(world, &one).await;
        attach(world, &one, &first, "attach-to-one").await;
        attach(world, &two, &first, "attach-to-both").await;
        attach(world, &two, &second, "attach-to-two").await;
        let linked = shown(world, &one).await.1;
        let (survivor, told) = merge(world, &two, &one).await;
        for _ in 0..2 {
            send(world, &json!([told])).await;
            settle(world).await;
        }
        let mut both = vec![first, second.clone()];
        both.sort();
        for record in [&survivor, &one, &two] {
            assert_eq!(shown(world, record).await, (both.clone(), linked.clone()), "{record:?}");
            assert_eq!(world.list(record, "").await["record"]["objectId"], survivor.id);
        }
        // A change by an old id is a change of the survivor.
        let list = world.list(&survivor, "").await;
        let row = list["rows"].as_array().unwrap().iter().find(|row| row["id"] == *second).unwrap().clone();
        let association = json!({ "associationId": row["attachment"]["associationId"] });
        let removed = world.post("/api/card/associations/remove", &one.body("remove-by-old-id", &association)).await.ok();
        assert_eq!(removed["outcome"], "removed");
        assert_eq!(shown(world, &survivor).await.0, both[..].iter().filter(|id| **id != second).cloned().collect::<Vec<_>>());
    }
);

walk!(
    /// The survivor is merged once more: the first id leads to the last record.
    a_chain_of_merges_leads_to_the_last_record,
    |world| {
        let one = linked_contact(world).await;
        let two = world.record("matched").await;
        let three = other_contact(world, &[&one, &two]).await;
        let mut linked = shown(world, &one).await.1;
        linked.extend(shown(world, &three).await.1);
        linked.sort();
        let (middle, first) = merge(world, &one, &two).await;
        let (last, second) = merge(world, &three, &middle).await;
        // The later one is told first.
        send(world, &json!([second])).await;
        settle(world).await;
        send(world, &json!([first])).await;
        settle(world).await;
        assert_eq!(shown(world, &last).await.1, linked);
        assert_eq!(shown(world, &one).await.1, linked);
    }
);

walk!(
    /// A merge that is told after its survivor was deleted leaves nothing on it, and a restore brings everything back.
    a_merge_told_after_the_survivors_deletion_resurrects_nothing,
    |world| {
        let one = linked_contact(world).await;
        let two = world.record("matched").await;
        let linked = shown(world, &one).await.1;
        let (survivor, told) = merge(world, &two, &one).await;
        does(world, &survivor, "archive").await;
        tell(world, &survivor, "deletion").await;
        settle(world).await;
        send(world, &json!([told])).await;
        settle(world).await;
        assert_eq!(world.get("/api/settings/leaving").await.ok()["portal"]["tombstones"], 1);
        does(world, &survivor, "restore").await;
        tell(world, &survivor, "restore").await;
        settle(world).await;
        assert_eq!(shown(world, &survivor).await.1, linked);
    }
);

walk!(
    /// Erased for privacy: the tombstone is for good, whichever of the two events comes first.
    an_erased_record_is_gone_for_good,
    |world| {
        let record = linked_contact(world).await;
        let id = crate::settings::connection(world).await;
        does(world, &record, "erase").await;
        tell(world, &record, "deletion").await;
        settle(world).await;
        tell(world, &record, "privacyDeletion").await;
        settle(world).await;
        tell(world, &record, "restore").await;
        settle(world).await;
        let counts = world.get(&format!("/api/settings/leaving?connectionId={id}")).await.ok();
        assert_eq!((counts["connection"]["tombstones"].clone(), counts["connection"]["links"].clone()), (json!(1), json!(14)));
    }
);

walk!(
    /// Nothing is kept about these records: HubSpot is not asked for each; and a portal's many hints hold up no other.
    a_record_that_is_nothing_to_us_costs_no_call,
    |world| {
        let before = world.control(&world.hubspot, "/_sandbox/stats").await["calls"]["objects"].as_u64().unwrap_or(0);
        let events: Vec<Value> = (1..=90).map(|n| event("contact.deletion", &(880_000 + n).to_string())).collect();
        send(world, &json!(events)).await;
        settle(world).await;
        assert_eq!(open_hints(world).await, Vec::<i64>::new());
        let after = world.control(&world.hubspot, "/_sandbox/stats").await["calls"]["objects"].as_u64().unwrap_or(0);
        assert_eq!(after, before);
    }
);

walk!(
    /// HubSpot does not answer: the hint waits and is worked off later.
    without_hubspot_a_hint_waits,
    |world| {
        let record = world.record("linked").await;
        does(world, &record, "archive").await;
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 400 } }])).await;
        tell(world, &record, "deletion").await;
        settle(world).await;
        assert_eq!(open_hints(world).await.len(), 1, "the hint was lost");
        assert_eq!(world.get_by("9", "/api/settings/leaving").await.status, 403, "HubSpot is down for users too");
        world.mend().await;
        world.clock.advance(Duration::from_mins(2));
        settle(world).await;
        assert_eq!(open_hints(world).await, Vec::<i64>::new());
        assert_eq!(world.get("/api/settings/leaving").await.ok()["portal"]["tombstones"], 1);
    }
);
