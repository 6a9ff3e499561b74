//! Rows that the shop's own books lack and a person should see: every status, credit notes, part payments, yen, a
//! customer in two currencies, one with ten thousand invoices, a shared mailbox, an inactive customer.
//!
//! Every document here has a memo that starts with [`MARK`]; every customer's remarks do.

use jiff::{ToSpan as _, civil::Date};
use rust_decimal::Decimal;

use super::{
    books::{Address, Customer, Line, Transaction, TransactionKind},
    decorate::{CAD, CUSTOMERS_FROM, EUR, GBP, JPY, NET_30, Shelf, USD, blank, subsidiary_of},
};

/// What the memo or the remarks of every added row start with.
pub const MARK: &str = "[sandbox]";
/// The customer that has an invoice in every status (Chinook's customer 2).
pub const ALL_STATUSES: u32 = CUSTOMERS_FROM + 2;
/// The customer that is invoiced in two currencies (Chinook's customer 15).
pub const TWO_CURRENCIES: u32 = CUSTOMERS_FROM + 15;
/// The customer that is invoiced in yen.
pub const YEN: u32 = CUSTOMERS_FROM + 101;
/// The customer with [`TEN_THOUSAND`] invoices.
pub const BUSY: u32 = CUSTOMERS_FROM + 102;
/// The three customers that share one mailbox.
pub const SHARED: [u32; 3] = [CUSTOMERS_FROM + 103, CUSTOMERS_FROM + 104, CUSTOMERS_FROM + 105];
/// The mailbox they share.
pub const SHARED_MAILBOX: &str = "accounts@fjordaudio.example";
/// The customer that is no longer in use.
pub const INACTIVE: u32 = CUSTOMERS_FROM + 106;
/// The customer that its HubSpot contact knows only by a second address.
pub const SECOND_ADDRESS: u32 = CUSTOMERS_FROM + 107;
/// How many invoices [`BUSY`] has.
pub const TEN_THOUSAND: u32 = 10_000;

const DOCUMENTS_FROM: u32 = 30_001;
const CREDITS_FROM: u32 = 35_001;
const BUSY_FROM: u32 = 100_001;
const TAX_PERCENT: i64 = 20;

/// Adds everything.
pub(super) fn add(shelf: &mut Shelf) {
    for (id, name, email, currency, country) in NEW {
        let new = company(*id, name, email, *currency, country, shelf.today);
        shelf.books.customers.push(new);
    }
    every_status(shelf);
    let mut next = DOCUMENTS_FROM + 100;
    for (customer, currency, nets) in PLAIN {
        for (at, net) in (0_i64..).zip(*nets) {
            let date = shelf.today.saturating_sub((at * 17 + 3).days());
            let memo = format!("{MARK} extra invoice");
            let document = document(shelf, next, *customer, *currency, date, Decimal::from(*net), &memo);
            shelf.invoice(document);
            next += 1;
        }
    }
    busy(shelf);
}

type NewCustomer = (u32, &'static str, &'static str, u32, &'static str);

const NEW: &[NewCustomer] = &[
    (YEN, "Sakura Records K.K.", "keiri@sakura-records.example", JPY, "JP"),
    (BUSY, "Wavelength Streaming Ltd", "payables@wavelength.example", GBP, "GB"),
    (SHARED[0], "Fjord Audio AS", SHARED_MAILBOX, EUR, "NO"),
    (SHARED[1], "Fjord Audio Studios AS", SHARED_MAILBOX, EUR, "NO"),
    (SHARED[2], "Fjord Audio Live AS", SHARED_MAILBOX, EUR, "NO"),
    (INACTIVE, "Vinyl Palace (closed)", "office@vinylpalace.example", USD, "US"),
    (SECOND_ADDRESS, "Allegro Musikhaus GmbH", "rechnung@allegro-musikhaus.example", EUR, "DE"),
];

/// Customer, currency, net amounts of its open invoices, newest first.
const PLAIN: &[(u32, u32, &[i64])] = &[
    (YEN, JPY, &[128_000, 54_300, 7_777]),
    (TWO_CURRENCIES, USD, &[240, 65, 1_120]),
    (TWO_CURRENCIES, CAD, &[180, 90]),
    (SHARED[0], EUR, &[310, 95]),
    (SHARED[1], EUR, &[1_480]),
    (SHARED[2], EUR, &[720, 60]),
    (INACTIVE, USD, &[45, 12]),
    (SECOND_ADDRESS, EUR, &[330, 410, 75]),
    (CUSTOMERS_FROM + 14, CAD, &[199]),
];

/// One invoice in every state, overdue ones in every ageing bucket, credit notes open and used.
fn every_status(shelf: &mut Shelf) {
    let today = shelf.today;
    let before = |days: i64| today.saturating_sub(days.days());
    let states: [(&str, i64, char); 10] = [
        ("open, not due", 5, 'A'),
        ("partly paid, not due", 10, 'P'),
        ("overdue 1-30 days", 45, 'A'),
        ("overdue 31-60 days", 75, 'A'),
        ("overdue 61-90 days", 105, 'A'),
        ("overdue more than 90 days", 150, 'A'),
        ("overdue and partly paid", 50, 'P'),
        ("voided", 60, 'V'),
        ("rejected", 20, 'E'),
        ("pending approval", 2, 'D'),
    ];
    for (at, (what, age, state)) in (0_u32..).zip(states) {
        let net = Decimal::from(100 + 25 * at);
        let memo = format!("{MARK} {what}");
        let mut document = document(shelf, DOCUMENTS_FROM + at, ALL_STATUSES, EUR, before(age), net, &memo);
        document.status = if state == 'P' { 'A' } else { state };
        document.voided = state == 'V';
        document.approval = match state {
            'D' => 1,
            'E' => 3,
            _ => 2,
        };
        let part = document.total / Decimal::from(4);
        let place = shelf.invoice(document);
        if state == 'P' {
            shelf.settle(&[(place, part)], before(1));
        }
    }
    credit_notes(shelf, today);
}

/// A credit note that settled an invoice, and one that is still open.
fn credit_notes(shelf: &mut Shelf, today: Date) {
    let day = today.saturating_sub(30.days());
    let memo = format!("{MARK} settled by a credit note");
    let invoice = document(shelf, DOCUMENTS_FROM + 50, ALL_STATUSES, EUR, day, Decimal::from(40), &memo);
    let total = invoice.total;
    let place = shelf.invoice(invoice);
    for (at, (net, used)) in (0_u32..).zip([(40, true), (15, false)]) {
        let memo = format!("{MARK} credit note, {}", if used { "used" } else { "open" });
        let mut credit = document(shelf, CREDITS_FROM + at, ALL_STATUSES, EUR, day, Decimal::from(net), &memo);
        credit.kind = TransactionKind::CreditMemo;
        credit.number = format!("CRED-{}", CREDITS_FROM + at);
        credit.total = -credit.total;
        credit.due = None;
        credit.terms = None;
        if used {
            credit.paid = credit.total;
            credit.status = 'B';
            credit.closed = Some(day);
        }
        shelf.invoice(credit);
    }
    shelf.link(place, CREDITS_FROM, TransactionKind::CreditMemo, total, day);
}

/// An open invoice with one line and its tax.
fn document(shelf: &Shelf, id: u32, customer: u32, currency: u32, date: Date, net: Decimal, memo: &str) -> Transaction {
    let digits = if currency == JPY { 0 } else { 2 };
    let tax = (net * Decimal::new(TAX_PERCENT, 2)).round_dp(digits);
    let line = Line {
        item: shelf.books.items.first().map(|i| i.id),
        text: "Licence fee".to_owned(),
        quantity: Decimal::ONE,
        rate: net,
        amount: net,
        tax: false,
    };
    let taxes = Line {
        item: None,
        text: format!("VAT {TAX_PERCENT} %"),
        quantity: Decimal::ONE,
        rate: Decimal::from(TAX_PERCENT),
        amount: tax,
        tax: true,
    };
    Transaction {
        id,
        number: format!("INV-{id}"),
        due: Some(date.saturating_add(30.days())),
        customer,
        total: net + tax,
        memo: Some(memo.to_owned()),
        terms: Some(NET_30),
        po_number: id.is_multiple_of(2).then(|| format!("PO/{id}-X")),
        subsidiary: subsidiary_of(currency),
        lines: vec![line, taxes],
        ..blank(date, currency, shelf.rate(currency))
    }
}

/// Ten thousand small invoices over four years; the older ones are paid, a hundred at a time.
fn busy(shelf: &mut Shelf) {
    let mut paid = Vec::new();
    for at in 0..TEN_THOUSAND {
        let age = i64::from(at * 7 % 1_460);
        let cents = 1_000 + i64::from(at * 37 % 9_000);
        let amount = Decimal::new(cents, 2);
        let line = Line {
            item: shelf.books.items.first().map(|i| i.id),
            text: "Streaming licence".to_owned(),
            quantity: Decimal::ONE,
            rate: amount,
            amount,
            tax: false,
        };
        let date = shelf.today.saturating_sub(age.days());
        let invoice = Transaction {
            id: BUSY_FROM + at,
            number: format!("WS-{:05}", at + 1),
            due: Some(date.saturating_add(30.days())),
            customer: BUSY,
            total: amount,
            memo: Some(format!("{MARK} one of many")),
            terms: Some(NET_30),
            subsidiary: subsidiary_of(GBP),
            lines: vec![line],
            ..blank(date, GBP, shelf.rate(GBP))
        };
        let place = shelf.invoice(invoice);
        if age > 60 && !at.is_multiple_of(40) {
            paid.push((place, amount));
        }
    }
    for together in paid.chunks(100) {
        let day = together.iter().map(|(place, _)| shelf.books.transactions[*place].date).max().unwrap_or(shelf.today);
        shelf.settle(together, day);
    }
}

fn company(id: u32, name: &str, email: &str, currency: u32, country: &'static str, today: Date) -> Customer {
    Customer {
        id,
        number: format!("CUST-{:04}", id - CUSTOMERS_FROM),
        company: Some(name.to_owned()),
        first_name: None,
        last_name: None,
        email: Some(email.to_owned()),
        other_email: None,
        phone: None,
        address: Address {
            street: "1 Market Street".to_owned(),
            city: "Harbour".to_owned(),
            country,
            ..Address::default()
        },
        currency,
        subsidiary: subsidiary_of(currency),
        terms: NET_30,
        sales_rep: None,
        inactive: id == INACTIVE,
        comments: Some(format!("{MARK} added by the sandbox")),
        modified: today.saturating_sub(1.days()).at(8, 0, 0, 0),
    }
}
