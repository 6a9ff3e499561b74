//! Associations: attach, remove, undo, elsewhere; alone and at once.

use std::time::Duration;

use ledgercard::{
    domain::ids::{AssociationId, InvoiceId, UserId},
    in_tx,
    store::{
        StoreError,
        associations::{self, Association, Attached, ELSEWHERE_EACH, Removed, Restored},
        connections::Connection,
    },
};

use super::fixture::{House, company, contact, invoice, on_both};

const UNDO: Duration = Duration::from_mins(10);

async fn attach(house: &House, connection: &Connection, record: u64, id: &str) -> Attached {
    let invoice = invoice(id);
    let new = house.new_association(connection, contact(record), &invoice);
    in_tx!(house.db, "test", |tx| { associations::attach(tx, new, house.now()).await }).unwrap()
}

async fn added(house: &House, connection: &Connection, record: u64, id: &str) -> Association {
    match attach(house, connection, record, id).await {
        Attached::Added(row) => row,
        Attached::AlreadyAttached(row) => panic!("was there: {row:?}"),
    }
}

async fn remove(house: &House, row: &Association) -> Removed {
    in_tx!(house.db, "test", |tx| { associations::remove(tx, row.portal_id, row.id, UserId(8), house.now()).await })
        .unwrap()
}

async fn restore(house: &House, row: &Association) -> Restored {
    in_tx!(house.db, "test", |tx| { associations::restore(tx, row.portal_id, row.id, house.now(), UNDO).await })
        .unwrap()
}

async fn on_record(house: &House, connection: &Connection, record: u64) -> Vec<Association> {
    in_tx!(house.db, read "test", |tx| {
        associations::active_of_record(tx, connection.portal_id, contact(record)).await
    })
    .unwrap()
}

fn numbers(rows: &[Association]) -> Vec<&str> {
    rows.iter().map(|row| row.invoice_id.as_str()).collect()
}

on_both! {
    async fn attaching_twice_adds_once(house) {
        let (_, connection) = house.portal(1).await;
        let row = added(house, &connection, 501, "1227").await;
        assert_eq!((row.record, row.added_by, row.added_at), (contact(501), UserId(7), house.now()));
        assert_eq!((row.removed_by, row.removed_at), (None, None));
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(attach(house, &connection, 501, "1227").await, Attached::AlreadyAttached(row.clone()));
        assert_eq!(on_record(house, &connection, 501).await, [row]);
    }

    async fn records_types_accounts_and_case_are_told_apart(house) {
        let (portal, connection) = house.portal(1).await;
        let other = house.connection(portal, "1234567_SB1").await;
        added(house, &connection, 501, "a1").await;
        added(house, &connection, 501, "A1").await;
        added(house, &connection, 502, "a1").await;
        added(house, &other, 501, "a1").await;
        let id = invoice("a1");
        let on_company = house.new_association(&connection, company(501), &id);
        let made = in_tx!(house.db, "test", |tx| { associations::attach(tx, on_company, house.now()).await }).unwrap();
        assert!(matches!(made, Attached::Added(_)));
        assert_eq!(on_record(house, &connection, 501).await.len(), 3);
    }

    async fn what_is_attached_comes_newest_first(house) {
        let (_, connection) = house.portal(1).await;
        for id in ["1", "2", "3"] {
            added(house, &connection, 501, id).await;
            house.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(numbers(&on_record(house, &connection, 501).await), ["3", "2", "1"]);
    }

    async fn eight_at_once_make_one_row(house) {
        let (portal, connection) = house.portal(1).await;
        let callers: Vec<_> = (0..8).map(|_| {
            let (db, now) = (house.db.clone(), house.now());
            let new = house.new_association(&connection, contact(501), Box::leak(Box::new(invoice("1227"))));
            tokio::spawn(async move { in_tx!(db, "test", |tx| { associations::attach(tx, new, now).await }).unwrap() })
        }).collect();
        let mut added = Vec::new();
        let mut ids = Vec::new();
        for caller in callers {
            match caller.await.unwrap() {
                Attached::Added(row) => { added.push(row.id); ids.push(row.id); }
                Attached::AlreadyAttached(row) => ids.push(row.id),
            }
        }
        assert_eq!(added.len(), 1);
        assert!(ids.iter().all(|id| *id == added[0]), "all are told of the same row");
        let rows = in_tx!(house.db, read "test", |tx| { associations::active_of_record(tx, portal, contact(501)).await }).unwrap();
        assert_eq!(rows.len(), 1);
    }

    async fn a_connection_of_another_portal_cannot_be_attached(house) {
        let ((one, mine), (_, theirs)) = (house.portal(1).await, house.portal(2).await);
        let id = invoice("1227");
        let mut new = house.new_association(&theirs, contact(501), &id);
        new.portal_id = one;
        let refused = in_tx!(house.db, "test", |tx| { associations::attach(tx, new, house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
        assert!(on_record(house, &mine, 501).await.is_empty());
        assert!(on_record(house, &theirs, 501).await.is_empty());
    }

    async fn an_association_of_another_portal_is_not_there(house) {
        let ((one, _), (two, theirs)) = (house.portal(1).await, house.portal(2).await);
        let row = added(house, &theirs, 501, "1227").await;
        in_tx!(house.db, "test", |tx| {
            assert_eq!(associations::get(tx, one, row.id).await?, None);
            assert_eq!(associations::remove(tx, one, row.id, UserId(1), house.now()).await?, Removed::Missing);
            assert_eq!(associations::restore(tx, one, row.id, house.now(), UNDO).await?, Restored::Missing);
            assert!(associations::active_of_record(tx, one, contact(501)).await?.is_empty());
            assert!(associations::elsewhere(tx, one, contact(9), &[(theirs.id, invoice("1227"))]).await?.is_empty());
            assert_eq!(associations::get(tx, two, row.id).await?, Some(row.clone()));
            Ok(())
        }).unwrap();
    }

    async fn removing_says_who_and_when_and_repeats_nothing(house) {
        let (portal, connection) = house.portal(1).await;
        let row = added(house, &connection, 501, "1227").await;
        house.clock.advance(Duration::from_secs(1));
        let gone = Association { removed_by: Some(UserId(8)), removed_at: Some(house.now()), ..row.clone() };
        assert_eq!(remove(house, &row).await, Removed::Removed(gone.clone()));
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(remove(house, &row).await, Removed::AlreadyRemoved(gone.clone()));
        assert!(on_record(house, &connection, 501).await.is_empty());
        let missing = in_tx!(house.db, "test", |tx| {
            associations::remove(tx, portal, AssociationId(house.clock.new_id()), UserId(8), house.now()).await
        }).unwrap();
        assert_eq!(missing, Removed::Missing);
        // It can be attached again, as a row of its own.
        assert_ne!(added(house, &connection, 501, "1227").await.id, row.id);
    }

    async fn undo_brings_the_same_row_back_within_its_time(house) {
        let (portal, connection) = house.portal(1).await;
        let row = added(house, &connection, 501, "1227").await;
        remove(house, &row).await;
        house.clock.advance(UNDO);
        assert_eq!(restore(house, &row).await, Restored::Restored(row.clone()), "the last moment counts");
        assert_eq!(restore(house, &row).await, Restored::AlreadyAttached(row.clone()), "twice changes nothing");
        assert_eq!(on_record(house, &connection, 501).await, std::slice::from_ref(&row));

        remove(house, &row).await;
        house.clock.advance(UNDO + Duration::from_millis(1));
        assert_eq!(restore(house, &row).await, Restored::TooLate);
        assert!(on_record(house, &connection, 501).await.is_empty());
        let missing = in_tx!(house.db, "test", |tx| {
            associations::restore(tx, portal, AssociationId(house.clock.new_id()), house.now(), UNDO).await
        }).unwrap();
        assert_eq!(missing, Restored::Missing);
    }

    async fn undo_finds_what_was_attached_again_meanwhile(house) {
        let (_, connection) = house.portal(1).await;
        let first = added(house, &connection, 501, "1227").await;
        remove(house, &first).await;
        let second = added(house, &connection, 501, "1227").await;
        assert_eq!(restore(house, &first).await, Restored::AlreadyAttached(second.clone()));
        assert_eq!(on_record(house, &connection, 501).await, [second]);
    }

    async fn undo_and_attach_at_once_leave_one_row(house) {
        let (portal, connection) = house.portal(1).await;
        for round in 0..10 {
            let id = format!("inv-{round}");
            let row = added(house, &connection, 501, &id).await;
            remove(house, &row).await;
            let undoing: Vec<_> = (0..3).map(|_| {
                let (db, now, id) = (house.db.clone(), house.now(), row.id);
                tokio::spawn(async move {
                    in_tx!(db, "test", |tx| { associations::restore(tx, portal, id, now, UNDO).await }).unwrap();
                })
            }).collect();
            let attaching: Vec<_> = (0..3).map(|_| {
                let (db, now) = (house.db.clone(), house.now());
                let new = house.new_association(&connection, contact(501), Box::leak(Box::new(invoice(&id))));
                tokio::spawn(async move {
                    in_tx!(db, "test", |tx| { associations::attach(tx, new, now).await }).unwrap();
                })
            }).collect();
            for task in undoing.into_iter().chain(attaching) {
                task.await.unwrap();
            }
            let there = on_record(house, &connection, 501).await;
            assert_eq!(numbers(&there).iter().filter(|n| **n == id).count(), 1);
        }
    }

    async fn elsewhere_names_other_records_and_only_so_many(house) {
        let (portal, connection) = house.portal(1).await;
        let many = usize::try_from(ELSEWHERE_EACH).unwrap();
        for record in 0..u64::try_from(many).unwrap() + 3 {
            added(house, &connection, 600 + record, "popular").await;
            house.clock.advance(Duration::from_secs(1));
        }
        added(house, &connection, 501, "popular").await;
        added(house, &connection, 501, "only-here").await;
        let gone = added(house, &connection, 601, "gone").await;
        remove(house, &gone).await;
        let wanted: Vec<(_, InvoiceId)> = ["popular", "only-here", "gone", "unknown", "popular"]
            .into_iter().map(|id| (connection.id, invoice(id))).collect();
        let found = in_tx!(house.db, read "test", |tx| {
            associations::elsewhere(tx, portal, contact(501), &wanted).await
        }).unwrap();
        assert!(found.iter().all(|a| a.invoice_id.as_str() == "popular"));
        let records: Vec<u64> = found.iter().map(|a| a.record.object_id.0).collect();
        assert_eq!(records, (600..600 + u64::try_from(many).unwrap()).collect::<Vec<_>>(), "the oldest");
    }

    async fn elsewhere_takes_more_than_one_statement_holds(house) {
        let (portal, connection) = house.portal(1).await;
        let other = house.connection(portal, "1234567_SB1").await;
        let ids: Vec<String> = (0..120).map(|n| format!("i{n:03}")).collect();
        for id in &ids {
            added(house, &connection, 700, id).await;
        }
        added(house, &other, 700, "i001").await;
        let wanted: Vec<(_, InvoiceId)> = ids.iter().map(|id| (connection.id, invoice(id))).collect();
        let found = in_tx!(house.db, read "test", |tx| {
            associations::elsewhere(tx, portal, contact(501), &wanted).await
        }).unwrap();
        assert_eq!(numbers(&found), ids.iter().map(String::as_str).collect::<Vec<_>>());
        let none = in_tx!(house.db, read "test", |tx| { associations::elsewhere(tx, portal, contact(501), &[]).await }).unwrap();
        assert!(none.is_empty());
    }
}
