//! The filters of a search, read once and then held against records.
//!
//! Promise: a filter that HubSpot refuses is refused even when there is no record to hold it against.

use std::{borrow::Cow, cmp::Ordering, ops::RangeInclusive};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    account::{Account, Key, stamp},
    errors::Refusal,
    objects::kind_of,
    row::Row,
};

/// A group of filters: all of them must hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub filters: Vec<Filter>,
}

/// A filter as it is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Filter {
    property_name: String,
    operator: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    high_value: Option<String>,
}

/// A value to compare with, in all the ways that it can be meant.
#[derive(Debug, Clone)]
struct Wanted {
    text: String,
    number: Option<Decimal>,
    instant: Option<i64>,
}

impl Wanted {
    fn of(text: &str) -> Self {
        let instant = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
        Self { text: text.to_lowercase(), number: text.parse().ok(), instant: instant.or_else(|| text.parse().ok()) }
    }

    /// How a record's value compares with it: instants as instants, numbers as numbers, everything else as text.
    fn against(&self, own: &str) -> Ordering {
        if let Some(wanted) = self.instant
            && let Ok(own) = own.parse::<jiff::Timestamp>()
        {
            return own.as_millisecond().cmp(&wanted);
        }
        match (own.parse::<Decimal>(), self.number) {
            (Ok(own), Some(wanted)) => own.cmp(&wanted),
            _ => own.to_lowercase().as_str().cmp(self.text.as_str()),
        }
    }
}

/// Numbers as numbers, everything else as text.
pub(super) fn compared(a: &str, b: &str) -> Ordering {
    Wanted::of(b).against(a)
}

#[derive(Debug)]
enum Test {
    Ordered(fn(Ordering) -> bool, Wanted),
    Not(Wanted),
    Between(Wanted, Wanted),
    In(Vec<String>),
    NotIn(Vec<String>),
    Has,
    HasNot,
    Token(String),
    NoToken(String),
    /// Something of this type and id belongs to it.
    Belongs(&'static str, Option<u64>),
}

/// A filter that was found right.
#[derive(Debug)]
struct Ready {
    property: String,
    test: Test,
}

/// A group of filters that were found right, and where the records are that can pass.
#[derive(Debug)]
pub(super) struct Plan {
    rest: Vec<Ready>,
    /// The ids that can pass.
    pub ids: RangeInclusive<u64>,
    /// The stamps that can pass, in milliseconds.
    pub window: RangeInclusive<i64>,
    /// The only records that can pass, where a unique value tells.
    pub only: Option<Vec<u64>>,
}

impl Plan {
    /// All records.
    pub(super) fn all() -> Self {
        Self { rest: Vec::new(), ids: 0..=u64::MAX, window: i64::MIN..=i64::MAX, only: None }
    }

    /// Reads a group.
    ///
    /// # Errors
    /// 400 when there is no such property or operator, or it lacks its value.
    pub(super) fn of(account: &Account, kind: &'static str, group: &Group) -> Result<Self, Refusal> {
        let mut plan = Self::all();
        for filter in &group.filters {
            let ready = ready(account, kind, filter)?;
            if !plan.narrow(account, kind, filter, &ready) {
                plan.rest.push(ready);
            }
        }
        Ok(plan)
    }

    /// Whether nothing is left to look at in a record but its id and its stamp.
    pub(super) const fn is_bare(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes a filter by id or by stamp into the bounds: whether nothing of it is left to test.
    fn narrow(&mut self, account: &Account, kind: &'static str, filter: &Filter, ready: &Ready) -> bool {
        if filter.property_name == "hs_object_id" {
            if let Test::In(values) = &ready.test {
                self.only = Some(sorted(values.iter().filter_map(|v| v.parse().ok()).collect()));
                return false;
            }
            let Some((low, high)) = bounds(&ready.test, |w| w.number.and_then(|n| i64::try_from(n).ok())) else {
                return false;
            };
            let (low, high) = (u64::try_from(low).unwrap_or(0), u64::try_from(high).unwrap_or(0));
            self.ids = *self.ids.start().max(&low)..=*self.ids.end().min(&high);
            return true;
        }
        if filter.property_name == stamp(kind) {
            let Some((low, high)) = bounds(&ready.test, |w| w.instant) else { return false };
            self.window = *self.window.start().max(&low)..=*self.window.end().min(&high);
            return true;
        }
        if account.schema.unique(kind).any(|name| name == filter.property_name) {
            let values = match filter.operator.as_str() {
                "EQ" => filter.value.as_slice(),
                "IN" => filter.values.as_slice(),
                _ => return false,
            };
            let found = values.iter().filter_map(|v| account.by_value(kind, &filter.property_name, v));
            self.only = Some(sorted(found.collect()));
        }
        false
    }

    /// Whether a record passes.
    pub(super) fn fits(&self, account: &Account, key: Key, row: &Row) -> bool {
        self.ids.contains(&key.1)
            && self.window.contains(&row.updated.0)
            && self.rest.iter().all(|ready| ready.holds(account, key, row))
    }
}

/// In their order, each once.
fn sorted(mut ids: Vec<u64>) -> Vec<u64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What a test leaves of a number line.
fn bounds(test: &Test, number: impl Fn(&Wanted) -> Option<i64>) -> Option<(i64, i64)> {
    match test {
        Test::Between(low, high) => Some((number(low)?, number(high)?)),
        Test::Ordered(holds, wanted) => {
            let at = number(wanted)?;
            let (below, same, above) = (holds(Ordering::Less), holds(Ordering::Equal), holds(Ordering::Greater));
            let low = if below {
                i64::MIN
            } else if same {
                at
            } else {
                at.saturating_add(1)
            };
            let high = if above {
                i64::MAX
            } else if same {
                at
            } else {
                at.saturating_sub(1)
            };
            Some((low, high))
        }
        _ => None,
    }
}

fn ready(account: &Account, kind: &'static str, filter: &Filter) -> Result<Ready, Refusal> {
    let property = filter.property_name.clone();
    if let Some(to) = property.strip_prefix("associations.") {
        let wanted = filter.value.as_deref().and_then(|v| v.parse().ok());
        return Ok(Ready { test: Test::Belongs(kind_of(to)?, wanted), property });
    }
    if account.schema.get(kind, &property).is_none() {
        return Err(Refusal::validation(format!("There is no property {property} to filter by")));
    }
    let needed = || {
        let text = format!("The operator {} needs a value", filter.operator);
        filter.value.as_deref().ok_or_else(|| Refusal::validation(text))
    };
    let ordered = |holds| Ok::<_, Refusal>(Test::Ordered(holds, Wanted::of(needed()?)));
    let test = match filter.operator.as_str() {
        "EQ" => ordered(Ordering::is_eq)?,
        "NEQ" => Test::Not(Wanted::of(needed()?)),
        "LT" => ordered(Ordering::is_lt)?,
        "LTE" => ordered(Ordering::is_le)?,
        "GT" => ordered(Ordering::is_gt)?,
        "GTE" => ordered(Ordering::is_ge)?,
        "BETWEEN" => {
            let high = filter.high_value.as_deref().ok_or_else(|| Refusal::validation("BETWEEN needs a highValue"))?;
            Test::Between(Wanted::of(needed()?), Wanted::of(high))
        }
        // HubSpot compares with lists as they are, without folding what was asked.
        "IN" => Test::In(filter.values.clone()),
        "NOT_IN" => Test::NotIn(filter.values.clone()),
        "HAS_PROPERTY" => Test::Has,
        "NOT_HAS_PROPERTY" => Test::HasNot,
        "CONTAINS_TOKEN" => Test::Token(needed()?.to_owned()),
        "NOT_CONTAINS_TOKEN" => Test::NoToken(needed()?.to_owned()),
        other => return Err(Refusal::validation(format!("There is no operator {other}"))),
    };
    Ok(Ready { property, test })
}

impl Ready {
    fn holds(&self, account: &Account, key: Key, row: &Row) -> bool {
        let own: Option<Cow<'_, str>> = match &self.test {
            Test::Belongs(..) => None,
            _ => account.value(key, row, &self.property).filter(|v| !v.is_empty()),
        };
        let own = own.as_deref();
        match &self.test {
            Test::Ordered(holds, wanted) => own.is_some_and(|o| holds(wanted.against(o))),
            Test::Not(wanted) => !own.is_some_and(|o| wanted.against(o).is_eq()),
            Test::Between(low, high) => own.is_some_and(|o| low.against(o).is_ge() && high.against(o).is_le()),
            Test::In(values) => own.is_some_and(|o| values.contains(&o.to_lowercase())),
            Test::NotIn(values) => !own.is_some_and(|o| values.contains(&o.to_lowercase())),
            Test::Has => own.is_some(),
            Test::HasNot => own.is_none(),
            Test::Token(pattern) => own.is_some_and(|o| has_token(o, pattern)),
            Test::NoToken(pattern) => !own.is_some_and(|o| has_token(o, pattern)),
            Test::Belongs(to, wanted) => wanted.is_some_and(|id| !account.bonds.between(key, (to, id)).is_empty()),
        }
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
        assert_eq!(compared("2026-11-21T00:00:00.000Z", "0"), Ordering::Greater);
    }

    #[test]
    fn a_comparison_leaves_a_stretch_of_the_number_line() {
        let left = |holds| bounds(&Test::Ordered(holds, Wanted::of("7")), |w| w.instant);
        assert_eq!(left(Ordering::is_gt), Some((8, i64::MAX)));
        assert_eq!(left(Ordering::is_ge), Some((7, i64::MAX)));
        assert_eq!(left(Ordering::is_lt), Some((i64::MIN, 6)));
        assert_eq!(left(Ordering::is_eq), Some((7, 7)));
        assert_eq!(bounds(&Test::Has, |w| w.instant), None);
    }
}
