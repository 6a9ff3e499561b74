//! Many records written at once: each row ends done or refused, whatever form the answer has.

use ledgercard::hubspot::{
    HubSpotError,
    properties::{NOT_UNIQUE, OWN_PROPERTY},
    refusal::{Refusal, RefusalCode},
    writing::Refused,
};
use serde_json::json;

use super::{CONTACT, LANE, Line, ObjectId, PORTAL, Update, Upsert, Written, of, update, upsert};

async fn upserted(line: &Line, upserts: &[Upsert]) -> Written {
    line.calls.upsert_many(LANE, PORTAL, CONTACT, OWN_PROPERTY, upserts).await.unwrap()
}

fn refused(trace: &str, code: RefusalCode, properties: &[&str], existing: Option<ObjectId>) -> Refused {
    let properties = properties.iter().map(|name| (*name).to_owned()).collect();
    Refused { trace: trace.to_owned(), refusal: Refusal { code, properties, existing } }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upsert_makes_a_record_once_and_refuses_single_rows_with_reasons() {
    let line = Line::open().await;
    let rows = [
        upsert("1", &[("email", "one@new.example"), ("lastname", "One")]),
        upsert("2", &[("email", "taken@new.example")]),
        upsert("3", &[("email", "no address")]),
        upsert("4", &[("lastname", "Four")]),
    ];
    // Without our property nothing can be written by it, and that is no row's fault.
    let failed = line.calls.upsert_many(LANE, PORTAL, CONTACT, OWN_PROPERTY, &rows).await;
    assert_eq!(failed, Err(HubSpotError::Rejected { category: NOT_UNIQUE.to_owned() }));
    line.calls.ensure_own_property(LANE, PORTAL, CONTACT).await.unwrap();
    let taken = line.contacts(&[of(&[("email", "taken@new.example")])]).await[0];
    let first = upserted(&line, &rows).await;
    let expected = [
        refused("row-2", RefusalCode::Conflict, &[], Some(taken)),
        refused("row-3", RefusalCode::InvalidEmail, &["email"], None),
    ];
    assert_eq!(first.refused, expected);
    let told: Vec<_> = first.done.iter().map(|done| (done.trace.as_str(), done.new)).collect();
    assert_eq!(told, [("row-1", true), ("row-4", true)]);
    let again = upserted(&line, &rows).await;
    assert_eq!(again.refused, expected);
    let ids = |written: &Written| written.done.iter().map(|done| done.id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&first));
    assert!(again.done.iter().all(|done| !done.new && done.updated_at.is_some()));
    let shown = format!("{first:?}");
    assert!(!shown.contains("one@new.example") && !shown.contains("Four"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_comes_twice_is_written_in_two_batches_in_the_callers_order() {
    let line = Line::open().await;
    line.calls.ensure_own_property(LANE, PORTAL, CONTACT).await.unwrap();
    let mut rows = [upsert("7", &[("lastname", "First")]), upsert("7", &[("lastname", "Second")])];
    rows[1].trace = "again".to_owned();
    let written = upserted(&line, &rows).await;
    assert_eq!(written.refused, []);
    assert_eq!(written.done[0].id, written.done[1].id);
    assert_eq!((written.done[0].new, written.done[1].new), (true, false));
    let values = line.values(written.done[0].id, &["lastname"]).await;
    assert_eq!(values["lastname"].as_deref(), Some("Second"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_refused_as_a_whole_is_taken_apart_down_to_the_row() {
    let line = Line::open().await;
    let ids = line.crowd(100).await;
    line.faults(json!([
        { "operation": "batchUpdate", "contains": "Bad Row", "action": { "kind": "status", "status": 400 } }
    ]))
    .await;
    let before = line.answered(200).await + line.answered(400).await;
    let name = |at: usize| if at == 61 { "Bad Row".to_owned() } else { format!("Good {at}") };
    let updates: Vec<Update> = ids.iter().enumerate().map(|(at, id)| update(*id, &[("lastname", &name(at))])).collect();
    let written = line.update(&updates).await;
    let code = RefusalCode::Other("VALIDATION_ERROR".to_owned());
    assert_eq!(written.refused, [refused(&format!("row-{}", ids[61]), code, &[], None)]);
    let done: Vec<ObjectId> = written.done.iter().map(|done| done.id).collect();
    assert_eq!(done, ids.iter().copied().filter(|id| *id != ids[61]).collect::<Vec<_>>());
    assert!(written.done.iter().all(|done| done.properties["lastname"].as_deref().unwrap().starts_with("Good")));
    let calls = line.answered(200).await + line.answered(400).await - before;
    assert!(calls <= 15, "{calls} calls for one bad row of a hundred");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_gone_or_merged_is_told_and_the_rest_is_written() {
    let line = Line::open().await;
    let ids = line.crowd(4).await;
    let survivor = line.merge(ids[0], ids[1]).await;
    let archived = line.calls.archive_many(LANE, PORTAL, CONTACT, &ids[2..3]).await.unwrap();
    assert_eq!((archived.done[0].id, archived.refused.len()), (ids[2], 0));
    assert_eq!(line.calls.archive_many(LANE, PORTAL, CONTACT, &ids[2..3]).await.unwrap(), archived);
    let rows = [0, 2, 3].map(|at| update(ids[at], &[("jobtitle", "Buyer")]));
    let written = line.update(&rows).await;
    assert_eq!(written.refused, [refused(&rows[1].trace, RefusalCode::Missing, &[], None)]);
    let told: Vec<_> = written.done.iter().map(|done| (done.trace.clone(), done.id)).collect();
    assert_eq!(told, [(rows[0].trace.clone(), survivor), (rows[2].trace.clone(), ids[3])]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_that_lies_behind_is_ignored_without_a_word_and_the_answer_shows_it() {
    let line = Line::open().await;
    let id = line.contacts(&[of(&[("lastname", "Stage"), ("lifecyclestage", "customer")])]).await[0];
    let written = line.update(&[update(id, &[("lifecyclestage", "lead")])]).await;
    assert_eq!(written.refused, []);
    assert_eq!(written.done[0].properties["lifecyclestage"].as_deref(), Some("customer"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portals_rules_and_erased_addresses_refuse_rows_and_name_the_properties() {
    let line = Line::open().await;
    line.calls.ensure_own_property(LANE, PORTAL, CONTACT).await.unwrap();
    let erased = line.contacts(&[of(&[("email", "erased@new.example")])]).await[0];
    line.portal("POST", &format!("records/contacts/{erased}/erase"), json!({})).await;
    let rules = json!({
        "required": { "contacts": ["firstname"] },
        "conditional": [{ "objectType": "contacts", "property": "jobtitle", "values": ["Buyer"], "requires": ["phone"] }],
    });
    line.portal("PUT", "rules", rules).await;
    let rows = [
        upsert("1", &[("firstname", "Ann"), ("email", "erased@new.example")]),
        upsert("2", &[("lastname", "No first name")]),
        upsert("3", &[("firstname", "Bo"), ("jobtitle", "Buyer")]),
        upsert("4", &[("firstname", "Cy"), ("lifecyclestage", "nonsense"), ("hs_object_id", "5")]),
        upsert("5", &[("firstname", "Di")]),
        upsert("6", &[("firstname", "Ed"), ("no_such_property", "x")]),
    ];
    let written = upserted(&line, &rows).await;
    let traces: Vec<_> = written.done.iter().map(|done| done.trace.as_str()).collect();
    assert_eq!(traces, ["row-5"]);
    let codes: Vec<_> =
        written.refused.iter().map(|r| (r.refusal.code.clone(), r.refusal.properties.join(","))).collect();
    let first_wrong = codes[3].clone();
    assert!(
        [(RefusalCode::InvalidOption, "lifecyclestage".to_owned()), (RefusalCode::ReadOnly, "hs_object_id".to_owned())]
            .contains(&first_wrong),
        "{first_wrong:?}"
    );
    let others = [
        (RefusalCode::Blocked, "email".to_owned()),
        (RefusalCode::RequiredMissing, "firstname".to_owned()),
        (RefusalCode::ConditionalRequired, "phone".to_owned()),
        first_wrong,
        (RefusalCode::UnknownProperty, "no_such_property".to_owned()),
    ];
    assert_eq!(codes, others);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_passes_is_waited_for() {
    let line = Line::open().await;
    let id = line.crowd(1).await[0];
    line.faults(json!([{ "operation": "batchUpdate", "action": { "kind": "status", "status": 423 }, "times": 1 }]))
        .await;
    let written = line.update(&[update(id, &[("lastname", "Unlocked")])]).await;
    assert_eq!((written.done.len(), written.refused.len(), line.answered(423).await), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_was_lost_is_repeated_and_nothing_is_made_twice() {
    let line = Line::open().await;
    line.calls.ensure_own_property(LANE, PORTAL, CONTACT).await.unwrap();
    line.faults(json!([{ "operation": "batchUpsert", "action": { "kind": "truncate" }, "times": 1 }])).await;
    let rows: Vec<Upsert> = (0..3).map(|at| upsert(&at.to_string(), &[("lastname", "Lost")])).collect();
    let written = upserted(&line, &rows).await;
    assert_eq!((written.done.len(), written.refused.len()), (3, 0));
    assert!(written.done.iter().all(|done| !done.new), "the first try had made them");
    let found = line.calls.find(LANE, PORTAL, CONTACT, "lastname", &["Lost".to_owned()], &[]).await.unwrap();
    assert_eq!(found.len(), 3);
}
