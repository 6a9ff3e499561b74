//! The torture (`make torture`): two houses, one with two processes on PostgreSQL and one with one on SQLite. Both sandboxes let
//! a tenth of all calls fail in every way, processes are killed at random moments, and meanwhile people change, make, delete,
//! merge and erase records on both sides. At the end both sides must agree as the policies of the fields say, record by record,
//! by a comparison over HTTP that knows what the torture wrote down and nothing of the program. The last line is the summary.

#![expect(clippy::print_stdout, reason = "it reports to a person")]

mod admin;
mod compare;
mod dice;
mod door;
mod fields;
mod last;
mod options;
mod people;
mod plant;
mod run;
mod schema;
mod sides;
mod site;
mod story;

use std::{process::ExitCode, time::Instant};

use futures_util::future::join_all;

use self::{options::Options, run::Came};

/// So many differences are shown.
const SHOWN: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            println!("torture: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let began = Instant::now();
    let houses = options.on.len().max(1);
    let shares = (0..houses).map(|n| (options.kills + n) / houses);
    let all = options.on.iter().zip(shares).map(|(database, kills)| run::house(&options, database, kills));
    let mut ok = true;
    let mut told = Vec::new();
    for (database, came) in options.on.iter().zip(join_all(all).await) {
        match came {
            Ok(came) => {
                ok &= came.differences.is_empty();
                told.push(report(&came));
            }
            Err(error) => {
                ok = false;
                println!("[{database}] {error:#}");
                told.push(format!("{database}: broken off"));
            }
        }
    }
    let (word, seconds) = (if ok { "ok" } else { "FAILED" }, began.elapsed().as_secs());
    println!(
        "torture: {word} · {} customers each · seed {} · {seconds} s · {}",
        options.customers,
        options.seed,
        told.join(" · ")
    );
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells what came of a house; its part of the summary.
fn report(came: &Came) -> String {
    println!("[{}] {}", came.house, came.told);
    for difference in came.differences.iter().take(SHOWN) {
        println!("[{}] DIFFERS: {difference}", came.house);
    }
    let found = match came.differences.len() {
        0 => "both sides agree".to_owned(),
        many => format!("{many} differences"),
    };
    format!("{}: {} kills, {found}", came.house, came.kills)
}
