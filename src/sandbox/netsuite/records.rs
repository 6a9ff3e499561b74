//! The record service: single reads of `GET …/record/v1/{type}/{id}`, lists of ids, and the way to the writes.

use axum::{
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use jiff::{civil::DateTime, tz::TimeZone};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value as Json, json};

use super::{
    account::Account,
    engine::{Engine, MOST_ROWS},
    errors::Problem,
    people::{self, Write},
    render,
    server::Server,
    suiteql::{self, Window},
    switches::Switches,
};
use crate::sandbox::data::books::{Books, EntityKind, TransactionKind};

/// How the answer is to be written.
#[derive(Debug, Default)]
struct Style {
    expand: bool,
    simple_enums: bool,
    fields: Option<Vec<String>>,
}

/// What a record is written from.
pub(super) struct View<'v> {
    pub books: &'v Books,
    pub engine: &'v Engine,
    pub switches: &'v Switches,
    /// The account's time zone.
    pub zone: TimeZone,
    /// `…/services/rest/record/v1`.
    pub base: String,
    pub expand: bool,
    pub simple_enums: bool,
}

/// One call of the record service.
pub(super) struct Asked<'a> {
    pub method: &'a Method,
    /// Below `record/v1/`.
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Answers one call. Blocks the thread.
///
/// # Errors
/// What NetSuite refuses.
pub(super) fn answer(server: &Server, account: &Account, asked: &Asked<'_>) -> Result<Response, Problem> {
    let switches = account.switches();
    let mut view = View {
        books: &account.books,
        engine: &account.engine,
        switches: &switches,
        zone: account.zone(),
        base: format!("{}/services/rest/record/v1", server.url_of(account)),
        expand: false,
        simple_enums: false,
    };
    let Asked { method, path, query, headers, body } = *asked;
    if method != Method::GET {
        let write = Write { method, path, query, headers, body, at: &server.stamp(account) };
        return people::answer(account, &view, &write);
    }
    if let Some(name) = path.strip_prefix("metadata-catalog") {
        return people::describe(&view, name.trim_matches('/'), headers);
    }
    match path.split_once('/') {
        None => list(&view, path, query),
        Some((kind, id)) => {
            let style = style(query)?;
            (view.expand, view.simple_enums) = (style.expand, style.simple_enums);
            one(&view, kind, id, style)
        }
    }
}

/// One record.
fn one(view: &View<'_>, kind: &str, id: &str, style: Style) -> Result<Response, Problem> {
    let switches = view.switches;
    if let Some(right) = right_for(kind).filter(|right| switches.lacks(right)) {
        return Err(Problem::permission(right));
    }
    let number = || id.parse::<u32>().map_err(|_| Problem::no_such_id(id));
    let found = match kind {
        "invoice" => render::transaction(view, TransactionKind::Invoice, number()?)?,
        "creditMemo" => render::transaction(view, TransactionKind::CreditMemo, number()?)?,
        "customerPayment" => render::transaction(view, TransactionKind::Payment, number()?)?,
        "currency" if switches.multi_currency == Some(true) => render::currency(view, number()?),
        "subsidiary" if switches.one_world == Some(true) => render::subsidiary(view, number()?),
        "term" => render::term(view, number()?),
        _ => {
            let entity = entity(kind).ok_or_else(|| Problem::no_such_url(kind))?;
            view.engine.read(|desk| {
                let number = people::id_of(desk, entity, id)?;
                Ok::<_, Problem>(people::show(view, desk, entity, number)?)
            })?
        }
    };
    let mut record = found.ok_or_else(|| Problem::no_such_id(id))?;
    if let Some(fields) = style.fields {
        record.retain(|key, _| key == "links" || key == "id" || fields.contains(key));
    }
    let mut response = Json::Object(record).to_string().into_response();
    let kind = HeaderValue::from_static("application/vnd.oracle.resource+json; type=singular; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The ids of all records of a kind, a page of them.
fn list(view: &View<'_>, kind: &str, query: &str) -> Result<Response, Problem> {
    if let Some(right) = right_for(kind).filter(|right| view.switches.lacks(right)) {
        return Err(Problem::permission(right));
    }
    let window = suiteql::window(query)?;
    let documents = |kind| view.books.transactions.iter().filter(move |t| t.kind == kind).map(|t| t.id).collect();
    let all: Vec<u32> = match kind {
        "invoice" => documents(TransactionKind::Invoice),
        "creditMemo" => documents(TransactionKind::CreditMemo),
        "customerPayment" => documents(TransactionKind::Payment),
        "salesOrder" => Vec::new(),
        "employee" => view.books.employees.iter().map(|e| e.id).collect(),
        _ => {
            let entity = entity(kind).ok_or_else(|| Problem::no_such_url(kind))?;
            let (total, ids) = view.engine.read(|desk| desk.ids(entity, window.limit, window.offset))?;
            return Ok(page(view, kind, window, &ids, total));
        }
    };
    let from = usize::try_from(window.offset).unwrap_or(usize::MAX).min(all.len());
    let to = from.saturating_add(usize::try_from(window.limit).unwrap_or(usize::MAX)).min(all.len());
    Ok(page(view, kind, window, &all[from..to], u64::try_from(all.len()).unwrap_or(0)))
}

/// One page of ids.
fn page(view: &View<'_>, kind: &str, window: Window, ids: &[u32], total: u64) -> Response {
    let own = format!("{}/{kind}", view.base);
    let link = |id: &u32| json!({"links": [{"rel": "self", "href": format!("{own}/{id}")}], "id": id.to_string()});
    let items: Vec<Json> = ids.iter().map(link).collect();
    let (total, count) = (total.min(MOST_ROWS), u64::try_from(items.len()).unwrap_or(0));
    suiteql::collection(&json!({
        "links": [{"rel": "self", "href": format!("{own}?limit={}&offset={}", window.limit, window.offset)}],
        "count": count, "hasMore": window.offset + count < total, "items": items, "offset": window.offset,
        "totalResults": total,
    }))
}

fn style(query: &str) -> Result<Style, Problem> {
    let mut asked = Style::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let flag = || match value.as_ref() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Problem::parameter(name.clone(), format!("Invalid value for the query parameter {name}."))),
        };
        match name.as_ref() {
            "expandSubResources" => asked.expand = flag()?,
            "simpleEnumFormat" => asked.simple_enums = flag()?,
            "fields" => asked.fields = Some(value.split(',').map(str::to_owned).collect()),
            _ => {
                let detail = format!("Invalid query parameter name '{name}'. Provide a valid query parameter name.");
                return Err(Problem::parameter(name.clone(), detail));
            }
        }
    }
    Ok(asked)
}

/// The record types about somebody outside.
pub(super) fn entity(name: &str) -> Option<EntityKind> {
    [EntityKind::Customer, EntityKind::Contact].into_iter().find(|kind| kind.table() == name)
}

/// The right that goes with them.
pub(super) const fn right_of(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Customer => "Customers",
        EntityKind::Contact => "Contacts",
    }
}

/// The right that a record type needs.
fn right_for(kind: &str) -> Option<&'static str> {
    match kind {
        "invoice" => Some("Invoice"),
        "creditMemo" => Some("Credit Memo"),
        "customerPayment" => Some("Customer Payment"),
        "salesOrder" => Some("Sales Order"),
        "customer" => Some("Customers"),
        "contact" => Some("Contacts"),
        "employee" => Some("Employees"),
        "currency" => Some("Currency"),
        "subsidiary" => Some("Subsidiaries"),
        _ => None,
    }
}

impl View<'_> {
    /// A link to a record itself.
    pub(super) fn own_link(&self, kind: &str, id: u32) -> Json {
        json!([{"rel": "self", "href": format!("{}/{kind}/{id}", self.base)}])
    }

    /// A reference to another record.
    pub(super) fn reference(&self, kind: &str, id: u32, name: &str) -> Json {
        json!({"links": self.own_link(kind, id), "id": id.to_string(), "refName": name})
    }

    /// An enumerated value.
    pub(super) fn choice(&self, id: &str, name: &str) -> Json {
        if self.simple_enums { json!(id) } else { json!({"id": id, "refName": name}) }
    }

    /// A sublist: its rows when they were asked for, else a link.
    pub(super) fn sublist(&self, own: &str, rows: &[Json]) -> Json {
        let links = json!([{"rel": "self", "href": format!("{}/{own}", self.base)}]);
        if self.expand {
            json!({"links": links, "items": rows, "totalResults": rows.len(), "count": rows.len(), "hasMore": false, "offset": 0})
        } else {
            json!({"links": links})
        }
    }

    /// A moment of the account's wall clock, in UTC.
    pub(super) fn instant(&self, at: DateTime) -> Json {
        let zoned = at.to_zoned(self.zone.clone()).map(|z| z.timestamp());
        zoned.map_or(Json::Null, |t| json!(t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
    }
}

/// An amount, as the double that NetSuite sends.
pub(super) fn amount(value: Decimal) -> Json {
    json!(value.to_f64())
}

/// Puts `value` under `key` unless it is null: a missing value is a missing key.
pub(super) fn put(record: &mut Map<String, Json>, key: &str, value: Json) {
    if value != Json::Null && value != json!("") {
        record.insert(key.to_owned(), value);
    }
}
