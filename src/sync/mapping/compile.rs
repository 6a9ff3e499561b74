//! From the text of a row to the ways its values take. Both the check before saving and the plan of a run go through here.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    expr::{Expr, Problem},
    row::Way,
    tables::{ValueTable, ValueTables},
    trouble::{Fault, Place, Trouble},
};
use crate::sync::flow::{Direction, Row};

/// The two ways of a row.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) forth: Option<Way>,
    pub(super) back: Option<Way>,
}

impl Ways {
    /// The expressions there are, with their places.
    pub(super) fn expressions(&self) -> impl Iterator<Item = (Place, &Expr)> {
        [(Place::ToHubspot, &self.forth), (Place::ToErp, &self.back)].into_iter().filter_map(|(place, way)| match way {
            Some(Way::Expr(expr)) => Some((place, expr)),
            _ => None,
        })
    }
}

/// The tables of a document by name; of two with one name the first.
pub(super) fn tables(tables: &[ValueTable]) -> ValueTables {
    let mut named = BTreeMap::new();
    for table in tables {
        named.entry(table.name.clone()).or_insert_with(|| Arc::new(table.clone()));
    }
    Arc::new(named)
}

/// The ways of `row`, of a target called `target`. A row with a fault in one way lacks that way.
pub(super) fn ways(target: &str, row: &Row, tables: &ValueTables, faults: &mut Vec<Fault>) -> Ways {
    faults.extend(shape(row).into_iter().map(|(place, trouble)| Fault::of_row(target, &row.id, place, trouble)));
    let mut expression = |place: Place, text: Option<&String>| {
        let compiled = compile(text?, tables);
        compiled.map(Way::Expr).map_err(|error| faults.push(Fault::of_expression(target, &row.id, place, error))).ok()
    };
    let forth = expression(Place::ToHubspot, row.to_hubspot.as_ref());
    let back = expression(Place::ToErp, row.to_erp.as_ref());
    let plain = match (&row.field, &row.table) {
        _ if computes(row) => None,
        (None, _) => None,
        (Some(_), None) => Some(Way::Rename),
        (Some(_), Some(name)) => {
            let table = tables.get(name).map(|table| Way::Table(Arc::clone(table)));
            if table.is_none() {
                let trouble = Trouble::UnknownTable(name.clone());
                faults.push(Fault::of_row(target, &row.id, Place::Table(name.clone()), trouble));
            }
            table
        }
    };
    Ways { forth: forth.or_else(|| plain.clone()), back: back.or(plain) }
}

fn computes(row: &Row) -> bool {
    row.to_hubspot.is_some() || row.to_erp.is_some()
}

/// What a row lacks for the way it is to go.
fn shape(row: &Row) -> Vec<(Place, Trouble)> {
    let mut found = Vec::new();
    if let Some(name) = row.table.as_ref().filter(|_| computes(row)) {
        found.push((Place::Table(name.clone()), Trouble::TableAndExpression));
    }
    if row.direction != Direction::ToErp && row.to_hubspot.is_none() {
        if row.to_erp.is_some() {
            found.push((Place::ToHubspot, Trouble::NoWayBack));
        } else if row.field.is_none() {
            found.push((Place::ToHubspot, Trouble::NoSource));
        }
    }
    if row.direction != Direction::ToHubspot {
        if row.field.is_none() {
            found.push((Place::Field, Trouble::NoField));
        }
        if row.to_erp.is_none() && row.to_hubspot.is_some() {
            found.push((Place::ToErp, Trouble::NoWayBack));
        }
    }
    found
}

/// An expression whose value tables exist.
pub(super) fn compile(text: &str, tables: &ValueTables) -> Result<Expr, super::expr::ExprError> {
    let expr = Expr::compile(text)?;
    let missing = expr.tables().into_iter().find(|name| !tables.contains_key(*name)).map(str::to_owned);
    match missing {
        Some(name) => Err(expr.at_table(&name, Problem::UnknownTable(name.clone()))),
        None => Ok(expr),
    }
}
