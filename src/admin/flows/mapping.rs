//! The mapping of a flow: shown, saved, put back to the default, taken out and in as a file.
//!
//! Promise: a mapping that is not sound is refused whole, with every fault; two people who edit at once do not overwrite each
//! other; what was saved is in force from the next page on, and every row is looked at again by it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    Done,
    rules::{self, Rules},
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    domain::{field::FieldInfo, ids::FlowId, record::ObjectType},
    in_tx,
    store::flows,
    sync::{
        flow::{Direction, Row, Winner},
        mapping::{Difference, Fault, Fit, MappingDoc, TargetRows, ValueTable, check, compare, fit_of},
    },
};

/// A row with how well its two ends go together.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = MappingRow)]
pub struct RowView {
    /// The row.
    #[serde(flatten)]
    pub row: Row,
    /// How well.
    pub fit: Fit,
}

/// The rows of a target.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingTarget)]
pub struct TargetView {
    /// Its name within the flow.
    pub key: String,
    /// What it is in HubSpot.
    pub object_type_id: ObjectType,
    /// Its rows, in the order in which they are shown.
    pub rows: Vec<RowView>,
}

/// A flow's mapping with the fields that there are to map.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MappingAnswer {
    /// The flow.
    pub flow_id: FlowId,
    /// To be sent back when it is saved.
    pub version: i64,
    /// Whether it is the one that comes with the system.
    pub is_default: bool,
    /// The rows, target by target.
    pub targets: Vec<TargetView>,
    /// The value tables.
    pub tables: Vec<ValueTable>,
    /// The fields of the ERP account.
    pub erp_fields: Vec<FieldInfo>,
    /// The properties of the portal, by object type id.
    pub properties: BTreeMap<String, Vec<FieldInfo>>,
}

/// A row as the page sends it.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SentMappingRow)]
pub struct SentRow {
    id: String,
    property: String,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    to_hubspot: Option<String>,
    #[serde(default)]
    to_erp: Option<String>,
    direction: Direction,
    winner: Winner,
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    locked: bool,
    /// What the page was shown; read and not kept.
    #[serde(default, rename = "fit")]
    #[schema(value_type = Option<Object>)]
    _fit: Option<serde::de::IgnoredAny>,
}

impl From<SentRow> for Row {
    fn from(sent: SentRow) -> Self {
        let SentRow { id, property, field, to_hubspot, to_erp, direction, winner, table, locked, .. } = sent;
        // What a form leaves empty is not there.
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (field, to_hubspot, to_erp, table) = (filled(field), filled(to_hubspot), filled(to_erp), filled(table));
        Self { id, property, field, to_hubspot, to_erp, direction, winner, table, locked }
    }
}

/// A mapping to be saved.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The flow.
    pub flow: FlowId,
    /// The version that was edited.
    pub version: i64,
    /// The rows by target; a target that is not there keeps its own.
    pub rows: BTreeMap<String, Vec<SentRow>>,
    /// All value tables.
    pub tables: Vec<ValueTable>,
}

/// One thing that is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingFault)]
pub struct FaultView {
    /// The target, where one is meant.
    #[schema(required = true)]
    pub target: Option<String>,
    /// The row, where one is meant.
    #[schema(required = true)]
    pub row_id: Option<String>,
    /// The part of it: `property`, `toHubspot`, `tables.countries[3]`, …
    #[serde(rename = "where")]
    pub place: String,
    /// A stable word for it.
    pub code: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

impl From<Fault> for FaultView {
    fn from(fault: Fault) -> Self {
        let Fault { target, row, place, trouble, at } = fault;
        let at = at.map(|span| format!(" (from character {} on)", span.from + 1)).unwrap_or_default();
        Self { target, row_id: row, place: place.to_string(), code: trouble.code(), message: format!("{trouble}{at}") }
    }
}

/// What came of saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SavedAnswer {
    /// The version that is in force: a new one, or, where there are faults, the one that was.
    pub version: i64,
    /// All that is wrong; then nothing was saved.
    pub faults: Vec<FaultView>,
}

/// How a file differs from the mapping in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CompareAnswer {
    /// What importing would change.
    pub differences: Vec<Difference>,
    /// All that is wrong with the file.
    pub faults: Vec<FaultView>,
}

impl Admin {
    /// A flow's mapping, and the fields there are.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] and [`AdminError::Unavailable`] when a side does
    /// not tell its fields.
    pub async fn mapping(&self, by: &Administrator, flow: FlowId, until: Instant) -> Result<MappingAnswer, AdminError> {
        let rules = self.rules(by.who().portal, flow, until).await?;
        let (doc, account) = (rules.doc(), rules.account());
        let targets = rules.named.default.targets.iter().map(|target| {
            let rows = doc.rows_of(target).iter();
            let rows =
                rows.map(|row| RowView { row: row.clone(), fit: fit_of(row, target.object, &account, &doc.tables) });
            TargetView { key: target.key.clone(), object_type_id: target.object, rows: rows.collect() }
        });
        let (targets, version) = (targets.collect(), rules.named.flow.rules_version);
        let properties = rules.properties.into_iter().map(|(object, infos)| (object.type_id().to_owned(), infos));
        Ok(MappingAnswer {
            flow_id: flow,
            version,
            is_default: rules.saved.is_none(),
            targets,
            tables: doc.tables,
            erp_fields: rules.fields,
            properties: properties.collect(),
        })
    }

    /// Saves a mapping in the place of the version that was edited.
    ///
    /// # Errors
    /// As [`Admin::mapping`]; [`AdminError::Conflict`] when somebody else saved one meanwhile. What is wrong with the mapping
    /// is an answer.
    pub async fn save_mapping(
        &self,
        by: &Administrator,
        request: SaveRequest,
        until: Instant,
    ) -> Result<SavedAnswer, AdminError> {
        let rules = self.rules(by.who().portal, request.flow, until).await?;
        let mut doc = rules.doc();
        for (key, rows) in request.rows {
            put_rows(&mut doc, key, rows.into_iter().map(Row::from).collect());
        }
        doc.tables = request.tables;
        self.keep_mapping(by, &rules, request.version, &doc, until).await
    }

    /// Puts the mapping back to the one that comes with the system. Doing it twice is the same as doing it once.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] when somebody else saved one at the same time.
    pub async fn reset_mapping(&self, by: &Administrator, flow: FlowId) -> Result<Done, AdminError> {
        let named = self.named_flow(by.who().portal, flow).await?;
        if named.flow.mapping.is_some() {
            self.put_mapping(by, flow, named.flow.rules_version, None).await?;
        }
        Ok(Done {})
    }

    /// The mapping in force as a document to keep.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's.
    pub async fn mapping_file(&self, by: &Administrator, flow: FlowId) -> Result<MappingDoc, AdminError> {
        let named = self.named_flow(by.who().portal, flow).await?;
        let saved = rules::saved(&named)?;
        Ok(rules::doc(&named, saved.as_ref()))
    }

    /// What importing a file would change.
    ///
    /// # Errors
    /// As [`Admin::mapping`]. What is wrong with the file is an answer.
    pub async fn compare_mapping(
        &self,
        by: &Administrator,
        flow: FlowId,
        file: Value,
        until: Instant,
    ) -> Result<CompareAnswer, AdminError> {
        let rules = self.rules(by.who().portal, flow, until).await?;
        let doc = match MappingDoc::from_value(file) {
            Ok(doc) => doc,
            Err(faults) => return Ok(CompareAnswer { differences: Vec::new(), faults: views(faults) }),
        };
        let differences = compare(&rules.doc(), &written(&rules, &doc));
        let faults = views(self.faults_of(&rules, &doc, until).await?);
        Ok(CompareAnswer { differences, faults })
    }

    /// Saves the mapping of a file in the place of the version that was shown.
    ///
    /// # Errors
    /// As [`Admin::save_mapping`].
    pub async fn import_mapping(
        &self,
        by: &Administrator,
        (flow, version): (FlowId, i64),
        file: Value,
        until: Instant,
    ) -> Result<SavedAnswer, AdminError> {
        let rules = self.rules(by.who().portal, flow, until).await?;
        match MappingDoc::from_value(file) {
            Ok(doc) => self.keep_mapping(by, &rules, version, &doc, until).await,
            Err(faults) => Ok(SavedAnswer { version: rules.named.flow.rules_version, faults: views(faults) }),
        }
    }

    /// Everything that is wrong with a mapping here.
    async fn faults_of(&self, rules: &Rules, doc: &MappingDoc, until: Instant) -> Result<Vec<Fault>, AdminError> {
        let proofs = self.proofs_of(rules, doc, until).await?;
        let default = rules.named.default;
        Ok(check(&default.key, &default.targets, doc, &rules.account(), &proofs))
    }

    async fn keep_mapping(
        &self,
        by: &Administrator,
        rules: &Rules,
        version: i64,
        doc: &MappingDoc,
        until: Instant,
    ) -> Result<SavedAnswer, AdminError> {
        let faults = self.faults_of(rules, doc, until).await?;
        let now = rules.named.flow.rules_version;
        if !faults.is_empty() {
            return Ok(SavedAnswer { version: now, faults: views(faults) });
        }
        // A repeat of what was saved already.
        if version + 1 == now && rules.saved.as_ref() == Some(doc) {
            return Ok(SavedAnswer { version: now, faults: Vec::new() });
        }
        let version = self.put_mapping(by, rules.named.flow.id, version, Some(&doc.to_value())).await?;
        Ok(SavedAnswer { version, faults: Vec::new() })
    }

    /// Writes a mapping, and has every row looked at again by it.
    async fn put_mapping(
        &self,
        by: &Administrator,
        flow: FlowId,
        seen: i64,
        doc: Option<&Value>,
    ) -> Result<i64, AdminError> {
        let (portal, now) = (by.who().portal, self.clock.now());
        let saved = in_tx!(self.db, "save a mapping", |tx| {
            let saved = flows::set_mapping(tx, portal, flow, seen, doc, now).await?;
            if saved.is_some() {
                flows::start_over(tx, portal, flow, now).await?;
            }
            Ok(saved)
        })?;
        let saved = saved.ok_or_else(|| {
            AdminError::Conflict(
                "somebody else saved this mapping meanwhile; reload it, then change it again".to_owned(),
            )
        })?;
        self.flows.woken.wake();
        tracing::info!(%portal, user = %by.who().user, %flow, version = saved, "a mapping was saved");
        Ok(saved)
    }
}

/// Puts rows in the place of a target's.
pub(super) fn put_rows(doc: &mut MappingDoc, key: String, rows: Vec<Row>) {
    match doc.targets.iter_mut().find(|target| target.key == key) {
        Some(target) => target.rows = rows,
        // The check tells that there is no such target.
        None => doc.targets.push(TargetRows { key, rows }),
    }
}

/// A document with the default rows of targets that it leaves out.
fn written(rules: &Rules, doc: &MappingDoc) -> MappingDoc {
    let mut whole = rules::doc(&rules.named, Some(doc));
    let known = |key: &str| rules.named.default.targets.iter().any(|target| target.key == key);
    whole.targets.extend(doc.targets.iter().filter(|target| !known(&target.key)).cloned());
    whole
}

pub(super) fn views(faults: Vec<Fault>) -> Vec<FaultView> {
    faults.into_iter().map(FaultView::from).collect()
}
