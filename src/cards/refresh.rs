//! Forgetting what was read for a record, so that the next list reads anew.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    CardError, Cards, Who,
    answer::write::{RefreshAnswer, RefreshOutcome},
    cache::Reading,
};
use crate::domain::{
    customer::CustomerKey,
    ids::{CustomerId, InvoiceId},
    record::{ObjectType, RecordRef},
};

impl Cards {
    /// Makes the next list of `record` ask HubSpot and the ERPs anew. What was read stays as a stand-in for an ERP that
    /// does not answer. Asking twice is the same as asking once, so no key is needed.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn refresh(&self, who: Who, record: RecordRef) -> Result<RefreshAnswer, CardError> {
        let portal = self.portal(who.portal).await?;
        let (portal, today) = (&portal.value, self.today(&portal.value));
        self.0.rows.changed_one(&(who.portal, record));
        let rows = self.rows_of(who.portal, record).await?;
        let known = self.0.facts.of(who.portal, record, Instant::now()).await;
        self.0.facts.forget(who.portal, record);
        let emails: Vec<String> = match &known {
            Reading::Held(held) if record.object_type == ObjectType::Contact => {
                held.value.contacts.iter().flat_map(|c| c.emails.iter().cloned()).collect()
            }
            _ => Vec::new(),
        };
        for connection in &portal.connections {
            let none = (Arc::<[InvoiceId]>::default(), Arc::<[CustomerId]>::default());
            let (attached, mut customers) = rows.value.by_connection.get(&connection.id).cloned().unwrap_or(none);
            if customers.is_empty() && !emails.is_empty() {
                let key = CustomerKey::Emails(emails.clone());
                if let Reading::Held(held) = self.0.reads.customers(connection, &key, Instant::now()).await {
                    customers = held.value.iter().map(|c| c.who.id.clone()).collect();
                }
                self.0.reads.forget_customers(connection.id, &key);
            }
            self.0.reads.forget(connection.id, &customers, &attached, today);
        }
        Ok(RefreshAnswer { outcome: RefreshOutcome::Refreshing })
    }
}
