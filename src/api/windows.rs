//! Windows outside HubSpot: ordinary pages in a browser, which no signature covers.

use axum::Router;

use super::Api;

/// The windows' routes.
pub(super) fn routes() -> Router<Api> {
    Router::new()
}
