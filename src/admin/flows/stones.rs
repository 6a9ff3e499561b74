//! Tombstones: rows of the ERP that are not made again, since their record was deleted or erased in HubSpot.

use serde::Serialize;
use uuid::Uuid;

use super::{Done, steer::hint};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{ConnectionId, ObjectId, PortalId, SourceId},
        record::ObjectType,
    },
    in_tx,
    store::{
        StoreError, Tx, connections, flows,
        links::LinkKind,
        parked::Side,
        tombstones::{self, Tombstone},
    },
    sync::defaults,
};

/// So many are on a page.
const PAGE: u32 = 50;

/// Tombstones of a portal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TombstonesAnswer {
    /// At most 50.
    pub tombstones: Vec<StoneView>,
    /// What to ask behind for more; null: that was all.
    #[schema(required = true)]
    pub next: Option<Uuid>,
}

/// A row of the ERP that is not made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tombstone)]
pub struct StoneView {
    /// Our id.
    pub id: Uuid,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// `customer` or `contact`.
    pub kind: &'static str,
    /// The ERP record.
    pub erp_id: SourceId,
    /// Its page.
    #[schema(required = true)]
    pub erp_url: Option<String>,
    /// The type of the HubSpot record that was.
    pub object_type_id: ObjectType,
    /// The HubSpot record that was.
    pub object_id: ObjectId,
    /// Where it was; HubSpot shows a deleted one for 90 days.
    #[schema(required = true)]
    pub object_url: Option<String>,
    /// `deletion` or `erasure`.
    pub reason: &'static str,
    /// When it was noticed.
    pub at: Millis,
}

impl Admin {
    /// The portal's tombstones.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn tombstones(&self, by: &Administrator, after: Option<Uuid>) -> Result<TombstonesAnswer, AdminError> {
        let portal = by.who().portal;
        let (pages, _) = self.pages(portal).await?;
        let found = in_tx!(self.db, read "tombstones", |tx| { tombstones::page(tx, portal, after, PAGE).await })?;
        let next = found.last().filter(|_| found.len() >= PAGE as usize).map(|stone| stone.id);
        let views = found.into_iter().map(|stone| StoneView {
            id: stone.id,
            connection_id: stone.connection_id,
            kind: stone.kind.word(),
            erp_url: pages.of_source(stone.connection_id, stone.kind, &stone.erp_id),
            erp_id: stone.erp_id,
            object_type_id: stone.record.object_type,
            object_id: stone.record.object_id,
            object_url: pages.of_record(stone.record),
            reason: stone.reason.word(),
            at: stone.created_at,
        });
        Ok(TombstonesAnswer { tombstones: views.collect(), next })
    }

    /// Lifts a tombstone: its row may be matched and made again, and its flow looks at it at once. One that was lifted already
    /// is none.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's, and for one that is not there.
    pub async fn lift_tombstone(&self, by: &Administrator, id: Uuid) -> Result<Done, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let lifted = in_tx!(self.db, "lift a tombstone", |tx| {
            let Some(stone) = find(tx, portal, id).await? else { return Ok(false) };
            let lifted = tombstones::lift(tx, portal, id).await?;
            look_at(tx, &stone, now).await?;
            Ok(lifted)
        })?;
        if !lifted {
            return Err(AdminError::NoSuch("tombstone"));
        }
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, tombstone = %id, "a tombstone was lifted");
        Ok(Done {})
    }
}

/// The stone of this id, if it is the portal's: the first behind the id before it.
async fn find(tx: &mut Tx, portal: PortalId, id: Uuid) -> Result<Option<Tombstone>, StoreError> {
    let before = id.as_u128().checked_sub(1).map(Uuid::from_u128);
    let found = tombstones::page(tx, portal, before, 1).await?;
    Ok(found.into_iter().find(|stone| stone.id == id))
}

/// Has the flow of a stone's row look at it.
async fn look_at(tx: &mut Tx, stone: &Tombstone, now: Millis) -> Result<(), StoreError> {
    let Some(connection) = connections::get(tx, stone.portal_id, stone.connection_id).await? else { return Ok(()) };
    let of_kind = |kind: LinkKind, key: &str| {
        defaults::of(&connection.system, key).is_some_and(|flow| super::link_kind(flow.kind) == kind)
    };
    for flow in flows::of_connection(tx, stone.portal_id, connection.id).await? {
        if of_kind(stone.kind, &flow.key) {
            hint(tx, &flow, Side::Erp, stone.erp_id.as_str(), now).await?;
        }
    }
    Ok(())
}
