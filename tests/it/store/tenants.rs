//! Portals, connections and credentials.

use std::time::Duration;

use ledgercard::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
    in_tx,
    store::{
        StoreError,
        connections::{self, ConnectionStatus, Environment, NewConnection},
        credentials::{self, Holder, NewToken},
        portals::{self, PortalStatus},
    },
};

use super::fixture::on_both;

fn token<'a>(sealed: &'a [u8], credential: Option<&'a [u8]>) -> NewToken<'a> {
    NewToken { sealed, issued_at: Millis(5), expires_at: Millis(9), credential }
}

on_both! {
    async fn a_portal_is_written_read_and_written_again(house) {
        let (id, first) = (PortalId(999_999_999_999_999_999), house.now());
        let put = in_tx!(house.db, "test", |tx| { portals::put(tx, id, "Europe/Paris", "app-eu1.hubspot.com", first).await }).unwrap();
        assert_eq!((put.installed_at, put.updated_at, put.status), (first, first, PortalStatus::Active));
        let gone = in_tx!(house.db, "test", |tx| { portals::set_status(tx, id, PortalStatus::Disconnected, first).await }).unwrap();
        assert!(gone);

        house.clock.advance(Duration::from_secs(5));
        let again = in_tx!(house.db, "test", |tx| { portals::put(tx, id, "Asia/Tokyo", "app.hubspot.com", house.now()).await }).unwrap();
        let read = in_tx!(house.db, read "test", |tx| { portals::get(tx, id).await }).unwrap().unwrap();
        assert_eq!(read, again);
        assert_eq!((read.time_zone.as_str(), read.ui_domain.as_str()), ("Asia/Tokyo", "app.hubspot.com"));
        assert_eq!((read.installed_at, read.updated_at, read.status), (first, house.now(), PortalStatus::Active));
    }

    async fn portals_are_listed_by_id_and_others_are_not_there(house) {
        for id in [30, 4, 200] {
            house.portal(id).await;
        }
        let list = in_tx!(house.db, read "test", |tx| { portals::list(tx).await }).unwrap();
        assert_eq!(list.iter().map(|p| p.portal_id.0).collect::<Vec<_>>(), [4, 30, 200]);
        let (none, unset) = in_tx!(house.db, "test", |tx| {
            Ok((portals::get(tx, PortalId(5)).await?, portals::set_status(tx, PortalId(5), PortalStatus::Active, house.now()).await?))
        }).unwrap();
        assert_eq!((none, unset), (None, false));
    }

    async fn a_connection_of_another_portal_is_not_found(house) {
        let ((one, mine), (two, theirs)) = (house.portal(1).await, house.portal(2).await);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(connections::get(tx, one, mine.id).await?, Some(mine.clone()));
            assert_eq!(connections::get(tx, one, theirs.id).await?, None);
            assert_eq!(connections::list_of_portal(tx, two).await?, std::slice::from_ref(&theirs));
            assert!(connections::rename(tx, one, theirs.id, "x", &serde_json::json!({}), house.now()).await?.is_none());
            assert!(!connections::set_status(tx, one, theirs.id, ConnectionStatus::Paused, house.now()).await?);
            assert_eq!(connections::get(tx, two, theirs.id).await?, Some(theirs.clone()));
            Ok(())
        }).unwrap();
    }

    async fn connecting_the_same_account_again_keeps_its_id(house) {
        let (portal, first) = house.portal(1).await;
        in_tx!(house.db, "test", |tx| { connections::set_status(tx, portal, first.id, ConnectionStatus::Disconnected, house.now()).await }).unwrap();
        house.clock.advance(Duration::from_secs(1));
        let other_portals_same_account = house.portal(2).await.1;
        assert_ne!(other_portals_same_account.id, first.id);
        let settings = serde_json::json!({ "zone": "Ω \"quoted\" \\ 'x'", "n": 9_007_199_254_740_993_i64, "none": null });
        let new = NewConnection {
            id: ConnectionId(house.clock.new_id()),
            portal_id: portal,
            system: "netsuite",
            account_id: "1234567",
            name: "Renamed",
            environment: Environment::Sandbox,
            settings: &settings,
        };
        let again = in_tx!(house.db, "test", |tx| { connections::put(tx, new, house.now()).await }).unwrap();
        assert_eq!((again.id, again.created_at), (first.id, first.created_at));
        assert_eq!((again.status, again.environment), (ConnectionStatus::Active, Environment::Sandbox));
        assert_eq!((again.name.as_str(), &again.settings), ("Renamed", &settings));
        assert_eq!(again.updated_at, house.now());
        let second = house.connection(portal, "1234567_SB1").await;
        let list = in_tx!(house.db, read "test", |tx| { connections::list_of_portal(tx, portal).await }).unwrap();
        assert_eq!(list.iter().map(|c| c.id).collect::<Vec<_>>(), [first.id, second.id]);
    }

    async fn settings_are_replaced(house) {
        let (portal, connection) = house.portal(1).await;
        let settings = serde_json::json!({ "a": [1, { "b": true }] });
        house.clock.advance(Duration::from_secs(1));
        let set = in_tx!(house.db, "test", |tx| { connections::rename(tx, portal, connection.id, "Books", &settings, house.now()).await }).unwrap();
        assert_eq!(set.unwrap().name, "Books");
        let read = in_tx!(house.db, read "test", |tx| { connections::get(tx, portal, connection.id).await }).unwrap().unwrap();
        assert_eq!((read.settings, read.updated_at), (settings, house.now()));
    }

    async fn a_connection_of_no_portal_is_refused(house) {
        let settings = serde_json::json!({});
        let new = NewConnection {
            id: ConnectionId(house.clock.new_id()),
            portal_id: PortalId(404),
            system: "netsuite",
            account_id: "1",
            name: "x",
            environment: Environment::Production,
            settings: &settings,
        };
        let refused = in_tx!(house.db, "test", |tx| { connections::put(tx, new, house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn a_token_is_saved_by_who_saw_the_newest_fence_only(house) {
        let holder = Holder::Portal(PortalId(1));

        in_tx!(house.db, "test", |tx| {
            assert_eq!(credentials::get(tx, holder).await?, None);
            assert!(!credentials::put_token(tx, holder, 1, token(b"t", None), house.now()).await?, "nothing to save it to");
            credentials::put(tx, holder, b"sealed", house.now()).await
        }).unwrap();
        let read = || async { in_tx!(house.db, read "test", |tx| { credentials::get(tx, holder).await }).unwrap().unwrap() };
        let first = read().await;
        assert_eq!((first.sealed.as_slice(), first.sealed_token.as_deref(), first.fence), (b"sealed".as_slice(), None, 1));

        // Eight that all saw the first fence: one saves.
        let savers: Vec<_> = (0..8_u8).map(|n| {
            let (db, now) = (house.db.clone(), house.now());
            tokio::spawn(async move {
                in_tx!(db, "test", |tx| {
                    let sealed = [n];
                    credentials::put_token(tx, holder, 1, token(&sealed, None), now).await
                }).unwrap()
            })
        }).collect();
        let mut saved = Vec::new();
        for (n, saver) in (0_u8..).zip(savers) {
            if saver.await.unwrap() {
                saved.push(n);
            }
        }
        assert_eq!(saved.len(), 1);
        let second = read().await;
        assert_eq!((second.sealed_token, second.fence), (Some(saved), 2));
        assert_eq!((second.token_issued_at, second.token_expires_at), (Some(Millis(5)), Some(Millis(9))));
        assert_eq!(second.sealed, b"sealed");

        let rotated = in_tx!(house.db, "test", |tx| { credentials::put_token(tx, holder, 2, token(b"t", Some(b"new")), house.now()).await }).unwrap();
        assert!(rotated);
        assert_eq!((read().await.sealed.as_slice(), read().await.fence), (b"new".as_slice(), 3));

        in_tx!(house.db, "test", |tx| { credentials::put(tx, holder, b"replaced", house.now()).await }).unwrap();
        let replaced = read().await;
        assert_eq!((replaced.sealed.as_slice(), replaced.sealed_token, replaced.fence), (b"replaced".as_slice(), None, 4));
        assert_eq!((replaced.token_issued_at, replaced.token_expires_at), (None, None));
    }

    async fn credentials_of_different_holders_are_apart(house) {
        let connection = Holder::Connection(ConnectionId(house.clock.new_id()));
        let portal = Holder::Portal(PortalId(1));
        in_tx!(house.db, "test", |tx| {
            credentials::put(tx, connection, b"c", house.now()).await?;
            credentials::put(tx, portal, b"p", house.now()).await?;
            assert!(credentials::remove(tx, portal).await?);
            assert!(!credentials::remove(tx, portal).await?);
            assert_eq!(credentials::get(tx, portal).await?, None);
            assert_eq!(credentials::get(tx, connection).await?.unwrap().sealed, b"c");
            Ok(())
        }).unwrap();
    }
}
