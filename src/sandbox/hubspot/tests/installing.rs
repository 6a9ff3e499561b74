//! Consent page, authorization codes, and the tokens they bring.

use reqwest::Method;
use serde_json::json;

use super::{House, PUBLIC, consent_with};
use crate::sandbox::hubspot::{oauth::s256, scopes};

#[tokio::test]
async fn the_consent_page_shows_accounts_users_and_scopes() {
    let house = House::empty().await;
    let query = |scope: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let callback = format!("{PUBLIC}/oauth/callback");
        query.append_pair("client_id", "client").append_pair("redirect_uri", &callback).append_pair("scope", scope);
        query.append_pair("optional_scope", "settings.users.read").append_pair("state", "\"<s>");
        format!("/oauth/authorize?{}", query.finish())
    };
    let (status, page) = house.page(&query(&scopes::REQUIRED.join(" "))).await;
    assert_eq!(status, 200, "{page}");
    for shown in [
        "Chinook demo",
        "Unconnected demo",
        "Nine Tester – super admin",
        "crm.schemas.deals.read",
        "settings.users.read",
        "Connect app",
        "Cancel",
        "value=\"&quot;&lt;s&gt;\"",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("already connected"));
    let (status, page) = house.page(&query("oauth")).await;
    assert_eq!(status, 400);
    assert!(page.contains("mismatch between the scopes"), "{page}");
}

#[tokio::test]
async fn an_install_that_does_not_fit_the_app_is_refused_on_a_page() {
    let house = House::empty().await;
    let cases = [
        ("client_id", "other", 400, "doesn&#39;t exist"),
        ("redirect_uri", "https://elsewhere.example.com/oauth/callback", 400, "redirect URL"),
        ("redirect_uri", "https://ledgercard.example.com/oauth/callback/", 400, "redirect URL"),
        ("scope", "oauth crm.objects.contacts.read", 400, "mismatch"),
        ("optional_scope", "automation", 400, "optional scope"),
        ("code_challenge", "plain-text", 400, "S256"),
        ("portal", "1", 403, "no such account"),
        ("user", "9002", 403, "have permission"),
        ("user", "1", 403, "have permission"),
        ("decision", "maybe", 400, "neither"),
    ];
    for (field, value, expected, says) in cases {
        let (status, location, page) = house.decide(&consent_with(&[(field, value)])).await;
        assert_eq!((status, location.as_str()), (expected, ""), "{field}={value}");
        let page = page.replace("’", "'");
        assert!(page.replace("&#39;", "'").contains(&says.replace("&#39;", "'")), "{field}={value}: {page}");
    }
}

#[tokio::test]
async fn cancelling_says_so_and_the_answer_is_brought_home() {
    let house = House::empty().await;
    let (status, location, _) = house.decide(&consent_with(&[("decision", "cancel")])).await;
    assert_eq!(status, 302);
    assert!(location.starts_with(&format!("{PUBLIC}/oauth/callback?error=access_denied&error_description=")));
    house.hubspot.set_backend("http://127.0.0.1:4702");
    let (_, location, _) = house.decide(&consent_with(&[("decision", "cancel")])).await;
    assert!(location.starts_with("http://127.0.0.1:4702/oauth/callback?error=access_denied"), "{location}");
    assert!(location.ends_with("&state=st%2Fate+1"), "{location}");
}

#[tokio::test]
async fn a_code_brings_tokens_once_and_every_install_has_its_own() {
    let house = House::empty().await;
    let code = house.code(&[]).await;
    let (status, first) = house.exchange(&code, &[]).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!((&first["hub_id"], &first["user_id"]), (&json!(4_711_001), &json!(9)));
    assert_eq!(first["scopes"].as_array().map(Vec::len), Some(scopes::REQUIRED.len() + scopes::OPTIONAL.len()));
    let (status, again) = house.exchange(&code, &[]).await;
    assert_eq!((status, &again["status"], &again["error"]), (400, &json!("BAD_AUTH_CODE"), &json!("invalid_grant")));
    let (_, second) = house.exchange(&house.code(&[]).await, &[]).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    for install in [&first, &second] {
        let refresh = install["refresh_token"].as_str().expect("a token");
        let (status, renewed) = house.ask_token(refresh).await;
        assert_eq!((status, &renewed["refresh_token"]), (200, &install["refresh_token"]));
    }
}

#[tokio::test]
async fn each_mistake_at_the_token_endpoint_has_its_word() {
    let house = House::empty().await;
    let code = house.code(&[]).await;
    let cases = [
        ("grant_type", "password", "BAD_GRANT_TYPE"),
        ("client_id", "other", "BAD_CLIENT_ID"),
        ("client_secret", "other", "BAD_CLIENT_SECRET"),
        ("code", "other", "BAD_AUTH_CODE"),
        ("redirect_uri", "https://ledgercard.example.com/other", "BAD_REDIRECT_URI"),
        ("code_verifier", "unasked", "BAD_CODE_VERIFIER"),
    ];
    for (field, value, word) in cases {
        let (status, refused) = house.exchange(&code, &[(field, value)]).await;
        assert_eq!((status, &refused["status"]), (400, &json!(word)), "{refused}");
    }
    assert_eq!(house.exchange(&code, &[]).await.0, 200);
    let late = house.code(&[]).await;
    house.control(Method::POST, "clock", &json!({"advanceSeconds": 600})).await;
    assert_eq!(house.exchange(&late, &[]).await.1["status"], "BAD_AUTH_CODE");
}

#[tokio::test]
async fn a_challenge_demands_its_verifier() {
    let house = House::empty().await;
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let code = house.code(&[("code_challenge", &s256(verifier)), ("code_challenge_method", "S256")]).await;
    assert_eq!(house.exchange(&code, &[]).await.1["status"], "BAD_CODE_VERIFIER");
    assert_eq!(house.exchange(&code, &[("code_verifier", "wrong")]).await.1["status"], "BAD_CODE_VERIFIER");
    assert_eq!(house.exchange(&code, &[("code_verifier", verifier)]).await.0, 200);
}

#[tokio::test]
async fn a_withheld_scope_is_missing_from_the_install_and_its_calls_are_refused() {
    let house = House::empty().await;
    let withheld =
        json!({"withheld": ["settings.users.read", "crm.schemas.contacts.write", "crm.objects.contacts.write"]});
    house.control(Method::PUT, "portals/4711001/scopes", &withheld).await;
    let (_, install) = house.exchange(&house.code(&[]).await, &[]).await;
    assert!(!install["scopes"].to_string().contains("settings.users.read"), "{install}");
    let token = install["access_token"].as_str().expect("a token");
    let (status, refused) = house.get(token, "/settings/users/2026-09").await;
    assert_eq!((status, &refused["category"]), (403, &json!("MISSING_SCOPES")));
    assert_eq!(refused["errors"][0]["context"]["requiredGranularScopes"], json!(["settings.users.read"]));
    let group = json!({"name": "g", "label": "G"});
    assert_eq!(house.post(token, "/crm/properties/2026-09/contacts/groups", &group).await.0, 403);
    assert_eq!(house.post(token, "/crm/properties/2026-09/deals/groups", &group).await.0, 201);
    let new = json!({"properties": {"email": "a@b.example"}, "associations": []});
    assert_eq!(house.post(token, "/crm/objects/2026-09/contacts", &new).await.0, 403);
    let all = json!({"scopes": ["oauth", "settings.users.read"]});
    house.control(Method::PUT, "portals/4711001/granted", &all).await;
    assert_eq!(house.get(token, "/settings/users/2026-09").await.0, 200);
    assert_eq!(house.get(token, "/crm/objects/2026-09/contacts").await.0, 403);
    assert_eq!(house.get(token, "/account-info/2026-09/details").await.0, 200);
}

#[tokio::test]
async fn nothing_is_installed_when_the_demo_begins_empty() {
    let house = House::empty().await;
    let (status, refused) = house.ask_token("eu1-demo-refresh-4711001").await;
    assert_eq!((status, &refused["status"]), (400, &json!("BAD_REFRESH_TOKEN")));
    let (_, page) = house.page("/accounts").await;
    assert_eq!(page.matches("not connected").count(), 2, "{page}");
    assert!(page.contains(&format!("href=\"{PUBLIC}/oauth/install\"")), "{page}");
    house.hubspot.set_backend("http://127.0.0.1:4702");
    assert!(house.page("/accounts").await.1.contains("href=\"http://127.0.0.1:4702/oauth/install\""));
    house.exchange(&house.code(&[]).await, &[]).await;
    let scopes = scopes::REQUIRED.len() + scopes::OPTIONAL.len();
    let page = house.page("/accounts").await.1;
    assert_eq!(page.matches(&format!("connected, {scopes} scopes")).count(), 1, "{page}");
}
