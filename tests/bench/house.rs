//! Ledgercard itself: planted once on a database of its own, then served by the program that is shipped.

use std::{
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use ledgercard::{
    app::App,
    cli::{
        demo::{APP_ID, CLIENT_ID, CLIENT_SECRET, PUBLIC_URL},
        plant,
    },
    clock::Clock,
    config::Config,
    domain::{
        ids::{LinkId, PortalId},
        record::{ObjectType, RecordRef},
    },
    in_tx,
    sandbox::data::accounts::DEMO,
    store::{
        connections,
        links::{self, LinkBasis, LinkKind, NewLink},
    },
    vault::KeyRing,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    http::{self, Connection},
    process::{self, Running, SERVED},
    sandbox::Sandbox,
    sign::{self, Ask},
};

/// The shipped program, built with the same optimisation.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ledgercard");
/// The user who looks at the card.
pub(crate) const USER: u32 = 1001;

/// A contact that is linked with a customer.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) portal: String,
    pub(crate) object: String,
}

impl Contact {
    /// A list of this contact, signed now.
    pub(crate) fn request(&self, page_size: u32) -> Vec<u8> {
        self.request_at("/api/card/invoices", page_size, USER)
    }

    pub(crate) fn request_at(&self, path: &str, page_size: u32, user: u32) -> Vec<u8> {
        sign::get(Ask { path, portal: &self.portal, object_type: "0-1", object: &self.object, page_size }, user)
    }
}

/// What every Ledgercard here is started with.
pub(crate) struct House {
    folder: TempDir,
    hubspot: SocketAddr,
    /// Contacts that are linked with one customer each.
    pub(crate) contacts: Vec<Contact>,
}

/// What differs between one start and the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) netsuite: SocketAddr,
    /// Where it runs.
    pub(crate) cores: &'static str,
    /// How old an answer may be to count as new, in seconds.
    pub(crate) fresh: u32,
    /// At most so many calls to HubSpot in ten seconds; `None`: as shipped.
    pub(crate) calls: Option<u32>,
    /// Whether the sync's pages are logged to [`House::log`].
    pub(crate) pages: bool,
}

impl Start {
    /// With the lifetime that is the default.
    pub(crate) fn on(cores: &'static str, netsuite: SocketAddr) -> Self {
        Self { netsuite, cores, fresh: 60, calls: None, pages: false }
    }
}

impl House {
    /// A database with the sandbox's portals, connections and links.
    pub(crate) async fn plant(sandbox: &Sandbox) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::system();
        KeyRing::write_new(&folder.path().join("keys"), &KeyRing::generate(&clock))?;
        let mut house = Self { folder, hubspot: sandbox.hubspot, contacts: Vec::new() };
        let start = Start::on(SERVED, sandbox.netsuite);
        let environment = house.environment("127.0.0.1:0".parse()?, start);
        let config = Config::load(None, environment.into_iter().map(|(name, value)| (name, Some(value))))?;
        let app = App::build(&config, clock.clone()).await?;
        let url = |address: SocketAddr| format!("http://{address}").parse();
        plant::plant(&app, &clock, &url(sandbox.hubspot)?, &url(sandbox.netsuite)?).await?;
        house.contacts = link(&app, &clock, PortalId(DEMO.id)).await?;
        app.db.close().await;
        Ok(house)
    }

    fn environment(&self, listen: SocketAddr, start: Start) -> Vec<(String, String)> {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let level = if start.pages { "error,ledgercard::sync=debug" } else { "error" };
        let settings = [
            ("SERVER__LISTEN", listen.to_string()),
            ("SERVER__PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("HUBSPOT__APP_ID", APP_ID.to_owned()),
            ("HUBSPOT__CLIENT_ID", CLIENT_ID.to_owned()),
            ("HUBSPOT__CLIENT_SECRETS", CLIENT_SECRET.to_owned()),
            ("HUBSPOT__API_URL", format!("http://{}", self.hubspot)),
            ("DATABASE__URL", self.database()),
            ("KEYS__FILE", file("keys")),
            ("NETSUITE__SUITETALK_URL", format!("http://{}/{{label}}", start.netsuite)),
            ("CARD__FRESH_SECONDS", start.fresh.to_string()),
            ("LOG__LEVEL", level.to_owned()),
        ];
        let calls = start.calls.map(|calls| ("HUBSPOT__CALLS_PER_TEN_SECONDS", calls.to_string()));
        let settings = settings.into_iter().chain(calls);
        settings.map(|(name, value)| (format!("LEDGERCARD_{name}"), value)).collect()
    }

    /// The database's address.
    pub(crate) fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("ledgercard.sqlite").display())
    }

    /// Where a server that logs the sync's pages writes them.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("pages.log")
    }

    /// The shipped program's `serve`, ready.
    pub(crate) async fn serve(&self, start: Start) -> anyhow::Result<Server> {
        self.start(Path::new(PROGRAM), "serve", start).await
    }

    /// The same server with a route that does nothing (see `null`).
    pub(crate) async fn serve_null(&self, start: Start) -> anyhow::Result<Server> {
        self.start(&std::env::current_exe()?, "null", start).await
    }

    async fn start(&self, program: &Path, mode: &str, start: Start) -> anyhow::Result<Server> {
        let address = process::free_port()?;
        let began = Instant::now();
        let log = if start.pages { File::create(self.log())?.into() } else { Stdio::inherit() };
        let mut running = Running::start_into(log, start.cores, program, &[mode], &self.environment(address, start))?;
        let probe = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\n\r\n");
        let mut connection = loop {
            match Connection::open(address).await {
                Ok(connection) => break connection,
                Err(_) => running.still_runs()?,
            }
            ensure!(began.elapsed() < Duration::from_secs(20), "the server does not listen after 20 s");
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let answer = connection.ask(probe.as_bytes()).await?;
        ensure!(answer.status == 200, "/readyz answered {}", answer.status);
        Ok(Server { address, began, ready_after: began.elapsed(), running })
    }
}

/// A server that answers.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// When its process was started.
    pub(crate) began: Instant,
    /// From then to the first 200 of `/readyz`.
    pub(crate) ready_after: Duration,
    running: Running,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// The list of `contact`.
    pub(crate) async fn list(&self, contact: &Contact, page_size: u32) -> anyhow::Result<Value> {
        http::once(self.address, &contact.request(page_size)).await
    }

    /// The list of `contact` once its ERP has answered.
    pub(crate) async fn loaded(&self, contact: &Contact, page_size: u32) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let answer = self.list(contact, page_size).await?;
            if answer["state"] != "loading" {
                return Ok(answer);
            }
            ensure!(began.elapsed() < Duration::from_secs(30), "the list is still loading after 30 s");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Chinook's customers of these numbers get links beside the one that the sandbox plans.
const LINKED: std::ops::RangeInclusive<u32> = 3..=45;

/// Links contacts with their customers; the contacts that are linked then, the planned one first.
async fn link(app: &App, clock: &Clock, portal: PortalId) -> anyhow::Result<Vec<Contact>> {
    let connections = in_tx!(app.db, read "bench", |tx| { connections::list_of_portal(tx, portal).await })?;
    let connection = connections.first().context("the sandbox plans no connection")?;
    let mut contacts = vec![Contact { portal: portal.to_string(), object: "502".to_owned() }];
    for number in LINKED {
        // In the sandbox, Chinook's customer n is the contact 500 + n and the NetSuite customer 1000 + n.
        let (object, customer) = (format!("{}", 500 + number), format!("{}", 1_000 + number));
        let (id, now, erp_id) = (LinkId(clock.new_id()), clock.now(), customer.parse()?);
        let record = RecordRef { object_type: ObjectType::Contact, object_id: object.parse()? };
        in_tx!(app.db, "bench", |tx| {
            let new = NewLink {
                id,
                portal_id: portal,
                connection_id: connection.id,
                kind: LinkKind::Customer,
                erp_id: &erp_id,
                record,
                basis: LinkBasis::Planted,
                created_by: None,
            };
            links::put(tx, new, now).await.map(|_| ())
        })?;
        contacts.push(Contact { portal: portal.to_string(), object });
    }
    Ok(contacts)
}
