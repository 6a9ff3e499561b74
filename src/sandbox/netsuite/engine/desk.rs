//! Where customers and contacts are read and changed, row by row: what people do in NetSuite's pages, and what its record
//! service does.
//!
//! Promise: a change leaves stamps, ties and the list of deleted records as NetSuite leaves them.
//! Never: checks what the record service checks (required fields, rights, lengths); odd rows can be written here on purpose.

use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};
use serde_json::Value as Json;

use super::{
    Fields, load,
    rows::{self, columns},
    schema::{Kind, Schema},
};
use crate::sandbox::data::books::{Books, Contact, Customer, EntityKind};

/// Ids of customers and contacts that come later start here.
const LATER_FROM: u32 = 4_001;
/// Ids of a record's second and further addresses start here; the first has the record's own id.
const ADDRESSES_FROM: i64 = 2_000_000_000;

/// Why a row cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such column.
    #[error("there is no column \"{0}\"")]
    Column(String),
    /// The value is none for the column.
    #[error("the value of \"{0}\" does not fit")]
    Value(String),
    /// There is no such record.
    #[error("there is no {} {id}", .kind.table())]
    Missing {
        /// What it would be.
        kind: EntityKind,
        /// Its id.
        id: u32,
    },
    /// Invoices hang on it.
    #[error("the customer {0} has transactions")]
    InUse(u32),
    /// SQLite failed: a fault of the sandbox.
    #[error("SQLite: {0}")]
    Inside(#[from] rusqlite::Error),
}

/// The rows of customers and contacts, under the engine's lock.
pub struct Desk<'d> {
    pub(super) db: &'d Connection,
    pub(super) schema: &'d Schema,
    /// The next id.
    pub(super) next: &'d AtomicU32,
}

impl Desk<'_> {
    /// The first of `count` ids that nobody had before.
    #[must_use]
    pub fn new_ids(&self, count: u32) -> u32 {
        self.next.fetch_add(count, Ordering::SeqCst)
    }

    /// A record's columns.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn get(&self, kind: EntityKind, id: u32) -> Result<Option<Fields>, DeskError> {
        let columns = columns(self.schema, kind);
        let sql = format!("{} WHERE id = ?", select(kind.table(), &columns));
        Ok(self.db.prepare_cached(&sql)?.query_row([id], |row| rows::fields(row, &columns)).optional()?)
    }

    /// The records with ids above `after`, at most `limit`.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn page(&self, kind: EntityKind, after: u32, limit: u32) -> Result<Vec<Fields>, DeskError> {
        let columns = columns(self.schema, kind);
        let sql = format!("{} WHERE id > ? ORDER BY id LIMIT ?", select(kind.table(), &columns));
        let mut statement = self.db.prepare_cached(&sql)?;
        let page = statement.query_map([after, limit], |row| rows::fields(row, &columns))?;
        Ok(page.collect::<Result<_, _>>()?)
    }

    /// How many records there are, and the ids of `limit` of them from `offset` on.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn ids(&self, kind: EntityKind, limit: u64, offset: u64) -> Result<(u64, Vec<u32>), DeskError> {
        let table = kind.table();
        let total = self.db.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?;
        let sql = format!("SELECT id FROM {table} ORDER BY id LIMIT ? OFFSET ?");
        let window = [i64::try_from(limit).unwrap_or(i64::MAX), i64::try_from(offset).unwrap_or(i64::MAX)];
        let mut statement = self.db.prepare_cached(&sql)?;
        let ids = statement.query_map(window, |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok((u64::try_from(total).unwrap_or(0), ids))
    }

    /// The record with this external id.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn by_external(&self, kind: EntityKind, external: &str) -> Result<Option<u32>, DeskError> {
        let sql = format!("SELECT id FROM {} WHERE externalid = ?", kind.table());
        Ok(self.db.prepare_cached(&sql)?.query_row([external], |row| row.get(0)).optional()?)
    }

    /// Writes a new record; `at` is the account's wall clock.
    ///
    /// # Errors
    /// When a column or value is none, or SQLite fails.
    pub fn insert(&self, kind: EntityKind, id: u32, mut fields: Fields, at: &str) -> Result<(), DeskError> {
        self.next.fetch_max(id + 1, Ordering::SeqCst);
        fields.retain(|_, value| !value.is_null());
        fields.insert("id".to_owned(), id.into());
        rows::complete(kind, id, &mut fields, None);
        for stamp in ["lastmodifieddate", "datecreated"] {
            fields.entry(stamp).or_insert_with(|| at.into());
        }
        let all = columns(self.schema, kind);
        let (names, values) = named(&all, &fields)?;
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", kind.table(), names.join(", "));
        self.db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        self.tie_to_company(kind, id, &fields)
    }

    /// Changes a record; stamps it with `at` unless the change names another stamp. Gives the row as it is then.
    ///
    /// # Errors
    /// When there is no such record, a column or value is none, or SQLite fails.
    pub fn change(&self, kind: EntityKind, id: u32, changes: Fields, at: &str) -> Result<Fields, DeskError> {
        let before = self.get(kind, id)?.ok_or(DeskError::Missing { kind, id })?;
        let mut fields = before.clone();
        fields.insert("lastmodifieddate".to_owned(), at.into());
        for (name, value) in changes {
            fields.insert(name, value);
        }
        fields.insert("id".to_owned(), id.into());
        fields.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
        rows::complete(kind, id, &mut fields, Some(&before));
        let all = columns(self.schema, kind);
        let mut moved = Fields::new();
        for (name, value) in &fields {
            if before.get(name) != Some(value) {
                moved.insert(name.clone(), value.clone());
            }
        }
        for name in before.keys().filter(|name| !fields.contains_key(*name)) {
            moved.insert(name.clone(), Json::Null);
        }
        let (names, mut values) = named(&all, &moved)?;
        if !names.is_empty() {
            let sets: Vec<_> = names.iter().map(|name| format!("{name} = ?")).collect();
            values.push(i64::from(id).into());
            let sql = format!("UPDATE {} SET {} WHERE id = ?", kind.table(), sets.join(", "));
            self.db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        }
        if moved.contains_key("company") {
            if let Some(old) = rows::id(&before, "company") {
                self.detach(old, id)?;
            }
            self.tie_to_company(kind, id, &fields)?;
        }
        Ok(fields)
    }

    fn tie_to_company(&self, kind: EntityKind, id: u32, fields: &Fields) -> Result<(), DeskError> {
        match rows::id(fields, "company") {
            Some(company) if kind == EntityKind::Contact => self.attach(company, id, None),
            _ => Ok(()),
        }
    }

    /// Ties a contact to a company, unless it is.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn attach(&self, company: u32, contact: u32, role: Option<i64>) -> Result<(), DeskError> {
        let tied = "SELECT 1 FROM companycontactrelationship WHERE contact = ? AND company = ?";
        if self.db.prepare_cached(tied)?.exists([contact, company])? {
            let sql =
                "UPDATE companycontactrelationship SET role = COALESCE(?, role) WHERE contact = ? AND company = ?";
            self.db.prepare_cached(sql)?.execute(params![role, contact, company])?;
        } else {
            let sql = "INSERT INTO companycontactrelationship (company, contact, role) VALUES (?, ?, ?)";
            self.db.prepare_cached(sql)?.execute(params![company, contact, role])?;
        }
        Ok(())
    }

    /// Takes a contact from a company.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn detach(&self, company: u32, contact: u32) -> Result<(), DeskError> {
        let sql = "DELETE FROM companycontactrelationship WHERE contact = ? AND company = ?";
        self.db.prepare_cached(sql)?.execute([contact, company])?;
        Ok(())
    }

    /// The companies of a contact, or the contacts of a company, in order.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn ties(&self, kind: EntityKind, id: u32) -> Result<Vec<u32>, DeskError> {
        let sql = match kind {
            EntityKind::Contact => "SELECT company FROM companycontactrelationship WHERE contact = ? ORDER BY company",
            EntityKind::Customer => "SELECT contact FROM companycontactrelationship WHERE company = ? ORDER BY contact",
        };
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// A record's addresses, the first one first.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn addresses(&self, owner: u32) -> Result<Vec<Fields>, DeskError> {
        let columns = rows::address_columns(self.schema);
        let sql = format!("{} WHERE recordowner = ? ORDER BY nkey", select("entityaddress", &columns));
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_map([owner], |row| rows::fields(row, &columns))?.collect::<Result<_, _>>()?)
    }

    /// Writes an address: over the one with its `nkey`, else a new one. A customer's first one becomes its default. Gives
    /// its key.
    ///
    /// # Errors
    /// When a column or value is none, or SQLite fails.
    pub fn put_address(&self, owner: u32, mut address: Fields) -> Result<i64, DeskError> {
        let first = self.addresses(owner)?.is_empty();
        let key = match address.get("nkey").and_then(Json::as_i64) {
            Some(key) => key,
            None if first => i64::from(owner),
            None => self.db.query_row(
                "SELECT MAX(?1, COALESCE(MAX(nkey), 0) + 1) FROM entityaddress WHERE nkey >= ?1",
                [ADDRESSES_FROM],
                |row| row.get(0),
            )?,
        };
        address.insert("nkey".to_owned(), key.into());
        address.insert("recordowner".to_owned(), owner.into());
        let (names, values) = named(&rows::address_columns(self.schema), &address)?;
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT OR REPLACE INTO entityaddress ({}) VALUES ({marks})", names.join(", "));
        self.db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        if first {
            let sql = "UPDATE customer SET defaultbillingaddress = ?1, defaultshippingaddress = ?1 WHERE id = ?2";
            self.db.prepare_cached(sql)?.execute(params![key, owner])?;
        }
        Ok(key)
    }

    /// Takes every address from a record.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn clear_addresses(&self, owner: u32) -> Result<(), DeskError> {
        self.db.prepare_cached("DELETE FROM entityaddress WHERE recordowner = ?")?.execute([owner])?;
        let sql = "UPDATE customer SET defaultbillingaddress = NULL, defaultshippingaddress = NULL WHERE id = ?";
        self.db.prepare_cached(sql)?.execute([owner])?;
        Ok(())
    }

    /// Writes many generated customers with their contacts.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn load(&self, rows: &[(Customer, Vec<Contact>)]) -> Result<(), DeskError> {
        for (customer, contacts) in rows {
            load::put_customer(self.db, customer)?;
            for contact in contacts {
                load::put_contact(self.db, contact)?;
            }
        }
        Ok(())
    }

    /// Puts customers, contacts and deleted records back as `books` has them.
    ///
    /// # Errors
    /// When a planted row does not fit, or SQLite fails.
    pub fn restore(&self, books: &Books) -> Result<(), DeskError> {
        self.give_back()?;
        for table in ["customer", "contact", "entityaddress", "companycontactrelationship", "deletedrecord"] {
            self.db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        load::people(self.db, books)?;
        self.plant(books)
    }

    /// Writes the planted rows, and sets the next id behind all of them.
    pub(super) fn plant(&self, books: &Books) -> Result<(), DeskError> {
        for planted in &books.planted {
            let mut fields = planted.fields.clone();
            let address = fields.remove("address");
            let at = rows::text(&fields, "lastmodifieddate").unwrap_or_default().to_owned();
            self.insert(planted.kind, planted.id, fields, &at)?;
            if let Some(Json::Object(address)) = address {
                self.put_address(planted.id, address)?;
            }
            for company in &planted.companies {
                self.attach(*company, planted.id, None)?;
            }
        }
        let planted = books.planted.iter().map(|p| p.id + 1).max().unwrap_or(0);
        self.next.store(planted.max(LATER_FROM), Ordering::SeqCst);
        Ok(())
    }
}

fn select(table: &str, columns: &[(&str, &str, Kind)]) -> String {
    let names: Vec<_> = columns.iter().map(|(_, column, _)| format!("\"{column}\"")).collect();
    format!("SELECT {} FROM {table}", names.join(", "))
}

/// The names of columns as SQLite has them, with their values.
fn named(all: &[(&str, &str, Kind)], fields: &Fields) -> Result<(Vec<String>, Vec<rusqlite::types::Value>), DeskError> {
    let mut names = Vec::with_capacity(fields.len());
    let mut values = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let known = all.iter().find(|(column, ..)| column == name);
        let (_, column, kind) = known.ok_or_else(|| DeskError::Column(name.clone()))?;
        names.push(format!("\"{column}\""));
        values.push(rows::held(name, *kind, value)?);
    }
    Ok((names, values))
}
