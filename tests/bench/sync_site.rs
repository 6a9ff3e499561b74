//! A portal and a NetSuite account full of made-up customers, whose flow "customers" is switched on from outside.

use std::{fs, time::Duration};

use anyhow::{Context as _, ensure};
use ledgercard::{
    clock::Clock,
    domain::ids::{FlowId, PortalId, SourceId},
    in_tx,
    sandbox::data::accounts::{DEMO, MAIN},
    store::{
        DatabaseUrl, Db, connections,
        flow_hints::{self, NewFlowHint},
        flows::{self, Flow, FlowStatus, NewFlow},
        links::{self, LinkKind},
        parked::Side,
        runs::{self, Counts, Run},
    },
    sync::flow::Policies,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    house::{House, Server, Start},
    http,
    process::SERVED,
    sandbox::Sandbox,
};

/// The portal.
const PORTAL: PortalId = PortalId(DEMO.id);
/// The stamps of the customers lie within ten years, so that hardly one is as new as what every round looks at again.
const YEARS: u32 = 10 * 365 * 24 * 3_600;
/// Many more than either side can be asked for.
const LIFTED: u32 = 100_000;

/// How many customers of what sort.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) customers: u32,
    /// The share of persons; the others are companies, each a company and, with an address, a contact in HubSpot.
    pub(crate) people: f64,
    /// Whether the limits of both programs are lifted.
    pub(crate) lifted: bool,
    /// What HubSpot takes for every batch, in milliseconds, as it does over the net.
    pub(crate) takes_ms: u64,
}

/// What a sandbox counted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    pub(crate) calls: std::collections::BTreeMap<String, u64>,
    pub(crate) throttled: u64,
    #[serde(default)]
    pub(crate) written: std::collections::BTreeMap<String, Written>,
}

/// What one kind of call wrote.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Written {
    pub(crate) calls: u64,
    pub(crate) rows: u64,
}

impl Figures {
    /// All calls.
    pub(crate) fn all(&self) -> u64 {
        self.calls.values().sum()
    }

    /// The calls that wrote records or associations, and the rows they wrote.
    pub(crate) fn writes(&self, associations: bool) -> Written {
        let some = self.written.iter().filter(|(name, _)| name.contains("associations") == associations);
        some.fold(Written::default(), |sum, (_, one)| Written {
            calls: sum.calls + one.calls,
            rows: sum.rows + one.rows,
        })
    }
}

/// All of it.
pub(crate) struct Site {
    pub(crate) sandbox: Sandbox,
    pub(crate) house: House,
    pub(crate) size: Size,
    /// The first of the made-up customers.
    pub(crate) first: u32,
    clock: Clock,
    db: Db,
    flow: FlowId,
}

impl Site {
    /// Plants it; the flow is there and off.
    pub(crate) async fn plant(size: Size) -> anyhow::Result<Self> {
        let sandbox = Sandbox::start()?;
        let house = House::plant(&sandbox).await?;
        let bulk = json!({ "count": size.customers, "seed": 4711, "people": size.people, "stampSpread": YEARS });
        let path = format!("/_sandbox/accounts/{}/customers/bulk", MAIN.label);
        let made = http::control(sandbox.netsuite, "POST", &path, Some(&bulk)).await.context("customers made up")?;
        if size.lifted {
            http::control(sandbox.hubspot, "PUT", "/_sandbox/limits", Some(&json!({ "factor": 1_000 }))).await?;
        }
        if size.takes_ms > 0 {
            let slow = json!([{ "operation": "objects", "action": { "kind": "delay", "ms": size.takes_ms } }]);
            http::control(sandbox.hubspot, "PUT", "/_sandbox/faults", Some(&slow)).await?;
        }
        let first =
            made["firstId"].as_u64().and_then(|id| u32::try_from(id).ok()).context("the first customer's id")?;
        let clock = Clock::system();
        let db = Db::open(&DatabaseUrl::parse(&house.database().into())?, clock.clone()).await?;
        let flow = FlowId(clock.new_id());
        let (settings, now) = (serde_json::to_value(Policies::default())?, clock.now());
        in_tx!(db, "make a flow", |tx| {
            let all = connections::list_of_portal(tx, PORTAL).await?;
            if let Some(connection) = all.first() {
                let new = NewFlow {
                    id: flow,
                    portal_id: PORTAL,
                    connection_id: connection.id,
                    key: "customers",
                    settings: &settings,
                };
                flows::put_missing(tx, &[new], now).await?;
            }
            Ok(())
        })?;
        Ok(Self { sandbox, house, size, first, clock, db, flow })
    }

    /// The shipped program on it.
    pub(crate) async fn serve(&self) -> anyhow::Result<Server> {
        let calls = self.size.lifted.then_some(LIFTED);
        self.house.serve(Start { calls, pages: true, ..Start::on(SERVED, self.sandbox.netsuite) }).await
    }

    /// Switches the flow on; it is due.
    pub(crate) async fn switch_on(&self) -> anyhow::Result<()> {
        let (flow, now) = (self.flow, self.clock.now());
        Ok(in_tx!(self.db, "switch a flow on", |tx| {
            flows::set_status(tx, PORTAL, flow, FlowStatus::On, now).await?;
            flows::make_due(tx, PORTAL, flow, now).await.map(|_| ())
        })?)
    }

    /// Makes the flow due and waits until it was worked once more.
    pub(crate) async fn once_more(&self) -> anyhow::Result<()> {
        let (flow, now) = (self.flow, self.clock.now());
        let before = self.flow().await?.fence;
        in_tx!(self.db, "make a flow due", |tx| { flows::make_due(tx, PORTAL, flow, now).await })?;
        self.quiet(before).await
    }

    /// Waits until the flow was worked after `fence`, and nothing of it is left to do now.
    pub(crate) async fn quiet(&self, fence: i64) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let flow = self.flow().await?;
            let later = flow.due_at.is_some_and(|due| due > self.clock.now());
            if flow.fence > fence && flow.lease.is_none() && later {
                return Ok(());
            }
            ensure!(began.elapsed() < Duration::from_mins(10), "the flow was not worked within ten minutes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn flow(&self) -> anyhow::Result<Flow> {
        let id = self.flow;
        in_tx!(self.db, read "a flow", |tx| { flows::get(tx, PORTAL, id).await })?.context("the flow is gone")
    }

    /// The run that read the most rows: one that somebody's question brought about is another.
    pub(crate) async fn longest_run(&self) -> anyhow::Result<Run> {
        let id = self.flow;
        let all = in_tx!(self.db, read "runs", |tx| { runs::page(tx, PORTAL, Some(id), None, 50).await })?;
        all.into_iter().max_by_key(|run| run.counts.read).context("the flow has no run")
    }

    /// What the run that goes on has come to, and whether the customer `id` has a link: at one instant.
    pub(crate) async fn seen(&self, id: u32) -> anyhow::Result<(Counts, bool)> {
        let (flow, customer): (FlowId, SourceId) = (self.flow, id.to_string().parse()?);
        let (running, links) = in_tx!(self.db, read "a run and a link", |tx| {
            let running = runs::running(tx, PORTAL, flow).await?;
            let connections = connections::list_of_portal(tx, PORTAL).await?;
            let mut found = Vec::new();
            for connection in &connections {
                let ids = std::slice::from_ref(&customer);
                found.extend(links::of_erp_ids(tx, PORTAL, connection.id, LinkKind::Customer, ids).await?);
            }
            Ok((running, found))
        })?;
        Ok((running.first().map(|run| run.counts).unwrap_or_default(), !links.is_empty()))
    }

    /// Asks that the customer `id` be looked at now, as "sync this record now" does.
    pub(crate) async fn hint(&self, id: u32) -> anyhow::Result<()> {
        let (flow_id, key, now) = (self.flow, id.to_string(), self.clock.now());
        let hint = NewFlowHint { flow_id, portal_id: PORTAL, side: Side::Erp, key: &key, by_hand: true };
        Ok(in_tx!(self.db, "leave a hint", |tx| { flow_hints::leave(tx, hint, now).await })?)
    }

    /// What both sandboxes counted: HubSpot, NetSuite.
    pub(crate) async fn figures(&self) -> anyhow::Result<(Figures, Figures)> {
        let of = async |address| -> anyhow::Result<Figures> {
            Ok(serde_json::from_value(http::control(address, "GET", "/_sandbox/stats", None).await?)?)
        };
        Ok((of(self.sandbox.hubspot).await?, of(self.sandbox.netsuite).await?))
    }

    /// The program's own count of its calls, by service and operation.
    pub(crate) async fn called(&self, server: &Server) -> anyhow::Result<Vec<(String, u64)>> {
        let request = format!("GET /metrics HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
        let text = String::from_utf8(http::bytes(server.address, request.as_bytes()).await?)?;
        let mut all: Vec<(String, u64)> = Vec::new();
        for line in text.lines().filter(|line| line.starts_with("ledgercard_outbound_calls_total{")) {
            let label = |name: &str| {
                let behind = line.split_once(&format!("{name}=\""))?.1;
                behind.split_once('"').map(|(value, _)| value.to_owned())
            };
            let count = line.rsplit_once(' ').and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
            let name = format!("{} {}", label("service").unwrap_or_default(), label("operation").unwrap_or_default());
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += count,
                None => all.push((name, count)),
            }
        }
        Ok(all)
    }

    /// How long each page of at least `links` new links took to be kept, in milliseconds.
    pub(crate) fn pages(&self, links: u64) -> anyhow::Result<Vec<f64>> {
        let number = |line: &str, name: &str| -> Option<u64> {
            line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok())
        };
        let log = fs::read_to_string(self.house.log())?;
        let kept = log.lines().filter(|line| line.contains("a page is kept"));
        let of = |line: &str| Some((number(line, "links=")?, number(line, "ms=")?));
        Ok(kept
            .filter_map(of)
            .filter(|(made, _)| *made >= links)
            .map(|(_, ms)| u32::try_from(ms).map_or(f64::MAX, f64::from))
            .collect())
    }

    /// What the program said whenever it stopped working the flow before the round's end.
    pub(crate) fn stopped(&self) -> anyhow::Result<Vec<String>> {
        let log = fs::read_to_string(self.house.log())?;
        Ok(log.lines().filter(|line| line.contains("stopped")).map(str::to_owned).collect())
    }

    pub(crate) async fn close(self) {
        self.db.close().await;
    }
}
