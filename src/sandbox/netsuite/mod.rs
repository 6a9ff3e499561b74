//! The local NetSuite: sign-in, SuiteQL and the record service of three accounts, each under its host label as
//! the first part of the path (`/tstdrv4711/services/rest/…`).
//!
//! Promise: it enforces what NetSuite enforces (signed assertions, token lifetime, concurrency, paging rules, role
//! rights, features) and answers errors in NetSuite's words. Its control endpoints are under `/_sandbox`.
//! Never: knows anything of the program that calls it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{civil::Date, tz::TimeZone};
use tokio_util::sync::CancellationToken;

mod account;
mod certificates;
mod consent;
mod control;
pub mod engine;
mod errors;
mod grants;
mod pages;
mod people;
mod records;
mod render;
mod server;
mod setup;
mod suiteql;
mod switches;
#[cfg(test)]
mod tests;
mod token;

pub use certificates::BadCertificate;
pub use switches::{Level, Switches};

use self::{account::Account, engine::EngineError, server::Server};
use super::{
    data::{
        accounts::{MAIN, PRODUCTION, SIDE},
        chinook::{self, ChinookError},
        decorate::{Extent, decorate},
        oddities,
    },
    faults::Faults,
    moment::Moment,
    serve::{self, Running},
    stats::Stats,
};
use crate::clock::Clock;

/// The time zone of the accounts, as long as no switch says another.
pub const TIME_ZONE: &str = "America/Los_Angeles";

/// How to start the local NetSuite.
#[derive(Debug, Clone)]
pub struct NetSuiteSettings {
    /// Where to listen; port 0 stands for a free one.
    pub listen: SocketAddr,
    /// Where time and randomness come from.
    pub clock: Clock,
    /// The day on which the newest invoice is made out; none: the clock's day in UTC.
    pub today: Option<Date>,
    /// The program's public address (`https://…`, no slash at the end), to which the consent page sends people back; none:
    /// `https://ledgercard.example`.
    pub public_url: Option<String>,
    /// Where the program really listens (`http://host:port`); can be told later.
    pub backend: Option<String>,
}

impl NetSuiteSettings {
    /// The usual settings.
    #[must_use]
    pub const fn new(listen: SocketAddr, clock: Clock) -> Self {
        Self { listen, clock, today: None, public_url: None, backend: None }
    }
}

/// The local NetSuite, running. Dropping it stops it.
#[derive(Debug)]
pub struct NetSuite {
    running: Running,
    backend: Arc<Mutex<Option<String>>>,
}

impl NetSuite {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.running.addr()
    }

    /// Its address as `http://host:port`.
    #[must_use]
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Tells it where the program listens (`http://host:port`).
    pub fn set_backend(&self, url: impl Into<String>) {
        *self.backend.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.into());
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// The local NetSuite could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The shop's books are not the known ones.
    #[error(transparent)]
    Chinook(#[from] ChinookError),
    /// The SQL engine refused them.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The port cannot be had.
    #[error("the local NetSuite cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The time zone is not known.
    #[error("the time zone of the local NetSuite is not known: {0}")]
    Zone(jiff::Error),
    /// Loading stopped half-way.
    #[error("loading the books was broken off")]
    BrokenOff,
}

/// Starts the local NetSuite.
///
/// # Errors
/// See [`StartError`].
pub async fn start(settings: NetSuiteSettings) -> Result<NetSuite, StartError> {
    TimeZone::get(TIME_ZONE).map_err(StartError::Zone)?;
    let today = settings.today.unwrap_or_else(|| settings.clock.now().day_in(&TimeZone::UTC));
    let accounts = tokio::task::spawn_blocking(move || open(today)).await.map_err(|_| StartError::BrokenOff)??;
    let (listener, addr) = serve::bind(settings.listen).await.map_err(|e| StartError::Listen(settings.listen, e))?;
    let stopping = CancellationToken::new();
    let backend = Arc::new(Mutex::new(settings.backend));
    let public_url = settings.public_url.unwrap_or_else(|| "https://ledgercard.example".to_owned());
    let server = Server {
        accounts,
        public_url: public_url.trim_end_matches('/').to_owned(),
        backend: Arc::clone(&backend),
        base: format!("http://{addr}"),
        moment: Moment::of(settings.clock),
        faults: Faults::default(),
        stats: Stats::default(),
        stopping: stopping.clone(),
    };
    Ok(NetSuite { running: serve::run(listener, addr, server::router(Arc::new(server)), stopping), backend })
}

fn open(today: Date) -> Result<Vec<Arc<Account>>, StartError> {
    let shop = chinook::load()?;
    let mut books = decorate(&shop, today, Extent::Whole);
    oddities::plant(&mut books, today);
    let main = Account::new(MAIN, books)?;
    let side = Account::new(SIDE, decorate(&shop, today, Extent::Part))?;
    let production = Account::new(PRODUCTION, decorate(&shop, today, Extent::Part))?;
    Ok(vec![Arc::new(main), Arc::new(side), Arc::new(production)])
}
