//! What people do in HubSpot.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::People;
use crate::{
    fields::Target,
    sides::{Kind, RowId},
    story::{Born, Fate},
};

/// How long a record lies in the recycle bin at least before somebody takes it out again, in milliseconds.
const BINNED: i64 = 5_000;

impl People<'_> {
    /// Does something in HubSpot.
    pub(super) async fn in_hubspot(&mut self) -> anyhow::Result<()> {
        match self.dice.below(100) {
            0..60 => self.edit_record().await,
            60..67 => self.archive().await,
            67..73 => self.restore().await,
            73..79 => self.erase().await,
            79..84 => self.merge_records().await,
            84..87 => self.merge_double().await,
            87..96 => self.bear(Target::Contact).await,
            _ => self.bear(Target::Company).await,
        }
    }

    /// Gives a property of a linked record a new value.
    async fn edit_record(&mut self) -> anyhow::Result<()> {
        let Some((at, id)) = self.one_of(|_, target| target != Target::Mailbox) else { return Ok(()) };
        let Some(field) = self.dice.one(at.1.fields()).copied() else { return Ok(()) };
        let value = self.value(field.property);
        self.write(at, id, field.property, &value).await?;
        self.story.did("changes in HubSpot");
        Ok(())
    }

    /// A person writes a property of a row's record.
    pub(crate) async fn write(
        &mut self,
        at: (RowId, Target),
        id: u64,
        property: &'static str,
        value: &str,
    ) -> anyhow::Result<()> {
        let now = self.now();
        let body = json!({"properties": {property: value}});
        self.site.hubspot_does("PATCH", &format!("records/{}/{id}", at.1.object()), &body).await?;
        self.story.wrote_hubspot(at, property, value, now);
        Ok(())
    }

    async fn archive(&mut self) -> anyhow::Result<()> {
        let Some((at, id)) = self.one_of(|_, _| true) else { return Ok(()) };
        self.site.hubspot_does("POST", &format!("records/{}/{id}/archive", at.1.object()), &Value::Null).await?;
        let now = self.now();
        self.ended(at, Fate::Archived(now));
        self.story.did("records deleted in HubSpot");
        Ok(())
    }

    /// Takes a record out of the recycle bin.
    async fn restore(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        let binned = |fate: &Fate| matches!(fate, Fate::Archived(at) if now - at > BINNED);
        let sagas = self.story.sagas.iter().filter(|(_, saga)| saga.is_free());
        let all: Vec<(RowId, Target)> = sagas
            .flat_map(|(id, saga)| saga.fates.iter().filter(|(_, fate)| binned(fate)).map(|(target, _)| (*id, *target)))
            .collect();
        let Some(at) = self.dice.one(&all).copied() else { return Ok(()) };
        let records = self.site.records(at.1.object()).await?;
        let Some(id) = records.all.values().find(|r| r.archived && r.row() == Some(at.0)).map(|r| r.id) else {
            return Ok(());
        };
        self.site.hubspot_does("POST", &format!("records/{}/{id}/restore", at.1.object()), &Value::Null).await?;
        if let Some(saga) = self.story.sagas.get_mut(&at.0) {
            saga.fates.remove(&at.1);
        }
        self.story.did("records restored in HubSpot");
        Ok(())
    }

    async fn erase(&mut self) -> anyhow::Result<()> {
        let Some((at, id)) = self.one_of(|_, target| target != Target::Company) else { return Ok(()) };
        self.site.hubspot_does("POST", &format!("records/0-1/{id}/erase"), &Value::Null).await?;
        self.ended(at, Fate::Erased);
        self.story.did("contacts erased in HubSpot");
        Ok(())
    }

    /// Merges the contacts of two persons.
    async fn merge_records(&mut self) -> anyhow::Result<()> {
        let person = |_: RowId, target: Target| target == Target::Person;
        let (Some((one, primary)), Some((other, loser))) = (self.one_of(person), self.one_of(person)) else {
            return Ok(());
        };
        if primary == loser {
            return Ok(());
        }
        let body = json!({"primary": primary.to_string(), "loser": loser.to_string()});
        self.site.hubspot_does("POST", "records/0-1/merge", &body).await?;
        self.story.groups += 1;
        let group = self.story.groups;
        self.ended(one, Fate::Joined(group));
        self.ended(other, Fate::Joined(group));
        self.story.did("contacts merged in HubSpot");
        Ok(())
    }

    /// Somebody made a record of a person once more, and merges the known one into it.
    async fn merge_double(&mut self) -> anyhow::Result<()> {
        let Some((at, known)) = self.one_of(|_, target| target == Target::Person) else { return Ok(()) };
        let names = ["email", "firstname", "lastname", "jobtitle"];
        let values: Vec<(&'static str, String)> = names.map(|name| (name, self.value(name))).into();
        let properties: BTreeMap<&str, &String> = values.iter().map(|(name, value)| (*name, value)).collect();
        let double = self.site.make("0-1", &json!(properties), &[]).await?;
        let body = json!({"primary": double.to_string(), "loser": known.to_string()});
        self.site.hubspot_does("POST", "records/0-1/merge", &body).await?;
        let now = self.now();
        for (name, value) in values {
            self.story.wrote_hubspot(at, name, &value, now);
        }
        self.linked.remove(&at);
        self.story.did("contacts merged with their doubles");
        Ok(())
    }

    /// Makes a company, or a contact of a company, of which NetSuite is to get a row.
    async fn bear(&mut self, target: Target) -> anyhow::Result<()> {
        let n = self.serial();
        let mut properties = BTreeMap::new();
        let mut company = None;
        if target == Target::Company {
            properties.insert("name", format!("Born in HubSpot {n} GmbH"));
            properties.insert("phone", self.value("phone"));
        } else {
            company = self.calm_company().await?;
            if company.is_none() {
                return Ok(());
            }
            properties.insert("firstname", format!("Bo{n}"));
            properties.insert("lastname", format!("Born{n}"));
            properties.insert("jobtitle", format!("Born {n}"));
            if self.dice.happens(70) {
                properties.insert("email", format!("born.{n}@people.example"));
            }
        }
        let at: Vec<u64> = company.iter().map(|(_, id)| *id).collect();
        let id = self.site.make(target.object(), &json!(properties), &at).await?;
        self.story.born.push(Born { target, id, properties, company: company.map(|(row, _)| row) });
        self.story.did("new records in HubSpot");
        Ok(())
    }

    /// A company that nobody touches, and its record.
    async fn calm_company(&mut self) -> anyhow::Result<Option<(RowId, u64)>> {
        let calm = |id: &RowId| id.0 == Kind::Customer && self.story.sagas.get(id).is_some_and(|saga| saga.calm);
        let records = self.site.records("0-2").await?;
        let all: Vec<(RowId, u64)> =
            records.live().filter_map(|r| Some((r.row()?, r.id))).filter(|(row, _)| calm(row)).collect();
        Ok(self.dice.one(&all).copied())
    }
}
