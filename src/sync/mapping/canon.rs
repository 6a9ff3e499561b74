//! The one form of a value in HubSpot: two texts have the same form exactly when HubSpot means the same by them.
//!
//! Promise: the form of a form is itself; nothing and blank are the empty form. It is for comparing and hashing, never for
//! writing.

use super::forms;
use crate::domain::field::FieldKind;

/// The form of `text`, the value of a property of this kind. What cannot be read as that kind is its own form.
#[must_use]
pub fn canon(kind: FieldKind, text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let read = match kind {
        FieldKind::Number | FieldKind::Money => forms::number(text).map(forms::plain),
        FieldKind::Flag => forms::flag(text).map(|flag| flag.to_string()),
        FieldKind::Date => forms::date(text).map(|date| date.to_string()),
        FieldKind::Instant => forms::instant(text).map(|ms| ms.to_string()),
        FieldKind::Email => forms::email(text),
        FieldKind::Phone => Some(phone(text)),
        FieldKind::Url => Some(url(text)),
        FieldKind::Many => Some(many(text)),
        FieldKind::Text | FieldKind::Choice | FieldKind::Reference => None,
    };
    read.unwrap_or_else(|| lines(text))
}

/// Line ends and the space around a text differ between systems without meaning anything.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// Two ways of writing one number differ in spaces, brackets, dots and dashes; what else stands there counts (`ext. 5`). `00`
/// and `+` in front are the same.
fn phone(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '.' | '-' | '/' | '\u{2010}'..='\u{2015}'))
        .flat_map(char::to_lowercase)
        .collect();
    match kept.strip_prefix("00").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() && c != '0')) {
        Some(international) => format!("+{international}"),
        None if kept.is_empty() => lines(text),
        None => kept,
    }
}

/// Scheme and host know no case, and a bare host is its root page.
fn url(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let path = if path == "/" { "" } else { path };
    let scheme = if scheme.is_empty() { String::new() } else { format!("{}://", scheme.to_lowercase()) };
    let form = format!("{scheme}{}{path}", host.to_lowercase());
    // What stood before the slash may end in space.
    lines(if form.is_empty() { text } else { &form })
}

/// The order of several values means nothing.
fn many(text: &str) -> String {
    let mut parts = forms::several(text);
    parts.sort_unstable();
    parts.join(";")
}
