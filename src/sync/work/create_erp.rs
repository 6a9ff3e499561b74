//! Making records in the ERP of records that are new in HubSpot.
//!
//! Promise: a repeat makes none twice, since each carries an external id of ours; none is made of a record that an ERP record
//! could be: all of those have been matched before, so nothing is made until the first sync is complete, nor while a person
//! is to decide about the record.

use super::{
    outcome::{Happened, NewLink, Outcome, Refused},
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::{
        field::Fields,
        ids::SourceId,
        record::{ObjectType, RecordRef},
    },
    erp::{
        Lane,
        source::{Parent, Write},
    },
    hubspot::{objects::Record, properties::OWN_PROPERTY},
    in_tx,
    store::{
        activity::What,
        links::{self, LinkBasis},
        reviews, tombstones,
    },
    sync::{
        bases::Bases,
        mapping::{MappedErp, TargetPlan},
    },
};

/// The targets whose records can begin in HubSpot: a person there may be a customer or somebody's contact, and a mailbox is
/// nobody.
const MAY_BEGIN: [&str; 2] = ["company", "contact"];

/// Makes ERP records of those that have none.
pub(super) async fn create(
    session: &Session,
    object: ObjectType,
    records: &[&Record],
    outcome: &mut Outcome,
) -> Result<(), Trouble> {
    if session.flow.first_done_at.is_none() {
        return Ok(());
    }
    let target = session.plan.targets.iter().find(|t| t.object() == object && MAY_BEGIN.contains(&t.key()));
    let Some(target) = target else { return Ok(()) };
    let mut asked = Vec::new();
    let mut writes = Vec::new();
    for record in records {
        let at = RecordRef { object_type: object, object_id: record.id };
        if record.value(OWN_PROPERTY).is_some() || !free(session, at).await? {
            continue;
        }
        let Some(parents) = parents(session, target, at).await? else { continue };
        let fields = fields(target, record);
        if fields.is_empty() {
            continue;
        }
        let external_id = format!("ledgercard-{}-{}-{}", session.portal(), object.type_id(), record.id);
        writes.push(Write::Create { external_id, fields, parents });
        asked.push(at);
    }
    if writes.is_empty() {
        return Ok(());
    }
    session.may_call()?;
    let ended = session.erp.apply(Lane::Background, session.plan.kind, &writes).await?;
    for (record, ended) in asked.into_iter().zip(ended) {
        match ended {
            Ok(written) => made(session, target, record, written.id, outcome),
            Err(why) => outcome.refused.push(Refused::new_in_erp(target, record, &why)),
        }
    }
    Ok(())
}

/// A HubSpot record has a row in the ERP now.
fn made(session: &Session, target: &TargetPlan, record: RecordRef, id: SourceId, outcome: &mut Outcome) {
    outcome.counts.erp_created += 1;
    outcome.through_to_erp.push((target.key().to_owned(), record.object_id));
    outcome.links.push(NewLink {
        kind: session.plan.kind,
        erp_id: id.clone(),
        target: target.key().to_owned(),
        record,
        basis: LinkBasis::Created,
        bases: Bases::default(),
        stamp: String::new(),
        writes: true,
        instead_of: None,
    });
    outcome.happened.push(Happened {
        what: What::ErpCreated,
        target: target.key().to_owned(),
        erp_id: Some(id),
        record: Some(record),
        fields: Vec::new(),
        cause: None,
    });
}

/// Whether no ERP record has, had or may be this one.
async fn free(session: &Session, record: RecordRef) -> Result<bool, Trouble> {
    let (portal, flow) = (session.portal(), session.flow.id);
    let known = in_tx!(session.sync.db, read "whether a record is new", |tx| {
        let linked = !links::of_record(tx, portal, record).await?.is_empty();
        let buried = !tombstones::of_record(tx, portal, record).await?.is_empty();
        let asked = reviews::names(tx, portal, flow, record.object_id).await?;
        Ok(linked || buried || asked)
    })?;
    Ok(!known)
}

/// What a new ERP record belongs to; `None`: it must belong to something and does not.
async fn parents(session: &Session, target: &TargetPlan, record: RecordRef) -> Result<Option<Vec<Parent>>, Trouble> {
    let Some(parent_target) = target.parents() else { return Ok(Some(Vec::new())) };
    session.may_call()?;
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let of = hubspot
        .associations_of(Lane::Background, portal, record.object_type, ObjectType::Company, &[record.object_id])
        .await?;
    let bonds = of.get(&record.object_id).cloned().unwrap_or_default();
    let companies: Vec<RecordRef> =
        bonds.iter().map(|bond| RecordRef { object_type: ObjectType::Company, object_id: bond.to }).collect();
    let links = in_tx!(session.sync.db, read "the companies of a new record", |tx| {
        links::of_records(tx, portal, &companies).await
    })?;
    let ours = links
        .into_iter()
        .filter(|link| link.connection_id == session.flow.connection_id && link.target == parent_target && link.writes);
    let parents: Vec<Parent> = ours
        .map(|link| {
            let primary = bonds.iter().any(|bond| bond.to == link.record.object_id && bond.is_primary_company());
            Parent { kind: crate::erp::source::Kind::Customer, id: link.erp_id, primary }
        })
        .collect();
    Ok(Some(parents).filter(|parents| !parents.is_empty()))
}

fn fields(target: &TargetPlan, record: &Record) -> Fields {
    let set = |(field, mapped)| match mapped {
        MappedErp::Set(value) => Some((field, value)),
        MappedErp::Clear | MappedErp::Leave => None,
    };
    target.back(&record.properties).set.into_values().filter_map(set).collect()
}
