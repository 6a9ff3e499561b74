//! The controls over records: what people do to them in HubSpot, records by the thousand, and everything that is there.
//!
//! Below `/_sandbox/portals/{portal}`, with `{type}` = object type:
//!
//! | call | body | what it does |
//! | --- | --- | --- |
//! | `POST records/{type}` | `{properties, userId?, associations?}` | a person makes a record; answers `{id}` |
//! | `PATCH records/{type}/{id}` | `{properties, userId?}` | a person changes a record |
//! | `POST records/{type}/bulk` | `{count, seed?, mailed?, associate?}` | made-up records, the same for the same seed; `mailed`: in how many of a hundred cases a contact has an address; `associate`: each gets one of the newest records of this type. Answers `{first, last}` ids. Tells no webhooks |
//! | `POST associations` | `{from: {type, id}, to: {type, id}, remove?}` | a person connects two records, or cuts them off |
//! | `GET dump?type=&after=&limit=` | | records as they are, archived ones too, each with its associations; `paging.next.after` while there are more. And ids of merged records with the survivors' |
//! | `GET counts` | | how many records of each type there are, live and archived |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json_, json};

use super::{
    account::{Account, Key},
    change::{self, By, SOMEBODY},
    crowd,
    errors::Refusal,
    fields::Fields,
    history::Who,
    joining,
    objects::{find, kind_of},
    portal_control::{done, with_portal},
    row::Row,
    server::Server,
    values,
};
use crate::{
    clock::Millis,
    sandbox::{
        data::crm::{COMPANY, CONTACT, DEAL},
        moment::rfc3339,
    },
};

/// The most records of a page of the dump.
const PAGE: usize = 1_000;

/// The routes.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/portals/{portal}/records/{kind}", post(create))
        .route("/portals/{portal}/records/{kind}/{id}", patch(update))
        .route("/portals/{portal}/records/{kind}/bulk", post(bulk))
        .route("/portals/{portal}/associations", post(associate))
        .route("/portals/{portal}/dump", get(dump))
        .route("/portals/{portal}/counts", get(counts))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    properties: Map<String, Json_>,
    #[serde(default)]
    user_id: Option<u32>,
    #[serde(default)]
    associations: Vec<End>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    #[serde(rename = "type")]
    kind: String,
    id: Json_,
}

impl End {
    /// The record that is meant, if it is there.
    fn key(&self, account: &Account) -> Result<Key, Refusal> {
        let kind = kind_of(&self.kind)?;
        let id = self.id.as_u64().or_else(|| self.id.as_str().and_then(|t| t.parse().ok())).unwrap_or(0);
        account.live(kind, id).map(|(id, _)| (kind, id)).ok_or_else(Refusal::no_record)
    }
}

fn by(now: Millis, user: Option<u32>) -> By {
    By { now, who: Who::Person(user.unwrap_or(SOMEBODY)), strict: true }
}

async fn create(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind)): Path<(u64, String)>,
    Json(written): Json<Written>,
) -> Response {
    let by = by(server.moment.now(), written.user_id);
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&mut state.accounts[at], kind_of(&kind)?);
        let ends: Vec<Key> = written.associations.iter().map(|end| end.key(account)).collect::<Result<_, _>>()?;
        let checked = values::ready(account, kind, None, &written.properties, &mut Vec::new(), by)?;
        let id = change::create(account, kind, checked.values, by);
        for end in ends {
            joining::connect(account, (kind, id), end, by);
        }
        Ok(Json(json!({"id": id.to_string()})).into_response())
    })
}

async fn update(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind, id)): Path<(u64, String, String)>,
    Json(written): Json<Written>,
) -> Response {
    let by = by(server.moment.now(), written.user_id);
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&mut state.accounts[at], kind_of(&kind)?);
        let found = find(account, kind, &id, None, false)?.map(|(id, _)| id);
        let id = found.ok_or_else(Refusal::no_record)?;
        let checked = values::ready(account, kind, Some(id), &written.properties, &mut Vec::new(), by)?;
        change::update(account, (kind, id), checked.values, by);
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    from: End,
    to: End,
    #[serde(default)]
    remove: bool,
}

async fn associate(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>, Json(pair): Json<Pair>) -> Response {
    let by = by(server.moment.now(), None);
    with_portal(&server, portal, |state, at| {
        let account = &mut state.accounts[at];
        let (from, to) = (pair.from.key(account)?, pair.to.key(account)?);
        if pair.remove {
            joining::cut(account, from, to, by);
        } else {
            joining::room(account, from, to)?;
            joining::connect(account, from, to, by);
        }
        Ok(done())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bulk {
    count: u64,
    #[serde(default)]
    seed: u64,
    #[serde(default = "everyone")]
    mailed: u8,
    #[serde(default)]
    associate: Option<String>,
}

const fn everyone() -> u8 {
    100
}

async fn bulk(
    Shared(server): Shared<Arc<Server>>,
    Path((portal, kind)): Path<(u64, String)>,
    Json(bulk): Json<Bulk>,
) -> Response {
    let now = server.moment.now();
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&mut state.accounts[at], kind_of(&kind)?);
        let others = match &bulk.associate {
            None => Vec::new(),
            Some(other) => {
                let other = kind_of(other)?;
                let rows = account.sheet(other).range(0..=u64::MAX).rev();
                let newest = rows.filter(|(_, row)| row.archived.is_none()).map(|(id, _)| (other, id));
                newest.take(usize::try_from(bulk.count).unwrap_or(usize::MAX)).collect()
            }
        };
        let by = By { now, who: Who::Import, strict: false };
        let (mut first, mut last) = (None, 0);
        for row in 0..bulk.count {
            let values = crowd::values(kind, bulk.seed, row, bulk.mailed);
            values::unique(account, kind, None, &values, &mut Vec::new())?;
            last = account.new_id();
            first.get_or_insert(last);
            account.put((kind, last), Row::new(Fields::default(), now, Who::Import), &values);
            let place = usize::try_from(row).unwrap_or(0);
            if let Some(other) = others.get(place % others.len().max(1)) {
                joining::connect(account, (kind, last), *other, by);
            }
        }
        // Nobody is told: real imports do, but a million events help nobody here.
        account.news.clear();
        let first = first.map(|id| id.to_string());
        Ok(Json(json!({"first": first, "last": last.to_string()})).into_response())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    limit: Option<usize>,
}

async fn dump(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>, Query(asked): Query<Asked>) -> Response {
    with_portal(&server, portal, |state, at| {
        let (account, kind) = (&state.accounts[at], kind_of(&asked.kind)?);
        let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE);
        let mut rows = account.from(kind, asked.after);
        let page: Vec<_> = rows.by_ref().take(limit).collect();
        let last = page.last().map(|(id, _)| *id);
        let next = rows.next().and(last);
        let told: Vec<Json_> = page.into_iter().map(|(id, row)| whole(account, (kind, id), row)).collect();
        // Merged ids are told with the page in whose stretch they lie.
        let end = if next.is_some() { last.unwrap_or(u64::MAX) } else { u64::MAX };
        let merged = account.sheet(kind).merged(asked.after).take_while(|(old, _)| *old <= end);
        let merged: Map<String, Json_> =
            merged.map(|(old, _)| (old.to_string(), json!(account.present((kind, old)).to_string()))).collect();
        let mut answer = json!({"results": told, "merged": merged});
        if let Some(next) = next {
            answer["paging"] = json!({"next": {"after": next.to_string()}});
        }
        Ok(Json(answer).into_response())
    })
}

fn whole(account: &Account, key: Key, row: &Row) -> Json_ {
    let mut associations = Map::new();
    for to in [CONTACT, COMPANY, DEAL] {
        let found = account.bonds.of(key, to);
        let rows: Vec<_> = found
            .map(|(id, types)| json!({"id": id.to_string(), "types": types.iter().map(|t| t.id).collect::<Vec<_>>()}))
            .collect();
        if !rows.is_empty() {
            associations.insert(to.to_owned(), json!(rows));
        }
    }
    json!({
        "id": key.1.to_string(), "properties": account.values(row), "createdAt": rfc3339(row.created),
        "updatedAt": rfc3339(row.updated), "archived": row.archived.is_some(),
        "archivedAt": row.archived.map(rfc3339), "madeBy": row.maker.source(account.app).0,
        "associations": associations,
    })
}

async fn counts(Shared(server): Shared<Arc<Server>>, Path(portal): Path<u64>) -> Response {
    with_portal(&server, portal, |state, at| {
        let account = &state.accounts[at];
        let mut out = Map::new();
        for kind in [CONTACT, COMPANY, DEAL] {
            let live = account.sheet(kind).within(0..=u64::MAX, i64::MIN..=i64::MAX).map(|s| s.count).sum::<usize>();
            let archived = account.sheet(kind).len() - live;
            out.insert(kind.to_owned(), json!({"live": live, "archived": archived}));
        }
        Ok(Json(Json_::Object(out)).into_response())
    })
}
