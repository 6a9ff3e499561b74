//! What an account has of the fields that could flow, found out by asking.
//!
//! Promise: an account is asked once and by one caller at a time; what it lacks is left out, and looked for again after an hour
//! or as soon as a statement is refused for want of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt as _, stream};

use super::{
    super::{NetSuite, asking::AT_ONCE, errors::Refusal, statements::Statement, wire::Rows},
    catalog::{self, Custom},
    moment::Moment,
    question::Question,
    standard::{Standard, Table, standard},
};
use crate::{
    clock::Millis,
    domain::money::Currency,
    erp::{ErpError, Lane, source::Kind},
};

/// How long what was found out is good for.
pub(super) const KNOWN_FOR: Duration = Duration::from_hours(1);
/// The most custom fields that are asked for in one statement.
const CUSTOMS: usize = 50;

/// The shapes of an account's kinds, as far as they were asked for, and the clock as it was last read.
#[derive(Default)]
pub(in crate::erp::netsuite) struct Shapes {
    known: tokio::sync::Mutex<BTreeMap<Kind, Arc<Shape>>>,
    pub(super) clock: std::sync::Mutex<Option<Moment>>,
}

/// What an account has of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    lacks: BTreeSet<(Table, &'static str)>,
    /// The fields that administrators added, those that queries know.
    pub(super) customs: Vec<Custom>,
    /// Whether contacts' further companies can be read.
    pub(super) relationships: bool,
    /// Whether it can be told what a contact's company is.
    pub(super) entities: bool,
    /// The column with the time of deletions, where deletions can be read.
    pub(super) deleted: Option<&'static str>,
    /// The currency of amounts whose row names none.
    pub(super) base: Option<Currency>,
    asked_at: Millis,
}

/// A field that the account has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known<'s> {
    Standard(&'static Standard),
    Custom(&'s Custom),
}

impl Shape {
    /// The field of this name, where the account has it.
    pub(super) fn field(&self, name: &str) -> Option<Known<'_>> {
        let own = standard(self.kind).iter().find(|field| field.name == name).filter(|field| self.has(field));
        own.map(Known::Standard).or_else(|| self.customs.iter().find(|field| field.name == name).map(Known::Custom))
    }

    /// Whether the account has a field.
    pub(super) fn has(&self, field: &Standard) -> bool {
        !self.lacks.contains(&(field.table, field.column))
    }

    /// Whether a column of the record's own table is there.
    pub(super) fn has_own(&self, column: &'static str) -> bool {
        !self.lacks.contains(&(Table::Own, column))
    }

    /// Whether rows name the currency of their amounts.
    pub(super) fn has_currency(&self) -> bool {
        self.kind == Kind::Customer && !self.lacks.contains(&(Table::Currency, "symbol")) && self.has_own("currency")
    }
}

/// The record's table.
pub(super) const fn own_table(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => "customer",
        Kind::Contact => "contact",
    }
}

const fn table_name(kind: Kind, table: Table) -> &'static str {
    match table {
        Table::Own => own_table(kind),
        Table::Address => "entityaddress",
        Table::Employee => "employee",
        Table::Currency => "currency",
        Table::Company => "customer",
    }
}

/// What a kind looks like in this account, found out less than `good_for` ago.
///
/// # Errors
/// [`ErpError::Permission`] where the role may not see the kind at all.
pub(super) async fn shape(
    netsuite: &NetSuite,
    lane: Lane,
    kind: Kind,
    good_for: Duration,
) -> Result<Arc<Shape>, ErpError> {
    let mut known = netsuite.shapes.known.lock().await;
    let now = netsuite.calls.clock.now();
    if let Some(shape) = known.get(&kind).filter(|shape| now.since(shape.asked_at) < good_for) {
        return Ok(Arc::clone(shape));
    }
    let found = Arc::new(ask(netsuite, lane, kind).await?);
    known.insert(kind, Arc::clone(&found));
    Ok(found)
}

/// The shape after a statement made for `seen` was refused; none when it is as it was.
async fn shape_after(netsuite: &NetSuite, lane: Lane, seen: &Arc<Shape>) -> Result<Option<Arc<Shape>>, ErpError> {
    let mut known = netsuite.shapes.known.lock().await;
    let current = known.get(&seen.kind).filter(|current| !Arc::ptr_eq(current, seen));
    let found = match current {
        Some(current) => Arc::clone(current),
        None => Arc::new(ask(netsuite, lane, seen.kind).await?),
    };
    known.insert(seen.kind, Arc::clone(&found));
    Ok((Shape { asked_at: seen.asked_at, ..(*found).clone() } != **seen).then_some(found))
}

/// The first `limit` rows of the question that `build` makes for what the account has, fewer than `expected` only when a count
/// agrees. A refusal for want of a column or table lets the account be asked anew, once.
pub(super) async fn rows<F>(
    netsuite: &NetSuite,
    lane: Lane,
    kind: Kind,
    (limit, expected): (usize, usize),
    build: F,
) -> Result<(Rows, Arc<Shape>), ErpError>
where
    F: Fn(&Shape) -> Question + Send + Sync,
{
    let seen = shape(netsuite, lane, kind, KNOWN_FOR).await?;
    let refusal = match build(&seen).whole(netsuite, lane, limit, expected).await {
        Ok(rows) => return Ok((rows, seen)),
        Err(refusal @ (Refusal::NoColumn(_) | Refusal::NoTable(_))) => refusal,
        Err(refusal) => return Err(refusal.into()),
    };
    let Some(found) = shape_after(netsuite, lane, &seen).await? else { return Err(refusal.into()) };
    let rows = build(&found).whole(netsuite, lane, limit, expected).await?;
    Ok((rows, found))
}

/// Asks the account. Waits for some ten calls, several at a time.
async fn ask(netsuite: &NetSuite, lane: Lane, kind: Kind) -> Result<Shape, ErpError> {
    let asked_at = netsuite.calls.clock.now();
    let own = columns_of(kind, Table::Own);
    let lacked = ask_table(netsuite, lane, own_table(kind), own).await?;
    let Some(lacked) = lacked else { return Err(Refusal::NoTable(own_table(kind).to_owned()).into()) };
    let mut lacks: BTreeSet<_> = lacked.into_iter().map(|column| (Table::Own, column)).collect();
    let others = standard(kind).iter().map(|field| field.table).filter(|table| *table != Table::Own);
    let others: BTreeSet<Table> = others.collect();
    let questions: Vec<_> = others
        .into_iter()
        .map(|table| async move {
            let columns = columns_of(kind, table);
            (table, ask_table(netsuite, lane, table_name(kind, table), columns).await)
        })
        .collect();
    let mut asking = stream::iter(questions).buffer_unordered(AT_ONCE);
    while let Some((table, lacked)) = asking.next().await {
        let lacked = lacked?.unwrap_or_else(|| columns_of(kind, table));
        lacks.extend(lacked.into_iter().map(|column| (table, column)));
    }
    drop(asking);
    through(kind, &mut lacks);
    let contact = kind == Kind::Contact;
    let has = async |table, columns: &[&'static str]| -> Result<bool, ErpError> {
        Ok(ask_table(netsuite, lane, table, columns.to_vec()).await?.is_some_and(|lacked| lacked.is_empty()))
    };
    Ok(Shape {
        relationships: contact && has("companycontactrelationship", &["contact", "company"]).await?,
        entities: contact && has("entity", &["type"]).await?,
        deleted: deletions(netsuite, lane).await?,
        customs: customs(netsuite, lane, kind).await?,
        base: netsuite.base_currency.or_else(|| netsuite.columns().base_currency),
        kind,
        lacks,
        asked_at,
    })
}

/// Every column of a table that a kind could use.
fn columns_of(kind: Kind, table: Table) -> Vec<&'static str> {
    let fields = standard(kind).iter().filter(|field| field.table == table);
    let mut columns: Vec<_> = fields.map(|field| field.column).collect();
    match table {
        Table::Own => columns.push("defaultbillingaddress"),
        Table::Company => columns.push("altname"),
        _ => {}
    }
    // The core is asked with every question.
    columns.retain(|column| *column != core(table));
    columns
}

/// A column that is there when the table is.
const fn core(table: Table) -> &'static str {
    match table {
        Table::Address => "nkey",
        Table::Own | Table::Employee | Table::Currency | Table::Company => "id",
    }
}

/// Without the column that leads to another record, nothing of that one can be read.
fn through(kind: Kind, lacks: &mut BTreeSet<(Table, &'static str)>) {
    const WAYS: [(&str, Table); 4] = [
        ("defaultbillingaddress", Table::Address),
        ("salesrep", Table::Employee),
        ("currency", Table::Currency),
        ("company", Table::Company),
    ];
    for (column, table) in WAYS {
        if lacks.contains(&(Table::Own, column)) {
            lacks.extend(columns_of(kind, table).into_iter().map(|column| (table, column)));
        }
    }
}

/// Which of `columns` a table lacks; none: there is no such table for this role. Rows are not needed for that.
async fn ask_table(
    netsuite: &NetSuite,
    lane: Lane,
    table: &str,
    mut columns: Vec<&'static str>,
) -> Result<Option<Vec<&'static str>>, ErpError> {
    let core = if table == "entityaddress" { Some("nkey") } else { None };
    let mut lacked = Vec::new();
    loop {
        let asked: Vec<&str> = core.into_iter().chain(columns.iter().copied()).collect();
        let asked = if asked.is_empty() { "id".to_owned() } else { asked.join(", ") };
        let statement = Statement::plain(format!("SELECT {asked} FROM {table} WHERE ROWNUM <= 1"));
        match netsuite.calls.page(lane, &statement, 1, 0).await {
            Ok(_) => return Ok(Some(lacked)),
            Err(Refusal::NoColumn(refused)) if columns.iter().any(|column| *column == refused) => {
                lacked.extend(columns.extract_if(.., |column| **column == *refused));
            }
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => return Ok(None),
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

/// The column with the time of deletions. Its name differs between what Oracle and others write.
async fn deletions(netsuite: &NetSuite, lane: Lane) -> Result<Option<&'static str>, ErpError> {
    let names = vec!["recordid", "type", "deleteddate", "deletedate"];
    let lacked = ask_table(netsuite, lane, "deletedrecord", names).await?;
    let Some(lacked) = lacked.filter(|lacked| !lacked.contains(&"recordid") && !lacked.contains(&"type")) else {
        return Ok(None);
    };
    Ok(["deleteddate", "deletedate"].into_iter().find(|name| !lacked.contains(name)))
}

/// The custom fields that both the catalog and queries know; none where the catalog cannot be had.
async fn customs(netsuite: &NetSuite, lane: Lane, kind: Kind) -> Result<Vec<Custom>, ErpError> {
    let schema = match netsuite.calls.schema(lane, own_table(kind)).await {
        Ok(schema) => schema,
        Err(Refusal::Final(
            ErpError::Permission { .. } | ErpError::Missing | ErpError::Broken { .. } | ErpError::Rejected { .. },
        )) => return Ok(Vec::new()),
        Err(refusal) => return Err(refusal.into()),
    };
    let mut found = Vec::new();
    let mut waiting = catalog::customs(schema);
    while !waiting.is_empty() {
        let mut asked: Vec<Custom> = waiting.drain(..waiting.len().min(CUSTOMS)).collect();
        while !asked.is_empty() {
            let names: Vec<&str> = asked.iter().map(|field| field.name.as_str()).collect();
            let sql = format!("SELECT {} FROM {} WHERE ROWNUM <= 1", names.join(", "), own_table(kind));
            match netsuite.calls.page(lane, &Statement::plain(sql), 1, 0).await {
                Ok(_) => found.append(&mut asked),
                Err(Refusal::NoColumn(refused)) if names.contains(&refused.as_str()) => {
                    asked.retain(|field| field.name != refused);
                }
                Err(Refusal::NoColumn(_) | Refusal::NoTable(_)) => asked.clear(),
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }
    Ok(found)
}
