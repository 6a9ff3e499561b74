//! Rows that are gone and wrote to a record that another row is linked with too, which is there: it writes from now on. So it
//! comes when the ERP and HubSpot both merge what was twice.

use super::{AT_ONCE, happened, really_gone};
use crate::{
    domain::{ids::LinkId, record::RecordRef},
    in_tx,
    store::{
        StoreError, Tx,
        activity::What,
        connections, flow_hints,
        flow_hints::NewFlowHint,
        flows,
        links::{self, Link},
        parked::Side,
    },
    sync::{
        defaults,
        work::{
            bonds::link_kind,
            keep::{Marks, keep},
            outcome::Outcome,
            session::Session,
            trouble::Trouble,
        },
    },
};

/// Lets those write whose time has come.
pub(super) async fn work(session: &Session) -> Result<(), Trouble> {
    let mut after: Option<LinkId> = None;
    loop {
        let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
        let due = in_tx!(session.sync.db, read "gone rows with an heir", |tx| {
            links::with_heir(tx, portal, connection, kind, after, AT_ONCE).await
        })?;
        let Some(last) = due.last() else { return Ok(()) };
        after = Some(last.id);
        let gone = really_gone(session, due).await?;
        if gone.is_empty() {
            continue;
        }
        let yielded = hand_over(session, &gone).await?;
        let mut outcome = Outcome::default();
        outcome.happened.extend(yielded.iter().map(|link| happened(What::Unlinked, link)));
        keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await?;
    }
}

/// Takes the gone ones away, and lets the oldest link write whose row is there; gives those that went.
async fn hand_over(session: &Session, gone: &[Link]) -> Result<Vec<Link>, Trouble> {
    let (portal, flow, fence) = (session.portal(), session.flow.id, session.lease.fence);
    let records: Vec<RecordRef> = gone.iter().map(|link| link.record).collect();
    let yielded = in_tx!(session.sync.db, "hand records over", |tx| {
        if !flows::hold(tx, flow, fence, session.now()).await? {
            return Ok(None);
        }
        let all = links::of_records(tx, portal, &records).await?;
        let mut yielded = Vec::new();
        for link in gone {
            let of_record = |heir: &&Link| heir.record == link.record && heir.id != link.id;
            let Some(heir) = all.iter().filter(of_record).find(|heir| heir.gone_at.is_none()) else { continue };
            links::unlink(tx, portal, &[link.id]).await?;
            links::set_writer(tx, portal, heir.id, &heir.target).await?;
            look_at(session, tx, heir).await?;
            yielded.push(link.clone());
        }
        Ok(Some(yielded))
    })?;
    yielded.ok_or(Trouble::Lost)
}

/// The heir's flow looks at its row.
async fn look_at(session: &Session, tx: &mut Tx, heir: &Link) -> Result<(), StoreError> {
    let (portal_id, now) = (session.portal(), session.now());
    let Some(connection) = connections::get(tx, portal_id, heir.connection_id).await? else { return Ok(()) };
    for flow in flows::of_connection(tx, portal_id, connection.id).await? {
        let kind = defaults::of(&connection.system, &flow.key).map(|default| link_kind(default.kind));
        if kind == Some(heir.kind) {
            let key = heir.erp_id.as_str();
            let hint = NewFlowHint { flow_id: flow.id, portal_id, side: Side::Erp, key, by_hand: false };
            flow_hints::leave(tx, hint, now).await?;
        }
    }
    Ok(())
}
