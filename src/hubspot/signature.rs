//! HubSpot's request signature, version 3, as a pure function.
//!
//! `base64( HMAC-SHA256( client secret, METHOD + URI + body + timestamp ) )`, where twelve escapes of the URI are decoded
//! (HubSpot's request-validation guide). The URI as received is accepted too: HubSpot's own local development signs
//! without decoding, and either text could only have been signed by who holds the secret.
//!
//! Promise: compares in constant time; any other byte anywhere makes it false; never panics on any input.
//! Never: looks at the clock, or takes the URI from a `Host` header; callers build it from configuration.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::clock::Millis;

/// How far a request's time stamp may lie from our clock, on either side: 5 minutes, the edge included.
pub const WINDOW_MILLIS: i64 = 300_000;

/// The escapes that are decoded before signing, as the guide lists them.
const DECODED: [(&[u8; 2], u8); 12] = [
    (b"3A", b':'),
    (b"2F", b'/'),
    (b"3F", b'?'),
    (b"40", b'@'),
    (b"21", b'!'),
    (b"24", b'$'),
    (b"27", b'\''),
    (b"28", b'('),
    (b"29", b')'),
    (b"2A", b'*'),
    (b"2C", b','),
    (b"3B", b';'),
];

/// The app's client secret, or two of them while one replaces the other.
#[derive(Clone)]
pub struct SigningSecrets(Vec<hmac::Key>);

impl std::fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningSecrets({})", self.0.len())
    }
}

impl SigningSecrets {
    /// Any of `secrets` may have signed.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let key = |secret: &SecretString| hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        Self(secrets.into_iter().map(key).collect())
    }
}

/// What was signed.
#[derive(Debug, Clone, Copy)]
pub struct SignedParts<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// The whole URL with its query as it was received.
    pub uri: &'a str,
    /// The raw body; empty when there is none.
    pub body: &'a [u8],
    /// The time stamp header's text.
    pub timestamp: &'a str,
}

/// Whether `signature` (the header's text) was made over `parts` with one of `secrets`.
#[must_use]
pub fn verify_v3(secrets: &SigningSecrets, parts: &SignedParts<'_>, signature: &str) -> bool {
    let mut given = [0_u8; 33];
    // 32 bytes are 44 base64 signs; anything longer cannot fit and is refused before decoding.
    if signature.len() != 44 {
        return false;
    }
    let Ok(32) = STANDARD.decode_slice(signature, &mut given) else { return false };
    let decoded = decode_uri(parts.uri);
    let candidates = [decoded.as_deref(), Some(parts.uri)];
    let mut fits = subtle::Choice::from(0);
    for key in &secrets.0 {
        for uri in candidates.iter().flatten() {
            fits |= tag(key, parts, uri).as_ref().ct_eq(&given[..32]);
        }
    }
    fits.into()
}

fn tag(key: &hmac::Key, parts: &SignedParts<'_>, uri: &str) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(parts.method.as_bytes());
    context.update(uri.as_bytes());
    context.update(parts.body);
    context.update(parts.timestamp.as_bytes());
    context.sign()
}

/// The URI with the twelve escapes decoded in one pass; `None` when it holds none of them.
fn decode_uri(uri: &str) -> Option<String> {
    let bytes = uri.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let sign = escape.and_then(|hex| DECODED.iter().find(|(code, _)| code.eq_ignore_ascii_case(hex)));
        if let Some((_, sign)) = sign {
            out.get_or_insert_with(|| bytes[..at].to_vec()).push(*sign);
            at += 3;
        } else {
            if let Some(out) = &mut out {
                out.push(bytes[at]);
            }
            at += 1;
        }
    }
    // Only whole ASCII escapes were replaced by ASCII signs, so the text is still UTF-8.
    out.and_then(|bytes| String::from_utf8(bytes).ok())
}

/// Why a time stamp is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTimestamp {
    /// Not exactly 13 digits.
    #[error("the time stamp must be 13 digits: milliseconds since 1970")]
    Shape,
    /// More than five minutes away from our clock.
    #[error("the time stamp is {} s away from this server's clock; at most 300 s are allowed", skew / 1000)]
    Window {
        /// Our clock minus the stamp, in milliseconds.
        skew: i64,
    },
}

/// Checks the time stamp header against `now`.
///
/// # Errors
/// [`BadTimestamp`] when it is not 13 digits or lies outside the window, on either side.
pub fn check_timestamp(text: &str, now: Millis) -> Result<Millis, BadTimestamp> {
    if text.len() != 13 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadTimestamp::Shape);
    }
    let stamp = text.parse::<i64>().map_err(|_| BadTimestamp::Shape)?;
    let skew = now.0 - stamp;
    if skew.abs() > WINDOW_MILLIS { Err(BadTimestamp::Window { skew }) } else { Ok(Millis(stamp)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../tests/fixtures/hubspot-signature-vectors.json")).unwrap()
    }

    fn text<'a>(row: &'a Value, key: &str) -> &'a str {
        row[key].as_str().unwrap_or_default()
    }

    fn holds(row: &Value, uri: &str, signature: &str) -> bool {
        let secrets = SigningSecrets::new([&SecretString::from(text(row, "secret"))]);
        let stamp = match &row["timestamp"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let parts =
            SignedParts { method: text(row, "method"), uri, body: text(row, "body").as_bytes(), timestamp: &stamp };
        verify_v3(&secrets, &parts, signature)
    }

    #[test]
    fn the_official_v3_rows_pass() {
        let vectors = vectors();
        let rows: Vec<&Value> =
            vectors["official"].as_array().unwrap().iter().filter(|r| r["version"] == "v3").collect();
        assert!(rows.len() >= 5, "only {} rows", rows.len());
        for row in rows {
            assert!(holds(row, text(row, "uri"), text(row, "signature")), "{}", row["name"]);
        }
    }

    #[test]
    fn the_computed_rows_pass_decoded_and_as_received() {
        let vectors = vectors();
        let rows = vectors["computed"].as_array().unwrap();
        assert!(rows.len() >= 30);
        for row in rows {
            assert!(holds(row, text(row, "received_uri"), text(row, "v3")), "{}", row["name"]);
            if let Some(raw) = row["v3_if_not_decoded"].as_str() {
                assert!(holds(row, text(row, "received_uri"), raw), "{} as received", row["name"]);
            }
        }
    }

    #[test]
    fn the_negative_rows_fail() {
        let vectors = vectors();
        let rows = vectors["negative"].as_array().unwrap();
        assert!(rows.len() >= 15);
        for row in rows {
            assert!(!holds(row, text(row, "uri"), text(row, "signature_v3")), "{}", row["name"]);
        }
    }

    #[test]
    fn the_time_window_has_two_sides() {
        for row in vectors()["time_window"].as_array().unwrap() {
            let now = Millis(row["now_ms"].as_i64().unwrap_or(1_795_219_200_000));
            let stamp = row["timestamp_header"].as_str().map_or_else(|| row["timestamp_ms"].to_string(), str::to_owned);
            assert_eq!(check_timestamp(&stamp, now).is_ok(), row["accept"].as_bool().unwrap(), "{row}");
        }
    }

    #[test]
    fn either_of_two_secrets_may_have_signed() {
        let (old, new) = (SecretString::from("old"), SecretString::from("new"));
        let parts = SignedParts { method: "GET", uri: "https://a.example/x", body: b"", timestamp: "1795219200000" };
        let both = SigningSecrets::new([&new, &old]);
        for secret in [&old, &new] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
            assert!(verify_v3(&both, &parts, &STANDARD.encode(tag(&key, &parts, parts.uri))));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"third");
        assert!(!verify_v3(&both, &parts, &STANDARD.encode(tag(&key, &parts, parts.uri))));
    }

    #[test]
    fn each_flipped_bit_of_a_request_fails() {
        let secrets = SigningSecrets::new([&SecretString::from("a secret")]);
        let (uri, body, stamp) = ("https://a.example/x?q=%2Fa%20b&portalId=1", b"{\"a\":1}", "1795219200000");
        let parts = SignedParts { method: "POST", uri, body, timestamp: stamp };
        let signature = STANDARD.encode(tag(&secrets.0[0], &parts, uri));
        let all = [uri.as_bytes(), body, stamp.as_bytes(), signature.as_bytes()].concat();
        for (at, bit) in (0..all.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
            let mut bad = all.clone();
            bad[at] ^= 1 << bit;
            let text = String::from_utf8(bad).expect("one bit of ASCII stays ASCII");
            let (bad_uri, rest) = text.split_at(uri.len());
            let (bad_body, rest) = rest.split_at(body.len());
            let (bad_stamp, bad_signature) = rest.split_at(stamp.len());
            let bad = SignedParts { method: "POST", uri: bad_uri, body: bad_body.as_bytes(), timestamp: bad_stamp };
            assert!(!verify_v3(&secrets, &bad, bad_signature), "bit {bit} of byte {at}");
        }
    }

    proptest! {
        #[test]
        fn any_flipped_byte_fails(
            path in "[a-z0-9/%=&@:._-]{1,60}", body in proptest::collection::vec(any::<u8>(), 0..60),
            stamp in 1_000_000_000_000_i64..9_999_999_999_999, place in any::<prop::sample::Index>(), bit in 0_u8..7,
        ) {
            let secrets = SigningSecrets::new([&SecretString::from("a secret")]);
            let uri = format!("https://ledgercard.example/{path}");
            let stamp = stamp.to_string();
            let parts = SignedParts { method: "POST", uri: &uri, body: &body, timestamp: &stamp };
            let key = &secrets.0[0];
            let decoded = decode_uri(&uri).unwrap_or_else(|| uri.clone());
            let signature = STANDARD.encode(tag(key, &parts, &decoded));
            prop_assert!(verify_v3(&secrets, &parts, &signature));

            let mut all = [uri.as_bytes(), &body, stamp.as_bytes(), signature.as_bytes()].concat();
            let at = place.index(all.len());
            all[at] ^= 1 << bit;
            let (bad_uri, rest) = all.split_at(uri.len());
            let (bad_body, rest) = rest.split_at(body.len());
            let (bad_stamp, bad_signature) = rest.split_at(stamp.len());
            let (Ok(bad_uri), Ok(bad_stamp), Ok(bad_signature)) =
                (std::str::from_utf8(bad_uri), std::str::from_utf8(bad_stamp), std::str::from_utf8(bad_signature)) else {
                    return Ok(());
                };
            // The case of a hex digit in an escape carries no meaning: flipping it is no change.
            prop_assume!(decode_uri(bad_uri).unwrap_or_else(|| bad_uri.to_owned()) != decoded);
            let bad = SignedParts { method: "POST", uri: bad_uri, body: bad_body, timestamp: bad_stamp };
            prop_assert!(!verify_v3(&secrets, &bad, bad_signature));
        }

        #[test]
        fn any_flipped_byte_outside_the_uri_fails(
            body in proptest::collection::vec(any::<u8>(), 1..60), place in any::<prop::sample::Index>(), bit in 0_u8..8,
        ) {
            let secrets = SigningSecrets::new([&SecretString::from("a secret")]);
            let uri = "https://ledgercard.example/x";
            let parts = SignedParts { method: "POST", uri, body: &body, timestamp: "1795219200000" };
            let signature = tag(&secrets.0[0], &parts, uri);
            let mut bad_body = body.clone();
            let at = place.index(body.len());
            bad_body[at] ^= 1 << bit;
            let bad = SignedParts { body: &bad_body, ..parts };
            prop_assert!(!verify_v3(&secrets, &bad, &STANDARD.encode(signature)));
            let mut bad_tag = signature.as_ref().to_vec();
            bad_tag[at % 32] ^= 1 << bit;
            prop_assert!(!verify_v3(&secrets, &parts, &STANDARD.encode(bad_tag)));
        }

        #[test]
        fn no_text_makes_it_panic(uri in "\\PC{0,80}", signature in "\\PC{0,80}", stamp in "\\PC{0,20}") {
            let secrets = SigningSecrets::new([&SecretString::from("a secret")]);
            let parts = SignedParts { method: "GET", uri: &uri, body: b"", timestamp: &stamp };
            prop_assert!(!verify_v3(&secrets, &parts, &signature));
            let _ = check_timestamp(&stamp, Millis(1_795_219_200_000));
        }
    }
}
