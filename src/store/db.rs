//! The database, opened.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions as _, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    DatabaseUrl, StoreError, migrate,
    tx::{Access, Tx, joined, on},
};
use crate::clock::Clock;

/// How long a transaction waits for a free connection: shorter than an answer may take, so that the answer can say so.
const ACQUIRE: Duration = Duration::from_millis(2_500);
/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 12;

/// An open database. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    clock: Clock,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database at `url` and brings its schema up to date. A SQLite file that is not there is made.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer version of this program wrote it; [`StoreError::File`],
    /// [`StoreError::Unreachable`], [`StoreError::Schema`].
    pub async fn open(url: &DatabaseUrl, clock: Clock) -> Result<Self, StoreError> {
        let pools = match (url.sqlite_file(), url.postgres_options()) {
            (Some(file), _) => {
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .create_if_missing(false)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(BUSY);
                let named = |source| StoreError::File { file: file.display().to_string(), source };
                make_for_owner_alone(file).map_err(|error| named(sqlx::Error::Io(error)))?;
                migrate::sqlite(options.connect().await.map_err(named)?).await?;
                sqlite_pools(options).await?
            }
            (None, Some(options)) => {
                migrate::postgres(options.connect().await?).await?;
                Pools::Postgres(postgres_pool(options.clone()).await?)
            }
            (None, None) => return Err(StoreError::Broken(sqlx::Error::PoolClosed)),
        };
        Ok(Self { pools, clock })
    }

    /// Begins a transaction. Waits for a free connection, and on SQLite, to write, for the writer before.
    ///
    /// `begin` runs in a task of its own: one that is dropped half-way (a caller that timed out or left) can leave the
    /// pooled connection inside a transaction that the next borrower would not know of
    /// (<https://github.com/transact-rs/sqlx/issues/4385>, sqlx 0.8.4 to at least 0.9.0).
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no connection came free in time, [`StoreError::Unreachable`].
    pub async fn begin(&self, access: Access) -> Result<Tx, StoreError> {
        let pools = self.pools.clone();
        let begun = tokio::spawn(async move {
            match (&pools, access) {
                // A deferred transaction that reads and then writes fails at once when another wrote in between.
                (Pools::Sqlite { write, .. }, Access::Write) => {
                    write.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
                }
                (Pools::Sqlite { read, .. }, Access::Read) => read.begin().await.map(Tx::Sqlite),
                (Pools::Postgres(pool), Access::Write) => pool.begin().await.map(Tx::Postgres),
                (Pools::Postgres(pool), Access::Read) => pool.begin_with("BEGIN READ ONLY").await.map(Tx::Postgres),
            }
        });
        Ok(joined(begun.await)??)
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// [`StoreError::Busy`] or [`StoreError::Unreachable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin(Access::Read).await?;
        on!(&mut tx, |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        tx.commit().await
    }

    /// Whether it is PostgreSQL, which several replicas can share.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Waits for open transactions and closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// Makes the file, when it is not there, so that only its owner may read it; SQLite gives its journal the same mode.
fn make_for_owner_alone(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

async fn sqlite_pools(options: SqliteConnectOptions) -> Result<Pools, StoreError> {
    let pool = || SqlitePoolOptions::new().acquire_timeout(ACQUIRE);
    let write = pool().max_connections(1).connect_with(options.clone()).await?;
    let readers = options.read_only(true);
    let read = pool().max_connections(SQLITE_READERS).connect_with(readers).await?;
    Ok(Pools::Sqlite { read, write })
}

async fn postgres_pool(options: sqlx::postgres::PgConnectOptions) -> Result<PgPool, StoreError> {
    // Set after connecting, not as start-up options: connection poolers refuse those.
    const LIMITS: &str = "SET lock_timeout = '4s'; SET statement_timeout = '15s'; \
                          SET idle_in_transaction_session_timeout = '60s'";
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(LIMITS).execute(connection).await.map(|_| ()) })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}
