//! Properties of records, and the one of our own.
//!
//! Our property `ledgercard_key` holds `<system>:<account>:<kind>:<id>` and is unique: a record made by an upsert with it is
//! made once. It is made idempotently, and again when an administrator deleted it (hubspot.md §4.8).

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
/// Our group's internal name.
pub const OWN_GROUP: &str = "ledgercard";

/// The category that a call about an existing property gets when the property is there but is not what it must be.
pub const NOT_UNIQUE: &str = "PROPERTY_NOT_UNIQUE";

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
    /// Whether it was deleted.
    #[serde(default)]
    pub archived: bool,
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
        if self.own_property(lane, portal, object_type).await? {
            return Ok(Ensured::Present);
        }
        let group = json!({ "name": OWN_GROUP, "label": "Ledgercard", "displayOrder": -1 });
        there_is_fine(self.run(lane, portal, self.asking(Method::POST, object_type, "/groups", Some(group))).await)?;
        let property = json!({
            "name": OWN_PROPERTY, "label": "Ledgercard key", "groupName": OWN_GROUP, "type": "string",
            "fieldType": "text", "hasUniqueValue": true, "formField": false,
            "description": "Names the ERP record behind this one. Kept by Ledgercard; please leave it as it is.",
        });
        let made =
            there_is_fine(self.run(lane, portal, self.asking(Method::POST, object_type, "", Some(property))).await)?;
        if made {
            return Ok(Ensured::Created);
        }
        // Somebody else made it meanwhile, such as another replica.
        if self.own_property(lane, portal, object_type).await? {
            return Ok(Ensured::Present);
        }
        Err(HubSpotError::Rejected { category: "CONFLICT".to_owned() })
    }

    /// Deletes our property, and our group where nothing else stands in it. `false`: there was none.
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
            let path = format!("/{OWN_PROPERTY}");
            gone_is_fine(self.run(lane, portal, self.asking(Method::DELETE, object_type, &path, None)).await)?;
        }
        let left = self.properties(lane, portal, object_type).await?;
        if !left.iter().any(|property| property.group_name == OWN_GROUP) {
            let path = format!("/groups/{OWN_GROUP}");
            gone_is_fine(self.run(lane, portal, self.asking(Method::DELETE, object_type, &path, None)).await)?;
        }
        Ok(there)
    }

    /// Whether our property is there, as it must be.
    async fn own_property(&self, lane: Lane, portal: PortalId, object: ObjectType) -> Result<bool, HubSpotError> {
        match self.property(lane, portal, object, OWN_PROPERTY).await? {
            None => Ok(false),
            Some(property) if property.has_unique_value => Ok(true),
            Some(_) => Err(HubSpotError::Rejected { category: NOT_UNIQUE.to_owned() }),
        }
    }

    fn asking(&self, method: Method, object_type: ObjectType, end: &str, body: Option<Value>) -> Request {
        let path = format!("/crm/properties/{}/{}{end}", self.versions().properties, object_type.plural());
        Request { operation: "properties", method, path, query: vec![], body }
    }
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
