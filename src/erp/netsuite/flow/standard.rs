//! The fields of customers and contacts that come with NetSuite: columns of the record, and a few that are read through it.
//!
//! Names, as used everywhere outside this folder, are the columns' names in SuiteQL; fields that are read from another record
//! have names of ours (`billing_…`, `salesrep_email`, `currency_code`, `company_name`). Sources: netsuite.md 7.3 and the list
//! of columns in `specs/netsuite`; lengths are those of NetSuite's forms.

use crate::{domain::field::FieldKind, erp::source::Kind};

/// A table that a field is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    /// The record's own.
    Own,
    /// The address of the default billing address.
    Address,
    /// The sales representative's.
    Employee,
    /// The record's currency.
    Currency,
    /// The customer that a contact belongs to.
    Company,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standard {
    /// Its name with us.
    pub(super) name: &'static str,
    /// Its name in NetSuite's forms.
    pub(super) label: &'static str,
    /// What it takes.
    pub(super) kind: FieldKind,
    /// Where it is read.
    pub(super) table: Table,
    /// The column there.
    pub(super) column: &'static str,
    /// Its name in the record service, where it can be written.
    pub(super) written: Option<&'static str>,
    /// The most characters.
    pub(super) most: Option<u32>,
}

impl Standard {
    const fn read(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self { name, label, kind, table: Table::Own, column: name, written: None, most: None }
    }

    const fn write(name: &'static str, label: &'static str, kind: FieldKind, written: &'static str) -> Self {
        Self { written: Some(written), ..Self::read(name, label, kind) }
    }

    const fn text(name: &'static str, label: &'static str, written: &'static str, most: u32) -> Self {
        Self { most: Some(most), ..Self::write(name, label, FieldKind::Text, written) }
    }

    const fn of(self, table: Table, column: &'static str) -> Self {
        Self { table, column, ..self }
    }
}

/// The fields of a kind.
pub(super) const fn standard(kind: Kind) -> &'static [Standard] {
    match kind {
        Kind::Customer => CUSTOMER,
        Kind::Contact => CONTACT,
    }
}

use FieldKind::{Choice, Date, Email, Flag, Instant, Money, Phone, Reference, Text, Url};

const CUSTOMER: &[Standard] = &[
    Standard::read("id", "Internal ID", Text),
    Standard::read("externalid", "External ID", Text),
    Standard::text("entityid", "Customer ID", "entityId", 83),
    Standard::read("altname", "Name", Text),
    Standard::text("companyname", "Company Name", "companyName", 83),
    Standard::write("isperson", "Individual", Flag, "isPerson"),
    Standard::text("salutation", "Mr./Ms…", "salutation", 30),
    Standard::text("firstname", "First Name", "firstName", 32),
    Standard::text("middlename", "Middle Name", "middleName", 32),
    Standard::text("lastname", "Last Name", "lastName", 32),
    Standard::text("title", "Job Title", "title", 99),
    Standard::write("email", "Email", Email, "email"),
    Standard::write("altemail", "Alt. Email", Email, "altEmail"),
    Standard::write("phone", "Phone", Phone, "phone"),
    Standard::write("altphone", "Alt. Phone", Phone, "altPhone"),
    Standard::write("mobilephone", "Mobile Phone", Phone, "mobilePhone"),
    Standard::write("homephone", "Home Phone", Phone, "homePhone"),
    Standard::write("fax", "Fax", Phone, "fax"),
    Standard::write("url", "Web Address", Url, "url"),
    Standard::text("comments", "Comments", "comments", 4_000),
    Standard::write("isinactive", "Inactive", Flag, "isInactive"),
    Standard::read("searchstage", "Stage", Choice),
    Standard::write("entitystatus", "Status", Choice, "entityStatus"),
    Standard::write("category", "Category", Choice, "category"),
    Standard::write("language", "Language", Choice, "language"),
    Standard::write("leadsource", "Lead Source", Choice, "leadSource"),
    Standard::write("territory", "Territory", Choice, "territory"),
    Standard::write("pricelevel", "Price Level", Choice, "priceLevel"),
    Standard::write("terms", "Terms", Choice, "terms"),
    Standard::write("currency", "Primary Currency", Choice, "currency"),
    Standard::read("currency_code", "Primary Currency (code)", Text).of(Table::Currency, "symbol"),
    Standard::write("salesrep", "Sales Rep", Reference, "salesRep"),
    Standard::read("salesrep_email", "Sales Rep (email)", Email).of(Table::Employee, "email"),
    Standard::write("parent", "Child Of", Reference, "parent"),
    Standard::text("accountnumber", "Account", "accountNumber", 99),
    Standard::text("resalenumber", "Resale Number", "resaleNumber", 20),
    Standard::write("creditlimit", "Credit Limit", Money, "creditLimit"),
    Standard::read("balancesearch", "Balance", Money),
    Standard::read("overduebalancesearch", "Overdue Balance", Money),
    Standard::read("unbilledorderssearch", "Unbilled Orders", Money),
    Standard::read("firstorderdate", "First Order Date", Date),
    Standard::read("lastorderdate", "Last Order Date", Date),
    Standard::read("firstsaledate", "First Sale Date", Date),
    Standard::read("lastsaledate", "Last Sale Date", Date),
    Standard::read("datecreated", "Date Created", Instant),
    Standard::read("lastmodifieddate", "Last Modified", Instant),
    ADDRESS[0],
    ADDRESS[1],
    ADDRESS[2],
    ADDRESS[3],
    ADDRESS[4],
    ADDRESS[5],
    ADDRESS[6],
    ADDRESS[7],
    ADDRESS[8],
    ADDRESS[9],
];

const CONTACT: &[Standard] = &[
    Standard::read("id", "Internal ID", Text),
    Standard::read("externalid", "External ID", Text),
    Standard::text("entityid", "Name", "entityId", 83),
    Standard::text("salutation", "Mr./Ms…", "salutation", 30),
    Standard::text("firstname", "First Name", "firstName", 32),
    Standard::text("middlename", "Middle Name", "middleName", 32),
    Standard::text("lastname", "Last Name", "lastName", 32),
    Standard::text("title", "Job Title", "title", 99),
    Standard::write("email", "Email", Email, "email"),
    Standard::write("altemail", "Alt. Email", Email, "altEmail"),
    Standard::write("phone", "Main Phone", Phone, "phone"),
    Standard::write("officephone", "Office Phone", Phone, "officePhone"),
    Standard::write("mobilephone", "Mobile Phone", Phone, "mobilePhone"),
    Standard::write("homephone", "Home Phone", Phone, "homePhone"),
    Standard::write("fax", "Fax", Phone, "fax"),
    Standard::read("company", "Company", Reference),
    Standard::read("company_name", "Company (name)", Text).of(Table::Company, "companyname"),
    Standard::write("contactrole", "Role", Choice, "contactRole"),
    Standard::write("supervisor", "Supervisor", Reference, "supervisor"),
    Standard::write("category", "Category", Choice, "category"),
    Standard::write("isinactive", "Inactive", Flag, "isInactive"),
    Standard::write("isprivate", "Private", Flag, "isPrivate"),
    Standard::text("comments", "Comments", "comments", 4_000),
    Standard::read("datecreated", "Date Created", Instant),
    Standard::read("lastmodifieddate", "Last Modified", Instant),
    ADDRESS[0],
    ADDRESS[1],
    ADDRESS[2],
    ADDRESS[3],
    ADDRESS[4],
    ADDRESS[5],
    ADDRESS[6],
    ADDRESS[7],
    ADDRESS[8],
    ADDRESS[9],
];

/// The default billing address. It is not written: an address is a record of its own, shared with shipping as a rule.
const ADDRESS: [Standard; 10] = [
    Standard::read("billing_addressee", "Billing: Addressee", Text).of(Table::Address, "addressee"),
    Standard::read("billing_attention", "Billing: Attention", Text).of(Table::Address, "attention"),
    Standard::read("billing_addr1", "Billing: Address 1", Text).of(Table::Address, "addr1"),
    Standard::read("billing_addr2", "Billing: Address 2", Text).of(Table::Address, "addr2"),
    Standard::read("billing_addr3", "Billing: Address 3", Text).of(Table::Address, "addr3"),
    Standard::read("billing_city", "Billing: City", Text).of(Table::Address, "city"),
    Standard::read("billing_state", "Billing: State", Text).of(Table::Address, "state"),
    Standard::read("billing_zip", "Billing: Zip", Text).of(Table::Address, "zip"),
    Standard::read("billing_country", "Billing: Country (code)", Text).of(Table::Address, "country"),
    Standard::read("billing_phone", "Billing: Phone", Phone).of(Table::Address, "addrphone"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_there_once_and_could_stand_in_a_statement() {
        for kind in [Kind::Customer, Kind::Contact] {
            let names: BTreeSet<&str> = standard(kind).iter().map(|field| field.name).collect();
            assert_eq!(names.len(), standard(kind).len(), "{kind:?}");
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(standard(kind).iter().all(|field| plain(field.name) && plain(field.column)));
        }
    }

    #[test]
    fn what_is_read_through_another_record_is_never_written() {
        let all = [Kind::Customer, Kind::Contact].into_iter().flat_map(standard);
        assert!(all.filter(|field| field.table != Table::Own).all(|field| field.written.is_none()));
    }
}
