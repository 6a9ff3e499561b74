//! HubSpot's events.

use axum::Router;

use super::Api;

/// The events' route.
pub(super) fn routes() -> Router<Api> {
    Router::new()
}
