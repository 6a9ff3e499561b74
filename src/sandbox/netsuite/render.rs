//! Records as the record service writes them: camel case, references and enumerations as objects.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::records::{View, amount, put};
use crate::sandbox::data::books::{Customer, Line, Settlement, Transaction, TransactionKind};

/// A record's fields.
type Record = Map<String, Json>;

/// An invoice, credit memo or payment.
pub(super) fn transaction(view: &View<'_>, kind: TransactionKind, id: u32) -> Option<Record> {
    let t = view.books.transactions.iter().find(|t| t.id == id && t.kind == kind)?;
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
    let customer = view.books.customers.iter().find(|c| c.id == t.customer);
    let party = customer.map(|c| view.reference("customer", c.id, &format!("{} {}", c.number, c.name())));
    set(if kind == TransactionKind::Payment { "customer" } else { "entity" }, json!(party));
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
        TransactionKind::Invoice => invoice(view, &mut record, t, customer),
        TransactionKind::CreditMemo => credit_memo(view, &mut record, t),
        TransactionKind::Payment => payment(view, &mut record, t),
    }
    Some(record)
}

const fn name_of(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Invoice => "invoice",
        TransactionKind::CreditMemo => "creditMemo",
        TransactionKind::Payment => "customerPayment",
    }
}

fn invoice(view: &View<'_>, record: &mut Record, t: &Transaction, customer: Option<&Customer>) {
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
    if let Some(customer) = customer {
        // In the record `balance` is the customer's, not the invoice's.
        put(record, "balance", amount(balance(view, customer.id)));
        put(record, "email", json!(customer.email));
        put(record, "billAddress", json!(address(customer)));
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

/// What a customer owes, in the base currency.
fn balance(view: &View<'_>, customer: u32) -> Decimal {
    let counts = |t: &&Transaction| t.customer == customer && t.status == 'A' && t.kind != TransactionKind::Payment;
    let open = view.books.transactions.iter().filter(counts).map(|t| t.unpaid() * t.rate);
    open.sum::<Decimal>().round_dp(2)
}

fn address(customer: &Customer) -> String {
    let a = &customer.address;
    let town =
        [a.zip.as_deref(), Some(&a.city), a.state.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    [customer.name().as_str(), &a.street, &town, a.country].join("\n")
}

/// A customer.
pub(super) fn customer(view: &View<'_>, id: u32) -> Option<Record> {
    let c = view.books.customers.iter().find(|c| c.id == id)?;
    let mut record = Record::new();
    let mut set = |key: &str, value: Json| put(&mut record, key, value);
    set("links", view.own_link("customer", id));
    set("id", json!(id.to_string()));
    set("entityId", json!(c.number));
    set("altName", json!(c.name()));
    set("isPerson", json!(c.company.is_none()));
    set("companyName", json!(c.company));
    set("firstName", json!(c.first_name));
    set("lastName", json!(c.last_name));
    set("email", json!(c.email));
    set("altEmail", json!(c.other_email));
    set("phone", json!(c.phone));
    set("comments", json!(c.comments));
    set("isInactive", json!(c.inactive));
    set("searchStage", view.choice("Customer", "Customer"));
    set("balance", amount(balance(view, id)));
    set("defaultAddress", json!(address(c)));
    set("lastModifiedDate", view.instant(c.modified));
    set("dateCreated", view.instant(c.modified));
    if view.switches.multi_currency == Some(true)
        && let Some(currency) = view.books.currencies.iter().find(|m| m.id == c.currency)
    {
        set("currency", view.reference("currency", currency.id, currency.symbol));
    }
    if view.switches.one_world == Some(true)
        && let Some(subsidiary) = view.books.subsidiaries.iter().find(|s| s.id == c.subsidiary)
    {
        set("subsidiary", view.reference("subsidiary", subsidiary.id, subsidiary.name));
    }
    let term = view.books.terms.iter().find(|t| t.id == c.terms);
    set("terms", json!(term.map(|t| view.reference("term", t.id, t.name))));
    Some(record)
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
