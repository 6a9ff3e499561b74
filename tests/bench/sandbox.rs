//! The sandbox in a process of its own.

use std::{future::pending, net::SocketAddr};

use anyhow::Context as _;
use ledgercard::{
    cli::demo::{APP_ID, CLIENT_ID, CLIENT_SECRET, PUBLIC_URL},
    clock::Clock,
    sandbox::{hubspot, netsuite},
};

use crate::process::{LOAD, Running};

/// The mode of this binary that is the sandbox: prints both addresses and serves until it is ended.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let clock = Clock::system();
    let any: SocketAddr = "127.0.0.1:0".parse()?;
    let settings = netsuite::NetSuiteSettings::new(any, clock.clone());
    let netsuite = netsuite::start(settings).await.context("the sandbox NetSuite")?;
    let settings = hubspot::HubSpotSettings {
        listen: any,
        clock,
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        app_id: APP_ID.to_owned(),
        public_url: PUBLIC_URL.to_owned(),
        // Neither its proxy nor the page is used here.
        backend: None,
        preview_dir: None,
        exchange_log: None,
        installed: true,
    };
    let hubspot = hubspot::start(settings).await.context("the sandbox HubSpot")?;
    println!("{} {}", hubspot.addr(), netsuite.addr());
    pending().await
}

/// The sandbox, started.
pub(crate) struct Sandbox {
    _running: Running,
    pub(crate) hubspot: SocketAddr,
    pub(crate) netsuite: SocketAddr,
}

impl Sandbox {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut running = Running::start(LOAD, &std::env::current_exe()?, &["sandbox"], &[])?;
        let line = running.line().context("the sandbox does not start")?;
        let (hubspot, netsuite) = line.split_once(' ').context("the sandbox's addresses")?;
        Ok(Self { hubspot: hubspot.parse()?, netsuite: netsuite.parse()?, _running: running })
    }
}
