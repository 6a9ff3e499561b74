//! The owners of a portal: whom records can be given to. The id of an owner is not the id of the user
//! (scope `crm.objects.owners.read`).
//!
//! Never: names or addresses of people in `Debug`.

use std::fmt;

use http::Method;
use serde::Deserialize;

use super::{HubSpot, HubSpotError, any_id::AnyId, client::Request};
use crate::{
    domain::ids::{PortalId, UserId},
    outbound::Lane,
};

/// Owners a page.
const PAGE: usize = 100;
/// More pages than any account has owners for: a chain of pages that does not end is a fault.
const MOST_PAGES: usize = 500;

/// An owner.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    /// The value of `hubspot_owner_id`.
    pub id: String,
    /// The user behind it; a queue has none.
    pub user: Option<UserId>,
    /// First and last name; empty where HubSpot gives none.
    pub name: String,
    /// The address, in lower case; empty where HubSpot gives none.
    pub email: String,
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Wire>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    next: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    after: AnyId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: AnyId,
    #[serde(default)]
    user_id: Option<AnyId>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    archived: bool,
}

impl Wire {
    fn owner(self) -> Owner {
        let names = [self.first_name, self.last_name].into_iter().flatten().filter(|name| !name.is_empty());
        Owner {
            id: self.id.text(),
            user: self.user_id.and_then(AnyId::user),
            name: names.collect::<Vec<_>>().join(" "),
            email: self.email.unwrap_or_default().to_lowercase(),
        }
    }
}

impl HubSpot {
    /// All owners who are still there, page by page.
    ///
    /// # Errors
    /// [`HubSpotError::Consent`] without the scope; else see there.
    pub async fn owners(&self, lane: Lane, portal: PortalId) -> Result<Vec<Owner>, HubSpotError> {
        let path = format!("/crm/owners/{}", self.versions().owners);
        let (mut owners, mut after) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("limit", PAGE.to_string())];
            query.extend(after.take().map(|after| ("after", after)));
            let request = Request { operation: "owners", method: Method::GET, path: path.clone(), query, body: None };
            let page: Page = self.call(lane, portal, request).await?;
            owners.extend(page.results.into_iter().filter(|wire| !wire.archived).map(Wire::owner));
            match page.paging.and_then(|paging| paging.next) {
                Some(next) => after = Some(next.after.text()),
                None => return Ok(owners),
            }
        }
        Err(HubSpotError::Broken { what: "its pages of owners do not end".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_known_by_its_own_id_and_shows_no_name() {
        let text =
            r#"{"id":"41","userId":9,"email":"Ann@Example.com","firstName":"Ann","lastName":"Lee","type":"PERSON"}"#;
        let owner = serde_json::from_str::<Wire>(text).unwrap().owner();
        assert_eq!((owner.id.as_str(), owner.user, owner.email.as_str()), ("41", Some(UserId(9)), "ann@example.com"));
        assert!(!format!("{owner:?}").contains("Ann"), "{owner:?}");
    }
}
