//! Which of the columns that we like to read an account has.
//!
//! Accounts differ by features, rights and forms, and one missing column fails a whole SuiteQL query. So what is optional
//! is listed here, asked for once per connection, and left out where it is missing. Until an account has been asked, it is
//! taken to have everything.

use std::collections::BTreeSet;

use crate::domain::money::Currency;

/// Something an account may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Optional {
    /// `transaction.duedate`
    DueDate,
    /// `transaction.memo`
    Memo,
    /// `transaction.otherrefnum`
    PoNumber,
    /// `transaction.voided`
    Voided,
    /// Amounts in the document's own currency: the feature Multiple Currencies.
    Foreign,
    /// `transactionline.subsidiary`: the feature Subsidiaries (OneWorld).
    Subsidiary,
    /// How much of a credit note is used, in its own currency.
    CreditUse,
    /// The rate of a tax in percent.
    TaxRate,
    /// Cost-of-goods lines are marked.
    Cogs,
    /// `customer.altemail`
    OtherEmail,
    /// The table `contact`.
    Contacts,
    /// The tables that say what settles what.
    Links,
    /// How much of a payment went to an invoice.
    LinkAmount,
}

/// One table and what may be missing of it.
pub(super) struct Asked {
    /// The table, as SuiteQL names it.
    pub(super) table: &'static str,
    /// A column that is always there when the table is.
    pub(super) core: &'static str,
    /// What is lost when the whole table is missing; empty when nothing works without it.
    pub(super) whole: &'static [Optional],
    /// Optional columns, and what is lost with each.
    pub(super) columns: &'static [(&'static str, Optional)],
}

/// Everything that is asked for, table by table.
pub(super) const ASKED: [Asked; 7] = [
    Asked {
        table: "transaction",
        core: "id",
        whole: &[],
        columns: &[
            ("duedate", Optional::DueDate),
            ("memo", Optional::Memo),
            ("otherrefnum", Optional::PoNumber),
            ("voided", Optional::Voided),
            ("currency", Optional::Foreign),
            ("foreigntotal", Optional::Foreign),
            ("foreignamountpaid", Optional::Foreign),
            ("foreignamountunpaid", Optional::Foreign),
        ],
    },
    Asked {
        table: "transactionline",
        core: "id",
        whole: &[],
        columns: &[
            ("subsidiary", Optional::Subsidiary),
            ("foreignpaymentamountused", Optional::CreditUse),
            ("foreignpaymentamountunused", Optional::CreditUse),
            ("foreignamount", Optional::Foreign),
            ("ratepercent", Optional::TaxRate),
            ("iscogs", Optional::Cogs),
        ],
    },
    Asked { table: "customer", core: "id", whole: &[], columns: &[("altemail", Optional::OtherEmail)] },
    Asked {
        table: "contact",
        core: "company",
        whole: &[Optional::Contacts],
        columns: &[("email", Optional::Contacts)],
    },
    Asked {
        table: "nexttransactionlink",
        core: "nextdoc",
        whole: &[Optional::Links],
        columns: &[("foreignamount", Optional::LinkAmount)],
    },
    Asked {
        table: "previoustransactionlink",
        core: "nextdoc",
        whole: &[Optional::Links],
        columns: &[("foreignamount", Optional::LinkAmount)],
    },
    Asked { table: "currency", core: "symbol", whole: &[], columns: &[] },
];

/// What an account has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Columns {
    missing: BTreeSet<Optional>,
    no_table: BTreeSet<&'static str>,
    /// The account's own currency, needed where documents name none.
    pub(super) base_currency: Option<Currency>,
}

impl Columns {
    /// Everything there.
    pub(super) fn all() -> Self {
        Self::default()
    }

    /// Whether the account has `wanted`.
    pub(super) fn has(&self, wanted: Optional) -> bool {
        !self.missing.contains(&wanted)
    }

    /// Notes that the account has no `lost`.
    pub(super) fn lose(&mut self, lost: Optional) {
        self.missing.insert(lost);
    }

    /// Notes that the account has no such table, or the role may not see it.
    pub(super) fn lose_table(&mut self, table: &'static str) {
        self.no_table.insert(table);
    }

    /// Whether the whole table is missing.
    pub(super) fn lacks_table(&self, table: &str) -> bool {
        self.no_table.contains(table)
    }

    /// Whether asking the account anew may tell how to do without the column `name` that it just refused: one that it was
    /// taken to have.
    pub(super) fn may_do_without_column(&self, name: &str) -> bool {
        let named = ASKED.iter().flat_map(|asked| asked.columns).filter(|(column, _)| *column == name);
        named.into_iter().any(|(_, lost)| self.has(*lost))
    }

    /// The same for a table.
    pub(super) fn may_do_without_table(&self, name: &str) -> bool {
        ASKED.iter().any(|asked| asked.table == name) && !self.lacks_table(name)
    }

    /// Everything that is missing.
    pub(super) const fn missing(&self) -> &BTreeSet<Optional> {
        &self.missing
    }

    /// `sql` where the account has `wanted`, else nothing.
    pub(super) fn when(&self, wanted: Optional, sql: &'static str) -> &'static str {
        if self.has(wanted) { sql } else { "" }
    }
}
