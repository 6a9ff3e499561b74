//! What an account has: optional columns, features, rights, its clock and its way to write dates.
//!
//! What a call can prove is proved by a call; what no call can tell is left for a person to confirm.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::{
    Columns, NetSuite, Optional, Refusal,
    calls::Calls,
    columns::{ASKED, Asked},
    map, statements,
};
use crate::{
    clock::Millis,
    domain::money::Currency,
    erp::{Capabilities, ErpError, Finding, Lane, Prerequisite, Probe},
};

/// Asks table by table which of the optional columns are there.
///
/// # Errors
/// Only for trouble that says nothing about columns.
pub(super) async fn ask_columns(calls: &Calls, lane: Lane, base: Option<Currency>) -> Result<Columns, ErpError> {
    let mut found = Columns::all();
    found.base_currency = base;
    for asked in &ASKED {
        ask_table(calls, lane, asked, &mut found).await?;
    }
    if found.base_currency.is_none() && !found.has(Optional::Foreign) {
        found.base_currency = base_currency(calls, lane).await?;
    }
    tracing::info!(missing = ?found.missing(), "asked NetSuite for its columns");
    Ok(found)
}

/// Asks for all columns of one table, and anew without each that is refused: NetSuite names one at a time.
async fn ask_table(calls: &Calls, lane: Lane, asked: &Asked, found: &mut Columns) -> Result<(), ErpError> {
    let mut names: Vec<&'static str> = asked.columns.iter().map(|(name, _)| *name).collect();
    loop {
        let mut all = vec![asked.core];
        all.extend(&names);
        match calls.page(lane, &statements::ask(asked.table, &all), 1, 0).await {
            Ok(_) => return Ok(()),
            Err(Refusal::NoColumn(refused)) if names.iter().any(|name| *name == refused) => {
                names.retain(|name| *name != refused);
                for (_, lost) in asked.columns.iter().filter(|(name, _)| *name == refused) {
                    found.lose(*lost);
                }
            }
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => {
                found.lose_table(asked.table);
                asked.whole.iter().for_each(|lost| found.lose(*lost));
                return Ok(());
            }
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

/// The account's own currency: from the list of currencies, else from any invoice's record.
async fn base_currency(calls: &Calls, lane: Lane) -> Result<Option<Currency>, ErpError> {
    match calls.page(lane, &statements::base_currency(), 1, 0).await {
        Ok(rows) => {
            let code = rows.items.first().and_then(|row| row.text("symbol"));
            return Ok(code.and_then(|code| code.parse().ok()));
        }
        Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let Some(id) = any_document(calls, lane, "CustInvc").await? else { return Ok(None) };
    match calls.record(lane, "invoice", id).await {
        Ok(record) => Ok(map::record_currency(&record)),
        Err(Refusal::Final(ErpError::Permission { .. } | ErpError::Missing)) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The id of any document of this type that the role sees.
async fn any_document(calls: &Calls, lane: Lane, type_code: &'static str) -> Result<Option<u64>, ErpError> {
    let rows = calls.page(lane, &statements::any_document(type_code), 1, 0).await.map_err(ErpError::from)?;
    Ok(rows.items.first().and_then(|row| row.text("id")).and_then(|id| id.parse().ok()))
}

/// What an account with these columns can do.
pub(super) fn capabilities(columns: &Columns) -> Capabilities {
    let invoices = !columns.lacks_table("transaction") && !columns.lacks_table("transactionline");
    Capabilities {
        invoices,
        credit_notes: invoices,
        payments: columns.has(Optional::Links),
        multi_currency: columns.has(Optional::Foreign),
        subsidiaries: columns.has(Optional::Subsidiary),
    }
}

/// Asks an account everything. Waits for some fifteen calls.
pub(super) async fn examine(netsuite: &NetSuite, lane: Lane, seen: &Arc<Columns>) -> Result<Probe, ErpError> {
    let calls = &netsuite.calls;
    let mut probe = Probe {
        account: netsuite.account.to_string(),
        sandbox: netsuite.account.is_sandbox(),
        capabilities: Capabilities {
            invoices: false,
            credit_notes: false,
            payments: false,
            multi_currency: false,
            subsidiaries: false,
        },
        prerequisites: vec![found(REST, Finding::Proved)],
        utc_offset_minutes: None,
        date_format: None,
    };
    let asked_at = calls.clock.now();
    match calls.page(lane, &statements::clock_and_dates(), 1, 0).await {
        Ok(rows) => {
            let text = |field| rows.items.first().and_then(|row| row.text(field));
            probe.utc_offset_minutes = text("now").and_then(|now| offset(now, asked_at));
            probe.date_format = text("sample").and_then(date_format);
        }
        Err(Refusal::Final(ErpError::Permission { .. })) => {
            probe.prerequisites.push(found(WORKBOOK, Finding::Refused));
            return Ok(probe);
        }
        Err(refusal) => return Err(refusal.into()),
    }
    probe.prerequisites.push(found(WORKBOOK, Finding::Proved));
    let columns = netsuite.columns_after(lane, seen).await?;
    probe.capabilities = capabilities(&columns);
    probe.prerequisites.extend(tables(&columns));
    probe.prerequisites.extend(documents(calls, lane, &columns).await?);
    Ok(probe)
}

/// What the columns tell.
fn tables(columns: &Columns) -> Vec<Prerequisite> {
    let table = |name| if columns.lacks_table(name) { Finding::Refused } else { Finding::Proved };
    let feature = |wanted| if columns.has(wanted) { Finding::Proved } else { Finding::Refused };
    let multi_currency = columns.has(Optional::Foreign);
    let currency = if multi_currency || columns.base_currency.is_none() { table("currency") } else { Finding::Proved };
    vec![
        found(TRANSACTIONS, table("transaction")),
        found(CUSTOMERS, table("customer")),
        found(CONTACTS, feature(Optional::Contacts)),
        found(CURRENCY, currency),
        found(MULTI_CURRENCY, feature(Optional::Foreign)),
        found(SUBSIDIARIES, feature(Optional::Subsidiary)),
        found(PAYMENT_LINKS, feature(Optional::Links)),
    ]
}

/// What single documents tell: rows that the role may not see are left out silently, so none found proves nothing.
async fn documents(calls: &Calls, lane: Lane, columns: &Columns) -> Result<Vec<Prerequisite>, ErpError> {
    let mut findings = Vec::new();
    if columns.lacks_table("transaction") {
        return Ok(findings);
    }
    for (type_code, right) in [("CustInvc", INVOICE), ("CustCred", CREDIT_MEMO), ("CustPymt", PAYMENT)] {
        let finding = match any_document(calls, lane, type_code).await? {
            None => Finding::CannotBeAsked,
            Some(id) if type_code == "CustInvc" => open_invoice(calls, lane, id).await?,
            Some(_) => Finding::Proved,
        };
        findings.push(found(right, finding));
    }
    Ok(findings)
}

/// Whether the record service shows an invoice that SuiteQL shows.
async fn open_invoice(calls: &Calls, lane: Lane, id: u64) -> Result<Finding, ErpError> {
    match calls.record(lane, "invoice", id).await {
        Ok(_) => Ok(Finding::Proved),
        Err(Refusal::Final(ErpError::Permission { .. })) => Ok(Finding::Refused),
        // It may have been deleted in between.
        Err(Refusal::Final(ErpError::Missing)) => Ok(Finding::CannotBeAsked),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The account's distance from UTC in minutes, to the quarter hour: its clock and ours may differ a little.
fn offset(now: &str, asked_at: Millis) -> Option<i32> {
    let theirs = DateTime::strptime("%Y-%m-%d %H:%M:%S", now).ok()?;
    let theirs = theirs.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    let quarters = (theirs - asked_at.as_seconds() + 450).div_euclid(900);
    i32::try_from(quarters).ok().filter(|quarters| quarters.abs() <= 14 * 4).map(|quarters| quarters * 15)
}

/// The format in which the second of January 2003 looks like `sample`.
fn date_format(sample: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = sample.trim();
    while let Some(first) = rest.chars().next() {
        let of_kind = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() };
        let length = rest.find(|c| !of_kind(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (part, after) = rest.split_at(length);
        out.push_str(match part {
            "2003" => "YYYY",
            "03" => "YY",
            "01" => "MM",
            "1" => "M",
            "02" => "DD",
            "2" => "D",
            sign if sign.chars().all(|c| !c.is_alphanumeric()) => sign,
            name if name.chars().count() <= 4 && name.chars().all(char::is_alphabetic) => "Mon",
            name if name.chars().all(char::is_alphabetic) => "Month",
            _ => return None,
        });
        rest = after;
    }
    (out.contains("YY") && out.contains('D')).then_some(out)
}

/// A prerequisite without its finding.
type Asking = (&'static str, &'static str, bool, &'static str);

fn found((code, name, required, mend): Asking, finding: Finding) -> Prerequisite {
    Prerequisite { code, name, finding, required, mend }
}

const REST: Asking = (
    "rest_web_services",
    "REST Web Services",
    true,
    "Setup > Company > Enable Features > SuiteCloud > SuiteTalk > REST Web Services; and in the role: Permissions > Setup > REST Web Services (Full), Log in using OAuth 2.0 Access Tokens (Full)",
);
const WORKBOOK: Asking = (
    "suiteanalytics_workbook",
    "SuiteAnalytics Workbook",
    true,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Reports > SuiteAnalytics Workbook (Edit)",
);
const TRANSACTIONS: Asking = (
    "find_transaction",
    "Find Transaction",
    true,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Transactions > Find Transaction (View)",
);
const INVOICE: Asking = (
    "invoice",
    "Invoice",
    true,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Transactions > Invoice (View)",
);
const CREDIT_MEMO: Asking = (
    "credit_memo",
    "Credit Memo",
    false,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Transactions > Credit Memo (View)",
);
const PAYMENT: Asking = (
    "customer_payment",
    "Customer Payment",
    false,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Transactions > Customer Payment (View)",
);
const CUSTOMERS: Asking = (
    "customers",
    "Customers",
    true,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Lists > Customers (View)",
);
const CONTACTS: Asking = (
    "contacts",
    "Contacts",
    false,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Lists > Contacts (View)",
);
const CURRENCY: Asking = (
    "currency",
    "Currency",
    true,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Lists > Currency (View)",
);
const MULTI_CURRENCY: Asking = (
    "multiple_currencies",
    "Multiple Currencies",
    false,
    "Setup > Company > Enable Features > Company > International > Multiple Currencies",
);
const SUBSIDIARIES: Asking = (
    "subsidiaries",
    "Subsidiaries",
    false,
    "Only in OneWorld accounts: Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Lists > Subsidiaries (View)",
);
const PAYMENT_LINKS: Asking = (
    "transaction_links",
    "Links between transactions",
    false,
    "Setup > Users/Roles > Manage Roles > (the connector's role) > Permissions > Transactions > Find Transaction and Customer Payment (View)",
);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1/2/2003", Some("M/D/YYYY"))]
    #[case("2.1.2003", Some("D.M.YYYY"))]
    #[case("02.01.2003", Some("DD.MM.YYYY"))]
    #[case("2003-01-02", Some("YYYY-MM-DD"))]
    #[case("2-Jan-2003", Some("D-Mon-YYYY"))]
    #[case("2 January 2003", Some("D Month YYYY"))]
    #[case("2003/1/2", Some("YYYY/M/D"))]
    #[case("", None)]
    #[case("12/31/1999", None)]
    #[case("2003", None)]
    fn date_formats(#[case] sample: &str, #[case] format: Option<&str>) {
        assert_eq!(date_format(sample).as_deref(), format);
    }

    #[rstest]
    #[case("2023-11-14 22:13:20", Some(0))]
    #[case("2023-11-14 14:14:01", Some(-480))]
    #[case("2023-11-15 03:43:20", Some(330))]
    #[case("2023-11-20 03:43:20", None)]
    #[case("11/14/2023", None)]
    fn offsets_from_utc(#[case] now: &str, #[case] minutes: Option<i32>) {
        assert_eq!(offset(now, Millis(1_700_000_000_000)), minutes);
    }
}
