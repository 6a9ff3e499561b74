//! Proving on live records that two expressions undo each other.
//!
//! Promise: a row is proved only if every record it was tried on came back as it was, both ways, and there was one with a
//! value on either side. Never: a value in what is told.

use std::collections::BTreeMap;

use super::{
    canon::canon,
    fault::Cause,
    plan::TargetPlan,
    row::{Mapped, MappedErp, RowPlan, Way, field_form},
    scope::Scope,
};
use crate::domain::field::{Fields, Value};

/// Why a row is not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproved {
    /// It does not go both ways, or there is no such row.
    OneWay,
    /// An expression reads more than its one field or property: what others say cannot be undone.
    ReadsOthers(String),
    /// No record had a value to try it on.
    NoSample,
    /// A record of the ERP came back changed, or not at all.
    Erp {
        /// Which of the records, counted from 0.
        sample: usize,
        /// Why there was no value, where there was none.
        cause: Option<Cause>,
    },
    /// A record of HubSpot came back changed, or not at all.
    Hubspot {
        /// Which of the records, counted from 0.
        sample: usize,
        /// Why there was no value, where there was none.
        cause: Option<Cause>,
    },
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Every record came back.
    Proved {
        /// How many had a value.
        tried: usize,
    },
    /// It is not proved.
    Unproved(Unproved),
}

/// Tries the row `row` of `target` on the fields of live records of the ERP and on the properties of live records in HubSpot.
#[must_use]
pub fn prove(
    target: &TargetPlan,
    row: &str,
    records: &[Fields],
    properties: &[BTreeMap<String, Option<String>>],
) -> Proof {
    let row = target.row(row).filter(|row| row.goes_to_hubspot() && row.goes_to_erp());
    match row {
        Some(row) => match try_all(target, row, records, properties) {
            Ok(tried) => Proof::Proved { tried },
            Err(why) => Proof::Unproved(why),
        },
        None => Proof::Unproved(Unproved::OneWay),
    }
}

fn try_all(
    target: &TargetPlan,
    row: &RowPlan,
    records: &[Fields],
    properties: &[BTreeMap<String, Option<String>>],
) -> Result<usize, Unproved> {
    let Some(field) = row.field() else { return Err(Unproved::OneWay) };
    reads_one(row.forth.as_ref(), &field.name)?;
    reads_one(row.back.as_ref(), &row.property().name)?;
    let mut tried = 0;
    for (sample, record) in records.iter().enumerate() {
        let Some(value) = record.get(&field.name) else { continue };
        let came_back = there_and_back(target, row, value).map_err(|cause| Unproved::Erp { sample, cause })?;
        if came_back.as_ref().map(field_form) != Some(field_form(value)) {
            return Err(Unproved::Erp { sample, cause: None });
        }
        tried += 1;
    }
    for (sample, properties) in properties.iter().enumerate() {
        let text = properties.get(&row.property().name).and_then(Option::as_deref);
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        let came_back = back_and_there(target, row, text).map_err(|cause| Unproved::Hubspot { sample, cause })?;
        if canon(row.property().kind, &came_back) != canon(row.property().kind, text) {
            return Err(Unproved::Hubspot { sample, cause: None });
        }
        tried += 1;
    }
    if tried == 0 { Err(Unproved::NoSample) } else { Ok(tried) }
}

fn reads_one(way: Option<&Way>, name: &str) -> Result<(), Unproved> {
    let Some(Way::Expr(expr)) = way else { return Ok(()) };
    let other = expr.fields().into_iter().find(|other| *other != name).map(str::to_owned);
    other.map_or(Ok(()), |other| Err(Unproved::ReadsOthers(other)))
}

/// The field's value after it went to HubSpot and back.
fn there_and_back(target: &TargetPlan, row: &RowPlan, value: &Value) -> Result<Option<Value>, Option<Cause>> {
    let field = row.field().map(|field| field.name.clone()).unwrap_or_default();
    let text = forth(target, row, &Fields::from([(field, value.clone())]))?;
    back(target, row, &text)
}

/// The property's text after it went to the ERP and back; empty where nothing did.
fn back_and_there(target: &TargetPlan, row: &RowPlan, text: &str) -> Result<String, Option<Cause>> {
    let field = row.field().map(|field| field.name.clone()).unwrap_or_default();
    let Some(value) = back(target, row, text)? else { return Ok(String::new()) };
    forth(target, row, &Fields::from([(field, value)]))
}

fn forth(target: &TargetPlan, row: &RowPlan, fields: &Fields) -> Result<String, Option<Cause>> {
    let tables = target.tables();
    match row.to_property(&Scope::of_record(fields, false, tables)).map_err(|fault| Some(fault.cause))? {
        Mapped::Set(text) => Ok(text),
        Mapped::Leave | Mapped::Clear => Ok(String::new()),
    }
}

fn back(target: &TargetPlan, row: &RowPlan, text: &str) -> Result<Option<Value>, Option<Cause>> {
    let property = row.property().name.clone();
    let properties: Fields = row.read(text).map(|value| (property, value)).into_iter().collect();
    match row.to_field(&target.scope_of_properties(&properties)).map_err(|fault| Some(fault.cause))? {
        MappedErp::Set(value) => Ok(Some(value)),
        MappedErp::Leave | MappedErp::Clear => Ok(None),
    }
}
