//! Identifiers. Each kind of id is a type of its own, so that one can never stand in for another.
//!
//! Never: an id that has not been checked for its shape.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is no id of the asked kind. The text itself is not repeated: it may be hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {shape}")]
pub struct BadId {
    /// What was asked for, in words ("a HubSpot record id").
    pub kind: &'static str,
    /// The shape it must have, in words.
    pub shape: &'static str,
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
        #[schema(value_type = String, pattern = "^[0-9]{1,18}$", example = "501")]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            /// Digits only, 1 to 18 of them: it fits a signed 64-bit column of either database.
            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = BadId { kind: $kind, shape: "1 to 18 decimal digits" };
                if text.is_empty() || text.len() > 18 || !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(bad);
                }
                text.parse().map(Self).map_err(|_| bad)
            }
        }

        impl $name {
            /// The number as both databases store it.
            #[must_use]
            pub fn as_i64(self) -> i64 {
                i64::try_from(self.0).unwrap_or(i64::MAX)
            }

            /// The number as a database gave it back; negative values, which are never written, read as 0.
            #[must_use]
            pub fn from_i64(stored: i64) -> Self {
                Self(u64::try_from(stored).unwrap_or(0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

numeric_id!(
    /// A HubSpot account that installed the app: the tenant. Comes from a verified signature or a stored row only.
    PortalId,
    "a HubSpot portal id"
);
numeric_id!(
    /// A HubSpot user, as the signed query names them.
    UserId,
    "a HubSpot user id"
);
numeric_id!(
    /// A HubSpot app.
    AppId,
    "a HubSpot app id"
);
numeric_id!(
    /// A HubSpot contact, company or deal within its object type.
    ObjectId,
    "a HubSpot record id"
);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId { kind: $kind, shape: "a UUID" })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// One ERP account that a portal connected.
    ConnectionId,
    "a connection id"
);
uuid_id!(
    /// "This invoice was attached to this record by this user."
    AssociationId,
    "an association id"
);
uuid_id!(
    /// "This ERP record and this HubSpot record are the same thing."
    LinkId,
    "a link id"
);

uuid_id!(
    /// A connection that is being made: its key pair waits for the ERP to take the certificate.
    DraftId,
    "a draft id"
);

uuid_id!(
    /// One kind of records kept in step between a connection and HubSpot.
    FlowId,
    "a flow id"
);
uuid_id!(
    /// One working-off of a flow.
    RunId,
    "a run id"
);
uuid_id!(
    /// A pair of records that a person must decide about.
    ReviewId,
    "a review id"
);
uuid_id!(
    /// A record that the other side refused.
    ParkedId,
    "a parked record's id"
);

macro_rules! erp_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, pattern = "^[A-Za-z0-9_.:-]{1,64}$", example = "1227")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The id as the ERP writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            /// 1 to 64 letters, digits and `_ . : -`: every supported ERP's ids, and nothing that could change a URL or a query.
            fn from_str(text: &str) -> Result<Self, BadId> {
                let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-');
                if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
                    return Err(BadId { kind: $kind, shape: "1 to 64 letters, digits or the signs _ . : -" });
                }
                Ok(Self(text.into()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

erp_id!(
    /// A customer within one connection, in the ERP's own writing.
    CustomerId,
    "an ERP customer id"
);
erp_id!(
    /// An invoice or credit note within one connection, in the ERP's own writing.
    InvoiceId,
    "an ERP invoice id"
);

erp_id!(
    /// Any record within one connection, in the ERP's own writing. Ids of different kinds may look the same.
    SourceId,
    "an ERP record id"
);

impl From<&CustomerId> for SourceId {
    fn from(id: &CustomerId) -> Self {
        Self(std::sync::Arc::clone(&id.0))
    }
}

impl SourceId {
    /// The same id as that of a customer; only for a record that is one.
    #[must_use]
    pub fn customer(&self) -> CustomerId {
        CustomerId(std::sync::Arc::clone(&self.0))
    }
}

/// The key that a caller gives an action, so that a repeat is known as one: new for every action, a UUID as a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9_.:-]{8,100}$")]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as the caller wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = BadId;

    /// 8 to 100 letters, digits and `- _ . :`: room for a UUID, and nothing that a database could not hold.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
        if !(8..=100).contains(&text.len()) || !text.bytes().all(fits) {
            let shape = "8 to 100 letters, digits or the signs - _ . :, different for every action (a UUID)";
            return Err(BadId { kind: "an idempotency key", shape });
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IdempotencyKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_ids_take_digits_only() {
        assert_eq!("501".parse(), Ok(ObjectId(501)));
        for bad in ["", "-1", "+1", "1.0", " 1", "1e3", "0x1", "1234567890123456789", "٣"] {
            assert!(bad.parse::<ObjectId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn erp_ids_refuse_what_could_change_a_query() {
        assert!("1227".parse::<InvoiceId>().is_ok());
        assert!("eid:A-1".parse::<InvoiceId>().is_ok());
        for bad in ["", "1'2", "1 2", "../1", "1\0", "%27", "ü"] {
            assert!(bad.parse::<InvoiceId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_are_text_in_json() {
        assert_eq!(serde_json::to_string(&PortalId(4711)).unwrap(), "\"4711\"");
        assert!(serde_json::from_str::<PortalId>("4711").is_err());
    }
}
