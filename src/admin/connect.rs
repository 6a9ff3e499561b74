//! Connecting an ERP account: drafts with a key pair and certificate, sign-in by consent, testing, replacing a certificate.
//!
//! Promise: nothing is written before NetSuite has given a token and answered a call with it; then connection, credential and
//! the end of the draft are one transaction. A failure leaves the draft and whatever was connected before as they were: the
//! old credential works until the new one is proved. The same account again is the same connection, with all its
//! associations and links; a sandbox and its production account are two.
//! Never: a host from text that is no account id; a secret in an answer, an error or a log.

mod certificate;
mod drafts;
mod ends;
mod establish;
mod sign_in;

use secrecy::SecretString;
use serde::Serialize;

pub(crate) use self::sign_in::Consent;
pub use self::{
    drafts::{DraftRequest, DraftView},
    ends::{Ends, ends, threshold},
};
use super::{Admin, AdminError, checklist::ChecklistAnswer};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, DraftId, IdempotencyKey},
    erp::{
        ErpError,
        netsuite::{AccountId, Door, Entry, NetSuite, NetSuiteSettings, NoEntry},
    },
};

/// A certificate that NetSuite took, to be connected with.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// The draft whose certificate it is.
    pub draft: DraftId,
    /// The integration record's client id.
    pub client_id: String,
    /// The id that NetSuite gave the certificate.
    pub certificate_id: String,
    /// Whether the user confirmed that NetSuite is set up.
    pub confirmed: bool,
    /// New for every action of a user.
    pub key: IdempotencyKey,
}

/// A sign-in by consent that is to begin.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    /// The account, as it was typed.
    pub account: String,
    /// What the connection is to be called.
    pub name: String,
    /// The integration record's client id.
    pub client_id: String,
    /// The integration record's client secret.
    pub client_secret: SecretString,
    /// Whether the user confirmed that NetSuite is set up.
    pub confirmed: bool,
    /// The connection that is signed in again.
    pub connection: Option<ConnectionId>,
}

/// How connecting ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "result", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ConnectAnswer {
    /// It is connected.
    Connected {
        /// The connection.
        connection_id: ConnectionId,
        /// What NetSuite has and lacks.
        checklist: ChecklistAnswer,
    },
    /// It is not, and nothing was changed.
    Refused {
        /// Why, by what can be done about it.
        code: Refused,
        /// With `not_permitted`: the right that is missing, in NetSuite's own words.
        #[schema(required = true)]
        permission: Option<String>,
        /// What is wrong and what to do, in words.
        detail: String,
    },
}

/// Why an account was not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// NetSuite does not know the client id.
    ClientUnknown,
    /// NetSuite does not accept the certificate.
    CertificateUnknown,
    /// NetSuite's clock and ours differ.
    ClockSkew,
    /// The integration or the role is not set up for what we ask.
    NotPermitted,
    /// NetSuite does not answer.
    Unavailable,
    /// NetSuite's answer cannot be read.
    Broken,
    /// It was another account that was signed in to.
    OtherAccount,
}

/// A refusal with its words: an answer to one way of connecting, a page's text to the other.
struct Refusal {
    code: Refused,
    permission: Option<String>,
    detail: String,
}

impl Refusal {
    fn new(code: Refused, detail: impl Into<String>) -> Self {
        Self { code, permission: None, detail: detail.into() }
    }

    fn answer(self) -> ConnectAnswer {
        let Self { code, permission, detail } = self;
        ConnectAnswer::Refused { code, permission, detail }
    }
}

impl From<NoEntry> for Refusal {
    fn from(error: NoEntry) -> Self {
        match error {
            NoEntry::Client(why) => Self::new(
                Refused::ClientUnknown,
                format!("{why}. Compare it with Setup > Integration > Manage Integrations; its state must be Enabled"),
            ),
            NoEntry::Grant(why) => Self::new(
                Refused::CertificateUnknown,
                format!(
                    "{why}. Compare the certificate id with Setup > Integration > Manage Authentication > OAuth 2.0 Client \
                     Credentials (M2M) Setup, in this very account, and that it is this draft's certificate"
                ),
            ),
            NoEntry::Clocks { theirs, ours } => Self::new(
                Refused::ClockSkew,
                format!(
                    "NetSuite refuses the sign-in, and its clock says {} while this server's says {}. Set this server's clock",
                    instant(theirs),
                    instant(ours)
                ),
            ),
            NoEntry::NotPermitted(why) => {
                Self::new(Refused::NotPermitted, format!("{why}. The checklist says where each box is; then try again"))
            }
            NoEntry::Unavailable(why) => Self::new(Refused::Unavailable, format!("{why}; try again in a moment")),
            NoEntry::Broken(what) => Self::new(
                Refused::Broken,
                format!("NetSuite's answer cannot be read ({what}); the server's operator finds more in the log"),
            ),
        }
    }
}

impl From<ErpError> for Refusal {
    fn from(error: ErpError) -> Self {
        match error {
            ErpError::Permission { permission } => Self {
                code: Refused::NotPermitted,
                detail: format!("The NetSuite role lacks \"{permission}\"; the checklist says where to grant it"),
                permission: Some(permission),
            },
            ErpError::Reconnect { why } => {
                Self::new(Refused::NotPermitted, format!("{why}. Does the role have REST Web Services?"))
            }
            ErpError::Wait { .. } => {
                Self::new(Refused::Unavailable, "NetSuite limits the number of calls; try again in a minute")
            }
            ErpError::Unavailable { why } => Self::new(Refused::Unavailable, format!("{why}; try again in a moment")),
            ErpError::Missing | ErpError::Rejected { .. } | ErpError::Broken { .. } => Self::new(
                Refused::Broken,
                "NetSuite's answer to the first question is not as expected; the server's operator finds more in the log",
            ),
        }
    }
}

fn instant(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The account that somebody typed.
fn account(typed: &str) -> Result<AccountId, AdminError> {
    typed.parse().map_err(|_| {
        AdminError::Invalid(
            "accountId: this is no NetSuite account id. It looks like 1234567 or 1234567_SB1 and stands in NetSuite under \
             Setup > Company > Company Information; enter the id alone, no web address"
                .to_owned(),
        )
    })
}

/// A connection's name that somebody typed.
fn name(typed: &str) -> Result<String, AdminError> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(AdminError::Invalid("name: enter 1 to 80 characters in one line".to_owned()));
    }
    Ok(name.to_owned())
}

/// A client or certificate id that somebody typed.
fn word(field: &str, typed: &str) -> Result<String, AdminError> {
    let word = typed.trim();
    if word.is_empty() || word.len() > 200 || !word.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(AdminError::Invalid(format!(
            "{field}: enter it as NetSuite shows it, 1 to 200 letters, digits and signs without spaces"
        )));
    }
    Ok(word.to_owned())
}

/// The confirmation before anything is signed in to (NS-10).
fn confirmed(confirmed: bool) -> Result<(), AdminError> {
    if confirmed {
        return Ok(());
    }
    Err(AdminError::Invalid(
        "confirmed: confirm first that NetSuite is set up as the checklist says; then connect".to_owned(),
    ))
}

impl Admin {
    fn door(&self, account: &AccountId) -> Result<Door, AdminError> {
        let settings = &self.settings;
        let (outbound, clock) = (self.outbound.clone(), self.clock.clone());
        Door::new(account, &settings.suitetalk, &settings.netsuite_ui, outbound, clock)
            .map_err(|error| AdminError::Inside(format!("netsuite addresses: {error}")))
    }

    /// The account with a token that was just got. Nothing of it is kept.
    fn to_try(&self, account: &AccountId, entry: &Entry) -> Result<NetSuite, AdminError> {
        let settings = NetSuiteSettings {
            suitetalk: self.settings.suitetalk.clone(),
            ui: self.settings.netsuite_ui.clone(),
            ..NetSuiteSettings::new(account.clone())
        };
        NetSuite::to_try(settings, entry, self.outbound.clone(), self.clock.clone())
            .map_err(|error| AdminError::Inside(format!("netsuite addresses: {error}")))
    }
}
