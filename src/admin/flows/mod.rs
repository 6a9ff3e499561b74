//! The flows of a portal as its administrators see and steer them: the switch, the policies, runs by hand, the mapping, what was
//! done and what could not be.
//!
//! Promise: a flow, run or review of another portal is as good as none; what is asked twice has the effect of once; nothing is
//! written to either side here, only the flow's rows, which the flow is then worked by.
//! Never: keeps a value of a record. What is shown of records is read from both sides while the page waits.

mod checking;
mod csv;
mod live;
mod log;
mod mapping;
mod pages;
mod parked;
mod reviews;
mod rules;
mod samples;
mod shapes;
mod sides;
mod steer;
mod stones;
mod stopping;
mod undo;
mod view;

use self::view::Around;
pub use self::{
    checking::*, csv::Download, log::*, mapping::*, parked::*, reviews::*, samples::*, shapes::*, sides::SideView,
    steer::RunWanted, stones::*, undo::*,
};
use super::{Admin, AdminError, Administrator};
use crate::{
    clock::{Clock, Millis},
    domain::{
        ids::{FlowId, PortalId},
        record::RecordRef,
    },
    erp::source::Kind,
    in_tx,
    store::{
        StoreError, Tx,
        connections::{self, Connection, ConnectionStatus},
        flow_hints::{self, NewFlowHint},
        flows::{self, Flow, FlowStatus, NewFlow},
        links::{self, Link, LinkKind},
        parked::Side,
    },
    sync::{
        defaults,
        flow::{FlowDefault, Policies, ToErp},
    },
};

/// A flow with its connection and the default that comes with the system.
pub(super) struct Named {
    flow: Flow,
    connection: Connection,
    default: &'static FlowDefault,
}

impl Named {
    /// A flow of this connection; `None` for one that this build does not know.
    fn of(flow: Flow, connection: Connection) -> Option<Self> {
        let default = defaults::of(&connection.system, &flow.key)?;
        Some(Self { flow, connection, default })
    }

    /// The kind of ERP records that flows, as links have it.
    const fn kind(&self) -> LinkKind {
        link_kind(self.default.kind)
    }
}

/// A kind of ERP records, as links have it.
const fn link_kind(kind: Kind) -> LinkKind {
    match kind {
        Kind::Customer => LinkKind::Customer,
        Kind::Contact => LinkKind::Contact,
    }
}

/// A record changed in HubSpot: the flow that writes it looks at it, if it writes back.
pub(super) async fn record_changed(
    tx: &mut Tx,
    portal: PortalId,
    record: RecordRef,
    now: Millis,
) -> Result<(), StoreError> {
    for link in links::of_record(tx, portal, record).await?.into_iter().filter(|link| link.writes) {
        let Some(connection) = connections::get(tx, portal, link.connection_id).await? else { continue };
        for flow in flows::of_connection(tx, portal, connection.id).await? {
            let writes_back = view::policies(&flow).is_ok_and(|policies| policies.to_erp != ToErp::Off);
            if writes_back && flow.status == FlowStatus::On && kind_of(&connection, &flow) == Some(link.kind) {
                let (flow_id, key) = (flow.id, record.to_string());
                let hint = NewFlowHint { flow_id, portal_id: portal, side: Side::Hubspot, key: &key, by_hand: false };
                flow_hints::leave(tx, hint, now).await?;
            }
        }
    }
    Ok(())
}

/// The kind of ERP records of a flow; `None` for one that this build does not know.
pub(super) fn kind_of(connection: &Connection, flow: &Flow) -> Option<LinkKind> {
    defaults::of(&connection.system, &flow.key).map(|default| link_kind(default.kind))
}

/// The flow of this id with its connection, if it is the portal's.
async fn named(tx: &mut Tx, portal: PortalId, id: FlowId) -> Result<Option<Named>, StoreError> {
    let Some(flow) = flows::get(tx, portal, id).await? else { return Ok(None) };
    let connection = connections::get(tx, portal, flow.connection_id).await?;
    Ok(connection.and_then(|connection| Named::of(flow, connection)))
}

/// Makes the flows of a connection that it does not have yet; they are off.
pub(super) async fn make_missing(
    tx: &mut Tx,
    clock: &Clock,
    connection: &Connection,
    now: Millis,
) -> Result<u64, StoreError> {
    // Words, numbers and flags: this always serialises.
    let settings = serde_json::to_value(Policies::default()).unwrap_or_default();
    let new = defaults::all(&connection.system).iter().map(|flow| NewFlow {
        id: FlowId(clock.new_id()),
        portal_id: connection.portal_id,
        connection_id: connection.id,
        key: &flow.key,
        settings: &settings,
    });
    flows::put_missing(tx, &new.collect::<Vec<_>>(), now).await
}

/// The records of these links changed in HubSpot as no window of changes tells, merged or restored: what the ERP changed
/// meanwhile found them absent, so their rows are looked at, whether the flow writes back or not.
pub(super) async fn look_again(tx: &mut Tx, portal: PortalId, of: &[Link], now: Millis) -> Result<(), StoreError> {
    for link in of.iter().filter(|link| link.writes) {
        let Some(connection) = connections::get(tx, portal, link.connection_id).await? else { continue };
        for flow in flows::of_connection(tx, portal, connection.id).await? {
            if kind_of(&connection, &flow) == Some(link.kind) {
                let (flow_id, key) = (flow.id, link.erp_id.as_str());
                let hint = NewFlowHint { flow_id, portal_id: portal, side: Side::Erp, key, by_hand: false };
                flow_hints::leave(tx, hint, now).await?;
            }
        }
    }
    Ok(())
}

impl Admin {
    /// The portal's flows. Those that an active connection does not have yet are made, and are off.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn flows(&self, by: &Administrator) -> Result<FlowsAnswer, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        self.make_missing_flows(portal, now).await?;
        let all = in_tx!(self.db, read "flows", |tx| {
            let connections = connections::list_of_portal(tx, portal).await?;
            let mut all = Vec::new();
            for flow in flows::of_portal(tx, portal).await? {
                let connection = connections.iter().find(|one| one.id == flow.connection_id);
                let Some(named) = connection.and_then(|one| Named::of(flow, one.clone())) else { continue };
                let around = Around::of(tx, &named, now).await?;
                all.push((named, around));
            }
            Ok(all)
        })?;
        let flows = all.into_iter().map(|(named, around)| view::view(named, around, now));
        Ok(FlowsAnswer { flows: flows.collect::<Result<_, _>>()? })
    }

    async fn make_missing_flows(&self, portal: PortalId, now: Millis) -> Result<(), AdminError> {
        let missing = in_tx!(self.db, read "missing flows", |tx| {
            let there = flows::of_portal(tx, portal).await?;
            let mut missing = connections::list_of_portal(tx, portal).await?;
            missing.retain(|connection| {
                let has = |key: &str| there.iter().any(|flow| flow.connection_id == connection.id && flow.key == key);
                connection.status == ConnectionStatus::Active
                    && defaults::all(&connection.system).iter().any(|flow| !has(&flow.key))
            });
            Ok(missing)
        })?;
        if !missing.is_empty() {
            in_tx!(self.db, "make flows", |tx| {
                for connection in &missing {
                    make_missing(tx, &self.clock, connection, now).await?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// One flow as it is shown.
    async fn flow_view(&self, portal: PortalId, id: FlowId) -> Result<FlowAnswer, AdminError> {
        let now = self.clock.now();
        let read = in_tx!(self.db, read "a flow", |tx| {
            let Some(named) = named(tx, portal, id).await? else { return Ok(None) };
            let around = Around::of(tx, &named, now).await?;
            Ok(Some((named, around)))
        })?;
        let (named, around) = read.ok_or(AdminError::NoSuch("flow"))?;
        Ok(FlowAnswer { flow: view::view(named, around, now)? })
    }

    /// One flow with its connection.
    async fn named_flow(&self, portal: PortalId, id: FlowId) -> Result<Named, AdminError> {
        let read = in_tx!(self.db, read "a flow", |tx| { named(tx, portal, id).await })?;
        read.ok_or(AdminError::NoSuch("flow"))
    }
}
