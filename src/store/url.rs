//! Where the database is.

use std::{fmt, path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;

/// The address of the database. Its `Debug` and `Display` show no password.
#[derive(Clone)]
pub struct DatabaseUrl(Place);

#[derive(Clone)]
enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Why a text is no database address. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDatabaseUrl {
    /// Neither of the two kinds.
    #[error("must be sqlite:<path of a file> or postgres://<user>:<password>@<host>:<port>/<database>")]
    Kind,
    /// `sqlite:` without a file.
    #[error("names no file after sqlite: (a database in memory cannot be shared by several connections)")]
    NoFile,
    /// `postgres://` that cannot be read.
    #[error("is no readable PostgreSQL address (special signs in the password must be percent-encoded)")]
    Postgres,
}

impl DatabaseUrl {
    /// Reads `sqlite:<path>` (also `sqlite://<path>`) or a `postgres://` address.
    ///
    /// Behind a connection pooler in transaction mode, the address needs `?statement-cache-capacity=0`.
    ///
    /// # Errors
    /// [`BadDatabaseUrl`] for anything else.
    pub fn parse(text: &SecretString) -> Result<Self, BadDatabaseUrl> {
        let text = text.expose_secret().trim();
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let path = path.split_once('?').map_or(path, |(path, _)| path);
            if path.is_empty() || path.contains(":memory:") || path.ends_with('/') {
                return Err(BadDatabaseUrl::NoFile);
            }
            return Ok(Self::sqlite(path));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(text).map_err(|_| BadDatabaseUrl::Postgres)?;
            let named = options.get_application_name().is_some();
            let options = if named { options } else { options.application_name("ledgercard") };
            return Ok(Self(Place::Postgres(Box::new(options))));
        }
        Err(BadDatabaseUrl::Kind)
    }

    /// The SQLite database in the file at `path`, which is made when it is not there.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// Whether it is PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.0, Place::Postgres(_))
    }

    pub(super) const fn sqlite_file(&self) -> Option<&PathBuf> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }

    pub(super) fn postgres_options(&self) -> Option<&PgConnectOptions> {
        match &self.0 {
            Place::Postgres(options) => Some(options),
            Place::Sqlite(_) => None,
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(options) => {
                let database = options.get_database().unwrap_or("(default)");
                write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DatabaseUrl, BadDatabaseUrl> {
        DatabaseUrl::parse(&SecretString::from(text))
    }

    #[test]
    fn both_kinds_are_read() {
        for (text, shown) in [
            ("sqlite:ledgercard.db", "sqlite:ledgercard.db"),
            ("sqlite:///var/lib/ledgercard/data.db", "sqlite:/var/lib/ledgercard/data.db"),
            ("sqlite://data.db?mode=rwc", "sqlite:data.db"),
            ("postgres://lc:s3cr3t@db.example:5433/ledgercard", "postgres://db.example:5433/ledgercard"),
            ("postgresql://lc@db.example/ledgercard", "postgres://db.example:5432/ledgercard"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_neither_is_refused_without_repeating_it() {
        for (text, why) in [
            ("", BadDatabaseUrl::Kind),
            ("mysql://x:geheim@y/z", BadDatabaseUrl::Kind),
            ("data.db", BadDatabaseUrl::Kind),
            ("sqlite:", BadDatabaseUrl::NoFile),
            ("sqlite::memory:", BadDatabaseUrl::NoFile),
            ("sqlite:///var/lib/", BadDatabaseUrl::NoFile),
            ("postgres://u:geheim@host:port/x", BadDatabaseUrl::Postgres),
        ] {
            let refused = read(text).unwrap_err();
            assert_eq!(refused, why, "{text}");
            assert!(!refused.to_string().contains("geheim"));
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let url = read("postgres://lc:s3cr3t@db.example/ledgercard").unwrap();
        assert!(!format!("{url} {url:?} {url:#?}").contains("s3cr3t"));
    }
}
