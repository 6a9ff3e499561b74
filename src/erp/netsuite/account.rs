//! NetSuite account ids and the addresses that follow from them.
//!
//! Never: text that somebody typed in a host name or path unless it has the exact shape of an account id.

use std::{fmt, str::FromStr, sync::Arc};

use url::Url;

use crate::{
    domain::{
        ids::{BadId, CustomerId, SourceId},
        invoice::InvoiceKind,
    },
    erp::source::Kind,
};

/// An account id: `1234567`, `1234567_SB1` (sandbox), `1234567_RP` (release preview), `TSTDRV1234567`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId {
    realm: Arc<str>,
    label: Arc<str>,
}

impl AccountId {
    /// As NetSuite writes it: capitals, `_` before the suffix. This is also the realm of its `WWW-Authenticate` headers.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// As host names hold it: lower case, `-` before the suffix.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is a sandbox, a release preview or a test drive account.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.realm.contains('_') || self.realm.starts_with("TSTDRV") || self.realm.starts_with("TD")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.realm)
    }
}

impl FromStr for AccountId {
    type Err = BadId;

    /// Letters and digits, then at most one suffix `SB` or `RP` with digits, parted by `_` or `-`, in either case.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = BadId { kind: "a NetSuite account id", shape: "as in 1234567 or 1234567_SB1" };
        let realm = text.trim().to_ascii_uppercase().replace('-', "_");
        let (number, suffix) = realm.split_once('_').map_or((realm.as_str(), None), |(n, s)| (n, Some(s)));
        let plain = |part: &str| (1..=32).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let known = |suffix: &str| {
            let copy = suffix.strip_prefix("SB").or_else(|| suffix.strip_prefix("RP"));
            copy.is_some_and(|n| n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit()))
        };
        if !plain(number) || !suffix.is_none_or(known) {
            return Err(bad);
        }
        let label = realm.to_ascii_lowercase().replace('_', "-");
        Ok(Self { realm: realm.into(), label: label.into() })
    }
}

/// Why an address template cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a NetSuite address must be an http or https URL with {{label}} in it, without query and fragment")]
pub struct BadTemplate;

/// Where an account's API and pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    suitetalk: String,
    ui: String,
}

/// NetSuite's own API address.
pub const SUITETALK: &str = "https://{label}.suitetalk.api.netsuite.com";
/// NetSuite's own address for people.
pub const UI: &str = "https://{label}.app.netsuite.com";

impl Addresses {
    /// The addresses of `account`, by templates in which `{label}` stands for its host label ([`SUITETALK`], [`UI`]).
    ///
    /// # Errors
    /// [`BadTemplate`].
    pub fn new(account: &AccountId, suitetalk: &str, ui: &str) -> Result<Self, BadTemplate> {
        Ok(Self { suitetalk: filled(suitetalk, account)?, ui: filled(ui, account)? })
    }

    /// An API address: `path` begins with `/` and is ours.
    ///
    /// # Errors
    /// [`BadTemplate`] when the two do not make a URL.
    pub fn api(&self, path: &str) -> Result<Url, BadTemplate> {
        format!("{}{path}", self.suitetalk).parse().map_err(|_| BadTemplate)
    }

    /// The token endpoint. Assertions carry exactly this text as their audience.
    ///
    /// # Errors
    /// As [`Addresses::api`].
    pub fn token(&self) -> Result<Url, BadTemplate> {
        self.api("/services/rest/auth/oauth2/v1/token")
    }

    /// The endpoint that takes tokens back.
    ///
    /// # Errors
    /// As [`Addresses::api`].
    pub fn revoke(&self) -> Result<Url, BadTemplate> {
        self.api("/services/rest/auth/oauth2/v1/revoke")
    }

    /// The page on which a user consents.
    ///
    /// # Errors
    /// As [`Addresses::api`].
    pub fn consent(&self) -> Result<Url, BadTemplate> {
        format!("{}/app/login/oauth2/authorize.nl", self.ui).parse().map_err(|_| BadTemplate)
    }

    /// The page about an invoice or credit note.
    #[must_use]
    pub fn invoice_page(&self, kind: InvoiceKind, id: u64) -> String {
        match kind {
            InvoiceKind::Invoice => self.transaction_page("custinvc", id),
            InvoiceKind::CreditNote => self.transaction_page("custcred", id),
        }
    }

    /// The page about a payment or another document that settles an invoice, for the kinds that have a known page.
    #[must_use]
    pub fn settlement_page(&self, type_code: &str, id: u64) -> Option<String> {
        let page = match type_code {
            "CustPymt" => "custpymt",
            "CustCred" => "custcred",
            "CustInvc" => "custinvc",
            "CustDep" => "custdep",
            "DepAppl" => "depappl",
            "Journal" => "journal",
            _ => return None,
        };
        Some(self.transaction_page(page, id))
    }

    /// The page about a customer.
    #[must_use]
    pub fn customer_page(&self, id: &CustomerId) -> String {
        format!("{}/app/common/entity/custjob.nl?id={id}", self.ui)
    }

    /// The page about a record that flows.
    #[must_use]
    pub fn record_page(&self, kind: Kind, id: &SourceId) -> String {
        match kind {
            Kind::Customer => self.customer_page(&id.customer()),
            Kind::Contact => format!("{}/app/common/entity/contact.nl?id={id}", self.ui),
        }
    }

    fn transaction_page(&self, page: &str, id: u64) -> String {
        format!("{}/app/accounting/transactions/{page}.nl?id={id}", self.ui)
    }
}

fn filled(template: &str, account: &AccountId) -> Result<String, BadTemplate> {
    if !template.contains("{label}") {
        return Err(BadTemplate);
    }
    let text = template.trim().trim_end_matches('/').replace("{label}", account.label());
    let url: Url = text.parse().map_err(|_| BadTemplate)?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.has_host();
    if plain && matches!(url.scheme(), "https" | "http") { Ok(text) } else { Err(BadTemplate) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1234567", "1234567", "1234567", false)]
    #[case(" 1234567_sb1 ", "1234567_SB1", "1234567-sb1", true)]
    #[case("1234567-SB12", "1234567_SB12", "1234567-sb12", true)]
    #[case("1234567_RP", "1234567_RP", "1234567-rp", true)]
    #[case("TSTDRV1234567", "TSTDRV1234567", "tstdrv1234567", true)]
    #[case("td1234567", "TD1234567", "td1234567", true)]
    fn ids_of_every_form(#[case] typed: &str, #[case] realm: &str, #[case] label: &str, #[case] sandbox: bool) {
        let account: AccountId = typed.parse().unwrap();
        assert_eq!((account.realm(), account.label(), account.is_sandbox()), (realm, label, sandbox));
        assert_eq!(label.parse::<AccountId>().unwrap(), account);
    }

    #[rstest]
    #[case("")]
    #[case("1234567_XX")]
    #[case("1234567_SB1_SB2")]
    #[case("1234567_SBx")]
    #[case("evil.example#")]
    #[case("1234567@evil")]
    #[case("1234567/..")]
    #[case("_SB1")]
    #[case("123 567")]
    #[case("１２３")]
    fn what_is_no_id_is_refused(#[case] typed: &str) {
        assert!(typed.parse::<AccountId>().is_err());
    }

    #[test]
    fn addresses_follow_from_the_templates() {
        let account: AccountId = "1234567_SB1".parse().unwrap();
        let own = Addresses::new(&account, SUITETALK, UI).unwrap();
        assert_eq!(
            own.token().unwrap().as_str(),
            "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
        );
        assert_eq!(
            own.invoice_page(InvoiceKind::CreditNote, 5),
            "https://1234567-sb1.app.netsuite.com/app/accounting/transactions/custcred.nl?id=5"
        );
        assert_eq!(
            own.record_page(Kind::Contact, &"7".parse().unwrap()),
            "https://1234567-sb1.app.netsuite.com/app/common/entity/contact.nl?id=7"
        );
        assert_eq!(own.record_page(Kind::Customer, &"7".parse().unwrap()), own.customer_page(&"7".parse().unwrap()));
        let local = Addresses::new(&account, "http://127.0.0.1:9/{label}/", UI).unwrap();
        assert_eq!(
            local.api("/services/x?limit=1").unwrap().as_str(),
            "http://127.0.0.1:9/1234567-sb1/services/x?limit=1"
        );
    }

    #[rstest]
    #[case("https://suitetalk.api.netsuite.com")]
    #[case("ftp://{label}.example")]
    #[case("https://me@{label}.example")]
    #[case("https://{label}.example/?a=b")]
    #[case("{label}")]
    fn templates_that_are_no_address_are_refused(#[case] template: &str) {
        let account = "1".parse().unwrap();
        assert_eq!(Addresses::new(&account, template, UI), Err(BadTemplate));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_the_host_stays_netsuites(typed in "\\PC{0,24}") {
            if let Ok(account) = typed.parse::<AccountId>() {
                let url = Addresses::new(&account, SUITETALK, UI).unwrap().token().unwrap();
                prop_assert_eq!(url.host_str().unwrap(), format!("{}.suitetalk.api.netsuite.com", account.label()));
            }
        }
    }
}
