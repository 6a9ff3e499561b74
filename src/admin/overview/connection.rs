//! One connection as the settings page shows it; testing it, and changing what can be changed.

use serde_json::Value;
use tokio::time::Instant;

use super::{ConnectionSettings, Health, HealthState, HealthWhy, MethodWord, Numbers, PermitLimit, StatusWord};
use crate::{
    admin::{
        Admin, AdminError, Administrator,
        checklist::{self, ChecklistAnswer, ChecklistTrouble, ChecklistTroubleCode},
        connect::{self, Ends},
    },
    cards::answer::row,
    clock::Millis,
    domain::{
        ids::{ConnectionId, PortalId},
        money::Currency,
    },
    erp::{ErpError, Lane, Probe, System, netsuite::PERMITS},
    in_tx,
    store::{
        associations,
        connections::{self, Connection, ConnectionStatus, ConnectionTrouble, Environment, Method},
        links, usage,
    },
};

/// The longest name.
const LONGEST_NAME: usize = 80;

/// The name of the base currency among a connection's settings; the connector reads it when it is made.
const BASE_CURRENCY: &str = "baseCurrency";

/// A connection as it is shown; `None` for one of a system that this build does not know.
pub(super) fn view(row: &Connection, numbers: &Numbers, now: Millis) -> Option<ConnectionSettings> {
    let system = System::from_word(&row.system)?;
    Some(ConnectionSettings {
        connection_id: row.id,
        system,
        system_name: system.name(),
        account_id: row.account_id.clone(),
        name: row.name.clone(),
        environment: match row.environment {
            Environment::Production => row::Environment::Production,
            Environment::Sandbox => row::Environment::Sandbox,
        },
        method: match row.method {
            Method::Certificate => MethodWord::Certificate,
            Method::SignIn => MethodWord::SignIn,
        },
        status: match row.status {
            ConnectionStatus::Active => StatusWord::Active,
            ConnectionStatus::Paused => StatusWord::Paused,
            ConnectionStatus::Disconnected => StatusWord::Disconnected,
        },
        health: health(row, now),
        credentials_end_at: row.ends_at,
        ends: row.ends_at.map(|at| connect::ends(now, row.method, at)),
        base_currency: row.settings.get(BASE_CURRENCY).and_then(Value::as_str).map(str::to_owned),
        usage: numbers.used(&row.id.to_string()),
        limit: PermitLimit { at_once: PERMITS.0, background: PERMITS.1 },
        counts: numbers.hanging(row.id),
    })
}

fn health(row: &Connection, now: Millis) -> Health {
    let ended = row.ends_at.is_some_and(|at| connect::ends(now, row.method, at) == Ends::Ended);
    let (state, why) = match row.trouble {
        // Whatever the last call said: none works any more.
        _ if ended => (HealthState::Invalid, Some(HealthWhy::Reconnect)),
        None if row.good_at.is_some() => (HealthState::Valid, None),
        None => (HealthState::Unknown, None),
        Some(ConnectionTrouble::Reconnect) => (HealthState::Invalid, Some(HealthWhy::Reconnect)),
        Some(ConnectionTrouble::NoPermission) => (HealthState::Invalid, Some(HealthWhy::NoPermission)),
        Some(ConnectionTrouble::Broken) => (HealthState::Invalid, Some(HealthWhy::Broken)),
        Some(ConnectionTrouble::Throttled) => (HealthState::Unknown, Some(HealthWhy::Throttled)),
        Some(ConnectionTrouble::Unavailable) => (HealthState::Unknown, Some(HealthWhy::Unavailable)),
    };
    Health { state, why, permission: row.trouble_permission.clone(), last_good_at: row.good_at }
}

/// What is to be done about an ERP's refusal, as word of the database and of the page, and the right that is missing.
pub(in crate::admin) fn trouble(error: &ErpError) -> (ConnectionTrouble, ChecklistTroubleCode, Option<&str>) {
    match error {
        ErpError::Reconnect { .. } => (ConnectionTrouble::Reconnect, ChecklistTroubleCode::Reconnect, None),
        ErpError::Permission { permission } => {
            (ConnectionTrouble::NoPermission, ChecklistTroubleCode::NoPermission, Some(permission))
        }
        ErpError::Wait { .. } => (ConnectionTrouble::Throttled, ChecklistTroubleCode::Throttled, None),
        ErpError::Unavailable { .. } => (ConnectionTrouble::Unavailable, ChecklistTroubleCode::Unavailable, None),
        ErpError::Missing | ErpError::Rejected { .. } | ErpError::Broken { .. } => {
            (ConnectionTrouble::Broken, ChecklistTroubleCode::Broken, None)
        }
    }
}

impl Admin {
    /// Asks the account of a connection everything it must have, until `until`, and writes how that went. Asking twice is
    /// harmless, so no key is needed.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's connection, [`AdminError::Conflict`] for one that was ended or is paused.
    /// Trouble with the ERP is a part of the answer.
    pub async fn test(
        &self,
        by: &Administrator,
        id: ConnectionId,
        until: Instant,
    ) -> Result<ChecklistAnswer, AdminError> {
        let portal = by.who().portal;
        let row = self.connection_row(portal, id).await?;
        match row.status {
            ConnectionStatus::Active => {}
            ConnectionStatus::Paused => {
                return Err(AdminError::Conflict(
                    "this connection is paused, so its account is asked nothing; resume it, then test it".to_owned(),
                ));
            }
            ConnectionStatus::Disconnected => {
                return Err(AdminError::Conflict(
                    "this connection was ended and has no credentials any more; connect the account again".to_owned(),
                ));
            }
        }
        let erp = self.connectors.connect(&row).map_err(AdminError::Inside)?;
        let asked = tokio::time::timeout_at(until, erp.probe(Lane::Card)).await;
        let asked = asked.unwrap_or(Err(ErpError::Unavailable { why: "no answer in time" }));
        self.note(portal, id, &asked).await?;
        let asked_at = Some(self.clock.now());
        Ok(match asked {
            Ok(probe) => ChecklistAnswer { asked_at, ..checklist::of_probe(&probe) },
            Err(error) => {
                tracing::warn!(%portal, connection = %id, %error, "a connection was tested and does not work");
                let (_, code, permission) = trouble(&error);
                let trouble = ChecklistTrouble { code, permission: permission.map(str::to_owned) };
                checklist::in_trouble(trouble, self.clock.now())
            }
        })
    }

    /// Writes how asking a connection went.
    async fn note(
        &self,
        portal: PortalId,
        id: ConnectionId,
        asked: &Result<Probe, ErpError>,
    ) -> Result<(), AdminError> {
        let now = self.clock.now();
        in_tx!(self.db, "note a connection's health", |tx| {
            match asked {
                Ok(probe) => match checklist::refused_of(probe) {
                    None => connections::worked(tx, portal, id, now).await,
                    Some(right) => {
                        connections::failed(tx, portal, id, ConnectionTrouble::NoPermission, Some(right), now).await
                    }
                },
                Err(error) => {
                    let (word, _, permission) = trouble(error);
                    connections::failed(tx, portal, id, word, permission, now).await
                }
            }
        })?;
        Ok(())
    }

    /// Gives a connection a name and, where the account does not tell it, its base currency. Doing it twice is the same as
    /// doing it once.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for a name or currency that cannot be; [`AdminError::NoSuch`] for another portal's.
    pub async fn change(
        &self,
        by: &Administrator,
        id: ConnectionId,
        name: &str,
        base_currency: Option<&str>,
    ) -> Result<ConnectionSettings, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let name = checked_name(name)?;
        let currency = base_currency.map(iso).transpose()?;
        let read = in_tx!(self.db, "change a connection", |tx| {
            let Some(row) = connections::get(tx, portal, id).await? else { return Ok(None) };
            let mut all = row.settings.as_object().cloned().unwrap_or_default();
            match &currency {
                Some(code) => all.insert(BASE_CURRENCY.to_owned(), Value::from(code.code())),
                None => all.remove(BASE_CURRENCY),
            };
            let row = connections::rename(tx, portal, id, name, &all.into(), now).await?;
            let numbers = Numbers {
                associations: associations::count_active(tx, portal).await?,
                links: links::count(tx, portal).await?,
                usage: usage::last_day(tx, portal, now).await?.into_iter().map(|s| (s.side, s.used)).collect(),
            };
            Ok(row.map(|row| (row, numbers)))
        })?;
        let (row, numbers) = read.ok_or(AdminError::NoSuch("connection"))?;
        self.cards.connection_changed(id);
        view(&row, &numbers, now).ok_or_else(|| AdminError::Inside(format!("no connector for {}", row.system)))
    }

    /// The stored connection of a portal.
    pub(in crate::admin) async fn connection_row(
        &self,
        portal: PortalId,
        id: ConnectionId,
    ) -> Result<Connection, AdminError> {
        let row = in_tx!(self.db, read "connection", |tx| { connections::get(tx, portal, id).await })?;
        row.ok_or(AdminError::NoSuch("connection"))
    }
}

fn checked_name(name: &str) -> Result<&str, AdminError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(AdminError::Invalid(format!("name must be 1 to {LONGEST_NAME} characters on one line")))
}

/// A currency that ISO 4217 knows.
fn iso(code: &str) -> Result<Currency, AdminError> {
    let known = iso_currency::Currency::from_code(code).is_some();
    let read = code.parse().ok().filter(|_| known);
    read.ok_or_else(|| {
        AdminError::Invalid("baseCurrency must be a currency's three capital letters (EUR), or null".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_currencies_that_cannot_be_are_refused() {
        assert_eq!(checked_name("  The books ").unwrap(), "The books");
        for bad in ["", "   ", "a\nb", &"x".repeat(81)] {
            assert!(checked_name(bad).is_err(), "{bad:?}");
        }
        assert!(iso("EUR").is_ok() && iso("eur").is_err() && iso("ABC").is_err() && iso("").is_err());
    }
}
