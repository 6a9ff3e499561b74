//! What an account shows: its features and its role's permissions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{dates::DateFormat, scope::quoted};
use crate::sandbox::data::books::TransactionKind;

/// Which tables, columns and rows an account shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Feature "Multiple Currencies": without it `currency`, `exchangerate` and `foreign…` columns are missing.
    pub multi_currency: bool,
    /// Feature "OneWorld": without it everything about subsidiaries is missing.
    pub one_world: bool,
    /// Tables (lower case) that the role may not see.
    pub hidden_tables: BTreeSet<String>,
    /// Columns (`table.column`, lower case) that are missing for another reason.
    pub hidden_columns: BTreeSet<String>,
    /// Kinds of transactions whose rows the role does not see.
    pub hidden_kinds: Vec<TransactionKind>,
    /// How the account writes dates.
    pub date_format: DateFormat,
    /// Cells that come out as rubbish.
    pub broken: Vec<BrokenValue>,
}

/// A cell that comes out as rubbish where a statement's `SELECT` list names its column, whatever is made of it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenValue {
    /// The table, in lower case.
    pub table: String,
    /// The row's id (an address' key).
    pub id: u32,
    /// The column, in lower case.
    pub column: String,
    /// What stands there.
    pub text: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            multi_currency: true,
            one_world: true,
            hidden_tables: BTreeSet::new(),
            hidden_columns: BTreeSet::new(),
            hidden_kinds: Vec::new(),
            date_format: DateFormat::default(),
            broken: Vec::new(),
        }
    }
}

impl Rules {
    /// Whether a table (lower case) is missing.
    pub(super) fn hides_table(&self, table: &str) -> bool {
        let feature = match table {
            "currency" | "currencyrate" => !self.multi_currency,
            "subsidiary" | "customersubsidiaryrelationship" => !self.one_world,
            _ => false,
        };
        feature || self.hidden_tables.contains(table)
    }

    /// Whether a column (lower case) is missing.
    pub(super) fn hides_column(&self, table: &str, column: &str) -> bool {
        let money = column == "currency" || column == "exchangerate" || column.contains("foreign");
        (money && !self.multi_currency)
            || (column == "subsidiary" && !self.one_world)
            || self.hidden_columns.contains(&format!("{table}.{column}"))
    }

    /// What to read a table from.
    pub(super) fn rows_of(&self, table: &str) -> String {
        let hidden: Vec<_> = self.hidden_kinds.iter().map(|k| format!("'{}'", k.code())).collect();
        if table == "transaction" && !hidden.is_empty() {
            return format!("(SELECT * FROM \"transaction\" WHERE \"type\" NOT IN ({}))", hidden.join(", "));
        }
        quoted(table)
    }
}
