//! From values to what the record service takes: pure.
//!
//! Promise: only fields that can be written get into a body, each in the form of its kind; what does not fit is refused here, by
//! field, before anybody is asked.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value as Json, json};

use super::shape::{Known, Shape};
use crate::{
    domain::field::{FieldKind, Fields, Value},
    erp::source::{Kind, NotWritten},
};

/// The body of a call.
pub(super) type Body = Map<String, Json>;

/// A field that cannot be written so.
fn refused(field: &str, code: &str) -> NotWritten {
    NotWritten::Rejected { field: Some(field.to_owned()), code: code.to_owned() }
}

/// The body that sets `set` and clears `clear`.
///
/// # Errors
/// [`NotWritten::Rejected`] with the codes `unknown_field`, `read_only`, `wrong_kind`, `too_long`.
pub(super) fn body(shape: &Shape, set: &Fields, clear: &[String]) -> Result<Body, NotWritten> {
    let mut body = Body::new();
    for (name, value) in set {
        let (written, kind, most) = writable(shape, name)?;
        let json = json_of(value, kind).ok_or_else(|| refused(name, "wrong_kind"))?;
        if let (Some(most), Value::Text(text)) = (most, value)
            && text.chars().count() > most as usize
        {
            return Err(refused(name, "too_long"));
        }
        body.insert(written, json);
    }
    for name in clear {
        body.insert(writable(shape, name)?.0, Json::Null);
    }
    Ok(body)
}

/// The name in the record service, the kind and the most characters of a field that can be written.
fn writable(shape: &Shape, name: &str) -> Result<(String, FieldKind, Option<u32>), NotWritten> {
    match shape.field(name) {
        Some(Known::Standard(field)) => {
            let written = field.written.ok_or_else(|| refused(name, "read_only"))?;
            Ok((written.to_owned(), field.kind, field.most))
        }
        Some(Known::Custom(field)) if field.read_only => Err(refused(name, "read_only")),
        Some(Known::Custom(field)) => Ok((field.name.clone(), field.kind, field.most)),
        None => Err(refused(name, "unknown_field")),
    }
}

/// A value in the form of a kind; none: it is not of that kind.
fn json_of(value: &Value, kind: FieldKind) -> Option<Json> {
    Some(match (kind, value) {
        (FieldKind::Text | FieldKind::Email | FieldKind::Phone | FieldKind::Url, Value::Text(text)) => json!(text),
        (FieldKind::Text, Value::Choice { label, .. }) => json!(label),
        (FieldKind::Number | FieldKind::Money, Value::Number(number)) => number_of(*number)?,
        (FieldKind::Number | FieldKind::Money, Value::Money(money)) => number_of(money.amount())?,
        (FieldKind::Flag, Value::Flag(flag)) => json!(flag),
        (FieldKind::Date, Value::Date(date)) => json!(date.to_string()),
        (FieldKind::Instant, Value::Instant(at)) => {
            json!(jiff::Timestamp::from_millisecond(*at).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        }
        (FieldKind::Choice | FieldKind::Reference, Value::Choice { id, .. } | Value::Text(id)) => json!({"id": id}),
        (FieldKind::Many, Value::Many(ids)) => {
            json!({"items": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()})
        }
        _ => return None,
    })
}

/// A decimal as NetSuite takes numbers: it holds doubles itself, and their shortest form has the decimal's digits.
fn number_of(number: Decimal) -> Option<Json> {
    match number.is_integer().then(|| number.to_i64()).flatten() {
        Some(whole) => Some(json!(whole)),
        None => number.to_string().parse::<f64>().ok().map(|number| json!(number)),
    }
}

/// What a new record must have, whatever the account asks for besides.
///
/// # Errors
/// [`NotWritten::Rejected`] with the code `required_missing`.
pub(super) fn check_new(kind: Kind, fields: &Fields) -> Result<(), NotWritten> {
    let needed: &[&str] = match kind {
        Kind::Contact if fields.contains_key("entityid") => &[],
        Kind::Contact => &["lastname"],
        Kind::Customer if is_person(fields) => &["firstname", "lastname"],
        Kind::Customer => &["companyname"],
    };
    let missing = needed.iter().find(|name| !fields.contains_key(**name));
    missing.map_or(Ok(()), |name| Err(refused(name, "required_missing")))
}

/// Whether a new customer is a person: where nothing says so, one without a company name is.
pub(super) fn is_person(fields: &Fields) -> bool {
    match fields.get("isperson") {
        Some(Value::Flag(person)) => *person,
        _ => !fields.contains_key("companyname"),
    }
}

/// Whether two values are the same to NetSuite: choices by their ids, numbers by their value.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Choice { id: a, .. }, Value::Choice { id: b, .. } | Value::Text(b))
        | (Value::Text(a), Value::Choice { id: b, .. }) => a == b,
        (Value::Money(a), Value::Number(b)) | (Value::Number(b), Value::Money(a)) => a.amount() == *b,
        (Value::Text(a), Value::Text(b)) => a.trim() == b.trim(),
        // Stamps have whole seconds.
        (Value::Instant(a), Value::Instant(b)) => a.div_euclid(1_000) == b.div_euclid(1_000),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[rstest]
    #[case(Value::Number("12.50".parse().unwrap()), FieldKind::Number, Some("12.5"))]
    #[case(Value::Number("-3".parse().unwrap()), FieldKind::Money, Some("-3"))]
    #[case(Value::Flag(true), FieldKind::Flag, Some("true"))]
    #[case(Value::Date("2026-02-28".parse().unwrap()), FieldKind::Date, Some("\"2026-02-28\""))]
    #[case(Value::Instant(1_795_435_200_000), FieldKind::Instant, Some("\"2026-11-23T12:00:00Z\""))]
    #[case(Value::Choice { id: "4".to_owned(), label: "Gold".to_owned() }, FieldKind::Choice, Some(r#"{"id":"4"}"#))]
    #[case(Value::Many(vec!["1".to_owned(), "2".to_owned()]), FieldKind::Many, Some(r#"{"items":[{"id":"1"},{"id":"2"}]}"#))]
    #[case(text("yes"), FieldKind::Flag, None)]
    #[case(text("12"), FieldKind::Number, None)]
    fn every_kind_has_its_form(#[case] value: Value, #[case] kind: FieldKind, #[case] form: Option<&str>) {
        assert_eq!(json_of(&value, kind).map(|json| json.to_string()).as_deref(), form);
    }

    #[test]
    fn who_is_no_person_needs_a_company_name() {
        let with = |names: &[&str]| -> Fields { names.iter().map(|name| ((*name).to_owned(), text("x"))).collect() };
        assert_eq!(check_new(Kind::Customer, &with(&["companyname"])), Ok(()));
        assert_eq!(check_new(Kind::Customer, &with(&["firstname", "lastname"])), Ok(()));
        assert_eq!(check_new(Kind::Customer, &with(&["firstname"])), Err(refused("lastname", "required_missing")));
        assert_eq!(check_new(Kind::Contact, &with(&["email"])), Err(refused("lastname", "required_missing")));
        let mut company = with(&["lastname", "firstname"]);
        company.insert("isperson".to_owned(), Value::Flag(false));
        assert_eq!(check_new(Kind::Customer, &company), Err(refused("companyname", "required_missing")));
    }
}
