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
    atomic::{AtomicUsize, Ordering},
};

use jiff::civil::DateTime;
use rusqlite::{Connection, OpenFlags, Statement, config::DbConfig, types::ValueRef};
use serde_json::Value as Json;

mod calls;
mod conditions;
mod dates;
mod expr;
mod load;
mod number;
mod oracle;
mod parse;
mod rownum;
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
pub use rules::Rules;
pub use schema::SchemaError;

use self::{expr::Translator, schema::Kind, select::Relation};
use crate::sandbox::data::books::Books;

/// How many statements run at the same time; more wait for a connection.
const CONNECTIONS: usize = 5;

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
    /// How many rows there are on all pages.
    pub total: u64,
}

/// The SQL engine of one account.
pub struct Engine {
    schema: schema::Schema,
    rules: RwLock<Rules>,
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

static DATABASES: AtomicUsize = AtomicUsize::new(0);

impl Engine {
    /// An engine that holds `books`.
    ///
    /// # Errors
    /// When SQLite refuses the tables or rows, which is a fault of the sandbox.
    pub fn new(books: &Books) -> Result<Self, EngineError> {
        let schema = schema::Schema::load()?;
        let name =
            format!("file:ledgercard-sandbox-{}?mode=memory&cache=shared", DATABASES.fetch_add(1, Ordering::SeqCst));
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for at in 0..CONNECTIONS {
            let mut connection = open(&name)?;
            if at == 0 {
                load::fill(&mut connection, &schema, books)?;
                connection.execute_batch("ANALYZE")?;
            }
            connection.execute_batch("PRAGMA query_only = ON; PRAGMA read_uncommitted = ON;")?;
            connections.push(Mutex::new(connection));
        }
        Ok(Self { schema, rules: RwLock::new(Rules::default()), connections, next: AtomicUsize::new(0) })
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
        let connection = self.connection();
        read.page(&connection, limit, offset)
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
        let sql = format!("SELECT COUNT(*) FROM ({})", self.relation.limited());
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
