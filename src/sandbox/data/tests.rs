//! The decorated books: what was moved, what was added, and that it adds up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::{
    books::{Books, Transaction, TransactionKind},
    chinook::{self, Chinook, TOTAL},
    decorate::{CAD, CUSTOMERS_FROM, EUR, Extent, GBP, INVOICES_FROM, JPY, USD, decorate},
    extras,
};

const TODAY: Date = date(2026, 11, 21);

fn both() -> (Chinook, Books) {
    let shop = chinook::load().expect("the shop's books");
    let books = decorate(&shop, TODAY, Extent::Whole);
    (shop, books)
}

fn of(books: &Books, customer: u32) -> Vec<&Transaction> {
    books.transactions.iter().filter(|t| t.customer == customer && t.kind != TransactionKind::Payment).collect()
}

#[test]
fn the_shops_invoices_keep_their_sums_and_their_distances() {
    let (shop, books) = both();
    let sold: BTreeMap<u32, &Transaction> = books.transactions.iter().map(|t| (t.id, t)).collect();
    let moved: Vec<_> = shop.invoices.iter().map(|i| (i, sold[&(INVOICES_FROM + i.id)])).collect();
    assert_eq!(moved.iter().map(|(_, t)| t.total).sum::<Decimal>(), TOTAL);
    assert_eq!(moved.iter().flat_map(|(_, t)| &t.lines).map(|l| l.amount).sum::<Decimal>(), TOTAL);
    let newest = moved.iter().map(|(_, t)| t.date).max();
    assert_eq!(newest, Some(TODAY));
    let shifts: BTreeSet<i32> = moved.iter().map(|(i, t)| (t.date - i.date).get_days()).collect();
    assert_eq!(shifts.len(), 1, "{shifts:?}");
}

#[test]
fn currencies_follow_the_countries() {
    let (shop, books) = both();
    for buyer in &shop.customers {
        let expected = match buyer.country.as_str() {
            "Germany" | "France" | "Portugal" | "Austria" | "Belgium" | "Finland" | "Ireland" | "Italy"
            | "Netherlands" | "Spain" => EUR,
            "United Kingdom" => GBP,
            "Canada" => CAD,
            _ => USD,
        };
        let customer = books.customers.iter().find(|c| c.id == CUSTOMERS_FROM + buyer.id).expect("the customer");
        assert_eq!(customer.currency, expected, "{}", buyer.country);
        let own = of(&books, customer.id)
            .into_iter()
            .filter(|t| t.memo.as_deref().is_none_or(|m| !m.starts_with(extras::MARK)));
        assert!(own.into_iter().all(|t| t.currency == expected));
    }
}

#[test]
fn what_is_added_is_marked_and_there() {
    let (shop, books) = both();
    let known = INVOICES_FROM + 1..=INVOICES_FROM + 412;
    let unmarked =
        |t: &&Transaction| !known.contains(&t.id) && !t.memo.as_deref().is_some_and(|m| m.starts_with(extras::MARK));
    assert_eq!(books.transactions.iter().find(unmarked), None);
    assert_eq!(books.customers.len(), shop.customers.len() + 7);
    assert_eq!(of(&books, extras::BUSY).len(), 10_000);
    let all = of(&books, extras::ALL_STATUSES);
    assert_eq!(all.iter().map(|t| t.status).collect::<BTreeSet<_>>(), ['A', 'B', 'D', 'E', 'V'].into());
    let late: BTreeSet<i32> = all
        .iter()
        .filter(|t| t.kind == TransactionKind::Invoice && t.status == 'A')
        .filter_map(|t| t.due.map(|due| (TODAY - due).get_days()))
        .map(|days| if days <= 0 { 0 } else { (days - 1).min(90) / 30 + 1 })
        .collect();
    assert_eq!(late, [0, 1, 2, 3, 4].into(), "not due, 1-30, 31-60, 61-90 and over 90 days late");
    assert!(
        all.iter()
            .any(|t| t.kind == TransactionKind::CreditMemo && t.total < Decimal::ZERO && t.unpaid() < Decimal::ZERO)
    );
    let currencies: BTreeSet<u32> =
        of(&books, extras::TWO_CURRENCIES).iter().filter(|t| t.status == 'A').map(|t| t.currency).collect();
    assert_eq!(currencies, [CAD, USD].into());
    assert!(of(&books, extras::YEN).iter().all(|t| t.currency == JPY && t.total.is_integer()));
    let shared: BTreeSet<u32> =
        books.customers.iter().filter(|c| c.email.as_deref() == Some(extras::SHARED_MAILBOX)).map(|c| c.id).collect();
    assert_eq!(shared, extras::SHARED.into());
    assert!(books.customers.iter().any(|c| c.inactive));
}

#[test]
fn every_document_adds_up_and_every_payment_is_used() {
    let (_, books) = both();
    let mut settled: BTreeMap<u32, Decimal> = BTreeMap::new();
    for link in &books.links {
        *settled.entry(link.invoice).or_default() += link.amount;
    }
    for t in &books.transactions {
        if t.kind == TransactionKind::Payment {
            let used: Decimal = books.links.iter().filter(|l| l.by == t.id).map(|l| l.amount).sum();
            assert_eq!(used, t.total, "{}", t.number);
            continue;
        }
        let lines: Decimal = t.lines.iter().map(|l| l.amount).sum();
        assert_eq!(lines, t.total.abs(), "{}", t.number);
        if t.kind == TransactionKind::Invoice {
            assert_eq!(settled.get(&t.id).copied().unwrap_or_default(), t.paid, "{}", t.number);
            assert_eq!(t.status == 'B', t.paid == t.total, "{}", t.number);
        }
        assert!(t.date <= TODAY && t.created <= t.modified, "{}", t.number);
    }
    let ids: BTreeSet<u32> = books.transactions.iter().map(|t| t.id).collect();
    assert_eq!(ids.len(), books.transactions.len());
}

#[test]
fn the_same_day_gives_the_same_books() {
    let (shop, books) = both();
    assert_eq!(books, decorate(&shop, TODAY, Extent::Whole));
    let part = decorate(&shop, TODAY, Extent::Part);
    assert_eq!(part.customers.len(), 20);
    assert!(part.transactions.iter().all(|t| t.customer <= CUSTOMERS_FROM + 20));
}
