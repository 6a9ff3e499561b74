//! Whether a mapping is sound for one account and one portal: asked before it is saved or imported.
//!
//! Promise: every fault is told, each with its place; a mapping without faults makes a plan without faults.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    compile::{self, Ways},
    document::MappingDoc,
    expr::{Expr, Problem},
    pairs::{Fit, FitState, Reason, fit},
    row::Way,
    scope::INACTIVE,
    tables::{ValueTable, ValueTables},
    to_property::find,
    trouble::{Fault, Place, Trouble},
};
use crate::{
    domain::{
        field::{FieldInfo, FieldKind},
        record::ObjectType,
    },
    sync::flow::{Direction, Row, Target, Winner},
};

/// What the two sides have.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The ERP's fields of the flow's kind.
    pub erp: &'a [FieldInfo],
    /// HubSpot's properties by object type.
    pub properties: &'a BTreeMap<ObjectType, Vec<FieldInfo>>,
}

impl<'a> Account<'a> {
    fn field(&self, name: &str) -> Option<&'a FieldInfo> {
        self.erp.iter().find(|field| field.name == name)
    }

    fn property(&self, object: ObjectType, name: &str) -> Option<&'a FieldInfo> {
        self.properties.get(&object)?.iter().find(|property| property.name == name)
    }
}

/// The rows that were proved by [`prove`](super::prove), as `(target, row)`.
pub type Proofs = BTreeSet<(String, String)>;

/// Everything that is wrong with `doc` as the mapping of the flow `flow` with these targets. A row that stands in the
/// defaults as it is here may name what this account lacks: it is left out when the flow runs.
#[must_use]
pub fn check(flow: &str, targets: &[Target], doc: &MappingDoc, account: &Account<'_>, proofs: &Proofs) -> Vec<Fault> {
    let mut faults = Vec::new();
    if doc.flow != flow {
        faults.push(Fault::of_document(Place::Document, Trouble::OtherFlow(doc.flow.clone())));
    }
    let tables = compile::tables(&doc.tables);
    for table in &doc.tables {
        table_faults(table, doc, &mut faults);
    }
    let mut seen = BTreeSet::new();
    for rows in &doc.targets {
        let of_target =
            |trouble| Fault { target: Some(rows.key.clone()), ..Fault::of_document(Place::Document, trouble) };
        if !seen.insert(&rows.key) {
            faults.push(of_target(Trouble::TargetTwice));
        }
        match targets.iter().find(|target| target.key == rows.key) {
            Some(target) => Checking { target, account, tables: &tables, proofs, faults: &mut faults }.rows(&rows.rows),
            None => faults.push(of_target(Trouble::UnknownTarget(rows.key.clone()))),
        }
    }
    faults
}

/// How well the two ends of a row go together; of a row that computes, whether its ends can be written at all.
#[must_use]
pub fn fit_of(row: &Row, object: ObjectType, account: &Account<'_>, tables: &[ValueTable]) -> Fit {
    let property = account.property(object, &row.property);
    let field = row.field.as_ref().and_then(|name| account.field(name));
    let table = row.table.as_ref().and_then(|name| tables.iter().find(|table| table.name == *name));
    let computes = row.to_hubspot.is_some() || row.to_erp.is_some();
    if let (Some(property), Some(field), false) = (property, field, computes) {
        return fit(field, property, table, row.direction);
    }
    let mut fit = Fit::good();
    let unwritable = |info: Option<&FieldInfo>| info.is_some_and(|info| info.read_only);
    if (row.direction != Direction::ToErp && unwritable(property))
        || (row.direction != Direction::ToHubspot && unwritable(field))
    {
        fit.worsen(FitState::Impossible, Reason::ReadOnly);
    }
    fit
}

/// Ids and names of tables: they stand in hashes, in files and in expressions.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn table_faults(table: &ValueTable, doc: &MappingDoc, faults: &mut Vec<Fault>) {
    let same = doc.tables.iter().filter(|other| other.name == table.name).count();
    if same > 1 || !is_name(&table.name) {
        faults.push(Fault::of_document(Place::Table(table.name.clone()), Trouble::BadTable));
    }
    for pair in table.repeated() {
        faults.push(Fault::of_document(Place::Pair(table.name.clone(), pair), Trouble::PairTwice));
    }
}

struct Checking<'a> {
    target: &'a Target,
    account: &'a Account<'a>,
    tables: &'a ValueTables,
    proofs: &'a Proofs,
    faults: &'a mut Vec<Fault>,
}

impl Checking<'_> {
    fn rows(&mut self, rows: &[Row]) {
        for (index, row) in rows.iter().enumerate() {
            self.twins(row, &rows[..index]);
            self.row(row);
        }
        for locked in self.target.rows.iter().filter(|row| row.locked) {
            match rows.iter().find(|row| row.id == locked.id) {
                None => {
                    let trouble = Trouble::LockedMissing(locked.id.clone());
                    self.fault(locked, Place::Row, trouble);
                }
                Some(row) => self.locked(row, locked),
            }
        }
    }

    fn fault(&mut self, row: &Row, place: Place, trouble: Trouble) {
        self.faults.push(Fault::of_row(&self.target.key, &row.id, place, trouble));
    }

    /// Rows before this one that get in its way.
    fn twins(&mut self, row: &Row, before: &[Row]) {
        if before.iter().any(|other| other.id == row.id) {
            self.fault(row, Place::Row, Trouble::RowTwice);
        }
        if let Some(other) = before.iter().find(|other| other.property == row.property) {
            let trouble = Trouble::PropertyTwice(other.id.clone());
            self.fault(row, Place::Property, trouble);
        }
        let writes = |row: &Row| row.direction != Direction::ToHubspot && row.field.is_some();
        if let Some(other) = before.iter().find(|other| writes(row) && writes(other) && other.field == row.field) {
            let trouble = Trouble::FieldTwice(other.id.clone());
            self.fault(row, Place::Field, trouble);
        }
    }

    fn locked(&mut self, row: &Row, locked: &Row) {
        let fills = row.property == locked.property && row.direction != Direction::ToErp && row.winner != Winner::Never;
        if !fills {
            self.fault(row, Place::Row, Trouble::LockedChanged);
        }
    }

    fn row(&mut self, row: &Row) {
        if !is_name(&row.id) {
            self.fault(row, Place::Row, Trouble::BadId);
        }
        let ways = compile::ways(&self.target.key, row, self.tables, self.faults);
        // A row that comes with the product is left out where an account lacks what it names.
        let default = self.target.rows.contains(row);
        if !default && self.account.property(self.target.object, &row.property).is_none() {
            self.fault(row, Place::Property, Trouble::UnknownProperty);
        }
        if !default && row.field.as_ref().is_some_and(|name| self.account.field(name).is_none()) {
            self.fault(row, Place::Field, Trouble::UnknownField);
        }
        for (place, expr) in ways.expressions() {
            self.expression(row, &place, expr, default);
        }
        self.pair(row, &ways);
        self.both_ways(row, &ways);
    }

    /// The names an expression reads, and amounts it must not calculate with.
    fn expression(&mut self, row: &Row, place: &Place, expr: &Expr, default: bool) {
        let object = self.target.object;
        let back = *place == Place::ToErp;
        for name in expr.fields() {
            let info = if back { self.account.property(object, name) } else { self.account.field(name) };
            let problem = match info {
                None if default || (!back && name == INACTIVE) => None,
                None => Some(Problem::UnknownName(name.to_owned())),
                Some(info) if info.kind == FieldKind::Money && expr.calculates() && !back => Some(Problem::Amount),
                Some(_) => None,
            };
            if let Some(problem) = problem {
                let error = expr.at_field(name, problem);
                self.faults.push(Fault::of_expression(&self.target.key, &row.id, place.clone(), error));
            }
        }
    }

    /// The two ends, and the words of the table between them.
    fn pair(&mut self, row: &Row, ways: &Ways) {
        let table = match &ways.forth {
            Some(Way::Table(table)) => Some(table.as_ref()),
            _ => None,
        };
        let fit = fit_of(row, self.target.object, self.account, table.map(std::slice::from_ref).unwrap_or_default());
        if fit.state == FitState::Impossible {
            let reason = fit.reasons.first().copied().unwrap_or(Reason::Kinds);
            self.fault(row, Place::Row, Trouble::Impossible(reason));
        }
        let property = self.account.property(self.target.object, &row.property);
        let (Some(table), Some(property)) = (table, property) else { return };
        let listed = matches!(property.kind, FieldKind::Choice | FieldKind::Many) && !property.options.is_empty();
        if row.direction == Direction::ToErp || !listed {
            return;
        }
        let unknown = |value: &str| !value.trim().is_empty() && find(&property.options, &[value]).is_none();
        for (pair, (_, value)) in table.pairs.iter().enumerate() {
            if unknown(value) {
                let place = Place::Pair(table.name.clone(), pair);
                self.fault(row, place, Trouble::PairOption(property.name.clone()));
            }
        }
        if table.otherwise.as_deref().is_some_and(unknown) {
            self.fault(row, Place::Table(table.name.clone()), Trouble::PairOption(property.name.clone()));
        }
    }

    fn both_ways(&mut self, row: &Row, ways: &Ways) {
        if row.direction != Direction::Both {
            return;
        }
        let sound = match (&ways.forth, &ways.back) {
            (Some(Way::Rename), Some(Way::Rename)) => true,
            (Some(Way::Table(table)), Some(Way::Table(_))) => table.is_one_to_one(),
            (Some(Way::Expr(_)), Some(Way::Expr(_))) => {
                self.proofs.contains(&(self.target.key.clone(), row.id.clone()))
            }
            // That a way is missing was told already.
            _ => return,
        };
        if !sound {
            self.fault(row, Place::Direction, Trouble::Unproved);
        }
    }
}
