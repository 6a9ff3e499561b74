//! Limits that several processes share, counted in the database.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    clock::Millis,
    domain::ids::PortalId,
    hubspot::{Limit, SharedLimits},
    in_tx,
    outbound::{Lane, window::Starts},
    store::{Db, rate_windows},
};

/// Counts in the database, which all processes share.
#[derive(Debug)]
pub(super) struct StoredLimits(pub(super) Db);

impl SharedLimits for StoredLimits {
    fn of(&self, portal: PortalId, limit: Limit, most: usize, length: Duration) -> Arc<dyn Starts> {
        let what = match limit {
            Limit::Calls => "hubspot",
            Limit::Searches => "hubspot-search",
        };
        Arc::new(Stored { db: self.0.clone(), scope: format!("{what}/{portal}"), most, length })
    }
}

#[derive(Debug)]
struct Stored {
    db: Db,
    scope: String,
    most: usize,
    length: Duration,
}

#[async_trait]
impl Starts for Stored {
    async fn take(&self, lane: Lane, now: Millis) -> Option<Result<(), Millis>> {
        let (most, length, card) = (self.most, self.length, lane == Lane::Card);
        let asked = rate_windows::Asked { scope: &self.scope, most, length, card };
        let taken = in_tx!(self.db, "take a call's start", |tx| { rate_windows::take(tx, asked, now).await });
        taken.inspect_err(|error| self.alone(error)).ok().map(|taken| taken.map(|_| ()))
    }

    async fn hold(&self, until: Millis) {
        let held = in_tx!(self.db, "hold calls", |tx| { rate_windows::hold(tx, &self.scope, until).await });
        if let Err(error) = held {
            self.alone(&error);
        }
    }
}

impl Stored {
    fn alone(&self, error: &crate::store::StoreError) {
        tracing::warn!(scope = %self.scope, %error, "calls cannot be counted together; this process counts for itself");
    }
}
