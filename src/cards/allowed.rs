//! Whether a user may see invoices and attach them, as the portal's administrators decided.
//!
//! Promise: a user who could not be found out about is refused, with that reason; the refusal says who decides.

use tokio::time::Instant;

use super::{CardError, Cards, Who, answer::list::Permission, portal::PortalView};
use crate::domain::permissions::{Admitted, Audience};

const WHO_DECIDES: &str = "the administrators of Ledgercard in this HubSpot account decide who may (HubSpot settings, \
                           connected apps, Ledgercard, tab Permissions)";

/// What a user may do, and why not.
pub(super) struct Allowed {
    see: Result<(), String>,
    attach: Result<(), String>,
}

impl Allowed {
    /// Refuses who may not see invoices.
    pub(super) fn to_see(&self) -> Result<(), CardError> {
        self.see.clone().map_err(CardError::NotAllowed)
    }

    /// Refuses who may not attach invoices, or may not see them.
    pub(super) fn to_attach(&self) -> Result<(), CardError> {
        self.to_see()?;
        self.attach.clone().map_err(CardError::NotAllowed)
    }

    /// In two words, for the card.
    pub(super) const fn told(&self) -> Permission {
        Permission { see: self.see.is_ok(), attach: self.see.is_ok() && self.attach.is_ok() }
    }
}

impl Cards {
    /// What `who` may do in their portal.
    pub(super) async fn allowed(&self, who: Who, portal: &PortalView, deadline: Instant) -> Allowed {
        let rules = &portal.permissions;
        let asks = rules.see.needs_teams(who.user) || rules.attach.needs_teams(who.user);
        let person = if asks { Some(self.person(who, deadline).await) } else { None };
        let teams = match &person {
            Some(Ok(person)) => Some(person.teams.as_slice()),
            // Who is no user of the account is in none of its teams.
            Some(Err(crate::hubspot::HubSpotError::Missing)) => Some(&[][..]),
            Some(Err(error)) => {
                tracing::warn!(portal = %who.portal, user = %who.user, %error, "a user's teams could not be read");
                None
            }
            None => None,
        };
        let judge = |audience: &Audience, what: &str| match audience.admits(who.user, teams) {
            Admitted::Yes => Ok(()),
            Admitted::No => Err(format!("you may not {what} here; {WHO_DECIDES}")),
            Admitted::Unknown => Err(format!(
                "whether you may {what} here depends on your teams, which HubSpot does not tell just now; try again in \
                 a moment, or ask for a rule without teams: {WHO_DECIDES}"
            )),
        };
        Allowed { see: judge(&rules.see, "see invoices"), attach: judge(&rules.attach, "attach or remove invoices") }
    }
}
