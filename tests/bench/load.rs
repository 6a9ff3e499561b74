//! The load: so many connections, each asking again as soon as it has its answer, for a few seconds.

use std::{net::SocketAddr, rc::Rc, time::Duration};

use anyhow::{Context as _, ensure};
use tokio::{task::LocalSet, time::Instant};

use crate::{http::Connection, process};

/// How a round is driven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) connections: usize,
    /// Before counting begins.
    pub(crate) run_up: Duration,
    pub(crate) length: Duration,
}

/// What a round brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
    /// The server's processor time for one request, in microseconds.
    pub(crate) server_cpu: f64,
    /// Which part of its core the load itself used.
    pub(crate) load_busy: f64,
    /// Which part of the server's core others used.
    pub(crate) others: f64,
}

/// Processor time used so far, in seconds.
struct Used {
    server: f64,
    load: f64,
    core: f64,
}

impl Used {
    fn now(server: u32) -> anyhow::Result<Self> {
        Ok(Self {
            server: process::cpu(server)?.as_secs_f64(),
            load: process::cpu(std::process::id())?.as_secs_f64(),
            core: process::core_busy()?.as_secs_f64(),
        })
    }
}

/// Drives `server` with `requests` in turn, each of which must be answered by exactly `wanted`.
pub(crate) async fn round(
    server: SocketAddr,
    pid: u32,
    requests: Vec<Vec<u8>>,
    wanted: &[u8],
    shape: Shape,
) -> anyhow::Result<Round> {
    let (requests, wanted): (Rc<[Vec<u8>]>, Rc<[u8]>) = (requests.into(), wanted.into());
    let began = Instant::now() + shape.run_up;
    let ends = began + shape.length;
    let local = LocalSet::new();
    let mut tasks = Vec::new();
    for at in 0..shape.connections {
        let connection = Connection::open(server).await.context("the server takes no connection")?;
        let (requests, wanted) = (Rc::clone(&requests), Rc::clone(&wanted));
        tasks.push(local.spawn_local(drive(connection, requests, at, wanted, began, ends)));
    }
    local
        .run_until(async move {
            tokio::time::sleep_until(began).await;
            let before = Used::now(pid)?;
            tokio::time::sleep_until(ends).await;
            let after = Used::now(pid)?;
            let mut took: Vec<u32> = Vec::new();
            for task in tasks {
                took.extend(task.await??);
            }
            ensure!(!took.is_empty(), "the server answered nothing in {:?}", shape.length);
            took.sort_unstable();
            let seconds = shape.length.as_secs_f64();
            let answers = f64::from(u32::try_from(took.len())?);
            Ok(Round {
                per_second: answers / seconds,
                p50: share(&took, 50),
                p99: share(&took, 99),
                server_cpu: (after.server - before.server) / answers * 1e6,
                load_busy: (after.load - before.load) / seconds,
                others: ((after.core - before.core) - (after.server - before.server)).max(0.0) / seconds,
            })
        })
        .await
}

/// Asks until `ends`; how long each answer took that came between `began` and `ends`, in nanoseconds.
async fn drive(
    mut connection: Connection,
    requests: Rc<[Vec<u8>]>,
    mut at: usize,
    wanted: Rc<[u8]>,
    began: Instant,
    ends: Instant,
) -> anyhow::Result<Vec<u32>> {
    let mut took = Vec::with_capacity(16 * 1024);
    loop {
        let asked = Instant::now();
        let answer = connection.ask(&requests[at % requests.len()]).await?;
        let now = Instant::now();
        let body = connection.body(answer);
        ensure!(
            answer.status == 200 && body == &*wanted,
            "another answer than at the start ({}): {}",
            answer.status,
            String::from_utf8_lossy(body)
        );
        if now >= ends {
            return Ok(took);
        }
        if now >= began {
            took.push(u32::try_from((now - asked).as_nanos()).unwrap_or(u32::MAX));
        }
        at += 1;
    }
}

/// The value below which `percent` of these sorted nanoseconds lie, in milliseconds.
fn share(sorted: &[u32], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len() - 1);
    f64::from(sorted[at]) / 1e6
}
