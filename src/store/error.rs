//! What can go wrong with the database, by what a caller can do about it.

use sqlx::{
    error::{DatabaseError, ErrorKind},
    migrate::MigrateError,
};

/// Why the database did not do what was asked. Texts are for the log, not for people outside: [`sqlx::Error`] may name
/// tables, hosts or files. None holds a bound value or a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much is going on, or others kept winning: ask again later.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// This attempt lost a race; the whole transaction may be run again. [`in_tx!`](crate::in_tx) does so and gives this
    /// out only when it gave up.
    #[error("the transaction lost a race against another")]
    Again(#[source] sqlx::Error),
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The row to be written refers to a portal or connection that is not there, or belongs to another portal.
    #[error("the row refers to something that is not there")]
    Dangling(#[source] sqlx::Error),
    /// A stored row contradicts this program's rules: somebody changed it by hand, or a newer version wrote it.
    #[error("a stored row cannot be right: {what}")]
    Contradiction {
        /// Table and column, and what is wrong.
        what: String,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "the database has schema {found}, this version of ledgercard knows schemas up to {known}: \
         start the newer version again, or restore a backup made before it ran"
    )]
    NewerSchema {
        /// The schema number in the database.
        found: i64,
        /// The newest schema number that this program knows.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date")]
    Schema(#[source] Box<MigrateError>),
    /// The directory for the SQLite file is missing or the file cannot be opened.
    #[error("the database file {file} cannot be opened: does its directory exist, and may this user write there?")]
    File {
        /// The file, as configured.
        file: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Anything else: a fault of this program or of the database.
    #[error("the database refused a statement")]
    Broken(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the transaction may be run again at once.
    #[must_use]
    pub const fn may_run_again(&self) -> bool {
        matches!(self, Self::Again(_))
    }

    /// A stored row that cannot be right.
    pub(super) fn contradiction(what: impl Into<String>) -> Self {
        Self::Contradiction { what: what.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(told) => match judge(told.as_ref()) {
                Verdict::Again => Self::Again(error),
                Verdict::Busy => Self::Busy(error),
                Verdict::Unreachable => Self::Unreachable(error),
                Verdict::Dangling => Self::Dangling(error),
                Verdict::Broken => Self::Broken(error),
            },
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unreachable(error)
            }
            sqlx::Error::ColumnDecode { index, source } => Self::contradiction(format!("column {index}: {source}")),
            _ => Self::Broken(error),
        }
    }
}

enum Verdict {
    Again,
    Busy,
    Unreachable,
    Dangling,
    Broken,
}

/// Sorts the database's own codes: SQLite's are numbers (<https://sqlite.org/rescode.html>), PostgreSQL's have five signs
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn judge(told: &dyn DatabaseError) -> Verdict {
    match told.kind() {
        // All inserts say what to do about a conflict, so this one came from another transaction that was faster.
        ErrorKind::UniqueViolation => return Verdict::Again,
        ErrorKind::ForeignKeyViolation => return Verdict::Dangling,
        _ => {}
    }
    let code = told.code().unwrap_or_default();
    match code.as_ref() {
        // SQLite: LOCKED, BUSY_RECOVERY, BUSY_SNAPSHOT. PostgreSQL: serialization failure, deadlock.
        "6" | "261" | "517" | "40001" | "40P01" => Verdict::Again,
        // SQLite: cannot open. PostgreSQL: shutting down, crashed, starting up.
        "14" | "57P01" | "57P02" | "57P03" => Verdict::Unreachable,
        // SQLite: BUSY, after its time limit. PostgreSQL: lock not available in time, statement cancelled by its time limit, too many connections, no memory.
        "5" | "55P03" | "57014" | "53300" | "53200" => Verdict::Busy,
        _ => Verdict::Broken,
    }
}
