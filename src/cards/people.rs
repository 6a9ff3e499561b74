//! Who somebody is in HubSpot: super admin or not, and their teams. Kept for a minute.
//!
//! Never: an old answer in place of one that cannot be read: a right that was taken away must not live on.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    Cards, Who,
    cache::{Counts, Lifetimes, Reading, Swr, Weigh},
};
use crate::{
    clock::Clock,
    domain::ids::{PortalId, UserId},
    erp::Lane,
    hubspot::{HubSpot, HubSpotError},
};

/// For how long HubSpot is not asked again.
const KNOWN: Duration = Duration::from_mins(1);
/// An older answer is none: shorter than [`KNOWN`], so that there is never an old one to stand in.
const KEPT: Duration = Duration::from_millis(59_999);

/// A user, as far as rights depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Whether they may do everything in the account.
    pub super_admin: bool,
    /// HubSpot's ids of all their teams.
    pub teams: Vec<String>,
}

/// Users, cached.
pub(super) struct People {
    cache: Swr<(PortalId, UserId), Person, HubSpotError>,
    hubspot: HubSpot,
}

impl People {
    /// Reads through `hubspot`, keeps at most `bytes`.
    pub(super) fn new(hubspot: HubSpot, bytes: u64, clock: &Clock, counts: Arc<Counts>) -> Self {
        let backoff = Duration::from_secs(5);
        let lifetimes = Lifetimes { fresh: KNOWN, patience: Duration::ZERO, keep: KEPT, backoff };
        Self { cache: Swr::new(bytes, lifetimes, clock.clone(), counts), hubspot }
    }

    /// What was read of this portal's users is no longer to be used.
    pub(super) fn forget(&self, portal: PortalId) {
        self.cache.drop_where(move |(of, _)| *of == portal);
    }
}

impl Weigh for Person {
    fn bytes(&self) -> usize {
        self.teams.iter().map(|team| 24 + team.len()).sum::<usize>() + 32
    }
}

impl Cards {
    /// The user behind a request, as HubSpot has them now or had them less than a minute ago.
    ///
    /// # Errors
    /// [`HubSpotError::Missing`]: the account has no such user; anything else: it could not be found out.
    pub async fn person(&self, who: Who, deadline: Instant) -> Result<Arc<Person>, HubSpotError> {
        let (hubspot, key) = (self.0.people.hubspot.clone(), (who.portal, who.user));
        let load = || async move {
            let user = hubspot.user(Lane::Card, key.0, key.1).await?;
            let teams = user.primary_team.into_iter().chain(user.secondary_teams).collect();
            Ok(Person { super_admin: user.super_admin, teams })
        };
        match self.0.people.cache.read(&key, deadline, load).await {
            Reading::Held(held) => Ok(held.value),
            Reading::Failed(error) => Err(error),
            Reading::Loading => Err(HubSpotError::Unavailable { why: "no answer in time" }),
        }
    }
}
