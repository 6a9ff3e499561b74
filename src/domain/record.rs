//! HubSpot records: the things a card hangs on.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::ids::{BadId, ObjectId};

/// The object types that carry the card. Written as HubSpot's type ids (`0-1`) on the wire, since that is what a
/// card's context holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
pub enum ObjectType {
    /// `0-1`
    #[serde(rename = "0-1")]
    Contact,
    /// `0-2`
    #[serde(rename = "0-2")]
    Company,
    /// `0-3`
    #[serde(rename = "0-3")]
    Deal,
}

impl ObjectType {
    /// All of them, in HubSpot's order.
    pub const ALL: [Self; 3] = [Self::Contact, Self::Company, Self::Deal];

    /// HubSpot's type id.
    #[must_use]
    pub const fn type_id(self) -> &'static str {
        match self {
            Self::Contact => "0-1",
            Self::Company => "0-2",
            Self::Deal => "0-3",
        }
    }

    /// The lower-case plural that HubSpot's API paths and hsmeta files use.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Company => "companies",
            Self::Deal => "deals",
        }
    }
}

impl FromStr for ObjectType {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::ALL
            .into_iter()
            .find(|t| t.type_id() == text)
            .ok_or(BadId { kind: "an object type", shape: "0-1 (contact), 0-2 (company) or 0-3 (deal)" })
    }
}

impl<'de> Deserialize<'de> for ObjectType {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One HubSpot record within a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordRef {
    /// Contact, company or deal.
    #[serde(rename = "objectTypeId")]
    pub object_type: ObjectType,
    /// Its id within the type.
    pub object_id: ObjectId,
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.object_type.type_id(), self.object_id)
    }
}
