//! How the domain's types stand in columns. Both databases give the same Rust types: `i64`, text, bytes, UUID, JSON.

use std::collections::BTreeMap;

use sqlx::{ColumnIndex, Decode, Row, Type, types::Json};
use uuid::Uuid;

use crate::{
    clock::Millis,
    domain::{
        ids::{
            AssociationId, ConnectionId, DraftId, FlowId, InvoiceId, LinkId, ObjectId, ParkedId, PortalId, ReviewId,
            RunId, SourceId, UserId,
        },
        record::ObjectType,
    },
};

/// A type that stands in one column as `Raw`.
pub(crate) trait Column: Sized {
    /// What the database driver gives.
    type Raw;

    /// Reads it; the error names the rule that is broken, never the value.
    fn read(raw: Self::Raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>>;
}

/// Reads the column `name` of `row`.
pub(crate) fn get<'r, T, R>(row: &'r R, name: &'static str) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Column,
    T::Raw: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let raw: T::Raw = row.try_get(name)?;
    T::read(raw).map_err(|source| sqlx::Error::ColumnDecode { index: name.to_owned(), source })
}

impl<T: Column> Column for Option<T> {
    type Raw = Option<T::Raw>;

    fn read(raw: Self::Raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        raw.map(T::read).transpose()
    }
}

macro_rules! columns {
    ($($type:ty as $raw:ty: $read:expr;)+) => {
        $(impl Column for $type {
            type Raw = $raw;

            fn read(raw: $raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                let read: fn($raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> = $read;
                read(raw)
            }
        })+
    };
}

columns! {
    i64 as i64: Ok;
    bool as bool: Ok;
    Uuid as Uuid: Ok;
    String as String: Ok;
    Vec<u8> as Vec<u8>: Ok;
    Millis as i64: |raw| Ok(Self(raw));
    PortalId as i64: |raw| Ok(Self(u64::try_from(raw)?));
    UserId as i64: |raw| Ok(Self(u64::try_from(raw)?));
    ObjectId as i64: |raw| Ok(Self(u64::try_from(raw)?));
    ConnectionId as Uuid: |raw| Ok(Self(raw));
    AssociationId as Uuid: |raw| Ok(Self(raw));
    LinkId as Uuid: |raw| Ok(Self(raw));
    DraftId as Uuid: |raw| Ok(Self(raw));
    FlowId as Uuid: |raw| Ok(Self(raw));
    RunId as Uuid: |raw| Ok(Self(raw));
    ParkedId as Uuid: |raw| Ok(Self(raw));
    ReviewId as Uuid: |raw| Ok(Self(raw));
    SourceId as String: |raw| Ok(raw.parse()?);
    InvoiceId as String: |raw| Ok(raw.parse()?);
    ObjectType as String: |raw| Ok(raw.parse()?);
    serde_json::Value as Json<serde_json::Value>: |raw| Ok(raw.0);
    Vec<String> as Json<Vec<String>>: |raw| Ok(raw.0);
    BTreeMap<String, String> as Json<BTreeMap<String, String>>: |raw| Ok(raw.0);
}

/// `words!(pub Status "a status" { Active = "active", … })`: an enum that stands in a text column as one of fixed words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $variant,)+ }

        impl $name {
            /// The word in the database.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::store::column::Column for $name {
            type Raw = String;

            fn read(raw: String) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                match raw.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(concat!("is none of the words of ", stringify!($name)).into()),
                }
            }
        }
    };
}

pub(crate) use words;

/// `from_row!(Thing { id, name } record: RecordRef { object_type, object_id })`: reads a [`Column`] per field by its name,
/// for both databases; fields of an inner struct are columns too.
macro_rules! from_row {
    ($name:ident { $($field:ident),+ $(,)? } $($outer:ident: $inner:ident { $($part:ident),+ })?) => {
        $crate::store::column::from_row!(@one sqlx::sqlite::SqliteRow, $name { $($field),+ } $($outer: $inner { $($part),+ })?);
        $crate::store::column::from_row!(@one sqlx::postgres::PgRow, $name { $($field),+ } $($outer: $inner { $($part),+ })?);
    };
    (@one $row:ty, $name:ident { $($field:ident),+ } $($outer:ident: $inner:ident { $($part:ident),+ })?) => {
        impl<'r> sqlx::FromRow<'r, $row> for $name {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($field: $crate::store::column::get(row, stringify!($field))?,)+
                    $($outer: $inner { $($part: $crate::store::column::get(row, stringify!($part))?,)+ },)?
                })
            }
        }
    };
}

pub(crate) use from_row;
