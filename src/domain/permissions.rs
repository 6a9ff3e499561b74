//! Who may see invoices, who may attach them, and who administers beside HubSpot's super admins: the pure rule.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ids::UserId;

/// The most users or teams one list holds.
pub const MOST_NAMED: usize = 500;

/// What a portal's administrators decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permissions {
    /// Who may see invoices.
    pub see: Audience,
    /// Who may attach and remove them; only who may see them can.
    pub attach: Audience,
    /// Who administers beside super admins and the installer.
    pub admins: Vec<UserId>,
}

/// Some users, or everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Audience {
    /// Everybody in the account; then the lists say nothing.
    pub everybody: bool,
    /// These users.
    pub users: Vec<UserId>,
    /// The users of these teams, by HubSpot's ids.
    pub teams: Vec<String>,
}

impl Default for Audience {
    fn default() -> Self {
        Self { everybody: true, users: Vec::new(), teams: Vec::new() }
    }
}

/// Whether a user is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// That depends on their teams, which are not known.
    Unknown,
}

impl Audience {
    /// Whether the answer depends on the teams of `user`.
    #[must_use]
    pub fn needs_teams(&self, user: UserId) -> bool {
        !self.everybody && !self.users.contains(&user) && !self.teams.is_empty()
    }

    /// Whether `user`, who is in `teams`, is meant; `None`: the teams are not known.
    #[must_use]
    pub fn admits(&self, user: UserId, teams: Option<&[String]>) -> Admitted {
        if self.everybody || self.users.contains(&user) {
            return Admitted::Yes;
        }
        match teams {
            _ if self.teams.is_empty() => Admitted::No,
            None => Admitted::Unknown,
            Some(teams) if teams.iter().any(|team| self.teams.contains(team)) => Admitted::Yes,
            Some(_) => Admitted::No,
        }
    }

    /// What is wrong with it, in words.
    fn fault(&self) -> Option<String> {
        if self.users.len() > MOST_NAMED || self.teams.len() > MOST_NAMED {
            return Some(format!("may name at most {MOST_NAMED} users and {MOST_NAMED} teams"));
        }
        let shaped = |id: &String| (1..=18).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        (!self.teams.iter().all(shaped)).then(|| "names a team whose id is not made of 1 to 18 digits".to_owned())
    }
}

impl Permissions {
    /// What is wrong with them, in words; `None`: nothing.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let named =
            |name: &str, audience: &Audience| audience.fault().map(|fault| format!("permissions.{name} {fault}"));
        let many = self.admins.len() > MOST_NAMED;
        named("see", &self.see)
            .or_else(|| named("attach", &self.attach))
            .or_else(|| many.then(|| format!("permissions.admins may name at most {MOST_NAMED} users")))
    }

    /// The same, each named once and in order.
    #[must_use]
    pub fn tidied(self) -> Self {
        let tidy = |audience: Audience| Audience {
            everybody: audience.everybody,
            users: once(audience.users),
            teams: once(audience.teams),
        };
        Self { see: tidy(self.see), attach: tidy(self.attach), admins: once(self.admins) }
    }
}

fn once<T: Ord>(all: Vec<T>) -> Vec<T> {
    all.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some(users: &[u64], teams: &[&str]) -> Audience {
        let teams = teams.iter().map(|t| (*t).to_owned()).collect();
        Audience { everybody: false, users: users.iter().map(|u| UserId(*u)).collect(), teams }
    }

    #[test]
    fn everybody_is_the_default_and_nobody_is_possible() {
        assert_eq!(Permissions::default().see.admits(UserId(1), None), Admitted::Yes);
        assert_eq!(some(&[], &[]).admits(UserId(1), None), Admitted::No);
    }

    #[test]
    fn teams_count_only_when_they_are_known() {
        let sales = some(&[9], &["801"]);
        assert_eq!(sales.admits(UserId(9), None), Admitted::Yes);
        assert_eq!(sales.admits(UserId(7), None), Admitted::Unknown);
        assert_eq!(sales.admits(UserId(7), Some(&["801".to_owned()])), Admitted::Yes);
        assert_eq!(sales.admits(UserId(7), Some(&["802".to_owned()])), Admitted::No);
        assert!(sales.needs_teams(UserId(7)) && !sales.needs_teams(UserId(9)));
    }

    #[test]
    fn a_team_id_that_is_none_is_refused_by_its_place() {
        let permissions = Permissions { attach: some(&[], &["8x"]), ..Permissions::default() };
        assert!(permissions.fault().unwrap().starts_with("permissions.attach "));
    }

    proptest! {
        #[test]
        fn who_needs_no_teams_is_never_unknown(
            everybody: bool,
            users in proptest::collection::vec(0_u64..5, 0..4),
            teams in proptest::collection::vec("80[0-3]", 0..3),
            user in 0_u64..5,
        ) {
            let users = users.into_iter().map(UserId).collect();
            let audience = Audience { everybody, users, teams };
            let unknown = audience.admits(UserId(user), None) == Admitted::Unknown;
            prop_assert_eq!(unknown, audience.needs_teams(UserId(user)));
            prop_assert!(audience.admits(UserId(user), Some(&[])) != Admitted::Unknown);
        }
    }
}
