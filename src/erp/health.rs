//! How the calls of connections went lately, kept in memory until it is written down.
//!
//! Promise: what a real call met is told, not only what a test of the settings page found. A probe is left out: its result is
//! more than yes or no, and whoever asked for it notes it.
//! Never: a vendor's text, or anything of a record.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use jiff::civil::Date;

use super::{
    Capabilities, Erp, ErpError, Lane, Ledger, Page, PageRequest, Probe,
    source::{CensusPage, Changes, Kind, NotWritten, Sources, Wanted, Write, Written},
};
use crate::{
    clock::{Clock, Millis},
    domain::{
        customer::{Customer, CustomerKey},
        field::FieldInfo,
        ids::{ConnectionId, CustomerId, InvoiceId, PortalId, SourceId},
        invoice::{Invoice, InvoiceDetail},
        query::InvoiceQuery,
        summary::Summary,
    },
};

/// How the last call went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// When it ended.
    pub at: Millis,
    /// Whether it worked, or why not.
    pub outcome: Result<(), ErpError>,
}

/// The last outcome of every connection since somebody last looked. Cheap to clone; clones share.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<Mutex<BTreeMap<(PortalId, ConnectionId), Noted>>>);

impl Board {
    fn note<T>(&self, of: (PortalId, ConnectionId), at: Millis, result: &Result<T, ErpError>) {
        let outcome = match result {
            // That there is no such record is an answer as good as any.
            Ok(_) | Err(ErpError::Missing) => Ok(()),
            // The fault of one question, which says nothing of the connection.
            Err(ErpError::Rejected { .. }) => return,
            Err(error) => Err(error.clone()),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // That another call worked does not bring back a right that is missing for this one.
        let lacks = all.get(&of).is_some_and(|noted| matches!(noted.outcome, Err(ErpError::Permission { .. })));
        if !(lacks && outcome.is_ok()) {
            all.insert(of, Noted { at, outcome });
        }
    }

    /// What was noted; the board is empty then.
    #[must_use]
    pub fn take(&self) -> BTreeMap<(PortalId, ConnectionId), Noted> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A connector whose calls are noted on a [`Board`].
pub struct Watched {
    /// The connector.
    pub erp: Arc<dyn Erp>,
    /// Portal and connection.
    pub of: (PortalId, ConnectionId),
    /// Where it is noted.
    pub board: Board,
    /// Time.
    pub clock: Clock,
}

impl Watched {
    fn noted<T>(&self, result: Result<T, ErpError>) -> Result<T, ErpError> {
        self.board.note(self.of, self.clock.now(), &result);
        result
    }
}

#[async_trait]
impl Erp for Watched {
    fn capabilities(&self) -> Capabilities {
        self.erp.capabilities()
    }

    fn customer_page(&self, id: &CustomerId) -> String {
        self.erp.customer_page(id)
    }

    async fn probe(&self, lane: Lane) -> Result<Probe, ErpError> {
        self.erp.probe(lane).await
    }

    async fn ledger(&self, lane: Lane, customers: &[CustomerId]) -> Result<Ledger, ErpError> {
        self.noted(self.erp.ledger(lane, customers).await)
    }

    async fn totals_of(&self, lane: Lane, customers: &[CustomerId], today: Date) -> Result<Summary, ErpError> {
        self.noted(self.erp.totals_of(lane, customers, today).await)
    }

    async fn invoices(&self, lane: Lane, ids: &[InvoiceId]) -> Result<Vec<Invoice>, ErpError> {
        self.noted(self.erp.invoices(lane, ids).await)
    }

    async fn invoice(&self, lane: Lane, id: &InvoiceId) -> Result<InvoiceDetail, ErpError> {
        self.noted(self.erp.invoice(lane, id).await)
    }

    async fn search(&self, lane: Lane, query: &InvoiceQuery, page: PageRequest) -> Result<Page<Invoice>, ErpError> {
        self.noted(self.erp.search(lane, query, page).await)
    }

    async fn customers(&self, lane: Lane, key: &CustomerKey) -> Result<Vec<Customer>, ErpError> {
        self.noted(self.erp.customers(lane, key).await)
    }

    fn record_page(&self, kind: Kind, id: &SourceId) -> String {
        self.erp.record_page(kind, id)
    }

    async fn fields(&self, lane: Lane, kind: Kind) -> Result<Vec<FieldInfo>, ErpError> {
        self.noted(self.erp.fields(lane, kind).await)
    }

    async fn changes(&self, lane: Lane, wanted: &Wanted, cursor: Option<&str>) -> Result<Changes, ErpError> {
        self.noted(self.erp.changes(lane, wanted, cursor).await)
    }

    async fn sources(&self, lane: Lane, wanted: &Wanted, ids: &[SourceId]) -> Result<Sources, ErpError> {
        self.noted(self.erp.sources(lane, wanted, ids).await)
    }

    async fn count(&self, lane: Lane, kind: Kind) -> Result<u64, ErpError> {
        self.noted(self.erp.count(lane, kind).await)
    }

    async fn census(&self, lane: Lane, kind: Kind, after: Option<&SourceId>) -> Result<CensusPage, ErpError> {
        self.noted(self.erp.census(lane, kind, after).await)
    }

    async fn apply(
        &self,
        lane: Lane,
        kind: Kind,
        writes: &[Write],
    ) -> Result<Vec<Result<Written, NotWritten>>, ErpError> {
        self.noted(self.erp.apply(lane, kind, writes).await)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_last_outcome_is_kept_but_a_missing_right_is_not_unsaid_by_another_call() {
        let (board, of) = (Board::default(), (PortalId(1), ConnectionId(Uuid::nil())));
        let down = || Err::<(), _>(ErpError::Unavailable { why: "down" });
        let lacks = || Err::<(), _>(ErpError::Permission { permission: "Invoice".to_owned() });
        let left = |outcomes: &[Result<(), ErpError>]| {
            for outcome in outcomes {
                board.note(of, Millis(1), outcome);
            }
            board.take().remove(&of).map(|noted| noted.outcome)
        };
        assert_eq!(left(&[down(), Ok(())]), Some(Ok(())));
        assert_eq!(left(&[Ok(()), down()]), Some(down()));
        assert_eq!(left(&[lacks(), Ok(())]), Some(lacks()));
        assert_eq!(left(&[Err(ErpError::Missing)]), Some(Ok(())));
        assert_eq!(left(&[Err(ErpError::Rejected { why: "a field".to_owned() })]), None);
        assert_eq!(left(&[]), None, "taken once");
    }
}
