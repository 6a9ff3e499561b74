//! A customer or contact as the record service shows it.

use jiff::civil::DateTime;
use serde_json::{Map, Value as Json, json};

use super::fields::{ADDRESS, Field, Form, fields};
use crate::sandbox::{
    data::books::EntityKind,
    netsuite::{
        engine::{Desk, DeskError, Fields, rows},
        records::{View, put},
    },
};

type Record = Map<String, Json>;

/// The record with this id.
///
/// # Errors
/// When the engine fails.
pub(in crate::sandbox::netsuite) fn show(
    view: &View<'_>,
    desk: &Desk<'_>,
    kind: EntityKind,
    id: u32,
) -> Result<Option<Record>, DeskError> {
    let Some(row) = desk.get(kind, id)? else { return Ok(None) };
    let own = kind.table();
    let mut record = Record::new();
    put(&mut record, "links", view.own_link(own, id));
    put(&mut record, "id", json!(id.to_string()));
    for field in fields(kind, &view.books.custom_fields) {
        let hidden = match field.form {
            Form::Reference("subsidiary") => view.switches.one_world != Some(true),
            Form::Reference("currency") => view.switches.multi_currency != Some(true),
            _ => false,
        };
        if let Some(value) = row.get(field.column).filter(|_| !hidden) {
            put(&mut record, field.name, shown(view, desk, &field, value)?);
        }
    }
    let addresses = desk.addresses(id)?;
    if kind == EntityKind::Customer {
        put(&mut record, "balance", json!(desk.balance(id)?));
        let default = addresses.first().map(|a| label(&row, a));
        put(&mut record, "defaultAddress", json!(default));
    }
    let items: Vec<Json> = addresses.iter().map(|a| line(view, &row, a)).collect();
    put(&mut record, "addressBook", view.sublist(&format!("{own}/{id}/addressBook"), &items));
    Ok(Some(record))
}

fn shown(view: &View<'_>, desk: &Desk<'_>, field: &Field, value: &Json) -> Result<Json, DeskError> {
    let text = value.as_str().unwrap_or_default();
    Ok(match field.form {
        Form::Text(_) | Form::Email | Form::Phone => value.clone(),
        Form::Flag => json!(text == "T"),
        Form::Number => json!(value.as_f64()),
        Form::Day => json!(text.get(..10)),
        Form::Instant => text.replace(' ', "T").parse::<DateTime>().map_or(Json::Null, |at| view.instant(at)),
        Form::Choice => {
            let id = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            view.choice(&id, &id)
        }
        Form::List(values) => {
            let id = value.as_u64().unwrap_or_default();
            let name = values.iter().find(|(known, _)| u64::from(*known) == id).map_or("", |(_, name)| name);
            json!({"id": id.to_string(), "refName": name})
        }
        Form::Reference(kind) => {
            let id = value.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
            view.reference(kind, id, &name(view, desk, kind, id)?.unwrap_or_default())
        }
    })
}

/// What people call the record with this id; nothing when there is none.
pub(super) fn name(view: &View<'_>, desk: &Desk<'_>, kind: &str, id: u32) -> Result<Option<String>, DeskError> {
    let books = view.books;
    Ok(match kind {
        "subsidiary" => books.subsidiaries.iter().find(|s| s.id == id).map(|s| s.name.to_owned()),
        "currency" => books.currencies.iter().find(|c| c.id == id).map(|c| c.symbol.to_owned()),
        "term" => books.terms.iter().find(|t| t.id == id).map(|t| t.name.to_owned()),
        "employee" => books.employees.iter().find(|e| e.id == id).map(|e| format!("{} {}", e.first_name, e.last_name)),
        _ => desk
            .get(EntityKind::Customer, id)?
            .map(|row| rows::text(&row, "entitytitle").unwrap_or_default().to_owned()),
    })
}

/// An address in lines, as people read it.
pub(in crate::sandbox::netsuite) fn label(row: &Fields, address: &Fields) -> String {
    let part = |column: &str| rows::text(address, column);
    let town: Vec<_> = ["zip", "city", "state"].into_iter().filter_map(part).collect();
    let (name, town) = (rows::name_of(row), town.join(" "));
    let lines = [Some(name.as_str()), part("addr1"), part("addr2"), part("addr3"), Some(&town), part("country")];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A line of the address book.
fn line(view: &View<'_>, row: &Fields, address: &Fields) -> Json {
    let mut inner = Record::new();
    for (name, column, _) in ADDRESS {
        put(&mut inner, name, json!(rows::text(address, column)));
    }
    if let Some(country) = rows::text(address, "country") {
        put(&mut inner, "country", view.choice(country, country));
    }
    let key = address.get("nkey").and_then(Json::as_u64);
    json!({
        "id": key.map(|k| k.to_string()), "internalId": key,
        "defaultBilling": row.get("defaultbillingaddress").and_then(Json::as_u64) == key,
        "defaultShipping": row.get("defaultshippingaddress").and_then(Json::as_u64) == key,
        "addressBookAddress": inner,
    })
}
