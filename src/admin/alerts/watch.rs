//! Watching the flows: alerts are raised and cleared by how they stand, and sent.

use std::{collections::BTreeMap, time::Duration};

use tokio_util::sync::CancellationToken;

use super::message::{self, Message};
use crate::{
    admin::{Admin, AdminError, flows::kind_of},
    clock::Millis,
    domain::ids::{FlowId, PortalId},
    in_tx,
    store::{
        StoreError, Tx,
        alerts::{self, Alert, AlertState},
        connections::{self, ConnectionStatus},
        flows, links, parked,
        portals::{self, PortalStatus},
        reviews,
    },
    sync::alerts::{Numbers, causes},
};

/// How often the flows are looked at.
const EVERY: Duration = Duration::from_mins(1);
/// So many alerts are sent at once.
const AT_ONCE: u32 = 20;
/// After the first failure an alert waits so long, then twice as long each time…
const FIRST_WAIT: Duration = Duration::from_mins(1);
/// …up to so long.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// So often it is sent: for about five hours.
const ATTEMPTS: i64 = 12;

impl Admin {
    /// Watches the flows until `stop`.
    pub async fn run_alerts(&self, stop: CancellationToken) {
        loop {
            let worked = tokio::select! {
                worked = self.work_alerts() => worked,
                () = stop.cancelled() => return,
            };
            if let Err(error) = worked {
                tracing::warn!(%error, "alerts could not be worked off; trying again");
            }
            tokio::select! {
                () = self.clock.pause(EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Looks at all flows once, and sends what is to be told; gives how many alerts were claimed. Several processes may do so
    /// at once.
    ///
    /// # Errors
    /// Database trouble; what was claimed comes due again.
    pub async fn work_alerts(&self) -> Result<usize, AdminError> {
        let portals = in_tx!(self.db, read "portals to watch", |tx| { portals::list(tx).await })?;
        for portal in portals.into_iter().filter(|portal| portal.status == PortalStatus::Active) {
            let (id, now) = (portal.portal_id, self.clock.now());
            in_tx!(self.db, "raise and clear alerts", |tx| { look(tx, id, now).await })?;
        }
        let now = self.clock.now();
        let claimed = in_tx!(self.db, "claim alerts", |tx| { alerts::claim(tx, AT_ONCE, now).await })?;
        for alert in &claimed {
            self.tell(alert).await?;
        }
        Ok(claimed.len())
    }

    /// Tells people of one alert.
    async fn tell(&self, alert: &Alert) -> Result<(), AdminError> {
        let now = self.clock.now();
        let Some((url, secret)) = self.alert_target(alert.portal_id).await? else {
            in_tx!(self.db, "an alert that goes nowhere", |tx| { alerts::give_up(tx, alert).await })?;
            return Ok(());
        };
        let message = self.message_of(alert).await?;
        let portal = alert.portal_id;
        match message::send(&self.outbound, (&url, &secret), &message, now).await {
            Ok(()) => in_tx!(self.db, "an alert was told", |tx| { alerts::told(tx, alert, now).await })?,
            Err(error) if alert.attempts + 1 >= ATTEMPTS => {
                tracing::warn!(%portal, cause = alert.cause, %error, "an alert was not taken for hours; giving up");
                in_tx!(self.db, "give an alert up", |tx| { alerts::give_up(tx, alert).await })?;
            }
            Err(error) => {
                tracing::info!(%portal, cause = alert.cause, %error, "an alert was not taken; trying again later");
                let due = now.plus(wait(alert.attempts));
                in_tx!(self.db, "put an alert off", |tx| { alerts::put_off(tx, alert, due).await })?;
            }
        }
        Ok(())
    }

    async fn message_of(&self, alert: &Alert) -> Result<Message, AdminError> {
        let flow = match alert.flow_id {
            Some(id) => {
                in_tx!(self.db, read "the flow of an alert", |tx| { flows::get(tx, alert.portal_id, id).await })?
            }
            None => None,
        };
        Ok(Message {
            id: self.clock.new_id(),
            event: alert.state.word(),
            cause: alert.cause.split(':').next().unwrap_or_default().to_owned(),
            portal_id: alert.portal_id,
            connection_id: flow.as_ref().map(|flow| flow.connection_id),
            flow_id: alert.flow_id,
            flow: flow.map(|flow| flow.key),
            raised_at: alert.raised_at,
            cleared_at: alert.cleared_at.filter(|_| alert.state == AlertState::Cleared),
        })
    }
}

/// Raises and clears a portal's alerts by how its flows stand.
async fn look(tx: &mut Tx, portal: PortalId, now: Millis) -> Result<(), StoreError> {
    let connections = connections::list_of_portal(tx, portal).await?;
    let mut wanted: BTreeMap<String, FlowId> = BTreeMap::new();
    for flow in flows::of_portal(tx, portal).await? {
        let Some(connection) = connections.iter().find(|one| one.id == flow.connection_id) else { continue };
        let Some(kind) = kind_of(connection, &flow) else { continue };
        let numbers = Numbers {
            linked: links::count_of_flow(tx, portal, connection.id, kind).await?.writing,
            parked: parked::count(tx, portal, flow.id).await?,
            reviews: reviews::count(tx, portal, flow.id).await?,
        };
        let works = connection.status == ConnectionStatus::Active;
        let all = causes(&flow, numbers, works, now).into_iter();
        wanted.extend(all.map(|cause| (format!("{}:{}", cause.word(), flow.id), flow.id)));
    }
    for alert in alerts::raised(tx, portal).await? {
        if wanted.remove(&alert.cause).is_none() {
            alerts::clear(tx, portal, &alert.cause, now).await?;
        }
    }
    for (cause, flow) in wanted {
        alerts::raise(tx, portal, &cause, Some(flow), now).await?;
    }
    Ok(())
}

/// How long an alert waits that was not taken `attempts` times before.
fn wait(attempts: i64) -> Duration {
    let doubled = u32::try_from(attempts).unwrap_or(u32::MAX).min(12);
    FIRST_WAIT.saturating_mul(1 << doubled).min(LONGEST_WAIT)
}
