//! The answer of the search for "Add existing invoice".

use serde::Serialize;

use super::{
    list::SuggestionReason,
    row::{ConnectionView, InvoiceRow},
};
use crate::domain::record::RecordRef;

/// What the dialog should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchState {
    /// Rows, perhaps none.
    Ready,
    /// Nothing yet: ask again after `retryAfterMs`.
    Loading,
    /// The portal has no ERP connection.
    NotConnected,
    /// The ERP role lacks a right.
    NoPermission,
    /// The ERP cannot be asked.
    Unavailable,
}

/// Why and through which record a row is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SearchSuggestion)]
pub struct SearchSuggestion {
    /// Why.
    pub reason: SuggestionReason,
    /// Through which record.
    pub via: RecordRef,
}

/// One found invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchRow {
    /// The invoice.
    pub row: InvoiceRow,
    /// Set on suggestions, which come first.
    #[schema(required = true)]
    pub suggestion: Option<SearchSuggestion>,
    /// Attached to this record already.
    pub attached_here: bool,
    /// Other records of the portal it is attached to (at most 5).
    pub attached_to: Vec<RecordRef>,
    /// Whether adding it will want a confirmation, since its customer has nothing to do with this record.
    pub needs_confirmation: bool,
}

/// The answer of the search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchAnswer {
    /// What the dialog should show.
    pub state: SearchState,
    /// When to ask again, where something is still being read.
    #[schema(required = true)]
    pub retry_after_ms: Option<u32>,
    /// The portal's connections and how each answered.
    pub connections: Vec<ConnectionView>,
    /// Suggestions first (on page 1), then what was found, newest first.
    pub rows: Vec<SearchRow>,
    /// Which page, from 1 on.
    pub page: u32,
    /// Rows a page, suggestions not counted.
    pub page_size: u32,
    /// How many the ERP found.
    pub total: u64,
}
