//! What distinguishes one connection to NetSuite from another.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::account::{AccountId, SUITETALK, UI};
use crate::domain::money::Currency;

/// What distinguishes one connection.
#[derive(Debug, Clone)]
pub struct NetSuiteSettings {
    /// The account.
    pub account: AccountId,
    /// Where its API is: a URL with `{label}` in it.
    pub suitetalk: String,
    /// Where its pages are: a URL with `{label}` in it.
    pub ui: String,
    /// The account's own currency, for accounts without Multiple Currencies whose currency list the role may not see.
    pub base_currency: Option<Currency>,
    /// The subsidiary that new records belong to where nothing else tells; none: the account's first.
    pub subsidiary: Option<u64>,
    /// The account's time zone, for dates with a time; none: they are read by what its clock is from UTC now.
    pub time_zone: Option<TimeZone>,
    /// The longest one call may take while a person waits.
    pub card_timeout: Duration,
    /// The longest one call may take in the background.
    pub background_timeout: Duration,
}

impl NetSuiteSettings {
    /// NetSuite's own addresses, 15 s for cards, 60 s in the background.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            suitetalk: SUITETALK.to_owned(),
            ui: UI.to_owned(),
            base_currency: None,
            subsidiary: None,
            time_zone: None,
            card_timeout: Duration::from_secs(15),
            background_timeout: Duration::from_mins(1),
        }
    }
}
