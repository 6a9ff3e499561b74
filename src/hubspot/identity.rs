//! Who a signed request of a card speaks for.
//!
//! HubSpot appends `userId`, `portalId`, `userEmail` and `appId` to the query and signs the whole URL. A script in the
//! browser may have put a `portalId` of its own there before; so each must occur exactly once, whatever its escapes.
//!
//! Promise: an [`Identity`] exists only for a query that passed every check.
//! Never: reads identity from a body, and never keeps the e-mail address.

use std::borrow::Cow;

use crate::domain::ids::{AppId, PortalId, UserId};

/// The tenant and the actor of a verified request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The portal.
    pub portal: PortalId,
    /// The user.
    pub user: UserId,
}

/// Why a query names nobody. All of these are the caller's fault (400).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadIdentity {
    /// One of the four is missing.
    #[error("the query parameter {0} that HubSpot appends is missing")]
    Missing(&'static str),
    /// One of the four is there more than once.
    #[error("the query parameter {0} must occur exactly once; its name is reserved for HubSpot")]
    Repeated(&'static str),
    /// One of the ids is not made of digits.
    #[error("the query parameter {0} must be made of 1 to 18 digits")]
    Shape(&'static str),
    /// The request is for another app.
    #[error("the query parameter appId names another app than this server is configured for (hubspot.app_id)")]
    OtherApp,
}

const NAMES: [&str; 4] = ["portalId", "userId", "appId", "userEmail"];

/// Reads the identity out of the raw query of a request whose signature holds.
///
/// # Errors
/// [`BadIdentity`] unless each of the four parameters is there exactly once, the ids are digits, and the app is `ours`.
pub fn identify(raw_query: &str, ours: AppId) -> Result<Identity, BadIdentity> {
    let mut found: [Option<Cow<'_, str>>; 4] = [None, None, None, None];
    for (name, value) in url::form_urlencoded::parse(raw_query.as_bytes()) {
        let Some(which) = NAMES.iter().position(|n| *n == name) else { continue };
        if found[which].replace(value).is_some() {
            return Err(BadIdentity::Repeated(NAMES[which]));
        }
    }
    let value = |which: usize| found[which].as_deref().ok_or(BadIdentity::Missing(NAMES[which]));
    let portal = value(0)?.parse::<PortalId>().map_err(|_| BadIdentity::Shape(NAMES[0]))?;
    let user = value(1)?.parse::<UserId>().map_err(|_| BadIdentity::Shape(NAMES[1]))?;
    let app = value(2)?.parse::<AppId>().map_err(|_| BadIdentity::Shape(NAMES[2]))?;
    value(3)?;
    if app == ours { Ok(Identity { portal, user }) } else { Err(BadIdentity::OtherApp) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "objectId=1&userId=9&portalId=4711&userEmail=ann%40example.com&appId=77";

    #[test]
    fn the_four_parameters_make_an_identity() {
        assert_eq!(identify(GOOD, AppId(77)), Ok(Identity { portal: PortalId(4711), user: UserId(9) }));
    }

    #[test]
    fn a_second_portal_is_refused_however_it_is_spelled() {
        for extra in ["portalId=1", "portal%49d=1", "%70ortalId=1"] {
            for query in [format!("{extra}&{GOOD}"), format!("{GOOD}&{extra}")] {
                assert_eq!(identify(&query, AppId(77)), Err(BadIdentity::Repeated("portalId")), "{query}");
            }
        }
    }

    #[test]
    fn missing_odd_and_foreign_values_are_refused() {
        assert_eq!(identify(&GOOD.replace("userId=9&", ""), AppId(77)), Err(BadIdentity::Missing("userId")));
        assert_eq!(
            identify(&GOOD.replace("&userEmail=ann%40example.com", ""), AppId(77)),
            Err(BadIdentity::Missing("userEmail"))
        );
        assert_eq!(identify(&GOOD.replace("4711", "47x"), AppId(77)), Err(BadIdentity::Shape("portalId")));
        assert_eq!(identify(&GOOD.replace("4711", ""), AppId(77)), Err(BadIdentity::Shape("portalId")));
        assert_eq!(identify(GOOD, AppId(78)), Err(BadIdentity::OtherApp));
    }
}
