//! What an expression can do with a value.
//!
//! Promise: nothing in, nothing out: every filter but `default` passes an empty value on. A result is at most 64 KiB.
//! Never: a filter of the engine's own, since some of them make texts of any size.

mod address;
mod country;
mod legal;
mod time;
mod words;

use minijinja::{Environment, Error, ErrorKind, State, Value};
use rust_decimal::Decimal;

use super::{
    expr::Problem,
    scope::{self, CarriedTables, TABLES},
    tables,
};

/// The filters there are, for the page that helps to write expressions.
pub const FILTERS: [&str; 34] = [
    "capitalize",
    "country_code",
    "country_name",
    "date",
    "default",
    "digits",
    "divided_by",
    "domain_of",
    "first",
    "first_email",
    "instant",
    "join",
    "last",
    "length",
    "lookup",
    "lookup_erp",
    "lower",
    "minus",
    "number",
    "other_emails",
    "phone",
    "plus",
    "read_date",
    "replace",
    "round",
    "split",
    "strip_legal_form",
    "text",
    "times",
    "title",
    "trim",
    "truncate",
    "upper",
    "words",
];

/// The tests there are: `x is empty`.
pub const TESTS: [&str; 3] = ["empty", "given", "none"];

/// The functions there are: `join_name(firstname, lastname)`.
pub(super) const FUNCTIONS: [&str; 1] = ["join_name"];

/// Gives the engine our filters, tests and functions.
pub(super) fn install(engine: &mut Environment<'static>) {
    words::install(engine);
    address::install(engine);
    time::install(engine);
    engine.add_filter("lookup", |state: &State, word: &Value, table: &str| look_up(state, word, table, false));
    engine.add_filter("lookup_erp", |state: &State, word: &Value, table: &str| look_up(state, word, table, true));
    engine.add_filter(
        "default",
        |value: &Value, other: &Value| if is_empty(value) { other.clone() } else { value.clone() },
    );
    engine.add_filter("number", |value: &Value| calculate(value, &[], |number, _| Some(number)));
    engine.add_filter("plus", |a: &Value, b: &Value| calculate(a, &[b], |a, b| a.checked_add(b[0])));
    engine.add_filter("minus", |a: &Value, b: &Value| calculate(a, &[b], |a, b| a.checked_sub(b[0])));
    engine.add_filter("times", |a: &Value, b: &Value| calculate(a, &[b], |a, b| a.checked_mul(b[0])));
    engine.add_filter("divided_by", |a: &Value, b: &Value| calculate(a, &[b], |a, b| a.checked_div(b[0])));
    engine.add_filter("round", |value: &Value, digits: Option<u32>| {
        calculate(value, &[], |number, _| Some(number.round_dp(digits.unwrap_or(0).min(28))))
    });
    engine.add_test("empty", |value: &Value| is_empty(value));
    engine.add_test("none", |value: &Value| is_empty(value));
    engine.add_test("given", |value: &Value| !is_empty(value));
}

/// A problem as the engine carries it.
fn raise(problem: Problem) -> Error {
    Error::new(ErrorKind::InvalidOperation, "").with_source(problem)
}

/// Nothing, or a text without a sign to read.
fn is_empty(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// What `made` makes of the value's text, or nothing.
fn of_text(value: &Value, made: impl FnOnce(&str) -> Option<String>) -> Result<Value, Error> {
    let Some(text) = scope::text(value).map_err(raise)? else { return Ok(Value::UNDEFINED) };
    match made(&text) {
        Some(made) if made.len() > super::expr::LARGEST => Err(raise(Problem::TooBig)),
        Some(made) => Ok(Value::from(made)),
        None => Ok(Value::UNDEFINED),
    }
}

/// What `made` makes of numbers, exactly.
fn calculate(
    value: &Value,
    others: &[&Value],
    made: impl FnOnce(Decimal, &[Decimal]) -> Option<Decimal>,
) -> Result<Value, Error> {
    if is_empty(value) {
        return Ok(Value::UNDEFINED);
    }
    if [value].iter().chain(others).any(|value| scope::is_amount(value)) {
        return Err(raise(Problem::Amount));
    }
    let read = |value: &Value| scope::decimal(value).ok_or_else(|| raise(Problem::NotANumber));
    let others = others.iter().map(|other| read(other)).collect::<Result<Vec<_>, _>>()?;
    let made = made(read(value)?, &others).ok_or_else(|| raise(Problem::NotANumber))?;
    // As text where the engine's numbers could not hold it.
    Ok(scope::number(made))
}

fn look_up(state: &State, word: &Value, table: &str, back: bool) -> Result<Value, Error> {
    let carried = state.lookup(TABLES);
    let Some(tables) = carried.as_ref().and_then(|value| value.downcast_object_ref::<CarriedTables>()) else {
        return Err(raise(Problem::UnknownTable(table.to_owned())));
    };
    match scope::text(word).map_err(raise)?.filter(|word| !word.trim().is_empty()) {
        Some(word) => tables::look_up(&tables.0, table, &word, back).map(Value::from).map_err(raise),
        None => Ok(Value::UNDEFINED),
    }
}
