//! The whole program as a value: everything shared, built once, wired together.
//!
//! Promise: nothing listens before the database is open and every setting was checked; a stop lets running requests and
//! writes end.
//! Never: a global.

mod limits;
mod loops;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::limits::StoredLimits;
use crate::{
    admin::{self, Admin, AdminSettings},
    api::{
        self, Api, Shared,
        probes::{Probes, Ready},
    },
    cards::{CardSettings, Cards, Connectors},
    clock::Clock,
    config::{Config, WebhooksV1},
    domain::{ids::ConnectionId, money::Currency},
    erp::{
        Erp, System,
        health::{Board, Watched},
        netsuite::{AccountId, NetSuite, NetSuiteSettings, PERMITS},
    },
    hubspot::{
        HubSpot, HubSpotSettings, SharedLimits,
        oauth::{AppCredentials, PortalTokens},
        signature::SigningSecrets,
        webhooks::OldSecrets,
    },
    outbound::{self, LocalHosts, Outbound, OutboundSettings, permits::Permits},
    store::{Db, connections::Connection},
    sync::work::{Flows, Parts, Plans, Woken},
    telemetry::Metrics,
    vault::{KeyRing, Vault},
};

/// How long a stop waits for running requests and writes.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// What of the card's time is left for everything but waiting for others.
const ANSWERING: Duration = Duration::from_millis(500);

/// Why the program could not be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] crate::store::StoreError),
    /// The keys that seal credentials.
    #[error("the keys cannot be used")]
    Keys(#[from] crate::vault::RingError),
    /// Calling out.
    #[error("calls to others cannot be set up")]
    Outbound(#[from] outbound::OutboundError),
    /// An address in the configuration.
    #[error("hubspot.api_url cannot be used")]
    Url(#[from] url::ParseError),
    /// The listening address.
    #[error("cannot listen on {address} (server.listen); is another program there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The program, built and not yet listening.
pub struct App {
    /// The database.
    pub db: Db,
    /// Sealed credentials and tokens.
    pub vault: Vault,
    /// What administrators can do.
    pub admin: Admin,
    /// What the card can do.
    pub cards: Cards,
    /// HubSpot's API.
    pub hubspot: HubSpot,
    /// Makes the connector of a connection.
    pub connectors: Arc<dyn Connectors>,
    /// Calls to others.
    pub outbound: Outbound,
    /// What is kept in step in the background.
    pub flows: Flows,
    clock: Clock,
    api: Api,
    listen: SocketAddr,
}

impl App {
    /// Opens the database and wires everything to it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn build(config: &Config, clock: Clock) -> Result<Self, AppError> {
        outbound::install_crypto();
        let ring = config.keys.ring(clock.clone())?;
        let db = Db::open(&config.database, clock.clone()).await?;
        let local = LocalHosts::of([&*config.hubspot.api_url, &*config.netsuite.suitetalk_url]);
        let outbound = Outbound::new(clock.clone(), OutboundSettings { local, ..OutboundSettings::default() })?;
        let vault = Vault::new(db.clone(), ring.clone(), clock.clone());
        let hubspot = hubspot(config, &db, &clock, &outbound, &vault)?;
        let health = Board::default();
        let connectors: Arc<dyn Connectors> = Arc::new(Registry {
            vault: vault.clone(),
            outbound: outbound.clone(),
            clock: clock.clone(),
            suitetalk: config.netsuite.suitetalk_url.clone(),
            ui: config.netsuite.app_url.clone(),
            made: Mutex::default(),
            health: health.clone(),
        });
        let flows = flows(config, &db, &clock, &hubspot, &connectors, &ring);
        let settings = card_settings(config, &db);
        let cards = Cards::new(db.clone(), clock.clone(), ring, Arc::clone(&connectors), hubspot.clone(), settings);
        let (metrics, calls) = (Metrics::new(), outbound.clone());
        metrics.outbound_from(move || calls.counts());
        let admin =
            admin(config, &db, &clock, &vault, &hubspot, &outbound, &cards, Arc::clone(&connectors), &flows, health)?;
        let api = Api::new(Shared {
            admin: admin.clone(),
            cards: cards.clone(),
            clock: clock.clone(),
            secrets: SigningSecrets::new(&config.hubspot.client_secrets),
            webhooks_v1: (config.hubspot.webhooks_v1 == WebhooksV1::Accept)
                .then(|| OldSecrets::new(&config.hubspot.client_secrets)),
            public_url: config.server.public_url.clone(),
            app_id: config.hubspot.app_id,
            probes: Probes::new(Box::new(DatabaseAnswers(db.clone())), metrics, &cards),
        });
        let listen = config.server.listen;
        Ok(Self { db, vault, admin, cards, hubspot, connectors, outbound, flows, clock, api, listen })
    }

    /// The routes with all their layers.
    #[must_use]
    pub fn api(&self) -> Api {
        self.api.clone()
    }

    /// Listens, and serves until `stop` is cancelled; then lets running requests and writes end, for 20 s at most.
    ///
    /// # Errors
    /// [`AppError::Listen`].
    pub async fn serve(self, stop: CancellationToken) -> Result<Serving, AppError> {
        let address = self.listen;
        let listen = |source| AppError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let routes = api::router(self.api.clone());
        let asked = stop.clone();
        let server = axum::serve(listener, routes).with_graceful_shutdown(async move { asked.cancelled().await });
        let background = loops::start(&self.db, &self.clock, &self.admin, &self.flows, &stop);
        let (cards, admin, db) = (self.cards.clone(), self.admin.clone(), self.db.clone());
        let ended = tokio::spawn(async move {
            let serving = tokio::spawn(server.into_future());
            stop.cancelled().await;
            let ending = async {
                if let Ok(Err(error)) = serving.await {
                    tracing::error!(%error, "the server ended with a fault");
                }
                cards.finish().await;
                admin.finish().await;
                background.wait().await;
                db.close().await;
            };
            if tokio::time::timeout(STOP_WITHIN, ending).await.is_err() {
                tracing::warn!("some requests did not end within {} s; stopped anyway", STOP_WITHIN.as_secs());
            }
        });
        tracing::info!(%address, "listening");
        Ok(Serving { address, ended })
    }
}

/// A program that listens.
pub struct Serving {
    /// Where.
    pub address: SocketAddr,
    /// Ends when the program has stopped.
    pub ended: tokio::task::JoinHandle<()>,
}

fn hubspot(config: &Config, db: &Db, clock: &Clock, outbound: &Outbound, vault: &Vault) -> Result<HubSpot, AppError> {
    let api_url: url::Url = config.hubspot.api_url.parse()?;
    let renew = PortalTokens::renewer(outbound.clone(), &api_url, &config.hubspot.versions, app_credentials(config))?;
    // A SQLite file has one process, which counts in memory.
    let limits = db.is_postgres().then(|| Arc::new(StoredLimits(db.clone())) as Arc<dyn SharedLimits>);
    let settings =
        HubSpotSettings { api_url, versions: config.hubspot.versions.clone(), calls: config.hubspot.calls, limits };
    Ok(HubSpot::new(settings, outbound.clone(), vault.clone(), renew, clock.clone()))
}

fn flows(
    config: &Config,
    db: &Db,
    clock: &Clock,
    hubspot: &HubSpot,
    connectors: &Arc<dyn Connectors>,
    ring: &KeyRing,
) -> Flows {
    let connectors = Arc::clone(connectors);
    Flows::new(Parts {
        db: db.clone(),
        clock: clock.clone(),
        hubspot: hubspot.clone(),
        app_id: config.hubspot.app_id,
        workers: config.sync.workers,
        connect: Arc::new(move |connection| connectors.connect(connection)),
        ring: ring.clone(),
        woken: Woken::default(),
        plans: Plans::default(),
    })
}

#[expect(clippy::too_many_arguments, reason = "the parts that were built before, each its own")]
fn admin(
    config: &Config,
    db: &Db,
    clock: &Clock,
    vault: &Vault,
    hubspot: &HubSpot,
    outbound: &Outbound,
    cards: &Cards,
    connectors: Arc<dyn Connectors>,
    flows: &Flows,
    health: Board,
) -> Result<Admin, AppError> {
    let settings = AdminSettings {
        public_url: config.server.public_url.clone(),
        app_id: config.hubspot.app_id,
        app: app_credentials(config),
        authorize_url: config.hubspot.authorize_url.parse()?,
        api_url: config.hubspot.api_url.parse()?,
        versions: config.hubspot.versions.clone(),
        suitetalk: config.netsuite.suitetalk_url.clone(),
        netsuite_ui: config.netsuite.app_url.clone(),
    };
    Ok(Admin::new(admin::Inner {
        db: db.clone(),
        clock: clock.clone(),
        vault: vault.clone(),
        hubspot: hubspot.clone(),
        outbound: outbound.clone(),
        cards: cards.clone(),
        connectors,
        flows: flows.clone(),
        health,
        settings,
    }))
}

fn app_credentials(config: &Config) -> AppCredentials {
    AppCredentials {
        client_id: config.hubspot.client_id.clone(),
        client_secret: config.hubspot.client_secrets[0].clone(),
    }
}

fn card_settings(config: &Config, db: &Db) -> CardSettings {
    let card = &config.card;
    CardSettings {
        fresh: card.fresh,
        patience: card.wait,
        keep: card.stale,
        answer_within: card.answer.saturating_sub(ANSWERING),
        // Another process may write to a shared database; this one hears of it only by asking.
        remember: if db.is_postgres() { Duration::from_secs(5) } else { card.fresh },
        cache_bytes: card.cache_bytes,
    }
}

/// Ready is who has a database that answers.
struct DatabaseAnswers(Db);

#[async_trait]
impl Ready for DatabaseAnswers {
    async fn ready(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|error| format!("the database: {error}"))
    }
}

/// Makes the connector of a connection, once.
struct Registry {
    vault: Vault,
    outbound: Outbound,
    clock: Clock,
    suitetalk: String,
    ui: String,
    made: Mutex<HashMap<ConnectionId, Made>>,
    health: Board,
}

/// A connector and what it was made of: made anew, with the same permits, when an administrator changed that.
struct Made {
    account: String,
    settings: serde_json::Value,
    permits: Permits,
    erp: Arc<dyn Erp>,
}

impl Made {
    fn fits(&self, connection: &Connection) -> bool {
        self.account == connection.account_id && self.settings == connection.settings
    }
}

/// The base currency that an administrator set, where one was needed.
fn base_currency(connection: &Connection) -> Result<Option<Currency>, String> {
    let stored = connection.settings.get("baseCurrency").and_then(serde_json::Value::as_str);
    stored.map(str::parse).transpose().map_err(|e| format!("baseCurrency: {e}"))
}

impl Connectors for Registry {
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn Erp>, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.get(&connection.id).filter(|made| made.fits(connection)) {
            return Ok(Arc::clone(&made.erp));
        }
        let permits = made.get(&connection.id).map(|made| made.permits.clone());
        let permits = permits.unwrap_or_else(|| Permits::new(PERMITS.0, PERMITS.1));
        let erp: Arc<dyn Erp> = match System::from_word(&connection.system) {
            Some(System::NetSuite) => {
                let account: AccountId = connection.account_id.parse().map_err(|e| format!("account id: {e}"))?;
                let settings = NetSuiteSettings {
                    suitetalk: self.suitetalk.clone(),
                    ui: self.ui.clone(),
                    base_currency: base_currency(connection)?,
                    ..NetSuiteSettings::new(account)
                };
                let (vault, outbound) = (self.vault.clone(), self.outbound.clone());
                let made = NetSuite::new(settings, connection.id, vault, outbound, self.clock.clone(), permits.clone());
                Arc::new(made.map_err(|e| format!("netsuite addresses: {e}"))?)
            }
            None => return Err(format!("no connector for the system {}", connection.system)),
        };
        let (of, board, clock) = ((connection.portal_id, connection.id), self.health.clone(), self.clock.clone());
        let erp: Arc<dyn Erp> = Arc::new(Watched { erp, of, board, clock });
        let (account, settings) = (connection.account_id.clone(), connection.settings.clone());
        made.insert(connection.id, Made { account, settings, permits, erp: Arc::clone(&erp) });
        Ok(erp)
    }

    fn forget(&self, connection: ConnectionId) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection);
    }
}
