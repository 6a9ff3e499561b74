//! How HubSpot signs what it sends: signatures v1, v2 and v3. Written apart from the program's own check.

use std::fmt::Write as _;

use base64::Engine as _;
use ring::{digest, hmac};

/// The escapes that are decoded before signing v3, and nothing else.
const DECODED: [(&str, char); 12] = [
    ("3A", ':'),
    ("2F", '/'),
    ("3F", '?'),
    ("40", '@'),
    ("21", '!'),
    ("24", '$'),
    ("27", '\''),
    ("28", '('),
    ("29", ')'),
    ("2A", '*'),
    ("2C", ','),
    ("3B", ';'),
];

/// `uri` with the twelve escapes decoded, in one pass.
fn decoded(uri: &str) -> String {
    let mut out = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).unwrap_or_default();
        let plain = DECODED.iter().find(|(escape, _)| code.eq_ignore_ascii_case(escape)).map(|(_, plain)| *plain);
        out.push(plain.unwrap_or('%'));
        rest = &rest[at + if plain.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

/// Signature v3 (base64).
pub(super) fn v3(secret: &str, method: &str, uri: &str, body: &str, timestamp: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let text = format!("{method}{}{body}{timestamp}", decoded(uri));
    base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Signature v1 (lower-case hex): secret and body alone.
pub(super) fn v1(secret: &str, body: &str) -> String {
    sha256(&format!("{secret}{body}"))
}

/// Signature v2 (lower-case hex).
pub(super) fn v2(secret: &str, method: &str, uri: &str, body: &str) -> String {
    sha256(&format!("{secret}{method}{uri}{body}"))
}

fn sha256(text: &str) -> String {
    let sum = digest::digest(&digest::SHA256, text.as_bytes());
    sum.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        let y = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
        let body = r#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
        assert_eq!(v1(y, body), "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de");
        assert_eq!(
            v2(y, "GET", "https://www.example.com/webhook_uri", ""),
            "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"
        );
        assert_eq!(
            v3(y, "POST", "https://www.example.com/webhook_uri", "{'example_field':'example_value'}", "1693657560000"),
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
        );
        assert_eq!(
            v3(
                "12345678-aaaa-bbbb-cccc-ddddeeeeffff",
                "GET",
                "https://hubspot.com/?appId=1&portalId=2&userId=3",
                "",
                "1111111111"
            ),
            "zTfXjo07jfzGouo4wvyAj3qEMUTVJ0PPYPACrluQtQI="
        );
        let uri = "https://erp.example.com/api/card/invoices?objectTypeId=0-1&objectId=101&q=M%C3%BCller%20%26%20Co%3A1&userId=9&userEmail=ann%40example.com&portalId=4711&appId=77";
        assert_eq!(
            v3("test-client-secret", "GET", uri, "", "1700000000000"),
            "Z2xgTojOxOLhtuDJ3O3SBRR9dVtJQcqaccpW9zV+ZFk="
        );
        let uri = "https://erp.example.com/api/settings?userId=9&userEmail=ann%40example.com&portalId=4711&appId=77";
        assert_eq!(
            v3("test-client-secret", "PUT", uri, r#"{"contactSync":true}"#, "1700000000000"),
            "QdCefnV7dliNxIjAFag5fI6Jo0MFJFo5nSbBvSTtaKc="
        );
    }

    #[test]
    fn only_twelve_escapes_are_decoded_once() {
        assert_eq!(decoded("a%3Ab%2fc%20d%2540%C3%BC%"), "a:b/c%20d%2540%C3%BC%");
    }
}
