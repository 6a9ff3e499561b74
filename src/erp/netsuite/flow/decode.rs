//! From rows to records: pure.
//!
//! Promise: a value that cannot be read makes its row a broken one, named by id and field; it is never guessed or left out.

use std::time::Duration;

use jiff::{civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use super::{
    super::wire::Fields as Row,
    moment::Wall,
    select::{Column, Plan},
};
use crate::{
    clock::Millis,
    domain::{
        field::{FieldKind, Fields, Value},
        ids::SourceId,
        money::{Currency, Money},
    },
    erp::{
        ErpError,
        source::{BrokenRow, Kind, OURS, Parent, SourceRecord},
    },
};

/// What is needed beside the row.
#[derive(Debug, Clone)]
pub(super) struct Reader<'p> {
    pub(super) kind: Kind,
    pub(super) plan: &'p Plan,
    /// The currency of amounts whose row names none.
    pub(super) base: Option<Currency>,
    /// How far before UTC the account's clock is, in minutes.
    pub(super) offset: i32,
    /// The account's zone, where it is known.
    pub(super) zone: Option<&'p TimeZone>,
    /// The present instant.
    pub(super) now: Millis,
}

/// A row that was read, or is broken; with its number and its stamp, where that can be read.
pub(super) struct Decoded {
    pub(super) id: u64,
    pub(super) stamp: Option<Wall>,
    pub(super) record: Result<SourceRecord, BrokenRow>,
}

/// The id of a row.
///
/// # Errors
/// [`ErpError::Broken`]: a row without an id cannot be told of.
pub(super) fn id(row: &Row, field: &str) -> Result<u64, ErpError> {
    row.text(field)
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| ErpError::Broken { what: format!("field {field}") })
}

/// A number as an id.
///
/// # Errors
/// [`ErpError::Broken`]; digits always fit.
pub(super) fn source_id(id: u64) -> Result<SourceId, ErpError> {
    id.to_string().parse().map_err(|_| ErpError::Broken { what: "field id".to_owned() })
}

impl Reader<'_> {
    /// Reads a row.
    ///
    /// # Errors
    /// [`ErpError::Broken`] when it has no id.
    pub(super) fn read(&self, row: &Row) -> Result<Decoded, ErpError> {
        let number = id(row, "id")?;
        let id = source_id(number)?;
        let stamp: Option<Wall> = row.text("stamp").and_then(|text| text.parse().ok());
        let Some(wall) = stamp else {
            let broken = BrokenRow { id, field: "lastmodifieddate".to_owned(), stamp: String::new() };
            return Ok(Decoded { id: number, stamp, record: Err(broken) });
        };
        let record = match self.fields(row).and_then(|fields| Ok((fields, self.parents(row)?))) {
            Ok((fields, parents)) => Ok(SourceRecord {
                kind: self.kind,
                id,
                stamp: wall.to_string(),
                modified_at: self.modified(wall),
                inactive: row.is_true("inactive"),
                fields,
                parents,
                ours: row.text("ours").filter(|id| id.starts_with(OURS)).map(str::to_owned),
            }),
            Err(Unreadable(field)) => Err(BrokenRow { id, field, stamp: wall.to_string() }),
        };
        Ok(Decoded { id: number, stamp, record })
    }

    fn fields(&self, row: &Row) -> Result<Fields, Unreadable> {
        let mut fields = Fields::new();
        for (at, column) in self.plan.columns.iter().enumerate() {
            let Some(text) = row.text(&format!("f{at}")).map(str::trim).filter(|text| !text.is_empty()) else {
                continue;
            };
            let label = || row.text(&format!("l{at}")).map_or(text, str::trim).to_owned();
            let value = self.value(row, column, text, label).ok_or_else(|| Unreadable(column.name.clone()))?;
            fields.insert(column.name.clone(), value);
        }
        Ok(fields)
    }

    fn value(&self, row: &Row, column: &Column, text: &str, label: impl Fn() -> String) -> Option<Value> {
        Some(match column.kind {
            FieldKind::Text | FieldKind::Email | FieldKind::Phone | FieldKind::Url => Value::Text(text.to_owned()),
            FieldKind::Number => Value::Number(number(text)?),
            FieldKind::Flag => Value::Flag(flag(text)?),
            FieldKind::Date => Value::Date(text.parse::<Date>().ok()?),
            FieldKind::Instant => Value::Instant(self.instant(text.parse().ok()?)?.0),
            FieldKind::Money => {
                let named = row.text("amountcurrency").map(|code| code.parse::<Currency>().ok());
                Value::Money(Money::new(number(text)?, named.unwrap_or(self.base)?))
            }
            FieldKind::Choice | FieldKind::Reference => Value::Choice { id: text.to_owned(), label: label() },
            FieldKind::Many => {
                let ids = text.split([',', '\u{5}']).map(str::trim).filter(|id| !id.is_empty());
                Value::Many(ids.map(str::to_owned).collect())
            }
        })
    }

    /// A stamp as an instant, never later than now. Of today's the clock's present distance from UTC is right, also in the
    /// hour that comes twice.
    fn modified(&self, stamp: Wall) -> Option<Millis> {
        const DAY: Duration = Duration::from_hours(24);
        let by_offset = stamp.at_offset(self.offset)?;
        let at = if self.now.since(by_offset) < DAY { Some(by_offset) } else { self.instant(stamp) };
        at.map(|at| at.min(self.now))
    }

    /// A reading of the account's clock as an instant: by its zone, else by what its clock is from UTC now.
    fn instant(&self, wall: Wall) -> Option<Millis> {
        self.zone.map_or_else(|| wall.at_offset(self.offset), |zone| wall.in_zone(zone))
    }

    fn parents(&self, row: &Row) -> Result<Vec<Parent>, Unreadable> {
        // Contacts of suppliers and partners have companies that are no customers.
        let other = row.text("parenttype").is_some_and(|kind| !kind.eq_ignore_ascii_case("custjob"));
        let Some(text) = row.text("parent").filter(|_| !other) else { return Ok(Vec::new()) };
        let unreadable = || Unreadable(if self.kind == Kind::Contact { "company" } else { "parent" }.to_owned());
        let id: u64 = text.trim().parse().map_err(|_| unreadable())?;
        Ok(vec![Parent { kind: Kind::Customer, id: source_id(id).map_err(|_| unreadable())?, primary: true }])
    }
}

/// The field that cannot be read.
struct Unreadable(String);

fn number(text: &str) -> Option<Decimal> {
    // A percentage carries its sign.
    let text = text.trim_end_matches('%').trim();
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" => Some(true),
        "f" | "false" => Some(false),
        _ => None,
    }
}
