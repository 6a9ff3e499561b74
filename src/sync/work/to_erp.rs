//! What goes back to the ERP: changes that people made in HubSpot, in the rows that say so.
//!
//! Promise: a row is read again before it is changed, and left alone if it was changed meanwhile; what the ERP refuses is
//! parked, and what people changed in HubSpot stays theirs until it has gone over.

use super::{
    chunk::Ready,
    outcome::{Outcome, Refused},
    rows,
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::field::Fields,
    erp::{
        Lane,
        source::{Write, Written},
    },
    store::activity::What,
    sync::{bases::Bases, decide::Base, flow::ToErp, mapping::MappedErp},
};

/// Writes the rows of `ready` whose value goes to the ERP.
pub(super) async fn write(session: &Session, ready: Vec<Ready>, outcome: &mut Outcome) -> Result<(), Trouble> {
    if session.policies.to_erp == ToErp::Off {
        return Ok(());
    }
    let mut asked = Vec::new();
    let mut writes = Vec::new();
    for one in ready.into_iter().filter(|one| !one.draft.to_erp.is_empty()) {
        match changes(&one) {
            Ok((set, clear)) if set.is_empty() && clear.is_empty() => {}
            Ok((set, clear)) => {
                let (id, stamp) = (one.item.erp_id().clone(), one.item.source.stamp.clone());
                writes.push(Write::Update { id, stamp, set, clear });
                asked.push(one);
            }
            Err(refused) => outcome.refused.push(*refused),
        }
    }
    if writes.is_empty() {
        return Ok(());
    }
    session.may_call()?;
    let ended = session.erp.apply(Lane::Background, session.plan.kind, &writes).await?;
    for (one, ended) in asked.iter().zip(ended) {
        match ended {
            Ok(written) => written_back(session, one, &written, outcome),
            Err(why) => {
                // HubSpot took its part, and yet the row is as stuck as it was.
                let (id, target) = (one.item.erp_id(), one.item.target.key());
                outcome.through.retain(|(of, row)| !(of == target && row == id));
                outcome
                    .happened
                    .retain(|h| h.what != What::Mended || h.erp_id.as_ref() != Some(id) || h.target != target);
                outcome.refused.push(Refused::by_erp(&one.item, &why));
            }
        }
    }
    Ok(())
}

/// The fields that change, as the mapping has them.
fn changes(one: &Ready) -> Result<(Fields, Vec<String>), Box<Refused>> {
    let (mut set, mut clear) = (Fields::new(), Vec::new());
    let Some(record) = &one.item.record else { return Ok((set, clear)) };
    let mapping = one.item.target.back(&record.properties);
    if let Some(fault) = mapping.faults.iter().find(|fault| one.draft.to_erp.contains(&fault.row)) {
        return Err(Box::new(Refused::of_fault(&one.item, fault)));
    }
    for (_, (field, mapped)) in mapping.set.into_iter().filter(|(row, _)| one.draft.to_erp.contains(row)) {
        match mapped {
            MappedErp::Set(value) => _ = set.insert(field, value),
            MappedErp::Clear => clear.push(field),
            MappedErp::Leave => {}
        }
    }
    Ok((set, clear))
}

/// The ERP took it: both sides agree about these rows.
fn written_back(session: &Session, one: &Ready, written: &Written, outcome: &mut Outcome) {
    outcome.counts.erp_updated += 1;
    let record = one.item.linked_record();
    let fields = one.draft.to_erp.iter().cloned().collect();
    outcome.note(What::ErpUpdated, one.item.target.key(), &one.item.source, record, fields);
    let Some((bases, stamp)) = kept(one, outcome) else { return };
    if let Some(now) = &written.record {
        stamp.clone_from(&now.stamp);
    }
    for row in one.item.target.rows().iter().filter(|row| one.draft.to_erp.contains(row.id())) {
        let hubspot = rows::hubspot_value(row, one.item.record.as_ref());
        let erp = match &written.record {
            Some(now) => rows::erp_value(row, &one.item.target, now),
            None => hubspot.clone(),
        };
        let base = Base {
            erp: session.hasher.of(row.id(), erp.as_deref()),
            hubspot: session.hasher.of(row.id(), hubspot.as_deref()),
        };
        bases.rows.insert(row.id().to_owned(), base);
    }
}

/// What the page will keep of a row's link, be it there or new.
fn kept<'o>(one: &Ready, outcome: &'o mut Outcome) -> Option<(&'o mut Bases, &'o mut String)> {
    if let Some(link) = &one.item.link {
        let worked = outcome.worked.iter_mut().find(|worked| worked.link.id == link.id)?;
        return Some((&mut worked.bases, &mut worked.stamp));
    }
    let (id, target) = (one.item.erp_id(), one.item.target.key());
    let new = outcome.links.iter_mut().find(|new| new.erp_id == *id && new.target == target)?;
    Some((&mut new.bases, &mut new.stamp))
}
