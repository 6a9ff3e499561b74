//! Who administers: HubSpot's super admins, whoever installed the app, and the users they name.
//!
//! Promise: an [`Administrator`] exists only for a user who was found to be one just now (super admins: less than a minute
//! ago); who could not be found out about is none.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::{Admin, AdminError, permissions};
use crate::{
    cards::Who,
    hubspot::HubSpotError,
    in_tx,
    store::portals::{self, Portal, PortalStatus},
};

/// How long HubSpot is waited for.
const WITHIN: Duration = Duration::from_secs(5);
/// How long a request of the settings page may take as a whole, whatever it waits for: the page gives up at 12 s, and what is
/// written at the end needs its time too.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// When a request of the settings page that begins now must have been answered.
#[must_use]
pub fn answer_until() -> Instant {
    Instant::now() + ANSWER_WITHIN
}

/// Why a user administers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// HubSpot says that they are a super admin.
    SuperAdmin,
    /// They installed the app.
    Installer,
    /// An administrator named them.
    Named,
}

/// A user who administers this portal.
#[derive(Debug, Clone, Copy)]
pub struct Administrator {
    who: Who,
    because: Because,
}

impl Administrator {
    /// Tenant and user.
    #[must_use]
    pub const fn who(&self) -> Who {
        self.who
    }

    /// Why they administer.
    #[must_use]
    pub const fn because(&self) -> Because {
        self.because
    }
}

/// Why a user does not administer.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The app is not installed in this portal (any more).
    #[error("the app is not installed in this portal")]
    NotInstalled {
        /// Whether it was once.
        before: bool,
    },
    /// The user is none of those who may.
    #[error(
        "only HubSpot super admins, the user who installed Ledgercard, and users whom they name may open its settings; \
         ask one of them"
    )]
    NotAnAdmin,
    /// HubSpot does not tell who is a super admin, and the user is neither the installer nor named.
    #[error(
        "HubSpot does not tell whether you are a super admin; try again in a moment, or let the user who installed \
         Ledgercard name you as an administrator (tab Permissions) or grant the scope settings.users.read by installing \
         it again"
    )]
    UsersUnreadable,
    /// It could not be found out for a reason of ours.
    #[error(transparent)]
    Failed(#[from] AdminError),
}

impl From<Refused> for AdminError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotInstalled { .. } => Self::NotInstalled,
            Refused::NotAnAdmin | Refused::UsersUnreadable => Self::NotAllowed(refused.to_string()),
            Refused::Failed(error) => error,
        }
    }
}

impl Admin {
    /// As [`Self::administrator_until`], outside of a request of the settings page.
    ///
    /// # Errors
    /// [`Refused`], by what can be done about it.
    pub async fn administrator(&self, who: Who) -> Result<Administrator, Refused> {
        self.administrator_until(who, answer_until()).await
    }

    /// The user behind a request, if they administer its portal. Waits for HubSpot until `until` at most, and never longer
    /// than [`WITHIN`].
    ///
    /// # Errors
    /// [`Refused`], by what can be done about it.
    pub async fn administrator_until(&self, who: Who, until: Instant) -> Result<Administrator, Refused> {
        let row = in_tx!(self.db, read "who administers", |tx| { portals::get(tx, who.portal).await });
        let row = row.map_err(AdminError::from)?;
        let Some(portal) = row else { return Err(Refused::NotInstalled { before: false }) };
        if portal.status != PortalStatus::Active {
            return Err(Refused::NotInstalled { before: true });
        }
        if let Some(because) = known(&portal, who)? {
            return Ok(Administrator { who, because });
        }
        match self.cards.person(who, until.min(Instant::now() + WITHIN)).await {
            Ok(person) if person.super_admin => Ok(Administrator { who, because: Because::SuperAdmin }),
            Ok(_) | Err(HubSpotError::Missing) => Err(Refused::NotAnAdmin),
            Err(error) => {
                tracing::warn!(portal = %who.portal, user = %who.user, %error, "a user's rights could not be read");
                Err(Refused::UsersUnreadable)
            }
        }
    }
}

/// Whether our own row says that the user administers.
fn known(portal: &Portal, who: Who) -> Result<Option<Because>, AdminError> {
    if portal.installed_by == Some(who.user) {
        return Ok(Some(Because::Installer));
    }
    let named = permissions::of(portal)?.admins.contains(&who.user);
    Ok(named.then_some(Because::Named))
}
