//! One claimed flow, from its claim to its release.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use tokio_util::sync::CancellationToken;

use super::{
    Flows,
    begin::{self, Begun},
    brake::{Brake, Leave},
    lease::Lease,
    plans::Prepared,
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::{ids::PortalId, record::ObjectType},
    erp::{Erp, Tally, guard, source::SourceRecord},
    in_tx,
    store::{
        StoreError, Tx,
        connections::{self, Connection, ConnectionStatus},
        flows::{self, Flow, FlowStatus, Outcome},
        parked,
        runs::{self, Counts, Run, RunKind, RunState},
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

    /// Whether the flow is still ours; it stays so until the transaction ends. Asked first in every one that writes.
    pub(super) async fn hold(&self, tx: &mut Tx, now: Millis) -> Result<bool, StoreError> {
        flows::hold(tx, self.flow.id, self.lease.fence, now).await
    }

    /// Between two pages and before what is written next: ends where an administrator asked for it.
    pub(super) async fn heed(&self) -> Result<(), Trouble> {
        if self.asked_to_stop().await? { Err(Trouble::Stopped) } else { Ok(()) }
    }

    /// Whether an administrator asked for an end, by the switch or for this run. An undo works in a flow that is off.
    async fn asked_to_stop(&self) -> Result<bool, Trouble> {
        let (portal, flow, run) = (self.portal(), self.flow.id, self.run.id);
        let (now, run) = in_tx!(self.sync.db, read "whether a flow is to stop", |tx| {
            Ok((flows::get(tx, portal, flow).await?, runs::get(tx, portal, run).await?))
        })?;
        let switched = now.is_none_or(|now| now.stop_asked || now.status != self.flow.status);
        let off = switched && self.run.kind != RunKind::Undo;
        Ok(off || self.stop.is_cancelled() || run.is_none_or(|run| run.cancel_asked))
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
            // What a person asked for once is done although one side is out of order for a while.
            Err(trouble) if self.is_asked_once() && trouble.passes() => return Ok(()),
            Err(_) => RunState::Failed,
        };
        let trouble = ended.as_ref().err().map(Trouble::code);
        // A round that found nothing is known by it that its counts are nought, and goes when the next one ends.
        let counted = self.counts();
        let nothing = Counts { calls: 0, ..counted } == Counts::default();
        let counts = if nothing { Counts::default() } else { counted };
        let (portal, run, now) = (self.portal(), self.run.id, self.now());
        let (flow, fence, harmed) = (self.flow.id, self.lease.fence, self.brake.harmed());
        in_tx!(self.sync.db, "end a run", |tx| {
            if flows::hold(tx, flow, fence, now).await? {
                runs::remember(tx, portal, run, None, harmed).await?;
                runs::end(tx, portal, run, state, counts, trouble, now).await?;
                runs::drop_empty(tx, portal, flow, run).await?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Whether it is a run that no other would replace.
    fn is_asked_once(&self) -> bool {
        self.run.kind == RunKind::Undo || self.brake.is_lifted()
    }

    /// How the flow stands after the round: the brake that holds goes on holding whatever hints came to, and it holds again where
    /// somebody cancels the run for which it was lifted.
    fn standing(&self, ended: Result<Round, Trouble>) -> Result<Round, Trouble> {
        let stopped = matches!(ended, Err(Trouble::Stopped));
        if self.stop.is_cancelled() || matches!(ended, Err(Trouble::Lost)) {
            return ended;
        }
        if self.brake.is_closed() || (self.brake.is_lifted() && stopped) { Err(Trouble::Braked) } else { ended }
    }
}

impl Flows {
    /// Works one round of a claimed flow and gives it back.
    pub(super) async fn work(&self, flow: Flow, stop: &CancellationToken) {
        let lease = Lease::claimed(&flow);
        let keeping = lease.keep(self);
        let tally = Tally::default();
        let worked = tally.over(async {
            let session = self.open(flow.clone(), lease.clone(), stop.clone(), tally.clone()).await?;
            let ended = session.round().await;
            session.end_run(&ended).await?;
            session.standing(ended)
        });
        let (held, clock) = (lease.clone(), self.clock.clone());
        let worked = guard::under(Arc::new(move || held.covers_a_call(&clock)), worked);
        let ended = tokio::select! {
            ended = worked => ended,
            () = keeping => Err(Trouble::Lost),
        };
        if ended.is_err() {
            // What the page made before it failed is not among the records that are at hand.
            self.plans.outdate_alike(flow.id);
        }
        // A call that was held back for that says so in other words.
        let over = ended.is_err() && lease.is_over(&self.clock);
        self.give_back(&flow, &lease, if over { Err(Trouble::Lost) } else { ended }, stop).await;
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
        let Begun { run, harmed } = self.begin_run(&flow, &lease).await?;
        let permitted = match begin::is_braked(&flow) {
            _ if flow.brake_lifted_run == Some(run.id) => Leave::Lifted,
            true if !matches!(run.kind, RunKind::Undo | RunKind::Preview) => Leave::None,
            _ => Leave::Share,
        };
        Ok(Session {
            sync: self.clone(),
            any_parked: AtomicBool::new(parked > 0),
            reading_alike: tokio::sync::Mutex::default(),
            hasher: Hasher::new(self.ring.clone(), flow.connection_id),
            brake: Brake::new(policies.brake_share, permitted, u64::try_from(harmed).unwrap_or(0)),
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

    /// Gives the flow back, due when it should be.
    async fn give_back(&self, flow: &Flow, lease: &Lease, ended: Result<Round, Trouble>, stop: &CancellationToken) {
        let now = self.clock.now();
        // One that was claimed for its hints alone keeps its time.
        let for_hints = flow.due_at.is_some();
        let rest = if for_hints { None } else { next_due(flow, now) };
        let (due_at, outcome) = match &ended {
            Ok(Round::Complete) => (rest, Outcome::Worked),
            Ok(Round::More) => (Some(now), Outcome::Worked),
            Err(Trouble::Stopped) if !stop.is_cancelled() => (rest, Outcome::LeftOff),
            Err(Trouble::Stopped | Trouble::Lost) => (Some(now), Outcome::LeftOff),
            Err(trouble) => (trouble.due(flow.failures, now), Outcome::Failed { trouble: trouble.code() }),
        };
        if let Err(trouble) = &ended {
            let (flow, portal) = (flow.id, flow.portal_id);
            tracing::warn!(%flow, %portal, code = trouble.code(), %trouble, "working a flow stopped");
        }
        let (id, fence, portal) = (flow.id, lease.fence, flow.portal_id);
        let failed = matches!(outcome, Outcome::Failed { .. });
        let released = in_tx!(self.db, "give a flow back", |tx| {
            // What a person asked for beside it does not wait for the schedule.
            let running = runs::running(tx, portal, id).await?;
            let waits = !failed && begin::chosen(flow, &running).is_some();
            // Other trouble does not make the brake forgotten.
            let lifted = running.iter().any(|run| Some(run.id) == flow.brake_lifted_run);
            let outcome = match outcome {
                Outcome::Failed { .. } if begin::is_braked(flow) && !lifted => Outcome::Failed { trouble: "braked" },
                other => other,
            };
            let due_at = match due_at {
                Some(at) if for_hints && failed => {
                    flows::hinted(tx, id, at).await?;
                    None
                }
                _ if waits => Some(now),
                other => other,
            };
            flows::release(tx, id, fence, due_at, outcome, now).await
        });
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
