//! What waits for something: parked records, reviews, associations, hints and alerts.

use std::{collections::BTreeSet, time::Duration};

use ledgercard::{
    clock::Millis,
    domain::ids::{FlowId, ObjectId, ParkedId, PortalId, ReviewId, SourceId, UserId},
    in_tx,
    store::{
        StoreError,
        alerts::{self, AlertState},
        flow_hints::{self, NewFlowHint},
        flows,
        links::LinkKind,
        parked::{self, NewParked, Parked, Side, Which},
        portals,
        reviews::{self, Candidate, Decision, NewReview, ReviewReason, ReviewState},
        waiting::{self, Waiting},
    },
};

use super::{
    fixture::{House, on_both},
    flow_links::source,
    flows::{due_flow, flow},
};

fn new_parked<'a>(house: &House, erp_id: &'a SourceId, cause: &'a str) -> NewParked<'a> {
    NewParked {
        id: ParkedId(house.clock.new_id()),
        target: "person",
        side: Side::Hubspot,
        erp_id: Some(erp_id),
        object_id: None,
        cause,
        field: Some("email"),
        rule: None,
        stamp: Some("s1"),
        rules_version: 1,
        due_at: None,
    }
}

async fn park(house: &House, portal: PortalId, flow: FlowId, new: &[NewParked<'_>]) {
    in_tx!(house.db, "test", |tx| { parked::put_many(tx, portal, flow, new, house.now()).await }).unwrap();
}

async fn all_parked(house: &House, portal: PortalId, flow: FlowId) -> Vec<Parked> {
    in_tx!(house.db, read "test", |tx| { parked::page(tx, portal, flow, Which::default(), None, 2_000).await }).unwrap()
}

fn candidate(id: u64) -> Candidate {
    Candidate { object_id: ObjectId(id), score: 900, reasons: vec!["name".to_owned()] }
}

fn new_review<'a>(house: &House, erp_id: &'a SourceId, candidates: &'a [Candidate]) -> NewReview<'a> {
    NewReview { id: ReviewId(house.clock.new_id()), target: "person", erp_id, reason: ReviewReason::Fuzzy, candidates }
}

on_both! {
    async fn a_record_is_parked_once_with_the_newest_reason(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let (one, two) = (source("1"), source("2"));
        let first = house.now();
        let new = new_parked(house, &one, "invalid_email");
        park(house, portal, flow, &[new, NewParked { cause: "conflict", ..new_parked(house, &one, "x") }]).await;
        house.clock.advance(Duration::from_secs(5));
        let again = NewParked { field: None, rule: Some("r"), stamp: None, rules_version: 2, due_at: Some(Millis(9)), ..new_parked(house, &one, "required_missing") };
        park(house, portal, flow, &[again]).await;
        let mut rows = all_parked(house, portal, flow).await;
        let row = rows.remove(0);
        assert!(rows.is_empty(), "it is one");
        assert_eq!((row.cause.as_str(), row.field, row.rule.as_deref(), row.stamp, row.rules_version), ("required_missing", None, Some("r"), None, 2));
        assert_eq!((row.attempts, row.first_at, row.last_at, row.due_at, row.retry_asked), (2, first, house.now(), Some(Millis(9)), false));
        // Another target, side, ERP record or HubSpot record is another.
        let object = NewParked { object_id: Some(ObjectId(7)), ..new_parked(house, &one, "x") };
        park(house, portal, flow, &[
            NewParked { target: "company", ..new_parked(house, &one, "x") },
            NewParked { side: Side::Erp, ..new_parked(house, &one, "x") },
            object,
            NewParked { id: ParkedId(house.clock.new_id()), erp_id: None, ..object },
            new_parked(house, &two, "x"),
        ]).await;
        assert_eq!(all_parked(house, portal, flow).await.len(), 6);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(parked::of_erp_ids(tx, portal, flow, &[two.clone(), one.clone(), one.clone()]).await?.len(), 5);
            let objects = parked::of_objects(tx, portal, flow, &[ObjectId(7), ObjectId(8)]).await?;
            assert_eq!(objects.len(), 2);
            assert!(parked::of_objects(tx, PortalId(2), flow, &[ObjectId(7)]).await?.is_empty());
            assert!(parked::of_erp_ids(tx, PortalId(2), flow, std::slice::from_ref(&one)).await?.is_empty());
            let ids: Vec<ParkedId> = objects.iter().map(|row| row.id).collect();
            assert_eq!(parked::take_off(tx, PortalId(2), &ids).await?, 0);
            assert_eq!(parked::take_off(tx, portal, &ids).await?, 2);
            assert_eq!((parked::count(tx, portal, flow).await?, parked::count(tx, PortalId(2), flow).await?), (4, 0));
            Ok(())
        }).unwrap();
        let stolen = in_tx!(house.db, "test", |tx| { parked::put_many(tx, PortalId(2), flow, &[new], house.now()).await }).unwrap_err();
        assert!(matches!(stolen, StoreError::Dangling(_)), "{stolen:?}");
    }

    async fn parked_records_are_grouped_by_reason_paged_and_tried_again(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let ids: Vec<SourceId> = (0..130).map(|n| source(&n.to_string())).collect();
        let new: Vec<NewParked<'_>> = ids.iter().enumerate().map(|(n, id)| match n {
            0..100 => new_parked(house, id, "invalid_email"),
            100..120 => NewParked { field: None, ..new_parked(house, id, "invalid_email") },
            _ => NewParked { due_at: Some(house.now()), rules_version: 2, ..new_parked(house, id, "erp_locked") },
        }).collect();
        park(house, portal, flow, &new).await;
        let email = Which { cause: Some("invalid_email"), field: Some(Some("email")), ..Which::default() };
        in_tx!(house.db, "test", |tx| {
            let groups: Vec<_> = parked::groups(tx, portal, flow).await?.into_iter().map(|g| (g.cause, g.field, g.n)).collect();
            assert_eq!(groups, [
                ("invalid_email".to_owned(), Some("email".to_owned()), 100), ("invalid_email".to_owned(), None, 20),
                ("erp_locked".to_owned(), Some("email".to_owned()), 10),
            ]);
            assert!(parked::groups(tx, PortalId(2), flow).await?.is_empty());
            let first = parked::page(tx, portal, flow, email, None, 60).await?;
            let rest = parked::page(tx, portal, flow, email, first.last().map(|row| row.id), 60).await?;
            let both: BTreeSet<ParkedId> = first.iter().chain(&rest).map(|row| row.id).collect();
            assert_eq!((first.len(), rest.len(), both.len()), (60, 40, 100));
            let of = |field| Which { cause: Some("invalid_email"), field, ..Which::default() };
            assert_eq!(parked::page(tx, portal, flow, of(None), None, 999).await?.len(), 120);
            assert_eq!(parked::page(tx, portal, flow, of(Some(None)), None, 999).await?.len(), 20);

            let due = |tx| parked::due(tx, portal, flow, 2, 999, house.now());
            assert_eq!(due(tx).await?.len(), 130, "120 by the older mapping, and ten whose time has come");
            assert_eq!(parked::due(tx, portal, flow, 1, 999, Millis(0)).await?.len(), 10, "ten by another mapping");
            assert_eq!(parked::ask_retry(tx, PortalId(2), flow, Which::default()).await?, 0);
            let one = Which { id: Some(rest[0].id), ..Which::default() };
            assert_eq!(parked::ask_retry(tx, portal, flow, one).await?, 1);
            assert_eq!(parked::due(tx, portal, flow, 2, 1, house.now()).await?[0].id, rest[0].id, "a person waits for it");
            assert_eq!(parked::ask_retry(tx, portal, flow, email).await?, 100);
            assert_eq!(parked::ask_retry(tx, portal, flow, Which::default()).await?, 130);
            Ok(())
        }).unwrap();
        // Tried again and refused again: it waits until something changes.
        let again: Vec<NewParked<'_>> = new.iter().map(|one| NewParked { rules_version: 2, due_at: None, ..*one }).collect();
        park(house, portal, flow, &again).await;
        let due = in_tx!(house.db, read "test", |tx| { parked::due(tx, portal, flow, 2, 999, house.now()).await }).unwrap();
        assert!(due.is_empty(), "{}", due.len());
        assert!(all_parked(house, portal, flow).await.iter().all(|row| row.attempts == 2));
    }

    async fn what_a_person_refused_is_not_proposed_again(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let (erp_id, now) = (source("42"), house.now());
        let ask = |ids: &'static [u64]| {
            let erp_id = erp_id.clone();
            async move {
                let candidates: Vec<Candidate> = ids.iter().copied().map(candidate).collect();
                let new = new_review(house, &erp_id, &candidates);
                in_tx!(house.db, "test", |tx| { reviews::put_many(tx, portal, flow, &[new, new], now).await }).unwrap()
            }
        };
        let open = || async { in_tx!(house.db, read "test", |tx| { reviews::page(tx, portal, flow, None, 9).await }).unwrap() };
        assert_eq!(ask(&[]).await, 0, "no candidate, no question");
        assert_eq!(ask(&[1, 2]).await, 1);
        assert_eq!(ask(&[1, 2, 3]).await, 1);
        let review = open().await.remove(0);
        assert_eq!((review.candidates.as_slice(), review.state, review.reason), ([1, 2, 3].map(candidate).as_slice(), ReviewState::Open, ReviewReason::Fuzzy));
        in_tx!(house.db, "test", |tx| {
            assert_eq!(reviews::decide(tx, PortalId(2), review.id, Decision::Refuse, UserId(7), now).await?, None);
            assert_eq!(reviews::decide(tx, portal, review.id, Decision::Link(ObjectId(9)), UserId(7), now).await?, None, "none of the candidates");
            let refused = reviews::decide(tx, portal, review.id, Decision::Refuse, UserId(7), now).await?.unwrap();
            assert_eq!((refused.state, refused.chosen, refused.decided_by, refused.decided_at), (ReviewState::Refused, None, Some(UserId(7)), Some(now)));
            assert_eq!(reviews::decide(tx, portal, review.id, Decision::Create, UserId(7), now).await?, None, "decided");
            Ok(())
        }).unwrap();
        assert_eq!(ask(&[3, 1]).await, 0);
        assert!(open().await.is_empty());
        assert_eq!(ask(&[3, 4]).await, 1);
        let again = open().await.remove(0);
        assert_eq!((again.id, again.candidates.as_slice(), again.decided_by), (review.id, [candidate(4)].as_slice(), None));
        let chosen = in_tx!(house.db, "test", |tx| { reviews::decide(tx, portal, again.id, Decision::Link(ObjectId(4)), UserId(8), now).await }).unwrap().unwrap();
        assert_eq!((chosen.state, chosen.chosen), (ReviewState::Accepted, Some(ObjectId(4))));
        assert_eq!(chosen.refused, BTreeSet::from([1, 2, 3].map(ObjectId)));
        in_tx!(house.db, "test", |tx| {
            assert_eq!(reviews::of_erp_ids(tx, portal, flow, &[source("41"), erp_id.clone()]).await?, std::slice::from_ref(&chosen));
            assert!(reviews::of_erp_ids(tx, PortalId(2), flow, std::slice::from_ref(&erp_id)).await?.is_empty());
            assert_eq!(reviews::get(tx, PortalId(2), chosen.id).await?, None);
            assert_eq!(reviews::take_off(tx, PortalId(2), &[chosen.id]).await?, 0);
            assert_eq!(reviews::take_off(tx, portal, &[chosen.id]).await?, 1);
            assert_eq!(reviews::get(tx, portal, chosen.id).await?, None);
            Ok(())
        }).unwrap();
    }

    async fn reviews_are_paged_and_counted_and_one_can_ask_for_a_new_record(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let ids: Vec<SourceId> = (0..25).map(|n| source(&n.to_string())).collect();
        let candidates = [candidate(1)];
        let new: Vec<NewReview<'_>> = ids.iter().map(|id| new_review(house, id, &candidates)).collect();
        in_tx!(house.db, "test", |tx| {
            assert_eq!(reviews::put_many(tx, portal, flow, &new, house.now()).await?, 25);
            let first = reviews::page(tx, portal, flow, None, 20).await?;
            let rest = reviews::page(tx, portal, flow, first.last().map(|one| one.id), 20).await?;
            assert_eq!((first.len(), rest.len()), (20, 5));
            let own = reviews::decide(tx, portal, rest[0].id, Decision::Create, UserId(7), house.now()).await?.unwrap();
            assert_eq!((own.state, own.chosen, own.refused), (ReviewState::Accepted, None, BTreeSet::from([ObjectId(1)])));
            assert_eq!((reviews::count(tx, portal, flow).await?, reviews::count(tx, PortalId(2), flow).await?), (24, 0));
            Ok(())
        }).unwrap();
        let (other, _) = house.portal(2).await;
        let refused = in_tx!(house.db, "test", |tx| { reviews::put_many(tx, other, flow, &new[..1], house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn an_association_waits_for_its_other_end(house) {
        let (portal, connection) = house.portal(1).await;
        let first = house.now();
        let wait = |from: u32, to: u32| Waiting {
            portal_id: portal,
            connection_id: connection.id,
            from_kind: LinkKind::Contact,
            from_id: source(&from.to_string()),
            from_target: "contact".to_owned(),
            to_kind: LinkKind::Customer,
            to_id: source(&to.to_string()),
            to_target: "company".to_owned(),
            is_primary: false,
            created_at: house.now(),
        };
        let many: Vec<Waiting> = (0..211).map(|n| wait(n, n % 2)).collect();
        in_tx!(house.db, "test", |tx| { waiting::put_many(tx, &many).await }).unwrap();
        house.clock.advance(Duration::from_secs(1));
        let changed = Waiting { is_primary: true, to_target: "person".to_owned(), ..wait(0, 0) };
        in_tx!(house.db, "test", |tx| {
            waiting::put_many(tx, &[wait(0, 0), changed.clone()]).await?;
            let found = waiting::for_many(tx, portal, connection.id, LinkKind::Customer, &[source("0"), source("9")]).await?;
            assert_eq!(found.len(), 106);
            let one = found.iter().find(|row| row.from_id == source("0")).unwrap();
            assert_eq!((one.is_primary, one.to_target.as_str(), one.created_at), (true, "person", first));
            assert_eq!(waiting::of_many(tx, portal, connection.id, LinkKind::Contact, &[source("0"), source("1")]).await?.len(), 2);
            assert!(waiting::for_many(tx, PortalId(2), connection.id, LinkKind::Customer, &[source("0")]).await?.is_empty());
            assert!(waiting::of_many(tx, portal, connection.id, LinkKind::Customer, &[source("0")]).await?.is_empty());
            assert_eq!(waiting::take_off(tx, &found).await?, 106);
            assert_eq!(waiting::take_off(tx, &found).await?, 0);
            let left = (waiting::count(tx, portal, connection.id, LinkKind::Contact).await?, waiting::count(tx, portal, connection.id, LinkKind::Customer).await?);
            assert_eq!(left, (105, 0));
            Ok(())
        }).unwrap();
        let (other, _) = house.portal(2).await;
        let stolen = Waiting { portal_id: other, ..wait(1, 1) };
        let refused = in_tx!(house.db, "test", |tx| { waiting::put_many(tx, std::slice::from_ref(&stolen)).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn a_hint_makes_its_flow_due_and_stays_when_another_came_meanwhile(house) {
        let (portal, connection) = house.portal(1).await;
        let off = flow(house, &connection, "contacts").await;
        let flow = due_flow(house, &connection, "customers").await;
        let hint = |flow_id, key, by_hand| NewFlowHint { flow_id, portal_id: portal, side: Side::Hubspot, key, by_hand };
        let later = house.now().plus(Duration::from_mins(9));
        in_tx!(house.db, "test", |tx| {
            let claim = flows::Claim { most: 1, lease: house.clock.new_id(), lease_for: Duration::from_secs(1) };
            let claimed = flows::claim(tx, claim, house.now()).await?.remove(0);
            flows::release(tx, flow, claimed.fence, Some(later), flows::Outcome::Worked, house.now()).await?;
            flow_hints::leave(tx, hint(flow, "0-1/1", false), house.now()).await?;
            flow_hints::leave(tx, hint(off, "0-1/1", false), house.now()).await
        }).unwrap();
        house.clock.advance(Duration::from_secs(1));
        let now = house.now();
        in_tx!(house.db, "test", |tx| {
            let (hinted, quiet) = (flows::get(tx, portal, flow).await?.unwrap(), flows::get(tx, portal, off).await?.unwrap());
            assert_eq!((hinted.hinted_at, hinted.due_at), (Some(Millis(now.0 - 1_000)), Some(later)), "its schedule stays");
            assert_eq!((quiet.hinted_at, quiet.due_at), (None, None));
            flow_hints::leave(tx, hint(flow, "0-1/2", true), now).await?;
            let first = flow_hints::due(tx, portal, flow, 9, now).await?;
            assert_eq!(first.iter().map(|one| (one.key.as_str(), one.by_hand, one.version)).collect::<Vec<_>>(), [("0-1/2", true, 1), ("0-1/1", false, 1)]);
            assert!(flow_hints::due(tx, PortalId(2), flow, 9, now).await?.is_empty());
            assert_eq!(flow_hints::due(tx, portal, flow, 1, now).await?.len(), 1);
            flow_hints::leave(tx, hint(flow, "0-1/1", true), now).await?;
            assert_eq!(flow_hints::done(tx, &first).await?, 1, "another came about the other");
            let left = flow_hints::due(tx, portal, flow, 9, now).await?.remove(0);
            assert_eq!((left.key.as_str(), left.version, left.by_hand, left.due_at), ("0-1/1", 2, true, now));
            assert!(!flow_hints::put_off(tx, &first[1], later).await?);
            assert!(flow_hints::put_off(tx, &left, later).await?);
            assert!(flow_hints::due(tx, portal, flow, 9, now).await?.is_empty());
            assert_eq!(flow_hints::next_due(tx, portal, flow).await?, Some(later));
            assert_eq!(flow_hints::next_due(tx, PortalId(2), flow).await?, None);
            Ok(())
        }).unwrap();
        for key in ["0-1/1", "0-1/9"] {
            let stolen = NewFlowHint { portal_id: PortalId(2), ..hint(flow, key, false) };
            let refused = in_tx!(house.db, "test", |tx| { flow_hints::leave(tx, stolen, now).await }).unwrap_err();
            assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
        }
    }

    async fn an_alert_is_told_once_and_its_end_once(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let now = house.now();
        in_tx!(house.db, "test", |tx| {
            assert!(alerts::raise(tx, portal, "failing", Some(flow), now).await?);
            assert!(!alerts::raise(tx, portal, "failing", Some(flow), now).await?);
            let told = alerts::claim(tx, 9, now).await?.remove(0);
            assert_eq!((told.state, told.told, told.flow_id, told.raised_at), (AlertState::Raised, None, Some(flow), now));
            assert!(alerts::claim(tx, 9, now).await?.is_empty(), "it is in hand");
            let after = now.plus(alerts::CLAIMED);
            assert_eq!(alerts::claim(tx, 9, after).await?.len(), 1, "who had it in hand died");
            assert!(alerts::put_off(tx, &told, now).await?);
            let again = alerts::claim(tx, 9, now).await?.remove(0);
            assert_eq!(again.attempts, 1);
            alerts::told(tx, &again, now).await?;
            assert!(alerts::claim(tx, 9, after).await?.is_empty());
            assert!(!alerts::put_off(tx, &again, now).await?, "it was told");
            assert_eq!(alerts::raised(tx, portal).await?.len(), 1);
            assert!(alerts::clear(tx, portal, "failing", after).await?);
            assert!(!alerts::clear(tx, portal, "failing", after).await?);
            assert!(!alerts::clear(tx, portal, "other", after).await?);
            assert!(alerts::raised(tx, portal).await?.is_empty());
            let end = alerts::claim(tx, 9, after).await?.remove(0);
            assert_eq!((end.state, end.told, end.cleared_at, end.attempts), (AlertState::Cleared, Some(AlertState::Raised), Some(after), 0));
            alerts::told(tx, &end, after).await?;
            assert!(alerts::claim(tx, 9, Millis(i64::MAX / 2)).await?.is_empty());
            assert!(alerts::raise(tx, portal, "failing", None, after).await?, "it is there again");
            let second = alerts::claim(tx, 9, after).await?.remove(0);
            assert_eq!((second.raised_at, second.cleared_at, second.flow_id), (after, None, None));
            assert!(alerts::give_up(tx, &second).await?);
            assert!(alerts::claim(tx, 9, Millis(i64::MAX / 2)).await?.is_empty());
            Ok(())
        }).unwrap();
    }

    async fn what_changes_before_it_is_told_is_told_as_it_is(house) {
        let (portal, _) = house.portal(1).await;
        let now = house.now();
        let late = Millis(i64::MAX / 2);
        in_tx!(house.db, "test", |tx| {
            // Over before anybody was told: nothing to tell.
            alerts::raise(tx, portal, "stalled", None, now).await?;
            alerts::clear(tx, portal, "stalled", now).await?;
            assert!(alerts::claim(tx, 9, late).await?.is_empty());
            // Cleared while people were being told that it was raised: its end is still to be told.
            alerts::raise(tx, portal, "stalled", None, now).await?;
            let raised = alerts::claim(tx, 9, now).await?.remove(0);
            alerts::clear(tx, portal, "stalled", now).await?;
            assert!(!alerts::put_off(tx, &raised, late).await?);
            alerts::told(tx, &raised, now).await?;
            let end = alerts::claim(tx, 9, now).await?.remove(0);
            assert_eq!((end.state, end.told), (AlertState::Cleared, Some(AlertState::Raised)));
            // Raised again before its end was told: people know.
            assert!(alerts::raise(tx, portal, "stalled", None, now.plus(Duration::from_secs(1))).await?);
            assert!(!alerts::give_up(tx, &end).await?);
            assert!(alerts::claim(tx, 9, late).await?.is_empty());
            assert_eq!(alerts::raised(tx, portal).await?[0].raised_at, now, "since then it is known");
            Ok(())
        }).unwrap();
    }

    async fn the_secret_of_alerts_is_kept_apart_and_listed_among_the_sealed(house) {
        let ((portal, _), (other, _)) = (house.portal(1).await, house.portal(2).await);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(portals::alert_secret(tx, portal).await?, None);
            assert!(portals::set_alert_secret(tx, portal, Some(b"sealed")).await?);
            assert!(!portals::set_alert_secret(tx, PortalId(3), Some(b"sealed")).await?);
            assert_eq!(portals::alert_secret(tx, portal).await?.as_deref(), Some(b"sealed".as_slice()));
            assert_eq!(portals::alert_secret(tx, other).await?, None);
            let all = ledgercard::store::sealed::all(tx).await?;
            assert_eq!(all.iter().map(|one| (one.place_table.as_str(), one.place_column.as_str(), one.place_row.as_str())).collect::<Vec<_>>(), [("portals", "alert_secret", "portal/1")]);
            assert!(ledgercard::store::sealed::replace(tx, &all[0], b"anew").await?);
            assert!(!ledgercard::store::sealed::replace(tx, &all[0], b"late").await?);
            assert_eq!(portals::alert_secret(tx, portal).await?.as_deref(), Some(b"anew".as_slice()));
            assert!(portals::set_alert_secret(tx, portal, None).await?);
            assert!(ledgercard::store::sealed::all(tx).await?.is_empty());
            Ok(())
        }).unwrap();
    }
}
