//! Records that somebody wants to be looked at now: worked off between pages, so that a first sync of very many rows delays
//! one record by a page at most.

use super::{
    gather::Reason,
    hubspot_side,
    keep::{Marks, keep},
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::ids::SourceId,
    erp::Lane,
    in_tx,
    store::{
        flow_hints::{self, FlowHint},
        parked::Side,
    },
};

/// So many are worked off at once.
const AT_ONCE: u32 = 100;

/// Works off all hints that are due.
pub(super) async fn all(session: &Session) -> Result<(), Trouble> {
    if session.dry() {
        return Ok(());
    }
    loop {
        let (portal, flow, now) = (session.portal(), session.flow.id, session.now());
        let due = in_tx!(session.sync.db, read "due hints", |tx| {
            flow_hints::due(tx, portal, flow, AT_ONCE, now).await
        })?;
        if due.is_empty() {
            return Ok(());
        }
        session.heed().await?;
        let (of_erp, of_hubspot): (Vec<FlowHint>, Vec<FlowHint>) =
            due.into_iter().partition(|hint| hint.side == Side::Erp);
        erp(session, &of_erp).await?;
        hubspot_side::hints(session, &of_hubspot).await?;
    }
}

/// Looks at records of the ERP.
async fn erp(session: &Session, hints: &[FlowHint]) -> Result<(), Trouble> {
    if hints.is_empty() {
        return Ok(());
    }
    let ids: Vec<SourceId> = hints.iter().filter_map(|hint| hint.key.parse().ok()).collect();
    session.may_call()?;
    let found = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?;
    let missing = found.missing(&ids);
    let mut outcome = session.records(found.records, Reason::Asked).await?;
    session.broken(&found.broken, &mut outcome);
    session.gone(&missing, &mut outcome).await?;
    keep(session, &outcome, Marks { hints, phase: "records", ..Marks::default() }).await
}
