//! The contact sync, as the settings page asks for it.
//!
//! Promise: that of [`super`]. What is asked twice has the effect of once, so keys are read and not kept.

pub mod alerts;
pub mod flows;
pub mod log;
pub mod mapping;
pub mod reviews;
pub mod undo;

use serde::de::DeserializeOwned;

use crate::api::{
    ApiError,
    reading::parse,
    signed::{Input, SignedRoutes},
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    alerts::add(undo::add(reviews::add(log::add(mapping::add(flows::add(routes))))))
}

/// A body of the shape `T`.
pub(in crate::api) struct Body<T>(T);

impl<T: DeserializeOwned + Send> Input for Body<T> {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        parse(body).map(Self)
    }
}
