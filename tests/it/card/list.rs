//! What the list shows: rows, order, filter, sums, on all three record types.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::world::walk;

fn rows(answer: &Value) -> &Vec<Value> {
    answer["rows"].as_array().unwrap()
}

fn ids(answer: &Value) -> Vec<String> {
    rows(answer).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// An amount's text in ten-thousandths, so that sums in tests are whole numbers.
fn amount(money: &Value) -> i64 {
    let text = money["amount"].as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{}{fraction:0<4}", whole.trim_start_matches('-'));
    let value: i64 = digits.parse().unwrap();
    if whole.starts_with('-') { -value } else { value }
}

walk!(
    /// NS-17: contact, company and deal records each have their list of invoices.
    ns_17_contact_company_and_deal_have_a_list,
    |world| {
        let contact = world.list(&world.record("linked").await, "").await;
        assert_eq!(contact["state"], "ready");
        assert!(!rows(&contact).is_empty());
        assert!(rows(&contact).iter().all(|row| row["basis"] == "linked"));
        assert_eq!(contact["connections"][0]["systemName"], "NetSuite");
        assert_eq!(contact["customers"][0]["basis"], "linked");

        let company = world.list(&world.record("company").await, "").await;
        assert_eq!(company["state"], "ready");
        assert!(rows(&company).len() + company["suggestions"].as_array().unwrap().len() > 0);

        let deal = world.list(&world.record("deal").await, "").await;
        assert_eq!(deal["state"], "ready");
        assert!(rows(&deal).is_empty(), "a deal shows only what was attached");
        let suggestions = deal["suggestions"].as_array().unwrap();
        assert!(!suggestions.is_empty());
        for suggestion in suggestions {
            assert!(matches!(suggestion["reason"].as_str(), Some("company_customer" | "contact_customer")));
            assert!(suggestion["row"]["basis"].is_null());
        }
    }
);

walk!(
    /// A contact without a link shows the one customer that has one of its addresses, and says so.
    a_contact_is_matched_by_any_of_its_addresses,
    |world| {
        for tag in ["matched", "secondary_email"] {
            let answer = world.list(&world.record(tag).await, "").await;
            assert_eq!(answer["state"], "ready", "{tag}");
            assert!(!rows(&answer).is_empty(), "{tag}");
            assert!(rows(&answer).iter().all(|row| row["basis"] == "matched_by_email"), "{tag}");
            assert_eq!(answer["customers"][0]["basis"], "matched_by_email");
        }
        let empty = world.list(&world.record("empty").await, "").await;
        assert_eq!((empty["state"].as_str(), rows(&empty).len()), (Some("ready"), 0));
    }
);

walk!(
    /// Pages run through every row once, in one order; sorting runs through the same rows.
    pages_and_sorting_lose_and_repeat_nothing,
    |world| {
        let record = world.record("page2").await;
        let all = world.list(&record, "&pageSize=100").await;
        let total = usize::try_from(all["total"].as_u64().unwrap()).unwrap();
        assert!((11..=100).contains(&total), "{total} rows");
        for sort in ["-date", "date", "number", "-number", "dueDate", "-dueDate", "total", "-remaining", "status"] {
            let mut seen = Vec::new();
            for page in 1..=total.div_ceil(4) {
                let answer = world.list(&record, &format!("&pageSize=4&page={page}&sort={sort}")).await;
                assert_eq!(answer["page"], page);
                seen.extend(ids(&answer));
            }
            assert_eq!(seen.len(), total, "{sort}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), total, "{sort}");
        }
        let dates = |answer: &Value| -> Vec<String> {
            rows(answer).iter().map(|row| row["date"].as_str().unwrap().to_owned()).collect()
        };
        let newest_first = dates(&all);
        assert!(newest_first.is_sorted_by(|a, b| a >= b));
        assert!(dates(&world.list(&record, "&pageSize=100&sort=date").await).is_sorted());
        assert_eq!(world.list(&record, "&page=1000").await["rows"], serde_json::json!([]));
    }
);

walk!(
    /// Filters work on the server; the sums stay those of the whole record.
    filters_narrow_the_rows_and_not_the_sums,
    |world| {
        let record = world.record("all_statuses").await;
        let all = world.list(&record, "&pageSize=100").await;
        let words: BTreeSet<&str> = rows(&all).iter().map(|row| row["status"].as_str().unwrap()).collect();
        for word in ["draft", "open", "partially_paid", "overdue", "paid", "voided", "rejected"] {
            assert!(words.contains(word), "the sample data has no {word} here: {words:?}");
            let some = world.list(&record, &format!("&pageSize=100&status={word}")).await;
            let wanted: Vec<&Value> = rows(&all).iter().filter(|row| row["status"] == word).collect();
            assert_eq!(rows(&some).iter().collect::<Vec<_>>(), wanted);
            assert_eq!(some["allRows"], all["allRows"]);
            assert_eq!(some["summary"], all["summary"]);
        }
        let number = rows(&all)[0]["number"].as_str().unwrap();
        let typed = number.to_lowercase().replace('-', "%20");
        let found = world.list(&record, &format!("&q={typed}")).await;
        assert!(ids(&found).contains(&ids(&all)[0]), "{typed}");
        assert!(rows(&found).len() < rows(&all).len());
        let nothing = world.list(&record, "&q=there+is+no+such+thing").await;
        assert_eq!((nothing["total"].as_u64(), nothing["state"].as_str()), (Some(0), Some("ready")));
    }
);

walk!(
    /// Two currencies give two sums, each adding up to its own rows and never to both.
    two_currencies_give_two_sums,
    |world| {
        let answer = world.list(&world.record("two_currencies").await, "&pageSize=100").await;
        let summary = answer["summary"].as_array().unwrap();
        assert_eq!(summary.len(), 2, "{summary:?}");
        for sums in summary {
            let currency = sums["currency"].as_str().unwrap();
            let open = |row: &&Value| matches!(row["status"].as_str(), Some("open" | "partially_paid" | "overdue"));
            let mine = rows(&answer).iter().filter(|row| row["total"]["currency"] == currency && row["kind"] == "invoice");
            let wanted: i64 = mine.filter(open).map(|row| amount(&row["remaining"])).sum();
            assert_eq!(amount(&sums["open"]), wanted, "{currency}");
            let ageing = &sums["ageing"];
            let aged: i64 = ["days1To30", "days31To60", "days61To90", "over90"].map(|age| amount(&ageing[age])).iter().sum();
            assert_eq!(amount(&sums["overdue"]), aged, "{currency}");
            for part in ["open", "overdue", "paid", "credit"] {
                assert_eq!(sums[part]["currency"], currency);
            }
        }
    }
);

walk!(
    /// A customer with 10,000 invoices: the list says how many it covers, the sums cover all of them.
    ten_thousand_invoices_work,
    |world| {
        let record = world.record("ten_thousand").await;
        let answer = world.list(&record, "&pageSize=100&sort=number").await;
        assert_eq!(answer["state"], "ready", "{answer}");
        assert_eq!(answer["truncated"]["shown"], 2000);
        let of = answer["truncated"]["of"].as_u64().unwrap();
        assert!(of >= 10_000, "{of}");
        let counted: u64 = answer["summary"].as_array().unwrap().iter().map(|s| s["count"].as_u64().unwrap()).sum();
        assert!(counted > 2000 && counted <= of, "the sums cover {counted} of {of}");
        let last = world.list(&record, "&pageSize=100&page=20&sort=number").await;
        assert_eq!(rows(&last).len(), 100);
    }
);

walk!(
    /// Yen have no decimals, in rows and in sums.
    yen_have_no_decimals,
    |world| {
        let answer = world.list(&world.record("jpy").await, "&pageSize=100").await;
        let yen = answer["summary"].as_array().unwrap().iter().find(|s| s["currency"] == "JPY").expect("a sum in yen");
        assert!(!yen["open"]["amount"].as_str().unwrap().contains('.'), "{yen}");
    }
);

walk!(
    /// What is overdue is decided by the portal's calendar, not the server's: Stockholm is an hour ahead of UTC.
    overdue_follows_the_portals_day,
    |world| {
        let record = world.record("linked").await;
        assert_eq!(world.list(&record, "").await["today"], "2026-11-21");
        world.clock.advance(std::time::Duration::from_mins(11 * 60 + 30)); // 23:30 UTC, 00:30 in Stockholm
        let answer = world.list(&record, "").await;
        assert_eq!((answer["today"].as_str(), answer["timeZone"].as_str()), (Some("2026-11-22"), Some("Europe/Stockholm")));
    }
);

walk!(
    /// One invoice with its lines, taxes and payments: they add up to its head.
    a_detail_adds_up,
    |world| {
        let record = world.record("all_statuses").await;
        let all = world.list(&record, "&pageSize=100").await;
        let (mut lines_seen, mut payments_seen) = (0, 0);
        for row in rows(&all).iter().filter(|row| row["kind"] == "invoice") {
            let (connection, id) = (row["connectionId"].as_str().unwrap(), row["id"].as_str().unwrap());
            let path = format!("/api/card/invoice?{}&connectionId={connection}&invoiceId={id}", record.query());
            let detail = world.get(&path).await.ok();
            assert_eq!(detail["state"], "ready", "{detail}");
            assert_eq!(detail["invoice"]["number"], row["number"]);
            let lines: i64 = detail["lines"].as_array().unwrap().iter().map(|l| amount(&l["amount"])).sum();
            let taxes: i64 = detail["taxes"].as_array().unwrap().iter().map(|t| amount(&t["amount"])).sum();
            lines_seen += detail["lines"].as_array().unwrap().len();
            payments_seen += detail["payments"].as_array().unwrap().len();
            assert_eq!(lines + taxes, amount(&row["total"]), "{detail}");
        }
        assert!(lines_seen > 0 && payments_seen > 0, "{lines_seen} lines, {payments_seen} payments");
    }
);
