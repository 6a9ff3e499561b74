//! The account behind a portal: what the app must know of it.

use http::Method;
use serde::Deserialize;

use super::{HubSpot, HubSpotError, client::Request};
use crate::{domain::ids::PortalId, outbound::Lane};

/// The part of HubSpot's account details that we use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDetails {
    /// The account's time zone, an IANA name; it decides what "today" is.
    pub time_zone: String,
    /// The host of the account's own pages, for links to records.
    #[serde(default)]
    pub ui_domain: Option<String>,
    /// The currency of the company behind the account.
    #[serde(default)]
    pub company_currency: Option<String>,
    /// The account's other currencies.
    #[serde(default)]
    pub additional_currencies: Vec<String>,
}

impl HubSpot {
    /// Reads the account details of `portal`.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn account(&self, lane: Lane, portal: PortalId) -> Result<AccountDetails, HubSpotError> {
        let path = format!("/account-info/{}/details", self.versions().account);
        self.call(lane, portal, Request { operation: "account", method: Method::GET, path, query: vec![], body: None })
            .await
    }
}
