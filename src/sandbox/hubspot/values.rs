//! Whether values may be written, as HubSpot judges them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::{account::Account, errors::Refusal, schema::Property};

/// Values to write, by property. An empty one clears.
pub(super) type Values = BTreeMap<String, String>;

/// The values of a request, once all are found right.
///
/// # Errors
/// 400 that names every property whose value is wrong.
pub(super) fn checked(account: &Account, kind: &'static str, given: &Map<String, Json>) -> Result<Values, Refusal> {
    let (mut values, mut wrong) = (Values::new(), Vec::new());
    for (name, json) in given {
        let text = match json {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(truth) => Some(truth.to_string()),
            Json::Null => Some(String::new()),
            Json::Array(_) | Json::Object(_) => None,
        };
        let Some(property) = account.schema.get(kind, name) else {
            wrong.push(fault(name, "PROPERTY_DOESNT_EXIST", &format!("Property \"{name}\" does not exist")));
            continue;
        };
        match text.ok_or(("INVALID_TYPE", "it is neither text nor a number")).and_then(|t| of_type(property, t)) {
            Ok(text) => {
                values.insert(name.clone(), text);
            }
            Err((error, why)) => wrong.push(fault(name, error, &format!("{name}: {why}"))),
        }
    }
    if wrong.is_empty() { Ok(values) } else { Err(Refusal::invalid_values(&wrong)) }
}

fn fault(name: &str, error: &str, message: &str) -> Json {
    json!({"isValid": false, "message": message, "error": error, "name": name, "localizedErrorMessage": message})
}

/// The text as it is kept, when the property takes it.
fn of_type(property: &Property, text: String) -> Result<String, (&'static str, &'static str)> {
    if property.read_only {
        return Err(("READ_ONLY_VALUE", "it is a read only property; its value cannot be set"));
    }
    if text.is_empty() {
        return Ok(text);
    }
    let option = |one: &str| property.options.is_empty() || property.options.iter().any(|o| o.value == one);
    match property.kind.as_str() {
        "number" if text.parse::<Decimal>().is_err() => Err(("INVALID_INTEGER", "it was not a valid number")),
        "bool" if text != "true" && text != "false" => Err(("INVALID_BOOLEAN", "it was not one of true and false")),
        "date" | "datetime" if !is_date(&text) => Err(("INVALID_DATE", "it was not a valid date")),
        "enumeration" if !text.split(';').filter(|o| !o.is_empty()).all(option) => {
            Err(("INVALID_OPTION", "it was not one of the allowed options"))
        }
        _ if property.name == "email" => {
            let text = text.trim().to_lowercase();
            let fine = text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && domain.contains('.') && !domain.ends_with('.') && !text.contains([' ', ','])
            });
            if fine { Ok(text) } else { Err(("INVALID_EMAIL", "the email address is invalid")) }
        }
        _ => Ok(text),
    }
}

/// Milliseconds since 1970, a day, or an RFC 3339 instant.
fn is_date(text: &str) -> bool {
    text.parse::<i64>().is_ok() || text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}

/// Whether a stage lies behind another: HubSpot ignores such a write without a word.
pub(super) fn goes_back(property: &Property, old: &str, new: &str) -> bool {
    let place = |value: &str| property.options.iter().position(|o| o.value == value);
    matches!((place(old), place(new)), (Some(old), Some(new)) if new < old)
}

/// The first value that another record than `own` has already, as a refusal; also when it is in `taken`.
pub(super) fn unique(
    account: &Account,
    kind: &'static str,
    own: Option<u64>,
    values: &Values,
    taken: &mut Vec<(String, String)>,
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
