//! The books of one local NetSuite account, as plain rows: what the SQL engine and the record service show.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::custom::CustomField;

/// Everything one account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Currencies, the base currency first.
    pub currencies: Vec<Currency>,
    /// Subsidiaries (OneWorld).
    pub subsidiaries: Vec<Subsidiary>,
    /// Payment terms.
    pub terms: Vec<Term>,
    /// The people who work there.
    pub employees: Vec<Employee>,
    /// Customers: companies and persons.
    pub customers: Vec<Customer>,
    /// The people at customers.
    pub contacts: Vec<Contact>,
    /// What was deleted.
    pub deleted: Vec<Deleted>,
    /// What is sold.
    pub items: Vec<Item>,
    /// Invoices, credit notes and payments.
    pub transactions: Vec<Transaction>,
    /// Which payment or credit settles which invoice.
    pub links: Vec<Settlement>,
    /// The fields that the account's administrator added.
    pub custom_fields: Vec<CustomField>,
    /// Further customers and contacts, column by column.
    pub planted: Vec<Planted>,
}

/// A customer or contact as its columns say it, however odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// What it is.
    pub kind: EntityKind,
    /// Internal id.
    pub id: u32,
    /// Column by column, as [`crate::sandbox::netsuite::engine::Fields`] says.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// A contact's further companies.
    pub companies: Vec<u32>,
}

/// What a record about somebody outside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    /// A customer: a company or a person.
    Customer,
    /// A person at a customer.
    Contact,
}

impl EntityKind {
    /// Its table, which is also its name in the record service.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
        }
    }

    /// What people, and the table of deleted records, call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Contact => "Contact",
        }
    }
}

/// A currency of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// Internal id.
    pub id: u32,
    /// ISO code.
    pub symbol: &'static str,
    /// English name.
    pub name: &'static str,
    /// Digits after the point.
    pub digits: u32,
    /// What one unit is worth in the base currency.
    pub rate: Decimal,
}

/// A subsidiary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subsidiary {
    /// Internal id.
    pub id: u32,
    /// Short name.
    pub name: &'static str,
    /// ISO country code.
    pub country: &'static str,
    /// Currency's internal id.
    pub currency: u32,
}

/// A payment term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Internal id.
    pub id: u32,
    /// Its name ("Net 30").
    pub name: &'static str,
    /// Days until the net amount is due.
    pub days: i32,
}

/// An employee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// Internal id.
    pub id: u32,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where to write to.
    pub email: String,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Internal id.
    pub id: u32,
    /// The number people read ("CUST-0042").
    pub number: String,
    /// The company's name; none for a person.
    pub company: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Where to write to.
    pub email: Option<String>,
    /// A second address.
    pub other_email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Where they are.
    pub address: Address,
    /// Primary currency's id.
    pub currency: u32,
    /// Subsidiary's id.
    pub subsidiary: u32,
    /// Payment term's id.
    pub terms: u32,
    /// The employee who looks after them.
    pub sales_rep: Option<u32>,
    /// No longer in use.
    pub inactive: bool,
    /// Remarks; rows we added carry the mark "added by the sandbox".
    pub comments: Option<String>,
    /// When it was last changed, on the account's wall clock.
    pub modified: DateTime,
}

impl Customer {
    /// Company name, or the person's names.
    #[must_use]
    pub fn name(&self) -> String {
        self.company.clone().unwrap_or_else(|| {
            [self.first_name.as_deref(), self.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
        })
    }
}

/// A person at a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Internal id.
    pub id: u32,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where to write to.
    pub email: String,
    /// The customer's internal id.
    pub company: u32,
    /// When it was last changed, on the account's wall clock.
    pub modified: DateTime,
}

/// A record that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// Its internal id.
    pub id: u32,
    /// What it was, as the account writes it.
    pub kind: &'static str,
    /// What it was called.
    pub name: String,
    /// When, on the account's wall clock.
    pub at: DateTime,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Town.
    pub city: String,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// ISO country code.
    pub country: &'static str,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Internal id.
    pub id: u32,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub name: String,
}

/// What a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionKind {
    /// An invoice (`CustInvc`).
    Invoice,
    /// A credit note (`CustCred`).
    CreditMemo,
    /// A customer's payment (`CustPymt`).
    Payment,
}

impl TransactionKind {
    /// NetSuite's type code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invoice => "CustInvc",
            Self::CreditMemo => "CustCred",
            Self::Payment => "CustPymt",
        }
    }

    /// The record's name in the REST record service, in lower case as SuiteQL's `recordtype` shows it.
    #[must_use]
    pub const fn record(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditMemo => "creditmemo",
            Self::Payment => "customerpayment",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditMemo => "Credit Memo",
            Self::Payment => "Payment",
        }
    }

    /// The label of a status letter; the letter itself when NetSuite has none for it.
    #[must_use]
    pub fn status_label(self, letter: &str) -> &str {
        match (self, letter) {
            (Self::Invoice | Self::CreditMemo, "A") => "Open",
            (Self::Invoice, "B") => "Paid In Full",
            (Self::CreditMemo, "B") => "Fully Applied",
            (Self::Invoice, "D") => "Pending Approval",
            (Self::Invoice, "E") => "Rejected",
            (_, "V") => "Voided",
            (Self::Payment, "B") => "Not Deposited",
            (Self::Payment, "C") => "Deposited",
            _ => letter,
        }
    }

    /// The kind of a type code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditMemo, Self::Payment].into_iter().find(|k| k.code() == code)
    }
}

/// An invoice, a credit note or a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Internal id.
    pub id: u32,
    /// What it is.
    pub kind: TransactionKind,
    /// The number people read.
    pub number: String,
    /// The day it is made out for.
    pub date: Date,
    /// The day its amount is due.
    pub due: Option<Date>,
    /// The day it was settled.
    pub closed: Option<Date>,
    /// NetSuite's letter.
    pub status: char,
    /// Customer's internal id.
    pub customer: u32,
    /// Currency's internal id.
    pub currency: u32,
    /// What one unit of the currency is worth in the base currency.
    pub rate: Decimal,
    /// Total; negative on a credit note.
    pub total: Decimal,
    /// What of it is settled; same sign as the total.
    pub paid: Decimal,
    /// The customer's order number.
    pub po_number: Option<String>,
    /// Remark; rows we added start with "[sandbox]".
    pub memo: Option<String>,
    /// Payment term's id.
    pub terms: Option<u32>,
    /// Subsidiary's id.
    pub subsidiary: u32,
    /// Approval: 1 pending, 2 approved, 3 rejected.
    pub approval: u8,
    /// Whether it is voided.
    pub voided: bool,
    /// When it was entered, on the account's wall clock.
    pub created: DateTime,
    /// When it was last changed, on the account's wall clock.
    pub modified: DateTime,
    /// What is on it.
    pub lines: Vec<Line>,
}

impl Transaction {
    /// What is left to settle; nothing on documents that do not count.
    #[must_use]
    pub fn unpaid(&self) -> Decimal {
        if self.status == 'V' || self.status == 'E' { Decimal::ZERO } else { self.total - self.paid }
    }
}

/// One line of a transaction, with the signs people read (positive on an invoice).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Item's internal id; none on a tax line.
    pub item: Option<u32>,
    /// What the line says.
    pub text: String,
    /// How many.
    pub quantity: Decimal,
    /// What one costs; on a tax line the rate in percent.
    pub rate: Decimal,
    /// The line's amount.
    pub amount: Decimal,
    /// Whether it is tax.
    pub tax: bool,
}

/// A payment or credit note that settles (part of) an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Invoice's internal id.
    pub invoice: u32,
    /// The payment's or credit note's internal id.
    pub by: u32,
    /// What it is.
    pub kind: TransactionKind,
    /// How much, in the invoice's currency.
    pub amount: Decimal,
}
