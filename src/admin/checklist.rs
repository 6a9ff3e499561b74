//! The prerequisites of a connection, each proved, refused or left to a person to confirm.
//!
//! Promise: nothing is ticked that a call did not prove; every line says where to mend it. Asking writes how the connection
//! is; it changes nothing else.

use std::time::Duration;

use serde::Serialize;

use super::{Admin, AdminError, Administrator};
use crate::{
    clock::Millis,
    domain::ids::{ConnectionId, PortalId},
    erp::{ErpError, Finding, Lane, Prerequisite, Probe, netsuite},
    in_tx,
    store::{
        connections::{self, Connection, ConnectionTrouble},
        settings,
    },
};

/// The longest that an account is asked: an answer must go out within HubSpot's time.
const PATIENCE: Duration = Duration::from_secs(9);

/// What a connection's account has and lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistAnswer {
    /// Whether it was asked.
    pub state: ChecklistState,
    /// With `trouble`: why it could not be.
    pub trouble: Option<ChecklistTrouble>,
    /// When it was asked.
    pub asked_at: Option<Millis>,
    /// All lines, the same ones in the same order always.
    pub items: Vec<ChecklistItem>,
}

/// Whether an account was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChecklistState {
    /// It was.
    Asked,
    /// There is none to ask yet.
    NotAsked,
    /// It could not be.
    Trouble,
}

/// Why an account could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistTrouble {
    /// By what can be done about it: `reconnect`, `no_permission`, `throttled`, `unavailable`, `broken`.
    pub code: &'static str,
    /// With `no_permission`: the right that is missing.
    pub permission: Option<String>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistItem {
    /// A stable word for it.
    pub code: &'static str,
    /// The rule of the replaced product that it covers.
    pub seed: Option<&'static str>,
    /// Its name in the ERP's menus.
    pub name: &'static str,
    /// `proved`, `refused`, `cannot_be_asked` or `not_needed`.
    #[schema(value_type = String)]
    pub finding: Finding,
    /// Whether invoices cannot be shown without it.
    pub required: bool,
    /// The click path.
    pub mend: &'static str,
}

impl From<Prerequisite> for ChecklistItem {
    fn from(found: Prerequisite) -> Self {
        let Prerequisite { code, seed, name, finding, required, mend } = found;
        Self { code, seed, name, finding, required, mend }
    }
}

impl ChecklistAnswer {
    /// The list before there is an account to ask.
    #[must_use]
    pub fn not_asked() -> Self {
        Self { state: ChecklistState::NotAsked, trouble: None, asked_at: None, items: lines(netsuite::prerequisites()) }
    }

    fn asked(probe: Probe, at: Millis) -> Self {
        let items = lines(probe.prerequisites);
        Self { state: ChecklistState::Asked, trouble: None, asked_at: Some(at), items }
    }

    fn trouble(error: &ErpError, at: Millis) -> Self {
        let (trouble, permission) = sorted(error);
        let trouble = ChecklistTrouble { code: trouble.word(), permission };
        Self {
            state: ChecklistState::Trouble,
            trouble: Some(trouble),
            asked_at: Some(at),
            items: lines(netsuite::prerequisites()),
        }
    }
}

fn lines(found: Vec<Prerequisite>) -> Vec<ChecklistItem> {
    found.into_iter().map(ChecklistItem::from).collect()
}

/// An ERP's trouble as it is kept with the connection.
pub(super) fn sorted(error: &ErpError) -> (ConnectionTrouble, Option<String>) {
    match error {
        ErpError::Reconnect { .. } => (ConnectionTrouble::Reconnect, None),
        ErpError::Permission { permission } => (ConnectionTrouble::NoPermission, Some(permission.clone())),
        ErpError::Wait { .. } => (ConnectionTrouble::Throttled, None),
        ErpError::Unavailable { .. } => (ConnectionTrouble::Unavailable, None),
        ErpError::Missing | ErpError::Rejected { .. } | ErpError::Broken { .. } => (ConnectionTrouble::Broken, None),
    }
}

impl Admin {
    /// The checklist of a connection, asked now, or the list without findings. Waits for at most nine seconds.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for a connection that is not this portal's. An account that cannot be asked is an answer.
    pub async fn checklist(
        &self,
        administrator: &Administrator,
        connection: Option<ConnectionId>,
    ) -> Result<ChecklistAnswer, AdminError> {
        let Some(id) = connection else { return Ok(ChecklistAnswer::not_asked()) };
        let portal = administrator.who().portal;
        let row = in_tx!(self.db, read "connection", |tx| { connections::get(tx, portal, id).await })?;
        let row = row.ok_or(AdminError::NoSuch("connection"))?;
        let probed = self.probe_connection(&row).await?;
        let at = self.clock.now();
        self.note_health(portal, id, probed.as_ref().map(|probe| refused_of(probe)), at).await?;
        Ok(match probed {
            Ok(probe) => ChecklistAnswer::asked(probe, at),
            Err(error) => ChecklistAnswer::trouble(&error, at),
        })
    }

    /// Asks a connection's account everything, for at most nine seconds.
    pub(super) async fn probe_connection(&self, row: &Connection) -> Result<Result<Probe, ErpError>, AdminError> {
        let erp = self
            .connectors
            .connect(row)
            .map_err(|why| AdminError::Inside(format!("connection {} cannot be used: {why}", row.id)))?;
        let probed = tokio::time::timeout(PATIENCE, erp.probe(Lane::Card)).await;
        Ok(probed.unwrap_or(Err(ErpError::Unavailable { why: "NetSuite does not answer in time" })))
    }

    /// Writes how the connection is: `Ok` with the required right that is missing, if one is.
    async fn note_health(
        &self,
        portal: PortalId,
        id: ConnectionId,
        found: Result<Option<&'static str>, &ErpError>,
        now: Millis,
    ) -> Result<(), AdminError> {
        let failed = match found {
            Ok(None) => None,
            Ok(Some(right)) => Some((ConnectionTrouble::NoPermission, Some(right.to_owned()))),
            Err(error) => Some(sorted(error)),
        };
        in_tx!(self.db, "connection health", |tx| {
            match &failed {
                None => settings::worked(tx, portal, id, now).await,
                Some((trouble, right)) => settings::failed(tx, portal, id, *trouble, right.as_deref(), now).await,
            }
        })?;
        Ok(())
    }
}

/// The first required thing that was refused.
fn refused_of(probe: &Probe) -> Option<&'static str> {
    probe.prerequisites.iter().find(|p| p.required && p.finding == Finding::Refused).map(|p| p.name)
}
