//! The processes that are measured: started on a core of their own, ended when dropped, and what they use.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};

/// The core of the servers that are measured.
pub(crate) const SERVED: &str = "0";
/// The core of the load and of the sandbox.
pub(crate) const LOAD: &str = "1";
/// Both, for what is measured as it is in production: with a worker for each.
pub(crate) const BOTH: &str = "0,1";

/// A process of ours; ends when dropped.
pub(crate) struct Running {
    child: Child,
    lines: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts `program` on `cores`.
    pub(crate) fn start(
        cores: &str,
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        Self::start_into(Stdio::inherit(), cores, program, arguments, environment)
    }

    /// Starts it, with its log going to `log`.
    pub(crate) fn start_into(
        log: Stdio,
        cores: &str,
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new("taskset");
        command.arg("-c").arg(cores).arg(program).args(arguments).envs(environment.iter().cloned()).stderr(log);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("taskset cannot be run")?;
        let lines = child.stdout.take().map(BufReader::new);
        Ok(Self { child, lines })
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        let lines = self.lines.as_mut().context("its output is not read")?;
        ensure!(lines.read_line(&mut line)? > 0, "it ended without a word: its messages are above");
        Ok(line.trim().to_owned())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fails if it has ended by itself.
    pub(crate) fn still_runs(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("the server ended by itself ({status}): its messages are above"),
            None => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time that a process has used so far. The kernel counts it in hundredths of a second.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    let behind_name = stat.rsplit_once(')').context("/proc/…/stat")?.1;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let (user, system): (u64, u64) = (fields[11].parse()?, fields[12].parse()?);
    Ok(Duration::from_millis((user + system) * 10))
}

/// How long the servers' core has been busy so far, with whatever.
pub(crate) fn core_busy() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let name = format!("cpu{SERVED} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&name)).context("/proc/stat")?;
    let fields: Vec<u64> = line.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal
    let busy = fields.iter().take(8).sum::<u64>() - fields.iter().skip(3).take(2).sum::<u64>();
    Ok(Duration::from_millis(busy * 10))
}

/// A line such as `VmRSS` of a process's status, in MiB.
pub(crate) fn memory(pid: u32, line: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let found = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes: f64 = found.context("no such line")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// What the figures were taken on.
pub(crate) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("unknown processor", |m| m.trim_start_matches(['\t', ' ', ':']));
    let cores = cpus.lines().filter(|l| l.starts_with("processor")).count();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!("{cores} × {model}, load {load} before the start")
}
