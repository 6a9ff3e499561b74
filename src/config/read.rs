//! From file and variables to the typed tree, collecting faults on the way.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use secrecy::SecretString;
use toml::{Table, Value};

use super::{Card, Config, Fault, Faults, HubSpot, Keys, Log, NetSuite, Server, Sync, WebhooksV1, check};
use crate::{domain::ids::AppId, hubspot::versions::Versions, store::DatabaseUrl};

/// Every key, in the order of the table in the module's text. `true`: it may stand in the file.
pub(super) const KEYS: [(&str, bool); 24] = [
    ("server.listen", true),
    ("server.public_url", true),
    ("hubspot.app_id", true),
    ("hubspot.client_id", true),
    ("hubspot.client_secrets", false),
    ("hubspot.client_secrets_file", true),
    ("hubspot.api_url", true),
    ("hubspot.authorize_url", true),
    ("hubspot.api_versions", true),
    ("hubspot.webhooks_v1", true),
    ("hubspot.calls_per_ten_seconds", true),
    ("database.url", true),
    ("keys.file", true),
    ("keys", false),
    ("netsuite.suitetalk_url", true),
    ("netsuite.app_url", true),
    ("card.fresh_seconds", true),
    ("card.wait_ms", true),
    ("card.stale_seconds", true),
    ("card.answer_ms", true),
    ("card.cache_bytes", true),
    ("sync.workers", true),
    ("log.format", true),
    ("log.level", true),
];

/// Variables of ours that are no configuration.
const OTHER_VARIABLES: [&str; 2] = ["LEDGERCARD_CONFIG", "LEDGERCARD_TEST_"];

/// The variable of a key: `server.public_url` is `LEDGERCARD_SERVER__PUBLIC_URL`.
pub(super) fn variable(key: &str) -> String {
    format!("LEDGERCARD_{}", key.replace('.', "__").to_uppercase())
}

/// How a fault names a key.
pub(super) fn place_of(key: &str) -> String {
    match KEYS.iter().find(|(known, _)| *known == key) {
        Some((_, false)) => variable(key),
        _ => format!("{key} ({})", variable(key)),
    }
}

pub(super) fn config(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, Option<String>)>,
) -> Result<Config, Faults> {
    let mut reader = Reader::default();
    if let Some(file) = file {
        reader.take_file(file);
    }
    reader.take_variables(variables);
    let config = reader.config();
    let mut faults = reader.faults;
    // A key that could not be read has a stand-in, of which nothing more is to be said.
    let told: BTreeSet<String> = faults.iter().map(|fault| fault.place.clone()).collect();
    faults.extend(check::all(&config).into_iter().filter(|fault| !told.contains(&fault.place)));
    let order = |fault: &Fault| KEYS.iter().position(|(key, _)| place_of(key) == fault.place);
    faults.sort_by_key(|fault| order(fault).unwrap_or(KEYS.len()));
    if faults.is_empty() { Ok(config) } else { Err(Faults(faults)) }
}

#[derive(Default)]
struct Reader {
    values: BTreeMap<&'static str, String>,
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.faults.push(Fault { place: place.into(), what: what.into() });
    }

    fn take_file(&mut self, file: &Path) {
        let place = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return self.fault(place, format!("the file cannot be read ({})", error.kind())),
        };
        match text.parse::<Table>() {
            Ok(table) => self.take_table(&place, &table),
            // The message alone: the whole text of the error repeats the line, which may hold a password.
            Err(error) => {
                let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                self.fault(place, format!("line {line} is no TOML: {}", error.message()));
            }
        }
    }

    fn take_table(&mut self, place: &str, table: &Table) {
        for (section, value) in table {
            let Value::Table(fields) = value else {
                self.fault(place, format!("unknown key {section}: keys stand in sections such as [server]"));
                continue;
            };
            for (field, value) in fields {
                let key = format!("{section}.{field}");
                match KEYS.iter().find(|(known, _)| *known == key) {
                    Some((key, true)) => self.take_value(key, value),
                    Some((_, false)) => self.fault(place, in_file(&key)),
                    None if key == "keys.ring" => self.fault(place, in_file("keys")),
                    None => self.fault(place, format!("unknown key {key}")),
                }
            }
        }
    }

    fn take_value(&mut self, key: &'static str, value: &Value) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            other => {
                return self.fault(place_of(key), format!("must be text or a whole number, not {}", other.type_str()));
            }
        };
        self.values.insert(key, text);
    }

    fn take_variables(&mut self, variables: impl IntoIterator<Item = (String, Option<String>)>) {
        for (name, value) in variables {
            if !name.starts_with("LEDGERCARD_") || OTHER_VARIABLES.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            match (KEYS.iter().find(|(key, _)| variable(key) == name), value) {
                (None, _) => self.fault(name, "unknown variable"),
                (Some(_), None) => self.fault(name, "is no Unicode text"),
                // Set to nothing is how a variable is unset in compose files.
                (Some(_), Some(value)) if value.is_empty() => {}
                (Some((key, _)), Some(value)) => {
                    self.values.insert(key, value);
                }
            }
        }
    }

    fn config(&mut self) -> Config {
        let card = Card::default();
        let netsuite = NetSuite::default();
        Config {
            server: Server {
                listen: self.parsed("server.listen", "an address and port such as 127.0.0.1:4702", || {
                    ([127, 0, 0, 1], 4702).into()
                }),
                public_url: self.needed("server.public_url", "the address under which HubSpot calls this server"),
            },
            hubspot: self.hubspot(),
            database: self.database(),
            keys: self.keys(),
            netsuite: NetSuite {
                suitetalk_url: self.text("netsuite.suitetalk_url").unwrap_or(netsuite.suitetalk_url),
                app_url: self.text("netsuite.app_url").unwrap_or(netsuite.app_url),
            },
            sync: Sync { workers: self.parsed("sync.workers", "a number of flows", || Sync::default().workers) },
            card: Card {
                fresh: self.seconds("card.fresh_seconds", card.fresh),
                wait: self.millis("card.wait_ms", card.wait),
                stale: self.seconds("card.stale_seconds", card.stale),
                answer: self.millis("card.answer_ms", card.answer),
                cache_bytes: self.parsed("card.cache_bytes", "a number of bytes", || card.cache_bytes),
            },
            log: Log {
                format: self.parsed("log.format", "text or json", || Log::default().format),
                level: self.text("log.level").unwrap_or(Log::default().level),
            },
        }
    }

    fn hubspot(&mut self) -> HubSpot {
        const ID: &str = "hubspot.app_id";
        let app_id = if self.values.contains_key(ID) {
            self.parsed(ID, "the number of the HubSpot app", || AppId(0))
        } else {
            self.needed(ID, "the number of the HubSpot app");
            AppId(0)
        };
        HubSpot {
            app_id,
            client_id: self.needed("hubspot.client_id", "the client id of the HubSpot app"),
            client_secrets: self.client_secrets(),
            api_url: self.text("hubspot.api_url").unwrap_or_else(|| HubSpot::API_URL.to_owned()),
            authorize_url: self.text("hubspot.authorize_url").unwrap_or_else(|| HubSpot::AUTHORIZE_URL.to_owned()),
            versions: self.parsed(
                "hubspot.api_versions",
                "families with their versions, such as objects=2026-03,users=2026-03",
                Versions::default,
            ),
            webhooks_v1: self.parsed("hubspot.webhooks_v1", "refuse or accept", || WebhooksV1::Refuse),
            calls: self.parsed("hubspot.calls_per_ten_seconds", "a number of calls", || crate::hubspot::limits::CALLS),
        }
    }

    fn client_secrets(&mut self) -> Vec<SecretString> {
        const FILE: &str = "hubspot.client_secrets_file";
        let apart = |text: &str| -> Vec<SecretString> {
            text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(SecretString::from).collect()
        };
        match (self.text("hubspot.client_secrets"), self.text(FILE)) {
            (Some(_), Some(_)) => {
                let other = variable("hubspot.client_secrets");
                self.fault(place_of(FILE), format!("contradicts {other}: give one of the two"));
                self.fault(other, "contradicts hubspot.client_secrets_file: give one of the two");
                Vec::new()
            }
            (Some(text), None) => apart(&text),
            (None, Some(file)) => match std::fs::read_to_string(&file) {
                Ok(text) => apart(&text),
                Err(error) => {
                    self.fault(place_of(FILE), format!("the file {file} cannot be read ({})", error.kind()));
                    // Nothing more is to be said of the secrets.
                    vec![SecretString::from("unreadable")]
                }
            },
            (None, None) => Vec::new(),
        }
    }

    fn database(&mut self) -> DatabaseUrl {
        const URL: &str = "database.url";
        match self.text(URL).map(|text| DatabaseUrl::parse(&SecretString::from(text))) {
            Some(Ok(url)) => return url,
            Some(Err(error)) => self.fault(place_of(URL), error.to_string()),
            None => {
                self.needed(URL, "sqlite:<file> or postgres://…");
            }
        }
        DatabaseUrl::sqlite("unknown")
    }

    fn keys(&mut self) -> Keys {
        const FILE: &str = "keys.file";
        match (self.text("keys"), self.text(FILE)) {
            (None, Some(file)) => return Keys::File(PathBuf::from(file)),
            (Some(ring), None) => return Keys::Ring(SecretString::from(ring)),
            (Some(_), Some(_)) => {
                self.fault(place_of(FILE), format!("contradicts {}: give one of the two", variable("keys")));
            }
            (None, None) => self.fault(
                place_of(FILE),
                format!("is missing: make a key file with `ledgercard keys generate`, or set {}", variable("keys")),
            ),
        }
        Keys::File(PathBuf::new())
    }

    fn text(&self, key: &'static str) -> Option<String> {
        self.values.get(key).cloned()
    }

    fn needed(&mut self, key: &'static str, what: &str) -> String {
        self.text(key).unwrap_or_else(|| {
            self.fault(place_of(key), format!("is missing: {what}"));
            String::new()
        })
    }

    fn parsed<T: FromStr>(&mut self, key: &'static str, shape: &str, default: impl FnOnce() -> T) -> T {
        let Some(text) = self.values.get(key) else { return default() };
        text.parse().unwrap_or_else(|_| {
            self.fault(place_of(key), format!("must be {shape}"));
            default()
        })
    }

    fn seconds(&mut self, key: &'static str, default: Duration) -> Duration {
        Duration::from_secs(self.parsed(key, "a whole number of seconds", || default.as_secs()))
    }

    fn millis(&mut self, key: &'static str, default: Duration) -> Duration {
        let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.parsed(key, "a whole number of milliseconds", || default))
    }
}

fn in_file(key: &str) -> String {
    format!(
        "secrets do not belong into this file: set {} instead, or name a file that holds nothing else",
        variable(key)
    )
}
