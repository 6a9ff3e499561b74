//! `POST …/query/v1/suiteql`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{
    account::Account,
    engine::{MOST_ROWS, Rows, SuiteQlError},
    errors::Problem,
    server::Server,
};
use crate::sandbox::faults::Action;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    q: String,
    #[serde(default)]
    params: Vec<Json>,
}

/// The page that each of the last statements was answered with, for the fault that repeats one.
#[derive(Default)]
pub(super) struct Pages(Mutex<Vec<(String, Arc<Json>)>>);

impl Pages {
    /// How many statements are remembered.
    const MOST: usize = 16;

    fn list(&self) -> MutexGuard<'_, Vec<(String, Arc<Json>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn before(&self, statement: &str) -> Option<Arc<Json>> {
        self.list().iter().find(|(known, _)| known == statement).map(|(_, page)| Arc::clone(page))
    }

    fn keep(&self, statement: String, page: Arc<Json>) {
        let mut list = self.list();
        list.retain(|(known, _)| *known != statement);
        list.insert(0, (statement, page));
        list.truncate(Self::MOST);
    }
}

/// Which rows of the answer.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub limit: u64,
    pub offset: u64,
}

/// Answers one statement.
pub(super) async fn answer(
    server: &Server,
    account: &Arc<Account>,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<Action>,
) -> Result<Response, Problem> {
    let prefer = headers.get("prefer").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !prefer.split(',').any(|p| p.trim().eq_ignore_ascii_case("transient")) {
        return Err(Problem::header(
            "Prefer",
            "The required request header 'Prefer' is missing or invalid. Use 'Prefer: transient'.",
        ));
    }
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.starts_with("application/json"));
    if !json {
        return Err(Problem::header("Content-Type", "The request's media type must be application/json."));
    }
    let window = window(query)?;
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|_| Problem::content("Invalid content in the request body: a JSON object with 'q' is expected."))?;
    let statement = asked.q.clone();
    let now = server.now(account);
    let engine = Arc::clone(&account.engine);
    let run = move || engine.query(&asked.q, &asked.params, (window.limit, window.offset), now);
    let rows = match tokio::task::spawn_blocking(run).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(SuiteQlError::Invalid(text))) => {
            return Err(Problem::parameter("q", SuiteQlError::Invalid(text).to_string()));
        }
        Ok(Err(SuiteQlError::Inside(text))) => {
            tracing::error!(text, "the local SQL engine failed");
            return Err(Problem::unexpected(&server.moment.new_id()));
        }
        Err(_) => return Err(Problem::unexpected(&server.moment.new_id())),
    };
    let own = format!("{}/services/rest/query/v1/suiteql", server.url_of(account));
    let before = (fault == Some(Action::RepeatPage)).then(|| account.pages.before(&statement)).flatten();
    let rows = if fault == Some(Action::Empty) { Rows { rows: Vec::new(), total: 0, ..rows } } else { rows };
    let page = before.unwrap_or_else(|| Arc::new(envelope(&own, window, rows)));
    account.pages.keep(statement, Arc::clone(&page));
    Ok(collection(&page))
}

/// A JSON answer of the type "collection".
pub(super) fn collection(body: &Json) -> Response {
    let mut response = body.to_string().into_response();
    let kind = HeaderValue::from_static("application/vnd.oracle.resource+json; type=collection; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Reads `limit` and `offset` of a query.
pub(super) fn window(query: &str) -> Result<Window, Problem> {
    let mut window = Window { limit: 1_000, offset: 0 };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let wrong = |rule: &str| {
            Problem::parameter(
                name.clone(),
                format!("Invalid value for the query parameter {name}. Provide a value that {rule}."),
            )
        };
        match name.as_ref() {
            "limit" => {
                let number = value.parse().ok().filter(|n| (1..=1_000).contains(n));
                window.limit = number.ok_or_else(|| wrong("is between 1 and 1000"))?;
            }
            "offset" => {
                let number = value.parse().ok().filter(|n| *n < MOST_ROWS);
                window.offset = number.ok_or_else(|| wrong("is a whole number below 100000"))?;
            }
            _ => {
                return Err(Problem::parameter(
                    name.clone(),
                    format!("Invalid query parameter name '{name}'. Provide a valid query parameter name."),
                ));
            }
        }
    }
    if window.offset.is_multiple_of(window.limit) {
        Ok(window)
    } else {
        let text =
            "Invalid value for the query parameter offset. Provide a value that is divisible by the limit parameter.";
        Err(Problem::parameter("offset", text))
    }
}

fn envelope(own: &str, window: Window, rows: Rows) -> Json {
    let Window { limit, offset } = window;
    let count = u64::try_from(rows.rows.len()).unwrap_or(0);
    let more = offset + count < rows.total;
    let link = |rel: &str, offset: u64| json!({"rel": rel, "href": format!("{own}?limit={limit}&offset={offset}")});
    let last = rows.total.saturating_sub(1) / limit * limit;
    let mut links = Vec::new();
    if offset > 0 {
        links.push(link("first", 0));
        links.push(link("prev", offset.saturating_sub(limit)));
    }
    if more {
        links.push(link("next", offset + limit));
        links.push(link("last", last));
    }
    links.push(link("self", offset));
    let items: Vec<_> = rows.rows.into_iter().map(|row| item(&rows.columns, row)).collect();
    json!({
        "links": links, "count": count, "hasMore": more, "items": items, "offset": offset, "totalResults": rows.total,
    })
}

/// One row: every value is text, null is left out.
fn item(columns: &[String], row: Vec<Option<String>>) -> Json {
    let mut item = Map::new();
    item.insert("links".to_owned(), json!([]));
    for (name, value) in columns.iter().zip(row) {
        if let Some(value) = value {
            item.insert(name.clone(), Json::String(value));
        }
    }
    Json::Object(item)
}
