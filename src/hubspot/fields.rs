//! The properties of a portal as fields: what a mapping can offer, by name and kind.
//!
//! Promise: a list's values come in the order in which HubSpot shows them, which for `lifecyclestage` is the order in which a
//! record may move.

use http::Method;
use serde::Deserialize;

use super::{HubSpot, HubSpotError, client::Request};
use crate::{
    domain::{
        field::{FieldInfo, FieldKind, FieldOption},
        ids::PortalId,
        record::ObjectType,
    },
    outbound::Lane,
};

/// The most characters of a text (HubSpot's limit).
const LONGEST_TEXT: u32 = 65_536;
/// Text properties of HubSpot's own that hold web addresses.
const ADDRESSES: [&str; 3] = ["website", "hs_logo_url", "linkedin_company_page"];
/// Text properties of HubSpot's own that hold e-mail addresses.
const EMAILS: [&str; 2] = ["email", "work_email"];

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Wire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    name: String,
    #[serde(default)]
    label: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    field_type: String,
    #[serde(default)]
    options: Option<Vec<WireOption>>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    calculated: bool,
    #[serde(default)]
    hubspot_defined: Option<bool>,
    #[serde(default)]
    referenced_object_type: Option<String>,
    #[serde(default)]
    modification_metadata: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOption {
    #[serde(default)]
    value: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    display_order: Option<i64>,
}

/// Who counts as a marketing contact is billed: no mapping may set it, whatever HubSpot says of the property.
const MARKETING: &str = "hs_marketable_";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    read_only_value: bool,
}

impl HubSpot {
    /// The properties of a type that people see, in HubSpot's order.
    ///
    /// # Errors
    /// [`HubSpotError::Consent`] without the scope; else see there.
    pub async fn fields(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
    ) -> Result<Vec<FieldInfo>, HubSpotError> {
        let path = format!("/crm/properties/{}/{}", self.versions().properties, object_type.plural());
        let request = Request { operation: "properties", method: Method::GET, path, query: vec![], body: None };
        let page: Page = self.call(lane, portal, request).await?;
        let shown = |wire: &Wire| !wire.archived && !wire.hidden;
        Ok(page.results.into_iter().filter(shown).filter_map(Wire::field).collect())
    }
}

impl Wire {
    /// `None`: it holds what no field of ours can, such as JSON.
    fn field(self) -> Option<FieldInfo> {
        let kind = self.kind()?;
        let texts = matches!(kind, FieldKind::Text | FieldKind::Email | FieldKind::Phone | FieldKind::Url);
        let mut options = self.options.unwrap_or_default();
        // What has no place comes last, in the order it was told.
        options.sort_by_key(|option| option.display_order.filter(|order| *order >= 0).unwrap_or(i64::MAX));
        let options = if matches!(kind, FieldKind::Choice | FieldKind::Many) { options } else { Vec::new() };
        let left_to_people = self.name.starts_with(MARKETING);
        Some(FieldInfo {
            label: if self.label.is_empty() { self.name.clone() } else { self.label },
            name: self.name,
            kind,
            options: options.into_iter().map(|o| FieldOption { value: o.value, label: o.label }).collect(),
            max_length: texts.then_some(LONGEST_TEXT),
            // HubSpot requires nothing over the API but by a portal's own rules, which it does not tell before a write.
            required: false,
            read_only: self.calculated
                || left_to_people
                || self.modification_metadata.is_some_and(|data| data.read_only_value),
            custom: self.hubspot_defined == Some(false),
        })
    }

    fn kind(&self) -> Option<FieldKind> {
        let refers = self.referenced_object_type.as_deref().is_some_and(|kind| !kind.is_empty());
        Some(match (self.kind.as_str(), self.field_type.as_str()) {
            ("string", _) if EMAILS.contains(&self.name.as_str()) => FieldKind::Email,
            ("string", _) if ADDRESSES.contains(&self.name.as_str()) => FieldKind::Url,
            ("string", "phonenumber") | ("phone_number", _) => FieldKind::Phone,
            ("string", _) => FieldKind::Text,
            ("number", _) => FieldKind::Number,
            ("bool", _) | ("enumeration", "booleancheckbox") => FieldKind::Flag,
            ("enumeration", _) if refers => FieldKind::Reference,
            ("enumeration", "checkbox") => FieldKind::Many,
            ("enumeration", _) => FieldKind::Choice,
            ("date", _) => FieldKind::Date,
            ("datetime", _) => FieldKind::Instant,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> Option<FieldInfo> {
        serde_json::from_str::<Wire>(json).unwrap().field()
    }

    #[test]
    fn every_kind_of_property_becomes_a_kind_of_field() {
        let kinds = [
            (r#"{"name":"email","type":"string","fieldType":"text"}"#, FieldKind::Email),
            (r#"{"name":"phone","type":"string","fieldType":"phonenumber"}"#, FieldKind::Phone),
            (r#"{"name":"website","type":"string","fieldType":"text"}"#, FieldKind::Url),
            (r#"{"name":"note","type":"string","fieldType":"textarea"}"#, FieldKind::Text),
            (r#"{"name":"n","type":"number","fieldType":"number"}"#, FieldKind::Number),
            (r#"{"name":"b","type":"bool","fieldType":"booleancheckbox"}"#, FieldKind::Flag),
            (r#"{"name":"b","type":"enumeration","fieldType":"booleancheckbox"}"#, FieldKind::Flag),
            (r#"{"name":"s","type":"enumeration","fieldType":"select"}"#, FieldKind::Choice),
            (r#"{"name":"m","type":"enumeration","fieldType":"checkbox"}"#, FieldKind::Many),
            (
                r#"{"name":"o","type":"enumeration","fieldType":"select","referencedObjectType":"OWNER"}"#,
                FieldKind::Reference,
            ),
            (r#"{"name":"d","type":"date","fieldType":"date"}"#, FieldKind::Date),
            (r#"{"name":"t","type":"datetime","fieldType":"date"}"#, FieldKind::Instant),
        ];
        for (json, kind) in kinds {
            assert_eq!(field(json).map(|f| f.kind), Some(kind), "{json}");
        }
        assert_eq!(field(r#"{"name":"j","type":"json","fieldType":"text"}"#), None);
    }

    #[test]
    fn values_of_a_list_come_in_the_order_of_their_places_and_unplaced_ones_last() {
        let stage = field(
            r#"{"name":"lifecyclestage","type":"enumeration","fieldType":"radio","options":[
                {"value":"own","label":"Own","displayOrder":-1},{"value":"customer","label":"Customer","displayOrder":5},
                {"value":"lead","label":"Lead","displayOrder":1},{"value":"late","label":"Late"}]}"#,
        )
        .unwrap();
        let values: Vec<_> = stage.options.iter().map(|o| o.value.as_str()).collect();
        assert_eq!(values, ["lead", "customer", "own", "late"]);
    }

    #[test]
    fn what_cannot_be_written_says_so() {
        let read_only = |json: &str| field(json).unwrap().read_only;
        assert!(read_only(r#"{"name":"a","type":"string","modificationMetadata":{"readOnlyValue":true}}"#));
        assert!(read_only(r#"{"name":"a","type":"number","fieldType":"calculation_equation","calculated":true}"#));
        assert!(read_only(r#"{"name":"hs_marketable_status","type":"enumeration","fieldType":"booleancheckbox"}"#));
        assert!(!read_only(r#"{"name":"a","type":"string","modificationMetadata":{"archivable":true}}"#));
    }
}
