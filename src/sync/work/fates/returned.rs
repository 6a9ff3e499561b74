//! Rows that counted as gone and are there again: their records do not say any more that they were deleted.

use std::collections::BTreeSet;

use super::{AT_ONCE, by_type, happened, parted, state};
use crate::{
    domain::ids::LinkId,
    erp::Lane,
    hubspot::properties::{DELETED_IN_ERP, STATE_PROPERTY},
    in_tx,
    store::{
        activity::What,
        links::{self, Link, MARKED},
    },
    sync::work::{
        keep::{Marks, keep},
        outcome::{Happened, Outcome, Refused},
        session::Session,
        trouble::Trouble,
    },
};

/// Works off those that were seen since.
pub(super) async fn work(session: &Session) -> Result<(), Trouble> {
    let mut after: Option<LinkId> = None;
    loop {
        let (portal, connection, kind) = (session.portal(), session.flow.connection_id, session.kind());
        let seen = in_tx!(session.sync.db, read "gone rows that were seen again", |tx| {
            links::returned(tx, portal, connection, kind, after, AT_ONCE).await
        })?;
        let Some(last) = seen.last() else { return Ok(()) };
        after = Some(last.id);
        let (back, gone) = parted(session, seen).await?;
        unmark(session, &back).await?;
        let ids = |links: &[Link]| links.iter().map(|link| link.id).collect::<Vec<_>>();
        let (back, gone, now) = (ids(&back), ids(&gone), session.now());
        in_tx!(session.sync.db, "rows that are there again", |tx| {
            links::set_gone(tx, portal, &gone, Some(now)).await?;
            links::set_gone(tx, portal, &back, None).await
        })?;
    }
}

/// Takes the marks away that are there; people may have set the property otherwise.
async fn unmark(session: &Session, back: &[Link]) -> Result<(), Trouble> {
    let mut outcome = Outcome::default();
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    for (object, links) in by_type(back) {
        let ids: Vec<String> = links.iter().map(|link| link.record.object_id.to_string()).collect();
        session.may_call()?;
        let found = hubspot.read_by(Lane::Background, portal, object, None, &ids, &[STATE_PROPERTY]).await?;
        let marked: BTreeSet<_> = found
            .iter()
            .filter(|one| one.record.value(STATE_PROPERTY) == Some(DELETED_IN_ERP))
            .map(|one| one.record.id)
            .collect();
        let links: Vec<&Link> = links.into_iter().filter(|link| marked.contains(&link.record.object_id)).collect();
        session.may_call()?;
        let updates: Vec<_> = links.iter().map(|link| state(link, "")).collect();
        let written = hubspot.update_many(Lane::Background, portal, object, &updates).await?;
        for link in links {
            let trace = link.id.to_string();
            if let Some(one) = written.refused.iter().find(|one| one.trace == trace) {
                outcome.refused.push(Refused::of_deletion(link, &one.refusal));
            } else {
                outcome.counts.updated += 1;
                let fields = vec![STATE_PROPERTY.to_owned()];
                outcome.happened.push(Happened { fields, ..happened(What::Updated, link) });
            }
        }
    }
    for link in back.iter().filter(|link| link.base.contains_key(MARKED)) {
        let mut base = link.base.clone();
        base.remove(MARKED);
        outcome.rebased.push((link.clone(), base));
    }
    outcome.counts.parked += outcome.refused.len() as u64;
    keep(session, &outcome, Marks { phase: "deletions", ..Marks::default() }).await
}
