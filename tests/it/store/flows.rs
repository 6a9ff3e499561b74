//! Flows: each worked by one at a time, portals taking turns, and nothing written by one whose lease has ended.

use std::{collections::BTreeSet, time::Duration};

use ledgercard::{
    clock::Millis,
    domain::ids::{ConnectionId, FlowId, PortalId, RunId},
    in_tx,
    store::{
        StoreError,
        connections::{self, Connection, ConnectionStatus},
        flows::{self, Claim, Flow, FlowStatus, Mark, NewFlow, Outcome},
        portals::{self, PortalStatus},
        runs::{self, Counts, NewRun, RunCause, RunKind, RunState},
    },
};
use serde_json::json;

use super::fixture::{House, on_both};

const LEASE: Duration = Duration::from_secs(30);

/// A flow of a connection, off.
pub(super) async fn flow(house: &House, connection: &Connection, key: &str) -> FlowId {
    let id = FlowId(house.clock.new_id());
    let settings = json!({ "onCreate": "create" });
    let new = NewFlow { id, portal_id: connection.portal_id, connection_id: connection.id, key, settings: &settings };
    let made = in_tx!(house.db, "test", |tx| { flows::put_missing(tx, &[new], house.now()).await }).unwrap();
    assert_eq!(made, 1);
    id
}

/// A flow of a connection that is on and due.
pub(super) async fn due_flow(house: &House, connection: &Connection, key: &str) -> FlowId {
    let id = flow(house, connection, key).await;
    let (portal, now) = (connection.portal_id, house.now());
    in_tx!(house.db, "test", |tx| {
        assert!(flows::set_status(tx, portal, id, FlowStatus::On, now).await?);
        Ok(())
    })
    .unwrap();
    id
}

async fn claim(house: &House, most: u32) -> Vec<Flow> {
    let claim = Claim { most, lease: house.clock.new_id(), lease_for: LEASE };
    in_tx!(house.db, "test", |tx| { flows::claim(tx, claim, house.now()).await }).unwrap()
}

async fn get(house: &House, portal: PortalId, id: FlowId) -> Flow {
    in_tx!(house.db, read "test", |tx| { flows::get(tx, portal, id).await }).unwrap().unwrap()
}

async fn next_due(house: &House) -> Option<Millis> {
    in_tx!(house.db, read "test", |tx| { flows::next_due(tx).await }).unwrap()
}

fn ids(claimed: &[Flow]) -> BTreeSet<FlowId> {
    claimed.iter().map(|flow| flow.id).collect()
}

on_both! {
    async fn missing_flows_are_made_and_those_that_are_there_stay(house) {
        let (portal, connection) = house.portal(1).await;
        let first = flow(house, &connection, "customers").await;
        let settings = json!({ "onCreate": "nothing" });
        let new = |key| NewFlow { id: FlowId(house.clock.new_id()), portal_id: portal, connection_id: connection.id, key, settings: &settings };
        let both = [new("customers"), new("contacts")];
        let made = in_tx!(house.db, "test", |tx| { flows::put_missing(tx, &both, house.now()).await }).unwrap();
        assert_eq!(made, 1);
        let read = in_tx!(house.db, read "test", |tx| {
            assert_eq!(flows::of_portal(tx, portal).await?, flows::of_connection(tx, portal, connection.id).await?);
            assert!(flows::of_connection(tx, PortalId(2), connection.id).await?.is_empty());
            assert!(flows::of_portal(tx, PortalId(2)).await?.is_empty());
            assert_eq!(flows::get(tx, PortalId(2), first).await?, None);
            flows::of_portal(tx, portal).await
        }).unwrap();
        let told: BTreeSet<_> = read.iter().map(|flow| (flow.key.as_str(), flow.settings["onCreate"].as_str().unwrap())).collect();
        assert_eq!(told, BTreeSet::from([("customers", "create"), ("contacts", "nothing")]));
        let kept = read.iter().find(|flow| flow.id == first).unwrap();
        assert_eq!((kept.status, kept.rules_version, kept.fence, kept.due_at), (FlowStatus::Off, 1, 0, None));
        assert_eq!((&kept.mapping, &kept.preview, kept.lease, kept.stop_asked), (&None, &None, None, false));
        // That of another portal's connection is not made.
        let (other, _) = house.portal(2).await;
        let stolen = [NewFlow { portal_id: other, ..new("stolen") }];
        let refused = in_tx!(house.db, "test", |tx| { flows::put_missing(tx, &stolen, house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn what_an_administrator_sets_is_kept(house) {
        let (portal, connection) = house.portal(1).await;
        let id = flow(house, &connection, "customers").await;
        let (settings, mapping, now) = (json!({ "graceDays": 3 }), json!({ "rows": [] }), house.now());
        in_tx!(house.db, "test", |tx| {
            assert!(flows::set_settings(tx, portal, id, &settings, now).await?);
            assert_eq!(flows::set_mapping(tx, portal, id, 1, Some(&mapping), now).await?, Some(2));
            assert_eq!(flows::set_mapping(tx, portal, id, 1, None, now).await?, None, "somebody else was faster");
            assert_eq!(flows::set_mapping(tx, PortalId(2), id, 2, None, now).await?, None);
            assert!(!flows::set_settings(tx, PortalId(2), id, &settings, now).await?);
            assert!(!flows::set_status(tx, PortalId(2), id, FlowStatus::On, now).await?);
            Ok(())
        }).unwrap();
        let read = get(house, portal, id).await;
        assert_eq!((read.settings, read.mapping, read.rules_version), (settings, Some(mapping), 2));
        in_tx!(house.db, "test", |tx| {
            assert_eq!(flows::set_mapping(tx, portal, id, 2, None, now).await?, Some(3));
            Ok(())
        }).unwrap();
        assert_eq!(get(house, portal, id).await.mapping, None);
    }

    async fn a_flow_that_is_off_or_whose_connection_or_portal_is_not_used_is_not_claimed(house) {
        let (portal, connection) = house.portal(1).await;
        let off = flow(house, &connection, "customers").await;
        in_tx!(house.db, "test", |tx| {
            assert!(!flows::make_due(tx, portal, off, house.now()).await?);
            assert!(!flows::ask_census(tx, portal, off, house.now()).await?);
            assert!(!flows::lift_brake(tx, portal, off, RunId(house.clock.new_id()), house.now()).await?);
            assert_eq!(flows::make_all_due(tx, portal, connection.id, house.now()).await?, 0);
            Ok(())
        }).unwrap();
        assert_eq!((claim(house, 9).await.len(), next_due(house).await), (0, None));
        let on = due_flow(house, &connection, "contacts").await;
        assert_eq!(next_due(house).await, Some(house.now()));
        for status in [ConnectionStatus::Paused, ConnectionStatus::Disconnected] {
            in_tx!(house.db, "test", |tx| { connections::set_status(tx, portal, connection.id, status, house.now()).await }).unwrap();
            assert_eq!((claim(house, 9).await.len(), next_due(house).await), (0, None));
        }
        in_tx!(house.db, "test", |tx| {
            connections::set_status(tx, portal, connection.id, ConnectionStatus::Active, house.now()).await?;
            portals::set_status(tx, portal, PortalStatus::Disconnected, house.now()).await
        }).unwrap();
        assert_eq!((claim(house, 9).await.len(), next_due(house).await), (0, None));
        in_tx!(house.db, "test", |tx| { portals::set_status(tx, portal, PortalStatus::Active, house.now()).await }).unwrap();
        assert_eq!(ids(&claim(house, 9).await), BTreeSet::from([on]));
    }

    async fn many_that_claim_at_once_never_get_the_same(house) {
        let mut all = BTreeSet::new();
        for number in 1..=20 {
            let (_, connection) = house.portal(number).await;
            for key in ["customers", "contacts"] {
                all.insert(due_flow(house, &connection, key).await);
            }
        }
        let claimers: Vec<_> = (0..8).map(|_| {
            let (db, now) = (house.db.clone(), house.now());
            let lease = house.clock.new_id();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let claim = Claim { most: 3, lease, lease_for: LEASE };
                    let some = in_tx!(db, "test", |tx| { flows::claim(tx, claim, now).await }).unwrap();
                    assert!(some.len() <= 3 && some.iter().all(|flow| flow.lease == Some(lease) && flow.fence == 1));
                    if some.is_empty() {
                        return mine;
                    }
                    mine.extend(some.into_iter().map(|flow| flow.id));
                }
            })
        }).collect();
        let mut claimed = Vec::new();
        for claimer in claimers {
            claimed.extend(claimer.await.unwrap());
        }
        assert_eq!(claimed.len(), all.len(), "none twice");
        // One that finds everything taken goes home while another's claim may still be undone: what is left is claimed now.
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), all);
    }

    async fn portals_and_their_connections_take_turns(house) {
        let (large, first) = house.portal(1).await;
        let second = house.connection(large, "7654321").await;
        let (_, small) = house.portal(2).await;
        let mut of_first = Vec::new();
        for key in ["a", "b", "c"] {
            of_first.push(due_flow(house, &first, key).await);
            house.clock.advance(Duration::from_secs(1));
        }
        let of_second = due_flow(house, &second, "a").await;
        house.clock.advance(Duration::from_secs(1));
        let of_small = due_flow(house, &small, "a").await;
        // Each portal's first, though the large one's others have been due for longer.
        assert_eq!(ids(&claim(house, 2).await), BTreeSet::from([of_first[0], of_small]));
        // Within the large portal, the connection that nobody works yet.
        assert_eq!(ids(&claim(house, 1).await), BTreeSet::from([of_second]));
        // A portal that is worked less goes first, though its flow came due last.
        house.clock.advance(Duration::from_secs(1));
        let next_of_small = due_flow(house, &small, "b").await;
        assert_eq!(ids(&claim(house, 1).await), BTreeSet::from([next_of_small]));
        assert_eq!(claim(house, 1).await.iter().map(|flow| flow.id).collect::<Vec<_>>(), [of_first[1]]);
        assert_eq!(ids(&claim(house, 5).await), BTreeSet::from([of_first[2]]));
        assert!(claim(house, 5).await.is_empty());
    }

    async fn a_lease_that_ended_is_taken_over_and_the_old_fence_changes_nothing(house) {
        let (portal, connection) = house.portal(1).await;
        let id = due_flow(house, &connection, "customers").await;
        let old = claim(house, 1).await.remove(0);
        assert_eq!((old.fence, old.due_at, old.lease_until), (1, None, Some(house.now().plus(LEASE))));
        assert_eq!(next_due(house).await, old.lease_until);
        house.clock.advance(LEASE.saturating_sub(Duration::from_millis(1)));
        assert!(claim(house, 1).await.is_empty());
        house.clock.advance(Duration::from_millis(1));
        let now = house.now();
        let ended = in_tx!(house.db, "test", |tx| {
            Ok((flows::hold(tx, id, 1, now).await?, flows::renew(tx, id, 1, now.plus(LEASE), now).await?))
        }).unwrap();
        assert_eq!(ended, (false, false), "it ended, though nobody took over yet");
        let new = claim(house, 1).await.remove(0);
        assert_eq!((new.id, new.fence), (id, 2));
        in_tx!(house.db, "test", |tx| {
            let counted = json!({});
            for mark in [Mark::Cursor(Some("old")), Mark::HubCursor(Some("old")), Mark::FirstDone(now), Mark::Census(now), Mark::Preview(&counted)] {
                assert!(!flows::mark(tx, id, 1, mark).await?);
            }
            assert!(!flows::save_cursor(tx, id, 1, "old").await?);
            assert!(!flows::save_hub_cursor(tx, id, 1, "old").await?);
            assert!(!flows::hold(tx, id, 1, now).await?);
            assert!(!flows::renew(tx, id, 1, now.plus(LEASE * 9), now).await?);
            assert!(!flows::release(tx, id, 1, None, Outcome::Failed { trouble: "old" }, now).await?);
            Ok(())
        }).unwrap();
        assert_eq!(get(house, portal, id).await, new, "nothing changed");
        in_tx!(house.db, "test", |tx| {
            assert!(flows::hold(tx, id, 2, now).await?);
            assert!(flows::renew(tx, id, 2, now.plus(LEASE * 2), now).await?);
            assert!(flows::save_cursor(tx, id, 2, "c").await?);
            assert!(flows::save_hub_cursor(tx, id, 2, "h").await?);
            assert!(flows::mark(tx, id, 2, Mark::FirstDone(now)).await?);
            assert!(flows::mark(tx, id, 2, Mark::FirstDone(Millis(0))).await?, "the first time stays");
            assert!(flows::mark(tx, id, 2, Mark::Census(now)).await?);
            assert!(flows::mark(tx, id, 2, Mark::Preview(&json!({ "read": 3 }))).await?);
            Ok(())
        }).unwrap();
        let read = get(house, portal, id).await;
        assert_eq!((read.cursor.as_deref(), read.hub_cursor.as_deref()), (Some("c"), Some("h")));
        assert_eq!((read.first_done_at, read.census_at, read.preview), (Some(now), Some(now), Some(json!({ "read": 3 }))));
        assert_eq!(read.lease_until, Some(now.plus(LEASE * 2)));
        in_tx!(house.db, "test", |tx| { flows::mark(tx, id, 2, Mark::Cursor(None)).await }).unwrap();
        assert_eq!(get(house, portal, id).await.cursor, None);
    }

    async fn a_flow_that_is_given_back_remembers_how_it_went(house) {
        let (portal, connection) = house.portal(1).await;
        let id = due_flow(house, &connection, "customers").await;
        let began = house.now();
        for (round, outcome) in (1..).zip([Outcome::Failed { trouble: "unavailable" }, Outcome::Failed { trouble: "no_permission" }, Outcome::LeftOff]) {
            let flow = claim(house, 1).await.remove(0);
            let due = house.now().plus(Duration::from_mins(1));
            let given = in_tx!(house.db, "test", |tx| { flows::release(tx, id, flow.fence, Some(due), outcome, house.now()).await }).unwrap();
            assert!(given);
            let again = in_tx!(house.db, "test", |tx| { flows::release(tx, id, flow.fence, None, Outcome::Worked, house.now()).await }).unwrap();
            assert!(!again, "given back once");
            let read = get(house, portal, id).await;
            assert_eq!((read.fence, read.lease, read.lease_until, read.due_at), (round, None, None, Some(due)));
            house.clock.advance(Duration::from_mins(1));
        }
        let failing = get(house, portal, id).await;
        assert_eq!((failing.failures, failing.trouble.as_deref(), failing.failing_since), (2, Some("no_permission"), Some(began)));
        let flow = claim(house, 1).await.remove(0);
        in_tx!(house.db, "test", |tx| { flows::release(tx, id, flow.fence, None, Outcome::Worked, house.now()).await }).unwrap();
        let well = get(house, portal, id).await;
        assert_eq!((well.failures, well.trouble, well.failing_since, well.due_at), (0, None, None, None));
        assert_eq!(next_due(house).await, None);
    }

    async fn what_comes_while_a_flow_is_worked_is_not_lost(house) {
        let (portal, connection) = house.portal(1).await;
        let id = due_flow(house, &connection, "customers").await;
        let flow = claim(house, 1).await.remove(0);
        house.clock.advance(Duration::from_secs(1));
        let (came, later) = (house.now(), house.now().plus(Duration::from_mins(1)));
        in_tx!(house.db, "test", |tx| {
            assert!(flows::make_due(tx, portal, id, came).await?);
            assert!(flows::make_due(tx, portal, id, later).await?, "it is due before");
            assert!(!flows::make_due(tx, PortalId(2), id, came).await?);
            Ok(())
        }).unwrap();
        assert!(claim(house, 1).await.is_empty(), "it is being worked");
        in_tx!(house.db, "test", |tx| { flows::release(tx, id, flow.fence, Some(later), Outcome::Worked, came).await }).unwrap();
        assert_eq!(get(house, portal, id).await.due_at, Some(came));
        let flow = claim(house, 1).await.remove(0);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(flows::make_all_due(tx, portal, connection.id, came).await?, 1);
            assert_eq!(flows::make_all_due(tx, PortalId(2), connection.id, came).await?, 0);
            assert_eq!(flows::make_all_due(tx, portal, ConnectionId(house.clock.new_id()), came).await?, 0);
            flows::release(tx, id, flow.fence, None, Outcome::Worked, came).await
        }).unwrap();
        assert_eq!(get(house, portal, id).await.due_at, Some(came), "also where it would not come due by itself");
    }

    async fn a_flow_is_asked_to_stop_and_told_to_go_on(house) {
        let (portal, connection) = house.portal(1).await;
        let id = due_flow(house, &connection, "customers").await;
        let run = RunId(house.clock.new_id());
        in_tx!(house.db, "test", |tx| {
            assert!(!flows::ask_stop(tx, portal, id).await?, "nobody works it");
            Ok(())
        }).unwrap();
        let flow = claim(house, 1).await.remove(0);
        in_tx!(house.db, "test", |tx| {
            assert!(!flows::ask_stop(tx, PortalId(2), id).await?);
            assert!(flows::ask_stop(tx, portal, id).await?);
            assert!(flows::mark(tx, id, flow.fence, Mark::Census(house.now())).await?);
            assert!(flows::lift_brake(tx, portal, id, run, house.now()).await?);
            assert!(flows::ask_census(tx, portal, id, house.now()).await?);
            Ok(())
        }).unwrap();
        let read = get(house, portal, id).await;
        assert_eq!((read.stop_asked, read.brake_lifted_run, read.census_at, read.due_at), (true, Some(run), None, Some(house.now())));
        in_tx!(house.db, "test", |tx| { flows::release(tx, id, flow.fence, None, Outcome::LeftOff, house.now()).await }).unwrap();
        let flow = claim(house, 1).await.remove(0);
        assert!(!flow.stop_asked, "that was for who worked it before");
        in_tx!(house.db, "test", |tx| { flows::set_status(tx, portal, id, FlowStatus::Off, house.now()).await }).unwrap();
        let read = get(house, portal, id).await;
        assert_eq!((read.status, read.stop_asked, read.due_at), (FlowStatus::Off, true, None));
        let held = in_tx!(house.db, "test", |tx| { flows::hold(tx, id, flow.fence, house.now()).await }).unwrap();
        assert!(held, "the page in hand is still kept");
        house.clock.advance(LEASE);
        assert!(claim(house, 1).await.is_empty());
    }

    async fn one_that_is_off_is_worked_for_an_undo_alone(house) {
        let (portal, connection) = house.portal(1).await;
        let id = flow(house, &connection, "customers").await;
        let (now, undo) = (house.now(), RunId(house.clock.new_id()));
        let new = NewRun {
            id: undo,
            portal_id: portal,
            flow_id: id,
            kind: RunKind::Undo,
            cause: RunCause::Hand,
            phase: "begins",
            asked_by: None,
            of_run: None,
        };
        in_tx!(house.db, "test", |tx| {
            assert!(!flows::make_due(tx, portal, id, now).await?);
            runs::begin(tx, new, now).await?;
            assert!(flows::make_due(tx, portal, id, now).await?);
            assert!(flows::start_over(tx, portal, id, now).await?, "another mapping is saved meanwhile");
            Ok(())
        }).unwrap();
        assert_eq!(next_due(house).await, Some(now));
        let claimed = claim(house, 1).await.remove(0);
        assert_eq!((claimed.id, claimed.status), (id, FlowStatus::Off));
        let later = now.plus(Duration::from_mins(1));
        in_tx!(house.db, "test", |tx| {
            runs::remember(tx, portal, undo, Some("there"), 7).await?;
            runs::remember(tx, portal, undo, None, 8).await?;
            flows::release(tx, id, claimed.fence, Some(later), Outcome::Failed { trouble: "down" }, now).await
        }).unwrap();
        let left = in_tx!(house.db, read "test", |tx| { runs::get(tx, portal, undo).await }).unwrap().unwrap();
        assert_eq!((left.place.as_deref(), left.harmed), (Some("there"), 8));
        assert!(claim(house, 1).await.is_empty());
        house.clock.advance(Duration::from_mins(1));
        let claimed = claim(house, 1).await.remove(0);
        in_tx!(house.db, "test", |tx| {
            runs::end(tx, portal, undo, RunState::Done, Counts::default(), None, later).await?;
            flows::release(tx, id, claimed.fence, Some(later), Outcome::Worked, later).await
        }).unwrap();
        assert_eq!((get(house, portal, id).await.due_at, next_due(house).await), (None, None));
        assert!(claim(house, 1).await.is_empty());
    }

    async fn a_hint_has_a_flow_claimed_and_leaves_its_schedule(house) {
        let (portal, connection) = house.portal(1).await;
        let id = due_flow(house, &connection, "customers").await;
        let flow = claim(house, 1).await.remove(0);
        let (now, later) = (house.now(), house.now().plus(Duration::from_hours(9)));
        in_tx!(house.db, "test", |tx| {
            flows::release(tx, id, flow.fence, Some(later), Outcome::Worked, now).await?;
            flows::hinted(tx, id, now.plus(Duration::from_mins(2))).await?;
            flows::hinted(tx, id, now.plus(Duration::from_mins(1))).await?;
            flows::hinted(tx, id, now.plus(Duration::from_mins(3))).await
        }).unwrap();
        assert!(claim(house, 1).await.is_empty());
        assert_eq!(next_due(house).await, Some(now.plus(Duration::from_mins(1))));
        house.clock.advance(Duration::from_mins(1));
        let hinted = claim(house, 1).await.remove(0);
        assert_eq!((hinted.due_at, hinted.hinted_at), (Some(later), None), "it is claimed for its hints");
        in_tx!(house.db, "test", |tx| { flows::release(tx, id, hinted.fence, None, Outcome::Worked, now).await }).unwrap();
        let rests = get(house, portal, id).await;
        assert_eq!((rests.due_at, rests.hinted_at), (Some(later), None));
        assert_eq!(next_due(house).await, Some(later));
    }
}
