//! Which resource a call means, and which scope it needs.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{
    account::Account,
    associations, batches,
    change::By,
    errors::Refusal,
    history::Who,
    labels, lists,
    objects::{self, Answer, kind_of},
    owners, properties,
    scopes::{self, Access},
    search,
    server::Server,
    users, writes,
};
use crate::sandbox::data::crm::CONTACT;

/// What a path is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Tokens.
    OAuth,
    /// Removing the app.
    Installs,
    /// The account itself.
    Account,
    /// Records, and a record's associations.
    Objects,
    /// Associations in batches.
    Associations,
    /// What records are made of.
    Properties,
    /// Who works there.
    Users,
    /// Whom records belong to.
    Owners,
    /// Lists of records.
    Lists,
    /// How much there may be.
    Limits,
}

/// A path, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub family: Family,
    /// For figures and faults.
    pub operation: &'static str,
    /// Finer names for faults.
    pub finer: Option<&'static str>,
    /// The path after its version.
    pub rest: &'p str,
    /// Whether the portal's own rules hold there.
    pub strict: bool,
}

/// The beginnings of paths, before their version.
const FAMILIES: [(&str, Family); 10] = [
    ("/oauth/", Family::OAuth),
    ("/appinstalls/", Family::Installs),
    ("/account-info/", Family::Account),
    ("/crm/objects/", Family::Objects),
    ("/crm/associations/", Family::Associations),
    ("/crm/properties/", Family::Properties),
    ("/settings/users/", Family::Users),
    ("/crm/owners/", Family::Owners),
    ("/crm/lists/", Family::Lists),
    ("/crm/limits/", Family::Limits),
];

/// What a path means.
pub(super) fn operation(path: &str) -> Option<Place<'_>> {
    FAMILIES.into_iter().find_map(|(start, family)| {
        let behind = path.strip_prefix(start)?;
        let (version, rest) = behind.split_once('/').unwrap_or((behind, ""));
        let operation = match family {
            Family::OAuth if rest.ends_with("/introspect") => "introspect",
            Family::OAuth if rest.ends_with("/revoke") => "revoke",
            Family::OAuth => "token",
            Family::Installs => "uninstall",
            Family::Account => "account",
            Family::Objects if rest.ends_with("/search") => "search",
            Family::Objects if !rest.contains("/associations/") => "objects",
            Family::Objects | Family::Associations => "associations",
            Family::Properties => "properties",
            Family::Users => "users",
            Family::Owners => "owners",
            Family::Lists => "lists",
            Family::Limits => "limits",
        };
        let finer = match (family, rest.rsplit_once("/batch/").map(|(_, what)| what)) {
            (Family::Objects, Some("read")) => Some("batchRead"),
            (Family::Objects, Some("create")) => Some("batchCreate"),
            (Family::Objects, Some("update")) => Some("batchUpdate"),
            (Family::Objects, Some("upsert")) => Some("batchUpsert"),
            (Family::Objects, Some("archive")) => Some("batchArchive"),
            (Family::Associations, Some("read")) => Some("associationRead"),
            (Family::Associations, Some(_)) => Some("associationWrite"),
            _ => None,
        };
        let strict = version == "2026-09";
        let place = Place { family, operation, finer, rest, strict };
        matches!(version, "2026-09" | "2026-03").then_some(place)
    })
}

/// One call of a portal.
pub(super) struct Asked<'c> {
    pub family: Family,
    pub method: &'c Method,
    pub rest: &'c [&'c str],
    pub query: &'c str,
    pub body: &'c [u8],
    /// What the token may do.
    pub granted: &'c [String],
    /// Whether the portal's own rules hold.
    pub strict: bool,
}

/// The answer of the portal `account`; what it wrote is counted.
pub(super) fn answer(server: &Server, account: &mut Account, call: &Asked<'_>) -> Answer {
    let answer = routed(server, account, call);
    if let (Ok((_, body)), Some(what)) = (&answer, written(call)) {
        server.stats.wrote(&what, rows(call, body));
    }
    answer
}

/// The words of paths that are no ids.
const WORDS: [&str; 13] = [
    "batch",
    "read",
    "create",
    "update",
    "upsert",
    "archive",
    "merge",
    "gdpr-delete",
    "search",
    "associations",
    "default",
    "associate",
    "labels",
];

/// The kind of a call that writes records or associations: its method and its path without ids.
fn written(call: &Asked<'_>) -> Option<String> {
    let reads = call.method == Method::GET || matches!(call.rest, [.., "read" | "search"]);
    if reads || !matches!(call.family, Family::Objects | Family::Associations) {
        return None;
    }
    let part = |part: &&str| match kind_of(part) {
        Ok(kind) => scopes::plural(kind),
        Err(_) => WORDS.into_iter().find(|word| word == part).unwrap_or("{id}"),
    };
    let path: Vec<&str> = call.rest.iter().map(part).collect();
    let family = if call.family == Family::Associations { "associations/" } else { "" };
    Some(format!("{} {family}{}", call.method, path.join("/")))
}

/// How many rows a call wrote: its results, or its inputs where it tells none.
fn rows(call: &Asked<'_>, body: &Json) -> u64 {
    #[derive(serde::Deserialize)]
    struct Batch {
        inputs: Vec<serde::de::IgnoredAny>,
    }
    let inputs = || serde_json::from_slice::<Batch>(call.body).map_or(1, |batch| batch.inputs.len());
    let count = match body["results"].as_array() {
        // Both directions are told.
        Some(results) if call.rest.contains(&"default") => results.len() / 2,
        Some(results) => results.len(),
        None => inputs(),
    };
    count as u64
}

fn routed(server: &Server, account: &mut Account, call: &Asked<'_>) -> Answer {
    let by = By { now: server.moment.now(), who: Who::App, strict: call.strict };
    account.tick(by.now);
    match call.family {
        Family::Account => match (call.method.as_str(), call.rest) {
            ("GET", ["details"]) => Ok((StatusCode::OK, details(server, account))),
            (_, ["details"]) => Err(Refusal::method()),
            _ => Err(Refusal::no_path()),
        },
        Family::Users => users::answer(account, call.granted, call.method, call.rest, call.query),
        Family::Properties => {
            let [kind, rest @ ..] = call.rest else { return Err(Refusal::no_path()) };
            let kind = kind_of(kind)?;
            let reads = call.method == Method::GET || rest == ["batch", "read"];
            let access = if reads { Access::Read } else { Access::Write };
            scopes::schemas(call.granted, kind, access)?;
            properties::answer(server, account, kind, (call.method, rest), (call.query, call.body), by)
        }
        Family::Associations => joined(server, account, call, by),
        Family::Owners => owners::answer(server, account, call.granted, call.method, call.rest, call.query),
        Family::Lists => {
            scopes::demand(call.granted, &["crm.lists.read".to_owned()])?;
            lists::answer(account, call.method, call.rest, call.query, call.body)
        }
        Family::Limits => match (call.method.as_str(), call.rest) {
            ("GET", ["associations", "records", from, to]) => {
                Ok((StatusCode::OK, labels::limits(account, kind_of(from)?, kind_of(to)?)))
            }
            _ => Err(Refusal::no_path()),
        },
        Family::Objects => records(server, account, call, by),
        Family::OAuth | Family::Installs => Err(Refusal::no_path()),
    }
}

/// What is about associations between two types of objects.
fn joined(server: &Server, account: &mut Account, call: &Asked<'_>, by: By) -> Answer {
    let [from, to, what @ ..] = call.rest else { return Err(Refusal::no_path()) };
    let (from, to) = (kind_of(from)?, kind_of(to)?);
    let reads = call.method == Method::GET || *what == ["batch", "read"];
    let access = if reads { Access::Read } else { Access::Write };
    scopes::objects(call.granted, from, access)?;
    scopes::objects(call.granted, to, access)?;
    match what {
        ["labels", rest @ ..] => labels::answer(account, (from, to), (call.method, rest), call.body),
        ["batch", what @ ..] if call.method == Method::POST => {
            associations::batch(server, account, (from, to), what, call.body, by)
        }
        ["batch", ..] => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

fn records(server: &Server, account: &mut Account, call: &Asked<'_>, by: By) -> Answer {
    let [kind, rest @ ..] = call.rest else { return Err(Refusal::no_path()) };
    let kind = kind_of(kind)?;
    let reads = call.method == Method::GET || matches!(rest, ["batch", "read"] | ["search"]);
    let access = if reads { Access::Read } else { Access::Write };
    scopes::objects(call.granted, kind, access)?;
    let (query, body) = (call.query, call.body);
    match (call.method.as_str(), rest) {
        ("POST", ["batch", "read"]) => objects::batch_read(server, account, kind, query, body),
        ("POST", ["batch", "create"]) => batches::create(server, account, kind, body, by),
        ("POST", ["batch", "update"]) => batches::update(server, account, kind, body, by),
        ("POST", ["batch", "upsert"]) => batches::upsert(server, account, kind, body, by),
        ("POST", ["batch", "archive"]) => batches::archive(account, kind, body, by),
        ("POST", ["search"]) => search::answer(account, kind, body),
        ("POST", ["merge"]) => writes::merge(account, kind, body, by),
        ("POST", ["gdpr-delete"]) if kind == CONTACT => writes::erase(account, kind, body, by),
        ("GET", []) => objects::list(account, kind, query),
        ("POST", []) => writes::create(account, kind, body, by),
        ("GET", [id]) => objects::read(account, kind, id, query),
        ("PATCH", [id]) => writes::update(account, kind, id, query, body, by),
        ("DELETE", [id]) => {
            writes::archive(account, kind, id, by);
            Ok((StatusCode::NO_CONTENT, Json::Null))
        }
        (_, [id, "associations", ends @ ..]) => {
            let (to, rest) = match ends {
                ["default", to, rest @ ..] | [to, rest @ ..] => (kind_of(to)?, rest),
                [] => return Err(Refusal::no_path()),
            };
            scopes::objects(call.granted, to, access)?;
            match (call.method.as_str(), rest, ends.first()) {
                ("GET", [], _) => associations::list(account, (kind, id), to, query),
                ("PUT", [other], Some(&"default")) => {
                    associations::connect(server, account, (kind, id), (to, other), by)
                }
                ("PUT", [other], _) => associations::label(account, (kind, id), (to, other), body, by),
                ("DELETE", [other], _) => {
                    associations::cut(account, (kind, id), (to, other), by);
                    Ok((StatusCode::NO_CONTENT, Json::Null))
                }
                _ => Err(Refusal::method()),
            }
        }
        (_, [] | [_] | ["batch", _]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

/// `GET /account-info/…/details`.
fn details(server: &Server, account: &Account) -> Json {
    let zone = jiff::tz::TimeZone::get(account.seed.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = jiff::Timestamp::from_millisecond(server.moment.now().0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let offset = zone.to_offset(instant);
    let european = account.hublet() == "eu1";
    json!({
        "portalId": account.seed.id, "accountType": "STANDARD", "timeZone": account.seed.time_zone,
        "companyCurrency": if european { "EUR" } else { "USD" },
        "additionalCurrencies": if european { vec!["USD", "GBP"] } else { Vec::new() },
        "utcOffset": instant.to_zoned(zone).strftime("%:z").to_string(),
        "utcOffsetMilliseconds": i64::from(offset.seconds()) * 1_000,
        "uiDomain": if european { "app-eu1.hubspot.com" } else { "app.hubspot.com" },
        "dataHostingLocation": account.hublet(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_a_family_in_either_version() {
        let found = |path: &str| operation(path).map(|place| (place.operation, place.rest.to_owned()));
        assert_eq!(found("/settings/users/2026-09"), Some(("users", String::new())));
        assert_eq!(found("/oauth/2026-03/token/introspect"), Some(("introspect", "token/introspect".to_owned())));
        assert_eq!(found("/crm/objects/2026-09/0-1/5/associations/0-2").map(|f| f.0), Some("associations"));
        assert_eq!(found("/crm/objects/2025-01/0-1"), None);
        let finer = |path: &str| operation(path).map(|place| (place.operation, place.finer, place.strict));
        assert_eq!(finer("/crm/objects/2026-09/0-1/batch/upsert"), Some(("objects", Some("batchUpsert"), true)));
        assert_eq!(
            finer("/crm/associations/2026-03/0-1/0-2/batch/associate/default"),
            Some(("associations", Some("associationWrite"), false))
        );
    }
}
