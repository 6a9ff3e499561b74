//! The users and teams of a portal, to choose from. Read live, kept in memory for a minute, never
//! stored.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::time::Instant;

use super::{Admin, Administrator};
use crate::{
    clock::Millis,
    domain::ids::{PortalId, UserId},
    hubspot::{
        HubSpotError,
        users::{Team, User},
    },
    outbound::Lane,
};

/// For how long HubSpot is not asked again.
const KNOWN: Duration = Duration::from_mins(1);
/// How many pages of a hundred users are read: one comes after the other, and a person waits.
const PAGES: usize = 20;

/// Whether the users could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PeopleState)]
pub enum State {
    /// They are here.
    Ready,
    /// HubSpot does not tell them: the scope is missing, or it does not answer.
    Unreadable,
}

/// A user to choose.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// HubSpot's id.
    pub user_id: UserId,
    /// First and last name; may be empty.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// A team to choose.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamView {
    /// HubSpot's id.
    pub team_id: String,
    /// Its name.
    pub name: String,
}

/// Users and teams; empty lists where they cannot be read.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct PeopleAnswer {
    /// Whether they could be read.
    pub state: State,
    /// The users.
    pub users: Vec<PersonView>,
    /// Whether these are all: only the first two thousand are read.
    pub complete: bool,
    /// The teams; empty also where only these cannot be read.
    pub teams: Vec<TeamView>,
}

/// What HubSpot told lately, by portal: a page that is opened again does not ask again.
#[derive(Default)]
pub(super) struct Remembered(Mutex<HashMap<PortalId, (Millis, PeopleAnswer)>>);

impl Remembered {
    fn get(&self, portal: PortalId, now: Millis) -> Option<PeopleAnswer> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&portal).filter(|(at, _)| now.since(*at) < KNOWN).map(|(_, answer)| answer.clone())
    }

    /// What is older than a minute is forgotten: names and addresses are kept no longer than they are needed.
    fn put(&self, portal: PortalId, now: Millis, answer: PeopleAnswer) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| now.since(*at) < KNOWN);
        known.insert(portal, (now, answer));
    }
}

impl Admin {
    /// The users and teams of the administrator's portal, as far as HubSpot tells until `until`, or told less than a minute
    /// ago.
    pub async fn people(&self, by: &Administrator, until: Instant) -> PeopleAnswer {
        let (portal, now) = (by.who().portal, self.clock.now());
        if let Some(known) = self.memory().people.get(portal, now) {
            return known;
        }
        let users = self.hubspot.first_users(Lane::Card, portal, PAGES);
        let reading = async { tokio::join!(users, self.hubspot.teams(Lane::Card, portal)) };
        let late = || HubSpotError::Unavailable { why: "no answer in time" };
        let read = tokio::time::timeout_at(until, reading).await;
        let (users, teams) = read.unwrap_or_else(|_| (Err(late()), Err(late())));
        let told = users.is_ok() && teams.is_ok();
        let answer = answer(portal, users, teams);
        // Trouble is not kept: it may be over the next time.
        if told {
            self.memory().people.put(portal, now, answer.clone());
        }
        answer
    }
}

fn answer(
    portal: PortalId,
    users: Result<(Vec<User>, bool), HubSpotError>,
    teams: Result<Vec<Team>, HubSpotError>,
) -> PeopleAnswer {
    let teams = teams.unwrap_or_else(|error| {
        tracing::warn!(%portal, %error, "the account's teams could not be read");
        Vec::new()
    });
    let teams = teams.into_iter().map(|team| TeamView { team_id: team.id, name: team.name }).collect();
    match users {
        Ok((users, complete)) => {
            let view = |u: User| PersonView { user_id: u.id, name: u.name, email: u.email };
            let users = users.into_iter().map(view).collect();
            PeopleAnswer { state: State::Ready, users, complete, teams }
        }
        Err(error) => {
            tracing::warn!(%portal, %error, "the account's users could not be read");
            PeopleAnswer { state: State::Unreadable, users: Vec::new(), complete: false, teams: Vec::new() }
        }
    }
}
