//! Values on their way into an expression and out of it.
//!
//! Promise: a number goes in exactly; what comes out is one of our values or a problem. Never: an amount as a bare number.

use std::{borrow::Cow, fmt, sync::Arc};

use jiff::Timestamp;
use minijinja::value::{Object, ObjectRepr, ValueKind};
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive as _, ToPrimitive as _},
};

use super::{
    expr::{LARGEST, Outcome, Problem},
    forms,
    tables::ValueTables,
};
use crate::domain::{
    field::{Fields, Value},
    money::Money,
};

/// The variable that holds the value tables; no expression can name it.
pub(super) const TABLES: &str = " tables";

/// What an expression runs over.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    fields: &'a Fields,
    inactive: Option<bool>,
    tables: &'a ValueTables,
}

/// The name under which an expression knows whether the ERP marks the record as no longer in use.
pub(super) const INACTIVE: &str = "inactive";

impl<'a> Scope<'a> {
    /// Over the fields of a record of the ERP.
    #[must_use]
    pub const fn of_record(fields: &'a Fields, inactive: bool, tables: &'a ValueTables) -> Self {
        Self { fields, inactive: Some(inactive), tables }
    }

    /// Over the properties of a record in HubSpot.
    #[must_use]
    pub const fn of_properties(properties: &'a Fields, tables: &'a ValueTables) -> Self {
        Self { fields: properties, inactive: None, tables }
    }

    pub(super) fn get(&self, name: &str) -> Option<Cow<'a, Value>> {
        let field = self.fields.get(name).map(Cow::Borrowed);
        field.or_else(|| self.inactive.filter(|_| name == INACTIVE).map(|flag| Cow::Owned(Value::Flag(flag))))
    }
}

/// The tables as the engine carries them to the filter that looks into them.
pub(super) fn tables(scope: &Scope<'_>) -> minijinja::Value {
    minijinja::Value::from_object(CarriedTables(Arc::clone(scope.tables)))
}

/// See [`tables`].
#[derive(Debug)]
pub(super) struct CarriedTables(pub(super) ValueTables);

impl Object for CarriedTables {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

/// An amount inside an expression.
struct Amount(Money);

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Amount(…)")
    }
}

impl Object for Amount {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A value as an expression sees it.
pub(super) fn bind(value: &Value, attribute: Option<&str>) -> minijinja::Value {
    let text = |text: &str| minijinja::Value::from(text);
    match (value, attribute) {
        (Value::Money(money), Some("amount")) => number(money.amount()),
        (Value::Money(money), Some("currency")) => text(money.currency().code()),
        (Value::Choice { id, .. }, Some("id")) => text(id),
        (Value::Choice { label, .. }, None | Some("label")) => text(label),
        (Value::Text(words), None | Some("id" | "label")) => text(words),
        (_, Some(_)) => minijinja::Value::UNDEFINED,
        (Value::Number(decimal), None) => number(*decimal),
        (Value::Flag(flag), None) => minijinja::Value::from(*flag),
        (Value::Date(date), None) => minijinja::Value::from(date.to_string()),
        (Value::Instant(ms), None) => instant(*ms).map_or(minijinja::Value::UNDEFINED, minijinja::Value::from),
        (Value::Money(money), None) => minijinja::Value::from_object(Amount(*money)),
        (Value::Many(many), None) => many.iter().map(|one| text(one)).collect(),
    }
}

/// `YYYY-MM-DDTHH:MM:SS.000Z`.
pub(super) fn instant(ms: i64) -> Option<String> {
    Timestamp::from_millisecond(ms).ok().map(|at| format!("{at:.3}"))
}

/// A number as the engine counts: whole ones exactly, others where its floating form says the same number; a number with more
/// digits than that is given as text, so that none is lost.
pub(super) fn number(decimal: Decimal) -> minijinja::Value {
    let decimal = decimal.normalize();
    if decimal.is_integer()
        && let Some(whole) = decimal.to_i128()
    {
        return i64::try_from(whole).map_or_else(|_| minijinja::Value::from(whole), minijinja::Value::from);
    }
    match decimal.to_f64().filter(|float| Decimal::from_f64(*float) == Some(decimal)) {
        Some(float) => minijinja::Value::from(float),
        None => minijinja::Value::from(forms::plain(decimal)),
    }
}

/// The number that the engine's value is.
pub(super) fn decimal(value: &minijinja::Value) -> Option<Decimal> {
    if value.is_integer() {
        return i128::try_from(value.clone()).ok().and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0).ok());
    }
    match value.kind() {
        ValueKind::Number => f64::try_from(value.clone()).ok().and_then(Decimal::from_f64),
        ValueKind::String => value.as_str().and_then(forms::number),
        _ => value.downcast_object_ref::<Amount>().map(|amount| amount.0.amount()),
    }
}

/// The text that the engine's value is; `None` for nothing.
pub(super) fn text(value: &minijinja::Value) -> Result<Option<String>, Problem> {
    let text = match value.kind() {
        ValueKind::Undefined | ValueKind::None => return Ok(None),
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::Bool => if value.is_true() { "true" } else { "false" }.to_owned(),
        ValueKind::Number => decimal(value).map(forms::plain).ok_or(Problem::NotANumber)?,
        ValueKind::Plain if value.downcast_object_ref::<Amount>().is_some() => value.to_string(),
        _ => return Err(Problem::Kind),
    };
    if text.len() > LARGEST { Err(Problem::TooBig) } else { Ok(Some(text)) }
}

/// What an expression came to.
pub(super) fn outcome(value: &minijinja::Value) -> Result<Outcome, Problem> {
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => Outcome::Nothing,
        ValueKind::Bool => Outcome::Value(Value::Flag(value.is_true())),
        ValueKind::Number => Outcome::Value(Value::Number(decimal(value).ok_or(Problem::NotANumber)?)),
        ValueKind::Seq | ValueKind::Iterable => list(value)?,
        _ => match value.downcast_object_ref::<Amount>() {
            Some(amount) => Outcome::Value(Value::Money(amount.0)),
            None => match text(value)? {
                Some(text) if !text.trim().is_empty() => Outcome::Value(Value::Text(text)),
                _ => Outcome::Empty,
            },
        },
    })
}

fn list(value: &minijinja::Value) -> Result<Outcome, Problem> {
    let mut many = Vec::new();
    let mut size = 0;
    for one in value.try_iter().map_err(|_| Problem::Kind)? {
        if let Some(text) = text(&one)?.filter(|text| !text.trim().is_empty()) {
            size += text.len();
            if size > LARGEST {
                return Err(Problem::TooBig);
            }
            many.push(text);
        }
    }
    // Part of an empty field is an empty list too, so that it cannot stand for clearing.
    Ok(if many.is_empty() { Outcome::Nothing } else { Outcome::Value(Value::Many(many)) })
}

/// Whether the engine's value is an amount.
pub(super) fn is_amount(value: &minijinja::Value) -> bool {
    value.downcast_object_ref::<Amount>().is_some()
}
