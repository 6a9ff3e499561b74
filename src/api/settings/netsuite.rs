//! Connecting NetSuite, as the settings page asks for it.

use crate::api::signed::SignedRoutes;

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
}
