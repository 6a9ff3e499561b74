//! Leaving a portal of our own accord.

use http::Method;

use super::{HubSpot, HubSpotError, client::Request};
use crate::{domain::ids::PortalId, outbound::Lane};

impl HubSpot {
    /// Removes the app from `portal`: HubSpot ends its tokens and webhooks, and writes to the administrators
    /// (hubspot.md §3.3). Afterwards no call for this portal works.
    ///
    /// # Errors
    /// See [`HubSpotError`].
    pub async fn uninstall(&self, lane: Lane, portal: PortalId) -> Result<(), HubSpotError> {
        let path = format!("/appinstalls/{}/external-install", self.versions().uninstall);
        let request = Request { operation: "uninstall", method: Method::DELETE, path, query: vec![], body: None };
        self.run(lane, portal, request).await
    }
}
