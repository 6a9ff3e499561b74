//! Warnings in the log before credentials end: for a certificate 60, 30, 14 and 3 days before, for a consent on its sixth and
//! seventh day. The settings page shows the same to administrators whenever they look.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{
    Admin, AdminError,
    connect::{Ends, ends, threshold},
};
use crate::{
    clock::Millis,
    domain::ids::ConnectionId,
    in_tx,
    store::connections::{self, Connection, Method},
};

/// What was last warned of, so that each step is said once by each process.
#[derive(Debug, Default)]
pub(super) struct Warned(Mutex<HashMap<ConnectionId, Step>>);

/// How near the end was: the kind and, for certificates, the days.
type Step = (Ends, Option<u64>);

impl Warned {
    /// Whether this step was not warned of before.
    fn is_new(&self, connection: ConnectionId, step: Step) -> bool {
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        warned.insert(connection, step) != Some(step)
    }
}

impl Admin {
    /// Warns of connections whose credentials end soon, or have ended; gives how many warnings were new.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn warn_of_ends(&self, now: Millis) -> Result<usize, AdminError> {
        let rows = in_tx!(self.db, read "connections that end", |tx| { connections::ending(tx).await })?;
        Ok(rows.iter().filter(|row| self.warn_of(row, now)).count())
    }

    fn warn_of(&self, row: &Connection, now: Millis) -> bool {
        let Some(at) = row.ends_at else { return false };
        let near = ends(now, row.method, at);
        let days = if row.method == Method::Certificate { threshold(now, at) } else { None };
        if near == Ends::Later || !self.memory().warned.is_new(row.id, (near, days)) {
            return false;
        }
        let (portal, connection, left) = (row.portal_id, row.id, at.since(now).as_secs() / 86_400);
        match row.method {
            Method::Certificate => tracing::warn!(
                %portal, %connection, days_left = left,
                "a connection's certificate ends soon or has ended: an administrator makes a new one on the settings page"
            ),
            Method::SignIn => tracing::warn!(
                %portal, %connection, days_left = left,
                "a connection's consent ends soon or has ended: an administrator signs in again on the settings page"
            ),
        }
        true
    }
}
