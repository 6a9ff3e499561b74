//! What may not come back from HubSpot: nothing stays of it, and the page says what to do.

use std::time::Duration;

use ledgercard::{
    app::App,
    domain::ids::PortalId,
    in_tx,
    store::{
        DatabaseUrl,
        portals::{self, PortalStatus, PortalTrouble},
    },
    vault::Holder,
};
use serde_json::json;

use super::{
    fake,
    house::{self, Browser, House, PORTAL, house, path},
};
use crate::world::NOON;

/// Nobody was asked, nothing is stored.
async fn nothing_happened(house: &House) {
    assert_eq!(house.asked("token").await, 0);
    assert_eq!(house.portal().await, None);
}

house!(a_refused_consent_changes_nothing, |house| {
    let (consent, browser) = house.begin().await;
    let back = house.consent(&consent, "cancel").await;
    let page = house.visit(&browser, &path(&back)).await;
    page.says(200, "You chose not to connect");
    assert!(page.text.contains("/oauth/install"), "a way to begin again: {}", page.text);
    nothing_happened(house).await;
    house.visit(&browser, &path(&back)).await.says(410, "used before");
});

house!(a_state_that_is_not_ours_is_never_taken_for_a_consent_of_the_marketplace, |house| {
    let (consent, browser) = house.begin().await;
    let back = house.consent(&consent, "connect").await;
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let wrong = [
        format!("code={code}&state="),
        format!("code={code}&state={}", "A".repeat(43)),
        format!("code={code}&state={state}x"),
        format!("code={code}&state={state}&state={state}"),
        format!("code={code}&%73tate="),
    ];
    for query in wrong {
        let page = house.visit(&browser, &format!("/oauth/callback?{query}")).await;
        page.says(400, "not one of ours");
        assert!(page.text.contains("/oauth/install") && !page.text.contains(&code), "{}", page.text);
    }
    nothing_happened(house).await;
});

house!(a_state_in_another_browser_is_refused_and_still_works_in_its_own, |house| {
    let (consent, browser) = house.begin().await;
    let (_, other) = house.begin().await;
    let back = path(&house.consent(&consent, "connect").await);
    for stranger in [Browser::default(), other] {
        house.visit(&stranger, &back).await.says(403, "another browser");
    }
    nothing_happened(house).await;
    house.visit(&browser, &back).await.says(200, "is installed");
});

house!(a_state_is_too_old_after_ten_minutes, |house| {
    let (consent, browser) = house.begin().await;
    let back = path(&house.consent(&consent, "connect").await);
    house.clock.advance(Duration::from_mins(10));
    house.visit(&browser, &back).await.says(410, "too old");
    nothing_happened(house).await;
    house.upkeep_after(Duration::from_mins(61)).await;
    house.visit(&browser, &back).await.says(400, "no longer known");
});

house!(a_state_works_once_even_for_two_at_the_same_time, |house| {
    let (consent, browser) = house.begin().await;
    let back = path(&house.consent(&consent, "connect").await);
    let (one, two) = tokio::join!(house.visit(&browser, &back), house.visit(&browser, &back));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410], "{one:?} {two:?}");
    assert_eq!(house.asked("token").await, 1);
});

house!(a_code_that_is_too_old_asks_to_begin_again, |house| {
    let (consent, browser) = house.begin().await;
    let back = house.consent(&consent, "connect").await;
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = house.visit(&browser, &format!("/oauth/callback?code=na1-not-a-code&state={state}")).await;
    page.says(400, "used before, or too old");
    assert_eq!(house.portal().await, None);
});

house!(while_hubspot_is_down_nothing_is_stored_and_one_begins_again, |house| {
    let (consent, browser) = house.begin().await;
    let back = path(&house.consent(&consent, "connect").await);
    house.fails(&[("token", 503)]).await;
    house.visit(&browser, &back).await.says(503, "begin again in a few minutes");
    assert_eq!(house.portal().await, None);
    house.fails(&[]).await;
    house.visit(&browser, &back).await.says(410, "used before");
    house.install().await.says(200, "is installed");
});

house!(a_wrong_client_secret_is_the_operators_business_and_harms_no_portal, |house| {
    house.install().await.says(200, "is installed");
    let wrong = house.replica("another-secret-0000000000000000000000").await;
    house.clock.advance(Duration::from_hours(24));
    wrong.admin.upkeep_once(house.clock.now()).await;
    let portal = house.portal().await.unwrap();
    assert_eq!((portal.status, portal.trouble), (PortalStatus::Active, Some(PortalTrouble::Configuration)));
    house.upkeep_after(Duration::from_mins(15)).await;
    assert_eq!(house.portal().await.unwrap().trouble, None, "mended by itself once the configuration is right");
    wrong.db.close().await;
});

/// An app beside a HubSpot that grants what it is told to.
async fn beside(answers: fake::Answers) -> (App, fake::Fake, tempfile::TempDir) {
    let fake = fake::start(answers).await;
    let folder = tempfile::tempdir().unwrap();
    let database = DatabaseUrl::sqlite(folder.path().join("ledgercard.sqlite"));
    let clock = ledgercard::clock::Clock::manual(NOON, 7);
    let app = App::build(&house::config(database, &fake.url), clock).await.unwrap();
    (app, fake, folder)
}

/// A return without a state, as from the marketplace.
async fn cold(app: &App) -> String {
    let back = ledgercard::admin::install::InstallReturn { code: Some("a-code".into()), state: None, error: None };
    app.admin.finish_install(back, None).await.unwrap_err().to_string()
}

async fn row(app: &App) -> Option<portals::Portal> {
    in_tx!(app.db, read "test", |tx| { portals::get(tx, PORTAL).await }).unwrap()
}

#[tokio::test]
async fn a_grant_without_a_required_scope_is_revoked_and_leaves_nothing() {
    let few = json!(["oauth", "crm.objects.contacts.read"]);
    let (app, fake, _folder) = beside(fake::Answers { token_scopes: few.clone(), ..fake::Answers::default() }).await;
    let error = cold(&app).await;
    assert!(error.contains("crm.objects.deals.read") && !error.contains("crm.objects.contacts.read"), "{error}");
    assert_eq!(fake.revoked(), ["refresh-token-of-the-fake"]);
    assert_eq!(row(&app).await, None);

    // The same when only the introspection tells.
    let silent = fake::Answers { token_scopes: json!([]), scopes: few, ..fake::Answers::default() };
    let (app, fake, _folder) = beside(silent).await;
    cold(&app).await;
    assert_eq!(fake.revoked(), ["refresh-token-of-the-fake"]);
    let left = row(&app).await.unwrap();
    assert_eq!((left.status, left.trouble), (PortalStatus::Disconnected, None));
    assert!(app.vault.credential(Holder::Portal(PORTAL)).await.is_err(), "no credential stays");
}

#[tokio::test]
async fn a_token_of_another_app_is_revoked_and_leaves_nothing() {
    let (app, fake, _folder) = beside(fake::Answers { app_id: 1, ..fake::Answers::default() }).await;
    assert!(cold(&app).await.contains("another app"));
    assert_eq!(fake.revoked(), ["refresh-token-of-the-fake"]);
    let left = row(&app).await.unwrap();
    assert_eq!(left.status, PortalStatus::Disconnected);
    assert!(app.vault.credential(Holder::Portal(PortalId(PORTAL.0))).await.is_err());
}
