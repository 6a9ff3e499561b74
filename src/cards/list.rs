//! The list of a record's invoices.

use std::{cmp::Ordering, sync::Arc};

use tokio::time::Instant;

use super::{
    Cards, Who,
    answer::list::{ListAnswer, ListState, NotConnected, Permission},
    error::CardError,
    freshness::Notes,
    gather::Gathered,
    portal::PortalView,
    view::{self, View, ViewRow},
};
use crate::{
    domain::{query::InvoiceQuery, record::RecordRef, status::Status},
    erp::ErpError,
};

/// When a card that is still loading should ask again.
pub(super) const ASK_AGAIN_MS: u32 = 1_000;

/// What the rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// The day of issue.
    Date,
    /// The day it is due; those without one last.
    DueDate,
    /// The number.
    Number,
    /// The whole amount, currency by currency.
    Total,
    /// What is left, currency by currency.
    Remaining,
    /// The status, in the order of an invoice's life.
    Status,
}

/// What part of the list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRequest {
    /// From 1 on.
    pub page: u32,
    /// 1 to 100.
    pub page_size: u32,
    /// The sort key.
    pub sort: SortKey,
    /// Whether the largest comes first.
    pub descending: bool,
    /// Only these; empty for all.
    pub statuses: Vec<Status>,
    /// Only what fits; empty for all.
    pub text: InvoiceQuery,
}

impl Cards {
    /// The invoices of `record`.
    ///
    /// # Errors
    /// [`CardError::NoSuchRecord`] when the portal has no such record; database trouble. Trouble with an ERP is a state.
    pub async fn list(&self, who: Who, record: RecordRef, request: &ListRequest) -> Result<ListAnswer, CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let portal = self.portal(who.portal).await?;
        let portal = &portal.value;
        let permission = self.allowed(who, portal, deadline).await.told();
        if !permission.see {
            return Ok(self.bare(ListState::NoPermission, permission, portal, record, request));
        }
        if portal.connections.is_empty() {
            return Ok(self.bare(ListState::NotConnected, permission, portal, record, request));
        }
        let gathered = self.gather(who.portal, portal, record, deadline).await?;
        let view = self.view_of(who, &gathered);
        Ok(answer(portal, permission, &gathered, &view, request))
    }

    /// The view of what was gathered, made anew only when something in it changed.
    fn view_of(&self, who: Who, gathered: &Gathered) -> Arc<View> {
        let (key, stamp) = ((who.portal, gathered.record), view::stamp(gathered));
        if let Some(view) = self.0.views.get(&key).filter(|view| view.stamp == stamp) {
            return view;
        }
        let view = Arc::new(view::build(gathered, stamp));
        self.0.views.insert(key, Arc::clone(&view));
        view
    }

    /// An answer that shows nothing but its state.
    fn bare(
        &self,
        state: ListState,
        permission: Permission,
        portal: &PortalView,
        record: RecordRef,
        request: &ListRequest,
    ) -> ListAnswer {
        let none = view::json::<[(); 0]>(&[]);
        ListAnswer {
            state,
            reason: portal.reason.filter(|_| state == ListState::NotConnected),
            permission,
            record,
            today: self.today(portal),
            time_zone: Arc::clone(&portal.zone_name),
            retry_after_ms: None,
            connections: Vec::new(),
            customers: Arc::clone(&none),
            candidates: Vec::new(),
            rows: Vec::new(),
            missing: Arc::clone(&none),
            page: request.page,
            page_size: request.page_size,
            total: 0,
            all_rows: 0,
            truncated: None,
            summary: Arc::clone(&none),
            summary_complete: true,
            suggestions: Arc::clone(&none),
            hubspot_reachable: true,
            sync: Vec::new(),
        }
    }
}

fn answer(
    portal: &PortalView,
    permission: Permission,
    gathered: &Gathered,
    view: &View,
    request: &ListRequest,
) -> ListAnswer {
    let (state, reason) = match state(gathered, view) {
        // HubSpot refuses until somebody consents again: say that rather than "try later".
        ListState::Unavailable if portal.consent_needed => (ListState::NotConnected, Some(NotConnected::ConsentNeeded)),
        state => (state, None),
    };
    let waits = |notes: &Notes| notes.loading() || notes.refreshing();
    let waiting = gathered.parts.iter().any(|part| waits(&part.notes) || waits(&part.suggesting));
    let (rows, total) = page(view, request);
    ListAnswer {
        state,
        reason,
        permission,
        record: gathered.record,
        today: gathered.today,
        time_zone: Arc::clone(&portal.zone_name),
        retry_after_ms: waiting.then_some(ASK_AGAIN_MS),
        connections: gathered.parts.iter().map(|part| part.shown().view(&part.connection)).collect(),
        customers: Arc::clone(&view.customers),
        candidates: gathered.parts.iter().flat_map(|part| part.candidates.iter().cloned()).collect(),
        rows,
        missing: Arc::clone(&view.missing),
        page: request.page,
        page_size: request.page_size,
        total: total as u64,
        all_rows: view.rows.len() as u64,
        truncated: view.truncated,
        summary: Arc::clone(&view.summary),
        summary_complete: view.summary_complete,
        suggestions: Arc::clone(&view.suggestions),
        hubspot_reachable: gathered.hubspot_reachable,
        sync: gathered.rows.value.sync.iter().map(|standing| standing.view(portal)).collect(),
    }
}

/// What the card should show: rows if there are any; a question to the user; else the worst that happened.
fn state(gathered: &Gathered, view: &View) -> ListState {
    if gathered.parts.iter().any(|part| !part.candidates.is_empty()) {
        return ListState::Ambiguous;
    }
    if !view.rows.is_empty() {
        return ListState::Ready;
    }
    if gathered.parts.iter().any(|part| part.shown().loading()) {
        return ListState::Loading;
    }
    let failures: Vec<&ErpError> = gathered.parts.iter().filter_map(|part| part.shown().failure()).collect();
    match failures.first() {
        None if gathered.hubspot_reachable || gathered.parts.iter().any(|part| !part.own.is_empty()) => {
            ListState::Ready
        }
        Some(_) if failures.iter().any(|e| matches!(e, ErpError::Permission { .. })) => ListState::NoPermission,
        None | Some(_) => ListState::Unavailable,
    }
}

/// The rows of the wanted page, and how many fit in all.
fn page(view: &View, request: &ListRequest) -> (Vec<Arc<serde_json::value::RawValue>>, usize) {
    let from = (request.page as usize - 1).saturating_mul(request.page_size as usize);
    let size = request.page_size as usize;
    let unfiltered = request.statuses.is_empty() && request.text.is_empty();
    if unfiltered && request.sort == SortKey::Date && request.descending {
        return (view.rows.iter().skip(from).take(size).map(ViewRow::json).collect(), view.rows.len());
    }
    let mut fitting: Vec<&ViewRow> = view.rows.iter().filter(|row| fits(row, request)).collect();
    // The view's own order decides between equals: the sort is stable.
    fitting.sort_by(|a, b| {
        let order = compare(a, b, request.sort);
        if request.descending && !undecidable(a, b, request.sort) { order.reverse() } else { order }
    });
    (fitting.iter().skip(from).take(size).map(|row| row.json()).collect(), fitting.len())
}

fn fits(row: &ViewRow, request: &ListRequest) -> bool {
    let wanted = request.statuses.is_empty() || request.statuses.contains(&row.row.status);
    wanted && request.text.fits(&row.features)
}

fn compare(a: &ViewRow, b: &ViewRow, by: SortKey) -> Ordering {
    let (a, b) = (&a.row, &b.row);
    match by {
        SortKey::Date => a.date.cmp(&b.date),
        SortKey::DueDate => match (a.due_date, b.due_date) {
            (Some(a), Some(b)) => a.cmp(&b),
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        },
        SortKey::Number => a.number.cmp(&b.number),
        SortKey::Total => {
            a.total.currency().cmp(&b.total.currency()).then_with(|| a.total.amount().cmp(&b.total.amount()))
        }
        SortKey::Remaining => {
            a.total.currency().cmp(&b.total.currency()).then_with(|| a.remaining.amount().cmp(&b.remaining.amount()))
        }
        SortKey::Status => view::rank(a.status).cmp(&view::rank(b.status)),
    }
}

/// Whether the order of two rows stays the same in both directions: rows without a due date are last either way, and
/// currencies keep their order, since amounts of two currencies cannot be compared.
fn undecidable(a: &ViewRow, b: &ViewRow, by: SortKey) -> bool {
    match by {
        SortKey::DueDate => a.row.due_date.is_none() != b.row.due_date.is_none(),
        SortKey::Total | SortKey::Remaining => a.row.total.currency() != b.row.total.currency(),
        SortKey::Date | SortKey::Number | SortKey::Status => false,
    }
}
