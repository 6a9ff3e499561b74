//! Steering a flow: its switch, its policies, runs by hand, and going on after the brake.

use super::{
    Done, FlowAnswer, Named, named,
    stopping::{rest, switch_off},
    view,
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{FlowId, ObjectId, RunId, SourceId, UserId},
        record::{ObjectType, RecordRef},
    },
    hubspot::scopes,
    in_tx,
    store::{
        StoreError, Tx,
        connections::ConnectionStatus,
        flow_hints::{self, NewFlowHint},
        flows::{self, Flow, FlowStatus},
        links,
        parked::Side,
        portals,
        runs::{self, NewRun, RunCause, RunKind, RunState},
    },
    sync::flow::{Policies, Schedule, ToErp},
};

/// What is to be run by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunWanted {
    /// Everything that changed.
    All,
    /// A comparison of which records both sides have.
    Census,
    /// One record of the ERP.
    Source(SourceId),
    /// One record in HubSpot.
    Record(ObjectId),
}

/// Why a flow is not steered so.
pub(super) enum Steered {
    Well,
    NoSuch(&'static str),
    Against(&'static str),
}

impl Steered {
    pub(super) fn told(self) -> Result<(), AdminError> {
        match self {
            Self::Well => Ok(()),
            Self::NoSuch(what) => Err(AdminError::NoSuch(what)),
            Self::Against(why) => Err(AdminError::Conflict(why.to_owned())),
        }
    }
}

const NOT_ACTIVE: &str = "the connection of this flow is paused or was ended; resume or connect it first";
const UNDOING: &str = "a run of this flow is being undone; wait until that is done, or cancel it first";
const NOT_ON: &str = "this flow is not on; switch it on and start it first";
const NOT_COUNTED: &str = "the preview is not complete yet; wait until everything is counted, then start";
const MAY_NOT_WRITE: &str = "HubSpot does not let Ledgercard write contacts and companies: a super admin withheld these rights; install the app again and allow them, then start";
const NOT_LINKED: &str =
    "this HubSpot record is linked with no record of this flow, so there is nothing to bring in step";
const NOT_BRAKED: &str = "this run did not stop at the brake, or another one was begun since; reload the page";

impl Admin {
    /// Switches a flow on, so that it counts what it would do, or off, so that it stops at the next page and keeps everything.
    /// A preview that failed is counted again.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] while its connection is not active.
    pub async fn switch_flow(&self, by: &Administrator, id: FlowId, on: bool) -> Result<FlowAnswer, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let steered = in_tx!(self.db, "switch a flow", |tx| {
            let Some(Named { flow, connection, .. }) = named(tx, portal, id).await? else {
                return Ok(Steered::NoSuch("flow"));
            };
            if !on {
                switch_off(tx, &flow, now).await?;
                return Ok(Steered::Well);
            }
            if connection.status != ConnectionStatus::Active {
                return Ok(Steered::Against(NOT_ACTIVE));
            }
            let running = runs::running(tx, portal, id).await?;
            if running.iter().any(|run| run.kind == RunKind::Undo) {
                return Ok(Steered::Against(UNDOING));
            }
            let counts = !running.is_empty();
            let failed = flow.status == FlowStatus::Preview && !counts && !is_counted(&flow);
            if flow.status == FlowStatus::Off || failed {
                count_anew(tx, &flow, now).await?;
            }
            Ok(Steered::Well)
        })?;
        steered.told()?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, flow = %id, on, "a flow was switched");
        self.flow_view(portal, id).await
    }

    /// Starts a flow whose preview is complete.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] where it is off, not everything is counted, or HubSpot
    /// lets us write nothing.
    pub async fn start_flow(&self, by: &Administrator, id: FlowId) -> Result<FlowAnswer, AdminError> {
        let (portal, now, run) = (by.who().portal, self.clock.now(), RunId(self.clock.new_id()));
        let steered = in_tx!(self.db, "start a flow", |tx| {
            let Some(flow) = flows::get(tx, portal, id).await? else { return Ok(Steered::NoSuch("flow")) };
            match flow.status {
                FlowStatus::On => return Ok(Steered::Well),
                FlowStatus::Off => return Ok(Steered::Against(NOT_ON)),
                FlowStatus::Preview if !is_counted(&flow) => return Ok(Steered::Against(NOT_COUNTED)),
                FlowStatus::Preview => {}
            }
            let installed = portals::get(tx, portal).await?;
            let granted: Vec<String> =
                installed.and_then(|row| serde_json::from_value(row.scopes).ok()).unwrap_or_default();
            let missing = scopes::missing_optional(&granted);
            // Of an installation that was never looked at nothing is known; HubSpot will say.
            if !granted.is_empty() && missing.iter().any(|scope| scopes::WRITING.contains(scope)) {
                return Ok(Steered::Against(MAY_NOT_WRITE));
            }
            flows::set_status(tx, portal, id, FlowStatus::On, now).await?;
            begin(tx, &flow, run, RunKind::Sync, by.who().user, now).await?;
            Ok(Steered::Well)
        })?;
        steered.told()?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, flow = %id, "a flow was started");
        self.flow_view(portal, id).await
    }

    /// Decides about a flow. Where that may concern rows that were read before, all are looked at again.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for what cannot be; [`AdminError::NoSuch`] for another portal's.
    pub async fn set_policies(&self, by: &Administrator, id: FlowId, new: Policies) -> Result<FlowAnswer, AdminError> {
        check(&new)?;
        let (portal, now) = (by.who().portal, self.clock.now());
        let old = view::policies(&self.named_flow(portal, id).await?.flow)?;
        let again = concerns_rows(&old, &new);
        let settings = serde_json::to_value(&new).map_err(|error| AdminError::Inside(format!("policies: {error}")))?;
        let there = in_tx!(self.db, "set policies", |tx| {
            let there = flows::set_settings(tx, portal, id, &settings, now).await?;
            let Some(flow) = flows::get(tx, portal, id).await? else { return Ok(there) };
            match flow.status {
                FlowStatus::Preview => count_anew(tx, &flow, now).await?,
                _ if again => {
                    flows::start_over(tx, portal, id, now).await?;
                }
                _ => {
                    flows::make_due(tx, portal, id, now).await?;
                }
            }
            Ok(there)
        })?;
        if !there {
            return Err(AdminError::NoSuch("flow"));
        }
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, flow = %id, "a flow's policies were changed");
        self.flow_view(portal, id).await
    }

    /// Runs a flow by hand. One that runs already for the same is not begun twice.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] where the flow is not on or the record is none of
    /// its.
    pub async fn run_flow(&self, by: &Administrator, id: FlowId, wanted: &RunWanted) -> Result<FlowAnswer, AdminError> {
        let (portal, now, run) = (by.who().portal, self.clock.now(), RunId(self.clock.new_id()));
        let steered = in_tx!(self.db, "run a flow", |tx| {
            let Some(named) = named(tx, portal, id).await? else { return Ok(Steered::NoSuch("flow")) };
            if named.connection.status != ConnectionStatus::Active {
                return Ok(Steered::Against(NOT_ACTIVE));
            }
            if named.flow.status != FlowStatus::On {
                return Ok(Steered::Against(NOT_ON));
            }
            let kind = match wanted {
                RunWanted::All => RunKind::Sync,
                RunWanted::Census => {
                    flows::ask_census(tx, portal, id, now).await?;
                    RunKind::Census
                }
                RunWanted::Source(_) | RunWanted::Record(_) => {
                    if !leave_hints(tx, &named, wanted, now).await? {
                        return Ok(Steered::Against(NOT_LINKED));
                    }
                    RunKind::Record
                }
            };
            begin(tx, &named.flow, run, kind, by.who().user, now).await?;
            Ok(Steered::Well)
        })?;
        steered.told()?;
        self.flows.woken.wake();
        self.flow_view(portal, id).await
    }

    /// Asks a run to stop at the next page; one that nobody works ends here. One that has ended stays as it is. The flow comes
    /// due by its schedule.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's.
    pub async fn cancel_run(&self, by: &Administrator, id: RunId) -> Result<Done, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let run = in_tx!(self.db, "cancel a run", |tx| {
            let Some(run) = runs::get(tx, portal, id).await? else { return Ok(None) };
            let Some(flow) = flows::get(tx, portal, run.flow_id).await? else { return Ok(None) };
            if runs::ask_cancel(tx, portal, id).await? {
                if flow.brake_lifted_run == Some(id) {
                    // Who works it has the brake hold again.
                    flows::make_due(tx, portal, flow.id, now).await?;
                } else if flow.lease_until.is_none_or(|until| until <= now) {
                    runs::end(tx, portal, id, RunState::Cancelled, run.counts, Some("stopped"), now).await?;
                    rest(tx, &flow, now).await?;
                }
            }
            Ok(Some(run))
        })?;
        run.ok_or(AdminError::NoSuch("run"))?;
        self.flows.woken.wake();
        Ok(Done {})
    }

    /// Lets a flow go on whose last run stopped at the brake: a new run does what that one would have done.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] for one that did not stop at the brake last.
    pub async fn continue_run(&self, by: &Administrator, id: RunId) -> Result<Done, AdminError> {
        let (portal, now, new) = (by.who().portal, self.clock.now(), RunId(self.clock.new_id()));
        let steered = in_tx!(self.db, "go on after the brake", |tx| {
            let Some(run) = runs::get(tx, portal, id).await? else { return Ok(Steered::NoSuch("run")) };
            let Some(flow) = flows::get(tx, portal, run.flow_id).await? else { return Ok(Steered::NoSuch("flow")) };
            let running = runs::running(tx, portal, flow.id).await?;
            // A repeat: it goes on already.
            if running.iter().any(|one| flow.brake_lifted_run == Some(one.id)) {
                return Ok(Steered::Well);
            }
            let last = view::last_run(tx, &flow).await?;
            if run.state != RunState::Braked || last.is_none_or(|last| last.id != id) {
                return Ok(Steered::Against(NOT_BRAKED));
            }
            if flow.status != FlowStatus::On {
                return Ok(Steered::Against(NOT_ON));
            }
            let run = begin(tx, &flow, new, run.kind, by.who().user, now).await?;
            flows::lift_brake(tx, portal, flow.id, run, now).await?;
            Ok(Steered::Well)
        })?;
        steered.told()?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, run = %id, "a run that stopped at the brake goes on");
        Ok(Done {})
    }
}

fn is_counted(flow: &Flow) -> bool {
    view::counted(flow).ok().flatten().is_some_and(|preview| preview.ready)
}

/// Counts what a flow would do, from the beginning.
async fn count_anew(tx: &mut Tx, flow: &Flow, now: Millis) -> Result<(), StoreError> {
    flows::forget_preview(tx, flow.portal_id, flow.id).await?;
    for run in runs::running(tx, flow.portal_id, flow.id).await? {
        runs::ask_cancel(tx, flow.portal_id, run.id).await?;
    }
    flows::set_status(tx, flow.portal_id, flow.id, FlowStatus::Preview, now).await?;
    Ok(())
}

/// Begins a run that a person asked for, unless one of its kind waits or goes on already; the flow is due. Gives the run.
pub(super) async fn begin(
    tx: &mut Tx,
    flow: &Flow,
    id: RunId,
    kind: RunKind,
    by: UserId,
    now: Millis,
) -> Result<RunId, StoreError> {
    let (portal_id, flow_id) = (flow.portal_id, flow.id);
    let there = runs::running(tx, portal_id, flow_id).await?;
    flows::make_due(tx, portal_id, flow_id, now).await?;
    if let Some(run) = there.iter().find(|run| run.kind == kind && !run.cancel_asked) {
        return Ok(run.id);
    }
    let cause = RunCause::Hand;
    let new = NewRun { id, portal_id, flow_id, kind, cause, phase: "begins", asked_by: Some(by), of_run: None };
    runs::begin(tx, new, now).await?;
    Ok(id)
}

/// Leaves hints about one record. `false`: the flow has nothing to do with it.
async fn leave_hints(tx: &mut Tx, named: &Named, wanted: &RunWanted, now: Millis) -> Result<bool, StoreError> {
    let object = match wanted {
        RunWanted::Source(id) => {
            hint(tx, &named.flow, Side::Erp, id.as_str(), now).await?;
            return Ok(true);
        }
        RunWanted::Record(object) => *object,
        RunWanted::All | RunWanted::Census => return Ok(false),
    };
    let mut types: Vec<ObjectType> = named.default.targets.iter().map(|target| target.object).collect();
    types.sort_unstable();
    types.dedup();
    let records: Vec<RecordRef> =
        types.iter().map(|object_type| RecordRef { object_type: *object_type, object_id: object }).collect();
    let there = links::of_records(tx, named.flow.portal_id, &records).await?;
    let kind = named.kind();
    let mut ours = there.into_iter().filter(|link| link.connection_id == named.connection.id && link.kind == kind);
    let mut any = false;
    for link in ours.by_ref() {
        hint(tx, &named.flow, Side::Erp, link.erp_id.as_str(), now).await?;
        any = true;
    }
    let creates = view::policies(&named.flow).is_ok_and(|policies| policies.to_erp == ToErp::Create);
    if !any && creates {
        for record in &records {
            hint(tx, &named.flow, Side::Hubspot, &record.to_string(), now).await?;
        }
        any = true;
    }
    Ok(any)
}

pub(super) async fn hint(tx: &mut Tx, flow: &Flow, side: Side, key: &str, now: Millis) -> Result<(), StoreError> {
    let new = NewFlowHint { flow_id: flow.id, portal_id: flow.portal_id, side, key, by_hand: true };
    flow_hints::leave(tx, new, now).await
}

/// Whether rows that were read before may come to something else by the new policies.
fn concerns_rows(old: &Policies, new: &Policies) -> bool {
    let of = |policies: &Policies| (policies.on_create, policies.on_update, policies.mailbox, policies.inactive);
    of(old) != of(new)
}

/// Refuses policies that cannot be.
fn check(policies: &Policies) -> Result<(), AdminError> {
    let invalid = |text: &str| Err(AdminError::Invalid(text.to_owned()));
    match &policies.schedule {
        Schedule::Every { every_seconds } if !(30..=86_400).contains(every_seconds) => {
            return invalid("policies.schedule.everySeconds must be 30 to 86400");
        }
        Schedule::Daily { daily_at, .. }
            if daily_at.len() != 5 || jiff::civil::Time::strptime("%H:%M", daily_at).is_err() =>
        {
            return invalid("policies.schedule.dailyAt must be a time of day as HH:MM");
        }
        Schedule::Daily { time_zone, .. } if jiff::tz::TimeZone::get(time_zone).is_err() => {
            return invalid("policies.schedule.timeZone must be the name of a time zone, such as Europe/Paris");
        }
        Schedule::Every { .. } | Schedule::Daily { .. } => {}
    }
    if policies.grace_days > 365 {
        return invalid("policies.graceDays must be 0 to 365");
    }
    if !(1..=100).contains(&policies.brake_share) {
        return invalid("policies.brakeShare must be 1 to 100");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_cannot_be_are_refused_by_their_place() {
        let good = Policies::default();
        assert!(check(&good).is_ok());
        let daily = |at: &str, zone: &str| Policies {
            schedule: Schedule::Daily { daily_at: at.to_owned(), time_zone: zone.to_owned() },
            ..good.clone()
        };
        let every = |every_seconds| Policies { schedule: Schedule::Every { every_seconds }, ..good.clone() };
        assert!(check(&daily("23:59", "Europe/Paris")).is_ok());
        for (bad, place) in [
            (every(29), "everySeconds"),
            (every(86_401), "everySeconds"),
            (daily("24:00", "UTC"), "dailyAt"),
            (daily("3:00", "UTC"), "dailyAt"),
            (daily("03:00", "Europe/Atlantis"), "timeZone"),
            (Policies { grace_days: 366, ..good.clone() }, "graceDays"),
            (Policies { brake_share: 0, ..good.clone() }, "brakeShare"),
            (Policies { brake_share: 101, ..good.clone() }, "brakeShare"),
        ] {
            assert!(check(&bad).unwrap_err().to_string().contains(place), "{place}");
        }
    }
}
