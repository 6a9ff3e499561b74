//! Rows of customers and contacts between JSON and SQLite, and what NetSuite fills in by itself.

use rusqlite::{Row, types::Value, types::ValueRef};
use serde_json::Value as Json;

use super::{
    Fields, dates,
    desk::DeskError,
    load::HIDDEN_SUBSIDIARY,
    schema::{Column, Kind, Schema},
};
use crate::sandbox::data::books::EntityKind;

/// The columns of a kind as rows have them: the name in [`Fields`], the name in SQLite, the kind of the value.
pub(super) fn columns(schema: &Schema, kind: EntityKind) -> Vec<(&str, &str, Kind)> {
    let listed = schema.table(kind.table()).unwrap_or_default().iter();
    let mut all: Vec<_> = listed.map(|c| (c.name.as_str(), c.name.as_str(), c.kind)).collect();
    if kind == EntityKind::Customer {
        all.push(("subsidiary", HIDDEN_SUBSIDIARY, Kind::Number));
    }
    all
}

/// The columns of the addresses' table.
pub(super) fn address_columns(schema: &Schema) -> Vec<(&str, &str, Kind)> {
    let one = |c: &'_ Column| c.kind;
    let listed = schema.table("entityaddress").unwrap_or_default().iter();
    listed.map(|c| (c.name.as_str(), c.name.as_str(), one(c))).collect()
}

/// A value as SQLite holds it in `column`.
pub(super) fn held(column: &str, kind: Kind, value: &Json) -> Result<Value, DeskError> {
    let wrong = || DeskError::Value(column.to_owned());
    Ok(match (kind, value) {
        (_, Json::Null) => Value::Null,
        (_, Json::String(text)) if text.is_empty() => Value::Null,
        (Kind::Date, Json::String(text)) => Value::Text(date(text).ok_or_else(wrong)?),
        (Kind::Number, Json::String(text)) => Value::from(text.parse::<f64>().map_err(|_| wrong())?),
        (Kind::Number, Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(real)) => Value::Real(real),
            (None, None) => return Err(wrong()),
        },
        (Kind::Text | Kind::Null, Json::String(text)) => Value::Text(text.clone()),
        (Kind::Text, Json::Bool(flag)) => Value::Text(if *flag { "T" } else { "F" }.to_owned()),
        (Kind::Text, Json::Number(number)) => Value::Text(number.to_string()),
        _ => return Err(wrong()),
    })
}

/// A date, with or without its time, as the engine holds it.
fn date(text: &str) -> Option<String> {
    let whole = if text.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() };
    dates::held(&whole).ok().map(dates::hold)
}

/// One row; what is null is left out.
pub(super) fn fields(row: &Row<'_>, columns: &[(&str, &str, Kind)]) -> rusqlite::Result<Fields> {
    let mut fields = Fields::new();
    for (at, (name, ..)) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null | ValueRef::Blob(_) => continue,
            ValueRef::Integer(whole) => Json::from(whole),
            ValueRef::Real(real) => Json::from(real),
            ValueRef::Text(bytes) => Json::from(String::from_utf8_lossy(bytes).into_owned()),
        };
        fields.insert((*name).to_owned(), value);
    }
    Ok(fields)
}

/// The text of a column, if it has one.
pub(crate) fn text<'f>(fields: &'f Fields, column: &str) -> Option<&'f str> {
    fields.get(column).and_then(Json::as_str)
}

/// The id in a column, if there is one.
pub(crate) fn id(fields: &Fields, column: &str) -> Option<u32> {
    fields.get(column).and_then(Json::as_u64).and_then(|n| u32::try_from(n).ok())
}

/// Company name, or the person's names.
pub(crate) fn name_of(fields: &Fields) -> String {
    let company = text(fields, "companyname").filter(|_| text(fields, "isperson") != Some("T"));
    company.map_or_else(|| full_name(fields), str::to_owned)
}

fn full_name(fields: &Fields) -> String {
    let parts = ["firstname", "middlename", "lastname"].iter().filter_map(|column| text(fields, column));
    parts.collect::<Vec<_>>().join(" ")
}

/// Fills in what NetSuite does by itself. `before`: the row as it was, when it is a change.
pub(super) fn complete(kind: EntityKind, id: u32, fields: &mut Fields, before: Option<&Fields>) {
    let mut default = |column: &str, value: &str| {
        if !fields.contains_key(column) {
            fields.insert(column.to_owned(), value.into());
        }
    };
    default("isinactive", "F");
    if kind == EntityKind::Customer {
        default("duplicate", "F");
        default("searchstage", "Customer");
        default("entityid", &format!("CUST-{id}"));
        let person = if fields.contains_key("companyname") { "F" } else { "T" };
        if !fields.contains_key("isperson") {
            fields.insert("isperson".to_owned(), person.into());
        }
        let name = name_of(fields);
        let title = format!("{} {name}", text(fields, "entityid").unwrap_or_default());
        fields.insert("altname".to_owned(), name.into());
        fields.insert("entitytitle".to_owned(), title.trim().into());
    } else {
        default("isprivate", "F");
        let own = |row: &Fields| text(row, "entityid") == Some(full_name(row).as_str());
        if !fields.contains_key("entityid") || before.is_some_and(own) {
            let name = Some(full_name(fields)).filter(|n| !n.is_empty());
            let name = name.or_else(|| text(fields, "email").map(str::to_owned));
            fields.insert("entityid".to_owned(), name.unwrap_or_else(|| format!("Contact {id}")).into());
        }
    }
}
