//! The local HubSpot: consent page, tokens, account details, users, owners, properties, CRM objects with their histories,
//! associations and lists of two portals, webhooks, the proxy behind `hubspot.fetch`, pages on which a person sees the
//! records, and the files of the preview.
//!
//! Promise: it enforces what HubSpot enforces (tokens, tenancy, 110 calls in any ten seconds, batch sizes, a portal's rules
//! for writing, the proxy's limits and its one retry), holds a million records, answers in HubSpot's shapes, and logs every exchange for the check against the published
//! descriptions. Its control endpoints are under `/_sandbox`.
//! Never: knows anything of the program that it calls but its address.

use std::{
    fmt, io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

mod account;
mod admin_control;
mod associations;
mod authorize;
mod batches;
mod bonds;
mod browse;
mod change;
mod connected;
mod control;
mod crowd;
mod errors;
mod fields;
mod filters;
mod grants;
mod history;
mod index;
mod joining;
mod labels;
mod limits;
mod lists;
mod log;
mod oauth;
mod objects;
mod owners;
mod paged;
mod pages;
mod portal_control;
mod properties;
mod proxy;
mod record_control;
mod route;
mod row;
mod rules;
mod schema;
mod scopes;
mod search;
mod server;
mod sheet;
mod sign;
mod stamps;
#[cfg(test)]
mod tests;
mod users;
mod usual;
mod values;
mod webhooks;
mod writes;

use self::server::{Server, State};
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

/// The user who installed the app in the planted portals.
const INSTALLER: u64 = 9001;

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
    /// Whether the app is installed in the portals from the start, with all scopes; else somebody installs it.
    pub installed: bool,
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
pub struct HubSpot {
    running: Running,
    server: Arc<Server>,
}

impl fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpot").field("running", &self.running).finish_non_exhaustive()
    }
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
        *self.server.backend.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.into());
    }

    /// Delivers webhook events as they appear from now on, as the real one does; else only when a control asks for it.
    pub fn deliver_by_itself(&self) {
        self.server.state().hooks.automatic = true;
        self.server.events.notify_one();
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
    let portals = crm::portals(&shop);
    let server = Arc::new(Server {
        state: Mutex::new(state(&portals, &settings, Millis(moment.now().0 - 30 * 86_400_000))),
        portals,
        events: Notify::new(),
        started: moment.now(),
        moment,
        faults: Faults::default(),
        stats: Stats::default(),
        window: limits::Window::new(control::CALLS, limits::SPAN),
        searches: limits::Window::new(limits::SEARCHES, limits::SEARCH_SPAN),
        pages: paged::Pages::default(),
        exchanges: exchanges.transpose()?,
        proxy,
        backend,
        stopping: stopping.clone(),
        settings,
    });
    tokio::spawn(webhooks::run(Arc::clone(&server)));
    let running = serve::run(listener, addr, server::router(Arc::clone(&server)), stopping);
    Ok(HubSpot { running, server })
}

/// The portals as planted, the app installed in them if that is wished.
fn state(portals: &[crm::Portal], settings: &HubSpotSettings, created: Millis) -> State {
    let mut grants = grants::Grants::default();
    if settings.installed {
        for (at, portal) in portals.iter().enumerate() {
            grants.install(at, INSTALLER, scopes::all(), portal.seed.refresh_token.to_owned());
        }
    }
    let app = settings.app_id.parse().unwrap_or_default();
    let accounts = portals.iter().map(|p| account::Account::of(p, app, created)).collect();
    State { accounts, grants, hooks: webhooks::Hooks::default() }
}
