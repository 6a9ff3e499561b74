//! Invoices and credit notes, read live from an ERP and never stored.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    customer::CustomerRef,
    ids::InvoiceId,
    money::Money,
    status::{Standing, Status},
};

/// Invoice or credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// The customer owes it.
    Invoice,
    /// The customer is owed it. Amounts are positive here too.
    CreditNote,
}

/// The head of an invoice or credit note. All amounts are in the document's own currency and positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The ERP's id.
    pub id: InvoiceId,
    /// Invoice or credit note.
    pub kind: InvoiceKind,
    /// The number people read.
    pub number: String,
    /// Who it is for.
    pub customer: CustomerRef,
    /// The day it was issued.
    pub date: Date,
    /// The day it is due, where the ERP has one.
    pub due: Option<Date>,
    /// What the ERP says of it.
    pub standing: Standing,
    /// The ERP's own words for that, for people who know the ERP.
    pub raw_status: String,
    /// The whole amount.
    pub total: Money,
    /// What has been paid (of a credit note: applied).
    pub paid: Money,
    /// What is left to pay (of a credit note: to apply).
    pub remaining: Money,
    /// The customer's purchase order number.
    pub po_number: Option<String>,
    /// A free remark.
    pub memo: Option<String>,
    /// The subsidiary that issued it, where the ERP has several.
    pub subsidiary: Option<String>,
    /// The page about it in the ERP.
    pub url: String,
}

impl Invoice {
    /// The status on the calendar day `today` of the reader's portal.
    ///
    /// Open and past its due date is overdue, whatever was paid so far; on the due date itself it is not.
    /// Credit notes are never overdue.
    #[must_use]
    pub fn status(&self, today: Date) -> Status {
        match self.standing {
            Standing::Draft => Status::Draft,
            Standing::Paid => Status::Paid,
            Standing::Voided => Status::Voided,
            Standing::Rejected => Status::Rejected,
            Standing::Open if self.days_overdue(today) > 0 => Status::Overdue,
            Standing::Open if self.paid.is_positive() => Status::PartiallyPaid,
            Standing::Open => Status::Open,
        }
    }

    /// How many days past its due date an open invoice is on `today`; 0 when it is not.
    #[must_use]
    pub fn days_overdue(&self, today: Date) -> i32 {
        if self.standing != Standing::Open || self.kind == InvoiceKind::CreditNote {
            return 0;
        }
        self.due.and_then(|due| due.until(today).ok()).map_or(0, |span| span.get_days().max(0))
    }
}

/// One line of an invoice, amounts positive for goods sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What was sold.
    pub item: String,
    /// More words about it.
    pub description: Option<String>,
    /// How many, as decimal text.
    pub quantity: Option<String>,
    /// Price of one.
    pub unit_price: Option<Money>,
    /// Price of the line without taxes.
    pub amount: Money,
}

/// One tax or charge of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLine {
    /// The ERP's name of the tax.
    pub name: String,
    /// Its rate in percent, as decimal text.
    pub rate: Option<String>,
    /// How much.
    pub amount: Money,
}

/// One payment (or credit) applied to an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The payment's number.
    pub number: String,
    /// The day it was booked.
    pub date: Option<Date>,
    /// How much of it went to this invoice, where the ERP says.
    pub amount: Option<Money>,
    /// Payment, credit note or another kind, in the ERP's word.
    pub kind: String,
    /// The page about it in the ERP.
    pub url: Option<String>,
}

/// Everything the detail panel shows of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDetail {
    /// The head.
    pub head: Invoice,
    /// Sum of the lines before taxes and discounts, where the ERP says.
    pub subtotal: Option<Money>,
    /// The discount, as a positive amount.
    pub discount: Option<Money>,
    /// Shipping costs.
    pub shipping: Option<Money>,
    /// Sum of the taxes.
    pub tax_total: Option<Money>,
    /// The terms of payment in words.
    pub terms: Option<String>,
    /// The goods.
    pub lines: Vec<InvoiceLine>,
    /// The taxes, one a row.
    pub taxes: Vec<TaxLine>,
    /// What was paid and when.
    pub payments: Vec<Payment>,
}

#[cfg(test)]
pub(crate) mod samples {
    //! Invoices for the tests of other modules.

    use super::*;

    /// An open invoice of 100.00 EUR, issued on 2026-01-01 and due on 2026-01-31.
    pub(crate) fn open(id: &str) -> Invoice {
        let currency = "EUR".parse().unwrap();
        Invoice {
            id: id.parse().unwrap(),
            kind: InvoiceKind::Invoice,
            number: format!("INV-{id}"),
            customer: CustomerRef {
                id: "42".parse().unwrap(),
                number: "CUST-42".to_owned(),
                name: "Ann & Co".to_owned(),
            },
            date: Date::constant(2026, 1, 1),
            due: Some(Date::constant(2026, 1, 31)),
            standing: Standing::Open,
            raw_status: "Open".to_owned(),
            total: Money::parse("100", currency).unwrap(),
            paid: Money::zero(currency),
            remaining: Money::parse("100", currency).unwrap(),
            po_number: None,
            memo: None,
            subsidiary: None,
            url: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{samples::open, *};

    #[rstest]
    #[case(Date::constant(2026, 1, 30), Status::Open, 0)]
    #[case(Date::constant(2026, 1, 31), Status::Open, 0)]
    #[case(Date::constant(2026, 2, 1), Status::Overdue, 1)]
    #[case(Date::constant(2027, 1, 31), Status::Overdue, 365)]
    fn overdue_begins_the_day_after_the_due_date(#[case] today: Date, #[case] status: Status, #[case] days: i32) {
        assert_eq!((open("1").status(today), open("1").days_overdue(today)), (status, days));
    }

    #[test]
    fn what_was_paid_shows_until_it_is_overdue() {
        let mut invoice = open("1");
        invoice.paid = Money::parse("40", invoice.total.currency()).unwrap();
        assert_eq!(invoice.status(Date::constant(2026, 1, 15)), Status::PartiallyPaid);
        assert_eq!(invoice.status(Date::constant(2026, 3, 15)), Status::Overdue);
    }

    #[rstest]
    #[case(Standing::Draft, Status::Draft)]
    #[case(Standing::Paid, Status::Paid)]
    #[case(Standing::Voided, Status::Voided)]
    #[case(Standing::Rejected, Status::Rejected)]
    fn only_open_invoices_become_overdue(#[case] standing: Standing, #[case] status: Status) {
        let invoice = Invoice { standing, ..open("1") };
        assert_eq!(invoice.status(Date::constant(2030, 1, 1)), status);
        assert_eq!(invoice.days_overdue(Date::constant(2030, 1, 1)), 0);
    }

    #[test]
    fn credit_notes_and_invoices_without_a_due_date_are_never_overdue() {
        let late = Date::constant(2030, 1, 1);
        assert_eq!(Invoice { kind: InvoiceKind::CreditNote, ..open("1") }.status(late), Status::Open);
        assert_eq!(Invoice { due: None, ..open("1") }.status(late), Status::Open);
    }
}
