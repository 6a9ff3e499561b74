//! Customers of the ERP, as far as the card needs them.

use serde::Serialize;

use super::ids::CustomerId;

/// Who an invoice is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRef {
    /// The ERP's id.
    pub id: CustomerId,
    /// The number people read ("CUST-0042"); empty when the ERP has none.
    pub number: String,
    /// Company name, or the person's names.
    pub name: String,
}

/// A customer as search and match see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Id, number and name.
    pub who: CustomerRef,
    /// Every e-mail address the ERP has for it, as written there.
    pub emails: Vec<String>,
    /// Whether it is a person rather than a company.
    pub is_person: bool,
    /// Whether the ERP marks it as no longer in use.
    pub inactive: bool,
    /// The page about it in the ERP.
    pub url: String,
}

/// What to find customers by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CustomerKey {
    /// Those with any of these addresses, compared without regard to case.
    Emails(Vec<String>),
    /// Those whose name or number contains this text, case, spaces and dashes aside.
    Name(String),
    /// Exactly these.
    Ids(Vec<CustomerId>),
}
