//! NetSuite's JSON, as it is: read tolerantly, keys without regard to case, numbers as the text they were sent as.
//!
//! Never: a float between their digits and our decimals; a meaning. That is [`super::map`]'s.

use std::{collections::BTreeMap, fmt, str::FromStr as _};

use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The token endpoint's answer. `expires_in` is a number in some releases, text in others.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: SecretString,
    #[serde(deserialize_with = "seconds")]
    pub(super) expires_in: u64,
    /// In the answer to a code always, in that to a refresh only for public clients.
    #[serde(default)]
    pub(super) refresh_token: Option<SecretString>,
}

fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let raw = Box::<RawValue>::deserialize(from)?;
    raw.get().trim_matches('"').parse().map_err(|_| serde::de::Error::custom("expires_in must be seconds"))
}

/// The token endpoint's refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenRefusal {
    pub(super) error: String,
}

/// One page of a SuiteQL result.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rows {
    pub(super) items: Vec<Fields>,
    /// How many rows there are on all pages.
    pub(super) total_results: u64,
}

/// A list of the record service: ids only.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) items: Vec<serde::de::IgnoredAny>,
}

/// The named values of one SuiteQL row or one record: keys in lower case; `null` and missing are the same; text, numbers
/// and booleans are kept as text, objects and lists as their JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(BTreeMap<String, Value>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Plain(String),
    Nested(Box<str>),
}

impl Fields {
    /// The text of `key`; booleans read `true`/`false` as sent, the empty text is none.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key)? {
            Value::Plain(text) => Some(text.as_str()).filter(|t| !t.is_empty()),
            Value::Nested(_) => None,
        }
    }

    /// The number of `key`, exponents understood (`1.2345678E7` is how their doubles may look).
    pub(super) fn decimal(&self, key: &str) -> Result<Option<Decimal>, NotANumber> {
        self.text(key).map(|text| read_decimal(text.trim())).transpose()
    }

    /// Whether a boolean is true: SuiteQL's `T`, JSON's `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.text(key).is_some_and(|t| t.eq_ignore_ascii_case("t") || t.eq_ignore_ascii_case("true"))
    }

    /// What a reference or an enumeration shows to people: its `refName`, or the bare text that older releases send.
    pub(super) fn shown(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::Plain(text) => Some(text.clone()).filter(|t| !t.is_empty()),
            Value::Nested(json) => {
                let inner: Self = serde_json::from_str(json).ok()?;
                inner.text("refname").or_else(|| inner.text("id")).map(str::to_owned)
            }
        }
    }
}

/// The text is no decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotANumber;

fn read_decimal(text: &str) -> Result<Decimal, NotANumber> {
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).map_err(|_| NotANumber)
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    let raw = map.next_value::<Box<RawValue>>()?;
                    if let Some(value) = value_of(raw.get()).map_err(serde::de::Error::custom)? {
                        fields.insert(key.to_lowercase(), value);
                    }
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Reader)
    }
}

fn value_of(json: &str) -> Result<Option<Value>, serde_json::Error> {
    Ok(match json.as_bytes().first() {
        Some(b'n') => None,
        Some(b'"') => Some(Value::Plain(serde_json::from_str(json)?)),
        Some(b'{' | b'[') => Some(Value::Nested(json.into())),
        _ => Some(Value::Plain(json.to_owned())),
    })
}

/// An error document (RFC 9457 with NetSuite's additions). Every part may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(rename = "o:errorDetails")]
    pub(super) details: Vec<ProblemDetail>,
}

/// One cause of a [`Problem`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProblemDetail {
    /// Their words: read for known phrases, then dropped.
    pub(super) detail: String,
    #[serde(rename = "o:errorCode")]
    pub(super) code: String,
    #[serde(rename = "o:errorPath")]
    pub(super) path: Option<String>,
    #[serde(rename = "o:errorQueryParam")]
    pub(super) query_param: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn fields(json: &str) -> Fields {
        serde_json::from_str(json).unwrap()
    }

    #[rstest]
    #[case(r#"{"access_token":"t","expires_in":3600,"token_type":"bearer"}"#)]
    #[case(r#"{"access_token":"t","expires_in":"3600","token_type":"Bearer"}"#)]
    fn token_answers_of_both_kinds(#[case] json: &str) {
        let answer: TokenAnswer = serde_json::from_str(json).unwrap();
        assert_eq!((answer.access_token.expose_secret(), answer.expires_in), ("t", 3600));
    }

    #[test]
    fn rows_are_read_as_sent() {
        let json = r#"{"links":[],"count":1,"hasMore":false,"offset":0,"totalResults":65,"items":[
            {"links":[],"ID":"1227","foreignTotal":"2010.10","rate":.5}]}"#;
        assert!(serde_json::from_str::<Rows>(json).is_err(), "no JSON number begins with a point");
        let rows: Rows = serde_json::from_str(&json.replace(":.5", ":0.1")).unwrap();
        let row = &rows.items[0];
        assert_eq!((rows.total_results, row.text("id"), row.text("rate")), (65, Some("1227"), Some("0.1")));
        assert_eq!(row.decimal("foreigntotal").unwrap().unwrap().to_string(), "2010.10");
        assert_eq!(row.text("memo"), None);
    }

    #[test]
    fn records_of_old_and_new_releases() {
        let new = fields(
            r#"{"amountPaid":1.10,"status":{"id":"A","refName":"Open"},"terms":{"links":[],"id":"2","refName":"Net 30"},"x":null}"#,
        );
        let old = fields(r#"{"amountpaid":1.10,"status":"Open","voided":true,"posted":"T"}"#);
        assert_eq!(new.decimal("amountpaid"), old.decimal("amountpaid"));
        assert_eq!((new.shown("status").as_deref(), old.shown("status").as_deref()), (Some("Open"), Some("Open")));
        assert_eq!(new.shown("terms").as_deref(), Some("Net 30"));
        assert_eq!((new.text("x"), new.text("status")), (None, None));
        assert!(old.is_true("voided") && old.is_true("posted") && !new.is_true("voided"));
    }

    #[rstest]
    #[case("2010", "2010")]
    #[case(".5", "0.5")]
    #[case("-.25", "-0.25")]
    #[case("1.2345678E7", "12345678")]
    #[case("1.0E-2", "0.010")]
    fn numbers_keep_their_digits(#[case] sent: &str, #[case] read: &str) {
        assert_eq!(fields(&format!(r#"{{"n":"{sent}"}}"#)).decimal("n").unwrap().unwrap().to_string(), read);
    }

    #[test]
    fn what_is_no_number_is_an_error_and_not_nothing() {
        assert_eq!(fields(r#"{"n":"1,5"}"#).decimal("n"), Err(NotANumber));
        assert_eq!(fields(r#"{"n":"ERROR: Field 'x'"}"#).decimal("n"), Err(NotANumber));
        assert_eq!(fields(r#"{"n":""}"#).decimal("n"), Ok(None));
    }

    proptest! {
        #[test]
        fn every_decimal_survives(minor in any::<i64>(), digits in 0_u32..10) {
            let number = Decimal::new(minor, digits);
            prop_assert_eq!(fields(&format!(r#"{{"n":{number}}}"#)).decimal("n"), Ok(Some(number)));
        }

        #[test]
        fn any_text_is_read_without_panic(json in "\\PC{0,200}") {
            let _read = serde_json::from_str::<Rows>(&json);
            let _read = serde_json::from_str::<Fields>(&json);
            let _read = serde_json::from_str::<Problem>(&json);
        }
    }
}
