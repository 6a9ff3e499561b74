//! From what was gathered to what can be shown: one row a document, the sums, the suggestions. Pure.
//!
//! Promise: a document occurs once, whatever brought it here; sums never mix currencies; the order of rows is total, so
//! that paging never repeats or loses one.
//! Never: reads anything, or knows how new its input is.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use jiff::civil::Date;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    answer::{
        list::{CustomerBasis, CustomerView, MissingReason, MissingRow, Suggestion, Truncated},
        row::{Attachment, Basis, InvoiceRow},
    },
    cache::Reading,
    gather::{Gathered, Part},
};
use crate::{
    domain::{
        customer::CustomerRef,
        ids::{ConnectionId, InvoiceId},
        invoice::Invoice,
        query::Features,
        status::Status,
        summary::Summary,
    },
    erp::{ErpError, Ledger},
};

/// How many suggestions a list shows.
const SUGGESTIONS: usize = 5;

/// A row with what filtering and sending it needs.
pub(super) struct ViewRow {
    pub(super) row: InvoiceRow,
    /// What a search compares.
    pub(super) features: Features,
    json: OnceLock<Arc<RawValue>>,
}

impl ViewRow {
    fn new(row: InvoiceRow, invoice: &Invoice) -> Self {
        Self { row, features: Features::of(invoice), json: OnceLock::new() }
    }

    /// The row as JSON, made once.
    pub(super) fn json(&self) -> Arc<RawValue> {
        Arc::clone(self.json.get_or_init(|| json(&self.row)))
    }
}

/// A part of an answer as JSON, to be sent as often as it is asked for.
pub(super) fn json<T: Serialize + ?Sized>(part: &T) -> Arc<RawValue> {
    let text = serde_json::value::to_raw_value(part);
    // Texts, numbers and checked ids always serialise.
    text.map_or_else(|_| Arc::from(RawValue::NULL.to_owned()), Arc::from)
}

/// Everything a record's list can show, in the default order (newest first). What does not depend on the page is JSON
/// already: it goes out with every answer.
pub(super) struct View {
    /// What it was made of: equal stamps mean an equal view.
    pub(super) stamp: Vec<u64>,
    pub(super) rows: Vec<ViewRow>,
    /// A list of [`MissingRow`].
    pub(super) missing: Arc<RawValue>,
    /// A list of [`CustomerView`].
    pub(super) customers: Arc<RawValue>,
    /// A list of [`CurrencySummary`](crate::domain::summary::CurrencySummary).
    pub(super) summary: Arc<RawValue>,
    /// Whether the sums cover everything.
    pub(super) summary_complete: bool,
    /// A list of [`Suggestion`].
    pub(super) suggestions: Arc<RawValue>,
    pub(super) truncated: Option<Truncated>,
}

/// The serials of everything that a view is made of, and the day.
pub(super) fn stamp(gathered: &Gathered) -> Vec<u64> {
    let day = gathered.today;
    let day = u64::from(day.year().unsigned_abs()) * 400 + u64::from(day.day_of_year().unsigned_abs());
    let mut stamp = vec![day, gathered.rows.serial, gathered.facts_serial];
    for part in &gathered.parts {
        let ledgers = [&part.ledger, &part.related_ledger].map(|l| l.as_ref().map_or(0, serial));
        stamp.extend(ledgers);
        stamp.push(part.totals.as_ref().map_or(0, serial));
        stamp.push(part.attached.as_ref().map_or(0, serial));
        stamp.extend([part.matched_serial, part.named_serial]);
    }
    stamp
}

fn serial<V>(reading: &Reading<V, ErpError>) -> u64 {
    match reading {
        Reading::Held(held) => held.serial,
        Reading::Loading => u64::MAX,
        Reading::Failed(_) => u64::MAX - 1,
    }
}

/// The view of what was gathered.
pub(super) fn build(gathered: &Gathered, stamp: Vec<u64>) -> View {
    let attachments: HashMap<(ConnectionId, &InvoiceId), Attachment> = gathered
        .rows
        .value
        .associations
        .iter()
        .map(|a| {
            let who = Attachment { association_id: a.id, added_by: a.added_by, added_at: a.added_at };
            ((a.connection_id, &a.invoice_id), who)
        })
        .collect();
    let (mut rows, mut missing, mut customers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut summary, mut complete, mut truncated, mut suggestions) = (Summary::default(), true, None, Vec::new());
    for part in &gathered.parts {
        let documents = documents(part);
        complete &= sum_up(part, &documents, gathered.today, &mut summary, &mut truncated);
        missing.extend(missing_rows(part, gathered, &documents));
        customers.extend(part.own.iter().map(|own| CustomerView {
            who: own.known.clone().unwrap_or_else(|| name_of(&own.id, &documents)),
            connection_id: part.connection.id,
            basis: own.basis,
            url: part.connection.erp.customer_page(&own.id),
        }));
        suggestions.extend(suggested(part, gathered.today, &documents));
        for (invoice, basis) in documents.into_values() {
            let attachment = attachments.get(&(part.connection.id, &invoice.id)).copied();
            let basis = if attachment.is_some() { Basis::Attached } else { basis };
            let row = InvoiceRow::of(part.connection.id, invoice, gathered.today, Some(basis), attachment);
            rows.push(ViewRow::new(row, invoice));
        }
    }
    rows.sort_by(|a, b| order(&a.row, &b.row));
    View {
        stamp,
        rows,
        missing: json(&missing),
        customers: json(&customers),
        summary: json(&summary.currencies().collect::<Vec<_>>()),
        summary_complete: complete,
        suggestions: json(&suggestions),
        truncated,
    }
}

/// The default order: newest first, then by number and id, so that it is total.
fn order(a: &InvoiceRow, b: &InvoiceRow) -> Ordering {
    (b.date, &b.number, &b.id).cmp(&(a.date, &a.number, &a.id))
}

/// Documents by id, and why each is on the record.
pub(super) type Documents<'a> = BTreeMap<&'a InvoiceId, (&'a Invoice, Basis)>;

/// The documents of the record in one connection, each once: those of its customers, and the attached ones.
pub(super) fn documents(part: &Part) -> Documents<'_> {
    let basis = match part.own.first().map(|own| own.basis) {
        Some(CustomerBasis::MatchedByEmail) => Basis::MatchedByEmail,
        _ => Basis::Linked,
    };
    let mut documents = Documents::new();
    if let Some(Reading::Held(attached)) = &part.attached {
        documents.extend(attached.value.iter().map(|i| (&i.id, (i, Basis::Attached))));
    }
    if let Some(Reading::Held(ledger)) = &part.ledger {
        documents.extend(ledger.value.invoices.iter().map(|i| (&i.id, (i, basis))));
    }
    documents
}

/// Adds the part's sums; where the list does not cover all documents, the ERP's own totals stand for the customers. False
/// where those are not there: then the customers are in no sum, rather than in a wrong one.
fn sum_up(
    part: &Part,
    documents: &Documents<'_>,
    today: Date,
    summary: &mut Summary,
    truncated: &mut Option<Truncated>,
) -> bool {
    let ledger = match &part.ledger {
        Some(Reading::Held(held)) => Some(held.value.as_ref()),
        Some(_) => return false,
        None => None,
    };
    let beyond = |ledger: &&Ledger| ledger.of > ledger.invoices.len() as u64;
    let Some(ledger) = ledger.filter(beyond) else {
        summary.merge(&Summary::of(documents.values().map(|(i, _)| *i), today));
        return !matches!(part.attached, Some(Reading::Loading | Reading::Failed(_)));
    };
    let more = Truncated { shown: ledger.invoices.len() as u64, of: ledger.of };
    let sum = |t: &Truncated| Truncated { shown: t.shown + more.shown, of: t.of + more.of };
    *truncated = Some(truncated.as_ref().map_or(more, sum));
    let foreign = |i: &&Invoice| !part.own.iter().any(|own| own.id == i.customer.id);
    summary.merge(&Summary::of(documents.values().map(|(i, _)| *i).filter(foreign), today));
    let Some(Reading::Held(totals)) = &part.totals else { return false };
    summary.merge(&totals.value);
    true
}

fn missing_rows(part: &Part, gathered: &Gathered, documents: &Documents<'_>) -> Vec<MissingRow> {
    let reason = match &part.attached {
        Some(Reading::Held(_)) => MissingReason::DeletedInErp,
        Some(Reading::Failed(_)) => MissingReason::NotReadableNow,
        Some(Reading::Loading) | None => return Vec::new(),
    };
    let here = gathered.rows.value.associations.iter().filter(|a| a.connection_id == part.connection.id);
    here.filter(|a| !documents.contains_key(&a.invoice_id))
        .map(|a| MissingRow {
            connection_id: a.connection_id,
            id: a.invoice_id.clone(),
            attachment: Attachment { association_id: a.id, added_by: a.added_by, added_at: a.added_at },
            reason,
        })
        .collect()
}

/// A customer's name as its own documents give it; its bare id where there are none.
fn name_of(id: &crate::domain::ids::CustomerId, documents: &Documents<'_>) -> CustomerRef {
    let document = documents.values().find(|(i, _)| i.customer.id == *id);
    document.map_or_else(
        || CustomerRef { id: id.clone(), number: String::new(), name: id.to_string() },
        |(i, _)| i.customer.clone(),
    )
}

/// The first few documents of related customers that are not on the record yet: unsettled first, then newest.
pub(super) fn suggested_invoices<'a>(part: &'a Part, documents: &Documents<'_>) -> Vec<&'a Invoice> {
    let Some(Reading::Held(ledger)) = &part.related_ledger else { return Vec::new() };
    let mut invoices: Vec<&Invoice> = ledger.value.invoices.iter().filter(|i| !documents.contains_key(&i.id)).collect();
    invoices.sort_by_key(|i| (!i.remaining.is_positive(), Reverse(i.date), Reverse(i.id.clone())));
    invoices
}

fn suggested(part: &Part, today: Date, documents: &Documents<'_>) -> Vec<Suggestion> {
    let rows = suggested_invoices(part, documents).into_iter().take(SUGGESTIONS);
    rows.filter_map(|invoice| {
        let (reason, via) = *part.related.get(&invoice.customer.id)?;
        Some(Suggestion { row: InvoiceRow::of(part.connection.id, invoice, today, None, None), reason, via })
    })
    .collect()
}

/// The rank of a status in an invoice's life, for sorting.
pub(super) fn rank(status: Status) -> usize {
    Status::ALL.iter().position(|s| *s == status).unwrap_or(Status::ALL.len())
}

/// Roughly how many bytes a view holds.
pub(super) fn bytes(view: &View) -> usize {
    let parts = [&view.missing, &view.customers, &view.summary, &view.suggestions];
    view.rows.len() * 1_400 + parts.map(|part| part.get().len()).iter().sum::<usize>() + 500
}
