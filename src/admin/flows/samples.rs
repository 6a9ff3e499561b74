//! Some rows of a preview with both their sides and what would change, read while the page waits.

use std::{collections::BTreeMap, str::FromStr};

use serde::Serialize;
use tokio::time::Instant;

use super::{
    rules::Rules,
    sides::{NAMES, name_of_record, name_of_source},
    view,
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    domain::{
        ids::{FlowId, ObjectId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::source::SourceRecord,
    hubspot::objects::Record,
    sync::{
        flow::Winner,
        mapping::{Mapped, Plan, RowPlan, TargetPlan},
        work::Sampled,
    },
};

/// A group of a preview's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group(&'static str);

/// There is no such group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be link, create, update, skip or unsure")]
pub struct NoGroup;

impl FromStr for Group {
    type Err = NoGroup;

    fn from_str(text: &str) -> Result<Self, NoGroup> {
        let all = ["link", "create", "update", "skip", "unsure"];
        all.into_iter().find(|group| *group == text).map(Self).ok_or(NoGroup)
    }
}

/// Some rows of a group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SamplesAnswer {
    /// At most 20.
    pub samples: Vec<SampleView>,
}

/// One row with both its sides.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sample)]
pub struct SampleView {
    /// The ERP record.
    pub erp_id: SourceId,
    /// What it is called there; its id where that cannot be read.
    pub erp_name: String,
    /// Its page.
    pub erp_url: String,
    /// What it is, or would be, in HubSpot.
    pub object_type_id: ObjectType,
    /// The HubSpot record, where there is one.
    #[schema(required = true)]
    pub object_id: Option<ObjectId>,
    /// What that is called.
    #[schema(required = true)]
    pub object_name: Option<String>,
    /// Its page.
    #[schema(required = true)]
    pub object_url: Option<String>,
    /// What would be written to HubSpot.
    pub changes: Vec<ChangeView>,
    /// Why it would be left alone, as a code.
    #[schema(required = true)]
    pub reason: Option<String>,
}

impl std::fmt::Debug for SampleView {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SampleView").field("erp_id", &self.erp_id).finish_non_exhaustive()
    }
}

/// One property that would be written.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SampleChange)]
pub struct ChangeView {
    /// Its name.
    pub property: String,
    /// What people read.
    pub label: String,
    /// What it is now; null: empty.
    #[schema(required = true)]
    pub from: Option<String>,
    /// What it would be; null: empty.
    #[schema(required = true)]
    pub to: Option<String>,
}

impl Admin {
    /// Some rows of one group of a flow's preview.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] and [`AdminError::Unavailable`] when a side cannot
    /// be read.
    pub async fn samples(
        &self,
        by: &Administrator,
        (flow, group): (FlowId, Group),
        until: Instant,
    ) -> Result<SamplesAnswer, AdminError> {
        let portal = by.who().portal;
        let rules = self.rules(portal, flow, until).await?;
        let counted = view::counted(&rules.named.flow)?.unwrap_or_default();
        let chosen = counted.samples.get(group.0).cloned().unwrap_or_default();
        let plan = rules.plan_in_force()?;
        let ids: Vec<SourceId> = chosen.iter().map(|one| one.erp_id.clone()).collect();
        let sources = self.sources(&rules, &plan, &ids, until).await?;
        let records = self.sampled_records((&rules, &plan), &chosen, until).await?;
        let (pages, _) = self.pages(portal).await?;
        let samples = chosen.into_iter().filter_map(|one| {
            let target = plan.target(&one.target)?;
            let source = sources.iter().find(|source| source.id == one.erp_id);
            let record = one.object_id.map(|object_id| RecordRef { object_type: target.object(), object_id });
            let found = record.and_then(|record| records.get(&record));
            let writes = one.reason.is_none() && group.0 != "unsure";
            Some(SampleView {
                erp_name: source.map_or_else(|| one.erp_id.to_string(), |source| name_of_source(target, source)),
                erp_url: rules.erp.record_page(rules.named.default.kind, &one.erp_id),
                erp_id: one.erp_id,
                object_type_id: target.object(),
                object_id: one.object_id,
                object_name: found.map(name_of_record),
                object_url: record.and_then(|record| pages.of_record(record)),
                changes: source.filter(|_| writes).map(|source| changes(target, source, found)).unwrap_or_default(),
                reason: one.reason,
            })
        });
        Ok(SamplesAnswer { samples: samples.collect() })
    }

    async fn sampled_records(
        &self,
        (rules, plan): (&Rules, &Plan),
        sampled: &[Sampled],
        until: Instant,
    ) -> Result<BTreeMap<RecordRef, Record>, AdminError> {
        let mut ids: BTreeMap<ObjectType, Vec<String>> = BTreeMap::new();
        for one in sampled {
            if let (Some(target), Some(id)) = (plan.target(&one.target), one.object_id) {
                ids.entry(target.object()).or_default().push(id.to_string());
            }
        }
        let mut found = BTreeMap::new();
        for (object_type, ids) in ids {
            for record in self.records((rules, plan), object_type, &ids, &NAMES, until).await? {
                found.insert(RecordRef { object_type, object_id: record.id }, record);
            }
        }
        Ok(found)
    }
}

/// What would be written of a row.
fn changes(target: &TargetPlan, source: &SourceRecord, found: Option<&Record>) -> Vec<ChangeView> {
    let scope = target.scope(source);
    let change = |row: &RowPlan| {
        let property = row.property();
        let from = found.and_then(|record| record.value(&property.name));
        let holds = match row.winner() {
            Winner::Never => true,
            Winner::OnlyIfEmpty => from.is_some(),
            Winner::OnlyAtCreation => found.is_some(),
            Winner::Newest | Winner::Erp | Winner::Hubspot => false,
        };
        let to = match row.to_property(&scope) {
            Ok(Mapped::Set(text)) => Some(text),
            Ok(Mapped::Clear) => None,
            Ok(Mapped::Leave) | Err(_) => return None,
        };
        let same = row.hubspot_form(from) == row.hubspot_form(to.as_deref());
        let (property, label) = (property.name.clone(), property.label.clone());
        (!holds && !same).then(|| ChangeView { property, label, from: from.map(str::to_owned), to })
    };
    target.rows().iter().filter(|row| row.goes_to_hubspot()).filter_map(change).collect()
}
