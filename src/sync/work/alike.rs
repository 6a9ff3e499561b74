//! All records of a portal, at hand while a flow meets it for the first time: for finding what is alike, and companies by
//! their domain, without a search for each row.
//!
//! Promise: it lives in memory until the flow has seen every row, an hour at most, and only for portals of up to [`MOST`]
//! records; beyond that, nothing that is merely alike is looked for.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{parties, plans::AtHand, session::Session, trouble::Trouble};
use crate::{
    domain::{
        ids::ObjectId,
        record::{ObjectType, RecordRef},
    },
    erp::Lane,
    hubspot::properties::OWN_PROPERTY,
    in_tx,
    store::links,
    sync::matching::{Index, Party},
};

/// The most records that are kept at hand.
pub(super) const MOST: usize = 50_000;
/// No more records of one domain are looked at: ten leave a row as open as ten thousand with a mail provider's.
const OF_A_DOMAIN: usize = 10;

/// The records of one type.
pub(super) struct Alike {
    /// By what they are called.
    pub(super) index: Index<ObjectId>,
    domains: HashMap<String, Vec<ObjectId>>,
    linked: HashSet<ObjectId>,
    /// Our keys that records bear.
    keys: HashSet<String>,
}

impl std::fmt::Debug for Alike {
    /// What people are called is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alike({})", self.index.len())
    }
}

impl AtHand {
    /// The records, unless there are too many.
    fn all(self) -> Option<Arc<Alike>> {
        match self {
            Self::All(all) => Some(all),
            Self::TooMany => None,
        }
    }
}

impl Alike {
    /// Records with this domain.
    pub(super) fn with_domain(&self, domain: &str) -> impl Iterator<Item = ObjectId> {
        self.domains.get(domain).into_iter().flatten().copied().take(OF_A_DOMAIN)
    }

    /// Whether a record bears this key of ours.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether an ERP record writes to it already.
    pub(super) fn is_linked(&self, id: ObjectId) -> bool {
        self.linked.contains(&id)
    }
}

impl Session {
    /// The portal's records of a type, read once, as long as the flow has not seen every row; `None`: there are too many, or
    /// it has.
    pub(super) async fn alike(&self, object: ObjectType) -> Result<Option<Arc<Alike>>, Trouble> {
        if self.flow.first_done_at.is_some() && !self.dry() {
            return Ok(None);
        }
        if let Some(known) = self.known_alike(object) {
            return Ok(known.all());
        }
        // One at a time: the chunks of a page ask together.
        let _turn = self.reading_alike.lock().await;
        if let Some(known) = self.known_alike(object) {
            return Ok(known.all());
        }
        let read = self.read_alike(object).await?;
        let at_hand = read.map_or(AtHand::TooMany, |all| AtHand::All(Arc::new(all)));
        self.sync.plans.put_alike(self.flow.id, object, at_hand.clone(), self.now());
        Ok(at_hand.all())
    }

    /// What was read of them before, without reading.
    pub(super) fn alike_now(&self, object: ObjectType) -> Option<Arc<Alike>> {
        self.known_alike(object).and_then(AtHand::all)
    }

    fn known_alike(&self, object: ObjectType) -> Option<AtHand> {
        self.sync.plans.alike(self.flow.id, object, self.now())
    }

    async fn read_alike(&self, object: ObjectType) -> Result<Option<Alike>, Trouble> {
        let (mut parties, mut domains) = (Vec::<(ObjectId, Party)>::new(), HashMap::<String, Vec<ObjectId>>::new());
        let (mut linked, mut keys, mut after) = (HashSet::new(), HashSet::new(), None::<String>);
        let (hubspot, portal) = (&self.sync.hubspot, self.portal());
        loop {
            self.may_call()?;
            let page = hubspot.list(Lane::Background, portal, object, after.as_deref(), &parties::PROPERTIES).await?;
            let records: Vec<RecordRef> =
                page.records.iter().map(|record| RecordRef { object_type: object, object_id: record.id }).collect();
            let links = in_tx!(self.sync.db, read "links of a portal's records", |tx| {
                links::of_records(tx, portal, &records).await
            })?;
            linked.extend(links.into_iter().filter(|link| link.writes).map(|link| link.record.object_id));
            for record in &page.records {
                if let Some(domain) = record.value("domain") {
                    domains.entry(domain.to_lowercase()).or_default().push(record.id);
                }
                // Of a link that is kept it says nothing new. One that is not kept yet belongs to somebody all the same: the
                // other flow's page that made it is still being worked, or its process died.
                if let Some(key) = record.value(OWN_PROPERTY)
                    && linked.insert(record.id)
                {
                    keys.insert(key.to_owned());
                }
                parties.push((record.id, parties::of_record(object, record)));
            }
            if parties.len() > MOST {
                tracing::info!(portal = %portal, object = object.plural(), "too many records to look for what is alike");
                return Ok(None);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let index = Index::build(MOST, parties).map_err(|_| Trouble::Rules("too many records".to_owned()))?;
        Ok(Some(Alike { index, domains, linked, keys }))
    }
}
