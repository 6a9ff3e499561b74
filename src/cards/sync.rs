//! How a record stands with the contact sync, and having it brought in step now.
//!
//! Promise: asking is fast: it leaves a hint that the flow works off between two pages.

use super::{
    CardError, Cards, Who,
    answer::{
        list::{RecordSync, SyncState},
        write::{SyncAnswer, SyncOutcome},
    },
    portal::PortalView,
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, PortalId},
        record::RecordRef,
    },
    erp::source::Kind,
    in_tx,
    store::{
        StoreError, Tx, connections,
        flow_hints::{self, NewFlowHint},
        flows::{self, Flow, FlowStatus},
        links::{self, Link, LinkKind},
        parked::{self, Parked, Side},
    },
};

/// How the record of a link that writes it stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    link: Link,
    on: bool,
    parked: Option<Parked>,
}

/// The name of the flow that works links of a kind.
const fn key_of(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Customer => "customers",
        LinkKind::Contact => "contacts",
    }
}

/// The flow that works a link.
async fn flow_of(tx: &mut Tx, portal: PortalId, link: &Link) -> Result<Option<Flow>, StoreError> {
    let all = flows::of_connection(tx, portal, link.connection_id).await?;
    Ok(all.into_iter().find(|flow| flow.key == key_of(link.kind)))
}

/// How a record stands with the flows of those of its links that write it.
pub(super) async fn standing(tx: &mut Tx, portal: PortalId, links: &[Link]) -> Result<Vec<Standing>, StoreError> {
    let mut all = Vec::new();
    for link in links.iter().filter(|link| link.writes) {
        let Some(flow) = flow_of(tx, portal, link).await? else { continue };
        let ids = std::slice::from_ref(&link.erp_id);
        let parked = parked::of_erp_ids(tx, portal, flow.id, ids).await?;
        let parked = parked.into_iter().find(|row| row.target == link.target);
        all.push(Standing { link: link.clone(), on: flow.status == FlowStatus::On, parked });
    }
    Ok(all)
}

impl Standing {
    /// As it is sent.
    pub(super) fn view(&self, portal: &PortalView) -> RecordSync {
        let Self { link, on, parked } = self;
        let parked = parked.as_ref().filter(|_| *on);
        let state = match (on, parked, link.worked_at) {
            (false, ..) => SyncState::Off,
            (true, Some(_), _) => SyncState::Parked,
            (true, None, Some(_)) => SyncState::InStep,
            (true, None, None) => SyncState::Waiting,
        };
        let kind = match link.kind {
            LinkKind::Customer => Kind::Customer,
            LinkKind::Contact => Kind::Contact,
        };
        let erp = portal.connection(link.connection_id).map(|connection| &connection.erp);
        RecordSync {
            connection_id: link.connection_id,
            kind: link.kind.word(),
            erp_id: link.erp_id.clone(),
            erp_url: erp.map(|erp| erp.record_page(kind, &link.erp_id)),
            in_step_at: link.worked_at,
            state,
            cause: parked.map(|row| row.cause.clone()),
            field: parked.and_then(|row| row.field.clone()),
            rule: parked.and_then(|row| row.rule.clone()),
        }
    }
}

impl Cards {
    /// Has a record brought in step now, with all its ERP records or with those of one connection. Asking twice is the same as
    /// asking once, so no key is needed.
    ///
    /// # Errors
    /// [`CardError::NoSuchConnection`] for another portal's; who may not attach is refused.
    pub async fn sync(
        &self,
        who: Who,
        record: RecordRef,
        connection: Option<ConnectionId>,
    ) -> Result<SyncAnswer, CardError> {
        self.may_attach(who).await?;
        let record = self.resolved(who.portal, record).await?;
        let (portal, now) = (who.portal, self.0.clock.now());
        let asked = in_tx!(self.0.db, "bring a record in step", |tx| {
            if let Some(id) = connection
                && connections::get(tx, portal, id).await?.is_none()
            {
                return Ok(None);
            }
            let links = links::of_record(tx, portal, record).await?;
            let mut asked = 0;
            for link in links.iter().filter(|link| connection.is_none_or(|id| id == link.connection_id)) {
                asked += u32::from(leave_hint(tx, portal, link, now).await?);
            }
            Ok(Some(asked))
        })?;
        let asked = asked.ok_or(CardError::NoSuchConnection)?;
        self.0.rows.changed_one(&(portal, record));
        Ok(SyncAnswer { outcome: if asked > 0 { SyncOutcome::Asked } else { SyncOutcome::Nothing } })
    }
}

/// Has the flow of a link look at it. `false`: it is not on.
async fn leave_hint(tx: &mut Tx, portal_id: PortalId, link: &Link, now: Millis) -> Result<bool, StoreError> {
    let flow = flow_of(tx, portal_id, link).await?.filter(|flow| flow.status == FlowStatus::On);
    let Some(flow) = flow else { return Ok(false) };
    let (flow_id, key) = (flow.id, link.erp_id.as_str());
    let hint = NewFlowHint { flow_id, portal_id, side: Side::Erp, key, by_hand: true };
    flow_hints::leave(tx, hint, now).await?;
    Ok(true)
}
