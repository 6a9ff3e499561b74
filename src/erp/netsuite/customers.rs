//! Customers by e-mail, name or id.

use std::collections::BTreeMap;

use super::{Columns, Extent, NetSuite, Optional, customer_ids, map, statements};
use crate::{
    domain::customer::{Customer, CustomerKey},
    erp::{ErpError, Lane},
};

/// The most customers one question brings.
const MOST: usize = 100;

/// The customers that fit `key`. Waits for one call, and for a second where contacts' addresses were what fitted.
pub(super) async fn find(netsuite: &NetSuite, lane: Lane, key: &CustomerKey) -> Result<Vec<Customer>, ErpError> {
    match key {
        CustomerKey::Emails(emails) => by_email(netsuite, lane, emails).await,
        CustomerKey::Name(text) => {
            if statements::customers_by_name(&Columns::all(), text).is_none() {
                return Ok(Vec::new());
            }
            let build = |columns: &Columns| {
                statements::customers_by_name(columns, text)
                    .unwrap_or_else(|| statements::customers_by_ids(columns, &[0]))
            };
            rows(netsuite, lane, build).await.map(|(customers, _)| customers)
        }
        CustomerKey::Ids(ids) => {
            let ids = customer_ids(ids);
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let ids = &ids[..ids.len().min(super::calls::PAGE)];
            rows(netsuite, lane, |columns: &Columns| statements::customers_by_ids(columns, ids)).await.map(|(c, _)| c)
        }
    }
}

async fn rows<F>(netsuite: &NetSuite, lane: Lane, build: F) -> Result<(Vec<Customer>, bool), ErpError>
where
    F: Fn(&Columns) -> super::Statement + Send + Sync,
{
    let answered = netsuite.rows(lane, Extent::UpTo(MOST), build).await?;
    let pages = &netsuite.calls.addresses;
    let customers = answered.rows.iter().map(|row| map::customer(row, pages)).collect::<Result<_, _>>()?;
    Ok((customers, answered.columns.has(Optional::Contacts)))
}

async fn by_email(netsuite: &NetSuite, lane: Lane, emails: &[String]) -> Result<Vec<Customer>, ErpError> {
    let emails: Vec<String> = emails.iter().map(|e| e.trim().to_owned()).filter(|e| !e.is_empty()).take(MOST).collect();
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    let build = |columns: &Columns| statements::customers_by_email(columns, &emails);
    let (mut customers, contacts) = rows(netsuite, lane, build).await?;
    let asked: Vec<String> = emails.iter().map(|e| e.to_lowercase()).collect();
    let fits = |email: &String| asked.contains(&email.to_lowercase());
    let through_contacts: Vec<u64> = customers
        .iter()
        .filter(|customer| contacts && !customer.emails.iter().any(fits))
        .filter_map(|customer| customer.who.id.as_str().parse().ok())
        .collect();
    if !through_contacts.is_empty() {
        let build = |_: &Columns| statements::contact_emails(&through_contacts, &emails);
        let answered = netsuite.rows(lane, Extent::UpTo(super::calls::PAGE), build).await?;
        let mut of_company: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for row in &answered.rows {
            let email = row.text("email").unwrap_or_default().to_owned();
            of_company.entry(map::id(row, "company")?).or_default().push(email);
        }
        for customer in &mut customers {
            let id: u64 = customer.who.id.as_str().parse().unwrap_or_default();
            customer.emails.extend(of_company.remove(&id).unwrap_or_default());
        }
    }
    Ok(customers)
}
