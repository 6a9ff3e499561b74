//! Trying a mapping before it is saved: what is wrong with it, what it makes of a record, which rows are proved, which values
//! its tables lack.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::time::Instant;

use super::{
    FaultView, SentRow,
    live::{Live, must_be_proved},
    mapping::{put_rows, views},
    rules::Rules,
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    domain::{
        field::Value,
        ids::{FlowId, ObjectId, SourceId},
        record::RecordRef,
    },
    erp::source::SourceRecord,
    hubspot::objects::Record,
    in_tx,
    store::links::{self, Link},
    sync::{
        flow::Row,
        mapping::{
            Fit, Mapped, MappedErp, MappingDoc, Plan, Proof, RowPlan, TargetPlan, Unproved, ValueTable, check, fit_of,
            unmatched,
        },
    },
};

/// So many values without a pair are told of a table.
const UNMATCHED: usize = 50;

/// A mapping to try.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    /// The flow.
    pub flow: FlowId,
    /// The target whose rows these are.
    pub target: String,
    /// Its rows.
    pub rows: Vec<SentRow>,
    /// All value tables.
    pub tables: Vec<ValueTable>,
    /// A record to try it on.
    pub sample: Option<SampleWanted>,
}

/// A record to try a mapping on.
#[derive(Debug, Clone)]
pub enum SampleWanted {
    /// Of the ERP.
    Source(SourceId),
    /// In HubSpot.
    Record(ObjectId),
}

/// What trying a mapping told.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckAnswer {
    /// All that is wrong.
    pub faults: Vec<FaultView>,
    /// How well the ends of each row go together.
    pub fits: BTreeMap<String, Fit>,
    /// What it makes of the record.
    #[schema(required = true)]
    pub sample: Option<CheckSample>,
    /// The rows that go both ways by two expressions.
    pub round_trip: Vec<RoundTrip>,
    /// Values of the ERP that the tables lack.
    pub unmatched: Vec<UnmatchedView>,
}

/// What a mapping makes of a record.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckSample {
    /// The ERP record, where there is one.
    #[schema(required = true)]
    pub erp_id: Option<SourceId>,
    /// The HubSpot record, where there is one.
    #[schema(required = true)]
    pub object_id: Option<ObjectId>,
    /// Row by row.
    pub rows: Vec<CheckSampleRow>,
}

/// What a row makes of a record.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckSampleRow {
    /// The row.
    pub row_id: String,
    /// The field's value.
    #[schema(required = true)]
    pub erp_before: Option<String>,
    /// What it would become; null: the row does not write it.
    #[schema(required = true)]
    pub erp_after: Option<String>,
    /// The property's value.
    #[schema(required = true)]
    pub hubspot_before: Option<String>,
    /// What it would become; null: the row does not write it.
    #[schema(required = true)]
    pub hubspot_after: Option<String>,
    /// Why it could not be worked out, as a code.
    #[schema(required = true)]
    pub cause: Option<&'static str>,
}

impl std::fmt::Debug for CheckSampleRow {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckSampleRow")
            .field("row_id", &self.row_id)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// Whether a row that goes both ways gives every live record back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundTrip {
    /// The row.
    pub row_id: String,
    /// Whether it is proved.
    pub proved: bool,
    /// Where it is not: the side whose record came back changed (`erp`, `hubspot`), `reads_others`, `no_sample`.
    #[schema(required = true)]
    pub failing: Option<&'static str>,
}

/// A value of the ERP that stands in no pair of a table.
#[derive(Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Unmatched)]
pub struct UnmatchedView {
    /// The table.
    pub table: String,
    /// The value.
    pub value: String,
    /// How often it was met.
    pub count: usize,
}

impl std::fmt::Debug for UnmatchedView {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnmatchedView").field("table", &self.table).field("count", &self.count).finish_non_exhaustive()
    }
}

impl Admin {
    /// Tries a mapping on live records; nothing is saved.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow, a target it does not have, or a record that is not there;
    /// [`AdminError::Conflict`] and [`AdminError::Unavailable`] when a side cannot be read.
    pub async fn check_mapping(
        &self,
        by: &Administrator,
        request: CheckRequest,
        until: Instant,
    ) -> Result<CheckAnswer, AdminError> {
        let rules = self.rules(by.who().portal, request.flow, until).await?;
        let default = rules.named.default;
        let target = default.targets.iter().find(|target| target.key == request.target);
        let object = target.ok_or(AdminError::NoSuch("target"))?.object;
        let rows: Vec<Row> = request.rows.into_iter().map(Row::from).collect();
        let mut doc = rules.doc();
        doc.tables = request.tables;
        put_rows(&mut doc, request.target.clone(), rows.clone());
        let fits = rows.iter().map(|row| (row.id.clone(), fit_of(row, object, &rules.account(), &doc.tables)));
        let mut answer = CheckAnswer {
            faults: Vec::new(),
            fits: fits.collect(),
            sample: None,
            round_trip: Vec::new(),
            unmatched: Vec::new(),
        };
        let mut proofs = self.proofs_of(&rules, &doc, until).await?;
        if let Ok(plan) = rules.plan(&doc)
            && let Some(target) = plan.target(&request.target)
        {
            self.try_on_live((&rules, &plan), target, (&rows, &doc), &mut answer, until).await?;
            let proved = answer.round_trip.iter().filter(|trip| trip.proved);
            proofs.extend(proved.map(|trip| (request.target.clone(), trip.row_id.clone())));
            if let Some(wanted) = &request.sample {
                answer.sample = Some(self.try_on_one((&rules, &plan), target, wanted, until).await?);
            }
        }
        answer.faults = views(check(&default.key, &default.targets, &doc, &rules.account(), &proofs));
        Ok(answer)
    }

    /// Proves rows and looks for values that tables lack.
    async fn try_on_live(
        &self,
        (rules, plan): (&Rules, &Plan),
        target: &TargetPlan,
        (rows, doc): (&[Row], &MappingDoc),
        answer: &mut CheckAnswer,
        until: Instant,
    ) -> Result<(), AdminError> {
        let tabled = rows.iter().any(|row| row.table.is_some());
        if !tabled && !rows.iter().any(must_be_proved) {
            return Ok(());
        }
        let live = self.live((rules, plan), target, tabled, until).await?;
        answer.round_trip = rows.iter().filter(|row| must_be_proved(row)).map(|row| trip(&live, target, row)).collect();
        for table in &doc.tables {
            let fields = rows.iter().filter(|row| row.table.as_deref() == Some(&table.name));
            let fields: Vec<&str> = fields.filter_map(|row| row.field.as_deref()).collect();
            let values =
                live.records.iter().flat_map(|record| fields.iter().filter_map(|name| record.fields.get(*name)));
            let lacking = unmatched(table, values).into_iter().take(UNMATCHED);
            let table = &table.name;
            answer.unmatched.extend(lacking.map(|(value, count)| UnmatchedView { table: table.clone(), value, count }));
        }
        Ok(())
    }

    /// What a mapping makes of one record and of the one that it is linked with.
    async fn try_on_one(
        &self,
        (rules, plan): (&Rules, &Plan),
        target: &TargetPlan,
        wanted: &SampleWanted,
        until: Instant,
    ) -> Result<CheckSample, AdminError> {
        let link = self.link_of(rules, target, wanted).await?;
        let linked = link.map(|link| (link.erp_id, link.record.object_id));
        let (erp_id, object_id) = match wanted {
            SampleWanted::Source(id) => (Some(id.clone()), linked.map(|(_, object)| object)),
            SampleWanted::Record(id) => (linked.map(|(source, _)| source), Some(*id)),
        };
        let source = match &erp_id {
            Some(id) => self.sources(rules, plan, std::slice::from_ref(id), until).await?.pop(),
            None => None,
        };
        let record = match object_id {
            Some(id) => self.records((rules, plan), target.object(), &[id.to_string()], &[], until).await?.pop(),
            None => None,
        };
        let there = match wanted {
            SampleWanted::Source(_) => source.is_some(),
            SampleWanted::Record(_) => record.is_some(),
        };
        if !there {
            return Err(AdminError::NoSuch("record"));
        }
        let rows = target.rows().iter().map(|row| tried(target, row, source.as_ref(), record.as_ref()));
        Ok(CheckSample { rows: rows.collect(), erp_id, object_id })
    }

    async fn link_of(
        &self,
        rules: &Rules,
        target: &TargetPlan,
        wanted: &SampleWanted,
    ) -> Result<Option<Link>, AdminError> {
        let (portal, connection, kind) = (rules.named.flow.portal_id, rules.named.connection.id, rules.named.kind());
        let links = in_tx!(self.db, read "the link of a sample", |tx| {
            match wanted {
                SampleWanted::Source(id) => links::of_erp_id(tx, portal, connection, kind, id).await,
                SampleWanted::Record(id) => {
                    let record = RecordRef { object_type: target.object(), object_id: *id };
                    links::of_record(tx, portal, record).await
                }
            }
        })?;
        let ours = |link: &Link| {
            (link.connection_id, link.kind, link.record.object_type) == (connection, kind, target.object())
        };
        let mut links: Vec<Link> = links.into_iter().filter(ours).collect();
        links.sort_by_key(|link| (!link.writes, link.target != target.key()));
        Ok(links.into_iter().next())
    }
}

fn trip(live: &Live, target: &TargetPlan, row: &Row) -> RoundTrip {
    let failing = match live.prove(target, &row.id) {
        Proof::Proved { .. } => None,
        Proof::Unproved(why) => Some(match why {
            Unproved::OneWay => "one_way",
            Unproved::ReadsOthers(_) => "reads_others",
            Unproved::NoSample => "no_sample",
            Unproved::Erp { .. } => "erp",
            Unproved::Hubspot { .. } => "hubspot",
        }),
    };
    RoundTrip { row_id: row.id.clone(), proved: failing.is_none(), failing }
}

/// What one row makes of both sides.
fn tried(target: &TargetPlan, row: &RowPlan, source: Option<&SourceRecord>, record: Option<&Record>) -> CheckSampleRow {
    let property = &row.property().name;
    let erp_before = row.field().and_then(|field| source?.fields.get(&field.name)).map(shown);
    let hubspot_before = record.and_then(|record| record.value(property)).map(str::to_owned);
    let mut cause = None;
    let hubspot_after =
        source.filter(|_| row.goes_to_hubspot()).and_then(|source| match row.to_property(&target.scope(source)) {
            Ok(Mapped::Set(text)) => Some(text),
            Ok(Mapped::Clear) => Some(String::new()),
            Ok(Mapped::Leave) => Some(hubspot_before.clone().unwrap_or_default()),
            Err(fault) => {
                cause = Some(fault.cause.word());
                None
            }
        });
    let erp_after = record.filter(|_| row.goes_to_erp()).and_then(|record| {
        let properties = target.read(&record.properties);
        match row.to_field(&target.scope_of_properties(&properties)) {
            Ok(MappedErp::Set(value)) => Some(shown(&value)),
            Ok(MappedErp::Clear) => Some(String::new()),
            Ok(MappedErp::Leave) => Some(erp_before.clone().unwrap_or_default()),
            Err(fault) => {
                cause = Some(fault.cause.word());
                None
            }
        }
    });
    CheckSampleRow { row_id: row.id().to_owned(), erp_before, erp_after, hubspot_before, hubspot_after, cause }
}

/// A value of the ERP as people read it.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.normalize().to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(ms) => {
            jiff::Timestamp::from_millisecond(*ms).map_or_else(|_| ms.to_string(), |instant| instant.to_string())
        }
        Value::Money(money) => money.to_string(),
        Value::Choice { label, .. } => label.clone(),
        Value::Many(many) => many.join(", "),
    }
}
