//! What every test over the wire stands on: the local HubSpot, a configuration, a client, and each of both databases.

use std::{
    future::Future,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use ledgercard::{
    cli::demo,
    clock::Clock,
    config::{self, Config},
    hubspot::versions::Versions,
    sandbox::hubspot,
    store::DatabaseUrl,
};
use reqwest::redirect::Policy;
use secrecy::SecretString;

use crate::store::fixture::Schema;

/// A set-up that a walk begins and ends in.
pub(crate) trait Stage: Sized + Send + Sync + 'static {
    /// Starts it on this database.
    fn start(database: DatabaseUrl, folder: tempfile::TempDir) -> impl Future<Output = Self> + Send;
    /// Ends it.
    fn stop(self) -> impl Future<Output = ()> + Send;
}

/// What a test does on a stage.
pub(crate) type Walk<S> = for<'a> fn(&'a S) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Runs a walk on a SQLite file.
pub(crate) async fn on_sqlite<S: Stage>(walk: Walk<S>) {
    let folder = tempfile::tempdir().unwrap();
    let stage = S::start(DatabaseUrl::sqlite(folder.path().join("ledgercard.sqlite")), folder).await;
    walk(&stage).await;
    stage.stop().await;
}

/// Runs a walk on PostgreSQL, in a schema of its own, which goes also when the walk fails.
pub(crate) async fn on_postgres<S: Stage>(name: &str, walk: Walk<S>) {
    let Some(schema) = Schema::make(name).await else { return };
    let url = schema.url.clone();
    let ran = tokio::spawn(async move {
        let stage = S::start(url, tempfile::tempdir().unwrap()).await;
        walk(&stage).await;
        stage.stop().await;
    })
    .await;
    schema.drop().await;
    if let Err(failed) = ran {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// Any free port of this machine.
pub(crate) fn free() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// How the local HubSpot is started.
pub(crate) fn hubspot(clock: &Clock, installed: bool) -> hubspot::HubSpotSettings {
    hubspot::HubSpotSettings {
        listen: free(),
        clock: clock.clone(),
        client_id: demo::CLIENT_ID.to_owned(),
        client_secret: demo::CLIENT_SECRET.to_owned(),
        app_id: demo::APP_ID.to_owned(),
        public_url: demo::PUBLIC_URL.to_owned(),
        backend: None,
        preview_dir: None,
        exchange_log: exchanges(),
        installed,
    }
}

/// A configuration for a HubSpot at this address.
pub(crate) fn config(database: DatabaseUrl, hubspot: &str, keys: SecretString, netsuite: config::NetSuite) -> Config {
    Config {
        server: config::Server { listen: free(), public_url: demo::PUBLIC_URL.to_owned() },
        hubspot: config::HubSpot {
            app_id: demo::APP_ID.parse().unwrap(),
            client_id: demo::CLIENT_ID.to_owned(),
            client_secrets: vec![SecretString::from(demo::CLIENT_SECRET)],
            api_url: hubspot.to_owned(),
            authorize_url: format!("{hubspot}/oauth/authorize"),
            versions: Versions::default(),
            webhooks_v1: config::WebhooksV1::Refuse,
            calls: ledgercard::hubspot::limits::CALLS,
        },
        database,
        keys: config::Keys::Ring(keys),
        netsuite,
        sync: config::Sync::default(),
        card: config::Card::default(),
        log: config::Log::default(),
    }
}

/// A client that follows redirects, as HubSpot's proxy and people's tools do not mind.
pub(crate) fn client() -> reqwest::Client {
    built(Policy::default())
}

/// A client that shows redirects instead of following them, as tests of windows want.
pub(crate) fn browser() -> reqwest::Client {
    built(Policy::none())
}

#[expect(clippy::disallowed_methods, reason = "the tests' own clients play browsers and HubSpot's proxy")]
fn built(redirects: Policy) -> reqwest::Client {
    ledgercard::outbound::install_crypto();
    reqwest::Client::builder().redirect(redirects).timeout(Duration::from_secs(30)).build().unwrap()
}

/// A file for the exchanges of this test, where the conformance check collects them.
fn exchanges() -> Option<PathBuf> {
    static NAME: AtomicU32 = AtomicU32::new(0);
    let folder = std::env::var_os("LEDGERCARD_EXCHANGES")?;
    let name = format!("{}-{}.jsonl", std::process::id(), NAME.fetch_add(1, Ordering::SeqCst));
    Some(PathBuf::from(folder).join(name))
}
