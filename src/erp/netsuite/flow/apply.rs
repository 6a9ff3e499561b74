//! Writing customers and contacts.
//!
//! Promise: who creates twice under one external id makes one record, and the record that is already there is left as it is; a
//! record is read again right before it is changed, and not changed unless it has the stamp that the caller knows; only the fields
//! given are sent. A write whose answer got lost is looked for before it is made again.
//! Never: an external id on a record that was not made here; addresses.
//!
//! NetSuite knows no conditional write: between the reading and the change of one record somebody else may save it. That gap is
//! kept to a few records' time.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use http::Method;
use serde_json::{Value as Json, json};

use super::{
    super::{
        NetSuite, PERMITS,
        calls::{PAGE, Repeat},
        errors::{Content, Refusal},
        numeric,
    },
    body::{self, Body},
    census::sources,
    decode,
    select::{self, Filter},
    shape::{self, KNOWN_FOR, Shape},
    standard::standard,
};
use crate::{
    domain::{field::Fields, ids::SourceId},
    erp::{
        ErpError, Lane,
        source::{BrokenRow, Kind, NotWritten, OURS, Parent, SourceRecord, Wanted, Write, Written},
    },
    outbound::Answer,
};

/// How many records are read again at once before they are changed.
const AT_ONCE: usize = 20;
/// How often a write whose answer gets lost is made.
const TRIES: u32 = 4;

/// A record as it was read again, or that it cannot be.
type Read = Result<SourceRecord, BrokenRow>;

/// What became of one write.
type Outcome = Result<Written, NotWritten>;

/// Writes each; one outcome for each, in their order. Waits for three calls a record that is made, one for one that is changed,
/// and a few for every twenty.
pub(in crate::erp::netsuite) async fn apply(
    netsuite: &NetSuite,
    lane: Lane,
    kind: Kind,
    writes: &[Write],
) -> Result<Vec<Outcome>, ErpError> {
    let mut outcomes = Vec::with_capacity(writes.len());
    for writes in writes.chunks(AT_ONCE) {
        outcomes.extend(Desk::open(netsuite, lane, kind, writes).await?.write(writes).await?);
    }
    Ok(outcomes)
}

/// What is known of the records that a few writes are about.
struct Desk<'n> {
    netsuite: &'n NetSuite,
    lane: Lane,
    kind: Kind,
    shape: std::sync::Arc<Shape>,
    /// The fields that any of the writes names.
    wanted: Wanted,
    /// The records to be changed, as they are.
    present: BTreeMap<SourceId, Read>,
    /// The records that were made before under the external ids.
    made: BTreeMap<String, u64>,
    /// The subsidiaries of companies that contacts are made at.
    of_company: BTreeMap<SourceId, u64>,
    /// The subsidiary where nothing else tells; none: the account has none.
    subsidiary: Option<u64>,
}

impl<'n> Desk<'n> {
    async fn open(netsuite: &'n NetSuite, lane: Lane, kind: Kind, writes: &[Write]) -> Result<Self, ErpError> {
        let shape = shape::shape(netsuite, lane, kind, KNOWN_FOR).await?;
        let mut names = BTreeSet::new();
        for write in writes {
            match write {
                Write::Create { fields, .. } => names.extend(fields.keys().cloned()),
                Write::Update { set, clear, .. } => names.extend(set.keys().chain(clear).cloned()),
            }
        }
        let mut desk = Self {
            netsuite,
            lane,
            kind,
            shape,
            wanted: Wanted { kind, fields: names.into_iter().collect() },
            present: BTreeMap::new(),
            made: BTreeMap::new(),
            of_company: BTreeMap::new(),
            subsidiary: None,
        };
        let changed = writes.iter().filter_map(|write| match write {
            Write::Update { id, .. } => Some(id.clone()),
            Write::Create { .. } => None,
        });
        desk.present = desk.read(&changed.collect::<Vec<_>>()).await?;
        let external: Vec<String> = writes
            .iter()
            .filter_map(|write| match write {
                Write::Create { external_id, .. } => Some(external_id.clone()),
                Write::Update { .. } => None,
            })
            .collect();
        if !external.is_empty() {
            desk.made = desk.externals(&external).await?;
            desk.find_subsidiaries(writes).await?;
        }
        Ok(desk)
    }

    async fn read(&self, ids: &[SourceId]) -> Result<BTreeMap<SourceId, Read>, ErpError> {
        let found = sources(self.netsuite, self.lane, &self.wanted, ids).await?;
        let records = found.records.into_iter().map(|record| (record.id.clone(), Ok(record)));
        Ok(records.chain(found.broken.into_iter().map(|row| (row.id.clone(), Err(row)))).collect())
    }

    /// The records under these external ids.
    async fn externals(&self, external: &[String]) -> Result<BTreeMap<String, u64>, ErpError> {
        let filter = Filter::externals(external);
        let rows = select::externals(self.kind, &filter).whole(self.netsuite, self.lane, PAGE, external.len()).await?;
        let named = rows.items.iter().map(|row| {
            let name = row.text("externalid").unwrap_or_default().to_owned();
            Ok((name, decode::id(row, "id")?))
        });
        named.collect()
    }

    async fn find_subsidiaries(&mut self, writes: &[Write]) -> Result<(), ErpError> {
        let first = match select::first_subsidiary().only(self.netsuite, self.lane).await {
            Ok(row) => row.text("id").and_then(|id| id.parse().ok()),
            // One company only.
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => return Ok(()),
            Err(refusal) => return Err(refusal.into()),
        };
        self.subsidiary = self.netsuite.subsidiary.or(first);
        let companies = writes.iter().filter_map(|write| match write {
            Write::Create { parents, .. } => primary(parents),
            Write::Update { .. } => None,
        });
        let companies = numeric(companies.map(|parent| parent.id.as_str()));
        if companies.is_empty() {
            return Ok(());
        }
        let rows = match select::subsidiaries(&companies).ask(self.netsuite, self.lane, PAGE).await {
            Ok(rows) => rows,
            Err(Refusal::NoTable(_) | Refusal::NoColumn(_)) => return Ok(()),
            Err(refusal) => return Err(refusal.into()),
        };
        for row in &rows.items {
            let company = decode::source_id(decode::id(row, "entity")?)?;
            if row.text("subsidiary").is_some() {
                self.of_company.insert(company, decode::id(row, "subsidiary")?);
            }
        }
        Ok(())
    }

    /// Writes, and reads again what was written.
    async fn write(self, writes: &[Write]) -> Result<Vec<Outcome>, ErpError> {
        let calls: Vec<_> = writes.iter().map(|write| self.one(write)).collect();
        let written: Vec<_> = stream::iter(calls).buffered(PERMITS.1).collect().await;
        let mut outcomes = written.into_iter().collect::<Result<Vec<Outcome>, ErpError>>()?;
        let ids: Vec<SourceId> = outcomes.iter().flatten().map(|written| written.id.clone()).collect();
        let mut now = self.read(&ids).await?;
        for written in outcomes.iter_mut().flatten() {
            written.record = now.remove(&written.id).and_then(Result::ok);
        }
        Ok(outcomes)
    }

    async fn one(&self, write: &Write) -> Result<Outcome, ErpError> {
        let outcome = match write {
            Write::Create { external_id, fields, parents } => self.create(external_id, fields, parents).await,
            Write::Update { id, stamp, set, clear } => self.update(id, stamp, set, clear).await,
        };
        match outcome {
            Ok(written) => Ok(Ok(written)),
            Err(Trouble::Row(not_written)) => Ok(Err(not_written)),
            Err(Trouble::All(error)) => Err(error),
        }
    }

    async fn create(&self, external_id: &str, fields: &Fields, parents: &[Parent]) -> Result<Written, Trouble> {
        if !is_ours(external_id) {
            let field = Some("externalid".to_owned());
            return Err(Trouble::Row(NotWritten::Rejected { field, code: "bad_external_id".to_owned() }));
        }
        let known = self.made.get(external_id).copied();
        let id = match known {
            Some(id) => id,
            None => self.make(external_id, fields, parents).await?,
        };
        // A repeat finds the record and ties what is not tied yet.
        for parent in parents.iter().filter(|parent| self.kind == Kind::Contact && !parent.primary) {
            let path = format!("customer/{}/!attach/contact/{id}", parent.id);
            self.netsuite.calls.write(self.lane, "contact", Method::POST, &path, json!({}), Repeat::Always).await?;
        }
        Ok(Written { id: decode::source_id(id)?, new: known.is_none(), record: None })
    }

    /// Makes a record. The external id in the address makes a repeat harmless.
    async fn make(&self, external_id: &str, fields: &Fields, parents: &[Parent]) -> Result<u64, Trouble> {
        body::check_new(self.kind, fields)?;
        let mut body = body::body(&self.shape, fields, &[])?;
        if self.kind == Kind::Customer {
            body.insert("isPerson".to_owned(), json!(body::is_person(fields)));
        }
        // A contact is known by both names, or by one text.
        if self.kind == Kind::Contact
            && !fields.contains_key("firstname")
            && !body.contains_key("entityId")
            && let Some(name) = body.get("lastName").cloned()
        {
            body.insert("entityId".to_owned(), name);
        }
        let company = primary(parents).map(|parent| &parent.id);
        if let (Kind::Contact, Some(company)) = (self.kind, company) {
            body.insert("company".to_owned(), json!({"id": company.as_str()}));
        }
        let subsidiary = company.and_then(|company| self.of_company.get(company).copied()).or(self.subsidiary);
        if let Some(id) = subsidiary {
            body.insert("subsidiary".to_owned(), json!({"id": id.to_string()}));
        }
        let name = shape::own_table(self.kind);
        let path = format!("{name}/eid:{external_id}");
        let answer = self.send(Method::PUT, &path, body, Repeat::Always).await?;
        if let Some(id) = located(&answer) {
            return Ok(id);
        }
        let made = self.externals(&[external_id.to_owned()]).await?;
        let id = made.get(external_id).copied();
        id.ok_or_else(|| Trouble::All(ErpError::Broken { what: "the place of a new record".to_owned() }))
    }

    async fn update(&self, id: &SourceId, stamp: &str, set: &Fields, clear: &[String]) -> Result<Written, Trouble> {
        let [number] = numeric([id.as_str()])[..] else { return Err(Trouble::Row(NotWritten::Missing)) };
        let body = body::body(&self.shape, set, clear)?;
        let path = format!("{}/{number}", shape::own_table(self.kind));
        let mut present = self.present.get(id).cloned();
        for attempt in 1..=TRIES {
            let record = present.ok_or(NotWritten::Missing)?.map_err(|row| unreadable(&row))?;
            if holds(&record, set, clear) {
                return Ok(Written { id: id.clone(), new: false, record: None });
            }
            if record.stamp != stamp {
                return Err(Trouble::Row(NotWritten::Changed));
            }
            match self.send(Method::PATCH, &path, body.clone(), Repeat::IfRefused).await {
                Ok(_) => return Ok(Written { id: id.clone(), new: false, record: None }),
                Err(Trouble::All(ErpError::Unavailable { .. })) if attempt < TRIES => {}
                Err(trouble) => return Err(trouble),
            }
            // Nobody knows whether that was carried out: the record tells.
            self.netsuite.calls.clock.pause(Duration::from_millis(250) * 2_u32.pow(attempt)).await;
            present = self.read(std::slice::from_ref(id)).await?.remove(id);
        }
        Err(Trouble::All(ErpError::Unavailable { why: "NetSuite does not confirm a change" }))
    }

    async fn send(&self, method: Method, path: &str, body: Body, repeat: Repeat) -> Result<Answer, Trouble> {
        let name = shape::own_table(self.kind);
        let calls = &self.netsuite.calls;
        match calls.write(self.lane, name, method, path, Json::Object(body), repeat).await {
            Err(Refusal::Content(content)) => Err(Trouble::Row(self.refused(&content))),
            other => Ok(other?),
        }
    }

    /// What a refused content means for its row. Names of fields that are not ours stay out.
    fn refused(&self, content: &Content) -> NotWritten {
        if content.locked {
            return NotWritten::Locked;
        }
        let named = content.place.split(['.', '[', ':']).next().unwrap_or_default().to_ascii_lowercase();
        let standard = standard(self.kind).iter();
        let by_place = standard
            .map(|field| (field.name, field.written.unwrap_or(field.name)))
            .find(|(name, written)| named == *name || named == written.to_ascii_lowercase())
            .map(|(name, _)| name.to_owned())
            .or_else(|| self.shape.customs.iter().find(|field| field.name == named).map(|field| field.name.clone()));
        let code = if content.code.is_empty() { "no_code".to_owned() } else { content.code.clone() };
        NotWritten::Rejected { field: by_place.or_else(|| content.field.map(str::to_owned)), code }
    }
}

/// What ends a write.
enum Trouble {
    /// Its own.
    Row(NotWritten),
    /// Everybody's.
    All(ErpError),
}

impl From<NotWritten> for Trouble {
    fn from(not_written: NotWritten) -> Self {
        Self::Row(not_written)
    }
}

impl From<ErpError> for Trouble {
    fn from(error: ErpError) -> Self {
        Self::All(error)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Final(ErpError::Missing) => Self::Row(NotWritten::Missing),
            Refusal::Content(Content { locked: true, .. }) => Self::Row(NotWritten::Locked),
            Refusal::Content(Content { code, field, .. }) => {
                Self::Row(NotWritten::Rejected { field: field.map(str::to_owned), code })
            }
            other => Self::All(other.into()),
        }
    }
}

/// A row of which nobody can say whether it is as it was.
fn unreadable(row: &BrokenRow) -> NotWritten {
    NotWritten::Rejected { field: Some(row.field.clone()), code: "unreadable".to_owned() }
}

/// Whether an external id is one that we give, and can stand in an address.
fn is_ours(external_id: &str) -> bool {
    let rest = external_id.strip_prefix(OURS).unwrap_or_default();
    (1..=80).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn primary(parents: &[Parent]) -> Option<&Parent> {
    parents.iter().find(|parent| parent.primary)
}

/// Whether a record already has what is to be written.
fn holds(record: &SourceRecord, set: &Fields, clear: &[String]) -> bool {
    let has = |name: &String, value| record.fields.get(name).is_some_and(|present| body::same(present, value));
    set.iter().all(|(name, value)| has(name, value)) && clear.iter().all(|name| !record.fields.contains_key(name))
}

/// The id at the end of the address of a new record.
fn located(answer: &Answer) -> Option<u64> {
    let location = answer.headers.get(http::header::LOCATION)?.to_str().ok()?;
    location.rsplit('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ledgercard-4711-contact-501", true)]
    #[case("ledgercard-", false)]
    #[case("acme-1", false)]
    #[case("ledgercard-../../salesOrder/1", false)]
    #[case("ledgercard-é", false)]
    fn only_external_ids_of_ours_are_written(#[case] external: &str, #[case] ours: bool) {
        assert_eq!(is_ours(external), ours);
    }
}
