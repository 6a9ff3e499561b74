//! One invoice or credit note: head, lines, taxes, what settles it, and the sums that only the record service knows.
//!
//! Lines and settlements come through SuiteQL, where invoices and credit notes look alike and payments can be asked for at
//! all; sub-totals come from the record. A role that may search but not open the record gets sums made of the lines.

use super::{
    Answered, Columns, Extent, NetSuite, Optional, Refusal, calls::PAGE, map, statements, statements::Statement,
    wire::Fields,
};
use crate::{
    domain::{
        invoice::{InvoiceDetail, InvoiceKind, InvoiceLine, TaxLine},
        money::{Currency, Money},
    },
    erp::{ErpError, Lane},
};

/// The most lines that are shown.
const MOST_LINES: usize = 2 * PAGE;

/// Reads the document with this id. Waits for its head, then for three calls at once.
pub(super) async fn read(netsuite: &NetSuite, lane: Lane, id: u64) -> Result<InvoiceDetail, ErpError> {
    let heads = netsuite.rows(lane, Extent::UpTo(1), |columns: &Columns| statements::by_ids(columns, &[id])).await?;
    let head = netsuite.heads(&heads)?.pop().ok_or(ErpError::Missing)?;
    let credit_note = head.kind == InvoiceKind::CreditNote;
    let name = if credit_note { "creditMemo" } else { "invoice" };
    let (record, lines, settled) = tokio::join!(
        netsuite.calls.record(lane, name, id),
        netsuite.rows(lane, Extent::UpTo(MOST_LINES), |columns: &Columns| statements::lines(columns, id)),
        settlements(netsuite, lane, id, credit_note),
    );
    let currency = head.total.currency();
    let (lines, taxes) = split(&lines?, head.kind, currency)?;
    let sums = match readable(record)? {
        Some(record) => map::sums(&record, currency)?,
        None => map::Sums::default(),
    };
    let payments = settled?;
    let payments = payments.iter().map(|row| map::payment(row, currency, &netsuite.calls.addresses));
    Ok(InvoiceDetail {
        subtotal: sums.subtotal.or_else(|| sum(currency, lines.iter().map(|line| line.amount))),
        discount: sums.discount,
        shipping: sums.shipping,
        tax_total: sums.tax_total.or_else(|| sum(currency, taxes.iter().map(|tax| tax.amount))),
        terms: sums.terms,
        payments: payments.collect::<Result<_, _>>()?,
        head,
        lines,
        taxes,
    })
}

/// What settles the document, or is settled by it; nothing where the account cannot tell.
async fn settlements(netsuite: &NetSuite, lane: Lane, id: u64, credit_note: bool) -> Result<Vec<Fields>, ErpError> {
    if !netsuite.columns().has(Optional::Links) {
        return Ok(Vec::new());
    }
    let build = |columns: &Columns| {
        if columns.has(Optional::Links) { statements::settlements(columns, id, credit_note) } else { nothing() }
    };
    Ok(netsuite.rows(lane, Extent::UpTo(PAGE), build).await?.rows)
}

/// A statement without rows, for what an account turned out not to have.
fn nothing() -> Statement {
    Statement::plain("SELECT t.id AS id FROM transaction t WHERE t.id = 0")
}

/// The record, or none where the role may not open it or this account's record service does not know it.
fn readable(record: Result<Fields, Refusal>) -> Result<Option<Fields>, ErpError> {
    match record {
        Ok(record) => Ok(Some(record)),
        Err(Refusal::Final(ErpError::Missing | ErpError::Permission { .. } | ErpError::Broken { .. })) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

fn split(
    answered: &Answered,
    kind: InvoiceKind,
    currency: Currency,
) -> Result<(Vec<InvoiceLine>, Vec<TaxLine>), ErpError> {
    let (mut goods, mut taxes) = (Vec::new(), Vec::new());
    for row in &answered.rows {
        match map::line(row, kind, currency)? {
            map::Line::Goods(line) => goods.push(line),
            map::Line::Tax(tax) => taxes.push(tax),
        }
    }
    Ok((goods, taxes))
}

fn sum(currency: Currency, amounts: impl Iterator<Item = Money>) -> Option<Money> {
    amounts.into_iter().try_fold(Money::zero(currency), |sum, amount| sum.plus(amount).ok())
}
