//! Every question the card asks an ERP, each behind its own cache.
//!
//! Promise: keys hold the connection, so no portal is ever served another's answer; all caches together stay within the
//! configured bytes.
//! Never: a call to an ERP that does not go through here, but for the live read that adding needs.

use std::{mem::size_of, sync::Arc, time::Duration};

use jiff::civil::Date;
use tokio::time::Instant;

use super::{
    cache::{Counts, Lifetimes, Reading, SourceError, Swr, Weigh},
    portal::ErpConnection,
};
use crate::{
    clock::{Clock, Millis},
    domain::{
        customer::{Customer, CustomerKey},
        ids::{ConnectionId, CustomerId, InvoiceId},
        invoice::{Invoice, InvoiceDetail},
        query::InvoiceQuery,
        summary::Summary,
    },
    erp::{ErpError, Lane, Ledger, Page, PageRequest},
};

type Cache<K, V> = Swr<(ConnectionId, K), V, ErpError>;

/// What an ERP said, by question.
pub(super) struct Reads {
    ledgers: Cache<Arc<[CustomerId]>, Ledger>,
    totals: Cache<(Arc<[CustomerId]>, Date), Summary>,
    invoices: Cache<Arc<[InvoiceId]>, Vec<Invoice>>,
    customers: Cache<CustomerKey, Vec<Customer>>,
    searches: Cache<(InvoiceQuery, PageRequest), Page<Invoice>>,
    details: Cache<InvoiceId, InvoiceDetail>,
}

/// The counters of all caches, by name.
pub(super) struct ReadCounts(pub(super) Vec<(&'static str, Arc<Counts>)>);

impl ReadCounts {
    fn named(&mut self, name: &'static str) -> Arc<Counts> {
        let counts = Arc::<Counts>::default();
        self.0.push((name, Arc::clone(&counts)));
        counts
    }
}

impl Reads {
    /// Empty caches of `bytes` in all.
    pub(super) fn new(bytes: u64, lifetimes: Lifetimes, clock: &Clock, counts: &mut ReadCounts) -> Self {
        let part = |percent: u64| bytes / 100 * percent;
        Self {
            ledgers: Swr::new(part(50), lifetimes, clock.clone(), counts.named("ledger")),
            totals: Swr::new(part(2), lifetimes, clock.clone(), counts.named("totals")),
            invoices: Swr::new(part(13), lifetimes, clock.clone(), counts.named("invoices")),
            customers: Swr::new(part(10), lifetimes, clock.clone(), counts.named("customers")),
            searches: Swr::new(part(15), lifetimes, clock.clone(), counts.named("search")),
            details: Swr::new(part(10), lifetimes, clock.clone(), counts.named("detail")),
        }
    }

    /// The headers of these customers.
    pub(super) async fn ledger(
        &self,
        of: &ErpConnection,
        customers: &Arc<[CustomerId]>,
        deadline: Instant,
    ) -> Reading<Ledger, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), Arc::clone(customers));
        let load = || async move { erp.ledger(Lane::Card, &asked).await };
        self.ledgers.read(&(of.id, Arc::clone(customers)), deadline, load).await
    }

    /// The sums of these customers.
    pub(super) async fn totals(
        &self,
        of: &ErpConnection,
        customers: &Arc<[CustomerId]>,
        today: Date,
        deadline: Instant,
    ) -> Reading<Summary, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), Arc::clone(customers));
        let load = || async move { erp.totals_of(Lane::Card, &asked, today).await };
        self.totals.read(&(of.id, (Arc::clone(customers), today)), deadline, load).await
    }

    /// The headers of these invoices.
    pub(super) async fn invoices(
        &self,
        of: &ErpConnection,
        ids: &Arc<[InvoiceId]>,
        deadline: Instant,
    ) -> Reading<Vec<Invoice>, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), Arc::clone(ids));
        let load = || async move { erp.invoices(Lane::Card, &asked).await };
        self.invoices.read(&(of.id, Arc::clone(ids)), deadline, load).await
    }

    /// The customers that fit `key`.
    pub(super) async fn customers(
        &self,
        of: &ErpConnection,
        key: &CustomerKey,
        deadline: Instant,
    ) -> Reading<Vec<Customer>, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), key.clone());
        let load = || async move { erp.customers(Lane::Card, &asked).await };
        self.customers.read(&(of.id, key.clone()), deadline, load).await
    }

    /// One page of a search.
    pub(super) async fn search(
        &self,
        of: &ErpConnection,
        query: &InvoiceQuery,
        page: PageRequest,
        deadline: Instant,
    ) -> Reading<Page<Invoice>, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), query.clone());
        let load = || async move { erp.search(Lane::Card, &asked, page).await };
        self.searches.read(&(of.id, (query.clone(), page)), deadline, load).await
    }

    /// One invoice with its lines.
    pub(super) async fn detail(
        &self,
        of: &ErpConnection,
        id: &InvoiceId,
        deadline: Instant,
    ) -> Reading<InvoiceDetail, ErpError> {
        let (erp, asked) = (Arc::clone(&of.erp), id.clone());
        let load = || async move { erp.invoice(Lane::Card, &asked).await };
        self.details.read(&(of.id, id.clone()), deadline, load).await
    }

    /// The attached invoices of a record are others now: what is known of those that stay is carried over, so that a user's
    /// own action never empties the list, even while the ERP does not answer. `live` was read just now.
    pub(super) fn carry(
        &self,
        of: ConnectionId,
        old: &Arc<[InvoiceId]>,
        new: &Arc<[InvoiceId]>,
        live: &[Invoice],
        now: Millis,
    ) {
        let (known, read_at) = match self.invoices.held(&(of, Arc::clone(old))) {
            Some((known, read_at)) => (known, read_at),
            None if old.is_empty() => (Arc::default(), now),
            None => return,
        };
        let fits = |invoice: &&Invoice| new.binary_search(&invoice.id).is_ok();
        let fresh = live.iter().filter(fits);
        let stays = known.iter().filter(fits).filter(|i| !live.iter().any(|l| l.id == i.id));
        let rows: Vec<Invoice> = fresh.chain(stays).cloned().collect();
        // An id that neither the old list nor the live read knows has to be asked for.
        let asked_before = |id: &InvoiceId| old.binary_search(id).is_ok() || live.iter().any(|l| l.id == *id);
        if new.iter().all(asked_before) {
            self.invoices.seed((of, Arc::clone(new)), rows, read_at);
        }
    }

    /// The next reading of these asks the ERP anew.
    pub(super) fn forget(
        &self,
        of: ConnectionId,
        customers: &Arc<[CustomerId]>,
        invoices: &Arc<[InvoiceId]>,
        today: Date,
    ) {
        self.ledgers.forget(&(of, Arc::clone(customers)));
        self.totals.forget(&(of, (Arc::clone(customers), today)));
        self.invoices.forget(&(of, Arc::clone(invoices)));
        self.forget_details(of, invoices.iter());
    }

    /// The next reading of these details asks the ERP anew.
    pub(super) fn forget_details<'a>(&self, of: ConnectionId, ids: impl Iterator<Item = &'a InvoiceId>) {
        for id in ids {
            self.details.forget(&(of, id.clone()));
        }
    }

    /// Drops all that this connection ever said.
    pub(super) fn drop_connection(&self, of: ConnectionId) {
        self.ledgers.drop_where(move |key| key.0 == of);
        self.totals.drop_where(move |key| key.0 == of);
        self.invoices.drop_where(move |key| key.0 == of);
        self.customers.drop_where(move |key| key.0 == of);
        self.searches.drop_where(move |key| key.0 == of);
        self.details.drop_where(move |key| key.0 == of);
    }

    /// The next reading of the customers with this key asks the ERP anew.
    pub(super) fn forget_customers(&self, of: ConnectionId, key: &CustomerKey) {
        self.customers.forget(&(of, key.clone()));
    }
}

/// The lifetimes of DESIGN decision 8, from the configured figures.
pub(super) fn lifetimes(fresh: Duration, patience: Duration, keep: Duration) -> Lifetimes {
    Lifetimes { fresh, patience, keep, backoff: Duration::from_secs(15) }
}

impl SourceError for ErpError {
    fn retry_at(&self) -> Option<Millis> {
        if let Self::Wait { until } = self { Some(*until) } else { None }
    }

    fn is_answer(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

fn texts(parts: &[Option<&String>]) -> usize {
    parts.iter().flatten().map(|text| text.len()).sum()
}

fn invoice_bytes(invoice: &Invoice) -> usize {
    let optional = [invoice.po_number.as_ref(), invoice.memo.as_ref(), invoice.subsidiary.as_ref()];
    size_of::<Invoice>()
        + texts(&optional)
        + [&invoice.number, &invoice.raw_status, &invoice.url, &invoice.customer.name, &invoice.customer.number]
            .map(String::len)
            .iter()
            .sum::<usize>()
        + 80
}

impl Weigh for Ledger {
    fn bytes(&self) -> usize {
        self.invoices.iter().map(invoice_bytes).sum()
    }
}

impl Weigh for Vec<Invoice> {
    fn bytes(&self) -> usize {
        self.iter().map(invoice_bytes).sum()
    }
}

impl Weigh for Page<Invoice> {
    fn bytes(&self) -> usize {
        self.rows.iter().map(invoice_bytes).sum()
    }
}

impl Weigh for Summary {
    fn bytes(&self) -> usize {
        self.currencies().count() * 300
    }
}

impl Weigh for Vec<Customer> {
    fn bytes(&self) -> usize {
        self.iter().map(|c| size_of::<Customer>() + c.who.name.len() + c.url.len() + c.emails.len() * 40 + 60).sum()
    }
}

impl Weigh for InvoiceDetail {
    fn bytes(&self) -> usize {
        let lines = self.lines.iter().map(|l| 200 + l.item.len() + l.description.as_ref().map_or(0, String::len));
        invoice_bytes(&self.head) + lines.sum::<usize>() + (self.taxes.len() + self.payments.len()) * 200
    }
}
