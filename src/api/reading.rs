//! Reading the query and the body of signed requests.
//!
//! Promise: a fault names the parameter or the place in the body, with what would be right; a parameter that is there twice
//! and an unknown field are refused, so that a misspelt one is never lost. HubSpot's own four parameters are passed over: the
//! signature check has read them.
//! Never: repeats a value that was sent.

use std::{borrow::Cow, str::FromStr};

use serde::de::DeserializeOwned;

use super::ApiError;

/// The names that HubSpot appends.
const HUBSPOT: [&str; 4] = ["userId", "portalId", "userEmail", "appId"];

/// The parameters of a query by name, each once.
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// Reads a query; only the `known` parameters may be there.
    pub(super) fn read(query: &'a str, known: &[&str]) -> Result<Self, ApiError> {
        let mut all: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::with_capacity(10);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if HUBSPOT.contains(&name.as_ref()) {
                continue;
            }
            if !known.contains(&name.as_ref()) {
                let text = match known {
                    [] => "the query must hold nothing but what HubSpot appends".to_owned(),
                    known => format!("the query may hold {}, and nothing else", known.join(", ")),
                };
                return Err(ApiError::Invalid(text));
            }
            if all.iter().any(|(other, _)| *other == name) {
                return Err(ApiError::Invalid(format!("the query parameter {name} must occur once only")));
            }
            all.push((name, value));
        }
        Ok(Self(all))
    }

    /// The text of a parameter, if it is there.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_ref())
    }

    /// A parameter that must be there.
    pub(super) fn required<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T, ApiError> {
        let text =
            self.text(name).ok_or_else(|| ApiError::Invalid(format!("the query parameter {name} is missing")))?;
        text.parse().map_err(|why| ApiError::Invalid(format!("the query parameter {name} is wrong: {why}")))
    }

    /// A parameter that may be there.
    pub(super) fn optional<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        if self.text(name).is_some() { self.required(name).map(Some) } else { Ok(None) }
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, name: &str, default: u32, most: u32) -> Result<u32, ApiError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let number = text.parse::<u32>().ok().filter(|n| (1..=most).contains(n));
        number.ok_or_else(|| {
            ApiError::Invalid(format!("the query parameter {name} must be a whole number from 1 to {most}"))
        })
    }
}

/// Reads a body that is one JSON object.
///
/// # Errors
/// [`ApiError::Invalid`] with the place and what would be right.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json);
    let value = read.map_err(|fault| {
        let place: String = fault.path().to_string().chars().take(100).collect();
        // serde's words about JSON and our own ids; neither repeats what was sent beyond a field's name.
        ApiError::Invalid(match fault.inner().classify() {
            serde_json::error::Category::Data => format!("the body is wrong at {place}: {}", words(fault.inner())),
            _ => "the body must be one JSON object".to_owned(),
        })
    })?;
    json.end().map_err(|_| ApiError::Invalid("the body must be one JSON object and nothing after it".to_owned()))?;
    Ok(value)
}

/// serde's message without the values it quotes.
fn words(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match text.split_once("invalid type: ").or_else(|| text.split_once("invalid value: ")) {
        Some((_, rest)) => {
            rest.split_once("expected ").map_or_else(|| text.to_owned(), |(_, what)| format!("expected {what}"))
        }
        None => text.chars().take(200).collect(),
    }
}
