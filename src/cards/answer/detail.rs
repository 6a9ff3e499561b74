//! The answer of the detail panel.

use jiff::civil::Date;
use serde::Serialize;

use super::row::{ConnectionView, InvoiceRow, MoneyShape};
use crate::domain::{invoice, money::Money};

/// What the panel should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetailState {
    /// The invoice.
    Ready,
    /// Nothing yet: ask again after `retryAfterMs`.
    Loading,
    /// The ERP role lacks a right.
    NoPermission,
    /// The ERP cannot be asked.
    Unavailable,
    /// The ERP no longer has it.
    DeletedInErp,
}

/// One line of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLine {
    /// What was sold.
    pub item: String,
    /// More words about it.
    #[schema(required = true)]
    pub description: Option<String>,
    /// How many, as decimal text.
    #[schema(required = true)]
    pub quantity: Option<String>,
    /// Price of one.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub unit_price: Option<Money>,
    /// Price of the line.
    #[schema(value_type = MoneyShape)]
    pub amount: Money,
}

/// One tax of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TaxLine {
    /// The ERP's name of the tax.
    pub name: String,
    /// Its rate in percent, as decimal text.
    #[schema(required = true)]
    pub rate: Option<String>,
    /// How much.
    #[schema(value_type = MoneyShape)]
    pub amount: Money,
}

/// One payment or credit applied to the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Payment {
    /// Its number.
    pub number: String,
    /// The day it was booked.
    #[schema(value_type = Option<String>, format = Date, required = true)]
    pub date: Option<Date>,
    /// How much of it went to this invoice.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub amount: Option<Money>,
    /// The ERP's word for its kind.
    pub kind: String,
    /// The page about it in the ERP.
    #[schema(required = true)]
    pub url: Option<String>,
}

/// The answer of the detail panel. Where there is no invoice, the amounts are null and the lists empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetailAnswer {
    /// What the panel should show.
    pub state: DetailState,
    /// When to ask again, where it is still being read.
    #[schema(required = true)]
    pub retry_after_ms: Option<u32>,
    /// The connection it comes from and how it answered.
    pub connection: ConnectionView,
    /// The head.
    #[schema(required = true)]
    pub invoice: Option<InvoiceRow>,
    /// Sum of the lines.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub subtotal: Option<Money>,
    /// The discount, as a positive amount.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub discount: Option<Money>,
    /// Shipping costs.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub shipping: Option<Money>,
    /// Sum of the taxes.
    #[schema(value_type = Option<MoneyShape>, required = true)]
    pub tax_total: Option<Money>,
    /// The terms of payment in words.
    #[schema(required = true)]
    pub terms: Option<String>,
    /// The goods.
    pub lines: Vec<InvoiceLine>,
    /// The taxes.
    pub taxes: Vec<TaxLine>,
    /// What was paid and when.
    pub payments: Vec<Payment>,
}

impl From<&invoice::InvoiceLine> for InvoiceLine {
    fn from(line: &invoice::InvoiceLine) -> Self {
        Self {
            item: line.item.clone(),
            description: line.description.clone(),
            quantity: line.quantity.clone(),
            unit_price: line.unit_price,
            amount: line.amount,
        }
    }
}

impl From<&invoice::TaxLine> for TaxLine {
    fn from(tax: &invoice::TaxLine) -> Self {
        Self { name: tax.name.clone(), rate: tax.rate.clone(), amount: tax.amount }
    }
}

impl From<&invoice::Payment> for Payment {
    fn from(payment: &invoice::Payment) -> Self {
        Self {
            number: payment.number.clone(),
            date: payment.date,
            amount: payment.amount,
            kind: payment.kind.clone(),
            url: payment.url.clone(),
        }
    }
}
