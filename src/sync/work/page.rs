//! What the items of one page know of each other while they are worked side by side.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{ids::SourceId, record::RecordRef},
    erp::source::Kind,
};

/// The memory of one page.
#[derive(Debug, Default)]
pub(super) struct Page {
    claimed: Mutex<HashMap<RecordRef, SourceId>>,
    linked: Mutex<HashMap<(Kind, SourceId, String), RecordRef>>,
}

impl Page {
    /// Claims a HubSpot record for a row. `false`: another row of this page has it.
    pub(super) fn claim(&self, record: RecordRef, by: &SourceId) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.entry(record).or_insert_with(|| by.clone()) == by
    }

    /// A row has got, or has, this record.
    pub(super) fn has(&self, kind: Kind, id: &SourceId, target: &str, record: RecordRef) {
        let mut linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        linked.insert((kind, id.clone(), target.to_owned()), record);
    }

    /// The record that a row of this page has.
    pub(super) fn record(&self, kind: Kind, id: &SourceId, target: &str) -> Option<RecordRef> {
        let linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        linked.get(&(kind, id.clone(), target.to_owned())).copied()
    }
}
