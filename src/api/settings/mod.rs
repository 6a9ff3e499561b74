//! The settings page's endpoints. Each handler reads its input, lets `admin` do it, and sends the answer.

mod netsuite;

use super::signed::SignedRoutes;

/// The settings page's routes.
#[must_use]
pub fn routes() -> SignedRoutes {
    netsuite::add(SignedRoutes::default())
}
