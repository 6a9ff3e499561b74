//! The two schemas are one, and a database of another version is told apart.

use ledgercard::{
    clock::{Clock, Millis},
    store::{Access, DatabaseUrl, Db, StoreError, Tx, newest_schema},
};
use sqlx::{AssertSqlSafe, Row as _};

use super::fixture::{House, Schema, on_both};

/// Table, column, kind, whether it may be null.
type Column = (String, String, &'static str, bool);

fn clock() -> Clock {
    Clock::manual(Millis(1_700_000_000_000), 1)
}

async fn sqlite(folder: &tempfile::TempDir) -> (Db, DatabaseUrl) {
    let url = DatabaseUrl::sqlite(folder.path().join("db"));
    (Db::open(&url, clock()).await.unwrap(), url)
}

/// The columns of the tables of ours. Both databases name the kinds of the table in the documentation of the columns.
async fn sqlite_columns(db: &Db) -> Vec<Column> {
    const SQL: &str = "SELECT t.name AS tab, c.name AS col, c.type AS kind, c.\"notnull\" AS full_ \
         FROM pragma_table_list t, pragma_table_info(t.name) c \
         WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
         ORDER BY t.name, c.name";
    let mut tx = db.begin(Access::Read).await.unwrap();
    let Tx::Sqlite(raw) = &mut tx else { panic!("SQLite") };
    let rows = sqlx::query(SQL).fetch_all(&mut **raw).await.unwrap();
    rows.iter()
        .map(|row| {
            let (table, column): (String, String) = (row.get("tab"), row.get("col"));
            let kind = match (row.get::<String, _>("kind").as_str(), column.as_str()) {
                (
                    "TEXT",
                    "settings" | "outcome" | "details" | "scopes" | "started" | "base" | "mapping" | "preview"
                    | "counts" | "fields" | "candidates" | "refused",
                ) => "json",
                ("TEXT", _) => "text",
                (
                    "INTEGER",
                    "erased" | "writes" | "stop_asked" | "cancel_asked" | "retry_asked" | "is_primary" | "by_hand",
                ) => "boolean",
                ("INTEGER", _) => "integer",
                ("BLOB", "id" | "connection_id" | "lease" | "flow_id" | "run_id" | "of_run" | "brake_lifted_run") => {
                    "uuid"
                }
                ("BLOB", _) => "bytes",
                (other, _) => panic!("{table}.{column} is {other}"),
            };
            (table, column, kind, row.get::<i64, _>("full_") == 0)
        })
        .collect()
}

async fn postgres_columns(schema: &Schema) -> Vec<Column> {
    const SQL: &str = "SELECT table_name::text AS tab, column_name::text AS col, data_type::text AS kind, \
             is_nullable::text AS hollow, collation_name::text AS sorted \
         FROM information_schema.columns WHERE table_schema = $1 AND table_name NOT LIKE '\\_sqlx%'";
    let rows = sqlx::query(SQL).bind(&schema.name).fetch_all(&mut schema.look().await).await.unwrap();
    let mut columns: Vec<Column> = rows
        .iter()
        .map(|row| {
            let (table, column): (String, String) = (row.get("tab"), row.get("col"));
            let kind = match row.get::<String, _>("kind").as_str() {
                "jsonb" => "json",
                "text" => "text",
                "bigint" => "integer",
                "boolean" => "boolean",
                "uuid" => "uuid",
                "bytea" => "bytes",
                other => panic!("{table}.{column} is {other}"),
            };
            let collation: Option<String> = row.get("sorted");
            assert_eq!(
                collation.as_deref(),
                (kind == "text").then_some("C"),
                "{table}.{column} must sort as SQLite does"
            );
            (table, column, kind, row.get::<String, _>("hollow") == "YES")
        })
        .collect();
    columns.sort();
    columns
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_columns_and_nulls() {
    let Some(schema) = Schema::make("same").await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let one = sqlite_columns(&sqlite(&folder).await.0).await;
    Db::open(&schema.url, clock()).await.unwrap().close().await;
    let other = postgres_columns(&schema).await;
    schema.drop().await;
    assert_eq!(one, other);
    let tables: std::collections::BTreeSet<&str> = one.iter().map(|c| c.0.as_str()).collect();
    assert_eq!(
        tables.into_iter().collect::<Vec<_>>(),
        [
            "activity",
            "alerts",
            "aliases",
            "associations",
            "connections",
            "credentials",
            "drafts",
            "flow_hints",
            "flows",
            "hints",
            "idempotency",
            "links",
            "parked",
            "portals",
            "rate_windows",
            "reviews",
            "runs",
            "tombstones",
            "usage",
            "waiting",
            "windows"
        ]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_sqlite_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = sqlite(&folder).await;
    let mut tx = db.begin(Access::Write).await.unwrap();
    ledgercard::store::portals::list(&mut tx).await.unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let mode = entry.as_ref().unwrap().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
        files += 1;
    }
    assert_eq!(files, 3, "the file, its journal, its index");
}

#[tokio::test]
async fn sqlite_tables_are_strict_and_its_foreign_keys_hold() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = sqlite(&folder).await;
    let mut tx = db.begin(Access::Write).await.unwrap();
    let Tx::Sqlite(raw) = &mut tx else { panic!("SQLite") };
    let lax: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
    )
    .fetch_all(&mut **raw)
    .await
    .unwrap();
    assert!(lax.is_empty(), "{lax:?}");
    let on: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut **raw).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut **raw).await.unwrap();
    assert_eq!((on, mode.as_str()), (1, "wal"));
}

/// Runs SQL of the test's own.
async fn run(db: &Db, sql: String) {
    let mut tx = db.begin(Access::Write).await.unwrap();
    match &mut tx {
        Tx::Sqlite(raw) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **raw).await.map(|_| ()).unwrap(),
        Tx::Postgres(raw) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **raw).await.map(|_| ()).unwrap(),
    }
    tx.commit().await.unwrap();
}

async fn open_again(house: &House) -> Result<(), StoreError> {
    Db::open(&house.url, house.clock.clone()).await.map(|_| ())
}

on_both! {
    async fn a_database_is_opened_again_and_by_several_at_once(house) {
        let (portal, _) = house.portal(1).await;
        let openers: Vec<_> = (0..4).map(|_| {
            let (url, clock) = (house.url.clone(), house.clock.clone());
            tokio::spawn(async move {
                let db = Db::open(&url, clock).await.unwrap();
                db.ping().await.unwrap();
                db.close().await;
            })
        }).collect();
        for opener in openers {
            opener.await.unwrap();
        }
        let kept = ledgercard::in_tx!(house.db, read "test", |tx| { ledgercard::store::portals::get(tx, portal).await }).unwrap();
        assert!(kept.is_some());
    }

    async fn a_new_database_is_opened_by_several_at_once(house) {
        // As if nothing had been there yet.
        let tables = ["alerts", "flow_hints", "waiting", "reviews", "parked", "activity", "runs", "flows", "rate_windows", "usage", "windows", "drafts", "hints", "tombstones", "aliases", "idempotency", "links", "associations", "credentials", "connections", "portals", "_sqlx_migrations"];
        run(&house.db, tables.map(|table| format!("DROP TABLE {table};")).concat()).await;
        let openers: Vec<_> = (0..4).map(|_| {
            let (url, clock) = (house.url.clone(), house.clock.clone());
            tokio::spawn(async move { Db::open(&url, clock).await.unwrap().close().await })
        }).collect();
        for opener in openers {
            opener.await.unwrap();
        }
        house.portal(1).await;
    }

    async fn a_database_of_a_newer_version_is_refused(house) {
        let newer = newest_schema() + 1;
        run(&house.db, format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT {newer}, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1"
        )).await;
        for _ in 0..2 {
            let refused = open_again(house).await.unwrap_err();
            assert!(matches!(refused, StoreError::NewerSchema { found, known } if found == newer && known == newer - 1), "{refused:?}");
            assert!(refused.to_string().contains("start the newer version again"), "{refused}");
        }
        run(&house.db, format!("DELETE FROM _sqlx_migrations WHERE version = {newer}")).await;
        open_again(house).await.unwrap();
    }

    async fn a_migration_that_was_changed_afterwards_is_refused(house) {
        let other = if house.db.is_postgres() { "'\\x00'::bytea" } else { "x'00'" };
        run(&house.db, format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 1")).await;
        let refused = open_again(house).await.unwrap_err();
        assert!(matches!(refused, StoreError::Schema(_)), "{refused:?}");
    }

    async fn a_row_that_cannot_be_right_is_named_not_shown(house) {
        house.portal(1).await;
        run(&house.db, "INSERT INTO portals (portal_id, time_zone, ui_domain, status, installed_at, updated_at) VALUES (-5, 'Mars/Olympus', 'x', 'active', 0, 0)".to_owned()).await;
        let fault = ledgercard::in_tx!(house.db, read "test", |tx| { ledgercard::store::portals::list(tx).await }).unwrap_err();
        assert!(matches!(fault, StoreError::Contradiction { .. }), "{fault:?}");
        let text = fault.to_string();
        assert!(text.contains("portal_id") && !text.contains("Mars"), "{text}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("no/such/folder/db"));
    let refused = Db::open(&url, clock()).await.unwrap_err();
    assert!(matches!(refused, StoreError::File { .. }), "{refused:?}");
    assert!(refused.to_string().contains("does its directory exist"), "{refused}");

    // A port that nobody listens on: bound, so that nobody else takes it, and never accepted from.
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    drop(held);
    let text = secrecy::SecretString::from(format!("postgres://lc:s3cr3t@127.0.0.1:{port}/x"));
    let refused = Db::open(&DatabaseUrl::parse(&text).unwrap(), clock()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unreachable(_)), "{refused:?}");
    assert!(!format!("{refused:?}").contains("s3cr3t"));
}
