//! Every sealed value, wherever it stands: for sealing all of them anew with another key.

use super::{StoreError, Tx, column::from_row, tx::on};

/// One sealed value and the place that it is sealed for.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The table.
    pub place_table: String,
    /// The column.
    pub place_column: String,
    /// The row's key as the vault writes it: `portal/4711`, or an id.
    pub place_row: String,
    /// The sealed value.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({}.{} of {})", self.place_table, self.place_column, self.place_row)
    }
}

struct Row {
    row: String,
    bytes: Option<Vec<u8>>,
}

from_row!(Row { row, bytes });

struct IdRow {
    row: uuid::Uuid,
    bytes: Option<Vec<u8>>,
}

from_row!(IdRow { row, bytes });

/// Every sealed value.
///
/// # Errors
/// See [`StoreError`].
pub async fn all(tx: &mut Tx) -> Result<Vec<Sealed>, StoreError> {
    const CREDENTIALS: &str = "SELECT holder_kind || '/' || holder_id AS row, sealed AS bytes FROM credentials";
    const TOKENS: &str = "SELECT holder_kind || '/' || holder_id AS row, sealed_token AS bytes FROM credentials";
    const ALERTS: &str = "SELECT 'portal/' || CAST(portal_id AS TEXT) AS row, alert_secret AS bytes FROM portals";
    const DRAFTS: &str = "SELECT id AS row, sealed AS bytes FROM drafts";
    const WINDOWS: &str = "SELECT id AS row, sealed AS bytes FROM windows";
    let mut found = Vec::new();
    for (sql, table, column) in [
        (CREDENTIALS, "credentials", "sealed"),
        (TOKENS, "credentials", "sealed_token"),
        (ALERTS, "portals", "alert_secret"),
    ] {
        let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        found.extend(rows.into_iter().filter_map(|r| sealed(table, column, r.row, r.bytes)));
    }
    for (sql, table) in [(DRAFTS, "drafts"), (WINDOWS, "windows")] {
        let rows: Vec<IdRow> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        found.extend(rows.into_iter().filter_map(|r| sealed(table, "sealed", r.row.to_string(), r.bytes)));
    }
    Ok(found)
}

fn sealed(table: &str, column: &str, row: String, bytes: Option<Vec<u8>>) -> Option<Sealed> {
    Some(Sealed { place_table: table.to_owned(), place_column: column.to_owned(), place_row: row, bytes: bytes? })
}

/// Puts `new` in the place of what stood there. `false`: something else stands there by now, or nothing; it stays.
///
/// # Errors
/// See [`StoreError`].
pub async fn replace(tx: &mut Tx, old: &Sealed, new: &[u8]) -> Result<bool, StoreError> {
    const CREDENTIAL: &str =
        "UPDATE credentials SET sealed = $3 WHERE holder_kind || '/' || holder_id = $1 AND sealed = $2";
    const TOKEN: &str =
        "UPDATE credentials SET sealed_token = $3 WHERE holder_kind || '/' || holder_id = $1 AND sealed_token = $2";
    const ALERT: &str = "UPDATE portals SET alert_secret = $3 \
         WHERE 'portal/' || CAST(portal_id AS TEXT) = $1 AND alert_secret = $2";
    const DRAFT: &str = "UPDATE drafts SET sealed = $3 WHERE id = $1 AND sealed = $2";
    const WINDOW: &str = "UPDATE windows SET sealed = $3 WHERE id = $1 AND sealed = $2";
    let changed = match (old.place_table.as_str(), old.place_column.as_str()) {
        (table @ ("credentials" | "portals"), column) => {
            let sql = match (table, column) {
                ("portals", _) => ALERT,
                (_, "sealed") => CREDENTIAL,
                _ => TOKEN,
            };
            on!(tx, |c| sqlx::query(sql)
                .bind(&old.place_row)
                .bind(&old.bytes)
                .bind(new)
                .execute(c)
                .await
                .map(|r| r.rows_affected()))?
        }
        (table, _) => {
            let sql = if table == "drafts" { DRAFT } else { WINDOW };
            let id = uuid::Uuid::try_parse(&old.place_row)
                .map_err(|_| StoreError::Contradiction { what: format!("{table}.id is no UUID") })?;
            on!(tx, |c| sqlx::query(sql)
                .bind(id)
                .bind(&old.bytes)
                .bind(new)
                .execute(c)
                .await
                .map(|r| r.rows_affected()))?
        }
    };
    Ok(changed == 1)
}
