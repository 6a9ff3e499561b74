//! The Chinook shop's books, read from the file and held against their known sums before anybody decorates them.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

/// How many customers the file must hold.
pub const CUSTOMERS: usize = 59;
/// How many invoices the file must hold.
pub const INVOICES: usize = 412;
/// How many invoice lines the file must hold.
pub const LINES: usize = 2_240;
/// What the invoices must sum to, by header and by line.
pub const TOTAL: Decimal = Decimal::from_parts(232_860, 0, 0, false, 2);

const FILE: &str = include_str!("chinook.json");

/// The four tables of the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Chinook {
    /// The people who work there.
    pub employees: Vec<Employee>,
    /// Who buys.
    pub customers: Vec<Buyer>,
    /// What they bought.
    pub invoices: Vec<Sale>,
}

/// One of the shop's employees.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Employee {
    /// From 1 on.
    pub id: u32,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they do.
    pub title: String,
    /// Where to write to.
    pub email: String,
}

/// One customer of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Buyer {
    /// From 1 on.
    pub id: u32,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The company, when the customer is one.
    pub company: Option<String>,
    /// Where to write to.
    pub email: String,
    /// Telephone, as typed.
    pub phone: Option<String>,
    /// Street and number.
    pub address: String,
    /// Town.
    pub city: String,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// The country's English name.
    pub country: String,
    /// The employee who looks after them.
    pub support_rep: u32,
}

/// One invoice of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sale {
    /// From 1 on.
    pub id: u32,
    /// Whose it is.
    pub customer: u32,
    /// The day it was made out.
    pub date: Date,
    /// What it says at the bottom.
    pub total: Decimal,
    /// What was sold.
    pub lines: Vec<SaleLine>,
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SaleLine {
    /// What was sold.
    pub item: String,
    /// Its number in the shop.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_price: Decimal,
}

/// The file is not the one we know.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChinookError {
    /// It is not JSON of the expected shape.
    #[error("the Chinook file cannot be read: {0}")]
    Unreadable(String),
    /// A number in it is not the known one.
    #[error("the Chinook file has {found} {what}, {expected} are known")]
    Differs {
        /// What was counted or summed.
        what: &'static str,
        /// What it should be.
        expected: Decimal,
        /// What it is.
        found: Decimal,
    },
}

/// The file that is built in, read and held against its known sums.
///
/// # Errors
/// When it cannot be read, or names the first sum that is not the known one.
pub fn load() -> Result<Chinook, ChinookError> {
    read(FILE)
}

/// Reads `text` and holds it against the known sums.
///
/// # Errors
/// See [`load`].
pub fn read(text: &str) -> Result<Chinook, ChinookError> {
    let books: Chinook = serde_json::from_str(text).map_err(|e| ChinookError::Unreadable(e.to_string()))?;
    let by_line: Decimal = books.invoices.iter().flat_map(|i| &i.lines).map(SaleLine::amount).sum();
    same("customers", CUSTOMERS.into(), books.customers.len().into())?;
    same("invoices", INVOICES.into(), books.invoices.len().into())?;
    same("invoice lines", LINES.into(), books.invoices.iter().map(|i| i.lines.len()).sum::<usize>().into())?;
    same("as the sum of the invoices' totals", TOTAL, books.invoices.iter().map(|i| i.total).sum())?;
    same("as the sum of the invoices' lines", TOTAL, by_line)?;
    Ok(books)
}

fn same(what: &'static str, expected: Decimal, found: Decimal) -> Result<(), ChinookError> {
    if expected == found { Ok(()) } else { Err(ChinookError::Differs { what, expected, found }) }
}

impl SaleLine {
    /// Quantity times price.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.unit_price * Decimal::from(self.quantity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_its_known_sums() {
        let books = load().expect("the file is the known one");
        assert_eq!(books.customers.len(), 59);
        assert_eq!(TOTAL.to_string(), "2328.60");
    }

    #[test]
    fn a_changed_file_is_refused_and_says_where() {
        let header = FILE.replacen("\"total\":\"1.98\"", "\"total\":\"1.97\"", 1);
        assert_eq!(
            read(&header).expect_err("a header was changed").to_string(),
            "the Chinook file has 2328.59 as the sum of the invoices' totals, 2328.60 are known"
        );
        let line = FILE.replacen("\"unit_price\":\"0.99\"", "\"unit_price\":\"0.98\"", 1);
        assert!(matches!(read(&line), Err(ChinookError::Differs { what: "as the sum of the invoices' lines", .. })));
        assert!(matches!(read("{}"), Err(ChinookError::Unreadable(_))));
    }
}
