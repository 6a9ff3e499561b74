//! From NetSuite's fields to our nouns: pure.
//!
//! Promise: signs are turned so that amounts are positive for what people call positive; a value that cannot be read is an
//! error that names the field, never a guess.
//! Never: I/O.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{account::Addresses, wire::Fields};
use crate::{
    domain::{
        customer::{Customer, CustomerRef},
        invoice::{Invoice, InvoiceKind, InvoiceLine, Payment, TaxLine},
        money::{Currency, Money},
        status::Standing,
        summary::Summary,
    },
    erp::ErpError,
};

/// A field that is missing or is not what it should be.
fn unfit(field: &str) -> ErpError {
    ErpError::Broken { what: format!("field {field}") }
}

fn needed<'a>(row: &'a Fields, field: &str) -> Result<&'a str, ErpError> {
    row.text(field).ok_or_else(|| unfit(field))
}

fn owned(row: &Fields, field: &str) -> Option<String> {
    row.text(field).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn number(row: &Fields, field: &str) -> Result<Option<Decimal>, ErpError> {
    row.decimal(field).map_err(|_| unfit(field))
}

fn day(row: &Fields, field: &str) -> Result<Option<Date>, ErpError> {
    row.text(field).map(|text| text.parse().map_err(|_| unfit(field))).transpose()
}

/// The numeric id in `field`.
pub(super) fn id(row: &Fields, field: &str) -> Result<u64, ErpError> {
    needed(row, field)?.parse().map_err(|_| unfit(field))
}

/// What NetSuite's status says: its letter (bare or composite), else its label. Voided documents keep their letter in some
/// accounts and are only marked.
fn standing(row: &Fields) -> Result<Standing, ErpError> {
    if row.is_true("voided") {
        return Ok(Standing::Voided);
    }
    let code = row.text("status").unwrap_or_default();
    let of_letter = match code.rsplit(':').next().unwrap_or_default().trim() {
        "A" => Some(Standing::Open),
        "B" => Some(Standing::Paid),
        "D" => Some(Standing::Draft),
        "E" => Some(Standing::Rejected),
        "V" => Some(Standing::Voided),
        _ => None,
    };
    // Some releases send the label where the letter belongs.
    of_letter.map_or_else(
        || match label(row).to_ascii_lowercase().as_str() {
            "open" => Ok(Standing::Open),
            "paid in full" | "fully applied" => Ok(Standing::Paid),
            "pending approval" => Ok(Standing::Draft),
            "rejected" => Ok(Standing::Rejected),
            "voided" => Ok(Standing::Voided),
            _ => Err(unfit("status")),
        },
        Ok,
    )
}

/// The status in NetSuite's words, without the document's kind in front ("Invoice : Open").
fn label(row: &Fields) -> &str {
    let shown = row.text("statusname").or_else(|| row.text("status")).unwrap_or_default();
    shown.rsplit(" : ").next().unwrap_or(shown).trim()
}

/// Invoice or credit note, by NetSuite's type code.
pub(super) fn kind(row: &Fields) -> Result<InvoiceKind, ErpError> {
    match needed(row, "kind")? {
        "CustInvc" => Ok(InvoiceKind::Invoice),
        "CustCred" => Ok(InvoiceKind::CreditNote),
        _ => Err(unfit("kind")),
    }
}

/// The currency that a record names: its code, in one of the places where releases have it.
pub(super) fn record_currency(record: &Fields) -> Option<Currency> {
    [record.shown("currencysymbol"), record.shown("currency"), record.shown("currencyname")]
        .into_iter()
        .flatten()
        .find_map(|code| code.parse().ok())
}

/// The currency of a row, or the account's own where rows name none.
fn currency(row: &Fields, base: Option<Currency>) -> Result<Currency, ErpError> {
    match row.text("currency") {
        Some(code) => code.parse().map_err(|_| unfit("currency")),
        None => base.ok_or_else(|| ErpError::Broken {
            what: "currency: documents name none; the connection's settings must name the account's own".to_owned(),
        }),
    }
}

/// A document's head, from a row of [`super::statements`]' heads.
pub(super) fn invoice(row: &Fields, pages: &Addresses, base: Option<Currency>) -> Result<Invoice, ErpError> {
    let (id, kind, standing) = (id(row, "id")?, kind(row)?, standing(row)?);
    let currency = currency(row, base)?;
    let amount = |field| -> Result<Option<Decimal>, ErpError> {
        let value = number(row, field)?;
        Ok(if kind == InvoiceKind::CreditNote { value.map(|n| n.abs()) } else { value })
    };
    let total = amount("total")?.ok_or_else(|| unfit("total"))?;
    let paid = amount("paid")?.unwrap_or_default();
    // Documents that do not count have nothing left to pay, whatever the column says or lacks.
    let remaining = match standing {
        Standing::Open | Standing::Draft => amount("remaining")?.unwrap_or(total - paid),
        Standing::Paid | Standing::Voided | Standing::Rejected => amount("remaining")?.unwrap_or_default(),
    };
    Ok(Invoice {
        id: id.to_string().parse().map_err(|_| unfit("id"))?,
        kind,
        number: owned(row, "tranid").unwrap_or_else(|| format!("#{id}")),
        customer: customer_ref(row)?,
        date: day(row, "trandate")?.ok_or_else(|| unfit("trandate"))?,
        due: day(row, "duedate")?,
        standing,
        raw_status: label(row).to_owned(),
        total: Money::new(total, currency),
        paid: Money::new(paid, currency),
        remaining: Money::new(remaining, currency),
        po_number: owned(row, "ponumber"),
        memo: owned(row, "memo"),
        subsidiary: owned(row, "subsidiaryname"),
        url: pages.invoice_page(kind, id),
    })
}

fn customer_ref(row: &Fields) -> Result<CustomerRef, ErpError> {
    let number = owned(row, "customernumber").unwrap_or_default();
    let name = owned(row, "customername").unwrap_or_else(|| number.clone());
    let id = needed(row, "customer")?.parse().map_err(|_| unfit("customer"))?;
    Ok(CustomerRef { id, number, name })
}

/// The sums of one currency, from a row of [`super::statements::totals`].
pub(super) fn take_totals(sums: &mut Summary, row: &Fields, base: Option<Currency>) -> Result<(), ErpError> {
    let documents: u64 = needed(row, "documents")?.parse().map_err(|_| unfit("documents"))?;
    if documents == 0 {
        return Ok(());
    }
    let sums = sums.of_currency(currency(row, base)?);
    sums.count += documents;
    for (field, days) in [("notdue", 0), ("age1", 1), ("age2", 31), ("age3", 61), ("age4", 91)] {
        sums.take_open(number(row, field)?.unwrap_or_default(), days);
    }
    sums.take_paid(number(row, "paid")?.unwrap_or_default());
    sums.take_credit(number(row, "credit")?.unwrap_or_default());
    Ok(())
}

/// One line: goods or tax.
pub(super) enum Line {
    /// Something sold.
    Goods(InvoiceLine),
    /// A tax.
    Tax(TaxLine),
}

/// A line of a document of `kind`. Sales lines are negative in NetSuite, those of credit notes positive.
pub(super) fn line(row: &Fields, kind: InvoiceKind, currency: Currency) -> Result<Line, ErpError> {
    let sign = if kind == InvoiceKind::Invoice { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let amount = Money::new(sign * number(row, "amount")?.unwrap_or_default(), currency);
    let (item, memo) = (owned(row, "itemname"), owned(row, "memo"));
    if row.is_true("taxline") {
        let rate = row.text("ratepercent").or_else(|| row.text("rate")).map(|text| text.trim_end_matches('%').trim());
        let rate = rate.map(plain).transpose()?;
        return Ok(Line::Tax(TaxLine { name: item.or(memo).unwrap_or_default(), rate, amount }));
    }
    let quantity = number(row, "quantity")?.map(|n| (sign * n).normalize().to_string());
    let description = memo.filter(|text| Some(text) != item.as_ref());
    let (item, description) = match item {
        Some(item) => (item, description),
        None => (description.unwrap_or_default(), None),
    };
    let unit_price = number(row, "rate").ok().flatten().map(|n| Money::new(n, currency));
    Ok(Line::Goods(InvoiceLine { item, description, quantity, unit_price, amount }))
}

/// A decimal in plain digits: NetSuite leaves the zero before the point out.
fn plain(text: &str) -> Result<String, ErpError> {
    text.parse::<Decimal>().map(|n| n.normalize().to_string()).map_err(|_| unfit("rate"))
}

/// What settles an invoice, or is settled by a credit note.
pub(super) fn payment(row: &Fields, currency: Currency, pages: &Addresses) -> Result<Payment, ErpError> {
    let (id, code) = (id(row, "id")?, needed(row, "kind")?);
    Ok(Payment {
        number: owned(row, "tranid").unwrap_or_else(|| format!("#{id}")),
        date: day(row, "trandate")?,
        amount: number(row, "amount")?.map(|n| Money::new(n.abs(), currency)),
        kind: owned(row, "kindname").unwrap_or_else(|| code.to_owned()),
        url: pages.settlement_page(code, id),
    })
}

/// The sums that only the record service knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) subtotal: Option<Money>,
    pub(super) discount: Option<Money>,
    pub(super) shipping: Option<Money>,
    pub(super) tax_total: Option<Money>,
    pub(super) terms: Option<String>,
}

/// The sums of a record. Zero discounts and shipping costs are no news; a zero tax is.
pub(super) fn sums(record: &Fields, currency: Currency) -> Result<Sums, ErpError> {
    let money =
        |field| -> Result<Option<Money>, ErpError> { Ok(number(record, field)?.map(|n| Money::new(n, currency))) };
    let some = |money: Option<Money>| money.filter(|m| m.amount() != Decimal::ZERO);
    Ok(Sums {
        subtotal: money("subtotal")?,
        discount: some(money("discounttotal")?.map(|m| Money::new(m.amount().abs(), currency))),
        shipping: some(money("shippingcost")?),
        tax_total: money("taxtotal")?,
        terms: record.shown("terms"),
    })
}

/// A customer, from a row of [`super::statements`]' customers.
///
/// Companies go by their company name, persons by their names; else by the display name, else by the number.
pub(super) fn customer(row: &Fields, pages: &Addresses) -> Result<Customer, ErpError> {
    let is_person = row.is_true("isperson");
    let number = owned(row, "entityid").unwrap_or_default();
    let own = if is_person {
        let names: Vec<&str> =
            ["firstname", "lastname"].into_iter().filter_map(|f| row.text(f)).map(str::trim).collect();
        Some(names.join(" ")).filter(|name| !name.is_empty())
    } else {
        owned(row, "companyname")
    };
    let name = own.or_else(|| owned(row, "altname")).unwrap_or_else(|| number.clone());
    let id = needed(row, "id")?.parse().map_err(|_| unfit("id"))?;
    Ok(Customer {
        url: pages.customer_page(&id),
        who: CustomerRef { id, number, name },
        emails: ["email", "altemail"].into_iter().filter_map(|field| owned(row, field)).collect(),
        is_person,
        inactive: row.is_true("isinactive"),
    })
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
