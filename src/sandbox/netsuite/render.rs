//! Records as the record service writes them: camel case, references and enumerations as objects.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::{
    engine::{Desk, DeskError, Fields, rows},
    people,
    records::{View, amount, put},
};
use crate::sandbox::data::books::{EntityKind, Line, Settlement, Transaction, TransactionKind};

/// A record's fields.
type Record = Map<String, Json>;

/// An invoice, credit memo or payment.
///
/// # Errors
/// When the engine fails.
pub(super) fn transaction(view: &View<'_>, kind: TransactionKind, id: u32) -> Result<Option<Record>, DeskError> {
    let Some(t) = view.books.transactions.iter().find(|t| t.id == id && t.kind == kind) else { return Ok(None) };
    let party = view.engine.read(|desk| Party::of(desk, id))?;
    let own = name_of(kind);
    let mut record = Record::new();
    let mut set = |key: &str, value: Json| put(&mut record, key, value);
    set("links", view.own_link(own, id));
    set("id", json!(id.to_string()));
    set("tranId", json!(t.number));
    set("tranDate", json!(t.date.to_string()));
    set("createdDate", view.instant(t.created));
    set("lastModifiedDate", view.instant(t.modified));
    set("memo", json!(t.memo));
    let letter = t.status.to_string();
    set("status", view.choice(&letter, kind.status_label(&letter)));
    let reference = party.as_ref().map(|p| view.reference("customer", p.id, p.text("entitytitle")));
    set(if kind == TransactionKind::Payment { "customer" } else { "entity" }, json!(reference));
    if view.switches.multi_currency == Some(true)
        && let Some(currency) = view.books.currencies.iter().find(|c| c.id == t.currency)
    {
        set("currency", view.reference("currency", currency.id, currency.symbol));
        set("currencyName", json!(currency.name));
        set("currencySymbol", json!(currency.symbol));
        set("exchangeRate", amount(t.rate));
    }
    if view.switches.one_world == Some(true)
        && let Some(subsidiary) = view.books.subsidiaries.iter().find(|s| s.id == t.subsidiary)
    {
        set("subsidiary", view.reference("subsidiary", subsidiary.id, subsidiary.name));
    }
    match kind {
        TransactionKind::Invoice => invoice(view, &mut record, t, party.as_ref()),
        TransactionKind::CreditMemo => credit_memo(view, &mut record, t),
        TransactionKind::Payment => payment(view, &mut record, t),
    }
    Ok(Some(record))
}

/// The customer of a transaction, as it is now.
struct Party {
    id: u32,
    row: Fields,
    address: Option<Fields>,
    balance: f64,
}

impl Party {
    fn of(desk: &Desk<'_>, transaction: u32) -> Result<Option<Self>, DeskError> {
        let Some(id) = desk.party_of(transaction)? else { return Ok(None) };
        let Some(row) = desk.get(EntityKind::Customer, id)? else { return Ok(None) };
        let address = desk.addresses(id)?.into_iter().next();
        Ok(Some(Self { id, row, address, balance: desk.balance(id)? }))
    }

    fn text(&self, column: &str) -> &str {
        rows::text(&self.row, column).unwrap_or_default()
    }
}

const fn name_of(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Invoice => "invoice",
        TransactionKind::CreditMemo => "creditMemo",
        TransactionKind::Payment => "customerPayment",
    }
}

fn invoice(view: &View<'_>, record: &mut Record, t: &Transaction, party: Option<&Party>) {
    put(record, "dueDate", json!(t.due.map(|d| d.to_string())));
    put(record, "otherRefNum", json!(t.po_number));
    let term = t.terms.and_then(|id| view.books.terms.iter().find(|term| term.id == id));
    put(record, "terms", json!(term.map(|term| view.reference("term", term.id, term.name))));
    let approval = ["", "Pending Approval", "Approved", "Rejected"].get(usize::from(t.approval)).copied().unwrap_or("");
    put(record, "approvalStatus", view.choice(&t.approval.to_string(), approval));
    totals(record, t, Decimal::ONE);
    put(record, "amountPaid", amount(t.paid));
    put(record, "amountRemaining", amount(t.unpaid()));
    put(record, "amountRemainingTotalBox", amount(t.unpaid()));
    put(record, "total", amount(t.total));
    put(record, "voided", json!(t.voided));
    if let Some(party) = party {
        // In the record `balance` is the customer's, not the invoice's.
        put(record, "balance", json!(party.balance));
        put(record, "email", json!(party.text("email")));
        put(record, "billAddress", json!(party.address.as_ref().map(|a| people::label(&party.row, a))));
    }
    put(record, "item", view.sublist(&format!("invoice/{}/item", t.id), &items(view, t, Decimal::ONE)));
}

fn credit_memo(view: &View<'_>, record: &mut Record, t: &Transaction) {
    // The record shows a credit memo's amounts as positive numbers; the table holds them negative.
    totals(record, t, Decimal::NEGATIVE_ONE);
    put(record, "total", amount(-t.total));
    put(record, "applied", amount(-t.paid));
    put(record, "unapplied", amount(-t.unpaid()));
    put(record, "amountRemaining", amount(-t.unpaid()));
    put(record, "item", view.sublist(&format!("creditMemo/{}/item", t.id), &items(view, t, Decimal::ONE)));
    put(record, "apply", view.sublist(&format!("creditMemo/{}/apply", t.id), &applied(view, t.id)));
}

fn payment(view: &View<'_>, record: &mut Record, t: &Transaction) {
    let used: Decimal = view.books.links.iter().filter(|l| l.by == t.id).map(|l| l.amount).sum();
    put(record, "payment", amount(t.total));
    put(record, "total", amount(t.total));
    put(record, "applied", amount(used));
    put(record, "unapplied", amount(t.total - used));
    put(record, "apply", view.sublist(&format!("customerPayment/{}/apply", t.id), &applied(view, t.id)));
}

fn totals(record: &mut Record, t: &Transaction, sign: Decimal) {
    let tax: Decimal = t.lines.iter().filter(|l| l.tax).map(|l| l.amount).sum();
    put(record, "taxTotal", amount(tax));
    put(record, "subtotal", amount(sign * t.total - tax));
    put(record, "discountTotal", amount(Decimal::ZERO));
    put(record, "shippingCost", amount(Decimal::ZERO));
}

fn items(view: &View<'_>, t: &Transaction, sign: Decimal) -> Vec<Json> {
    let line = |at: usize, line: &Line| {
        let mut row = Record::new();
        put(&mut row, "line", json!(at + 1));
        let item = line.item.and_then(|id| view.books.items.iter().find(|i| i.id == id));
        put(&mut row, "item", json!(item.map(|i| json!({"id": i.id.to_string(), "refName": i.number}))));
        put(&mut row, "description", json!(line.text));
        put(&mut row, "quantity", amount(line.quantity));
        put(&mut row, "rate", amount(line.rate));
        put(&mut row, "amount", amount(sign * line.amount));
        Json::Object(row)
    };
    t.lines.iter().enumerate().filter(|(_, l)| !l.tax).map(|(at, l)| line(at, l)).collect()
}

/// What a payment or credit memo settles.
fn applied(view: &View<'_>, by: u32) -> Vec<Json> {
    let row = |at: usize, link: &Settlement| {
        let number = view.books.transactions.iter().find(|t| t.id == link.invoice).map(|t| t.number.clone());
        json!({
            "line": at + 1, "apply": true, "amount": amount(link.amount), "refNum": number,
            "doc": view.reference("invoice", link.invoice, &format!("Invoice #{}", number.as_deref().unwrap_or(""))),
        })
    };
    view.books.links.iter().filter(|l| l.by == by).enumerate().map(|(at, l)| row(at, l)).collect()
}

/// A currency.
pub(super) fn currency(view: &View<'_>, id: u32) -> Option<Record> {
    let (at, c) = view.books.currencies.iter().enumerate().find(|(_, c)| c.id == id)?;
    let mut record = Record::new();
    put(&mut record, "links", view.own_link("currency", id));
    put(&mut record, "id", json!(id.to_string()));
    put(&mut record, "name", json!(c.name));
    put(&mut record, "symbol", json!(c.symbol));
    put(&mut record, "currencyPrecision", view.choice(&c.digits.to_string(), &c.digits.to_string()));
    put(&mut record, "exchangeRate", amount(c.rate));
    put(&mut record, "isBaseCurrency", json!(at == 0));
    put(&mut record, "isInactive", json!(false));
    Some(record)
}

/// A subsidiary.
pub(super) fn subsidiary(view: &View<'_>, id: u32) -> Option<Record> {
    let s = view.books.subsidiaries.iter().find(|s| s.id == id)?;
    let mut record = Record::new();
    put(&mut record, "links", view.own_link("subsidiary", id));
    put(&mut record, "id", json!(id.to_string()));
    put(&mut record, "name", json!(s.name));
    put(&mut record, "country", view.choice(s.country, s.country));
    put(&mut record, "isInactive", json!(false));
    Some(record)
}

/// A payment term.
pub(super) fn term(view: &View<'_>, id: u32) -> Option<Record> {
    let t = view.books.terms.iter().find(|t| t.id == id)?;
    let mut record = Record::new();
    put(&mut record, "links", view.own_link("term", id));
    put(&mut record, "id", json!(id.to_string()));
    put(&mut record, "name", json!(t.name));
    put(&mut record, "daysUntilNetDue", json!(t.days));
    put(&mut record, "isInactive", json!(false));
    Some(record)
}
