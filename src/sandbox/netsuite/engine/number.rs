//! Oracle's numbers: exact decimals where SQLite has floating point.

use rusqlite::types::{Value, ValueRef};
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive as _, ToPrimitive as _},
};

use super::oracle::Refused;

/// The exact decimal of a value; text is converted as Oracle does.
pub(super) fn decimal(value: ValueRef<'_>) -> Result<Option<Decimal>, Refused> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(whole) => Ok(Some(Decimal::from(whole))),
        ValueRef::Real(float) => {
            Decimal::from_f64(float).map(|d| Some(d.normalize())).ok_or(Refused("numeric overflow"))
        }
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            if text.is_empty() { Ok(None) } else { parse(text.trim()).map(Some) }
        }
        ValueRef::Blob(_) => Err(Refused("invalid number")),
    }
}

/// The decimal that a text spells.
pub(super) fn parse(text: &str) -> Result<Decimal, Refused> {
    let plain =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let read = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { text.parse() };
    if plain { read.map_err(|_| Refused("invalid number")) } else { Err(Refused("invalid number")) }
}

/// A decimal as SQLite holds it.
pub(super) fn value(number: Decimal) -> Value {
    let whole = if number.is_integer() { number.to_i64() } else { None };
    whole.map_or_else(|| number.to_f64().map_or(Value::Null, Value::Real), Value::Integer)
}

/// A number as Oracle prints it: no zero before the point, no zeros at the end.
pub(super) fn print(number: Decimal) -> String {
    let text = number.normalize().to_string();
    if let Some(rest) = text.strip_prefix("0.") {
        format!(".{rest}")
    } else if let Some(rest) = text.strip_prefix("-0.") {
        format!("-.{rest}")
    } else {
        text
    }
}

/// A number under a format model of `9`, `0`, `,`, `G`, `.`, `D` with an optional leading `FM`.
pub(super) fn print_as(number: Decimal, model: &str) -> Result<String, Refused> {
    let upper = model.to_uppercase();
    let (fill, model) = upper.strip_prefix("FM").map_or((true, upper.as_str()), |rest| (false, rest));
    if model.is_empty() || !model.chars().all(|c| matches!(c, '9' | '0' | ',' | 'G' | '.' | 'D')) {
        return Err(Refused("invalid number format model"));
    }
    let (whole_model, fraction_model) = model.split_once(['.', 'D']).unwrap_or((model, ""));
    if !fraction_model.chars().all(|c| matches!(c, '9' | '0')) {
        return Err(Refused("invalid number format model"));
    }
    let digits = u32::try_from(fraction_model.len()).unwrap_or(0);
    let rounded = number.abs().round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let spelled = format!("{rounded:.*}", fraction_model.len());
    let (whole, fraction) = spelled.split_once('.').unwrap_or((&spelled, ""));
    let Some(mut out) = whole_part(if whole == "0" { "" } else { whole }, whole_model) else {
        return Ok("#".repeat(model.len() + 1));
    };
    if !fraction_model.is_empty() {
        let kept = fraction_model.rfind('0').map_or(0, |at| at + 1);
        let trimmed = fraction.trim_end_matches('0');
        let shown = if fill { fraction } else { &fraction[..trimmed.len().max(kept)] };
        out = format!("{out}.{shown}");
    }
    let sign = if number.is_sign_negative() && !number.is_zero() {
        "-"
    } else if fill {
        " "
    } else {
        ""
    };
    let width = model.len() + 1;
    Ok(if fill { format!("{:>width$}", format!("{sign}{out}")) } else { format!("{sign}{out}") })
}

/// The digits before the point under their model, right to left; `None` when they do not fit.
fn whole_part(digits: &str, model: &str) -> Option<String> {
    let mut left = digits.chars().rev();
    let forced = model.chars().position(|c| c == '0').map_or(0, |at| model.len() - at);
    let mut out = String::new();
    for (at, mark) in model.chars().rev().enumerate() {
        if matches!(mark, ',' | 'G') {
            out.push(',');
        } else if let Some(digit) = left.next() {
            out.push(digit);
        } else if at < forced {
            out.push('0');
        }
    }
    let out: String = out.chars().rev().collect();
    left.next().is_none().then(|| out.trim_start_matches(',').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("0.5", ".5")]
    #[case("-0.50", "-.5")]
    #[case("2010.00", "2010")]
    #[case("0", "0")]
    #[case("1.3037", "1.3037")]
    fn numbers_are_printed_as_oracle_does(#[case] number: &str, #[case] printed: &str) {
        assert_eq!(print(number.parse().expect("a decimal")), printed);
    }

    #[rstest::rstest]
    #[case("1234.5", "FM9999999990.00", Ok("1234.50"))]
    #[case("0.5", "FM9999999990.00", Ok("0.50"))]
    #[case("0.5", "FM990.99", Ok("0.5"))]
    #[case("1234567.891", "FM9,999,999.00", Ok("1,234,567.89"))]
    #[case("-2", "FM99.0", Ok("-2.0"))]
    #[case("12", "999", Ok("  12"))]
    #[case("1234", "99", Ok("###"))]
    #[case("1", "FMXYZ", Err(Refused("invalid number format model")))]
    fn format_models(#[case] number: &str, #[case] model: &str, #[case] expected: Result<&str, Refused>) {
        assert_eq!(print_as(number.parse().expect("a decimal"), model), expected.map(str::to_owned));
    }

    #[test]
    fn text_that_is_no_number_is_refused() {
        for text in ["abc", "", "1,5", "0x10", "NaN", "1 2", "--1"] {
            assert_eq!(parse(text), Err(Refused("invalid number")), "{text}");
        }
    }
}
