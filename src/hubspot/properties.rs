//! Properties of records, and those of our own.
//!
//! Our property `ledgercard_key` holds `<system>:<account>:<kind>:<id>` and is unique: a record made by an upsert with it is
//! made once. `ledgercard_state` marks a record whose ERP record was deleted, where an administrator wants that. Both are made
//! idempotently, and again when an administrator deleted them (hubspot.md §4.8).

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{HubSpot, HubSpotError, client::Request};
use crate::{
    domain::{ids::PortalId, record::ObjectType},
    outbound::Lane,
};

/// Our property's internal name.
pub const OWN_PROPERTY: &str = "ledgercard_key";
/// Our other property's internal name: what became of the ERP record.
pub const STATE_PROPERTY: &str = "ledgercard_state";
/// Its one value: the ERP record was deleted.
pub const DELETED_IN_ERP: &str = "deleted_in_erp";
/// Our group's internal name.
pub const OWN_GROUP: &str = "ledgercard";

/// The category that a call about an existing property gets when the property is there but is not what it must be.
pub const NOT_UNIQUE: &str = "PROPERTY_NOT_UNIQUE";

/// The category that a call about an existing property gets when it does not take [`DELETED_IN_ERP`].
pub const NOT_A_STATE: &str = "PROPERTY_NOT_A_STATE";

/// A property, as far as we use it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// The internal name, which never changes.
    pub name: String,
    /// What people read.
    #[serde(default)]
    pub label: String,
    /// The group it stands in.
    #[serde(default)]
    pub group_name: String,
    /// `string`, `number`, …
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Whether no two records may have the same value.
    #[serde(default)]
    pub has_unique_value: bool,
    /// The values it takes, for an enumeration.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Whether it was deleted.
    #[serde(default)]
    pub archived: bool,
}

/// A value that an enumeration takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// HubSpot's word for it.
    #[serde(default)]
    pub value: String,
}

/// How our property came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// It was there.
    Present,
    /// It was made just now.
    Created,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Property>,
}

impl HubSpot {
    /// All properties of a type that were not deleted.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn properties(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
    ) -> Result<Vec<Property>, HubSpotError> {
        let page: Page = self.call(lane, portal, self.asking(Method::GET, object_type, "", None)).await?;
        Ok(page.results.into_iter().filter(|property| !property.archived).collect())
    }

    /// One property; `None` when there is none of this name, or it was deleted.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn property(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        name: &str,
    ) -> Result<Option<Property>, HubSpotError> {
        let path = format!("/{}", word(name)?);
        let found = self.call::<Property>(lane, portal, self.asking(Method::GET, object_type, &path, None)).await;
        match found {
            Ok(property) => Ok(Some(property).filter(|property| !property.archived)),
            Err(HubSpotError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes sure that our property is there: makes our group and it where it is not.
    ///
    /// # Errors
    /// [`HubSpotError::Rejected`] with [`NOT_UNIQUE`] when somebody made a property of this name that is not unique;
    /// [`HubSpotError::Consent`] without the scope; else see [`HubSpotError`].
    pub async fn ensure_own_property(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
    ) -> Result<Ensured, HubSpotError> {
        let property = json!({
            "name": OWN_PROPERTY, "label": "Ledgercard key", "groupName": OWN_GROUP, "type": "string",
            "fieldType": "text", "hasUniqueValue": true, "formField": false,
            "description": "Names the ERP record behind this one. Kept by Ledgercard; please leave it as it is.",
        });
        self.ensure(lane, portal, object_type, property, unique).await
    }

    /// Makes sure that our property for what became of the ERP record is there. For flows that mark only.
    ///
    /// # Errors
    /// [`HubSpotError::Rejected`] with [`NOT_A_STATE`] when somebody made a property of this name that does not take our value;
    /// [`HubSpotError::Consent`] without the scope; else see [`HubSpotError`].
    pub async fn ensure_state_property(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
    ) -> Result<Ensured, HubSpotError> {
        let property = json!({
            "name": STATE_PROPERTY, "label": "Ledgercard state", "groupName": OWN_GROUP, "type": "enumeration",
            "fieldType": "select", "formField": false,
            "options": [{ "label": "Deleted in the ERP", "value": DELETED_IN_ERP, "displayOrder": 0, "hidden": false }],
            "description": "What became of the ERP record behind this one. Kept by Ledgercard.",
        });
        self.ensure(lane, portal, object_type, property, takes_our_state).await
    }

    /// Makes our group and a property of ours where it is not there; `fits` says whether one that is there can be used.
    async fn ensure(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        property: Value,
        fits: fn(&Property) -> Result<(), HubSpotError>,
    ) -> Result<Ensured, HubSpotError> {
        let name = property["name"].as_str().unwrap_or_default().to_owned();
        if let Some(there) = self.property(lane, portal, object_type, &name).await? {
            return fits(&there).map(|()| Ensured::Present);
        }
        let group = json!({ "name": OWN_GROUP, "label": "Ledgercard", "displayOrder": -1 });
        there_is_fine(self.run(lane, portal, self.asking(Method::POST, object_type, "/groups", Some(group))).await)?;
        let made =
            there_is_fine(self.run(lane, portal, self.asking(Method::POST, object_type, "", Some(property))).await)?;
        if made {
            return Ok(Ensured::Created);
        }
        // Somebody else made it meanwhile, such as another replica.
        match self.property(lane, portal, object_type, &name).await? {
            Some(there) => fits(&there).map(|()| Ensured::Present),
            None => Err(HubSpotError::Rejected { category: "CONFLICT".to_owned() }),
        }
    }

    /// Deletes our properties, and our group where nothing else stands in it. `false`: our key was not there.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn archive_own_property(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
    ) -> Result<bool, HubSpotError> {
        let there = self.property(lane, portal, object_type, OWN_PROPERTY).await?.is_some();
        if there {
            self.archive(lane, portal, object_type, OWN_PROPERTY).await?;
        }
        let mut left = self.properties(lane, portal, object_type).await?;
        let ours = |property: &Property| property.name == STATE_PROPERTY && property.group_name == OWN_GROUP;
        if left.iter().any(ours) {
            self.archive(lane, portal, object_type, STATE_PROPERTY).await?;
            left.retain(|property| !ours(property));
        }
        if !left.iter().any(|property| property.group_name == OWN_GROUP) {
            let path = format!("/groups/{OWN_GROUP}");
            gone_is_fine(self.run(lane, portal, self.asking(Method::DELETE, object_type, &path, None)).await)?;
        }
        Ok(there)
    }

    async fn archive(
        &self,
        lane: Lane,
        portal: PortalId,
        object_type: ObjectType,
        name: &str,
    ) -> Result<(), HubSpotError> {
        let path = format!("/{name}");
        gone_is_fine(self.run(lane, portal, self.asking(Method::DELETE, object_type, &path, None)).await)
    }

    fn asking(&self, method: Method, object_type: ObjectType, end: &str, body: Option<Value>) -> Request {
        let path = format!("/crm/properties/{}/{}{end}", self.versions().properties, object_type.plural());
        Request { operation: "properties", method, path, query: vec![], body }
    }
}

/// Whether records can be named by it.
fn unique(property: &Property) -> Result<(), HubSpotError> {
    if property.has_unique_value { Ok(()) } else { Err(HubSpotError::Rejected { category: NOT_UNIQUE.to_owned() }) }
}

/// Whether it takes the one value that we write.
fn takes_our_state(property: &Property) -> Result<(), HubSpotError> {
    if property.kind == "enumeration" && property.options.iter().any(|choice| choice.value == DELETED_IN_ERP) {
        return Ok(());
    }
    Err(HubSpotError::Rejected { category: NOT_A_STATE.to_owned() })
}

/// A property's name, which goes into a path: lower case, digits and `_` only, as HubSpot has them.
fn word(name: &str) -> Result<&str, HubSpotError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !name.is_empty() && name.len() <= 200 && name.bytes().all(fits) {
        return Ok(name);
    }
    Err(HubSpotError::Rejected { category: "PROPERTY_NAME".to_owned() })
}

/// `false`: it was there already.
fn there_is_fine(made: Result<(), HubSpotError>) -> Result<bool, HubSpotError> {
    match made {
        Ok(()) => Ok(true),
        Err(HubSpotError::Rejected { category }) if category == "CONFLICT" => Ok(false),
        Err(error) => Err(error),
    }
}

/// What is gone need not be deleted.
fn gone_is_fine(deleted: Result<(), HubSpotError>) -> Result<(), HubSpotError> {
    match deleted {
        Err(HubSpotError::Missing) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_hubspot_has_as_names_goes_into_a_path() {
        assert!(word("ledgercard_key").is_ok());
        for bad in ["", "../groups", "a b", "A", "x?archived=true", "ü"] {
            assert!(word(bad).is_err(), "{bad}");
        }
    }
}
