//! A question to SuiteQL whose answer can be trusted.
//!
//! Promise: every row of an answer bears the mark of its question, so that an answer to another one is noticed; an answer without
//! rows, or with fewer than there must be, is believed only when a count agrees. Either is asked again a few times.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{
    super::{
        NetSuite,
        errors::Refusal,
        statements::Statement,
        wire::{Fields as Row, Rows},
    },
    decode,
};
use crate::erp::{ErpError, Lane};

/// An answer that a count contradicts.
const INCOMPLETE: ErpError = ErpError::Unavailable { why: "NetSuite answered with fewer rows than it counts" };
/// An answer to another question.
pub(super) const ANOTHER: ErpError = ErpError::Unavailable { why: "NetSuite answered another question than was asked" };

/// How often a question is asked whose answer is not its own or not whole.
const TRIES: u32 = 4;
/// The first wait in between; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// A statement in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// What stands between `SELECT` and `FROM`.
    pub(super) columns: String,
    /// From `FROM` to the end of the conditions.
    pub(super) from: String,
    /// What stands behind `ORDER BY`; empty for one row.
    pub(super) order: &'static str,
    /// For the question marks of `from`.
    pub(super) params: Vec<String>,
}

impl Question {
    /// How many rows its answer has without a limit: column `rowcount`.
    fn count(&self) -> Self {
        Self {
            columns: "COUNT(*) AS rowcount".to_owned(),
            from: self.from.clone(),
            order: "",
            params: self.params.clone(),
        }
    }

    /// The statement with a mark in every row, and the mark.
    fn marked(&self) -> (Statement, String) {
        let Self { columns, from, order, params } = self;
        let mut hash = Sha256::new();
        for part in [columns.as_str(), from, order].into_iter().chain(params.iter().map(String::as_str)) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let hash = hash.finalize();
        let mark = hash.iter().take(6).fold(0_u64, |mark, byte| mark << 8 | u64::from(*byte));
        let mark = format!("{mark:012x}");
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {order}") };
        let sql = format!("SELECT '{mark}' AS asked, {columns} {from}{order}");
        (Statement { sql, params: params.clone() }, mark)
    }

    /// The first `limit` rows. Waits for one call.
    ///
    /// # Errors
    /// A refusal; an answer to another question is [`ErpError::Unavailable`] after a few tries.
    pub(super) async fn ask(&self, netsuite: &NetSuite, lane: Lane, limit: usize) -> Result<Rows, Refusal> {
        let (statement, mark) = self.marked();
        for attempt in 0..TRIES {
            wait(netsuite, attempt).await;
            let rows = netsuite.calls.page(lane, &statement, limit, 0).await?;
            if rows.items.iter().all(|row| row.text("asked") == Some(mark.as_str())) {
                return Ok(rows);
            }
        }
        Err(Refusal::Final(ANOTHER))
    }

    /// The only row. Waits for one call.
    ///
    /// # Errors
    /// As [`Question::ask`]; no row is [`ErpError::Unavailable`] after a few tries.
    pub(super) async fn only(&self, netsuite: &NetSuite, lane: Lane) -> Result<Row, Refusal> {
        for attempt in 0..TRIES {
            wait(netsuite, attempt).await;
            if let Some(row) = self.ask(netsuite, lane, 1).await?.items.pop() {
                return Ok(row);
            }
        }
        Err(Refusal::Final(INCOMPLETE))
    }

    /// How many rows there are. Waits for one call.
    ///
    /// # Errors
    /// As [`Question::only`].
    pub(super) async fn counted(&self, netsuite: &NetSuite, lane: Lane) -> Result<u64, Refusal> {
        let row = self.count().only(netsuite, lane).await?;
        decode::id(&row, "rowcount").map_err(Refusal::Final)
    }

    /// The first `limit` rows, believed to be fewer than `expected` only when a count says so. Waits for one call, or two.
    ///
    /// # Errors
    /// As [`Question::ask`]; rows that stay out are [`ErpError::Unavailable`] after a few tries.
    pub(super) async fn whole(
        &self,
        netsuite: &NetSuite,
        lane: Lane,
        limit: usize,
        expected: usize,
    ) -> Result<Rows, Refusal> {
        for attempt in 0..TRIES {
            wait(netsuite, attempt).await;
            let rows = self.ask(netsuite, lane, limit).await?;
            let got = rows.items.len();
            if got >= expected.min(limit) || self.counted(netsuite, lane).await? <= got as u64 {
                return Ok(rows);
            }
        }
        Err(Refusal::Final(INCOMPLETE))
    }
}

/// The wait before a try; none before the first.
async fn wait(netsuite: &NetSuite, attempt: u32) {
    if attempt > 0 {
        netsuite.calls.clock.pause(FIRST_WAIT * 2_u32.pow(attempt - 1)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_questions_apart() {
        let ask = |from: &str, params: &[&str]| Question {
            columns: "r.id AS id".to_owned(),
            from: from.to_owned(),
            order: "r.id",
            params: params.iter().map(|text| (*text).to_owned()).collect(),
        };
        let one = ask("FROM customer r WHERE r.id > 5", &[]);
        let (statement, mark) = one.marked();
        assert_eq!(
            statement.sql,
            format!("SELECT '{mark}' AS asked, r.id AS id FROM customer r WHERE r.id > 5 ORDER BY r.id")
        );
        let others =
            [ask("FROM customer r WHERE r.id > 6", &[]), ask("FROM customer r WHERE r.id > 5", &["x"]), one.count()];
        assert!(others.iter().all(|other| other.marked().1 != mark));
        let ends = [ask("a", &["bc", "d"]), ask("a", &["b", "cd"])];
        assert_ne!(ends[0].marked().1, ends[1].marked().1);
    }
}
