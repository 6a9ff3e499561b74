//! Live records of both sides to try a mapping on. They are read while the page waits, and kept nowhere.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::rules::{Rules, by, of_erp, of_hubspot};
use crate::{
    admin::{Admin, AdminError},
    domain::{field::Fields, ids::SourceId, record::ObjectType},
    erp::{
        Lane,
        source::{SourceRecord, Wanted},
    },
    hubspot::objects::Record,
    in_tx,
    store::links,
    sync::{
        flow::{Direction, Row},
        mapping::{MappingDoc, Plan, Proof, Proofs, TargetPlan, prove},
    },
};

/// So many linked records are tried.
const LINKED: u32 = 200;

/// Live records of a target.
#[derive(Default)]
pub(super) struct Live {
    /// Of the ERP: linked ones where there are any, else those that changed first.
    pub(super) records: Vec<SourceRecord>,
    /// In HubSpot: those that they are linked with.
    pub(super) properties: Vec<BTreeMap<String, Option<String>>>,
}

/// Whether a row goes both ways by two expressions, so that it must be proved.
pub(super) fn must_be_proved(row: &Row) -> bool {
    row.direction == Direction::Both && row.to_hubspot.is_some() && row.to_erp.is_some()
}

impl Admin {
    /// These records of the ERP, with the fields that a mapping reads.
    pub(super) async fn sources(
        &self,
        rules: &Rules,
        plan: &Plan,
        ids: &[SourceId],
        until: Instant,
    ) -> Result<Vec<SourceRecord>, AdminError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = wanted(rules, plan);
        let reading = async { rules.erp.sources(Lane::Card, &wanted, ids).await.map_err(|error| of_erp(&error)) };
        Ok(by(until, reading).await?.records)
    }

    /// These records in HubSpot, with the properties that a mapping reads or writes and `more`.
    pub(super) async fn records(
        &self,
        (rules, plan): (&Rules, &Plan),
        object: ObjectType,
        ids: &[String],
        more: &[&str],
        until: Instant,
    ) -> Result<Vec<Record>, AdminError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let portal = rules.named.flow.portal_id;
        let mut properties: Vec<&str> = plan.properties(object).collect();
        properties.extend(more.iter().filter(|name| rules.has_property(object, name)));
        let reading = async {
            let found = self.hubspot.read_by(Lane::Card, portal, object, None, ids, &properties).await;
            found.map_err(|error| of_hubspot(&error))
        };
        Ok(by(until, reading).await?.into_iter().map(|found| found.record).collect())
    }

    /// Live records to try a target's rows on.
    pub(super) async fn live(
        &self,
        (rules, plan): (&Rules, &Plan),
        target: &TargetPlan,
        many: bool,
        until: Instant,
    ) -> Result<Live, AdminError> {
        let (portal, connection, kind) = (rules.named.flow.portal_id, rules.named.connection.id, rules.named.kind());
        let links = in_tx!(self.db, read "linked records to try", |tx| {
            links::page_of_flow(tx, portal, connection, kind, None, LINKED).await
        })?;
        let links: Vec<_> = links.into_iter().filter(|link| link.target == target.key()).collect();
        let records = if many || links.is_empty() {
            let wanted = wanted(rules, plan);
            let reading = async { rules.erp.changes(Lane::Card, &wanted, None).await.map_err(|error| of_erp(&error)) };
            by(until, reading).await?.records
        } else {
            let ids: Vec<SourceId> = links.iter().map(|link| link.erp_id.clone()).collect();
            self.sources(rules, plan, &ids, until).await?
        };
        // A trigger that cannot be worked out for a record says nothing about the rows.
        let records = records.into_iter().filter(|record| target.applies(record).unwrap_or(false)).collect();
        let ids: Vec<String> = links.iter().map(|link| link.record.object_id.to_string()).collect();
        let found = self.records((rules, plan), target.object(), &ids, &[], until).await?;
        Ok(Live { records, properties: found.into_iter().map(|record| record.properties).collect() })
    }

    /// The rows of a mapping that are proved on live records to come back as they were.
    pub(super) async fn proofs_of(
        &self,
        rules: &Rules,
        doc: &MappingDoc,
        until: Instant,
    ) -> Result<Proofs, AdminError> {
        let asks = |key: &str| doc.targets.iter().any(|of| of.key == key && of.rows.iter().any(must_be_proved));
        let mut proofs = Proofs::new();
        // What cannot be compiled is told by the check.
        let Ok(plan) = rules.plan(doc) else { return Ok(proofs) };
        for target in plan.targets().iter().filter(|target| asks(target.key())) {
            let live = self.live((rules, &plan), target, false, until).await?;
            let rows = doc.targets.iter().filter(|of| of.key == target.key()).flat_map(|of| &of.rows);
            for row in rows.filter(|row| must_be_proved(row)) {
                if let Proof::Proved { .. } = live.prove(target, &row.id) {
                    proofs.insert((target.key().to_owned(), row.id.clone()));
                }
            }
        }
        Ok(proofs)
    }
}

impl Live {
    /// Tries a row on all of them.
    pub(super) fn prove(&self, target: &TargetPlan, row: &str) -> Proof {
        let fields: Vec<Fields> = self.records.iter().map(|record| record.fields.clone()).collect();
        prove(target, row, &fields, &self.properties)
    }
}

impl Rules {
    /// Whether the portal has a property.
    pub(super) fn has_property(&self, object: ObjectType, name: &str) -> bool {
        self.properties.get(&object).is_some_and(|infos| infos.iter().any(|info| info.name == name))
    }
}

fn wanted(rules: &Rules, plan: &Plan) -> Wanted {
    Wanted { kind: rules.named.default.kind, fields: plan.fields().iter().cloned().collect() }
}
