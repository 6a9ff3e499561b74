//! HubSpot's part in the ways out: removing the app there, and archiving our property.
//!
//! Promise: our own access is erased only once HubSpot removed the app, or says itself that it did before; and in one
//! transaction with the word that it left, so that nothing that is under way can bring it back half.

use std::time::Duration;

use super::{Counts, LeaveAnswer, LeaveRequest, PropertiesLeft, confirmed};
use crate::{
    admin::{Admin, AdminError, standing::Standing},
    domain::{ids::PortalId, record::ObjectType},
    hubspot::HubSpotError,
    in_tx,
    outbound::Lane,
    store::{portals, purge, windows},
    vault::Holder,
};

/// How long HubSpot is waited for: within what a request may take.
const WITHIN: Duration = Duration::from_secs(9);

impl Admin {
    pub(super) async fn remove(&self, portal: PortalId, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        confirmed(request, &portal.to_string(), "the portal id")?;
        let late =
            || AdminError::Unavailable("HubSpot does not answer and was to remove the app: nothing was erased".into());
        tokio::time::timeout(WITHIN, self.uninstall(portal)).await.map_err(|_| late())??;
        let (holder, now) = (Holder::Portal(portal), self.clock.now());
        let (erased, left) = in_tx!(self.db, "remove from HubSpot", |tx| {
            portals::removed(tx, portal, now).await?;
            let erased = self.vault.erase(tx, holder).await?;
            windows::remove_of_portal(tx, portal).await?;
            Ok((erased, purge::count_access(tx, portal).await?))
        })?;
        self.forget_portal(portal);
        let nothing = LeaveAnswer::nothing(request.way);
        let erased = Counts { credentials: u64::from(erased), ..nothing.erased };
        Ok(LeaveAnswer { erased, remaining: left, ..nothing })
    }

    /// Sees to it that the app is not installed in the portal. What is gone already need not be removed.
    async fn uninstall(&self, portal: PortalId) -> Result<(), AdminError> {
        let error = match self.hubspot.uninstall(Lane::Card, portal).await {
            Ok(()) | Err(HubSpotError::Missing) => return Ok(()),
            Err(error) => error,
        };
        let holder = Holder::Portal(portal);
        let seen = in_tx!(self.db, read "remove from HubSpot", |tx| { self.vault.see(tx, holder).await })?;
        if !seen.is_there() {
            return Ok(());
        }
        if !matches!(error, HubSpotError::Reinstall { .. }) {
            return Err(refused(&error, "remove the app", "nothing was erased"));
        }
        // A refused token may as well be a fault of our configuration: HubSpot is asked what became of it.
        match self.look_at(portal, &seen, None, None).await? {
            Standing::Gone | Standing::NoCredential => Ok(()),
            Standing::Unknown(_) => Err(AdminError::Conflict(
                "HubSpot refuses our access and does not say why now: nothing was erased".to_owned(),
            )),
            Standing::Fine(_) | Standing::Replaced => Err(AdminError::Conflict(
                "HubSpot refused to remove the app, though it is installed: nothing was erased; try once more".to_owned(),
            )),
            Standing::ConsentNeeded(_) | Standing::TokenRefused | Standing::Configuration | Standing::OtherApp => {
                Err(AdminError::Conflict(
                    "HubSpot refuses our access and does not say that the app was removed: nothing was erased. Remove it \
                     in HubSpot (Connected apps), and let the operator check hubspot.client_id, hubspot.client_secrets and \
                     hubspot.app_id"
                        .to_owned(),
                ))
            }
        }
    }

    /// Archives our property on every type of record.
    pub(super) async fn archive(&self, portal: PortalId) -> Result<PropertiesLeft, AdminError> {
        const SO: &str = "nothing was erased; you may keep the properties instead";
        let all = async {
            for object_type in ObjectType::ALL {
                match self.hubspot.archive_own_property(Lane::Card, portal, object_type).await {
                    Ok(_) => {}
                    Err(HubSpotError::Consent | HubSpotError::Reinstall { .. } | HubSpotError::Rejected { .. }) => {
                        return Ok(PropertiesLeft::NotPossible);
                    }
                    Err(error) => return Err(refused(&error, "archive our properties", SO)),
                }
            }
            Ok(PropertiesLeft::Archived)
        };
        let late = |_| AdminError::Conflict(format!("HubSpot does not answer and was to archive our properties: {SO}"));
        tokio::time::timeout(WITHIN, all).await.map_err(late)?
    }
}

/// HubSpot did not do its part. That is for the user to decide upon, and no fault of this server: HubSpot's proxy would
/// repeat what is answered with a 5xx, and would not show its text.
fn refused(error: &HubSpotError, what: &str, so: &str) -> AdminError {
    AdminError::Conflict(match error {
        HubSpotError::Wait { .. } => {
            format!("HubSpot limits the number of calls just now and was to {what}: {so}. Try again in a minute")
        }
        HubSpotError::Unavailable { .. } => {
            format!("HubSpot does not answer and was to {what}: {so}. Try again in a moment")
        }
        HubSpotError::Broken { .. } => format!(
            "HubSpot was to {what}, and its answer cannot be read: {so}. The server's operator finds more in the log"
        ),
        _ => format!("HubSpot refused to {what}: {so}"),
    })
}
