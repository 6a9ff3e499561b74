//! What is known here of a page of records: links, tombstones, what is parked, what people decided.

use std::{collections::HashMap, sync::Arc};

use super::{
    item::{Item, Ruling},
    outcome::{Outcome, Refused},
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::ids::SourceId,
    erp::source::SourceRecord,
    in_tx,
    store::{
        links::{self, Link, LinkBasis, LinkKind},
        parked,
        reviews::{self, Review, ReviewState},
        tombstones::{self, Tombstone},
    },
    sync::{bases::Bases, decide::Found, mapping::TargetPlan},
};

/// What the database knows of some records.
struct Known {
    links: HashMap<SourceId, Vec<Link>>,
    buried: HashMap<SourceId, Vec<Tombstone>>,
    parked: HashMap<(SourceId, String), parked::Parked>,
    rulings: HashMap<(SourceId, String), Review>,
}

/// Why rows are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The ERP says that they changed.
    Changed,
    /// Somebody asked for them, or what was in their way has changed: also what is parked is tried again.
    Asked,
}

/// Makes items of `records`: one for each target that a record is for or is linked with.
pub(super) async fn items(
    session: &Session,
    records: Vec<SourceRecord>,
    reason: Reason,
    outcome: &mut Outcome,
) -> Result<Vec<Item>, Trouble> {
    let known = known(session, &records).await?;
    let mut items = Vec::with_capacity(records.len());
    for source in records {
        let source = Arc::new(source);
        for target in &session.plan.targets {
            if let Some(item) = item(session, &source, target, &known, reason, outcome) {
                items.push(item);
            }
        }
    }
    Ok(items)
}

async fn known(session: &Session, records: &[SourceRecord]) -> Result<Known, Trouble> {
    let ids: Vec<SourceId> = records.iter().map(|record| record.id.clone()).collect();
    let (portal, flow, connection) = (session.portal(), session.flow.id, session.flow.connection_id);
    let kind = session.kind();
    let (links, stones, parked, reviews) = in_tx!(session.sync.db, read "what is known of a page", |tx| {
        let links = links::of_erp_ids(tx, portal, connection, kind, &ids).await?;
        let stones = tombstones::of_erp_ids(tx, portal, connection, kind, &ids).await?;
        let parked = parked::of_erp_ids(tx, portal, flow, &ids).await?;
        let reviews = reviews::of_erp_ids(tx, portal, flow, &ids).await?;
        Ok((links, stones, parked, reviews))
    })?;
    let mut known =
        Known { links: HashMap::new(), buried: HashMap::new(), parked: HashMap::new(), rulings: HashMap::new() };
    for link in links {
        known.links.entry(link.erp_id.clone()).or_default().push(link);
    }
    for stone in stones {
        known.buried.entry(stone.erp_id.clone()).or_default().push(stone);
    }
    for row in parked {
        if let Some(id) = row.erp_id.clone() {
            known.parked.insert((id, row.target.clone()), row);
        }
    }
    known.rulings.extend(reviews.into_iter().map(|review| ((review.erp_id.clone(), review.target.clone()), review)));
    Ok(known)
}

fn item(
    session: &Session,
    source: &Arc<SourceRecord>,
    target: &Arc<TargetPlan>,
    known: &Known,
    reason: Reason,
    outcome: &mut Outcome,
) -> Option<Item> {
    let at = (source.id.clone(), target.key().to_owned());
    let parked = known.parked.get(&at);
    if reason == Reason::Changed && parked.is_some_and(|row| stays_parked(session, row, source)) {
        outcome.counts.parked += 1;
        return None;
    }
    let wanted = match session.wants(target, source) {
        Ok(wanted) => wanted,
        Err(fault) => {
            outcome.refused.push(Refused::unmapped(target, source, &fault));
            return None;
        }
    };
    let link = link_of(known.links.get(&source.id), target, wanted);
    if !wanted && link.is_none() {
        return None;
    }
    let bases = link.as_ref().map(|link| Bases::read(&link.base)).unwrap_or_default();
    Some(Item {
        source: Arc::clone(source),
        target: Arc::clone(target),
        wanted,
        buried: known
            .buried
            .get(&source.id)
            .is_some_and(|stones| stones.iter().any(|stone| stone.covers(target.key()))),
        promote: false,
        remade: false,
        bases,
        link,
        ruling: known.rulings.get(&at).map(ruling).unwrap_or_default(),
        mapping: target.map(source),
        looked_at: reason == Reason::Asked,
        again: false,
        found: Found::NotAsked,
        alike: Vec::new(),
        record: None,
        parked: parked.is_some(),
        supersedes: None,
        reads_only: false,
    })
}

/// The link of a target: the one that writes, else, for a row that the target is for, the oldest that a person made. Who links
/// a contact on its card does not say what the row becomes, so what the card noted as its target is a guess.
fn link_of(links: Option<&Vec<Link>>, target: &TargetPlan, wanted: bool) -> Option<Link> {
    let links: Vec<&Link> = links?.iter().filter(|link| link.record.object_type == target.object()).collect();
    let own = |link: &&&Link| link.target == target.key();
    let by_person = |link: &&&Link| matches!(link.basis, LinkBasis::Confirmed | LinkBasis::Planted) && !link.writes;
    let writing = links.iter().find(|link| link.writes && own(link));
    let reading = || links.iter().find(own).or_else(|| links.iter().find(by_person)).filter(|_| wanted);
    writing.or_else(reading).map(|link| (*link).clone())
}

/// Whether a parked row need not be looked at: neither it nor the rules changed since, and nobody asked.
fn stays_parked(session: &Session, row: &parked::Parked, source: &SourceRecord) -> bool {
    row.stamp.as_deref() == Some(source.stamp.as_str())
        && row.rules_version == session.flow.rules_version
        && !row.retry_asked
        && row.due_at.is_none_or(|due| due > session.now())
}

fn ruling(review: &Review) -> Ruling {
    Ruling {
        chosen: review.chosen.filter(|_| review.state == ReviewState::Accepted),
        new: review.state == ReviewState::Accepted && review.chosen.is_none(),
        refused: review.refused.iter().copied().collect(),
    }
}

impl Item {
    /// Whether its link was made by a person and could become the one that writes.
    pub(super) fn may_be_promoted(&self) -> bool {
        let by_person = |link: &Link| !link.writes && matches!(link.basis, LinkBasis::Confirmed | LinkBasis::Planted);
        self.wanted && self.link.as_ref().is_some_and(by_person)
    }
}

impl Session {
    /// The kind of ERP records that flows, as links have it.
    pub(super) fn kind(&self) -> LinkKind {
        match self.plan.kind {
            crate::erp::source::Kind::Customer => LinkKind::Customer,
            crate::erp::source::Kind::Contact => LinkKind::Contact,
        }
    }
}
