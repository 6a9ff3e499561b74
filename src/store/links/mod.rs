//! Links: "this ERP record and this HubSpot record are the same thing".
//!
//! Many links may point to one HubSpot record, and a row of the ERP may be linked with several. Of the links of a record one
//! at most writes it, and for each target of a row of the ERP one record at most is written: both are rules of the database.

mod fate;
mod flow;

use std::collections::{BTreeMap, BTreeSet};

pub use self::{
    fate::{move_to, remove_of_record, returned, set_gone, with_heir},
    flow::{
        CountOfFlow, FlowLink, Worked, count_of_flow, gone_before, mark_gone, mark_seen, of_erp_ids, page_of_flow,
        put_many, set_reader, set_writer, unlink, unseen, update_many,
    },
};
use crate::{
    clock::Millis,
    domain::{
        ids::{ConnectionId, LinkId, PortalId, SourceId, UserId},
        record::{ObjectType, RecordRef},
    },
    store::{
        StoreError, Tx,
        bulk::filled,
        column::{from_row, words},
        tx::on,
    },
};

words! {
    /// What kind of ERP record it is.
    LinkKind {
        /// A customer: a company or a person.
        Customer = "customer",
        /// A person at a customer.
        Contact = "contact",
    }
}

words! {
    /// How the link came to be.
    LinkBasis {
        /// A person said so.
        Confirmed = "confirmed",
        /// It came with prepared data.
        Planted = "planted",
        /// A flow found the record by a key.
        Matched = "matched",
        /// A flow made one of the two from the other.
        Created = "created",
        /// A person decided so about a pair that a flow had found.
        Reviewed = "reviewed",
    }
}

/// The entry of a base that says that the HubSpot record is marked: the ERP record was deleted.
pub const MARKED: &str = "@marked";

/// On what both sides of a link agreed last: by the id of the mapping's row, the keyed hashes of both sides' values.
pub type Base = BTreeMap<String, String>;

/// An ERP record and a HubSpot record that are the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Our id.
    pub id: LinkId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account.
    pub connection_id: ConnectionId,
    /// What kind of ERP record it is.
    pub kind: LinkKind,
    /// Its id there.
    pub erp_id: SourceId,
    /// The HubSpot record.
    pub record: RecordRef,
    /// How it came to be.
    pub basis: LinkBasis,
    /// Who said so.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Millis,
    /// What the ERP record became in HubSpot: `person`, `company`, …
    pub target: String,
    /// Whether this is the link that writes the record.
    pub writes: bool,
    /// On what both sides agreed last.
    pub base: Base,
    /// The ERP record's stamp when it was last worked.
    pub erp_stamp: Option<String>,
    /// When the census began that saw the ERP record last.
    pub seen: Option<Millis>,
    /// Since when the ERP record is known to be gone.
    pub gone_at: Option<Millis>,
    /// When both sides were last in step.
    pub worked_at: Option<Millis>,
    /// Since when changes going to and fro are counted.
    pub loop_from: Millis,
    /// How many there were since then.
    pub loop_count: i64,
}

from_row!(Link {
    id, portal_id, connection_id, kind, erp_id, basis, created_by, created_at, target, writes, base, erp_stamp, seen,
    gone_at, worked_at, loop_from, loop_count,
} record: RecordRef { object_type, object_id });

/// A link to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The id it gets when it was not there yet.
    pub id: LinkId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The ERP account. Must be one of the portal's.
    pub connection_id: ConnectionId,
    /// What kind of ERP record it is.
    pub kind: LinkKind,
    /// Its id there.
    pub erp_id: &'a SourceId,
    /// The HubSpot record.
    pub record: RecordRef,
    /// How it comes to be.
    pub basis: LinkBasis,
    /// Who says so.
    pub created_by: Option<UserId>,
}

impl NewLink<'_> {
    /// What an ERP record is in HubSpot as a rule, where no flow has said what it becomes.
    const fn usual_target(&self) -> &'static str {
        match (self.kind, self.record.object_type) {
            (LinkKind::Customer, ObjectType::Contact) => "person",
            (LinkKind::Contact, ObjectType::Contact) => "contact",
            (_, ObjectType::Company) => "company",
            (_, ObjectType::Deal) => "deal",
        }
    }
}

/// What [`put`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// It made this row.
    Added(Link),
    /// The two were linked already.
    AlreadyLinked(Link),
}

/// Links an ERP record and a HubSpot record; the link does not write. When they are linked already, that row is given back
/// and nothing is written.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such connection.
pub async fn put(tx: &mut Tx, new: NewLink<'_>, now: Millis) -> Result<Linked, StoreError> {
    const SQL: &str = "INSERT INTO links \
             (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, created_by, created_at, target) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (connection_id, kind, erp_id, object_type, object_id) DO NOTHING RETURNING *";
    let made: Option<Link> = on!(tx, |c| sqlx::query_as(SQL)
        .bind(new.id.0)
        .bind(new.portal_id.as_i64())
        .bind(new.connection_id.0)
        .bind(new.kind.word())
        .bind(new.erp_id.as_str())
        .bind(new.record.object_type.type_id())
        .bind(new.record.object_id.as_i64())
        .bind(new.basis.word())
        .bind(new.created_by.map(UserId::as_i64))
        .bind(now.0)
        .bind(new.usual_target())
        .fetch_optional(c)
        .await)?;
    if let Some(made) = made {
        return Ok(Linked::Added(made));
    }
    let there = of_erp_id(tx, new.portal_id, new.connection_id, new.kind, new.erp_id).await?;
    // A row that is in the way and not to be seen is another portal's: the caller named a connection that is not theirs.
    there
        .into_iter()
        .find(|link| link.record == new.record)
        .map(Linked::AlreadyLinked)
        .ok_or_else(|| StoreError::Dangling(sqlx::Error::RowNotFound))
}

/// The links of one record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_record(tx: &mut Tx, portal_id: PortalId, record: RecordRef) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND object_type = $2 AND object_id = $3 \
         ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(record.object_type.type_id())
        .bind(record.object_id.as_i64())
        .fetch_all(c)
        .await)?)
}

/// The links of all these records, by record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_records(tx: &mut Tx, portal_id: PortalId, records: &[RecordRef]) -> Result<Vec<Link>, StoreError> {
    let each: Vec<RecordRef> = records.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found: Vec<Link> = Vec::new();
    for some in filled(&each) {
        let part: Vec<Link> = on!(tx, |c| {
            // From the list to the table, by its index: `(a, b) IN (VALUES …)` would make SQLite read all rows of the portal.
            let mut sql = sqlx::QueryBuilder::new("WITH wanted AS (SELECT DISTINCT column1, column2 FROM (");
            sql.push_values(some, |mut row, record| {
                row.push_bind(record.object_type.type_id()).push_bind(record.object_id.as_i64());
            });
            sql.push(") AS listed) SELECT links.* FROM wanted CROSS JOIN links WHERE object_type = column1 ");
            sql.push("AND object_id = column2 AND portal_id = ").push_bind(portal_id.as_i64());
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by_key(|link| (link.record, link.created_at, link.id));
    Ok(found)
}

/// The links of one ERP record, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_erp_id(
    tx: &mut Tx,
    portal_id: PortalId,
    connection_id: ConnectionId,
    kind: LinkKind,
    erp_id: &SourceId,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = "SELECT * FROM links WHERE portal_id = $1 AND connection_id = $2 AND kind = $3 AND erp_id = $4 \
         ORDER BY created_at, id";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(connection_id.0)
        .bind(kind.word())
        .bind(erp_id.as_str())
        .fetch_all(c)
        .await)?)
}

/// How many rows a connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountOf {
    /// The connection.
    pub connection_id: ConnectionId,
    /// How many.
    pub n: i64,
}

from_row!(CountOf { connection_id, n });

/// How many links there are, by connection.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(tx: &mut Tx, portal_id: PortalId) -> Result<Vec<CountOf>, StoreError> {
    const SQL: &str = "SELECT connection_id, COUNT(*) AS n FROM links WHERE portal_id = $1 GROUP BY connection_id";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).fetch_all(c).await)?)
}
