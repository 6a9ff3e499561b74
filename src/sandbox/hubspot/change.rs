//! What happens to records: made, changed, archived, restored, merged, erased. Each change leaves its news.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    account::{Account, Key, Row},
    errors::Refusal,
    values::{self, Values, goes_back},
    webhooks::News,
};
use crate::{
    clock::Millis,
    sandbox::data::crm::{CONTACT, DEAL},
};

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct By {
    pub now: Millis,
    /// The app over the API; else a person in HubSpot.
    pub app: bool,
}

impl By {
    /// A person, now.
    pub(super) const fn person(now: Millis) -> Self {
        Self { now, app: false }
    }
}

/// Makes a record of checked values.
pub(super) fn create(account: &mut Account, kind: &'static str, values: Values, by: By) -> u64 {
    let id = account.new_id();
    let properties: BTreeMap<_, _> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let news = News::about(kind, "creation", id, by).with("changeFlag", json!("NEW"));
    account.news.push(news);
    for (name, value) in &properties {
        account.news.push(changed(kind, id, name, value, by));
    }
    let tags = ["made_here"].into();
    let row = Row { properties, created: by.now, updated: by.now, archived: None, hint: "Made in this demo.", tags };
    account.put((kind, id), row);
    id
}

fn changed(kind: &'static str, id: u64, name: &str, value: &str, by: By) -> News {
    News::about(kind, "propertyChange", id, by).with("propertyName", json!(name)).with("propertyValue", json!(value))
}

/// Writes checked values into a record that is there. A stage that lies behind is left, without a word.
pub(super) fn update(account: &mut Account, key: Key, values: Values, by: By) {
    let Some(mut row) = account.take(key) else { return };
    for (name, value) in values {
        let old = row.properties.get(&name).cloned().unwrap_or_default();
        let stage = account.schema.get(key.0, &name).filter(|_| name == "lifecyclestage");
        if old == value || stage.is_some_and(|p| goes_back(p, &old, &value)) {
            continue;
        }
        account.news.push(changed(key.0, key.1, &name, &value, by));
        row.updated = by.now;
        if value.is_empty() {
            row.properties.remove(&name);
        } else {
            row.properties.insert(name, value);
        }
    }
    account.put(key, row);
}

/// Puts a record into the recycle bin. One that lies there, or never was, stays as it is.
pub(super) fn archive(account: &mut Account, kind: &'static str, id: u64, by: By) {
    let key = (kind, account.present((kind, id)));
    let Some(mut row) = account.take(key) else { return };
    if row.archived.is_none() {
        row.archived = Some(by.now);
        account.news.push(News::about(kind, "deletion", key.1, by).with("changeFlag", json!("DELETED")));
    }
    account.put(key, row);
}

/// Takes a record out of the recycle bin.
///
/// # Errors
/// 404 when it is not in there, 409 when another record has its unique value by now.
pub(super) fn restore(account: &mut Account, kind: &'static str, id: u64, by: By) -> Result<(), Refusal> {
    let key = (kind, id);
    let row = account.any(key).filter(|r| r.archived.is_some()).ok_or_else(Refusal::no_record)?.clone();
    values::unique(account, kind, Some(id), &row.properties, &mut Vec::new())?;
    account.put(key, Row { archived: None, updated: by.now, ..row });
    account.news.push(News::about(kind, "restore", id, by));
    Ok(())
}

/// Erases a contact for good, as privacy law wants it.
///
/// # Errors
/// 404 when there is none.
pub(super) fn erase(account: &mut Account, id: u64, by: By) -> Result<(), Refusal> {
    let key = (CONTACT, account.present((CONTACT, id)));
    account.take(key).ok_or_else(Refusal::no_record)?;
    account.bonds.drop_all(key);
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
        return Err(Refusal::validation("An object cannot be merged with itself"));
    }
    let survivor = if kind == DEAL { primary } else { account.new_id() };
    let (Some(mut kept), Some(lost)) = (account.take((kind, primary)), account.take((kind, loser))) else {
        return Err(Refusal::no_record());
    };
    let moved = lost.properties.iter().filter(|(name, _)| !kept.properties.contains_key(*name)).count();
    let ids: Vec<String> = [&kept, &lost]
        .iter()
        .filter_map(|row| row.properties.get("hs_merged_object_ids").cloned())
        .chain([primary, loser].iter().filter(|id| **id != survivor).map(u64::to_string))
        .collect();
    let mails: Vec<String> = [
        kept.properties.get("hs_additional_emails"),
        lost.properties.get("email"),
        lost.properties.get("hs_additional_emails"),
    ]
    .into_iter()
    .flatten()
    .cloned()
    .collect();
    for (name, value) in lost.properties {
        kept.properties.entry(name).or_insert(value);
    }
    kept.properties.insert("hs_merged_object_ids".to_owned(), ids.join(";"));
    kept.properties.insert("hs_object_id".to_owned(), survivor.to_string());
    if kind == CONTACT && !mails.is_empty() {
        kept.properties.insert("hs_additional_emails".to_owned(), mails.join(";"));
    }
    kept.updated = by.now;
    account.put((kind, survivor), kept);
    for old in [primary, loser].into_iter().filter(|old| *old != survivor) {
        account.lead(kind, old, survivor);
        account.bonds.hand_over((kind, old), (kind, survivor));
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
