//! What happens while HubSpot is being asked, and consents that fail where the app worked before.

use std::time::Duration;

use ledgercard::{
    admin::install::{InstallError, InstallReturn},
    domain::ids::AppId,
    outbound::Lane,
    store::portals::{PortalStatus, PortalTrouble},
    vault::Holder,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::house::{Browser, House, PORTAL, house};

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
