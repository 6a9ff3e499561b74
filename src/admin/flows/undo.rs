//! Undoing a run: what it would come to, and asking for it. The flow is off from then on, and its worker does it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::time::Instant;

use super::{
    Done,
    rules::{by as within, of_hubspot},
    steer::Steered,
    stopping,
    view::{Seen, undo_until},
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{ObjectId, PortalId, RunId},
        record::{ObjectType, RecordRef},
    },
    erp::Lane,
    in_tx,
    store::{
        activity::{self, Activity, What},
        connections::ConnectionStatus,
        flows::{self, FlowStatus},
        runs::{self, NewRun, Run, RunCause, RunKind},
    },
    sync::work::{Span, old_values},
};

/// So many changed records are looked at for edits since.
const LOOKED_AT: usize = 200;
/// So many entries are read at once.
const AT_ONCE: u32 = 1_000;

/// What undoing a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UndoPlan {
    /// Records that it made and that would be archived.
    pub archive: u64,
    /// Records that it linked and that would be unlinked.
    pub unlink: u64,
    /// Records that it changed and that would get their old values back.
    pub restore: u64,
    /// Of the first 200 of these, the ones that somebody edited since: those edits stay.
    pub edited_since: Vec<EditedView>,
    /// How many of them there are.
    pub edited_count: u64,
    /// How many were looked at for edits.
    pub looked_at: u64,
    /// Until when it can be undone.
    pub expires_at: Millis,
}

/// A record that somebody edited since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EditedRecord)]
pub struct EditedView {
    /// Its type.
    pub object_type_id: ObjectType,
    /// Which.
    pub object_id: ObjectId,
    /// Its page.
    #[schema(required = true)]
    pub object_url: Option<String>,
    /// The properties.
    pub fields: Vec<String>,
}

/// What a run did.
#[derive(Default)]
struct Did {
    made: BTreeSet<RecordRef>,
    linked: BTreeSet<RecordRef>,
    changed: BTreeSet<RecordRef>,
    /// The changes of the first records, the newest first.
    first: Vec<Activity>,
}

const NOT_UNDOABLE: &str = "this run cannot be undone: it goes on, did nothing in HubSpot, was undone already, or is older \
                            than 30 days";
const NOT_ACTIVE: &str = "the connection of this flow is paused or was ended; resume or connect it, then undo the run";

impl Admin {
    /// What undoing a run would do. Of many changed records the first are looked at for edits since.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] for one that cannot be undone;
    /// [`AdminError::Unavailable`] when HubSpot does not tell.
    pub async fn plan_undo(&self, by: &Administrator, id: RunId, until: Instant) -> Result<UndoPlan, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let read = in_tx!(self.db, read "a run to undo", |tx| {
            let Some(run) = runs::get(tx, portal, id).await? else { return Ok(None) };
            Ok(Some((run.clone(), Seen::of(tx, run).await?)))
        })?;
        let (run, seen) = read.ok_or(AdminError::NoSuch("run"))?;
        if !seen.is_undoable(now) {
            return Err(AdminError::Conflict(NOT_UNDOABLE.to_owned()));
        }
        let did = self.what_it_did(portal, id).await?;
        let (pages, _) = self.pages(portal).await?;
        let edited = within(until, self.edited(portal, &run, &did.first)).await?;
        let looked_at = did.first.iter().filter_map(Activity::record).collect::<BTreeSet<_>>().len();
        let views = edited.into_iter().map(|(record, fields)| EditedView {
            object_type_id: record.object_type,
            object_id: record.object_id,
            object_url: pages.of_record(record),
            fields: fields.into_iter().collect(),
        });
        let edited_since: Vec<EditedView> = views.collect();
        Ok(UndoPlan {
            archive: did.made.len() as u64,
            unlink: did.linked.len() as u64,
            restore: did.changed.len() as u64,
            edited_count: edited_since.len() as u64,
            edited_since,
            looked_at: looked_at as u64,
            expires_at: undo_until(&run),
        })
    }

    async fn what_it_did(&self, portal: PortalId, run: RunId) -> Result<Did, AdminError> {
        let (mut did, mut before) = (Did::default(), None);
        loop {
            let some = in_tx!(self.db, read "what a run did", |tx| {
                activity::of_run(tx, portal, run, before, AT_ONCE).await
            })?;
            let Some(last) = some.last() else { break };
            before = Some(last.id);
            for one in some {
                did.take(one);
            }
        }
        did.changed = &did.changed - &did.made;
        Ok(did)
    }

    /// The records of these changes that somebody edited since, with the properties.
    async fn edited(
        &self,
        portal: PortalId,
        run: &Run,
        changes: &[Activity],
    ) -> Result<BTreeMap<RecordRef, BTreeSet<String>>, AdminError> {
        let mut by_type: BTreeMap<ObjectType, (BTreeSet<ObjectId>, BTreeSet<&str>)> = BTreeMap::new();
        for (record, one) in changes.iter().filter_map(|one| Some((one.record()?, one))) {
            let (ids, names) = by_type.entry(record.object_type).or_default();
            ids.insert(record.object_id);
            names.extend(one.fields.iter().map(String::as_str));
        }
        let asking = by_type.into_iter().map(async |(object, (ids, names))| {
            let (ids, names): (Vec<ObjectId>, Vec<&str>) = (ids.into_iter().collect(), names.into_iter().collect());
            let found = self.hubspot.with_history(Lane::Card, portal, object, &ids, &names).await;
            found.map(|found| (object, found)).map_err(|error| of_hubspot(&error))
        });
        let found = try_join_all(asking).await?;
        let now = self.clock.now();
        let mut edited: BTreeMap<RecordRef, BTreeSet<String>> = BTreeMap::new();
        for (object_type, records) in &found {
            for remembered in records {
                let record = RecordRef { object_type: *object_type, object_id: remembered.record.id };
                for one in changes.iter().filter(|one| one.record() == Some(record)) {
                    let (app, began, last) = (self.settings.app_id, run.started_at, one.at);
                    let (_, fields) = old_values(remembered, &one.fields, Span { app, began, last, now });
                    if !fields.is_empty() {
                        edited.entry(record).or_default().extend(fields);
                    }
                }
            }
        }
        Ok(edited)
    }

    /// Has a run undone. Asking twice undoes it once.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] for one that cannot be undone.
    pub async fn undo(&self, by: &Administrator, id: RunId) -> Result<Done, AdminError> {
        let (portal, now, new) = (by.who().portal, self.clock.now(), RunId(self.clock.new_id()));
        let steered = in_tx!(self.db, "undo a run", |tx| {
            let Some(run) = runs::get(tx, portal, id).await? else { return Ok(Steered::NoSuch("run")) };
            let Some(named) = super::named(tx, portal, run.flow_id).await? else { return Ok(Steered::NoSuch("flow")) };
            if runs::undoing(tx, portal, id).await?.iter().any(|undo| undo.state == runs::RunState::Running) {
                return Ok(Steered::Well);
            }
            if !Seen::of(tx, run).await?.is_undoable(now) {
                return Ok(Steered::Against(NOT_UNDOABLE));
            }
            if named.connection.status != ConnectionStatus::Active {
                return Ok(Steered::Against(NOT_ACTIVE));
            }
            // Nothing of it is to be done again meanwhile.
            let flow_id = named.flow.id;
            stopping::stop_runs(tx, &named.flow, now).await?;
            let (kind, cause, asked_by, of_run) = (RunKind::Undo, RunCause::Hand, Some(by.who().user), Some(id));
            let begun = NewRun { id: new, portal_id: portal, flow_id, kind, cause, phase: "begins", asked_by, of_run };
            runs::begin(tx, begun, now).await?;
            // However the undo ends, nothing begins by itself after it.
            flows::set_status(tx, portal, flow_id, FlowStatus::Off, now).await?;
            flows::make_due(tx, portal, flow_id, now).await?;
            Ok(Steered::Well)
        })?;
        steered.told()?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, run = %id, "a run is to be undone");
        Ok(Done {})
    }
}

impl Did {
    fn take(&mut self, one: Activity) {
        let Some(record) = one.record() else { return };
        match one.what {
            What::Created => {
                self.made.insert(record);
            }
            What::Linked => {
                self.linked.insert(record);
            }
            _ => {}
        }
        if matches!(one.what, What::Linked | What::Updated) && !one.fields.is_empty() {
            self.changed.insert(record);
            if self.first.len() < LOOKED_AT {
                self.first.push(one);
            }
        }
    }
}
