//! Every SuiteQL text that the connector sends.
//!
//! Promise: what a person typed is only ever a bound value; what stands in a text are our own words, ids that are numbers
//! by type, and decimals. User text in `LIKE` has its wildcards escaped.
//! Never: reads an answer.
//!
//! Traps that shape them: bound values must not stand in both `SELECT` and `GROUP BY` (Oracle takes them for different
//! expressions), so sums are conditional instead of grouped by age; the status compares safely only in its composite form
//! (`CustInvc:A`, `BUILTIN.CF`); every list ends with a unique order, since pages are cut by offset.

use jiff::{ToSpan as _, civil::Date};
use rust_decimal::Decimal;

use super::columns::{Columns, Optional};
use crate::domain::query::InvoiceQuery;

/// A text with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) sql: String,
    /// For the question marks, in their order.
    pub(super) params: Vec<String>,
}

impl Statement {
    pub(super) fn plain(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), params: Vec::new() }
    }
}

/// Documents that we show: invoices and credit notes.
const DOCUMENTS: &str = "t.type IN ('CustInvc', 'CustCred')";
/// Composite statuses of documents that are not settled.
const UNSETTLED: &str = "BUILTIN.CF(t.status) IN ('CustInvc:A', 'CustInvc:D', 'CustCred:A')";
/// Composite status of open invoices.
const OPEN: &str = "BUILTIN.CF(t.status) = 'CustInvc:A'";
/// Composite statuses of documents that count in sums: open, paid, applied.
const COUNTED: &str = "BUILTIN.CF(t.status) IN ('CustInvc:A', 'CustInvc:B', 'CustCred:A', 'CustCred:B')";

/// Where the amounts of a document are, by what the account has.
struct Amounts {
    total: &'static str,
    paid: &'static str,
    remaining: &'static str,
}

fn amounts(columns: &Columns) -> Amounts {
    if !columns.has(Optional::Foreign) {
        // One currency only: the base amounts of the main line are the document's own.
        return Amounts {
            total: "al.amount",
            paid: "CASE WHEN t.type = 'CustCred' THEN NVL(al.paymentamountused, al.amountpaid) ELSE al.amountpaid END",
            remaining: "CASE WHEN t.type = 'CustCred' THEN NVL(al.paymentamountunused, al.amountunpaid) \
                        ELSE al.amountunpaid END",
        };
    }
    if !columns.has(Optional::CreditUse) {
        return Amounts { total: "t.foreigntotal", paid: "t.foreignamountpaid", remaining: "t.foreignamountunpaid" };
    }
    Amounts {
        total: "t.foreigntotal",
        paid: "CASE WHEN t.type = 'CustCred' THEN NVL(ml.foreignpaymentamountused, t.foreignamountpaid) \
               ELSE t.foreignamountpaid END",
        remaining: "CASE WHEN t.type = 'CustCred' THEN NVL(ml.foreignpaymentamountunused, t.foreignamountunpaid) \
                    ELSE t.foreignamountunpaid END",
    }
}

/// The tables of a document's head. The main line is one row a document; where an account keeps several accounting books it
/// also has currencies, and the accounting line is not asked.
fn tables(columns: &Columns) -> &'static str {
    if columns.has(Optional::Foreign) {
        "FROM transaction t LEFT JOIN entity e ON e.id = t.entity LEFT JOIN currency c ON c.id = t.currency \
         LEFT JOIN transactionline ml ON ml.transaction = t.id AND ml.mainline = 'T'"
    } else {
        "FROM transaction t LEFT JOIN entity e ON e.id = t.entity \
         LEFT JOIN transactionline ml ON ml.transaction = t.id AND ml.mainline = 'T' \
         LEFT JOIN transactionaccountingline al ON al.transaction = t.id AND al.transactionline = ml.id"
    }
}

/// The heads of documents under `condition`, in `order`.
fn heads(columns: &Columns, condition: &str, order: &str) -> String {
    let Amounts { total, paid, remaining } = amounts(columns);
    let optional = [
        columns.when(Optional::DueDate, ", TO_CHAR(t.duedate, 'YYYY-MM-DD') AS duedate"),
        columns.when(Optional::Memo, ", t.memo AS memo"),
        columns.when(Optional::PoNumber, ", t.otherrefnum AS ponumber"),
        columns.when(Optional::Voided, ", t.voided AS voided"),
        columns.when(Optional::Foreign, ", c.symbol AS currency"),
        columns.when(Optional::Subsidiary, ", BUILTIN.DF(ml.subsidiary) AS subsidiaryname"),
    ]
    .concat();
    format!(
        "SELECT t.id AS id, t.type AS kind, t.tranid AS tranid, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, \
         t.status AS status, BUILTIN.DF(t.status) AS statusname, t.entity AS customer, e.entityid AS customernumber, \
         e.altname AS customername, {total} AS total, {paid} AS paid, {remaining} AS remaining{optional} \
         {} WHERE {DOCUMENTS} AND {condition} ORDER BY {order}",
        tables(columns)
    )
}

const NEWEST_FIRST: &str = "t.trandate DESC, t.id DESC";

/// The documents of `customers`: unsettled ones first, then the newest.
pub(super) fn ledger(columns: &Columns, customers: &[u64]) -> Statement {
    let condition = format!("t.entity IN ({})", list(customers));
    let order = format!("CASE WHEN {UNSETTLED} THEN 0 ELSE 1 END, {NEWEST_FIRST}");
    Statement::plain(heads(columns, &condition, &order))
}

/// The documents with these ids.
pub(super) fn by_ids(columns: &Columns, ids: &[u64]) -> Statement {
    Statement::plain(heads(columns, &format!("t.id IN ({})", list(ids)), NEWEST_FIRST))
}

/// The sums of all documents of `customers`, a row a currency, as they stand on `today`.
///
/// Columns: `currency`, `documents`, `notdue`, `age1` (1–30 days), `age2` (31–60), `age3` (61–90), `age4`, `paid`, `credit`.
pub(super) fn totals(columns: &Columns, customers: &[u64], today: Date) -> Statement {
    let Amounts { paid, remaining, .. } = amounts(columns);
    let mut params = Vec::new();
    let mut sums = open_by_age(columns, today, &mut params)
        .iter()
        .map(|(condition, name)| sum(condition, remaining, name))
        .collect::<String>();
    sums.push_str(&sum("t.type = 'CustInvc'", paid, "paid"));
    sums.push_str(&sum("t.type = 'CustCred'", &format!("ABS({remaining})"), "credit"));
    let (currency, group) = if columns.has(Optional::Foreign) {
        ("c.symbol AS currency, ", " GROUP BY c.symbol ORDER BY c.symbol")
    } else {
        ("", "")
    };
    let live = columns.when(Optional::Voided, " AND NVL(t.voided, 'F') = 'F'");
    let sql = format!(
        "SELECT {currency}COUNT(*) AS documents{sums} {} WHERE {DOCUMENTS} AND t.entity IN ({}) AND {COUNTED}{live}{group}",
        tables(columns),
        list(customers)
    );
    Statement { sql, params }
}

/// A column `name`: the sum of `amount` over the rows under `condition`.
fn sum(condition: &str, amount: &str, name: &str) -> String {
    format!(", SUM(CASE WHEN {condition} THEN {amount} ELSE 0 END) AS {name}")
}

/// The conditions for open invoices not due on `today`, and for those 1–30, 31–60, 61–90 and more days past due. Their days
/// are bound in the order in which the conditions are listed.
fn open_by_age(columns: &Columns, today: Date, params: &mut Vec<String>) -> Vec<(String, &'static str)> {
    const DAY: &str = "TO_DATE(?, 'YYYY-MM-DD')";
    if !columns.has(Optional::DueDate) {
        return vec![(OPEN.to_owned(), "notdue")];
    }
    let mut bind = |back: &[i64]| params.extend(back.iter().map(|back| today.saturating_sub(back.days()).to_string()));
    bind(&[0]);
    let mut ages = vec![(format!("{OPEN} AND (t.duedate IS NULL OR t.duedate >= {DAY})"), "notdue")];
    for (before, from, name) in [(0, 30, "age1"), (30, 60, "age2"), (60, 90, "age3")] {
        bind(&[before, from]);
        ages.push((format!("{OPEN} AND t.duedate < {DAY} AND t.duedate >= {DAY}"), name));
    }
    bind(&[90]);
    ages.push((format!("{OPEN} AND t.duedate < {DAY}"), "age4"));
    ages
}

/// The documents that fit `query`, newest first; `None` when nothing can fit it (a text of dashes only).
pub(super) fn search(columns: &Columns, query: &InvoiceQuery) -> Option<Statement> {
    if query.is_empty() {
        return Some(Statement::plain(heads(columns, "1 = 1", NEWEST_FIRST)));
    }
    let (mut ways, mut params) = (Vec::new(), Vec::new());
    let needle = squeezed(&query.text);
    if !needle.is_empty() {
        let texts = [
            Some("t.tranid"),
            columns.has(Optional::PoNumber).then_some("t.otherrefnum"),
            columns.has(Optional::Memo).then_some("t.memo"),
            Some("e.altname"),
            Some("e.entityid"),
        ];
        for column in texts.into_iter().flatten() {
            ways.push(contains(column));
            params.push(pattern(&needle));
        }
    }
    if !query.amounts.is_empty() {
        let Amounts { total, remaining, .. } = amounts(columns);
        let wanted = numbers(&query.amounts);
        ways.push(format!("ABS({total}) IN ({wanted})"));
        ways.push(format!("ABS({remaining}) IN ({wanted})"));
    }
    for day in &query.days {
        for column in [Some("t.trandate"), columns.has(Optional::DueDate).then_some("t.duedate")].into_iter().flatten()
        {
            ways.push(format!("{column} = TO_DATE(?, 'YYYY-MM-DD')"));
            params.push(day.to_string());
        }
    }
    if ways.is_empty() {
        return None;
    }
    let sql = heads(columns, &format!("({})", ways.join(" OR ")), NEWEST_FIRST);
    Some(Statement { sql, params })
}

/// The lines of a document, taxes among them (`taxline`), the main line and cost-of-goods lines left out.
pub(super) fn lines(columns: &Columns, document: u64) -> Statement {
    let amount = if columns.has(Optional::Foreign) { "l.foreignamount" } else { "l.netamount" };
    let percent = columns.when(Optional::TaxRate, ", l.ratepercent AS ratepercent");
    let cogs = columns.when(Optional::Cogs, " AND NVL(l.iscogs, 'F') = 'F'");
    Statement::plain(format!(
        "SELECT l.id AS id, l.taxline AS taxline, BUILTIN.DF(l.item) AS itemname, l.memo AS memo, \
         l.quantity AS quantity, l.rate AS rate{percent}, {amount} AS amount \
         FROM transactionline l WHERE l.transaction = {document} AND l.mainline = 'F'{cogs} \
         ORDER BY l.linesequencenumber, l.id"
    ))
}

/// What settles the invoice `document`; of a credit note, what it settles.
pub(super) fn settlements(columns: &Columns, document: u64, credit_note: bool) -> Statement {
    let (table, other, own) = if credit_note {
        ("previoustransactionlink", "previousdoc", "nextdoc")
    } else {
        ("nexttransactionlink", "nextdoc", "previousdoc")
    };
    let kind = if credit_note { "l.previoustype" } else { "l.nexttype" };
    let amount = columns.when(Optional::LinkAmount, ", l.foreignamount AS amount");
    // Other links lead to orders and returns; these are the kinds that settle or are settled. The other document may be out
    // of the role's sight, so it is joined from outside.
    Statement::plain(format!(
        "SELECT l.{other} AS id, {kind} AS kind, BUILTIN.DF({kind}) AS kindname, p.tranid AS tranid, \
         TO_CHAR(p.trandate, 'YYYY-MM-DD') AS trandate{amount} \
         FROM {table} l LEFT JOIN transaction p ON p.id = l.{other} WHERE l.{own} = {document} \
         AND {kind} IN ('CustPymt', 'CustCred', 'CustInvc', 'DepAppl', 'Journal') \
         ORDER BY p.trandate, l.{other}"
    ))
}

const CUSTOMER_ORDER: &str = "ORDER BY cu.isinactive, cu.altname, cu.id";

fn customer_heads(columns: &Columns, condition: &str) -> String {
    let other = columns.when(Optional::OtherEmail, ", cu.altemail AS altemail");
    format!(
        "SELECT cu.id AS id, cu.entityid AS entityid, cu.altname AS altname, cu.companyname AS companyname, \
         cu.firstname AS firstname, cu.lastname AS lastname, cu.isperson AS isperson, cu.isinactive AS isinactive, \
         cu.email AS email{other} FROM customer cu WHERE {condition} {CUSTOMER_ORDER}"
    )
}

/// The customers with any of `emails`, their own or one of their contacts'.
pub(super) fn customers_by_email(columns: &Columns, emails: &[String]) -> Statement {
    let any = vec!["LOWER(?)"; emails.len()].join(", ");
    let mut ways = vec![format!("LOWER(cu.email) IN ({any})")];
    if columns.has(Optional::OtherEmail) {
        ways.push(format!("LOWER(cu.altemail) IN ({any})"));
    }
    if columns.has(Optional::Contacts) {
        ways.push(format!("cu.id IN (SELECT ct.company FROM contact ct WHERE LOWER(ct.email) IN ({any}))"));
    }
    let params = emails.iter().cycle().take(emails.len() * ways.len()).cloned().collect();
    Statement { sql: customer_heads(columns, &format!("({})", ways.join(" OR "))), params }
}

/// The addresses among `emails` that contacts of `companies` have, with the company: columns `company`, `email`.
pub(super) fn contact_emails(companies: &[u64], emails: &[String]) -> Statement {
    let any = vec!["LOWER(?)"; emails.len()].join(", ");
    let sql = format!(
        "SELECT ct.id AS id, ct.company AS company, ct.email AS email FROM contact ct \
         WHERE ct.company IN ({}) AND LOWER(ct.email) IN ({any}) ORDER BY ct.id",
        list(companies)
    );
    Statement { sql, params: emails.to_vec() }
}

/// The customers whose name or number contains `text`; `None` when the text is of spaces and dashes only.
pub(super) fn customers_by_name(columns: &Columns, text: &str) -> Option<Statement> {
    let needle = squeezed(text);
    if needle.is_empty() {
        return None;
    }
    let ways = ["cu.altname", "cu.companyname", "cu.entityid"].map(contains);
    let sql = customer_heads(columns, &format!("({})", ways.join(" OR ")));
    Some(Statement { sql, params: vec![pattern(&needle); ways.len()] })
}

/// The customers with these ids.
pub(super) fn customers_by_ids(columns: &Columns, ids: &[u64]) -> Statement {
    Statement::plain(customer_heads(columns, &format!("cu.id IN ({})", list(ids))))
}

/// The account's wall clock, and how it writes the second of January 2003.
pub(super) fn clock_and_dates() -> Statement {
    Statement::plain(
        "SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS') AS now, TO_DATE('2003-01-02', 'YYYY-MM-DD') AS sample FROM DUAL",
    )
}

/// The account's own currency.
pub(super) fn base_currency() -> Statement {
    Statement::plain("SELECT symbol FROM currency WHERE isbasecurrency = 'T'")
}

/// One invoice or credit note of any customer, for trying out rights.
pub(super) fn any_document(type_code: &'static str) -> Statement {
    Statement::plain(format!("SELECT MAX(t.id) AS id FROM transaction t WHERE t.type = '{type_code}'"))
}

/// Asks `table` for `columns`, and for at most one row.
pub(super) fn ask(table: &'static str, columns: &[&'static str]) -> Statement {
    Statement::plain(format!("SELECT {} FROM {table} WHERE ROWNUM <= 1", columns.join(", ")))
}

/// Ids as a list. They are numbers by type: nothing in them can be anything else.
pub(super) fn list(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// Decimals as a list, in plain digits.
fn numbers(amounts: &[Decimal]) -> String {
    amounts.iter().map(|n| n.normalize().to_string()).collect::<Vec<_>>().join(", ")
}

/// Space and dash signs that people leave out or put in as they please.
const IGNORED: [char; 5] = [' ', '-', '\u{a0}', '–', '—'];

/// `column`, in capitals and without [`IGNORED`], contains a bound pattern. `TRANSLATE` takes out every sign that has no
/// counterpart in its last value; that one must not be empty, so a letter stands for itself.
fn contains(column: &str) -> String {
    let ignored: String = IGNORED.iter().collect();
    format!("TRANSLATE(UPPER({column}), 'A{ignored}', 'A') LIKE UPPER(?) ESCAPE '\\'")
}

/// `text` without white space and dashes. Capitals are made by the account's own `UPPER` on both sides of the comparison:
/// Oracle's and Rust's differ (ß).
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect()
}

/// `text` anywhere, its own wildcards taken literally.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(feature = "sandbox")]
#[cfg(test)]
#[path = "statements_tests.rs"]
mod tests;
