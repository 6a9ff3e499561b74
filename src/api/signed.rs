//! The only way to a tenant: a request that HubSpot signed for this app.
//!
//! Promise: a [`Signed`] value exists only after signature, time stamp and identity were checked, and cannot be made
//! anywhere else; [`SignedRoutes`] takes only handlers that ask for one.
//! Never: a default that accepts; a URL built from a `Host` header.

use std::future::Future;

use axum::{
    Router,
    extract::{FromRequest, Request, State, rejection::BytesRejection},
    response::Response,
    routing,
};
use bytes::Bytes;
use http::HeaderMap;

use super::{Api, ApiError, problem::Unsigned};
use crate::{
    cards::Who,
    hubspot::{
        identity,
        signature::{self, SignedParts},
    },
};

const SIGNATURE: &str = "x-hubspot-signature-v3";
const TIMESTAMP: &str = "x-hubspot-request-timestamp";
/// Version 1, and others: which is not said here.
const OLD_SIGNATURE: &str = "x-hubspot-signature";

/// What a handler wants to know of a signed request.
pub trait Input: Sized + Send {
    /// Reads it from the raw query and body.
    ///
    /// # Errors
    /// [`ApiError::Invalid`] with what is wrong, where, and what would be right.
    fn read(query: &str, body: &[u8]) -> Result<Self, ApiError>;
}

/// A request that HubSpot signed: for whom, and what it asks.
pub struct Signed<T> {
    who: Who,
    input: T,
}

impl<T> Signed<T> {
    /// Tenant and user, and what is asked.
    #[must_use]
    pub fn into_parts(self) -> (Who, T) {
        (self.who, self.input)
    }
}

impl<T: Input> FromRequest<Api> for Signed<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let (uri, body) = verified(request, api).await?;
        let query = uri.split_once('?').map_or("", |(_, query)| query);
        let identity = identity::identify(query, api.app_id)?;
        let who = Who { portal: identity.portal, user: identity.user };
        Ok(Self { who, input: T::read(query, &body)? })
    }
}

/// The URI as HubSpot calls it and the raw body of a request whose signature of version 3 holds.
async fn verified(request: Request, api: &Api) -> Result<(String, Bytes), ApiError> {
    let method = request.method().clone();
    let path_and_query = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let uri = [api.public_url.as_str(), path_and_query].concat();
    let headers = request.headers();
    let (signature, stamp) = match (one(headers, SIGNATURE), one(headers, TIMESTAMP)) {
        (Ok(signature), Ok(stamp)) => (signature.to_owned(), stamp.to_owned()),
        (Err(why), _) | (_, Err(why)) => return Err(refuse(api, why)),
    };
    signature::check_timestamp(&stamp, api.clock.now()).map_err(|e| refuse(api, e.into()))?;
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| too_large(&rejection))?;
    let parts = SignedParts { method: method.as_str(), uri: &uri, body: &body, timestamp: &stamp };
    if !signature::verify_v3(&api.secrets, &parts, &signature) {
        tracing::warn!(
            public_url = %api.public_url, given = signature.get(..6).unwrap_or_default(),
            "a signature does not fit; does the public URL equal the one that HubSpot calls?"
        );
        return Err(refuse(api, Unsigned::Mismatch));
    }
    Ok((uri, body))
}

/// The raw body of events that HubSpot signed: with version 3, or, only where the configuration accepts it and no header of
/// version 3 is there, with version 1. What the request says of its own version counts for nothing.
pub struct SignedEvents(pub Bytes);

impl FromRequest<Api> for SignedEvents {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let headers = request.headers();
        let old = match &api.webhooks_v1 {
            Some(secrets) if !headers.contains_key(SIGNATURE) => {
                Some((secrets, one(headers, OLD_SIGNATURE).map_err(|why| refuse(api, why))?.to_owned()))
            }
            _ => None,
        };
        if let Some((secrets, signature)) = old {
            let body = Bytes::from_request(request, &()).await.map_err(|rejection| too_large(&rejection))?;
            return if secrets.verify(&body, &signature) {
                Ok(Self(body))
            } else {
                Err(refuse(api, Unsigned::Mismatch))
            };
        }
        verified(request, api).await.map(|(_, body)| Self(body))
    }
}

fn refuse(api: &Api, why: Unsigned) -> ApiError {
    api.probes.unsigned(why.word());
    ApiError::Unsigned(why)
}

/// The header's text, if it is there exactly once.
fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unsigned> {
    let mut all = headers.get_all(name).iter();
    let first = all.next().ok_or(Unsigned::Missing(name))?;
    if all.next().is_some() {
        return Err(Unsigned::Repeated(name));
    }
    first.to_str().map_err(|_| Unsigned::Mismatch)
}

fn too_large(rejection: &BytesRejection) -> ApiError {
    if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::TooLarge;
    }
    ApiError::Invalid("the body broke off before it was complete; send the request again".to_owned())
}

/// Routes of which every handler takes a [`Signed`]: others do not fit the signatures below.
#[derive(Default)]
pub struct SignedRoutes(Router<Api>);

impl SignedRoutes {
    /// A handler for GET.
    #[must_use]
    pub fn get<T, F, R>(self, path: &str, handler: F) -> Self
    where
        T: Input + 'static,
        F: Fn(Api, Signed<T>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self(self.0.route(path, routing::get(move |State(api): State<Api>, signed: Signed<T>| handler(api, signed))))
    }

    /// A handler for POST.
    #[must_use]
    pub fn post<T, F, R>(self, path: &str, handler: F) -> Self
    where
        T: Input + 'static,
        F: Fn(Api, Signed<T>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self(self.0.route(path, routing::post(move |State(api): State<Api>, signed: Signed<T>| handler(api, signed))))
    }

    /// The routes, ready to be merged with others.
    pub fn into_router(self) -> Router<Api> {
        self.0
    }
}
