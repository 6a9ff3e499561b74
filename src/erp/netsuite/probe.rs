//! What an account has: optional columns, features, rights, its clock and its way to write dates.
//!
//! What a call can prove is proved by a call; what no call can tell is left for a person to confirm.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt as _, stream};
use jiff::civil::DateTime;

use super::{
    Columns, NetSuite, Optional, Refusal,
    asking::AT_ONCE,
    calls::Calls,
    errors::REST_FEATURE,
    role::{RIGHTS, SET_UP, right_to_write},
    statements,
};
use crate::{
    clock::Millis,
    erp::{Capabilities, ErpError, Finding, Lane, Prerequisite, Probe, source::Kind},
};

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

/// Everything that a connection needs, nothing of it asked yet.
#[must_use]
pub fn prerequisites() -> Vec<Prerequisite> {
    list(&BTreeMap::new())
}

/// What a connection needs besides when records of `kinds` are written to it. No call can tell without writing: a person
/// confirms it, and a write that is refused names it.
#[must_use]
pub fn prerequisites_of_writing(kinds: &[Kind]) -> Vec<Prerequisite> {
    let rights = kinds.iter().map(|kind| right_to_write(*kind));
    let lines = rights.map(|right| Prerequisite {
        code: right.code,
        seed: None,
        name: right.name,
        finding: Finding::CannotBeAsked,
        required: right.required,
        mend: right.mend,
    });
    lines.collect()
}

/// The whole list with what was found; what nobody found out stays a person's to confirm.
fn list(found: &BTreeMap<&'static str, Finding>) -> Vec<Prerequisite> {
    let finding = |code| found.get(code).copied().unwrap_or(Finding::CannotBeAsked);
    let set_up = SET_UP.iter().map(|asked| Prerequisite {
        code: asked.code,
        seed: Some(asked.seed),
        name: asked.name,
        finding: if asked.needed { finding(asked.code) } else { Finding::NotNeeded },
        required: asked.required,
        mend: asked.mend,
    });
    let rights = RIGHTS.iter().map(|right| Prerequisite {
        code: right.code,
        seed: None,
        name: right.name,
        finding: finding(right.code),
        required: right.required,
        mend: right.mend,
    });
    set_up.chain(rights).collect()
}

/// Asks an account everything. Waits for some twenty-five calls, [`AT_ONCE`] of them at a time.
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
        prerequisites: Vec::new(),
        utc_offset_minutes: None,
        date_format: None,
    };
    let mut found = Findings::default();
    let asked_at = calls.clock.now();
    let queries = match calls.page(lane, &statements::clock_and_dates(), 1, 0).await {
        Ok(rows) => {
            let text = |field| rows.items.first().and_then(|row| row.text(field));
            probe.utc_offset_minutes = text("now").and_then(|now| offset(now, asked_at));
            probe.date_format = text("sample").and_then(date_format);
            found.got_in();
            found.put("suiteanalytics_workbook", Finding::Proved);
            true
        }
        Err(Refusal::Final(ErpError::Permission { permission })) => {
            found.refused_at_the_gate(&permission);
            false
        }
        Err(refusal) => return Err(refusal.into()),
    };
    if queries {
        let columns = netsuite.columns_after(lane, seen).await?;
        probe.capabilities = capabilities(&columns);
        features(&columns, &mut found);
        Box::pin(tables(calls, lane, &mut found)).await?;
        // Without the feature there may be no table, so that its want tells nothing of the right.
        if !columns.has(Optional::Foreign) {
            found.leave("currency");
        }
    }
    if found.is_in() {
        documents(calls, lane, &mut found).await?;
    }
    probe.prerequisites = list(&found.0);
    Ok(probe)
}

/// What was found out, by the prerequisite's code.
#[derive(Default)]
struct Findings(BTreeMap<&'static str, Finding>);

impl Findings {
    fn put(&mut self, code: &'static str, finding: Finding) {
        self.0.insert(code, finding);
    }

    /// Nothing can be said of it.
    fn leave(&mut self, code: &'static str) {
        if self.0.get(code) == Some(&Finding::Refused) {
            self.put(code, Finding::CannotBeAsked);
        }
    }

    /// A call was let in: what every call needs is there.
    fn got_in(&mut self) {
        for code in ["rest_web_services", "oauth2", "role", "rest_web_services_right", "oauth2_right"] {
            self.put(code, Finding::Proved);
        }
    }

    fn is_in(&self) -> bool {
        self.0.get("role") == Some(&Finding::Proved)
    }

    /// The first query was refused for want of `permission`. A token was got all the same.
    fn refused_at_the_gate(&mut self, permission: &str) {
        match permission {
            REST_FEATURE => self.put("rest_web_services", Finding::Refused),
            "REST Web Services" => self.put("rest_web_services_right", Finding::Refused),
            "Log in using OAuth 2.0 Access Tokens" => self.put("oauth2_right", Finding::Refused),
            // Further in than these: the call itself was let through.
            _ => {
                self.got_in();
                self.put("suiteanalytics_workbook", Finding::Refused);
                return;
            }
        }
        // The token was issued for this role.
        self.put("oauth2", Finding::Proved);
    }
}

/// What the columns tell about features. Where the table itself is hidden they tell nothing.
fn features(columns: &Columns, found: &mut Findings) {
    if !columns.lacks_table("transaction") {
        let has = columns.has(Optional::Foreign);
        found.put("multiple_currencies", if has { Finding::Proved } else { Finding::Refused });
    }
}

/// Which tables show a row. A table that is not found is refused; one without rows proves nothing.
async fn tables(calls: &Calls, lane: Lane, found: &mut Findings) -> Result<(), ErpError> {
    const TABLES: [(&str, &str, &str); 8] = [
        ("find_transaction", "transaction", "id"),
        ("customers", "customer", "id"),
        ("contacts", "contact", "id"),
        ("currency", "currency", "symbol"),
        ("subsidiaries", "subsidiary", "id"),
        ("employees", "employee", "id"),
        ("items", "item", "id"),
        ("deleted_records", "deletedrecord", "recordid"),
    ];
    let questions = TABLES.map(|(code, table, column)| async move {
        (code, calls.page(lane, &statements::ask(table, &[column]), 1, 0).await)
    });
    let mut asking = stream::iter(questions).buffered(AT_ONCE);
    while let Some((code, answer)) = asking.next().await {
        let finding = match answer {
            Ok(rows) if rows.items.is_empty() => Finding::CannotBeAsked,
            Ok(_) => Finding::Proved,
            Err(Refusal::NoTable(_) | Refusal::Final(ErpError::Permission { .. })) => Finding::Refused,
            // The table is there, only not as we know it.
            Err(Refusal::NoColumn(_)) => Finding::CannotBeAsked,
            Err(refusal) => return Err(refusal.into()),
        };
        found.put(code, finding);
    }
    Ok(())
}

/// What the record service tells about kinds of documents: it refuses a kind by name, where queries leave rows out silently.
async fn documents(calls: &Calls, lane: Lane, found: &mut Findings) -> Result<(), ErpError> {
    const KINDS: [(&str, &str); 4] = [
        ("invoice", "invoice"),
        ("credit_memo", "creditMemo"),
        ("customer_payment", "customerPayment"),
        ("sales_order", "salesOrder"),
    ];
    let questions = KINDS.map(|(code, name)| async move { (code, calls.any_record(lane, name).await) });
    let mut asking = stream::iter(questions).buffered(AT_ONCE);
    while let Some((code, answer)) = asking.next().await {
        let finding = match answer {
            Ok(true) => Finding::Proved,
            Err(Refusal::Final(ErpError::Permission { .. })) => Finding::Refused,
            // None there, or a kind that this account does not have.
            Ok(false)
            | Err(Refusal::Final(ErpError::Missing | ErpError::Broken { .. } | ErpError::Rejected { .. })) => {
                Finding::CannotBeAsked
            }
            Err(refusal) => return Err(refusal.into()),
        };
        found.put(code, finding);
    }
    // The table of transactions is hidden when either right is missing: which one, the record service has told.
    if found.0.get("find_transaction") == Some(&Finding::Refused) && found.0.get("invoice") != Some(&Finding::Proved) {
        found.put("find_transaction", Finding::CannotBeAsked);
    }
    Ok(())
}

/// The account's distance from UTC in minutes, to the quarter hour: its clock and ours may differ a little.
pub(super) fn offset(now: &str, asked_at: Millis) -> Option<i32> {
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
