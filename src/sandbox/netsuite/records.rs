//! The record service: single reads of `GET …/record/v1/{type}/{id}`, and lists of ids.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jiff::civil::DateTime;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value as Json, json};

use super::{account::Account, errors::Problem, render, server::Server, suiteql, switches::Switches};
use crate::sandbox::data::books::{Books, TransactionKind};

/// How the answer is to be written.
#[derive(Debug, Default)]
struct Asked {
    expand: bool,
    simple_enums: bool,
    fields: Option<Vec<String>>,
}

/// What a record is written from.
pub(super) struct View<'v> {
    pub books: &'v Books,
    pub switches: &'v Switches,
    pub server: &'v Server,
    /// `…/services/rest/record/v1`.
    pub base: String,
    pub expand: bool,
    pub simple_enums: bool,
}

/// Answers one read.
pub(super) fn answer(server: &Server, account: &Arc<Account>, path: &str, query: &str) -> Result<Response, Problem> {
    let switches = account.switches();
    if !path.contains('/') {
        return list(server, account, path, query);
    }
    let asked = asked(query)?;
    let view = View {
        books: &account.books,
        switches: &switches,
        server,
        base: format!("{}/services/rest/record/v1", server.url_of(account)),
        expand: asked.expand,
        simple_enums: asked.simple_enums,
    };
    let (kind, id) = path.split_once('/').ok_or_else(|| Problem::no_such_url(path))?;
    if let Some(right) = right_for(kind).filter(|right| switches.lacks(right)) {
        return Err(Problem::permission(right));
    }
    let number = id.parse::<u32>().map_err(|_| Problem::no_such_id(id))?;
    let found = match kind {
        "invoice" => render::transaction(&view, TransactionKind::Invoice, number),
        "creditMemo" => render::transaction(&view, TransactionKind::CreditMemo, number),
        "customerPayment" => render::transaction(&view, TransactionKind::Payment, number),
        "customer" => render::customer(&view, number),
        "currency" if switches.multi_currency == Some(true) => render::currency(&view, number),
        "subsidiary" if switches.one_world == Some(true) => render::subsidiary(&view, number),
        "term" => render::term(&view, number),
        _ => return Err(Problem::no_such_url(kind)),
    };
    let mut record = found.ok_or_else(|| Problem::no_such_id(id))?;
    if let Some(fields) = asked.fields {
        record.retain(|key, _| key == "links" || key == "id" || fields.contains(key));
    }
    let mut response = Json::Object(record).to_string().into_response();
    let kind = HeaderValue::from_static("application/vnd.oracle.resource+json; type=singular; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The ids of all records of a kind, a page of them.
fn list(server: &Server, account: &Arc<Account>, kind: &str, query: &str) -> Result<Response, Problem> {
    let switches = account.switches();
    if let Some(right) = right_for(kind).filter(|right| switches.lacks(right)) {
        return Err(Problem::permission(right));
    }
    let books = &account.books;
    let documents = |kind| books.transactions.iter().filter(move |t| t.kind == kind).map(|t| t.id).collect();
    let ids: Vec<u32> = match kind {
        "invoice" => documents(TransactionKind::Invoice),
        "creditMemo" => documents(TransactionKind::CreditMemo),
        "customerPayment" => documents(TransactionKind::Payment),
        "salesOrder" => Vec::new(),
        "customer" => books.customers.iter().map(|c| c.id).collect(),
        "contact" => books.contacts.iter().map(|c| c.id).collect(),
        "employee" => books.employees.iter().map(|e| e.id).collect(),
        _ => return Err(Problem::no_such_url(kind)),
    };
    let window = suiteql::window(query)?;
    let from = usize::try_from(window.offset).unwrap_or(usize::MAX).min(ids.len());
    let to = from.saturating_add(usize::try_from(window.limit).unwrap_or(usize::MAX)).min(ids.len());
    let own = format!("{}/services/rest/record/v1/{kind}", server.url_of(account));
    let link = |id: &u32| json!({"links": [{"rel": "self", "href": format!("{own}/{id}")}], "id": id.to_string()});
    let items: Vec<Json> = ids[from..to].iter().map(link).collect();
    Ok(suiteql::collection(&json!({
        "links": [{"rel": "self", "href": format!("{own}?limit={}&offset={}", window.limit, window.offset)}],
        "count": items.len(), "hasMore": to < ids.len(), "items": items, "offset": window.offset, "totalResults": ids.len(),
    })))
}

fn asked(query: &str) -> Result<Asked, Problem> {
    let mut asked = Asked::default();
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
        let zoned = at.to_zoned(self.server.zone.clone()).map(|z| z.timestamp());
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
