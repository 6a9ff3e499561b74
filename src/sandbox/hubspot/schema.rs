//! What records are made of: properties and their groups, the usual ones and those that apps make.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::usual;
use crate::{clock::Millis, sandbox::moment::rfc3339};

/// One value that an enumeration may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Choice {
    pub label: String,
    pub value: String,
    #[serde(default)]
    pub display_order: i64,
    #[serde(default)]
    pub hidden: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "HubSpot's own switches, each on its own")]
pub(super) struct Property {
    pub name: String,
    pub label: String,
    pub kind: String,
    pub field: String,
    pub group: String,
    pub description: String,
    pub options: Vec<Choice>,
    pub unique: bool,
    pub hidden: bool,
    pub form_field: bool,
    pub display_order: i64,
    /// HubSpot's own.
    pub usual: bool,
    /// HubSpot calculates its values.
    pub calculated: bool,
    /// Its values cannot be written.
    pub read_only: bool,
    pub created: Millis,
    pub updated: Millis,
    /// Since when it is archived.
    pub archived: Option<Millis>,
}

impl Property {
    /// As the API tells it.
    pub(super) fn json(&self) -> Json {
        let mut json = json!({
            "name": self.name, "label": self.label, "type": self.kind, "fieldType": self.field, "groupName": self.group,
            "description": self.description, "options": self.options, "hasUniqueValue": self.unique,
            "hidden": self.hidden, "formField": self.form_field, "displayOrder": self.display_order,
            "hubspotDefined": self.usual, "calculated": self.calculated, "externalOptions": false,
            "archived": self.archived.is_some(), "createdAt": rfc3339(self.created), "updatedAt": rfc3339(self.updated),
            "dataSensitivity": "non_sensitive",
            "modificationMetadata": {
                "archivable": !self.usual, "readOnlyDefinition": self.usual, "readOnlyValue": self.read_only,
            },
        });
        if let Some(at) = self.archived {
            json["archivedAt"] = json!(rfc3339(at));
        }
        json
    }
}

/// A group of properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    pub name: String,
    pub label: String,
    pub display_order: i64,
    pub archived: bool,
}

/// The properties and groups of a portal, by object type.
#[derive(Debug)]
pub(super) struct Schema {
    properties: BTreeMap<(&'static str, String), Property>,
    /// The names of the unique properties of a type: every write asks for them.
    unique: BTreeMap<&'static str, Vec<String>>,
    groups: BTreeMap<(&'static str, String), Group>,
}

impl Schema {
    /// What every portal has.
    pub(super) fn usual(created: Millis) -> Self {
        let mut schema = Self { properties: BTreeMap::new(), unique: BTreeMap::new(), groups: BTreeMap::new() };
        for (kind, group, label) in usual::GROUPS {
            let label = label.to_owned();
            let entry = Group { name: group.to_owned(), label, display_order: 0, archived: false };
            schema.groups.insert((kind, group.to_owned()), entry);
            for property in usual::properties(kind, group, created) {
                schema.put(kind, property);
            }
        }
        schema
    }

    /// A property that is not archived.
    pub(super) fn get(&self, kind: &'static str, name: &str) -> Option<&Property> {
        self.any(kind, name).filter(|p| p.archived.is_none())
    }

    /// A property, archived or not.
    pub(super) fn any(&self, kind: &'static str, name: &str) -> Option<&Property> {
        self.properties.get(&(kind, name.to_owned()))
    }

    /// Makes or replaces a property.
    pub(super) fn put(&mut self, kind: &'static str, property: Property) {
        let names = self.unique.entry(kind).or_default();
        names.retain(|name| *name != property.name);
        if property.unique && property.archived.is_none() {
            names.push(property.name.clone());
        }
        self.properties.insert((kind, property.name.clone()), property);
    }

    /// The properties of a type by name.
    pub(super) fn of(&self, kind: &'static str) -> impl Iterator<Item = &Property> {
        self.properties.range((kind, String::new())..).take_while(move |((k, _), _)| *k == kind).map(|(_, p)| p)
    }

    /// The names of the unique properties of a type.
    pub(super) fn unique(&self, kind: &'static str) -> impl Iterator<Item = &str> {
        self.unique.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// A group that is not archived.
    pub(super) fn group(&self, kind: &'static str, name: &str) -> Option<&Group> {
        self.groups.get(&(kind, name.to_owned())).filter(|g| !g.archived)
    }

    /// The groups of a type by name.
    pub(super) fn groups(&self, kind: &'static str) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |((k, _), g)| *k == kind && !g.archived).map(|(_, g)| g)
    }

    /// Makes or replaces a group.
    pub(super) fn put_group(&mut self, kind: &'static str, group: Group) {
        self.groups.insert((kind, group.name.clone()), group);
    }
}
