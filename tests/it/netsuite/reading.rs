//! What a connector reads, end to end.

use std::collections::BTreeSet;

use ledgercard::{
    domain::{
        customer::CustomerKey,
        invoice::{Invoice, InvoiceKind},
        query::InvoiceQuery,
        status::Standing,
        summary::Summary,
    },
    sandbox::data::{accounts::SIDE, extras},
};

use super::*;

fn query(text: &str) -> InvoiceQuery {
    InvoiceQuery::parse(text).unwrap()
}

fn today() -> jiff::civil::Date {
    NOW.day_in(&jiff::tz::TimeZone::UTC)
}

#[tokio::test]
async fn a_ledger_its_sums_and_its_pages() {
    let house = House::new().await;
    let customers = [extras::ALL_STATUSES, extras::TWO_CURRENCIES, extras::YEN].map(customer);
    let ledger = house.erp.ledger(Lane::Card, &customers).await.unwrap();
    assert_eq!(ledger.of, ledger.invoices.len() as u64);
    let sums = house.erp.totals_of(Lane::Card, &customers, today()).await.unwrap();
    assert_eq!(sums, Summary::of(&ledger.invoices, today()));
    let currencies: Vec<String> = sums.currencies().map(|c| c.currency.to_string()).collect();
    assert!(currencies.len() >= 3, "{currencies:?}");

    house.reset().await;
    let busy = house.erp.ledger(Lane::Card, &[customer(extras::BUSY)]).await.unwrap();
    assert_eq!((busy.invoices.len(), busy.of), (2_000, u64::from(extras::TEN_THOUSAND)));
    assert_eq!(house.calls("suiteql").await, 2);
    let unique: BTreeSet<_> = busy.invoices.iter().map(|i| i.id.clone()).collect();
    assert_eq!(unique.len(), 2_000);
    let unsettled = |i: &Invoice| matches!(i.standing, Standing::Open | Standing::Draft);
    assert!(busy.invoices.is_sorted_by_key(|i| (!unsettled(i), std::cmp::Reverse(i.date))));
    let all = house.erp.totals_of(Lane::Card, &[customer(extras::BUSY)], today()).await.unwrap();
    assert_eq!(all.currencies().map(|c| c.count).sum::<u64>(), busy.of);

    let strange = ["no-number", "eid:7", "99999999"].map(|id| id.parse().unwrap());
    assert_eq!(house.erp.ledger(Lane::Card, &strange).await.unwrap().of, 0);
    assert_eq!(house.erp.totals_of(Lane::Card, &strange[..1], today()).await.unwrap(), Summary::default());
}

#[tokio::test]
async fn a_search_pages_through_everything_newest_first() {
    let house = House::new().await;
    let (mut seen, mut dates) = (BTreeSet::new(), Vec::new());
    let mut number = 1;
    loop {
        let found = house.erp.search(Lane::Card, &query("inv 10 1"), page(number, 25)).await.unwrap();
        if found.rows.is_empty() {
            assert_eq!(seen.len() as u64, found.total);
            break;
        }
        assert!(found.rows.iter().all(|i| i.number.replace('-', "").contains("INV101")));
        dates.extend(found.rows.iter().map(|i| (i.date, i.id.as_str().parse::<u64>().unwrap())));
        seen.extend(found.rows.into_iter().map(|i| i.id));
        number += 1;
    }
    assert!(seen.len() > 20 && number > 3);
    assert!(dates.is_sorted_by(|a, b| a > b), "newest first, each once");

    for typed in ["'; DROP TABLE transaction; --", "%_\\", "\u{202e}a\"b", "日本"] {
        let found = house.erp.search(Lane::Card, &query(typed), page(1, 100)).await.unwrap();
        let folded = |text: &str| text.to_uppercase().replace([' ', '-'], "");
        let fits = |i: &Invoice| {
            let texts = [Some(&i.number), i.po_number.as_ref(), i.memo.as_ref(), Some(&i.customer.name)];
            texts.into_iter().flatten().any(|t| folded(t).contains(&folded(typed)))
        };
        assert!(found.rows.iter().all(fits), "{typed}");
    }

    let nothing = house.erp.search(Lane::Card, &query("--"), page(1, 10)).await.unwrap();
    assert_eq!((nothing.rows.len(), nothing.total), (0, 0));
    let beyond = house.erp.search(Lane::Card, &query(""), page(u32::MAX, 100)).await;
    assert!(matches!(beyond, Err(ErpError::Rejected { .. })));
    let all = house.erp.search(Lane::Card, &query(""), page(1, 100)).await.unwrap();
    assert!(all.total > u64::from(extras::TEN_THOUSAND) && all.rows.len() == 100);
    let amount = all.rows[0].total.amount().to_string().replace('.', ",");
    let by_amount = house.erp.search(Lane::Card, &query(&amount), page(1, 100)).await.unwrap();
    assert!(by_amount.rows.iter().any(|i| i.id == all.rows[0].id));
}

#[tokio::test]
async fn one_document_with_its_lines_and_payments() {
    let house = House::new().await;
    let heads = house.erp.ledger(Lane::Card, &[customer(extras::ALL_STATUSES)]).await.unwrap().invoices;
    let again: Vec<_> = heads.iter().map(|i| i.id.clone()).chain(["999999999".parse().unwrap()]).collect();
    let mut read = house.erp.invoices(Lane::Card, &again).await.unwrap();
    let mut wanted = heads.clone();
    read.sort_by(|a, b| a.id.cmp(&b.id));
    wanted.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(read, wanted);

    let mut settled = 0;
    for head in &heads {
        let detail = house.erp.invoice(Lane::Card, &head.id).await.unwrap();
        assert_eq!(&detail.head, head);
        let amounts = detail.lines.iter().map(|l| l.amount).chain(detail.taxes.iter().map(|t| t.amount));
        let sum = amounts.reduce(|a, b| a.plus(b).unwrap()).unwrap();
        assert_eq!(sum, head.total, "{}", head.number);
        let net = detail.lines.iter().map(|l| l.amount).reduce(|a, b| a.plus(b).unwrap());
        assert_eq!(detail.subtotal, net);
        assert!(detail.lines.iter().all(|l| l.amount.is_positive() && l.quantity.is_some()));
        let paid = detail.payments.iter().filter_map(|p| p.amount).reduce(|a, b| a.plus(b).unwrap());
        if head.kind == InvoiceKind::Invoice && head.paid.is_positive() {
            assert_eq!(paid, Some(head.paid), "{}", head.number);
            settled += 1;
        }
    }
    assert!(settled > 3);
    let credit = heads.iter().find(|i| i.kind == InvoiceKind::CreditNote && i.paid.is_positive()).unwrap();
    let detail = house.erp.invoice(Lane::Card, &credit.id).await.unwrap();
    assert_eq!(detail.payments.iter().map(|p| p.kind.as_str()).collect::<Vec<_>>(), ["Invoice"]);

    for missing in ["999999999", "eid:A1", "60001"] {
        let read = house.erp.invoice(Lane::Card, &missing.parse().unwrap()).await;
        assert_eq!(read, Err(ErpError::Missing), "{missing}");
    }
}

#[tokio::test]
async fn customers_by_every_key() {
    let house = House::new().await;
    let find = async |key: CustomerKey| house.erp.customers(Lane::Card, &key).await.unwrap();
    let shared = find(CustomerKey::Emails(vec![" ACCOUNTS@fjordaudio.example ".to_owned()])).await;
    assert_eq!(shared.iter().map(|c| c.who.id.clone()).collect::<Vec<_>>(), {
        let mut wanted = extras::SHARED
            .map(|id| (shared.iter().find(|c| c.who.id == customer(id)).unwrap().who.name.clone(), customer(id)));
        wanted.sort();
        wanted.map(|(_, id)| id)
    });
    assert!(shared.iter().all(|c| c.emails.contains(&extras::SHARED_MAILBOX.to_owned()) && !c.is_person));
    let named = find(CustomerKey::Name("fjord-AUDIO".to_owned())).await;
    assert_eq!(named, shared);
    let ids = find(CustomerKey::Ids(vec![customer(extras::INACTIVE), "x".parse().unwrap()])).await;
    assert!(ids.len() == 1 && ids[0].inactive);
    for nothing in [
        CustomerKey::Emails(Vec::new()),
        CustomerKey::Emails(vec!["' OR '1'='1".to_owned(), "%@%".to_owned()]),
        CustomerKey::Name("--".to_owned()),
        CustomerKey::Ids(Vec::new()),
    ] {
        assert_eq!(find(nothing).await, []);
    }
}

#[tokio::test]
async fn an_elliptic_key_signs_in_to_a_sandbox_account() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    let certificate = params.self_signed(&pair).unwrap().pem();
    let house = House::signed_in(SIDE, &pair.serialize_pem(), &certificate).await;
    let probe = house.erp.probe(Lane::Background).await.unwrap();
    assert_eq!((probe.account.as_str(), probe.sandbox), ("1234567_SB1", true));
    house.read(Lane::Card).await.unwrap();
    assert_eq!(house.calls("token").await, 1);
}
