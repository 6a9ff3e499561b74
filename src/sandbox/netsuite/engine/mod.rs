//! SuiteQL, executed by a real SQL engine.
//!
//! A statement is parsed, every table, column and function in it is looked up in an allow-list, and what comes out is
//! run on SQLite in memory with Oracle's rules: the empty text is null, null is greater than everything, `LIKE` minds
//! the case, numbers are exact decimals.
//!
//! Promise: a statement that NetSuite refuses is refused here, in its words; nothing that a statement says can change
//! the books, leave the `SELECT` it is written in, or reach a table that is not listed.
//! Never: looks at a statement's text to decide what to answer.

use std::sync::{
    Mutex, PoisonError, RwLock,
    atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
};

use jiff::civil::DateTime;
use rusqlite::{Connection, OpenFlags, Statement, config::DbConfig, types::ValueRef};
use serde_json::Value as Json;

mod calls;
mod conditions;
mod dates;
mod desk;
mod expr;
mod leaving;
mod load;
mod number;
mod oracle;
mod order;
mod parse;
mod rownum;
pub(super) mod rows;
mod rules;
mod schema;
mod scope;
mod select;
#[cfg(test)]
mod soup;
mod sums;
mod tables;
#[cfg(test)]
mod tests;
mod text;
#[cfg(test)]
mod wrong;

pub use dates::DateFormat;
pub use desk::{Desk, DeskError};
pub use rules::{BrokenValue, Rules};
pub use schema::SchemaError;

use self::{expr::Translator, schema::Kind, select::Relation};
use crate::sandbox::data::books::Books;

/// The columns of a row by their lower-case names: text, numbers, and the texts `T` and `F`; dates as
/// `YYYY-MM-DD HH:MM:SS` on the account's wall clock. A column that holds null is left out; in a change null empties it.
pub type Fields = serde_json::Map<String, Json>;

/// How many statements run at the same time; more wait for a connection.
const CONNECTIONS: usize = 5;

/// The most rows that one statement gives, on all its pages.
pub(super) const MOST_ROWS: u64 = 100_000;

/// The longest text in a statement or a parameter, in bytes (Oracle's `VARCHAR2`).
const LONGEST_TEXT: usize = 4_000;

/// Why a statement has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuiteQlError {
    /// The statement is wrong for this account; the text is NetSuite's.
    #[error("Invalid search query. Detailed unprocessed description follows. Search error occurred: {0}.")]
    Invalid(String),
    /// The engine itself failed: a fault of the sandbox, not of the statement.
    #[error("the local SQL engine failed: {0}")]
    Inside(String),
}

impl SuiteQlError {
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::Invalid(text.into())
    }
}

/// The engine could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The list of columns is broken.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// SQLite refused the tables or rows.
    #[error("the books cannot be loaded: {0}")]
    Load(#[from] rusqlite::Error),
    /// A planted row does not fit.
    #[error("the books cannot be loaded: {0}")]
    Planted(#[from] DeskError),
}

/// A value bound to a `?`.
#[derive(Debug, Clone, PartialEq)]
enum Bound {
    Text(String),
    Whole(i64),
    Real(f64),
    Null,
}

impl Bound {
    fn of(json: &Json) -> Result<Self, SuiteQlError> {
        match json {
            Json::String(text) if text.len() > LONGEST_TEXT => Err(SuiteQlError::invalid("parameter value too long")),
            Json::String(text) if text.is_empty() => Ok(Self::Null),
            Json::String(text) => Ok(Self::Text(text.clone())),
            Json::Null => Ok(Self::Null),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Ok(Self::Whole(whole)),
                (None, Some(real)) => Ok(Self::Real(real)),
                (None, None) => Err(SuiteQlError::invalid("invalid number")),
            },
            _ => Err(SuiteQlError::invalid("invalid parameter type")),
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Whole(_) | Self::Real(_) => Kind::Number,
            Self::Null => Kind::Null,
        }
    }
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// The columns' names, in lower case, in the order of the `SELECT` list.
    pub columns: Vec<String>,
    /// The rows; every value is text, null is `None`.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows there are on all pages, [`MOST_ROWS`] at most.
    pub total: u64,
}

/// The SQL engine of one account.
pub struct Engine {
    schema: schema::Schema,
    rules: RwLock<Rules>,
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    /// The one connection that changes rows.
    writer: Mutex<Connection>,
    /// A statement sees the rows as they stand between two changes, as in Oracle.
    gate: RwLock<()>,
    /// The id of the customer or contact that comes next.
    next_id: AtomicU32,
    /// Something was changed since the books were loaded.
    changed: AtomicBool,
}

static DATABASES: AtomicUsize = AtomicUsize::new(0);

impl Engine {
    /// An engine that holds `books`.
    ///
    /// # Errors
    /// When SQLite refuses the tables or rows, which is a fault of the sandbox.
    pub fn new(books: &Books) -> Result<Self, EngineError> {
        let schema = schema::Schema::load(&books.custom_fields)?;
        let name =
            format!("file:ledgercard-sandbox-{}?mode=memory&cache=shared", DATABASES.fetch_add(1, Ordering::SeqCst));
        let mut writer = open(&name)?;
        load::fill(&mut writer, &schema, books)?;
        let next_id = AtomicU32::new(0);
        let planting = writer.transaction()?;
        Desk { db: &planting, schema: &schema, next: &next_id }.plant(books)?;
        planting.commit()?;
        // Tables that grow are planned for as if they were large already.
        writer.execute_batch(
            "ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl IN ('customer', 'contact', 'entityaddress', \
             'companycontactrelationship', 'deletedrecord'); ANALYZE sqlite_schema",
        )?;
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let connection = open(&name)?;
            connection.execute_batch("PRAGMA query_only = ON; PRAGMA read_uncommitted = ON;")?;
            connections.push(Mutex::new(connection));
        }
        Ok(Self {
            schema,
            rules: RwLock::new(Rules::default()),
            connections,
            next: AtomicUsize::new(0),
            writer: Mutex::new(writer),
            gate: RwLock::new(()),
            next_id,
            changed: AtomicBool::new(false),
        })
    }

    /// Reads customers and contacts as they stand between two changes. Blocks the thread while it runs.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Desk<'_>) -> T) -> T {
        let _between = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        look(&Desk { db: &self.connection(), schema: &self.schema, next: &self.next_id })
    }

    /// Changes customers and contacts: all that `change` does, or nothing when it fails. Blocks the thread while it runs.
    ///
    /// # Errors
    /// What `change` says, or what SQLite says.
    pub(super) fn write<T, E: From<rusqlite::Error>>(
        &self,
        change: impl FnOnce(&Desk<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction()?;
        self.changed.store(true, Ordering::SeqCst);
        let done = change(&Desk { db: &transaction, schema: &self.schema, next: &self.next_id })?;
        transaction.commit()?;
        Ok(done)
    }

    /// The account's switches.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the account's switches.
    pub fn set_rules(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// Runs `sql` with `params` for its `?`, and gives at most `limit` rows from `offset` on. `now` is the account's
    /// wall clock, for `SYSDATE`. Blocks the thread while it runs.
    ///
    /// # Errors
    /// [`SuiteQlError::Invalid`] with NetSuite's text when the statement is wrong for this account.
    pub fn query(
        &self,
        sql: &str,
        params: &[Json],
        (limit, offset): (u64, u64),
        now: DateTime,
    ) -> Result<Rows, SuiteQlError> {
        let parsed = parse::parse(sql)?;
        if parsed.placeholders != params.len() {
            return Err(SuiteQlError::invalid(format!(
                "Invalid number of parameters. Expected {}, provided {}",
                parsed.placeholders,
                params.len()
            )));
        }
        let bound = params.iter().map(Bound::of).collect::<Result<Vec<_>, _>>()?;
        let rules = self.rules();
        let relation = Translator::new(&self.schema, &rules, &bound).query(&parsed.query, None)?;
        let read = Read { relation: &relation, bound: &bound, now: dates::hold(now), format: rules.date_format };
        let _between = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let connection = self.connection();
        read.page(&connection, limit, offset)
    }

    /// Puts customers and contacts back as `books` has them, if anything was changed. Blocks the thread while it runs.
    ///
    /// # Errors
    /// When SQLite fails.
    pub(super) fn restore(&self, books: &Books) -> Result<(), DeskError> {
        if self.changed.load(Ordering::SeqCst) {
            self.write(|desk| desk.restore(books))?;
            self.changed.store(false, Ordering::SeqCst);
        }
        Ok(())
    }

    /// A free connection, or the one whose turn it is.
    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        if let Some(free) = self.connections.iter().find_map(|c| c.try_lock().ok()) {
            return free;
        }
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        self.connections[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(name: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_SHARED_CACHE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(name, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    oracle::register(&connection)?;
    Ok(connection)
}

/// One translated statement with its values.
struct Read<'r> {
    relation: &'r Relation,
    bound: &'r [Bound],
    now: String,
    format: DateFormat,
}

impl Read<'_> {
    fn page(&self, db: &Connection, limit: u64, offset: u64) -> Result<Rows, SuiteQlError> {
        let most = self.relation.fetch.map_or(limit, |n| limit.min(n.saturating_sub(offset)));
        let at = self.bound.len();
        let sql = format!("{} LIMIT ?{} OFFSET ?{}", self.relation.sql, at + 2, at + 3);
        let mut statement = db.prepare_cached(&sql).map_err(failed)?;
        self.bind(&mut statement)?;
        for (place, number) in [(at + 2, most), (at + 3, offset)] {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            statement.raw_bind_parameter(place, number).map_err(failed)?;
        }
        let mut rows = Vec::new();
        let mut cursor = statement.raw_query();
        while let Some(row) = cursor.next().map_err(failed)? {
            let cells = self
                .relation
                .columns
                .iter()
                .enumerate()
                .map(|(at, column)| self.printed(row.get_ref(at).map_err(failed)?, column.kind));
            rows.push(cells.collect::<Result<Vec<_>, _>>()?);
        }
        let seen = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let whole = seen < most && (seen > 0 || offset == 0);
        let total = if whole { offset + seen } else { self.count(db)? };
        Ok(Rows { columns: self.relation.columns.iter().map(|c| c.name.clone()).collect(), rows, total })
    }

    fn count(&self, db: &Connection) -> Result<u64, SuiteQlError> {
        let rows = &self.relation.unordered;
        let fetched = self.relation.fetch.map_or_else(String::new, |n| format!(" LIMIT {n}"));
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM ({rows}{fetched}) LIMIT {MOST_ROWS})");
        let mut statement = db.prepare_cached(&sql).map_err(failed)?;
        self.bind(&mut statement)?;
        let mut cursor = statement.raw_query();
        let count: Option<i64> = cursor.next().map_err(failed)?.map(|row| row.get(0)).transpose().map_err(failed)?;
        Ok(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    /// Binds the statement's values and the present instant, as far as its SQL still has a place for them.
    fn bind(&self, statement: &mut Statement<'_>) -> Result<(), SuiteQlError> {
        let places = statement.parameter_count();
        for (at, bound) in self.bound.iter().enumerate().filter(|(at, _)| *at < places) {
            match bound {
                Bound::Text(text) => statement.raw_bind_parameter(at + 1, text),
                Bound::Whole(number) => statement.raw_bind_parameter(at + 1, number),
                Bound::Real(number) => statement.raw_bind_parameter(at + 1, number),
                Bound::Null => statement.raw_bind_parameter(at + 1, rusqlite::types::Null),
            }
            .map_err(failed)?;
        }
        if self.bound.len() < places {
            statement.raw_bind_parameter(self.bound.len() + 1, &self.now).map_err(failed)?;
        }
        Ok(())
    }

    /// A value as the wire carries it.
    fn printed(&self, value: ValueRef<'_>, kind: Kind) -> Result<Option<String>, SuiteQlError> {
        let refused = |e: oracle::Refused| SuiteQlError::invalid(e.to_string());
        let text = oracle::text_of(value).map_err(refused)?;
        match (text, kind) {
            (Some(date), Kind::Date) => {
                let at = dates::held(&date).map_err(refused)?;
                dates::Model::of(self.format.model()).map(|m| Some(dates::print(at, &m))).map_err(refused)
            }
            (text, _) => Ok(text),
        }
    }
}

/// What SQLite says: what one of our functions refuses is the statement's fault, all else the sandbox's.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn failed(error: rusqlite::Error) -> SuiteQlError {
    let text = error.to_string();
    match text.split_once(oracle::MARK) {
        Some((_, refusal)) => SuiteQlError::invalid(refusal),
        None => SuiteQlError::Inside(text),
    }
}
