//! Erasing all rows of a connection or of a portal, and counting what is left of them.
//!
//! Promise: every table has its place in [`tables`] (a test compares it with the schema), so that a new one cannot be
//! forgotten; what is erased is counted anew over the same tables.

use uuid::Uuid;

use super::{StoreError, Tx, column::from_row, connections, tx::on};
use crate::domain::ids::{ConnectionId, PortalId};

/// How rows of a table are found.
#[derive(Clone, Copy)]
struct Sql {
    erase: &'static str,
    count: &'static str,
    by: By,
}

/// What the statements are given.
#[derive(Clone, Copy)]
enum By {
    /// The portal.
    Portal,
    /// The portal and the connection's id.
    Id,
    /// The portal and the connection's id as text.
    Text,
    /// The connection's id as text alone.
    TextAlone,
}

struct Room {
    table: &'static str,
    of_portal: Sql,
    of_connection: Option<Sql>,
}

macro_rules! rooms {
    ($($table:literal { $portal:literal $(, $by:ident $connection:literal)? })+) => {
        /// Every table, those that refer to others first.
        const ROOMS: &[Room] = &[$(Room {
            table: $table,
            of_portal: rooms!(@sql $table, Portal, $portal),
            of_connection: rooms!(@maybe $table $(, $by, $connection)?),
        }),+];
    };
    (@maybe $table:literal) => { None };
    (@maybe $table:literal, $by:ident, $rows:literal) => { Some(rooms!(@sql $table, $by, $rows)) };
    (@sql $table:literal, $by:ident, $rows:literal) => {
        Sql {
            erase: concat!("DELETE FROM ", $table, " WHERE ", $rows),
            count: concat!("SELECT COUNT(*) AS n FROM ", $table, " WHERE ", $rows),
            by: By::$by,
        }
    };
}

rooms! {
    "alerts" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "flow_hints" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "waiting" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "reviews" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "parked" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "activity" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "runs" { "portal_id = $1", Id "portal_id = $1 AND flow_id IN (SELECT id FROM flows WHERE connection_id = $2)" }
    "flows" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "tombstones" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "associations" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "links" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "drafts" { "portal_id = $1", Id "portal_id = $1 AND connection_id = $2" }
    "windows" { "portal_id = $1", Text "portal_id = $1 AND CAST(details AS TEXT) LIKE '%' || $2 || '%'" }
    "idempotency" { "portal_id = $1", Text "portal_id = $1 AND CAST(outcome AS TEXT) LIKE '%' || $2 || '%'" }
    "usage" { "portal_id = $1", Text "portal_id = $1 AND side = $2" }
    "rate_windows" {
        "scope IN ('hubspot/' || CAST($1 AS TEXT), 'hubspot-search/' || CAST($1 AS TEXT))",
        TextAlone "scope LIKE '%/' || $1"
    }
    "credentials" {
        "holder_kind = 'portal' AND holder_id = CAST($1 AS TEXT)",
        TextAlone "holder_kind = 'connection' AND holder_id = $1"
    }
    "hints" { "portal_id = $1" }
    "aliases" { "portal_id = $1" }
    "connections" { "portal_id = $1", Id "portal_id = $1 AND id = $2" }
    "portals" { "portal_id = $1" }
}

/// How many rows of which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections.
    pub connections: u64,
    /// Associations, removed ones included.
    pub associations: u64,
    /// Links.
    pub links: u64,
    /// Tombstones.
    pub tombstones: u64,
    /// Connections that were being made.
    pub drafts: u64,
    /// Sealed credentials.
    pub credentials: u64,
    /// Rows of all other tables.
    pub others: u64,
}

impl Counts {
    fn add(&mut self, table: &str, rows: u64) {
        let slot = match table {
            "connections" => &mut self.connections,
            "associations" => &mut self.associations,
            "links" => &mut self.links,
            "tombstones" => &mut self.tombstones,
            "drafts" => &mut self.drafts,
            "credentials" => &mut self.credentials,
            _ => &mut self.others,
        };
        *slot += rows;
    }

    /// All rows together.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.connections
            + self.associations
            + self.links
            + self.tombstones
            + self.drafts
            + self.credentials
            + self.others
    }
}

/// Every table that purging looks at.
pub fn tables() -> impl Iterator<Item = &'static str> {
    ROOMS.iter().map(|room| room.table)
}

struct Number {
    n: i64,
}

from_row!(Number { n });

/// Erases everything of one connection of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn connection(tx: &mut Tx, portal_id: PortalId, id: ConnectionId) -> Result<Counts, StoreError> {
    let mut erased = Counts::default();
    for room in ROOMS {
        if let Some(sql) = &room.of_connection {
            erased.add(room.table, erase(tx, sql, portal_id, id).await?);
        }
    }
    Ok(erased)
}

/// Erases everything of a portal, its connections included.
///
/// # Errors
/// See [`StoreError`].
pub async fn portal(tx: &mut Tx, portal_id: PortalId) -> Result<Counts, StoreError> {
    let mut erased = Counts::default();
    for connection in connections::list_of_portal(tx, portal_id).await? {
        for room in ROOMS {
            if let Some(sql) = &room.of_connection {
                erased.add(room.table, erase(tx, sql, portal_id, connection.id).await?);
            }
        }
    }
    for room in ROOMS {
        erased.add(room.table, erase(tx, &room.of_portal, portal_id, ConnectionId(Uuid::nil())).await?);
    }
    Ok(erased)
}

/// The tables that hold a connection's secrets.
const SECRETS: [&str; 3] = ["drafts", "credentials", "windows"];

/// Erases the secrets of one connection of a portal: its credential, certificates that were to replace its own, and
/// what was entered in windows.
///
/// # Errors
/// See [`StoreError`].
pub async fn secrets_of_connection(tx: &mut Tx, portal_id: PortalId, id: ConnectionId) -> Result<Counts, StoreError> {
    let mut erased = Counts::default();
    for room in ROOMS.iter().filter(|room| SECRETS.contains(&room.table)) {
        if let Some(sql) = &room.of_connection {
            erased.add(room.table, erase(tx, sql, portal_id, id).await?);
        }
    }
    Ok(erased)
}

/// What there is of the secrets of one connection of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_secrets_of_connection(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ConnectionId,
) -> Result<Counts, StoreError> {
    let mut counted = Counts::default();
    for room in ROOMS.iter().filter(|room| SECRETS.contains(&room.table)) {
        if let Some(sql) = &room.of_connection {
            counted.add(room.table, count(tx, sql, portal_id, id).await?);
        }
    }
    Ok(counted)
}

/// How many credentials there are for a portal's access to HubSpot.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_access(tx: &mut Tx, portal_id: PortalId) -> Result<u64, StoreError> {
    let mut rows = 0;
    for room in ROOMS.iter().filter(|room| room.table == "credentials") {
        rows += count(tx, &room.of_portal, portal_id, ConnectionId(Uuid::nil())).await?;
    }
    Ok(rows)
}

/// What there is of one connection of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_of_connection(tx: &mut Tx, portal_id: PortalId, id: ConnectionId) -> Result<Counts, StoreError> {
    let mut counted = Counts::default();
    for room in ROOMS {
        if let Some(sql) = &room.of_connection {
            counted.add(room.table, count(tx, sql, portal_id, id).await?);
        }
    }
    Ok(counted)
}

/// What there is of a portal and of these connections, which are or were its.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_of_portal(tx: &mut Tx, portal_id: PortalId, ids: &[ConnectionId]) -> Result<Counts, StoreError> {
    let mut counted = Counts::default();
    for room in ROOMS {
        counted.add(room.table, count(tx, &room.of_portal, portal_id, ConnectionId(Uuid::nil())).await?);
        // The rows of a connection that do not name their portal.
        let Some(sql) = room.of_connection.filter(|sql| matches!(sql.by, By::TextAlone)) else { continue };
        for id in ids {
            counted.add(room.table, count(tx, &sql, portal_id, *id).await?);
        }
    }
    Ok(counted)
}

async fn erase(tx: &mut Tx, sql: &Sql, portal_id: PortalId, id: ConnectionId) -> Result<u64, StoreError> {
    let (statement, by) = (sql.erase, sql.by);
    let erased = on!(tx, |c| {
        let query = sqlx::query(statement);
        let query = match by {
            By::Portal => query.bind(portal_id.as_i64()),
            By::Id => query.bind(portal_id.as_i64()).bind(id.0),
            By::Text => query.bind(portal_id.as_i64()).bind(id.to_string()),
            By::TextAlone => query.bind(id.to_string()),
        };
        query.execute(c).await.map(|r| r.rows_affected())
    });
    // A row that appeared meanwhile refers to what is being erased: the next run erases it too.
    erased.map_err(|error| match StoreError::from(error) {
        StoreError::Dangling(source) => StoreError::Again(source),
        other => other,
    })
}

async fn count(tx: &mut Tx, sql: &Sql, portal_id: PortalId, id: ConnectionId) -> Result<u64, StoreError> {
    let (statement, by) = (sql.count, sql.by);
    let number: Number = on!(tx, |c| {
        let query = sqlx::query_as(statement);
        let query = match by {
            By::Portal => query.bind(portal_id.as_i64()),
            By::Id => query.bind(portal_id.as_i64()).bind(id.0),
            By::Text => query.bind(portal_id.as_i64()).bind(id.to_string()),
            By::TextAlone => query.bind(id.to_string()),
        };
        query.fetch_one(c).await
    })?;
    Ok(u64::try_from(number.n).unwrap_or(0))
}
