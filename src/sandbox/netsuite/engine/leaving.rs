//! How customers and contacts go: deleted, or merged into another one.

use rusqlite::{OptionalExtension as _, params};

use super::{
    desk::{Desk, DeskError},
    rows,
};
use crate::sandbox::{data::books::EntityKind, netsuite::engine::Fields};

impl Desk<'_> {
    /// Deletes a record: it stands in the list of deleted records from then on, its addresses and ties go with it.
    ///
    /// # Errors
    /// When there is no such record, invoices hang on it, or SQLite fails.
    pub fn remove(&self, kind: EntityKind, id: u32, at: &str) -> Result<(), DeskError> {
        let row = self.get(kind, id)?.ok_or(DeskError::Missing { kind, id })?;
        if kind == EntityKind::Customer {
            let sql = "SELECT 1 FROM \"transaction\" WHERE entity = ?";
            if self.db.prepare_cached(sql)?.exists([id])? {
                return Err(DeskError::InUse(id));
            }
            self.run("UPDATE contact SET company = NULL, lastmodifieddate = ?2 WHERE company = ?1", id, at)?;
            self.db.execute("DELETE FROM companycontactrelationship WHERE company = ?", [id])?;
        } else {
            self.db.execute("DELETE FROM companycontactrelationship WHERE contact = ?", [id])?;
        }
        self.db.execute("DELETE FROM entityaddress WHERE recordowner = ?", [id])?;
        self.erase(kind, id, &row, at)
    }

    /// Merges `loser` into `survivor`: what hangs on the loser hangs on the survivor then, and the loser is deleted.
    ///
    /// # Errors
    /// When there is no such record, or SQLite fails.
    pub fn merge(&self, kind: EntityKind, survivor: u32, loser: u32, at: &str) -> Result<(), DeskError> {
        if self.get(kind, survivor)?.is_none() || survivor == loser {
            return Err(DeskError::Missing { kind, id: survivor });
        }
        let row = self.get(kind, loser)?.ok_or(DeskError::Missing { kind, id: loser })?;
        let ties = self.ties(kind, loser)?;
        for other in ties {
            match kind {
                EntityKind::Customer => {
                    self.attach(survivor, other, None)?;
                    self.detach(loser, other)?;
                }
                EntityKind::Contact => {
                    self.attach(other, survivor, None)?;
                    self.detach(other, loser)?;
                }
            }
        }
        if kind == EntityKind::Customer {
            let move_contacts = "UPDATE contact SET company = ?1, lastmodifieddate = ?3 WHERE company = ?2";
            self.db.execute(move_contacts, params![survivor, loser, at])?;
            let note =
                "INSERT OR IGNORE INTO \"sandbox$moved\" SELECT id, entity FROM \"transaction\" WHERE entity = ?";
            self.db.execute(note, [loser])?;
            for table in ["\"transaction\"", "transactionline"] {
                self.db.execute(&format!("UPDATE {table} SET entity = ?1 WHERE entity = ?2"), [survivor, loser])?;
            }
            let move_children = "UPDATE customer SET parent = ?1, lastmodifieddate = ?3 WHERE parent = ?2";
            self.db.execute(move_children, params![survivor, loser, at])?;
        }
        let owned = "UPDATE entityaddress SET recordowner = ?1 WHERE recordowner = ?2";
        self.db.execute(owned, [survivor, loser])?;
        self.erase(kind, loser, &row, at)?;
        self.change(kind, survivor, Fields::new(), at).map(|_| ())
    }

    /// Takes back what merges did to transactions.
    pub(super) fn give_back(&self) -> Result<(), DeskError> {
        self.db.execute_batch(
            "UPDATE \"transaction\" SET entity = m.entity FROM \"sandbox$moved\" m WHERE m.id = \"transaction\".id;
             UPDATE transactionline SET entity = m.entity FROM \"sandbox$moved\" m WHERE m.id = transactionline.\"transaction\";
             DELETE FROM \"sandbox$moved\";",
        )?;
        Ok(())
    }

    /// The customer of a transaction.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn party_of(&self, transaction: u32) -> Result<Option<u32>, DeskError> {
        let sql = "SELECT entity FROM \"transaction\" WHERE id = ?";
        Ok(self.db.prepare_cached(sql)?.query_row([transaction], |row| row.get(0)).optional()?)
    }

    /// What a customer owes, in the base currency.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn balance(&self, customer: u32) -> Result<f64, DeskError> {
        let sql = "SELECT ROUND(COALESCE(SUM(foreignamountunpaid * exchangerate), 0.0), 2) FROM \"transaction\" \
                   WHERE entity = ? AND status = 'A' AND type <> 'CustPymt'";
        Ok(self.db.prepare_cached(sql)?.query_row([customer], |row| row.get(0))?)
    }

    /// What was deleted, oldest first, from place `after` on: its place and its columns.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn deleted(&self, after: i64, limit: u32) -> Result<Vec<(i64, Fields)>, DeskError> {
        let sql =
            "SELECT rowid, recordid, type, name, deleteddate FROM deletedrecord WHERE rowid > ? ORDER BY rowid LIMIT ?";
        let mut statement = self.db.prepare_cached(sql)?;
        let one = |row: &rusqlite::Row<'_>| {
            let mut fields = Fields::new();
            fields.insert("recordid".to_owned(), row.get::<_, i64>(1)?.into());
            for (at, name) in [(2, "type"), (3, "name"), (4, "deleteddate")] {
                fields.insert(name.to_owned(), row.get::<_, Option<String>>(at)?.into());
            }
            Ok((row.get(0)?, fields))
        };
        Ok(statement.query_map(params![after, limit], one)?.collect::<Result<_, _>>()?)
    }

    fn erase(&self, kind: EntityKind, id: u32, row: &Fields, at: &str) -> Result<(), DeskError> {
        self.db.execute(&format!("DELETE FROM {} WHERE id = ?", kind.table()), [id])?;
        let title = rows::text(row, "entitytitle").or_else(|| rows::text(row, "entityid")).unwrap_or_default();
        let sql = "INSERT INTO deletedrecord (recordid, type, name, deleteddate, context, iscustomrecord) \
                   VALUES (?, ?, ?, ?, 'UI', 'F')";
        self.db.prepare_cached(sql)?.execute(params![id, kind.label(), title, at])?;
        Ok(())
    }

    fn run(&self, sql: &str, id: u32, at: &str) -> Result<(), DeskError> {
        self.db.prepare_cached(sql)?.execute(params![id, at])?;
        Ok(())
    }
}
