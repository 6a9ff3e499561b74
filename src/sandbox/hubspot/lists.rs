//! Lists of records ("segments") and who is in them: the state, and its reading over the API. Members are put in and taken
//! out by a control, as people and HubSpot's own rules do it.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::{Account, Key},
    errors::Refusal,
    objects::{Answer, kind_of, number, parameters, parsed},
};
use crate::{clock::Millis, sandbox::moment::rfc3339};

/// The number of the first list.
const IDS_FROM: u64 = 11;

/// A list.
#[derive(Debug)]
struct List {
    name: String,
    kind: &'static str,
    made: Millis,
    /// The members and since when they are.
    members: BTreeMap<u64, Millis>,
}

/// The lists of a portal.
#[derive(Debug, Default)]
pub(super) struct Lists(BTreeMap<u64, List>);

impl Lists {
    /// Makes a list: its id.
    pub(super) fn make(&mut self, name: String, kind: &'static str, now: Millis) -> u64 {
        let id = self.0.last_key_value().map_or(IDS_FROM, |(id, _)| id + 1);
        self.0.insert(id, List { name, kind, made: now, members: BTreeMap::new() });
        id
    }

    /// Puts records in and takes records out.
    ///
    /// # Errors
    /// 404 when there is no such list.
    pub(super) fn change(&mut self, id: u64, add: &[u64], remove: &[u64], now: Millis) -> Result<(), Refusal> {
        let list = self.0.get_mut(&id).ok_or_else(|| none(&id.to_string()))?;
        for id in add {
            list.members.entry(*id).or_insert(now);
        }
        for id in remove {
            list.members.remove(id);
        }
        Ok(())
    }

    /// A record leaves all lists.
    pub(super) fn leave(&mut self, (kind, id): Key) {
        for list in self.0.values_mut().filter(|l| l.kind == kind) {
            list.members.remove(&id);
        }
    }

    /// Where a record was, the one it was merged into is.
    pub(super) fn replace(&mut self, (kind, old): Key, new: u64) {
        for list in self.0.values_mut().filter(|l| l.kind == kind) {
            if let Some(since) = list.members.remove(&old) {
                list.members.entry(new).or_insert(since);
            }
        }
    }

    fn get(&self, id: &str) -> Result<(u64, &List), Refusal> {
        let number = id.parse().map_err(|_| none(id))?;
        self.0.get(&number).map(|list| (number, list)).ok_or_else(|| none(id))
    }
}

fn none(id: &str) -> Refusal {
    Refusal::missing(format!("List with id {id} does not exist"))
}

impl List {
    fn json(&self, id: u64) -> Json {
        json!({
            "listId": id.to_string(), "listVersion": 1, "name": self.name, "objectTypeId": self.kind,
            "processingStatus": "COMPLETE", "processingType": "MANUAL", "createdAt": rfc3339(self.made),
            "updatedAt": rfc3339(self.made),
        })
    }

    fn whole(&self, id: u64) -> Json {
        let mut json = self.json(id);
        json["size"] = json!(self.members.len());
        json
    }
}

/// One call below `/crm/lists/…`.
pub(super) fn answer(account: &Account, method: &Method, rest: &[&str], query: &str, body: &[u8]) -> Answer {
    let lists = &account.lists;
    match (method.as_str(), rest) {
        ("POST", ["search"]) => search(lists, body),
        ("GET", ["object-type-id", kind, "name", name]) => {
            parameters(query, &["includeFilters"])?;
            let kind = kind_of(kind)?;
            let found = lists.0.iter().find(|(_, l)| l.kind == kind && l.name == *name);
            let (id, list) = found.ok_or_else(|| Refusal::missing(format!("There is no list named {name}")))?;
            Ok((StatusCode::OK, json!({"list": list.whole(*id)})))
        }
        ("GET", ["records", kind, record, "memberships"]) => of_record(account, kind_of(kind)?, record),
        ("GET", [id, "memberships"]) => members(lists, id, query),
        ("GET", [id]) => {
            parameters(query, &["includeFilters"])?;
            let (id, list) = lists.get(id)?;
            Ok((StatusCode::OK, json!({"list": list.whole(id)})))
        }
        (_, ["search" | _] | [_, "memberships"]) => Err(Refusal::method()),
        _ => Err(Refusal::no_path()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    list_ids: Vec<String>,
    #[serde(default)]
    processing_types: Vec<String>,
    #[serde(default)]
    object_type_id: Option<String>,
    #[serde(default)]
    count: Option<usize>,
    #[serde(default)]
    offset: usize,
    #[serde(default)]
    additional_properties: Vec<String>,
}

fn search(lists: &Lists, body: &[u8]) -> Answer {
    let search: Search = parsed(body)?;
    let word = search.query.unwrap_or_default().to_lowercase();
    let kind = search.object_type_id.as_deref().map(kind_of).transpose()?;
    let fits = |(id, list): &(&u64, &List)| {
        list.name.to_lowercase().contains(&word)
            && kind.is_none_or(|k| list.kind == k)
            && (search.list_ids.is_empty() || search.list_ids.contains(&id.to_string()))
            && (search.processing_types.is_empty() || search.processing_types.iter().any(|t| t == "MANUAL"))
    };
    let found: Vec<_> = lists.0.iter().filter(fits).collect();
    let count = search.count.unwrap_or(20).min(500);
    let wants_size = search.additional_properties.iter().any(|p| p == "hs_list_size");
    let shown = found.iter().skip(search.offset).take(count).map(|(id, list)| {
        let mut json = list.json(**id);
        if wants_size {
            json["additionalProperties"] = json!({"hs_list_size": list.members.len().to_string()});
        }
        json
    });
    let shown: Vec<Json> = shown.collect();
    let end = search.offset + shown.len();
    let answer = json!({"lists": shown, "hasMore": end < found.len(), "offset": end, "total": found.len()});
    Ok((StatusCode::OK, answer))
}

fn members(lists: &Lists, id: &str, query: &str) -> Answer {
    let asked = parameters(query, &["limit", "after"])?;
    let limit = number(&asked, "limit", 100, 250)?;
    let after: u64 = match asked.get("after") {
        Some(text) => text.parse().map_err(|_| Refusal::validation("after is not a cursor of this list"))?,
        None => 0,
    };
    let (_, list) = lists.get(id)?;
    let mut rows = list.members.range(after.saturating_add(1)..);
    let page: Vec<_> = rows.by_ref().take(limit).collect();
    let row =
        |(id, since): &(&u64, &Millis)| json!({"recordId": id.to_string(), "membershipTimestamp": rfc3339(**since)});
    let mut answer = json!({"results": page.iter().map(row).collect::<Vec<_>>()});
    if rows.next().is_some()
        && let Some((last, _)) = page.last()
    {
        answer["paging"] = json!({"next": {"after": last.to_string()}});
    }
    Ok((StatusCode::OK, answer))
}

fn of_record(account: &Account, kind: &'static str, record: &str) -> Answer {
    let id = record.parse().map_err(|_| Refusal::validation("the id must be a number"))?;
    let (id, _) = account.live(kind, id).ok_or_else(Refusal::no_record)?;
    let found = account.lists.0.iter().filter(|(_, l)| l.kind == kind);
    let rows = found.filter_map(|(list, l)| l.members.get(&id).map(|since| (list, since)));
    let rows: Vec<_> = rows
        .map(|(list, since)| {
            json!({
                "listId": list.to_string(), "listVersion": 1, "firstAddedTimestamp": rfc3339(*since),
                "lastAddedTimestamp": rfc3339(*since),
            })
        })
        .collect();
    Ok((StatusCode::OK, json!({"results": rows, "total": rows.len()})))
}
