//! Who may see invoices, who may attach, who else administers.

use serde::Deserialize as _;

use super::{Admin, AdminError, Administrator};
use crate::{
    domain::permissions::Permissions,
    in_tx,
    store::portals::{self, Portal},
};

/// Under this name they stand in the portal's settings.
const NAME: &str = "permissions";

/// What the administrators of a portal decided; everybody may see and attach until they do.
///
/// # Errors
/// [`AdminError::Inside`] when the row cannot be read: then nobody is let in by it.
pub(super) fn of(portal: &Portal) -> Result<Permissions, AdminError> {
    portal.settings.get(NAME).map_or_else(
        || Ok(Permissions::default()),
        |stored| {
            Permissions::deserialize(stored)
                .map_err(|e| AdminError::Inside(format!("portals.settings of {}: {e}", portal.portal_id)))
        },
    )
}

impl Admin {
    /// Decides who may do what, in place of what was decided before. Doing it twice is the same as doing it once.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for lists that are too long or hold what is no id.
    pub async fn set_permissions(&self, by: &Administrator, new: Permissions) -> Result<Permissions, AdminError> {
        if let Some(fault) = new.fault() {
            return Err(AdminError::Invalid(fault));
        }
        let (portal_id, new, now) = (by.who().portal, new.tidied(), self.clock.now());
        let value = serde_json::to_value(&new).map_err(|e| AdminError::Inside(format!("permissions: {e}")))?;
        let there = in_tx!(self.db, "set permissions", |tx| {
            let Some(portal) = portals::get(tx, portal_id).await? else { return Ok(false) };
            let mut all = portal.settings.as_object().cloned().unwrap_or_default();
            all.insert(NAME.to_owned(), value.clone());
            portals::set_settings(tx, portal_id, &all.into(), now).await
        })?;
        if !there {
            return Err(AdminError::NotInstalled);
        }
        self.cards.portals_changed();
        tracing::info!(portal = %portal_id, user = %by.who().user, "permissions were changed");
        Ok(new)
    }
}
