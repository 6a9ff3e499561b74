//! How values are written: numbers, yes and no, dates, instants and addresses, read from the forms both sides use.
//!
//! Promise: what is read is exactly what was written; a text that could mean two things is not read at all.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

/// A plain decimal number. HubSpot answers large ones with an exponent (`1.2E7`), which is read too.
pub(super) fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
        return None;
    }
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).ok()
}

/// The number in its shortest form: `12.5`, never `12.50` nor `-0`.
pub(super) fn plain(number: Decimal) -> String {
    let number = number.normalize();
    if number.is_zero() { "0".to_owned() } else { number.to_string() }
}

/// Yes or no, as ERPs and HubSpot write them.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// Whole milliseconds since 1970, if the text is digits alone. Eight digits could be a day written together, so that fewer
/// than nine are none, but for a plain zero.
fn milliseconds(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let long = digits.len() >= 9 || digits == "0";
    (long && digits.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The instant that the text names: milliseconds, RFC 3339, or a day, which is its midnight in UTC.
pub(super) fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(ms) = milliseconds(text) {
        return Timestamp::from_millisecond(ms).ok().map(|_| ms);
    }
    if let Some(date) = iso_date(text) {
        return midnight(date);
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// The day that the text names: `YYYY-MM-DD`, or the day of an instant in UTC, which is how HubSpot keeps days.
pub(super) fn date(text: &str) -> Option<Date> {
    iso_date(text.trim()).or_else(|| instant(text).and_then(day_of))
}

/// `YYYY-MM-DD` and nothing else.
fn iso_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    shaped.then(|| text.parse().ok()).flatten()
}

/// The beginning of a day in UTC.
pub(super) fn midnight(date: Date) -> Option<i64> {
    date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp().as_millisecond())
}

/// The day of an instant in UTC.
pub(super) fn day_of(ms: i64) -> Option<Date> {
    Timestamp::from_millisecond(ms).ok().map(|at| at.to_zoned(TimeZone::UTC).date())
}

/// The address in lower case, or nothing where it has not the shape of one. HubSpot compares addresses without case; what
/// else it refuses (unknown top-level domains) it says itself.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text).to_lowercase();
    let (local, domain) = text.split_once('@')?;
    let strange = |c: char| c.is_whitespace() || c.is_control() || "<>,;()\"@".contains(c);
    let fits = !local.is_empty()
        && !text.replacen('@', "", 1).contains(strange)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty());
    fits.then_some(text)
}

/// Every address in a text that holds several, each once, in the order in which they stand.
pub(super) fn emails(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '<' | '>')) {
        if let Some(address) = email(part).filter(|address| !found.contains(address)) {
            found.push(address);
        }
    }
    found
}

/// The parts of a text that holds several values, as HubSpot writes them (`a;b`), each once.
pub(super) fn several(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        if !found.contains(&part) {
            found.push(part);
        }
    }
    found
}
