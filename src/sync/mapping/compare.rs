//! What differs between two mappings, row by row: shown before one takes the other's place.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{document::MappingDoc, tables::ValueTable};
use crate::sync::flow::Row;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The target of a row.
    pub target: Option<String>,
    /// The row.
    pub row: Option<String>,
    /// The value table, where one differs.
    pub table: Option<String>,
    /// What happened to it.
    pub what: What,
    /// Of a changed one: which parts, by the names they have in the document.
    pub parts: Vec<&'static str>,
}

/// What happened to a row or table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, but not the same.
    Changed,
}

/// What there is to do to get from `a` to `b`; in the order of targets, rows and tables. The order of rows is no difference.
#[must_use]
pub fn compare(a: &MappingDoc, b: &MappingDoc) -> Vec<Difference> {
    let (before, after) = (rows(a), rows(b));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let of = |what, parts| {
            let (target, row) = (Some(key.0.to_owned()), Some(key.1.to_owned()));
            Difference { target, row, table: None, what, parts }
        };
        found.extend(differs(before.get(key).copied(), after.get(key).copied(), row_parts).map(|(w, p)| of(w, p)));
    }
    let (before, after) = (tables(a), tables(b));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let of = |what, parts| {
            let table = Some((*name).to_owned());
            Difference { target: None, row: None, table, what, parts }
        };
        found.extend(differs(before.get(name).copied(), after.get(name).copied(), table_parts).map(|(w, p)| of(w, p)));
    }
    found
}

fn rows(doc: &MappingDoc) -> BTreeMap<(&str, &str), &Row> {
    doc.targets.iter().flat_map(|t| t.rows.iter().map(|row| ((t.key.as_str(), row.id.as_str()), row))).collect()
}

fn tables(doc: &MappingDoc) -> BTreeMap<&str, &ValueTable> {
    doc.tables.iter().map(|table| (table.name.as_str(), table)).collect()
}

type Parts = Vec<&'static str>;

fn differs<T>(before: Option<&T>, after: Option<&T>, parts: fn(&T, &T) -> Parts) -> Option<(What, Parts)> {
    match (before, after) {
        (None, None) => None,
        (None, Some(_)) => Some((What::Added, Vec::new())),
        (Some(_), None) => Some((What::Removed, Vec::new())),
        (Some(before), Some(after)) => {
            Some((What::Changed, parts(before, after))).filter(|(_, parts)| !parts.is_empty())
        }
    }
}

fn row_parts(a: &Row, b: &Row) -> Parts {
    let parts = [
        ("property", a.property == b.property),
        ("field", a.field == b.field),
        ("toHubspot", a.to_hubspot == b.to_hubspot),
        ("toErp", a.to_erp == b.to_erp),
        ("direction", a.direction == b.direction),
        ("winner", a.winner == b.winner),
        ("table", a.table == b.table),
        ("locked", a.locked == b.locked),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

fn table_parts(a: &ValueTable, b: &ValueTable) -> Parts {
    let parts = [("pairs", a.pairs == b.pairs), ("otherwise", a.otherwise == b.otherwise)];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
