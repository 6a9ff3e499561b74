//! Value tables: which word of the ERP is which word in HubSpot.
//!
//! Promise: looking a word up and back gives the same word wherever the table is one-to-one. A word that stands in no table
//! is never guessed.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::expr::Problem;
use crate::domain::field::Value;

/// The tables of a mapping, by name.
pub type ValueTables = Arc<BTreeMap<String, Arc<ValueTable>>>;

/// A table of an administrator's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValueTable {
    /// Its name: what rows and `lookup('…')` call it.
    pub name: String,
    /// `[word in the ERP, value in HubSpot]`; of equal words the first counts.
    pub pairs: Vec<(String, String)>,
    /// What a word becomes in HubSpot that stands in no pair; `""` clears. Without it such a word is a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// Words are the same whatever their case and the space around them.
fn same(a: &str, b: &str) -> bool {
    a.trim() == b.trim() || a.trim().to_lowercase() == b.trim().to_lowercase()
}

impl ValueTable {
    /// The value in HubSpot for a word of the ERP.
    #[must_use]
    pub fn to_hubspot(&self, word: &str) -> Option<&str> {
        self.pair(|(erp, _)| same(erp, word)).map(|(_, hubspot)| hubspot.as_str()).or(self.otherwise.as_deref())
    }

    /// The word in the ERP for a value of HubSpot.
    #[must_use]
    pub fn to_erp(&self, value: &str) -> Option<&str> {
        self.pair(|(_, hubspot)| same(hubspot, value)).map(|(erp, _)| erp.as_str())
    }

    /// The value in HubSpot for a value of the ERP: of a choice both its own word and what people read stand for it.
    #[must_use]
    pub fn of(&self, value: &Value) -> Option<&str> {
        let words = words(value);
        let known = words.iter().find_map(|word| self.pair(|(erp, _)| same(erp, word)));
        known.map(|(_, hubspot)| hubspot.as_str()).or(self.otherwise.as_deref())
    }

    /// Whether it can be gone through in both directions: no word and no value stands there twice, and nothing is left over.
    #[must_use]
    pub fn is_one_to_one(&self) -> bool {
        self.otherwise.is_none() && self.doubled().is_empty()
    }

    /// The places of pairs whose word or value stood there before.
    #[must_use]
    pub fn doubled(&self) -> Vec<usize> {
        let twice = |at: usize| {
            let (erp, hubspot) = &self.pairs[at];
            self.pairs[..at].iter().any(|(e, h)| same(e, erp) || same(h, hubspot))
        };
        (0..self.pairs.len()).filter(|at| twice(*at)).collect()
    }

    /// The places of pairs whose word in the ERP stood there before, so that they never count.
    #[must_use]
    pub fn repeated(&self) -> Vec<usize> {
        let before = |at: usize| self.pairs[..at].iter().any(|(erp, _)| same(erp, &self.pairs[at].0));
        (0..self.pairs.len()).filter(|at| before(*at)).collect()
    }

    fn pair(&self, fits: impl Fn(&(String, String)) -> bool) -> Option<&(String, String)> {
        self.pairs.iter().find(|pair| fits(pair))
    }

    fn knows(&self, value: &Value) -> bool {
        words(value).iter().any(|word| self.pair(|(erp, _)| same(erp, word)).is_some())
    }
}

/// The words a value is known by.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Choice { id, label } => vec![id.clone(), label.clone()],
        Value::Text(text) => vec![text.clone()],
        Value::Flag(flag) => vec![flag.to_string()],
        Value::Number(number) => vec![super::forms::plain(*number)],
        Value::Date(date) => vec![date.to_string()],
        Value::Money(_) | Value::Instant(_) | Value::Many(_) => Vec::new(),
    }
}

/// The values that stand in no pair, with how often each was met, the most frequent first. For the administrator who looks
/// at the live rows; kept nowhere.
#[must_use]
pub fn unmatched<'a>(table: &ValueTable, values: impl IntoIterator<Item = &'a Value>) -> Vec<(String, usize)> {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let singles = values.into_iter().flat_map(|value| match value {
        Value::Many(many) => many.iter().map(|one| Value::Text(one.clone())).collect(),
        single => vec![single.clone()],
    });
    for value in singles.filter(|value| !table.knows(value)) {
        // What people read, where a choice has both.
        if let Some(word) = words(&value).pop() {
            *met.entry(word).or_default() += 1;
        }
    }
    let mut met: Vec<_> = met.into_iter().collect();
    met.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    met
}

/// Looks `word` up in the table called `name`.
///
/// # Errors
/// [`Problem::UnknownTable`], [`Problem::Unmatched`].
pub(super) fn look_up(tables: &ValueTables, name: &str, word: &str, back: bool) -> Result<String, Problem> {
    let table = tables.get(name).ok_or_else(|| Problem::UnknownTable(name.to_owned()))?;
    let found = if back { table.to_erp(word) } else { table.to_hubspot(word) };
    found.map(str::to_owned).ok_or_else(|| Problem::Unmatched(name.to_owned()))
}
