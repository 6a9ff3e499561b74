//! Counting what a flow would do, before it does anything.
//!
//! Promise: nothing is written to either side; what is kept of it are counts and ids.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    gather::Reason,
    keep::{Marks, keep},
    outcome::{Outcome, Sample},
    session::{Round, Session},
    trouble::Trouble,
};
use crate::{
    clock::Millis,
    domain::ids::{ObjectId, SourceId},
    erp::Lane,
};

/// So many ids of each group are kept.
const SAMPLES: usize = 20;
/// What HubSpot lets us do in a minute: 100 calls in 10 s.
const CALLS_A_MINUTE: u64 = 600;

/// What a flow would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preview {
    /// Whether everything is counted.
    pub ready: bool,
    /// When it was counted.
    pub at: i64,
    /// How many rows were looked at.
    pub read: u64,
    /// How many rows there are.
    pub total: Option<u64>,
    /// Rows that would be linked with a record.
    pub link: u64,
    /// Records that would be made.
    pub create: u64,
    /// Linked records that would be changed.
    pub update: u64,
    /// Linked records that are in step.
    pub same: u64,
    /// Rows that would be left alone.
    pub skip: u64,
    /// Rows that a person would have to decide about.
    pub unsure: u64,
    /// Rows that cannot be taken over as they are.
    pub faulty: u64,
    /// Rows left alone, by the reason.
    pub skipped_by: BTreeMap<String, u64>,
    /// Calls to HubSpot that it would take.
    pub calls: u64,
    /// Minutes that they would take at HubSpot's rate, to the nearest one.
    pub minutes: u64,
    /// Some ids of each group.
    pub samples: BTreeMap<String, Vec<Sampled>>,
    /// Up to where the ERP was read, while not everything is counted; opaque.
    pub next: Option<String>,
}

/// One row of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sampled {
    /// What it would become.
    pub target: String,
    /// The row.
    pub erp_id: SourceId,
    /// The record it would be linked with, or is.
    pub object_id: Option<ObjectId>,
    /// Why it would be left alone.
    pub reason: Option<String>,
}

impl Preview {
    fn add(&mut self, outcome: &Outcome) {
        self.read += outcome.counts.read;
        self.faulty += outcome.refused.len() as u64;
        self.same += outcome.counts.unchanged;
        for sample in &outcome.samples {
            self.one(sample);
        }
        let hundreds = |n: u64| n.div_ceil(100);
        let associations = (self.create + self.link).div_ceil(2_000);
        self.calls = hundreds(self.read) + hundreds(self.create + self.link + self.update) + associations;
        self.minutes = (self.calls + CALLS_A_MINUTE / 2) / CALLS_A_MINUTE;
    }

    fn one(&mut self, sample: &Sample) {
        let count = match sample.group {
            "link" => &mut self.link,
            "create" => &mut self.create,
            "update" => &mut self.update,
            "skip" => &mut self.skip,
            "unsure" => &mut self.unsure,
            _ => &mut self.same,
        };
        *count += 1;
        if let Some(reason) = &sample.reason {
            *self.skipped_by.entry(reason.clone()).or_default() += 1;
        }
        let kept = self.samples.entry(sample.group.to_owned()).or_default();
        if kept.len() < SAMPLES {
            let (target, erp_id) = (sample.target.clone(), sample.erp_id.clone());
            kept.push(Sampled { target, erp_id, object_id: sample.object_id, reason: sample.reason.clone() });
        }
    }
}

/// Counts on from where it was left, until everything is counted or the time is up.
pub(super) async fn count(session: &Session, until: Millis) -> Result<Round, Trouble> {
    let mut preview = match left_off(session) {
        Some(preview) => preview,
        None => Preview { total: Some(total(session).await?), ..Preview::default() },
    };
    loop {
        session.may_call()?;
        let changes = session.erp.changes(Lane::Background, &session.plan.wanted, preview.next.as_deref()).await?;
        let outcome = session.records(changes.records, Reason::Asked).await?;
        preview.add(&outcome);
        preview.faulty += changes.broken.len() as u64;
        preview.ready = !changes.more;
        preview.next = changes.more.then_some(changes.next);
        preview.at = session.now().0;
        keep_counts(session, &outcome, &preview).await?;
        if preview.ready {
            return Ok(Round::Complete);
        }
        session.heed().await?;
        if session.now() > until {
            return Ok(Round::More);
        }
    }
}

/// A preview that a round or a process left before everything was counted. What is counted by other rules was forgotten when
/// these were saved.
fn left_off(session: &Session) -> Option<Preview> {
    let stored = session.flow.preview.clone()?;
    serde_json::from_value::<Preview>(stored).ok().filter(|preview| !preview.ready && preview.next.is_some())
}

async fn total(session: &Session) -> Result<u64, Trouble> {
    session.may_call()?;
    Ok(session.erp.count(Lane::Background, session.plan.kind).await?)
}

async fn keep_counts(session: &Session, outcome: &Outcome, preview: &Preview) -> Result<(), Trouble> {
    let stored = serde_json::to_value(preview).map_err(|error| Trouble::Rules(error.to_string()))?;
    let total = preview.total.and_then(|total| i64::try_from(total).ok());
    let marks = Marks { preview: Some(&stored), total, phase: "preview", ..Marks::default() };
    let counts = Outcome { counts: outcome.counts, ..Outcome::default() };
    keep(session, &counts, marks).await
}

/// When a preview was counted.
impl Preview {
    /// The instant.
    #[must_use]
    pub const fn counted_at(&self) -> Millis {
        Millis(self.at)
    }
}
