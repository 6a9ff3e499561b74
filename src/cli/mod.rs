//! The commands.
//!
//! Promise: a command that cannot do its work says why, where and what to do, and ends non-zero.
//! Never: business rules; commands only wire and print.

#[cfg(feature = "sandbox")]
pub mod demo;
mod doctor;
pub mod keys;
pub mod netsuite;
#[cfg(feature = "sandbox")]
pub mod plant;
mod purge;
mod serve;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{api::openapi, domain::ids::PortalId};

#[derive(Parser)]
#[command(name = "ledgercard", version, about = "ERP invoices on HubSpot records", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the card's API.
    Serve {
        /// The configuration file; every setting can also come from the environment.
        #[arg(long, env = "LEDGERCARD_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Brings the database's schema up to date, and ends.
    Migrate {
        /// The configuration file.
        #[arg(long, env = "LEDGERCARD_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Looks at configuration, database, keys, clock, HubSpot and every connection, and says what to mend.
    Doctor {
        /// The configuration file.
        #[arg(long, env = "LEDGERCARD_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Tells what is kept of a portal, and erases all of it with --yes; for portals that removed the app.
    Purge {
        /// The configuration file.
        #[arg(long, env = "LEDGERCARD_CONFIG")]
        config: Option<PathBuf>,
        /// The portal's id in HubSpot.
        #[arg(long)]
        portal: PortalId,
        /// Erases it.
        #[arg(long)]
        yes: bool,
    },
    /// Keys that seal credentials.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// What an administrator of NetSuite needs.
    #[command(subcommand, name = "netsuite")]
    NetSuite(netsuite::NetSuite),
    /// Prints the API's description (OpenAPI 3.1).
    Openapi,
    /// Sandbox HubSpot, sandbox NetSuite, Ledgercard and the preview page, filled with sample data.
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
}

/// Runs the command that the program was called with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(arguments.command)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain, outermost first: what failed, where, why.
            let _ = writeln!(std::io::stderr(), "ledgercard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve { config } => serve::serve(config.as_deref()).await,
        Command::Migrate { config } => serve::migrate(config.as_deref()).await,
        Command::Doctor { config } => doctor::run(config.as_deref()).await,
        Command::Purge { config, portal, yes } => purge::run(config.as_deref(), portal, yes).await,
        Command::Keys(keys) => keys::run(&keys).await,
        Command::NetSuite(command) => {
            netsuite::run(&command);
            Ok(())
        }
        Command::Openapi => {
            print(&openapi::document()?);
            Ok(())
        }
        #[cfg(feature = "sandbox")]
        Command::Demo(demo) => demo::run(demo).await,
    }
}

/// Prints to standard output; a reader that closed it early is no fault.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Waits for Ctrl-C or a polite request to end.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
