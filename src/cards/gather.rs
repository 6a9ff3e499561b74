//! Gathering what is known of a record: rows of our own, facts from HubSpot, documents from each ERP.
//!
//! Promise: everything that does not depend on each other is asked at once, and nobody waits past the deadline.
//! Never: decides what the card shows; that is `view`'s and `list`'s business.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::join_all;
use jiff::civil::Date;
use tokio::time::Instant;

use super::{
    Cards,
    answer::list::{Candidate, CustomerBasis, SuggestionReason},
    cache::{Age, Held, Reading},
    error::CardError,
    facts::RecordFacts,
    freshness::Notes,
    portal::{ErpConnection, PortalView},
    remembered::Kept,
    sync::{self, Standing},
};
use crate::{
    domain::{
        customer::{CustomerKey, CustomerRef},
        ids::{ConnectionId, CustomerId, InvoiceId, PortalId},
        invoice::Invoice,
        record::{ObjectType, RecordRef},
        summary::Summary,
    },
    erp::{ErpError, Ledger},
    hubspot::HubSpotError,
    in_tx,
    store::{
        aliases,
        associations::{self, Association},
        links::{self, Link, LinkKind},
    },
};

/// Our own rows about a record.
pub(super) struct RecordRows {
    /// The record these are about: another than the asked one where that was merged into it.
    pub(super) record: RecordRef,
    pub(super) associations: Vec<Association>,
    /// By connection: the attached invoices and the linked customers, sorted, as the caches' keys want them.
    pub(super) by_connection: HashMap<ConnectionId, Known>,
    /// How the record stands with the flows that write it.
    pub(super) sync: Vec<Standing>,
}

/// Attached invoices and linked customers of one connection.
pub(super) type Known = (Arc<[InvoiceId]>, Arc<[CustomerId]>);

/// A customer of the record itself.
#[derive(Clone)]
pub(super) struct OwnCustomer {
    pub(super) id: CustomerId,
    pub(super) basis: CustomerBasis,
    /// What the ERP says of it, where it was asked.
    pub(super) known: Option<CustomerRef>,
}

/// What one connection has for the record.
pub(super) struct Part {
    pub(super) connection: ErpConnection,
    pub(super) own: Vec<OwnCustomer>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) ledger: Option<Reading<Ledger, ErpError>>,
    pub(super) totals: Option<Reading<Summary, ErpError>>,
    pub(super) attached: Option<Reading<Vec<Invoice>, ErpError>>,
    /// Customers of associated records: why, and through which record.
    pub(super) related: HashMap<CustomerId, (SuggestionReason, RecordRef)>,
    pub(super) related_ledger: Option<Reading<Ledger, ErpError>>,
    /// How new the readings are that the rows need.
    pub(super) notes: Notes,
    /// How new the readings are that only suggestions need.
    pub(super) suggesting: Notes,
    /// Whether every customer that has to do with the record is known.
    pub(super) customers_known: bool,
    /// The serial of the reading that matched customers by e-mail, if one was needed.
    pub(super) matched_serial: u64,
    /// The serial of the reading that named linked customers, if one was needed.
    pub(super) named_serial: u64,
}

impl Part {
    fn new(connection: &ErpConnection) -> Self {
        Self {
            connection: connection.clone(),
            own: Vec::new(),
            candidates: Vec::new(),
            ledger: None,
            totals: None,
            attached: None,
            related: HashMap::new(),
            related_ledger: None,
            notes: Notes::default(),
            suggesting: Notes::default(),
            customers_known: false,
            matched_serial: 0,
            named_serial: 0,
        }
    }

    /// The ids of related customers, as the caches' keys want them.
    pub(super) fn related_ids(&self) -> Arc<[CustomerId]> {
        let mut customers: Vec<CustomerId> = self.related.keys().cloned().collect();
        customers.sort_unstable();
        customers.truncate(super::MOST_RELATED);
        customers.into()
    }

    /// The ids of the record's own customers, as the caches' keys want them.
    pub(super) fn own_ids(&self) -> Arc<[CustomerId]> {
        self.own.iter().map(|c| c.id.clone()).collect()
    }
}

/// All that is known of a record now.
pub(super) struct Gathered {
    pub(super) record: RecordRef,
    pub(super) today: Date,
    pub(super) rows: Arc<Kept<RecordRows>>,
    pub(super) facts_serial: u64,
    /// Whether HubSpot answered just now or lately; the facts may be older where it did not.
    pub(super) hubspot_reachable: bool,
    /// Whether HubSpot said that this portal has this record.
    pub(super) verified: bool,
    pub(super) parts: Vec<Part>,
}

/// A record's facts and how new they are.
pub(super) type FactsHeld = Held<RecordFacts, HubSpotError>;

/// What a gathering is about.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) portal_id: PortalId,
    pub(super) record: RecordRef,
    pub(super) today: Date,
    pub(super) deadline: Instant,
    pub(super) rows: &'a RecordRows,
}

impl Cards {
    /// Our own rows about a record, or about the one it was merged into.
    pub(super) async fn rows_of(
        &self,
        portal: PortalId,
        record: RecordRef,
    ) -> Result<Arc<Kept<RecordRows>>, CardError> {
        let rows = self.rows_at(portal, record).await?;
        if rows.value.record == record {
            return Ok(rows);
        }
        // Kept under the id it has now, too: a write makes that one old.
        self.rows_at(portal, rows.value.record).await
    }

    async fn rows_at(&self, portal: PortalId, record: RecordRef) -> Result<Arc<Kept<RecordRows>>, CardError> {
        let load = async || {
            let (now, associations, links, sync) = in_tx!(self.0.db, read "record rows", |tx| {
                let now = aliases::resolve(tx, portal, record).await?;
                if now != record {
                    return Ok((now, Vec::new(), Vec::new(), Vec::new()));
                }
                let attached = associations::active_of_record(tx, portal, record).await?;
                let links = links::of_record(tx, portal, record).await?;
                let sync = sync::standing(tx, portal, &links).await?;
                Ok((record, attached, links, sync))
            })?;
            Ok(record_rows(now, associations, &links, sync))
        };
        self.0.rows.get(&(portal, record), load).await
    }

    /// The record under the id it has now: old ids keep resolving after a merge.
    pub(super) async fn resolved(&self, portal: PortalId, record: RecordRef) -> Result<RecordRef, CardError> {
        Ok(self.rows_of(portal, record).await?.value.record)
    }

    /// Everything known of `record` until `deadline`.
    pub(super) async fn gather(
        &self,
        portal_id: PortalId,
        portal: &PortalView,
        record: RecordRef,
        deadline: Instant,
    ) -> Result<Gathered, CardError> {
        let rows = self.rows_of(portal_id, record).await?;
        let record = rows.value.record;
        let scope = Scope { portal_id, record, today: self.today(portal), deadline, rows: &rows.value };
        let first = join_all(portal.connections.iter().map(|c| self.read_known(scope, c)));
        let (facts, mut parts) = tokio::join!(self.0.facts.of(portal_id, record, deadline), first);
        let (mut facts_serial, mut reachable, mut verified) = (0, true, false);
        match facts {
            Reading::Held(held) => {
                (facts_serial, verified) = (held.serial, true);
                reachable = !matches!(held.age, Age::Stale(_));
                join_all(parts.iter_mut().map(|part| self.read_found(scope, part, &held))).await;
            }
            Reading::Failed(HubSpotError::Missing) => return Err(CardError::NoSuchRecord),
            Reading::Failed(error) => {
                tracing::warn!(portal = %portal_id, %record, %error, "HubSpot could not be asked about a record");
                reachable = false;
            }
            Reading::Loading => {
                for part in &mut parts {
                    part.suggesting.loads();
                    if record.object_type == ObjectType::Contact && part.own.is_empty() {
                        part.notes.loads();
                    }
                }
            }
        }
        Ok(Gathered {
            record,
            today: self.today(portal),
            rows,
            facts_serial,
            hubspot_reachable: reachable,
            verified,
            parts,
        })
    }

    /// Reads what our own rows name: attached invoices, and the documents of linked customers.
    async fn read_known(&self, scope: Scope<'_>, connection: &ErpConnection) -> Part {
        let mut part = Part::new(connection);
        let Some((attached, linked)) = scope.rows.by_connection.get(&connection.id) else { return part };
        let own = |id: &CustomerId| OwnCustomer { id: id.clone(), basis: CustomerBasis::Linked, known: None };
        part.own = linked.iter().map(own).collect();
        tokio::join!(self.read_ledger(scope, linked, &mut part.ledger, &mut part.totals, connection), async {
            if !attached.is_empty() {
                part.attached = Some(self.0.reads.invoices(connection, attached, scope.deadline).await);
            }
        });
        self.name_linked(scope, &mut part).await;
        part.note();
        part
    }

    /// A linked customer without any document still has a name.
    async fn name_linked(&self, scope: Scope<'_>, part: &mut Part) {
        let documents = |id: &CustomerId| match &part.ledger {
            Some(Reading::Held(held)) => held.value.invoices.iter().any(|i| i.customer.id == *id),
            _ => true,
        };
        let nameless: Vec<CustomerId> = part.own.iter().map(|c| c.id.clone()).filter(|id| !documents(id)).collect();
        if nameless.is_empty() {
            return;
        }
        let key = CustomerKey::Ids(nameless);
        let reading = self.0.reads.customers(&part.connection, &key, scope.deadline).await;
        part.notes.take(&reading);
        if let Reading::Held(held) = reading {
            part.named_serial = held.serial;
            for own in &mut part.own {
                let found = held.value.iter().find(|c| c.who.id == own.id);
                own.known = found.map(|c| c.who.clone()).or(own.known.take());
            }
        }
    }

    pub(super) async fn read_ledger(
        &self,
        scope: Scope<'_>,
        customers: &Arc<[CustomerId]>,
        ledger: &mut Option<Reading<Ledger, ErpError>>,
        totals: &mut Option<Reading<Summary, ErpError>>,
        connection: &ErpConnection,
    ) {
        if customers.is_empty() {
            return;
        }
        let reading = self.0.reads.ledger(connection, customers, scope.deadline).await;
        if let Reading::Held(held) = &reading
            && held.value.of > held.value.invoices.len() as u64
        {
            *totals = Some(self.0.reads.totals(connection, customers, scope.today, scope.deadline).await);
        }
        *ledger = Some(reading);
    }
}

impl Part {
    /// How new what is shown of this part is: the rows, or, where there can be none, the suggestions.
    pub(super) fn shown(&self) -> &Notes {
        if self.notes.is_empty() { &self.suggesting } else { &self.notes }
    }

    /// Takes the readings that the list needs into the notes.
    pub(super) fn note(&mut self) {
        if let Some(reading) = &self.ledger {
            self.notes.take(reading);
        }
        if let Some(reading) = &self.totals {
            self.notes.take(reading);
        }
        if let Some(reading) = &self.attached {
            self.notes.take(reading);
        }
    }
}

fn record_rows(record: RecordRef, associations: Vec<Association>, links: &[Link], sync: Vec<Standing>) -> RecordRows {
    let mut each: HashMap<ConnectionId, (Vec<InvoiceId>, Vec<CustomerId>)> = HashMap::new();
    for association in &associations {
        each.entry(association.connection_id).or_default().0.push(association.invoice_id.clone());
    }
    for link in links.iter().filter(|link| link.kind == LinkKind::Customer) {
        each.entry(link.connection_id).or_default().1.push(link.erp_id.customer());
    }
    let sorted = |(id, (mut invoices, mut customers)): (ConnectionId, (Vec<InvoiceId>, Vec<CustomerId>))| {
        invoices.sort_unstable();
        customers.sort_unstable();
        customers.dedup();
        (id, (invoices.into(), customers.into()))
    };
    RecordRows { record, by_connection: each.into_iter().map(sorted).collect(), associations, sync }
}
