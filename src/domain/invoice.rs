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
