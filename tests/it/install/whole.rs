//! What an installation leaves, whole and in part, the first time and again.

use std::time::Duration;

use http::Method;
use ledgercard::{
    domain::{
        ids::{ConnectionId, UserId},
        record::ObjectType,
    },
    hubspot::scopes::{OPTIONAL, REQUIRED},
    in_tx,
    outbound::Lane,
    store::{
        connections::{self, Environment, NewConnection},
        portals::{PortalStatus, PortalTrouble},
    },
};
use serde_json::{Value, json};

use super::house::{ANN, Browser, PORTAL, encoded, house, path};

house!(a_person_installs_the_app_and_the_account_is_known, |house| {
    let page = house.install().await;
    page.says(200, "Ledgercard is installed");
    assert!(page.text.contains(r#"lang="en""#) && page.text.contains("integrations-settings/4711001/installed"));
    let portal = house.portal().await.unwrap();
    assert_eq!((portal.status, portal.trouble), (PortalStatus::Active, None));
    assert_eq!(portal.installed_by, Some(ANN.parse::<UserId>().unwrap()));
    assert_eq!(portal.time_zone, "Europe/Stockholm");
    assert!(portal.domain.as_deref().is_some_and(|domain| page.text.contains(domain)), "{portal:?}");
    assert!(portal.details["currency"].is_string(), "{:?}", portal.details);
    let granted: Vec<&str> = portal.scopes.as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert!(REQUIRED.iter().chain(&OPTIONAL).all(|scope| granted.contains(scope)), "{granted:?}");
    for object_type in ObjectType::ALL {
        let own = house.calls.property(Lane::Background, PORTAL, object_type, "ledgercard_key").await.unwrap().unwrap();
        assert!(own.has_unique_value && own.group_name == "ledgercard", "{own:?}");
    }
    assert_eq!(house.asked("token").await, 1, "the token that came with the consent is used");
});

house!(a_second_install_and_one_after_the_app_was_removed_find_everything_as_it_was, |house| {
    house.install().await.says(200, "is installed");
    let (first, id) = (house.portal().await.unwrap(), ConnectionId(house.clock.new_id()));
    let settings = json!({});
    let new = NewConnection {
        id,
        portal_id: PORTAL,
        system: "netsuite",
        account_id: "1234567",
        name: "The books",
        environment: Environment::Production,
        settings: &settings,
    };
    in_tx!(house.db, "test", |tx| { connections::put(tx, new, first.installed_at).await }).unwrap();
    house.clock.advance(Duration::from_mins(5));
    house.install().await.says(200, "is installed");

    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.upkeep_after(Duration::from_hours(24)).await;
    let left = house.portal().await.unwrap();
    assert_eq!((left.status, left.trouble), (PortalStatus::Disconnected, Some(PortalTrouble::Uninstalled)));
    house.install().await.says(200, "is installed");
    let again = house.portal().await.unwrap();
    assert_eq!((again.status, again.trouble), (PortalStatus::Active, None));
    assert_eq!(again.installed_at, first.installed_at);
    let kept = in_tx!(house.db, read "test", |tx| { connections::list_of_portal(tx, PORTAL).await }).unwrap();
    assert_eq!(kept.iter().map(|c| c.id).collect::<Vec<_>>(), [id]);
});

house!(without_the_optional_scopes_it_installs_and_says_what_is_missing, |house| {
    let withheld = json!({ "withheld": OPTIONAL });
    house.control("PUT", "/_sandbox/portals/4711001/scopes", withheld).await;
    let page = house.install().await;
    page.says(200, "is installed");
    assert!(OPTIONAL.iter().all(|scope| page.text.contains(scope)), "{}", page.text);
    let portal = house.portal().await.unwrap();
    assert_eq!((portal.status, portal.trouble), (PortalStatus::Active, None), "an optional scope is no trouble");
    assert_eq!(portal.details["properties"], json!({ "0-1": "no_scope", "0-2": "no_scope", "0-3": "no_scope" }));
    house.admin.upkeep_once(house.clock.now()).await;
    assert_eq!(house.portal().await.unwrap().trouble, None);
});

house!(a_consent_that_began_in_the_marketplace_is_taken_without_a_state_of_ours, |house| {
    let (mut consent, _) = house.begin().await;
    let ours = |name: &str| name == "state" || name.starts_with("code_challenge");
    let query = encoded(consent.query_pairs().filter(|(name, _)| !ours(name)));
    consent.set_query(Some(&query));
    let back = house.consent(&consent, "connect").await;
    assert!(!back.query().unwrap().contains("state"), "{back}");
    let page = house.visit(&Browser::default(), &path(&back)).await;
    page.says(200, "Next, open the settings in HubSpot");
    assert_eq!(house.portal().await.unwrap().status, PortalStatus::Active);
    house.visit(&Browser::default(), &path(&back)).await.says(400, "used before");
});

house!(hubspot_out_of_order_after_the_exchange_leaves_an_installation_that_upkeep_finishes, |house| {
    house.fails(&[("introspect", 503)]).await;
    house.install().await.says(200, "goes on asking by itself");
    let cut = house.portal().await.unwrap();
    assert_eq!((cut.status, cut.trouble), (PortalStatus::Disconnected, Some(PortalTrouble::Installing)));
    house.fails(&[]).await;
    house.upkeep_after(Duration::from_mins(1)).await;
    assert_eq!(house.portal().await.unwrap().trouble, Some(PortalTrouble::Installing), "it may be under way still");
    house.upkeep_after(Duration::from_mins(1)).await;
    let done = house.portal().await.unwrap();
    assert_eq!((done.status, done.trouble), (PortalStatus::Active, None));
    assert_eq!(done.installed_by, Some(ANN.parse::<UserId>().unwrap()));
    assert_eq!(done.details["properties"]["0-1"], "present");
});

house!(every_page_is_for_people_in_their_language_and_for_nobody_else, |house| {
    let french = Browser { cookie: None, language: "de, fr;q=0.8, en;q=0.5" };
    let page = house.visit(&french, "/oauth/callback?state=x&code=y").await;
    page.says(400, "Rien n'a été modifié");
    assert!(page.text.contains(r#"<html lang="fr">"#) && page.text.contains("width=device-width"), "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let head = house.fetch(&Browser::default(), Method::HEAD.as_str(), "/oauth/install", None).await;
    assert_eq!(head.status, 405, "a look ahead begins nothing");
});
