//! What happens to records: made, changed, archived, restored, merged, erased. Each change leaves its news, and every
//! changed property its history.

use serde_json::json;

use super::{
    account::{Account, Key, noun, renews},
    errors::Refusal,
    fields::Fields,
    history::Who,
    row::Row,
    values::{self, Values, goes_back},
    webhooks::News,
};
use crate::{clock::Millis, sandbox::data::crm::CONTACT};

/// Who changes something, when, and by which rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct By {
    pub now: Millis,
    pub who: Who,
    /// Whether the portal's own rules hold for it: on `2026-09` paths, and for people.
    pub strict: bool,
}

/// The user who acts unless a control names another.
pub(super) const SOMEBODY: u32 = 9001;

impl By {
    /// A person, now.
    pub(super) const fn person(now: Millis) -> Self {
        Self { now, who: Who::Person(SOMEBODY), strict: true }
    }
}

/// Makes a record of checked values.
pub(super) fn create(account: &mut Account, kind: &'static str, values: Values, by: By) -> u64 {
    let id = account.new_id();
    let values: Values = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    account.news.push(News::about(kind, "creation", id, by).with("changeFlag", json!("NEW")));
    for (name, value) in &values {
        account.news.push(changed(kind, id, name, value, by));
    }
    account.put((kind, id), Row::new(Fields::default(), by.now, by.who), &values);
    id
}

fn changed(kind: &'static str, id: u64, name: &str, value: &str, by: By) -> News {
    News::about(kind, "propertyChange", id, by).with("propertyName", json!(name)).with("propertyValue", json!(value))
}

/// Writes checked values into a record that is there. A stage that lies behind is left, without a word.
pub(super) fn update(account: &mut Account, key: Key, values: Values, by: By) {
    let Some(mut row) = account.any(key).cloned() else { return };
    let mut kept = account.values(&row);
    let mut touched = false;
    for (name, value) in values {
        let old = kept.get(&name).cloned().unwrap_or_default();
        let stage = account.schema.get(key.0, &name).filter(|_| name == "lifecyclestage");
        if old == value || stage.is_some_and(|p| goes_back(p, &old, &value)) {
            continue;
        }
        touched = true;
        account.news.push(changed(key.0, key.1, &name, &value, by));
        account.note(key.0, &mut row, &name, &value, by);
        if value.is_empty() {
            kept.remove(&name);
        } else {
            kept.insert(name, value);
        }
    }
    if touched {
        account.put(key, row, &kept);
    }
}

/// Puts a record into the recycle bin. One that lies there, or never was, stays as it is.
pub(super) fn archive(account: &mut Account, kind: &'static str, id: u64, by: By) {
    let key = (kind, account.present((kind, id)));
    let Some(mut row) = account.any(key).filter(|row| row.archived.is_none()).cloned() else { return };
    account.news.push(News::about(kind, "deletion", key.1, by).with("changeFlag", json!("DELETED")));
    let values = account.values(&row);
    row.archived = Some(by.now);
    account.put(key, row, &values);
}

/// Takes a record out of the recycle bin.
///
/// # Errors
/// 404 when it is not in there, 409 when another record has its unique value by now.
pub(super) fn restore(account: &mut Account, kind: &'static str, id: u64, by: By) -> Result<(), Refusal> {
    let key = (kind, id);
    let mut row = account.any(key).filter(|r| r.archived.is_some()).ok_or_else(Refusal::no_record)?.clone();
    let values = account.values(&row);
    values::unique(account, kind, Some(id), &values, &mut Vec::new())?;
    row.archived = None;
    row.updated = by.now;
    account.put(key, row, &values);
    account.news.push(News::about(kind, "restore", id, by));
    Ok(())
}

/// Erases a contact for good, as privacy law wants it; its addresses are kept out from now on.
///
/// # Errors
/// 404 when there is none.
pub(super) fn erase(account: &mut Account, id: u64, by: By) -> Result<(), Refusal> {
    let key = (CONTACT, account.present((CONTACT, id)));
    let row = account.take(key).ok_or_else(Refusal::no_record)?;
    let unique = account.unique_values(CONTACT, &account.values(&row));
    account.rules.keep_out(unique.into_iter().filter(|(name, _)| name == "email").map(|(_, address)| address));
    account.bonds.drop_all(key);
    account.lists.leave(key);
    account.news.push(News::about(CONTACT, "privacyDeletion", key.1, by));
    account.news.push(News::about(CONTACT, "deletion", key.1, by).with("changeFlag", json!("DELETED")));
    Ok(())
}

/// Merges `loser` into `primary`: the survivor's id. Contacts and companies get a new id, a deal keeps the primary's.
///
/// # Errors
/// 404 when one is not there, 400 when both are the same.
pub(super) fn merge(
    account: &mut Account,
    kind: &'static str,
    (primary, loser): (u64, u64),
    by: By,
) -> Result<u64, Refusal> {
    let found = |id| account.live(kind, id).map(|(id, _)| id).ok_or_else(Refusal::no_record);
    let (primary, loser) = (found(primary)?, found(loser)?);
    if primary == loser {
        let noun = noun(kind);
        return Err(Refusal::validation(format!("A {noun} cannot be merged with itself")));
    }
    let survivor = if renews(kind) { account.new_id() } else { primary };
    let (Some(kept), Some(lost)) = (account.take((kind, primary)), account.take((kind, loser))) else {
        return Err(Refusal::no_record());
    };
    let moved = put_together(account, (kind, survivor), (primary, kept), (loser, &lost), by);
    for old in [primary, loser].into_iter().filter(|old| *old != survivor) {
        account.lead(kind, old, survivor);
        account.bonds.hand_over((kind, old), (kind, survivor));
        account.lists.replace((kind, old), survivor);
    }
    let mut news = News::about(kind, "merge", survivor, by)
        .with("primaryObjectId", json!(primary))
        .with("mergedObjectIds", json!([loser]))
        .with("numberOfPropertiesMoved", json!(moved));
    if survivor != primary {
        news = news.with("newObjectId", json!(survivor));
    }
    account.news.push(news);
    Ok(survivor)
}

/// Puts the record that two become in its place: the primary one's values, and the other's where it had none. How many
/// came from the other.
fn put_together(
    account: &mut Account,
    key: Key,
    (primary, mut row): (u64, Row),
    (loser, lost): (u64, &Row),
    by: By,
) -> usize {
    let (mut kept, lost) = (account.values(&row), account.values(lost));
    let merged = |values: &Values| values.get("hs_merged_object_ids").cloned();
    let own = [primary, loser].into_iter().filter(|id| *id != key.1).map(|id| id.to_string());
    let ids: Vec<String> = [merged(&kept), merged(&lost)].into_iter().flatten().chain(own).collect();
    let mails: Vec<String> = [kept.get("hs_additional_emails"), lost.get("email"), lost.get("hs_additional_emails")]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut wanted: Values = lost.into_iter().filter(|(name, _)| !kept.contains_key(name)).collect();
    let moved = wanted.len();
    wanted.insert("hs_merged_object_ids".to_owned(), ids.join(";"));
    if key.0 == CONTACT && !mails.is_empty() {
        wanted.insert("hs_additional_emails".to_owned(), mails.join(";"));
    }
    for (name, value) in wanted {
        account.note(key.0, &mut row, &name, &value, by);
        kept.insert(name, value);
    }
    row.updated = by.now;
    account.put(key, row, &kept);
    moved
}
