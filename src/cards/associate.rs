//! Attaching invoices to a record, removing them, and undoing that.
//!
//! Promise: an invoice is attached only after a live read of it; where the ERP cannot be asked nothing is written for it.
//! Never: attaches an invoice of a customer that has nothing to do with the record without the user's confirmation.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::{
    CardError, Cards, Who,
    answer::write::{AddAnswer, AddOutcome, AddResult, RemoveAnswer, RemoveOutcome},
    gather::{Gathered, Part, RecordRows},
    once::{Action, Work},
};
use crate::{
    clock::Millis,
    domain::{
        ids::{AssociationId, ConnectionId, CustomerId, IdempotencyKey, InvoiceId},
        invoice::Invoice,
        record::RecordRef,
    },
    erp::{ErpError, Lane},
    in_tx,
    store::{
        StoreError, Tx,
        associations::{self, Association, Attached, NewAssociation, Removed, Restored},
    },
};

/// The most invoices one request adds.
pub const MOST_ADDED: usize = 50;

/// How long a removal can be undone.
const UNDO: Duration = Duration::from_mins(10);

/// One invoice that is to be attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskedInvoice {
    /// Its connection.
    pub connection_id: ConnectionId,
    /// The ERP's id.
    pub invoice_id: InvoiceId,
    /// Whether the user confirmed that a stranger's invoice is meant.
    pub confirmed: bool,
}

/// Invoices that are to be attached to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddRequest {
    /// The record.
    pub record: RecordRef,
    /// 1 to [`MOST_ADDED`] different invoices.
    pub invoices: Vec<AskedInvoice>,
}

/// The live invoices by connection, or why they could not be read.
type Live = HashMap<ConnectionId, Result<Vec<Invoice>, ErpError>>;

impl Cards {
    /// Attaches invoices to a record, a result each.
    ///
    /// # Errors
    /// The whole request is refused, and nothing written, when it is empty, too long or repeats an invoice, when a
    /// connection or the record is not this portal's, or when the key was used for something else.
    pub async fn add(&self, who: Who, key: &IdempotencyKey, request: AddRequest) -> Result<AddAnswer, CardError> {
        check(&request)?;
        self.may_attach(who).await?;
        let action = Action::new(self, who, key, "add", &request)?;
        if let Some(answer) = action.answered(self).await? {
            return Ok(answer);
        }
        let this = self.clone();
        let work = self.0.writes.spawn(async move { this.add_now(who, &action, &request).await });
        work.await.map_err(|e| CardError::Inside(format!("the writing task ended early: {e}")))?
    }

    /// Refuses who may not attach and remove invoices.
    pub(super) async fn may_attach(&self, who: Who) -> Result<(), CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let portal = self.portal(who.portal).await?;
        self.allowed(who, &portal.value, deadline).await.to_attach()
    }

    async fn add_now(&self, who: Who, action: &Action, request: &AddRequest) -> Result<AddAnswer, CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let record = self.resolved(who.portal, request.record).await?;
        let request = &AddRequest { record, ..request.clone() };
        let portal = self.portal(who.portal).await?;
        if request.invoices.iter().any(|i| portal.value.connection(i.connection_id).is_none()) {
            return Err(CardError::NoSuchConnection);
        }
        let live = self.live(&portal.value, request, deadline);
        let (gathered, live) = tokio::join!(self.gather(who.portal, &portal.value, request.record, deadline), live);
        let gathered = gathered?;
        let outcomes = decide(request, &gathered, &live);
        let unasked = |o: &AddOutcome| matches!(o, AddOutcome::ErpUnavailable | AddOutcome::HubspotUnavailable);
        let written = outcomes.iter().any(|outcome| !unasked(outcome));
        if !written {
            // Nothing to keep: the same key may try again when the ERP answers.
            return Ok(AddAnswer { results: results(request, &outcomes, &[]) });
        }
        let new_ids: Vec<AssociationId> = outcomes.iter().map(|_| AssociationId(self.0.clock.new_id())).collect();
        let attach = Attach { who, request, outcomes: &outcomes, new_ids, now: self.0.clock.now() };
        let answer = action.run(self, &attach).await;
        self.rows_changed(who, request.record, &gathered.rows.value, &live).await;
        answer
    }

    /// The record's rows changed: what is known of its attached invoices is carried over to the new list of them.
    async fn rows_changed(&self, who: Who, record: RecordRef, old: &RecordRows, live: &Live) {
        self.0.rows.changed_one(&(who.portal, record));
        let new = match self.rows_of(who.portal, record).await {
            Ok(new) => new,
            // Nothing is lost: the next list reads the rows, and the ERP, anew.
            Err(error) => return tracing::warn!(%record, %error, "the record's rows could not be read after a write"),
        };
        for (connection, (attached, _)) in &new.value.by_connection {
            let before =
                old.by_connection.get(connection).map(|(attached, _)| Arc::clone(attached)).unwrap_or_default();
            let read = live.get(connection).and_then(|read| read.as_ref().ok()).map_or(&[][..], Vec::as_slice);
            self.0.reads.carry(*connection, &before, attached, read, self.0.clock.now());
        }
    }

    /// The asked invoices, read live: one that the ERP does not have is not among them.
    async fn live(&self, portal: &super::portal::PortalView, request: &AddRequest, deadline: Instant) -> Live {
        let mut by_connection: BTreeMap<ConnectionId, Vec<InvoiceId>> = BTreeMap::new();
        for asked in &request.invoices {
            by_connection.entry(asked.connection_id).or_default().push(asked.invoice_id.clone());
        }
        let reads = by_connection.into_iter().filter_map(|(id, ids)| Some((portal.connection(id)?, ids)));
        let reads = reads.map(|(connection, ids)| async move {
            let reading = timeout_at(deadline, connection.erp.invoices(Lane::Card, &ids)).await;
            let reading = reading.unwrap_or(Err(ErpError::Unavailable { why: "no answer in time" }));
            (connection.id, reading)
        });
        futures_util::future::join_all(reads).await.into_iter().collect()
    }

    /// Removes an association from its record. It can be undone for ten minutes.
    ///
    /// # Errors
    /// [`CardError::NoSuchAssociation`] when this record has none of this id; database trouble.
    pub async fn remove(
        &self,
        who: Who,
        key: &IdempotencyKey,
        record: RecordRef,
        id: AssociationId,
    ) -> Result<RemoveAnswer, CardError> {
        self.change(who, key, record, id, "remove").await
    }

    /// Undoes a removal.
    ///
    /// # Errors
    /// As [`Cards::remove`]; [`CardError::TooLateToUndo`] after ten minutes.
    pub async fn restore(
        &self,
        who: Who,
        key: &IdempotencyKey,
        record: RecordRef,
        id: AssociationId,
    ) -> Result<RemoveAnswer, CardError> {
        self.change(who, key, record, id, "restore").await
    }

    async fn change(
        &self,
        who: Who,
        key: &IdempotencyKey,
        record: RecordRef,
        id: AssociationId,
        operation: &'static str,
    ) -> Result<RemoveAnswer, CardError> {
        self.may_attach(who).await?;
        let action = Action::new(self, who, key, operation, &(record, id))?;
        if let Some(answer) = action.answered(self).await? {
            return Ok(answer);
        }
        let record = self.resolved(who.portal, record).await?;
        let now = self.0.clock.now();
        self.may_change(who, record, id, operation == "restore", now).await?;
        let (this, change) = (self.clone(), Change { who, id, restore: operation == "restore", now });
        let work = self.0.writes.spawn(async move {
            let before = this.rows_of(who.portal, record).await?;
            let answer = action.run(&this, &change).await;
            this.rows_changed(who, record, &before.value, &Live::new()).await;
            answer
        });
        work.await.map_err(|e| CardError::Inside(format!("the writing task ended early: {e}")))?
    }

    /// Whether the record has this association, and, to restore it, whether its removal is young enough. Rows never
    /// vanish, so what holds here holds in the transaction that follows.
    async fn may_change(
        &self,
        who: Who,
        record: RecordRef,
        id: AssociationId,
        restore: bool,
        now: Millis,
    ) -> Result<(), CardError> {
        let row = in_tx!(self.0.db, read "association", |tx| { associations::get(tx, who.portal, id).await })?;
        let row = row.filter(|row| row.record == record).ok_or(CardError::NoSuchAssociation)?;
        if restore && row.removed_at.is_some_and(|at| now.since(at) > UNDO) {
            return Err(CardError::TooLateToUndo);
        }
        Ok(())
    }
}

/// Attaches what may be attached.
struct Attach<'a> {
    who: Who,
    request: &'a AddRequest,
    outcomes: &'a [AddOutcome],
    new_ids: Vec<AssociationId>,
    now: Millis,
}

#[async_trait]
impl Work for Attach<'_> {
    type Answer = AddAnswer;

    async fn run(&self, tx: &mut Tx) -> Result<AddAnswer, StoreError> {
        let mut attached = Vec::new();
        for ((asked, outcome), id) in self.request.invoices.iter().zip(self.outcomes).zip(&self.new_ids) {
            if *outcome != AddOutcome::Added {
                attached.push(None);
                continue;
            }
            let new = NewAssociation {
                id: *id,
                portal_id: self.who.portal,
                record: self.request.record,
                connection_id: asked.connection_id,
                invoice_id: &asked.invoice_id,
                added_by: self.who.user,
            };
            attached.push(Some(associations::attach(tx, new, self.now).await?));
        }
        Ok(AddAnswer { results: results(self.request, self.outcomes, &attached) })
    }
}

/// Removes an association, or undoes that.
struct Change {
    who: Who,
    id: AssociationId,
    restore: bool,
    now: Millis,
}

#[async_trait]
impl Work for Change {
    type Answer = RemoveAnswer;

    async fn run(&self, tx: &mut Tx) -> Result<RemoveAnswer, StoreError> {
        if self.restore {
            restored(associations::restore(tx, self.who.portal, self.id, self.now, UNDO).await?)
        } else {
            removed(associations::remove(tx, self.who.portal, self.id, self.who.user, self.now).await?)
        }
    }
}

fn removed(what: Removed) -> Result<RemoveAnswer, StoreError> {
    let (outcome, row) = match what {
        Removed::Removed(row) => (RemoveOutcome::Removed, row),
        Removed::AlreadyRemoved(row) => (RemoveOutcome::AlreadyRemoved, row),
        Removed::Missing => return Err(vanished()),
    };
    Ok(RemoveAnswer { outcome, association_id: row.id, undo_until: row.removed_at.map(|at| at.plus(UNDO)) })
}

fn restored(what: Restored) -> Result<RemoveAnswer, StoreError> {
    let (outcome, row) = match what {
        Restored::Restored(row) => (RemoveOutcome::Restored, row),
        Restored::AlreadyAttached(row) => (RemoveOutcome::AlreadyAttached, row),
        Restored::TooLate | Restored::Missing => return Err(vanished()),
    };
    Ok(RemoveAnswer { outcome, association_id: row.id, undo_until: None })
}

fn vanished() -> StoreError {
    StoreError::Contradiction {
        what: "associations: a row changed in a way that nothing in this program does".to_owned(),
    }
}

fn check(request: &AddRequest) -> Result<(), CardError> {
    if request.invoices.is_empty() {
        return Err(CardError::Invalid("invoices must name at least one invoice".to_owned()));
    }
    if request.invoices.len() > MOST_ADDED {
        let text = format!("invoices may name at most {MOST_ADDED} invoices, not {}", request.invoices.len());
        return Err(CardError::Invalid(text));
    }
    let mut seen = HashSet::new();
    if request.invoices.iter().all(|i| seen.insert((i.connection_id, &i.invoice_id))) {
        return Ok(());
    }
    Err(CardError::Invalid("invoices must not name an invoice twice".to_owned()))
}

/// What becomes of each invoice; [`AddOutcome::Added`] means that it may be attached.
fn decide(request: &AddRequest, gathered: &Gathered, live: &Live) -> Vec<AddOutcome> {
    let one = |asked: &AskedInvoice| {
        if !gathered.verified {
            return AddOutcome::HubspotUnavailable;
        }
        let found = match live.get(&asked.connection_id) {
            Some(Ok(found)) => found,
            Some(Err(ErpError::Permission { .. })) => return AddOutcome::NoPermission,
            Some(Err(_)) | None => return AddOutcome::ErpUnavailable,
        };
        let here = |a: &Association| a.connection_id == asked.connection_id && a.invoice_id == asked.invoice_id;
        let known = |part: &&Part| part.connection.id == asked.connection_id && part.customers_known;
        match found.iter().find(|invoice| invoice.id == asked.invoice_id).map(|invoice| &invoice.customer.id) {
            None => AddOutcome::NotFound,
            Some(customer) if asked.confirmed || belongs(gathered, asked.connection_id, customer) => AddOutcome::Added,
            Some(_) if gathered.rows.value.associations.iter().any(here) => AddOutcome::Added,
            // Whether it is a stranger's cannot be said while some of the record's customers are not known.
            Some(_) if !gathered.parts.iter().any(|part| known(&part)) => AddOutcome::ErpUnavailable,
            Some(_) => AddOutcome::NeedsConfirmation,
        }
    };
    request.invoices.iter().map(one).collect()
}

/// Whether this customer has to do with the record: its own, or that of its company or contacts.
pub(super) fn belongs(gathered: &Gathered, connection: ConnectionId, customer: &CustomerId) -> bool {
    let parts = gathered.parts.iter().filter(|part| part.connection.id == connection);
    parts.into_iter().any(|part| part.own.iter().any(|own| own.id == *customer) || part.related.contains_key(customer))
}

fn results(request: &AddRequest, outcomes: &[AddOutcome], attached: &[Option<Attached>]) -> Vec<AddResult> {
    let all = request.invoices.iter().zip(outcomes).enumerate();
    all.map(|(at, (asked, outcome))| {
        let (outcome, association_id) = match attached.get(at).and_then(Option::as_ref) {
            Some(Attached::Added(row)) => (AddOutcome::Added, Some(row.id)),
            Some(Attached::AlreadyAttached(row)) => (AddOutcome::AlreadyAttached, Some(row.id)),
            None => (*outcome, None),
        };
        AddResult { connection_id: asked.connection_id, invoice_id: asked.invoice_id.clone(), outcome, association_id }
    })
    .collect()
}
