//! `demo`: everything on one machine, filled with sample data: sandbox HubSpot, sandbox NetSuite, Ledgercard, the page.
//!
//! Promise: what a person attaches stays from one demo to the next (`--fresh` begins anew); the address is printed last.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::plant;
use crate::{
    app::App,
    clock::Clock,
    config::{self, Config},
    in_tx, sandbox,
    store::{DatabaseUrl, portals},
    telemetry,
    vault::KeyRing,
};

/// The app's public address in the demo. Nothing listens there: the sandbox's proxy brings calls to it home.
pub const PUBLIC_URL: &str = "https://ledgercard.example";
/// The demo app's client secret. It guards nothing: sandbox and app run on this machine only.
pub const CLIENT_SECRET: &str = "demo-client-secret-of-the-sandbox";
/// The demo app's id.
pub const APP_ID: &str = "77";
/// The demo app's client id.
pub const CLIENT_ID: &str = "demo-client-id";

/// The demo's options.
#[derive(Args)]
pub struct Demo {
    /// Where database and key file are kept between demos.
    #[arg(long, default_value = ".demo")]
    dir: PathBuf,
    /// Forgets what earlier demos kept.
    #[arg(long)]
    fresh: bool,
    /// Begins anew with nothing installed and nothing connected: both are done in the browser.
    #[arg(long)]
    empty: bool,
    /// Another database, such as `postgres://user@host/database`.
    #[arg(long)]
    database: Option<String>,
    /// The page and the sandbox HubSpot.
    #[arg(long, default_value = "127.0.0.1:4700")]
    hubspot: SocketAddr,
    /// The sandbox NetSuite.
    #[arg(long, default_value = "127.0.0.1:4701")]
    netsuite: SocketAddr,
    /// Ledgercard itself.
    #[arg(long, default_value = "127.0.0.1:4702")]
    listen: SocketAddr,
    /// The bundled preview page.
    #[arg(long, default_value = "hubspot-app/preview/dist")]
    preview: PathBuf,
    /// A file for every exchange with the sandbox HubSpot, one JSON object a line.
    #[arg(long)]
    exchanges: Option<PathBuf>,
    /// Shows log lines of this level and above.
    #[arg(long, default_value = "warn")]
    log: String,
}

/// A demo that runs.
pub struct Running {
    /// The page.
    pub page: Url,
    /// The sandbox HubSpot and the page's server.
    pub hubspot: Url,
    /// The sandbox NetSuite.
    pub netsuite: Url,
    /// Ledgercard itself.
    pub app: Url,
    stop: CancellationToken,
    serving: crate::app::Serving,
    /// Stopped when dropped.
    sandboxes: (sandbox::hubspot::HubSpot, sandbox::netsuite::NetSuite),
}

impl Running {
    /// Ends all of it.
    ///
    /// # Errors
    /// When the server's task failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.serving.ended.await.context("the server's task failed")?;
        self.sandboxes.0.stop().await;
        self.sandboxes.1.stop().await;
        Ok(())
    }
}

pub(super) async fn run(demo: Demo) -> anyhow::Result<()> {
    let page = demo.preview.join("index.html");
    anyhow::ensure!(
        page.exists(),
        "{} is missing: the page is not bundled yet; `make app` does it, `make demo` too",
        page.display()
    );
    telemetry::start_log(telemetry::LogFormat::Text, &demo.log)?;
    let running = start(&demo, &Clock::system()).await?;
    super::print(&format!(
        "\n  sandbox HubSpot   {}\n  sandbox NetSuite  {}\n  Ledgercard        {}\n\nCtrl-C ends it. Open\n\n  {}\n\n",
        running.hubspot, running.netsuite, running.app, running.page
    ));
    super::asked_to_stop().await;
    running.stop().await
}

/// Starts everything and fills it, telling each step.
///
/// # Errors
/// The step that failed, and why.
pub async fn start(demo: &Demo, clock: &Clock) -> anyhow::Result<Running> {
    let step = |text: &str| super::print(&format!("  {text} …\n"));
    step("sandbox NetSuite: 59 customers, 412 invoices and more");
    let netsuite = sandbox::netsuite::start(sandbox::netsuite::NetSuiteSettings {
        public_url: Some(PUBLIC_URL.to_owned()),
        ..sandbox::netsuite::NetSuiteSettings::new(demo.netsuite, clock.clone())
    })
    .await
    .context("the sandbox NetSuite (--netsuite names its address)")?;
    step("sandbox HubSpot: contacts, companies and deals");
    let hubspot = sandbox::hubspot::start(hubspot_settings(demo, clock))
        .await
        .context("the sandbox HubSpot (--hubspot names its address)")?;
    let (hubspot_url, netsuite_url): (Url, Url) = (hubspot.url().parse()?, netsuite.url().parse()?);
    step("database, keys and Ledgercard");
    let config = config(demo, &hubspot_url, &netsuite_url, clock)?;
    config.check()?;
    let app = App::build(&config, clock.clone()).await?;
    if demo.empty {
        let known = in_tx!(app.db, "look for portals", |tx| { portals::list(tx).await })?;
        anyhow::ensure!(
            known.is_empty(),
            "--empty needs a database without portals; empty the one of --database yourself"
        );
    } else {
        step("credentials: a key pair and a certificate for NetSuite, a token for HubSpot");
        plant::plant(&app, clock, &hubspot_url, &netsuite_url).await?;
    }
    let stopping = CancellationToken::new();
    let serving = app.serve(stopping.clone()).await.context("Ledgercard (--listen names its address)")?;
    hubspot.set_backend(format!("http://{}", serving.address));
    netsuite.set_backend(format!("http://{}", serving.address));
    hubspot.deliver_by_itself();
    Ok(Running {
        page: hubspot_url.join("/preview/")?,
        app: format!("http://{}", serving.address).parse()?,
        hubspot: hubspot_url,
        netsuite: netsuite_url,
        stop: stopping,
        serving,
        sandboxes: (hubspot, netsuite),
    })
}

fn hubspot_settings(demo: &Demo, clock: &Clock) -> sandbox::hubspot::HubSpotSettings {
    sandbox::hubspot::HubSpotSettings {
        listen: demo.hubspot,
        clock: clock.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        app_id: APP_ID.to_owned(),
        public_url: PUBLIC_URL.to_owned(),
        backend: None,
        preview_dir: Some(demo.preview.clone()),
        exchange_log: demo.exchanges.clone(),
        installed: !demo.empty,
    }
}

fn config(demo: &Demo, hubspot: &Url, netsuite: &Url, clock: &Clock) -> anyhow::Result<Config> {
    let (database, keys) = (demo.dir.join("ledgercard.sqlite"), demo.dir.join("ledgercard.keys"));
    anyhow::ensure!(
        !demo.fresh || demo.database.is_none(),
        "--fresh begins a new SQLite file; empty the database of --database yourself"
    );
    if (demo.fresh || demo.empty) && demo.database.is_none() {
        for file in ["ledgercard.sqlite", "ledgercard.sqlite-wal", "ledgercard.sqlite-shm", "ledgercard.keys"] {
            let file = demo.dir.join(file);
            if file.exists() {
                std::fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
            }
        }
    }
    std::fs::create_dir_all(&demo.dir).with_context(|| format!("{} cannot be made", demo.dir.display()))?;
    if !keys.exists() {
        KeyRing::write_new(&keys, &KeyRing::generate(clock))?;
    }
    let url = demo.database.clone().unwrap_or_else(|| format!("sqlite:{}", database.display()));
    Ok(Config {
        server: config::Server { listen: demo.listen, public_url: PUBLIC_URL.to_owned() },
        hubspot: config::HubSpot {
            app_id: APP_ID.parse()?,
            client_id: CLIENT_ID.to_owned(),
            client_secrets: vec![SecretString::from(CLIENT_SECRET)],
            api_url: hubspot.as_str().trim_end_matches('/').to_owned(),
            authorize_url: hubspot.join("/oauth/authorize")?.to_string(),
            versions: crate::hubspot::versions::Versions::default(),
            webhooks_v1: config::WebhooksV1::Refuse,
            calls: crate::hubspot::limits::CALLS,
        },
        database: DatabaseUrl::parse(&SecretString::from(url))?,
        keys: config::Keys::File(keys),
        netsuite: config::NetSuite {
            suitetalk_url: format!("{netsuite}{{label}}"),
            app_url: format!("{netsuite}{{label}}"),
        },
        sync: config::Sync::default(),
        card: config::Card::default(),
        log: config::Log { level: demo.log.clone(), ..config::Log::default() },
    })
}
