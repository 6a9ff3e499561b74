//! Filters over days and instants.

use jiff::{Timestamp, civil::Date, fmt::strtime, tz::TimeZone};
use minijinja::{Environment, Error, Value};

use super::{is_empty, raise};
use crate::sync::mapping::{expr::Problem, forms, scope};

pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("date", date);
    engine.add_filter("instant", instant);
    engine.add_filter("read_date", read_date);
}

/// The day: `YYYY-MM-DD`, or written as `format` says in strftime's words (`%d.%m.%Y`); of an instant the day in `zone`, an
/// IANA name, or in UTC.
fn date(value: &Value, format: Option<&str>, zone: Option<&str>) -> Result<Value, Error> {
    let Some(text) = text(value)? else { return Ok(Value::UNDEFINED) };
    let zone = match zone {
        Some(name) => TimeZone::get(name).map_err(|_| raise(Problem::Arguments))?,
        None => TimeZone::UTC,
    };
    let day = day(&text, zone).ok_or_else(|| raise(Problem::NotADate))?;
    let written = match format.filter(|format| !format.is_empty()) {
        Some(format) if format.len() > 64 => return Err(raise(Problem::Arguments)),
        Some(format) => strtime::format(format, day).map_err(|_| raise(Problem::Arguments))?,
        None => day.to_string(),
    };
    Ok(Value::from(written))
}

/// The day a text names; a plain day is that day in every zone.
fn day(text: &str, zone: TimeZone) -> Option<Date> {
    let plain = text.len() == 10;
    if plain && let Some(day) = forms::date(text) {
        return Some(day);
    }
    let at = forms::instant(text).and_then(|ms| Timestamp::from_millisecond(ms).ok())?;
    Some(at.to_zoned(zone).date())
}

/// The instant, as `YYYY-MM-DDTHH:MM:SS.000Z`; of a day its midnight in UTC.
fn instant(value: &Value) -> Result<Value, Error> {
    let Some(text) = text(value)? else { return Ok(Value::UNDEFINED) };
    let written = forms::instant(&text).and_then(scope::instant).ok_or_else(|| raise(Problem::NotADate))?;
    Ok(Value::from(written))
}

/// The day in a text that is written as `format` says.
fn read_date(value: &Value, format: &str) -> Result<Value, Error> {
    let Some(text) = text(value)? else { return Ok(Value::UNDEFINED) };
    let day = Date::strptime(format, text.trim()).map_err(|_| raise(Problem::NotADate))?;
    Ok(Value::from(day.to_string()))
}

fn text(value: &Value) -> Result<Option<String>, Error> {
    if is_empty(value) { Ok(None) } else { scope::text(value).map_err(raise) }
}
