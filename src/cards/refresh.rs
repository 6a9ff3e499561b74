//! Forgetting what was read for a record, so that the next list reads anew.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    CardError, Cards, Who,
    answer::write::{RefreshAnswer, RefreshOutcome},
    cache::Reading,
    view,
};
use crate::domain::{
    customer::CustomerKey,
    ids::{CustomerId, InvoiceId},
    record::RecordRef,
};

impl Cards {
    /// Makes the next list of `record` ask HubSpot and the ERPs anew. What was read stays as a stand-in for an ERP that
    /// does not answer. Asking twice is the same as asking once, so no key is needed.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn refresh(&self, who: Who, record: RecordRef) -> Result<RefreshAnswer, CardError> {
        let portal = self.portal(who.portal).await?;
        self.allowed(who, &portal.value, Instant::now() + self.0.settings.answer_within).await.to_see()?;
        self.0.rows.changed_one(&(who.portal, record));
        let record = self.resolved(who.portal, record).await?;
        self.0.rows.changed_one(&(who.portal, record));
        // What is there now tells which questions the next list will ask.
        let gathered = self.gather(who.portal, &portal.value, record, Instant::now()).await?;
        let facts = self.0.facts.of(who.portal, record, Instant::now()).await;
        self.0.facts.forget(who.portal, record);
        let emails: Vec<String> = match &facts {
            Reading::Held(held) => held.value.contacts.iter().flat_map(|c| c.emails.iter().cloned()).collect(),
            Reading::Loading | Reading::Failed(_) => Vec::new(),
        };
        for part in &gathered.parts {
            let none = (Arc::<[InvoiceId]>::default(), Arc::<[CustomerId]>::default());
            let rows = gathered.rows.value.by_connection.get(&part.connection.id);
            let (attached, linked) = rows.cloned().unwrap_or(none);
            let own = if linked.is_empty() { part.own_ids() } else { linked };
            self.0.reads.forget(part.connection.id, &own, &attached, gathered.today);
            self.0.reads.forget(part.connection.id, &part.related_ids(), &Arc::default(), gathered.today);
            self.0.reads.forget_details(part.connection.id, view::documents(part).into_keys());
            if !emails.is_empty() {
                self.0.reads.forget_customers(part.connection.id, &CustomerKey::Emails(emails.clone()));
            }
        }
        Ok(RefreshAnswer { outcome: RefreshOutcome::Refreshing })
    }
}
