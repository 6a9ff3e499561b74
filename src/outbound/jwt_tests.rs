//! Signing and checking, against keys that other programs made.

use jsonwebtoken::{TokenData, Validation};
use proptest::prelude::*;
use ring::signature::KeyPair as _;
use serde_json::{Value, json};

use super::*;

const RSA: &str = include_str!("../../tests/fixtures/rsa-test-key.pem");
const RSA_PKCS1: &str = include_str!("../../tests/fixtures/rsa-test-key-pkcs1.pem");

fn check(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<TokenData<Value>, Error> {
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode(token, key, &rules)
}

fn rsa_public(pem: &str) -> DecodingKey {
    let pair = rsa_pair(&decode_pem(pem).unwrap().1).unwrap();
    DecodingKey::from_rsa_der(pair.public_key().as_ref())
}

#[test]
fn an_rsa_key_in_either_form_signs_ps256() {
    for pem in [RSA, RSA_PKCS1] {
        let key = SigningKey::from_pem(pem).unwrap();
        assert_eq!(key.algorithm(), Algorithm::PS256);
        let token = key.sign("cert-1", &json!({"iss": "us"})).unwrap();
        // Both files hold the same key, so either's public half checks either's signature.
        let read = check(&token, &rsa_public(RSA), Algorithm::PS256).unwrap();
        assert_eq!(read.claims["iss"], "us");
        assert_eq!(read.header.kid.as_deref(), Some("cert-1"));
        assert!(check(&token, &rsa_public(RSA), Algorithm::RS256).is_err());
    }
}

#[test]
fn modulus_and_exponent_check_too() {
    let pair = rsa_pair(&decode_pem(RSA).unwrap().1).unwrap();
    let parts: RsaPublicKeyComponents<Vec<u8>> = pair.public().into();
    let token = SigningKey::from_pem(RSA).unwrap().sign("k", &json!({})).unwrap();
    assert!(check(&token, &DecodingKey::from_rsa_raw_components(&parts.n, &parts.e), Algorithm::PS256).is_ok());
}

#[test]
fn a_p256_key_signs_es256() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let key = SigningKey::from_pem(&pair.serialize_pem()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::ES256);
    let token = key.sign("k", &json!({"n": 1})).unwrap();
    let public = DecodingKey::from_ec_der(pair.public_key_raw());
    assert_eq!(check(&token, &public, Algorithm::ES256).unwrap().claims["n"], 1);
    let other = DecodingKey::from_ec_der(rcgen::KeyPair::generate().unwrap().public_key_raw());
    assert!(check(&token, &other, Algorithm::ES256).is_err());
}

#[test]
fn what_is_no_usable_key_is_refused_in_words() {
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap().serialize_pem();
    let cases = [
        ("", KeyError::NotPem),
        ("not a key", KeyError::NotPem),
        ("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----", KeyError::NotPem),
        ("-----BEGIN PRIVATE KEY-----\nAAAA", KeyError::NotPem),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", KeyError::Kind),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", KeyError::Kind),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", KeyError::Locked),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----",
            KeyError::Locked,
        ),
        (p384.as_str(), KeyError::Kind),
    ];
    for (pem, why) in cases {
        assert_eq!(SigningKey::from_pem(pem).unwrap_err(), why, "{pem}");
    }
}

#[test]
fn no_key_shows_in_debug() {
    let key = SigningKey::from_pem(RSA).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(PS256)");
}

proptest! {
    #[test]
    fn any_flipped_bit_breaks_the_signature(at in 0_usize..300, bit in 0_u8..8) {
        let pair = rcgen::KeyPair::generate().unwrap();
        let token = SigningKey::from_pem(&pair.serialize_pem()).unwrap().sign("k", &json!({"sub": "someone"})).unwrap();
        let mut bytes = token.into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let public = DecodingKey::from_ec_der(pair.public_key_raw());
        let still_reads = String::from_utf8(bytes).is_ok_and(|text| check(&text, &public, Algorithm::ES256).is_ok());
        prop_assert!(!still_reads);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "(-----BEGIN [A-Z ]{0,20}-----\n)?\\PC{0,80}(\n-----END PRIVATE KEY-----)?") {
        prop_assert!(SigningKey::from_pem(&text).is_err());
    }
}
