//! The users and teams of a portal, to choose from. Read live, never stored.

use std::time::Duration;

use serde::Serialize;

use super::{Admin, Administrator};
use crate::{domain::ids::UserId, hubspot::HubSpotError, outbound::Lane};

/// How long HubSpot is waited for.
const WITHIN: Duration = Duration::from_secs(10);

/// Whether the users could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PeopleState)]
pub enum State {
    /// They are all here.
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
    /// The teams; empty also where only these cannot be read.
    pub teams: Vec<TeamView>,
}

impl Admin {
    /// The users and teams of the administrator's portal.
    pub async fn people(&self, by: &Administrator) -> PeopleAnswer {
        let portal = by.who().portal;
        let reading =
            async { tokio::join!(self.hubspot.users(Lane::Card, portal), self.hubspot.teams(Lane::Card, portal)) };
        let late = || HubSpotError::Unavailable { why: "no answer in time" };
        let read = tokio::time::timeout(WITHIN, reading).await;
        let (users, teams) = read.unwrap_or_else(|_| (Err(late()), Err(late())));
        let teams = teams.unwrap_or_else(|error| {
            tracing::warn!(%portal, %error, "the account's teams could not be read");
            Vec::new()
        });
        let teams = teams.into_iter().map(|team| TeamView { team_id: team.id, name: team.name }).collect();
        match users {
            Ok(users) => {
                let view = |u: crate::hubspot::users::User| PersonView { user_id: u.id, name: u.name, email: u.email };
                PeopleAnswer { state: State::Ready, users: users.into_iter().map(view).collect(), teams }
            }
            Err(error) => {
                tracing::warn!(%portal, %error, "the account's users could not be read");
                PeopleAnswer { state: State::Unreadable, users: Vec::new(), teams: Vec::new() }
            }
        }
    }
}
