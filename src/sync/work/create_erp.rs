//! Making records in the ERP of records that are new in HubSpot.
//!
//! Promise: a repeat makes none twice, since each carries an external id of ours; none is made of a record that an ERP record
//! could be: all of those have been matched before, so nothing is made until the first sync is complete, nor while a person
//! is to decide about the record; and the ERP is asked once more, since there may be rows that have no link on purpose.

use std::collections::BTreeSet;

use super::{
    hubspot_side::present,
    outcome::{Doubtful, Happened, NewLink, Outcome, Refused},
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::{
        customer::{Customer, CustomerKey},
        field::Fields,
        ids::SourceId,
        record::{ObjectType, RecordRef},
    },
    erp::{
        Lane,
        source::{Kind, Parent, Write, external_id},
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
        decide::Doubt,
        mapping::{MappedErp, MappingBack, TargetPlan},
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
    if records.is_empty() || present(session).await?.first_done_at.is_none() {
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
        let mapping = target.back(&record.properties);
        if let Some(fault) = mapping.faults.first() {
            outcome.refused.push(Refused::new_of_fault(target, at, fault));
            continue;
        }
        let fields = fields(mapping);
        if fields.is_empty() {
            continue;
        }
        if is_there(session, target, at, record, outcome).await? {
            continue;
        }
        let external_id = external_id(session.portal(), at);
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

/// Whether the ERP has what this record would become: a row that is parked, no longer in use or only to be linked has no link,
/// and is nevertheless the same. Where a person can say so they are asked, else the record is parked.
async fn is_there(
    session: &Session,
    target: &TargetPlan,
    at: RecordRef,
    record: &Record,
    outcome: &mut Outcome,
) -> Result<bool, Trouble> {
    let Some((found, field)) = same(session, target, record).await? else { return Ok(false) };
    let conflict = || Refused::there_already(target, at, field);
    if session.plan.kind != Kind::Customer {
        outcome.refused.push(conflict());
        return Ok(true);
    }
    let ids: Vec<SourceId> = found.iter().filter_map(|customer| customer.who.id.as_str().parse().ok()).collect();
    session.may_call()?;
    let rows = session.erp.sources(Lane::Background, &session.plan.wanted, &ids).await?;
    if rows.records.iter().any(|row| row.made_from() == Some((session.portal(), at))) {
        // Made by us, and the link got lost: making it again finds it.
        return Ok(false);
    }
    let (portal, flow, connection) = (session.portal(), session.flow.id, session.flow.connection_id);
    let kind = session.kind();
    let (linked, decided) = in_tx!(session.sync.db, read "what is known of rows that a record may be", |tx| {
        let linked = links::of_erp_ids(tx, portal, connection, kind, &ids).await?;
        Ok((linked, reviews::of_erp_ids(tx, portal, flow, &ids).await?))
    })?;
    let others: BTreeSet<&SourceId> =
        decided.iter().filter(|review| review.refused.contains(&at.object_id)).map(|review| &review.erp_id).collect();
    let left: Vec<&SourceId> = ids.iter().filter(|id| !others.contains(id)).collect();
    let taken = |id: &SourceId| linked.iter().any(|link| link.erp_id == *id && link.target == target.key());
    match left.iter().find(|id| !taken(id)) {
        Some(id) => outcome.doubtful.push(Doubtful {
            alike: Vec::new(),
            target: target.key().to_owned(),
            erp_id: (*id).clone(),
            doubt: Doubt::Alike,
            candidates: vec![at.object_id],
            reasons: vec![field],
        }),
        None if left.is_empty() => return Ok(false),
        None => outcome.refused.push(conflict()),
    }
    Ok(true)
}

/// The ERP's customers with a record's address, a company's also with its name; with the property by which they fit.
async fn same(
    session: &Session,
    target: &TargetPlan,
    record: &Record,
) -> Result<Option<(Vec<Customer>, &'static str)>, Trouble> {
    if let Some(email) = record.value("email") {
        session.may_call()?;
        let key = CustomerKey::Emails(vec![email.to_owned()]);
        let mut found = session.erp.customers(Lane::Background, &key).await?;
        let parts = |text: &str| text.split([';', ',', ' ']).any(|one| one.eq_ignore_ascii_case(email));
        found.retain(|customer| customer.emails.iter().any(|text| parts(text)));
        if !found.is_empty() {
            return Ok(Some((found, "email")));
        }
    }
    let Some(name) = record.value("name").filter(|_| target.object() == ObjectType::Company) else { return Ok(None) };
    session.may_call()?;
    let mut found = session.erp.customers(Lane::Background, &CustomerKey::Name(name.to_owned())).await?;
    found.retain(|customer| !customer.is_person && plain(&customer.who.name) == plain(name));
    Ok(Some((found, "name")).filter(|(found, _)| !found.is_empty()))
}

/// A name for comparison: letters and digits, whatever their case.
fn plain(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
            Parent { kind: Kind::Customer, id: link.erp_id, primary }
        })
        .collect();
    Ok(Some(parents).filter(|parents| !parents.is_empty()))
}

fn fields(mapping: MappingBack) -> Fields {
    let set = |(field, mapped)| match mapped {
        MappedErp::Set(value) => Some((field, value)),
        MappedErp::Clear | MappedErp::Leave => None,
    };
    mapping.set.into_values().filter_map(set).collect()
}
