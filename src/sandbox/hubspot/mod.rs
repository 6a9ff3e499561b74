//! The local HubSpot: token endpoint, account details, CRM objects and associations of two portals, the proxy behind
//! `hubspot.fetch`, and the files of the preview.
//!
//! Promise: it enforces what HubSpot enforces (tokens, tenancy, 110 calls in any ten seconds, batch sizes, the proxy's
//! limits and its one retry), answers in HubSpot's shapes, and logs every exchange for the check against the published
//! descriptions. Its control endpoints are under `/_sandbox`.
//! Never: knows anything of the program that it calls but its address.

use std::{
    fmt, io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

mod associations;
mod control;
mod errors;
mod limits;
mod objects;
mod proxy;
mod server;
mod sign;
#[cfg(test)]
mod tests;
mod token;

use self::server::Server;
use super::{
    data::{
        chinook::{self, ChinookError},
        crm,
    },
    exchanges::Exchanges,
    faults::Faults,
    moment::Moment,
    serve::{self, Running},
    stats::Stats,
};
use crate::clock::{Clock, Millis};

/// How to start the local HubSpot.
#[derive(Clone)]
pub struct HubSpotSettings {
    /// Where to listen; port 0 stands for a free one.
    pub listen: SocketAddr,
    /// Where time and randomness come from.
    pub clock: Clock,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret, with which the proxy signs.
    pub client_secret: String,
    /// The app's id, in digits.
    pub app_id: String,
    /// The program's public address (`https://…`, no slash at the end): the only one that cards may call, and the one
    /// that signatures are made for.
    pub public_url: String,
    /// Where the program really listens (`http://host:port`); can be told later.
    pub backend: Option<String>,
    /// The folder with the preview's files.
    pub preview_dir: Option<PathBuf>,
    /// The file that every exchange is appended to.
    pub exchange_log: Option<PathBuf>,
}

impl fmt::Debug for HubSpotSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpotSettings")
            .field("listen", &self.listen)
            .field("app_id", &self.app_id)
            .field("public_url", &self.public_url)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// The local HubSpot could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The shop's books are not the known ones.
    #[error(transparent)]
    Chinook(#[from] ChinookError),
    /// The port cannot be had.
    #[error("the local HubSpot cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The log cannot be written.
    #[error("the log of exchanges {0} cannot be opened: {1}")]
    Log(PathBuf, io::Error),
    /// The proxy's client cannot be built.
    #[error("the proxy's HTTP client cannot be built: {0}")]
    Client(reqwest::Error),
}

/// The local HubSpot, running. Dropping it stops it.
#[derive(Debug)]
pub struct HubSpot {
    running: Running,
    backend: Arc<Mutex<Option<String>>>,
}

impl HubSpot {
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

    /// Tells the proxy where the program listens (`http://host:port`).
    pub fn set_backend(&self, url: impl Into<String>) {
        *self.backend.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.into());
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Starts the local HubSpot.
///
/// # Errors
/// See [`StartError`].
pub async fn start(settings: HubSpotSettings) -> Result<HubSpot, StartError> {
    // Fails only when the program has installed one already, which serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let shop = chinook::load()?;
    let exchanges = settings
        .exchange_log
        .as_ref()
        .map(|path| Exchanges::append_to(path).map_err(|error| StartError::Log(path.clone(), error)));
    let proxy = proxy::Proxy::new().map_err(StartError::Client)?;
    let (listener, addr) = serve::bind(settings.listen).await.map_err(|e| StartError::Listen(settings.listen, e))?;
    let stopping = CancellationToken::new();
    let backend = Arc::new(Mutex::new(settings.backend.clone()));
    let moment = Moment::of(settings.clock.clone());
    let server = Server {
        portals: crm::portals(&shop),
        created: Millis(moment.now().0 - 30 * 86_400_000),
        moment,
        faults: Faults::default(),
        stats: Stats::default(),
        tokens: token::Tokens::default(),
        window: limits::Window::new(control::CALLS),
        exchanges: exchanges.transpose()?,
        proxy,
        backend: Arc::clone(&backend),
        stopping: stopping.clone(),
        settings,
    };
    Ok(HubSpot { running: serve::run(listener, addr, server::router(Arc::new(server)), stopping), backend })
}
