//! The mapping of a flow, made ready for one account and one portal: compiled once, used for every record of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    compile,
    document::MappingDoc,
    expr::Expr,
    fault::{Cause, RowFault, cause_of},
    row::{Mapped, MappedErp, RowPlan, Way},
    scope::{INACTIVE, Scope},
    tables::ValueTables,
    trouble::{Fault, Place, Trouble},
};
use crate::{
    domain::{
        field::{FieldInfo, Fields},
        record::ObjectType,
    },
    erp::source::SourceRecord,
    sync::flow::{MatchKey, Row, Target},
};

/// What a record of the ERP says in HubSpot's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// By row: the property, and what becomes of it.
    pub set: BTreeMap<String, (String, Mapped)>,
    /// The rows that could not be worked out.
    pub faults: Vec<RowFault>,
}

/// What a record in HubSpot says in the ERP's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingBack {
    /// By row: the field, and what becomes of it.
    pub set: BTreeMap<String, (String, MappedErp)>,
    /// The rows that could not be worked out.
    pub faults: Vec<RowFault>,
}

/// Something of the mapping that this account or portal lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The target.
    pub target: String,
    /// The row; `None`: the target's trigger.
    pub row: Option<String>,
    /// The field of the ERP or property of HubSpot that is not there.
    pub name: String,
    /// Whether it is missing in HubSpot; else in the ERP.
    pub in_hubspot: bool,
    /// Whether the row is left out; else it takes the missing field as empty, since it has others to read.
    pub whole: bool,
}

/// One target, ready.
#[derive(Debug, Clone)]
pub struct TargetPlan {
    key: String,
    object: ObjectType,
    when: Expr,
    matching: Vec<MatchKey>,
    belongs_to: Option<String>,
    parents: Option<String>,
    rows: Vec<RowPlan>,
    properties: BTreeMap<String, Arc<FieldInfo>>,
    tables: ValueTables,
}

impl TargetPlan {
    /// Its name within the flow.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it is in HubSpot.
    #[must_use]
    pub const fn object(&self) -> ObjectType {
        self.object
    }

    /// How an unlinked row finds its record.
    #[must_use]
    pub fn matching(&self) -> &[MatchKey] {
        &self.matching
    }

    /// The target of the same row that its record is associated with.
    #[must_use]
    pub fn belongs_to(&self) -> Option<&str> {
        self.belongs_to.as_deref()
    }

    /// The target that the row's parents have.
    #[must_use]
    pub fn parents(&self) -> Option<&str> {
        self.parents.as_deref()
    }

    /// Its rows, without those that were left out.
    #[must_use]
    pub fn rows(&self) -> &[RowPlan] {
        &self.rows
    }

    /// The row of this id.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&RowPlan> {
        self.rows.iter().find(|row| row.id() == id)
    }

    /// A record as its expressions see it.
    #[must_use]
    pub fn scope<'a>(&'a self, record: &'a SourceRecord) -> Scope<'a> {
        Scope::of_record(&record.fields, record.inactive, &self.tables)
    }

    /// Whether the record becomes one of this target.
    ///
    /// # Errors
    /// The trigger could not be worked out; the fault's row and field are `when`.
    pub fn applies(&self, record: &SourceRecord) -> Result<bool, RowFault> {
        self.when.holds(&self.scope(record)).map_err(|error| {
            let cause = match cause_of(&error.problem) {
                // The value goes nowhere, so that it cannot be too long or of no form.
                Cause::TooLong | Cause::InvalidNumber | Cause::InvalidDate => Cause::MappingFailed,
                cause => cause,
            };
            RowFault { row: "when".to_owned(), field: "when".to_owned(), cause, error: Some(error) }
        })
    }

    /// What the record says in HubSpot's words: every row that goes to HubSpot.
    #[must_use]
    pub fn map(&self, record: &SourceRecord) -> Mapping {
        let scope = self.scope(record);
        let mut mapping = Mapping::default();
        for row in self.rows.iter().filter(|row| row.goes_to_hubspot()) {
            match row.to_property(&scope) {
                Ok(mapped) => {
                    mapping.set.insert(row.id().to_owned(), (row.property().name.clone(), mapped));
                }
                Err(fault) => mapping.faults.push(fault),
            }
        }
        mapping
    }

    /// What a record in HubSpot says in the ERP's words: every row that goes to the ERP.
    #[must_use]
    pub fn back(&self, properties: &BTreeMap<String, Option<String>>) -> MappingBack {
        let fields = self.read(properties);
        let scope = self.scope_of_properties(&fields);
        let mut mapping = MappingBack::default();
        for row in self.rows.iter().filter(|row| row.goes_to_erp()) {
            let Some(field) = row.field() else { continue };
            match row.to_field(&scope) {
                Ok(mapped) => {
                    mapping.set.insert(row.id().to_owned(), (field.name.clone(), mapped));
                }
                Err(fault) => mapping.faults.push(fault),
            }
        }
        mapping
    }

    /// The value tables its expressions look into.
    pub(super) const fn tables(&self) -> &ValueTables {
        &self.tables
    }

    /// Properties as expressions see them.
    #[must_use]
    pub fn read(&self, properties: &BTreeMap<String, Option<String>>) -> Fields {
        let typed = |(name, text): (&String, &Option<String>)| {
            let info = self.properties.get(name)?;
            super::to_field::of_property(text.as_deref()?, info).map(|value| (name.clone(), value))
        };
        properties.iter().filter_map(typed).collect()
    }

    /// Over what [`TargetPlan::read`] gave.
    #[must_use]
    pub const fn scope_of_properties<'a>(&'a self, properties: &'a Fields) -> Scope<'a> {
        Scope::of_properties(properties, &self.tables)
    }
}

/// A flow's mapping, ready.
#[derive(Debug, Clone)]
pub struct Plan {
    targets: Vec<TargetPlan>,
    fields: BTreeSet<String>,
    properties: BTreeMap<ObjectType, BTreeSet<String>>,
    dropped: Vec<Dropped>,
    hash: String,
}

impl Plan {
    /// Makes the mapping ready: the targets of the flow, the administrator's document or the defaults, the fields that the
    /// account has, and the properties that the portal has.
    ///
    /// # Errors
    /// What is wrong with the rows themselves, whatever the account: of a mapping that was checked there is nothing, unless
    /// it was checked by an older release.
    pub fn of(
        targets: &[Target],
        doc: Option<&MappingDoc>,
        erp: &[FieldInfo],
        properties: &BTreeMap<ObjectType, Vec<FieldInfo>>,
    ) -> Result<Self, Vec<Fault>> {
        let tables = compile::tables(doc.map(|doc| doc.tables.as_slice()).unwrap_or_default());
        let mut maker = Maker {
            erp: by_name(erp),
            tables,
            faults: Vec::new(),
            plan: Self {
                targets: Vec::new(),
                fields: BTreeSet::new(),
                properties: BTreeMap::new(),
                dropped: Vec::new(),
                hash: String::new(),
            },
            hashed: Sha256::new(),
        };
        for target in targets {
            let rows = doc.map_or(target.rows.as_slice(), |doc| doc.rows_of(target));
            let infos = properties.get(&target.object).map(|infos| by_name(infos)).unwrap_or_default();
            maker.target(target, rows, infos);
        }
        maker.hash(&doc.map(|doc| &doc.tables));
        let Maker { mut plan, faults, hashed, .. } = maker;
        let digest = hashed.finalize();
        let first = digest.first_chunk::<8>().copied().unwrap_or_default();
        plan.hash = format!("{:016x}", u64::from_be_bytes(first));
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    /// Its targets, in the flow's order.
    #[must_use]
    pub fn targets(&self) -> &[TargetPlan] {
        &self.targets
    }

    /// The target of this name.
    #[must_use]
    pub fn target(&self, key: &str) -> Option<&TargetPlan> {
        self.targets.iter().find(|target| target.key == key)
    }

    /// The fields to ask the ERP for.
    #[must_use]
    pub const fn fields(&self) -> &BTreeSet<String> {
        &self.fields
    }

    /// The properties to read of records of this type.
    pub fn properties(&self, object: ObjectType) -> impl Iterator<Item = &str> {
        self.properties.get(&object).into_iter().flatten().map(String::as_str)
    }

    /// What this account or portal lacks.
    #[must_use]
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// Changes whenever the same record could be mapped otherwise: with the rows, the tables, the kinds and options of
    /// the fields and properties, and what the account lacks. 16 hexadecimal digits.
    #[must_use]
    pub fn rules_hash(&self) -> &str {
        &self.hash
    }
}

fn by_name(infos: &[FieldInfo]) -> BTreeMap<String, Arc<FieldInfo>> {
    infos.iter().map(|info| (info.name.clone(), Arc::new(info.clone()))).collect()
}

struct Maker {
    erp: BTreeMap<String, Arc<FieldInfo>>,
    tables: ValueTables,
    faults: Vec<Fault>,
    plan: Plan,
    hashed: Sha256,
}

impl Maker {
    fn target(&mut self, target: &Target, rows: &[Row], infos: BTreeMap<String, Arc<FieldInfo>>) {
        let when = match compile::compile(&target.when, &self.tables) {
            Ok(when) => when,
            Err(error) => {
                let at = error.at;
                let trouble = Trouble::Expression(error.problem);
                let target = Some(target.key.clone());
                self.faults.push(Fault { target, row: None, place: Place::When, trouble, at });
                return;
            }
        };
        self.hash(&(&target.key, target.object, &target.when));
        self.reads(&target.key, None, &when);
        let rows = rows.iter().filter_map(|row| self.row(target, row, &infos)).collect();
        self.plan.targets.push(TargetPlan {
            key: target.key.clone(),
            object: target.object,
            when,
            matching: target.matching.clone(),
            belongs_to: target.belongs_to.clone(),
            parents: target.parents.clone(),
            rows,
            properties: infos,
            tables: Arc::clone(&self.tables),
        });
    }

    fn row(&mut self, target: &Target, row: &Row, infos: &BTreeMap<String, Arc<FieldInfo>>) -> Option<RowPlan> {
        let before = self.faults.len();
        let ways = compile::ways(&target.key, row, &self.tables, &mut self.faults);
        if self.faults.len() > before {
            return None;
        }
        let Some(property) = infos.get(&row.property).cloned() else {
            return self.drop(&target.key, row, &row.property, true);
        };
        let field = match &row.field {
            Some(name) => match self.erp.get(name).cloned() {
                Some(field) => Some(field),
                None => return self.drop(&target.key, row, name, false),
            },
            None => None,
        };
        if let Some(Way::Expr(expr)) = &ways.forth
            && !self.reads(&target.key, Some(row), expr)
        {
            return None;
        }
        let read = self.plan.properties.entry(target.object).or_default();
        if let Some(Way::Expr(expr)) = &ways.back {
            read.extend(expr.fields().into_iter().filter(|name| infos.contains_key(*name)).map(str::to_owned));
        }
        read.insert(row.property.clone());
        self.plan.fields.extend(row.field.clone());
        self.hash(&(row, Shape::of(&property), field.as_deref().map(Shape::of)));
        Some(RowPlan { row: Arc::new(row.clone()), property, field, forth: ways.forth, back: ways.back })
    }

    /// Asks for the fields that an expression reads and the account has. Whether there is one at all.
    fn reads(&mut self, target: &str, row: Option<&Row>, expr: &Expr) -> bool {
        let names: Vec<&str> = expr.fields().into_iter().filter(|name| *name != INACTIVE).collect();
        let known = names.iter().filter(|name| self.erp.contains_key(**name)).count();
        let whole = row.is_some() && known == 0 && !names.is_empty();
        for name in names {
            if self.erp.contains_key(name) {
                self.plan.fields.insert(name.to_owned());
                continue;
            }
            let row = row.map(|row| row.id.clone());
            self.hash(&(target, &row, name));
            let name = name.to_owned();
            self.plan.dropped.push(Dropped { target: target.to_owned(), row, name, in_hubspot: false, whole });
        }
        !whole
    }

    fn drop(&mut self, target: &str, row: &Row, name: &str, in_hubspot: bool) -> Option<RowPlan> {
        self.hash(&(target, &row.id, name));
        let (target, row, name) = (target.to_owned(), Some(row.id.clone()), name.to_owned());
        self.plan.dropped.push(Dropped { target, row, name, in_hubspot, whole: true });
        None
    }

    fn hash<T: Serialize>(&mut self, part: &T) {
        // Names, texts and lists of them: this cannot fail, and what did would be hashed as nothing on every run alike.
        self.hashed.update(serde_json::to_vec(part).unwrap_or_default());
        self.hashed.update([0]);
    }
}

/// What of a field decides how values go over; its label is none of it.
#[derive(Serialize)]
struct Shape<'a> {
    name: &'a str,
    kind: crate::domain::field::FieldKind,
    options: &'a [crate::domain::field::FieldOption],
    max_length: Option<u32>,
}

impl<'a> Shape<'a> {
    fn of(info: &'a FieldInfo) -> Self {
        Self { name: &info.name, kind: info.kind, options: &info.options, max_length: info.max_length }
    }
}
