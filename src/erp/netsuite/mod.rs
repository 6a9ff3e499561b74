//! Oracle NetSuite.
//!
//! Reads invoices and credit notes through SuiteQL, and what only the record service knows through that. Accounts differ
//! by features and rights; [`columns`] says what is optional, and every statement is made for what the account has.
//!
//! Promise: what a person types never becomes part of a query; no amount passes through a float; NetSuite's own words stay
//! in this folder.
//! Never: writes to NetSuite, other than what [`Erp::apply`] is given; stores anything but the credential, which the vault seals.
//!
//! | file | holds |
//! | --- | --- |
//! | `account`, `settings` | account ids and addresses; what else distinguishes a connection |
//! | `credential`, `certificate` | what is kept to sign in with, and how a key pair is made |
//! | `door`, `auth` | the sign-in itself, and the access tokens it brings |
//! | `role` | the role that a connection needs, as data |
//! | `statements`, `columns`, `asking` | what is asked, for which account, and how that is found out |
//! | `calls`, `errors` | how it is asked, and what a refusal means |
//! | `wire`, `map` | their JSON, and what it means |
//! | `detail`, `probe` | one invoice; one account |
//! | `flow` | customers and contacts as they flow, `flows.toml` their default flows |

use std::{
    collections::BTreeSet,
    sync::atomic::AtomicI64,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use jiff::{civil::Date, tz::TimeZone};

use crate::{
    clock::Clock,
    domain::{
        customer::{Customer, CustomerKey},
        field::FieldInfo,
        ids::{ConnectionId, CustomerId, InvoiceId, SourceId},
        invoice::{Invoice, InvoiceDetail},
        money::Currency,
        query::InvoiceQuery,
        summary::Summary,
    },
    erp::{
        Capabilities, Erp, ErpError, LEDGER_ROWS, Lane, Ledger, Page, PageRequest, Probe,
        source::{CensusPage, Changes, Kind, NotWritten, Sources, Wanted, Write, Written},
    },
    outbound::{Outbound, permits::Permits},
    vault::Vault,
};

mod account;
mod asking;
mod auth;
mod calls;
pub mod certificate;
mod columns;
mod credential;
mod customers;
mod detail;
mod door;
mod errors;
mod flow;
mod map;
mod probe;
pub mod role;
mod settings;
mod statements;
mod wire;

pub use account::{AccountId, Addresses, BadTemplate, SUITETALK, UI};
pub use credential::{Credential, NotOurs};
pub use door::{CONSENT_LASTS, Door, Entry, Exchange, NoEntry};
pub use probe::{prerequisites, prerequisites_of_writing};
pub use settings::NetSuiteSettings;

use calls::Calls;
use columns::{Columns, Optional};
use errors::Refusal;
use statements::Statement;
use wire::Fields;

/// The flows that come with NetSuite, as TOML.
pub const FLOWS: &str = include_str!("flows.toml");

/// How many calls one account gets at once, and how many of them may be nobody's: smaller accounts allow five in all.
pub const PERMITS: (usize, usize) = (4, 2);
/// NetSuite shows at most so many rows of a query.
const REACHABLE: usize = 100_000;

/// One NetSuite account.
pub struct NetSuite {
    account: AccountId,
    base_currency: Option<Currency>,
    subsidiary: Option<u64>,
    time_zone: Option<TimeZone>,
    calls: Calls,
    columns: RwLock<Arc<Columns>>,
    /// Held while the account is asked for its columns, so that it is asked once; in it what an unfinished attempt found.
    asking: tokio::sync::Mutex<asking::Partly>,
    shapes: flow::Shapes,
}

impl std::fmt::Debug for NetSuite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NetSuite({})", self.account)
    }
}

impl NetSuite {
    /// The account of `connection`, whose credential ([`Credential::to_secret`]) the vault keeps. `permits` are shared by all
    /// that call this account ([`PERMITS`]).
    ///
    /// # Errors
    /// [`BadTemplate`] when an address cannot be used.
    pub fn new(
        settings: NetSuiteSettings,
        connection: ConnectionId,
        vault: Vault,
        outbound: Outbound,
        clock: Clock,
        permits: Permits,
    ) -> Result<Self, BadTemplate> {
        let door = Door::new(&settings.account, &settings.suitetalk, &settings.ui, outbound.clone(), clock.clone())?;
        let tokens = auth::Tokens::Kept { vault, connection, renew: Arc::new(door) };
        Self::with_tokens(settings, tokens, outbound, clock, permits)
    }

    /// An account that is not connected yet, to be asked with a token that was just got. Nothing is kept.
    ///
    /// # Errors
    /// [`BadTemplate`] when an address cannot be used.
    pub fn to_try(
        settings: NetSuiteSettings,
        token: &Entry,
        outbound: Outbound,
        clock: Clock,
    ) -> Result<Self, BadTemplate> {
        let tokens = auth::Tokens::Given(token.access_token.clone());
        Self::with_tokens(settings, tokens, outbound, clock, Permits::new(PERMITS.0, PERMITS.1))
    }

    fn with_tokens(
        settings: NetSuiteSettings,
        tokens: auth::Tokens,
        outbound: Outbound,
        clock: Clock,
        permits: Permits,
    ) -> Result<Self, BadTemplate> {
        let addresses = Addresses::new(&settings.account, &settings.suitetalk, &settings.ui)?;
        let (card_timeout, background_timeout) = (settings.card_timeout, settings.background_timeout);
        let held_until = AtomicI64::new(0);
        let calls = Calls { outbound, tokens, addresses, clock, permits, card_timeout, background_timeout, held_until };
        Ok(Self {
            account: settings.account,
            base_currency: settings.base_currency,
            subsidiary: settings.subsidiary,
            time_zone: settings.time_zone,
            calls,
            columns: RwLock::new(Arc::new(Columns::all())),
            asking: tokio::sync::Mutex::default(),
            shapes: flow::Shapes::default(),
        })
    }

    /// Whether the account answers the least question there is: enough to know that token, role and service go together.
    ///
    /// # Errors
    /// [`ErpError`]; [`ErpError::Permission`] names what the role lacks.
    pub async fn answers(&self, lane: Lane) -> Result<(), ErpError> {
        self.calls.page(lane, &statements::clock_and_dates(), 1, 0).await?;
        Ok(())
    }

    fn columns(&self) -> Arc<Columns> {
        Arc::clone(&self.columns.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the account for its columns, unless somebody did since `seen` was current. Waits for the answers.
    async fn columns_after(&self, lane: Lane, seen: &Arc<Columns>) -> Result<Arc<Columns>, ErpError> {
        let mut partly = self.asking.lock().await;
        let current = self.columns();
        if !Arc::ptr_eq(&current, seen) {
            return Ok(current);
        }
        let found = Arc::new(asking::ask_columns(&self.calls, lane, self.base_currency, &mut partly).await?);
        *self.columns.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&found);
        Ok(found)
    }

    /// The rows of the statement that `build` makes for this account's columns: at most `limit` from `offset` on (a multiple
    /// of `limit`) as `one_page`, else all up to `limit`. Where a column turns out to be missing the account is asked for its
    /// columns once, and the statement made anew.
    async fn rows<F>(&self, lane: Lane, extent: Extent, build: F) -> Result<Answered, ErpError>
    where
        F: Fn(&Columns) -> Statement + Send + Sync,
    {
        let columns = self.columns();
        let refusal = match self.rows_with(lane, extent, &columns, &build).await {
            Err(Refusal::NoColumn(name)) if columns.may_do_without_column(&name) => Refusal::NoColumn(name),
            Err(Refusal::NoTable(name)) if columns.may_do_without_table(&name) => Refusal::NoTable(name),
            other => return other.map_err(ErpError::from),
        };
        let known = self.columns_after(lane, &columns).await?;
        if *known == *columns {
            return Err(refusal.into());
        }
        self.rows_with(lane, extent, &known, &build).await.map_err(ErpError::from)
    }

    async fn rows_with<F>(
        &self,
        lane: Lane,
        extent: Extent,
        columns: &Arc<Columns>,
        build: &F,
    ) -> Result<Answered, Refusal>
    where
        F: Fn(&Columns) -> Statement + Send + Sync,
    {
        let statement = build(columns);
        let (rows, total) = match extent {
            Extent::UpTo(most) => self.calls.rows(lane, &statement, most).await?,
            Extent::Page { size, offset } => {
                let page = self.calls.page(lane, &statement, size, offset).await?;
                (page.items, page.total_results)
            }
        };
        Ok(Answered { rows, total, columns: Arc::clone(columns) })
    }

    /// Heads of documents, each once: rows may move from one page to the next while pages are read.
    fn heads(&self, answered: &Answered) -> Result<Vec<Invoice>, ErpError> {
        let mut seen = BTreeSet::new();
        let mut heads = Vec::with_capacity(answered.rows.len());
        for row in &answered.rows {
            if seen.insert(map::id(row, "id")?) {
                heads.push(map::invoice(row, &self.calls.addresses, answered.columns.base_currency)?);
            }
        }
        Ok(heads)
    }
}

/// Which rows of a statement.
#[derive(Debug, Clone, Copy)]
enum Extent {
    /// All, up to this many.
    UpTo(usize),
    /// One page.
    Page { size: usize, offset: usize },
}

/// Rows, how many there are in all, and the columns they were asked for with.
struct Answered {
    rows: Vec<Fields>,
    total: u64,
    columns: Arc<Columns>,
}

/// The ids that NetSuite may know: its ids are numbers. Others name nothing there.
fn numeric<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<u64> {
    let own = |text: &str| text.parse::<u64>().ok().filter(|id| i64::try_from(*id).is_ok() && id.to_string() == text);
    ids.into_iter().filter_map(own).collect()
}

fn customer_ids(customers: &[CustomerId]) -> Vec<u64> {
    numeric(customers.iter().map(CustomerId::as_str))
}

#[async_trait]
impl Erp for NetSuite {
    /// Before the account was first asked: everything, which the first call that finds otherwise corrects.
    fn capabilities(&self) -> Capabilities {
        probe::capabilities(&self.columns())
    }

    fn customer_page(&self, id: &CustomerId) -> String {
        self.calls.addresses.customer_page(id)
    }

    async fn probe(&self, lane: Lane) -> Result<Probe, ErpError> {
        let seen = self.columns();
        Box::pin(probe::examine(self, lane, &seen)).await
    }

    async fn ledger(&self, lane: Lane, customers: &[CustomerId]) -> Result<Ledger, ErpError> {
        let customers = customer_ids(customers);
        if customers.is_empty() {
            return Ok(Ledger { invoices: Vec::new(), of: 0 });
        }
        let build = |columns: &Columns| statements::ledger(columns, &customers);
        let answered = self.rows(lane, Extent::UpTo(LEDGER_ROWS), build).await?;
        Ok(Ledger { invoices: self.heads(&answered)?, of: answered.total })
    }

    async fn totals_of(&self, lane: Lane, customers: &[CustomerId], today: Date) -> Result<Summary, ErpError> {
        let customers = customer_ids(customers);
        let mut sums = Summary::default();
        if customers.is_empty() {
            return Ok(sums);
        }
        let build = |columns: &Columns| statements::totals(columns, &customers, today);
        let answered = self.rows(lane, Extent::UpTo(calls::PAGE), build).await?;
        for row in &answered.rows {
            map::take_totals(&mut sums, row, answered.columns.base_currency)?;
        }
        Ok(sums)
    }

    async fn invoices(&self, lane: Lane, ids: &[InvoiceId]) -> Result<Vec<Invoice>, ErpError> {
        let ids = numeric(ids.iter().map(InvoiceId::as_str));
        let mut found = Vec::with_capacity(ids.len());
        // Oracle takes at most a thousand values in one list.
        for ids in ids.chunks(calls::PAGE) {
            let build = |columns: &Columns| statements::by_ids(columns, ids);
            let answered = self.rows(lane, Extent::UpTo(calls::PAGE), build).await?;
            found.extend(self.heads(&answered)?);
        }
        Ok(found)
    }

    async fn invoice(&self, lane: Lane, id: &InvoiceId) -> Result<InvoiceDetail, ErpError> {
        let [id] = numeric([id.as_str()])[..] else { return Err(ErpError::Missing) };
        detail::read(self, lane, id).await
    }

    async fn search(&self, lane: Lane, query: &InvoiceQuery, page: PageRequest) -> Result<Page<Invoice>, ErpError> {
        let size = page.size.clamp(1, 100) as usize;
        let offset = (page.page.max(1) as usize - 1).saturating_mul(size);
        if offset.saturating_add(size) > REACHABLE {
            return Err(ErpError::Rejected { why: format!("only the first {REACHABLE} rows can be reached") });
        }
        // Whether a query can fit anything does not depend on the account's columns.
        if statements::search(&Columns::all(), query).is_none() {
            return Ok(Page { rows: Vec::new(), total: 0 });
        }
        let build =
            |columns: &Columns| statements::search(columns, query).unwrap_or_else(|| statements::by_ids(columns, &[0]));
        let answered = self.rows(lane, Extent::Page { size, offset }, build).await?;
        Ok(Page { rows: self.heads(&answered)?, total: answered.total })
    }

    async fn customers(&self, lane: Lane, key: &CustomerKey) -> Result<Vec<Customer>, ErpError> {
        customers::find(self, lane, key).await
    }

    fn record_page(&self, kind: Kind, id: &SourceId) -> String {
        self.calls.addresses.record_page(kind, id)
    }

    async fn fields(&self, lane: Lane, kind: Kind) -> Result<Vec<FieldInfo>, ErpError> {
        flow::fields(self, lane, kind).await
    }

    async fn changes(&self, lane: Lane, wanted: &Wanted, cursor: Option<&str>) -> Result<Changes, ErpError> {
        flow::changes(self, lane, wanted, cursor).await
    }

    async fn sources(&self, lane: Lane, wanted: &Wanted, ids: &[SourceId]) -> Result<Sources, ErpError> {
        flow::sources(self, lane, wanted, ids).await
    }

    async fn count(&self, lane: Lane, kind: Kind) -> Result<u64, ErpError> {
        flow::count(self, lane, kind).await
    }

    async fn census(&self, lane: Lane, kind: Kind, after: Option<&SourceId>) -> Result<CensusPage, ErpError> {
        flow::census(self, lane, kind, after).await
    }

    async fn apply(
        &self,
        lane: Lane,
        kind: Kind,
        writes: &[Write],
    ) -> Result<Vec<Result<Written, NotWritten>>, ErpError> {
        flow::apply(self, lane, kind, writes).await
    }
}
