//! One claimed flow, from its claim to its release.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use tokio_util::sync::CancellationToken;

use super::{Flows, brake::Brake, lease::Lease, plans::Prepared, trouble::Trouble};
use crate::{
    clock::Millis,
    domain::{
        ids::{PortalId, RunId},
        record::ObjectType,
    },
    erp::{Erp, Tally, source::SourceRecord},
    in_tx,
    store::{
        connections::{self, Connection, ConnectionStatus},
        flows::{self, Flow, FlowStatus, Outcome},
        parked,
        runs::{self, Counts, NewRun, Run, RunCause, RunKind, RunState},
    },
    sync::{
        bases::Hasher,
        flow::Policies,
        mapping::{RowFault, TargetPlan},
    },
};

/// A claimed flow with all that it is worked with.
pub(super) struct Session {
    pub(super) sync: Flows,
    pub(super) flow: Flow,
    pub(super) lease: Lease,
    pub(super) connection: Connection,
    pub(super) erp: Arc<dyn Erp>,
    pub(super) policies: Policies,
    pub(super) plan: Arc<Prepared>,
    pub(super) hasher: Hasher,
    pub(super) run: Run,
    pub(super) brake: Brake,
    /// Whether anything is parked at present: then what succeeds is looked for there.
    pub(super) any_parked: AtomicBool,
    /// Held while all records of a portal are read.
    pub(super) reading_alike: tokio::sync::Mutex<()>,
    stop: CancellationToken,
    counts: Mutex<Counts>,
    /// The calls of this round.
    tally: Tally,
}

impl Session {
    pub(super) fn portal(&self) -> PortalId {
        self.flow.portal_id
    }

    pub(super) fn now(&self) -> Millis {
        self.sync.clock.now()
    }

    /// Whether it counts only.
    pub(super) fn dry(&self) -> bool {
        self.flow.status == FlowStatus::Preview
    }

    /// What stands before kind and id in `ledgercard_key`.
    pub(super) fn key_prefix(&self) -> String {
        format!("{}:{}", self.connection.system, self.connection.account_id)
    }

    /// Adds to what the run has done.
    pub(super) fn count(&self, add: impl FnOnce(&mut Counts)) {
        add(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What the run has done so far.
    pub(super) fn counts(&self) -> Counts {
        let counted = *self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        Counts { calls: self.run.counts.calls + self.tally.calls(), ..counted }
    }

    /// Whether it may begin another call: not after a stop, nor when the lease ends too soon.
    pub(super) fn may_call(&self) -> Result<(), Trouble> {
        if self.stop.is_cancelled() {
            return Err(Trouble::Stopped);
        }
        if !self.lease.covers_a_call(&self.sync.clock) {
            return Err(Trouble::Lost);
        }
        Ok(())
    }

    /// Whether an administrator asked for an end, by the switch or for this run.
    pub(super) async fn asked_to_stop(&self) -> Result<bool, Trouble> {
        let (portal, flow) = (self.portal(), self.flow.id);
        let now = in_tx!(self.sync.db, read "whether a flow is to stop", |tx| { flows::get(tx, portal, flow).await })?;
        let off = now.is_none_or(|now| now.stop_asked || now.status != self.flow.status);
        Ok(off || self.run_cancelled().await?)
    }

    /// Whether somebody cancelled this run, or the program stops.
    pub(super) async fn run_cancelled(&self) -> Result<bool, Trouble> {
        let (portal, run) = (self.portal(), self.run.id);
        let run = in_tx!(self.sync.db, read "whether a run is cancelled", |tx| { runs::get(tx, portal, run).await })?;
        Ok(self.stop.is_cancelled() || run.is_none_or(|run| run.cancel_asked))
    }

    /// Whether a record is one for this target.
    pub(super) fn wants(&self, target: &TargetPlan, source: &SourceRecord) -> Result<bool, RowFault> {
        let mailbox = target.belongs_to().is_some();
        Ok((!mailbox || self.policies.mailbox) && target.applies(source)?)
    }

    /// The types of HubSpot records that the flow is about.
    pub(super) fn objects(&self) -> BTreeSet<ObjectType> {
        self.plan.targets.iter().map(|target| target.object()).collect()
    }

    /// Ends the run, unless it goes on in the next round.
    async fn end_run(&self, ended: &Result<Round, Trouble>) -> Result<(), Trouble> {
        let state = match ended {
            Ok(Round::More) | Err(Trouble::Lost) => return Ok(()),
            Ok(Round::Complete) => RunState::Done,
            // The program stops; the next one goes on with it.
            Err(Trouble::Stopped) if self.stop.is_cancelled() => return Ok(()),
            Err(Trouble::Stopped) => RunState::Cancelled,
            Err(Trouble::Braked) => RunState::Braked,
            Err(_) => RunState::Failed,
        };
        let trouble = ended.as_ref().err().map(Trouble::code);
        // A round that found nothing is known by it that its counts are nought, and goes when the next one ends.
        let counted = self.counts();
        let nothing = Counts { calls: 0, ..counted } == Counts::default();
        let counts = if nothing { Counts::default() } else { counted };
        let (portal, run, now) = (self.portal(), self.run.id, self.now());
        let (flow, fence) = (self.flow.id, self.lease.fence);
        in_tx!(self.sync.db, "end a run", |tx| {
            if flows::hold(tx, flow, fence, now).await? {
                runs::end(tx, portal, run, state, counts, trouble, now).await?;
                runs::drop_empty(tx, portal, flow, run).await?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl Flows {
    /// Works one round of a claimed flow and gives it back.
    pub(super) async fn work(&self, flow: Flow, stop: &CancellationToken) {
        let lease = Lease::claimed(flow.id, flow.fence, self.clock.now());
        let keeping = lease.keep(self);
        let tally = Tally::default();
        let worked = tally.over(async {
            let session = self.open(flow.clone(), lease.clone(), stop.clone(), tally.clone()).await?;
            let ended = session.round().await;
            session.end_run(&ended).await?;
            ended
        });
        let ended = tokio::select! {
            ended = worked => ended,
            () = keeping => Err(Trouble::Lost),
        };
        self.give_back(&flow, &lease, ended).await;
    }

    /// Sets everything up that a round needs.
    async fn open(&self, flow: Flow, lease: Lease, stop: CancellationToken, tally: Tally) -> Result<Session, Trouble> {
        let (portal, id) = (flow.portal_id, flow.connection_id);
        let (connection, parked) = in_tx!(self.db, read "what a flow runs on", |tx| {
            let connection = connections::get(tx, portal, id).await?;
            Ok((connection, parked::count(tx, portal, flow.id).await?))
        })?;
        let connection = connection
            .filter(|connection| connection.status == ConnectionStatus::Active)
            .ok_or_else(|| Trouble::Connection("it is not active".to_owned()))?;
        let erp = (self.connect)(&connection).map_err(Trouble::Connection)?;
        let policies: Policies = serde_json::from_value(flow.settings.clone())
            .map_err(|error| Trouble::Rules(format!("its settings do not fit: {error}")))?;
        let plan = self.plans.of(self, &flow, &connection, erp.as_ref()).await?;
        let run = self.begin_run(&flow, &lease).await?;
        let lifted = flow.brake_lifted_run == Some(run.id);
        Ok(Session {
            sync: self.clone(),
            any_parked: AtomicBool::new(parked > 0),
            reading_alike: tokio::sync::Mutex::default(),
            hasher: Hasher::new(self.ring.clone(), flow.connection_id),
            brake: Brake::new(policies.brake_share, lifted),
            counts: Mutex::new(run.counts),
            flow,
            lease,
            connection,
            erp,
            policies,
            plan,
            run,
            stop,
            tally,
        })
    }

    /// The run of this round: one that waits or was left by a process that died, the oldest first, or a new one.
    async fn begin_run(&self, flow: &Flow, lease: &Lease) -> Result<Run, Trouble> {
        let (id, now) = (RunId(self.clock.new_id()), self.clock.now());
        let kind = if flow.status == FlowStatus::Preview { RunKind::Preview } else { RunKind::Sync };
        let begun = in_tx!(self.db, "begin a run", |tx| {
            if !flows::hold(tx, flow.id, lease.fence, now).await? {
                return Ok(None);
            }
            let waiting = runs::running(tx, flow.portal_id, flow.id).await?;
            let fits = |run: &&Run| (run.kind == RunKind::Preview) == (kind == RunKind::Preview);
            if let Some(run) = waiting.iter().find(fits) {
                return Ok(Some(run.clone()));
            }
            let new = NewRun {
                id,
                portal_id: flow.portal_id,
                flow_id: flow.id,
                kind,
                cause: RunCause::Schedule,
                phase: "begins",
                asked_by: None,
                of_run: None,
            };
            runs::begin(tx, new, now).await?;
            runs::get(tx, flow.portal_id, id).await
        })?;
        begun.ok_or(Trouble::Lost)
    }

    /// Gives the flow back, due when it should be.
    async fn give_back(&self, flow: &Flow, lease: &Lease, ended: Result<Round, Trouble>) {
        let now = self.clock.now();
        let (due_at, outcome) = match &ended {
            Ok(Round::Complete) => (next_due(flow, now), Outcome::Worked),
            Ok(Round::More) => (Some(now), Outcome::Worked),
            Err(Trouble::Stopped | Trouble::Lost) => (Some(now), Outcome::LeftOff),
            Err(trouble) => (trouble.due(flow.failures, now), Outcome::Failed { trouble: trouble.code() }),
        };
        if let Err(trouble) = &ended {
            let (flow, portal) = (flow.id, flow.portal_id);
            tracing::warn!(%flow, %portal, code = trouble.code(), %trouble, "working a flow stopped");
        }
        let (id, fence) = (flow.id, lease.fence);
        let released =
            in_tx!(self.db, "give a flow back", |tx| { flows::release(tx, id, fence, due_at, outcome, now).await });
        match released {
            Ok(true) => {}
            Ok(false) => tracing::warn!(flow = %id, "a flow was somebody else's when it was given back"),
            Err(error) => tracing::warn!(flow = %id, %error, "a flow could not be given back; its lease will end"),
        }
    }
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// There is nothing left to do.
    Complete,
    /// Its time is up, and others wait.
    More,
}

/// When a flow comes due by its schedule after a round that ended `now`; a preview counts once.
fn next_due(flow: &Flow, now: Millis) -> Option<Millis> {
    let policies: Policies = serde_json::from_value(flow.settings.clone()).unwrap_or_default();
    (flow.status != FlowStatus::Preview).then(|| policies.schedule.next(now))
}
