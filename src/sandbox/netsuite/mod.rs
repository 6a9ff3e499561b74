//! The local NetSuite: token endpoint, SuiteQL and the record service of two accounts, each under its host label as
//! the first part of the path (`/tstdrv4711/services/rest/…`).
//!
//! Promise: it enforces what NetSuite enforces (signed assertions, token lifetime, concurrency, paging rules, role
//! rights, features) and answers errors in NetSuite's words. Its control endpoints are under `/_sandbox`.
//! Never: knows anything of the program that calls it.

use std::{io, net::SocketAddr, sync::Arc};

use jiff::{civil::Date, tz::TimeZone};
use tokio_util::sync::CancellationToken;

mod account;
mod control;
pub mod engine;
mod errors;
mod records;
mod render;
mod server;
mod suiteql;
mod switches;
#[cfg(test)]
mod tests;
mod token;

pub use switches::Switches;
pub use token::BadCertificate;

use self::{account::Account, engine::EngineError, server::Server};
use super::{
    data::{
        accounts::{MAIN, SIDE},
        chinook::{self, ChinookError},
        decorate::{Extent, decorate},
    },
    faults::Faults,
    moment::Moment,
    serve::{self, Running},
    stats::Stats,
};
use crate::clock::Clock;

/// The time zone of both accounts.
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
pub async fn start(settings: NetSuiteSettings) -> Result<Running, StartError> {
    let zone = TimeZone::get(TIME_ZONE).map_err(StartError::Zone)?;
    let today = settings.today.unwrap_or_else(|| settings.clock.now().day_in(&TimeZone::UTC));
    let accounts = tokio::task::spawn_blocking(move || open(today)).await.map_err(|_| StartError::BrokenOff)??;
    let (listener, addr) = serve::bind(settings.listen).await.map_err(|e| StartError::Listen(settings.listen, e))?;
    let stopping = CancellationToken::new();
    let server = Server {
        accounts,
        base: format!("http://{addr}"),
        zone,
        moment: Moment::of(settings.clock),
        faults: Faults::default(),
        stats: Stats::default(),
        stopping: stopping.clone(),
    };
    Ok(serve::run(listener, addr, server::router(Arc::new(server)), stopping))
}

fn open(today: Date) -> Result<Vec<Arc<Account>>, StartError> {
    let shop = chinook::load()?;
    let main = Account::new(MAIN, decorate(&shop, today, Extent::Whole))?;
    let side = Account::new(SIDE, decorate(&shop, today, Extent::Part))?;
    Ok(vec![Arc::new(main), Arc::new(side)])
}
