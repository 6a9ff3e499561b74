//! The round of a claimed flow: hints, pages of changes, what comes back from HubSpot, fates, retries, the census.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    bonds, census,
    chunk::{self, CHUNK},
    fates, gather,
    gather::Reason,
    hints, hubspot_side,
    item::Item,
    keep::{Marks, keep},
    outcome::{Outcome, Refused},
    page::Page,
    preview, retry,
    session::{Round, Session},
    trouble::Trouble,
    undo,
};
use crate::{
    clock::Millis,
    domain::ids::SourceId,
    erp::{
        Lane,
        source::{BrokenRow, Gone, SourceRecord},
    },
    in_tx,
    store::{links, runs::RunKind},
    sync::decide::Found,
};

/// How many chunks are worked side by side: those of a page. HubSpot takes its time for a batch; its limit is reached only
/// where all of them wait together.
const SIDE_BY_SIDE: usize = 10;
/// How long a round goes on while others may wait; the flow comes due again at once.
const SLICE: Duration = Duration::from_secs(30);

impl Session {
    /// Works one round.
    pub(super) async fn round(&self) -> Result<Round, Trouble> {
        self.heed().await?;
        let until = self.now().plus(SLICE);
        let (portal, connection, kind) = (self.portal(), self.flow.connection_id, self.kind());
        let of = in_tx!(self.sync.db, read "how many links a flow has", |tx| {
            links::count_of_flow(tx, portal, connection, kind).await
        })?;
        self.brake.set_of(u64::try_from(of.writing).unwrap_or(0));
        match self.run.kind {
            // Somebody asked for it although the brake holds.
            RunKind::Sync | RunKind::Census | RunKind::Retry if self.brake.is_closed() => Err(Trouble::Braked),
            RunKind::Preview => preview::count(self, until).await,
            RunKind::Undo => undo::undo(self, until).await,
            RunKind::Record => hints::all(self).await.map(|()| Round::Complete),
            RunKind::Retry => retry::all(self).await.map(|()| Round::Complete),
            RunKind::Sync => self.sync_round(until).await,
            RunKind::Census => census::take(self, until).await,
        }
    }

    async fn sync_round(&self, until: Millis) -> Result<Round, Trouble> {
        hubspot_side::begin(self).await?;
        let mut cursor = self.flow.cursor.clone();
        let first = self.flow.first_done_at.is_none();
        let total = if first { self.total().await? } else { None };
        loop {
            hints::all(self).await?;
            self.may_call()?;
            let changes = self.erp.changes(Lane::Background, &self.plan.wanted, cursor.as_deref()).await?;
            let more = changes.more;
            let marks = Marks {
                cursor: Some(&changes.next),
                first_done: !more && first,
                phase: if first { "first_sync" } else { "changes" },
                total,
                ..Marks::default()
            };
            let (records, broken, gone) = (changes.records, &changes.broken, &changes.gone);
            let mut outcome = self.records(records, Reason::Changed).await?;
            self.broken(broken, &mut outcome);
            self.gone(gone, &mut outcome).await?;
            keep(self, &outcome, marks).await?;
            cursor = Some(changes.next);
            self.heed().await?;
            if !more {
                break;
            }
            if self.now() > until {
                return Ok(Round::More);
            }
        }
        bonds::sweep(self).await?;
        hubspot_side::scan(self).await?;
        retry::due(self).await?;
        fates::work(self).await?;
        let round = census::when_due(self, until).await?;
        hints::all(self).await?;
        if first {
            self.sync.plans.drop_alike(self.flow.id);
        }
        Ok(round)
    }

    /// How many rows there are, for the progress of a first sync.
    async fn total(&self) -> Result<Option<i64>, Trouble> {
        self.may_call()?;
        let total = self.erp.count(Lane::Background, self.plan.kind).await?;
        Ok(i64::try_from(total).ok())
    }

    /// Works some records of the ERP, whatever brought them.
    pub(super) async fn records(&self, records: Vec<SourceRecord>, reason: Reason) -> Result<Outcome, Trouble> {
        let mut outcome = Outcome::default();
        outcome.counts.read += records.len() as u64;
        let items = gather::items(self, records, reason, &mut outcome).await?;
        self.items(items, &mut outcome).await?;
        Ok(outcome)
    }

    /// Works items: those that may turn out to be one record in HubSpot one after the other, all others side by side.
    pub(super) async fn items(&self, items: Vec<Item>, outcome: &mut Outcome) -> Result<(), Trouble> {
        let page = Page::default();
        let (first, twins) = apart(items);
        self.wave(&page, first, outcome).await?;
        let again = std::mem::take(&mut outcome.conflicts).into_iter().map(|item| Item { again: true, ..item.anew() });
        let second: Vec<Item> = twins.into_iter().chain(again).collect();
        self.wave(&page, second, outcome).await?;
        for item in std::mem::take(&mut outcome.conflicts) {
            outcome.refused.push(Refused::conflict(&item));
        }
        bonds::make(self, &page, outcome).await?;
        outcome.counts.parked += outcome.refused.len() as u64;
        Ok(())
    }

    async fn wave(&self, page: &Page, items: Vec<Item>, outcome: &mut Outcome) -> Result<(), Trouble> {
        let chunks = chunks(items);
        let working = chunks.into_iter().map(|items| chunk::work(self, page, items));
        let done: Vec<Outcome> = stream::iter(working).buffer_unordered(SIDE_BY_SIDE).try_collect().await?;
        for one in done {
            outcome.add(one);
        }
        Ok(())
    }

    /// Rows that the ERP sent and that cannot be read.
    pub(super) fn broken(&self, rows: &[BrokenRow], outcome: &mut Outcome) {
        let Some(target) = self.plan.targets.first() else { return };
        outcome.counts.parked += rows.len() as u64;
        outcome.refused.extend(rows.iter().map(|row| Refused::broken(target, row)));
    }

    /// Rows that are gone from the ERP.
    pub(super) async fn gone(&self, gone: &[Gone], outcome: &mut Outcome) -> Result<(), Trouble> {
        if gone.is_empty() {
            return Ok(());
        }
        let ids: Vec<SourceId> = gone.iter().map(|one| one.id.clone()).collect();
        let (portal, connection, kind) = (self.portal(), self.flow.connection_id, self.kind());
        let links = in_tx!(self.sync.db, read "links of rows that are gone", |tx| {
            links::of_erp_ids(tx, portal, connection, kind, &ids).await
        })?;
        for link in links {
            let into = gone.iter().find(|one| one.id == link.erp_id).and_then(|one| one.into.clone());
            outcome.gone.push((link, into));
        }
        Ok(())
    }
}

/// Parts items: those whose address another one before them has come later, so that they find what that one made.
fn apart(items: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
    let mut seen = HashSet::new();
    items.into_iter().partition(|item| {
        let email = item.mapped("email").filter(|_| item.link.is_none()).map(str::to_lowercase);
        email.is_none_or(|email| seen.insert((item.object(), email)))
    })
}

/// Cuts items into chunks of one target each.
fn chunks(items: Vec<Item>) -> Vec<Vec<Item>> {
    let mut by_target: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in items {
        by_target.entry(item.target.key().to_owned()).or_default().push(item);
    }
    let mut out = Vec::new();
    for mut items in by_target.into_values() {
        while items.len() > CHUNK {
            let rest = items.split_off(CHUNK);
            out.push(std::mem::replace(&mut items, rest));
        }
        out.push(items);
    }
    out
}

impl Item {
    /// The item as it was before anything was found out about it in HubSpot.
    fn anew(self) -> Self {
        Self { found: Found::NotAsked, record: None, ..self }
    }
}
