//! Links as flows make, work and end them; what merges and deletions in HubSpot make of them.

use std::{collections::BTreeMap, time::Duration};

use ledgercard::{
    clock::Millis,
    domain::{
        ids::{LinkId, ObjectId, PortalId, SourceId, UserId},
        record::RecordRef,
    },
    in_tx,
    store::{
        StoreError,
        connections::Connection,
        links::{self, Base, FlowLink, Link, LinkBasis, LinkKind, Linked, NewLink, Worked},
        tombstones::{self, Reason},
    },
};

use super::fixture::{House, company, contact, on_both};

pub(super) fn source(text: &str) -> SourceId {
    text.parse().unwrap()
}

fn base(hash: &str) -> Base {
    BTreeMap::from([("email".to_owned(), format!("{hash}:{hash}"))])
}

fn new_link<'a>(house: &House, connection: &Connection, erp_id: &'a SourceId, record: RecordRef) -> NewLink<'a> {
    NewLink {
        id: house.link_id(),
        portal_id: connection.portal_id,
        connection_id: connection.id,
        kind: LinkKind::Customer,
        erp_id,
        record,
        basis: LinkBasis::Created,
        created_by: None,
    }
}

fn writer<'a>(link: NewLink<'a>, target: &'a str, base: &'a Base) -> FlowLink<'a> {
    FlowLink { link, target, writes: true, base, erp_stamp: Some("s1"), worked_at: Some(Millis(7)) }
}

/// Makes a writing link; whether it was made.
async fn put(house: &House, connection: &Connection, erp_id: &str, record: RecordRef, target: &str) -> Option<LinkId> {
    let (erp_id, base) = (source(erp_id), base("h"));
    let new = writer(new_link(house, connection, &erp_id, record), target, &base);
    let made = in_tx!(house.db, "test", |tx| { links::put_many(tx, &[new], house.now()).await }).unwrap();
    assert!(made.is_empty() || made == [new.link.id]);
    made.first().copied()
}

async fn of(house: &House, connection: &Connection, erp_id: &str) -> Vec<Link> {
    let ids = [source(erp_id)];
    in_tx!(house.db, read "test", |tx| {
        links::of_erp_ids(tx, connection.portal_id, connection.id, LinkKind::Customer, &ids).await
    })
    .unwrap()
}

async fn of_record(house: &House, portal: PortalId, record: RecordRef) -> Vec<Link> {
    in_tx!(house.db, read "test", |tx| { links::of_record(tx, portal, record).await }).unwrap()
}

on_both! {
    async fn a_thousand_links_are_made_read_changed_seen_and_taken_away(house) {
        let (portal, connection) = house.portal(1).await;
        let ids: Vec<SourceId> = (0..1_019).map(|n| source(&format!("c{n:04}"))).collect();
        let first = base("first");
        let new: Vec<FlowLink<'_>> = (1..).zip(&ids).map(|(n, id)| writer(new_link(house, &connection, id, contact(n)), "person", &first)).collect();
        let (made, again) = in_tx!(house.db, "test", |tx| {
            Ok((links::put_many(tx, &new, house.now()).await?, links::put_many(tx, &new, house.now()).await?))
        }).unwrap();
        assert_eq!((made.len(), again.len()), (1_019, 0));
        let asked: Vec<SourceId> = ids.iter().rev().chain(&ids[..5]).cloned().chain([source("none")]).collect();
        let read = in_tx!(house.db, read "test", |tx| { links::of_erp_ids(tx, portal, connection.id, LinkKind::Customer, &asked).await }).unwrap();
        assert_eq!(read.iter().map(|link| &link.erp_id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
        let one = &read[3];
        assert_eq!((one.target.as_str(), one.writes, &one.base, one.erp_stamp.as_deref()), ("person", true, &first, Some("s1")));
        assert_eq!((one.worked_at, one.seen, one.gone_at, one.loop_from, one.loop_count), (Some(Millis(7)), None, None, Millis(0), 0));
        assert_eq!((one.basis, one.kind, one.created_at), (LinkBasis::Created, LinkKind::Customer, house.now()));

        // Every second one is worked.
        let second = base("second");
        let worked: Vec<Worked<'_>> = read.iter().step_by(2).map(|link| Worked {
            id: link.id, base: &second, erp_stamp: None, worked_at: None, loop_from: Millis(5), loop_count: 2,
        }).collect();
        let changed = in_tx!(house.db, "test", |tx| {
            assert_eq!(links::update_many(tx, PortalId(2), &worked).await?, 0, "another portal's");
            links::update_many(tx, portal, &worked).await
        }).unwrap();
        assert_eq!(changed, 510);
        let read = in_tx!(house.db, read "test", |tx| { links::of_erp_ids(tx, portal, connection.id, LinkKind::Customer, &ids).await }).unwrap();
        for (place, link) in read.iter().enumerate() {
            let expected = if place % 2 == 0 { (&second, None, None, Millis(5), 2) } else { (&first, Some("s1"), Some(Millis(7)), Millis(0), 0) };
            assert_eq!((&link.base, link.erp_stamp.as_deref(), link.worked_at, link.loop_from, link.loop_count), expected);
        }
        let all: Vec<LinkId> = read.iter().map(|link| link.id).collect();
        let gone = in_tx!(house.db, "test", |tx| {
            assert_eq!(links::unlink(tx, PortalId(2), &all).await?, 0);
            links::unlink(tx, portal, &all[..1_000]).await
        }).unwrap();
        assert_eq!(gone, 1_000);
        let counted = in_tx!(house.db, read "test", |tx| { links::count_of_flow(tx, portal, connection.id, LinkKind::Customer).await }).unwrap();
        assert_eq!((counted.all, counted.writing, counted.gone), (19, 19, 0));
    }

    async fn one_link_writes_a_record_and_one_record_is_written_for_a_target(house) {
        let (portal, connection) = house.portal(1).await;
        let other = house.connection(portal, "7654321").await;
        let first = put(house, &connection, "42", contact(501), "person").await.unwrap();
        assert_eq!(put(house, &connection, "42", contact(501), "person").await, None, "they are linked");
        assert_eq!(put(house, &connection, "43", contact(501), "person").await, None, "the record is 42's");
        assert_eq!(put(house, &other, "42", contact(501), "person").await, None, "whatever the connection");
        assert_eq!(put(house, &connection, "42", contact(502), "person").await, None, "42 has its person");
        assert!(put(house, &connection, "42", contact(502), "mailbox").await.is_some());
        assert!(put(house, &connection, "42", company(501), "company").await.is_some());
        // Those that only read are free.
        let (erp_id, none) = (source("43"), Base::new());
        let reader = FlowLink { writes: false, ..writer(new_link(house, &connection, &erp_id, contact(501)), "person", &none) };
        in_tx!(house.db, "test", |tx| {
            assert_eq!(links::put_many(tx, &[reader], house.now()).await?, [reader.link.id]);
            assert!(!links::set_writer(tx, portal, reader.link.id, "person").await?, "the record is 42's");
            assert!(!links::set_reader(tx, PortalId(2), first).await?);
            assert!(links::set_reader(tx, portal, first).await?);
            assert!(!links::set_writer(tx, PortalId(2), reader.link.id, "person").await?);
            assert!(links::set_writer(tx, portal, reader.link.id, "mailbox").await?);
            assert!(!links::set_writer(tx, portal, first, "person").await?, "now it is 43's");
            Ok(())
        }).unwrap();
        let told: Vec<_> = of_record(house, portal, contact(501)).await.into_iter().map(|link| (link.erp_id.to_string(), link.writes, link.target)).collect();
        assert_eq!(told, [("42".to_owned(), false, "person".to_owned()), ("43".to_owned(), true, "mailbox".to_owned())]);
        // 42's person is nobody's now: another record may become it, and then the old one not again.
        assert!(put(house, &connection, "42", contact(503), "person").await.is_some());
        in_tx!(house.db, "test", |tx| {
            assert!(links::set_reader(tx, portal, reader.link.id).await?);
            assert!(!links::set_writer(tx, portal, first, "person").await?);
            Ok(())
        }).unwrap();
    }

    async fn a_link_that_a_person_made_reads_and_can_be_taken_up_by_a_flow(house) {
        let (portal, connection) = house.portal(1).await;
        let erp_id = source("42");
        for (record, target) in [(contact(1), "person"), (company(1), "company")] {
            let new = NewLink { basis: LinkBasis::Confirmed, created_by: Some(UserId(7)), ..new_link(house, &connection, &erp_id, record) };
            let linked = in_tx!(house.db, "test", |tx| { links::put(tx, new, house.now()).await }).unwrap();
            let Linked::Added(link) = linked else { panic!("{linked:?}") };
            assert_eq!((link.target.as_str(), link.writes, link.base.len()), (target, false, 0));
        }
        let id = of_record(house, portal, contact(1)).await[0].id;
        assert_eq!(put(house, &connection, "42", contact(1), "person").await, None, "it is there, and stays as it is");
        in_tx!(house.db, "test", |tx| { links::set_writer(tx, portal, id, "person").await }).unwrap();
        let link = of_record(house, portal, contact(1)).await.remove(0);
        assert_eq!((link.writes, link.basis, link.created_by), (true, LinkBasis::Confirmed, Some(UserId(7))));
    }

    async fn a_census_tells_what_it_has_not_seen_and_what_is_gone_is_marked_once(house) {
        let (portal, connection) = house.portal(1).await;
        for n in 1..=5 {
            put(house, &connection, &n.to_string(), contact(n), "person").await.unwrap();
        }
        house.clock.advance(Duration::from_secs(1));
        let census = house.now();
        put(house, &connection, "6", contact(6), "person").await.unwrap();
        let page = |after, most| async move {
            in_tx!(house.db, read "test", |tx| { links::page_of_flow(tx, portal, connection.id, LinkKind::Customer, after, most).await }).unwrap()
        };
        let all: Vec<LinkId> = page(None, 9).await.iter().map(|link| link.id).collect();
        assert_eq!(all.len(), 6);
        let second: Vec<LinkId> = page(Some(all[1]), 2).await.iter().map(|link| link.id).collect();
        assert_eq!(second, all[2..4]);
        let unseen = |after, most| async move {
            let found = in_tx!(house.db, read "test", |tx| { links::unseen(tx, portal, connection.id, LinkKind::Customer, census, after, most).await }).unwrap();
            found.iter().map(|link| link.erp_id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(unseen(None, 9).await.len(), 5, "the sixth came after the census began");
        let seen: Vec<LinkId> = page(None, 9).await.iter().filter(|link| ["1", "2", "3"].contains(&link.erp_id.as_str())).map(|link| link.id).collect();
        let missed: Vec<LinkId> = page(None, 9).await.iter().filter(|link| ["4", "5"].contains(&link.erp_id.as_str())).map(|link| link.id).collect();
        let (now, later) = (house.now(), house.now().plus(Duration::from_hours(1)));
        in_tx!(house.db, "test", |tx| {
            assert_eq!(links::mark_seen(tx, PortalId(2), &seen, census).await?, 0);
            assert_eq!(links::mark_seen(tx, portal, &seen, census).await?, 3);
            assert_eq!(links::mark_gone(tx, PortalId(2), &missed, now).await?, 0);
            assert_eq!(links::mark_gone(tx, portal, &missed, now).await?, 2);
            assert_eq!(links::mark_gone(tx, portal, &missed, later).await?, 0, "the first time stays");
            Ok(())
        }).unwrap();
        let mut left = unseen(None, 9).await;
        left.sort();
        assert_eq!(left, ["4", "5"]);
        assert_eq!(unseen(Some(*all.last().unwrap()), 9).await, Vec::<String>::new());
        assert_eq!(unseen(None, 1).await.len(), 1);
        let gone = |before| async move {
            in_tx!(house.db, read "test", |tx| { links::gone_before(tx, portal, connection.id, LinkKind::Customer, before, None, 9).await }).unwrap()
        };
        assert_eq!((gone(now).await.len(), gone(later).await.len()), (0, 2));
        let counted = in_tx!(house.db, read "test", |tx| { links::count_of_flow(tx, portal, connection.id, LinkKind::Customer).await }).unwrap();
        assert_eq!((counted.all, counted.writing, counted.gone), (6, 6, 2));
        // One that is there again is gone no more; one that only reads is nobody's to archive.
        in_tx!(house.db, "test", |tx| {
            links::mark_seen(tx, portal, &missed[..1], later).await?;
            links::set_reader(tx, portal, missed[1]).await
        }).unwrap();
        assert_eq!(gone(later).await.len(), 0);
    }

    async fn another_portals_links_are_not_to_be_had(house) {
        let ((one, _), (_, theirs)) = (house.portal(1).await, house.portal(2).await);
        put(house, &theirs, "42", contact(1), "person").await.unwrap();
        let ids = [source("42")];
        in_tx!(house.db, read "test", |tx| {
            assert!(links::of_erp_ids(tx, one, theirs.id, LinkKind::Customer, &ids).await?.is_empty());
            assert!(links::page_of_flow(tx, one, theirs.id, LinkKind::Customer, None, 9).await?.is_empty());
            assert!(links::unseen(tx, one, theirs.id, LinkKind::Customer, Millis(i64::MAX), None, 9).await?.is_empty());
            assert_eq!(links::count_of_flow(tx, one, theirs.id, LinkKind::Customer).await?.all, 0);
            assert!(links::of_erp_ids(tx, theirs.portal_id, theirs.id, LinkKind::Contact, &ids).await?.is_empty(), "another kind");
            Ok(())
        }).unwrap();
        let none = Base::new();
        let another = source("43");
        let stolen = NewLink { portal_id: one, ..new_link(house, &theirs, &another, contact(9)) };
        let refused = in_tx!(house.db, "test", |tx| { links::put_many(tx, &[writer(stolen, "person", &none)], house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn of_two_writing_links_that_a_merge_brings_together_the_older_goes_on(house) {
        let (portal, connection) = house.portal(1).await;
        put(house, &connection, "42", contact(1), "person").await.unwrap();
        house.clock.advance(Duration::from_secs(1));
        put(house, &connection, "43", contact(2), "person").await.unwrap();
        for (old, new) in [(1, 2), (2, 3)] {
            let moved = in_tx!(house.db, "test", |tx| { links::move_to(tx, portal, contact(old), ObjectId(new)).await }).unwrap();
            assert_eq!(moved, old, "one, then both");
        }
        let told: Vec<_> = of_record(house, portal, contact(3)).await.into_iter().map(|link| (link.erp_id.to_string(), link.writes)).collect();
        assert_eq!(told, [("42".to_owned(), true), ("43".to_owned(), false)]);
    }

    async fn one_whose_erp_record_is_there_writes_before_an_older_one_whose_is_gone(house) {
        let (portal, connection) = house.portal(1).await;
        let old = put(house, &connection, "42", contact(1), "person").await.unwrap();
        house.clock.advance(Duration::from_secs(1));
        let young = put(house, &connection, "43", contact(2), "person").await.unwrap();
        let heirs = async || {
            in_tx!(house.db, read "test", |tx| { links::with_heir(tx, portal, connection.id, LinkKind::Customer, None, 9).await }).unwrap()
        };
        in_tx!(house.db, "test", |tx| { links::mark_gone(tx, portal, &[old], house.now()).await }).unwrap();
        assert!(heirs().await.is_empty(), "another record");
        in_tx!(house.db, "test", |tx| { links::move_to(tx, portal, contact(1), ObjectId(2)).await }).unwrap();
        let told: Vec<_> = of_record(house, portal, contact(2)).await.into_iter().map(|link| (link.id, link.writes)).collect();
        assert_eq!(told, [(old, false), (young, true)]);
        in_tx!(house.db, "test", |tx| {
            links::set_reader(tx, portal, young).await?;
            links::set_writer(tx, portal, old, "person").await
        }).unwrap();
        assert_eq!(heirs().await.iter().map(|link| link.id).collect::<Vec<_>>(), [old]);
    }

    async fn a_marked_record_counts_as_gone_until_its_mark_is_taken_away(house) {
        let (portal, connection) = house.portal(1).await;
        let id = put(house, &connection, "42", contact(1), "person").await.unwrap();
        let gone = house.now();
        let marked: Base = [(links::MARKED.to_owned(), String::new())].into();
        let worked = links::Worked { id, base: &marked, erp_stamp: None, worked_at: None, loop_from: gone, loop_count: 0 };
        in_tx!(house.db, "test", |tx| {
            links::mark_gone(tx, portal, &[id], gone).await?;
            links::update_many(tx, portal, &[worked]).await
        }).unwrap();
        let later = gone.plus(Duration::from_secs(1));
        let due = async || {
            in_tx!(house.db, read "test", |tx| { links::gone_before(tx, portal, connection.id, LinkKind::Customer, later, None, 9).await }).unwrap()
        };
        let returned = async || {
            in_tx!(house.db, read "test", |tx| { links::returned(tx, portal, connection.id, LinkKind::Customer, None, 9).await }).unwrap()
        };
        assert!(due().await.is_empty() && returned().await.is_empty());
        in_tx!(house.db, "test", |tx| { links::mark_seen(tx, portal, &[id], later).await }).unwrap();
        let back = returned().await;
        assert_eq!(back.iter().map(|link| (link.id, link.gone_at)).collect::<Vec<_>>(), [(id, Some(gone))]);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(links::set_gone(tx, PortalId(2), &[id], None).await?, 0);
            assert_eq!(links::set_gone(tx, portal, &[id], None).await?, 1);
            Ok(())
        }).unwrap();
        assert!(returned().await.is_empty());
    }

    async fn of_an_erp_record_that_was_linked_with_both_the_writing_link_stays(house) {
        let (portal, connection) = house.portal(1).await;
        let erp_id = source("42");
        let new = NewLink { basis: LinkBasis::Confirmed, ..new_link(house, &connection, &erp_id, contact(1)) };
        in_tx!(house.db, "test", |tx| { links::put(tx, new, house.now()).await }).unwrap();
        house.clock.advance(Duration::from_secs(1));
        let writes = put(house, &connection, "42", contact(2), "person").await.unwrap();
        in_tx!(house.db, "test", |tx| { links::move_to(tx, portal, contact(1), ObjectId(2)).await }).unwrap();
        let left = of(house, &connection, "42").await;
        assert_eq!(left.iter().map(|link| (link.id, link.record, link.writes)).collect::<Vec<_>>(), [(writes, contact(2), true)]);
    }

    async fn a_link_comes_back_whole_from_under_its_stone(house) {
        let (portal, connection) = house.portal(1).await;
        let now = house.now();
        put(house, &connection, "42", contact(1), "mailbox").await.unwrap();
        let link = of(house, &connection, "42").await.remove(0);
        let stone = in_tx!(house.db, "test", |tx| {
            tombstones::bury(tx, house.clock.new_id(), &link, Reason::Deletion, now).await?;
            assert_eq!(links::remove_of_record(tx, portal, contact(1)).await?, 1);
            let stones = tombstones::of_erp_ids(tx, portal, connection.id, LinkKind::Customer, &[source("42"), source("43")]).await?;
            assert_eq!(tombstones::page(tx, portal, None, 9).await?, stones);
            assert!(tombstones::page(tx, portal, Some(stones[0].id), 9).await?.is_empty());
            assert!(tombstones::page(tx, PortalId(2), None, 9).await?.is_empty());
            assert!(tombstones::of_erp_ids(tx, PortalId(2), connection.id, LinkKind::Customer, &[source("42")]).await?.is_empty());
            assert!(tombstones::of_erp_ids(tx, portal, connection.id, LinkKind::Contact, &[source("42")]).await?.is_empty());
            Ok(stones.into_iter().next().unwrap())
        }).unwrap();
        in_tx!(house.db, "test", |tx| { tombstones::revive(tx, house.link_id(), &stone, now).await }).unwrap();
        let back = of(house, &connection, "42").await.remove(0);
        assert_eq!((back.record, back.kind, back.target.as_str(), back.writes), (link.record, link.kind, "mailbox", true));
        assert_eq!((&back.base, back.basis), (&link.base, link.basis));
        in_tx!(house.db, read "test", |tx| {
            assert!(tombstones::of_record(tx, portal, contact(1)).await?.is_empty());
            Ok(())
        }).unwrap();
        // There already: it stays as it is, and the stone goes.
        in_tx!(house.db, "test", |tx| { tombstones::revive(tx, house.link_id(), &stone, now).await }).unwrap();
        assert_eq!(of(house, &connection, "42").await, [back]);
    }

    async fn a_link_that_comes_back_writes_only_where_no_other_does_by_now(house) {
        let (portal, connection) = house.portal(1).await;
        let now = house.now();
        let mut stones = Vec::new();
        for (erp_id, n) in [("42", 1), ("43", 2)] {
            put(house, &connection, erp_id, contact(n), "person").await.unwrap();
            let link = of(house, &connection, erp_id).await.remove(0);
            stones.push(in_tx!(house.db, "test", |tx| {
                tombstones::bury(tx, house.clock.new_id(), &link, Reason::Deletion, now).await?;
                links::remove_of_record(tx, portal, contact(n)).await?;
                Ok(tombstones::of_record(tx, portal, contact(n)).await?.remove(0))
            }).unwrap());
        }
        // Meanwhile the first record was taken by another customer, and the second customer got another record.
        put(house, &connection, "77", contact(1), "person").await.unwrap();
        put(house, &connection, "43", contact(9), "person").await.unwrap();
        for stone in &stones {
            in_tx!(house.db, "test", |tx| { tombstones::revive(tx, house.link_id(), stone, now).await }).unwrap();
        }
        assert!(!of(house, &connection, "42").await[0].writes);
        let second = of(house, &connection, "43").await;
        assert_eq!(second.iter().map(|link| (link.record, link.writes)).collect::<BTreeMap<_, _>>(), BTreeMap::from([(contact(9), true), (contact(2), false)]));
    }
}
