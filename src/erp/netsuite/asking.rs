//! Asking an account which of the optional columns it has.
//!
//! Promise: several questions at a time, never more than the account's permits; what one attempt found is not asked again by
//! the next when the first ran out of time.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};

use super::{
    Columns, Optional, PERMITS, Refusal,
    calls::Calls,
    columns::{ASKED, Asked},
    map, statements,
};
use crate::{
    clock::Millis,
    domain::money::Currency,
    erp::{ErpError, Lane},
};

/// How many questions are asked at once: more would only queue for the account's permits, and a card's patience with.
pub(super) const AT_ONCE: usize = PERMITS.0;
/// How long the findings of an unfinished attempt are good for.
const PARTLY_KNOWN: Duration = Duration::from_mins(1);

/// What was found out of an account's tables by an attempt that was not finished, kept for the next one.
#[derive(Default)]
pub(super) struct Partly {
    began: Option<Millis>,
    tables: BTreeMap<&'static str, Lacks>,
}

/// What one table lacks.
enum Lacks {
    Table,
    Columns(Vec<&'static str>),
}

impl Partly {
    /// Forgets what is too old to be built upon.
    fn begin(&mut self, now: Millis) {
        if self.began.is_none_or(|began| now.since(began) >= PARTLY_KNOWN) {
            *self = Self { began: Some(now), tables: BTreeMap::new() };
        }
    }

    fn columns(&self) -> Columns {
        let mut found = Columns::all();
        for asked in &ASKED {
            match self.tables.get(asked.table) {
                Some(Lacks::Table) => {
                    found.lose_table(asked.table);
                    asked.whole.iter().for_each(|lost| found.lose(*lost));
                }
                Some(Lacks::Columns(names)) => {
                    let lost = asked.columns.iter().filter(|(name, _)| names.contains(name));
                    lost.for_each(|(_, lost)| found.lose(*lost));
                }
                None => {}
            }
        }
        found
    }
}

/// Asks which of the optional columns are there, several tables at once. What was found before a failure, or before the
/// caller gave up, stays in `partly`, so that another attempt goes on from there.
///
/// # Errors
/// Only for trouble that says nothing about columns.
pub(super) async fn ask_columns(
    calls: &Calls,
    lane: Lane,
    base: Option<Currency>,
    partly: &mut Partly,
) -> Result<Columns, ErpError> {
    partly.begin(calls.clock.now());
    let unknown = ASKED.iter().filter(|asked| !partly.tables.contains_key(asked.table));
    let unknown: Vec<_> = unknown.map(|asked| async { (asked.table, ask_table(calls, lane, asked).await) }).collect();
    let mut asking = stream::iter(unknown).buffer_unordered(AT_ONCE);
    let mut failed = None;
    while let Some((table, answer)) = asking.next().await {
        match answer {
            Ok(lacks) => _ = partly.tables.insert(table, lacks),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    let mut found = partly.columns();
    found.base_currency = base;
    if found.base_currency.is_none() && !found.has(Optional::Foreign) {
        found.base_currency = base_currency(calls, lane).await?;
    }
    *partly = Partly::default();
    tracing::info!(missing = ?found.missing(), "asked NetSuite for its columns");
    Ok(found)
}

/// Asks for all columns of one table, and anew without each that is refused: NetSuite names one at a time.
async fn ask_table(calls: &Calls, lane: Lane, asked: &Asked) -> Result<Lacks, ErpError> {
    let mut names: Vec<&'static str> = asked.columns.iter().map(|(name, _)| *name).collect();
    let mut lacks = Vec::new();
    loop {
        let mut all = vec![asked.core];
        all.extend(&names);
        match calls.page(lane, &statements::ask(asked.table, &all), 1, 0).await {
            Ok(_) => return Ok(Lacks::Columns(lacks)),
            Err(Refusal::NoColumn(refused)) if names.iter().any(|name| *name == refused) => {
                lacks.extend(names.extract_if(.., |name| **name == *refused));
            }
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => return Ok(Lacks::Table),
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

/// The account's own currency: from the list of currencies, else from any invoice's record.
async fn base_currency(calls: &Calls, lane: Lane) -> Result<Option<Currency>, ErpError> {
    match calls.page(lane, &statements::base_currency(), 1, 0).await {
        Ok(rows) => {
            let code = rows.items.first().and_then(|row| row.text("symbol"));
            return Ok(code.and_then(|code| code.parse().ok()));
        }
        Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let Some(id) = any_document(calls, lane, "CustInvc").await? else { return Ok(None) };
    match calls.record(lane, "invoice", id).await {
        Ok(record) => Ok(map::record_currency(&record)),
        Err(Refusal::Final(ErpError::Permission { .. } | ErpError::Missing)) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The id of any document of this type that the role sees.
async fn any_document(calls: &Calls, lane: Lane, type_code: &'static str) -> Result<Option<u64>, ErpError> {
    let rows = calls.page(lane, &statements::any_document(type_code), 1, 0).await.map_err(ErpError::from)?;
    Ok(rows.items.first().and_then(|row| row.text("id")).and_then(|id| id.parse().ok()))
}
