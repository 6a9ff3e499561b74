//! Both sides as anybody sees them over HTTP: all their records, and what people do to them.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use url::Url;

use crate::{admin::PORTAL, site::Site};

/// NetSuite's kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Persons and companies.
    Customer,
    /// People at companies.
    Contact,
}

impl Kind {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Customer, Self::Contact];

    /// The control's word for it.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Customer => "customers",
            Self::Contact => "contacts",
        }
    }

    /// The word in `ledgercard_key`, and what the flow is called after.
    const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
        }
    }
}

/// A row of NetSuite's, by kind and id.
pub(crate) type RowId = (Kind, u64);

/// A HubSpot record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) archived: bool,
    /// When it was made, in milliseconds.
    pub(crate) created: i64,
    /// The companies it belongs to.
    pub(crate) companies: Vec<u64>,
}

/// A HubSpot record's property, if it has a value.
impl Record {
    pub(crate) fn value(&self, property: &str) -> &str {
        self.properties.get(property).map(String::as_str).unwrap_or_default()
    }

    /// The row that it was made of or linked with, by our key.
    pub(crate) fn row(&self) -> Option<RowId> {
        let mut parts = self.properties.get("ledgercard_key")?.rsplit(':');
        let id = parts.next()?.parse().ok()?;
        let kind = parts.next()?;
        Kind::ALL.into_iter().find(|one| one.word() == kind).map(|kind| (kind, id))
    }
}

/// All records of a type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    pub(crate) all: BTreeMap<u64, Record>,
    /// Ids of merged records with the ids that they are now.
    pub(crate) merged: BTreeMap<u64, u64>,
}

impl Records {
    /// Those that are not in the recycle bin.
    pub(crate) fn live(&self) -> impl Iterator<Item = &Record> {
        self.all.values().filter(|record| !record.archived)
    }

    /// The record under an id that may have been merged since.
    pub(crate) fn present(&self, id: u64) -> Option<&Record> {
        self.all.get(self.merged.get(&id).unwrap_or(&id)).filter(|record| !record.archived)
    }
}

/// A row of NetSuite's.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) columns: Value,
}

impl Row {
    /// A column's text; empty where there is none.
    pub(crate) fn value(&self, column: &str) -> &str {
        self.columns[column].as_str().unwrap_or_default()
    }

    pub(crate) fn is_person(&self) -> bool {
        self.value("isperson") == "T"
    }

    pub(crate) fn is_inactive(&self) -> bool {
        self.value("isinactive") == "T"
    }
}

/// Everything that is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) contacts: Records,
    pub(crate) companies: Records,
    pub(crate) rows: BTreeMap<RowId, Row>,
}

impl World {
    /// The records of a type.
    pub(crate) fn records(&self, object: &str) -> &Records {
        if object == "0-2" { &self.companies } else { &self.contacts }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn record_of(json: &Value) -> Option<Record> {
    let filled = |(name, value): (&String, &Value)| (name.clone(), text_of(value));
    let properties: BTreeMap<String, String> =
        json["properties"].as_object()?.iter().map(filled).filter(|(_, value)| !value.is_empty()).collect();
    let companies = json["associations"]["0-2"].as_array().into_iter().flatten();
    let created: jiff::Timestamp = json["createdAt"].as_str()?.parse().ok()?;
    Some(Record {
        id: json["id"].as_str()?.parse().ok()?,
        properties,
        archived: json["archived"] == true,
        created: created.as_millisecond(),
        companies: companies.filter_map(|one| one["id"].as_str()?.parse().ok()).collect(),
    })
}

impl Site {
    /// Both sides.
    pub(crate) async fn world(&self) -> anyhow::Result<World> {
        let (contacts, companies) = (self.records("0-1").await?, self.records("0-2").await?);
        let mut rows = BTreeMap::new();
        for kind in Kind::ALL {
            for row in self.rows(kind).await? {
                rows.insert((kind, row.id), row);
            }
        }
        Ok(World { contacts, companies, rows })
    }

    /// All records of a type.
    pub(crate) async fn records(&self, object: &str) -> anyhow::Result<Records> {
        let (mut found, mut after) = (Records::default(), "0".to_owned());
        loop {
            let page = format!("/_sandbox/portals/{PORTAL}/dump?type={object}&after={after}&limit=1000");
            let page = self.control(&self.hubspot, "GET", &page, &Value::Null).await?;
            for json in page["results"].as_array().context("a dump without results")? {
                let record = record_of(json).with_context(|| format!("a record that cannot be read: {json}"))?;
                found.all.insert(record.id, record);
            }
            let number = |text: &str| text.parse::<u64>().ok();
            let merged = page["merged"].as_object().into_iter().flatten();
            found.merged.extend(merged.filter_map(|(old, new)| Some((number(old)?, number(new.as_str()?)?))));
            match page["paging"]["next"]["after"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return Ok(found),
            }
        }
    }

    /// All rows of a kind.
    pub(crate) async fn rows(&self, kind: Kind) -> anyhow::Result<Vec<Row>> {
        let (mut found, mut after) = (Vec::new(), 0);
        loop {
            let page = format!("{}?limit=1000&after={after}", kind.plural());
            let page = self.netsuite_does("GET", &page, &Value::Null).await?;
            for columns in page["rows"].as_array().context("a page without rows")? {
                let id = columns["id"].as_u64().context("a row without an id")?;
                found.push(Row { id, columns: columns.clone() });
            }
            match page["next"].as_u64() {
                Some(next) => after = next,
                None => return Ok(found),
            }
        }
    }

    /// Something done in NetSuite by its controls.
    pub(crate) async fn netsuite_does(&self, method: &str, page: &str, body: &Value) -> anyhow::Result<Value> {
        self.control(&self.netsuite, method, &format!("/_sandbox/accounts/tstdrv4711/{page}"), body).await
    }

    /// Something done in HubSpot by its controls.
    pub(crate) async fn hubspot_does(&self, method: &str, page: &str, body: &Value) -> anyhow::Result<Value> {
        self.control(&self.hubspot, method, &format!("/_sandbox/portals/{PORTAL}/{page}"), body).await
    }

    /// A control page of a sandbox.
    pub(crate) async fn control(&self, of: &Url, method: &str, page: &str, body: &Value) -> anyhow::Result<Value> {
        let mut request = self.http.request(method.parse()?, of.join(page)?);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("{method} {page}"))?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("{method} {page} with {body}: {status} {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Faults of a tenth of all calls, of every kind, on both sides; or none.
    pub(crate) async fn faults(&self, on: bool, seed: u64) -> anyhow::Result<()> {
        for (side, own) in [(&self.hubspot, HUBSPOT), (&self.netsuite, NETSUITE)] {
            let kinds: Vec<Value> = own.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
            anyhow::ensure!(kinds.len() == own.len(), "the list of faults");
            let share = SHARE / kinds.iter().map(|_| 1.0).sum::<f64>();
            let each = |action: Value| json!({"operation": "*", "action": action, "probability": share});
            let list: Vec<Value> = kinds.into_iter().filter(|_| on).map(each).collect();
            self.control(side, "PUT", "/_sandbox/faults/seed", &json!({"seed": seed})).await?;
            self.control(side, "PUT", "/_sandbox/faults", &Value::Array(list)).await?;
        }
        Ok(())
    }
}

/// So many of all calls are hit.
const SHARE: f64 = 0.1;
/// Every kind of fault that HubSpot has.
const HUBSPOT: &[&str] = &[
    r#"{"kind": "status", "status": 429, "retryAfter": 1}"#,
    r#"{"kind": "status", "status": 500}"#,
    r#"{"kind": "status", "status": 502}"#,
    r#"{"kind": "status", "status": 423}"#,
    r#"{"kind": "status", "status": 477, "retryAfter": 1}"#,
    r#"{"kind": "delay", "ms": 700}"#,
    r#"{"kind": "cut"}"#,
    r#"{"kind": "truncate"}"#,
    r#"{"kind": "lost"}"#,
    r#"{"kind": "empty"}"#,
    r#"{"kind": "repeatPage"}"#,
];
/// Every kind of fault that NetSuite has.
const NETSUITE: &[&str] = &[
    r#"{"kind": "status", "status": 429}"#,
    r#"{"kind": "status", "status": 500}"#,
    r#"{"kind": "status", "status": 503, "retryAfter": 1}"#,
    r#"{"kind": "delay", "ms": 700}"#,
    r#"{"kind": "cut"}"#,
    r#"{"kind": "truncate"}"#,
    r#"{"kind": "lost"}"#,
    r#"{"kind": "empty"}"#,
    r#"{"kind": "repeatPage"}"#,
];
