//! The second writers: people who change, make, delete, merge and erase records on both sides while everything else goes on.

mod hubspot;
mod netsuite;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    dice::Dice,
    fields::Target,
    sides::RowId,
    site::Site,
    story::{Fate, Story},
};

/// How long what is known of HubSpot is believed.
const LOOK: Duration = Duration::from_secs(4);

/// People at work.
pub(crate) struct People<'s> {
    site: &'s Site,
    pub(crate) story: Story,
    dice: Dice,
    /// Records that certainly are linked with a row.
    linked: BTreeMap<(RowId, Target), u64>,
    /// When that was last looked at.
    looked: i64,
    /// Makes values unique.
    serial: u64,
}

impl<'s> People<'s> {
    pub(crate) fn new(site: &'s Site, story: Story, seed: u64) -> Self {
        Self { site, story, dice: Dice::of(seed, 2), linked: BTreeMap::new(), looked: 0, serial: 0 }
    }

    /// Does something.
    pub(crate) async fn act(&mut self) -> anyhow::Result<()> {
        self.look().await?;
        if self.linked.is_empty() || self.dice.happens(50) { self.in_netsuite().await } else { self.in_hubspot().await }
    }

    fn now(&self) -> i64 {
        self.site.clock.now().0
    }

    /// A number that was never used before.
    fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Finds out which records are linked: those that bear our key and were there before the last run that did all it had to
    /// began. Of one that was made since, the program may not have kept yet that it made it: whoever erases it within those
    /// moments erases what nobody can know of.
    pub(crate) async fn look(&mut self) -> anyhow::Result<()> {
        let began = self.now();
        if began - self.looked < i64::try_from(LOOK.as_millis()).unwrap_or(i64::MAX) {
            return Ok(());
        }
        let (customers, contacts) = (self.site.flow("customers").await?, self.site.flow("contacts").await?);
        let sure = [customers.done_from().unwrap_or(0), contacts.done_from().unwrap_or(0)];
        if sure.iter().any(|at| *at > 0) {
            let mut linked = BTreeMap::new();
            for object in ["0-1", "0-2"] {
                let records = self.site.records(object).await?;
                for (record, row) in records.live().filter_map(|record| Some((record, record.row()?))) {
                    let sure = if row.0 == crate::sides::Kind::Customer { sure[0] } else { sure[1] };
                    if let Some(target) = self.target(object, row).filter(|_| record.created < sure) {
                        linked.insert((row, target), record.id);
                    }
                }
            }
            self.linked = linked;
        }
        self.looked = self.now();
        Ok(())
    }

    /// What a row's record of this type is, unless people must leave it alone.
    fn target(&self, object: &str, id: RowId) -> Option<Target> {
        let saga = self.story.sagas.get(&id)?;
        let person = saga.last_in_erp("companyname").1.is_empty();
        let target = match (id.0, object, person) {
            (crate::sides::Kind::Contact, "0-1", _) => Target::Contact,
            (crate::sides::Kind::Customer, "0-2", _) => Target::Company,
            (crate::sides::Kind::Customer, _, true) => Target::Person,
            (crate::sides::Kind::Customer, _, false) => Target::Mailbox,
            _ => return None,
        };
        let there = !saga.fates.contains_key(&target);
        (there && saga.is_free()).then_some(target)
    }

    /// One of the linked records that fit.
    fn one_of(&mut self, fits: impl Fn(RowId, Target) -> bool) -> Option<((RowId, Target), u64)> {
        let all: Vec<_> = self.linked.iter().filter(|((id, target), _)| fits(*id, *target)).collect();
        self.dice.one(&all).map(|(at, id)| (**at, **id))
    }

    /// Something became of a record: nobody touches it any more.
    fn ended(&mut self, (id, target): (RowId, Target), fate: Fate) {
        self.linked.remove(&(id, target));
        if let Some(saga) = self.story.sagas.get_mut(&id) {
            saga.fates.insert(target, fate);
        }
    }

    /// A new value for a property or its column.
    fn value(&mut self, property: &str) -> String {
        let n = self.serial();
        match property {
            "email" => format!("moved.{n}@people.example"),
            "phone" => format!("+49 40 {:07}", 1_000_000 + n),
            "mobilephone" => format!("+49 171 {:07}", 1_000_000 + n),
            "fax" => format!("+49 89 {:07}", 1_000_000 + n),
            "jobtitle" => format!("Head of Number {n}"),
            "name" => format!("Renamed Works {n} GmbH"),
            other => format!("{other} {n}"),
        }
    }
}
