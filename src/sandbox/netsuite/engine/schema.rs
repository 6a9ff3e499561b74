//! Which tables and columns there are, of what kind, and what `BUILTIN.DF` shows for them.
//!
//! The names come from `data/suiteql-columns.json`; tables that the file lists in part are extended here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::sandbox::data::custom::{CustomField, CustomForm};

/// The kind of a value, as far as Oracle's implicit conversions need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers, ids among them.
    Number,
    /// Text; booleans are the texts `T` and `F`.
    Text,
    /// A date with time, held as `YYYY-MM-DD HH:MM:SS`.
    Date,
    /// The null literal.
    Null,
}

/// What is special about a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trait {
    /// Nothing.
    Plain,
    /// `transaction.status`: a letter that filters also accept as `CustInvc:A`.
    Status,
    /// `transaction.type`: a code with a name for people.
    Type,
    /// Holds the id of a row of `table`, shown by `column`.
    Refers { table: &'static str, column: &'static str },
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    pub special: Trait,
}

/// All tables by lower-case name.
#[derive(Debug)]
pub(super) struct Schema(BTreeMap<String, Vec<Column>>);

#[derive(Deserialize)]
struct File {
    tables: BTreeMap<String, Listed>,
}

#[derive(Deserialize)]
struct Listed {
    columns: Vec<String>,
}

const FILE: &str = include_str!("../../data/suiteql-columns.json");

/// What partly listed tables also have.
const MORE: [(&str, &[&str]); 3] = [
    ("transaction", &["billingaddress", "typebaseddocumentnumber", "nextbilldate"]),
    ("item", &["itemid", "displayname", "isinactive", "externalid"]),
    ("customersubsidiaryrelationship", &["id", "entity", "subsidiary", "isprimarysub", "balance", "externalid"]),
];

/// Columns that hold numbers, wherever they occur.
const NUMBERS: &[&str] = &[
    "account",
    "accountingbook",
    "amount",
    "amountlinked",
    "amountpaid",
    "amountunpaid",
    "approvalstatus",
    "balance",
    "balancesearch",
    "billingaddress",
    "company",
    "contact",
    "contactrole",
    "createdby",
    "createdfrom",
    "creditlimit",
    "credit",
    "creditforeignamount",
    "currency",
    "currencyprecision",
    "customer",
    "daysopen",
    "daysoverdue",
    "daysoverduesearch",
    "daysuntilnetdue",
    "debit",
    "debitforeignamount",
    "defaultbillingaddress",
    "defaultshippingaddress",
    "deletedby",
    "employee",
    "entity",
    "exchangerate",
    "foreignamount",
    "foreignamountpaid",
    "foreignamountunpaid",
    "foreigntotal",
    "foreignpaymentamountunused",
    "foreignpaymentamountused",
    "id",
    "item",
    "lastmodifiedby",
    "line",
    "linesequencenumber",
    "location",
    "basecurrency",
    "transactioncurrency",
    "netamount",
    "nextdoc",
    "nkey",
    "overduebalancesearch",
    "parent",
    "postingperiod",
    "previousdoc",
    "quantity",
    "quantitybilled",
    "rate",
    "rateamount",
    "ratepercent",
    "recordid",
    "recordowner",
    "role",
    "salesrep",
    "shippingaddress",
    "subsidiary",
    "supervisor",
    "terms",
    "transaction",
    "transactionline",
    "unbilledorderssearch",
    "uniquekey",
    "paymentamountused",
    "paymentamountunused",
];

/// Columns that hold dates, wherever they occur.
const DATES: &[&str] = &[
    "billeddate",
    "closedate",
    "closedondate",
    "createddate",
    "dateclosed",
    "datecreated",
    "deleteddate",
    "duedate",
    "effectivedate",
    "enddate",
    "firstorderdate",
    "firstsaledate",
    "lastmodifieddate",
    "lastorderdate",
    "lastsaledate",
    "linelastmodifieddate",
    "nextbilldate",
    "reversaldate",
    "startdate",
    "trandate",
];

/// The built-in list of names is not readable.
#[derive(Debug, thiserror::Error)]
#[error("the list of SuiteQL columns cannot be read: {0}")]
pub struct SchemaError(#[from] serde_json::Error);

impl Schema {
    /// The schema of the built-in file, extended, with the account's custom fields.
    pub(super) fn load(custom: &[CustomField]) -> Result<Self, SchemaError> {
        let file: File = serde_json::from_str(FILE)?;
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        let listed = file.tables.into_iter().map(|(name, t)| (name, t.columns));
        let more =
            MORE.into_iter().map(|(name, names)| (name.to_owned(), names.iter().map(ToString::to_string).collect()));
        for (table, names) in listed.chain(more) {
            let table = table.to_lowercase();
            let columns = tables.entry(table.clone()).or_default();
            for name in names {
                if !columns.iter().any(|c| c.name == name) {
                    columns.push(Column { kind: kind_of(&name), special: special_of(&table, &name), name });
                }
            }
        }
        for field in custom {
            for table in ["customer", "contact"].into_iter().take(1 + usize::from(field.on_contacts)) {
                tables.entry(table.to_owned()).or_default().push(custom_column(field));
            }
            if let CustomForm::List { table, .. } = field.form {
                let column = |name: &str| Column { name: name.to_owned(), kind: kind_of(name), special: Trait::Plain };
                tables.insert(table.to_owned(), ["id", "name", "isinactive"].map(column).into());
            }
        }
        Ok(Self(tables))
    }

    /// The columns of a table, by its lower-case name.
    pub(super) fn table(&self, name: &str) -> Option<&[Column]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Every table with its columns.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&str, &[Column])> {
        self.0.iter().map(|(name, columns)| (name.as_str(), columns.as_slice()))
    }
}

fn custom_column(field: &CustomField) -> Column {
    let (kind, special) = match field.form {
        CustomForm::Text | CustomForm::Flag => (Kind::Text, Trait::Plain),
        CustomForm::List { table, .. } => (Kind::Number, Trait::Refers { table, column: "name" }),
        CustomForm::Date => (Kind::Date, Trait::Plain),
        CustomForm::Number => (Kind::Number, Trait::Plain),
    };
    Column { name: field.name.to_owned(), kind, special }
}

fn kind_of(column: &str) -> Kind {
    if NUMBERS.contains(&column) {
        Kind::Number
    } else if DATES.contains(&column) {
        Kind::Date
    } else {
        Kind::Text
    }
}

fn special_of(table: &str, column: &str) -> Trait {
    let refers = |table, column| Trait::Refers { table, column };
    match (table, column) {
        ("transaction", "status") => Trait::Status,
        ("transaction", "type") | (_, "previoustype" | "nexttype") => Trait::Type,
        ("transaction" | "transactionline" | "customersubsidiaryrelationship", "entity") => {
            refers("entity", "entitytitle")
        }
        ("currency", "id") | (_, "currency" | "basecurrency" | "transactioncurrency") => refers("currency", "name"),
        (_, "subsidiary") => refers("subsidiary", "name"),
        (_, "terms") => refers("term", "name"),
        ("transaction", "postingperiod") => refers("accountingperiod", "periodname"),
        (_, "salesrep" | "createdby" | "lastmodifiedby" | "employee") => refers("employee", "entityid"),
        ("transactionline", "item") => refers("item", "itemid"),
        ("transactionline" | "transactionaccountingline", "transaction")
        | (_, "previousdoc" | "nextdoc" | "createdfrom") => refers("transaction", "trandisplayname"),
        _ => Trait::Plain,
    }
}
