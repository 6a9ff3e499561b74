//! The rules that a portal's admins make: what must be filled in, who is kept out, how much may belong to a record.
//!
//! Promise: they hold for calls on `2026-09` paths and for people, not for older paths; erased addresses are kept out
//! everywhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{
    account::{Account, folded, noun},
    errors::Refusal,
    objects::kind_of,
    values::Values,
};
use crate::sandbox::data::crm::CONTACT;

/// A property that must be filled in when another one has certain values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Condition {
    object_type: String,
    property: String,
    /// The values of `property` that ask for more; none: any value does.
    #[serde(default)]
    values: Vec<String>,
    requires: Vec<String>,
}

/// How many records of one type may belong to one of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cap {
    from: String,
    to: String,
    limit: usize,
}

/// The rules of a portal, as a control sets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Rules {
    /// Properties that a new record must have, by object type.
    required: BTreeMap<String, Vec<String>>,
    conditional: Vec<Condition>,
    /// Whether the addresses of erased contacts are refused.
    keep_erased_out: bool,
    association_limits: Vec<Cap>,
    #[serde(skip)]
    erased: BTreeSet<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            required: BTreeMap::new(),
            conditional: Vec::new(),
            keep_erased_out: true,
            association_limits: Vec::new(),
            erased: BTreeSet::new(),
        }
    }
}

impl Rules {
    /// Takes rules over; who is kept out stays so.
    ///
    /// # Errors
    /// 400 when one names an object type that there is not.
    pub(super) fn set(&mut self, rules: Self) -> Result<(), Refusal> {
        let types = rules.required.keys().chain(rules.conditional.iter().map(|c| &c.object_type));
        let ends = rules.association_limits.iter().flat_map(|c| [&c.from, &c.to]);
        for name in types.chain(ends) {
            kind_of(name)?;
        }
        *self = Self { erased: std::mem::take(&mut self.erased), ..rules };
        Ok(())
    }

    /// These addresses belonged to an erased contact.
    pub(super) fn keep_out(&mut self, addresses: impl Iterator<Item = String>) {
        self.erased.extend(addresses);
    }

    /// How many records of type `to` may belong to one of type `from`, where an admin says so.
    pub(super) fn cap(&self, from: &str, to: &str) -> Option<usize> {
        let found = self.association_limits.iter().find(|c| kind_of(&c.from) == Ok(from) && kind_of(&c.to) == Ok(to));
        found.map(|c| c.limit)
    }

    /// Refuses the address of an erased contact.
    pub(super) fn admit(&self, kind: &str, values: &Values) -> Result<(), Refusal> {
        let address = values
            .get("email")
            .map(|a| folded(a))
            .filter(|a| kind == CONTACT && self.keep_erased_out && self.erased.contains(a));
        match address {
            None => Ok(()),
            Some(_) => Err(Refusal::invalid_values(&[json!({
                "isValid": false, "message": "This email address was permanently deleted and cannot be added again",
                "error": "EMAIL_BLOCKLISTED", "name": "email",
                "localizedErrorMessage": "This email address was permanently deleted and cannot be added again",
            })])),
        }
    }
}

/// Refuses a new record, or a change of one that was `before`, that leaves empty what must be filled in.
///
/// # Errors
/// 400 that names the properties.
pub(super) fn complete(
    account: &Account,
    kind: &'static str,
    before: Option<&Values>,
    written: &Values,
) -> Result<(), Refusal> {
    let after = |name: &str| {
        let value = written.get(name).or_else(|| before.and_then(|b| b.get(name)));
        value.map(String::as_str).filter(|v| !v.is_empty())
    };
    let mut wrong = Vec::new();
    if before.is_none() {
        let required = account.rules.required.iter().filter(|(name, _)| kind_of(name) == Ok(kind));
        for name in required.flat_map(|(_, names)| names).filter(|name| after(name).is_none()) {
            wrong.push(missing(name, "MISSING_REQUIRED_PROPERTY"));
        }
    }
    for rule in account.rules.conditional.iter().filter(|c| kind_of(&c.object_type) == Ok(kind)) {
        let holds = after(&rule.property).is_some_and(|v| rule.values.is_empty() || rule.values.iter().any(|w| w == v));
        // What was incomplete before the rule came is let alone until somebody touches it.
        let touched = written.contains_key(&rule.property) || rule.requires.iter().any(|r| written.contains_key(r));
        if holds && touched {
            let empty = rule.requires.iter().filter(|r| after(r).is_none());
            wrong.extend(empty.map(|name| missing(name, "MISSING_CONDITIONAL_REQUIRED_PROPERTY")));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let what = if before.is_none() { "creating" } else { "updating" };
    let noun = noun(kind).to_uppercase();
    Err(Refusal::incomplete(format!("Error {what} {noun}. Some required properties were not set."), wrong))
}

fn missing(name: &str, code: &str) -> Json {
    json!({
        "message": format!("A value for {name} must be provided"), "code": code, "context": {"propertyName": [name]},
    })
}
