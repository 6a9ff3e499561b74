//! The prerequisites of a connection, each proved, refused or left to a person to confirm.
//!
//! Promise: nothing is ticked that a call did not prove; the same lines stand in the same order always, asked or not, and
//! every line says where to mend it.

use serde::Serialize;

use crate::{
    clock::Millis,
    erp::{Finding, Prerequisite, Probe, netsuite},
};

/// Whether the account was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChecklistState {
    /// It was.
    Asked,
    /// Nobody asked yet.
    NotAsked,
    /// It could not be asked.
    Trouble,
}

/// Why the account could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChecklistTroubleCode {
    /// It must be connected again.
    Reconnect,
    /// It limits the calls.
    Throttled,
    /// It does not answer.
    Unavailable,
    /// Its answers cannot be read.
    Broken,
    /// The role lacks a right.
    NoPermission,
}

/// Why the account could not be asked, and the right that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChecklistTrouble {
    /// Why, in one word.
    pub code: ChecklistTroubleCode,
    /// The right's name in the ERP's menus.
    #[schema(required = true)]
    pub permission: Option<String>,
}

/// What asking told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChecklistFinding {
    /// A call that needs it worked.
    Proved,
    /// A call that needs it was refused.
    Refused,
    /// No call can tell: a person must confirm it.
    CannotBeAsked,
    /// The replaced product needed it, this one does not.
    NotNeeded,
}

/// One prerequisite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChecklistItem {
    /// A stable word.
    pub code: String,
    /// The row of the seed features it covers.
    #[schema(required = true)]
    pub seed: Option<String>,
    /// Its name in the ERP's menus.
    pub name: String,
    /// What asking told.
    pub finding: ChecklistFinding,
    /// Whether invoices cannot be shown without it.
    pub required: bool,
    /// The click path that mends it.
    pub mend: String,
}

/// The whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistAnswer {
    /// Whether the account was asked.
    pub state: ChecklistState,
    /// Why not.
    #[schema(required = true)]
    pub trouble: Option<ChecklistTrouble>,
    /// When it was asked.
    #[schema(required = true)]
    pub asked_at: Option<Millis>,
    /// The prerequisites.
    pub items: Vec<ChecklistItem>,
}

impl From<&Prerequisite> for ChecklistItem {
    fn from(found: &Prerequisite) -> Self {
        Self {
            code: found.code.to_owned(),
            seed: found.seed.map(str::to_owned),
            name: found.name.to_owned(),
            finding: match found.finding {
                Finding::Proved => ChecklistFinding::Proved,
                Finding::Refused => ChecklistFinding::Refused,
                Finding::CannotBeAsked => ChecklistFinding::CannotBeAsked,
                Finding::NotNeeded => ChecklistFinding::NotNeeded,
            },
            required: found.required,
            mend: found.mend.to_owned(),
        }
    }
}

/// The list before there is an account to ask: nothing is ticked.
#[must_use]
pub fn not_asked() -> ChecklistAnswer {
    let items = netsuite::prerequisites().iter().map(ChecklistItem::from).collect();
    ChecklistAnswer { state: ChecklistState::NotAsked, trouble: None, asked_at: None, items }
}

/// The list of an account that could not be asked: nothing is ticked.
#[must_use]
pub fn in_trouble(trouble: ChecklistTrouble, asked_at: Millis) -> ChecklistAnswer {
    let (state, trouble, asked_at) = (ChecklistState::Trouble, Some(trouble), Some(asked_at));
    ChecklistAnswer { state, trouble, asked_at, ..not_asked() }
}

/// The list of what a probe found; the caller says when it was asked.
#[must_use]
pub fn of_probe(probe: &Probe) -> ChecklistAnswer {
    let items = probe.prerequisites.iter().map(ChecklistItem::from).collect();
    ChecklistAnswer { state: ChecklistState::Asked, trouble: None, asked_at: None, items }
}

/// The name of the first thing that is needed and was refused.
#[must_use]
pub fn refused_of(probe: &Probe) -> Option<&'static str> {
    probe.prerequisites.iter().find(|p| p.required && p.finding == Finding::Refused).map(|p| p.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_anything_was_asked_nothing_is_ticked_ns_03_to_ns_09() {
        let list = not_asked();
        assert_eq!(list.state, ChecklistState::NotAsked);
        for item in &list.items {
            let expected = match item.seed.as_deref() {
                Some("NS-03" | "NS-05" | "NS-08") => ChecklistFinding::NotNeeded,
                _ => ChecklistFinding::CannotBeAsked,
            };
            assert_eq!(item.finding, expected, "{}", item.code);
            assert!(item.mend.contains(" > ") || item.mend.starts_with("Nothing to"), "{}", item.mend);
        }
    }
}
