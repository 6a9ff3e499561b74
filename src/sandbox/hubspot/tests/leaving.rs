//! Introspection, revocation, and the ways in which the app leaves a portal.

use reqwest::Method;
use serde_json::json;

use super::House;
use crate::sandbox::data::accounts::{DEMO, EMPTY};

#[tokio::test]
async fn introspection_says_what_a_token_is() {
    let house = House::open().await;
    let access = house.token(DEMO.refresh_token).await;
    let (status, told) = house.oauth("token/introspect", &[("token", &access)]).await;
    assert_eq!((status, &told["active"], &told["token_use"]), (200, &json!(true), &json!("access_token")));
    assert_eq!((&told["hub_id"], &told["app_id"], &told["user_id"]), (&json!(4_711_001), &json!(77), &json!(9001)));
    assert_eq!((&told["client_id"], &told["hub_domain"]), (&json!("client"), &json!("chinook-demo.example")));
    assert_eq!(told["expires_in"], 1_800);
    let (_, told) = house.oauth("token/introspect", &[("token", DEMO.refresh_token)]).await;
    assert_eq!((&told["active"], &told["token_use"]), (&json!(true), &json!("refresh_token")));
    let (status, dead) = house.oauth("token/introspect", &[("token", "nonsense")]).await;
    assert_eq!((status, dead), (200, json!({"active": false})));
    let (status, refused) = house.oauth("token/introspect", &[("token", &access), ("client_secret", "x")]).await;
    assert_eq!((status, &refused["status"]), (400, &json!("BAD_CLIENT_SECRET")));
}

#[tokio::test]
async fn a_revoked_refresh_token_leaves_the_app_installed() {
    let house = House::open().await;
    let access = house.token(DEMO.refresh_token).await;
    assert_eq!(house.oauth("token/revoke", &[("token", DEMO.refresh_token)]).await.0, 200);
    assert_eq!(house.ask_token(DEMO.refresh_token).await.1["status"], "BAD_REFRESH_TOKEN");
    assert_eq!(house.get(&access, "/account-info/2026-09/details").await.0, 200);
    assert_eq!(house.get("", "/_sandbox/portals/4711001/granted").await.1["installed"], true);
    assert_eq!(house.oauth("token/revoke", &[("token", &access)]).await.0, 200);
    assert_eq!(house.get(&access, "/account-info/2026-09/details").await.0, 401);
}

#[tokio::test]
async fn an_uninstall_over_the_api_ends_every_token_of_the_portal_and_of_no_other() {
    let house = House::open().await;
    let (second, other) = (house.exchange(&house.code(&[]).await, &[]).await.1, house.token(EMPTY.refresh_token).await);
    let access = house.token(DEMO.refresh_token).await;
    let path = "/appinstalls/2026-09/external-install";
    assert_eq!(house.delete(&access, path).await, 204);
    assert_eq!(house.delete(&access, path).await, 401);
    for refresh in [DEMO.refresh_token, second["refresh_token"].as_str().expect("a token")] {
        let (status, refused) = house.ask_token(refresh).await;
        assert_eq!((status, &refused["status"]), (400, &json!("BAD_REFRESH_TOKEN")));
        let (_, told) = house.oauth("token/introspect", &[("token", refresh)]).await;
        assert_eq!(told, json!({"active": false}));
    }
    assert_eq!(house.get(&access, "/account-info/2026-09/details").await.0, 401);
    assert_eq!(house.get(&other, "/account-info/2026-09/details").await.0, 200);
    assert_eq!(house.exchange(&house.code(&[]).await, &[]).await.0, 200);
}

#[tokio::test]
async fn a_person_uninstalls_on_the_page_and_the_program_is_not_told() {
    let house = House::open().await;
    let (status, location, _) = house.form("/accounts/uninstall", &[("portal", "4711001")]).await;
    assert_eq!((status, location.as_str()), (303, "/accounts"));
    assert_eq!(house.ask_token(DEMO.refresh_token).await.1["status"], "BAD_REFRESH_TOKEN");
    assert_eq!(house.page("/accounts").await.1.matches("not connected").count(), 1);
    assert_eq!(house.form("/accounts/uninstall", &[("portal", "1")]).await.0, 404);
    house.control(Method::POST, "portals/4711002/uninstall", &json!({})).await;
    assert_eq!(house.ask_token(EMPTY.refresh_token).await.1["status"], "BAD_REFRESH_TOKEN");
}
