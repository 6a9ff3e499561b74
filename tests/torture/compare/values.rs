//! Field by field: what each policy allows to stand on either side.

use super::{Facts, name};
use crate::{
    fields::{Field, Target},
    sides::{Record, Row, RowId},
    story::{Born, Saga},
};

/// The same text to both systems: addresses in lower case.
fn same(field: &str, a: &str, b: &str) -> bool {
    if field == "email" { a.eq_ignore_ascii_case(b) } else { a == b }
}

impl Facts<'_> {
    /// What only goes to HubSpot is in NetSuite as people left it.
    pub(super) fn untouched_columns(&mut self, id: RowId, saga: &Saga, row: &Row) {
        for target in crate::story::targets(id.0, row) {
            for field in target.fields().iter().filter(|field| !field.both()) {
                // Another target of the same row may write this column.
                let written = target == Target::Mailbox && field.column != "email";
                let (_, last) = saga.last_in_erp(field.column);
                if !written && !same(field.property, last, row.value(field.column)) {
                    self.differs(format!(
                        "{}: its {} in NetSuite is \"{}\", people left \"{last}\"",
                        name(id, target),
                        field.column,
                        row.value(field.column)
                    ));
                }
            }
        }
    }

    /// The values of a row and its record.
    pub(super) fn values(&mut self, (id, target): (RowId, Target), saga: &Saga, row: &Row, record: &Record) {
        for field in target.fields() {
            let (erp, hubspot) = (row.value(field.column), record.value(field.property));
            let wrong = if field.both() && is_left_alone(target, row) {
                apart(target, field, saga, (erp, hubspot))
            } else if field.both() {
                both(target, field, saga, (erp, hubspot))
            } else {
                to_hubspot(target, field, saga, (erp, hubspot))
            };
            let must = saga.must.get(&(target, field.property)).filter(|must| *must != hubspot);
            let wrong = wrong.or_else(|| must.map(|must| format!("must be \"{must}\" by its policy")));
            if let Some(wrong) = wrong {
                self.differs(format!(
                    "{} = {}: {} is \"{erp}\" in NetSuite and \"{hubspot}\" in HubSpot: {wrong}",
                    name(id, target),
                    record.id,
                    field.property
                ));
            }
        }
    }

    /// The values of a record that people made in HubSpot, and of its row.
    pub(super) fn born_values(&mut self, born: &Born, row: &Row, record: &Record) {
        for field in born.target.fields().iter().filter(|field| field.both()) {
            let given = born.properties.get(field.property).map(String::as_str).unwrap_or_default();
            let (erp, hubspot) = (row.value(field.column), record.value(field.property));
            if !same(field.property, erp, hubspot) || !same(field.property, given, hubspot) {
                let (id, property) = (born.id, field.property);
                let what = format!("\"{given}\", is \"{erp}\" in NetSuite and \"{hubspot}\" in HubSpot");
                self.differs(format!("HubSpot's new {:?} {id} = {}: {property} was {what}", born.target, row.id));
            }
        }
    }
}

/// Whether a contact has no company any more: NetSuite refuses every change of it, since it has no subsidiary either.
pub(super) fn is_left_alone(target: Target, row: &Row) -> bool {
    target == Target::Contact && row.columns["company"].is_null()
}

/// A field that goes both ways, of a row that NetSuite lets nobody change: each side has what was written there last.
fn apart(target: Target, field: &Field, saga: &Saga, sides: (&str, &str)) -> Option<String> {
    let wrong = both(target, field, saga, sides)?;
    let own = same(field.property, saga.last_in_erp(field.column).1, sides.0);
    let there =
        saga.last_in_hubspot(target, field.property).is_some_and(|(_, value)| same(field.property, value, sides.1));
    (!(own && there)).then_some(wrong)
}

/// A field that goes both ways: both sides have the same, and it is what somebody wrote last on one of them.
fn both(target: Target, field: &Field, saga: &Saga, (erp, hubspot): (&str, &str)) -> Option<String> {
    if !same(field.property, erp, hubspot) {
        return Some("it goes both ways".to_owned());
    }
    let (erp_at, by_erp) = saga.last_in_erp(field.column);
    let by_hubspot = saga.last_in_hubspot(target, field.property);
    let started = saga.erp.values().map(|(at, _)| *at).min().unwrap_or_default();
    let fits = match by_hubspot {
        None => same(field.property, by_erp, erp),
        // Nobody changed it in NetSuite.
        Some((_, value)) if erp_at <= started => same(field.property, value, erp),
        Some((_, value)) => same(field.property, value, erp) || same(field.property, by_erp, erp),
    };
    (!fits).then(|| format!("people wrote \"{by_erp}\" in NetSuite and {by_hubspot:?} in HubSpot last"))
}

/// A field that goes to HubSpot: it has NetSuite's value, unless somebody changed it there since.
fn to_hubspot(target: Target, field: &Field, saga: &Saga, (erp, hubspot): (&str, &str)) -> Option<String> {
    let (erp_at, _) = saga.last_in_erp(field.column);
    let by_hubspot = saga.last_in_hubspot(target, field.property);
    let started = saga.erp.values().map(|(at, _)| *at).min().unwrap_or_default();
    let same = |a: &str| same(field.property, a, hubspot);
    let fits = match by_hubspot {
        None => same(erp),
        Some((at, _)) if erp_at > at => same(erp),
        Some((_, value)) if erp_at <= started => same(value),
        Some((_, value)) => same(value) || same(erp),
    };
    (!fits).then(|| format!("people wrote {by_hubspot:?} in HubSpot last"))
}
