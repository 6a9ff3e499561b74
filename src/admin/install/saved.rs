//! Saving an installation before anything is asked about it, and putting things back when it may not stand.
//!
//! Promise: row and credential are one change, both ways; what somebody else saved meanwhile is left alone.

use serde_json::Value;

use super::InstallError;
use crate::{
    admin::{Admin, AdminError, standing::CHECKED_AT},
    clock::Millis,
    domain::ids::PortalId,
    hubspot::oauth::{Granted, PortalCredential},
    in_tx,
    store::portals::{self, Portal, PortalStatus, PortalTrouble},
    vault::{Fresh, Holder, Seen},
};

/// An installation that was saved, and what there was before.
pub(super) struct Saved {
    portal: PortalId,
    before: Option<Portal>,
    had: Seen,
    /// The credential that was saved.
    pub(super) seen: Seen,
}

impl Saved {
    /// The portal's row before, if the app worked in it.
    fn worked(&self) -> Option<&Portal> {
        self.before.as_ref().filter(|before| before.status == PortalStatus::Active && self.had.is_there())
    }
}

impl Admin {
    /// Row and credential at once.
    pub(super) async fn save_install(&self, granted: Granted, issued_at: Millis) -> Result<Saved, InstallError> {
        let (portal, now) = (granted.portal, self.clock.now());
        let holder = Holder::Portal(portal);
        let credential = PortalCredential::of(&granted.refresh_token);
        let token = Fresh { access_token: granted.access_token, lifetime: granted.lifetime, credential: None };
        let prepared = self.vault.prepare(holder, &credential, Some((token, issued_at)));
        let (before, had) = in_tx!(self.db, "install", |tx| {
            let before = portals::hold(tx, portal).await?;
            let had = self.vault.see(tx, holder).await?;
            portals::begin_install(tx, portal, now).await?;
            prepared.write(tx).await?;
            Ok((before, had))
        })?;
        let seen = prepared.seen();
        prepared.written();
        Ok(Saved { portal, before, had, seen })
    }

    /// Puts things back as they were before an installation that may not stand: an installation that worked goes on
    /// working with its own credential, `trouble` says what the new one lacked, and upkeep looks at it at once. `true`: the
    /// new token is of no use to anybody. (HubSpot often gives the same refresh token again: to revoke it would end the
    /// installation that goes on.)
    pub(super) async fn undo_install(&self, saved: &Saved, trouble: PortalTrouble) -> Result<bool, AdminError> {
        let (portal, now) = (saved.portal, self.clock.now());
        let worked = saved.worked();
        let undone = in_tx!(self.db, "undo an installation", |tx| {
            portals::hold(tx, portal).await?;
            if !saved.seen.is_current(tx).await? {
                return Ok(false);
            }
            let (status, trouble) = match &worked {
                Some(before) => {
                    portals::set_details(tx, portal, &unchecked(before)).await?;
                    portals::set_scopes(tx, portal, &before.scopes).await?;
                    (PortalStatus::Active, Some(trouble))
                }
                None => (PortalStatus::Disconnected, saved.before.as_ref().and_then(|before| before.trouble)),
            };
            portals::set_trouble(tx, portal, trouble, now).await?;
            portals::set_status(tx, portal, status, now).await?;
            saved.had.put_back(tx, now).await?;
            Ok(true)
        })?;
        self.vault.changed(Holder::Portal(portal));
        self.cards.portals_changed();
        Ok(undone && worked.is_none())
    }

    /// Whether an installation works in `portal`, which a consent without the required scopes may have changed: upkeep then
    /// asks HubSpot at once.
    pub(super) async fn is_doubted(&self, portal: PortalId) -> Result<bool, AdminError> {
        let doubted = in_tx!(self.db, "doubt an installation", |tx| {
            let row = portals::hold(tx, portal).await?.filter(|row| row.status == PortalStatus::Active);
            let Some(row) = row else { return Ok(false) };
            portals::set_details(tx, portal, &unchecked(&row)).await
        })?;
        Ok(doubted)
    }
}

/// A portal's details, as if it had not been looked after yet.
fn unchecked(row: &Portal) -> Value {
    let mut details = row.details.clone();
    if let Some(details) = details.as_object_mut() {
        details.remove(CHECKED_AT);
    }
    details
}
