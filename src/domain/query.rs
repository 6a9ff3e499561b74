//! What a person types to find an invoice, taken apart: a number, an amount, a day, or words.
//!
//! Promise: reading never fails on any text of the allowed length; what cannot be an amount or a day is just words.
//! Never: builds a statement. Connectors bind the parts as values.

use jiff::civil::Date;
use rust_decimal::Decimal;

use std::str::FromStr as _;

use super::invoice::Invoice;

/// The most characters a search may have.
pub const MAX_CHARS: usize = 200;

/// Why a search text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// Longer than [`MAX_CHARS`].
    #[error("a search may have at most {MAX_CHARS} characters")]
    TooLong,
    /// Holds NUL or another control character.
    #[error("a search must not hold control characters")]
    Control,
}

/// A search, ready for a connector.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct InvoiceQuery {
    /// The text without outer spaces, as typed.
    pub text: String,
    /// The text in capitals without spaces and dashes: what numbers, names and memos, treated the same way, must contain.
    /// Empty when the text holds nothing else; then nothing is to be compared with it.
    pub needle: String,
    /// The amounts the text may mean: `12,50` and `12.50` mean one, `1.250` means 1.25 and 1250.
    pub amounts: Vec<Decimal>,
    /// The days the text may mean: `2026-11-01` means one, `1/11/2026` two.
    pub days: Vec<Date>,
}

impl InvoiceQuery {
    /// Takes `text` apart.
    ///
    /// # Errors
    /// [`BadQuery`] for a text that is too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, BadQuery> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARS {
            return Err(BadQuery::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(BadQuery::Control);
        }
        Ok(Self { text: text.to_owned(), needle: fold(text), amounts: amounts(text), days: days(text) })
    }

    /// Whether a document with these features is meant. An empty search means all.
    #[must_use]
    pub fn fits(&self, features: &Features) -> bool {
        self.is_empty()
            || (!self.needle.is_empty() && features.folded.contains(&self.needle))
            || features.amounts.iter().any(|amount| self.amounts.contains(amount))
            || features.days.iter().flatten().any(|day| self.days.contains(day))
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// What of a document a search compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    /// Number, purchase order, memo, customer's name and number, folded, a line each.
    folded: String,
    /// Total and what is left.
    amounts: [Decimal; 2],
    /// Day of issue and due date.
    days: [Option<Date>; 2],
}

impl Features {
    /// The features of `invoice`.
    #[must_use]
    pub fn of(invoice: &Invoice) -> Self {
        let document = [Some(&invoice.number), invoice.po_number.as_ref(), invoice.memo.as_ref()];
        let customer = [Some(&invoice.customer.name), Some(&invoice.customer.number)];
        let folded = document.into_iter().chain(customer).flatten().map(|text| fold(text) + "\n").collect();
        let amounts = [invoice.total.amount(), invoice.remaining.amount()];
        Self { folded, amounts, days: [Some(invoice.date), invoice.due] }
    }
}

/// Capitals, without white space and dashes of any kind: how both sides of a comparison are written.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .flat_map(char::to_uppercase)
        .collect()
}

/// Every amount `text` may mean, group marks and decimal comma or point considered; sorted, without repeats.
fn amounts(text: &str) -> Vec<Decimal> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '_')).collect();
    let body = kept.trim_start_matches(['€', '$', '£', '¥']).trim_end_matches(['€', '$', '£', '¥']);
    if body.is_empty() || !body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
        return Vec::new();
    }
    let mut found: Vec<Decimal> =
        [('.', ','), (',', '.')].into_iter().filter_map(|(decimal, group)| read_amount(body, decimal, group)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// `body` as a number whose decimal mark is `decimal` and whose groups of three are parted by `group`.
fn read_amount(body: &str, decimal: char, group: char) -> Option<Decimal> {
    let (whole, fraction) = match body.split_once(decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    if fraction.contains([decimal, group]) || fraction.len() > 4 {
        return None;
    }
    let mut groups = whole.split(group);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    if !rest.is_empty() && (first.is_empty() || first.len() > 3 || rest.iter().any(|g| g.len() != 3)) {
        return None;
    }
    if first.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = format!(
        "{}{}.{}",
        if first.is_empty() { "0" } else { first },
        rest.concat(),
        if fraction.is_empty() { "0" } else { fraction }
    );
    Decimal::from_str(&digits).ok().map(|n| n.normalize())
}

/// Every day `text` may mean: ISO order, or day and month first in either order.
fn days(text: &str) -> Vec<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
    let read = |part: &&str| part.parse::<i16>().ok().filter(|_| part.bytes().all(|d| d.is_ascii_digit()));
    let (Some(numbers), 3) = (parts.iter().map(read).collect::<Option<Vec<i16>>>(), parts.len()) else {
        return Vec::new();
    };
    let day =
        |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let (first, second, third) = (numbers[0], numbers[1], numbers[2]);
    let mut found: Vec<Date> = match (parts[0].len(), parts[2].len()) {
        (4, _) => day(first, second, third).into_iter().collect(),
        (_, 4) => [day(third, second, first), day(third, first, second)].into_iter().flatten().collect(),
        (_, 2) => [day(third + 2000, second, first), day(third + 2000, first, second)].into_iter().flatten().collect(),
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts_of(text: &str) -> Vec<String> {
        InvoiceQuery::parse(text).unwrap().amounts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn amounts_are_read_in_every_spelling() {
        assert_eq!(amounts_of("12,50"), ["12.5"]);
        assert_eq!(amounts_of("12.50"), ["12.5"]);
        assert_eq!(amounts_of("1'250"), ["1250"]);
        assert_eq!(amounts_of("1 250,00"), ["1250"]);
        assert_eq!(amounts_of("1.250"), ["1.25", "1250"]);
        assert_eq!(amounts_of("1,234,567.89"), ["1234567.89"]);
        assert_eq!(amounts_of("€ 99"), ["99"]);
        assert!(amounts_of("INV-12").is_empty());
        assert!(amounts_of("1.2.3").is_empty());
        assert!(amounts_of("..").is_empty());
    }

    #[test]
    fn days_are_read_in_every_order() {
        let days = |text: &str| -> Vec<String> {
            InvoiceQuery::parse(text).unwrap().days.iter().map(ToString::to_string).collect()
        };
        assert_eq!(days("2026-11-01"), ["2026-11-01"]);
        assert_eq!(days("1/11/2026"), ["2026-01-11", "2026-11-01"]);
        assert_eq!(days("31.12.26"), ["2026-12-31"]);
        assert!(days("31.31.2026").is_empty());
        assert!(days("12.50").is_empty());
    }

    #[test]
    fn folding_ignores_case_spaces_and_dashes() {
        assert_eq!(fold(" inv-10 42 "), "INV1042");
        assert_eq!(fold("Straße–1"), "STRASSE1");
    }

    #[test]
    fn hostile_texts_are_refused_or_harmless() {
        assert_eq!(InvoiceQuery::parse("a\0b"), Err(BadQuery::Control));
        assert_eq!(InvoiceQuery::parse(&"x".repeat(100_000)), Err(BadQuery::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
            let query = InvoiceQuery::parse(&text).unwrap();
            prop_assert!(!query.needle.contains(' '));
        }
    }
}
