//! The users and teams of a portal: who is a super admin, who is in which team (optional scopes `settings.users.read`,
//! `settings.users.teams.read`).
//!
//! Never: names or addresses of users in `Debug`.

use http::Method;
use serde::Deserialize;

use super::{HubSpot, HubSpotError, any_id::AnyId, client::Request};
use crate::{
    domain::ids::{PortalId, UserId},
    outbound::Lane,
};

/// Users a page.
const PAGE: usize = 100;
/// More pages than any account has users for: a chain of pages that does not end is a fault.
const MOST_PAGES: usize = 500;

/// A user of a portal.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The id, as signed requests name them.
    pub id: UserId,
    /// Whether they may do everything in the account.
    pub super_admin: bool,
    /// Their main team.
    pub primary_team: Option<String>,
    /// Their other teams.
    pub secondary_teams: Vec<String>,
    /// First and last name; empty where HubSpot gives none.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("super_admin", &self.super_admin).finish_non_exhaustive()
    }
}

/// A team of a portal.
#[derive(Clone, PartialEq, Eq)]
pub struct Team {
    /// HubSpot's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Everybody in it, as main team or as another one.
    pub user_ids: Vec<UserId>,
}

impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Team").field("id", &self.id).field("users", &self.user_ids.len()).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserWire {
    id: AnyId,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    super_admin: Option<bool>,
    #[serde(default)]
    primary_team_id: Option<AnyId>,
    #[serde(default)]
    secondary_team_ids: Option<Vec<AnyId>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamWire {
    id: AnyId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    user_ids: Vec<AnyId>,
    #[serde(default)]
    secondary_user_ids: Vec<AnyId>,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default = "Vec::new")]
    results: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    next: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    after: AnyId,
}

impl UserWire {
    /// `None`: its id is none of a user.
    fn user(self) -> Option<User> {
        let names = [self.first_name, self.last_name].into_iter().flatten().filter(|name| !name.is_empty());
        Some(User {
            id: self.id.user()?,
            super_admin: self.super_admin.unwrap_or(false),
            primary_team: self.primary_team_id.map(AnyId::text),
            secondary_teams: self.secondary_team_ids.unwrap_or_default().into_iter().map(AnyId::text).collect(),
            name: names.collect::<Vec<_>>().join(" "),
            email: self.email.unwrap_or_default(),
        })
    }
}

impl TeamWire {
    fn team(self) -> Team {
        let all = self.user_ids.into_iter().chain(self.secondary_user_ids);
        let mut user_ids: Vec<UserId> = all.filter_map(AnyId::user).collect();
        user_ids.sort_unstable();
        user_ids.dedup();
        Team { id: self.id.text(), name: self.name, user_ids }
    }
}

impl HubSpot {
    /// One user.
    ///
    /// # Errors
    /// [`HubSpotError::Missing`] when the account has no such user; [`HubSpotError::Consent`] without the scope.
    pub async fn user(&self, lane: Lane, portal: PortalId, id: UserId) -> Result<User, HubSpotError> {
        let path = format!("/settings/users/{}/{id}", self.versions().users);
        let request = Request { operation: "user", method: Method::GET, path, query: vec![], body: None };
        let wire: UserWire = self.call(lane, portal, request).await?;
        // A right that was granted to another id than the asked one must not be used.
        wire.user()
            .filter(|user| user.id == id)
            .ok_or_else(|| HubSpotError::Broken { what: "its answer is about another user".to_owned() })
    }

    /// All users, page by page.
    ///
    /// # Errors
    /// [`HubSpotError::Consent`] without the scope; else see there.
    pub async fn users(&self, lane: Lane, portal: PortalId) -> Result<Vec<User>, HubSpotError> {
        match self.first_users(lane, portal, MOST_PAGES).await? {
            (users, true) => Ok(users),
            (_, false) => Err(HubSpotError::Broken { what: "its pages of users do not end".to_owned() }),
        }
    }

    /// The users of the first `pages` pages of a hundred, and whether these are all.
    ///
    /// # Errors
    /// [`HubSpotError::Consent`] without the scope; else see there.
    pub async fn first_users(
        &self,
        lane: Lane,
        portal: PortalId,
        pages: usize,
    ) -> Result<(Vec<User>, bool), HubSpotError> {
        let path = format!("/settings/users/{}", self.versions().users);
        let (mut users, mut after) = (Vec::new(), None::<String>);
        for _ in 0..pages {
            let mut query = vec![("limit", PAGE.to_string())];
            query.extend(after.take().map(|after| ("after", after)));
            let request = Request { operation: "users", method: Method::GET, path: path.clone(), query, body: None };
            let page: Page<UserWire> = self.call(lane, portal, request).await?;
            users.extend(page.results.into_iter().filter_map(UserWire::user));
            match page.paging.and_then(|paging| paging.next) {
                Some(next) => after = Some(next.after.text()),
                None => return Ok((users, true)),
            }
        }
        Ok((users, false))
    }

    /// All teams.
    ///
    /// # Errors
    /// [`HubSpotError::Consent`] without the scope; else see there.
    pub async fn teams(&self, lane: Lane, portal: PortalId) -> Result<Vec<Team>, HubSpotError> {
        let path = format!("/settings/users/{}/teams", self.versions().users);
        let request = Request { operation: "teams", method: Method::GET, path, query: vec![], body: None };
        let page: Page<TeamWire> = self.call(lane, portal, request).await?;
        Ok(page.results.into_iter().map(TeamWire::team).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_whether_ids_are_texts_or_numbers_and_shows_no_name() {
        let text = r#"{"id":"9","email":"ann@example.com","firstName":"Ann","lastName":"Lee","superAdmin":true,
            "primaryTeamId":7,"secondaryTeamIds":["8",9]}"#;
        let user = serde_json::from_str::<UserWire>(text).unwrap().user().unwrap();
        assert_eq!((user.id, user.super_admin, user.name.as_str()), (UserId(9), true, "Ann Lee"));
        assert_eq!((user.primary_team.as_deref(), user.secondary_teams.join(",")), (Some("7"), "8,9".to_owned()));
        assert!(!format!("{user:?}").contains("Ann"), "{user:?}");
    }

    #[test]
    fn nothing_said_about_super_admins_means_no() {
        let user = serde_json::from_str::<UserWire>(r#"{"id":10}"#).unwrap().user().unwrap();
        assert!(!user.super_admin && user.name.is_empty() && user.primary_team.is_none());
    }

    #[test]
    fn everybody_in_a_team_is_named_once() {
        let text = r#"{"id":"1","name":"Sales","userIds":["3",1],"secondaryUserIds":["3","2"]}"#;
        let team = serde_json::from_str::<TeamWire>(text).unwrap().team();
        assert_eq!(team.user_ids, [UserId(1), UserId(2), UserId(3)]);
    }
}
