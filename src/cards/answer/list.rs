//! The answer of the list: rows, sums, and all that a card needs to explain itself.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::value::RawValue;

use super::row::{Attachment, ConnectionView, InvoiceRow, MoneyShape};
use crate::{
    clock::Millis,
    domain::{
        customer::CustomerRef,
        ids::{ConnectionId, InvoiceId, SourceId},
        record::RecordRef,
    },
};

/// What the card should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// Rows, perhaps none.
    Ready,
    /// Nothing yet: ask again after `retryAfterMs`.
    Loading,
    /// The portal has no ERP connection.
    NotConnected,
    /// The ERP role lacks a right (the connection's trouble names it), or the user may not see invoices (`permission.see`).
    NoPermission,
    /// The ERP cannot be asked and nothing is known.
    Unavailable,
    /// Several ERP customers have this contact's e-mail: a person must choose.
    Ambiguous,
}

/// Why nothing is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotConnected {
    /// Nobody installed the app or connected an ERP yet.
    Never,
    /// An administrator paused the connection.
    Paused,
    /// An administrator ended the connection; associations and links are kept.
    Disconnected,
    /// The app was removed from the HubSpot account.
    Uninstalled,
    /// An administrator must consent to the app's scopes again.
    ConsentNeeded,
}

/// What the user who asks may do, as the portal's administrators decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Permission {
    /// See invoices.
    pub see: bool,
    /// Attach and remove them.
    pub attach: bool,
}

/// The sums of one currency, as they are sent.
#[derive(utoipa::ToSchema)]
#[schema(as = CurrencySummary, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes how CurrencySummary serialises")]
pub struct CurrencySummaryShape {
    /// The currency of every amount here.
    currency: String,
    /// How many documents are in these sums.
    count: u64,
    /// What is left to pay, overdue included.
    open: MoneyShape,
    /// The part that is past its due date.
    overdue: MoneyShape,
    /// `overdue` by age.
    ageing: AgeingShape,
    /// What has been paid.
    paid: MoneyShape,
    /// What is left of credit notes.
    credit: MoneyShape,
}

/// The shape of the ageing in the API's description.
#[derive(utoipa::ToSchema)]
#[schema(as = Ageing)]
#[expect(dead_code, reason = "describes how Ageing serialises")]
pub struct AgeingShape {
    /// 1 to 30 days past due.
    #[schema(rename = "days1To30")]
    days_1_to_30: MoneyShape,
    /// 31 to 60 days past due.
    #[schema(rename = "days31To60")]
    days_31_to_60: MoneyShape,
    /// 61 to 90 days past due.
    #[schema(rename = "days61To90")]
    days_61_to_90: MoneyShape,
    /// More than 90 days past due.
    #[schema(rename = "over90")]
    over_90: MoneyShape,
}

/// How a customer belongs to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerBasis {
    /// By a link.
    Linked,
    /// By an e-mail address.
    MatchedByEmail,
}

/// An ERP customer of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    /// Id, number and name.
    #[serde(flatten)]
    pub who: CustomerRef,
    /// The connection it comes from.
    pub connection_id: ConnectionId,
    /// How it belongs to the record.
    pub basis: CustomerBasis,
    /// The page about it in the ERP.
    pub url: String,
}

/// One of several customers that have the contact's e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Id, number and name.
    #[serde(flatten)]
    pub who: CustomerRef,
    /// The connection it comes from.
    pub connection_id: ConnectionId,
    /// The address that fits.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Whether the ERP marks it as no longer in use.
    pub inactive: bool,
    /// The page about it in the ERP.
    pub url: String,
}

/// Why an attached invoice has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingReason {
    /// The ERP no longer has it.
    DeletedInErp,
    /// It could not be read this time.
    NotReadableNow,
}

/// An attached invoice that has no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingRow {
    /// The connection it comes from.
    pub connection_id: ConnectionId,
    /// The ERP's id.
    pub id: InvoiceId,
    /// Who attached it and when.
    pub attachment: Attachment,
    /// Why.
    pub reason: MissingReason,
}

/// Why an invoice is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionReason {
    /// Its customer is that of the record's company.
    CompanyCustomer,
    /// Its customer is that of one of the record's contacts.
    ContactCustomer,
    /// Its customer is that of the record itself.
    RecordCustomer,
}

/// An invoice that may belong to the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The invoice.
    pub row: InvoiceRow,
    /// Why it is suggested.
    pub reason: SuggestionReason,
    /// The HubSpot record through which it was found.
    pub via: RecordRef,
}

/// How much of a long ledger the list covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Truncated {
    /// Documents that the list covers.
    pub shown: u64,
    /// Documents there are.
    pub of: u64,
}

/// The answer of the list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListAnswer {
    /// What the card should show.
    pub state: ListState,
    /// Why nothing is connected, in state `not_connected`.
    #[schema(required = true)]
    pub reason: Option<NotConnected>,
    /// What the user may do.
    pub permission: Permission,
    /// The record, under the id it has now.
    pub record: RecordRef,
    /// The calendar day in the portal's time zone by which "overdue" was decided.
    #[schema(value_type = String, format = Date)]
    pub today: Date,
    /// The portal's time zone.
    #[schema(value_type = String)]
    pub time_zone: Arc<str>,
    /// When to ask again, where something is still being read.
    #[schema(required = true)]
    pub retry_after_ms: Option<u32>,
    /// The portal's connections and how each answered.
    pub connections: Vec<ConnectionView>,
    /// The record's customers.
    #[schema(value_type = Vec<CustomerView>)]
    pub customers: Arc<RawValue>,
    /// The customers to choose from, in state `ambiguous`.
    pub candidates: Vec<Candidate>,
    /// The rows of this page.
    #[schema(value_type = Vec<InvoiceRow>)]
    pub rows: Vec<Arc<RawValue>>,
    /// Attached invoices that have no row.
    #[schema(value_type = Vec<MissingRow>)]
    pub missing: Arc<RawValue>,
    /// Which page, from 1 on.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// Rows that fit filter and text.
    pub total: u64,
    /// Rows of this record without filter and text.
    pub all_rows: u64,
    /// Set where a customer has more documents than the list covers.
    #[schema(required = true)]
    pub truncated: Option<Truncated>,
    /// Sums over all of the record's documents, whatever the filter; one per currency.
    #[schema(value_type = Vec<CurrencySummaryShape>)]
    pub summary: Arc<RawValue>,
    /// False where the sums could not be read in full: then they say too little, and the card must not show them as all.
    pub summary_complete: bool,
    /// Invoices that may belong to the record.
    #[schema(value_type = Vec<Suggestion>)]
    pub suggestions: Arc<RawValue>,
    /// False where HubSpot could not be asked for e-mails and associations: matches and suggestions may be missing.
    pub hubspot_reachable: bool,
    /// How the record stands with the contact sync, ERP record by ERP record.
    pub sync: Vec<RecordSync>,
}

/// How a record stands with an ERP record that writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordSync {
    /// The connection.
    pub connection_id: ConnectionId,
    /// `customer` or `contact`.
    pub kind: &'static str,
    /// The ERP record.
    pub erp_id: SourceId,
    /// Its page; null while its connection is not used.
    #[schema(required = true)]
    pub erp_url: Option<String>,
    /// When both sides were last brought in step.
    #[schema(required = true)]
    pub in_step_at: Option<Millis>,
    /// How it stands.
    pub state: SyncState,
    /// Where it is parked: why, as a code.
    #[schema(required = true)]
    pub cause: Option<String>,
    /// The name of the field.
    #[schema(required = true)]
    pub field: Option<String>,
    /// The rule that refused, as a code.
    #[schema(required = true)]
    pub rule: Option<String>,
}

/// How a record stands with the contact sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Both sides say the same, as the flow wants it.
    InStep,
    /// One side refused it.
    Parked,
    /// It was not looked at yet.
    Waiting,
    /// Its flow is off.
    Off,
}
