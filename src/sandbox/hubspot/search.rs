//! Searching records: filter groups, a word, one sort, pages of at most 200, 10,000 results and no more.
//!
//! Promise: a window of changes in the order of ids, and a unique value, are found without looking at all records.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::{Account, Key},
    errors::Refusal,
    filters::{Group, Plan, compared},
    objects::{Answer, parsed, render},
    row::Row,
};
use crate::sandbox::data::crm::{COMPANY, CONTACT};

/// The most results of a page.
const PAGE: usize = 200;
/// The most results of a query, over all pages.
const CAP: usize = 10_000;
/// The most characters of a body.
const LONGEST: usize = 3_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    #[serde(default)]
    filter_groups: Vec<Group>,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    sorts: Vec<Json>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    after: Option<Json>,
}

/// `POST …/{type}/search`.
pub(super) fn answer(account: &Account, kind: &'static str, body: &[u8]) -> Answer {
    if body.len() > LONGEST {
        return Err(Refusal::validation(format!("The body may have {LONGEST} characters")));
    }
    let search: Search = parsed(body)?;
    let limit = search.limit.unwrap_or(10);
    if !(1..=PAGE).contains(&limit) {
        return Err(Refusal::validation(format!("limit must be a number between 1 and {PAGE}")));
    }
    let counts: Vec<usize> = search.filter_groups.iter().map(|g| g.filters.len()).collect();
    if counts.len() > 5 || counts.iter().any(|n| *n > 6) || counts.iter().sum::<usize>() > 18 {
        return Err(Refusal::validation("There may be 5 filter groups of 6 filters each, 18 filters in all"));
    }
    let after = match &search.after {
        None | Some(Json::Null) => 0,
        Some(json) => json
            .as_str()
            .map_or_else(|| json.to_string(), str::to_owned)
            .parse::<usize>()
            .map_err(|_| Refusal::validation("after must be a number"))?,
    };
    if after + limit > CAP {
        return Err(Refusal::validation(format!("A search returns at most {CAP} results")));
    }
    let plans = search.filter_groups.iter().map(|group| Plan::of(account, kind, group));
    let plans: Vec<Plan> = plans.collect::<Result<_, _>>()?;
    let words = search.query.as_deref().filter(|q| !q.is_empty()).map(str::to_lowercase);
    let (total, found) = match (plans.as_slice(), &words, sort(&search.sorts)?) {
        ([], None, Order::ById) => counted(account, kind, &Plan::all(), (after, limit)),
        ([plan], None, Order::ById) => counted(account, kind, plan, (after, limit)),
        (plans, words, order) => sorted(account, kind, (plans, words.as_deref()), &order, (after, limit)),
    };
    let names: Vec<&str> = search.properties.iter().map(String::as_str).collect();
    let results: Vec<_> = found.iter().map(|(id, row)| render(account, (kind, *id), row, &names)).collect();
    let mut answer = json!({"total": total, "results": results});
    if after + limit < total {
        answer["paging"] = json!({"next": {"after": (after + limit).to_string()}});
    }
    Ok((StatusCode::OK, answer))
}

/// How results are sorted.
enum Order {
    ById,
    /// By a property, and whether from the largest on.
    By(String, bool),
}

/// The property to sort by, and whether from the largest on.
fn sort(sorts: &[Json]) -> Result<Order, Refusal> {
    let (name, descending) = match sorts {
        [] => return Ok(Order::ById),
        [Json::String(text)] => (text.trim_start_matches('-').to_owned(), text.starts_with('-')),
        [Json::Object(sort)] => {
            let name = sort.get("propertyName").and_then(Json::as_str).unwrap_or_default();
            (name.to_owned(), sort.get("direction").and_then(Json::as_str) == Some("DESCENDING"))
        }
        _ => return Err(Refusal::validation("Only one sort is allowed")),
    };
    Ok(if name == "hs_object_id" && !descending { Order::ById } else { Order::By(name, descending) })
}

/// What searches see of the records that they see otherwise than they are.
fn behind<'a>(account: &'a Account, kind: &'static str) -> BTreeMap<u64, Option<&'a Row>> {
    let visible = |row: Option<&'a Row>| row.filter(|r| r.archived.is_none());
    account.index.behind(kind).map(|(id, row)| (id, visible(row))).collect()
}

/// How many records pass one group, and a page of them in the order of their ids: whole stretches of ids are counted
/// without looking at them.
fn counted<'a>(
    account: &'a Account,
    kind: &'static str,
    plan: &Plan,
    (after, limit): (usize, usize),
) -> (usize, Vec<(u64, &'a Row)>) {
    let late = behind(account, kind);
    let mut found: Vec<(u64, &Row)> = late
        .iter()
        .filter_map(|(id, row)| row.map(|row| (*id, row)))
        .filter(|(id, row)| plan.fits(account, (kind, *id), row))
        .collect();
    let mut total = found.len();
    let (sheet, wanted) = (account.sheet(kind), after + limit);
    let mut look = |row: (u64, &'a Row), found: &mut Vec<(u64, &'a Row)>| {
        let passes = row.1.archived.is_none() && !late.contains_key(&row.0) && plan.fits(account, (kind, row.0), row.1);
        if passes {
            total += 1;
            found.push(row);
        }
    };
    let late_in = |ids: &std::ops::RangeInclusive<u64>| late.range(ids.clone()).next().is_some();
    let mut beyond = 0;
    if let Some(only) = &plan.only {
        only.iter().filter_map(|id| sheet.get(*id).map(|row| (*id, row))).for_each(|row| look(row, &mut found));
    } else {
        let mut seen = 0;
        for stretch in sheet.within(plan.ids.clone(), plan.window.clone()) {
            let whole = plan.ids.contains(stretch.ids.start()) && plan.ids.contains(stretch.ids.end());
            if plan.is_bare() && whole && seen >= wanted && !late_in(&stretch.ids) {
                beyond += stretch.count;
                continue;
            }
            let before = found.len();
            sheet.range(stretch.ids).for_each(|row| look(row, &mut found));
            seen += found.len() - before;
        }
    }
    found.sort_unstable_by_key(|(id, _)| *id);
    (total + beyond, found.into_iter().skip(after).take(limit).collect())
}

/// How many records pass, and a page of them in an order that needs all of them.
fn sorted<'a>(
    account: &'a Account,
    kind: &'static str,
    (plans, words): (&[Plan], Option<&str>),
    order: &Order,
    (after, limit): (usize, usize),
) -> (usize, Vec<(u64, &'a Row)>) {
    let late = behind(account, kind);
    let fits = |key: Key, row: &Row| {
        words.is_none_or(|words| has_words(account, key, row, words))
            && (plans.is_empty() || plans.iter().any(|plan| plan.fits(account, key, row)))
    };
    let sheet = account.sheet(kind);
    let mut ids = BTreeSet::new();
    for plan in plans.iter().chain(plans.is_empty().then_some(&Plan::all())) {
        if let Some(only) = &plan.only {
            ids.extend(only.iter().copied());
        } else {
            let stretches = sheet.within(plan.ids.clone(), plan.window.clone());
            ids.extend(stretches.flat_map(|stretch| sheet.range(stretch.ids).map(|(id, _)| id)));
        }
    }
    ids.extend(late.keys().copied());
    let seen = |id: u64| late.get(&id).copied().unwrap_or_else(|| sheet.get(id).filter(|r| r.archived.is_none()));
    let mut found: Vec<(u64, &Row)> = ids
        .into_iter()
        .filter_map(|id| seen(id).map(|row| (id, row)))
        .filter(|(id, row)| fits((kind, *id), row))
        .collect();
    if let Order::By(property, descending) = order {
        let value = |(id, row): &(u64, &Row)| {
            account.value((kind, *id), row, property).map(std::borrow::Cow::into_owned).unwrap_or_default()
        };
        let mut keyed: Vec<_> = found.into_iter().map(|one| (value(&one), one)).collect();
        keyed.sort_by(|(a, _), (b, _)| {
            let order = compared(a, b);
            if *descending { order.reverse() } else { order }
        });
        found = keyed.into_iter().map(|(_, one)| one).collect();
    }
    (found.len(), found.into_iter().skip(after).take(limit).collect())
}

/// Whether each word is in one of the properties that are searched by words.
pub(super) fn has_words(account: &Account, key: Key, row: &Row, words: &str) -> bool {
    let searched: &[&str] = match key.0 {
        CONTACT => &["firstname", "lastname", "email", "hs_additional_emails", "phone", "company"],
        COMPANY => &["name", "domain", "phone", "website"],
        _ => &["dealname", "description"],
    };
    let text: Vec<String> = searched.iter().filter_map(|p| account.get(row, p)).map(str::to_lowercase).collect();
    words.split_whitespace().all(|w| text.iter().any(|t| t.contains(w)))
}
