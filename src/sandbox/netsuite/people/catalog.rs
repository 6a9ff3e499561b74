//! `GET …/record/v1/metadata-catalog`: which fields a record type has, custom ones included.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value as Json, json};

use super::fields::{Field, Form, fields};
use crate::sandbox::{
    data::books::EntityKind,
    netsuite::{
        errors::Problem,
        records::{self, View},
        suiteql,
    },
};

/// Answers the catalogue (`name` empty) or one record type.
///
/// # Errors
/// 403 when the role may not see the type, 404 when there is none, 406 for another description than JSON Schema.
pub(in crate::sandbox::netsuite) fn describe(
    view: &View<'_>,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let own = format!("{}/metadata-catalog", view.base);
    if name.is_empty() {
        let one = |kind: EntityKind| {
            let href = format!("{own}/{}", kind.table());
            json!({"name": kind.table(), "links": [
                {"rel": "canonical", "href": href}, {"rel": "describes", "href": format!("{}/{}", view.base, kind.table())},
                {"rel": "alternate", "href": href, "mediaType": "application/schema+json"},
            ]})
        };
        let items = [EntityKind::Customer, EntityKind::Contact].map(one);
        return Ok(suiteql::collection(&json!({"items": items, "links": [{"rel": "self", "href": own}]})));
    }
    let kind = records::entity(name).ok_or_else(|| Problem::no_such_url(name))?;
    let right = records::right_of(kind);
    if view.switches.lacks(right) {
        return Err(Problem::permission(right));
    }
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !accept.contains("application/schema+json") {
        return Err(Problem::not_acceptable());
    }
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({"title": "Internal ID", "type": "string", "x-ns-filterable": true}));
    for field in fields(kind, &view.books.custom_fields) {
        let hidden = match field.form {
            Form::Reference("subsidiary") => view.switches.one_world != Some(true),
            Form::Reference("currency") => view.switches.multi_currency != Some(true),
            _ => false,
        };
        if !hidden {
            properties.insert(field.name.to_owned(), property(&field));
        }
    }
    let schema = json!({
        "$schema": "http://json-schema.org/draft-06/hyper-schema#", "type": "object", "properties": properties,
    });
    let mut response = schema.to_string().into_response();
    let media = HeaderValue::from_static("application/schema+json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    Ok(response)
}

fn property(field: &Field) -> Json {
    let reference = || {
        json!({"type": "object", "properties": {
            "id": {"title": "Internal identifier", "type": "string"},
            "refName": {"title": "Reference Name", "type": "string"},
            "links": {"title": "Links", "type": "array", "readOnly": true},
        }})
    };
    let mut property = match field.form {
        Form::Text(most) => json!({"type": "string", "maxLength": most}),
        Form::Email => json!({"type": "string", "format": "email"}),
        Form::Phone => json!({"type": "string", "format": "phone"}),
        Form::Flag => json!({"type": "boolean"}),
        Form::Number => json!({"type": "number", "format": "double"}),
        Form::Day => json!({"type": "string", "format": "date"}),
        Form::Instant => json!({"type": "string", "format": "date-time"}),
        Form::Reference(_) | Form::Choice | Form::List(_) => reference(),
    };
    property["title"] = json!(field.title);
    property["nullable"] = json!(true);
    property["x-ns-filterable"] = json!(true);
    if !field.writable {
        property["readOnly"] = json!(true);
    }
    if field.custom {
        property["x-ns-custom-field"] = json!(true);
    }
    property
}
