//! Properties and their groups over the API: read, made, changed, archived, alone and in batches.

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::Account,
    change::By,
    errors::Refusal,
    objects::{Answer, batch_answer, few, parameters, parsed},
    schema::{Choice, Group, Property},
    server::Server,
};

/// The most inputs of a batch.
const MOST: usize = 100;
/// The most unique properties that apps may make for a type of object.
const MOST_UNIQUE: usize = 10;
/// The longest name.
const LONGEST: usize = 100;

/// A new property.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    name: String,
    label: String,
    group_name: String,
    #[serde(rename = "type")]
    kind: String,
    field_type: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: Vec<Choice>,
    #[serde(default)]
    has_unique_value: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    form_field: bool,
    #[serde(default)]
    display_order: Option<i64>,
    #[serde(default)]
    #[expect(dead_code, reason = "HubSpot takes it; nothing here is sensitive")]
    data_sensitivity: Option<String>,
}

/// What of a property may change later.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    group_name: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    field_type: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    options: Option<Vec<Choice>>,
    #[serde(default)]
    hidden: Option<bool>,
    #[serde(default)]
    form_field: Option<bool>,
    #[serde(default)]
    display_order: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGroup {
    name: String,
    label: String,
    #[serde(default)]
    display_order: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupChange {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    display_order: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Batch<T> {
    inputs: Vec<T>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "HubSpot takes it; nothing here is sensitive")]
    data_sensitivity: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

/// One call below `/crm/properties/…/{type}`.
pub(super) fn answer(
    server: &Server,
    account: &mut Account,
    kind: &'static str,
    (method, rest): (&Method, &[&str]),
    (query, body): (&str, &[u8]),
    by: By,
) -> Answer {
    match (method.as_str(), rest) {
        ("GET", []) => list(account, kind, query),
        ("POST", []) => {
            let property = made(account, kind, parsed(body)?, by)?;
            Ok((StatusCode::CREATED, put(account, kind, property)))
        }
        ("GET", ["groups"]) => {
            let groups: Vec<_> = account.schema.groups(kind).collect();
            Ok((StatusCode::OK, json!({"results": groups})))
        }
        ("POST", ["groups"]) => create_group(account, kind, body),
        (_, ["groups", name]) => group(account, kind, method, name, body),
        ("POST", ["batch", what]) => batch(server, account, kind, what, body, by),
        ("GET", [name]) => {
            let asked = parameters(query, &["archived", "properties", "dataSensitivity", "locale"])?;
            let archived = asked.get("archived").is_some_and(|a| a == "true");
            let found = account.schema.any(kind, name).filter(|p| p.archived.is_some() == archived);
            Ok((StatusCode::OK, found.ok_or_else(|| none(name))?.json()))
        }
        ("PATCH", [name]) => change(account, kind, name, parsed(body)?, by),
        ("DELETE", [name]) => {
            archive(account, kind, name, by)?;
            Ok((StatusCode::NO_CONTENT, Json::Null))
        }
        (_, [] | [_] | ["batch", _]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

fn none(name: &str) -> Refusal {
    Refusal::missing(format!("No property named \"{name}\" exists"))
}

fn list(account: &Account, kind: &'static str, query: &str) -> Answer {
    let asked = parameters(query, &["archived", "properties", "dataSensitivity", "locale"])?;
    let archived = asked.get("archived").is_some_and(|a| a == "true");
    let found = account.schema.of(kind).filter(|p| p.archived.is_some() == archived);
    Ok((StatusCode::OK, json!({"results": found.map(Property::json).collect::<Vec<_>>()})))
}

/// Lower snake case that begins with a letter.
fn named(name: &str) -> Result<(), Refusal> {
    let fine = name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let text = "must begin with a letter and hold only lower-case letters, digits and underscores, at most 100";
    if fine { Ok(()) } else { Err(Refusal::validation(format!("The name \"{name}\" {text}"))) }
}

/// Whether a type of value may be shown in this kind of field.
fn shown(kind: &str, field: &str) -> Result<(), Refusal> {
    let fields: &[&str] = match kind {
        "string" => &["text", "textarea", "html", "phonenumber", "file"],
        "number" => &["number", "calculation_equation"],
        "bool" => &["booleancheckbox"],
        "enumeration" => &["select", "radio", "checkbox", "booleancheckbox", "calculation_equation"],
        "date" | "datetime" => &["date"],
        "phone_number" => &["phonenumber"],
        _ => return Err(Refusal::validation(format!("\"{kind}\" is not a type of property"))),
    };
    if fields.contains(&field) {
        return Ok(());
    }
    Err(Refusal::validation(format!("The field type \"{field}\" does not fit the type \"{kind}\"")))
}

/// A property as a request wants it, once it is found right.
fn made(account: &Account, kind: &'static str, new: New, by: By) -> Result<Property, Refusal> {
    named(&new.name)?;
    if account.schema.get(kind, &new.name).is_some() {
        return Err(Refusal::exists(format!("A property named '{}' already exists.", new.name)));
    }
    shown(&new.kind, &new.field_type)?;
    if account.schema.group(kind, &new.group_name).is_none() {
        return Err(Refusal::validation(format!("The group \"{}\" does not exist", new.group_name)));
    }
    if new.kind == "bool" && new.options.iter().map(|o| o.value.as_str()).collect::<Vec<_>>() != ["true", "false"] {
        return Err(Refusal::validation("A boolean property needs the options true and false"));
    }
    if new.has_unique_value {
        if !matches!(new.kind.as_str(), "string" | "number") {
            return Err(Refusal::validation("Only text and numbers can be unique"));
        }
        let unique = account.schema.of(kind).filter(|p| p.unique && !p.usual && p.archived.is_none()).count();
        if unique >= MOST_UNIQUE {
            return Err(Refusal::validation(format!("There are {MOST_UNIQUE} unique properties of this type already")));
        }
    }
    Ok(Property {
        name: new.name,
        label: new.label,
        kind: new.kind,
        field: new.field_type,
        group: new.group_name,
        description: new.description,
        options: new.options,
        unique: new.has_unique_value,
        hidden: new.hidden,
        form_field: new.form_field,
        display_order: new.display_order.unwrap_or(-1),
        usual: false,
        calculated: false,
        read_only: false,
        created: by.now,
        updated: by.now,
        archived: None,
    })
}

fn put(account: &mut Account, kind: &'static str, property: Property) -> Json {
    let json = property.json();
    account.schema.put(kind, property);
    json
}

fn change(account: &mut Account, kind: &'static str, name: &str, change: Change, by: By) -> Answer {
    let mut property = account.schema.get(kind, name).cloned().ok_or_else(|| none(name))?;
    if property.usual {
        return Err(Refusal::validation(format!("The property {name} belongs to HubSpot and cannot be changed")));
    }
    if let Some(group) = &change.group_name
        && account.schema.group(kind, group).is_none()
    {
        return Err(Refusal::validation(format!("The group \"{group}\" does not exist")));
    }
    let set = |place: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *place = value;
        }
    };
    set(&mut property.label, change.label);
    set(&mut property.group, change.group_name);
    set(&mut property.kind, change.kind);
    set(&mut property.field, change.field_type);
    set(&mut property.description, change.description);
    shown(&property.kind, &property.field)?;
    property.options = change.options.unwrap_or(property.options);
    property.hidden = change.hidden.unwrap_or(property.hidden);
    property.form_field = change.form_field.unwrap_or(property.form_field);
    property.display_order = change.display_order.unwrap_or(property.display_order);
    property.updated = by.now;
    Ok((StatusCode::OK, put(account, kind, property)))
}

/// Archives a property; its values are gone. Its name can be given again.
pub(super) fn archive(account: &mut Account, kind: &'static str, name: &str, by: By) -> Result<(), Refusal> {
    let mut property = account.schema.get(kind, name).cloned().ok_or_else(|| none(name))?;
    if property.usual {
        return Err(Refusal::validation(format!("The property {name} belongs to HubSpot and cannot be archived")));
    }
    property.archived = Some(by.now);
    account.schema.put(kind, property);
    account.forget(kind, name);
    Ok(())
}

fn create_group(account: &mut Account, kind: &'static str, body: &[u8]) -> Answer {
    let new: NewGroup = parsed(body)?;
    named(&new.name)?;
    if account.schema.group(kind, &new.name).is_some() {
        return Err(Refusal::exists(format!("A property group named '{}' already exists.", new.name)));
    }
    let group = Group { name: new.name, label: new.label, display_order: new.display_order, archived: false };
    account.schema.put_group(kind, group.clone());
    Ok((StatusCode::CREATED, json!(group)))
}

fn group(account: &mut Account, kind: &'static str, method: &Method, name: &str, body: &[u8]) -> Answer {
    let found = account.schema.group(kind, name).cloned();
    let mut group = found.ok_or_else(|| Refusal::missing(format!("No property group named \"{name}\" exists")))?;
    match method.as_str() {
        "GET" => {}
        "PATCH" => {
            let change: GroupChange = parsed(body)?;
            group.label = change.label.unwrap_or(group.label);
            group.display_order = change.display_order.unwrap_or(group.display_order);
            account.schema.put_group(kind, group.clone());
        }
        "DELETE" => {
            if account.schema.of(kind).any(|p| p.group == name && p.archived.is_none()) {
                return Err(Refusal::validation(format!("The group {name} still has properties")));
            }
            account.schema.put_group(kind, Group { archived: true, ..group });
            return Ok((StatusCode::NO_CONTENT, Json::Null));
        }
        _ => return Err(Refusal::method()),
    }
    Ok((StatusCode::OK, json!(group)))
}

fn batch(server: &Server, account: &mut Account, kind: &'static str, what: &str, body: &[u8], by: By) -> Answer {
    let started = server.moment.text();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    let fine = match what {
        "create" => {
            let batch: Batch<New> = parsed(body)?;
            few(&batch.inputs, MOST)?;
            for new in batch.inputs {
                match made(account, kind, new, by) {
                    Ok(property) => results.push(put(account, kind, property)),
                    Err(refusal) => errors.push(refusal.entry(None)),
                }
            }
            StatusCode::CREATED
        }
        "read" => {
            let batch: Batch<Name> = parsed(body)?;
            few(&batch.inputs, MOST)?;
            for input in &batch.inputs {
                let found = account.schema.any(kind, &input.name).filter(|p| p.archived.is_some() == batch.archived);
                match found {
                    Some(property) => results.push(property.json()),
                    None => errors.push(none(&input.name).entry(None)),
                }
            }
            StatusCode::OK
        }
        "archive" => {
            let batch: Batch<Name> = parsed(body)?;
            few(&batch.inputs, MOST)?;
            for input in &batch.inputs {
                // One that is not there needs no archiving.
                let _absent = archive(account, kind, &input.name, by);
            }
            return Ok((StatusCode::NO_CONTENT, Json::Null));
        }
        _ => return Err(Refusal::no_path()),
    };
    Ok(batch_answer(fine, &started, &server.moment.text(), results, errors))
}
