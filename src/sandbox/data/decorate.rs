//! From the Chinook shop's plain books to those of an account worth looking at: currencies, moved dates, terms,
//! payments. What is added on top of the shop's own rows is in [`super::extras`] and marked there.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use rust_decimal::Decimal;

use super::{
    books::{
        Address, Books, Contact, Currency, Customer, Deleted, Employee, Item, Line, Settlement, Subsidiary, Term,
        Transaction, TransactionKind,
    },
    chinook::{Buyer, Chinook, Sale},
    extras,
};

/// Internal id of the US dollar, the base currency.
pub const USD: u32 = 1;
/// Internal id of the pound sterling.
pub const GBP: u32 = 2;
/// Internal id of the Canadian dollar.
pub const CAD: u32 = 3;
/// Internal id of the euro.
pub const EUR: u32 = 4;
/// Internal id of the yen, which has no minor unit.
pub const JPY: u32 = 5;

/// Added to a Chinook customer's number, this is the internal id.
pub const CUSTOMERS_FROM: u32 = 1_000;
/// Added to a Chinook invoice's number, this is the internal id.
pub const INVOICES_FROM: u32 = 20_000;
const EMPLOYEES_FROM: u32 = 10;
const ITEMS_FROM: u32 = 5_001;
const CONTACTS_FROM: u32 = 3_001;
const PAYMENTS_FROM: u32 = 60_001;

/// Payment term "Net 30".
pub(super) const NET_30: u32 = 3;

/// How much of the data an account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it, extras too.
    Whole,
    /// The first twenty customers and what is theirs: a sandbox account refreshed long ago.
    Part,
}

/// The decorated books as they stand on `today`: the newest invoice is of that day, all distances in days are kept.
#[must_use]
pub fn decorate(shop: &Chinook, today: Date, extent: Extent) -> Books {
    let mut shelf = Shelf::new(shop, today);
    let newest = shop.invoices.iter().map(|i| i.date).max().unwrap_or(today);
    for buyer in shop.customers.iter().filter(|b| extent == Extent::Whole || b.id <= 20) {
        shelf.books.customers.push(customer(buyer, today));
        for sale in shop.invoices.iter().filter(|i| i.customer == buyer.id) {
            shelf.sell(buyer, sale, today.saturating_sub(newest - sale.date));
        }
    }
    shelf.add_people();
    if extent == Extent::Whole {
        extras::add(&mut shelf);
    }
    shelf.books
}

/// The books while they are being written.
pub(super) struct Shelf {
    pub books: Books,
    pub today: Date,
    /// Internal ids of what is sold, by number.
    items: BTreeMap<String, u32>,
    next_payment: u32,
}

impl Shelf {
    /// A bookkeeper at each of the first companies, and what was deleted. Their addresses are nobody's in HubSpot.
    fn add_people(&mut self) {
        let modified = self.today.saturating_sub(3.days()).at(9, 30, 0, 0);
        let companies = self.books.customers.iter().filter(|c| c.company.is_some()).take(5);
        self.books.contacts = (CONTACTS_FROM..)
            .zip(companies)
            .map(|(id, customer)| Contact {
                id,
                first_name: "Books".to_owned(),
                last_name: format!("Keeper {}", customer.id),
                email: format!("accounts.payable.{}@ledgercard.example", customer.id),
                company: customer.id,
                modified,
            })
            .collect();
        self.books.deleted = vec![
            Deleted { id: 900, kind: "Customer", name: "CUST-0900 Gone Records Ltd.".to_owned(), at: modified },
            Deleted { id: 19_999, kind: "invoice", name: "Invoice #INV9999".to_owned(), at: modified },
        ];
    }

    fn new(shop: &Chinook, today: Date) -> Self {
        let mut books =
            Books { currencies: currencies(), subsidiaries: subsidiaries(), terms: terms(), ..Books::default() };
        books.employees = shop
            .employees
            .iter()
            .map(|e| Employee {
                id: EMPLOYEES_FROM + e.id,
                first_name: e.first_name.clone(),
                last_name: e.last_name.clone(),
                email: e.email.clone(),
            })
            .collect();
        let mut items = BTreeMap::new();
        for line in shop.invoices.iter().flat_map(|i| &i.lines) {
            if !items.contains_key(&line.sku) {
                let id = ITEMS_FROM + u32::try_from(books.items.len()).unwrap_or(0);
                items.insert(line.sku.clone(), id);
                books.items.push(Item { id, number: line.sku.clone(), name: line.item.clone() });
            }
        }
        Self { books, today, items, next_payment: PAYMENTS_FROM }
    }

    fn sell(&mut self, buyer: &Buyer, sale: &Sale, date: Date) {
        let term = [1, 2, NET_30, 4][sale.id as usize % 4];
        let days = self.books.terms.iter().find(|t| t.id == term).map_or(30, |t| t.days);
        let due = date.saturating_add(days.days());
        let lines = sale
            .lines
            .iter()
            .map(|l| Line {
                item: self.items.get(&l.sku).copied(),
                text: l.item.clone(),
                quantity: l.quantity.into(),
                rate: l.unit_price,
                amount: l.amount(),
                tax: false,
            })
            .collect();
        let currency = currency_of(&buyer.country);
        let at = self.invoice(Transaction {
            id: INVOICES_FROM + sale.id,
            number: format!("INV-{}", 10_000 + sale.id),
            due: Some(due),
            customer: CUSTOMERS_FROM + buyer.id,
            po_number: sale.id.is_multiple_of(3).then(|| format!("PO-{:05}", sale.id * 7)),
            memo: sale.id.is_multiple_of(5).then(|| format!("Order {} by phone, {}", 4_000 + sale.id, buyer.city)),
            terms: Some(term),
            subsidiary: subsidiary_of(currency),
            total: sale.total,
            lines,
            ..blank(date, currency, self.rate(currency))
        });
        let late = (self.today - due).get_days();
        let paid = if late > 100 { !sale.id.is_multiple_of(29) } else { late > 0 && sale.id.is_multiple_of(3) };
        if paid {
            self.settle(&[(at, sale.total)], due.min(self.today));
        }
    }

    /// Puts an invoice or credit note on the shelf and says where it stands.
    pub(super) fn invoice(&mut self, document: Transaction) -> usize {
        self.books.transactions.push(document);
        self.books.transactions.len() - 1
    }

    /// What one unit of a currency is worth in the base currency.
    pub(super) fn rate(&self, currency: u32) -> Decimal {
        self.books.currencies.iter().find(|c| c.id == currency).map_or(Decimal::ONE, |c| c.rate)
    }

    /// One payment for (parts of) invoices of one customer.
    pub(super) fn settle(&mut self, invoices: &[(usize, Decimal)], day: Date) {
        let Some(first) = invoices.first().map(|(at, _)| self.books.transactions[*at].clone()) else { return };
        let total = invoices.iter().map(|(_, amount)| *amount).sum();
        let id = self.next_payment;
        self.next_payment += 1;
        self.books.transactions.push(Transaction {
            id,
            kind: TransactionKind::Payment,
            number: format!("PYMT-{id}"),
            status: 'C',
            customer: first.customer,
            total,
            memo: Some("[sandbox] payment".to_owned()),
            subsidiary: first.subsidiary,
            ..blank(day, first.currency, first.rate)
        });
        for (at, amount) in invoices {
            self.link(*at, id, TransactionKind::Payment, *amount, day);
        }
    }

    /// Notes that `by` settles `amount` of the invoice at `at`.
    pub(super) fn link(&mut self, at: usize, by: u32, kind: TransactionKind, amount: Decimal, day: Date) {
        let invoice = &mut self.books.transactions[at];
        invoice.paid += amount;
        invoice.modified = invoice.modified.max(day.at(0, 10, 0, 0));
        if invoice.paid == invoice.total {
            invoice.status = 'B';
            invoice.closed = Some(day);
        }
        self.books.links.push(Settlement { invoice: invoice.id, by, kind, amount });
    }
}

/// An open, approved invoice of that day without content.
pub(super) fn blank(date: Date, currency: u32, rate: Decimal) -> Transaction {
    Transaction {
        id: 0,
        kind: TransactionKind::Invoice,
        number: String::new(),
        date,
        due: None,
        closed: None,
        status: 'A',
        customer: 0,
        currency,
        rate,
        total: Decimal::ZERO,
        paid: Decimal::ZERO,
        po_number: None,
        memo: None,
        terms: None,
        subsidiary: 1,
        approval: 2,
        voided: false,
        created: date.at(0, 0, 1, 0),
        modified: date.at(0, 0, 1, 0),
        lines: Vec::new(),
    }
}

fn customer(buyer: &Buyer, today: Date) -> Customer {
    let currency = currency_of(&buyer.country);
    Customer {
        id: CUSTOMERS_FROM + buyer.id,
        number: format!("CUST-{:04}", buyer.id),
        company: buyer.company.clone(),
        first_name: Some(buyer.first_name.clone()),
        last_name: Some(buyer.last_name.clone()),
        email: Some(buyer.email.clone()),
        other_email: None,
        phone: buyer.phone.clone(),
        address: Address {
            street: buyer.address.clone(),
            city: buyer.city.clone(),
            state: buyer.state.clone(),
            zip: buyer.postal_code.clone(),
            country: country_code(&buyer.country),
        },
        currency,
        subsidiary: subsidiary_of(currency),
        terms: NET_30,
        sales_rep: Some(EMPLOYEES_FROM + buyer.support_rep),
        inactive: false,
        comments: None,
        modified: today.saturating_sub(1.days()).at(8, 0, 0, 0),
    }
}

fn currencies() -> Vec<Currency> {
    let one = |id, symbol, name, digits, rate| Currency { id, symbol, name, digits, rate };
    vec![
        one(USD, "USD", "US Dollar", 2, Decimal::ONE),
        one(GBP, "GBP", "British Pound", 2, Decimal::new(13_037, 4)),
        one(CAD, "CAD", "Canadian Dollar", 2, Decimal::new(73, 2)),
        one(EUR, "EUR", "Euro", 2, Decimal::new(108, 2)),
        one(JPY, "JPY", "Japanese Yen", 0, Decimal::new(67, 4)),
    ]
}

fn subsidiaries() -> Vec<Subsidiary> {
    vec![
        Subsidiary { id: 1, name: "Chinook Inc.", country: "US", currency: USD },
        Subsidiary { id: 2, name: "Chinook Europe GmbH", country: "DE", currency: EUR },
        Subsidiary { id: 3, name: "Chinook Canada Ltd.", country: "CA", currency: CAD },
    ]
}

fn terms() -> Vec<Term> {
    let one = |id, name, days| Term { id, name, days };
    vec![one(1, "Due on receipt", 0), one(2, "Net 15", 15), one(NET_30, "Net 30", 30), one(4, "Net 60", 60)]
}

/// The subsidiary that sells in a currency.
pub(super) const fn subsidiary_of(currency: u32) -> u32 {
    match currency {
        EUR | GBP => 2,
        CAD => 3,
        _ => 1,
    }
}

/// Euro countries pay in euro, the United Kingdom in pounds, Canada in its dollar, all others in US dollars.
fn currency_of(country: &str) -> u32 {
    match country {
        "Austria" | "Belgium" | "Finland" | "France" | "Germany" | "Ireland" | "Italy" | "Netherlands" | "Portugal"
        | "Spain" => EUR,
        "United Kingdom" => GBP,
        "Canada" => CAD,
        _ => USD,
    }
}

fn country_code(country: &str) -> &'static str {
    match country {
        "Argentina" => "AR",
        "Australia" => "AU",
        "Austria" => "AT",
        "Belgium" => "BE",
        "Brazil" => "BR",
        "Canada" => "CA",
        "Chile" => "CL",
        "Czech Republic" => "CZ",
        "Denmark" => "DK",
        "Finland" => "FI",
        "France" => "FR",
        "Germany" => "DE",
        "Hungary" => "HU",
        "India" => "IN",
        "Ireland" => "IE",
        "Italy" => "IT",
        "Netherlands" => "NL",
        "Norway" => "NO",
        "Poland" => "PL",
        "Portugal" => "PT",
        "Spain" => "ES",
        "Sweden" => "SE",
        "United Kingdom" => "GB",
        _ => "US",
    }
}
