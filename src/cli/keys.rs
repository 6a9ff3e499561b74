//! `keys`: making the keys that seal credentials, and changing them.

use std::path::PathBuf;

use clap::Subcommand;

use crate::{
    clock::Clock,
    config::{self, Config},
    store::Db,
    vault::{KeyRing, Vault},
};

/// What to do with keys.
#[derive(Subcommand)]
pub enum Keys {
    /// Makes a new key and writes it to a file that only its owner may read.
    Generate {
        /// The file; it must not exist yet.
        #[arg(long, default_value = "ledgercard.keys")]
        file: PathBuf,
    },
    /// Puts a new key in front of the key file's and seals every stored credential anew with it.
    Rotate {
        /// The configuration file.
        #[arg(long, env = "LEDGERCARD_CONFIG")]
        config: Option<PathBuf>,
        /// Makes no new key: only seals anew what was sealed with an older one.
        #[arg(long)]
        reseal_only: bool,
    },
}

pub(super) async fn run(keys: &Keys) -> anyhow::Result<()> {
    match keys {
        Keys::Generate { file } => generate(file),
        Keys::Rotate { config, reseal_only } => rotate(&Config::from_process(config.as_deref())?, *reseal_only).await,
    }
}

fn generate(file: &std::path::Path) -> anyhow::Result<()> {
    KeyRing::write_new(file, &KeyRing::generate(&Clock::system()))?;
    super::print(&format!(
        "A new key is in {}.\nKeep a copy apart from the database: without it no stored credential can be read.\n",
        file.display()
    ));
    Ok(())
}

async fn rotate(config: &Config, reseal_only: bool) -> anyhow::Result<()> {
    let clock = Clock::system();
    let db = Db::open(&config.database, clock.clone()).await?;
    let before = Vault::new(db.clone(), config.keys.ring(clock.clone())?, clock.clone()).look().await?;
    if let Some((place, why)) = before.closed.first() {
        let more = before.closed.len() - 1;
        anyhow::bail!("{place} cannot be opened ({why}), and {more} more; mend that first, nothing was changed");
    }
    if !reseal_only {
        let config::Keys::File(file) = &config.keys else {
            anyhow::bail!(
                "the keys come from LEDGERCARD_KEYS, which a program cannot change: put a key that `ledgercard keys generate` \
                 makes in front of it, then run `ledgercard keys rotate --reseal-only`"
            )
        };
        KeyRing::put_first(file, &KeyRing::generate(&clock))?;
    }
    let vault = Vault::new(db.clone(), config.keys.ring(clock.clone())?, clock);
    let done = vault.reseal().await?;
    let left = vault.look().await?;
    db.close().await;
    let first = vault.ring().ids().next().unwrap_or_default();
    super::print(&format!(
        "{done} stored values are sealed with the key {first} now, {} still with an older one.\nRestart every `ledgercard \
         serve`: until then they cannot open what was just sealed and go on with the tokens in their memory.\nKeep the older \
         keys in the ring for backups of the database that need them; the last key of the ring stays for good.\n",
        left.older
    ));
    anyhow::ensure!(left.older == 0 && left.closed.is_empty(), "others wrote meanwhile; run it once more");
    Ok(())
}
