//! What flows were compiled to, and what is kept in memory between their rounds.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Flows, alike::Alike, item::names, trouble::Trouble};
use crate::{
    clock::Millis,
    domain::{ids::FlowId, record::ObjectType},
    erp::{
        Erp, Lane,
        source::{Kind, Wanted},
    },
    hubspot::properties::OWN_PROPERTY,
    store::{connections::Connection, flows::Flow},
    sync::{
        defaults,
        flow::FlowDefault,
        mapping::{MappingDoc, Plan, TargetPlan},
    },
};

/// How long fields and properties are believed to be what they were.
const FRESH: Duration = Duration::from_mins(10);
/// How long a portal's records are kept at hand: through most first syncs, since reading them again costs as many calls as
/// writing tens of thousands.
const AT_HAND: Duration = Duration::from_hours(1);

/// A flow's rules, compiled for one account and one portal.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What flows.
    pub kind: Kind,
    /// What it becomes.
    pub targets: Vec<Arc<TargetPlan>>,
    /// What is asked of the ERP.
    pub wanted: Wanted,
}

impl Prepared {
    /// The properties of a type that the mapping reads or writes, and ours.
    pub(super) fn properties_of(&self, object: ObjectType) -> Vec<String> {
        let targets = self.targets.iter().filter(|target| target.object() == object);
        targets.flat_map(|target| names(target, &[OWN_PROPERTY])).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The memory of all flows.
#[derive(Debug, Default)]
pub struct Plans {
    prepared: Mutex<HashMap<FlowId, Compiled>>,
    alike: Mutex<HashMap<(FlowId, ObjectType), (Millis, AtHand)>>,
}

/// Rules that were compiled.
#[derive(Debug)]
struct Compiled {
    rules_version: i64,
    at: Millis,
    prepared: Arc<Prepared>,
}

/// A portal's records, or that there are too many of them.
#[derive(Debug, Clone)]
pub(super) enum AtHand {
    /// These.
    All(Arc<Alike>),
    /// Too many.
    TooMany,
}

impl Plans {
    /// The compiled rules of a flow.
    pub(super) async fn of(
        &self,
        sync: &Flows,
        flow: &Flow,
        connection: &Connection,
        erp: &dyn Erp,
    ) -> Result<Arc<Prepared>, Trouble> {
        let now = sync.clock.now();
        self.forget_alike(|_, at, known| now.since(at) < known.lasts());
        if let Some(known) = self.known(flow, now) {
            return Ok(known);
        }
        let default = defaults::of(&connection.system, &flow.key)
            .ok_or_else(|| Trouble::Rules(format!("{} has no flow \"{}\"", connection.system, flow.key)))?;
        let prepared = Arc::new(prepare(sync, flow, default, erp).await?);
        let entry = Compiled { rules_version: flow.rules_version, at: now, prepared: Arc::clone(&prepared) };
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(flow.id, entry);
        Ok(prepared)
    }

    fn known(&self, flow: &Flow, now: Millis) -> Option<Arc<Prepared>> {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        let known = prepared.get(&flow.id)?;
        let fits = known.rules_version == flow.rules_version && now.since(known.at) < FRESH;
        fits.then(|| Arc::clone(&known.prepared))
    }

    /// Has a flow's rules compiled anew: one side's fields are not what they were.
    pub(super) fn forget(&self, flow: FlowId) {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).remove(&flow);
    }

    /// What was read of a portal's records for finding what is alike.
    pub(super) fn alike(&self, flow: FlowId, object: ObjectType, now: Millis) -> Option<AtHand> {
        let alike = self.alike.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = alike.get(&(flow, object))?;
        (now.since(*at) < known.lasts()).then(|| known.clone())
    }

    /// Keeps it, or that there is too much of it.
    pub(super) fn put_alike(&self, flow: FlowId, object: ObjectType, alike: AtHand, now: Millis) {
        let mut all = self.alike.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((flow, object), (now, alike));
    }

    /// Forgets the records, not that there are too many: a page made some of which nothing was kept.
    pub(super) fn outdate_alike(&self, flow: FlowId) {
        self.forget_alike(|of, _, known| of != flow || matches!(known, AtHand::TooMany));
    }

    /// Forgets it: the flow has seen every row.
    pub(super) fn drop_alike(&self, flow: FlowId) {
        self.forget_alike(|of, _, _| of != flow);
    }

    fn forget_alike(&self, keep: impl Fn(FlowId, Millis, &AtHand) -> bool) {
        let mut all = self.alike.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(flow, _), (at, known)| keep(*flow, *at, known));
    }
}

impl AtHand {
    /// How long it is believed. A portal does not lose most of its records; to read them all again only to see that would
    /// cost hundreds of calls.
    const fn lasts(&self) -> Duration {
        match self {
            Self::All(_) => AT_HAND,
            Self::TooMany => Duration::from_hours(24),
        }
    }
}

async fn prepare(sync: &Flows, flow: &Flow, default: &FlowDefault, erp: &dyn Erp) -> Result<Prepared, Trouble> {
    let doc = flow.mapping.clone().map(serde_json::from_value::<MappingDoc>).transpose();
    let doc = doc.map_err(|error| Trouble::Rules(format!("the stored mapping cannot be read: {error}")))?;
    let fields = erp.fields(Lane::Background, default.kind).await?;
    let mut properties = BTreeMap::new();
    for object in default.targets.iter().map(|target| target.object) {
        if let Entry::Vacant(open) = properties.entry(object) {
            sync.hubspot.ensure_own_property(Lane::Background, flow.portal_id, object).await?;
            open.insert(sync.hubspot.fields(Lane::Background, flow.portal_id, object).await?);
        }
    }
    let plan = Plan::of(&default.targets, doc.as_ref(), &fields, &properties)
        .map_err(|faults| Trouble::Rules(format!("{} rows of its mapping cannot be used", faults.len())))?;
    let wanted = Wanted { kind: default.kind, fields: plan.fields().iter().cloned().collect() };
    let targets = plan.targets().iter().cloned().map(Arc::new).collect();
    Ok(Prepared { kind: default.kind, targets, wanted })
}
