//! The configuration: one typed tree from a TOML file, with environment variables laid over it.
//!
//! Promise: everything is checked before anything starts, and all faults are told at once, each with the key, the
//! variable and what to do. A missing secret is a refusal. `Debug` shows no secret.
//! Never: guesses. An unknown key or an unknown `LEDGERCARD_…` variable is a fault, not a remark.
//!
//! | key | variable | default |
//! | --- | --- | --- |
//! | `server.listen` | `LEDGERCARD_SERVER__LISTEN` | `127.0.0.1:4702` |
//! | `server.public_url` | `LEDGERCARD_SERVER__PUBLIC_URL` | none: the address HubSpot calls, `https://…` without a path |
//! | `hubspot.app_id` | `LEDGERCARD_HUBSPOT__APP_ID` | none |
//! | `hubspot.client_id` | `LEDGERCARD_HUBSPOT__CLIENT_ID` | none |
//! | – | `LEDGERCARD_HUBSPOT__CLIENT_SECRETS` | none: one secret, or two parted by a comma while one replaces the other |
//! | `hubspot.client_secrets_file` | `LEDGERCARD_HUBSPOT__CLIENT_SECRETS_FILE` | none: instead, a file with one secret a line |
//! | `hubspot.api_url` | `LEDGERCARD_HUBSPOT__API_URL` | `https://api.hubapi.com` |
//! | `hubspot.authorize_url` | `LEDGERCARD_HUBSPOT__AUTHORIZE_URL` | `https://app.hubspot.com/oauth/authorize` |
//! | `hubspot.api_versions` | `LEDGERCARD_HUBSPOT__API_VERSIONS` | all `2026-09`; `objects=2026-03` lets one family fall back |
//! | `hubspot.webhooks_v1` | `LEDGERCARD_HUBSPOT__WEBHOOKS_V1` | `refuse` (or `accept`: events signed the old way are taken too) |
//! | `hubspot.calls_per_ten_seconds` | `LEDGERCARD_HUBSPOT__CALLS_PER_TEN_SECONDS` | `100` per portal, of the 110 that HubSpot allows an app |
//! | `database.url` | `LEDGERCARD_DATABASE__URL` | none: `sqlite:<file>` or `postgres://…` |
//! | `keys.file` | `LEDGERCARD_KEYS__FILE` | none: the file that `ledgercard keys generate` made |
//! | – | `LEDGERCARD_KEYS` | none: instead, the keys themselves |
//! | `netsuite.suitetalk_url` | `LEDGERCARD_NETSUITE__SUITETALK_URL` | `https://{label}.suitetalk.api.netsuite.com` |
//! | `netsuite.app_url` | `LEDGERCARD_NETSUITE__APP_URL` | `https://{label}.app.netsuite.com` |
//! | `card.fresh_seconds` | `LEDGERCARD_CARD__FRESH_SECONDS` | `60` |
//! | `card.wait_ms` | `LEDGERCARD_CARD__WAIT_MS` | `800` |
//! | `card.stale_seconds` | `LEDGERCARD_CARD__STALE_SECONDS` | `3600` |
//! | `card.answer_ms` | `LEDGERCARD_CARD__ANSWER_MS` | `3000` |
//! | `card.cache_bytes` | `LEDGERCARD_CARD__CACHE_BYTES` | `67108864` |
//! | `sync.workers` | `LEDGERCARD_SYNC__WORKERS` | `8` flows worked at once; `0`: this process serves cards and pages only |
//! | `log.format` | `LEDGERCARD_LOG__FORMAT` | `text` (or `json`) |
//! | `log.level` | `LEDGERCARD_LOG__LEVEL` | `info` (also `info,sqlx=debug`) |

mod check;
mod read;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

pub use crate::telemetry::LogFormat;
use crate::{
    clock::Clock,
    domain::ids::AppId,
    hubspot::versions::Versions,
    store::DatabaseUrl,
    vault::{KeyRing, RingError},
};

/// The whole configuration. Made by [`Config::load`]; whoever puts one together in code calls [`Config::check`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Where we listen and how we are called.
    pub server: Server,
    /// The HubSpot app.
    pub hubspot: HubSpot,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// Where the keys are.
    pub keys: Keys,
    /// Where NetSuite is.
    pub netsuite: NetSuite,
    /// How much of the contact sync is done here.
    pub sync: Sync,
    /// How long the card waits and remembers.
    pub card: Card,
    /// What is logged and how.
    pub log: Log,
}

/// Where we listen and how we are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The address under which HubSpot calls, which its signatures cover: `https://host[:port]`, no slash at the end.
    pub public_url: String,
}

/// The HubSpot app.
#[derive(Debug, Clone)]
pub struct HubSpot {
    /// The app's id; a signed request for another app is refused.
    pub app_id: AppId,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret; two while one replaces the other.
    pub client_secrets: Vec<SecretString>,
    /// HubSpot's API, without a slash at the end.
    pub api_url: String,
    /// Where people consent to an installation.
    pub authorize_url: String,
    /// The version of every family of the API.
    pub versions: Versions,
    /// Whether events signed with version 1 alone are taken.
    pub webhooks_v1: WebhooksV1,
    /// At most so many calls in any ten seconds, per portal.
    pub calls: usize,
}

impl HubSpot {
    /// HubSpot's API.
    pub const API_URL: &str = "https://api.hubapi.com";
    /// HubSpot's page for consent.
    pub const AUTHORIZE_URL: &str = "https://app.hubspot.com/oauth/authorize";
}

/// Whether HubSpot's events are taken when they carry the old signature alone, which covers neither address nor time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhooksV1 {
    /// They are not.
    Refuse,
    /// They are.
    Accept,
}

impl std::str::FromStr for WebhooksV1 {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "accept" => Ok(Self::Accept),
            _ => Err(()),
        }
    }
}

/// Where the keys are.
#[derive(Debug, Clone)]
pub enum Keys {
    /// In this file, which only its owner may read.
    File(PathBuf),
    /// Here.
    Ring(SecretString),
}

impl Keys {
    /// Reads the keys.
    ///
    /// # Errors
    /// [`RingError`].
    pub fn ring(&self, clock: Clock) -> Result<KeyRing, RingError> {
        match self {
            Self::File(path) => KeyRing::load(path, clock),
            Self::Ring(text) => KeyRing::parse(text, clock),
        }
    }
}

/// Where NetSuite is. `{label}` stands for the account id as host names have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetSuite {
    /// The template of the API's base address.
    pub suitetalk_url: String,
    /// The template of the web pages' base address.
    pub app_url: String,
}

impl Default for NetSuite {
    fn default() -> Self {
        Self {
            suitetalk_url: "https://{label}.suitetalk.api.netsuite.com".to_owned(),
            app_url: "https://{label}.app.netsuite.com".to_owned(),
        }
    }
}

/// How much of the contact sync this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sync {
    /// How many flows it works at once; none: others do it.
    pub workers: usize,
}

impl Default for Sync {
    fn default() -> Self {
        Self { workers: 8 }
    }
}

/// How long the card waits and remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// How old an ERP answer may be to be served as it is.
    pub fresh: Duration,
    /// How long an older one waits for a new read before it goes out.
    pub wait: Duration,
    /// How long an answer is kept for the case that the ERP is down.
    pub stale: Duration,
    /// How long the card waits at all.
    pub answer: Duration,
    /// How much memory the cache may take, in bytes.
    pub cache_bytes: u64,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            fresh: Duration::from_mins(1),
            wait: Duration::from_millis(800),
            stale: Duration::from_hours(1),
            answer: Duration::from_secs(3),
            cache_bytes: 64 * 1024 * 1024,
        }
    }
}

/// What is logged and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// For machines or for people.
    pub format: LogFormat,
    /// A level, or several with the part of the program that they are for: `info,sqlx=debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key and the variable, or the file.
    pub place: String,
    /// What is wrong and what to do. Never the value of a secret.
    pub what: String,
}

/// All that is wrong, in the order of the keys' table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {}: {}", fault.place, fault.what))
    }
}

impl std::error::Error for Faults {}

impl Config {
    /// Reads the file, if one is given, and the variables of this process, and checks all of it.
    ///
    /// # Errors
    /// [`Faults`], all of them at once.
    pub fn from_process(file: Option<&Path>) -> Result<Self, Faults> {
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let read = variables.map(|(name, value)| (name, value.into_string().ok())).collect::<Vec<_>>();
        Self::load(file, read)
    }

    /// Reads the file, if one is given, and these variables (`None`: a value that is no Unicode), and checks all of it.
    ///
    /// # Errors
    /// [`Faults`], all of them at once.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Result<Self, Faults> {
        read::config(file, variables)
    }

    /// Checks what the types alone do not say: addresses, ranges, contradictions, whether the keys can be read.
    ///
    /// # Errors
    /// [`Faults`], all of them at once.
    pub fn check(&self) -> Result<(), Faults> {
        let faults = check::all(self);
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
    }
}

#[cfg(test)]
mod tests;
