//! From the body of a write to columns: what is no field, and what no field takes, is refused in NetSuite's words.

use serde_json::{Map, Value as Json};

use super::{
    fields::{ADDRESS, Field, Form, fields},
    show,
};
use crate::sandbox::{
    data::books::EntityKind,
    netsuite::{
        engine::{Desk, Fields},
        errors::Problem,
        records::View,
    },
};

/// What a body asks for.
pub(super) struct Wish {
    /// Column by column; null empties.
    pub fields: Fields,
    /// Lines of the address book.
    pub addresses: Vec<Fields>,
    /// Names that are no field's.
    pub unknown: Vec<String>,
}

/// Reads `body`.
///
/// # Errors
/// 400 for a value that its field does not take.
pub(super) fn read(
    view: &View<'_>,
    desk: &Desk<'_>,
    kind: EntityKind,
    body: &Map<String, Json>,
) -> Result<Wish, Problem> {
    let known = fields(kind, &view.books.custom_fields);
    let mut wish = Wish { fields: Fields::new(), addresses: Vec::new(), unknown: Vec::new() };
    for (name, value) in body {
        match known.iter().find(|f| f.name == name) {
            // What nobody writes is passed over, so that a record can be sent back as it was read.
            Some(field) if !field.writable => {}
            Some(field) => {
                wish.fields.insert(field.column.to_owned(), column(view, desk, field, value)?);
            }
            None if matches!(name.as_str(), "id" | "links" | "balance" | "defaultAddress") => {}
            None if name == "addressBook" => wish.addresses = addresses(value)?,
            None => wish.unknown.push(name.clone()),
        }
    }
    Ok(wish)
}

/// A value as its column holds it.
fn column(view: &View<'_>, desk: &Desk<'_>, field: &Field, value: &Json) -> Result<Json, Problem> {
    if value.is_null() {
        return Ok(Json::Null);
    }
    let wrong = || Problem::value(field.name);
    let text = || value.as_str().ok_or_else(wrong);
    Ok(match field.form {
        Form::Text(most) => fitting(field.column, text()?, most, field.name)?,
        Form::Email => {
            let text = text()?;
            if !text.is_empty() && !is_email(text) {
                return Err(Problem::user(format!("Invalid email address: {text}"), field.name));
            }
            fitting(field.column, text, 254, field.name)?
        }
        Form::Phone => {
            let text = text()?;
            if !text.is_empty() && text.chars().filter(char::is_ascii_digit).count() < 7 {
                return Err(Problem::user("Phone number should have seven digits or more.", field.name));
            }
            fitting(field.column, text, 32, field.name)?
        }
        Form::Flag => value.as_bool().ok_or_else(wrong)?.into(),
        Form::Number => value.as_f64().map(|_| value.clone()).ok_or_else(wrong)?,
        Form::Day => {
            let day = text()?.parse::<jiff::civil::Date>().map_err(|_| wrong())?;
            day.to_string().into()
        }
        Form::Instant => return Err(wrong()),
        Form::Choice => id_text(value).ok_or_else(wrong)?.into(),
        Form::List(values) => {
            let id = number(value).ok_or_else(wrong)?;
            values.iter().find(|(known, _)| *known == id).map(|(known, _)| (*known).into()).ok_or_else(wrong)?
        }
        Form::Reference(kind) => {
            let id = number(value).ok_or_else(wrong)?;
            let there = show::name(view, desk, kind, id).map_err(|_| wrong())?;
            there.map(|_| id.into()).ok_or_else(wrong)?
        }
    })
}

fn fitting(column: &str, text: &str, most: usize, name: &str) -> Result<Json, Problem> {
    if text.chars().count() > most {
        let detail =
            format!("The field {column} contained more than the maximum number ( {most} ) of characters allowed.");
        return Err(Problem::user(detail, name));
    }
    Ok(text.into())
}

/// The id of a reference or choice: `{"id": …}`, or the id itself.
fn id_text(value: &Json) -> Option<String> {
    let id = value.get("id").unwrap_or(value);
    id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|n| n.to_string()))
}

fn number(value: &Json) -> Option<u32> {
    id_text(value)?.parse().ok()
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b';' | b'<' | b'>' | b'(' | b')'));
    let parts: Vec<_> = domain.split('.').collect();
    plain && !local.is_empty() && parts.len() > 1 && parts.iter().all(|p| !p.is_empty()) && !domain.contains('@')
}

fn addresses(value: &Json) -> Result<Vec<Fields>, Problem> {
    let wrong = |name: &str| Problem::value(name);
    let items = value.get("items").and_then(Json::as_array).ok_or_else(|| wrong("addressBook"))?;
    let mut out = Vec::new();
    for item in items {
        let inner = item.get("addressBookAddress").and_then(Json::as_object);
        let inner = inner.ok_or_else(|| wrong("addressBook.items.addressBookAddress"))?;
        let mut address = Fields::new();
        for (name, value) in inner {
            let country = (name == "country").then_some(("country", "country", 2));
            let Some((name, column, most)) = ADDRESS.iter().copied().find(|(n, ..)| n == name).or(country) else {
                continue;
            };
            let text = if name == "country" { id_text(value) } else { value.as_str().map(str::to_owned) };
            let text = if value.is_null() { String::new() } else { text.ok_or_else(|| wrong(name))? };
            address.insert(column.to_owned(), fitting(column, &text, most, name)?);
        }
        let key = item.get("internalId").or_else(|| item.get("id")).and_then(|id| id_text(id)?.parse::<u64>().ok());
        if let Some(key) = key {
            address.insert("nkey".to_owned(), key.into());
        }
        out.push(address);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #[rstest::rstest]
    #[case("a@b.example", true)]
    #[case("a.b+c@d-e.co.uk", true)]
    #[case("a@b", false)]
    #[case("a b@c.example", false)]
    #[case("a@b@c.example", false)]
    #[case("a@b..example", false)]
    #[case("@b.example", false)]
    #[case("a@b.example; c@d.example", false)]
    fn addresses(#[case] text: &str, #[case] good: bool) {
        assert_eq!(super::is_email(text), good);
    }
}
