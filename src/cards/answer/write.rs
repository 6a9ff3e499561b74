//! The answers of what a user does: add, remove, undo, choose, refresh. Ids and outcome words only, so that a repeated
//! call can be given the very same answer again without storing anything of the ERP.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Millis,
    domain::ids::{AssociationId, ConnectionId, InvoiceId},
};

/// What became of one invoice that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddOutcome {
    /// Attached now.
    Added,
    /// It was attached already.
    AlreadyAttached,
    /// Its customer has nothing to do with this record: send it again with `confirmed`.
    NeedsConfirmation,
    /// The ERP has no such invoice.
    NotFound,
    /// The ERP role may not read it.
    NoPermission,
    /// The ERP could not be asked; nothing was written for this invoice.
    ErpUnavailable,
    /// HubSpot could not be asked whether it has this record; nothing was written.
    HubspotUnavailable,
}

/// One invoice and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddResult {
    /// The connection.
    pub connection_id: ConnectionId,
    /// The ERP's id.
    pub invoice_id: InvoiceId,
    /// What became of it.
    pub outcome: AddOutcome,
    /// The association, where there is one.
    #[schema(required = true)]
    pub association_id: Option<AssociationId>,
}

/// The answer of add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AddAnswer {
    /// One result an invoice, in the order of the request.
    pub results: Vec<AddResult>,
}

/// What became of a removal or its undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemoveOutcome {
    /// Removed now.
    Removed,
    /// It was removed already.
    AlreadyRemoved,
    /// Attached again.
    Restored,
    /// It is attached.
    AlreadyAttached,
}

/// The answer of remove and of restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveAnswer {
    /// What became of it.
    pub outcome: RemoveOutcome,
    /// The association.
    pub association_id: AssociationId,
    /// Until when the removal can be undone; null for restore.
    #[schema(required = true)]
    pub undo_until: Option<Millis>,
}

/// What became of "this is the one".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkOutcome {
    /// Linked now.
    Linked,
    /// It was linked already.
    AlreadyLinked,
    /// The ERP has no such customer with one of this contact's addresses.
    NotFound,
    /// The ERP role may not read it.
    NoPermission,
    /// The ERP could not be asked; nothing was written.
    ErpUnavailable,
    /// HubSpot could not be asked for the contact's addresses; nothing was written.
    HubspotUnavailable,
}

/// The answer of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LinkAnswer {
    /// What became of it.
    pub outcome: LinkOutcome,
}

/// What became of a refresh: always the same, since reading is the list's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefreshOutcome {
    /// The next list reads anew.
    Refreshing,
}

/// The answer of refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefreshAnswer {
    /// What became of it.
    pub outcome: RefreshOutcome,
}

/// What became of asking that a record be brought in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncOutcome {
    /// Its flow looks at it next.
    Asked,
    /// It belongs to no flow that is on.
    Nothing,
}

/// The answer to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SyncAnswer {
    /// What became of it.
    pub outcome: SyncOutcome,
}
