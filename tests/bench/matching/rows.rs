//! The exam's rows, as `rows.py` wrote them.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use ledgercard::sync::matching::{Party, PartyKind};
use serde::{Deserialize, de::DeserializeOwned};

/// One labelled set of rows.
pub(crate) struct Set {
    /// All rows of both sides.
    pub(crate) rows: Vec<Row>,
    /// Pairs that must never be linked without a person.
    pub(crate) hard: HashSet<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    Erp,
    Hubspot,
}

/// A row and what it is in truth.
#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// Rows of one entity are the same.
    pub(crate) entity: String,
    /// What is compared with each other.
    pub(crate) family: String,
    pub(crate) side: Side,
    /// In which turn a HubSpot row is there; 0 for the ERP's rows, which always are.
    pub(crate) turn: u32,
    /// Whether it is labelled as an exact duplicate.
    pub(crate) exact: bool,
    party: Wire,
}

#[derive(Deserialize)]
struct Wire {
    kind: String,
    given: Option<String>,
    family: Option<String>,
    name: Option<String>,
    company: Option<String>,
    #[serde(default)]
    emails: Vec<String>,
    #[serde(default)]
    phones: Vec<String>,
    #[serde(default)]
    domains: Vec<String>,
    postcode: Option<String>,
    city: Option<String>,
    street: Option<String>,
    country: Option<String>,
    birth_date: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    erp: String,
    hubspot: String,
}

impl Row {
    /// As the matching takes it.
    pub(crate) fn party(&self) -> Party {
        let wire = &self.party;
        Party {
            kind: if wire.kind == "company" { PartyKind::Company } else { PartyKind::Person },
            given: wire.given.clone(),
            family: wire.family.clone(),
            name: wire.name.clone(),
            company: wire.company.clone(),
            emails: wire.emails.clone(),
            phones: wire.phones.clone(),
            postcode: wire.postcode.clone(),
            city: wire.city.clone(),
            street: wire.street.clone(),
            country: wire.country.clone(),
            birth_date: wire.birth_date.clone(),
            domains: wire.domains.clone(),
            numbers: Vec::new(),
        }
    }
}

impl Set {
    pub(crate) fn read(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let rows: Vec<Row> = lines(&folder.join(format!("{name}.rows.jsonl")))?;
        let pairs: Vec<Pair> = lines(&folder.join(format!("{name}.pairs.jsonl")))?;
        Ok(Self { rows, hard: pairs.into_iter().map(|pair| (pair.erp, pair.hubspot)).collect() })
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}
