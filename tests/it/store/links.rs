//! Links between ERP customers and HubSpot records.

use std::time::Duration;

use ledgercard::{
    domain::{
        ids::{SourceId, UserId},
        record::RecordRef,
    },
    in_tx,
    store::{
        StoreError,
        connections::Connection,
        links::{self, Link, LinkBasis, LinkKind, Linked, NewLink},
    },
};

use super::fixture::{House, company, contact, on_both};

fn customer(text: &str) -> SourceId {
    text.parse().unwrap()
}

fn new<'a>(house: &House, connection: &Connection, erp_id: &'a SourceId, record: RecordRef) -> NewLink<'a> {
    NewLink {
        id: house.link_id(),
        portal_id: connection.portal_id,
        connection_id: connection.id,
        kind: LinkKind::Customer,
        erp_id,
        record,
        basis: LinkBasis::Confirmed,
        created_by: Some(UserId(7)),
    }
}

async fn link(house: &House, connection: &Connection, erp_id: &str, record: RecordRef) -> Link {
    let erp_id = customer(erp_id);
    let new = new(house, connection, &erp_id, record);
    match in_tx!(house.db, "test", |tx| { links::put(tx, new, house.now()).await }).unwrap() {
        Linked::Added(link) => link,
        Linked::AlreadyLinked(link) => panic!("was there: {link:?}"),
    }
}

on_both! {
    async fn linking_twice_adds_once(house) {
        let (portal, connection) = house.portal(1).await;
        let first = link(house, &connection, "42", contact(501)).await;
        assert_eq!((first.basis, first.created_by, first.created_at), (LinkBasis::Confirmed, Some(UserId(7)), house.now()));
        let erp_id = customer("42");
        let again = NewLink { basis: LinkBasis::Planted, created_by: None, ..new(house, &connection, &erp_id, contact(501)) };
        let linked = in_tx!(house.db, "test", |tx| { links::put(tx, again, house.now()).await }).unwrap();
        assert_eq!(linked, Linked::AlreadyLinked(first.clone()));
        let read = in_tx!(house.db, read "test", |tx| { links::of_record(tx, portal, contact(501)).await }).unwrap();
        assert_eq!(read, [first]);
    }

    async fn many_customers_and_many_records(house) {
        let (portal, connection) = house.portal(1).await;
        let second = house.connection(portal, "1234567_SB1").await;
        let a = link(house, &connection, "42", contact(501)).await;
        house.clock.advance(Duration::from_secs(1));
        let b = link(house, &connection, "43", contact(501)).await;
        house.clock.advance(Duration::from_secs(1));
        let c = link(house, &second, "42", contact(501)).await;
        let d = link(house, &connection, "42", company(501)).await;
        in_tx!(house.db, read "test", |tx| {
            assert_eq!(links::of_record(tx, portal, contact(501)).await?, [a.clone(), b.clone(), c.clone()]);
            assert_eq!(links::of_erp_id(tx, portal, connection.id, LinkKind::Customer, &customer("42")).await?, [a.clone(), d.clone()]);
            let both = links::of_records(tx, portal, &[company(501), contact(501), contact(1), contact(501)]).await?;
            assert_eq!(both, [a.clone(), b.clone(), c.clone(), d.clone()]);
            assert!(links::of_records(tx, portal, &[]).await?.is_empty());
            Ok(())
        }).unwrap();
    }

    async fn of_records_takes_more_than_one_statement_holds(house) {
        let (portal, connection) = house.portal(1).await;
        for n in 1..=120 {
            link(house, &connection, &n.to_string(), contact(n)).await;
        }
        let records: Vec<RecordRef> = (1..=130).rev().map(contact).collect();
        let found = in_tx!(house.db, read "test", |tx| { links::of_records(tx, portal, &records).await }).unwrap();
        assert_eq!(found.iter().map(|l| l.record.object_id.0).collect::<Vec<_>>(), (1..=120).collect::<Vec<_>>());
    }

    async fn links_of_another_portal_are_not_there(house) {
        let ((one, _), (_, theirs)) = (house.portal(1).await, house.portal(2).await);
        link(house, &theirs, "42", contact(501)).await;
        let erp_id = customer("42");
        in_tx!(house.db, read "test", |tx| {
            assert!(links::of_record(tx, one, contact(501)).await?.is_empty());
            assert!(links::of_records(tx, one, &[contact(501)]).await?.is_empty());
            assert!(links::of_erp_id(tx, one, theirs.id, LinkKind::Customer, &erp_id).await?.is_empty());
            Ok(())
        }).unwrap();
        // Naming their connection fails alike, whether they have the same link or not.
        for record in [contact(501), contact(502)] {
            let stolen = NewLink { portal_id: one, ..new(house, &theirs, &erp_id, record) };
            let refused = in_tx!(house.db, "test", |tx| { links::put(tx, stolen, house.now()).await }).unwrap_err();
            assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
        }
    }

    async fn eight_at_once_make_one_link(house) {
        let (portal, connection) = house.portal(1).await;
        let callers: Vec<_> = (0..8).map(|_| {
            let (db, now) = (house.db.clone(), house.now());
            let new = new(house, &connection, Box::leak(Box::new(customer("42"))), contact(501));
            tokio::spawn(async move { in_tx!(db, "test", |tx| { links::put(tx, new, now).await }).unwrap() })
        }).collect();
        let mut added = 0;
        for caller in callers {
            added += u32::from(matches!(caller.await.unwrap(), Linked::Added(_)));
        }
        assert_eq!(added, 1);
        let read = in_tx!(house.db, read "test", |tx| { links::of_record(tx, portal, contact(501)).await }).unwrap();
        assert_eq!(read.len(), 1);
    }
}
