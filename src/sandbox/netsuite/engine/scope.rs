//! Which names a statement may use at a place, and the SQL that was made for a piece of it.

use std::collections::HashSet;

use super::{
    SuiteQlError,
    schema::{Column, Kind, Trait},
};

/// A piece of SQL for SQLite, with what is known about its value.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    pub text: String,
    pub kind: Kind,
    /// For a column: what is special about it, and the SQL name of its table.
    pub special: Option<(Trait, String)>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>, kind: Kind) -> Self {
        Self { text: text.into(), kind, special: None }
    }
}

/// One table, sub-select or `WITH` name of a `FROM` clause.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The name by which columns are qualified, in lower case.
    pub alias: String,
    /// The record it shows, for the error text.
    pub record: String,
    pub columns: Vec<Column>,
}

/// The names of one `SELECT`, and those around it.
#[derive(Debug, Default)]
pub(super) struct Scope<'o> {
    pub sources: Vec<Source>,
    pub outer: Option<&'o Scope<'o>>,
}

/// Whether `SUM` and its like may stand here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregates {
    Refused,
    Allowed,
    Inside,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub scope: &'s Scope<'s>,
    /// In a grouped query: the SQL of the expressions it is grouped by.
    pub grouped: Option<&'s HashSet<String>>,
    pub aggregates: Aggregates,
}

/// A column that a name stands for.
pub(super) struct Resolved<'s> {
    pub source: &'s Source,
    pub column: &'s Column,
    /// It belongs to the `SELECT` around.
    pub outer: bool,
}

impl Scope<'_> {
    /// The column that `[qualifier.]name` stands for.
    pub(super) fn resolve(&self, qualifier: Option<&str>, name: &str) -> Result<Resolved<'_>, SuiteQlError> {
        let mut found = None;
        for source in self.sources.iter().filter(|s| qualifier.is_none_or(|q| q == s.alias)) {
            if let Some(column) = source.columns.iter().find(|c| c.name == name) {
                if found.is_some() {
                    return Err(SuiteQlError::invalid(format!("Field '{name}' is ambiguously defined")));
                }
                found = Some(Resolved { source, column, outer: false });
            }
        }
        if let Some(found) = found {
            return Ok(found);
        }
        if let Some(outer) = self.outer
            && let Ok(found) = outer.resolve(qualifier, name)
        {
            return Ok(Resolved { outer: true, ..found });
        }
        let whole = qualifier.map_or_else(|| name.to_owned(), |q| format!("{q}.{name}"));
        Err(self.unknown(&whole))
    }

    /// The error for a name that stands for nothing here.
    pub(super) fn unknown(&self, name: &str) -> SuiteQlError {
        let known: Vec<_> = self.sources.iter().map(|s| format!("{}={}", s.alias, s.record)).collect();
        SuiteQlError::invalid(format!(
            "Unknown identifier '{name}'. Available identifiers are: {{{}}}",
            known.join(", ")
        ))
    }
}

/// A name as SQLite takes it literally.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text literal for SQLite; the empty text is null.
pub(super) fn literal(text: &str) -> String {
    if text.is_empty() { "NULL".to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
