//! What is not in memory: one cold reader, a thousand at once, and an ERP that does not answer.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    house::{Contact, House, Server, Start},
    http::{self, Connection},
    process::SERVED,
    proxy::Proxy,
    sandbox::Sandbox,
};

/// What the sandbox NetSuite takes for every SuiteQL question.
const ERP_DELAY_MS: u64 = 60;
const READERS: usize = 1_000;

/// Cold lists of different contacts, one after the other.
pub(crate) struct Cold {
    /// What each took beyond the ERP's time, in milliseconds.
    pub(crate) beyond: Vec<f64>,
    /// What each took in all, in milliseconds.
    pub(crate) whole: Vec<f64>,
}

/// One cold list after the other; the ERP's time is what a relay in front of it saw during the same request.
pub(crate) async fn one_by_one(house: &House, sandbox: &Sandbox, contacts: &[Contact]) -> anyhow::Result<Cold> {
    let proxy = Proxy::start(sandbox.netsuite).await?;
    let server = house.serve(Start::on(SERVED, proxy.address)).await?;
    let (first, others) = contacts.split_first().context("no linked contacts")?;
    // What the account has is asked once per connection and start.
    ready(&server.loaded(first, 10).await?)?;
    fault(sandbox, "suiteql", &json!({"kind": "delay", "ms": ERP_DELAY_MS})).await?;
    let (mut beyond, mut whole) = (Vec::new(), Vec::new());
    let mut connection = Connection::open(server.address).await?;
    for contact in others {
        let request = contact.request(10);
        let asked = Instant::now();
        let answer = connection.ask(&request).await?;
        let answered = Instant::now();
        ready(&serde_json::from_slice(connection.body(answer))?)?;
        let erp = proxy.busy(asked, answered);
        ensure!(erp >= Duration::from_millis(ERP_DELAY_MS), "a cold list did not ask the ERP");
        beyond.push(milliseconds((answered - asked).saturating_sub(erp)));
        whole.push(milliseconds(answered - asked));
    }
    clear(sandbox).await?;
    Ok(Cold { beyond, whole })
}

/// A thousand cold readers of one record.
pub(crate) struct Storm {
    /// How often the ERP was asked.
    pub(crate) asked: u64,
    /// Until the last one had its answer, in milliseconds.
    pub(crate) last: f64,
}

pub(crate) async fn storm(house: &House, sandbox: &Sandbox, contacts: &[Contact]) -> anyhow::Result<Storm> {
    let server = house.serve(Start::on(SERVED, sandbox.netsuite)).await?;
    let [first, other, ..] = contacts else { anyhow::bail!("fewer than two linked contacts") };
    ready(&server.loaded(first, 10).await?)?;
    fault(sandbox, "suiteql", &json!({"kind": "delay", "ms": ERP_DELAY_MS})).await?;
    let open = (0..READERS).map(|_| Connection::open(server.address));
    let mut connections = try_join_all(open).await.context("a thousand connections")?;
    let before = asked(sandbox).await?;
    let request = other.request(10);
    let began = Instant::now();
    let ask = connections.iter_mut().map(|connection| connection.ask(&request));
    let answers = try_join_all(ask).await?;
    let last = milliseconds(began.elapsed());
    for (connection, answer) in connections.iter().zip(answers) {
        ensure!(answer.status == 200, "one of a thousand readers was answered {}", answer.status);
        ready(&serde_json::from_slice(connection.body(answer))?)?;
    }
    clear(sandbox).await?;
    Ok(Storm { asked: asked(sandbox).await? - before, last })
}

/// Answers while the ERP is dead, in milliseconds.
pub(crate) struct Dead {
    /// Nothing known of the record.
    pub(crate) cold: Vec<f64>,
    /// From the stale cache, once the failure is known.
    pub(crate) stale: Vec<f64>,
    /// The first reader after the value became old: waits for the new one a while.
    pub(crate) first_stale: f64,
}

pub(crate) async fn dead(house: &House, sandbox: &Sandbox, contacts: &[Contact]) -> anyhow::Result<Dead> {
    // The shortest life there is, so that the value is old soon.
    let server = house.serve(Start { fresh: 1, ..Start::on(SERVED, sandbox.netsuite) }).await?;
    let (known, unknown) = contacts.split_first().context("no linked contacts")?;
    ready(&server.loaded(known, 10).await?)?;
    fault(sandbox, "*", &json!({"kind": "hang"})).await?;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let (_, first_stale) = timed(&server, known).await?;
    let cold = try_join_all(unknown.iter().take(5).map(|contact| timed(&server, contact))).await?;
    for (answer, _) in &cold {
        let state = &answer["state"];
        ensure!(state == "loading" || state == "unavailable", "a cold list of a dead ERP has the state {state}");
    }
    wait_until_stale(&server, known).await?;
    let mut stale = Vec::new();
    for _ in 0..300 {
        let (answer, took) = timed(&server, known).await?;
        ensure!(!answer["rows"].as_array().context("rows")?.is_empty(), "a stale list without rows");
        ensure!(freshness(&answer) == "stale", "the ERP's failure was forgotten: {}", answer["connections"]);
        stale.push(took);
    }
    clear(sandbox).await?;
    Ok(Dead { cold: cold.into_iter().map(|(_, took)| took).collect(), stale, first_stale })
}

async fn wait_until_stale(server: &Server, contact: &Contact) -> anyhow::Result<()> {
    let began = Instant::now();
    while freshness(&timed(server, contact).await?.0) != "stale" {
        ensure!(began.elapsed() < Duration::from_mins(1), "the dead ERP was not found dead within 60 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn freshness(answer: &Value) -> &str {
    answer["connections"][0]["freshness"]["state"].as_str().unwrap_or_default()
}

async fn timed(server: &Server, contact: &Contact) -> anyhow::Result<(Value, f64)> {
    let mut connection = Connection::open(server.address).await?;
    let request = contact.request(10);
    let asked = Instant::now();
    let answer = connection.ask(&request).await?;
    let took = milliseconds(asked.elapsed());
    ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(connection.body(answer)));
    Ok((serde_json::from_slice(connection.body(answer))?, took))
}

fn ready(answer: &Value) -> anyhow::Result<()> {
    let rows = answer["rows"].as_array().map_or(0, Vec::len);
    ensure!(answer["state"] == "ready" && rows > 0, "not a list with rows: {answer}");
    Ok(())
}

async fn fault(sandbox: &Sandbox, operation: &str, action: &Value) -> anyhow::Result<()> {
    let list = json!([{"operation": operation, "action": action}]);
    http::control(sandbox.netsuite, "PUT", "/_sandbox/faults", Some(&list)).await.map(|_| ())
}

async fn clear(sandbox: &Sandbox) -> anyhow::Result<()> {
    http::control(sandbox.netsuite, "DELETE", "/_sandbox/faults", None).await.map(|_| ())
}

/// How many SuiteQL questions the sandbox has seen.
async fn asked(sandbox: &Sandbox) -> anyhow::Result<u64> {
    let stats = http::control(sandbox.netsuite, "GET", "/_sandbox/stats", None).await?;
    Ok(stats["calls"]["suiteql"].as_u64().unwrap_or_default())
}

/// A span in milliseconds.
pub(crate) fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}
