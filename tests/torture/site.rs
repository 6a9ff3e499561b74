//! One house: both sandboxes, a database, and the shipped program as one or two processes that can be killed.

use std::{
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use ledgercard::{
    app::App,
    cli::{
        demo::{APP_ID, CLIENT_ID, CLIENT_SECRET},
        plant,
    },
    clock::Clock,
    config::Config,
    sandbox::{hubspot, netsuite},
    vault::KeyRing,
};
use url::Url;

use crate::door::Door;

/// The shipped program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ledgercard");

/// One house.
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) clock: Clock,
    /// When it was built.
    pub(crate) began: i64,
    pub(crate) http: reqwest::Client,
    pub(crate) hubspot: Url,
    pub(crate) netsuite: Url,
    /// The public address.
    pub(crate) public: String,
    replicas: Vec<Replica>,
    variables: Vec<(String, String)>,
    logs: Option<PathBuf>,
    _door: Door,
    _sandboxes: (hubspot::HubSpot, netsuite::NetSuite),
    _folder: tempfile::TempDir,
}

/// A process of the program, while it runs.
struct Replica {
    address: SocketAddr,
    child: Mutex<Option<Child>>,
}

impl Replica {
    /// `kill -9`, where it runs.
    fn kill(&self) {
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Both fail only when it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Site {
    /// Builds a house on `database` (none: a SQLite file) for so many processes, which do not run yet.
    pub(crate) async fn build(
        name: &'static str,
        database: Option<&str>,
        replicas: usize,
        logs: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let (clock, mut folder) = (Clock::system(), tempfile::tempdir()?);
        folder.disable_cleanup(logs.is_some());
        let addresses = (0..replicas).map(|_| free()).collect::<anyhow::Result<Vec<SocketAddr>>>()?;
        let door = Door::open(addresses.clone()).await?;
        let public = format!("http://{}", door.address);
        let sandboxes = sandboxes(name, &clock, &public).await?;
        let keys = folder.path().join("keys");
        KeyRing::write_new(&keys, &KeyRing::generate(&clock))?;
        let file = format!("sqlite:{}", folder.path().join("ledgercard.sqlite").display());
        if logs.is_some() {
            println!("[{name}] {}", database.unwrap_or(&file));
        }
        let (api, erp) = (sandboxes.0.url(), sandboxes.1.url());
        let settings = [
            ("SERVER__PUBLIC_URL", public.clone()),
            ("HUBSPOT__APP_ID", APP_ID.to_owned()),
            ("HUBSPOT__CLIENT_ID", CLIENT_ID.to_owned()),
            ("HUBSPOT__CLIENT_SECRETS", CLIENT_SECRET.to_owned()),
            ("HUBSPOT__AUTHORIZE_URL", format!("{api}/oauth/authorize")),
            ("HUBSPOT__API_URL", api),
            // HubSpot allows twenty times what it does in earnest.
            ("HUBSPOT__CALLS_PER_TEN_SECONDS", "2000".to_owned()),
            ("DATABASE__URL", database.map_or(file, str::to_owned)),
            ("KEYS__FILE", keys.display().to_string()),
            ("NETSUITE__SUITETALK_URL", format!("{erp}/{{label}}")),
        ];
        let site = Self {
            name,
            began: clock.now().0,
            http: client()?,
            hubspot: sandboxes.0.url().parse()?,
            netsuite: sandboxes.1.url().parse()?,
            public,
            replicas: addresses.into_iter().map(|address| Replica { address, child: Mutex::new(None) }).collect(),
            variables: settings.map(|(name, value)| (format!("LEDGERCARD_{name}"), value)).to_vec(),
            logs,
            clock,
            _door: door,
            _sandboxes: sandboxes,
            _folder: folder,
        };
        site.plant().await?;
        Ok(site)
    }

    /// Plants portals and connections, as an install and a connect would leave them.
    async fn plant(&self) -> anyhow::Result<()> {
        let read = self.variables.iter().map(|(name, value)| (name.clone(), Some(value.clone())));
        let app = App::build(&Config::load(None, read)?, self.clock.clone()).await?;
        plant::plant(&app, &self.clock, &self.hubspot, &self.netsuite).await?;
        app.db.close().await;
        Ok(())
    }

    /// How many processes there can be.
    pub(crate) fn replicas(&self) -> usize {
        self.replicas.len()
    }

    /// Starts a process that does not run.
    pub(crate) fn start(&self, at: usize) -> anyhow::Result<()> {
        let replica = &self.replicas[at];
        let mut running = replica.child.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return Ok(());
        }
        let mut command = Command::new(PROGRAM);
        command.arg("serve").env_clear().envs(self.variables.iter().cloned()).stdin(Stdio::null());
        command.env("LEDGERCARD_SERVER__LISTEN", replica.address.to_string());
        command.env("LEDGERCARD_LOG__LEVEL", "info,ledgercard=debug");
        match &self.logs {
            Some(folder) => {
                let log = folder.join(format!("{}-{at}.log", self.name));
                let log = File::options().create(true).append(true).open(log)?;
                command.stdout(log.try_clone()?).stderr(log);
            }
            None => _ = command.stdout(Stdio::null()).stderr(Stdio::null()),
        }
        *running = Some(command.spawn().context("the program cannot be started")?);
        Ok(())
    }

    /// `kill -9`.
    pub(crate) fn kill(&self, at: usize) {
        self.replicas[at].kill();
    }

    /// Starts all processes and waits until each answers.
    pub(crate) async fn start_all(&self) -> anyhow::Result<()> {
        for at in 0..self.replicas.len() {
            self.start(at)?;
            let probe = format!("http://{}/healthz", self.replicas[at].address);
            let mut tries = 0;
            while self.http.get(&probe).send().await.is_err() {
                tries += 1;
                ensure!(tries < 400, "process {at} does not answer after twenty seconds");
                self.clock.pause(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }
}

/// A port that nobody uses now.
fn free() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

#[expect(clippy::disallowed_methods, reason = "the torture plays people and HubSpot's proxy with a client of its own")]
fn client() -> anyhow::Result<reqwest::Client> {
    ledgercard::outbound::install_crypto();
    Ok(reqwest::Client::builder().timeout(Duration::from_mins(2)).build()?)
}

async fn sandboxes(name: &str, clock: &Clock, public: &str) -> anyhow::Result<(hubspot::HubSpot, netsuite::NetSuite)> {
    let any: SocketAddr = "127.0.0.1:0".parse()?;
    let is = netsuite::NetSuiteSettings::new(any, clock.clone());
    let netsuite = netsuite::start(is).await.context("the sandbox NetSuite")?;
    let log = std::env::var_os("LEDGERCARD_EXCHANGES").map(PathBuf::from);
    let is = hubspot::HubSpotSettings {
        listen: any,
        clock: clock.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        app_id: APP_ID.to_owned(),
        public_url: public.to_owned(),
        backend: Some(public.to_owned()),
        preview_dir: None,
        exchange_log: log.map(|folder| folder.join(format!("torture-{}-{name}.jsonl", std::process::id()))),
        installed: true,
    };
    let hubspot = hubspot::start(is).await.context("the sandbox HubSpot")?;
    hubspot.deliver_by_itself();
    Ok((hubspot, netsuite))
}
