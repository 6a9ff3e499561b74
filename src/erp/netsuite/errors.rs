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
    /// The content of the call is not taken.
    Content(Content),
    /// Anything else, for the caller.
    Final(ErpError),
}

/// What is wrong with the content of a call, as far as NetSuite names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    /// NetSuite's code word.
    pub(super) code: String,
    /// Where, as NetSuite names it: a path in the body or a parameter's name.
    pub(super) place: String,
    /// The field that its words name, by our name; for calls that write.
    pub(super) field: Option<&'static str>,
    /// Whether it is not the content, but somebody else who works on the record, or a rule that holds it.
    pub(super) locked: bool,
}

impl Content {
    /// What is wrong, in a word or two.
    fn why(&self) -> String {
        let code = if self.code.is_empty() { "no code" } else { &self.code };
        if self.place.is_empty() { code.to_owned() } else { format!("{code} at {}", self.place) }
    }
}

impl From<Refusal> for ErpError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignIn => Self::Reconnect { why: "NetSuite does not accept the access token" },
            Refusal::Throttled => Self::Unavailable { why: "NetSuite limits the number of calls" },
            Refusal::Faulty => Self::Unavailable { why: "NetSuite reports an error of its own" },
            Refusal::NoColumn(name) => Self::Rejected { why: format!("unknown column {name}") },
            Refusal::NoTable(name) => Self::Permission { permission: right_to(&name).to_owned() },
            Refusal::Content(content) => Self::Rejected { why: content.why() },
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
    /// The same, to be written.
    Write(&'static str),
}

impl Target {
    const fn right(self) -> &'static str {
        match self {
            Self::Query => "SuiteAnalytics Workbook",
            Self::Record(name) | Self::Write(name) => match name.as_bytes() {
                b"customer" => "Customers",
                b"contact" => "Contacts",
                b"creditMemo" => "Credit Memo",
                b"customerPayment" => "Customer Payment",
                b"salesOrder" => "Sales Order",
                _ => "Invoice",
            },
        }
    }
}

impl Target {
    /// A right with the level that the call needs: who writes needs more than looking.
    fn with_level(self, right: String) -> String {
        let writes_it = matches!(self, Self::Write(_)) && matches!(right.as_str(), "Customers" | "Contacts");
        if writes_it { format!("{right} (Edit)") } else { right }
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
                .or_else(|| named_right(&cause.detail).map(|right| target.with_level(right)))
                .unwrap_or_else(|| target.with_level(target.right().to_owned()));
            Refusal::Final(ErpError::Permission { permission })
        }
        (404, "INVALID_URL") => Refusal::Final(ErpError::Broken { what: "address of the call".to_owned() }),
        (404, _) | (_, "NONEXISTENT_ID") => Refusal::Final(ErpError::Missing),
        // The record service's way to say that somebody else saved the record meanwhile.
        (400 | 409, _) => malformed(cause, &code, &place),
        (status, _) => Refusal::Final(ErpError::Broken { what: format!("status {status}") }),
    }
}

/// A 400: a missing column or table, or content that NetSuite does not take.
fn malformed(cause: &ProblemDetail, code: &str, place: &str) -> Refusal {
    let detail = &cause.detail;
    if let Some(name) = quoted_after(detail, "Unknown identifier '") {
        return Refusal::NoColumn(name);
    }
    if detail.contains("was not found")
        && let Some(name) = quoted_after(detail, "Record '")
    {
        return Refusal::NoTable(name);
    }
    let field = named_field(detail);
    Refusal::Content(Content { code: code.to_owned(), place: place.to_owned(), field, locked: locked(detail, code) })
}

/// Whether a refusal says that somebody else, or a workflow, has the record.
fn locked(detail: &str, code: &str) -> bool {
    const CODES: [&str; 4] =
        ["RCRD_HAS_BEEN_CHANGED", "RCRD_LOCKED_BY_WF", "RECORD_LOCKED", "CANT_MODIFY_LOCKED_RECORD"];
    const WORDS: [&str; 3] = ["record has been changed", "has been locked", "is locked"];
    let detail = detail.to_ascii_lowercase();
    CODES.contains(&code) || WORDS.iter().any(|words| detail.contains(words))
}

/// The field that a refusal's words name by its label ("Please enter value(s) for: Company Name"). Only names of ours come out.
fn named_field(detail: &str) -> Option<&'static str> {
    const LABELS: [(&str, &str); 8] = [
        ("company name", "companyname"),
        ("first name", "firstname"),
        ("last name", "lastname"),
        ("subsidiary", "subsidiary"),
        ("email", "email"),
        ("e-mail", "email"),
        ("external id", "externalid"),
        ("phone", "phone"),
    ];
    let detail = detail.to_ascii_lowercase();
    LABELS.iter().find(|(label, _)| detail.contains(label)).map(|(_, field)| *field)
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
#[path = "errors_tests.rs"]
mod tests;
