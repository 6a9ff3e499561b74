//! Working flows off.
//!
//! ```text
//! runner   claims due flows ─▶ session  one claimed flow: lease, plan ─▶ begin  its run ─▶ pages   hints, then changes, …
//! pages    ─▶ gather   links, tombstones, rulings of a page   ─▶ chunk  match, decide, write a hundred rows
//!          ─▶ bonds    associations                           ─▶ keep   one transaction: all of it and the cursor
//! ```
//!
//! Promise: a flow is worked by one process at a time, and one that lost its lease changes nothing more; what a page did and
//! the cursor behind it are kept in one transaction; a repeat of a page has no further effect.
//! Never: waits for a person, or holds up other flows for one that fails.

mod alike;
mod begin;
mod bonds;
mod brake;
mod census;
mod chunk;
mod create_erp;
mod fates;
mod find;
mod gather;
mod hints;
mod hubspot_side;
mod item;
mod keep;
mod lease;
mod outcome;
mod page;
mod pages;
mod parties;
mod past;
mod plans;
mod preview;
mod refused;
mod retry;
mod rows;
mod runner;
mod session;
mod to_erp;
mod told;
mod trouble;
mod undo;
mod write;

use std::sync::Arc;

use crate::{
    clock::Clock,
    domain::ids::AppId,
    erp::Erp,
    hubspot::HubSpot,
    store::{Db, connections::Connection},
    vault::KeyRing,
};

pub use self::{
    lease::LEASE,
    past::{Span, old_values},
    plans::Plans,
    preview::{Preview, Sampled},
    runner::Woken,
};

/// Makes the connector of a connection; an error says for the log what in its row does not fit this build.
pub type Connect = Arc<dyn Fn(&Connection) -> Result<Arc<dyn Erp>, String> + Send + Sync>;

/// What flows are worked off with. Cheap to clone.
#[derive(Clone)]
pub struct Flows(Arc<Parts>);

/// The parts of [`Flows`].
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Time and new ids.
    pub clock: Clock,
    /// HubSpot's API.
    pub hubspot: HubSpot,
    /// Our app there: what a property's history calls us.
    pub app_id: AppId,
    /// Makes connectors.
    pub connect: Connect,
    /// Keys of the hashes.
    pub ring: KeyRing,
    /// How many flows are worked at once; none: others do it.
    pub workers: usize,
    /// Told when a flow may have come due.
    pub woken: Woken,
    /// What flows of a mapping were compiled to.
    pub plans: Plans,
}

impl Flows {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Flows {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
