//! Finding the HubSpot records of rows that have no link yet.
//!
//! Promise: only an exact key that nothing contradicts leads to a link; a record that another link writes to is never taken; what
//! is merely alike is proposed to a person. What a person refused is not proposed again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    item::{Item, names},
    page::Page,
    parties,
    session::Session,
    trouble::Trouble,
};
use crate::{
    domain::{
        ids::{ObjectId, SourceId},
        record::{ObjectType, RecordRef},
    },
    erp::{Lane, source::Kind},
    hubspot::{objects::Record, properties::OWN_PROPERTY},
    in_tx,
    store::{
        links::{self, Link, LinkKind},
        reviews::Candidate,
    },
    sync::{
        bases::Bases,
        decide::{Found, unlinked},
        flow::MatchKey,
        matching::{ExactOutcome, Index, Key, Proposal, exact, propose},
    },
};

/// Fills in what matching finds for the items without a link.
pub(super) async fn find(session: &Session, page: &Page, items: &mut [Item]) -> Result<(), Trouble> {
    made_before(session, items).await?;
    let mut open: Vec<&mut Item> = items
        .iter_mut()
        .filter(|item| item.link.is_none() && unlinked(&item.situation(&session.policies)).is_none())
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    chosen(session, page, &mut open).await?;
    let mut asked: Vec<&mut Item> = open.into_iter().filter(|item| item.found == Found::NotAsked).collect();
    let Some(first) = asked.first() else { return Ok(()) };
    let (object, matching) = (first.object(), first.target.matching().to_vec());
    // At hand for what has no exact key in common.
    session.alike(object).await?;
    let candidates = candidates(session, object, &matching, &asked).await?;
    let writers = writers(session, object, candidates.keys().copied()).await?;
    let keys = keys(&matching);
    let parties = candidates.iter().map(|(id, record)| (*id, parties::of_record(object, record)));
    let index =
        Index::build(candidates.len(), parties).map_err(|_| Trouble::Rules("too many candidates".to_owned()))?;
    let prefix = session.key_prefix();
    let keyed = |record: &Record| record.value(OWN_PROPERTY).map(|key| (key.to_owned(), record.id));
    let ours: HashMap<String, ObjectId> = candidates.values().filter_map(keyed).collect();
    for item in &mut asked {
        // Made by a process that was killed before it could keep the link. Before all others: nobody else may claim it.
        let here = item
            .source
            .made_from()
            .filter(|(portal, record)| (*portal, record.object_type) == (session.portal(), object));
        let made = here.map(|(_, record)| record.object_id).filter(|id| candidates.contains_key(id));
        let keyed = ours.get(&item.key(&prefix)).copied();
        let made = made.or(keyed).filter(|id| !writers.contains_key(id));
        if let Some(object_id) = made
            && page.claim(RecordRef { object_type: object, object_id }, &item.source.id)
        {
            item.found = Found::One(object_id);
            item.remade |= keyed == made;
        }
    }
    for item in &mut asked {
        if item.found == Found::NotAsked {
            item.found = settle(session, page, item, &keys, &index, &writers);
        }
        let id = match &item.found {
            Found::One(id) => Some(*id),
            _ => None,
        };
        item.record = id.and_then(|id| candidates.get(&id)).cloned();
    }
    still_free(session, object, &mut asked).await
}

/// Marks rows that were taken out of use after a record was made of them and before its link was kept: they have a record, and
/// stay in step like all that have.
async fn made_before(session: &Session, items: &mut [Item]) -> Result<(), Trouble> {
    let prefix = session.key_prefix();
    for item in items.iter_mut().filter(|item| item.link.is_none() && item.source.inactive) {
        let known = session.alike(item.object()).await?;
        item.remade = known.is_some_and(|known| known.has_key(&item.key(&prefix)));
    }
    Ok(())
}

/// Takes those out of what is merely alike that got a writer since the records were read.
async fn still_free(session: &Session, object: ObjectType, asked: &mut [&mut Item]) -> Result<(), Trouble> {
    let proposed = asked.iter().filter_map(|item| match &item.found {
        Found::Alike(ids) => Some(ids),
        _ => None,
    });
    let proposed: BTreeSet<ObjectId> = proposed.flatten().copied().collect();
    let taken = writers(session, object, proposed.into_iter()).await?;
    for item in asked {
        let Found::Alike(ids) = &mut item.found else { continue };
        ids.retain(|id| !taken.contains_key(id));
        if ids.is_empty() {
            item.found = Found::None;
        }
    }
    Ok(())
}

/// Rows about which a person decided. Where another row writes to the chosen record, the link will only read.
async fn chosen(session: &Session, page: &Page, open: &mut [&mut Item]) -> Result<(), Trouble> {
    let ids: Vec<String> = open.iter().filter_map(|item| item.ruling.chosen).map(|id| id.to_string()).collect();
    let records = match open.first() {
        Some(first) if !ids.is_empty() => {
            session.may_call()?;
            let names = names(&first.target, &parties::PROPERTIES);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let found = session
                .sync
                .hubspot
                .read_by(Lane::Background, session.portal(), first.object(), None, &ids, &names)
                .await?;
            found.into_iter().filter_map(|found| Some((found.asked?, found.record))).collect()
        }
        _ => HashMap::new(),
    };
    let Some(object_type) = open.first().map(|first| first.object()) else { return Ok(()) };
    let writers = writers(session, object_type, records.values().map(|record: &Record| record.id)).await?;
    for item in open.iter_mut() {
        if item.ruling.new {
            item.found = Found::New;
        } else if let Some(record) = item.ruling.chosen.and_then(|id| records.get(&id.to_string())) {
            let at = RecordRef { object_type, object_id: record.id };
            match writers.get(&record.id) {
                Some(writer) if writer.gone_at.is_some() => item.supersedes = Some(writer.clone()),
                Some(_) => item.reads_only = true,
                None => item.reads_only = !page.claim(at, &item.source.id),
            }
            item.found = Found::Chosen(record.id);
            item.record = Some(record.clone());
        }
    }
    Ok(())
}

/// The HubSpot records that share an exact key with any of the items.
async fn candidates(
    session: &Session,
    object: ObjectType,
    matching: &[MatchKey],
    items: &[&mut Item],
) -> Result<BTreeMap<ObjectId, Record>, Trouble> {
    let names = items.first().map(|item| names(&item.target, &parties::PROPERTIES)).unwrap_or_default();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let values = |property: &str| -> Vec<String> {
        let mapped = items.iter().filter_map(|item| item.mapped(property)).map(str::to_lowercase);
        mapped.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (hubspot, portal) = (&session.sync.hubspot, session.portal());
    let mut found = BTreeMap::new();
    let made_from: Vec<String> = items
        .iter()
        .filter_map(|item| item.source.made_from())
        .filter(|(of, record)| (*of, record.object_type) == (portal, object))
        .map(|(_, record)| record.object_id.to_string())
        .collect();
    if !made_from.is_empty() {
        session.may_call()?;
        let records = hubspot.read_by(Lane::Background, portal, object, None, &made_from, &names).await?;
        // One that was merged away since is another now, which has its own row.
        let same = records.into_iter().filter(|one| one.asked.as_deref() == Some(one.record.id.to_string().as_str()));
        found.extend(same.map(|found| (found.record.id, found.record)));
    }
    if matching.contains(&MatchKey::Email) {
        let emails = values("email");
        if !emails.is_empty() {
            session.may_call()?;
            let records = hubspot.read_by(Lane::Background, portal, object, Some("email"), &emails, &names).await?;
            found.extend(records.into_iter().map(|found| (found.record.id, found.record)));
        }
    }
    if matching.contains(&MatchKey::Domain) {
        let domains = values("domain");
        if let Some(index) = session.alike(object).await? {
            let ids = domains.iter().flat_map(|domain| index.with_domain(domain));
            let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
            if !ids.is_empty() {
                session.may_call()?;
                let records = hubspot.read_by(Lane::Background, portal, object, None, &ids, &names).await?;
                found.extend(records.into_iter().map(|found| (found.record.id, found.record)));
            }
        } else if !domains.is_empty() {
            session.may_call()?;
            let records = hubspot.find(Lane::Background, portal, object, "domain", &domains, &names).await?;
            found.extend(records.into_iter().map(|record| (record.id, record)));
        }
    }
    Ok(found)
}

/// The links that write to these records.
async fn writers(
    session: &Session,
    object_type: ObjectType,
    ids: impl Iterator<Item = ObjectId>,
) -> Result<HashMap<ObjectId, Link>, Trouble> {
    let records: Vec<RecordRef> = ids.map(|object_id| RecordRef { object_type, object_id }).collect();
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let portal = session.portal();
    let all =
        in_tx!(session.sync.db, read "who writes to records", |tx| { links::of_records(tx, portal, &records).await })?;
    Ok(all.into_iter().filter(|link| link.writes).map(|link| (link.record.object_id, link)).collect())
}

fn keys(matching: &[MatchKey]) -> Vec<Key> {
    let one = |key: &MatchKey| match key {
        MatchKey::Key => None,
        MatchKey::Email => Some(Key::Email),
        MatchKey::Domain => Some(Key::Domain),
    };
    matching.iter().filter_map(one).collect()
}

/// Decides what one item has found.
fn settle(
    session: &Session,
    page: &Page,
    item: &mut Item,
    keys: &[Key],
    index: &Index<ObjectId>,
    writers: &HashMap<ObjectId, Link>,
) -> Found {
    let party = parties::of_item(item);
    match exact(keys, &party, index) {
        ExactOutcome::One(id) if item.ruling.refused.contains(&id) => Found::Refused,
        ExactOutcome::One(id) => owned(page, item, id, writers.get(&id)),
        ExactOutcome::Several(found) => {
            let ids: Vec<ObjectId> =
                found.into_iter().map(|one| one.id).filter(|id| !item.ruling.refused.contains(id)).collect();
            if ids.is_empty() { Found::Refused } else { Found::Several(ids) }
        }
        ExactOutcome::Contradicted(found) => {
            let open = found.into_iter().find(|one| !item.ruling.refused.contains(&one.id));
            open.map_or(Found::Refused, |one| {
                Found::Contradicted(one.id, one.reasons.iter().map(|reason| reason.code()).collect())
            })
        }
        ExactOutcome::None => alike(session, item, &party),
    }
}

/// Whether the record that fits is free for this item.
fn owned(page: &Page, item: &mut Item, id: ObjectId, writer: Option<&Link>) -> Found {
    let record = RecordRef { object_type: item.object(), object_id: id };
    if let Some(writer) = writer {
        let mailbox_of_parent =
            writer.target == MAILBOX && item.source.parents.iter().any(|parent| parent.id == writer.erp_id);
        if !mailbox_of_parent && writer.gone_at.is_none() {
            return if of_its_people(item, writer) { Found::Theirs } else { Found::Taken(id) };
        }
        // The company's own address turns out to be this person's; or the row that wrote is gone from the ERP.
        item.supersedes = Some(writer.clone());
    }
    if page.claim(record, &item.source.id) { Found::One(id) } else { Found::Taken(id) }
}

/// Whether a company's own address is one of its contacts': then the company has no record of its own for it.
fn of_its_people(item: &Item, writer: &Link) -> bool {
    let of_this = |parent: &(Kind, SourceId, bool)| parent.0 == item.source.kind && parent.1 == item.source.id;
    item.target.key() == MAILBOX
        && writer.kind == LinkKind::Contact
        && Bases::read(&writer.base).parents.is_some_and(|parents| parents.iter().any(of_this))
}

/// Nothing fits exactly: what is alike, where all records of the portal are at hand.
fn alike(session: &Session, item: &mut Item, party: &crate::sync::matching::Party) -> Found {
    let Some(index) = session.alike_now(item.object()) else { return Found::None };
    if index.has_key(&item.key(&session.key_prefix())) {
        // Made by a process that was killed before it could keep the link: the upsert finds it by its key.
        return Found::None;
    }
    let candidate = |one: Proposal<ObjectId>| Candidate {
        object_id: one.id,
        score: u32::from(one.score.percent()) * 10,
        reasons: one.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
    };
    let open = |one: &Proposal<ObjectId>| !item.ruling.refused.contains(&one.id) && !index.is_linked(one.id);
    let proposals = propose(party, &index.index).into_iter().filter(open).take(MOST_PROPOSED);
    item.alike = proposals.map(candidate).collect();
    let ids: Vec<ObjectId> = item.alike.iter().map(|one| one.object_id).collect();
    if ids.is_empty() { Found::None } else { Found::Alike(ids) }
}

/// The target of a company's own address, which yields to a person who has it.
const MAILBOX: &str = "mailbox";
/// So many records are proposed for one row.
const MOST_PROPOSED: usize = 5;
