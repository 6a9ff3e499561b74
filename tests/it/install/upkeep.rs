//! Portals that left without a word, tokens that are refused, properties that an administrator deleted.

use std::time::Duration;

use ledgercard::{
    domain::record::ObjectType,
    hubspot::HubSpotError,
    in_tx,
    outbound::Lane,
    store::{
        credentials,
        portals::{self, PortalStatus, PortalTrouble},
    },
    vault::Holder,
};
use serde_json::{Value, json};

use super::house::{House, PORTAL, house, ring};

async fn stands(house: &House) -> (PortalStatus, Option<PortalTrouble>) {
    let portal = house.portal().await.unwrap();
    (portal.status, portal.trouble)
}

const ACTIVE: (PortalStatus, Option<PortalTrouble>) = (PortalStatus::Active, None);
const GONE: (PortalStatus, Option<PortalTrouble>) = (PortalStatus::Disconnected, Some(PortalTrouble::Uninstalled));

house!(an_app_that_was_removed_is_noticed_by_the_next_call_and_its_work_stops, |house| {
    house.install().await;
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.clock.advance(Duration::from_mins(31));
    let refused = house.calls.account(Lane::Card, PORTAL).await;
    assert!(matches!(refused, Err(HubSpotError::Reinstall { .. })), "{refused:?}");
    assert_eq!(stands(house).await, ACTIVE, "a refusal alone changes nothing");

    house.fails(&[("introspect", 503)]).await;
    house.upkeep_after(Duration::ZERO).await;
    assert_eq!(stands(house).await, ACTIVE, "HubSpot did not confirm it");

    house.fails(&[]).await;
    house.clock.advance(Duration::from_mins(2));
    let _ = house.calls.account(Lane::Card, PORTAL).await;
    house.upkeep_after(Duration::ZERO).await;
    assert_eq!(stands(house).await, GONE);
});

house!(an_app_that_was_removed_from_a_quiet_portal_is_noticed_within_a_day, |house| {
    house.install().await;
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.upkeep_after(Duration::from_hours(23)).await;
    assert_eq!(stands(house).await, ACTIVE);
    house.upkeep_after(Duration::from_hours(1)).await;
    assert_eq!(stands(house).await, GONE);
    let asked = house.asked("introspect").await;
    house.upkeep_after(Duration::from_mins(5)).await;
    assert_eq!(house.asked("introspect").await, asked, "who left is not asked all the time");
});

house!(an_outage_at_the_daily_look_costs_minutes_and_not_a_day, |house| {
    house.install().await;
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.fails(&[("introspect", 503)]).await;
    house.upkeep_after(Duration::from_hours(24)).await;
    assert_eq!(stands(house).await, ACTIVE, "HubSpot did not confirm it");
    house.fails(&[]).await;
    house.upkeep_after(Duration::from_mins(5)).await;
    assert_eq!(stands(house).await, GONE);
});

house!(a_credential_that_cannot_be_opened_is_looked_at_and_waits_for_its_next_turn, |house| {
    house.install().await;
    let now = house.clock.now();
    in_tx!(house.db, "test", |tx| { credentials::put(tx, Holder::Portal(PORTAL), b"not sealed by us", now).await })
        .unwrap();
    house.upkeep_after(Duration::from_hours(24)).await;
    let details = house.portal().await.unwrap().details;
    assert_eq!(details["checkedAt"], house.clock.now().0, "else it is due every minute, before all others");
    assert_eq!(stands(house).await, ACTIVE);
});

house!(a_call_after_a_look_is_looked_into_half_a_minute_later, |house| {
    house.install().await;
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.clock.advance(Duration::from_mins(31));
    house.fails(&[("introspect", 503)]).await;
    for seconds in [0, 10, 19] {
        house.clock.advance(Duration::from_secs(seconds));
        let _ = house.calls.account(Lane::Card, PORTAL).await;
        house.upkeep_after(Duration::ZERO).await;
    }
    let once = house.asked("introspect").await;
    house.fails(&[]).await;
    house.upkeep_after(Duration::from_secs(1)).await;
    assert_eq!(house.asked("introspect").await, once + 1, "one look in half a minute");
    assert_eq!(stands(house).await, GONE);
});

house!(upkeep_that_is_asked_to_stop_begins_no_other_look, |house| {
    house.install().await;
    house.clock.advance(Duration::from_hours(24));
    let (asked, stop) = (house.asked("introspect").await, tokio_util::sync::CancellationToken::new());
    stop.cancel();
    house.admin.run_upkeep(stop).await;
    assert_eq!(house.asked("introspect").await, asked);
});

house!(our_property_comes_back_within_a_day_after_somebody_deleted_it, |house| {
    house.install().await;
    let address = "/_sandbox/portals/4711001/properties/companies/ledgercard_key/archive";
    house.control("POST", address, Value::Null).await;
    let there = async || {
        house.calls.property(Lane::Background, PORTAL, ObjectType::Company, "ledgercard_key").await.unwrap().is_some()
    };
    assert!(!there().await);
    house.upkeep_after(Duration::from_hours(24)).await;
    assert!(there().await);
    assert_eq!(stands(house).await, ACTIVE);
});

house!(our_properties_can_be_archived_with_their_group_and_made_again, |house| {
    house.install().await;
    for object_type in ObjectType::ALL {
        assert!(house.calls.archive_own_property(Lane::Background, PORTAL, object_type).await.unwrap());
        assert!(!house.calls.archive_own_property(Lane::Background, PORTAL, object_type).await.unwrap());
        house.calls.ensure_own_property(Lane::Background, PORTAL, object_type).await.unwrap();
    }
});

house!(scopes_that_were_taken_away_ask_for_consent_again, |house| {
    house.install().await;
    let few = json!({ "scopes": ["oauth", "crm.objects.contacts.read"] });
    house.control("PUT", "/_sandbox/portals/4711001/granted", few).await;
    house.upkeep_after(Duration::from_hours(24)).await;
    assert_eq!(stands(house).await, (PortalStatus::Active, Some(PortalTrouble::ConsentNeeded)));
    assert_eq!(house.portal().await.unwrap().scopes, json!(["oauth", "crm.objects.contacts.read"]));
    house.install().await.says(200, "is installed");
    assert_eq!(stands(house).await, ACTIVE);
});

house!(a_call_that_lacks_a_scope_asks_for_consent_at_once, |house| {
    house.install().await;
    let few = json!({ "scopes": ["oauth", "crm.objects.contacts.read"] });
    house.control("PUT", "/_sandbox/portals/4711001/granted", few).await;
    let deals = ledgercard::domain::record::RecordRef {
        object_type: ObjectType::Deal,
        object_id: ledgercard::domain::ids::ObjectId(1),
    };
    let refused = house.calls.record(Lane::Card, PORTAL, deals, &["dealname"]).await;
    assert_eq!(refused, Err(HubSpotError::Consent));
    house.upkeep_after(Duration::ZERO).await;
    assert_eq!(stands(house).await, (PortalStatus::Active, Some(PortalTrouble::ConsentNeeded)));
});

house!(an_installation_killed_between_saving_and_asking_is_finished_by_upkeep, |house| {
    // What stands in the database when the program dies right after the first transaction.
    house.install().await;
    let (now, credential) = (house.clock.now(), house.vault.credential(Holder::Portal(PORTAL)).await.unwrap());
    let vault = ledgercard::vault::Vault::new(house.db.clone(), ring(&house.clock), house.clock.clone());
    let prepared = vault.prepare(Holder::Portal(PORTAL), &credential, None);
    in_tx!(house.db, "test", |tx| {
        portals::set_status(tx, PORTAL, PortalStatus::Disconnected, now).await?;
        portals::begin_install(tx, PORTAL, now).await?;
        prepared.write(tx).await
    })
    .unwrap();
    house.upkeep_after(Duration::from_mins(2)).await;
    assert_eq!(stands(house).await, ACTIVE);
});

house!(users_and_teams_are_read_page_by_page, |house| {
    house.install().await;
    let users = house.calls.users(Lane::Card, PORTAL).await.unwrap();
    assert!(users.iter().any(|user| user.id.0 == 9001 && user.super_admin && !user.name.is_empty()));
    let one = house.calls.user(Lane::Card, PORTAL, users[0].id).await.unwrap();
    assert_eq!(one, users[0]);
    let nobody = house.calls.user(Lane::Card, PORTAL, ledgercard::domain::ids::UserId(424_242)).await;
    assert_eq!(nobody, Err(HubSpotError::Missing));
    let teams = house.calls.teams(Lane::Card, PORTAL).await.unwrap();
    assert!(teams.iter().any(|team| team.user_ids.iter().any(|user| user.0 == 9003)), "{teams:?}");
    house.calls.uninstall(Lane::Background, PORTAL).await.unwrap();
    house.upkeep_after(Duration::from_hours(24)).await;
    assert_eq!(stands(house).await, GONE);
});

house!(what_a_call_shows_is_looked_into_without_anybody_asking, |house| {
    house.install().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let (admin, ends) = (house.admin.clone(), stop.clone());
    let running = tokio::spawn(async move { admin.run_upkeep(ends).await });
    house.control("POST", "/_sandbox/portals/4711001/uninstall", Value::Null).await;
    house.clock.advance(Duration::from_mins(31));
    let _ = house.calls.account(Lane::Card, PORTAL).await;
    let gone = async {
        while stands(house).await != GONE {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the notice wakes upkeep");
    stop.cancel();
    running.await.unwrap();
});
