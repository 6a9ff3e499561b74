//! What HubSpot knows of a record, as far as finding its ERP customers needs it: e-mail addresses and associations.
//!
//! Promise: read with the portal's own token, so a record id of another portal is simply not there.
//! Never: stored; it lives in the cache for an hour at most.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::cache::{Counts, Lifetimes, Reading, SourceError, Swr, Weigh};
use crate::{
    clock::{Clock, Millis},
    domain::{
        ids::{ObjectId, PortalId},
        record::{ObjectType, RecordRef},
    },
    erp::Lane,
    hubspot::{HubSpot, HubSpotError, objects::Record},
};

/// HubSpot's names of a contact's addresses: the main one, and the others parted by `;`.
const EMAILS: [&str; 2] = ["email", "hs_additional_emails"];

/// A contact and its addresses, lower-cased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContactFacts {
    pub(super) id: ObjectId,
    pub(super) emails: Vec<String>,
}

/// What HubSpot knows of a record. A contact is its own single contact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RecordFacts {
    /// The record's contacts; of a contact, itself.
    pub(super) contacts: Vec<ContactFacts>,
    /// A deal's companies.
    pub(super) companies: Vec<ObjectId>,
}

/// The facts of records, cached.
pub(super) struct Facts {
    cache: Swr<(PortalId, RecordRef), RecordFacts, HubSpotError>,
    hubspot: HubSpot,
}

impl Facts {
    /// Reads through `hubspot`, keeps at most `bytes`.
    pub(super) fn new(hubspot: HubSpot, bytes: u64, lifetimes: Lifetimes, clock: &Clock, counts: Arc<Counts>) -> Self {
        // Associations change more rarely than invoices, and HubSpot's limits are shared with other work.
        let fresh = lifetimes.fresh.max(Duration::from_mins(1));
        Self { cache: Swr::new(bytes, Lifetimes { fresh, ..lifetimes }, clock.clone(), counts), hubspot }
    }

    /// What HubSpot knows of `record`.
    pub(super) async fn of(
        &self,
        portal: PortalId,
        record: RecordRef,
        deadline: Instant,
    ) -> Reading<RecordFacts, HubSpotError> {
        let hubspot = self.hubspot.clone();
        self.cache.read(&(portal, record), deadline, || async move { read(&hubspot, portal, record).await }).await
    }

    /// Drops all that was read of this portal's records.
    pub(super) fn drop_portal(&self, portal: PortalId) {
        self.cache.drop_where(move |key| key.0 == portal);
    }

    /// The next reading asks HubSpot anew.
    pub(super) fn forget(&self, portal: PortalId, record: RecordRef) {
        self.cache.forget(&(portal, record));
    }
}

async fn read(hubspot: &HubSpot, portal: PortalId, record: RecordRef) -> Result<RecordFacts, HubSpotError> {
    let lane = Lane::Card;
    match record.object_type {
        ObjectType::Contact => {
            let contact = hubspot.record(lane, portal, record, &EMAILS).await?;
            Ok(RecordFacts { contacts: vec![contact_facts(&contact)], companies: Vec::new() })
        }
        ObjectType::Company => {
            let (known, contacts) = tokio::join!(
                hubspot.record(lane, portal, record, &["hs_object_id"]),
                contacts_of(hubspot, portal, record)
            );
            known?;
            Ok(RecordFacts { contacts: none_if_missing(contacts)?, companies: Vec::new() })
        }
        ObjectType::Deal => {
            let (known, contacts, companies) = tokio::join!(
                hubspot.record(lane, portal, record, &["hs_object_id"]),
                contacts_of(hubspot, portal, record),
                hubspot.associated(lane, portal, record, ObjectType::Company)
            );
            known?;
            Ok(RecordFacts { contacts: none_if_missing(contacts)?, companies: none_if_missing(companies)? })
        }
    }
}

/// Some answer "not found" for a record without any association: the record itself was read beside it.
fn none_if_missing<T: PartialEq>(found: Result<Vec<T>, HubSpotError>) -> Result<Vec<T>, HubSpotError> {
    if found == Err(HubSpotError::Missing) { Ok(Vec::new()) } else { found }
}

async fn contacts_of(hubspot: &HubSpot, portal: PortalId, of: RecordRef) -> Result<Vec<ContactFacts>, HubSpotError> {
    let ids = hubspot.associated(Lane::Card, portal, of, ObjectType::Contact).await?;
    let records = hubspot.records(Lane::Card, portal, ObjectType::Contact, &ids, &EMAILS).await?;
    Ok(records.iter().map(contact_facts).collect())
}

fn contact_facts(contact: &Record) -> ContactFacts {
    let main = contact.value("email").into_iter();
    let others = contact.value("hs_additional_emails").into_iter().flat_map(|all| all.split(';'));
    let mut emails: Vec<String> =
        main.chain(others).map(|e| e.trim().to_lowercase()).filter(|e| !e.is_empty()).collect();
    emails.sort_unstable();
    emails.dedup();
    ContactFacts { id: contact.id, emails }
}

impl Weigh for RecordFacts {
    fn bytes(&self) -> usize {
        let contacts = self.contacts.iter().map(|c| 40 + c.emails.iter().map(|e| 24 + e.len()).sum::<usize>());
        contacts.sum::<usize>() + self.companies.len() * 8 + 48
    }
}

impl SourceError for HubSpotError {
    fn retry_at(&self) -> Option<Millis> {
        if let Self::Wait { until } = self { Some(*until) } else { None }
    }

    fn is_answer(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_count_once_and_without_case() {
        let contact: Record = serde_json::from_str(
            r#"{"id":"501","properties":{"email":"Ann@Example.com","hs_additional_emails":"b@x.se;ann@example.com; c@x.se"}}"#,
        )
        .unwrap();
        assert_eq!(contact_facts(&contact).emails, ["ann@example.com", "b@x.se", "c@x.se"]);
    }
}
