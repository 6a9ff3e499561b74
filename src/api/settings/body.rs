//! Reading what the settings page sends.
//!
//! Promise: that of [`crate::api::reading`].

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    admin::leave,
    api::{
        ApiError,
        reading::{Parameters, parse},
        signed::Input,
    },
    domain::{ids::ConnectionId, permissions::Permissions},
};

/// The bodies as they are sent.
pub mod shapes {
    use super::{ConnectionId, Deserialize, Permissions, Serialize, leave, present};
    use crate::{admin::overview::ConnectionSettings, domain::ids::IdempotencyKey};

    /// A connection to test.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct TestRequest {
        /// The connection.
        pub connection_id: ConnectionId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A connection's new name and base currency.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct ChangeRequest {
        /// The connection.
        pub connection_id: ConnectionId,
        /// 1 to 80 characters.
        #[schema(min_length = 1, max_length = 80)]
        pub name: String,
        /// The account's own currency (ISO 4217), for accounts that do not tell it; else null.
        #[serde(deserialize_with = "present")]
        #[schema(required = true)]
        pub base_currency: Option<String>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// The connection as it is now.
    #[derive(Serialize, utoipa::ToSchema)]
    pub struct ChangeAnswer {
        /// The connection.
        pub connection: ConnectionSettings,
    }

    /// Who may do what.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct PermissionsRequest {
        /// In place of what was decided before.
        pub permissions: Permissions,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// Who may do what, as it was kept.
    #[derive(Serialize, utoipa::ToSchema)]
    pub struct PermissionsAnswer {
        /// Each user and team once, in order.
        pub permissions: Permissions,
    }

    /// A way out.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct LeaveRequest {
        /// Which.
        pub way: leave::Way,
        /// The connection, for the ways that are about one; else null.
        #[serde(deserialize_with = "present")]
        #[schema(required = true)]
        pub connection_id: Option<ConnectionId>,
        /// What becomes of our property in HubSpot, when the portal is purged.
        pub properties: leave::Properties,
        /// Empty to pause and resume; the account id to disconnect and purge a connection; else the portal id.
        pub confirm: String,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// A field that may be null but must be there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// Nothing is asked.
pub(in crate::api) struct Nothing;

impl Input for Nothing {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        Parameters::read(query, &[]).map(|_| Self)
    }
}

/// What leaving would touch.
pub(in crate::api) struct LeavingQuery {
    pub(in crate::api) connection: Option<ConnectionId>,
}

impl Input for LeavingQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["connectionId"])?;
        Ok(Self { connection: parameters.optional("connectionId")? })
    }
}

/// A connection, perhaps.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct LeavingParams {
    /// The connection whose rows are to be counted apart.
    #[param(rename = "connectionId", value_type = Option<String>, format = Uuid)]
    connection_id: Option<ConnectionId>,
}

/// A connection to test.
pub(in crate::api) struct TestBody {
    pub(in crate::api) connection: ConnectionId,
}

impl Input for TestBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::TestRequest = parse(body)?;
        Ok(Self { connection: sent.connection_id })
    }
}

/// A connection's new name and base currency.
pub(in crate::api) struct ChangeBody(pub(in crate::api) shapes::ChangeRequest);

impl Input for ChangeBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        parse(body).map(Self)
    }
}

/// Who may do what.
pub(in crate::api) struct PermissionsBody(pub(in crate::api) Permissions);

impl Input for PermissionsBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::PermissionsRequest = parse(body)?;
        Ok(Self(sent.permissions))
    }
}

/// A way out.
pub(in crate::api) struct LeaveBody(pub(in crate::api) leave::LeaveRequest);

impl Input for LeaveBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::LeaveRequest = parse(body)?;
        Ok(Self(leave::LeaveRequest {
            way: sent.way,
            connection_id: sent.connection_id,
            properties: sent.properties,
            confirm: sent.confirm,
        }))
    }
}
