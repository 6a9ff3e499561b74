//! Whether our property is on each type of record. Asked at most every five minutes a portal.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{PropertyState, PropertyView, PropertyWhy};
use crate::{
    admin::Admin,
    clock::Millis,
    domain::{ids::PortalId, record::ObjectType},
    hubspot::{
        HubSpotError,
        properties::{OWN_PROPERTY, Property},
    },
    outbound::Lane,
};

/// For how long what HubSpot said is shown again.
const KNOWN: Duration = Duration::from_mins(5);
/// How long HubSpot is waited for.
const WITHIN: Duration = Duration::from_secs(4);

/// What was found out lately, by portal.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<HashMap<PortalId, (Millis, Vec<PropertyView>)>>);

impl Remembered {
    fn get(&self, portal: PortalId, now: Millis) -> Option<Vec<PropertyView>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&portal).filter(|(at, _)| now.since(*at) < KNOWN).map(|(_, views)| views.clone())
    }

    fn put(&self, portal: PortalId, now: Millis, views: Vec<PropertyView>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| now.since(*at) < KNOWN);
        known.insert(portal, (now, views));
    }

    /// The next question is asked.
    pub(in crate::admin) fn forget(&self, portal: PortalId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&portal);
    }
}

impl Admin {
    /// Our property on each type of record, as far as HubSpot tells until `until`.
    pub(super) async fn properties_of(&self, portal: PortalId, until: Instant) -> Vec<PropertyView> {
        let now = self.clock.now();
        if let Some(known) = self.memory().properties.get(portal, now) {
            return known;
        }
        let until = until.min(Instant::now() + WITHIN);
        let ask = |object_type| async move {
            let asking = self.hubspot.property(Lane::Card, portal, object_type, OWN_PROPERTY);
            let late = Err(HubSpotError::Unavailable { why: "no answer in time" });
            judge(object_type, tokio::time::timeout_at(until, asking).await.unwrap_or(late))
        };
        let views = futures_util::future::join_all(ObjectType::ALL.map(ask)).await;
        // Trouble is not kept: it may be over the next time.
        if views.iter().all(|view| view.state != PropertyState::Unknown) {
            self.memory().properties.put(portal, now, views.clone());
        }
        views
    }
}

fn judge(object_type_id: ObjectType, answer: Result<Option<Property>, HubSpotError>) -> PropertyView {
    let (state, why) = match answer {
        Ok(Some(property)) if property.has_unique_value => (PropertyState::Present, None),
        // One of this name that is not unique is not ours, and is in its way.
        Ok(Some(_)) => (PropertyState::Missing, Some(PropertyWhy::Refused)),
        Ok(None) => (PropertyState::Missing, None),
        Err(HubSpotError::Consent) => (PropertyState::Unknown, Some(PropertyWhy::NoScope)),
        Err(HubSpotError::Wait { .. } | HubSpotError::Unavailable { .. } | HubSpotError::Broken { .. }) => {
            (PropertyState::Unknown, Some(PropertyWhy::Unavailable))
        }
        Err(HubSpotError::Reinstall { .. } | HubSpotError::Rejected { .. } | HubSpotError::Missing) => {
            (PropertyState::Unknown, Some(PropertyWhy::Refused))
        }
    };
    PropertyView { object_type_id, state, why }
}
