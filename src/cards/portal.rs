//! A portal as the card sees it: its calendar and its ERP connections, ready to be asked.

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

use serde::Deserialize as _;

use super::{
    Cards,
    answer::{list::NotConnected, row::Environment},
    error::CardError,
    remembered::Kept,
};
use crate::{
    domain::{
        ids::{ConnectionId, PortalId},
        permissions::Permissions,
    },
    erp::{Erp, System},
    in_tx,
    store::{
        connections::{self, Connection, ConnectionStatus},
        portals::{self, Portal, PortalStatus, PortalTrouble},
    },
};

/// Makes the connector of a connection. The same connection must get the same permits each time.
pub trait Connectors: Send + Sync {
    /// The connector of `connection`.
    ///
    /// # Errors
    /// A text for the log that says what in the stored row does not fit this build.
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn Erp>, String>;

    /// The connection is gone: nothing of it need be kept.
    fn forget(&self, connection: ConnectionId);
}

/// One connection of a portal, ready to be asked.
#[derive(Clone)]
pub(super) struct ErpConnection {
    pub(super) id: ConnectionId,
    pub(super) system: System,
    pub(super) name: Arc<str>,
    pub(super) environment: Environment,
    pub(super) erp: Arc<dyn Erp>,
}

/// A portal that installed the app.
pub(super) struct PortalView {
    pub(super) zone: TimeZone,
    pub(super) zone_name: Arc<str>,
    pub(super) connections: Vec<ErpConnection>,
    /// Why there are no connections, where there are none.
    pub(super) reason: Option<NotConnected>,
    /// Whether HubSpot refuses calls until an administrator consents again.
    pub(super) consent_needed: bool,
    /// Who may see and attach.
    pub(super) permissions: Permissions,
}

/// Why no connection of a portal can be used, by what would help most.
fn not_connected(portal: Option<&Portal>, connections: &[Connection]) -> NotConnected {
    let Some(portal) = portal else { return NotConnected::Never };
    let consent = portal.trouble == Some(PortalTrouble::ConsentNeeded);
    let any = |status| connections.iter().any(|c| c.status == status);
    match portal.status {
        _ if consent => NotConnected::ConsentNeeded,
        PortalStatus::Disconnected => NotConnected::Uninstalled,
        PortalStatus::Active if any(ConnectionStatus::Paused) => NotConnected::Paused,
        PortalStatus::Active if any(ConnectionStatus::Disconnected) => NotConnected::Disconnected,
        PortalStatus::Active => NotConnected::Never,
    }
}

/// What the administrators of a portal decided; everybody may everything until they do.
///
/// # Errors
/// A row that cannot be read lets nobody in.
fn permissions(portal: &Portal) -> Result<Permissions, CardError> {
    let unreadable = |e| CardError::Inside(format!("portals.settings of {}: {e}", portal.portal_id));
    portal
        .settings
        .get("permissions")
        .map_or_else(|| Ok(Permissions::default()), |stored| Permissions::deserialize(stored).map_err(unreadable))
}

impl PortalView {
    /// The connection of this id, if it is this portal's.
    pub(super) fn connection(&self, id: ConnectionId) -> Option<&ErpConnection> {
        self.connections.iter().find(|c| c.id == id)
    }
}

impl Cards {
    /// The portal; one that is not installed has no connections and the calendar of UTC.
    pub(super) async fn portal(&self, portal: PortalId) -> Result<Arc<Kept<PortalView>>, CardError> {
        self.0.portals.get(&portal, async || self.load_portal(portal).await).await
    }

    async fn load_portal(&self, portal: PortalId) -> Result<PortalView, CardError> {
        let (row, rows) = in_tx!(self.0.db, read "portal", |tx| {
            Ok((portals::get(tx, portal).await?, connections::list_of_portal(tx, portal).await?))
        })?;
        let reason = not_connected(row.as_ref(), &rows);
        let Some(row) = row.filter(|p| p.status == PortalStatus::Active) else {
            return Ok(PortalView {
                zone: TimeZone::UTC,
                zone_name: "UTC".into(),
                connections: Vec::new(),
                reason: Some(reason),
                consent_needed: false,
                permissions: Permissions::default(),
            });
        };
        let zone = TimeZone::get(&row.time_zone).unwrap_or_else(|_| {
            tracing::warn!(%portal, zone = %row.time_zone, "HubSpot's time zone is not known here; UTC decides what is overdue");
            TimeZone::UTC
        });
        let usable = rows.iter().filter(|c| c.status == ConnectionStatus::Active);
        let connections: Vec<ErpConnection> = usable.filter_map(|c| self.ready(c)).collect();
        Ok(PortalView {
            zone,
            zone_name: row.time_zone.as_str().into(),
            reason: connections.is_empty().then_some(reason),
            connections,
            consent_needed: row.trouble == Some(PortalTrouble::ConsentNeeded),
            permissions: permissions(&row)?,
        })
    }

    /// A stored connection made ready; one that this build cannot speak to is left out and logged.
    fn ready(&self, row: &Connection) -> Option<ErpConnection> {
        let (connection, portal) = (row.id, row.portal_id);
        let system = System::from_word(&row.system).or_else(|| {
            tracing::error!(%portal, %connection, system = %row.system, "no connector for this system in this build");
            None
        })?;
        let erp = self.0.connectors.connect(row).inspect_err(|why| {
            tracing::error!(%portal, %connection, why, "the connection cannot be used");
        });
        let environment = match row.environment {
            connections::Environment::Production => Environment::Production,
            connections::Environment::Sandbox => Environment::Sandbox,
        };
        Some(ErpConnection { id: row.id, system, name: row.name.as_str().into(), environment, erp: erp.ok()? })
    }

    /// The calendar day on which `portal` is now.
    pub(super) fn today(&self, portal: &PortalView) -> Date {
        self.0.clock.now().day_in(&portal.zone)
    }
}
