//! Windows, portals that are being installed, and leases, on both databases.

use std::time::Duration;

use ledgercard::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId, UserId},
    in_tx,
    store::{
        credentials::{self, NewToken},
        portals::{self, PortalStatus, PortalTrouble},
        windows::{self, NewWindow, Purpose},
    },
    vault::Holder,
};
use serde_json::json;

use super::fixture::{House, on_both};

const TICKET: [u8; 32] = [1; 32];
const COOKIE: [u8; 32] = [2; 32];
const STATE: [u8; 32] = [3; 32];

async fn window(house: &House, portal: PortalId) -> uuid::Uuid {
    let (id, now, details) = (house.clock.new_id(), house.now(), json!({ "account": "1234567" }));
    let new = NewWindow {
        id,
        purpose: Purpose::SignIn,
        who: Some((portal, UserId(9))),
        ticket_hash: Some(&TICKET),
        cookie_hash: None,
        state_hash: None,
        details: &details,
        sealed: None,
        expires_at: now.plus(Duration::from_mins(1)),
    };
    in_tx!(house.db, "test", |tx| { windows::insert(tx, new, now).await }).unwrap();
    id
}

on_both! {
    async fn a_window_is_opened_sent_away_and_claimed_once_each_in_its_browser(house) {
        let (portal, _) = house.portal(4711).await;
        let (id, now) = (window(house, portal).await, house.now());
        let later = now.plus(Duration::from_mins(10));
        in_tx!(house.db, "test", |tx| {
            let row = windows::open(tx, &TICKET, &COOKIE, later, now).await?.unwrap();
            assert_eq!((row.id, row.portal_id, row.user_id), (id, Some(portal), Some(UserId(9))));
            assert_eq!((row.expires_at, row.details["account"].as_str()), (later, Some("1234567")));
            assert_eq!(windows::open(tx, &TICKET, &COOKIE, later, now).await?, None);
            assert!(!windows::send_away(tx, id, &TICKET, &STATE, b"sealed", now).await?, "another browser");
            assert!(!windows::send_away(tx, id, &COOKIE, &STATE, b"sealed", later).await?, "too late");
            assert!(windows::send_away(tx, id, &COOKIE, &STATE, b"sealed", now).await?);
            assert_eq!(windows::claim(tx, Purpose::SignIn, &STATE, &TICKET, now).await?, None);
            assert_eq!(windows::claim(tx, Purpose::Install, &STATE, &COOKIE, now).await?, None);
            assert_eq!(windows::claim(tx, Purpose::SignIn, &STATE, &COOKIE, later).await?, None);
            let claimed = windows::claim(tx, Purpose::SignIn, &STATE, &COOKIE, now).await?.unwrap();
            assert_eq!((claimed.sealed.as_deref(), claimed.used_at), (Some(b"sealed".as_slice()), Some(now)));
            assert_eq!(windows::claim(tx, Purpose::SignIn, &STATE, &COOKIE, now).await?, None);
            assert_eq!(windows::by_state(tx, &STATE).await?, Some(claimed.clone()));
            assert_eq!(windows::by_ticket(tx, &TICKET).await?, windows::get(tx, id).await?);
            assert_eq!(windows::clear(tx, later).await?, 0);
            assert_eq!(windows::clear(tx, Millis(later.0 + 1)).await?, 1);
            Ok(())
        }).unwrap();
    }

    async fn the_windows_of_one_portal_go_alone(house) {
        let ((one, _), (other, _)) = (house.portal(4711).await, house.portal(4712).await);
        window(house, one).await;
        in_tx!(house.db, "test", |tx| {
            assert_eq!(windows::remove_of_portal(tx, other).await?, 0);
            assert_eq!(windows::remove_of_portal(tx, one).await?, 1);
            assert_eq!(windows::by_ticket(tx, &TICKET).await?, None);
            Ok(())
        }).unwrap();
    }

    async fn an_installation_that_begins_changes_no_portal_that_works(house) {
        let (works, _) = house.portal(4711).await;
        let (new, now) = (PortalId(4712), house.now());
        in_tx!(house.db, "test", |tx| {
            portals::begin_install(tx, works, now).await?;
            portals::begin_install(tx, new, now).await?;
            let (works, new) = (portals::get(tx, works).await?.unwrap(), portals::get(tx, new).await?.unwrap());
            assert_eq!((works.status, works.time_zone.as_str()), (PortalStatus::Active, "Europe/Paris"));
            assert_eq!(new.status, PortalStatus::Disconnected);
            assert_eq!([works.trouble, new.trouble], [Some(PortalTrouble::Installing); 2]);
            Ok(())
        }).unwrap();
    }

    async fn a_trouble_keeps_the_time_when_it_began(house) {
        let (portal, _) = house.portal(4711).await;
        let (first, then) = (house.now(), house.now().plus(Duration::from_hours(1)));
        in_tx!(house.db, "test", |tx| {
            let consent = Some(PortalTrouble::ConsentNeeded);
            assert!(!portals::set_trouble(tx, portal, None, first).await?);
            assert!(portals::set_trouble(tx, portal, consent, first).await?);
            assert!(!portals::set_trouble(tx, portal, consent, then).await?);
            assert_eq!(portals::get(tx, portal).await?.unwrap().trouble_at, Some(first));
            assert!(portals::set_trouble(tx, portal, Some(PortalTrouble::Configuration), then).await?);
            assert_eq!(portals::get(tx, portal).await?.unwrap().trouble_at, Some(then));
            assert!(portals::set_trouble(tx, portal, None, then).await?);
            let row = portals::get(tx, portal).await?.unwrap();
            assert_eq!((row.trouble, row.trouble_at), (None, None));
            assert!(!portals::set_scopes(tx, PortalId(1), &json!([])).await?);
            assert!(!portals::set_details(tx, PortalId(1), &json!({})).await?);
            Ok(())
        }).unwrap();
    }

    async fn a_lease_is_one_replicas_until_it_ends_or_the_token_is_saved(house) {
        let (holder, now) = (Holder::Connection(ConnectionId(house.clock.new_id())), house.now());
        let (mine, yours) = (house.clock.new_id(), house.clock.new_id());
        let until = now.plus(Duration::from_secs(30));
        in_tx!(house.db, "test", |tx| {
            assert!(!credentials::take_lease(tx, holder, 1, mine, until, now).await?, "there is no row");
            credentials::put(tx, holder, b"sealed", now).await?;
            assert!(!credentials::take_lease(tx, holder, 2, mine, until, now).await?, "another fence");
            assert!(credentials::take_lease(tx, holder, 1, mine, until, now).await?);
            assert!(credentials::take_lease(tx, holder, 1, mine, until, now).await?, "it is mine already");
            assert!(!credentials::take_lease(tx, holder, 1, yours, until, now).await?);
            assert!(!credentials::end_lease(tx, holder, yours).await?);
            assert!(credentials::take_lease(tx, holder, 1, yours, until.plus(Duration::from_secs(1)), until).await?);
            assert!(!credentials::end_lease(tx, holder, mine).await?, "it ended, and is yours now");
            assert!(credentials::end_lease(tx, holder, yours).await?);
            assert!(credentials::take_lease(tx, holder, 1, mine, until, now).await?);
            let token = NewToken { sealed: b"token", issued_at: now, expires_at: until, credential: None };
            assert!(credentials::put_token(tx, holder, 1, token, now).await?);
            assert_eq!(credentials::get(tx, holder).await?.unwrap().lease, None);
            credentials::put_with_token(tx, holder, b"other", Some(token), now).await?;
            let row = credentials::get(tx, holder).await?.unwrap();
            assert_eq!((row.sealed_token.as_deref(), row.fence), (Some(b"token".as_slice()), 3));
            Ok(())
        }).unwrap();
    }
}
