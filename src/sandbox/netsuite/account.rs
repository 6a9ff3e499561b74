//! One local account: its books, its SQL engine, its tokens and switches.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use jiff::tz::TimeZone;

use super::{
    engine::{DeskError, Engine, EngineError},
    errors::Problem,
    suiteql::Pages,
    switches::Switches,
    token::Tokens,
};
use crate::sandbox::data::{
    accounts::AccountSeed,
    books::{Books, EntityKind},
};

/// One local account.
pub(super) struct Account {
    pub seed: AccountSeed,
    pub books: Arc<Books>,
    pub engine: Arc<Engine>,
    pub tokens: Tokens,
    pub pages: Pages,
    switches: Mutex<Switches>,
    in_flight: AtomicU32,
}

/// A call that counts against the account's limit.
pub(super) struct Permit<'a>(&'a AtomicU32);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Account {
    pub(super) fn new(seed: AccountSeed, books: Books) -> Result<Self, EngineError> {
        let engine = Arc::new(Engine::new(&books)?);
        Ok(Self {
            seed,
            books: Arc::new(books),
            engine,
            tokens: Tokens::default(),
            pages: Pages::default(),
            switches: Mutex::new(Switches::fresh()),
            in_flight: AtomicU32::new(0),
        })
    }

    pub(super) fn switches(&self) -> Switches {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account's time zone.
    pub(super) fn zone(&self) -> TimeZone {
        self.switches().zone().unwrap_or(TimeZone::UTC)
    }

    /// Lays `change` over the present switches.
    pub(super) fn switch(&self, change: Switches) -> Switches {
        let mut switches = self.switches.lock().unwrap_or_else(PoisonError::into_inner);
        *switches = switches.clone().with(change);
        self.engine.set_rules(switches.rules());
        switches.clone()
    }

    /// How many customers or contacts there are.
    pub(super) fn count(&self, kind: EntityKind) -> u64 {
        self.engine.read(|desk| desk.ids(kind, 0, 0)).map_or(0, |(count, _)| count)
    }

    /// Puts customers and contacts back as they were at the start, if anything was changed since. Blocks the thread.
    ///
    /// # Errors
    /// When the engine fails.
    pub(super) fn restore(&self) -> Result<(), DeskError> {
        self.engine.restore(&self.books)
    }

    /// Counts a call; refused when as many as allowed are under way.
    pub(super) fn permit(&self) -> Result<Permit<'_>, Problem> {
        let limit = self.switches().concurrency_limit.unwrap_or(5);
        let permit = Permit(&self.in_flight);
        let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
        if before < limit { Ok(permit) } else { Err(Problem::too_many()) }
    }
}
