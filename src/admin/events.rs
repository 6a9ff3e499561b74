//! HubSpot's events about records, kept as hints and worked off by looking at the records.
//!
//! Promise: what is done follows from what HubSpot says of the record now, so duplicates, disorder and late events are
//! harmless; an event that was taken is worked off however often that fails at first; each hint is worked off by one process
//! at a time; a portal that answers slowly holds up no other. Of a record about which nothing is kept HubSpot is not asked.
//!
//! | HubSpot says of the record | then |
//! | --- | --- |
//! | it is there | what its deletion ended is back, and the flow looks at its rows; what an erasure ended is not; a flow that writes back looks at it |
//! | it is another one now | associations and links hang on that one, the old id resolves to it, and the flow looks at the rows |
//! | there is none | associations end, links lie under tombstones |
//!
//! Never: reads anything of a record but its id.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Admin, AdminError, flows};
use crate::{
    clock::Millis,
    domain::{
        ids::{LinkId, ObjectId, PortalId},
        record::RecordRef,
    },
    hubspot::{HubSpotError, webhooks::Event},
    in_tx,
    outbound::Lane,
    store::{
        StoreError, Tx, aliases, associations,
        hints::{self, Hint, NewHint},
        links,
        portals::{self, PortalStatus},
        tombstones::{self, Reason},
    },
};

/// How often hints are looked for that nobody woke us for.
const EVERY: Duration = Duration::from_secs(2);
/// How many hints are claimed at once.
const AT_ONCE: u32 = 20;
/// How long one hint may take: less than its claim lasts, so that nobody else takes it meanwhile.
const PATIENCE: Duration = Duration::from_secs(40);
/// After the first failure a hint waits so long, then twice as long each time…
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// …up to so long.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// A record that HubSpot called erased and still shows is looked at so often.
const ERASED_LOOKS: i64 = 8;

/// What HubSpot says of a record now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is there.
    Lives,
    /// It is this one now.
    Is(ObjectId),
    /// It was merged into this one, which is gone.
    WentWith(ObjectId),
    /// There is none.
    Gone,
}

impl Admin {
    /// Keeps events as hints, in one transaction; tells of each whether it was kept. Those of a kind, an app or a portal that
    /// is nothing to us are not.
    ///
    /// # Errors
    /// Database trouble; then HubSpot sends them again.
    pub async fn take_events(&self, events: &[Event]) -> Result<Vec<bool>, AdminError> {
        let now = self.clock.now();
        let kept = in_tx!(self.db, "take events", |tx| {
            let (mut known, mut kept) = (Vec::<(PortalId, bool)>::new(), Vec::with_capacity(events.len()));
            for event in events {
                let Some(portal) = event.portal.filter(|_| !event.hints.is_empty()) else {
                    kept.push(false);
                    continue;
                };
                let installed = match known.iter().find(|(id, _)| *id == portal) {
                    Some((_, installed)) => *installed,
                    None => portals::get(tx, portal).await?.is_some_and(|p| p.status == PortalStatus::Active),
                };
                known.push((portal, installed));
                for hint in event.hints.iter().filter(|_| installed) {
                    let (record, into_id, erased) = (hint.record, hint.into, hint.erased);
                    hints::leave(tx, NewHint { portal_id: portal, record, into_id, erased }, now).await?;
                }
                kept.push(installed);
            }
            Ok(kept)
        })?;
        if kept.contains(&true) {
            self.memory().hints.notify_one();
        }
        Ok(kept)
    }

    /// Works off up to `most` hints that are due; gives how many were claimed. Several processes may do so at once.
    ///
    /// # Errors
    /// Database trouble; what was claimed comes due again.
    pub async fn work_hints(&self, most: u32) -> Result<usize, AdminError> {
        let now = self.clock.now();
        let claimed = in_tx!(self.db, "claim hints", |tx| { hints::claim(tx, most, now).await })?;
        let working = claimed.iter().map(|hint| self.work_or_put_off(hint));
        futures_util::future::join_all(working).await;
        Ok(claimed.len())
    }

    /// Works off hints as they come, until `stop`.
    pub async fn run_events(&self, stop: CancellationToken) {
        loop {
            // Dropped half-way, a hint comes due again when its claim ends.
            let worked = tokio::select! {
                worked = self.work_hints(AT_ONCE) => worked,
                () = stop.cancelled() => return,
            };
            match worked {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "hints could not be worked off; trying again"),
            }
            tokio::select! {
                () = self.memory().hints.notified() => {}
                () = self.clock.pause(EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Works one hint off; what fails or takes too long is put off, and the others go on.
    async fn work_or_put_off(&self, hint: &Hint) {
        let (portal, record) = (hint.portal_id, hint.record);
        match tokio::time::timeout(PATIENCE, self.work(hint)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                tracing::warn!(%portal, %record, %error, "a hint could not be worked off; trying again later");
            }
            Err(_) => tracing::warn!(%portal, %record, "a hint took too long to be worked off; trying again later"),
        }
        if let Err(error) = self.put_off(hint).await {
            tracing::warn!(%portal, %record, %error, "a hint could not be put off; it comes due when its claim ends");
        }
    }

    async fn put_off(&self, hint: &Hint) -> Result<(), AdminError> {
        let due = self.clock.now().plus(wait(hint.attempts));
        in_tx!(self.db, "put a hint off", |tx| { hints::put_off(tx, hint, due).await })?;
        Ok(())
    }

    async fn work(&self, hint: &Hint) -> Result<(), AdminError> {
        let (portal, record, now) = (hint.portal_id, hint.record, self.clock.now());
        let matters =
            in_tx!(self.db, read "what is kept of a record", |tx| { hints::matters(tx, portal, record).await })?;
        if !matters && hint.into_id.is_none() {
            in_tx!(self.db, "a hint of nothing", |tx| { hints::done(tx, hint).await })?;
            return Ok(());
        }
        let fate = match self.fate(hint).await {
            // HubSpot's own answers may lag behind its events.
            Ok(Fate::Lives) if hint.erased && hint.attempts < ERASED_LOOKS => None,
            Ok(fate) => Some(fate),
            Err(error) => {
                tracing::warn!(%portal, %record, %error, "HubSpot could not be asked about a changed record; asking later");
                None
            }
        };
        let Some(fate) = fate else { return self.put_off(hint).await };
        let touched = in_tx!(self.db, "reconcile a record", |tx| {
            let touched = self.reconcile(tx, hint, fate, now).await?;
            hints::done(tx, hint).await?;
            Ok(touched)
        })?;
        tracing::debug!(%portal, %record, ?fate, "a changed record was looked at");
        self.flows.woken.wake();
        self.cards.records_changed(portal, &touched);
        Ok(())
    }

    /// What HubSpot says of the record now.
    async fn fate(&self, hint: &Hint) -> Result<Fate, HubSpotError> {
        match self.present_id(hint.portal_id, hint.record).await? {
            Some(id) if id == hint.record.object_id => return Ok(Fate::Lives),
            Some(id) => return Ok(Fate::Is(id)),
            None => {}
        }
        let Some(into) = hint.into_id.filter(|into| *into != hint.record.object_id) else { return Ok(Fate::Gone) };
        let survivor = RecordRef { object_id: into, ..hint.record };
        match self.present_id(hint.portal_id, survivor).await? {
            Some(id) if id == hint.record.object_id => Ok(Fate::Gone),
            Some(id) => Ok(Fate::Is(id)),
            None => Ok(Fate::WentWith(into)),
        }
    }

    /// The id under which HubSpot shows a record now; `None`: it does not.
    async fn present_id(&self, portal: PortalId, record: RecordRef) -> Result<Option<ObjectId>, HubSpotError> {
        match self.hubspot.record(Lane::Background, portal, record, &["hs_object_id"]).await {
            Ok(found) => Ok(Some(found.id)),
            Err(HubSpotError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes our rows follow from what HubSpot says; gives the records whose rows changed.
    async fn reconcile(&self, tx: &mut Tx, hint: &Hint, fate: Fate, now: Millis) -> Result<Vec<RecordRef>, StoreError> {
        let (portal, record) = (hint.portal_id, hint.record);
        let reason = if hint.erased { Reason::Erasure } else { Reason::Deletion };
        match fate {
            Fate::Lives => {
                aliases::forget(tx, portal, record).await?;
                if self.revive(tx, portal, record, now).await? {
                    self.look_again(tx, portal, record, now).await?;
                }
                flows::record_changed(tx, portal, record, now).await?;
                Ok(vec![record])
            }
            Fate::Is(id) => {
                let survivor = RecordRef { object_id: id, ..record };
                // HubSpot shows it under its own id, so it is no alias.
                aliases::forget(tx, portal, survivor).await?;
                self.revive(tx, portal, survivor, now).await?;
                self.merge(tx, portal, record, id, now).await?;
                self.look_again(tx, portal, survivor, now).await?;
                Ok(vec![record, survivor])
            }
            Fate::WentWith(into) => {
                let survivor = aliases::resolve(tx, portal, RecordRef { object_id: into, ..record }).await?;
                if survivor != record {
                    self.merge(tx, portal, record, survivor.object_id, now).await?;
                }
                self.end(tx, portal, survivor, reason, now).await?;
                Ok(vec![record, survivor])
            }
            Fate::Gone => {
                let present = aliases::resolve(tx, portal, record).await?;
                // What was merged into another is not gone with its old id.
                if present == record {
                    self.end(tx, portal, record, reason, now).await?;
                }
                Ok(vec![record])
            }
        }
    }

    /// `old` is `new` from now on.
    async fn merge(
        &self,
        tx: &mut Tx,
        portal: PortalId,
        old: RecordRef,
        new: ObjectId,
        now: Millis,
    ) -> Result<(), StoreError> {
        // A deletion that was seen before its merge was none.
        self.revive(tx, portal, old, now).await?;
        associations::move_to(tx, portal, old, new, now).await?;
        links::move_to(tx, portal, old, new).await?;
        aliases::put(tx, portal, old, new, now).await
    }

    /// The record is gone.
    async fn end(
        &self,
        tx: &mut Tx,
        portal: PortalId,
        record: RecordRef,
        reason: Reason,
        now: Millis,
    ) -> Result<(), StoreError> {
        associations::end(tx, portal, record, reason, now).await?;
        for link in links::of_record(tx, portal, record).await? {
            tombstones::bury(tx, self.clock.new_id(), &link, reason, now).await?;
        }
        links::remove_of_record(tx, portal, record).await?;
        if reason == Reason::Erasure {
            tombstones::make_final(tx, portal, record).await?;
        }
        Ok(())
    }

    /// The record is there (again). Whether links came back.
    async fn revive(&self, tx: &mut Tx, portal: PortalId, record: RecordRef, now: Millis) -> Result<bool, StoreError> {
        associations::revive(tx, portal, record).await?;
        let mut stones = tombstones::of_record(tx, portal, record).await?;
        stones.retain(|stone| stone.reason == Reason::Deletion);
        for stone in &stones {
            tombstones::revive(tx, LinkId(self.clock.new_id()), stone, now).await?;
        }
        Ok(!stones.is_empty())
    }

    /// The rows behind the record are looked at: what changed in them meanwhile had nothing to go to.
    async fn look_again(
        &self,
        tx: &mut Tx,
        portal: PortalId,
        record: RecordRef,
        now: Millis,
    ) -> Result<(), StoreError> {
        let linked = links::of_record(tx, portal, record).await?;
        flows::look_again(tx, portal, &linked, now).await
    }
}

/// How long a hint waits after it could not be worked off `attempts` times before.
fn wait(attempts: i64) -> Duration {
    let doubled = u32::try_from(attempts).unwrap_or(u32::MAX).min(12);
    FIRST_WAIT.saturating_mul(1 << doubled).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_waits_longer_each_time_and_an_hour_at_most() {
        let waits: Vec<u64> = [0, 1, 2, 6, 7, 1_000].map(|attempts| wait(attempts).as_secs()).into();
        assert_eq!(waits, [30, 60, 120, 1_920, 3_600, 3_600]);
    }
}
