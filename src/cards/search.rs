//! Searching the ERPs for invoices to attach.
//!
//! Promise: suggestions come first, with the reason; every row says whether it is attached here or elsewhere and whether
//! adding it wants a confirmation. With several connections the pages run through one after the other.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use tokio::time::Instant;

use super::{
    CardError, Cards, Who,
    answer::{
        list::SuggestionReason,
        row::InvoiceRow,
        search::{SearchAnswer, SearchRow, SearchState, SearchSuggestion},
    },
    associate::belongs,
    cache::Reading,
    freshness::Notes,
    gather::{Gathered, Part},
    list::ASK_AGAIN_MS,
    portal::PortalView,
    view,
};
use crate::{
    domain::{
        ids::{ConnectionId, InvoiceId},
        invoice::Invoice,
        query::{Features, InvoiceQuery},
        record::RecordRef,
    },
    erp::{ErpError, PageRequest},
    in_tx,
    store::associations::{self, Association},
};

/// The most suggestions on top of the first page.
const SUGGESTIONS: usize = 10;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// Everything fits an empty one.
    pub query: InvoiceQuery,
    /// From 1 on.
    pub page: u32,
    /// 1 to 50.
    pub page_size: u32,
}

/// What the connections found.
#[derive(Default)]
struct Found {
    invoices: Vec<(ConnectionId, Invoice)>,
    total: u64,
    notes: Vec<Notes>,
}

impl Cards {
    /// Invoices of the portal's connections that fit `request`, seen from `record`.
    ///
    /// # Errors
    /// [`CardError::NoSuchRecord`] when the portal has no such record; database trouble. Trouble with an ERP is a state.
    pub async fn search(
        &self,
        who: Who,
        record: RecordRef,
        request: &SearchRequest,
    ) -> Result<SearchAnswer, CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let portal = self.portal(who.portal).await?;
        let portal = &portal.value;
        self.allowed(who, portal, deadline).await.to_see()?;
        let mut answer = SearchAnswer {
            state: SearchState::NotConnected,
            retry_after_ms: None,
            connections: Vec::new(),
            rows: Vec::new(),
            page: request.page,
            page_size: request.page_size,
            total: 0,
        };
        if portal.connections.is_empty() {
            return Ok(answer);
        }
        let (gathered, found) =
            tokio::join!(self.gather(who.portal, portal, record, deadline), self.find(portal, request, deadline));
        let gathered = gathered?;
        let suggestions = suggestions(&gathered, request);
        let taken: HashSet<(ConnectionId, InvoiceId)> =
            suggestions.iter().map(|(connection, invoice, _)| (*connection, invoice.id.clone())).collect();
        let fresh =
            |(connection, invoice): &&(ConnectionId, Invoice)| !taken.contains(&(*connection, invoice.id.clone()));
        let rest = found.invoices.iter().filter(fresh).map(|(connection, invoice)| (*connection, invoice, None));
        let first = suggestions.into_iter().filter(|_| request.page == 1);
        let rows: Vec<_> = first.map(|(c, i, s)| (c, i, Some(s))).chain(rest).collect();
        let keys: Vec<_> = rows.iter().map(|(connection, invoice, _)| (*connection, invoice.id.clone())).collect();
        let elsewhere = self.elsewhere(who, gathered.record, &keys).await?;
        answer.rows = rows.into_iter().map(|row| search_row(&gathered, row, &elsewhere)).collect();
        answer.total = found.total;
        answer.state = state(&found.notes, answer.rows.is_empty());
        answer.retry_after_ms = found.notes.iter().any(Notes::loading).then_some(ASK_AGAIN_MS);
        let views = portal.connections.iter().zip(&found.notes);
        answer.connections = views.map(|(connection, notes)| notes.view(connection)).collect();
        Ok(answer)
    }

    /// The wanted page over all connections, one after the other.
    async fn find(&self, portal: &PortalView, request: &SearchRequest, deadline: Instant) -> Found {
        let size = u64::from(request.page_size);
        let (mut skip, mut want) = (u64::from(request.page - 1) * size, size);
        let mut found = Found::default();
        // All are asked at once; what follows finds their first pages under way or there.
        let first = PageRequest { page: 1, size: request.page_size };
        let ask = |connection| self.0.reads.search(connection, &request.query, first, deadline);
        if portal.connections.len() > 1 {
            join_all(portal.connections.iter().map(ask)).await;
        }
        for connection in &portal.connections {
            let mut notes = Notes::default();
            let mut page = u32::try_from(skip / size).unwrap_or(u32::MAX - 1) + 1;
            let mut drop_first = usize::try_from(skip % size).unwrap_or(0);
            loop {
                let wanted = PageRequest { page, size: request.page_size };
                let reading = self.0.reads.search(connection, &request.query, wanted, deadline).await;
                notes.take(&reading);
                let Reading::Held(held) = reading else { break };
                let rows = held.value.rows.iter().skip(drop_first).take(usize::try_from(want).unwrap_or(0));
                let before = found.invoices.len();
                found.invoices.extend(rows.map(|invoice| (connection.id, invoice.clone())));
                want -= (found.invoices.len() - before) as u64;
                let more = u64::from(page) * size < held.value.total;
                if want == 0 || !more {
                    found.total += held.value.total;
                    skip = skip.saturating_sub(held.value.total);
                    break;
                }
                (page, drop_first) = (page + 1, 0);
            }
            found.notes.push(notes);
        }
        found
    }

    /// Which other records have these invoices.
    async fn elsewhere(
        &self,
        who: Who,
        record: RecordRef,
        invoices: &[(ConnectionId, InvoiceId)],
    ) -> Result<HashMap<(ConnectionId, InvoiceId), Vec<RecordRef>>, CardError> {
        let rows: Vec<Association> = in_tx!(self.0.db, read "attached elsewhere", |tx| {
            associations::elsewhere(tx, who.portal, record, invoices).await
        })?;
        let mut each: HashMap<_, Vec<RecordRef>> = HashMap::new();
        for row in rows {
            each.entry((row.connection_id, row.invoice_id)).or_default().push(row.record);
        }
        Ok(each)
    }
}

/// The documents of the record's own and related customers that fit the query: related ones first, unsettled first.
fn suggestions<'a>(
    gathered: &'a Gathered,
    request: &SearchRequest,
) -> Vec<(ConnectionId, &'a Invoice, SearchSuggestion)> {
    let mut all = Vec::new();
    for part in &gathered.parts {
        let documents = view::documents(part);
        let related = view::suggested_invoices(part, &documents).into_iter().filter_map(|invoice| {
            let (reason, via) = *part.related.get(&invoice.customer.id)?;
            Some((part.connection.id, invoice, SearchSuggestion { reason, via }))
        });
        all.extend(related.filter(|(_, invoice, _)| request.query.fits(&Features::of(invoice))).take(SUGGESTIONS));
        let own = SearchSuggestion { reason: SuggestionReason::RecordCustomer, via: gathered.record };
        let mine = own_unattached(part, gathered).into_iter().map(|invoice| (part.connection.id, invoice, own));
        all.extend(mine.filter(|(_, invoice, _)| request.query.fits(&Features::of(invoice))).take(SUGGESTIONS));
    }
    all.truncate(SUGGESTIONS);
    all
}

/// The open documents of the record's own customers that nobody attached yet.
fn own_unattached<'a>(part: &'a Part, gathered: &Gathered) -> Vec<&'a Invoice> {
    let Some(Reading::Held(ledger)) = &part.ledger else { return Vec::new() };
    let attached = |invoice: &Invoice| {
        let here = |a: &Association| a.connection_id == part.connection.id && a.invoice_id == invoice.id;
        gathered.rows.value.associations.iter().any(here)
    };
    ledger.value.invoices.iter().filter(|i| i.remaining.is_positive() && !attached(i)).collect()
}

fn search_row(
    gathered: &Gathered,
    (connection, invoice, suggestion): (ConnectionId, &Invoice, Option<SearchSuggestion>),
    elsewhere: &HashMap<(ConnectionId, InvoiceId), Vec<RecordRef>>,
) -> SearchRow {
    let here = |a: &Association| a.connection_id == connection && a.invoice_id == invoice.id;
    let attached_here = gathered.rows.value.associations.iter().any(here);
    SearchRow {
        row: InvoiceRow::of(connection, invoice, gathered.today, None, None),
        suggestion,
        attached_here,
        attached_to: elsewhere.get(&(connection, invoice.id.clone())).cloned().unwrap_or_default(),
        needs_confirmation: !attached_here && !belongs(gathered, connection, &invoice.customer.id),
    }
}

fn state(notes: &[Notes], empty: bool) -> SearchState {
    // Suggestions alone are not what was searched for.
    if notes.iter().any(Notes::loading) && !notes.iter().any(Notes::has_value) {
        return SearchState::Loading;
    }
    if !empty || notes.iter().any(Notes::has_value) {
        return SearchState::Ready;
    }
    if notes.iter().any(Notes::loading) {
        return SearchState::Loading;
    }
    let failures: Vec<&ErpError> = notes.iter().filter_map(Notes::failure).collect();
    match failures.first() {
        None => SearchState::Ready,
        Some(_) if failures.iter().any(|e| matches!(e, ErpError::Permission { .. })) => SearchState::NoPermission,
        Some(_) => SearchState::Unavailable,
    }
}
