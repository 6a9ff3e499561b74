//! One row of the mapping, ready to be worked out for many records.

use std::{fmt, sync::Arc};

use super::{
    canon::canon,
    expr::{Expr, ExprError, Outcome},
    fault::{Cause, RowFault, cause_of},
    forms,
    scope::Scope,
    tables::ValueTable,
    to_field::{of_property, to_field},
    to_property::to_property,
};
use crate::{
    domain::field::{FieldInfo, Value},
    sync::flow::{Direction, Row, Winner},
};

/// What becomes of a property.
#[derive(Clone, PartialEq, Eq)]
pub enum Mapped {
    /// It is left alone.
    Leave,
    /// It loses its value.
    Clear,
    /// It gets this value, in HubSpot's text form for its kind.
    Set(String),
}

/// What becomes of a field of the ERP.
#[derive(Clone, PartialEq, Eq)]
pub enum MappedErp {
    /// It is left alone.
    Leave,
    /// It loses its value.
    Clear,
    /// It gets this value.
    Set(Value),
}

/// Shows no value.
impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leave => "Leave",
            Self::Clear => "Clear",
            Self::Set(_) => "Set(…)",
        })
    }
}

/// Shows no value.
impl fmt::Debug for MappedErp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leave => "Leave",
            Self::Clear => "Clear",
            Self::Set(_) => "Set(…)",
        })
    }
}

/// How a value gets from one side to the other.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// As it is.
    Rename,
    /// Through a value table.
    Table(Arc<ValueTable>),
    /// By an expression.
    Expr(Expr),
}

/// A row that was compiled for one account and one portal.
#[derive(Debug, Clone)]
pub struct RowPlan {
    pub(super) row: Arc<Row>,
    pub(super) property: Arc<FieldInfo>,
    pub(super) field: Option<Arc<FieldInfo>>,
    pub(super) forth: Option<Way>,
    pub(super) back: Option<Way>,
}

impl RowPlan {
    /// Its id within the target.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.row.id
    }

    /// The property in HubSpot.
    #[must_use]
    pub fn property(&self) -> &FieldInfo {
        &self.property
    }

    /// The field in the ERP that it renames or that it writes to.
    #[must_use]
    pub fn field(&self) -> Option<&FieldInfo> {
        self.field.as_deref()
    }

    /// Which way it goes.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.row.direction
    }

    /// Which side wins.
    #[must_use]
    pub fn winner(&self) -> Winner {
        self.row.winner
    }

    /// Whether it goes to HubSpot.
    #[must_use]
    pub fn goes_to_hubspot(&self) -> bool {
        self.forth.is_some() && self.row.direction != Direction::ToErp
    }

    /// Whether it goes to the ERP.
    #[must_use]
    pub fn goes_to_erp(&self) -> bool {
        self.back.is_some() && self.row.direction != Direction::ToHubspot
    }

    /// What the property gets from a record of the ERP. A renamed field that is empty clears.
    ///
    /// # Errors
    /// Why there is no value.
    pub fn to_property(&self, record: &Scope<'_>) -> Result<Mapped, RowFault> {
        let value = match (&self.forth, self.field.as_deref()) {
            (Some(Way::Expr(expr)), _) => {
                match expr.eval(record).map_err(|error| self.failed(&self.row.property, error))? {
                    Outcome::Nothing => return Ok(Mapped::Leave),
                    Outcome::Empty => return Ok(Mapped::Clear),
                    Outcome::Value(value) => value,
                }
            }
            (Some(way), Some(field)) => {
                let Some(value) = record.get(&field.name) else { return Ok(Mapped::Clear) };
                match way {
                    Way::Table(table) => match table.of(&value).map(str::trim) {
                        Some("") => return Ok(Mapped::Clear),
                        Some(known) => Value::Text(known.to_owned()),
                        None => return Err(self.fault(&self.row.property, Cause::InvalidOption)),
                    },
                    _ => value.into_owned(),
                }
            }
            _ => return Ok(Mapped::Leave),
        };
        if is_blank(&value) {
            return Ok(Mapped::Clear);
        }
        let text = to_property(&value, &self.property);
        text.map(Mapped::Set).map_err(|cause| self.fault(&self.row.property, cause))
    }

    /// What the field gets from a record in HubSpot. A renamed property that is empty clears.
    ///
    /// # Errors
    /// Why there is no value.
    pub fn to_field(&self, properties: &Scope<'_>) -> Result<MappedErp, RowFault> {
        let (Some(way), Some(field)) = (&self.back, self.field.as_deref()) else { return Ok(MappedErp::Leave) };
        let value = match way {
            Way::Expr(expr) => match expr.eval(properties).map_err(|error| self.failed(&field.name, error))? {
                Outcome::Nothing => return Ok(MappedErp::Leave),
                Outcome::Empty => return Ok(MappedErp::Clear),
                Outcome::Value(value) => value,
            },
            Way::Rename | Way::Table(_) => {
                let Some(value) = properties.get(&self.property.name) else { return Ok(MappedErp::Clear) };
                match way {
                    Way::Table(table) => back_through(table, &value)
                        .ok_or_else(|| self.fault(&field.name, Cause::InvalidOption))
                        .map(|word| Value::Text(word.to_owned()))?,
                    _ => value.into_owned(),
                }
            }
        };
        if is_blank(&value) {
            return Ok(MappedErp::Clear);
        }
        to_field(&value, field).map(MappedErp::Set).map_err(|cause| self.fault(&field.name, cause))
    }

    /// The one form of the property's value, for the base's hash on HubSpot's side; empty for none.
    #[must_use]
    pub fn hubspot_form(&self, text: Option<&str>) -> String {
        text.map(|text| canon(self.property.kind, text)).unwrap_or_default()
    }

    /// The one form of the ERP's side, for the base's hash: of what the record says in HubSpot's words, or of the field's
    /// own value where the row leads to the ERP only. `None`: the row leaves the property alone for this record.
    ///
    /// # Errors
    /// As [`RowPlan::to_property`].
    pub fn erp_form(&self, record: &Scope<'_>) -> Result<Option<String>, RowFault> {
        if self.forth.is_some() {
            return Ok(match self.to_property(record)? {
                Mapped::Leave => None,
                Mapped::Clear => Some(String::new()),
                Mapped::Set(text) => Some(canon(self.property.kind, &text)),
            });
        }
        let value = self.field.as_deref().and_then(|field| record.get(&field.name));
        Ok(Some(value.map(|value| field_form(&value)).unwrap_or_default()))
    }

    /// The property's value as an expression and a rename see it.
    pub(super) fn read(&self, text: &str) -> Option<Value> {
        of_property(text, &self.property)
    }

    fn fault(&self, field: &str, cause: Cause) -> RowFault {
        RowFault { row: self.row.id.clone(), field: field.to_owned(), cause, error: None }
    }

    fn failed(&self, field: &str, error: ExprError) -> RowFault {
        let cause = cause_of(&error.problem);
        RowFault { row: self.row.id.clone(), field: field.to_owned(), cause, error: Some(error) }
    }
}

/// A property's value holds the option's own word.
fn back_through<'a>(table: &'a ValueTable, value: &Value) -> Option<&'a str> {
    match value {
        Value::Choice { id, label } => table.to_erp(id).or_else(|| table.to_erp(label)),
        Value::Text(text) => table.to_erp(text),
        Value::Flag(flag) => table.to_erp(&flag.to_string()),
        Value::Number(number) => table.to_erp(&forms::plain(*number)),
        Value::Date(date) => table.to_erp(&date.to_string()),
        Value::Many(many) if many.len() == 1 => table.to_erp(&many[0]),
        Value::Many(_) | Value::Money(_) | Value::Instant(_) => None,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        Value::Choice { id, label } => id.trim().is_empty() && label.trim().is_empty(),
        Value::Many(many) => many.iter().all(|one| one.trim().is_empty()),
        _ => false,
    }
}

/// The one form of a value of the ERP.
pub(super) fn field_form(value: &Value) -> String {
    match value {
        Value::Text(text) => text.replace("\r\n", "\n").trim().to_owned(),
        Value::Number(number) => forms::plain(*number),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(ms) => ms.to_string(),
        Value::Money(money) => format!("{} {}", forms::plain(money.amount()), money.currency()),
        Value::Choice { id, .. } => id.clone(),
        Value::Many(many) => {
            let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
            many.sort_unstable();
            many.join(";")
        }
    }
}
