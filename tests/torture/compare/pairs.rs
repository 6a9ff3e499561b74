//! What belongs together: contacts and their companies, records that people merged, rows that share an address.

use std::collections::BTreeMap;

use super::{Facts, name};
use crate::{
    fields::Target,
    sides::{Kind, Record, Row, RowId},
    story::Fate,
};

impl Facts<'_> {
    /// A contact belongs to its company's record, where both are there.
    pub(super) fn associated(&mut self, (id, target): (RowId, Target), row: &Row, record: &Record) {
        let company = match target {
            Target::Contact => row.columns["company"].as_u64().map(|company| (Kind::Customer, company)),
            Target::Mailbox => Some(id),
            Target::Person | Target::Company => None,
        };
        let Some(company) = company.filter(|company| self.story.sagas.contains_key(company)) else { return };
        let Some(end) = self.record(company, Target::Company) else { return };
        if !record.companies.contains(&end.id) {
            let of = format!("{company:?} = {}", end.id);
            self.differs(format!("{} = {} is not associated with its company {of}", name(id, target), record.id));
        }
    }

    /// Of records that people merged there is one; it is in step with one of the rows.
    pub(super) fn joined(&mut self) {
        let mut groups: BTreeMap<usize, Vec<RowId>> = BTreeMap::new();
        for (id, saga) in &self.story.sagas {
            if let Some(Fate::Joined(group)) = saga.fates.get(&Target::Person) {
                groups.entry(*group).or_default().push(*id);
            }
        }
        for rows in groups.into_values() {
            let mut records: Vec<Record> = Vec::new();
            for id in &rows {
                records.extend(self.record(*id, Target::Person));
            }
            match &records[..] {
                [one] => self.in_step_with_one(&rows, one),
                [] => self.differs(format!("the merged record of {rows:?} is gone")),
                several => {
                    let ids: Vec<u64> = several.iter().map(|record| record.id).collect();
                    self.differs(format!("the records of {rows:?} were merged, and there are {ids:?}"));
                }
            }
        }
    }

    fn in_step_with_one(&mut self, rows: &[RowId], record: &Record) {
        let fields = || Target::Person.fields().iter().filter(|field| field.both());
        let fits = |id: &RowId| {
            let row = self.world.rows.get(id);
            row.is_some_and(|row| fields().all(|field| row.value(field.column) == record.value(field.property)))
        };
        if !rows.iter().any(fits) {
            let told = |id: &RowId| {
                let row = self.world.rows.get(id);
                let told = fields().map(|f| row.map(|row| row.value(f.column)).unwrap_or_default().to_owned());
                format!("{id:?} {:?}", told.collect::<Vec<_>>())
            };
            let own: Vec<&str> = fields().map(|field| record.value(field.property)).collect();
            let rows: Vec<String> = rows.iter().map(told).collect();
            self.differs(format!("the merged record {} {own:?} is in step with none of {rows:?}", record.id));
        }
    }
}
