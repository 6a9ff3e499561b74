//! Who may see invoices, who may attach, who else administers.
