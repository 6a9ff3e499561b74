//! The warm list request, in rounds that take turns: the card, a route that does nothing, and the Fastify twin.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, bail, ensure};
use ledgercard::cli::demo::{APP_ID, CLIENT_SECRET, PUBLIC_URL};
use serde_json::{Value, json};

use crate::{
    house::{Contact, House, Server, Start},
    http,
    load::{self, Round, Shape},
    null,
    process::{Running, SERVED},
    sandbox::Sandbox,
};

/// Rows a page, as the card asks for.
const PAGE: u32 = 10;
/// Users who look at the card, each with a signature of their own.
const USERS: std::ops::Range<u32> = 1001..1065;
/// Long enough that the ledger is read once: the ERP has no part in this comparison.
const FRESH: u32 = 1_800;
const TWIN: &str = "tests/bench/twin/server.mjs";

/// One of those that take turns.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) rounds: Vec<Round>,
    address: SocketAddr,
    pid: u32,
    path: &'static str,
    wanted: Vec<u8>,
}

/// The rounds of all contenders: card, null, twin, twin with kept view.
pub(crate) struct Warm {
    pub(crate) contenders: [Contender; 4],
    pub(crate) bytes: usize,
    pub(crate) rows: u64,
}

/// Lets them take turns.
pub(crate) async fn run(house: &House, sandbox: &Sandbox, rounds: usize, shape: Shape) -> anyhow::Result<Warm> {
    let start = Start { fresh: FRESH, ..Start::on(SERVED, sandbox.netsuite) };
    let card = house.serve(start).await.context("the card's server")?;
    let null = house.serve_null(start).await.context("the server that does nothing")?;
    let (contact, all) = subject(&card, house).await?;
    let wanted = http::bytes(card.address, &contact.request(PAGE)).await?;
    let answer: Value = serde_json::from_slice(&wanted)?;
    http::control(null.address, "POST", null::PATH, Some(&answer)).await?;
    let twin = Twin::start(house, &contact, &all)?;
    let list = "/api/card/invoices";
    let kept = "/kept/api/card/invoices";
    let mut contenders = [
        Contender::new("card", card.address, card.pid(), list),
        Contender::new("null", null.address, null.pid(), null::PATH),
        Contender::new("twin", twin.address, twin.running.pid(), list),
        Contender::new("twin, view kept", twin.address, twin.running.pid(), kept),
    ];
    for contender in &mut contenders {
        contender.take_reference(&contact, &answer).await?;
    }
    for _ in 0..rounds {
        for contender in &mut contenders {
            let requests = USERS.map(|user| contact.request_at(contender.path, PAGE, user)).collect();
            let round = load::round(contender.address, contender.pid, requests, &contender.wanted, shape);
            contender.rounds.push(round.await.with_context(|| contender.name)?);
        }
    }
    Ok(Warm { contenders, bytes: wanted.len(), rows: all["allRows"].as_u64().unwrap_or_default() })
}

impl Contender {
    fn new(name: &'static str, address: SocketAddr, pid: u32, path: &'static str) -> Self {
        Self { name, rounds: Vec::new(), address, pid, path, wanted: Vec::new() }
    }

    /// The bytes it answers, which must say the same as the card's.
    async fn take_reference(&mut self, contact: &Contact, answer: &Value) -> anyhow::Result<()> {
        let request = contact.request_at(self.path, PAGE, USERS.start);
        self.wanted = http::bytes(self.address, &request).await.with_context(|| self.name)?;
        let own: Value = serde_json::from_slice(&self.wanted)?;
        ensure!(own == *answer, "{} answers something else:\n{own:#}\ninstead of\n{answer:#}", self.name);
        Ok(())
    }
}

/// The linked contact with a full first page and the fewest documents, and its whole list.
async fn subject(card: &Server, house: &House) -> anyhow::Result<(Contact, Value)> {
    let mut best: Option<(u64, Contact, Value)> = None;
    for contact in &house.contacts {
        let all = card.loaded(contact, 100).await?;
        let count = all["allRows"].as_u64().unwrap_or_default();
        let fits = all["state"] == "ready" && (u64::from(PAGE)..=100).contains(&count);
        if fits && best.as_ref().is_none_or(|(fewest, ..)| count < *fewest) {
            best = Some((count, contact.clone(), all));
        }
    }
    let Some((_, contact, all)) = best else { bail!("no linked contact has {PAGE} to 100 documents") };
    Ok((contact, all))
}

/// The Fastify server.
struct Twin {
    running: Running,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Twin {
    /// Starts it with the ledger of `contact`, as `all` shows it.
    fn start(house: &House, contact: &Contact, all: &Value) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("ledger.json");
        fs::write(&file, ledger(contact, all)?.to_string())?;
        let node = which("node")?;
        let file = file.display().to_string();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(TWIN).display().to_string();
        let environment = [("NODE_ENV".to_owned(), "production".to_owned())];
        let mut running = Running::start(SERVED, &node, &[&script, &file], &environment)?;
        let port: u16 = running.line().context("the twin does not start")?.parse()?;
        ensure!(!house.contacts.is_empty(), "no contacts");
        Ok(Self { running, address: SocketAddr::from(([127, 0, 0, 1], port)), _folder: folder })
    }
}

fn which(program: &str) -> anyhow::Result<std::path::PathBuf> {
    let folders = std::env::var_os("PATH").context("no PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.with_context(|| format!("{program} is missing"))
}

fn ledger(contact: &Contact, all: &Value) -> anyhow::Result<Value> {
    let mut connections = all["connections"].as_array().context("connections")?.clone();
    let read_at = connections.first().context("no connection")?["freshness"]["asOf"].clone();
    for connection in connections.iter_mut().filter_map(Value::as_object_mut) {
        connection.remove("freshness");
    }
    Ok(json!({
        "publicUrl": PUBLIC_URL,
        "clientSecret": CLIENT_SECRET,
        "appId": APP_ID,
        "freshMs": Duration::from_secs(FRESH.into()).as_millis().to_string().parse::<u64>()?,
        "ledgers": [{
            "portalId": contact.portal,
            "record": all["record"],
            "timeZone": all["timeZone"],
            "connections": connections,
            "customers": all["customers"],
            "rows": all["rows"],
            "readAt": read_at,
        }],
    }))
}
