//! How new an answer is: the worst of the readings it is made of.

use std::sync::Arc;

use super::{
    answer::row::{ConnectionView, Freshness, FreshnessState, Trouble, TroubleCode},
    cache::{Age, Reading},
    portal::ErpConnection,
};
use crate::{clock::Millis, erp::ErpError};

/// Collects the readings of one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    worst: Option<FreshnessState>,
    as_of: Option<Millis>,
    trouble: Option<ErpError>,
    failed: bool,
}

impl Notes {
    /// Takes in one reading.
    pub(super) fn take<V>(&mut self, reading: &Reading<V, ErpError>) {
        let state = match reading {
            Reading::Held(held) => {
                self.as_of = Some(self.as_of.map_or(held.read_at, |at| at.min(held.read_at)));
                match &held.age {
                    Age::Live => FreshnessState::Live,
                    Age::Cached => FreshnessState::Cached,
                    Age::Refreshing => FreshnessState::Refreshing,
                    Age::Stale(error) => {
                        self.trouble.get_or_insert_with(|| error.clone());
                        FreshnessState::Stale
                    }
                }
            }
            Reading::Loading => FreshnessState::Loading,
            Reading::Failed(ErpError::Missing) => FreshnessState::Live,
            Reading::Failed(error) => {
                self.failed = true;
                self.trouble.get_or_insert_with(|| error.clone());
                FreshnessState::Missing
            }
        };
        self.worst = Some(self.worst.map_or(state, |worst| worst.max(state)));
    }

    /// Whether nothing was taken in.
    pub(super) fn is_empty(&self) -> bool {
        self.worst.is_none()
    }

    /// Something this answer needs is still being read.
    pub(super) fn loads(&mut self) {
        self.worst = Some(self.worst.map_or(FreshnessState::Loading, |worst| worst.max(FreshnessState::Loading)));
    }

    /// Whether a reading is still under way with nothing to show for it.
    pub(super) fn loading(&self) -> bool {
        self.worst == Some(FreshnessState::Loading)
    }

    /// Whether an old value went out while a new one is being read.
    pub(super) fn refreshing(&self) -> bool {
        self.worst == Some(FreshnessState::Refreshing)
    }

    /// Why something could not be read at all, if so.
    pub(super) fn failure(&self) -> Option<&ErpError> {
        self.trouble.as_ref().filter(|_| self.failed)
    }

    /// Whether anything was read.
    pub(super) fn has_value(&self) -> bool {
        self.as_of.is_some()
    }

    /// The connection as the answer shows it.
    pub(super) fn view(&self, of: &ErpConnection) -> ConnectionView {
        let state = match self.worst {
            // Part of it is there: what is shown is old news about the rest.
            Some(FreshnessState::Missing) if self.has_value() => FreshnessState::Stale,
            Some(state) => state,
            None => FreshnessState::Live,
        };
        ConnectionView {
            id: of.id,
            system: of.system,
            system_name: of.system.name(),
            name: Arc::clone(&of.name),
            environment: of.environment,
            freshness: Freshness { state, as_of: self.as_of, trouble: self.trouble.as_ref().map(trouble) },
        }
    }
}

/// An ERP's trouble in the card's words.
pub(super) fn trouble(error: &ErpError) -> Trouble {
    let (code, permission, retry_at) = match error {
        ErpError::Reconnect { .. } => (TroubleCode::Reconnect, None, None),
        ErpError::Permission { permission } => (TroubleCode::NoPermission, Some(permission.clone()), None),
        ErpError::Wait { until } => (TroubleCode::Throttled, None, Some(*until)),
        ErpError::Unavailable { .. } | ErpError::Missing => (TroubleCode::Unavailable, None, None),
        ErpError::Rejected { .. } | ErpError::Broken { .. } => (TroubleCode::Broken, None, None),
    };
    Trouble { code, permission, retry_at }
}
