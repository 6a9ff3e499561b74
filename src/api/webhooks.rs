//! HubSpot's events.
//!
//! Promise: only what HubSpot signed is read; it is kept and answered at once, and worked off afterwards. What is nothing to
//! us is answered with 200 all the same: HubSpot would send it ten more times.

use axum::{Router, extract::State, response::Response, routing::post};
use serde::Serialize;

use super::{Api, ApiError, json, signed::SignedEvents};
use crate::hubspot::webhooks;

/// The path that the app's webhooks component names.
const PATH: &str = "/webhooks/hubspot";

/// The events' route.
pub(super) fn routes() -> Router<Api> {
    Router::new().route(PATH, post(take))
}

/// How many events were kept.
#[derive(Serialize)]
struct Answer {
    taken: usize,
    ignored: usize,
}

async fn take(State(api): State<Api>, SignedEvents(body): SignedEvents) -> Result<Response, ApiError> {
    let events = webhooks::read(&body, api.app_id)
        .ok_or_else(|| ApiError::Invalid("the body must be a JSON list of events".to_owned()))?;
    let kept = api.admin.take_events(&events).await?;
    for (event, kept) in events.iter().zip(&kept) {
        api.probes.event(event.kind.word(), *kept);
    }
    let taken = kept.iter().filter(|kept| **kept).count();
    json(&Answer { taken, ignored: kept.len() - taken })
}
