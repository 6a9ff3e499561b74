//! Purging forgets no table.

use std::collections::BTreeSet;

use ledgercard::{
    domain::ids::{ConnectionId, PortalId},
    in_tx,
    store::{Access, Db, Tx, purge},
};
use sqlx::{AssertSqlSafe, Row as _};

use crate::store::fixture::{House, on_both};

async fn run(db: &Db, sql: &str) {
    let mut tx = db.begin(Access::Write).await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    match &mut tx {
        Tx::Sqlite(raw) => sqlx::raw_sql(sql).execute(&mut **raw).await.map(|_| ()).unwrap(),
        Tx::Postgres(raw) => sqlx::raw_sql(sql).execute(&mut **raw).await.map(|_| ()).unwrap(),
    }
    tx.commit().await.unwrap();
}

async fn texts(db: &Db, sqlite: &str, postgres: &str) -> BTreeSet<String> {
    let mut tx = db.begin(Access::Read).await.unwrap();
    match &mut tx {
        Tx::Sqlite(raw) => {
            let rows = sqlx::query(AssertSqlSafe(sqlite.to_owned())).fetch_all(&mut **raw).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        Tx::Postgres(raw) => {
            let rows = sqlx::query(AssertSqlSafe(postgres.to_owned())).fetch_all(&mut **raw).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// The tables that the database has.
async fn schema(db: &Db) -> BTreeSet<String> {
    let sqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    let postgres = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'";
    texts(db, sqlite, postgres).await
}

/// The tables that hold a row.
async fn filled(db: &Db) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in schema(db).await {
        let sql = format!("SELECT '{table}' FROM {table} LIMIT 1");
        found.extend(texts(db, &sql, &sql).await);
    }
    found
}

/// A portal with a row in every table.
async fn full(house: &House, id: u64) -> (PortalId, ConnectionId) {
    let (portal, connection) = house.portal(id).await;
    let (connection, hex) = (connection.id, connection.id.0.simple());
    let postgres = house.db.is_postgres();
    let bytes = |text: &str| if postgres { format!("'\\x{text}'::bytea") } else { format!("x'{text}'") };
    let uuid = |text: String| if postgres { format!("'{text}'::uuid") } else { format!("x'{text}'") };
    let no = if postgres { "false" } else { "0" };
    let (own, mine) = (uuid(house.clock.new_id().simple().to_string()), uuid(hex.to_string()));
    let byte = bytes("00");
    let window = uuid(house.clock.new_id().simple().to_string());
    run(&house.db, &format!(
        "INSERT INTO associations (id, portal_id, object_type, object_id, connection_id, invoice_id, added_by, added_at) VALUES ({own}, {id}, '0-1', 1, {mine}, '1', 1, 1);
         INSERT INTO links (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, created_at, target) VALUES ({own}, {id}, {mine}, 'customer', '1', '0-1', 1, 'planted', 1, 'person');
         INSERT INTO tombstones (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, reason, created_at, target) VALUES ({own}, {id}, {mine}, 'customer', '2', '0-1', 1, 'planted', 'deletion', 1, 'person');
         INSERT INTO drafts (id, portal_id, connection_id, system, account_id, name, certificate, certificate_ends_at, sealed, key, created_by, created_at) VALUES ({own}, {id}, {mine}, 'netsuite', '1', 'x', 'x', 1, {byte}, 'k', 1, 1);
         INSERT INTO windows (id, purpose, portal_id, details, created_at, expires_at) VALUES ({window}, 'sign_in', {id}, '{{\"connectionId\": \"{connection}\"}}', 1, 1);
         INSERT INTO idempotency (portal_id, key, operation, user_id, fingerprint, outcome, created_at) VALUES ({id}, 'key-of-it', 'add', 1, {byte}, '{{\"connectionId\": \"{connection}\"}}', 1);
         INSERT INTO idempotency (portal_id, key, operation, user_id, fingerprint, outcome, created_at) VALUES ({id}, 'other-key', 'link', 1, {byte}, '{{\"outcome\": \"linked\"}}', 1);
         INSERT INTO usage (portal_id, side, hour, calls, unauthorized, forbidden, throttled, failed) VALUES ({id}, '{connection}', 1, 1, 0, 0, 0, 0), ({id}, 'hubspot', 1, 1, 0, 0, 0, 0);
         INSERT INTO rate_windows (scope, started, held_until, card_until) VALUES ('hubspot/{id}', '[]', 0, 0), ('netsuite/{connection}', '[]', 0, 0);
         INSERT INTO credentials (holder_kind, holder_id, sealed, fence, updated_at) VALUES ('portal', '{id}', {byte}, 1, 1), ('connection', '{connection}', {byte}, 1, 1);
         INSERT INTO hints (portal_id, object_type, object_id, erased, version, attempts, due_at, received_at) VALUES ({id}, '0-1', 1, {no}, 1, 0, 1, 1);
         INSERT INTO aliases (portal_id, object_type, old_id, new_id, created_at) VALUES ({id}, '0-1', 2, 1, 1);
         INSERT INTO flows (id, portal_id, connection_id, key, status, settings, rules_version, fence, failures, stop_asked, created_at, updated_at) VALUES ({own}, {id}, {mine}, 'customers', 'on', '{{}}', 1, 0, 0, {no}, 1, 1);
         INSERT INTO runs (id, portal_id, flow_id, kind, cause, state, started_at, counts, phase, cancel_asked) VALUES ({own}, {id}, {own}, 'sync', 'hand', 'running', 1, '{{}}', 'x', {no});
         INSERT INTO activity (id, portal_id, connection_id, flow_id, at, what, target, kind, fields) VALUES ({own}, {id}, {mine}, {own}, 1, 'created', 'person', 'customer', '[]');
         INSERT INTO parked (id, portal_id, flow_id, target, side, erp_id, cause, rules_version, attempts, first_at, last_at, retry_asked) VALUES ({own}, {id}, {own}, 'person', 'erp', '1', 'other', 1, 1, 1, 1, {no});
         INSERT INTO reviews (id, portal_id, flow_id, target, erp_id, reason, candidates, refused, state, created_at) VALUES ({own}, {id}, {own}, 'person', '1', 'fuzzy', '[]', '[]', 'open', 1);
         INSERT INTO waiting (portal_id, connection_id, from_kind, from_id, from_target, to_kind, to_id, to_target, is_primary, created_at) VALUES ({id}, {mine}, 'contact', '1', 'contact', 'customer', '1', 'company', {no}, 1);
         INSERT INTO flow_hints (flow_id, portal_id, side, key, version, due_at, by_hand) VALUES ({own}, {id}, 'erp', '1', 1, 1, {no});
         INSERT INTO alerts (portal_id, cause, flow_id, state, raised_at, attempts) VALUES ({id}, 'failing', {own}, 'raised', 1, 0);"
    )).await;
    (portal, connection)
}

on_both! {
    async fn every_table_of_the_schema_has_its_place(house) {
        let known: BTreeSet<String> = purge::tables().map(str::to_owned).collect();
        assert_eq!(known, schema(&house.db).await, "a table that purging does not know of");
    }

    async fn a_purged_portal_leaves_nothing_in_any_table(house) {
        let (portal, connection) = full(house, 1).await;
        assert_eq!(filled(&house.db).await, schema(&house.db).await, "the test fills every table");
        let erased = in_tx!(house.db, "test", |tx| { purge::portal(tx, portal).await }).unwrap();
        assert_eq!((erased.connections, erased.associations, erased.links, erased.tombstones, erased.drafts, erased.credentials), (1, 1, 1, 1, 1, 2));
        assert_eq!(filled(&house.db).await, BTreeSet::new());
        let left = in_tx!(house.db, read "test", |tx| { purge::count_of_portal(tx, portal, &[connection]).await }).unwrap();
        assert_eq!(left.all(), 0);
    }

    async fn a_purged_connection_leaves_the_portals_own_rows_and_other_portals(house) {
        let ((portal, connection), (other, others)) = (full(house, 1).await, full(house, 2).await);
        let before = in_tx!(house.db, read "test", |tx| { purge::count_of_portal(tx, other, &[others]).await }).unwrap();
        in_tx!(house.db, "test", |tx| { purge::connection(tx, portal, connection).await }).unwrap();
        let (left, own, theirs) = in_tx!(house.db, read "test", |tx| {
            Ok((
                purge::count_of_connection(tx, portal, connection).await?,
                purge::count_of_portal(tx, portal, &[connection]).await?,
                purge::count_of_portal(tx, other, &[others]).await?,
            ))
        }).unwrap();
        assert_eq!(left.all(), 0);
        assert_eq!((own.connections, own.credentials, theirs), (0, 1, before));
        // The portal, its access, one hint, one alias, one idempotency key, its calls to HubSpot and their limit.
        assert_eq!(own.all(), 7);
    }

    async fn another_portals_connection_is_not_purged(house) {
        let ((portal, _), (other, others)) = (full(house, 1).await, full(house, 2).await);
        let before = in_tx!(house.db, read "test", |tx| { purge::count_of_portal(tx, other, &[]).await }).unwrap();
        in_tx!(house.db, "test", |tx| { purge::portal(tx, portal).await }).unwrap();
        let after = in_tx!(house.db, read "test", |tx| { purge::count_of_portal(tx, other, &[]).await }).unwrap();
        assert_eq!((after, after.connections), (before, 1));
        let _ = others;
    }
}
