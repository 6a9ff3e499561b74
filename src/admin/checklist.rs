//! The prerequisites of a connection, each proved, refused or left to a person to confirm.

use serde::Serialize;

use crate::{
    clock::Millis,
    erp::{Finding, Probe},
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
    /// No call can tell.
    CannotBeAsked,
    /// It is not needed.
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

/// The list of what a probe found; the caller says when it was asked.
#[must_use]
pub fn of_probe(probe: &Probe) -> ChecklistAnswer {
    let item = |p: &crate::erp::Prerequisite| ChecklistItem {
        code: p.code.to_owned(),
        seed: None,
        name: p.name.to_owned(),
        finding: match p.finding {
            Finding::Proved => ChecklistFinding::Proved,
            Finding::Refused => ChecklistFinding::Refused,
            Finding::CannotBeAsked => ChecklistFinding::CannotBeAsked,
        },
        required: p.required,
        mend: p.mend.to_owned(),
    };
    let items = probe.prerequisites.iter().map(item).collect();
    ChecklistAnswer { state: ChecklistState::Asked, trouble: None, asked_at: None, items }
}
