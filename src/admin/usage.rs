//! How many calls went out for a portal, written down for the settings page.

use std::collections::BTreeMap;

use super::Admin;
use crate::{
    in_tx,
    outbound::{Meter, Used},
    store::usage::{self, HUBSPOT},
};

impl Admin {
    /// Writes down the calls since the last time. What cannot be written is lost, which the log says: it is a count for people.
    pub async fn write_usage(&self) {
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
