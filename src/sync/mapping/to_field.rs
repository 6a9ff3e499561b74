//! A property's value as a value of the ERP, by the kind of the field.

use super::{fault::Cause, forms, to_property::find};
use crate::domain::field::{FieldInfo, FieldKind, Value};

/// The value of a property, read by its kind: what an expression over properties sees. A text that is not of its kind stays
/// a text. `None` where there is none.
pub(super) fn of_property(text: &str, property: &FieldInfo) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = match property.kind {
        FieldKind::Number | FieldKind::Money => forms::number(text).map(Value::Number),
        FieldKind::Flag => forms::flag(text).map(Value::Flag),
        FieldKind::Date => forms::date(text).map(Value::Date),
        FieldKind::Instant => forms::instant(text).map(Value::Instant),
        FieldKind::Choice => Some(choice(text, property)),
        FieldKind::Many => Some(Value::Many(forms::several(text).into_iter().map(str::to_owned).collect())),
        FieldKind::Text | FieldKind::Email | FieldKind::Phone | FieldKind::Url | FieldKind::Reference => None,
    };
    Some(read.unwrap_or_else(|| Value::Text(text.to_owned())))
}

fn choice(text: &str, info: &FieldInfo) -> Value {
    let label = find(&info.options, &[text]).map_or(text, |option| &option.label);
    Value::Choice { id: text.to_owned(), label: label.to_owned() }
}

/// The value for a field of the ERP.
///
/// # Errors
/// Why the field cannot take it.
pub(super) fn to_field(value: &Value, field: &FieldInfo) -> Result<Value, Cause> {
    match field.kind {
        FieldKind::Text | FieldKind::Phone | FieldKind::Url => text(value).and_then(|text| fitting(text, field)),
        FieldKind::Email => {
            let address = text(value).ok().and_then(|text| forms::email(&text)).ok_or(Cause::InvalidEmail)?;
            fitting(address, field)
        }
        FieldKind::Number => match value {
            Value::Number(number) => Some(*number),
            other => text(other).ok().and_then(|text| forms::number(&text)),
        }
        .map(Value::Number)
        .ok_or(Cause::InvalidNumber),
        FieldKind::Flag => match value {
            Value::Flag(flag) => Some(*flag),
            other => text(other).ok().and_then(|text| forms::flag(&text)),
        }
        .map(Value::Flag)
        .ok_or(Cause::InvalidOption),
        FieldKind::Date => match value {
            Value::Date(date) => Some(*date),
            Value::Instant(ms) => forms::day_of(*ms),
            other => text(other).ok().and_then(|text| forms::date(&text)),
        }
        .map(Value::Date)
        .ok_or(Cause::InvalidDate),
        FieldKind::Instant => match value {
            Value::Instant(ms) => Some(*ms),
            Value::Date(date) => forms::midnight(*date),
            other => text(other).ok().and_then(|text| forms::instant(&text)),
        }
        .map(Value::Instant)
        .ok_or(Cause::InvalidDate),
        FieldKind::Choice | FieldKind::Reference => one(value, field),
        FieldKind::Many => several(value, field),
        // A bare number is no amount: nothing says in which currency.
        FieldKind::Money => match value {
            Value::Money(money) => Ok(Value::Money(*money)),
            _ => Err(Cause::InvalidNumber),
        },
    }
}

/// As people read it.
fn text(value: &Value) -> Result<String, Cause> {
    match value {
        Value::Text(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(forms::plain(*number)),
        Value::Flag(flag) => Ok(flag.to_string()),
        Value::Date(date) => Ok(date.to_string()),
        Value::Instant(ms) => super::scope::instant(*ms).ok_or(Cause::InvalidDate),
        Value::Choice { label, .. } => Ok(label.trim().to_owned()),
        Value::Many(many) => Ok(many.join("; ")),
        Value::Money(money) => Ok(money.to_string()),
    }
}

fn fitting(text: String, field: &FieldInfo) -> Result<Value, Cause> {
    let longest = field.max_length.and_then(|most| usize::try_from(most).ok());
    if longest.is_some_and(|most| text.chars().count() > most) { Err(Cause::TooLong) } else { Ok(Value::Text(text)) }
}

fn one(value: &Value, field: &FieldInfo) -> Result<Value, Cause> {
    let (id, label) = match value {
        Value::Choice { id, label } => (id.clone(), label.clone()),
        Value::Many(many) if many.len() == 1 => (many[0].clone(), many[0].clone()),
        Value::Many(_) | Value::Money(_) => return Err(Cause::InvalidOption),
        other => text(other).map(|text| (text.clone(), text))?,
    };
    if field.options.is_empty() {
        return Ok(Value::Choice { id, label });
    }
    let found = find(&field.options, &[&id, &label]).ok_or(Cause::InvalidOption)?;
    Ok(Value::Choice { id: found.value.clone(), label: found.label.clone() })
}

fn several(value: &Value, field: &FieldInfo) -> Result<Value, Cause> {
    let many: Vec<String> = match value {
        Value::Many(many) => many.clone(),
        Value::Text(text) => forms::several(text).into_iter().map(str::to_owned).collect(),
        single => return one(single, field).and_then(|value| several_of_one(&value)),
    };
    let known = |word: String| match find(&field.options, &[&word]) {
        Some(option) => Ok(option.value.clone()),
        None if field.options.is_empty() => Ok(word),
        None => Err(Cause::InvalidOption),
    };
    many.into_iter().map(known).collect::<Result<Vec<_>, _>>().map(Value::Many)
}

fn several_of_one(value: &Value) -> Result<Value, Cause> {
    match value {
        Value::Choice { id, .. } => Ok(Value::Many(vec![id.clone()])),
        _ => Err(Cause::InvalidOption),
    }
}
