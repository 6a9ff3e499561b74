//! The schema, brought up to date. Both databases have the same numbers and the same tables.

use sqlx::{
    Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::StoreError;

/// Number, name, SQLite's text, PostgreSQL's text. Never change one that was released: add another.
const SCHEMAS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "first",
        include_str!("../../migrations/sqlite/0001_first.sql"),
        include_str!("../../migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "install",
        include_str!("../../migrations/sqlite/0002_install.sql"),
        include_str!("../../migrations/postgres/0002_install.sql"),
    ),
    (
        3,
        "sync",
        include_str!("../../migrations/sqlite/0003_sync.sql"),
        include_str!("../../migrations/postgres/0003_sync.sql"),
    ),
    (
        4,
        "downloads",
        include_str!("../../migrations/sqlite/0004_downloads.sql"),
        include_str!("../../migrations/postgres/0004_downloads.sql"),
    ),
];

/// The newest schema number that this program knows.
#[must_use]
pub fn newest() -> i64 {
    SCHEMAS.iter().map(|s| s.0).max().unwrap_or(0)
}

pub(super) async fn sqlite(mut connection: SqliteConnection) -> Result<(), StoreError> {
    // All of it in one transaction that holds the write lock: several processes may open the same file at once.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: its future is not `Send` enough for a spawned task; this is what it calls.
    let ran = migrator(|s| s.2).run_direct(None, &mut *tx, false).await;
    match ran {
        Ok(()) => tx.commit().await?,
        Err(_) => tx.rollback().await?,
    }
    connection.close().await?;
    ran.map_err(judge)
}

/// Takes a connection of its own: the advisory lock that keeps replicas apart stays with it when a migration fails, and
/// goes when it is closed.
pub(super) async fn postgres(mut connection: PgConnection) -> Result<(), StoreError> {
    let ran = migrator(|s| s.3).run_direct(None, &mut connection, false).await;
    connection.close().await?;
    ran.map_err(judge)
}

fn migrator(text: impl Fn(&(i64, &'static str, &'static str, &'static str)) -> &'static str) -> Migrator {
    let migrations =
        SCHEMAS.iter().map(|s| Migration::new(s.0, s.1.into(), MigrationType::Simple, text(s).into_sql_str(), false));
    Migrator::with_migrations(migrations.collect())
}

fn judge(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) if found > newest() => StoreError::NewerSchema { found, known: newest() },
        MigrateError::Execute(error) => error.into(),
        other => StoreError::Schema(Box::new(other)),
    }
}
