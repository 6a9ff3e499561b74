//! Oracle's functions, registered in SQLite under names that no statement can spell (`ora_…` is not in the allow-list).
//!
//! The empty text is null everywhere: no function here gives one back.

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::{Value, ValueRef},
};
use rust_decimal::Decimal;

use super::{dates, number, sums, text};

/// Why Oracle refuses a value, in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub &'static str);

/// What stands before a refusal's text on its way through SQLite, to tell it from SQLite's own errors.
pub(super) const MARK: &str = "oracle: ";

impl Refused {
    /// The refusal as SQLite carries it.
    pub(super) fn marked(self) -> rusqlite::Error {
        rusqlite::Error::UserFunctionError(format!("{MARK}{}", self.0).into())
    }
}

/// What a function gives back.
pub(super) type Given = Result<Value, Refused>;

/// A function of the values of one row.
pub(super) type Function = fn(&Arguments<'_, '_>) -> Given;

/// The arguments of one call.
pub(super) struct Arguments<'c, 'a>(pub &'c Context<'a>);

impl Arguments<'_, '_> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value at `at`; null where there is none.
    pub(super) fn raw(&self, at: usize) -> ValueRef<'_> {
        if at < self.0.len() { self.0.get_raw(at) } else { ValueRef::Null }
    }

    /// The text at `at`; numbers are printed as Oracle does.
    pub(super) fn text(&self, at: usize) -> Result<Option<String>, Refused> {
        text_of(self.raw(at))
    }

    /// The number at `at`.
    pub(super) fn number(&self, at: usize) -> Result<Option<Decimal>, Refused> {
        number::decimal(self.raw(at))
    }

    /// The whole number at `at`, cut towards zero.
    pub(super) fn whole(&self, at: usize) -> Result<Option<i64>, Refused> {
        use rust_decimal::prelude::ToPrimitive as _;
        Ok(self.number(at)?.and_then(|n| n.trunc().to_i64()))
    }

    /// The date at `at`, in the form in which the engine holds it.
    pub(super) fn date(&self, at: usize) -> Result<Option<jiff::civil::DateTime>, Refused> {
        self.text(at)?.map(|t| dates::held(&t)).transpose()
    }
}

impl Arguments<'_, '_> {
    /// The date format model at `at`; taken apart once a statement when it is the same for all rows.
    fn model(&self, at: i32) -> Result<std::sync::Arc<dates::Model>, Refused> {
        let taken_apart = |value: ValueRef<'_>| dates::Model::of(&text_of(value)?.unwrap_or_default());
        self.0.get_or_create_aux(at, taken_apart).map_err(|_| Refused("date format not recognized"))
    }
}

/// The text of a value, as an implicit `TO_CHAR` makes it.
pub(super) fn text_of(value: ValueRef<'_>) -> Result<Option<String>, Refused> {
    Ok(match value {
        ValueRef::Null => None,
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()).filter(|t| !t.is_empty()),
        ValueRef::Integer(_) | ValueRef::Real(_) => number::decimal(value)?.map(number::print),
        ValueRef::Blob(_) => return Err(Refused("inconsistent datatypes")),
    })
}

/// Text as SQLite holds it: the empty one is null.
pub(super) fn held_text(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}

/// Makes every function known to `db`.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, function) in CONVERSIONS.iter().chain(text::FUNCTIONS).chain(sums::FUNCTIONS) {
        db.create_scalar_function(*name, -1, flags, move |ctx| function(&Arguments(ctx)).map_err(Refused::marked))?;
    }
    db.create_scalar_function("ora_like", 3, flags, text::like)?;
    db.create_aggregate_function("ora_sum", 1, flags, sums::Sum { mean: false })?;
    db.create_aggregate_function("ora_avg", 1, flags, sums::Sum { mean: true })
}

const CONVERSIONS: &[(&str, Function)] = &[
    ("ora_num", |a| Ok(a.number(0)?.map_or(Value::Null, number::value))),
    ("ora_to_char_date", |a| {
        let Some(at) = a.date(0)? else { return Ok(Value::Null) };
        if a.raw(1) == ValueRef::Null {
            return Ok(Value::Null);
        }
        Ok(held_text(dates::print(at, &*a.model(1)?)))
    }),
    ("ora_to_char_num", |a| {
        let Some(number) = a.number(0)? else { return Ok(Value::Null) };
        match (a.count(), a.text(1)?) {
            (1, _) => Ok(held_text(number::print(number))),
            (_, Some(model)) => number::print_as(number, &model).map(held_text),
            (_, None) => Ok(Value::Null),
        }
    }),
    ("ora_to_date", |a| {
        let (Some(text), Some(model)) = (a.text(0)?, a.text(1)?) else { return Ok(Value::Null) };
        dates::read(&text, &model).map(|at| held_text(dates::hold(at)))
    }),
    ("ora_status_is", status_is),
    ("ora_status_code", |a| {
        let (Some(kind), Some(letter)) = (a.text(0)?, a.text(1)?) else { return Ok(Value::Null) };
        Ok(held_text(format!("{kind}:{letter}")))
    }),
    ("ora_status_name", |a| {
        use crate::sandbox::data::books::TransactionKind;
        let (Some(kind), Some(letter)) = (a.text(0)?, a.text(1)?) else { return Ok(Value::Null) };
        let known = TransactionKind::of_code(&kind);
        let label = known.map_or(letter.as_str(), |k| k.status_label(&letter)).to_owned();
        Ok(held_text(format!("{} : {label}", known.map_or(kind.as_str(), |k| k.label()))))
    }),
    ("ora_type_name", |a| {
        use crate::sandbox::data::books::TransactionKind;
        let Some(kind) = a.text(0)? else { return Ok(Value::Null) };
        Ok(held_text(TransactionKind::of_code(&kind).map_or(kind.as_str(), |k| k.label()).to_owned()))
    }),
];

/// `status = x`: `x` is a letter, or a type code and a letter (`CustInvc:A`).
fn status_is(a: &Arguments<'_, '_>) -> Given {
    let (Some(kind), Some(letter), Some(asked)) = (a.text(0)?, a.text(1)?, a.text(2)?) else { return Ok(Value::Null) };
    let same = match asked.split_once(':') {
        Some((asked_kind, asked_letter)) => asked_kind == kind && asked_letter == letter,
        None => asked == letter,
    };
    Ok(Value::Integer(i64::from(same)))
}
