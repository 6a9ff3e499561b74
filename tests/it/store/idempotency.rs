//! The same key gives the same outcome, however the calls fall.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use ledgercard::{
    domain::ids::{IdempotencyKey, PortalId, UserId},
    in_tx,
    store::{
        Access, StoreError,
        associations::{self, Attached},
        idempotency::{self, Call, Claim, KEPT},
    },
};
use serde_json::json;

use super::fixture::{House, contact, invoice, on_both};

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

fn call(key: &IdempotencyKey) -> Call<'_> {
    Call { portal_id: PortalId(1), key, operation: "add", user_id: UserId(7), fingerprint: b"abc" }
}

async fn claim(house: &House, call: Call<'_>) -> Claim {
    in_tx!(house.db, "test", |tx| { idempotency::claim(tx, call, house.now()).await }).unwrap()
}

/// Claims and finishes with this outcome.
async fn done(house: &House, call: Call<'_>, outcome: serde_json::Value) {
    in_tx!(house.db, "test", |tx| {
        assert_eq!(idempotency::claim(tx, call, house.now()).await?, Claim::Fresh);
        idempotency::finish(tx, call.portal_id, call.key, &outcome).await
    })
    .unwrap();
}

#[test]
fn keys_that_no_database_could_hold_are_refused() {
    for good in ["12345678", "0190a0a0-1111-7222-8333-444455556666"] {
        assert_eq!(key(good).as_str(), good);
    }
    for bad in ["", "1234567", "12345678\0", "12345 678", "ünicode-key", &"x".repeat(101)] {
        assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad}");
    }
}

on_both! {
    async fn a_repeat_gets_the_first_outcome_and_another_call_a_conflict(house) {
        house.portal(1).await;
        house.portal(2).await;
        let key = key("key-0001");
        let outcome = json!({ "rows": [{ "invoice": "1", "code": "added" }], "n": null });
        done(house, call(&key), outcome.clone()).await;
        for _ in 0..2 {
            assert_eq!(claim(house, call(&key)).await, Claim::Replay(outcome.clone()));
        }
        for other in [
            Call { fingerprint: b"abd", ..call(&key) },
            Call { operation: "remove", ..call(&key) },
            Call { user_id: UserId(8), ..call(&key) },
        ] {
            assert_eq!(claim(house, other).await, Claim::Conflict);
        }
        assert_eq!(claim(house, call(&key)).await, Claim::Replay(outcome), "a conflict changes nothing");
        // Another portal's key of the same text is another key.
        done(house, Call { portal_id: PortalId(2), ..call(&key) }, json!({})).await;
    }

    async fn an_outcome_is_kept_for_a_day(house) {
        house.portal(1).await;
        let (old, young) = (key("key-old-1"), key("key-young"));
        done(house, call(&old), json!("old")).await;
        house.clock.advance(KEPT);
        assert_eq!(claim(house, call(&old)).await, Claim::Replay(json!("old")), "to the last millisecond");
        done(house, call(&young), json!("young")).await;
        house.clock.advance(Duration::from_millis(1));
        // Even before it is cleared away it is taken as new, also for another call.
        done(house, Call { fingerprint: b"another", ..call(&old) }, json!("new")).await;
        assert_eq!(claim(house, Call { fingerprint: b"another", ..call(&old) }).await, Claim::Replay(json!("new")));

        house.clock.advance(KEPT);
        let gone = in_tx!(house.db, "test", |tx| { idempotency::expire(tx, house.now()).await }).unwrap();
        assert_eq!(gone, 1, "the young one is a millisecond too old, the new one is not");
        assert_eq!(claim(house, Call { fingerprint: b"another", ..call(&old) }).await, Claim::Replay(json!("new")));
    }

    async fn work_that_failed_leaves_the_key_free(house) {
        let (_, connection) = house.portal(1).await;
        let key = key("key-0001");
        let id = invoice("1227");
        let new = house.new_association(&connection, contact(501), &id);
        let failed: Result<(), StoreError> = in_tx!(house.db, "test", |tx| {
            assert_eq!(idempotency::claim(tx, call(&key), house.now()).await?, Claim::Fresh);
            associations::attach(tx, new, house.now()).await?;
            Err(StoreError::Contradiction { what: "the power went".to_owned() })
        });
        assert!(failed.is_err());
        let there = in_tx!(house.db, read "test", |tx| { associations::active_of_record(tx, PortalId(1), contact(501)).await }).unwrap();
        assert!(there.is_empty());
        assert_eq!(claim(house, call(&key)).await, Claim::Fresh);
    }

    async fn the_second_of_two_waits_for_the_first_and_sees_its_outcome(house) {
        house.portal(1).await;
        let first_key = key("key-0001");
        let mut first = house.db.begin(Access::Write).await.unwrap();
        assert_eq!(idempotency::claim(&mut first, call(&first_key), house.now()).await.unwrap(), Claim::Fresh);
        let second = tokio::spawn({
            let (db, now) = (house.db.clone(), house.now());
            async move {
                let key = key("key-0001");
                in_tx!(db, "test", |tx| { idempotency::claim(tx, call(&key), now).await }).unwrap()
            }
        });
        idempotency::finish(&mut first, PortalId(1), &first_key, &json!("first")).await.unwrap();
        assert!(!second.is_finished(), "nothing to be told before the first is committed");
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap(), Claim::Replay(json!("first")));
    }

    async fn the_second_of_two_does_the_work_when_the_first_fails(house) {
        house.portal(1).await;
        let first_key = key("key-0001");
        let mut first = house.db.begin(Access::Write).await.unwrap();
        assert_eq!(idempotency::claim(&mut first, call(&first_key), house.now()).await.unwrap(), Claim::Fresh);
        let second = tokio::spawn({
            let (db, now) = (house.db.clone(), house.now());
            async move {
                let key = key("key-0001");
                in_tx!(db, "test", |tx| { idempotency::claim(tx, call(&key), now).await }).unwrap()
            }
        });
        first.rollback().await.unwrap();
        assert_eq!(second.await.unwrap(), Claim::Fresh);
    }

    async fn sixteen_at_once_do_the_work_once(house) {
        let (portal, connection) = house.portal(1).await;
        let worked = Arc::new(AtomicU32::new(0));
        let callers: Vec<_> = (0..16).map(|n| {
            let (db, now, worked, id) = (house.db.clone(), house.now(), Arc::clone(&worked), invoice("1227"));
            let (clock, connection_id) = (house.clock.clone(), connection.id);
            tokio::spawn(async move {
                let key = key("key-0001");
                in_tx!(db, "test", |tx| {
                    match idempotency::claim(tx, call(&key), now).await? {
                        Claim::Fresh => {}
                        Claim::Replay(outcome) => return Ok(outcome),
                        Claim::Conflict => panic!("the calls are alike"),
                    }
                    // Each on a record of its own: only the key keeps the work from being done twice.
                    let new = associations::NewAssociation {
                        id: ledgercard::domain::ids::AssociationId(clock.new_id()),
                        portal_id: PortalId(1),
                        record: contact(1000 + n),
                        connection_id,
                        invoice_id: &id,
                        added_by: UserId(7),
                    };
                    let Attached::Added(row) = associations::attach(tx, new, now).await? else { panic!("not new") };
                    let outcome = json!({ "association": row.id.to_string() });
                    idempotency::finish(tx, PortalId(1), &key, &outcome).await?;
                    worked.fetch_add(1, Ordering::SeqCst);
                    Ok(outcome)
                }).unwrap()
            })
        }).collect();
        let mut outcomes = Vec::new();
        for caller in callers {
            outcomes.push(caller.await.unwrap());
        }
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
        assert_eq!(worked.load(Ordering::SeqCst), 1);
        let mut rows = 0;
        for n in 0..16 {
            rows += in_tx!(house.db, read "test", |tx| { associations::active_of_record(tx, portal, contact(1000 + n)).await }).unwrap().len();
        }
        assert_eq!(rows, 1);
    }

    async fn a_key_committed_without_an_outcome_is_a_fault_not_a_fresh_start(house) {
        house.portal(1).await;
        let key = key("key-0001");
        assert_eq!(claim(house, call(&key)).await, Claim::Fresh);
        let fault = in_tx!(house.db, "test", |tx| { idempotency::claim(tx, call(&key), house.now()).await }).unwrap_err();
        assert!(matches!(fault, StoreError::Contradiction { .. }), "{fault:?}");
        let other = "key-9999".parse::<IdempotencyKey>().unwrap();
        let unclaimed = in_tx!(house.db, "test", |tx| { idempotency::finish(tx, PortalId(1), &other, &json!(1)).await }).unwrap_err();
        assert!(matches!(unclaimed, StoreError::Contradiction { .. }), "{unclaimed:?}");
    }
}
