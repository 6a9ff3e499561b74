//! Who works in a portal, over the API: users and teams.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{
    account::Account,
    errors::Refusal,
    objects::{Answer, number, parameters},
    scopes,
};
use crate::sandbox::data::people::{Person, TEAMS};

/// One call below `/settings/users/…`.
pub(super) fn answer(account: &Account, granted: &[String], method: &Method, rest: &[&str], query: &str) -> Answer {
    let scope = if rest == ["teams"] { "settings.users.teams.read" } else { "settings.users.read" };
    scopes::demand(granted, &[scope.to_owned()])?;
    match (method.as_str(), rest) {
        ("GET", []) => list(account, query),
        ("GET", ["teams"]) => Ok((StatusCode::OK, json!({"results": teams(account)}))),
        ("GET", [id]) => {
            let asked = parameters(query, &["idProperty"])?;
            let by_email = asked.get("idProperty").is_some_and(|p| p.eq_ignore_ascii_case("email"));
            let fits = |p: &&Person| if by_email { p.email.eq_ignore_ascii_case(id) } else { p.id.to_string() == *id };
            let found = account.people.iter().find(fits);
            let none = || Refusal::missing(format!("There is no user {id} in this account"));
            Ok((StatusCode::OK, user(found.ok_or_else(none)?)))
        }
        (_, [] | [_]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

fn list(account: &Account, query: &str) -> Answer {
    let asked = parameters(query, &["limit", "after"])?;
    let limit = number(&asked, "limit", 100, 100)?;
    let after = match asked.get("after") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Refusal::validation("after is not a cursor of this list"))?,
    };
    let mut people: Vec<_> = account.people.iter().filter(|p| p.id > after).collect();
    people.sort_by_key(|p| p.id);
    let more = people.len() > limit;
    people.truncate(limit);
    let mut page = json!({"results": people.iter().map(|p| user(p)).collect::<Vec<_>>()});
    if more && let Some(last) = people.last() {
        page["paging"] = json!({"next": {"after": last.id.to_string()}});
    }
    Ok((StatusCode::OK, page))
}

fn user(person: &Person) -> Json {
    let mut json = json!({
        "id": person.id.to_string(), "email": person.email, "firstName": person.first_name,
        "lastName": person.last_name, "roleIds": [], "superAdmin": person.super_admin,
        "secondaryTeamIds": person.secondary_teams.iter().map(u64::to_string).collect::<Vec<_>>(),
    });
    if let Some(team) = person.primary_team {
        json["primaryTeamId"] = json!(team.to_string());
    }
    json
}

fn teams(account: &Account) -> Vec<Json> {
    let ids = |fits: &dyn Fn(&&Person) -> bool| -> Vec<String> {
        account.people.iter().filter(fits).map(|p| p.id.to_string()).collect()
    };
    let team = |id: u64, name: &str| {
        json!({
            "id": id.to_string(), "name": name, "userIds": ids(&|p| p.primary_team == Some(id)),
            "secondaryUserIds": ids(&|p| p.secondary_teams.contains(&id)),
        })
    };
    TEAMS.iter().map(|t| team(t.id, t.name)).collect()
}
