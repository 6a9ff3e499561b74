//! How many calls went out for a portal, written down for the settings page.

use std::collections::BTreeMap;

use super::{Admin, overview::trouble};
use crate::{
    domain::ids::{ConnectionId, PortalId},
    erp::health::Noted,
    in_tx,
    outbound::{Meter, Used},
    store::{
        StoreError, Tx,
        connections::{self, ConnectionStatus},
        usage::{self, HUBSPOT},
    },
};

impl Admin {
    /// Writes down the calls since the last time, and how the last of each connection went. What cannot be written is lost, which the log says: it is a count for people.
    pub async fn write_usage(&self) {
        self.write_health().await;
        let used: BTreeMap<Meter, Used> = self.outbound.take_usage();
        if used.is_empty() {
            return;
        }
        let hour = usage::hour_of(self.clock.now());
        let written = in_tx!(self.db, "write usage", |tx| {
            for (meter, used) in &used {
                match meter {
                    Meter::Nobody => {}
                    Meter::Portal(portal) => usage::add(tx, *portal, HUBSPOT, hour, counted(*used)).await?,
                    Meter::Connection(id) => usage::add_of_connection(tx, *id, hour, counted(*used)).await?,
                }
            }
            Ok(())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the numbers of calls of the last seconds could not be written down");
        }
    }

    async fn write_health(&self) {
        let noted = self.health.take();
        if noted.is_empty() {
            return;
        }
        let written = in_tx!(self.db, "write health", |tx| {
            for ((portal, id), noted) in &noted {
                write_one(tx, *portal, *id, noted).await?;
            }
            Ok(())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "how the last calls of connections went could not be written down");
        }
    }
}

/// Writes how the last call of a connection went, unless something newer is known, or it has no credential any more.
async fn write_one(tx: &mut Tx, portal: PortalId, id: ConnectionId, noted: &Noted) -> Result<(), StoreError> {
    let row = connections::get(tx, portal, id).await?;
    let Some(row) = row.filter(|row| row.status != ConnectionStatus::Disconnected) else { return Ok(()) };
    if row.good_at.max(row.trouble_at).is_some_and(|known| known > noted.at) {
        return Ok(());
    }
    match &noted.outcome {
        Ok(()) => connections::worked(tx, portal, id, noted.at).await?,
        Err(error) => {
            let (word, _, permission) = trouble(error);
            connections::failed(tx, portal, id, word, permission, noted.at).await?
        }
    };
    Ok(())
}

fn counted(used: Used) -> usage::Used {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    usage::Used {
        calls: number(used.calls),
        unauthorized: number(used.unauthorized),
        forbidden: number(used.forbidden),
        throttled: number(used.throttled),
        failed: number(used.failed),
    }
}
