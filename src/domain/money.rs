//! Money: a decimal amount and its currency, always together.
//!
//! Promise: no float anywhere; amounts of different currencies are never added.
//! Never: converts between currencies or rounds silently.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Serialize, ser::SerializeStruct as _};

/// Why a text is no amount or no currency, or why two amounts could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no plain decimal number.
    #[error("an amount must be a plain decimal number such as 1234.50")]
    Amount,
    /// The text is no currency code.
    #[error("a currency must be 1 to 8 capital letters or digits, as ISO 4217's three-letter codes are")]
    Currency,
    /// Two different currencies were to be added.
    #[error("{0} and {1} cannot be added: they are different currencies")]
    Mixed(Currency, Currency),
    /// The sum does not fit 96 bits.
    #[error("the sum is too large")]
    Overflow,
}

/// A currency code. ISO 4217 as a rule; NetSuite lets an account rename its codes, so up to eight signs are kept as they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 8],
    len: u8,
}

impl Currency {
    /// The code as text.
    #[must_use]
    pub fn code(&self) -> &str {
        // Only ASCII gets in (`from_str`), so this never falls back.
        std::str::from_utf8(&self.code[..usize::from(self.len)]).unwrap_or("XXX")
    }

    /// How many digits the smallest unit has: 2 for EUR, 0 for JPY, 3 for KWD. Codes ISO does not know count as 2.
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        iso_currency::Currency::from_code(self.code()).and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        if text.is_empty() || text.len() > 8 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(MoneyError::Currency);
        }
        let mut code = [0_u8; 8];
        for (to, from) in code.iter_mut().zip(text.bytes()) {
            *to = from.to_ascii_uppercase();
        }
        Ok(Self { code, len: u8::try_from(text.len()).unwrap_or(8) })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

/// An amount in a currency. In JSON: `{"amount":"12.50","currency":"EUR"}`, the amount with the currency's minor digits
/// at least.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// `amount` of `currency`.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// Reads a decimal text as ERPs send it (`2010`, `1.3037`, `.5`, `-3`); exponents and group marks are refused.
    ///
    /// # Errors
    /// [`MoneyError::Amount`] when the text is anything else.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
            return Err(MoneyError::Amount);
        }
        Decimal::from_str(text).map(|amount| Self { amount, currency }).map_err(|_| MoneyError::Amount)
    }

    /// The number alone, for comparing and sorting within one currency.
    #[must_use]
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.amount > Decimal::ZERO
    }

    /// The same amount with its sign turned: ERPs keep credit notes and sales lines as negative numbers.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { amount: -self.amount, ..self }
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`] for different currencies, [`MoneyError::Overflow`] when the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The difference of two amounts of one currency.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The amount as text: at least the currency's minor digits, more only where they carry a value.
    #[must_use]
    pub fn amount_text(&self) -> String {
        let mut shown = self.amount.normalize();
        let digits = self.currency.minor_digits();
        if shown.scale() < digits {
            shown.rescale(digits);
        }
        shown.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount_text(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &self.amount_text())?;
        object.serialize_field("currency", &self.currency)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur() -> Currency {
        "EUR".parse().unwrap()
    }

    fn jpy() -> Currency {
        "JPY".parse().unwrap()
    }

    #[test]
    fn minor_digits_follow_the_currency() {
        assert_eq!(Money::parse("12.5", eur()).unwrap().amount_text(), "12.50");
        assert_eq!(Money::parse("1200", jpy()).unwrap().amount_text(), "1200");
        assert_eq!(Money::parse("1.5", "KWD".parse().unwrap()).unwrap().amount_text(), "1.500");
        assert_eq!(Money::parse("0.125", eur()).unwrap().amount_text(), "0.125");
    }

    #[test]
    fn erp_spellings_are_read_and_others_refused() {
        for (text, shown) in [("2010", "2010.00"), (".5", "0.50"), ("-3", "-3.00"), ("-.25", "-0.25")] {
            assert_eq!(Money::parse(text, eur()).unwrap().amount_text(), shown);
        }
        for bad in ["", "1e3", "1,5", "1'000", "NaN", "--1", "1.2.3", "$5", "5 ."] {
            assert_eq!(Money::parse(bad, eur()), Err(MoneyError::Amount), "{bad}");
        }
    }

    #[test]
    fn different_currencies_are_never_added() {
        let mixed = Money::zero(eur()).plus(Money::zero(jpy()));
        assert_eq!(mixed, Err(MoneyError::Mixed(eur(), jpy())));
    }

    proptest! {
        #[test]
        fn adding_then_taking_away_changes_nothing(a in -10_000_000_000_i64..10_000_000_000, b in -10_000_000_000_i64..10_000_000_000) {
            let (a, b) = (Money::new(Decimal::new(a, 2), eur()), Money::new(Decimal::new(b, 2), eur()));
            prop_assert_eq!(a.plus(b).unwrap().minus(b).unwrap(), a);
            prop_assert_eq!(a.plus(b).unwrap(), b.plus(a).unwrap());
        }

        #[test]
        fn text_there_and_back_is_the_same_amount(minor in any::<i64>(), digits in 0_u32..4) {
            let money = Money::new(Decimal::new(minor, digits), eur());
            prop_assert_eq!(Money::parse(&money.amount_text(), eur()).unwrap(), money);
        }
    }
}
