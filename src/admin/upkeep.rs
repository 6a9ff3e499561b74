//! What is looked after in the background: installations that were cut short, tokens, our properties, portals that left.
//!
//! HubSpot tells nobody that an app was removed. So a portal without any traffic is asked once a day, and whatever a call
//! showed about an installation is looked into at once. Every step repeats without effect, so replicas may do the same.
//!
//! Promise: nothing here is fatal; each step is logged; only HubSpot's own word that a token is dead stops a portal's work.
//! Not for whom: tokens (the vault renews them by the clock when somebody asks).

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    Admin, AdminError,
    standing::{CHECKED_AT, Standing, UNSETTLED},
    windows::REMEMBERED,
};
use crate::{
    clock::Millis,
    domain::ids::{PortalId, UserId},
    hubspot::Notice,
    in_tx,
    store::{
        portals::{self, Portal, PortalStatus, PortalTrouble},
        windows,
    },
};

/// How often there is a look at everything that may be due.
const EVERY: Duration = Duration::from_mins(1);
/// How long an installation may take before it counts as cut short.
const CUT_SHORT: Duration = Duration::from_mins(2);
/// How often a trouble is looked at that may end without anybody doing anything in HubSpot.
const TROUBLED: Duration = Duration::from_mins(15);
/// How soon a portal is asked again after a look that told nothing.
const SOON: Duration = Duration::from_mins(5);
/// How far apart looks at one portal are, however many calls show something.
const APART: Duration = Duration::from_secs(30);
/// How often a portal is asked in any case.
const DAILY: Duration = Duration::from_hours(24);
/// How long a portal that left is still asked, since that may have been a mistake of an operator.
const FAREWELL: Duration = Duration::from_hours(30 * 24);
/// How many portals one look takes on; the others come with the next.
const MOST: usize = 50;
/// From how many portals that left at once on an operator should wonder.
const MANY: usize = 3;

/// What calls showed and was not looked into yet, and what was looked at just now.
#[derive(Default)]
pub(super) struct Looks(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: BTreeMap<PortalId, Notice>,
    looked: HashMap<PortalId, Millis>,
}

impl Looks {
    /// The notices that may be looked into now; those of a portal that was looked at just now wait.
    fn ready(&self, new: BTreeMap<PortalId, Notice>, now: Millis) -> BTreeMap<PortalId, Notice> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.looked.retain(|_, at| now.since(*at) < APART);
        for (portal, notice) in new {
            let kept = state.waiting.entry(portal).or_insert(notice);
            *kept = notice.max(*kept);
        }
        let (waiting, ready) =
            std::mem::take(&mut state.waiting).into_iter().partition(|(portal, _)| state.looked.contains_key(portal));
        state.waiting = waiting;
        ready
    }

    fn looked(&self, portal: PortalId, now: Millis) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).looked.insert(portal, now);
    }
}

/// When a portal was looked after.
fn checked(portal: &Portal) -> Option<Millis> {
    portal.details.get(CHECKED_AT).and_then(Value::as_i64).map(Millis)
}

/// Whether a portal is to be looked after now.
fn is_due(portal: &Portal, now: Millis) -> bool {
    let at_least = |at: Option<Millis>, span: Duration| at.is_none_or(|at| now.since(at) >= span);
    let checked = checked(portal);
    let unsettled = portal.details.get(UNSETTLED).and_then(Value::as_bool).unwrap_or(false);
    let daily = if unsettled { SOON } else { DAILY };
    match (portal.trouble, portal.status) {
        (Some(PortalTrouble::Installing), _) => at_least(portal.trouble_at, CUT_SHORT) && at_least(checked, EVERY),
        (Some(PortalTrouble::Configuration | PortalTrouble::TokenRefused), _) => at_least(checked, TROUBLED),
        (Some(PortalTrouble::Uninstalled), _) => {
            let long_ago = portal.trouble_at.is_none_or(|at| now.since(at) > FAREWELL);
            !long_ago && at_least(checked, daily)
        }
        (_, PortalStatus::Active) => at_least(checked, daily),
        (_, PortalStatus::Disconnected) => false,
    }
}

/// Whether a notice tells nothing that is not known and looked at already.
fn is_known(portal: &Portal, notice: Notice, now: Millis) -> bool {
    let told = match notice {
        Notice::ScopeMissing => PortalTrouble::ConsentNeeded,
        Notice::Configuration => PortalTrouble::Configuration,
        Notice::TokenRefused => PortalTrouble::TokenRefused,
    };
    let known = portal.trouble == Some(told) || portal.trouble == Some(PortalTrouble::Uninstalled);
    known && checked(portal).is_some_and(|at| now.since(at) < TROUBLED)
}

impl Admin {
    /// Looks after everything until `stop`: once a minute, and as soon as a call showed something.
    pub async fn run_upkeep(&self, stop: CancellationToken) {
        loop {
            self.look_over(self.clock.now(), &stop).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.hubspot.noticed() => {}
                () = self.clock.pause(EVERY) => {}
            }
        }
    }

    /// One look at everything that is due at `now`. What fails is logged and due again.
    pub async fn upkeep_once(&self, now: Millis) {
        self.look_over(now, &CancellationToken::new()).await;
    }

    async fn look_over(&self, now: Millis, stop: &CancellationToken) {
        let notices = self.memory().looks.ready(self.hubspot.take_notices(), now);
        if let Err(error) = self.clear_windows(now).await {
            tracing::warn!(%error, "old windows could not be cleared away");
        }
        match self.portals_due(&notices, now).await {
            Ok(due) => self.look_after_all(due, stop).await,
            Err(error) => tracing::warn!(%error, "the portals could not be looked after"),
        }
    }

    /// Finishes an installation whose row and credential are there: asks HubSpot what was granted and what account it is.
    /// `installer`: who installed it, where that is known better than by asking.
    ///
    /// # Errors
    /// [`AdminError::Unavailable`] when it does not stand now; upkeep tries again.
    pub async fn settle(&self, portal: PortalId, installer: Option<UserId>) -> Result<(), AdminError> {
        match self.look_after(portal, installer, None).await? {
            Standing::Fine(_) => Ok(()),
            other => Err(AdminError::Unavailable(format!("the installation does not stand ({other:?})"))),
        }
    }

    async fn portals_due(
        &self,
        notices: &BTreeMap<PortalId, Notice>,
        now: Millis,
    ) -> Result<Vec<(Portal, Option<Notice>)>, AdminError> {
        let rows = in_tx!(self.db, read "portals to look after", |tx| { portals::list(tx).await })?;
        let with_notice = rows.into_iter().map(|row| {
            let notice = notices.get(&row.portal_id).copied().filter(|notice| !is_known(&row, *notice, now));
            (row, notice)
        });
        let mut due: Vec<_> = with_notice.filter(|(row, notice)| notice.is_some() || is_due(row, now)).collect();
        // Whatever somebody noticed first, then who waits longest.
        due.sort_by_key(|(row, notice)| (notice.is_none(), checked(row)));
        due.truncate(MOST.max(notices.len()));
        Ok(due)
    }

    async fn look_after_all(&self, due: Vec<(Portal, Option<Notice>)>, stop: &CancellationToken) {
        let mut gone = 0;
        for (row, notice) in due {
            if stop.is_cancelled() {
                return;
            }
            let portal = row.portal_id;
            self.memory().looks.looked(portal, self.clock.now());
            match self.look_after(portal, None, notice).await {
                Ok(Standing::Gone) => {
                    gone += usize::from(row.status == PortalStatus::Active);
                    tracing::warn!(%portal, "HubSpot says that the app was removed from this portal; its work stops");
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%portal, %error, "a portal could not be looked after"),
            }
        }
        if gone >= MANY {
            tracing::error!(gone, "many portals left at once; are hubspot.client_id and hubspot.client_secrets right?");
        }
    }

    async fn clear_windows(&self, now: Millis) -> Result<(), AdminError> {
        let span = i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX);
        let before = Millis(now.0.saturating_sub(span));
        let cleared = in_tx!(self.db, "clear old windows", |tx| { windows::clear(tx, before).await })?;
        if cleared > 0 {
            tracing::info!(cleared, "old windows were cleared away");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn ago(span: Duration) -> Millis {
        Millis(NOW.0 - i64::try_from(span.as_millis()).unwrap())
    }

    fn portal(status: PortalStatus, trouble: Option<(PortalTrouble, Duration)>, checked: Option<Duration>) -> Portal {
        Portal {
            portal_id: PortalId(1),
            time_zone: "UTC".to_owned(),
            ui_domain: "app.hubspot.com".to_owned(),
            status,
            installed_at: Millis(1),
            updated_at: Millis(1),
            domain: None,
            details: checked.map_or(json!({}), |span| json!({ CHECKED_AT: ago(span).0 })),
            installed_by: None,
            scopes: json!([]),
            settings: json!({}),
            trouble: trouble.map(|(trouble, _)| trouble),
            trouble_at: trouble.map(|(_, span)| ago(span)),
        }
    }

    #[test]
    fn an_installation_is_finished_once_it_counts_as_cut_short() {
        let installing = |since, checked| {
            is_due(&portal(PortalStatus::Disconnected, Some((PortalTrouble::Installing, since)), checked), NOW)
        };
        assert!(!installing(Duration::from_secs(119), None));
        assert!(installing(CUT_SHORT, None));
        assert!(!installing(CUT_SHORT, Some(Duration::from_secs(59))), "not twice in a minute");
        assert!(installing(CUT_SHORT, Some(EVERY)));
    }

    #[test]
    fn a_quiet_portal_is_asked_once_a_day_and_one_that_left_for_a_month() {
        let (minute, nearly) = (Duration::from_mins(1), Duration::from_mins(24 * 60 - 1));
        let active = |checked| is_due(&portal(PortalStatus::Active, None, checked), NOW);
        assert!(active(None) && active(Some(DAILY)) && !active(Some(nearly)));
        let left = |since, checked| {
            is_due(&portal(PortalStatus::Disconnected, Some((PortalTrouble::Uninstalled, since)), checked), NOW)
        };
        assert!(left(DAILY, Some(DAILY)) && !left(DAILY, Some(nearly)));
        assert!(!left(FAREWELL + minute, Some(DAILY)));
        assert!(!is_due(&portal(PortalStatus::Disconnected, None, None), NOW), "whoever removed it is left alone");
    }

    #[test]
    fn a_look_that_told_nothing_is_repeated_soon() {
        let mut quiet = portal(PortalStatus::Active, None, Some(SOON));
        assert!(!is_due(&quiet, NOW));
        quiet.details[UNSETTLED] = json!(true);
        assert!(is_due(&quiet, NOW));
        quiet.details[CHECKED_AT] = json!(ago(Duration::from_mins(4)).0);
        assert!(!is_due(&quiet, NOW));
    }

    #[test]
    fn a_notice_of_a_portal_that_was_looked_at_just_now_waits_and_is_not_lost() {
        let (looks, one) = (Looks::default(), PortalId(1));
        let told = |notice| BTreeMap::from([(one, notice)]);
        assert_eq!(looks.ready(told(Notice::Configuration), NOW), told(Notice::Configuration));
        looks.looked(one, NOW);
        assert_eq!(looks.ready(told(Notice::ScopeMissing), NOW), BTreeMap::new());
        let other = BTreeMap::from([(PortalId(2), Notice::ScopeMissing)]);
        assert_eq!(looks.ready(other.clone(), NOW), other);
        assert_eq!(looks.ready(told(Notice::TokenRefused), NOW.plus(Duration::from_secs(29))), BTreeMap::new());
        assert_eq!(looks.ready(BTreeMap::new(), NOW.plus(APART)), told(Notice::TokenRefused));
        assert_eq!(looks.ready(BTreeMap::new(), NOW.plus(APART)), BTreeMap::new());
    }

    #[test]
    fn a_notice_is_looked_into_at_once_and_not_again_for_every_call() {
        let refused = |checked| portal(PortalStatus::Active, Some((PortalTrouble::TokenRefused, DAILY)), checked);
        assert!(is_known(&refused(Some(EVERY)), Notice::TokenRefused, NOW));
        assert!(!is_known(&refused(Some(TROUBLED)), Notice::TokenRefused, NOW));
        assert!(!is_known(&refused(Some(EVERY)), Notice::ScopeMissing, NOW));
        assert!(!is_known(&portal(PortalStatus::Active, None, Some(EVERY)), Notice::TokenRefused, NOW));
    }
}
