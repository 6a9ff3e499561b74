//! The mapping as it is kept, exported and imported.
//!
//! Promise: what was exported imports as the same; a file that is not sound is refused whole, with every fault and its place.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    tables::ValueTable,
    trouble::{Fault, Place, Trouble},
};
use crate::sync::flow::{Row, Target};

/// The version this release writes and reads.
const VERSION: u32 = 1;

/// More than this is no mapping.
const LARGEST: usize = 1_000_000;

/// The rows of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetRows {
    /// The target's name within the flow.
    pub key: String,
    /// Its rows, in the order in which they are shown.
    pub rows: Vec<Row>,
}

/// An administrator's mapping of a flow. A target that stands not in it has its default rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MappingDoc {
    /// The version of this form.
    pub version: u32,
    /// The flow it was made for: `customers`.
    pub flow: String,
    /// The rows.
    pub targets: Vec<TargetRows>,
    /// The value tables.
    #[serde(default)]
    pub tables: Vec<ValueTable>,
}

impl MappingDoc {
    /// The defaults of a flow, as a document to edit or export.
    #[must_use]
    pub fn of_defaults(flow: &str, targets: &[Target]) -> Self {
        let targets = targets.iter().map(|t| TargetRows { key: t.key.clone(), rows: t.rows.clone() }).collect();
        Self { version: VERSION, flow: flow.to_owned(), targets, tables: Vec::new() }
    }

    /// The rows of a target: its own, or the defaults where it stands not in the document.
    #[must_use]
    pub fn rows_of<'a>(&'a self, target: &'a Target) -> &'a [Row] {
        self.targets.iter().find(|t| t.key == target.key).map_or(&target.rows, |t| &t.rows)
    }

    /// The text of an export.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Texts and lists alone: this cannot fail, and an empty export would be seen.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What `flows.mapping` holds.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// Reads an export.
    ///
    /// # Errors
    /// Every part that cannot be read. Whether the rows are sound is [`check`](super::check())'s to say.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        if text.len() > LARGEST {
            return Err(vec![Fault::of_document(Place::Document, Trouble::TooLarge)]);
        }
        match serde_json::from_str(text) {
            Ok(value) => Self::from_value(value),
            Err(error) => {
                let at = format!("line {}, column {}", error.line(), error.column());
                Err(vec![Fault::of_document(Place::Path(at), Trouble::NotJson)])
            }
        }
    }

    /// Reads what `flows.mapping` holds.
    ///
    /// # Errors
    /// As [`MappingDoc::parse`].
    pub fn from_value(mut value: Value) -> Result<Self, Vec<Fault>> {
        let version = value.get("version").and_then(Value::as_u64);
        if version != Some(u64::from(VERSION)) {
            return Err(vec![Fault::of_document(Place::Path("version".to_owned()), Trouble::Version)]);
        }
        let mut faults = Vec::new();
        let targets = targets(take(&mut value, "targets"), &mut faults);
        let tables = list(take(&mut value, "tables"), "tables", &mut faults);
        let frame: Option<Self> = read(value, "", &mut faults);
        match frame.filter(|_| faults.is_empty()) {
            Some(frame) => Ok(Self { targets, tables, ..frame }),
            None => Err(faults),
        }
    }
}

/// Takes a list out of an object, so that its parts are read one by one and every fault is found. What is no list stays and
/// is refused with the frame.
fn take(value: &mut Value, name: &str) -> Vec<Value> {
    match value.get_mut(name) {
        Some(Value::Array(items)) => std::mem::take(items),
        _ => Vec::new(),
    }
}

fn targets(items: Vec<Value>, faults: &mut Vec<Fault>) -> Vec<TargetRows> {
    let mut found = Vec::new();
    for (index, mut item) in items.into_iter().enumerate() {
        let path = format!("targets[{index}]");
        let rows = list(take(&mut item, "rows"), &format!("{path}.rows"), faults);
        found.extend(read::<TargetRows>(item, &path, faults).map(|target| TargetRows { rows, ..target }));
    }
    found
}

fn list<T: DeserializeOwned>(items: Vec<Value>, path: &str, faults: &mut Vec<Fault>) -> Vec<T> {
    let items = items.into_iter().enumerate();
    items.filter_map(|(index, item)| read(item, &format!("{path}[{index}]"), faults)).collect()
}

fn read<T: DeserializeOwned>(value: Value, path: &str, faults: &mut Vec<Fault>) -> Option<T> {
    match serde_path_to_error::deserialize(value) {
        Ok(read) => Some(read),
        Err(error) => {
            let inner = error.path().to_string();
            let dot = if path.is_empty() || inner == "." { "" } else { "." };
            let inner = if inner == "." { "" } else { &inner };
            let what = Trouble::Malformed(error.into_inner().to_string());
            faults.push(Fault::of_document(Place::Path(format!("{path}{dot}{inner}")), what));
            None
        }
    }
}
