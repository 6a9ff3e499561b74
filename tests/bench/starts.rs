//! Starting, and what the serving process then holds.

use anyhow::Context as _;

use crate::{
    cold::milliseconds,
    house::{Contact, House, Start},
    process,
    sandbox::Sandbox,
};

/// Several starts of the shipped program on a database that is there, with both cores.
#[derive(Default)]
pub(crate) struct Starts {
    /// To the first 200 of `/readyz`, in milliseconds.
    pub(crate) ready: Vec<f64>,
    /// To the first signed list with its rows, in milliseconds.
    pub(crate) listed: Vec<f64>,
    /// Resident after that one list, in MiB.
    pub(crate) resident: Vec<f64>,
    /// The most that was resident until then, in MiB.
    pub(crate) peak: Vec<f64>,
}

pub(crate) async fn run(house: &House, sandbox: &Sandbox, contact: &Contact, times: usize) -> anyhow::Result<Starts> {
    let mut starts = Starts::default();
    for _ in 0..times {
        let server = house.serve(Start::on(process::BOTH, sandbox.netsuite)).await?;
        let answer = server.loaded(contact, 10).await.context("the first list")?;
        starts.listed.push(milliseconds(server.began.elapsed()));
        starts.ready.push(milliseconds(server.ready_after));
        anyhow::ensure!(answer["state"] == "ready", "the first list: {answer}");
        starts.resident.push(process::memory(server.pid(), "VmRSS")?);
        starts.peak.push(process::memory(server.pid(), "VmHWM")?);
    }
    Ok(starts)
}
