//! The rules over a configuration that is typed already.

use std::{ops::RangeInclusive, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::{Config, Fault, read::place_of};
use crate::{clock::Clock, telemetry};

/// Everything that is wrong with `config`.
pub(super) fn all(config: &Config) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    faults.base("server.public_url", &config.server.public_url);
    hubspot(&mut faults, config);
    if let Err(error) = config.keys.ring(Clock::system()) {
        faults.add("keys.file", error.to_string());
    }
    faults.template("netsuite.suitetalk_url", &config.netsuite.suitetalk_url);
    faults.template("netsuite.app_url", &config.netsuite.app_url);
    sync(&mut faults, config);
    card(&mut faults, config);
    if let Err(error) = telemetry::check_level(&config.log.level) {
        faults.add("log.level", error.to_string());
    }
    faults.0
}

fn hubspot(faults: &mut Faults, config: &Config) {
    let hubspot = &config.hubspot;
    if hubspot.client_id.is_empty() || !hubspot.client_id.bytes().all(|b| b.is_ascii_graphic()) {
        faults.add("hubspot.client_id", "must be the client id of the HubSpot app (its Auth tab shows it)");
    }
    let secrets: Vec<&str> = hubspot.client_secrets.iter().map(SecretString::expose_secret).collect();
    let wrong = match secrets.as_slice() {
        [] => Some("is missing: give the app's client secret (its Auth tab shows it)"),
        [_, _, _, ..] => Some("may hold two secrets at most, the new one and the one it replaces"),
        [one, other] if one == other => Some("holds the same secret twice"),
        all if all.iter().any(|secret| secret.len() < 8) => Some("holds a secret of fewer than 8 signs"),
        _ => None,
    };
    if let Some(wrong) = wrong {
        faults.add("hubspot.client_secrets", wrong);
    }
    faults.base("hubspot.api_url", &hubspot.api_url);
    if !(1..=1_000_000).contains(&hubspot.calls) {
        faults.add("hubspot.calls_per_ten_seconds", "must lie between 1 and 1000000");
    }
    if let Some(wrong) = wrong_base(&hubspot.authorize_url, true) {
        faults.add("hubspot.authorize_url", wrong);
    }
}

fn sync(faults: &mut Faults, config: &Config) {
    if config.sync.workers > 64 {
        faults.add("sync.workers", "must lie between 0 and 64");
    }
}

fn card(faults: &mut Faults, config: &Config) {
    const SECOND: Duration = Duration::from_secs(1);
    let card = &config.card;
    faults.span("card.fresh_seconds", card.fresh, SECOND..=Duration::from_hours(1));
    faults.span("card.wait_ms", card.wait, Duration::ZERO..=Duration::from_secs(10));
    faults.span("card.stale_seconds", card.stale, SECOND..=Duration::from_hours(24));
    faults.span("card.answer_ms", card.answer, Duration::from_millis(200)..=Duration::from_secs(10));
    if card.stale < card.fresh {
        faults.add("card.stale_seconds", "must not be less than card.fresh_seconds");
    }
    if card.wait >= card.answer {
        faults.add("card.wait_ms", "must be less than card.answer_ms, or no answer could come in time");
    }
    if card.cache_bytes < 1024 * 1024 {
        faults.add("card.cache_bytes", "must be at least 1048576 (1 MiB)");
    }
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, key: &str, what: impl Into<String>) {
        self.0.push(Fault { place: place_of(key), what: what.into() });
    }

    fn span(&mut self, key: &str, span: Duration, allowed: RangeInclusive<Duration>) {
        if allowed.contains(&span) {
            return;
        }
        let number = |span: &Duration| if key.ends_with("_ms") { span.as_millis() } else { u128::from(span.as_secs()) };
        self.add(key, format!("must lie between {} and {}", number(allowed.start()), number(allowed.end())));
    }

    /// The base of addresses: scheme and host, `https` unless the host is this machine, nothing behind them.
    fn base(&mut self, key: &str, text: &str) {
        if let Some(wrong) = wrong_base(text, false) {
            self.add(key, wrong);
        }
    }

    /// A base with `{label}` in it once, in the host or, on this machine, in the path.
    fn template(&mut self, key: &str, text: &str) {
        if text.matches("{label}").count() != 1 {
            return self.add(key, "must hold {label} once, which stands for the account");
        }
        if let Some(wrong) = wrong_base(&text.replace("{label}", "label"), true) {
            self.add(key, wrong);
        }
    }
}

fn wrong_base(text: &str, path_allowed: bool) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else {
        return Some("must be an address such as https://invoices.example.com");
    };
    let Some(host) = url.host() else {
        return Some("must name a host, as https://invoices.example.com does");
    };
    let here = match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        return Some("must begin with https:// (http:// only for localhost)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("must not hold a user name or password");
    }
    if text.ends_with('/') {
        return Some("must not end with a slash");
    }
    if url.query().is_some() || url.fragment().is_some() || (!path_allowed && url.path() != "/") {
        return Some("must be scheme and host only, without path, query or fragment");
    }
    // What the signature covers is this text, so it must be written the one way that HubSpot writes it.
    let written = url.as_str().trim_end_matches('/');
    (written != text).then_some("must be written in its plain form: small letters, no default port")
}
