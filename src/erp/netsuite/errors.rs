//! What NetSuite's refusals mean for a caller.
//!
//! Promise: every row of NetSuite's table of errors ends in the [`ErpError`] that says what can be *done*. Their words are
//! searched for a few known phrases and dropped: they may quote customers' data.
//! Never: retries. That is [`super::calls`]'.

use super::{
    door::Grant,
    wire::{Problem, ProblemDetail, TokenRefusal},
};
use crate::{erp::ErpError, outbound::Answer};

/// A refusal, as far as the connector itself can act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The access token is not good (any more).
    SignIn,
    /// Too many calls.
    Throttled,
    /// NetSuite is in trouble.
    Faulty,
    /// The statement names a column that this account does not have.
    NoColumn(String),
    /// The statement names a table that this account does not have or the role may not see.
    NoTable(String),
    /// Anything else, for the caller.
    Final(ErpError),
}

impl From<Refusal> for ErpError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignIn => Self::Reconnect { why: "NetSuite does not accept the access token" },
            Refusal::Throttled => Self::Unavailable { why: "NetSuite limits the number of calls" },
            Refusal::Faulty => Self::Unavailable { why: "NetSuite reports an error of its own" },
            Refusal::NoColumn(name) => Self::Rejected { why: format!("unknown column {name}") },
            Refusal::NoTable(name) => Self::Permission { permission: right_to(&name).to_owned() },
            Refusal::Final(error) => error,
        }
    }
}

/// What the refused call was after: decides which right is missing when NetSuite does not name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A SuiteQL statement.
    Query,
    /// A record of the record service, by its name there.
    Record(&'static str),
}

impl Target {
    const fn right(self) -> &'static str {
        match self {
            Self::Query => "SuiteAnalytics Workbook",
            Self::Record(name) => match name.as_bytes() {
                b"creditMemo" => "Credit Memo",
                b"customerPayment" => "Customer Payment",
                b"salesOrder" => "Sales Order",
                _ => "Invoice",
            },
        }
    }
}

/// The name, in NetSuite's menus, of the right to see a table.
fn right_to(table: &str) -> &'static str {
    match table.to_ascii_lowercase().as_str() {
        "customer" | "entity" => "Customers",
        "contact" => "Contacts",
        "currency" => "Currency",
        "subsidiary" => "Subsidiaries",
        "item" => "Items",
        "employee" => "Employees",
        "deletedrecord" => "Deleted Records",
        // Without either the table is hidden.
        _ => "Invoice or Find Transaction",
    }
}

/// The feature REST Web Services, which is missing rather than the right of the same name.
pub(super) const REST_FEATURE: &str = "REST Web Services (the feature)";

/// What `answer`, which is no success, means.
pub(super) fn read(answer: &Answer, target: Target) -> Refusal {
    let problem: Problem = answer.json().unwrap_or_default();
    let nothing = ProblemDetail::default();
    let cause = problem.details.first().unwrap_or(&nothing);
    let code = tidy(&cause.code);
    let place = cause.path.as_deref().or(cause.query_param.as_deref()).map(tidy).unwrap_or_default();
    tracing::warn!(status = answer.status, code, place, "NetSuite refused a call");
    match (answer.status, code.as_str()) {
        (401, _) | (_, "INVALID_LOGIN" | "INVALID_LOGIN_ATTEMPT") => Refusal::SignIn,
        (429, _) | (_, "CONCURRENCY_LIMIT_EXCEEDED" | "SSS_REQUEST_LIMIT_EXCEEDED") => Refusal::Throttled,
        (408 | 500.., _) | (_, "UNEXPECTED_ERROR") => Refusal::Faulty,
        (403, _) | (_, "INSUFFICIENT_PERMISSION") => {
            let permission = named_feature(&cause.detail)
                .or_else(|| named_right(&cause.detail))
                .unwrap_or_else(|| target.right().to_owned());
            Refusal::Final(ErpError::Permission { permission })
        }
        (404, "INVALID_URL") => Refusal::Final(ErpError::Broken { what: "address of the call".to_owned() }),
        (404, _) | (_, "NONEXISTENT_ID") => Refusal::Final(ErpError::Missing),
        (400, _) => malformed(&cause.detail, &code, &place),
        (status, _) => Refusal::Final(ErpError::Broken { what: format!("status {status}") }),
    }
}

/// A 400: a missing column or table, or content that NetSuite does not take.
fn malformed(detail: &str, code: &str, place: &str) -> Refusal {
    if let Some(name) = quoted_after(detail, "Unknown identifier '") {
        return Refusal::NoColumn(name);
    }
    if detail.contains("was not found")
        && let Some(name) = quoted_after(detail, "Record '")
    {
        return Refusal::NoTable(name);
    }
    let code = if code.is_empty() { "no code" } else { code };
    let why = if place.is_empty() { code.to_owned() } else { format!("{code} at {place}") };
    Refusal::Final(ErpError::Rejected { why })
}

/// The identifier that follows `phrase` up to the closing quote, in lower case and without a table's alias.
fn quoted_after(text: &str, phrase: &str) -> Option<String> {
    let (_, rest) = text.split_once(phrase)?;
    let (name, _) = rest.split_once('\'')?;
    let name = name.rsplit('.').next()?.to_ascii_lowercase();
    let plain = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some(name)
}

/// The right that a refusal names: "You need the 'Lists -> Customers' permission …".
fn named_right(detail: &str) -> Option<String> {
    let (before, _) = detail.split_once(" permission")?;
    let name = before.trim_end_matches(['\'', '"']).rsplit(['\'', '"']).next()?;
    let name = name.rsplit("->").next()?.trim();
    let plain =
        (1..=60).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || " /&-,.()".contains(c));
    (plain && before.ends_with(['\'', '"'])).then(|| name.to_owned())
}

/// The feature that a refusal says is not enabled.
fn named_feature(detail: &str) -> Option<String> {
    let detail = detail.to_ascii_lowercase();
    (detail.contains("feature") && detail.contains("rest web services")).then(|| REST_FEATURE.to_owned())
}

/// A code or a path, bounded and without signs that could do harm in a log or on a page.
fn tidy(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "_.-:[]".contains(*c)).take(80).collect()
}

/// Why no access token was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoToken {
    /// The certificate, the consent or the code is not good (any more).
    Grant(&'static str),
    /// The integration record's client id or secret is not.
    Client(&'static str),
    /// The integration record or the role is not set up for what we ask.
    Configuration(&'static str),
    /// NetSuite is busy or in trouble.
    Unavailable(&'static str),
    /// An answer that fits no description.
    Broken,
}

/// What a refusal of the token endpoint means.
pub(super) fn no_token(answer: &Answer, grant: Grant) -> NoToken {
    let refusal: TokenRefusal = answer.json().unwrap_or_default();
    let code = tidy(&refusal.error);
    tracing::warn!(status = answer.status, code, "NetSuite gave no access token");
    match (answer.status, code.as_str()) {
        (429, _) => NoToken::Unavailable("NetSuite limits the number of calls"),
        (408 | 500.., _) => NoToken::Unavailable("NetSuite reports an error of its own"),
        (_, "invalid_grant") => NoToken::Grant(match grant {
            Grant::Certificate => {
                "NetSuite does not accept the certificate: it may be unknown, expired, revoked or mapped to another role"
            }
            Grant::Refresh => "NetSuite's consent has ended: it lasts seven days, or was taken back",
            Grant::Code => "NetSuite does not accept the code of the sign-in: it is good once and for minutes only",
        }),
        (_, "invalid_client") | (401, _) => NoToken::Client(match grant {
            Grant::Certificate => "NetSuite does not know the client id, or the integration is disabled",
            Grant::Refresh | Grant::Code => {
                "NetSuite does not know the client id, or the client secret is wrong, or the integration is disabled"
            }
        }),
        (_, "invalid_scope") => NoToken::Configuration("the integration does not allow REST Web Services"),
        (_, "unauthorized_client" | "unsupported_grant_type") => NoToken::Configuration(match grant {
            Grant::Certificate => "the integration does not allow client credentials",
            Grant::Refresh | Grant::Code => "the integration does not allow the authorization code grant",
        }),
        (_, "invalid_request") => {
            NoToken::Configuration("NetSuite refuses the form of the sign-in: the feature OAuth 2.0 may be off")
        }
        (403, _) => NoToken::Configuration("the role may not sign in with OAuth 2.0"),
        (404, _) => NoToken::Configuration("there is no NetSuite account at this address"),
        _ => NoToken::Broken,
    }
}

#[cfg(test)]
mod tests {
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
    #[case(
        403,
        "INSUFFICIENT_PERMISSION",
        "You need the 'Lists -> Customers' permission to do so.",
        lacks("Customers")
    )]
    #[case(403, "INSUFFICIENT_PERMISSION", "Permission Violation", lacks("Invoice"))]
    #[case(404, "NONEXISTENT_ID", "", Refusal::Final(ErpError::Missing))]
    #[case(404, "INVALID_URL", "", Refusal::Final(ErpError::Broken { what: "address of the call".to_owned() }))]
    #[case(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded.", Refusal::Throttled)]
    #[case(400, "SSS_REQUEST_LIMIT_EXCEEDED", "", Refusal::Throttled)]
    #[case(500, "UNEXPECTED_ERROR", "Error ID: k3x", Refusal::Faulty)]
    #[case(503, "UNEXPECTED_ERROR", "", Refusal::Faulty)]
    fn every_row_of_the_table(#[case] status: u16, #[case] code: &str, #[case] detail: &str, #[case] means: Refusal) {
        assert_eq!(read(&problem(status, code, "f", detail), Target::Record("invoice")), means);
    }

    #[rstest]
    #[case("Invalid search query. Detailed unprocessed description follows. Search error occurred: Unknown identifier 'foreigntotal'. Available identifiers are: {transaction=transaction}.", Refusal::NoColumn("foreigntotal".to_owned()))]
    #[case("Search error occurred: Unknown identifier 'T.DUEDATE'.", Refusal::NoColumn("duedate".to_owned()))]
    #[case("Search error occurred: Record 'deletedRecord' was not found.", Refusal::NoTable("deletedrecord".to_owned()))]
    #[case("Unknown identifier '<script>'.", rejected("INVALID_PARAMETER at f"))]
    #[case("Invalid search type: X.", rejected("INVALID_PARAMETER at f"))]
    fn query_errors(#[case] detail: &str, #[case] means: Refusal) {
        assert_eq!(read(&problem(400, "INVALID_PARAMETER", "f", detail), Target::Query), means);
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
        assert_eq!(read(&answer(status, "<html>".to_owned()), Target::Query), means);
    }

    #[rstest]
    #[case(
        401,
        "invalid_client",
        NoToken::Client("NetSuite does not know the client id, or the integration is disabled")
    )]
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
}
