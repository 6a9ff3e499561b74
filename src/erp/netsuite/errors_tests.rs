use http::HeaderMap;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn answer(status: u16, body: String) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: body.into() }
}

fn problem(status: u16, code: &str, place: &str, detail: &str) -> Answer {
    let cause = serde_json::json!({"detail": detail, "o:errorCode": code, "o:errorPath": place});
    answer(status, serde_json::json!({"title": "x", "status": status, "o:errorDetails": [cause]}).to_string())
}

/// What a caller is told.
fn told(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Content(_) => Refusal::Final(refusal.into()),
        other => other,
    }
}

fn rejected(why: &str) -> Refusal {
    Refusal::Final(ErpError::Rejected { why: why.to_owned() })
}

fn lacks(permission: &str) -> Refusal {
    Refusal::Final(ErpError::Permission { permission: permission.to_owned() })
}

#[rstest]
#[case(400, "INVALID_PARAMETER", "Invalid search query.", rejected("INVALID_PARAMETER at f"))]
#[case(400, "INVALID_REQUEST", "", rejected("INVALID_REQUEST at f"))]
#[case(400, "INVALID_CONTENT", "", rejected("INVALID_CONTENT at f"))]
#[case(400, "NONEXISTENT_FIELD", "", rejected("NONEXISTENT_FIELD at f"))]
#[case(400, "USER_ERROR", "Acme Ltd is on hold", rejected("USER_ERROR at f"))]
#[case(401, "INVALID_LOGIN", "Invalid login attempt.", Refusal::SignIn)]
#[case(403, "INSUFFICIENT_PERMISSION", "You need the 'Lists -> Customers' permission to do so.", lacks("Customers"))]
#[case(403, "INSUFFICIENT_PERMISSION", "Permission Violation", lacks("Invoice"))]
#[case(404, "NONEXISTENT_ID", "", Refusal::Final(ErpError::Missing))]
#[case(404, "INVALID_URL", "", Refusal::Final(ErpError::Broken { what: "address of the call".to_owned() }))]
#[case(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded.", Refusal::Throttled)]
#[case(400, "SSS_REQUEST_LIMIT_EXCEEDED", "", Refusal::Throttled)]
#[case(500, "UNEXPECTED_ERROR", "Error ID: k3x", Refusal::Faulty)]
#[case(503, "UNEXPECTED_ERROR", "", Refusal::Faulty)]
fn every_row_of_the_table(#[case] status: u16, #[case] code: &str, #[case] detail: &str, #[case] means: Refusal) {
    assert_eq!(told(read(&problem(status, code, "f", detail), Target::Record("invoice"))), means);
}

#[rstest]
#[case("Invalid search query. Detailed unprocessed description follows. Search error occurred: Unknown identifier 'foreigntotal'. Available identifiers are: {transaction=transaction}.", Refusal::NoColumn("foreigntotal".to_owned()))]
#[case("Search error occurred: Unknown identifier 'T.DUEDATE'.", Refusal::NoColumn("duedate".to_owned()))]
#[case("Search error occurred: Record 'deletedRecord' was not found.", Refusal::NoTable("deletedrecord".to_owned()))]
#[case("Unknown identifier '<script>'.", rejected("INVALID_PARAMETER at f"))]
#[case("Invalid search type: X.", rejected("INVALID_PARAMETER at f"))]
fn query_errors(#[case] detail: &str, #[case] means: Refusal) {
    assert_eq!(told(read(&problem(400, "INVALID_PARAMETER", "f", detail), Target::Query)), means);
}

#[rstest]
#[case("USER_ERROR", "Please enter value(s) for: Company Name", Some("companyname"), false)]
#[case("USER_ERROR", "Invalid email address.", Some("email"), false)]
#[case("USER_ERROR", "Record has been changed", None, true)]
#[case("RCRD_LOCKED_BY_WF", "", None, true)]
#[case("USER_ERROR", "Acme is on hold", None, false)]
fn what_a_refused_write_names(
    #[case] code: &str,
    #[case] detail: &str,
    #[case] field: Option<&'static str>,
    #[case] locked: bool,
) {
    let Refusal::Content(content) = read(&problem(400, code, "", detail), Target::Write("customer")) else {
        panic!("a refusal of the content")
    };
    assert_eq!(content, Content { code: code.to_owned(), place: String::new(), field, locked });
}

#[rstest]
#[case("You need the 'Lists -> Customers' permission to do so.", "Customers (Edit)")]
#[case("Permission Violation", "Customers (Edit)")]
#[case("You need the 'Lists -> Subsidiaries' permission to do so.", "Subsidiaries")]
fn a_refused_write_names_the_level(#[case] detail: &str, #[case] right: &str) {
    assert_eq!(read(&problem(403, "INSUFFICIENT_PERMISSION", "", detail), Target::Write("customer")), lacks(right));
}

#[rstest]
#[case("deletedrecord", "Deleted Records")]
#[case("currency", "Currency")]
#[case("Customer", "Customers")]
#[case("transaction", "Invoice or Find Transaction")]
fn a_missing_table_names_the_right_to_it(#[case] table: &str, #[case] right: &str) {
    let error = ErpError::from(Refusal::NoTable(table.to_owned()));
    assert_eq!(error, ErpError::Permission { permission: right.to_owned() });
}

#[rstest]
#[case(502, Refusal::Faulty)]
#[case(302, Refusal::Final(ErpError::Broken { what: "status 302".to_owned() }))]
#[case(401, Refusal::SignIn)]
#[case(404, Refusal::Final(ErpError::Missing))]
#[case(400, rejected("no code"))]
fn pages_that_are_no_error_document(#[case] status: u16, #[case] means: Refusal) {
    assert_eq!(told(read(&answer(status, "<html>".to_owned()), Target::Query)), means);
}

#[rstest]
#[case(401, "invalid_client", NoToken::Client("NetSuite does not know the client id, or the integration is disabled"))]
#[case(400, "invalid_scope", NoToken::Configuration("the integration does not allow REST Web Services"))]
#[case(400, "unauthorized_client", NoToken::Configuration("the integration does not allow client credentials"))]
#[case(400, "unsupported_grant_type", NoToken::Configuration("the integration does not allow client credentials"))]
#[case(404, "", NoToken::Configuration("there is no NetSuite account at this address"))]
#[case(429, "", NoToken::Unavailable("NetSuite limits the number of calls"))]
#[case(503, "", NoToken::Unavailable("NetSuite reports an error of its own"))]
#[case(418, "", NoToken::Broken)]
fn token_errors(#[case] status: u16, #[case] code: &str, #[case] means: NoToken) {
    assert_eq!(no_token(&answer(status, format!(r#"{{"error":"{code}"}}"#)), Grant::Certificate), means);
}

#[rstest]
#[case(Grant::Certificate, "certificate")]
#[case(Grant::Refresh, "seven days")]
#[case(Grant::Code, "code")]
fn a_refused_grant_has_a_reason_of_its_own(#[case] grant: Grant, #[case] word: &str) {
    let refused = no_token(&answer(400, r#"{"error":"invalid_grant"}"#.to_owned()), grant);
    assert!(matches!(refused, NoToken::Grant(why) if why.contains(word)), "{refused:?}");
}

proptest! {
    #[test]
    fn their_words_reach_nobody(status in 300_u16..600, detail in "[a-z ]{0,40}marked-value[a-z ]{0,40}", code in "[A-Z_]{0,20}") {
        let error = ErpError::from(read(&problem(status, &code, "f", &detail), Target::Query));
        let shown = format!("{error} {error:?}");
        prop_assert!(!shown.contains("marked-value"));
    }
}
