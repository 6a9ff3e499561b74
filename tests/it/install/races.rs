//! What happens while HubSpot is being asked, and consents that fail where the app worked before.

use std::time::Duration;

use ledgercard::{
    admin::{
        AdminError,
        install::{InstallError, InstallReturn},
        leave::{LeaveAnswer, LeaveRequest, Properties, Way},
    },
    cards::Who,
    domain::ids::{AppId, UserId},
    in_tx,
    outbound::Lane,
    store::{
        portals::{PortalStatus, PortalTrouble},
        windows::{self, NewWindow, Purpose},
    },
    vault::Holder,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::house::{Browser, House, PORTAL, house};

const GONE: (PortalStatus, Option<PortalTrouble>) = (PortalStatus::Disconnected, Some(PortalTrouble::Uninstalled));
const ACTIVE: (PortalStatus, Option<PortalTrouble>) = (PortalStatus::Active, None);

async fn stands(house: &House) -> (PortalStatus, Option<PortalTrouble>) {
    let portal = house.portal().await.unwrap();
    (portal.status, portal.trouble)
}

/// HubSpot answers the next call of this operation late.
async fn late(house: &House, operation: &str) {
    let fault = json!([{ "operation": operation, "action": { "kind": "delay", "ms": 3000 }, "times": 1 }]);
    house.control("PUT", "/_sandbox/faults", fault).await;
}

/// Waits until the call that is answered late has come in.
async fn asked_late(house: &House) {
    let asked = async {
        while house.control("GET", "/_sandbox/faults", Value::Null).await[0]["times"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("the call comes in");
}

async fn kept(house: &House) -> String {
    house.vault.credential(Holder::Portal(PORTAL)).await.unwrap().expose_secret().to_owned()
}

/// The installer removes the app on the settings page.
async fn remove(admin: ledgercard::admin::Admin) -> Result<LeaveAnswer, AdminError> {
    let by = admin.administrator(Who { portal: PORTAL, user: UserId(9001) }).await?;
    let (way, confirm) = (Way::Remove, PORTAL.to_string());
    admin.leave(&by, &LeaveRequest { way, connection_id: None, properties: Properties::Keep, confirm }).await
}

/// What came back to the browser, and its cookie.
fn returned(back: &Url, browser: &Browser) -> (InstallReturn, SecretString) {
    let word =
        |name: &str| back.query_pairs().find(|(n, _)| n == name).map(|(_, v)| SecretString::from(v.into_owned()));
    let cookie = browser.cookie.as_deref().unwrap().split_once('=').unwrap().1;
    (InstallReturn { code: word("code"), state: word("state"), error: None }, cookie.into())
}

house!(the_late_answer_about_an_old_token_does_not_end_a_new_installation, |house| {
    house.install().await.says(200, "is installed");
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.clock.advance(Duration::from_hours(24));
    late(house, "introspect").await;
    let (admin, now) = (house.admin.clone(), house.clock.now());
    let looking = tokio::spawn(async move { admin.upkeep_once(now).await });
    asked_late(house).await;
    house.install().await.says(200, "is installed");
    let new = kept(house).await;
    looking.await.unwrap();
    assert_eq!(stands(house).await, ACTIVE);
    assert_eq!(kept(house).await, new);
});

house!(a_second_consent_that_is_of_no_use_leaves_the_installation_as_it_was, |house| {
    house.install().await.says(200, "is installed");
    let (before, credential) = (house.portal().await.unwrap(), kept(house).await);
    let wrong = house.replica_with(|config| config.hubspot.app_id = AppId(1)).await;
    let (consent, browser) = house.begin().await;
    let (back, cookie) = returned(&house.consent(&consent, "connect").await, &browser);
    let error = wrong.admin.finish_install(back, Some(&cookie)).await.unwrap_err();
    assert!(matches!(error, InstallError::OtherApp), "{error}");
    assert_eq!(stands(house).await, (PortalStatus::Active, Some(PortalTrouble::Configuration)));
    assert_eq!((house.portal().await.unwrap().scopes, kept(house).await), (before.scopes, credential));
    house.clock.advance(Duration::from_mins(31));
    house.calls.account(Lane::Card, PORTAL).await.expect("its token was not revoked");
    house.upkeep_after(Duration::ZERO).await;
    assert_eq!(stands(house).await, ACTIVE, "upkeep looks at it at once");
    wrong.db.close().await;
});

house!(removing_needs_no_credential_when_there_is_none, |house| {
    house.install().await.says(200, "is installed");
    house.vault.forget(Holder::Portal(PORTAL)).await.unwrap();
    let stranger = house.replica_with(|_| {}).await;
    let answer = remove(stranger.admin.clone()).await.unwrap();
    assert_eq!((answer.erased.credentials, answer.remaining), (0, 0));
    assert_eq!(stands(house).await, GONE);
    stranger.db.close().await;
});

house!(a_refused_token_is_not_taken_for_an_app_that_was_removed, |house| {
    house.install().await.says(200, "is installed");
    house.fails(&[("uninstall", 401)]).await;
    let refused = remove(house.admin.clone()).await;
    assert!(matches!(refused, Err(AdminError::Conflict(_))), "{refused:?}");
    assert_eq!(stands(house).await.0, PortalStatus::Active);
    assert!(!kept(house).await.is_empty());
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    assert_eq!(remove(house.admin.clone()).await.unwrap().erased.credentials, 1, "HubSpot says that it is gone");
    assert_eq!(stands(house).await, GONE);
});

house!(a_removal_that_was_begun_is_finished_without_whoever_asked_and_a_stop_waits_for_it, |house| {
    house.install().await.says(200, "is installed");
    late(house, "uninstall").await;
    let asking = tokio::spawn(remove(house.admin.clone()));
    asked_late(house).await;
    asking.abort();
    house.admin.finish().await;
    assert_eq!(stands(house).await, GONE);
    assert!(house.vault.credential(Holder::Portal(PORTAL)).await.is_err());
});

house!(an_app_that_is_removed_while_it_is_looked_after_stays_removed, |house| {
    house.install().await.says(200, "is installed");
    house.clock.advance(Duration::from_hours(24));
    late(house, "account").await;
    let (admin, now) = (house.admin.clone(), house.clock.now());
    let looking = tokio::spawn(async move { admin.upkeep_once(now).await });
    asked_late(house).await;
    remove(house.admin.clone()).await.unwrap();
    looking.await.unwrap();
    assert_eq!(stands(house).await, GONE);
    assert!(house.vault.credential(Holder::Portal(PORTAL)).await.is_err());
});

house!(installations_that_anybody_may_begin_are_bounded_in_number, |house| {
    let (clock, now, nothing) = (&house.clock, house.clock.now(), json!({}));
    in_tx!(house.db, "test", |tx| {
        for _ in 0..10_000 {
            let new = NewWindow {
                id: clock.new_id(),
                purpose: Purpose::Install,
                who: None,
                ticket_hash: None,
                cookie_hash: None,
                state_hash: None,
                details: &nothing,
                sealed: None,
                expires_at: now.plus(Duration::from_mins(10)),
            };
            windows::insert(tx, new, now).await?;
        }
        Ok(())
    })
    .unwrap();
    let page = house.visit(&Browser::default(), "/oauth/install").await;
    page.says(503, "try again");
    house.clock.advance(Duration::from_mins(10));
    assert_eq!(house.visit(&Browser::default(), "/oauth/install").await.status, 303);
});

house!(codes_that_were_not_asked_for_are_exchanged_four_at_a_time, |house| {
    let fault = json!([{ "operation": "token", "action": { "kind": "delay", "ms": 3000 }, "times": 4 }]);
    house.control("PUT", "/_sandbox/faults", fault).await;
    let cold = |admin: ledgercard::admin::Admin| async move {
        let back = InstallReturn { code: Some("made-up".into()), state: None, error: None };
        admin.finish_install(back, None).await.unwrap_err()
    };
    let four: Vec<_> = (0..4).map(|_| tokio::spawn(cold(house.admin.clone()))).collect();
    asked_late(house).await;
    let fifth = cold(house.admin.clone()).await;
    assert!(matches!(fifth, InstallError::Failed(AdminError::Unavailable(_))), "{fifth}");
    for one in four {
        assert!(matches!(one.await.unwrap(), InstallError::OAuth(_)));
    }
    assert!(matches!(cold(house.admin.clone()).await, InstallError::OAuth(_)), "the places are free again");
});
