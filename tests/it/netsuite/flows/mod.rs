//! Customers and contacts as they flow, over the wire.

mod census;
mod changing;
mod clock;
mod defaults;
mod fields;
mod odd;
mod writing;

use std::collections::BTreeMap;

use ledgercard::{
    domain::{
        field::{Fields, Value as Field},
        ids::SourceId,
    },
    erp::source::{Changes, Kind, Parent, SourceRecord, Wanted, Write, Written},
};

use super::*;

/// The clock that the account writes its stamps with.
const ZONE: &str = "America/Los_Angeles";

fn wanted(kind: Kind, fields: &[&str]) -> Wanted {
    Wanted { kind, fields: fields.iter().map(|name| (*name).to_owned()).collect() }
}

fn source(id: u64) -> SourceId {
    id.to_string().parse().unwrap()
}

fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}

fn number(id: &SourceId) -> u64 {
    id.as_str().parse().unwrap()
}

/// Everything that one drain brings.
#[derive(Default)]
struct Drained {
    records: Vec<SourceRecord>,
    broken: Vec<(u64, String)>,
    gone: Vec<u64>,
    pages: usize,
}

impl Drained {
    fn ids(&self) -> Vec<u64> {
        self.records.iter().map(|record| number(&record.id)).collect()
    }
}

/// Somebody who follows what changes.
struct Follower {
    wanted: Wanted,
    cursor: Option<String>,
}

impl Follower {
    fn new(kind: Kind, fields: &[&str]) -> Self {
        Self { wanted: wanted(kind, fields), cursor: None }
    }

    /// One that has read everything there is, and has been at rest for a while.
    async fn settled(house: &House, kind: Kind, fields: &[&str]) -> Self {
        let mut follower = Self::new(kind, fields);
        follower.drain(house).await;
        for _ in 0..3 {
            house.clock.advance(Duration::from_mins(6));
            follower.drain(house).await;
        }
        follower
    }

    async fn page(&mut self, house: &House) -> Changes {
        let page = self.ask(house).await.unwrap();
        self.cursor = Some(page.next.clone());
        page
    }

    async fn ask(&self, house: &House) -> Result<Changes, ErpError> {
        house.erp.changes(Lane::Background, &self.wanted, self.cursor.as_deref()).await
    }

    async fn drain(&mut self, house: &House) -> Drained {
        let mut drained = Drained::default();
        loop {
            let page = self.page(house).await;
            drained.pages += 1;
            drained.broken.extend(page.broken.into_iter().map(|row| (number(&row.id), row.field)));
            drained.gone.extend(page.gone.iter().map(|gone| number(&gone.id)));
            drained.records.extend(page.records);
            if !page.more {
                return drained;
            }
        }
    }
}

impl House {
    fn people(&self, path: &str) -> String {
        self.control(&format!("accounts/{}/{path}", self.account.label))
    }

    /// Writes a row as a person would, and gives it as it is then.
    async fn plant(&self, kind: &str, row: Value) -> Value {
        let answer = self.http.post(self.people(kind)).json(&row).send().await.unwrap();
        assert!(answer.status().is_success(), "{row}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn planted(&self, kind: &str, row: Value) -> u64 {
        self.plant(kind, row).await["id"].as_u64().unwrap()
    }

    async fn edit(&self, kind: &str, id: u64, change: Value) -> Value {
        let answer = self.http.patch(self.people(&format!("{kind}/{id}"))).json(&change).send().await.unwrap();
        assert!(answer.status().is_success(), "{change}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn delete(&self, kind: &str, id: u64) {
        let answer = self.http.delete(self.people(&format!("{kind}/{id}"))).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// The row as it stands in the account.
    async fn row(&self, kind: &str, id: u64) -> Value {
        self.http.get(self.people(&format!("{kind}/{id}"))).send().await.unwrap().json().await.unwrap()
    }

    /// The ids of all rows.
    async fn all(&self, kind: &str) -> Vec<u64> {
        let (mut ids, mut after) = (Vec::new(), 0);
        loop {
            let url = self.people(&format!("{kind}?after={after}&limit=1000"));
            let page: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
            ids.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()));
            match page["next"].as_u64() {
                Some(next) => after = next,
                None => return ids,
            }
        }
    }

    /// Made-up customers, all changed in the same second.
    async fn bulk(&self, mut bulk: Value) -> Value {
        bulk["stampSpread"] = json!(0);
        let answer = self.http.post(self.people("customers/bulk")).json(&bulk).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn apply_one(&self, kind: Kind, write: Write) -> Result<Written, ledgercard::erp::source::NotWritten> {
        self.erp.apply(Lane::Background, kind, &[write]).await.unwrap().pop().unwrap()
    }

    async fn read_one(&self, kind: Kind, id: u64, fields: &[&str]) -> SourceRecord {
        let mut found = self.erp.sources(Lane::Background, &wanted(kind, fields), &[source(id)]).await.unwrap();
        assert_eq!((found.records.len(), found.broken.len()), (1, 0));
        found.records.remove(0)
    }
}

fn fields(pairs: &[(&str, Field)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<BTreeMap<_, _>>()
}

fn parents(record: &SourceRecord) -> Vec<(u64, bool)> {
    record.parents.iter().map(|Parent { id, primary, .. }| (number(id), *primary)).collect()
}
