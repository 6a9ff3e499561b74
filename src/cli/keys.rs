//! `keys`: making the keys that seal credentials.

use std::path::PathBuf;

use clap::Subcommand;

use crate::{clock::Clock, vault::KeyRing};

/// What to do with keys.
#[derive(Subcommand)]
pub enum Keys {
    /// Makes a new key and writes it to a file that only its owner may read.
    Generate {
        /// The file; it must not exist yet.
        #[arg(long, default_value = "ledgercard.keys")]
        file: PathBuf,
    },
}

pub(super) fn run(keys: &Keys) -> anyhow::Result<()> {
    let Keys::Generate { file } = keys;
    KeyRing::write_new(file, &KeyRing::generate(&Clock::system()))?;
    super::print(&format!(
        "A new key is in {}.\nKeep a copy apart from the database: without it no stored credential can be read.\n",
        file.display()
    ));
    Ok(())
}
