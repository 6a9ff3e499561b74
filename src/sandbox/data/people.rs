//! Who works in the local HubSpot portals: users and teams, the same in every portal.

/// A user of a portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user's id.
    pub id: u64,
    /// E-mail address.
    pub email: &'static str,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Whether the user is a super admin.
    pub super_admin: bool,
    /// The user's own team.
    pub primary_team: Option<u64>,
    /// Further teams.
    pub secondary_teams: Vec<u64>,
}

/// A team of a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Team {
    /// The team's id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
}

/// The teams.
pub const TEAMS: [Team; 2] = [Team { id: 801, name: "Sales North" }, Team { id: 802, name: "Sales South" }];

/// The users: an admin, two of the sales teams, and the admin that the tests are.
#[must_use]
pub fn people() -> Vec<Person> {
    let person = |id, email, first_name, last_name, super_admin, primary_team, secondary_teams: &[u64]| Person {
        id,
        email,
        first_name,
        last_name,
        super_admin,
        primary_team,
        secondary_teams: secondary_teams.to_vec(),
    };
    vec![
        person(9001, "ann@chinook.example", "Ann", "Andersson", true, None, &[]),
        person(9002, "bruno+crm@chinook.example", "Bruno", "Bélanger", false, Some(801), &[]),
        person(9003, "chiara@chinook.example", "Chiara", "Conti", false, Some(802), &[801]),
        person(9, "nine@chinook.example", "Nine", "Tester", true, None, &[]),
    ]
}
