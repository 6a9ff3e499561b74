//! Why HubSpot refused a row, read from whatever form its answer has (hubspot.md §4.3, §4.4, §4.9).
//!
//! Promise: any answer can be read, and what cannot be understood is [`RefusalCode::Other`].
//! Never: keeps a text of HubSpot's. What stays is a code of ours, names of properties, ids, and words in capitals.

use serde_json::Value;

use crate::domain::ids::ObjectId;

/// The longest name of a property, and the longest word, that is believed.
const LONGEST: usize = 100;
/// How many places in a text are tried where JSON may begin.
const MOST_STARTS: usize = 8;

/// Why a row was refused, by what a person or a program can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// The e-mail address has not the form of one.
    InvalidEmail,
    /// The value is none of the property's list.
    InvalidOption,
    /// The value is no number.
    InvalidNumber,
    /// The value is no day or instant.
    InvalidDate,
    /// The value has too many characters.
    TooLong,
    /// The property cannot be written.
    ReadOnly,
    /// There is no such property.
    UnknownProperty,
    /// The portal requires a value for every new record.
    RequiredMissing,
    /// The portal requires a value because of another value.
    ConditionalRequired,
    /// Another record has this unique value.
    Conflict,
    /// The address was erased for privacy and may not come back.
    Blocked,
    /// There is no such record.
    Missing,
    /// The installation may not do this.
    Forbidden,
    /// The row was locked, longer than we try: the only code that passes by itself.
    Locked,
    /// Anything else: HubSpot's word for it.
    Other(String),
}

/// Why a row was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The properties it is about, as far as HubSpot names them.
    pub properties: Vec<String>,
    /// The record that has the value already, for [`RefusalCode::Conflict`], as far as HubSpot names it.
    pub existing: Option<ObjectId>,
}

impl Refusal {
    /// A refusal of which no more is known.
    #[must_use]
    pub const fn bare(code: RefusalCode) -> Self {
        Self { code, properties: Vec::new(), existing: None }
    }

    /// Whether it is about a property itself, so that every row that writes the property gets it.
    pub(super) fn of_property(&self) -> bool {
        matches!(self.code, RefusalCode::UnknownProperty | RefusalCode::ReadOnly) && !self.properties.is_empty()
    }
}

/// A refusal, and the rows it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) refusal: Refusal,
    /// The trace ids of the rows.
    pub(super) traces: Vec<String>,
    /// The ids of the rows, in whatever sense the call has ids.
    pub(super) ids: Vec<String>,
    /// The pairs of the rows, for associations: ids on the one side, ids on the other.
    pub(super) ends: (Vec<String>, Vec<String>),
}

impl Said {
    /// Reads an error: a whole answer, or one of a batch's `errors`.
    pub(super) fn read(error: &Value) -> Self {
        let context = &error["context"];
        let two = |a: &str, b: &str| [texts(&context[a]), texts(&context[b])].concat();
        Self {
            refusal: refusal(error),
            traces: texts(&context["objectWriteTraceId"]),
            ids: two("ids", "id"),
            ends: (two("fromObjectId", "fromId"), two("toObjectId", "toId")),
        }
    }

    /// Reads the answer to a call with status 409, which is about a conflict whatever it says.
    pub(super) fn conflict(error: &Value) -> Self {
        let mut said = Self::read(error);
        if said.refusal.code != RefusalCode::Conflict {
            said.refusal = Refusal { existing: existing(text_of(error)), ..Refusal::bare(RefusalCode::Conflict) };
        }
        said
    }

    /// A refusal that the status alone says.
    pub(super) const fn of(code: RefusalCode) -> Self {
        Self { refusal: Refusal::bare(code), traces: Vec::new(), ids: Vec::new(), ends: (Vec::new(), Vec::new()) }
    }

    /// All errors of a batch's answer.
    pub(super) fn all(errors: &[Value]) -> Vec<Self> {
        errors.iter().map(Self::read).collect()
    }
}

/// One thing that is wrong: HubSpot's word for it, and the property.
struct Finding {
    code: RefusalCode,
    property: Option<String>,
}

fn text_of(error: &Value) -> &str {
    error["message"].as_str().unwrap_or_default()
}

fn refusal(error: &Value) -> Refusal {
    let message = text_of(error);
    let mut found = Vec::new();
    gather(error, 0, &mut found);
    for json in embedded(message) {
        gather(&json, 0, &mut found);
    }
    let existing = existing(message);
    let told = by_text(message, existing);
    let category = word(&error["category"]);
    // What says something of values goes before what says that something was wrong.
    let code = found
        .iter()
        .map(|finding| &finding.code)
        .find(|code| !matches!(code, RefusalCode::Other(_)))
        .cloned()
        .or(told)
        .or_else(|| category.as_deref().and_then(known))
        .or_else(|| found.first().map(|finding| finding.code.clone()))
        .unwrap_or_else(|| RefusalCode::Other(category.unwrap_or_else(|| "UNKNOWN".to_owned())));
    let mut properties: Vec<String> =
        found.into_iter().filter(|finding| finding.code == code).filter_map(|finding| finding.property).collect();
    if properties.is_empty() {
        properties.extend(named_in(message));
    }
    properties.sort_unstable();
    properties.dedup();
    let existing = existing.filter(|_| code == RefusalCode::Conflict);
    Refusal { code, properties, existing }
}

/// Findings in `errors`, in HubSpot's two forms: `{code, context: {propertyName}}` and `{error, name}`.
fn gather(json: &Value, depth: usize, found: &mut Vec<Finding>) {
    if depth > 4 {
        return;
    }
    match json {
        Value::Array(items) => items.iter().for_each(|item| gather(item, depth + 1, found)),
        Value::Object(_) => {
            let code = word(&json["code"]).or_else(|| word(&json["error"])).or_else(|| word(&json["subCategory"]));
            if let Some(code) = code {
                let code = known(&code).unwrap_or(RefusalCode::Other(code));
                let context = &json["context"];
                let names = [texts(&context["propertyName"]), texts(&context["name"]), texts(&json["name"])].concat();
                let names: Vec<String> = names.into_iter().filter(|name| is_property(name)).collect();
                if names.is_empty() {
                    found.push(Finding { code, property: None });
                } else {
                    found.extend(names.into_iter().map(|name| Finding { code: code.clone(), property: Some(name) }));
                }
            }
            gather(&json["errors"], depth + 1, found);
            gather(&json["validationResults"], depth + 1, found);
        }
        _ => {}
    }
}

/// The code behind one of HubSpot's words. The list of words is not closed, so parts of them decide.
fn known(word: &str) -> Option<RefusalCode> {
    const PARTS: [(&str, RefusalCode); 21] = [
        ("CONDITIONAL", RefusalCode::ConditionalRequired),
        ("REQUIRED", RefusalCode::RequiredMissing),
        ("BLOCK", RefusalCode::Blocked),
        ("GDPR", RefusalCode::Blocked),
        ("PRIVACY", RefusalCode::Blocked),
        ("READ_ONLY", RefusalCode::ReadOnly),
        ("READONLY", RefusalCode::ReadOnly),
        ("PROPERTY_DOESNT_EXIST", RefusalCode::UnknownProperty),
        ("PROPERTY_NOT_FOUND", RefusalCode::UnknownProperty),
        ("UNKNOWN_PROPERTY", RefusalCode::UnknownProperty),
        ("EMAIL", RefusalCode::InvalidEmail),
        ("OPTION", RefusalCode::InvalidOption),
        ("BOOLEAN", RefusalCode::InvalidOption),
        ("TOO_LONG", RefusalCode::TooLong),
        ("LENGTH", RefusalCode::TooLong),
        ("INTEGER", RefusalCode::InvalidNumber),
        ("NUMBER", RefusalCode::InvalidNumber),
        ("CONFLICT", RefusalCode::Conflict),
        ("ALREADY", RefusalCode::Conflict),
        ("DUPLICATE", RefusalCode::Conflict),
        ("OBJECT_NOT_FOUND", RefusalCode::Missing),
    ];
    if word.contains("PHONE") {
        return None;
    }
    if word.split('_').any(|part| matches!(part, "DATE" | "DATETIME" | "TIMESTAMP")) {
        return Some(RefusalCode::InvalidDate);
    }
    let by_part = PARTS.iter().find(|(part, _)| word.contains(part)).map(|(_, code)| code.clone());
    by_part.or(match word {
        "LOCKED" => Some(RefusalCode::Locked),
        "MISSING_SCOPES" | "FORBIDDEN" => Some(RefusalCode::Forbidden),
        _ if word.contains("PERMISSION") => Some(RefusalCode::Forbidden),
        _ => None,
    })
}

/// What only the text says.
fn by_text(message: &str, existing: Option<ObjectId>) -> Option<RefusalCode> {
    let text = message.to_ascii_lowercase();
    let says = |part: &str| text.contains(part);
    if says("non-unique property") {
        return Some(RefusalCode::Other(super::properties::NOT_UNIQUE.to_owned()));
    }
    if existing.is_some() || says("already exists") || says("already has that value") {
        return Some(RefusalCode::Conflict);
    }
    if says("blocklist") || says("blacklist") || says("gdpr") || says("privacy") || says("permanently deleted") {
        return Some(RefusalCode::Blocked);
    }
    if says("must be provided") {
        return Some(RefusalCode::RequiredMissing);
    }
    if says("permission.") && says("missing '") {
        return Some(RefusalCode::Forbidden);
    }
    (says("property \"") && says("does not exist")).then_some(RefusalCode::UnknownProperty)
}

/// The record that a message about a conflict names: `Existing ID: 123`, or `123 already has that value`.
fn existing(message: &str) -> Option<ObjectId> {
    if let Some((_, behind)) = message.split_once("Existing ID: ") {
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        return behind.get(..end)?.parse().ok();
    }
    let (before, _) = message.split_once(" already has that value")?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    before.get(before.len() - digits..)?.parse().ok()
}

/// The property that a message names where nothing else does.
fn named_in(message: &str) -> Option<String> {
    const FRAMES: [(&str, &str); 4] = [
        ("propertyName=", ","),
        ("A value for ", " must be provided"),
        ("Property \"", "\" does not exist"),
        ("non-unique property ", ""),
    ];
    FRAMES.iter().find_map(|(before, behind)| {
        let (_, rest) = message.split_once(before)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        (is_property(name) && tail.starts_with(behind)).then(|| name.to_owned())
    })
}

/// The JSON documents inside a text.
fn embedded(message: &str) -> Vec<Value> {
    let starts = message.char_indices().filter(|(_, c)| matches!(c, '[' | '{')).map(|(at, _)| at);
    let mut found = Vec::new();
    let mut end = 0;
    for at in starts.take(MOST_STARTS) {
        if at < end {
            continue;
        }
        let mut stream = serde_json::Deserializer::from_str(&message[at..]).into_iter::<Value>();
        if let Some(Ok(json)) = stream.next() {
            end = at + stream.byte_offset();
            found.push(json);
        }
    }
    found
}

/// A text, or the texts of a list; numbers as text.
fn texts(json: &Value) -> Vec<String> {
    match json {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(items) => items.iter().filter(|item| !item.is_array()).flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A word in capitals, as HubSpot writes categories and codes. Anything else might be a text.
fn word(json: &Value) -> Option<String> {
    let text = json.as_str()?;
    let last = text.rsplit('.').next().unwrap_or(text);
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let fine = last.len() <= LONGEST && last.starts_with(|c: char| c.is_ascii_uppercase()) && last.bytes().all(fits);
    fine.then(|| last.to_owned())
}

/// Whether this can be the name of a property.
fn is_property(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !name.is_empty() && name.len() <= LONGEST && name.bytes().all(fits)
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
