//! What the card can do: list, search, add, remove and undo, choose a customer, look at one invoice, refresh, bring in step.
//!
//! Promise: an answer within the configured time whatever the ERP does; expected trouble is a state of the answer, not an
//! error; every id is checked against the portal that the signature named; what a user asked to be written is written
//! whole or not at all, once per idempotency key.
//! Never: names SQL, HTTP or a vendor; never keeps a document's content outside the cache.

mod allowed;
mod associate;
mod cache;
#[cfg(test)]
mod cache_tests;
mod detail;
mod facts;
mod freshness;
mod gather;
mod link;
mod list;
mod once;
mod people;
mod portal;
mod reads;
mod refresh;
mod related;
mod remembered;
mod search;
mod sync;
mod view;

pub mod answer;
pub mod error;

use std::{sync::Arc, time::Duration};

use tokio_util::task::TaskTracker;

pub use self::{
    associate::{AddRequest, AskedInvoice, MOST_ADDED},
    cache::Counts,
    error::CardError,
    link::LinkRequest,
    list::{ListRequest, SortKey},
    people::Person,
    portal::Connectors,
    search::SearchRequest,
};
use self::{
    facts::Facts,
    gather::RecordRows,
    people::People,
    portal::PortalView,
    reads::{ReadCounts, Reads},
    remembered::Remembered,
    view::View,
};
use crate::{
    clock::Clock,
    domain::{
        ids::{ConnectionId, PortalId, UserId},
        record::RecordRef,
    },
    hubspot::HubSpot,
    store::{Db, links::Link},
    vault::KeyRing,
};

/// The most customers of associated records that are looked at for suggestions (one ERP question).
const MOST_RELATED: usize = 100;

/// The tenant and the actor, as a verified signature named them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The portal.
    pub portal: PortalId,
    /// The user.
    pub user: UserId,
}

/// The card's figures (DESIGN decisions 8 and 9).
#[derive(Debug, Clone, Copy)]
pub struct CardSettings {
    /// Up to this age a value is served without asking.
    pub fresh: Duration,
    /// How long a reader waits for a new value while there is an old one.
    pub patience: Duration,
    /// Up to this age an old value may stand in for an ERP that does not answer.
    pub keep: Duration,
    /// Within this time an answer goes out, with whatever is there.
    pub answer_within: Duration,
    /// How long what the database said is remembered, where another process may write to it.
    pub remember: Duration,
    /// Bytes of all caches of what was read from outside together, roughly.
    pub cache_bytes: u64,
}

/// Everything the card can do. Cheap to clone.
#[derive(Clone)]
pub struct Cards(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    ring: KeyRing,
    connectors: Arc<dyn Connectors>,
    settings: CardSettings,
    portals: Remembered<PortalId, PortalView>,
    rows: Remembered<(PortalId, RecordRef), RecordRows>,
    links_around: Remembered<(PortalId, RecordRef, u64), Vec<Link>>,
    facts: Facts,
    people: People,
    reads: Reads,
    views: moka::sync::Cache<(PortalId, RecordRef), Arc<View>>,
    counts: Vec<(&'static str, Arc<Counts>)>,
    /// Writes that a caller who left must not stop.
    writes: TaskTracker,
}

impl Cards {
    /// Cards over this database, these connectors and this HubSpot.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        ring: KeyRing,
        connectors: Arc<dyn Connectors>,
        hubspot: HubSpot,
        settings: CardSettings,
    ) -> Self {
        let mut counts = ReadCounts(Vec::new());
        let lifetimes = reads::lifetimes(settings.fresh, settings.patience, settings.keep);
        let part = |percent: u64| settings.cache_bytes / 100 * percent;
        let facts_counts = Arc::<Counts>::default();
        let people_counts = Arc::<Counts>::default();
        counts.0.push(("hubspot", Arc::clone(&facts_counts)));
        counts.0.push(("users", Arc::clone(&people_counts)));
        let weigh = |_: &(PortalId, RecordRef), view: &Arc<View>| u32::try_from(view::bytes(view)).unwrap_or(u32::MAX);
        let views = moka::sync::Cache::builder().max_capacity(part(35)).weigher(weigh).time_to_live(settings.keep);
        Self(Arc::new(Inner {
            portals: Remembered::new(10_000, settings.remember),
            rows: Remembered::new(50_000, settings.remember),
            links_around: Remembered::new(10_000, settings.remember),
            facts: Facts::new(hubspot.clone(), part(4), lifetimes, &clock, facts_counts),
            people: People::new(hubspot, part(1), &clock, people_counts),
            reads: Reads::new(part(60), lifetimes, &clock, &mut counts),
            views: views.build(),
            counts: counts.0,
            writes: TaskTracker::new(),
            db,
            clock,
            ring,
            connectors,
            settings,
        }))
    }

    /// Cache counters by the cache's name.
    #[must_use]
    pub fn counts(&self) -> &[(&'static str, Arc<Counts>)] {
        &self.0.counts
    }

    /// What was remembered of portals and connections is old: somebody changed them outside of this type.
    pub fn portals_changed(&self) {
        self.0.portals.changed();
    }

    /// What was remembered of records, their associations and links is old: HubSpot's records changed.
    pub fn records_changed(&self, portal: PortalId, records: &[RecordRef]) {
        self.0.rows.changed();
        self.0.links_around.changed();
        for record in records {
            self.0.facts.forget(portal, *record);
        }
    }

    /// An administrator changed a connection: what its ERP said may mean something else now.
    pub fn connection_changed(&self, connection: ConnectionId) {
        self.0.reads.drop_connection(connection);
        self.0.views.invalidate_all();
        self.portals_changed();
    }

    /// A connection is gone: nothing that its ERP said stays in memory.
    pub fn connection_gone(&self, connection: ConnectionId) {
        self.0.reads.drop_connection(connection);
        // Views hold rows of several connections each, so all of them go.
        self.0.views.invalidate_all();
        self.0.rows.changed();
        self.0.links_around.changed();
        self.portals_changed();
        self.0.connectors.forget(connection);
    }

    /// A portal is gone: nothing that HubSpot said of it stays in memory.
    pub fn portal_gone(&self, portal: PortalId) {
        self.0.facts.drop_portal(portal);
        self.0.people.forget(portal);
        self.0.views.invalidate_all();
        self.0.rows.changed();
        self.0.links_around.changed();
        self.portals_changed();
    }

    /// Waits for writes that are under way, for a graceful stop.
    pub async fn finish(&self) {
        self.0.writes.close();
        self.0.writes.wait().await;
    }
}
