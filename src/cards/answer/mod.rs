//! What the card gets: the shapes of every answer, as `hubspot-app/src/app/packages/shared/types.ts` spells them.
//!
//! Promise: amounts are decimal text with their currency, instants are milliseconds, dates are `YYYY-MM-DD`. A field that
//! has no value is `null`, never absent.
//! Never: a vendor's error text.

pub mod detail;
pub mod list;
pub mod row;
pub mod search;
pub mod write;

pub use detail::DetailAnswer;
pub use list::{ListAnswer, ListState, NotConnected, Permission};
pub use row::{ConnectionView, Freshness, FreshnessState, InvoiceRow, Trouble, TroubleCode};
pub use search::{SearchAnswer, SearchState};
pub use write::{
    AddAnswer, AddOutcome, AddResult, LinkAnswer, LinkOutcome, RefreshAnswer, RemoveAnswer, RemoveOutcome, SyncAnswer,
    SyncOutcome,
};
