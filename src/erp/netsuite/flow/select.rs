//! The statements that read customers and contacts.
//!
//! Promise: what stands in a text are our own words, custom fields' ids of the right shape, and ids that are numbers by type;
//! stamps and external ids are bound. Every page is cut by a key, none by an offset.

use std::collections::BTreeSet;

use super::{
    super::statements::list,
    question::Question,
    shape::{Known, Shape, own_table},
    standard::{Standard, Table},
    stream::Place,
};
use crate::{domain::field::FieldKind, erp::source::Kind};

/// How stamps are asked for and bound.
const STAMP: &str = "'YYYY-MM-DD HH24:MI:SS'";

/// A field of a statement: its value is in the column `f<n>`, what people read of it in `l<n>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: FieldKind,
}

/// What is read of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// In the order of their numbers.
    pub(super) columns: Vec<Column>,
    select: String,
    from: String,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    condition: String,
    params: Vec<String>,
    order: &'static str,
}

impl Filter {
    /// Those behind an id, in the order of ids.
    pub(super) fn behind(id: u64) -> Self {
        Self { condition: format!("r.id > {id}"), params: Vec::new(), order: "r.id" }
    }

    /// Those with these ids.
    pub(super) fn ids(ids: &[u64]) -> Self {
        Self { condition: format!("r.id IN ({})", list(ids)), params: Vec::new(), order: "r.id" }
    }

    /// Those with these external ids.
    pub(super) fn externals(external: &[String]) -> Self {
        let any = vec!["?"; external.len()].join(", ");
        Self { condition: format!("r.externalid IN ({any})"), params: external.to_vec(), order: "r.id" }
    }

    /// Those behind a place, in the order of stamps and ids.
    pub(super) fn since(place: &Place) -> Self {
        let (condition, params) = behind("r.lastmodifieddate", "r.id", place);
        Self { condition, params, order: "r.lastmodifieddate, r.id" }
    }

    fn question(&self, columns: String, from: &str) -> Question {
        let from = format!("{from} WHERE {}", self.condition);
        Question { columns, from, order: self.order, params: self.params.clone() }
    }
}

/// Rows behind `place`, in the order of `stamp` and `id`.
fn behind(stamp: &str, id: &str, place: &Place) -> (String, Vec<String>) {
    let bound = format!("TO_TIMESTAMP(?, {STAMP})");
    let condition = format!("{stamp} >= {bound} AND ({stamp} > {bound} OR {id} > {})", place.id);
    (condition, vec![place.stamp.to_string(); 2])
}

impl Plan {
    /// A plan for those of the `wanted` fields that the account has.
    pub(super) fn of(shape: &Shape, wanted: &[String]) -> Self {
        let mut columns: Vec<Column> = Vec::with_capacity(wanted.len());
        let mut select = format!("r.id AS id, {}", stamp_of("r.lastmodifieddate"));
        let mut joins = Joins::default();
        if shape.has_own("isinactive") {
            select.push_str(", r.isinactive AS inactive");
        }
        if shape.has_own("externalid") {
            select.push_str(", r.externalid AS ours");
        }
        for name in wanted {
            let Some(known) = shape.field(name).filter(|_| !columns.iter().any(|column| column.name == *name)) else {
                continue;
            };
            let (source, kind) = match known {
                Known::Standard(field) => (source(shape, field, &mut joins), kind_of(shape, field)),
                Known::Custom(field) => (format!("r.{}", field.name), field.kind),
            };
            select.push_str(&column(&source, kind, columns.len()));
            columns.push(Column { name: name.clone(), kind });
        }
        if columns.iter().any(|column| column.kind == FieldKind::Money) && shape.has_currency() {
            joins.add(CURRENCY);
            select.push_str(", y.symbol AS amountcurrency");
        }
        select.push_str(parent(shape, &mut joins));
        let from = format!("FROM {} r{}", own_table(shape.kind), joins.text());
        Self { columns, select, from }
    }

    /// The question for the rows of `filter`.
    pub(super) fn question(&self, filter: &Filter) -> Question {
        filter.question(self.select.clone(), &self.from)
    }
}

/// The kind of a field's values in this account: an amount whose currency nobody knows is a number.
pub(super) fn kind_of(shape: &Shape, field: &Standard) -> FieldKind {
    match field.kind {
        FieldKind::Money if !shape.has_currency() && shape.base.is_none() => FieldKind::Number,
        kind => kind,
    }
}

fn stamp_of(column: &str) -> String {
    format!("TO_CHAR({column}, {STAMP}) AS stamp")
}

const ADDRESS: &str = " LEFT JOIN entityaddress a ON a.nkey = r.defaultbillingaddress";
const EMPLOYEE: &str = " LEFT JOIN employee s ON s.id = r.salesrep";
const CURRENCY: &str = " LEFT JOIN currency y ON y.id = r.currency";
const COMPANY: &str = " LEFT JOIN customer p ON p.id = r.company";
const ENTITY: &str = " LEFT JOIN entity e ON e.id = r.company";

/// Which other records are read with each.
#[derive(Default)]
struct Joins(BTreeSet<&'static str>);

impl Joins {
    fn add(&mut self, join: &'static str) {
        self.0.insert(join);
    }

    fn text(self) -> String {
        self.0.into_iter().collect()
    }
}

/// Where a field's value is.
fn source(shape: &Shape, field: &Standard, joins: &mut Joins) -> String {
    let alias = match field.table {
        Table::Own => "r",
        Table::Address => {
            joins.add(ADDRESS);
            "a"
        }
        Table::Employee => {
            joins.add(EMPLOYEE);
            "s"
        }
        Table::Currency => {
            joins.add(CURRENCY);
            "y"
        }
        Table::Company => {
            joins.add(COMPANY);
            // A customer that is a person has no company name.
            let name = shape.has(&Standard { column: "altname", ..*field });
            return if name { "NVL(p.companyname, p.altname)".to_owned() } else { "p.companyname".to_owned() };
        }
    };
    format!("{alias}.{}", field.column)
}

/// The columns of a field.
fn column(source: &str, kind: FieldKind, at: usize) -> String {
    match kind {
        FieldKind::Date => format!(", TO_CHAR({source}, 'YYYY-MM-DD') AS f{at}"),
        FieldKind::Instant => format!(", TO_CHAR({source}, {STAMP}) AS f{at}"),
        FieldKind::Choice | FieldKind::Reference => {
            format!(", {source} AS f{at}, BUILTIN.DF({source}) AS l{at}")
        }
        _ => format!(", {source} AS f{at}"),
    }
}

/// What tells the record that one belongs to.
fn parent(shape: &Shape, joins: &mut Joins) -> &'static str {
    match shape.kind {
        Kind::Customer if shape.has_own("parent") => ", r.parent AS parent",
        Kind::Contact if shape.has_own("company") && shape.entities => {
            joins.add(ENTITY);
            ", r.company AS parent, e.type AS parenttype"
        }
        Kind::Contact if shape.has_own("company") => ", r.company AS parent",
        _ => "",
    }
}

/// All records of a kind.
pub(super) fn everything(kind: Kind) -> Question {
    let from = format!("FROM {} r", own_table(kind));
    Question { columns: "r.id AS id".to_owned(), from, order: "r.id", params: Vec::new() }
}

/// Ids and stamps of the rows of `filter`.
pub(super) fn census(kind: Kind, filter: &Filter) -> Question {
    filter.question(format!("r.id AS id, {}", stamp_of("r.lastmodifieddate")), &format!("FROM {} r", own_table(kind)))
}

/// Deletions of a kind behind a place, by `column`. The types' spelling differs between accounts.
pub(super) fn deletions(kind: Kind, column: &'static str, place: &Place) -> Question {
    let types = match kind {
        Kind::Customer => "'customer', 'custjob', 'lead', 'prospect'",
        Kind::Contact => "'contact'",
    };
    let stamp = format!("d.{column}");
    let (condition, params) = behind(&stamp, "d.recordid", place);
    Question {
        columns: format!("d.recordid AS id, {}", stamp_of(&stamp)),
        from: format!("FROM deletedrecord d WHERE LOWER(d.type) IN ({types}) AND {condition}"),
        order: if column == "deletedate" { "d.deletedate, d.recordid" } else { "d.deleteddate, d.recordid" },
        params,
    }
}

/// The companies of contacts: columns `contact`, `company`.
pub(super) fn relationships(contacts: &[u64]) -> Question {
    Question {
        columns: "x.contact AS contact, x.company AS company".to_owned(),
        from: format!("FROM companycontactrelationship x WHERE x.contact IN ({})", list(contacts)),
        order: "x.contact, x.company",
        params: Vec::new(),
    }
}

/// The records of `filter` with their external ids: columns `id`, `externalid`.
pub(super) fn externals(kind: Kind, filter: &Filter) -> Question {
    filter.question("r.id AS id, r.externalid AS externalid".to_owned(), &format!("FROM {} r", own_table(kind)))
}

/// The first subsidiary that is in use.
pub(super) fn first_subsidiary() -> Question {
    Question {
        columns: "MIN(b.id) AS id".to_owned(),
        from: "FROM subsidiary b WHERE b.isinactive = 'F'".to_owned(),
        order: "",
        params: Vec::new(),
    }
}

/// The main subsidiaries of companies: columns `entity`, `subsidiary`.
pub(super) fn subsidiaries(companies: &[u64]) -> Question {
    Question {
        columns: "x.entity AS entity, x.subsidiary AS subsidiary".to_owned(),
        from: format!(
            "FROM customersubsidiaryrelationship x WHERE x.isprimarysub = 'T' AND x.entity IN ({})",
            list(companies)
        ),
        order: "x.entity, x.subsidiary",
        params: Vec::new(),
    }
}

/// The account's wall clock: column `now`.
pub(super) fn clock() -> Question {
    Question {
        columns: format!("TO_CHAR(SYSDATE, {STAMP}) AS now"),
        from: "FROM DUAL".to_owned(),
        order: "",
        params: Vec::new(),
    }
}
