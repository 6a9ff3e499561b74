//! Whom records can belong to, over the API: every user of a portal is an owner, with an id of its own.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{
    account::Account,
    errors::Refusal,
    objects::{Answer, number, parameters},
    scopes,
    server::Server,
};
use crate::sandbox::data::people::{Person, TEAMS};

/// Added to a user's id, this is the owner's: the two are never the same.
const IDS_FROM: u64 = 70_000;

/// One call below `/crm/owners/…`.
pub(super) fn answer(
    server: &Server,
    account: &Account,
    granted: &[String],
    method: &Method,
    rest: &[&str],
    query: &str,
) -> Answer {
    scopes::demand(granted, &["crm.objects.owners.read".to_owned()])?;
    match (method.as_str(), rest) {
        ("GET", []) => list(server, account, query),
        ("GET", [id]) => {
            let asked = parameters(query, &["idProperty", "archived"])?;
            let by_user = asked.get("idProperty").is_some_and(|p| p.eq_ignore_ascii_case("userId"));
            let wanted = |p: &&Person| (if by_user { p.id } else { p.id + IDS_FROM }).to_string() == *id;
            let found = account.people.iter().find(wanted);
            let none = || Refusal::missing(format!("Owner with id {id} was not found"));
            Ok((StatusCode::OK, owner(server, found.ok_or_else(none)?)))
        }
        (_, [] | [_]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

fn list(server: &Server, account: &Account, query: &str) -> Answer {
    let asked = parameters(query, &["limit", "after", "email", "archived"])?;
    let limit = number(&asked, "limit", 100, 500)?;
    let after: u64 = match asked.get("after") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Refusal::validation("after is not a cursor of this list"))?,
    };
    let archived = asked.get("archived").is_some_and(|a| a == "true");
    let fits = |p: &&Person| {
        !archived && p.id + IDS_FROM > after && asked.get("email").is_none_or(|e| p.email.eq_ignore_ascii_case(e))
    };
    let mut people: Vec<_> = account.people.iter().filter(fits).collect();
    people.sort_by_key(|p| p.id);
    let more = people.len() > limit;
    people.truncate(limit);
    let mut page = json!({"results": people.iter().map(|p| owner(server, p)).collect::<Vec<_>>()});
    if more && let Some(last) = people.last() {
        page["paging"] = json!({"next": {"after": (last.id + IDS_FROM).to_string()}});
    }
    Ok((StatusCode::OK, page))
}

fn owner(server: &Server, person: &Person) -> Json {
    let made = crate::sandbox::moment::rfc3339(crate::clock::Millis(server.started.0 - 365 * 86_400_000));
    let teams: Vec<Json> = TEAMS
        .iter()
        .filter(|t| person.primary_team == Some(t.id) || person.secondary_teams.contains(&t.id))
        .map(|t| json!({"id": t.id.to_string(), "name": t.name, "primary": person.primary_team == Some(t.id)}))
        .collect();
    json!({
        "id": (person.id + IDS_FROM).to_string(), "userId": person.id, "userIdIncludingInactive": person.id,
        "email": person.email, "firstName": person.first_name, "lastName": person.last_name, "type": "PERSON",
        "teams": teams, "createdAt": made, "updatedAt": made, "archived": false,
    })
}
