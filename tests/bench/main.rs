//! `make bench`: the figures of the card and of the sync, on one machine. The servers run on one core, load and sandbox on
//! another; what is compared takes turns, so that a change of the machine's mood hits all alike. See `tests/bench/run`.
//!
//! `all` measures everything, `card` and `sync` one of the two, `warm`, `cold`, `dead` and `starts` a part of the card.
//! Behind `sync` or `all` may stand how many customers the first sync has, and how many the one with lifted limits has (`0`:
//! not that one): `sync 5000` is a quick look.
//!
//! This binary is also the sandbox's process and the server that does nothing, each as a mode.

#![expect(clippy::print_stdout, reason = "it reports to a person")]
#![expect(clippy::print_stderr, reason = "and says why it could not")]

mod cold;
mod house;
mod http;
mod load;
mod null;
mod process;
mod proxy;
mod report;
mod sandbox;
mod sign;
mod starts;
mod sync;
mod sync_report;
mod sync_site;
mod warm;

use std::{process::ExitCode, time::Duration};

use tokio::runtime::Builder;

use self::{house::House, load::Shape, report::Report, sandbox::Sandbox, sync_site::Size};

/// How many times each contender has its turn.
const ROUNDS: usize = 9;
const SHAPE: Shape =
    Shape { connections: 32, run_up: Duration::from_millis(300), length: Duration::from_millis(2_500) };
const STARTS: usize = 9;
/// Cold lists one by one.
const COLD: usize = 31;
/// Customers of a first sync, and of one with lifted limits, unless the arguments say otherwise.
const CUSTOMERS: u32 = 100_000;
const LIFTED: u32 = 1_000_000;
/// The share of persons where companies are among the customers.
const MIXED: f64 = 0.7;
/// What HubSpot takes for a batch where it is not next door, in milliseconds.
const TAKES_MS: u64 = 500;

fn main() -> ExitCode {
    // The test runner's own arguments begin with a dash.
    let said: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mode = said.first().cloned().unwrap_or_default();
    let threads = |many: bool| if many { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    let ended = threads(mode == "null" || mode == "sandbox")
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&mode, &said)));
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mode: &str, said: &[String]) -> anyhow::Result<bool> {
    let mut report = Report::default();
    match mode {
        "sandbox" => return sandbox::serve().await.map(|()| true),
        "null" => return null::serve().await.map(|()| true),
        "all" | "card" | "warm" | "cold" | "dead" | "starts" | "sync" => println!("{}", process::machine()),
        _ => {
            anyhow::bail!("say what to measure: all, card, warm, cold, dead, starts or sync (tests/bench/run says all)")
        }
    }
    if mode != "sync" {
        card(mode, &mut report).await?;
    }
    if matches!(mode, "all" | "sync") {
        let number = |at: usize| said.get(at).map(|text| text.parse::<u32>()).transpose();
        let customers = number(1)?.unwrap_or(CUSTOMERS);
        let lifted = number(2)?.unwrap_or_else(|| customers.saturating_mul(LIFTED / CUSTOMERS));
        syncs(customers, lifted, &mut report).await?;
    }
    Ok(report.end())
}

/// First and second syncs.
async fn syncs(customers: u32, lifted: u32, report: &mut Report) -> anyhow::Result<()> {
    let persons = |customers, lifted| Size { customers, people: 1.0, lifted, takes_ms: 0 };
    if lifted > 0 {
        println!("\nfirst sync, limits lifted …");
        let (first, _) = sync::both(persons(lifted, true)).await?;
        report.lifted_sync(&first);
    }
    if customers > 0 {
        println!("\nfirst syncs with HubSpot's limits …");
        let (first, few) = sync::both(persons(customers / 10, false)).await?;
        report.first_sync(&first);
        let (first, many) = sync::both(persons(customers, false)).await?;
        report.first_sync(&first);
        report.second_syncs(&few, &many);
        let (first, _) = sync::both(Size { people: MIXED, ..persons(customers / 5, false) }).await?;
        report.first_sync(&first);
        let (first, _) = sync::both(Size { takes_ms: TAKES_MS, ..persons(customers / 5, false) }).await?;
        Report::slow_sync(&first);
    }
    Ok(())
}

/// Measures the card, or a part of it.
async fn card(what: &str, report: &mut Report) -> anyhow::Result<()> {
    let wanted = |part: &str| matches!(what, "all" | "card") || what == part;
    let sandbox = Sandbox::start()?;
    let house = House::plant(&sandbox).await?;
    let first = house.contacts.first().ok_or_else(|| anyhow::anyhow!("the sandbox plans no linked contact"))?;
    // The first start of all gets the tokens, which are kept; it counts like the others.
    if wanted("starts") {
        report.starts(&starts::run(&house, &sandbox, first, STARTS).await?);
    } else {
        starts::run(&house, &sandbox, first, 1).await?;
    }
    if wanted("cold") {
        let contacts = house.contacts.get(..COLD).unwrap_or(&house.contacts);
        report.cold(&cold::one_by_one(&house, &sandbox, contacts).await?);
        report.storm(&cold::storm(&house, &sandbox, contacts).await?);
    }
    if wanted("dead") {
        report.dead(&cold::dead(&house, &sandbox, &house.contacts).await?);
    }
    if wanted("warm") {
        println!("\n{ROUNDS} rounds each, in turns, {} connections …", SHAPE.connections);
        report.warm(&warm::run(&house, &sandbox, ROUNDS, SHAPE).await?);
    }
    Ok(())
}
