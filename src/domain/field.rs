//! Fields of records as they flow: values by name, and what is known of a field.
//!
//! Promise: a value says of which kind it is, amounts carry their currency, and an empty field is one that is not there.
//! Never: a float. A value is shown to the records it belongs to, and to no log: `Debug` tells its kind only.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money::Money;

/// The value of one field.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, never empty.
    Text(String),
    /// A plain number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A day without a time.
    Date(Date),
    /// An instant, in milliseconds since 1970 (UTC).
    Instant(i64),
    /// An amount with its currency.
    Money(Money),
    /// One of a list: the system's own word for it, and what people read.
    Choice {
        /// The system's word.
        id: String,
        /// What people read.
        label: String,
    },
    /// Several of a list.
    Many(Vec<String>),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Flag(_) => "Flag(…)",
            Self::Date(_) => "Date(…)",
            Self::Instant(_) => "Instant(…)",
            Self::Money(_) => "Money(…)",
            Self::Choice { .. } => "Choice(…)",
            Self::Many(_) => "Many(…)",
        })
    }
}

/// The fields of a record that have a value, by name.
pub type Fields = BTreeMap<String, Value>;

/// What kind of values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// A plain number.
    Number,
    /// Yes or no.
    Flag,
    /// A day without a time.
    Date,
    /// An instant, in milliseconds since 1970 (UTC).
    Instant,
    /// An amount with its currency.
    Money,
    /// One of a list.
    Choice,
    /// Several of a list.
    Many,
    /// Another record.
    Reference,
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldOption {
    /// The system's own word for it.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// What is known of a field (ERP) or property (HubSpot).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldInfo {
    /// The system's own name of it.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The list, for [`FieldKind::Choice`] and [`FieldKind::Many`]; empty where it is not known.
    pub options: Vec<FieldOption>,
    /// The most characters it takes, where that is known.
    pub max_length: Option<u32>,
    /// Whether a record cannot be made without it.
    pub required: bool,
    /// Whether nobody can write it.
    pub read_only: bool,
    /// Whether an administrator of that system made it.
    pub custom: bool,
}
