//! Windows that are open while somebody leaves: nothing comes back through them.

use ledgercard::{
    in_tx,
    store::{
        portals::{self, PortalStatus},
        purge,
    },
};
use serde_json::{Value, json};

use crate::{
    connect::{Hand, SANDBOX},
    world::{PORTAL, World, walk},
};

async fn leave(world: &World, way: &str, connection: Option<&str>, confirm: &str) -> Value {
    let key = format!("leave-{way}-{}", world.clock.new_id());
    let body = json!({ "way": way, "connectionId": connection, "properties": "keep", "confirm": confirm, "idempotencyKey": key });
    world.post("/api/settings/leave", &body).await.ok()
}

walk!(
    /// A sign-in that waits at NetSuite's page when the account is disconnected connects nothing.
    a_window_does_not_outlive_the_disconnection,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (url, cookie) = hand.decide(&Hand::sign_in_body(SANDBOX, &account, "sign-in-one"), "allow").await;
        assert_eq!(hand.back(&url, &cookie).await.0, 200);
        let id = hand.connection(SANDBOX).await.unwrap()["connectionId"].as_str().unwrap().to_owned();
        let (url, cookie) = hand.decide(&Hand::sign_in_body(SANDBOX, &account, "sign-in-two"), "allow").await;
        assert_eq!(leave(world, "disconnect", Some(&id), SANDBOX).await["remaining"], 0);
        let (status, page) = hand.back(&url, &cookie).await;
        assert!(status >= 400, "{status} {page}");
        assert_eq!(hand.connection(SANDBOX).await.unwrap()["status"], "disconnected");
    }
);

walk!(
    /// One that comes back after the app left the portal connects nothing either.
    a_window_does_not_outlive_the_installation,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (url, cookie) = hand.decide(&Hand::sign_in_body(SANDBOX, &account, "sign-in-late"), "allow").await;
        let (portal, now) = (PORTAL.parse().unwrap(), world.clock.now());
        let count = async || in_tx!(world.db, read "test", |tx| { purge::count_of_portal(tx, portal, &[]).await }).unwrap();
        let before = count().await.connections;
        in_tx!(world.db, "test", |tx| { portals::set_status(tx, portal, PortalStatus::Disconnected, now).await }).unwrap();
        let (status, page) = hand.back(&url, &cookie).await;
        assert!(status >= 400 && page.contains("not installed"), "{status} {page}");
        assert_eq!(count().await.connections, before);
    }
);
