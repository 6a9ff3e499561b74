//! What people do in NetSuite.

use serde_json::{Value, json};

use super::People;
use crate::{
    fields::{Field, Target},
    sides::{Kind, Row, RowId},
    story::Saga,
};

impl People<'_> {
    /// Does something in NetSuite.
    pub(super) async fn in_netsuite(&mut self) -> anyhow::Result<()> {
        let kind = if self.dice.happens(70) { Kind::Customer } else { Kind::Contact };
        let free = self.story.free(kind);
        let Some(id) = self.dice.one(&free).copied() else { return Ok(()) };
        match self.dice.below(100) {
            0..55 => self.edit(id).await,
            55..65 => self.make_row(kind).await,
            65..72 => self.switch(id).await,
            72..79 => self.remove(id).await,
            79..84 => self.merge_rows(id, &free).await,
            84..90 => self.move_contact().await,
            _ => self.change(id, "email", "email").await,
        }
    }

    /// Gives a column of a row a new value.
    async fn edit(&mut self, id: RowId) -> anyhow::Result<()> {
        let fields = self.fields_of(id);
        let Some(field) = self.dice.one(&fields).copied() else { return Ok(()) };
        self.change(id, field.property, field.column).await
    }

    /// The fields of the torture that a row has. Names of those who were known before stay until both are linked: by their
    /// names they are known again.
    fn fields_of(&self, id: RowId) -> Vec<Field> {
        let Some(saga) = self.story.sagas.get(&id) else { return Vec::new() };
        let target = match id.0 {
            Kind::Contact => Target::Contact,
            Kind::Customer if saga.last_in_erp("companyname").1.is_empty() => Target::Person,
            Kind::Customer => Target::Company,
        };
        let naming = |field: &&Field| ["email", "firstname", "lastname", "name"].contains(&field.property);
        target.fields().iter().filter(|field| !(saga.twin && naming(field))).copied().collect()
    }

    async fn change(&mut self, id: RowId, property: &'static str, column: &'static str) -> anyhow::Result<()> {
        let twin = self.story.sagas.get(&id).is_some_and(|saga| saga.twin);
        let company = self.story.sagas.get(&id).is_some_and(|saga| !saga.last_in_erp("companyname").1.is_empty());
        if column == "email" && (twin || company) {
            return Ok(());
        }
        let value = self.value(property);
        let now = self.now();
        self.site.netsuite_does("PATCH", &page(id), &json!({column: value})).await?;
        self.story.wrote_erp(id, column, &value, now);
        self.story.did(if column == "email" { "addresses changed" } else { "changes in NetSuite" });
        Ok(())
    }

    async fn make_row(&mut self, kind: Kind) -> anyhow::Result<()> {
        let n = self.serial();
        let mail = self.dice.happens(85).then(|| format!("new.{n}@people.example"));
        let mut row = json!({"email": mail, "subsidiary": 1, "title": format!("Newcomer {n}")});
        let companies = self.companies();
        match (kind, self.dice.one(&companies)) {
            (Kind::Contact, Some(company)) => {
                row["firstname"] = json!(format!("Kim{n}"));
                row["lastname"] = json!(format!("Newcontact{n}"));
                row["company"] = json!(company.1);
                row.as_object_mut().map(|row| row.remove("subsidiary"));
            }
            _ if self.dice.happens(70) => {
                row["isperson"] = json!("T");
                row["firstname"] = json!(format!("Sam{n}"));
                row["lastname"] = json!(format!("Newperson{n}"));
            }
            _ => {
                row["isperson"] = json!("F");
                row["companyname"] = json!(format!("Newly Founded Works {n} GmbH"));
                row["email"] = json!(mail.map(|_| format!("office@founded{n}.example")));
            }
        }
        let kind = if row.get("company").is_some() { Kind::Contact } else { Kind::Customer };
        let columns = self.site.netsuite_does("POST", kind.plural(), &row).await?;
        let id = columns["id"].as_u64().unwrap_or_default();
        let saga = Saga::of(&Row { id, columns }, self.now());
        self.story.sagas.insert((kind, id), saga);
        self.story.did("new rows in NetSuite");
        Ok(())
    }

    /// Companies that people may go on with.
    fn companies(&self) -> Vec<RowId> {
        let company = |id: &RowId| !self.story.sagas[id].last_in_erp("companyname").1.is_empty();
        self.story.free(Kind::Customer).into_iter().filter(company).collect()
    }

    /// Takes a row out of use, or into it again.
    async fn switch(&mut self, id: RowId) -> anyhow::Result<()> {
        let inactive = self.dice.happens(50);
        self.site.netsuite_does("PATCH", &page(id), &json!({"isinactive": if inactive { "T" } else { "F" }})).await?;
        if let Some(saga) = self.story.sagas.get_mut(&id) {
            saga.ever_active |= !inactive;
        }
        self.story.did("rows taken out of or into use");
        Ok(())
    }

    async fn remove(&mut self, id: RowId) -> anyhow::Result<()> {
        self.site.netsuite_does("DELETE", &page(id), &Value::Null).await?;
        self.gone(id);
        self.story.did("rows deleted in NetSuite");
        Ok(())
    }

    fn gone(&mut self, id: RowId) {
        let now = self.now();
        self.linked.retain(|(row, _), _| *row != id);
        if let Some(saga) = self.story.sagas.get_mut(&id) {
            saga.gone = Some(now);
        }
    }

    /// Merges a row with another one of its sort.
    async fn merge_rows(&mut self, survivor: RowId, free: &[RowId]) -> anyhow::Result<()> {
        let company = |id: &RowId| !self.story.sagas[id].last_in_erp("companyname").1.is_empty();
        let sort = company(&survivor);
        let fits = |id: &&RowId| **id != survivor && company(id) == sort;
        let others: Vec<RowId> = free.iter().filter(fits).copied().collect();
        let Some(loser) = self.dice.one(&others).copied() else { return Ok(()) };
        let body = json!({"survivor": survivor.1, "loser": loser.1});
        self.site.netsuite_does("POST", &format!("{}/merge", survivor.0.plural()), &body).await?;
        self.gone(loser);
        self.story.did("rows merged in NetSuite");
        Ok(())
    }

    /// A contact goes to another company.
    async fn move_contact(&mut self) -> anyhow::Result<()> {
        let (contacts, companies) = (self.story.free(Kind::Contact), self.companies());
        let (Some(contact), Some(company)) = (self.dice.one(&contacts).copied(), self.dice.one(&companies).copied())
        else {
            return Ok(());
        };
        let change = json!({"company": company.1, "companies": [company.1]});
        self.site.netsuite_does("PATCH", &page(contact), &change).await?;
        self.story.did("contacts moved");
        Ok(())
    }
}

fn page((kind, id): RowId) -> String {
    format!("{}/{id}", kind.plural())
}
