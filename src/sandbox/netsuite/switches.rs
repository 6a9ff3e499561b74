//! What can be switched on a local account while it runs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    TIME_ZONE,
    engine::{BrokenValue, DateFormat, Rules},
};
use crate::sandbox::data::books::TransactionKind;

/// The switches of one account. A field that is left out keeps its present value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Switches {
    /// Feature "Multiple Currencies".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_currency: Option<bool>,
    /// Feature "OneWorld".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_world: Option<bool>,
    /// Feature "REST Web Services".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_web_services: Option<bool>,
    /// Feature "OAuth 2.0".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<bool>,
    /// Rights that the role lacks, by their names in NetSuite's menus ("Invoice", "Customers" …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_permissions: Option<Vec<String>>,
    /// Columns that are missing besides, as `table.column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_columns: Option<BTreeSet<String>>,
    /// How many calls may be under way at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency_limit: Option<u32>,
    /// How the account writes dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<DateFormat>,
    /// How much longer every answer takes, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The account's time zone, by its IANA name: every time-stamp is written on its wall clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Tables that are missing besides, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_tables: Option<BTreeSet<String>>,
    /// How far the role's permissions go, by their names; one that is not named goes all the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_levels: Option<BTreeMap<String, Level>>,
    /// Ids of customers and contacts that somebody else holds: the record service refuses to change them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_records: Option<BTreeSet<u32>>,
    /// Cells that come out as rubbish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_values: Option<Vec<BrokenValue>>,
}

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Reads.
    View,
    /// Also creates.
    Create,
    /// Also changes.
    Edit,
    /// Also deletes.
    Full,
}

/// The rights that can be taken away: name, tables that go with it, kinds of transactions that go with it.
const RIGHTS: &[(&str, &[&str], Option<TransactionKind>)] = &[
    ("REST Web Services", &[], None),
    ("Log in using OAuth 2.0 Access Tokens", &[], None),
    ("SuiteAnalytics Workbook", &[], None),
    ("Find Transaction", TRANSACTIONS, None),
    ("Invoice", TRANSACTIONS, None),
    ("Credit Memo", &[], Some(TransactionKind::CreditMemo)),
    ("Customer Payment", &[], Some(TransactionKind::Payment)),
    ("Sales Order", &[], None),
    ("Customers", &["customer", "entity", "entityaddress", "customersubsidiaryrelationship"], None),
    ("Contacts", &["contact", "companycontactrelationship"], None),
    ("Currency", &["currency", "currencyrate"], None),
    ("Subsidiaries", &["subsidiary"], None),
    ("Employees", &["employee"], None),
    ("Items", &["item"], None),
    ("Deleted Records", &["deletedrecord"], None),
];

const TRANSACTIONS: &[&str] =
    &["transaction", "transactionline", "transactionaccountingline", "nexttransactionlink", "previoustransactionlink"];

/// The names of all rights.
pub(super) fn rights() -> impl Iterator<Item = &'static str> {
    RIGHTS.iter().map(|(name, ..)| *name)
}

impl Switches {
    /// An account as it comes: every feature, every right, five calls at a time.
    #[must_use]
    pub fn fresh() -> Self {
        Self {
            multi_currency: Some(true),
            one_world: Some(true),
            rest_web_services: Some(true),
            oauth2: Some(true),
            missing_permissions: Some(Vec::new()),
            missing_columns: Some(BTreeSet::new()),
            concurrency_limit: Some(5),
            date_format: Some(DateFormat::MonthFirst),
            latency_ms: Some(0),
            time_zone: Some(TIME_ZONE.to_owned()),
            missing_tables: Some(BTreeSet::new()),
            permission_levels: Some(BTreeMap::new()),
            locked_records: Some(BTreeSet::new()),
            broken_values: Some(Vec::new()),
        }
    }

    /// These switches with `other`'s set ones on top.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            multi_currency: other.multi_currency.or(self.multi_currency),
            one_world: other.one_world.or(self.one_world),
            rest_web_services: other.rest_web_services.or(self.rest_web_services),
            oauth2: other.oauth2.or(self.oauth2),
            missing_permissions: other.missing_permissions.or(self.missing_permissions),
            missing_columns: other.missing_columns.or(self.missing_columns),
            concurrency_limit: other.concurrency_limit.or(self.concurrency_limit),
            date_format: other.date_format.or(self.date_format),
            latency_ms: other.latency_ms.or(self.latency_ms),
            time_zone: other.time_zone.or(self.time_zone),
            missing_tables: other.missing_tables.or(self.missing_tables),
            permission_levels: other.permission_levels.or(self.permission_levels),
            locked_records: other.locked_records.or(self.locked_records),
            broken_values: other.broken_values.or(self.broken_values),
        }
    }

    /// The first named right that there is not.
    #[must_use]
    pub fn unknown_right(&self) -> Option<&str> {
        let levels = self.permission_levels.iter().flat_map(BTreeMap::keys);
        let named = self.missing_permissions.iter().flatten().chain(levels);
        named.map(String::as_str).find(|name| !RIGHTS.iter().any(|(right, ..)| right == name))
    }

    /// Whether the role lacks a right.
    #[must_use]
    pub fn lacks(&self, right: &str) -> bool {
        self.missing_permissions.iter().flatten().any(|name| name == right)
    }

    /// Whether the role's `right` does not go as far as `level`.
    #[must_use]
    pub fn falls_short(&self, right: &str, level: Level) -> bool {
        let given = self.permission_levels.as_ref().and_then(|levels| levels.get(right)).copied();
        self.lacks(right) || given.unwrap_or(Level::Full) < level
    }

    /// Whether somebody else holds a record.
    #[must_use]
    pub fn locks(&self, id: u32) -> bool {
        self.locked_records.as_ref().is_some_and(|locked| locked.contains(&id))
    }

    /// The account's time zone.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn zone(&self) -> Result<TimeZone, jiff::Error> {
        TimeZone::get(self.time_zone.as_deref().unwrap_or(TIME_ZONE))
    }

    /// What the SQL engine shows under these switches.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let lacking = || RIGHTS.iter().filter(|(right, ..)| self.lacks(right));
        Rules {
            multi_currency: self.multi_currency.unwrap_or(true),
            one_world: self.one_world.unwrap_or(true),
            hidden_tables: lacking()
                .flat_map(|(_, tables, _)| tables.iter().map(ToString::to_string))
                .chain(self.missing_tables.iter().flatten().cloned())
                .collect(),
            hidden_columns: self.missing_columns.clone().unwrap_or_default(),
            hidden_kinds: lacking().filter_map(|(.., kind)| *kind).collect(),
            date_format: self.date_format.unwrap_or_default(),
            broken: self.broken_values.clone().unwrap_or_default(),
        }
    }
}
