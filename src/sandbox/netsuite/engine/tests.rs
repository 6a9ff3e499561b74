//! Statements that must work, with exact answers, and statements that must fail.

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime, date, datetime};
use serde_json::{Value as Json, json};

use super::{Bound, Engine, Rules, SuiteQlError, expr::Translator, parse, wrong::WRONG};
use crate::sandbox::data::{chinook, decorate, extras};

const TODAY: Date = date(2026, 11, 21);
const NOW: DateTime = datetime(2026, 11, 21, 14, 5, 9, 0);

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(fresh()));

fn fresh() -> Engine {
    let shop = chinook::load().expect("the shop's books");
    Engine::new(&decorate::decorate(&shop, TODAY, decorate::Extent::Whole)).expect("an engine")
}

fn ask(engine: &Engine, sql: &str, params: &[Json]) -> Result<Vec<String>, SuiteQlError> {
    let answer = engine.query(sql, params, (1_000, 0), NOW)?;
    Ok(answer
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|"))
        .collect())
}

fn answer(sql: &str, params: &[Json]) -> Vec<String> {
    ask(&ENGINE, sql, params).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// What single expressions give.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("1 / 2", ".5"),
    ("-1 / 4", "-.25"),
    ("0.1 + 0.2", ".3"),
    ("10 / 4 * 2", "5"),
    ("ROUND(2.345, 2)", "2.35"),
    ("ROUND(-2.5)", "-3"),
    ("TRUNC(2.99)", "2"),
    ("TRUNC(1234.5, -2)", "1200"),
    ("ABS(-3.10)", "3.1"),
    ("MOD(10, 3)", "1"),
    ("CEIL(1.2) + FLOOR(1.8)", "3"),
    ("'a' || '' || NULL || 'b'", "ab"),
    ("1 || '.' || .5", "1..5"),
    ("NVL('', 'empty')", "empty"),
    ("NVL2('', 'there', 'missing')", "missing"),
    ("UPPER('größe Ååñ')", "GRÖßE ÅÅÑ"),
    ("LOWER('ÉCLAIR')", "éclair"),
    ("INITCAP('net 30 days')", "Net 30 Days"),
    ("LENGTH('größe')", "5"),
    ("SUBSTR('invoice', 3)", "voice"),
    ("SUBSTR('invoice', -3, 2)", "ic"),
    ("SUBSTR('invoice', 0, 2)", "in"),
    ("INSTR('INV-100-7', '-')", "4"),
    ("INSTR('INV-100-7', '-', 1, 2)", "8"),
    ("INSTR('abc', 'x')", "0"),
    ("REPLACE(REPLACE('IN V-1 0', ' '), '-', '')", "INV10"),
    ("TRANSLATE('a-b c', 'x- ', 'x')", "abc"),
    ("TRIM('  x ')", "x"),
    ("LTRIM('00123', '0')", "123"),
    ("LPAD('7', 3, '0')", "007"),
    ("RPAD('ab', 4) || '.'", "ab  ."),
    ("CONCAT('a', 'b')", "ab"),
    ("GREATEST(3, 11, 7)", "11"),
    ("LEAST('b', 'a')", "a"),
    ("COALESCE(NULL, '', 'x')", "x"),
    ("DECODE('B', 'A', 'open', 'B', 'paid', 'other')", "paid"),
    ("DECODE(NULL, NULL, 'same', 'other')", "same"),
    ("CASE WHEN 1 = 1 AND 'a' < 'b' THEN 'yes' ELSE 'no' END", "yes"),
    ("CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "two"),
    ("TO_CHAR(1234.5, 'FM9999990.00')", "1234.50"),
    ("TO_CHAR(.5)", ".5"),
    ("TO_NUMBER('12.50')", "12.5"),
    ("TO_CHAR(TO_DATE('2026-02-03', 'YYYY-MM-DD'), 'DD/MM/YY')", "03/02/26"),
    ("TO_DATE('2026-02-03', 'YYYY-MM-DD')", "2/3/2026"),
    ("TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS')", "2026-11-21 14:05:09"),
    ("TO_CHAR(SYSDATE, 'YYYY-MM-DD HH:MI:SS')", "2026-11-21 02:05:09"),
    ("TO_CHAR(TRUNC(SYSDATE) - 30, 'YYYY-MM-DD HH24:MI:SS')", "2026-10-22 00:00:00"),
    ("TO_CHAR(TRUNC(SYSDATE, 'MM'), 'YYYY-MM-DD')", "2026-11-01"),
    ("TRUNC(SYSDATE) - TO_DATE('2026-11-01', 'YYYY-MM-DD')", "20"),
    ("TO_CHAR(ADD_MONTHS(TO_DATE('2026-01-31','YYYY-MM-DD'), 1), 'YYYY-MM-DD')", "2026-02-28"),
    ("TO_CHAR(LAST_DAY(SYSDATE), 'DD')", "30"),
    ("EXTRACT(YEAR FROM SYSDATE)", "2026"),
    ("NULLIF('a', 'b')", "a"),
    ("CAST(12.7 AS INTEGER)", "13"),
    ("'it''s -- not a comment; [x] /* y */ LIMIT 5'", "it's -- not a comment; [x] /* y */ LIMIT 5"),
];

#[test]
fn expressions() {
    for (expression, expected) in EXPRESSIONS {
        assert_eq!(answer(&format!("SELECT {expression} AS x FROM DUAL"), &[]), [*expected], "{expression}");
    }
}

#[test]
fn null_is_left_out_and_sorts_last() {
    assert_eq!(answer("SELECT '' AS a, NULL b, REPLACE('x', 'x') c FROM DUAL", &[]), ["∅|∅|∅"]);
    let memos = answer("SELECT memo FROM transaction WHERE id IN (20001, 20002, 20005) ORDER BY memo, id", &[]);
    assert_eq!(memos[1..], ["∅", "∅"]);
    let down = answer("SELECT memo FROM transaction WHERE id IN (20001, 20002, 20005) ORDER BY memo DESC", &[]);
    assert_eq!(down[..2], ["∅", "∅"]);
}

#[test]
fn the_chinook_sums_hold_in_the_tables() {
    let sums = answer(
        "SELECT COUNT(*), SUM(foreigntotal) total FROM transaction WHERE type = 'CustInvc' AND id BETWEEN 20001 AND 20412",
        &[],
    );
    assert_eq!(sums, ["412|2328.6"]);
    let lines = answer(
        "SELECT COUNT(*) n, -SUM(tl.foreignamount) total FROM transactionline tl JOIN transaction t ON t.id = tl.transaction \
         WHERE t.id BETWEEN 20001 AND 20412 AND tl.mainline = 'F' AND tl.taxline = 'F'",
        &[],
    );
    assert_eq!(lines, ["2240|2328.6"]);
}

#[test]
fn the_statement_of_the_reference_works() {
    let sql = "SELECT t.id, t.tranid, TO_CHAR(t.trandate,'YYYY-MM-DD') trandate, TO_CHAR(t.duedate,'YYYY-MM-DD') duedate, t.status,
         BUILTIN.DF(t.status) statusname, t.entity, e.entityid, e.altname customer, t.foreigntotal, t.foreignamountunpaid,
         c.symbol currency, t.otherrefnum, t.memo, TO_CHAR(t.lastmodifieddate,'YYYY-MM-DD HH24:MI:SS') lastmodified
        FROM transaction t LEFT JOIN entity e ON e.id=t.entity LEFT JOIN currency c ON c.id=t.currency
        WHERE t.type='CustInvc' AND (UPPER(t.tranid) LIKE ? OR UPPER(t.otherrefnum) LIKE ? OR UPPER(e.altname) LIKE ? OR UPPER(e.entityid) LIKE ?)
        ORDER BY t.trandate DESC, t.id DESC";
    let like = json!("%INV-10412%");
    let rows = answer(sql, &[like.clone(), like.clone(), like.clone(), like]);
    assert_eq!(
        rows,
        [
            "20412|INV-10412|2026-11-21|2026-11-21|A|Invoice : Open|1058|CUST-0058|Manoj Pareek|1.99|1.99|USD|∅|∅|2026-11-21 00:00:01"
        ]
    );
}

#[test]
fn status_filters_take_both_forms() {
    let count = |filter: &str, params: &[Json]| {
        answer(
            &format!("SELECT COUNT(*) FROM transaction t WHERE t.entity = '1002' AND t.type = 'CustInvc' AND {filter}"),
            params,
        )
    };
    let open = count("t.status = 'A'", &[]);
    assert_eq!(count("t.status = 'CustInvc:A'", &[]), open);
    assert_eq!(count("t.status IN (?)", &[json!("CustInvc:A")]), open);
    assert_eq!(count("t.status = 'CustCred:A'", &[]), ["0"]);
    assert_eq!(count("t.status NOT IN ('CustInvc:A', 'B', 'D', 'E', 'V')", &[]), ["0"]);
    assert_eq!(
        answer("SELECT DISTINCT BUILTIN.CF(status) FROM transaction WHERE type = 'CustCred' ORDER BY 1", &[]),
        ["CustCred:A", "CustCred:B"]
    );
}

#[test]
fn groups_totals_and_sub_selects() {
    let by_currency = answer(
        "SELECT c.symbol, COUNT(*) n, SUM(t.foreignamountunpaid) FROM transaction t JOIN currency c ON c.id = t.currency \
         WHERE t.entity = ? AND t.type = 'CustInvc' AND t.status = 'A' GROUP BY c.symbol HAVING COUNT(*) > 0 ORDER BY c.symbol",
        &[json!(extras::TWO_CURRENCIES.to_string())],
    );
    assert_eq!(by_currency.iter().filter(|r| r.starts_with("USD|3|1710")).count(), 1, "{by_currency:?}");
    assert!(by_currency[0].starts_with("CAD|"), "{by_currency:?}");
    let newest = answer(
        "WITH newest AS (SELECT entity, MAX(trandate) last FROM transaction GROUP BY entity) \
         SELECT x.entity, x.last FROM (SELECT * FROM newest WHERE last = TRUNC(SYSDATE) ORDER BY entity) x WHERE ROWNUM <= 1",
        &[],
    );
    assert_eq!(newest, ["1058|11/21/2026"]);
    let first = answer("SELECT id FROM customer ORDER BY id DESC FETCH FIRST 2 ROWS ONLY", &[]);
    assert_eq!(first, ["1107", "1106"]);
    let with_lines = answer(
        "SELECT COUNT(*) FROM transaction t WHERE t.id IN (20001, 20002) AND EXISTS \
         (SELECT 1 FROM transactionline l WHERE l.transaction = t.id AND l.taxline = 'F') \
         AND t.entity IN (SELECT id FROM customer WHERE isperson = 'T')",
        &[],
    );
    assert_eq!(with_lines, ["2"]);
}

#[test]
fn credits_are_negative_and_lines_have_the_other_sign() {
    assert_eq!(
        answer(
            "SELECT tranid, foreigntotal, foreignamountpaid, foreignamountunpaid FROM transaction WHERE type = 'CustCred' ORDER BY id",
            &[]
        ),
        ["CRED-35001|-48|-48|0", "CRED-35002|-18|0|-18"]
    );
    assert_eq!(
        answer(
            "SELECT mainline, taxline, quantity, foreignamount FROM transactionline WHERE transaction = 30001 ORDER BY id",
            &[]
        ),
        ["T|F|∅|120", "F|F|-1|-100", "F|T|∅|-20"]
    );
    assert_eq!(
        answer(
            "SELECT p.tranid, BUILTIN.DF(p.type), l.foreignamount FROM nexttransactionlink l JOIN transaction p ON p.id = l.nextdoc \
             WHERE l.previousdoc = 30051 AND l.linktype = 'Payment'",
            &[]
        ),
        ["CRED-35001|Credit Memo|48"]
    );
}

#[test]
fn pages_are_cut_and_counted() {
    let sql = "SELECT id FROM transaction WHERE entity = ? AND type = 'CustInvc' ORDER BY id";
    let page = ENGINE.query(sql, &[json!(extras::BUSY)], (7, 14), NOW).expect("a page");
    assert_eq!((page.rows.len(), page.total), (7, 10_000));
    assert_eq!(page.rows[0][0].as_deref(), Some("100015"));
    let last = ENGINE.query(sql, &[json!(extras::BUSY)], (1_000, 10_000), NOW).expect("a page");
    assert_eq!((last.rows.len(), last.total), (0, 10_000));
    let fetched = ENGINE.query(&format!("{sql} FETCH FIRST 10 ROWS ONLY"), &[json!(extras::BUSY)], (7, 7), NOW);
    let fetched = fetched.expect("a page");
    assert_eq!((fetched.rows.len(), fetched.total), (3, 10));
}

#[test]
fn the_case_counts_in_like_and_a_bound_value_stays_a_value() {
    let count = |like: &str| {
        answer("SELECT COUNT(*) FROM customer WHERE companyname LIKE ? ESCAPE '\\'", &[json!(like)]).remove(0)
    };
    assert_eq!(count("Sakura%"), "1");
    assert_eq!(count("sakura%"), "0");
    assert_eq!(count("Sakura\\%"), "0");
    assert_eq!(count("' OR '1'='1"), "0");
    assert_eq!(answer("SELECT ? FROM DUAL", &[json!("a\u{0}'; DROP TABLE x --")]), ["a\u{0}'; DROP TABLE x --"]);
}

#[test]
fn an_accounts_features_and_rights_decide_what_there_is() {
    let engine = fresh();
    let text = |sql: &str| ask(&engine, sql, &[]).expect_err(sql).to_string();
    engine.set_rules(Rules { multi_currency: false, one_world: false, ..Rules::default() });
    assert!(
        text("SELECT t.currency FROM transaction t")
            .contains("Unknown identifier 't.currency'. Available identifiers are: {t=transaction}")
    );
    assert!(text("SELECT foreigntotal FROM transaction").contains("Unknown identifier 'foreigntotal'"));
    assert!(text("SELECT subsidiary FROM transactionline").contains("Unknown identifier 'subsidiary'"));
    assert!(text("SELECT id FROM currency").contains("Record 'currency' was not found"));
    assert!(text("SELECT id FROM subsidiary").contains("Record 'subsidiary' was not found"));
    let hidden = Rules {
        hidden_tables: ["customer".to_owned()].into(),
        hidden_columns: ["transaction.otherrefnum".to_owned()].into(),
        hidden_kinds: vec![crate::sandbox::data::books::TransactionKind::CreditMemo],
        ..Rules::default()
    };
    engine.set_rules(hidden);
    assert!(text("SELECT id FROM Customer").contains("Record 'Customer' was not found"));
    assert!(text("SELECT otherrefnum FROM transaction").contains("Unknown identifier 'otherrefnum'"));
    let kinds = ask(&engine, "SELECT DISTINCT type FROM transaction ORDER BY type", &[]).expect("an answer");
    assert_eq!(kinds, ["CustInvc", "CustPymt"]);
}

#[test]
fn wrong_statements_fail() {
    let accepted: Vec<_> = WRONG
        .iter()
        .filter_map(|sql| match ask(&ENGINE, sql, &[]) {
            Err(SuiteQlError::Invalid(text)) if !text.is_empty() => None,
            other => Some((sql, other)),
        })
        .collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
    assert!(WRONG.len() >= 40);
}

#[test]
fn a_thousand_values_are_the_most() {
    let list = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    assert!(ask(&ENGINE, &format!("SELECT id FROM customer WHERE id IN ({})", list(1_000)), &[]).is_ok());
    let error = ask(&ENGINE, &format!("SELECT id FROM customer WHERE id IN ({})", list(1_001)), &[]);
    assert!(error.expect_err("too many").to_string().contains("maximum number of expressions in a list is 1000"));
}

#[test]
fn the_texts_are_netsuites() {
    let text = |sql: &str| ask(&ENGINE, sql, &[]).expect_err(sql).to_string();
    assert_eq!(
        text("SELECT x FROM transaction"),
        "Invalid search query. Detailed unprocessed description follows. Search error occurred: \
         Unknown identifier 'x'. Available identifiers are: {transaction=transaction}."
    );
    assert!(text("SELECT id FROM nothing").ends_with("Search error occurred: Record 'nothing' was not found."));
}

#[test]
fn several_statements_run_at_once() {
    let sql = "SELECT COUNT(*), SUM(foreigntotal) FROM transaction WHERE entity = ? AND type = 'CustInvc'";
    let alone = answer(sql, &[json!(extras::BUSY)]);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| answer(sql, &[json!(extras::BUSY)]))).collect();
        for run in runs {
            assert_eq!(run.join().expect("a run"), alone);
        }
    });
}

/// What SQLite does for a statement, step by step.
fn steps(sql: &str, params: &[Json]) -> Vec<String> {
    let parsed = parse::parse(sql).expect("a statement");
    let bound: Vec<_> = params.iter().map(|json| Bound::of(json).expect("a value")).collect();
    let rules = ENGINE.rules();
    let relation = Translator::new(&ENGINE.schema, &rules, &bound).query(&parsed.query, None).expect("a query");
    let db = ENGINE.connection();
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {} LIMIT 1000", relation.sql)).expect("a plan");
    // Nothing is bound: the plan is made for any value.
    let (mut rows, mut steps) = (plan.raw_query(), Vec::new());
    while let Some(row) = rows.next().expect("a step") {
        steps.push(row.get(3).expect("its text"));
    }
    steps
}

#[test]
fn pages_of_customers_and_contacts_come_from_indexes() {
    let since = "WHERE r.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') AND (r.lastmodifieddate > \
                 TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') OR r.id > 5) ORDER BY r.lastmodifieddate, r.id";
    let stamp = json!("2026-11-20 00:00:00");
    let both = [stamp.clone(), stamp];
    let customers = format!(
        "SELECT r.id, a.city, y.symbol, BUILTIN.DF(r.terms) FROM customer r LEFT JOIN entityaddress a ON a.nkey = \
         r.defaultbillingaddress LEFT JOIN currency y ON y.id = r.currency {since}"
    );
    let contacts = format!("SELECT r.id, e.type FROM contact r LEFT JOIN entity e ON e.id = r.company {since}");
    let by_email = "SELECT c.id FROM customer c WHERE (LOWER(c.email) IN (LOWER(?)) OR LOWER(c.altemail) IN (LOWER(?)) \
                    OR c.id IN (SELECT t.company FROM contact t WHERE LOWER(t.email) = 'x'))";
    let by_id = "SELECT r.id FROM customer r WHERE r.id > 5 ORDER BY r.id";
    for (sql, params) in [(customers.as_str(), &both[..]), (&contacts, &both), (by_email, &both), (by_id, &[])] {
        let steps = steps(sql, params);
        let slow = steps.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE"));
        assert!(!slow && !steps.is_empty(), "{sql}: {steps:#?}");
    }
    let nulls = steps("SELECT r.id FROM customer r ORDER BY r.email", &[]);
    assert!(nulls.iter().any(|step| step.contains("TEMP B-TREE")), "{nulls:#?}");
}
