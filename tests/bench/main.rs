//! `make bench`: the card's figures, side by side on one machine. The servers run on one core, load and sandbox on another;
//! what is compared takes turns, so that a change of the machine's mood hits all alike. See `tests/bench/run`.
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
mod warm;

use std::{process::ExitCode, time::Duration};

use tokio::runtime::Builder;

use self::{house::House, load::Shape, report::Report, sandbox::Sandbox};

/// How many times each contender has its turn.
const ROUNDS: usize = 9;
const SHAPE: Shape =
    Shape { connections: 32, run_up: Duration::from_millis(300), length: Duration::from_millis(2_500) };
const STARTS: usize = 9;
/// Cold lists one by one.
const COLD: usize = 31;

fn main() -> ExitCode {
    // The test runner's own arguments begin with a dash.
    let mode = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let threads = |many: bool| if many { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    let ended = threads(mode == "null" || mode == "sandbox")
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&mode)));
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mode: &str) -> anyhow::Result<bool> {
    match mode {
        "sandbox" => sandbox::serve().await.map(|()| true),
        "null" => null::serve().await.map(|()| true),
        "all" | "warm" | "cold" | "dead" | "starts" => measure(mode).await,
        _ => anyhow::bail!("say what to measure: all, warm, cold, dead or starts (tests/bench/run says all)"),
    }
}

/// Measures `what`; whether all goals were met.
async fn measure(what: &str) -> anyhow::Result<bool> {
    let wanted = |part: &str| what == "all" || what == part;
    println!("{}", process::machine());
    let sandbox = Sandbox::start()?;
    let house = House::plant(&sandbox).await?;
    let first = house.contacts.first().ok_or_else(|| anyhow::anyhow!("the sandbox plans no linked contact"))?;
    let mut report = Report::default();
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
    Ok(report.end())
}
