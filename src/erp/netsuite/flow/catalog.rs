//! The fields that an account's administrators added, from NetSuite's metadata catalog (JSON schema).
//!
//! Promise: only names of a custom field's shape come out of here; a catalog that is not as expected gives fewer fields, never
//! wrong ones.

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::domain::field::{FieldKind, FieldOption};

/// A custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Custom {
    /// Its id, which is its column and its name in the record service.
    pub(super) name: String,
    /// What people read.
    pub(super) label: String,
    /// What it takes.
    pub(super) kind: FieldKind,
    /// Its list, where the catalog has it.
    pub(super) options: Vec<FieldOption>,
    /// The most characters.
    pub(super) most: Option<u32>,
    /// Whether it cannot be written.
    pub(super) read_only: bool,
}

/// The schema of a record, as far as it matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::erp::netsuite) struct Schema {
    properties: BTreeMap<String, Property>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Property {
    title: Option<String>,
    #[serde(rename = "type")]
    kind: serde_json::Value,
    format: Option<String>,
    max_length: Option<u32>,
    read_only: Option<bool>,
    #[serde(rename = "$ref")]
    refers: Option<String>,
    properties: BTreeMap<String, serde_json::Value>,
    #[serde(rename = "enum")]
    values: Vec<serde_json::Value>,
}

/// Whether `name` has the shape of a custom entity field's id. Nothing else may stand in a statement.
pub(super) fn is_custom(name: &str) -> bool {
    let rest = name.strip_prefix("custentity").unwrap_or_default();
    (1..=60).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The custom fields of a schema, by name.
pub(super) fn customs(schema: Schema) -> Vec<Custom> {
    let named = schema.properties.into_iter().map(|(name, property)| (name.to_ascii_lowercase(), property));
    let customs = named.filter(|(name, _)| is_custom(name));
    customs.map(|(name, property)| custom(name, property)).collect()
}

fn custom(name: String, property: Property) -> Custom {
    let kind = kind(&property);
    let title = property.title.map(|title| title.trim().chars().take(200).collect::<String>());
    let option = |value: &serde_json::Value| {
        let text = value.as_str()?.to_owned();
        Some(FieldOption { value: text.clone(), label: text })
    };
    Custom {
        label: title.filter(|title| !title.is_empty()).unwrap_or_else(|| name.clone()),
        options: property.values.iter().filter_map(option).collect(),
        most: property.max_length,
        read_only: property.read_only.unwrap_or(false),
        kind,
        name,
    }
}

fn kind(property: &Property) -> FieldKind {
    let of_type = |wanted: &str| match &property.kind {
        serde_json::Value::String(kind) => kind == wanted,
        // `["string", "null"]`
        serde_json::Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    };
    let refers = property.refers.as_deref().unwrap_or_default();
    match property.format.as_deref() {
        Some("date") => FieldKind::Date,
        Some("date-time") => FieldKind::Instant,
        Some("email") => FieldKind::Email,
        Some("uri" | "url") => FieldKind::Url,
        Some("phone") => FieldKind::Phone,
        _ if of_type("boolean") => FieldKind::Flag,
        _ if of_type("number") || of_type("integer") => FieldKind::Number,
        _ if of_type("array")
            || refers.ends_with("nsResourceCollection")
            || property.properties.contains_key("items") =>
        {
            FieldKind::Many
        }
        _ if of_type("object") || !refers.is_empty() || !property.values.is_empty() => FieldKind::Choice,
        _ => FieldKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("custentity_vat_id", true)]
    #[case("custentity12", true)]
    #[case("custentity", false)]
    #[case("custbody_vat", false)]
    #[case("custentity_x;drop", false)]
    #[case("custentity_x FROM customer--", false)]
    #[case("custentity_É", false)]
    fn shapes_of_names(#[case] name: &str, #[case] good: bool) {
        assert_eq!(is_custom(name), good);
        assert!(!is_custom(&format!("custentity_{}", "a".repeat(60))));
    }

    #[rstest]
    #[case(json!({"type": "string"}), FieldKind::Text)]
    #[case(json!({"type": ["string", "null"], "format": "date"}), FieldKind::Date)]
    #[case(json!({"type": "string", "format": "date-time"}), FieldKind::Instant)]
    #[case(json!({"type": "number", "format": "double"}), FieldKind::Number)]
    #[case(json!({"type": "boolean"}), FieldKind::Flag)]
    #[case(json!({"type": "object", "properties": {"id": {}, "refName": {}}}), FieldKind::Choice)]
    #[case(json!({"$ref": "/services/rest/record/v1/metadata-catalog/nsResource"}), FieldKind::Choice)]
    #[case(json!({"type": "object", "properties": {"items": {"type": "array"}}}), FieldKind::Many)]
    #[case(json!({}), FieldKind::Text)]
    fn kinds(#[case] property: serde_json::Value, #[case] kind: FieldKind) {
        let schema = json!({"type": "object", "properties": {"CustEntity_X": property, "email": {"type": "string"}}});
        let found = customs(serde_json::from_value(schema).unwrap());
        assert_eq!(found.iter().map(|f| (f.name.as_str(), f.kind)).collect::<Vec<_>>(), [("custentity_x", kind)]);
    }
}
