//! What HubSpot's history says of the properties that a run wrote: what they were before, and who changed them since.
//!
//! Promise: what anybody else wrote since is never taken for ours; what we wrote several times in one run is one change.

use std::collections::BTreeMap;

use crate::{
    clock::Millis,
    domain::ids::AppId,
    hubspot::history::{Past, Remembered},
};

/// What HubSpot calls a write of an app.
const OURS: &str = "INTEGRATION";
/// What HubSpot works out by itself.
const WORKED_OUT: &str = "CALCULATED";
/// How far HubSpot's clock may be from ours.
const SKEW: i64 = 60_000;

/// When a run wrote, and what we are called.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Our app.
    pub app: AppId,
    /// When the run began.
    pub began: Millis,
    /// When it wrote last.
    pub last: Millis,
    /// When it is asked: what we write from then on undoes it.
    pub now: Millis,
}

impl Span {
    /// Whether it was us, in that run or later.
    fn is_ours(self, past: &Past) -> bool {
        let by_us = past.source_id.as_deref().is_none_or(|id| id == self.app.to_string());
        past.source == OURS && by_us && self.is_since(past)
    }

    fn is_since(self, past: &Past) -> bool {
        past.at.is_some_and(|at| at.0 >= self.began.0 - SKEW)
    }

    /// Whether it is of a run that came after that one.
    fn is_later(self, past: &Past) -> bool {
        past.at.is_some_and(|at| at.0 > self.last.0 + SKEW && at.0 <= self.now.0)
    }
}

/// What properties were before a run, and which were changed since by somebody or by a later run. One that is already as it
/// was, or that the run left no trace in, is neither.
#[must_use]
pub fn old_values(record: &Remembered, fields: &[String], span: Span) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut old, mut edited) = (BTreeMap::new(), Vec::new());
    for field in fields {
        let past = record.history.get(field).map(Vec::as_slice).unwrap_or_default();
        match before(past, span) {
            Before::Same => {}
            Before::Value(value) => _ = old.insert(field.clone(), value.to_owned()),
            Before::Edited => edited.push(field.clone()),
        }
    }
    (old, edited)
}

/// Whether somebody else has written since the run began that made the record.
pub(super) fn is_edited(past: &[Past], span: Span) -> bool {
    past.iter().any(|one| span.is_since(one) && !span.is_ours(one) && one.source != WORKED_OUT)
}

enum Before<'p> {
    Same,
    Value(&'p str),
    Edited,
}

/// What one property was; its values come newest first.
fn before(past: &[Past], span: Span) -> Before<'_> {
    let Some(present) = past.first() else { return Before::Same };
    if !span.is_ours(present) {
        return if span.is_since(present) { Before::Edited } else { Before::Same };
    }
    let ours = past.iter().take_while(|one| span.is_ours(one));
    if ours.clone().any(|one| span.is_later(one)) {
        return Before::Edited;
    }
    // One that was never written before was empty.
    let value = past.get(ours.count()).map_or("", |one| one.value.as_str());
    if value == present.value { Before::Same } else { Before::Value(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// A value at an hour: ours, another app's, or a person's.
    fn past(value: &str, at: i64, by: &str) -> Past {
        let (source, source_id) = match by {
            "us" => (OURS, Some("4711".to_owned())),
            "app" => (OURS, Some("12".to_owned())),
            "nobody" => (OURS, None),
            other => (other, Some("userId:9".to_owned())),
        };
        Past { value: value.to_owned(), at: Some(Millis(at)), source: source.to_owned(), source_id, by: None }
    }

    /// A run from 10 to 11 o'clock that is undone at 20.
    fn span() -> Span {
        let app = "4711".parse().expect("an app");
        Span { app, began: Millis(10 * HOUR), last: Millis(11 * HOUR), now: Millis(20 * HOUR) }
    }

    fn told(all: &[Past]) -> Option<&str> {
        match before(all, span()) {
            Before::Same => Some("same"),
            Before::Value(value) => Some(value),
            Before::Edited => None,
        }
    }

    #[test]
    fn two_writes_of_one_run_are_one_change() {
        let person = past("theirs", 5 * HOUR, "CRM_UI");
        let (first, second) = (past("one", 10 * HOUR, "us"), past("two", 11 * HOUR, "us"));
        assert_eq!(told(&[second.clone(), first.clone(), person]), Some("theirs"));
        assert_eq!(told(&[second, first]), Some(""), "it was empty before");
    }

    #[test]
    fn what_a_run_before_wrote_is_an_old_value_like_any() {
        let all = [past("new", 10 * HOUR, "us"), past("old", 3 * HOUR, "us"), past("theirs", HOUR, "CRM_UI")];
        assert_eq!(told(&all), Some("old"));
    }

    #[test]
    fn what_others_or_later_runs_changed_stays() {
        let ours = past("ours", 10 * HOUR, "us");
        for (at, by) in [(12, "CRM_UI"), (12, "app"), (12, "IMPORT"), (12, "us"), (12, "nobody")] {
            assert_eq!(told(&[past("since", at * HOUR, by), ours.clone()]), None, "{by}");
        }
        assert_eq!(told(&[past("ours", 10 * HOUR, "nobody"), past("old", HOUR, "app")]), Some("old"));
    }

    #[test]
    fn a_repeat_of_an_undo_finds_nothing_to_do() {
        let all = [past("old", 21 * HOUR, "us"), past("ours", 10 * HOUR, "us"), past("old", HOUR, "CRM_UI")];
        assert_eq!(told(&all), Some("same"));
        assert_eq!(told(&[past("old", HOUR, "CRM_UI")]), Some("same"), "the run left no trace");
        assert_eq!(told(&[]), Some("same"));
    }

    #[test]
    fn a_record_is_edited_when_anybody_else_wrote_since_it_was_made() {
        let ours = past("ours", 10 * HOUR, "us");
        assert!(!is_edited(&[past("later", 12 * HOUR, "us"), ours.clone()], span()));
        assert!(!is_edited(&[past("7", 12 * HOUR, "CALCULATED"), ours.clone()], span()));
        assert!(is_edited(&[past("again", 12 * HOUR, "us"), past("x", 11 * HOUR, "CRM_UI"), ours], span()));
    }
}
