//! The assertion, checked with the public half of the key, and what refusals mean.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;
use serde_json::Value;

use super::*;
use crate::{
    clock::{Clock, Millis},
    erp::netsuite::{SUITETALK, UI, credential::CertificateKey},
    outbound::{Outbound, OutboundSettings},
};

const RSA: &str = include_str!("../../../tests/fixtures/rsa-test-key.pem");
const NOW: Millis = Millis(1_795_000_000_000);
const TOKEN_URL: &str = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token";

fn door() -> Door {
    let clock = Clock::manual(NOW, 7);
    let outbound = Outbound::new(clock.clone(), OutboundSettings::default()).unwrap();
    Door::new(&"1234567".parse().unwrap(), SUITETALK, UI, outbound, clock).unwrap()
}

fn key(pem: &str) -> CertificateKey {
    match Credential::new(" client ", "cert\n", &pem.into()).unwrap() {
        Credential::Certificate(key) => key,
        Credential::SignIn(_) => panic!("a certificate's"),
    }
}

#[test]
fn an_assertion_says_what_netsuite_wants_to_hear() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let assertion = door().assertion(&key(&pair.serialize_pem())).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    // Ours is a manual clock.
    rules.validate_exp = false;
    rules.set_audience(&[TOKEN_URL]);
    rules.set_issuer(&["client"]);
    let public = DecodingKey::from_ec_der(pair.public_key_raw());
    let read = jsonwebtoken::decode::<Value>(&assertion, &public, &rules).unwrap();
    assert_eq!((read.header.kid.as_deref(), read.header.typ.as_deref()), (Some("cert"), Some("JWT")));
    let (iat, exp) = (read.claims["iat"].as_i64().unwrap(), read.claims["exp"].as_i64().unwrap());
    assert_eq!(iat, NOW.as_seconds());
    assert!((1..=3600).contains(&(exp - iat)));
    assert_eq!(read.claims["scope"], serde_json::json!(["rest_webservices"]));
}

#[test]
fn every_assertion_is_another_one_and_rsa_keys_sign_ps256() {
    let (door, kept) = (door(), key(RSA));
    let ids = [(); 2].map(|()| {
        let assertion = door.assertion(&kept).unwrap();
        assert_eq!(jsonwebtoken::decode_header(&assertion).unwrap().alg, Algorithm::PS256);
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Value>(&assertion).unwrap();
        claims["jti"].as_str().unwrap().to_owned()
    });
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_credential_that_is_none_is_the_operators_business() {
    let error = door().renew(&"{}".into()).await.unwrap_err();
    assert!(matches!(error, RenewError::Configuration { .. }));
    let kept = r#"{"clientId":"a","certificateId":"b","privateKey":"no key"}"#;
    let error = door().renew(&kept.into()).await.unwrap_err();
    assert!(matches!(error, RenewError::Configuration { .. }));
}

#[test]
fn the_consent_page_gets_everything_that_netsuite_asks_for() {
    let page = door().consent_page("id", "https://l.example/oauth/netsuite/callback", "s&s", "ch").unwrap();
    assert_eq!(page.host_str(), Some("1234567.app.netsuite.com"));
    assert_eq!(page.path(), "/app/login/oauth2/authorize.nl");
    let query: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    let has = |name: &str, value: &str| assert!(query.contains(&(name.to_owned(), value.to_owned())), "{name}");
    has("response_type", "code");
    has("client_id", "id");
    has("redirect_uri", "https://l.example/oauth/netsuite/callback");
    has("scope", "rest_webservices");
    has("state", "s&s");
    has("code_challenge", "ch");
    has("code_challenge_method", "S256");
}

#[rstest]
#[case(NoEntry::Grant("x"), RenewError::Reconnect { why: "x" })]
#[case(NoEntry::Client("x"), RenewError::Configuration { why: "x" })]
#[case(NoEntry::NotPermitted("x"), RenewError::Configuration { why: "x" })]
#[case(NoEntry::Unavailable("x"), RenewError::Unavailable { why: "x" })]
#[case(NoEntry::Broken("x".to_owned()), RenewError::Broken { what: "x".to_owned() })]
fn what_a_refused_renewal_means(#[case] error: NoEntry, #[case] means: RenewError) {
    let consent = Credential::sign_in("c", &"s".into(), &"r".into(), NOW);
    assert_eq!(no_renewal(error, &consent), means);
}

#[rstest]
#[case(TokenError::Reconnect { why: "x" }, ErpError::Reconnect { why: "x" })]
#[case(TokenError::Configuration { why: "x" }, ErpError::Reconnect { why: "x" })]
#[case(TokenError::Unavailable { why: "x" }, ErpError::Unavailable { why: "x" })]
#[case(TokenError::Broken { what: "x".to_owned() }, ErpError::Broken { what: "x".to_owned() })]
#[case(TokenError::Missing, ErpError::Reconnect { why: "no credential is kept" })]
fn what_a_missing_token_means(#[case] error: TokenError, #[case] means: ErpError) {
    assert_eq!(no_token(error), means);
}
