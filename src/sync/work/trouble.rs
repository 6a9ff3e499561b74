//! Why working a flow stopped, and when it is to be tried again.

use std::time::Duration;

use crate::{clock::Millis, erp::ErpError, hubspot::HubSpotError, store::StoreError};

/// After the first failure a flow waits so long, then twice as long each time…
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// …up to so long.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// How long it waits when a person must do something; whatever they do makes it due at once.
const FOR_A_PERSON: Duration = Duration::from_mins(30);

/// Why working a flow stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The lease is somebody else's.
    #[error("the flow's lease is lost")]
    Lost,
    /// The program stops, or an administrator switched the flow off or cancelled the run.
    #[error("the run was asked to stop")]
    Stopped,
    /// It would archive or clear very much.
    #[error("the run would archive or clear more records than the flow allows at once")]
    Braked,
    /// The ERP.
    #[error("the ERP: {0}")]
    Erp(#[from] ErpError),
    /// HubSpot.
    #[error("HubSpot: {0}")]
    HubSpot(#[from] HubSpotError),
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The flow's mapping or settings do not fit this account or this build.
    #[error("the flow's rules cannot be used: {0}")]
    Rules(String),
    /// The connection does not fit this build.
    #[error("the connection cannot be used: {0}")]
    Connection(String),
}

impl Trouble {
    /// A stable word for it, which the settings page has a text for.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Lost => "lease_lost",
            Self::Stopped => "stopped",
            Self::Braked => "braked",
            Self::Erp(ErpError::Reconnect { .. }) => "erp_reconnect",
            Self::Erp(ErpError::Permission { .. }) => "erp_permission",
            Self::Erp(ErpError::Wait { .. }) => "erp_throttled",
            Self::Erp(ErpError::Unavailable { .. }) => "erp_unavailable",
            Self::Erp(ErpError::Missing | ErpError::Rejected { .. } | ErpError::Broken { .. }) => "erp_broken",
            Self::HubSpot(HubSpotError::Reinstall { .. }) => "hubspot_reinstall",
            Self::HubSpot(HubSpotError::Consent) => "hubspot_consent",
            Self::HubSpot(HubSpotError::Wait { .. }) => "hubspot_throttled",
            Self::HubSpot(HubSpotError::Unavailable { .. }) => "hubspot_unavailable",
            Self::HubSpot(_) => "hubspot_broken",
            Self::Store(_) => "database",
            Self::Rules(_) => "rules",
            Self::Connection(_) => "connection",
        }
    }

    /// Whether it is over by itself or once a person has signed in again: what was asked for can go on then.
    pub(super) const fn passes(&self) -> bool {
        match self {
            Self::Erp(error) => {
                !matches!(error, ErpError::Missing | ErpError::Rejected { .. } | ErpError::Broken { .. })
            }
            Self::HubSpot(error) => matches!(
                error,
                HubSpotError::Reinstall { .. }
                    | HubSpotError::Consent
                    | HubSpotError::Wait { .. }
                    | HubSpotError::Unavailable { .. }
            ),
            Self::Store(_) | Self::Connection(_) => true,
            Self::Lost | Self::Stopped | Self::Braked | Self::Rules(_) => false,
        }
    }

    /// When to try again after it happened `failures` times before; `None`: not by itself.
    pub(super) fn due(&self, failures: i64, now: Millis) -> Option<Millis> {
        let doubled = u32::try_from(failures).unwrap_or(u32::MAX).min(10);
        let soon = now.plus(FIRST_WAIT.saturating_mul(1 << doubled).min(LONGEST_WAIT));
        match self {
            Self::Braked => None,
            Self::Lost | Self::Stopped => Some(now),
            Self::Erp(ErpError::Wait { until }) | Self::HubSpot(HubSpotError::Wait { until }) => {
                Some(Millis(until.0.max(now.0)))
            }
            Self::Erp(ErpError::Reconnect { .. } | ErpError::Permission { .. })
            | Self::HubSpot(HubSpotError::Reinstall { .. } | HubSpotError::Consent)
            | Self::Rules(_)
            | Self::Connection(_) => Some(now.plus(FOR_A_PERSON)),
            _ => Some(soon),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_flow_waits_longer_each_time_and_a_quarter_of_an_hour_at_most() {
        let down = Trouble::Erp(ErpError::Unavailable { why: "down" });
        let waits = [0, 1, 2, 4, 5, 1_000].map(|n| down.due(n, Millis(0)).map_or(0, |at| at.0 / 1_000));
        assert_eq!(waits, [30, 60, 120, 480, 900, 900]);
    }

    #[test]
    fn what_a_system_asks_to_wait_for_is_kept_to_and_a_brake_waits_for_a_person() {
        let wait = Trouble::Erp(ErpError::Wait { until: Millis(7_000) });
        assert_eq!(wait.due(9, Millis(0)), Some(Millis(7_000)));
        assert_eq!(Trouble::Braked.due(0, Millis(0)), None);
    }
}
