//! The log: lines for people or JSON for machines, on standard error.

use std::str::FromStr;

use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// The text says no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be off, error, warn, info, debug or trace, or several parted by commas, of which all but one name a part of \
     the program: info,sqlx=debug"
)]
pub struct BadLevel;

/// Whether `level` can be read: `info`, or `info,sqlx=debug`.
///
/// # Errors
/// [`BadLevel`].
pub fn check_level(level: &str) -> Result<(), BadLevel> {
    targets(level).map(|_| ())
}

/// Begins to log. Lines go to standard error: standard output belongs to the commands.
///
/// A second call in the same process changes nothing, so that tests can each make it.
///
/// # Errors
/// [`BadLevel`].
pub fn start_log(format: LogFormat, level: &str) -> Result<(), BadLevel> {
    let targets = targets(level)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match format {
        LogFormat::Text => lines.with_ansi(false).with_filter(targets).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_filter(targets).boxed(),
    };
    // An error here means that a log was begun before.
    let _ = tracing_subscriber::registry().with(layer).try_init();
    Ok(())
}

/// Reads the levels. `Targets` itself takes a misspelt level for the name of a target, of which it then logs everything.
fn targets(level: &str) -> Result<Targets, BadLevel> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    for part in level.split(',') {
        let said = part.rsplit_once('=').map_or(part, |(_, level)| level);
        if !is_level(said) || part.starts_with('=') || part.contains(char::is_whitespace) {
            return Err(BadLevel);
        }
    }
    if level.split(',').filter(|part| !part.contains('=')).count() > 1 {
        return Err(BadLevel);
    }
    let targets: Targets = level.parse().map_err(|_| BadLevel)?;
    // What this would say about an address with an unknown parameter repeats its value, which may be a password.
    Ok(targets.with_target("sqlx_postgres::options", tracing::level_filters::LevelFilter::OFF))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_read_and_misspelt_ones_refused() {
        let read = targets("info,sqlx=debug").unwrap();
        assert!(read.would_enable("ledgercard::cards", &Level::INFO));
        assert!(!read.would_enable("ledgercard::cards", &Level::DEBUG));
        assert!(read.would_enable("sqlx::query", &Level::DEBUG));
        assert!(targets("WARN").is_ok());
        assert!(targets("off,ledgercard=trace").is_ok());
        for bad in ["", "inof", "info,", "info,debug", "sqlx", "sqlx=loud", "=info", "info sqlx=debug"] {
            assert_eq!(targets(bad).err(), Some(BadLevel), "{bad}");
        }
    }

    #[test]
    fn an_addresses_parameters_are_never_logged() {
        assert!(!targets("trace").unwrap().would_enable("sqlx_postgres::options::parse", &Level::ERROR));
    }

    #[test]
    fn formats_are_words() {
        assert_eq!("json".parse(), Ok(LogFormat::Json));
        assert_eq!("text".parse(), Ok(LogFormat::Text));
        assert!("JSON ".parse::<LogFormat>().is_err());
    }
}
