//! "This is the one": a person chooses among several customers that have the contact's e-mail address.
//!
//! Promise: only a customer that really has one of the contact's addresses can be chosen, as the ERP says now.

use async_trait::async_trait;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::{
    CardError, Cards, Who,
    answer::write::{LinkAnswer, LinkOutcome},
    cache::Reading,
    once::{Action, Work},
};
use crate::{
    clock::Millis,
    domain::{
        customer::{Customer, CustomerKey},
        ids::{ConnectionId, CustomerId, IdempotencyKey, LinkId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::{ErpError, Lane},
    hubspot::HubSpotError,
    store::{
        StoreError, Tx,
        links::{self, LinkBasis, LinkKind, Linked, NewLink},
    },
};

/// The customer that a contact is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkRequest {
    /// The contact.
    pub record: RecordRef,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The customer.
    pub customer_id: CustomerId,
}

impl Cards {
    /// Links a contact with one of the customers that have its e-mail address.
    ///
    /// # Errors
    /// [`CardError::Invalid`] for another object type; unknown record or connection; a key used for something else.
    pub async fn link(&self, who: Who, key: &IdempotencyKey, request: LinkRequest) -> Result<LinkAnswer, CardError> {
        if request.record.object_type != ObjectType::Contact {
            return Err(CardError::Invalid("only a contact (0-1) can be linked here".to_owned()));
        }
        self.may_attach(who).await?;
        let action = Action::new(self, who, key, "link", &request)?;
        if let Some(answer) = action.answered(self).await? {
            return Ok(answer);
        }
        let this = self.clone();
        let work = self.0.writes.spawn(async move { this.link_now(who, &action, &request).await });
        work.await.map_err(|e| CardError::Inside(format!("the writing task ended early: {e}")))?
    }

    async fn link_now(&self, who: Who, action: &Action, request: &LinkRequest) -> Result<LinkAnswer, CardError> {
        let record = self.resolved(who.portal, request.record).await?;
        let request = &LinkRequest { record, ..request.clone() };
        let outcome = |outcome| Ok(LinkAnswer { outcome });
        let found = match self.live_candidates(who, request).await? {
            Some(Ok(found)) => found,
            Some(Err(ErpError::Permission { .. })) => return outcome(LinkOutcome::NoPermission),
            Some(Err(_)) => return outcome(LinkOutcome::ErpUnavailable),
            None => return outcome(LinkOutcome::HubspotUnavailable),
        };
        if !found.iter().any(|customer| customer.who.id == request.customer_id) {
            return outcome(LinkOutcome::NotFound);
        }
        let put = Put { who, request, id: LinkId(self.0.clock.new_id()), now: self.0.clock.now() };
        let answer = action.run(self, &put).await;
        self.0.rows.changed_one(&(who.portal, request.record));
        self.0.links_around.changed();
        answer
    }

    /// The customers that have one of the contact's addresses now; `None` where HubSpot does not say which those are.
    async fn live_candidates(
        &self,
        who: Who,
        request: &LinkRequest,
    ) -> Result<Option<Result<Vec<Customer>, ErpError>>, CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let portal = self.portal(who.portal).await?;
        let connection = portal.value.connection(request.connection_id).ok_or(CardError::NoSuchConnection)?;
        let emails: Vec<String> = match self.0.facts.of(who.portal, request.record, deadline).await {
            Reading::Held(held) => held.value.contacts.iter().flat_map(|c| c.emails.clone()).collect(),
            Reading::Failed(HubSpotError::Missing) => return Err(CardError::NoSuchRecord),
            Reading::Failed(_) | Reading::Loading => return Ok(None),
        };
        let key = CustomerKey::Emails(emails);
        let read = timeout_at(deadline, connection.erp.customers(Lane::Card, &key)).await;
        Ok(Some(read.unwrap_or(Err(ErpError::Unavailable { why: "no answer in time" }))))
    }
}

/// Writes the link.
struct Put<'a> {
    who: Who,
    request: &'a LinkRequest,
    id: LinkId,
    now: Millis,
}

#[async_trait]
impl Work for Put<'_> {
    type Answer = LinkAnswer;

    async fn run(&self, tx: &mut Tx) -> Result<LinkAnswer, StoreError> {
        let erp_id = SourceId::from(&self.request.customer_id);
        let new = NewLink {
            id: self.id,
            portal_id: self.who.portal,
            connection_id: self.request.connection_id,
            kind: LinkKind::Customer,
            erp_id: &erp_id,
            record: self.request.record,
            basis: LinkBasis::Confirmed,
            created_by: Some(self.who.user),
        };
        let outcome = match links::put(tx, new, self.now).await? {
            Linked::Added(_) => LinkOutcome::Linked,
            Linked::AlreadyLinked(_) => LinkOutcome::AlreadyLinked,
        };
        Ok(LinkAnswer { outcome })
    }
}
