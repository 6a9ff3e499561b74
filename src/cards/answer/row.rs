//! The parts that several answers share: a connection with its freshness, and an invoice row.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    clock::Millis,
    domain::{
        customer::CustomerRef,
        ids::{AssociationId, ConnectionId, InvoiceId, UserId},
        invoice::{Invoice, InvoiceKind},
        money::Money,
        status::Status,
    },
    erp::System,
};

/// The shape of [`Money`] in the API's description.
#[derive(utoipa::ToSchema)]
#[schema(as = Money)]
#[expect(dead_code, reason = "describes how Money serialises")]
pub struct MoneyShape {
    /// Decimal text with at least the currency's minor digits.
    #[schema(example = "1234.50")]
    amount: String,
    /// ISO 4217 code, or the account's own.
    #[schema(example = "EUR")]
    currency: String,
}

/// Production or sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// The real books.
    Production,
    /// A copy to try things out.
    Sandbox,
}

/// One ERP account of the portal and how it answered this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// Its id.
    pub id: ConnectionId,
    /// Which ERP.
    pub system: System,
    /// The ERP's name for people.
    pub system_name: &'static str,
    /// What the portal's administrators call this connection.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// Production or sandbox.
    pub environment: Environment,
    /// How new what is shown of it is.
    pub freshness: Freshness,
}

/// How new what is shown is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// In one word.
    pub state: FreshnessState,
    /// When the oldest part of what is shown was read, in milliseconds since 1970.
    #[schema(required = true)]
    pub as_of: Option<Millis>,
    /// What kept us from reading anew.
    #[schema(required = true)]
    pub trouble: Option<Trouble>,
}

/// How new, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FreshnessState {
    /// Read for this answer.
    Live,
    /// Read less than a minute ago.
    Cached,
    /// Older; a new read is under way.
    Refreshing,
    /// Older, and the ERP could not be asked.
    Stale,
    /// Nothing read yet: ask again.
    Loading,
    /// Nothing there to show.
    Missing,
}

/// Expected trouble with one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// In one word.
    pub code: TroubleCode,
    /// `no_permission`: the right that the ERP role lacks, in the ERP's own words.
    #[schema(required = true)]
    pub permission: Option<String>,
    /// `throttled`: when the ERP may be asked again.
    #[schema(required = true)]
    pub retry_at: Option<Millis>,
}

/// What kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TroubleCode {
    /// The ERP does not answer.
    Unavailable,
    /// The ERP limits the number of calls.
    Throttled,
    /// The connection must be signed in again.
    Reconnect,
    /// The ERP role lacks a right.
    NoPermission,
    /// The ERP's answer cannot be read: the operator must look at the log.
    Broken,
}

/// Why a row is on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A user attached it.
    Attached,
    /// Its customer is linked to the record.
    Linked,
    /// Its customer has one of the contact's e-mail addresses.
    MatchedByEmail,
}

/// Who attached an invoice, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// The association's id.
    pub association_id: AssociationId,
    /// The HubSpot user.
    pub added_by: UserId,
    /// When.
    #[schema(value_type = i64)]
    pub added_at: Millis,
}

/// One invoice or credit note on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceRow {
    /// The connection it comes from.
    pub connection_id: ConnectionId,
    /// The ERP's id.
    pub id: InvoiceId,
    /// Invoice or credit note.
    pub kind: InvoiceKind,
    /// The number people read.
    pub number: String,
    /// The day it was issued.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The day it is due.
    #[schema(value_type = Option<String>, format = Date, required = true)]
    pub due_date: Option<Date>,
    /// The status on the portal's calendar day.
    pub status: Status,
    /// The ERP's own words for it.
    pub raw_status: String,
    /// Days past the due date; 0 when it is not overdue.
    pub days_overdue: i32,
    /// Who it is for.
    pub customer: CustomerRef,
    /// The whole amount.
    #[schema(value_type = MoneyShape)]
    pub total: Money,
    /// What has been paid or applied.
    #[schema(value_type = MoneyShape)]
    pub paid: Money,
    /// What is left.
    #[schema(value_type = MoneyShape)]
    pub remaining: Money,
    /// The customer's purchase order number.
    #[schema(required = true)]
    pub po_number: Option<String>,
    /// A free remark.
    #[schema(required = true)]
    pub memo: Option<String>,
    /// The subsidiary that issued it.
    #[schema(required = true)]
    pub subsidiary: Option<String>,
    /// The page about it in the ERP.
    pub url: String,
    /// Why it is on the record; null where it is only suggested or found.
    #[schema(required = true)]
    pub basis: Option<Basis>,
    /// Who attached it and when.
    #[schema(required = true)]
    pub attachment: Option<Attachment>,
}

impl InvoiceRow {
    /// The row of `invoice` as it stands on `today`.
    #[must_use]
    pub fn of(
        connection: ConnectionId,
        invoice: &Invoice,
        today: Date,
        basis: Option<Basis>,
        attachment: Option<Attachment>,
    ) -> Self {
        Self {
            connection_id: connection,
            id: invoice.id.clone(),
            kind: invoice.kind,
            number: invoice.number.clone(),
            date: invoice.date,
            due_date: invoice.due,
            status: invoice.status(today),
            raw_status: invoice.raw_status.clone(),
            days_overdue: invoice.days_overdue(today),
            customer: invoice.customer.clone(),
            total: invoice.total,
            paid: invoice.paid,
            remaining: invoice.remaining,
            po_number: invoice.po_number.clone(),
            memo: invoice.memo.clone(),
            subsidiary: invoice.subsidiary.clone(),
            url: invoice.url.clone(),
            basis,
            attachment,
        }
    }
}
