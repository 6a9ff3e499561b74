//! The sums above the list of invoices: one per currency, never across currencies.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    invoice::{Invoice, InvoiceKind},
    money::{Currency, Money},
    status::Standing,
};

/// What is overdue, by how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ageing {
    /// 1 to 30 days past due.
    #[serde(rename = "days1To30")]
    pub days_1_to_30: Money,
    /// 31 to 60 days past due.
    #[serde(rename = "days31To60")]
    pub days_31_to_60: Money,
    /// 61 to 90 days past due.
    #[serde(rename = "days61To90")]
    pub days_61_to_90: Money,
    /// More than 90 days past due.
    #[serde(rename = "over90")]
    pub over_90: Money,
}

/// The sums of one currency. Drafts, voided and rejected documents count nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CurrencySummary {
    /// The currency of every amount here.
    pub currency: Currency,
    /// How many invoices and credit notes are in these sums.
    pub count: u64,
    /// What is left to pay of all unsettled invoices, overdue ones included.
    pub open: Money,
    /// The part of `open` that is past its due date.
    pub overdue: Money,
    /// `overdue` by age.
    pub ageing: Ageing,
    /// What has been paid on invoices.
    pub paid: Money,
    /// What is left to apply of credit notes.
    pub credit: Money,
}

impl CurrencySummary {
    /// All sums zero.
    #[must_use]
    pub const fn empty(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        let ageing = Ageing { days_1_to_30: zero, days_31_to_60: zero, days_61_to_90: zero, over_90: zero };
        Self { currency, count: 0, open: zero, overdue: zero, ageing, paid: zero, credit: zero }
    }

    /// Takes in `open` of which the due date lies `days_overdue` days back (0: not due), once for `count` documents.
    pub fn take_open(&mut self, open: Decimal, days_overdue: i32) {
        add(&mut self.open, open);
        if days_overdue <= 0 {
            return;
        }
        add(&mut self.overdue, open);
        let bucket = match days_overdue {
            ..=30 => &mut self.ageing.days_1_to_30,
            31..=60 => &mut self.ageing.days_31_to_60,
            61..=90 => &mut self.ageing.days_61_to_90,
            _ => &mut self.ageing.over_90,
        };
        add(bucket, open);
    }

    /// Takes in what was paid.
    pub fn take_paid(&mut self, paid: Decimal) {
        add(&mut self.paid, paid);
    }

    /// Takes in what is left of credit notes.
    pub fn take_credit(&mut self, credit: Decimal) {
        add(&mut self.credit, credit);
    }
}

/// Adds within one currency; a sum beyond 28 digits stays at what it was, which no ledger reaches.
fn add(sum: &mut Money, amount: Decimal) {
    let currency = sum.currency();
    *sum = sum.plus(Money::new(amount, currency)).unwrap_or(*sum);
}

/// The sums per currency, in the order of the currency codes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary(BTreeMap<Currency, CurrencySummary>);

impl Summary {
    /// The sums of `invoices` as they stand on `today`.
    #[must_use]
    pub fn of<'a>(invoices: impl IntoIterator<Item = &'a Invoice>, today: Date) -> Self {
        let mut summary = Self::default();
        for invoice in invoices {
            summary.take(invoice, today);
        }
        summary
    }

    /// Takes in one invoice or credit note.
    pub fn take(&mut self, invoice: &Invoice, today: Date) {
        if !matches!(invoice.standing, Standing::Open | Standing::Paid) {
            return;
        }
        let sums = self.of_currency(invoice.total.currency());
        sums.count += 1;
        if invoice.kind == InvoiceKind::CreditNote {
            sums.take_credit(invoice.remaining.amount());
            return;
        }
        sums.take_paid(invoice.paid.amount());
        if invoice.standing == Standing::Open {
            sums.take_open(invoice.remaining.amount(), invoice.days_overdue(today));
        }
    }

    /// The sums of one currency, made empty when it was not there.
    pub fn of_currency(&mut self, currency: Currency) -> &mut CurrencySummary {
        self.0.entry(currency).or_insert_with(|| CurrencySummary::empty(currency))
    }

    /// Adds the sums of `other`, currency by currency.
    pub fn merge(&mut self, other: &Self) {
        for theirs in other.currencies() {
            let ours = self.of_currency(theirs.currency);
            ours.count += theirs.count;
            for (to, from) in [
                (&mut ours.open, theirs.open),
                (&mut ours.overdue, theirs.overdue),
                (&mut ours.ageing.days_1_to_30, theirs.ageing.days_1_to_30),
                (&mut ours.ageing.days_31_to_60, theirs.ageing.days_31_to_60),
                (&mut ours.ageing.days_61_to_90, theirs.ageing.days_61_to_90),
                (&mut ours.ageing.over_90, theirs.ageing.over_90),
                (&mut ours.paid, theirs.paid),
                (&mut ours.credit, theirs.credit),
            ] {
                add(to, from.amount());
            }
        }
    }

    /// The sums, one per currency, in the order of the codes.
    pub fn currencies(&self) -> impl Iterator<Item = &CurrencySummary> {
        self.0.values()
    }
}
