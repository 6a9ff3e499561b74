//! Whether values may be written, as HubSpot judges them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::{account::Account, change::By, errors::Refusal, rules, schema::Property, sheet::Unique};

/// Values to write, by property. An empty one clears.
pub(super) type Values = BTreeMap<String, String>;

/// The longest text of a value, in characters.
const LONGEST: usize = 65_536;

/// What may be written, and what HubSpot remarks on it.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub values: Values,
    pub warnings: Vec<Json>,
}

/// The values of a request for a new record, or for a change of the record `id`, once all rules are kept. `taken` holds
/// the unique values of the inputs before.
///
/// # Errors
/// 400 that names every property whose value is wrong or missing, 409 when another record has a unique value.
pub(super) fn ready(
    account: &Account,
    kind: &'static str,
    id: Option<u64>,
    given: &Map<String, Json>,
    taken: &mut Vec<Unique>,
    by: By,
) -> Result<Checked, Refusal> {
    let before = id.and_then(|id| account.any((kind, id))).map(|row| account.values(row));
    let checked = checked(account, kind, before.as_ref(), given, by)?;
    account.rules.admit(kind, &checked.values)?;
    if by.strict {
        rules::complete(account, kind, before.as_ref(), &checked.values)?;
    }
    unique(account, kind, id, &checked.values, taken)?;
    Ok(checked)
}

/// The values of a request, once each of them is found right.
fn checked(
    account: &Account,
    kind: &'static str,
    before: Option<&Values>,
    given: &Map<String, Json>,
    by: By,
) -> Result<Checked, Refusal> {
    let (mut out, mut wrong) = (Checked::default(), Vec::new());
    for (name, json) in given {
        let Some(property) = account.schema.get(kind, name) else {
            wrong.push(fault(name, "PROPERTY_DOESNT_EXIST", &format!("Property \"{name}\" does not exist")));
            continue;
        };
        let text = text(json).ok_or(("INVALID_TYPE", "it is neither text nor a number"));
        let old = before.and_then(|b| b.get(name)).map_or("", String::as_str);
        match text.and_then(|t| Ok((of_type(property, old, &t, by.strict)?, t))) {
            Ok((kept, raw)) => {
                if normalised(property, &raw, &kept) {
                    out.warnings.push(warning(name, &raw, &kept));
                }
                out.values.insert(name.clone(), kept);
            }
            Err((error, why)) => wrong.push(fault(name, error, &format!("{name}: {why}"))),
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(Refusal::invalid_values(&wrong)) }
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        Json::Null => Some(String::new()),
        Json::Array(_) | Json::Object(_) => None,
    }
}

fn fault(name: &str, error: &str, message: &str) -> Json {
    json!({"isValid": false, "message": message, "error": error, "name": name, "localizedErrorMessage": message})
}

fn warning(name: &str, raw: &str, kept: &str) -> Json {
    json!({
        "category": "PROPERTY_VALUE_NORMALIZED", "message": format!("The value of {name} was normalized"),
        "context": {"normalizedValue": kept, "propertyName": name, "rawValue": raw},
    })
}

/// Whether a date was kept as another one than was meant, which HubSpot remarks on.
fn normalised(property: &Property, raw: &str, kept: &str) -> bool {
    let exact = |text: &str| text.parse::<i64>().ok().or_else(|| instant(text));
    match property.kind.as_str() {
        "date" => !raw.is_empty() && raw != kept && exact(raw) != midnight(kept),
        "datetime" => !raw.is_empty() && exact(raw).is_none(),
        _ => false,
    }
}

/// The text as it is kept, when the property takes it. `old` is what it holds now.
fn of_type(property: &Property, old: &str, text: &str, strict: bool) -> Result<String, (&'static str, &'static str)> {
    if property.read_only {
        return Err(("READ_ONLY_VALUE", "it is a read only property; its value cannot be set"));
    }
    if text.is_empty() {
        return Ok(String::new());
    }
    if text.chars().count() > LONGEST {
        return Err(("VALUE_TOO_LONG", "it is longer than 65536 characters"));
    }
    match property.kind.as_str() {
        "number" if text.parse::<Decimal>().is_err() => Err(("INVALID_INTEGER", "it was not a valid number")),
        "bool" if text != "true" && text != "false" => Err(("INVALID_BOOLEAN", "it was not one of true and false")),
        "date" => day(text, strict).ok_or(("INVALID_DATE", "it was not a valid date")),
        "datetime" => moment(text).ok_or(("INVALID_DATE", "it was not a valid date")),
        "enumeration" => chosen(property, old, text),
        _ if property.name == "email" => {
            let text = text.trim().to_lowercase();
            let fine = text.split_once('@').is_some_and(|(local, domain)| {
                let labels = domain.split('.').all(|l| !l.is_empty());
                !local.is_empty()
                    && domain.contains('.')
                    && labels
                    && !domain.contains('@')
                    && !text.contains([' ', ',', ';'])
            });
            if fine { Ok(text) } else { Err(("INVALID_EMAIL", "the email address is invalid")) }
        }
        _ => Ok(text.to_owned()),
    }
}

/// The options that are chosen; behind a leading `;` they come to those that are chosen already.
fn chosen(property: &Property, old: &str, text: &str) -> Result<String, (&'static str, &'static str)> {
    let known = |one: &str| property.options.is_empty() || property.options.iter().any(|o| o.value == one);
    let many = property.field == "checkbox";
    let given: Vec<&str> = if many { text.split(';').filter(|o| !o.is_empty()).collect() } else { vec![text] };
    if !given.iter().all(|o| known(o)) {
        return Err(("INVALID_OPTION", "it was not one of the allowed options"));
    }
    if !many {
        return Ok(text.to_owned());
    }
    let mut all: Vec<&str> =
        if text.starts_with(';') { old.split(';').filter(|o| !o.is_empty()).collect() } else { Vec::new() };
    for one in given {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    Ok(all.join(";"))
}

/// A day as it is kept, from a day or from milliseconds since 1970. An instant within a day is cut to it where the new
/// rules hold, and refused otherwise.
fn day(text: &str, strict: bool) -> Option<String> {
    if let Ok(day) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        return Some(day.to_string());
    }
    let at = text.parse().ok().or_else(|| instant(text))?;
    if at % 86_400_000 != 0 && !strict {
        return None;
    }
    let at = jiff::Timestamp::from_millisecond(at).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// An instant as it is kept, from milliseconds since 1970, RFC 3339 or a day.
fn moment(text: &str) -> Option<String> {
    let at = text.parse().ok().or_else(|| instant(text)).or_else(|| midnight(text))?;
    jiff::Timestamp::from_millisecond(at).ok().map(|at| at.to_string())
}

fn instant(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

fn midnight(text: &str) -> Option<i64> {
    let day = text.parse::<jiff::civil::Date>().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Whether a stage lies behind another: HubSpot ignores such a write without a word.
pub(super) fn goes_back(property: &Property, old: &str, new: &str) -> bool {
    let place = |value: &str| property.options.iter().find(|o| o.value == value).map(|o| o.display_order);
    matches!((place(old), place(new)), (Some(old), Some(new)) if new < old)
}

/// The first value that another record than `own` has already, as a refusal; also when it is in `taken`.
pub(super) fn unique(
    account: &Account,
    kind: &'static str,
    own: Option<u64>,
    values: &Values,
    taken: &mut Vec<Unique>,
) -> Result<(), Refusal> {
    let wanted = account.unique_values(kind, values);
    for (property, value) in &wanted {
        if let Some(other) = account.by_value(kind, property, value).filter(|other| Some(*other) != own) {
            return Err(if property == "email" {
                Refusal::conflict(format!("Contact already exists. Existing ID: {other}"))
            } else {
                Refusal::conflict(format!(
                    "Cannot set PropertyValueCoordinates{{propertyName={property}, value={value}}} on {}. {other} already \
                     has that value.",
                    own.map_or_else(|| "a new record".to_owned(), |id| id.to_string()),
                ))
            });
        }
        if taken.iter().any(|t| t == &(property.clone(), value.clone())) {
            return Err(Refusal::conflict(format!("Two inputs have the value {value} of {property}")));
        }
    }
    taken.extend(wanted);
    Ok(())
}
