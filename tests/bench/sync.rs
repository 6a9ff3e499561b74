//! The sync: a first one of very many customers with the limits as they are, a second one that finds nothing to do, a record
//! that somebody asks for meanwhile, and what the serving process holds in memory when limits do not slow it down.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    house::Server,
    http::Connection,
    process,
    sync_site::{Figures, Site, Size},
};

/// How often is looked at what goes on.
const LOOK: Duration = Duration::from_millis(50);
/// After so many rows of a first sync somebody asks for its last customer.
const ASKED_AFTER: u64 = 1_000;
/// So many customers a first sync must have for that to mean anything.
pub(crate) const ASKABLE: u32 = 4_000;
/// A page that made so many links is a whole one.
const WHOLE_PAGE: u64 = 900;

/// A first sync.
pub(crate) struct First {
    pub(crate) size: Size,
    /// From the switch to the end.
    pub(crate) took: Duration,
    /// From the first call to HubSpot to the last.
    pub(crate) calling: Duration,
    pub(crate) hubspot: Figures,
    pub(crate) netsuite: Figures,
    /// The program's own count, by service and operation.
    pub(crate) called: Vec<(String, u64)>,
    /// What the run says it did.
    pub(crate) counts: ledgercard::store::runs::Counts,
    /// The record that somebody asked for.
    pub(crate) asked: Option<Asked>,
    /// How long each whole page took to be kept, in milliseconds.
    pub(crate) pages: Vec<f64>,
    /// What the program said when it stopped working the flow: it goes on after a while.
    pub(crate) stopped: Vec<String>,
    /// Resident before it began, and at most, in MiB.
    pub(crate) idle: f64,
    pub(crate) peak: f64,
    /// Not backed by a file, at most, in MiB.
    pub(crate) anonymous: f64,
}

/// A record that somebody asks for while the first sync runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Until it had its link.
    pub(crate) after: Duration,
    /// How many rows of the first sync were worked meanwhile.
    pub(crate) rows: u64,
}

/// A sync that finds nothing to do.
pub(crate) struct Second {
    pub(crate) customers: u32,
    pub(crate) hubspot: Figures,
    pub(crate) netsuite: Figures,
}

/// A first sync, and a second one behind it.
pub(crate) async fn both(size: Size) -> anyhow::Result<(First, Second)> {
    let planted = Site::plant(size).await?;
    let server = planted.serve().await?;
    let first = first(&planted, &server).await.context("a first sync")?;
    // Who asked for a record made the flow due once more.
    planted.quiet(0).await?;
    let (hubspot, netsuite) = planted.figures().await?;
    planted.once_more().await.context("a second sync")?;
    let (hubspot_now, netsuite_now) = planted.figures().await?;
    let second = Second {
        customers: size.customers,
        hubspot: hubspot_now.since(&hubspot),
        netsuite: netsuite_now.since(&netsuite),
    };
    drop(server);
    planted.close().await;
    Ok((first, second))
}

/// What was seen while a first sync ran.
struct Watch {
    before: Figures,
    first_call: Option<Instant>,
    last_call: Instant,
    calls: u64,
    peak: f64,
    anonymous: f64,
    /// When somebody asked, and how many rows were worked by then.
    asked: Option<(Instant, u64)>,
    answered: Option<Asked>,
}

async fn first(site: &Site, server: &Server) -> anyhow::Result<First> {
    let (before, netsuite) = site.figures().await?;
    let idle = process::memory(server.pid(), "VmRSS")?;
    let began = Instant::now();
    let calls = before.all();
    let mut watch = Watch {
        before,
        first_call: None,
        last_call: began,
        calls,
        peak: idle,
        anonymous: 0.0,
        asked: None,
        answered: None,
    };
    site.switch_on().await?;
    let mut stats = Connection::open(site.sandbox.hubspot).await?;
    while !watch.look(site, server, &mut stats).await? {
        ensure!(began.elapsed() < Duration::from_hours(2), "the first sync did not end within two hours");
        tokio::time::sleep(LOOK).await;
    }
    let took = began.elapsed();
    let (hubspot, netsuite_now) = site.figures().await?;
    Ok(First {
        size: site.size,
        took,
        calling: watch.last_call.duration_since(watch.first_call.unwrap_or(began)),
        hubspot: hubspot.since(&watch.before),
        netsuite: netsuite_now.since(&netsuite),
        called: site.called(server).await?,
        counts: site.longest_run().await?.counts,
        asked: watch.answered,
        pages: site.pages(WHOLE_PAGE)?,
        stopped: site.stopped()?,
        idle,
        peak: process::memory(server.pid(), "VmHWM")?.max(watch.peak),
        anonymous: watch.anonymous,
    })
}

impl Watch {
    /// Looks once; whether the first sync is complete.
    async fn look(&mut self, site: &Site, server: &Server, stats: &mut Connection) -> anyhow::Result<bool> {
        let request = format!("GET /_sandbox/stats HTTP/1.1\r\nhost: {}\r\n\r\n", site.sandbox.hubspot);
        let answer = stats.ask(request.as_bytes()).await?;
        let now: Value = serde_json::from_slice(stats.body(answer))?;
        let calls = serde_json::from_value::<Figures>(now)?.all();
        if calls > self.calls {
            self.calls = calls;
            self.last_call = Instant::now();
            self.first_call.get_or_insert(self.last_call);
        }
        self.peak = self.peak.max(process::memory(server.pid(), "VmRSS")?);
        self.anonymous = self.anonymous.max(process::memory(server.pid(), "RssAnon")?);
        self.ask(site).await?;
        let flow = site.flow().await?;
        // Behind the last page comes the rest of the round.
        Ok(flow.first_done_at.is_some() && flow.lease.is_none())
    }

    /// Has somebody ask for the last customer, and sees when it has its link.
    async fn ask(&mut self, site: &Site) -> anyhow::Result<()> {
        if self.answered.is_some() || site.size.customers < ASKABLE {
            return Ok(());
        }
        let last = site.first + site.size.customers - 1;
        let (counts, linked) = site.seen(last).await?;
        match self.asked {
            None if counts.read >= ASKED_AFTER => {
                site.hint(last).await?;
                self.asked = Some((Instant::now(), counts.read));
            }
            Some((at, rows)) if linked => {
                // The record itself was read, too.
                let rows = counts.read.saturating_sub(rows + 1);
                self.answered = Some(Asked { after: at.elapsed(), rows });
            }
            _ => {}
        }
        Ok(())
    }
}

impl Figures {
    /// What was counted since `before`.
    fn since(&self, before: &Self) -> Self {
        let mut now = self.clone();
        for (name, calls) in &mut now.calls {
            *calls -= before.calls.get(name).copied().unwrap_or(0);
        }
        for (name, written) in &mut now.written {
            let was = before.written.get(name).copied().unwrap_or_default();
            written.calls -= was.calls;
            written.rows -= was.rows;
        }
        now.throttled -= before.throttled;
        now.calls.retain(|_, calls| *calls > 0);
        now
    }
}
