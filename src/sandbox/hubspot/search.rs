//! Searching records: filter groups, a word, one sort, pages of at most 200, 10,000 results and no more.

use std::cmp::Ordering;

use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    account::{Account, Row},
    errors::Refusal,
    objects::{Answer, kind_of, parsed, render},
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    property_name: String,
    operator: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    high_value: Option<String>,
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
    let sort = sort(&search.sorts)?;
    let mut found = Vec::new();
    for (id, row) in account.from(kind, 0).filter(|(_, row)| row.archived.is_none()) {
        if fits(account, (kind, id), row, &search)? {
            found.push((id, row));
        }
    }
    if let Some((property, descending)) = &sort {
        let value = |(id, row): &(u64, &Row)| Account::value((kind, *id), row, property);
        found.sort_by(|a, b| {
            let order = compared(&value(a).unwrap_or_default(), &value(b).unwrap_or_default());
            if *descending { order.reverse() } else { order }
        });
    }
    let names: Vec<&str> = search.properties.iter().map(String::as_str).collect();
    let page = found.iter().skip(after).take(limit);
    let results: Vec<_> = page.map(|(id, row)| render(account, (kind, *id), row, &names)).collect();
    let mut answer = json!({"total": found.len(), "results": results});
    if after + limit < found.len() {
        answer["paging"] = json!({"next": {"after": (after + limit).to_string()}});
    }
    Ok((StatusCode::OK, answer))
}

/// The property to sort by, and whether from the largest on.
fn sort(sorts: &[Json]) -> Result<Option<(String, bool)>, Refusal> {
    match sorts {
        [] => Ok(None),
        [Json::String(text)] => Ok(Some((text.trim_start_matches('-').to_owned(), text.starts_with('-')))),
        [Json::Object(sort)] => {
            let name = sort.get("propertyName").and_then(Json::as_str).unwrap_or_default();
            Ok(Some((name.to_owned(), sort.get("direction").and_then(Json::as_str) == Some("DESCENDING"))))
        }
        _ => Err(Refusal::validation("Only one sort is allowed")),
    }
}

/// Numbers as numbers, everything else as text.
fn compared(a: &str, b: &str) -> Ordering {
    match (a.parse::<Decimal>(), b.parse::<Decimal>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.to_lowercase().cmp(&b.to_lowercase()),
    }
}

fn fits(account: &Account, key: (&'static str, u64), row: &Row, search: &Search) -> Result<bool, Refusal> {
    if let Some(word) = search.query.as_deref().filter(|q| !q.is_empty()) {
        let searched: &[&str] = match key.0 {
            CONTACT => &["firstname", "lastname", "email", "hs_additional_emails", "phone", "company"],
            COMPANY => &["name", "domain", "phone", "website"],
            _ => &["dealname", "description"],
        };
        let text: Vec<String> =
            searched.iter().filter_map(|p| row.properties.get(*p)).map(|v| v.to_lowercase()).collect();
        let all = word.to_lowercase();
        if !all.split_whitespace().all(|w| text.iter().any(|t| t.contains(w))) {
            return Ok(false);
        }
    }
    if search.filter_groups.is_empty() {
        return Ok(true);
    }
    for group in &search.filter_groups {
        let mut all = true;
        for filter in &group.filters {
            all &= passes(account, key, row, filter)?;
        }
        if all {
            return Ok(true);
        }
    }
    Ok(false)
}

fn passes(account: &Account, key: (&'static str, u64), row: &Row, filter: &Filter) -> Result<bool, Refusal> {
    let name = filter.property_name.as_str();
    if let Some(to) = name.strip_prefix("associations.") {
        let to = kind_of(to)?;
        let wanted = filter.value.as_deref().and_then(|v| v.parse::<u64>().ok());
        return Ok(account.bonds.of(key, to).any(|(id, _)| Some(id) == wanted));
    }
    if account.schema.get(key.0, name).is_none() {
        return Err(Refusal::validation(format!("There is no property {name} to filter by")));
    }
    let own = Account::value(key, row, name).filter(|v| !v.is_empty());
    let needed = || {
        let text = format!("The operator {} needs a value", filter.operator);
        filter.value.as_deref().ok_or_else(|| Refusal::validation(text))
    };
    let is = |value: &str| own.as_deref().is_some_and(|o| moment(o, value).is_eq());
    let token = |pattern: &str| own.as_deref().is_some_and(|o| has_token(o, pattern));
    let ordered = |value: &str| own.as_deref().map(|o| moment(o, value));
    Ok(match filter.operator.as_str() {
        "EQ" => is(needed()?),
        "NEQ" => !is(needed()?),
        "LT" => ordered(needed()?).is_some_and(Ordering::is_lt),
        "LTE" => ordered(needed()?).is_some_and(Ordering::is_le),
        "GT" => ordered(needed()?).is_some_and(Ordering::is_gt),
        "GTE" => ordered(needed()?).is_some_and(Ordering::is_ge),
        "BETWEEN" => {
            let high = filter.high_value.as_deref().ok_or_else(|| Refusal::validation("BETWEEN needs a highValue"))?;
            ordered(needed()?).is_some_and(Ordering::is_ge) && ordered(high).is_some_and(Ordering::is_le)
        }
        // HubSpot compares with lists as they are, without folding what was asked.
        "IN" => own.as_deref().is_some_and(|o| filter.values.contains(&o.to_lowercase())),
        "NOT_IN" => !own.as_deref().is_some_and(|o| filter.values.contains(&o.to_lowercase())),
        "HAS_PROPERTY" => own.is_some(),
        "NOT_HAS_PROPERTY" => own.is_none(),
        "CONTAINS_TOKEN" => token(needed()?),
        "NOT_CONTAINS_TOKEN" => !token(needed()?),
        other => return Err(Refusal::validation(format!("There is no operator {other}"))),
    })
}

/// Compares, instants in either form as instants.
fn moment(own: &str, value: &str) -> Ordering {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    match (instant(own), instant(value).or_else(|| value.parse().ok())) {
        (Some(own), Some(value)) => own.cmp(&value),
        _ => compared(own, value),
    }
}

/// Whether a word of the text fits a pattern in which `*` stands for anything.
fn has_token(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let parts = |t: &str| -> Vec<String> {
        t.split(|c: char| !c.is_alphanumeric() && c != '*').filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let words = parts(&text);
    parts(&pattern).iter().all(|p| words.iter().any(|w| like(w, p)))
}

fn like(word: &str, pattern: &str) -> bool {
    let Some((before, behind)) = pattern.split_once('*') else { return word == pattern };
    let Some(rest) = word.strip_prefix(before) else { return false };
    behind.is_empty() || (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|tail| like(tail, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_match_whole_words_and_stars_stand_for_anything() {
        assert!(has_token("Rogers Canada Ltd", "canada"));
        assert!(!has_token("Rogers Canada Ltd", "canad"));
        assert!(has_token("Rogers Canada Ltd", "can*"));
        assert!(has_token("leone@surfeu.de", "*surf*"));
        assert_eq!(compared("9", "10"), Ordering::Less);
        assert_eq!(moment("2026-11-21T00:00:00.000Z", "0"), Ordering::Greater);
    }
}
