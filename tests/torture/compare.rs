//! The comparison: both sides as they are, over HTTP, against what the torture wrote down. It shares no code with the program.
//!
//! Promise: every row and every record is looked at; whatever is not as the policies say is a difference, in words.

mod pairs;
mod unfinished;
mod values;

use std::collections::BTreeMap;

use crate::{
    fields::Target,
    sides::{Kind, Record, Row, RowId, World},
    site::Site,
    story::{Born, Fate, Saga, Story, targets},
};

/// Everything that the comparison looks at.
struct Facts<'f> {
    story: &'f Story,
    world: World,
    /// The live records that bear the key of a row, by row and type.
    keyed: BTreeMap<(RowId, &'static str), Vec<u64>>,
    /// The row of each record that people made in HubSpot.
    born: BTreeMap<u64, RowId>,
    differences: Vec<String>,
}

/// Compares; what differs.
pub(crate) async fn compare(site: &Site, story: &Story) -> anyhow::Result<Vec<String>> {
    let world = site.world().await?;
    let mut keyed: BTreeMap<(RowId, &'static str), Vec<u64>> = BTreeMap::new();
    for object in ["0-1", "0-2"] {
        for (record, row) in world.records(object).live().filter_map(|record| Some((record, record.row()?))) {
            keyed.entry((row, object)).or_default().push(record.id);
        }
    }
    let mut facts = Facts { story, world, keyed, born: BTreeMap::new(), differences: Vec::new() };
    facts.netsuite_has_what_it_should();
    for (id, saga) in &story.sagas {
        facts.row(*id, saga);
    }
    for born in &story.born {
        facts.born(born);
    }
    facts.joined();
    facts.nothing_else();
    facts.strangers();
    facts.unfinished(site).await?;
    Ok(facts.differences)
}

impl<'f> Facts<'f> {
    fn differs(&mut self, what: String) {
        self.differences.push(what);
    }

    /// The one live record that bears the key of a row; several are a difference.
    fn record(&mut self, id: RowId, target: Target) -> Option<Record> {
        let found = self.keyed.get(&(id, target.object())).cloned().unwrap_or_default();
        if found.len() > 1 {
            self.differs(format!("{}: several records bear its key: {found:?}", name(id, target)));
        }
        self.world.records(target.object()).all.get(found.first()?).cloned()
    }

    /// NetSuite has the rows it had, those that people made on either side, and no others.
    fn netsuite_has_what_it_should(&mut self) {
        let (story, rows) = (self.story, std::mem::take(&mut self.world.rows));
        for (id, saga) in &story.sagas {
            match (saga.gone, rows.contains_key(id)) {
                (None, false) => self.differs(format!("{id:?} is gone from NetSuite although nobody deleted it")),
                (Some(_), true) => self.differs(format!("{id:?} was deleted in NetSuite and is back")),
                _ => {}
            }
        }
        for (id, row) in rows.iter().filter(|(id, _)| !story.sagas.contains_key(id) && !story.demo.contains(id)) {
            match born_of(row).filter(|(_, of)| story.born.iter().any(|born| born.id == *of)) {
                None => self.differs(format!("{id:?} in NetSuite was made by nobody ({})", row.value("externalid"))),
                Some((_, of)) => {
                    if let Some(other) = self.born.insert(of, *id) {
                        self.differs(format!("NetSuite has two rows of the HubSpot record {of}: {other:?} and {id:?}"));
                    }
                }
            }
        }
        self.world.rows = rows;
    }

    /// One row that people did not make in HubSpot.
    fn row(&mut self, id: RowId, saga: &'f Saga) {
        let Some(row) = self.world.rows.get(&id).cloned() else { return };
        self.untouched_columns(id, saga, &row);
        for target in targets(id.0, &row) {
            let record = self.record(id, target);
            match (saga.fates.get(&target), record) {
                (Some(Fate::Archived(_) | Fate::Erased), Some(record)) => {
                    self.differs(format!(
                        "{}: was taken away in HubSpot and is back as {}",
                        name(id, target),
                        record.id
                    ));
                }
                (Some(_), _) => {}
                (None, None) if !must_be_there(saga, &row) => {}
                (None, None) => self.differs(format!("{}: has no record in HubSpot", name(id, target))),
                (None, Some(_)) if !saga.ever_active => {
                    self.differs(format!("{}: was never in use and has a record", name(id, target)));
                }
                (None, Some(record)) => {
                    self.values((id, target), saga, &row, &record);
                    self.associated((id, target), &row, &record);
                }
            }
        }
    }

    /// One record that people made in HubSpot.
    fn born(&mut self, born: &Born) {
        let Some(row) = self.born.get(&born.id).and_then(|id| self.world.rows.get(id).map(|row| (*id, row.clone())))
        else {
            return self.differs(format!("HubSpot's new {:?} {} has no row in NetSuite", born.target, born.id));
        };
        let Some(record) = self.world.records(born.target.object()).present(born.id).cloned() else {
            return self.differs(format!("HubSpot's new {:?} {} is gone", born.target, born.id));
        };
        self.born_values(born, &row.1, &record);
        if let Some(company) = born.company.filter(|company| row.1.columns["company"].as_u64() != Some(company.1)) {
            self.differs(format!("{:?} is not at {company:?}", row.0));
        }
    }

    /// Every record that bears a key bears that of a row which may have such a record.
    fn nothing_else(&mut self) {
        let keyed: Vec<((RowId, &'static str), Vec<u64>)> = self.keyed.iter().map(|(k, v)| (*k, v.clone())).collect();
        for ((id, object), records) in keyed {
            let known = self.story.sagas.contains_key(&id) || self.story.demo.contains(&id);
            let own = self.born.iter().find(|(_, row)| **row == id).map(|(record, _)| *record);
            if own.is_some_and(|own| records.iter().any(|record| *record != own)) {
                self.differs(format!("{id:?} was made of the HubSpot record {own:?}, and {records:?} bear its key"));
            } else if !known && own.is_none() {
                self.differs(format!("the records {records:?} ({object}) bear the key of {id:?}, which never was"));
            }
        }
    }

    /// Records that have nothing to do with anything are as they were.
    fn strangers(&mut self) {
        for stranger in &self.story.strangers {
            let record = self.world.records(stranger.object).all.get(&stranger.id).filter(|record| !record.archived);
            let same = record.is_some_and(|record| {
                record.row().is_none() && stranger.properties.iter().all(|(name, value)| record.value(name) == value)
            });
            if !same {
                self.differs(format!("the stranger {} ({}) was touched", stranger.id, stranger.object));
            }
        }
    }
}

/// Whether a row must have a record: it is in use, and people gave nobody anything to decide about.
fn must_be_there(saga: &Saga, row: &Row) -> bool {
    saga.doubt.is_none() && !row.is_inactive()
}

/// The HubSpot record that a row was made of, by the external id that the program gives: type and id.
fn born_of(row: &Row) -> Option<(&str, u64)> {
    let mut parts = row.value("externalid").strip_prefix("ledgercard-")?.rsplitn(2, '-');
    let id = parts.next()?.parse().ok()?;
    Some((parts.next()?, id))
}

/// How a row and what it becomes are named.
fn name(id: RowId, target: Target) -> String {
    let kind = if id.0 == Kind::Customer { "customer" } else { "contact" };
    format!("{kind} {} as {target:?}", id.1)
}
