//! What follows from HubSpot's facts: a contact's customer by e-mail, and the customers of associated records.
//!
//! Promise: several customers with one address are candidates, never a choice; customers of associated records only suggest.

use std::sync::Arc;

use super::{
    CardError, Cards,
    answer::list::{Candidate, CustomerBasis, SuggestionReason},
    cache::Reading,
    facts::RecordFacts,
    freshness::Notes,
    gather::{FactsHeld, OwnCustomer, Part, Scope},
    remembered::Kept,
};
use crate::{
    domain::{
        customer::{Customer, CustomerKey},
        ids::{ConnectionId, PortalId},
        record::{ObjectType, RecordRef},
    },
    in_tx,
    store::links::{self, Link, LinkKind},
};

/// The most addresses one question to an ERP takes.
const MOST_EMAILS: usize = 100;

impl Cards {
    /// Reads what follows from HubSpot's facts: a contact's customer by e-mail, and suggestions for companies and deals.
    pub(super) async fn read_found(&self, scope: Scope<'_>, part: &mut Part, held: &FactsHeld) {
        let facts = held.value.as_ref();
        if scope.record.object_type == ObjectType::Contact {
            part.customers_known = true;
            if part.own.is_empty() {
                self.match_by_email(scope, part, facts).await;
            }
            return;
        }
        match self.find_related(scope, part, held).await {
            Ok(known) => part.customers_known = known,
            Err(error) => tracing::warn!(record = %scope.record, %error, "suggestions could not be looked up"),
        }
        let own = part.own_ids();
        part.related.retain(|id, _| !own.contains(id));
        if part.related.is_empty() {
            return;
        }
        let customers = part.related_ids();
        let reading = self.0.reads.ledger(&part.connection, &customers, scope.deadline).await;
        part.suggesting.take(&reading);
        part.related_ledger = Some(reading);
    }

    async fn match_by_email(&self, scope: Scope<'_>, part: &mut Part, facts: &RecordFacts) {
        let emails: Vec<String> = facts.contacts.iter().flat_map(|c| c.emails.iter().cloned()).collect();
        if emails.is_empty() {
            return;
        }
        let key = CustomerKey::Emails(emails.clone());
        let reading = self.0.reads.customers(&part.connection, &key, scope.deadline).await;
        part.notes.take(&reading);
        let Reading::Held(held) = &reading else {
            part.customers_known = false;
            return;
        };
        part.matched_serial = held.serial;
        match held.value.as_slice() {
            [] => {}
            [one] => {
                let known = Some(one.who.clone());
                part.own = vec![OwnCustomer { id: one.who.id.clone(), basis: CustomerBasis::MatchedByEmail, known }];
                let (mut ledger, mut totals) = (None, None);
                self.read_ledger(scope, &part.own_ids(), &mut ledger, &mut totals, &part.connection).await;
                (part.ledger, part.totals) = (ledger, totals);
                part.notes = Notes::default();
                part.notes.take(&reading);
                part.note();
            }
            several => part.candidates = several.iter().map(|c| candidate(part.connection.id, c, &emails)).collect(),
        }
    }

    /// The customers of the record's company and contacts: by link first, then by e-mail. Tells whether all are known.
    async fn find_related(&self, scope: Scope<'_>, part: &mut Part, held: &FactsHeld) -> Result<bool, CardError> {
        let facts = held.value.as_ref();
        let record = |object_type, object_id| RecordRef { object_type, object_id };
        let companies = facts.companies.iter().map(|id| record(ObjectType::Company, *id));
        let contacts = facts.contacts.iter().map(|c| record(ObjectType::Contact, c.id));
        let around: Vec<RecordRef> = companies.chain(contacts).collect();
        let links = self.links_around((scope.portal_id, scope.record, held.serial), &around).await?;
        let customers: Vec<&Link> = links.value.iter().filter(|l| l.kind == LinkKind::Customer).collect();
        for link in customers.iter().filter(|l| l.connection_id == part.connection.id) {
            let reason = match link.record.object_type {
                ObjectType::Company => SuggestionReason::CompanyCustomer,
                ObjectType::Contact | ObjectType::Deal => SuggestionReason::ContactCustomer,
            };
            part.related.entry(link.erp_id.customer()).or_insert((reason, link.record));
        }
        let unlinked = |id| !customers.iter().any(|l| l.record == record(ObjectType::Contact, id));
        let contacts: Vec<_> = facts.contacts.iter().filter(|c| unlinked(c.id)).collect();
        let emails: Vec<String> = contacts.iter().flat_map(|c| c.emails.iter().cloned()).take(MOST_EMAILS).collect();
        if emails.is_empty() {
            return Ok(true);
        }
        let reading = self.0.reads.customers(&part.connection, &CustomerKey::Emails(emails), scope.deadline).await;
        part.suggesting.take(&reading);
        let Reading::Held(held) = reading else { return Ok(false) };
        part.matched_serial = held.serial;
        for customer in held.value.iter() {
            let has = |email: &String| customer.emails.iter().any(|theirs| theirs.eq_ignore_ascii_case(email));
            let Some(contact) = contacts.iter().find(|c| c.emails.iter().any(has)) else { continue };
            let via = record(ObjectType::Contact, contact.id);
            part.related.entry(customer.who.id.clone()).or_insert((SuggestionReason::ContactCustomer, via));
        }
        Ok(true)
    }

    async fn links_around(
        &self,
        key: (PortalId, RecordRef, u64),
        around: &[RecordRef],
    ) -> Result<Arc<Kept<Vec<Link>>>, CardError> {
        let portal = key.0;
        let load =
            async || Ok(in_tx!(self.0.db, read "links around", |tx| { links::of_records(tx, portal, around).await })?);
        self.0.links_around.get(&key, load).await
    }
}

fn candidate(connection: ConnectionId, customer: &Customer, emails: &[String]) -> Candidate {
    let fits = |theirs: &&String| emails.iter().any(|email| email.eq_ignore_ascii_case(theirs));
    Candidate {
        who: customer.who.clone(),
        connection_id: connection,
        email: customer.emails.iter().find(fits).cloned(),
        inactive: customer.inactive,
        url: customer.url.clone(),
    }
}
