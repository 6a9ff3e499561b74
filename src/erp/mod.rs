//! The one small trait behind which every ERP stands.
//!
//! Promise: whoever calls it needs to know nothing of the vendor. What a system can do is data ([`Capabilities`]);
//! what can go wrong is an [`ErpError`] with one variant per thing that a caller can *do* about it.
//! Never: a default method that silently does nothing; a connector that knows another, the store or HTTP coming in.
//!
//! To add an ERP: a folder beside `netsuite` with `mod.rs` (the calls), `auth.rs`, `wire.rs` (their JSON),
//! `map.rs` (pure, wire to domain), and one line in [`crate::app`] that builds it.

use async_trait::async_trait;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod health;
pub mod netsuite;
pub mod source;

use source::{CensusPage, Changes, Kind, NotWritten, Sources, Wanted, Write, Written};

pub use crate::outbound::{Lane, Tally, guard};
use crate::{
    clock::Millis,
    domain::{
        customer::{Customer, CustomerKey},
        field::FieldInfo,
        ids::{CustomerId, InvoiceId, SourceId},
        invoice::{Invoice, InvoiceDetail},
        query::InvoiceQuery,
        summary::Summary,
    },
};

/// The most invoice headers one [`Erp::ledger`] call brings.
pub const LEDGER_ROWS: usize = 2_000;

/// The ERP systems there are connectors for. The word is what the database and the API hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Oracle NetSuite.
    NetSuite,
}

impl System {
    /// The word the database holds.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NetSuite => "netsuite",
        }
    }

    /// The system of a stored word; `None` for one this build does not know.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        (word == Self::NetSuite.word()).then_some(Self::NetSuite)
    }

    /// The name people know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NetSuite => "NetSuite",
        }
    }
}

/// What a connected account can do, found out by [`Erp::probe`].
#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no about an account")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Invoices can be read and searched.
    pub invoices: bool,
    /// Credit notes can be read too.
    pub credit_notes: bool,
    /// Payments of an invoice can be listed.
    pub payments: bool,
    /// Amounts come in several currencies.
    pub multi_currency: bool,
    /// The account has several subsidiaries.
    pub subsidiaries: bool,
}

/// One thing an account must have, and whether it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prerequisite {
    /// A stable word for it (`multiple_currencies`).
    pub code: &'static str,
    /// The rule of the replaced product that it covers (`NS-07`).
    pub seed: Option<&'static str>,
    /// Its name in the ERP's own menus.
    pub name: &'static str,
    /// What the probe found.
    pub finding: Finding,
    /// Whether invoices cannot be shown without it.
    pub required: bool,
    /// The click path in the ERP that mends it.
    pub mend: &'static str,
}

/// What asking told about a [`Prerequisite`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A call that needs it worked.
    Proved,
    /// A call that needs it was refused for want of it.
    Refused,
    /// No call can tell: a person must confirm it.
    CannotBeAsked,
    /// The replaced product needed it, this one does not.
    NotNeeded,
}

/// What [`Erp::probe`] found out about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The account's id as the ERP writes it.
    pub account: String,
    /// Whether it is a sandbox or test account.
    pub sandbox: bool,
    /// What it can do.
    pub capabilities: Capabilities,
    /// What it must have, and whether it has.
    pub prerequisites: Vec<Prerequisite>,
    /// The account's time zone or its present distance from UTC in minutes, where it can be found out.
    pub utc_offset_minutes: Option<i32>,
    /// How the account writes dates, where it can be found out.
    pub date_format: Option<String>,
}

/// The invoice headers of some customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// At most [`LEDGER_ROWS`] headers: unsettled ones first, then by date, newest first.
    pub invoices: Vec<Invoice>,
    /// How many there are in all.
    pub of: u64,
}

/// One page of something, 1-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows there are on all pages.
    pub total: u64,
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// From 1 on.
    pub page: u32,
    /// Rows a page, 1 to 100.
    pub size: u32,
}

/// What went wrong, by what a caller can do about it. The texts in it are ours, never the vendor's: theirs go to the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErpError {
    /// The credentials no longer work: a person must connect again.
    #[error("the connection must be signed in again: {why}")]
    Reconnect {
        /// Why, in words.
        why: &'static str,
    },
    /// The ERP role lacks a right: an ERP administrator must grant it.
    #[error("the ERP role lacks the permission \"{permission}\"")]
    Permission {
        /// The right's name in the ERP's own menus.
        permission: String,
    },
    /// The ERP wants us to slow down: ask again at `until`.
    #[error("the ERP limits the number of calls; the next is allowed at {}", until.0)]
    Wait {
        /// The earliest instant for another try.
        until: Millis,
    },
    /// What was asked for is not there.
    #[error("the ERP has no such record")]
    Missing,
    /// The ERP refused the content of the call.
    #[error("the ERP refused the request: {why}")]
    Rejected {
        /// Why, as code and field.
        why: String,
    },
    /// The ERP does not answer, or answers that it is broken: try again later.
    #[error("the ERP does not answer: {why}")]
    Unavailable {
        /// Why, in words.
        why: &'static str,
    },
    /// The ERP's answer is not what its description promises: somebody must look at the log.
    #[error("the ERP's answer cannot be read ({what})")]
    Broken {
        /// Which part of which answer.
        what: String,
    },
}

/// One ERP account. Cheap to share; every method may call out and takes the lane in which to queue for a permit.
///
/// All methods fail with an [`ErpError`]; the documentation of each names only what is special to it.
#[async_trait]
pub trait Erp: Send + Sync {
    /// What this account was found to be able to do.
    fn capabilities(&self) -> Capabilities;

    /// The page about a customer in the ERP. Asks nobody.
    fn customer_page(&self, id: &CustomerId) -> String;

    /// Asks the account who it is, what it can do and what it lacks.
    ///
    /// # Errors
    /// A missing prerequisite is a finding, not an error; only a probe that could not be made at all fails.
    async fn probe(&self, lane: Lane) -> Result<Probe, ErpError>;

    /// The invoice and credit note headers of `customers` (1 to 100): at most [`LEDGER_ROWS`], and how many there are in all.
    ///
    /// # Errors
    /// See the trait.
    async fn ledger(&self, lane: Lane, customers: &[CustomerId]) -> Result<Ledger, ErpError>;

    /// The sums over all documents of `customers`, as they stand on `today`; computed by the ERP.
    ///
    /// # Errors
    /// See the trait.
    async fn totals_of(&self, lane: Lane, customers: &[CustomerId], today: Date) -> Result<Summary, ErpError>;

    /// The headers of these invoices (at most 1,000), in any order; those that are gone are left out.
    ///
    /// # Errors
    /// See the trait.
    async fn invoices(&self, lane: Lane, ids: &[InvoiceId]) -> Result<Vec<Invoice>, ErpError>;

    /// One invoice with its lines, taxes and payments.
    ///
    /// # Errors
    /// [`ErpError::Missing`] when it is gone.
    async fn invoice(&self, lane: Lane, id: &InvoiceId) -> Result<InvoiceDetail, ErpError>;

    /// Invoices and credit notes that fit `query`, newest first. An empty query fits all.
    ///
    /// # Errors
    /// See the trait.
    async fn search(&self, lane: Lane, query: &InvoiceQuery, page: PageRequest) -> Result<Page<Invoice>, ErpError>;

    /// At most 100 customers that fit `key`, active ones first.
    ///
    /// # Errors
    /// See the trait.
    async fn customers(&self, lane: Lane, key: &CustomerKey) -> Result<Vec<Customer>, ErpError>;

    /// The page about a record in the ERP. Asks nobody.
    fn record_page(&self, kind: Kind, id: &SourceId) -> String;

    /// The fields that records of a kind have in this account, its own ones included.
    ///
    /// # Errors
    /// See the trait.
    async fn fields(&self, lane: Lane, kind: Kind) -> Result<Vec<FieldInfo>, ErpError>;

    /// What changed since `cursor` (none: everything there is), at most [`source::CHANGES`] records: everything in the order of
    /// ids, changes in the order of stamps. A record that changes while pages are read comes again.
    ///
    /// # Errors
    /// See the trait; a cursor that this connector never gave is [`ErpError::Broken`].
    async fn changes(&self, lane: Lane, wanted: &Wanted, cursor: Option<&str>) -> Result<Changes, ErpError>;

    /// These records (at most 500) as they are now, and those of them that cannot be read; those that are gone are left out.
    ///
    /// # Errors
    /// See the trait.
    async fn sources(&self, lane: Lane, wanted: &Wanted, ids: &[SourceId]) -> Result<Sources, ErpError>;

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// See the trait.
    async fn count(&self, lane: Lane, kind: Kind) -> Result<u64, ErpError>;

    /// All records of a kind behind `after`, a page.
    ///
    /// # Errors
    /// See the trait.
    async fn census(&self, lane: Lane, kind: Kind, after: Option<&SourceId>) -> Result<CensusPage, ErpError>;

    /// Writes each of these; one outcome for each, in their order. Who creates twice under one external id makes one record and
    /// leaves the one that is there as it is. A record is read again right before it is changed; what it already holds is not
    /// written, whatever its stamp. [`source::Written::record`] has the fields that the writes name.
    ///
    /// # Errors
    /// Only for trouble that is not about single rows; what was written before it may have been written.
    async fn apply(
        &self,
        lane: Lane,
        kind: Kind,
        writes: &[Write],
    ) -> Result<Vec<Result<Written, NotWritten>>, ErpError>;
}
