//! Accounts differ: features, rights, columns.

use ledgercard::{
    domain::query::InvoiceQuery,
    erp::{Finding, Probe},
    sandbox::data::extras,
};

use super::*;

fn finding(probe: &Probe, code: &str) -> Finding {
    probe.prerequisites.iter().find(|p| p.code == code).unwrap_or_else(|| panic!("no {code}")).finding
}

#[tokio::test]
async fn a_probe_tells_what_an_account_has() {
    let house = House::new().await;
    let probe = house.erp.probe(Lane::Background).await.unwrap();
    assert_eq!((probe.utc_offset_minutes, probe.date_format.as_deref()), (Some(-480), Some("M/D/YYYY")));
    for prerequisite in &probe.prerequisites {
        let expected = match prerequisite.code {
            "server_suitescript" | "rest_record_service_beta" | "bundle" => Finding::NotNeeded,
            // The account has none, and an empty list proves nothing.
            "sales_order" => Finding::CannotBeAsked,
            _ => Finding::Proved,
        };
        assert_eq!(prerequisite.finding, expected, "{}", prerequisite.code);
    }
    let can = probe.capabilities;
    assert!(can.invoices && can.credit_notes && can.payments && can.multi_currency && can.subsidiaries);

    house
        .switch(json!({"dateFormat": "D.M.YYYY", "oneWorld": false, "missingPermissions": ["Contacts", "Credit Memo"]}))
        .await;
    let probe = house.erp.probe(Lane::Background).await.unwrap();
    assert_eq!(probe.date_format.as_deref(), Some("D.M.YYYY"));
    assert_eq!(finding(&probe, "contacts"), Finding::Refused);
    assert_eq!(finding(&probe, "subsidiaries"), Finding::Refused);
    assert_eq!(finding(&probe, "customer_payment"), Finding::Proved);
    assert_eq!(finding(&probe, "credit_memo"), Finding::Refused);
    assert!(!probe.capabilities.subsidiaries && probe.capabilities.multi_currency);
    assert_eq!(house.erp.capabilities(), probe.capabilities);

    house.reset().await;
    assert!(house.erp.probe(Lane::Background).await.unwrap().capabilities.subsidiaries, "asked anew");
}

#[tokio::test]
async fn what_an_account_lacks_is_left_out_after_asking_once() {
    let house = House::new().await;
    let dollars = [customer(extras::INACTIVE)];
    let whole = house.erp.ledger(Lane::Card, &dollars).await.unwrap().invoices;
    assert!(whole.iter().all(|i| i.due.is_some() && i.memo.is_some() && i.subsidiary.is_some()));
    let missing = json!({"missingColumns": ["transaction.memo", "transaction.duedate", "transactionline.foreignpaymentamountused"]});
    house.switch(missing).await;
    house.switch(json!({"oneWorld": false})).await;
    let part = house.erp.ledger(Lane::Card, &dollars).await.unwrap().invoices;
    assert_eq!(part.len(), whole.len());
    assert!(part.iter().all(|i| i.due.is_none() && i.memo.is_none() && i.subsidiary.is_none()));
    let before = house.calls("suiteql").await;
    house.erp.ledger(Lane::Card, &dollars).await.unwrap();
    house.erp.totals_of(Lane::Card, &dollars, "2026-11-23".parse().unwrap()).await.unwrap();
    let id = &whole[0].id;
    let detail = house.erp.invoice(Lane::Card, id).await.unwrap();
    assert!(!detail.lines.is_empty());
    house.erp.search(Lane::Card, &InvoiceQuery::parse("2026-11-01").unwrap(), page(1, 10)).await.unwrap();
    assert_eq!(house.calls("suiteql").await - before, 6, "nothing is asked twice any more");
}

#[tokio::test]
async fn an_account_with_one_currency_shows_its_own() {
    let house = House::new().await;
    let dollars = [customer(extras::INACTIVE)];
    let before = house.erp.ledger(Lane::Card, &dollars).await.unwrap();
    house.switch(json!({"multiCurrency": false})).await;
    let refused = house.erp.ledger(Lane::Card, &dollars).await;
    assert!(matches!(&refused, Err(ErpError::Broken { what }) if what.contains("currency")), "{refused:?}");
    // Without the feature there is no list of currencies: that it is not seen says nothing of the right.
    let probe = house.erp.probe(Lane::Background).await.unwrap();
    assert_eq!(finding(&probe, "currency"), Finding::CannotBeAsked);

    let erp = house.connector(|settings| settings.base_currency = Some("USD".parse().unwrap()));
    assert_eq!(erp.ledger(Lane::Card, &dollars).await.unwrap(), before);
    let sums = erp.totals_of(Lane::Card, &dollars, "2026-11-23".parse().unwrap()).await.unwrap();
    assert_eq!(sums.currencies().map(|c| c.currency.to_string()).collect::<Vec<_>>(), ["USD"]);
    assert!(!erp.capabilities().multi_currency);
    let detail = erp.invoice(Lane::Card, &before.invoices[0].id).await.unwrap();
    assert_eq!(detail.head, before.invoices[0]);
    let probe = erp.probe(Lane::Background).await.unwrap();
    assert_eq!(
        (finding(&probe, "currency"), finding(&probe, "multiple_currencies")),
        (Finding::CannotBeAsked, Finding::Refused)
    );
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let house = House::new().await;
    let cases = [
        ("REST Web Services", "REST Web Services"),
        ("SuiteAnalytics Workbook", "SuiteAnalytics Workbook"),
        ("Invoice", "Invoice or Find Transaction"),
        ("Customers", "Customers"),
        ("Currency", "Currency"),
    ];
    for (lacking, named) in cases {
        house.switch(json!({"missingPermissions": [lacking]})).await;
        for _ in 0..2 {
            let refused = house.read(Lane::Card).await;
            assert_eq!(refused, Err(ErpError::Permission { permission: named.to_owned() }), "{lacking}");
        }
        let probe = house.erp.probe(Lane::Background).await.unwrap();
        assert!(probe.prerequisites.iter().any(|p| p.required && p.finding == Finding::Refused), "{lacking}");
        house.reset().await;
        house.read(Lane::Card).await.unwrap();
    }

    let id = house.erp.ledger(Lane::Card, &[customer(extras::ALL_STATUSES)]).await.unwrap().invoices[0].id.clone();
    let whole = house.erp.invoice(Lane::Card, &id).await.unwrap();
    house.fault("record", json!({"kind": "status", "status": 403}), None).await;
    let part = house.erp.invoice(Lane::Card, &id).await.unwrap();
    assert_eq!((part.subtotal, part.tax_total, part.lines), (whole.subtotal, whole.tax_total, whole.lines));
}

#[tokio::test]
async fn what_a_probe_found_before_it_failed_is_not_asked_again() {
    let house = House::new().await;
    let broken = json!({"kind": "status", "status": 503});
    house.faults(json!([{"operation": "suiteql", "contains": "nexttransactionlink", "action": broken}])).await;
    let failed = house.erp.probe(Lane::Card).await;
    assert!(matches!(failed, Err(ErpError::Unavailable { .. })), "{failed:?}");
    house.reset().await;
    house.erp.probe(Lane::Card).await.unwrap();
    // The clock, the one table that failed, and whether eight tables have rows.
    assert_eq!(house.calls("suiteql").await, 10);
    house.reset().await;
    house.erp.probe(Lane::Card).await.unwrap();
    assert_eq!(house.calls("suiteql").await, 16, "a finished probe is done anew");
}
