//! What the torture is asked to do.

use anyhow::{Context as _, bail};

/// What the torture is asked to do.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// How many customers each house has.
    pub(crate) customers: usize,
    /// How often a process is killed, over both houses.
    pub(crate) kills: usize,
    /// What chance starts from.
    pub(crate) seed: u64,
    /// For how many seconds people and faults go on at least once the first sync is complete.
    pub(crate) seconds: u64,
    /// The databases: `postgres`, `sqlite`.
    pub(crate) on: Vec<String>,
    /// Whether one record is spoilt behind everybody's back right before the comparison, which must find it.
    pub(crate) sabotage: bool,
    /// Where the processes' own logs go, and the differences; none: nowhere. The database stays, too.
    pub(crate) logs: Option<std::path::PathBuf>,
}

impl Options {
    /// Reads the program's arguments. Cargo's own `--bench` is passed over.
    pub(crate) fn read(mut given: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self {
            customers: 100_000,
            kills: 50,
            seed: 4711,
            seconds: 600,
            on: vec!["postgres".to_owned(), "sqlite".to_owned()],
            sabotage: false,
            logs: None,
        };
        while let Some(name) = given.next() {
            let mut value = || given.next().with_context(|| format!("{name} wants a value"));
            match name.as_str() {
                "--bench" => {}
                "--small" => (options.customers, options.kills, options.seconds) = (1_000, 10, 35),
                "--customers" => options.customers = value()?.parse()?,
                "--kills" => options.kills = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--seconds" => options.seconds = value()?.parse()?,
                "--on" => options.on = value()?.split(',').map(str::to_owned).collect(),
                "--logs" => options.logs = Some(value()?.into()),
                "--sabotage" => options.sabotage = true,
                other => bail!(
                    "{other}: the options are --small --customers N --kills N --seed N --seconds N --on postgres,sqlite \
                     --logs FOLDER --sabotage"
                ),
            }
        }
        Ok(options)
    }
}
