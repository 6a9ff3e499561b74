//! Reading the body of the card's POST calls.
//!
//! Promise: that of [`crate::api::reading`].

use serde::Deserialize;

use crate::{
    api::{ApiError, reading::parse, signed::Input},
    cards::{self, AskedInvoice},
    domain::{
        ids::{AssociationId, ConnectionId, CustomerId, IdempotencyKey, InvoiceId, ObjectId},
        record::{ObjectType, RecordRef},
    },
};

/// The bodies as they are sent.
pub mod shapes {
    use super::{
        AssociationId, ConnectionId, CustomerId, Deserialize, IdempotencyKey, InvoiceId, ObjectId, ObjectType,
    };

    /// Invoices to attach to a record.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct AddRequest {
        /// Contact, company or deal.
        pub object_type_id: ObjectType,
        /// The record's id.
        pub object_id: ObjectId,
        /// New for every action of a user; the same when the same request is sent again.
        pub idempotency_key: IdempotencyKey,
        /// 1 to 50 different invoices.
        #[schema(min_items = 1, max_items = 50)]
        pub invoices: Vec<AskedInvoice>,
    }

    /// One invoice to attach.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct AskedInvoice {
        /// Its connection.
        pub connection_id: ConnectionId,
        /// The ERP's id.
        pub invoice_id: InvoiceId,
        /// Whether the user confirmed that an invoice of a stranger is meant.
        pub confirmed: bool,
    }

    /// An association to remove or to restore.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct RemoveRequest {
        /// Contact, company or deal.
        pub object_type_id: ObjectType,
        /// The record's id.
        pub object_id: ObjectId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
        /// The association.
        pub association_id: AssociationId,
    }

    /// The customer that a contact is.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct LinkRequest {
        /// Only contacts (`0-1`).
        pub object_type_id: ObjectType,
        /// The contact's id.
        pub object_id: ObjectId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
        /// The connection of the customer.
        pub connection_id: ConnectionId,
        /// The customer.
        pub customer_id: CustomerId,
    }

    /// A record to bring in step.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct SyncRequest {
        /// Contact, company or deal.
        pub object_type_id: ObjectType,
        /// The record's id.
        pub object_id: ObjectId,
        /// With the ERP records of this connection; left out: with all.
        pub connection_id: Option<ConnectionId>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A record to read anew.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct RefreshRequest {
        /// Contact, company or deal.
        pub object_type_id: ObjectType,
        /// The record's id.
        pub object_id: ObjectId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

const fn record(object_type: ObjectType, object_id: ObjectId) -> RecordRef {
    RecordRef { object_type, object_id }
}

/// Invoices to attach.
pub(in crate::api) struct AddBody {
    pub(in crate::api) key: IdempotencyKey,
    pub(in crate::api) request: cards::AddRequest,
}

impl Input for AddBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::AddRequest = parse(body)?;
        let one = |i: shapes::AskedInvoice| AskedInvoice {
            connection_id: i.connection_id,
            invoice_id: i.invoice_id,
            confirmed: i.confirmed,
        };
        let invoices = sent.invoices.into_iter().map(one).collect();
        let request = cards::AddRequest { record: record(sent.object_type_id, sent.object_id), invoices };
        Ok(Self { key: sent.idempotency_key, request })
    }
}

/// An association to remove or to restore.
pub(in crate::api) struct ChangeBody {
    pub(in crate::api) key: IdempotencyKey,
    pub(in crate::api) record: RecordRef,
    pub(in crate::api) association: AssociationId,
}

impl Input for ChangeBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::RemoveRequest = parse(body)?;
        let record = record(sent.object_type_id, sent.object_id);
        Ok(Self { key: sent.idempotency_key, record, association: sent.association_id })
    }
}

/// The customer that a contact is.
pub(in crate::api) struct LinkBody {
    pub(in crate::api) key: IdempotencyKey,
    pub(in crate::api) request: cards::LinkRequest,
}

impl Input for LinkBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::LinkRequest = parse(body)?;
        let request = cards::LinkRequest {
            record: record(sent.object_type_id, sent.object_id),
            connection_id: sent.connection_id,
            customer_id: sent.customer_id,
        };
        Ok(Self { key: sent.idempotency_key, request })
    }
}

/// A record to read anew.
pub(in crate::api) struct RefreshBody {
    pub(in crate::api) record: RecordRef,
}

impl Input for RefreshBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::RefreshRequest = parse(body)?;
        Ok(Self { record: record(sent.object_type_id, sent.object_id) })
    }
}

/// A record to bring in step.
pub(in crate::api) struct SyncBody {
    pub(in crate::api) record: RecordRef,
    pub(in crate::api) connection: Option<ConnectionId>,
}

impl Input for SyncBody {
    fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
        let sent: shapes::SyncRequest = parse(body)?;
        Ok(Self { record: record(sent.object_type_id, sent.object_id), connection: sent.connection_id })
    }
}
