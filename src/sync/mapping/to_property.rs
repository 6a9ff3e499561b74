//! A value of the ERP in HubSpot's text form: days as `YYYY-MM-DD`, instants as milliseconds, `true` and `false`, plain
//! numbers, and of a list the option's own value.
//!
//! Source: HubSpot's properties guide on value forms; a property of several values takes `a;b`.

use super::{
    fault::Cause,
    forms::{self, plain},
    scope,
};
use crate::domain::field::{FieldInfo, FieldKind, FieldOption, Value};

/// What HubSpot takes of a text property that says nothing itself.
const LONGEST: usize = 65_536;

/// The text to write, never blank.
///
/// # Errors
/// Why the property cannot take the value.
pub(super) fn to_property(value: &Value, property: &FieldInfo) -> Result<String, Cause> {
    let text = match property.kind {
        FieldKind::Text | FieldKind::Reference => words(value),
        FieldKind::Phone if matches!(value, Value::Text(_) | Value::Number(_)) => words(value),
        FieldKind::Url if matches!(value, Value::Text(_)) => words(value),
        // A day or a yes is no number to dial and no address.
        FieldKind::Phone | FieldKind::Url => Err(Cause::MappingFailed),
        FieldKind::Email => match value {
            Value::Text(text) => forms::email(text).ok_or(Cause::InvalidEmail),
            _ => Err(Cause::InvalidEmail),
        },
        FieldKind::Number | FieldKind::Money => number(value),
        FieldKind::Flag => flag(value).map(|flag| flag.to_string()),
        FieldKind::Date => day(value),
        FieldKind::Instant => instant(value),
        FieldKind::Choice => option(value, &property.options),
        FieldKind::Many => many(value, &property.options),
    }?;
    let longest = property.max_length.and_then(|most| usize::try_from(most).ok()).unwrap_or(LONGEST);
    // A character beyond 16 bits counts as two in the length HubSpot checks, so that the stricter count is taken.
    if text.encode_utf16().count() > longest { Err(Cause::TooLong) } else { Ok(text) }
}

/// As people read it.
fn words(value: &Value) -> Result<String, Cause> {
    Ok(match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Number(number) => plain(*number),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(ms) => scope::instant(*ms).ok_or(Cause::InvalidDate)?,
        Value::Money(money) => money.to_string(),
        Value::Choice { label, .. } => label.trim().to_owned(),
        Value::Many(many) => many.join("; "),
    })
}

fn number(value: &Value) -> Result<String, Cause> {
    match value {
        Value::Number(number) => Ok(plain(*number)),
        Value::Money(money) => Ok(plain(money.amount())),
        Value::Text(text) | Value::Choice { label: text, .. } => {
            forms::number(text).map(plain).ok_or(Cause::InvalidNumber)
        }
        _ => Err(Cause::InvalidNumber),
    }
}

/// Yes or no; 1 and 0 count as them.
fn flag(value: &Value) -> Result<bool, Cause> {
    match value {
        Value::Flag(flag) => Some(*flag),
        Value::Text(text) | Value::Choice { label: text, .. } => forms::flag(text),
        Value::Number(number) => forms::flag(&plain(*number)),
        _ => None,
    }
    .ok_or(Cause::InvalidOption)
}

fn day(value: &Value) -> Result<String, Cause> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Instant(ms) => forms::day_of(*ms),
        Value::Text(text) => forms::date(text),
        _ => None,
    }
    .map(|date| date.to_string())
    .ok_or(Cause::InvalidDate)
}

fn instant(value: &Value) -> Result<String, Cause> {
    match value {
        Value::Instant(ms) => Some(*ms),
        Value::Date(date) => forms::midnight(*date),
        Value::Text(text) => forms::instant(text),
        _ => None,
    }
    .map(|ms| ms.to_string())
    .ok_or(Cause::InvalidDate)
}

fn option(value: &Value, options: &[FieldOption]) -> Result<String, Cause> {
    let found = match value {
        Value::Choice { id, label } => pick(options, &[id, label]),
        Value::Text(text) => pick(options, &[text]),
        Value::Number(number) => pick(options, &[&plain(*number)]),
        Value::Flag(true) => pick(options, &["true", "yes"]),
        Value::Flag(false) => pick(options, &["false", "no"]),
        Value::Many(many) if many.len() == 1 => pick(options, &[&many[0]]),
        _ => None,
    };
    found.ok_or(Cause::InvalidOption)
}

fn many(value: &Value, options: &[FieldOption]) -> Result<String, Cause> {
    let picked: Option<Vec<String>> = match value {
        Value::Many(many) => many.iter().map(|one| pick(options, &[one])).collect(),
        // One text may be one option that contains a semicolon, or several.
        Value::Text(text) => match pick(options, &[text]).filter(|_| !options.is_empty() || !text.contains(';')) {
            Some(one) => Some(vec![one]),
            None => forms::several(text).into_iter().map(|one| pick(options, &[one])).collect(),
        },
        single => Some(vec![option(single, options)?]),
    };
    let mut picked = picked.ok_or(Cause::InvalidOption)?;
    let mut seen = Vec::new();
    picked.retain(|one| {
        !seen.contains(one) && {
            seen.push(one.clone());
            true
        }
    });
    if picked.is_empty() { Err(Cause::InvalidOption) } else { Ok(picked.join(";")) }
}

/// The option that one of the words names: by its own word first, then by what people read, then either without case. Where
/// the list is not known, the first word is taken as it is.
pub(super) fn pick(options: &[FieldOption], words: &[&str]) -> Option<String> {
    if options.is_empty() {
        return words.iter().map(|word| word.trim()).find(|word| !word.is_empty()).map(str::to_owned);
    }
    find(options, words).map(|option| option.value.clone())
}

/// As [`pick`], of a list that is known.
pub(super) fn find<'a>(options: &'a [FieldOption], words: &[&str]) -> Option<&'a FieldOption> {
    let lower = |text: &str| text.trim().to_lowercase();
    let by = |fits: &dyn Fn(&FieldOption, &str) -> bool| {
        words.iter().find_map(|word| options.iter().find(|option| fits(option, word.trim())))
    };
    by(&|option, word| option.value == word)
        .or_else(|| by(&|option, word| option.label.trim() == word))
        .or_else(|| by(&|option, word| lower(&option.value) == lower(word)))
        .or_else(|| by(&|option, word| lower(&option.label) == lower(word)))
}
