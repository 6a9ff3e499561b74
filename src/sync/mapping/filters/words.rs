//! Filters over plain texts and lists of them.

use minijinja::{Environment, Error, Value};

use super::{is_empty, legal, of_text, raise};
use crate::sync::mapping::{expr::Problem, scope};

pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("lower", |value: &Value| of_text(value, |text| Some(text.to_lowercase())));
    engine.add_filter("upper", |value: &Value| of_text(value, |text| Some(text.to_uppercase())));
    engine.add_filter("title", |value: &Value| of_text(value, |text| Some(title(text))));
    engine.add_filter("capitalize", |value: &Value| of_text(value, |text| Some(capital(&text.to_lowercase()))));
    engine.add_filter("trim", |value: &Value| of_text(value, |text| Some(text.trim().to_owned())));
    engine.add_filter("text", |value: &Value| of_text(value, |text| Some(text.to_owned())));
    engine.add_filter("digits", |value: &Value| of_text(value, |text| Some(digits(text))));
    engine.add_filter("words", |value: &Value| of_text(value, |text| Some(one_line(text))));
    engine.add_filter("replace", replace);
    engine.add_filter("truncate", truncate);
    engine.add_filter("strip_legal_form", |value: &Value| of_text(value, |text| Some(legal::strip(text))));
    engine.add_filter("split", split);
    engine.add_filter("join", join);
    engine.add_filter("first", |value: &Value| end(value, true));
    engine.add_filter("last", |value: &Value| end(value, false));
    engine.add_filter("length", length);
    engine.add_function("join_name", join_name);
}

/// The first letter of every word large, the rest small. A letter behind an apostrophe or a dash begins a word too
/// ("O'Neill", "Jean-Luc").
fn title(text: &str) -> String {
    let mut begins = true;
    let mut titled = String::with_capacity(text.len());
    for c in text.chars() {
        if begins {
            titled.extend(c.to_uppercase());
        } else {
            titled.extend(c.to_lowercase());
        }
        begins = c.is_whitespace() || matches!(c, '-' | '\'' | '’' | '.' | '/');
    }
    titled
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The words with one space between them: without line ends and tabs.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn replace(value: &Value, from: &str, to: &str) -> Result<Value, Error> {
    if from.is_empty() {
        return Err(raise(Problem::Arguments));
    }
    // Counted before it is made: every place may become longer.
    let grown = |text: &str| text.len() + text.matches(from).count() * to.len().saturating_sub(from.len());
    if let Some(text) = scope::text(value).map_err(raise)?
        && grown(&text) > crate::sync::mapping::expr::LARGEST
    {
        return Err(raise(Problem::TooBig));
    }
    of_text(value, |text| Some(text.replace(from, to)))
}

/// The first so many characters: the way of a row to say that a loss is meant.
fn truncate(value: &Value, most: &Value) -> Result<Value, Error> {
    let most = most.as_usize().ok_or_else(|| raise(Problem::Arguments))?;
    of_text(value, |text| Some(text.chars().take(most).collect::<String>().trim_end().to_owned()))
}

fn split(value: &Value, at: &str) -> Result<Value, Error> {
    if at.is_empty() {
        return Err(raise(Problem::Arguments));
    }
    let Some(text) = scope::text(value).map_err(raise)? else { return Ok(Value::UNDEFINED) };
    Ok(text.split(at).map(|part| Value::from(part.trim())).filter(|part| !is_empty(part)).collect())
}

/// The texts of a list; a single text counts as a list of one.
fn texts(value: &Value) -> Result<Vec<String>, Error> {
    if is_empty(value) {
        return Ok(Vec::new());
    }
    if let Ok(Some(one)) = scope::text(value) {
        return Ok(vec![one]);
    }
    let mut found = Vec::new();
    let mut size = 0;
    for one in value.try_iter().map_err(|_| raise(Problem::Kind))? {
        if let Some(text) = scope::text(&one).map_err(raise)?.filter(|text| !text.trim().is_empty()) {
            size += text.len();
            if size > crate::sync::mapping::expr::LARGEST {
                return Err(raise(Problem::TooBig));
            }
            found.push(text);
        }
    }
    Ok(found)
}

/// One text of a list's, with `between` between them; empty parts are left out.
fn join(value: &Value, between: Option<&str>) -> Result<Value, Error> {
    let between = between.unwrap_or(", ");
    let parts = texts(value)?;
    if parts.is_empty() {
        return Ok(Value::UNDEFINED);
    }
    if parts.len().saturating_mul(between.len()) > crate::sync::mapping::expr::LARGEST {
        return Err(raise(Problem::TooBig));
    }
    of_text(&Value::from(parts.join(between)), |text| Some(text.to_owned()))
}

fn end(value: &Value, first: bool) -> Result<Value, Error> {
    let mut parts = texts(value)?;
    let part = if first { (!parts.is_empty()).then(|| parts.swap_remove(0)) } else { parts.pop() };
    Ok(part.map_or(Value::UNDEFINED, Value::from))
}

/// How many characters a text has, or a list parts.
fn length(value: &Value) -> Result<Value, Error> {
    match scope::text(value) {
        Ok(text) => Ok(Value::from(text.map_or(0, |text| text.chars().count()))),
        Err(_) => Ok(Value::from(texts(value)?.len())),
    }
}

/// The parts of a name with one space between them, those that are there.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands a function its arguments this way")]
fn join_name(parts: minijinja::value::Rest<Value>) -> Result<Value, Error> {
    let mut words = Vec::new();
    for part in parts.iter() {
        words.extend(scope::text(part).map_err(raise)?.map(|text| one_line(&text)).filter(|text| !text.is_empty()));
    }
    if words.is_empty() { Ok(Value::UNDEFINED) } else { of_text(&Value::from(words.join(" ")), |t| Some(t.to_owned())) }
}
