//! A database of its own for every test, on SQLite and on PostgreSQL.

use std::{future::Future, pin::Pin, sync::Once};

use ledgercard::{
    clock::{Clock, Millis},
    domain::{
        ids::{AssociationId, ConnectionId, InvoiceId, LinkId, ObjectId, PortalId, UserId},
        record::{ObjectType, RecordRef},
    },
    in_tx,
    store::{
        DatabaseUrl, Db,
        associations::NewAssociation,
        connections::{self, Connection, Environment, NewConnection},
        portals,
    },
};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// Where PostgreSQL is.
pub(crate) const URL_VARIABLE: &str = "TEST_DATABASE_URL";

/// A migrated database, and a clock that stands still.
pub(crate) struct House {
    pub(crate) url: DatabaseUrl,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
}

/// What a test does.
pub(crate) type Body = for<'a> fn(&'a House) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

impl House {
    /// The present instant.
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A portal with one connection.
    pub(crate) async fn portal(&self, id: u64) -> (PortalId, Connection) {
        let portal = PortalId(id);
        in_tx!(self.db, "test", |tx| {
            portals::put(tx, portal, "Europe/Paris", "app-eu1.hubspot.com", self.now()).await
        })
        .unwrap();
        (portal, self.connection(portal, "1234567").await)
    }

    /// Another connection of a portal.
    pub(crate) async fn connection(&self, portal_id: PortalId, account: &str) -> Connection {
        let id = ConnectionId(self.clock.new_id());
        let settings = serde_json::json!({ "features": ["multi_currency"] });
        let new = NewConnection {
            id,
            portal_id,
            system: "netsuite",
            account_id: account,
            name: "The books",
            environment: Environment::Production,
            settings: &settings,
        };
        in_tx!(self.db, "test", |tx| { connections::put(tx, new, self.now()).await }).unwrap()
    }

    /// An association to be made.
    pub(crate) fn new_association<'a>(
        &self,
        connection: &Connection,
        record: RecordRef,
        invoice_id: &'a InvoiceId,
    ) -> NewAssociation<'a> {
        NewAssociation {
            id: AssociationId(self.clock.new_id()),
            portal_id: connection.portal_id,
            record,
            connection_id: connection.id,
            invoice_id,
            added_by: UserId(7),
        }
    }

    pub(crate) fn link_id(&self) -> LinkId {
        LinkId(self.clock.new_id())
    }
}

pub(crate) fn contact(id: u64) -> RecordRef {
    RecordRef { object_type: ObjectType::Contact, object_id: ObjectId(id) }
}

pub(crate) fn company(id: u64) -> RecordRef {
    RecordRef { object_type: ObjectType::Company, object_id: ObjectId(id) }
}

pub(crate) fn invoice(text: &str) -> InvoiceId {
    text.parse().unwrap()
}

fn clock() -> Clock {
    // A seed of its own per process would make failures hard to repeat; ids only have to differ within one database.
    Clock::manual(Millis(1_700_000_000_000), 11)
}

/// Runs a test on a SQLite file.
pub(crate) async fn on_sqlite(body: Body) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("ledgercard.db"));
    let clock = clock();
    let db = Db::open(&url, clock.clone()).await.unwrap();
    let house = House { url, db, clock };
    body(&house).await;
    house.db.close().await;
}

/// Runs a test on PostgreSQL in a schema of its own, which goes afterwards. Without PostgreSQL it fails where tests must be
/// complete, and otherwise says that this half did not run.
pub(crate) async fn on_postgres(name: &str, body: Body) {
    let Some(schema) = Schema::make(name).await else {
        return;
    };
    let clock = clock();
    let db = Db::open(&schema.url, clock.clone()).await.unwrap();
    let url = schema.url.clone();
    // In a task, so that the schema goes also when the test fails.
    let ran = tokio::spawn(async move {
        let house = House { url, db, clock };
        body(&house).await;
        house.db.close().await;
    })
    .await;
    schema.drop().await;
    if let Err(failed) = ran {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// A schema on the PostgreSQL server of the tests.
pub(crate) struct Schema {
    pub(crate) name: String,
    pub(crate) url: DatabaseUrl,
    /// The URL as text.
    pub(crate) address: String,
    server: String,
}

impl Schema {
    /// Makes an empty schema; `None` when there is no server and none is required.
    pub(crate) async fn make(test: &str) -> Option<Self> {
        let server = server()?;
        // The process tells apart tests that run at once; the test's name tells a person what was left behind.
        let short: String = test.chars().rev().filter(char::is_ascii_alphanumeric).take(30).collect();
        let short: String = short.chars().rev().collect();
        let name = format!("lc_{}_{}", std::process::id(), short.to_lowercase());
        let mut admin =
            sqlx::PgConnection::connect(&server).await.expect("TEST_DATABASE_URL must name a PostgreSQL server");
        admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {name}")))).await.unwrap();
        admin.close().await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let address = format!("{server}{mark}options[search_path]={name}&application_name={name}");
        Some(Self { url: DatabaseUrl::parse(&SecretString::from(address.clone())).unwrap(), address, name, server })
    }

    /// A connection that sees the schema's tables but is none of [`Db`]'s.
    pub(crate) async fn look(&self) -> sqlx::PgConnection {
        let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(format!("SET search_path = {}", self.name)))).await.unwrap();
        connection
    }

    /// Every row of every table as text, bytes as hex.
    pub(crate) async fn dump(&self) -> Vec<u8> {
        let mut connection = self.look().await;
        let tables: Vec<String> = sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1")
            .bind(&self.name)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let mut text = String::new();
        for table in tables {
            let sql = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
            let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            text.extend([table.as_str(), ":\n", &rows.join("\n"), "\n"]);
        }
        connection.close().await.unwrap();
        text.into_bytes()
    }

    /// Removes it with everything in it.
    pub(crate) async fn drop(&self) {
        let mut admin = sqlx::PgConnection::connect(&self.server).await.unwrap();
        admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA {} CASCADE", self.name)))).await.unwrap();
        admin.close().await.unwrap();
    }
}

fn server() -> Option<String> {
    static SAID: Once = Once::new();
    if let Ok(url) = std::env::var(URL_VARIABLE)
        && !url.is_empty()
    {
        return Some(url);
    }
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
    assert!(
        !is("CI", "true") && !is("LEDGERCARD_TEST_POSTGRES", "required"),
        "{URL_VARIABLE} is not set, and the tests on PostgreSQL are required here"
    );
    SAID.call_once(|| {
        eprintln!("!!! NOT RUN ON POSTGRESQL: set {URL_VARIABLE}=postgres://user@host:port/database !!!");
    });
    None
}

/// Makes of every `async fn name(house: &House) { … }` a test on SQLite and a test on PostgreSQL.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($house:ident) $body:block)+) => {
        $(
            $(#[$doc])*
            mod $name {
                use super::*;

                fn body<'a>(
                    $house: &'a $crate::store::fixture::House,
                ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
                    Box::pin(async move { $body })
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    $crate::store::fixture::on_sqlite(body).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    $crate::store::fixture::on_postgres(concat!(stringify!($name), line!()), body).await;
                }
            }
        )+
    };
}

pub(crate) use on_both;
