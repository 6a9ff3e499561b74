//! The assertion, checked with the public half of the key, and what is kept of a credential.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;
use serde_json::Value;

use super::*;
use crate::{
    clock::Millis,
    outbound::{LocalHosts, OutboundSettings},
};

const RSA: &str = include_str!("../../../tests/fixtures/rsa-test-key.pem");
const NOW: Millis = Millis(1_795_000_000_000);

fn renewal() -> ClientCredentials {
    let clock = Clock::manual(NOW, 7);
    let outbound = Outbound::new(
        clock.clone(),
        OutboundSettings { local: LocalHosts::of(["http://127.0.0.1"]), ..OutboundSettings::default() },
    )
    .unwrap();
    let token_url = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token".parse().unwrap();
    ClientCredentials { token_url, outbound, clock }
}

fn credential(pem: &str) -> Credential {
    Credential::new(" client ", "cert\n", &pem.into()).unwrap()
}

#[test]
fn an_assertion_says_what_netsuite_wants_to_hear() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let assertion = renewal().assertion(&credential(&pair.serialize_pem()).to_secret()).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    // Ours is a manual clock.
    rules.validate_exp = false;
    rules.set_audience(&[renewal().token_url.as_str()]);
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
    let (renewal, kept) = (renewal(), credential(RSA).to_secret());
    let ids = [(); 2].map(|()| {
        let assertion = renewal.assertion(&kept).unwrap();
        assert_eq!(jsonwebtoken::decode_header(&assertion).unwrap().alg, Algorithm::PS256);
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Value>(&assertion).unwrap();
        claims["jti"].as_str().unwrap().to_owned()
    });
    assert_ne!(ids[0], ids[1]);
}

#[rstest]
#[case("")]
#[case("{}")]
#[case(r#"{"clientId":"a","certificateId":"b","privateKey":"c","refreshToken":"d"}"#)]
#[case(r#"{"clientId":"a","certificateId":"b","privateKey":"no key"}"#)]
fn a_credential_that_is_none_is_the_operators_business(#[case] kept: &str) {
    let error = renewal().assertion(&kept.into()).unwrap_err();
    assert!(matches!(error, RenewError::Configuration { .. }));
}

#[test]
fn a_key_that_cannot_sign_is_refused_when_it_is_entered() {
    assert_eq!(Credential::new("a", "b", &"no key".into()).unwrap_err(), KeyError::NotPem);
}

#[test]
fn nothing_of_a_credential_shows_in_debug() {
    let shown = format!("{:?}", credential(RSA));
    assert_eq!(shown, "Credential");
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
