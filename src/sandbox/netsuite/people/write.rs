//! Writes: `POST`, `PATCH`, `PUT eid:`, `DELETE` and `!attach`.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value as Json};

use super::body::{self, Wish};
use crate::sandbox::{
    data::books::EntityKind,
    netsuite::{
        account::Account,
        engine::{Desk, DeskError, Fields, rows},
        errors::Problem,
        records::{self, View},
        switches::Level,
    },
};

/// One write, taken apart.
pub(in crate::sandbox::netsuite) struct Write<'w> {
    pub method: &'w Method,
    /// Below `record/v1/`.
    pub path: &'w str,
    pub query: &'w str,
    pub headers: &'w HeaderMap,
    pub body: &'w [u8],
    /// The account's wall clock.
    pub at: &'w str,
}

/// What is done with a field name that is none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Error,
    Warning,
    Ignore,
}

/// Carries out one write. Blocks the thread.
///
/// # Errors
/// What NetSuite refuses.
pub(in crate::sandbox::netsuite) fn answer(
    account: &Account,
    view: &View<'_>,
    write: &Write<'_>,
) -> Result<Response, Problem> {
    let parts: Vec<_> = write.path.split('/').collect();
    let kind = parts.first().and_then(|name| records::entity(name));
    let kind =
        kind.ok_or_else(|| if parts.len() < 3 { Problem::method() } else { Problem::no_such_url(write.path) })?;
    let writer = Writer { account, view, write, kind };
    match (write.method, &parts[1..]) {
        (&Method::POST, []) => writer.create(),
        (&Method::PATCH, [id]) => writer.change(id),
        (&Method::PUT, [id]) if id.starts_with("eid:") => writer.upsert(id),
        (&Method::DELETE, [id]) => writer.remove(id),
        (&Method::POST, [id, "!attach", "contact", contact]) if kind == EntityKind::Customer => {
            writer.attach(id, contact)
        }
        _ => Err(Problem::method()),
    }
}

/// The id that a path names, by itself or as `eid:…`.
pub(in crate::sandbox::netsuite) fn id_of(desk: &Desk<'_>, kind: EntityKind, text: &str) -> Result<u32, Problem> {
    let id = match text.strip_prefix("eid:") {
        Some(external) => {
            let external = percent(external);
            desk.by_external(kind, &external).map_err(|_| Problem::unexpected("engine"))?
        }
        None => text.parse().ok(),
    };
    id.ok_or_else(|| Problem::no_such_id(text))
}

/// A path's part without its percent signs.
fn percent(text: &str) -> String {
    // A plus sign stands for itself in a path.
    let text = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

struct Writer<'w> {
    account: &'w Account,
    view: &'w View<'w>,
    write: &'w Write<'w>,
    kind: EntityKind,
}

impl Writer<'_> {
    /// The role's permission goes as far as `level`.
    fn allowed(&self, kind: EntityKind, level: Level) -> Result<(), Problem> {
        let right = records::right_of(kind);
        if self.view.switches.falls_short(right, level) { Err(Problem::permission(right)) } else { Ok(()) }
    }

    /// Nobody else holds the record.
    fn free(&self, id: u32) -> Result<(), Problem> {
        let held = "Error while accessing a resource. Record has been changed.";
        if self.view.switches.locks(id) { Err(Problem::user(held, "")) } else { Ok(()) }
    }

    fn wish(&self, desk: &Desk<'_>) -> Result<Wish, Problem> {
        let json = self.write.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !json.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(Problem::header("Content-Type", "The request's media type must be application/json."));
        }
        let body: Map<String, Json> = serde_json::from_slice(self.write.body)
            .map_err(|_| Problem::content("Invalid content in the request body. Provide valid JSON content."))?;
        let wish = body::read(self.view, desk, self.kind, &body)?;
        match wish.unknown.first() {
            Some(name) if names(self.write.headers)? == Names::Error => Err(Problem::no_such_field(name)),
            _ => Ok(wish),
        }
    }

    fn create(&self) -> Result<Response, Problem> {
        self.allowed(self.kind, Level::Create)?;
        self.account.engine.write(|desk| {
            let wish = self.wish(desk)?;
            self.insert(desk, wish)
        })
    }

    fn insert(&self, desk: &Desk<'_>, wish: Wish) -> Result<Response, Problem> {
        self.required(&wish.fields)?;
        self.unique(desk, None, &wish.fields)?;
        let id = desk.new_ids(1);
        let warned = warning(&wish, self.write.headers)?;
        desk.insert(self.kind, id, wish.fields, self.write.at)?;
        for address in wish.addresses {
            desk.put_address(id, address)?;
        }
        Ok(self.done(Some(id), warned))
    }

    fn change(&self, id: &str) -> Result<Response, Problem> {
        self.allowed(self.kind, Level::Edit)?;
        let replaced = replaced(self.write.query)?;
        self.account.engine.write(|desk| {
            let id = id_of(desk, self.kind, id)?;
            let wish = self.wish(desk)?;
            self.update(desk, id, wish, replaced)
        })
    }

    fn update(&self, desk: &Desk<'_>, id: u32, wish: Wish, replaced: bool) -> Result<Response, Problem> {
        let before = desk.get(self.kind, id)?.ok_or_else(|| Problem::no_such_id(&id.to_string()))?;
        self.free(id)?;
        self.unique(desk, Some(id), &wish.fields)?;
        let mut after = before;
        after.extend(wish.fields.clone());
        after.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
        self.required(&after)?;
        let warned = warning(&wish, self.write.headers)?;
        desk.change(self.kind, id, wish.fields, self.write.at)?;
        if replaced {
            desk.clear_addresses(id)?;
        }
        for address in wish.addresses {
            let own = desk.addresses(id)?.into_iter().find(|old| old.get("nkey") == address.get("nkey"));
            let mut whole = own.unwrap_or_default();
            whole.extend(address);
            desk.put_address(id, whole)?;
        }
        Ok(self.done(Some(id), warned))
    }

    fn upsert(&self, eid: &str) -> Result<Response, Problem> {
        self.allowed(self.kind, Level::Edit)?;
        self.account.engine.write(|desk| {
            let mut wish = self.wish(desk)?;
            if let Ok(id) = id_of(desk, self.kind, eid) {
                return self.update(desk, id, wish, false);
            }
            let external = percent(eid.trim_start_matches("eid:"));
            wish.fields.insert("externalid".to_owned(), external.into());
            self.insert(desk, wish)
        })
    }

    fn remove(&self, id: &str) -> Result<Response, Problem> {
        self.allowed(self.kind, Level::Full)?;
        self.account.engine.write(|desk| {
            let id = id_of(desk, self.kind, id)?;
            self.free(id)?;
            desk.remove(self.kind, id, self.write.at)?;
            Ok(self.done(None, None))
        })
    }

    fn attach(&self, customer: &str, contact: &str) -> Result<Response, Problem> {
        self.allowed(EntityKind::Customer, Level::Edit)?;
        self.allowed(EntityKind::Contact, Level::Edit)?;
        let role = serde_json::from_slice::<Json>(self.write.body).ok();
        let role = role.and_then(|body| body["role"]["id"].as_str().and_then(|id| id.parse().ok()));
        self.account.engine.write(|desk| {
            let customer = id_of(desk, EntityKind::Customer, customer)?;
            let contact = id_of(desk, EntityKind::Contact, contact)?;
            for (kind, id) in [(EntityKind::Customer, customer), (EntityKind::Contact, contact)] {
                desk.get(kind, id)?.ok_or_else(|| Problem::no_such_id(&id.to_string()))?;
                self.free(id)?;
            }
            desk.attach(customer, contact, role)?;
            Ok(self.done(None, None))
        })
    }

    /// What a record must have.
    fn required(&self, fields: &Fields) -> Result<(), Problem> {
        let there = |column: &str| fields.get(column).is_some_and(|v| !v.is_null() && v.as_str() != Some(""));
        let person = fields.get("isperson").is_some_and(|v| v.as_bool() == Some(true) || v.as_str() == Some("T"));
        let mut missing = Vec::new();
        let mut need = |given: bool, title: &'static str| {
            if !given {
                missing.push(title);
            }
        };
        match self.kind {
            EntityKind::Customer if person => {
                need(there("firstname"), "First Name");
                need(there("lastname"), "Last Name");
            }
            EntityKind::Customer => need(there("companyname"), "Company Name"),
            EntityKind::Contact => need(there("entityid") || (there("firstname") && there("lastname")), "Contact Name"),
        }
        if self.view.switches.one_world == Some(true) {
            let company = self.kind == EntityKind::Contact && there("company");
            need(there("subsidiary") || company, "Primary Subsidiary");
        }
        if missing.is_empty() {
            return Ok(());
        }
        let detail = format!("Error while accessing a resource. Please enter value(s) for: {}.", missing.join(", "));
        Err(Problem::user(detail, ""))
    }

    /// No other record has this external id.
    fn unique(&self, desk: &Desk<'_>, own: Option<u32>, fields: &Fields) -> Result<(), Problem> {
        let Some(external) = rows::text(fields, "externalid").filter(|text| !text.is_empty()) else { return Ok(()) };
        match desk.by_external(self.kind, external)? {
            Some(other) if Some(other) != own => {
                Err(Problem::user("Error while accessing a resource. This record already exists.", "externalId"))
            }
            _ => Ok(()),
        }
    }

    /// 204, with the record's address when it was written.
    fn done(&self, id: Option<u32>, warned: Option<String>) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let location = id.map(|id| format!("{}/{}/{id}", self.view.base, self.kind.table()));
        for (name, text) in [(header::LOCATION, location), (header::WARNING, warned)] {
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Missing { id, .. } => Self::no_such_id(&id.to_string()),
            DeskError::InUse(_) => Self::user(
                "Error while accessing a resource. This record cannot be deleted because it has dependent records.",
                "",
            ),
            DeskError::Column(name) | DeskError::Value(name) => Self::value(&name),
            DeskError::Inside(error) => {
                tracing::error!(%error, "the local SQL engine failed");
                Self::unexpected("engine")
            }
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        DeskError::from(error).into()
    }
}

/// What the headers say about names that are no field's.
fn names(headers: &HeaderMap) -> Result<Names, Problem> {
    let name = "X-NetSuite-PropertyNameValidation";
    let asked = headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_lowercase);
    match asked.as_deref() {
        Some("error") => Ok(Names::Error),
        None | Some("warning") => Ok(Names::Warning),
        Some("ignore") => Ok(Names::Ignore),
        Some(_) => Err(Problem::header(name, format!("Invalid value for the header {name}."))),
    }
}

fn warning(wish: &Wish, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let warn = names(headers)? == Names::Warning && !wish.unknown.is_empty();
    Ok(warn.then(|| format!("199 - \"Unknown properties: {}\"", wish.unknown.join(", "))))
}

/// Whether the address book is swapped as a whole.
fn replaced(query: &str) -> Result<bool, Problem> {
    let mut replaced = false;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name != "replace" {
            return Err(Problem::parameter(name.clone(), format!("Invalid query parameter name '{name}'.")));
        }
        replaced = value.split(',').any(|sublist| sublist == "addressBook");
    }
    Ok(replaced)
}
