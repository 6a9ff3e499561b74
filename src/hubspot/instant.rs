//! Instants as HubSpot sends them: RFC 3339, or milliseconds since 1970 as text or number.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::clock::Millis;

/// Reads an instant; what is none counts as not told.
pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Millis>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => read(&text),
        Value::Number(number) => number.as_i64().map(Millis),
        _ => None,
    })
}

/// An instant in either form.
pub(super) fn read(text: &str) -> Option<Millis> {
    let stamp = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    stamp.or_else(|| text.parse().ok()).map(Millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_the_same_instant() {
        assert_eq!(read("2026-11-21T12:00:00.000Z"), Some(Millis(1_795_262_400_000)));
        assert_eq!(read("1795262400000"), Some(Millis(1_795_262_400_000)));
        assert_eq!(read("yesterday"), None);
    }
}
