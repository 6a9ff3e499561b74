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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::invoice::samples::open;

    const DAY: Date = Date::constant(2026, 6, 15);

    fn due(days_ago: i32, amount: i64, currency: &str) -> Invoice {
        let currency = currency.parse().unwrap();
        let money = Money::new(Decimal::new(amount, 2), currency);
        let due = DAY.checked_sub(jiff::Span::new().days(days_ago)).unwrap();
        Invoice { due: Some(due), total: money, remaining: money, paid: Money::zero(currency), ..open("1") }
    }

    fn only(summary: &Summary) -> CurrencySummary {
        let all: Vec<_> = summary.currencies().copied().collect();
        assert_eq!(all.len(), 1);
        all[0]
    }

    #[test]
    fn each_age_falls_into_its_bucket() {
        for (days, wanted) in [
            (0, [0; 4]),
            (1, [1, 0, 0, 0]),
            (30, [1, 0, 0, 0]),
            (31, [0, 1, 0, 0]),
            (60, [0, 1, 0, 0]),
            (61, [0, 0, 1, 0]),
            (90, [0, 0, 1, 0]),
            (91, [0, 0, 0, 1]),
        ] {
            let sums = only(&Summary::of(&[due(days, 100, "EUR")], DAY));
            let ageing = sums.ageing;
            let found = [ageing.days_1_to_30, ageing.days_31_to_60, ageing.days_61_to_90, ageing.over_90];
            assert_eq!(found.map(|m| i32::from(m.is_positive())), wanted, "{days} days");
        }
    }

    #[test]
    fn drafts_voids_and_rejected_count_nowhere_and_credits_stand_apart() {
        let mut credit = due(100, 500, "EUR");
        credit.kind = InvoiceKind::CreditNote;
        let odd = [Standing::Draft, Standing::Voided, Standing::Rejected]
            .map(|standing| Invoice { standing, ..due(5, 100, "EUR") });
        let sums = only(&Summary::of(odd.iter().chain([&credit]), DAY));
        assert_eq!(
            (sums.count, sums.open.to_string(), sums.overdue.to_string()),
            (1, "0.00 EUR".into(), "0.00 EUR".into())
        );
        assert_eq!(sums.credit.to_string(), "5.00 EUR");
    }

    proptest! {
        #[test]
        fn sums_add_up_and_currencies_stay_apart(
            rows in proptest::collection::vec((-50_i32..200, 0_i64..1_000_000, prop::bool::ANY), 0..40)
        ) {
            let invoices: Vec<Invoice> =
                rows.iter().map(|(days, amount, eur)| due(*days, *amount, if *eur { "EUR" } else { "JPY" })).collect();
            let summary = Summary::of(&invoices, DAY);
            for sums in summary.currencies() {
                let wanted: Decimal = invoices.iter().filter(|i| i.total.currency() == sums.currency).map(|i| i.remaining.amount()).sum();
                prop_assert_eq!(sums.open.amount(), wanted);
                let ageing = sums.ageing;
                let aged = [ageing.days_1_to_30, ageing.days_31_to_60, ageing.days_61_to_90, ageing.over_90];
                let aged: Decimal = aged.iter().map(Money::amount).sum();
                prop_assert_eq!(sums.overdue.amount(), aged);
            }
            let (left, right) = invoices.split_at(invoices.len() / 2);
            let mut merged = Summary::of(left, DAY);
            merged.merge(&Summary::of(right, DAY));
            prop_assert_eq!(merged, summary);
        }
    }
}
