//! Every statement, run on the sandbox's SQL engine and compared with plain Rust over the same books.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{
    super::{account::Addresses, map, wire::Fields},
    *,
};
use crate::{
    domain::{
        invoice::{Invoice, InvoiceKind},
        status::Standing,
        summary::Summary,
    },
    sandbox::{
        data::{
            books::{Books, Customer, Transaction, TransactionKind},
            chinook, decorate, extras,
        },
        netsuite::engine::Engine,
    },
};

const TODAY: Date = date(2026, 11, 21);

/// What people and attackers put into memos, numbers and names.
const HOSTILE: [&str; 16] = [
    "100% off",
    "a_b",
    "back\\slash",
    "O'Brien & Söhne",
    "'; DROP TABLE transaction; --",
    "' OR '1'='1",
    "-- comment",
    "/* comment */",
    "\"quoted\" [brackets] {braces}",
    "question? mark?",
    "Größe ÅÄÖ éclair",
    "日本語 テスト",
    "INV–100—7\u{a0}x",
    "%_%\\_\\%",
    "null",
    "tab and  two spaces",
];

fn books() -> Books {
    let shop = chinook::load().expect("the shop's books");
    let mut books = decorate::decorate(&shop, TODAY, decorate::Extent::Whole);
    books.transactions.retain(|t| t.customer != extras::BUSY || t.id % 50 == 0);
    for (at, transaction) in books.transactions.iter_mut().enumerate() {
        if let Some(text) = HOSTILE.get(at % 23) {
            match at % 3 {
                0 => transaction.memo = Some((*text).to_owned()),
                1 => transaction.po_number = Some((*text).to_owned()),
                _ => transaction.number = format!("{text} {at}"),
            }
        }
    }
    for (customer, text) in books.customers.iter_mut().zip(HOSTILE) {
        customer.company = Some(text.to_owned());
        customer.other_email = Some(format!("Second.{}@Other.example", customer.id));
    }
    books
}

static BOOKS: LazyLock<Books> = LazyLock::new(books);
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&BOOKS).expect("an engine"));
static CUSTOMERS: LazyLock<BTreeMap<u32, &Customer>> =
    LazyLock::new(|| BOOKS.customers.iter().map(|c| (c.id, c)).collect());

fn pages() -> Addresses {
    Addresses::new(&"1234567".parse().unwrap(), super::super::SUITETALK, super::super::UI).unwrap()
}

/// All rows of a statement and their number.
fn run(statement: &Statement) -> (Vec<Fields>, u64) {
    let params: Vec<serde_json::Value> = statement.params.iter().map(|p| p.as_str().into()).collect();
    let answer = ENGINE
        .query(&statement.sql, &params, (100_000, 0), TODAY.at(12, 0, 0, 0))
        .unwrap_or_else(|error| panic!("{}: {error}", statement.sql));
    let row = |cells: &Vec<Option<String>>| {
        let named: BTreeMap<_, _> = answer.columns.iter().zip(cells).collect();
        serde_json::from_value(serde_json::to_value(named).unwrap()).unwrap()
    };
    (answer.rows.iter().map(row).collect(), answer.total)
}

fn heads_of(statement: &Statement) -> Vec<Invoice> {
    let base = Some("USD".parse().unwrap());
    run(statement).0.iter().map(|row| map::invoice(row, &pages(), base).unwrap()).collect()
}

fn ids(statement: &Statement) -> BTreeSet<u64> {
    run(statement).0.iter().map(|row| map::id(row, "id").unwrap()).collect()
}

fn documents() -> impl Iterator<Item = &'static Transaction> {
    BOOKS.transactions.iter().filter(|t| t.kind != TransactionKind::Payment)
}

/// Everything there, and every set in which one thing is missing, and nothing optional at all.
fn every_account() -> Vec<Columns> {
    use super::super::columns::ASKED;
    let optional: BTreeSet<Optional> =
        ASKED.iter().flat_map(|a| a.columns.iter().map(|(_, o)| *o).chain(a.whole.iter().copied())).collect();
    let mut accounts = vec![Columns::all(), Columns::all()];
    for lost in optional {
        let mut columns = Columns::all();
        columns.lose(lost);
        accounts[1].lose(lost);
        accounts.push(columns);
    }
    accounts
}

#[test]
fn every_statement_runs_for_every_account() {
    let query = InvoiceQuery::parse("1.250").unwrap();
    let day = InvoiceQuery::parse("1/11/2026").unwrap();
    let emails = ["a@b.example".to_owned(), "c@d.example".to_owned()];
    for columns in every_account() {
        let statements = [
            ledger(&columns, &[1_002, 1_003]),
            by_ids(&columns, &[30_001]),
            totals(&columns, &[1_002], TODAY),
            search(&columns, &InvoiceQuery::default()).unwrap(),
            search(&columns, &query).unwrap(),
            search(&columns, &day).unwrap(),
            lines(&columns, 30_001),
            settlements(&columns, 30_001, false),
            settlements(&columns, 35_001, true),
            customers_by_email(&columns, &emails),
            customers_by_name(&columns, "a").unwrap(),
            customers_by_ids(&columns, &[1_002]),
            contact_emails(&[1_002], &emails),
            clock_and_dates(),
            base_currency(),
            any_document("CustPymt"),
            ask("transactionline", &["id", "subsidiary"]),
        ];
        for statement in &statements {
            run(statement);
        }
    }
}

#[test]
fn a_ledger_has_unsettled_documents_first_and_then_the_newest() {
    let heads = heads_of(&ledger(&Columns::all(), &[extras::ALL_STATUSES.into(), extras::YEN.into()]));
    let wanted = documents().filter(|t| [extras::ALL_STATUSES, extras::YEN].contains(&t.customer)).count();
    assert_eq!(heads.len(), wanted);
    let unsettled = |i: &Invoice| matches!(i.standing, Standing::Open | Standing::Draft);
    assert!(heads.is_sorted_by_key(|i| (!unsettled(i), std::cmp::Reverse(i.date))));
    assert!(heads.iter().any(unsettled) && !heads.iter().all(unsettled));
}

#[test]
fn heads_say_what_the_books_say() {
    let heads = heads_of(&search(&Columns::all(), &InvoiceQuery::default()).unwrap());
    assert_eq!(heads.len(), documents().count());
    for (head, wanted) in heads.iter().map(|h| (h, documents().find(|t| t.id.to_string() == h.id.as_str()).unwrap())) {
        assert_eq!(head.kind == InvoiceKind::CreditNote, wanted.kind == TransactionKind::CreditMemo);
        assert_eq!((head.date, head.due, &head.number), (wanted.date, wanted.due, &wanted.number));
        let trimmed = |text: &Option<String>| text.as_deref().map(str::trim).map(str::to_owned);
        assert_eq!((&head.po_number, &head.memo), (&trimmed(&wanted.po_number), &trimmed(&wanted.memo)));
        assert_eq!(head.total.amount(), wanted.total.abs());
        assert_eq!((head.paid.amount(), head.remaining.amount()), (wanted.paid.abs(), wanted.unpaid().abs()));
        let currency = BOOKS.currencies.iter().find(|c| c.id == wanted.currency).unwrap();
        assert_eq!(head.total.currency().code(), currency.symbol);
        let customer = CUSTOMERS[&wanted.customer];
        assert_eq!((&head.customer.number, &head.customer.name), (&customer.number, &customer.name()));
        let subsidiary = BOOKS.subsidiaries.iter().find(|s| s.id == wanted.subsidiary).unwrap();
        assert_eq!(head.subsidiary.as_deref(), Some(subsidiary.name));
    }
}

#[test]
fn sums_made_by_the_erp_are_those_of_the_ledger() {
    let mut dateless = Columns::all();
    dateless.lose(Optional::DueDate);
    let several = [extras::YEN, extras::ALL_STATUSES, extras::TWO_CURRENCIES, extras::INACTIVE];
    for customers in [&[extras::BUSY][..], &[extras::ALL_STATUSES], &[extras::TWO_CURRENCIES], &several, &[1]] {
        let customers: Vec<u64> = customers.iter().copied().map(u64::from).collect();
        for columns in [&Columns::all(), &dateless] {
            for today in [TODAY, TODAY.saturating_add(37.days()), date(1990, 1, 1), date(9999, 12, 31)] {
                let mut sums = Summary::default();
                for row in &run(&totals(columns, &customers, today)).0 {
                    map::take_totals(&mut sums, row, None).unwrap();
                }
                assert_eq!(sums, Summary::of(&heads_of(&ledger(columns, &customers)), today), "{today}");
            }
        }
    }
}

#[test]
fn without_multiple_currencies_amounts_come_from_the_accounting_lines() {
    let mut columns = Columns::all();
    columns.lose(Optional::Foreign);
    let dollars = |t: &&Transaction| t.currency == decorate::USD;
    let wanted: Vec<u64> = documents().filter(dollars).map(|t| t.id.into()).take(500).collect();
    let (own, base) = (heads_of(&by_ids(&Columns::all(), &wanted)), heads_of(&by_ids(&columns, &wanted)));
    assert_eq!(own, base);
    assert_eq!(own.len(), wanted.len());
}

/// Oracle's `UPPER`, a letter at a time.
fn upper(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut up = c.to_uppercase();
            if up.len() == 1 { up.next().unwrap() } else { c }
        })
        .collect()
}

fn column_contains(column: Option<&str>, needle: &str) -> bool {
    column.is_some_and(|text| upper(text).replace(IGNORED, "").contains(needle))
}

/// The same question, asked of the books in Rust.
fn fits(t: &Transaction, query: &InvoiceQuery) -> bool {
    let needle = upper(&squeezed(&query.text));
    let customer = CUSTOMERS[&t.customer];
    let name = customer.name();
    let texts =
        [Some(t.number.as_str()), t.po_number.as_deref(), t.memo.as_deref(), Some(&name), Some(&customer.number)];
    let amounts = [t.total.abs(), t.unpaid().abs()];
    (!needle.is_empty() && texts.into_iter().any(|text| column_contains(text, &needle)))
        || amounts.iter().any(|amount| query.amounts.contains(amount))
        || [Some(t.date), t.due].into_iter().flatten().any(|day| query.days.contains(&day))
}

fn found(query: &InvoiceQuery) -> BTreeSet<u64> {
    search(&Columns::all(), query).map(|statement| ids(&statement)).unwrap_or_default()
}

fn expected(query: &InvoiceQuery) -> BTreeSet<u64> {
    documents().filter(|t| fits(t, query)).map(|t| t.id.into()).collect()
}

/// Hostile texts, cuttings of them, and whatever else can be typed.
fn typed() -> impl Strategy<Value = String> {
    let cutting = (0..HOSTILE.len(), 0_usize..20, 1_usize..20)
        .prop_map(|(at, from, length)| HOSTILE[at].chars().skip(from).take(length).collect::<String>());
    prop_oneof![
        cutting,
        "[%_\\\\'\"?;:*/\\-]{1,8}",
        "[a-zA-Z0-9]{1,3}[%_\\\\' -][a-zA-Z0-9]{0,3}",
        "\\PC{1,30}",
        (0_i64..3_000_000).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whatever_is_typed_a_search_finds_what_a_plain_filter_finds(text in typed()) {
        if let Ok(query) = InvoiceQuery::parse(&text) && !query.is_empty() {
            prop_assert_eq!(found(&query), expected(&query), "{:?}", text);
        }
    }

    #[test]
    fn whatever_is_typed_customers_are_found_as_by_a_plain_filter(text in typed()) {
        let needle = upper(&squeezed(&text));
        let found = customers_by_name(&Columns::all(), &text).map(|s| ids(&s)).unwrap_or_default();
        let fits = |c: &&Customer| column_contains(Some(&c.name()), &needle) || column_contains(Some(&c.number), &needle);
        let expected: BTreeSet<u64> =
            BOOKS.customers.iter().filter(|_| !needle.is_empty()).filter(fits).map(|c| c.id.into()).collect();
        prop_assert_eq!(found, expected, "{:?}", text);
    }

    #[test]
    fn whatever_is_typed_addresses_are_compared_whole(texts in proptest::collection::vec(typed(), 1..5)) {
        let known = "SHOUTING@Example.example";
        let statement = customers_by_email(&Columns::all(), &texts);
        prop_assert!(!statement.sql.contains(known));
        let asked: Vec<String> = texts.iter().map(|t| t.to_lowercase()).collect();
        let fits = |c: &&Customer| [&c.email, &c.other_email].into_iter().flatten().any(|e| asked.contains(&e.to_lowercase()));
        let expected: BTreeSet<u64> = BOOKS.customers.iter().filter(fits).map(|c| c.id.into()).collect();
        prop_assert_eq!(ids(&statement), expected);
    }

    #[test]
    fn typed_text_is_never_part_of_the_query(text in typed()) {
        let plain = |text: &str| {
            let query = InvoiceQuery { text: text.to_owned(), ..InvoiceQuery::default() };
            search(&Columns::all(), &query)
        };
        if let Some(statement) = plain(&text) && !text.is_empty() {
            prop_assert_eq!(&statement.sql, &plain("x").unwrap().sql);
            prop_assert_eq!(statement.params.len(), statement.sql.matches('?').count());
        }
    }
}

#[test]
fn a_few_by_hand() {
    let cases =
        [("100%", 1), ("a_b", 1), ("'; drop table", 1), ("inv 100 7x", 1), ("GRÖSSE", 0), ("größe", 1), ("日本", 1)];
    for (text, at_least) in cases {
        let query = InvoiceQuery::parse(text).unwrap();
        assert_eq!(found(&query), expected(&query));
        assert!(found(&query).len() >= at_least, "{text}");
    }
}

#[test]
fn a_text_of_dashes_asks_nothing() {
    assert_eq!(search(&Columns::all(), &InvoiceQuery::parse("- –").unwrap()), None);
    assert_eq!(customers_by_name(&Columns::all(), " -"), None);
}

#[test]
fn addresses_match_in_any_case_and_by_the_second_one_too() {
    let mut sought = Vec::new();
    for customer in BOOKS.customers.iter().take(30) {
        sought.extend([&customer.email, &customer.other_email].into_iter().flatten().map(|e| e.to_uppercase()));
    }
    assert_eq!(ids(&customers_by_email(&Columns::all(), &sought)).len(), 30);
    let first = &BOOKS.customers[0];
    let second = customers_by_email(&Columns::all(), &[format!("second.{}@OTHER.example", first.id)]);
    assert_eq!(ids(&second), BTreeSet::from([first.id.into()]));
}
