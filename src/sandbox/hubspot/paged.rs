//! Two faults of calls that page through records: an empty page where there is more, and the page before once again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{body::Bytes, http::Method};
use serde_json::json;

use super::route::{Family, Place};
use crate::sandbox::faults::Action;

/// The pages that were answered last, by path.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<HashMap<String, Bytes>>);

/// Whether a call asks for a page of records.
fn is_page(place: Place<'_>, method: &Method) -> bool {
    place.operation == "search"
        || (place.family == Family::Objects && method == Method::GET && !place.rest.contains('/'))
}

impl Pages {
    /// What is answered instead of `answer`, a success.
    pub(super) fn struck(
        &self,
        place: Place<'_>,
        (method, path): (&Method, &str),
        action: Option<Action>,
        answer: Bytes,
    ) -> Bytes {
        if !is_page(place, method) {
            return answer;
        }
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match action {
            Some(Action::Empty) => {
                let mut page = json!({"results": []});
                if place.operation == "search" {
                    page["total"] = json!(0);
                }
                page.to_string().into()
            }
            Some(Action::RepeatPage) => pages.get(path).cloned().unwrap_or(answer),
            _ => {
                pages.insert(path.to_owned(), answer.clone());
                answer
            }
        }
    }
}
