//! Arithmetic on numbers and dates, in exact decimals.

use jiff::{SignedDuration, civil::DateTime};
use rusqlite::{
    functions::{Aggregate, Context},
    types::Value,
};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive as _};

use super::{
    dates, number,
    oracle::{Arguments, Function, Given, Refused, held_text},
};

const OVERFLOW: Refused = Refused("numeric overflow");

/// The functions of this file.
pub(super) const FUNCTIONS: &[(&str, Function)] =
    &[
        ("ora_add", |a| two(a, |x, y| x.checked_add(y).ok_or(OVERFLOW))),
        ("ora_sub", |a| two(a, |x, y| x.checked_sub(y).ok_or(OVERFLOW))),
        ("ora_mul", |a| two(a, |x, y| x.checked_mul(y).ok_or(OVERFLOW))),
        ("ora_div", |a| {
            two(a, |x, y| {
                if y.is_zero() { Err(Refused("divisor is equal to zero")) } else { x.checked_div(y).ok_or(OVERFLOW) }
            })
        }),
        ("ora_mod", |a| two(a, |x, y| if y.is_zero() { Ok(x) } else { x.checked_rem(y).ok_or(OVERFLOW) })),
        ("ora_neg", |a| one(a, |x| -x)),
        ("ora_abs", |a| one(a, |x| x.abs())),
        ("ora_ceil", |a| one(a, |x| x.ceil())),
        ("ora_floor", |a| one(a, |x| x.floor())),
        ("ora_sign", |a| {
            one(a, |x| {
                if x.is_zero() {
                    x
                } else if x.is_sign_negative() {
                    -Decimal::ONE
                } else {
                    Decimal::ONE
                }
            })
        }),
        ("ora_round", |a| places(a, RoundingStrategy::MidpointAwayFromZero)),
        ("ora_trunc", |a| places(a, RoundingStrategy::ToZero)),
        ("ora_date_add", |a| {
            let (Some(at), Some(days)) = (a.date(0)?, a.number(1)?) else { return Ok(Value::Null) };
            moved(at, days).map(|at| held_text(dates::hold(at)))
        }),
        ("ora_date_sub", |a| {
            let (Some(later), Some(earlier)) = (a.date(0)?, a.date(1)?) else { return Ok(Value::Null) };
            let seconds = later.duration_since(earlier).as_secs();
            Ok(number::value((Decimal::from(seconds) / Decimal::from(86_400)).round_dp(20)))
        }),
        ("ora_date_trunc", date_trunc),
        ("ora_add_months", |a| {
            let (Some(at), Some(months)) = (a.date(0)?, a.whole(1)?) else { return Ok(Value::Null) };
            let moved = jiff::Span::new().try_months(months).and_then(|span| at.checked_add(span));
            let last = at.date() == at.date().last_of_month();
            let at = moved.map_err(|_| Refused("date out of range"))?;
            Ok(held_text(dates::hold(if last { at.date().last_of_month().to_datetime(at.time()) } else { at })))
        }),
        ("ora_last_day", |a| {
            let Some(at) = a.date(0)? else { return Ok(Value::Null) };
            Ok(held_text(dates::hold(at.date().last_of_month().to_datetime(at.time()))))
        }),
        ("ora_part", |a| {
            let (Some(part), Some(at)) = (a.text(0)?, a.date(1)?) else { return Ok(Value::Null) };
            Ok(Value::Integer(match part.as_str() {
                "YEAR" => at.year().into(),
                "MONTH" => at.month().into(),
                _ => at.day().into(),
            }))
        }),
    ];

fn one(a: &Arguments<'_, '_>, f: fn(Decimal) -> Decimal) -> Given {
    Ok(a.number(0)?.map_or(Value::Null, |x| number::value(f(x))))
}

fn two(a: &Arguments<'_, '_>, f: fn(Decimal, Decimal) -> Result<Decimal, Refused>) -> Given {
    let (Some(x), Some(y)) = (a.number(0)?, a.number(1)?) else { return Ok(Value::Null) };
    f(x, y).map(number::value)
}

/// `ROUND` and `TRUNC` of a number: places after the point, negative ones before it.
fn places(a: &Arguments<'_, '_>, how: RoundingStrategy) -> Given {
    let Some(x) = a.number(0)? else { return Ok(Value::Null) };
    let places = if a.count() == 1 { 0 } else { a.whole(1)?.unwrap_or(0).clamp(-20, 28) };
    let rounded = if let Ok(after) = u32::try_from(places) {
        x.round_dp_with_strategy(after, how)
    } else {
        let unit = (0..places.unsigned_abs()).fold(Decimal::ONE, |unit, _| unit * Decimal::TEN);
        (x / unit).round_dp_with_strategy(0, how) * unit
    };
    Ok(number::value(rounded))
}

fn moved(at: DateTime, days: Decimal) -> Result<DateTime, Refused> {
    let out_of_range = Refused("date out of range");
    let seconds = days.checked_mul(Decimal::from(86_400)).and_then(|s| s.round().to_i64()).ok_or(out_of_range)?;
    at.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| out_of_range)
}

/// `TRUNC(date[, unit])`.
fn date_trunc(a: &Arguments<'_, '_>) -> Given {
    let Some(at) = a.date(0)? else { return Ok(Value::Null) };
    let unit = if a.count() == 1 { "DD".to_owned() } else { a.text(1)?.unwrap_or_default().to_uppercase() };
    let date = match unit.as_str() {
        "DD" | "DDD" | "J" => at.date(),
        "MM" | "MON" | "MONTH" => at.date().first_of_month(),
        "YYYY" | "YEAR" | "YY" | "Y" => at.date().first_of_year(),
        _ => return Err(Refused("bad precision specifier")),
    };
    Ok(held_text(dates::hold(date.to_datetime(jiff::civil::Time::midnight()))))
}

/// `SUM` and `AVG`: exact, null over no row.
pub(super) struct Sum {
    /// Divide by the number of values.
    pub mean: bool,
}

impl Aggregate<(Decimal, i64), Value> for Sum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<(Decimal, i64)> {
        Ok((Decimal::ZERO, 0))
    }

    fn step(&self, ctx: &mut Context<'_>, so_far: &mut (Decimal, i64)) -> rusqlite::Result<()> {
        if let Some(next) = number::decimal(ctx.get_raw(0)).map_err(Refused::marked)? {
            so_far.0 = so_far.0.checked_add(next).ok_or_else(|| OVERFLOW.marked())?;
            so_far.1 += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<(Decimal, i64)>) -> rusqlite::Result<Value> {
        Ok(match sum {
            Some((sum, count)) if count > 0 => number::value(if self.mean { sum / Decimal::from(count) } else { sum }),
            _ => Value::Null,
        })
    }
}
