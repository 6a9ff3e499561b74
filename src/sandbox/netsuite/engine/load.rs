//! Writes an account's books into the tables of the SQL engine.

use jiff::civil::{Date, DateTime};
use rusqlite::{Connection, params_from_iter, types::Value};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use super::schema::{Column, Kind, Schema};
use crate::sandbox::data::books::{Books, Contact, Customer, Line, Settlement, Transaction, TransactionKind};
use crate::sandbox::data::custom::CustomForm;

/// Creates every table of `schema` and fills it from `books`.
pub(super) fn fill(db: &mut Connection, schema: &Schema, books: &Books) -> rusqlite::Result<()> {
    let write = db.transaction()?;
    for (table, columns) in schema.tables() {
        write.execute_batch(&definition(schema, table, columns))?;
    }
    // Whose transactions were before a merge.
    write.execute_batch("CREATE TABLE \"sandbox$moved\" (id INTEGER PRIMARY KEY, entity NUMERIC)")?;
    small_tables(&write, books)?;
    people(&write, books)?;
    for transaction in &books.transactions {
        put_transaction(&write, transaction)?;
    }
    for link in &books.links {
        put_link(&write, link)?;
    }
    write.execute_batch(
        "CREATE UNIQUE INDEX i_transaction ON \"transaction\" (id);
         CREATE INDEX i_transaction_entity ON \"transaction\" (entity, type);
         CREATE INDEX i_transaction_tranid ON \"transaction\" (tranid);
         CREATE INDEX i_line ON transactionline (\"transaction\", mainline);
         CREATE INDEX i_accounting_line ON transactionaccountingline (\"transaction\");
         CREATE INDEX i_next ON nexttransactionlink (previousdoc);
         CREATE INDEX i_next_back ON nexttransactionlink (nextdoc);
         CREATE INDEX i_previous ON previoustransactionlink (nextdoc);
         CREATE INDEX i_previous_back ON previoustransactionlink (previousdoc);
         CREATE UNIQUE INDEX i_item ON item (id);
         CREATE UNIQUE INDEX i_currency ON currency (id);
         CREATE UNIQUE INDEX i_employee ON employee (id);
         CREATE UNIQUE INDEX i_subsidiary ON subsidiary (id);
         CREATE UNIQUE INDEX i_term ON term (id);
         CREATE INDEX i_customer_email ON customer (ora_lower(email));
         CREATE INDEX i_customer_other_email ON customer (ora_lower(altemail));
         CREATE INDEX i_customer_modified ON customer (lastmodifieddate);
         CREATE INDEX i_customer_external ON customer (externalid) WHERE externalid IS NOT NULL;
         CREATE INDEX i_contact_email ON contact (ora_lower(email));
         CREATE INDEX i_contact_company ON contact (company);
         CREATE INDEX i_contact_modified ON contact (lastmodifieddate);
         CREATE INDEX i_contact_external ON contact (externalid) WHERE externalid IS NOT NULL;
         CREATE INDEX i_address_owner ON entityaddress (recordowner);
         CREATE INDEX i_relation_contact ON companycontactrelationship (contact, company);
         CREATE INDEX i_relation_company ON companycontactrelationship (company, contact);
         CREATE INDEX i_deleted ON deletedrecord (deleteddate, recordid);",
    )?;
    write.commit()
}

/// How SQLite holds a table. The rows of customers are held once: `entity` and `customersubsidiaryrelationship` are views
/// of them.
fn definition(schema: &Schema, table: &str, columns: &[Column]) -> String {
    let customer = |name: &str| schema.table("customer").is_some_and(|all| all.iter().any(|c| c.name == name));
    let shown = |column: &Column| match (table, column.name.as_str()) {
        (_, "id" | "customer" | "entity") => format!("id AS \"{}\"", column.name),
        ("entity", "type") => "'CustJob' AS type".to_owned(),
        ("customersubsidiaryrelationship", "isprimarysub") => "'T' AS isprimarysub".to_owned(),
        ("customersubsidiaryrelationship", "subsidiary") => format!("\"{HIDDEN_SUBSIDIARY}\" AS subsidiary"),
        ("entity", name) if customer(name) => format!("\"{name}\""),
        (_, name) => format!("NULL AS \"{name}\""),
    };
    if VIEWS.contains(&table) {
        let columns: Vec<_> = columns.iter().map(shown).collect();
        return format!("CREATE VIEW \"{table}\" AS SELECT {} FROM customer", columns.join(", "));
    }
    let key = match table {
        "customer" | "contact" => "id",
        "entityaddress" => "nkey",
        _ => "",
    };
    let held = |column: &Column| match column.kind {
        Kind::Number if column.name == key => format!("\"{key}\" INTEGER PRIMARY KEY"),
        Kind::Number => format!("\"{}\" NUMERIC", column.name),
        _ => format!("\"{}\" TEXT", column.name),
    };
    let mut columns: Vec<_> = columns.iter().map(held).collect();
    if table == "customer" {
        columns.push(format!("\"{HIDDEN_SUBSIDIARY}\" NUMERIC"));
    }
    format!("CREATE TABLE \"{table}\" ({})", columns.join(", "))
}

/// Tables that are another view of `customer`.
const VIEWS: [&str; 2] = ["customersubsidiaryrelationship", "entity"];

/// The column of `customer` that statements reach through `customersubsidiaryrelationship` only.
pub(super) const HIDDEN_SUBSIDIARY: &str = "sandbox$subsidiary";

/// Writes one row; names and values stand side by side.
macro_rules! put {
    ($db:expr, $table:literal { $first:literal: $value:expr $(, $name:literal: $other:expr)* $(,)? }) => {
        write(
            $db,
            concat!(
                "INSERT INTO \"", $table, "\" (\"", $first, "\"" $(, ",\"", $name, "\"")*, ") VALUES (?"
                $(, put!(mark $name))*, ")"
            ),
            [$value $(, $other)*],
        )
    };
    (mark $name:literal) => { ",?" };
}

fn write<const N: usize>(db: &Connection, insert: &'static str, row: [Value; N]) -> rusqlite::Result<()> {
    db.prepare_cached(insert)?.execute(params_from_iter(row)).map(|_| ())
}

/// Text; the empty text is null, as in Oracle.
fn text(value: impl Into<String>) -> Value {
    let value = value.into();
    if value.is_empty() { Value::Null } else { Value::Text(value) }
}

fn maybe(value: Option<&str>) -> Value {
    value.map_or(Value::Null, text)
}

fn id(value: u32) -> Value {
    Value::Integer(i64::from(value))
}

fn maybe_id(value: Option<u32>) -> Value {
    value.map_or(Value::Null, id)
}

fn flag(value: bool) -> Value {
    text(if value { "T" } else { "F" })
}

fn number(value: Decimal) -> Value {
    match value.is_integer().then(|| value.to_i64()).flatten() {
        Some(whole) => Value::Integer(whole),
        None => value.to_f64().map_or(Value::Null, Value::Real),
    }
}

fn day(value: Date) -> Value {
    text(value.strftime("%Y-%m-%d 00:00:00").to_string())
}

fn instant(value: DateTime) -> Value {
    text(value.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn small_tables(db: &Connection, books: &Books) -> rusqlite::Result<()> {
    currencies(db, books)?;
    for s in &books.subsidiaries {
        put!(db, "subsidiary" {
            "id": id(s.id), "name": text(s.name), "fullname": text(s.name), "country": text(s.country),
            "currency": id(s.currency), "isinactive": flag(false), "iselimination": flag(false),
        })?;
    }
    for t in &books.terms {
        put!(db, "term" {
            "id": id(t.id), "name": text(t.name), "daysuntilnetdue": Value::Integer(t.days.into()), "isinactive": flag(false),
        })?;
    }
    for e in &books.employees {
        put!(db, "employee" {
            "id": id(e.id), "entityid": text(format!("{} {}", e.first_name, e.last_name)), "firstname": text(&e.first_name),
            "lastname": text(&e.last_name), "email": text(&e.email), "isinactive": flag(false),
        })?;
    }
    for i in &books.items {
        put!(db, "item" {
            "id": id(i.id), "itemid": text(&i.number), "fullname": text(&i.number), "displayname": text(&i.name),
            "description": text(&i.name), "itemtype": text("NonInvtPart"), "isinactive": flag(false),
        })?;
    }
    for field in &books.custom_fields {
        if let CustomForm::List { table, values } = field.form {
            let insert = format!("INSERT INTO \"{table}\" (id, name, isinactive) VALUES (?, ?, 'F')");
            for (at, name) in values {
                db.execute(&insert, (at, name))?;
            }
        }
    }
    for (key, name) in [("MULTICURRENCY", "Multiple Currencies"), ("SUBSIDIARIES", "Subsidiaries")] {
        put!(db, "companyfeaturesetup" {
            "id": text(key), "name": text(name), "isavailable": flag(true), "isactive": flag(true),
        })?;
    }
    Ok(())
}

fn currencies(db: &Connection, books: &Books) -> rusqlite::Result<()> {
    for (at, c) in books.currencies.iter().enumerate() {
        put!(db, "currency" {
            "id": id(c.id), "symbol": text(c.symbol), "name": text(c.name), "isbasecurrency": flag(at == 0),
            "currencyprecision": id(c.digits), "exchangerate": number(c.rate), "isinactive": flag(false),
        })?;
        put!(db, "currencyrate" {
            "basecurrency": id(books.currencies[0].id), "transactioncurrency": id(c.id), "exchangerate": number(c.rate),
        })?;
    }
    Ok(())
}

/// Customers, contacts at them, and what was deleted.
pub(super) fn people(db: &Connection, books: &Books) -> rusqlite::Result<()> {
    for customer in &books.customers {
        put_customer(db, customer)?;
    }
    for contact in &books.contacts {
        put_contact(db, contact)?;
    }
    for d in &books.deleted {
        put!(db, "deletedrecord" {
            "recordid": id(d.id), "type": text(d.kind), "name": text(&d.name), "deleteddate": instant(d.at),
            "context": text("UI"), "iscustomrecord": flag(false),
        })?;
    }
    Ok(())
}

/// Writes a customer and its address.
pub(super) fn put_customer(db: &Connection, c: &Customer) -> rusqlite::Result<()> {
    let (name, modified) = (c.name(), instant(c.modified));
    put!(db, "customer" {
        "id": id(c.id), "entityid": text(&c.number), "entitytitle": text(format!("{} {name}", c.number)),
        "altname": text(&name), "companyname": maybe(c.company.as_deref()), "isperson": flag(c.company.is_none()),
        "firstname": maybe(c.first_name.as_deref()), "lastname": maybe(c.last_name.as_deref()),
        "email": maybe(c.email.as_deref()), "altemail": maybe(c.other_email.as_deref()), "phone": maybe(c.phone.as_deref()),
        "isinactive": flag(c.inactive), "comments": maybe(c.comments.as_deref()), "searchstage": text("Customer"),
        "currency": id(c.currency), "terms": id(c.terms), "salesrep": maybe_id(c.sales_rep),
        "defaultbillingaddress": id(c.id), "defaultshippingaddress": id(c.id), "duplicate": flag(false),
        "lastmodifieddate": modified.clone(), "datecreated": modified, "sandbox$subsidiary": id(c.subsidiary),
    })?;
    put!(db, "entityaddress" {
        "nkey": id(c.id), "recordowner": id(c.id), "addr1": text(&c.address.street), "city": text(&c.address.city),
        "state": maybe(c.address.state.as_deref()), "zip": maybe(c.address.zip.as_deref()),
        "country": text(c.address.country), "addressee": text(name),
    })
}

/// Writes a contact and its tie to its company.
pub(super) fn put_contact(db: &Connection, c: &Contact) -> rusqlite::Result<()> {
    let modified = instant(c.modified);
    put!(db, "contact" {
        "id": id(c.id), "entityid": text(format!("{} {}", c.first_name, c.last_name)),
        "firstname": text(&c.first_name), "lastname": text(&c.last_name), "email": text(&c.email),
        "company": id(c.company), "isinactive": flag(false), "isprivate": flag(false),
        "lastmodifieddate": modified.clone(), "datecreated": modified,
    })?;
    put!(db, "companycontactrelationship" { "company": id(c.company), "contact": id(c.id) })
}

fn put_transaction(db: &Connection, t: &Transaction) -> rusqlite::Result<()> {
    let posting = flag(t.status != 'D' && t.status != 'E');
    put!(db, "transaction" {
        "id": id(t.id), "type": text(t.kind.code()), "abbrevtype": text(t.kind.label().to_uppercase()),
        "recordtype": text(t.kind.record()), "tranid": text(&t.number),
        "transactionnumber": text(format!("{}{}", t.kind.code().to_uppercase(), t.id)),
        "trandisplayname": text(format!("{} #{}", t.kind.label(), t.number)),
        "trandate": day(t.date), "duedate": t.due.map_or(Value::Null, day), "closedate": t.closed.map_or(Value::Null, day),
        "status": text(t.status.to_string()), "entity": id(t.customer), "currency": id(t.currency),
        "exchangerate": number(t.rate), "foreigntotal": number(t.total), "foreignamountpaid": number(t.paid),
        "foreignamountunpaid": number(t.unpaid()), "otherrefnum": maybe(t.po_number.as_deref()),
        "memo": maybe(t.memo.as_deref()), "terms": maybe_id(t.terms), "approvalstatus": id(t.approval.into()),
        "voided": flag(t.voided), "void": flag(t.voided), "posting": posting,
        "createddate": instant(t.created), "lastmodifieddate": instant(t.modified),
    })?;
    put_line(db, t, 0, None)?;
    for (at, line) in (1_u32..).zip(&t.lines) {
        put_line(db, t, at, Some(line))?;
    }
    Ok(())
}

/// One line as the tables hold it. Line 0 is the main line, which carries the total; the others have the opposite sign.
fn put_line(db: &Connection, t: &Transaction, at: u32, line: Option<&Line>) -> rusqlite::Result<()> {
    let sign = if t.kind == TransactionKind::CreditMemo { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    let amount = line.map_or(t.total, |l| sign * l.amount);
    let base = (amount * t.rate).round_dp(2);
    let kind = line.map(|l| if l.tax { "TaxItem" } else { "NonInvtPart" });
    put!(db, "transactionline" {
        "transaction": id(t.id), "id": id(at), "linesequencenumber": id(at),
        "uniquekey": Value::Integer(i64::from(t.id) * 1_000 + i64::from(at)), "mainline": flag(line.is_none()),
        "taxline": flag(line.is_some_and(|l| l.tax)), "iscogs": flag(false), "entity": id(t.customer),
        "item": maybe_id(line.and_then(|l| l.item)), "itemtype": maybe(kind),
        "quantity": line.filter(|l| !l.tax).map_or(Value::Null, |l| number(sign * l.quantity)),
        "rate": line.map_or(Value::Null, |l| number(l.rate)), "foreignamount": number(amount), "netamount": number(base),
        "memo": maybe(line.map(|l| l.text.as_str()).or(t.memo.as_deref())), "subsidiary": id(t.subsidiary),
    })?;
    let main = |value: Decimal| if line.is_none() { number((value * t.rate).round_dp(2)) } else { Value::Null };
    put!(db, "transactionaccountingline" {
        "transaction": id(t.id), "transactionline": id(at), "accountingbook": id(1), "amount": number(base),
        "amountpaid": main(t.paid), "amountunpaid": main(t.unpaid()), "exchangerate": number(t.rate),
        "posting": flag(t.status != 'D' && t.status != 'E'), "account": id(if line.is_none() { 6 } else { 54 }),
    })
}

fn put_link(db: &Connection, link: &Settlement) -> rusqlite::Result<()> {
    put!(db, "nexttransactionlink" {
        "previousdoc": id(link.invoice), "previoustype": text(TransactionKind::Invoice.code()), "nextdoc": id(link.by),
        "nexttype": text(link.kind.code()), "linktype": text("Payment"), "foreignamount": number(link.amount),
    })?;
    put!(db, "previoustransactionlink" {
        "previousdoc": id(link.invoice), "previoustype": text(TransactionKind::Invoice.code()), "nextdoc": id(link.by),
        "nexttype": text(link.kind.code()), "linktype": text("Payment"), "foreignamount": number(link.amount),
    })
}
