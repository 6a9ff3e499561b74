//! The mapping, row by row, without any account.

use rstest::rstest;
use serde_json::{Value, json};

use super::{super::account, *};
use crate::domain::status::Status;

fn pages() -> Addresses {
    Addresses::new(&"1234567_SB1".parse().unwrap(), account::SUITETALK, account::UI).unwrap()
}

/// An open invoice, with `changes` laid over it; `null` takes a field away.
fn row(changes: Value) -> Fields {
    let mut row = json!({
        "id": "1227", "kind": "CustInvc", "tranid": "INV01", "trandate": "2026-11-01", "duedate": "2026-12-01",
        "status": "A", "statusname": "Invoice : Open", "customer": "42", "customernumber": "CUST-0042",
        "customername": "Acme Ltd", "total": "2010", "paid": ".5", "remaining": "2009.5", "currency": "EUR",
        "ponumber": "PO 7", "memo": " thanks ", "subsidiaryname": "Europe",
    });
    if let (Some(row), Value::Object(changes)) = (row.as_object_mut(), changes) {
        row.extend(changes);
    }
    serde_json::from_value(row).unwrap()
}

fn mapped(changes: Value) -> Result<Invoice, ErpError> {
    invoice(&row(changes), &pages(), None)
}

fn eur(text: &str) -> Money {
    Money::parse(text, "EUR".parse().unwrap()).unwrap()
}

#[test]
fn an_invoice() {
    let head = mapped(json!({})).unwrap();
    assert_eq!((head.id.as_str(), head.kind, head.number.as_str()), ("1227", InvoiceKind::Invoice, "INV01"));
    assert_eq!((head.customer.number.as_str(), head.customer.name.as_str()), ("CUST-0042", "Acme Ltd"));
    assert_eq!((head.total, head.paid, head.remaining), (eur("2010"), eur("0.5"), eur("2009.50")));
    assert_eq!((head.raw_status.as_str(), head.status("2026-11-21".parse().unwrap())), ("Open", Status::PartiallyPaid));
    assert_eq!((head.memo.as_deref(), head.po_number.as_deref()), (Some("thanks"), Some("PO 7")));
    assert_eq!(head.url, "https://1234567-sb1.app.netsuite.com/app/accounting/transactions/custinvc.nl?id=1227");
}

#[test]
fn amounts_of_a_credit_note_are_positive() {
    let credit = json!({"kind": "CustCred", "total": "-48", "paid": "-8", "remaining": "-40"});
    let head = mapped(credit).unwrap();
    assert_eq!((head.total, head.paid, head.remaining), (eur("48"), eur("8"), eur("40")));
    assert!(head.url.contains("custcred.nl"));
}

#[rstest]
#[case(json!({"status": "A"}), Standing::Open)]
#[case(json!({"status": "B", "statusname": "Invoice : Paid In Full"}), Standing::Paid)]
#[case(json!({"status": "D", "statusname": "Invoice : Pending Approval"}), Standing::Draft)]
#[case(json!({"status": "E", "statusname": "Invoice : Rejected"}), Standing::Rejected)]
#[case(json!({"status": "V", "statusname": "Invoice : Voided"}), Standing::Voided)]
#[case(json!({"status": "CustInvc:B"}), Standing::Paid)]
#[case(json!({"status": "CustCred : B", "kind": "CustCred"}), Standing::Paid)]
#[case(json!({"status": "Paid In Full", "statusname": null}), Standing::Paid)]
#[case(json!({"status": "x", "statusname": "Credit Memo : Fully Applied"}), Standing::Paid)]
#[case(json!({"status": "A", "voided": "T"}), Standing::Voided)]
#[case(json!({"status": "A", "voided": "F"}), Standing::Open)]
fn what_a_status_means(#[case] changes: Value, #[case] standing: Standing) {
    assert_eq!(mapped(changes).unwrap().standing, standing);
}

#[test]
fn columns_that_an_account_lacks_leave_nothing() {
    let lacking = json!({
        "duedate": null, "memo": null, "ponumber": null, "subsidiaryname": null, "tranid": null, "currency": null,
        "paid": null, "remaining": null, "customername": null,
    });
    let head = invoice(&row(lacking.clone()), &pages(), Some("CHF".parse().unwrap())).unwrap();
    assert_eq!((head.due, head.memo, head.subsidiary, head.number.as_str()), (None, None, None, "#1227"));
    assert_eq!(
        (head.total.to_string(), head.remaining.to_string()),
        ("2010.00 CHF".to_owned(), "2010.00 CHF".to_owned())
    );
    assert_eq!(head.customer.name, "CUST-0042");
    let ErpError::Broken { what } = mapped(lacking).unwrap_err() else { panic!("no currency to go by") };
    assert!(what.starts_with("currency"), "{what}");
}

#[rstest]
#[case("id", json!("x1"))]
#[case("id", json!(null))]
#[case("kind", json!("SalesOrd"))]
#[case("trandate", json!("4/7/2020"))]
#[case("trandate", json!(null))]
#[case("duedate", json!("soon"))]
#[case("total", json!(null))]
#[case("total", json!("1,5"))]
#[case("currency", json!("US Dollar"))]
#[case("customer", json!(null))]
fn what_cannot_be_read_names_the_field_and_not_the_value(#[case] field: &str, #[case] value: Value) {
    assert_eq!(mapped(json!({ field: value })), Err(unfit(field)));
}

#[test]
fn an_unknown_status_is_no_guess() {
    assert_eq!(mapped(json!({"status": "Z", "statusname": "Invoice : Elsewhere"})), Err(unfit("status")));
}

#[test]
fn sales_lines_are_turned_positive_and_taxes_are_kept_apart() {
    let read = |json: Value, kind| line(&serde_json::from_value(json).unwrap(), kind, "EUR".parse().unwrap()).unwrap();
    let sold = json!({"taxline": "F", "itemname": "TRACK-1", "memo": "A song", "quantity": "-2", "rate": ".99", "amount": "-1.98"});
    let Line::Goods(goods) = read(sold.clone(), InvoiceKind::Invoice) else { panic!("goods") };
    assert_eq!((goods.item.as_str(), goods.description.as_deref()), ("TRACK-1", Some("A song")));
    assert_eq!(
        (goods.quantity.as_deref(), goods.unit_price, goods.amount),
        (Some("2"), Some(eur("0.99")), eur("1.98"))
    );

    let returned = json!({"taxline": "F", "memo": "A song", "quantity": "2", "amount": "1.98"});
    let Line::Goods(goods) = read(returned, InvoiceKind::CreditNote) else { panic!("goods") };
    assert_eq!((goods.item.as_str(), goods.description, goods.amount), ("A song", None, eur("1.98")));

    let tax = json!({"taxline": "T", "memo": "VAT", "rate": "20%", "amount": "-4"});
    let Line::Tax(tax) = read(tax, InvoiceKind::Invoice) else { panic!("a tax") };
    assert_eq!((tax.name.as_str(), tax.rate.as_deref(), tax.amount), ("VAT", Some("20"), eur("4")));
}

#[test]
fn a_records_sums() {
    let record = json!({"subtotal": 100.0, "discountTotal": -5, "taxTotal": 0, "shippingCost": 0.00,
        "terms": {"links": [], "id": "2", "refName": "Net 30"}});
    let read = sums(&serde_json::from_value(record).unwrap(), "EUR".parse().unwrap()).unwrap();
    let wanted = Sums {
        subtotal: Some(eur("100")),
        discount: Some(eur("5")),
        shipping: None,
        tax_total: Some(eur("0")),
        terms: Some("Net 30".to_owned()),
    };
    assert_eq!(read, wanted);
}

#[rstest]
#[case(json!({"currencySymbol": "CHF", "currency": {"id": "1", "refName": "Swiss Franc"}}), Some("CHF"))]
#[case(json!({"currency": {"id": "1", "refName": "USD"}}), Some("USD"))]
#[case(json!({"currencyName": "US Dollar"}), None)]
fn a_records_currency(#[case] record: Value, #[case] code: Option<&str>) {
    let read = record_currency(&serde_json::from_value(record).unwrap());
    assert_eq!(read.map(|c| c.to_string()).as_deref(), code);
}

#[test]
fn payments() {
    let paid = json!({"id": "9", "kind": "CustPymt", "kindname": "Payment", "tranid": "PAY1", "trandate": "2026-11-02", "amount": "-7"});
    let read = |json| payment(&serde_json::from_value(json).unwrap(), "EUR".parse().unwrap(), &pages()).unwrap();
    let payment = read(paid);
    assert_eq!((payment.number.as_str(), payment.kind.as_str(), payment.amount), ("PAY1", "Payment", Some(eur("7"))));
    assert!(payment.url.unwrap().ends_with("custpymt.nl?id=9"));
    let unseen = read(json!({"id": "9", "kind": "Custom99"}));
    assert_eq!((unseen.number.as_str(), unseen.kind.as_str(), unseen.date, unseen.url), ("#9", "Custom99", None, None));
}

#[rstest]
#[case(json!({"id": "1", "isperson": "F", "companyname": "Acme", "altname": "x"}), "Acme", false)]
#[case(json!({"id": "1", "isperson": "F", "altname": "Alt", "entityid": "C1"}), "Alt", false)]
#[case(json!({"id": "1", "isperson": "F", "entityid": "C1"}), "C1", false)]
#[case(json!({"id": "1", "isperson": "T", "firstname": "Ada", "lastname": "King", "companyname": "x"}), "Ada King", true)]
#[case(json!({"id": "1", "isperson": "T", "lastname": "King"}), "King", true)]
fn customers_names(#[case] row: Value, #[case] name: &str, #[case] person: bool) {
    let read = customer(&serde_json::from_value(row).unwrap(), &pages()).unwrap();
    assert_eq!((read.who.name.as_str(), read.is_person), (name, person));
}

#[test]
fn a_customers_addresses_and_page() {
    let row =
        json!({"id": "42", "isperson": "F", "isinactive": "T", "email": "a@b.example", "altemail": "c@d.example"});
    let read = customer(&serde_json::from_value(row).unwrap(), &pages()).unwrap();
    assert_eq!((read.emails, read.inactive), (vec!["a@b.example".to_owned(), "c@d.example".to_owned()], true));
    assert_eq!(read.url, "https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl?id=42");
}
