//! Transactions: begun and committed in tasks of their own, named, run again after a lost race.

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Db, StoreError};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It reads only. On SQLite it runs beside the one writer.
    Read,
    /// It writes. On SQLite there is one at a time, and it takes the write lock at once.
    Write,
}

/// An open transaction on one of the two databases. Dropped without [`Tx::commit`], nothing of it stays.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Ends the transaction and keeps what it did. The commit runs in a task of its own: it is finished even when the
    /// caller is dropped meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; after [`StoreError::Unreachable`] it is not known whether the commit took effect.
    pub async fn commit(self) -> Result<(), StoreError> {
        let end = tokio::spawn(async move {
            match self {
                Self::Sqlite(tx) => tx.commit().await,
                Self::Postgres(tx) => tx.commit().await,
            }
        });
        Ok(joined(end.await)??)
    }

    /// Ends the transaction and undoes what it did.
    ///
    /// # Errors
    /// [`StoreError`]; the transaction is undone all the same, at the latest when its connection is closed.
    pub async fn rollback(self) -> Result<(), StoreError> {
        let end = tokio::spawn(async move {
            match self {
                Self::Sqlite(tx) => tx.rollback().await,
                Self::Postgres(tx) => tx.rollback().await,
            }
        });
        Ok(joined(end.await)??)
    }
}

/// A task that was aborted or panicked means that the program is going down or has a fault.
pub(super) fn joined<T>(joined: Result<T, tokio::task::JoinError>) -> Result<T, StoreError> {
    joined.map_err(|_| StoreError::Broken(sqlx::Error::WorkerCrashed))
}

/// Runs one expression against whichever database the transaction is on:
/// `on!(tx, |c| sqlx::query("…").bind(x).execute(c).await.map(|r| r.rows_affected()))`.
///
/// The expression stands in the program twice, each time with the database's own types, so both are checked. What it
/// gives must have the same type for both.
macro_rules! on {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $c = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}

pub(crate) use on;

/// Runs a block in a named transaction and gives its value: `in_tx!(db, "attach", |tx| { …; Ok(value) })`, or, for one that
/// only reads, `in_tx!(db, read "list", |tx| { … })`.
///
/// The block is an `async` block of type `Result<_, StoreError>`; `tx` is a `&mut Tx` in it. `Ok` commits, `Err` undoes. It
/// may run several times (the database may say that it lost a race), so it must move nothing out of its surroundings and
/// have no effect outside the database.
#[macro_export]
macro_rules! in_tx {
    ($db:expr, read $name:literal, |$tx:ident| $body:block) => {
        $crate::in_tx!(@run $db, $crate::store::Access::Read, $name, |$tx| $body)
    };
    ($db:expr, $name:literal, |$tx:ident| $body:block) => {
        $crate::in_tx!(@run $db, $crate::store::Access::Write, $name, |$tx| $body)
    };
    (@run $db:expr, $access:expr, $name:literal, |$tx:ident| $body:block) => {{
        let db: &$crate::store::Db = &$db;
        let mut attempt = 1_u32;
        loop {
            let ended: ::std::result::Result<_, $crate::store::StoreError> = async {
                let mut held = db.begin($access).await?;
                let $tx = &mut held;
                let done: ::std::result::Result<_, $crate::store::StoreError> = async { $body }.await;
                match done {
                    Ok(value) => {
                        held.commit().await?;
                        Ok(value)
                    }
                    Err(error) => {
                        held.undo($name).await;
                        Err(error)
                    }
                }
            }
            .await;
            match ended {
                Err(error) if db.tries_again($name, attempt, &error).await => attempt += 1,
                ended => break ended,
            }
        }
    }};
}

impl Tx {
    /// Undoes the transaction after its block failed; a failure to do so is only logged, since the block's error tells more.
    #[doc(hidden)]
    pub async fn undo(self, name: &'static str) {
        if let Err(error) = self.rollback().await {
            tracing::debug!(transaction = name, %error, "the rollback failed; the connection is given up");
        }
    }
}

impl Db {
    /// Whether a transaction that failed is to be run again, after a short wait.
    #[doc(hidden)]
    pub async fn tries_again(&self, name: &'static str, attempt: u32, error: &StoreError) -> bool {
        const MOST: u32 = 8;
        if !error.may_run_again() {
            return false;
        }
        if attempt >= MOST {
            tracing::warn!(transaction = name, attempt, "the transaction kept losing races; gave up");
            return false;
        }
        tracing::debug!(transaction = name, attempt, "the transaction lost a race; running it again");
        let most = 5_u64 << attempt.min(6);
        self.clock().pause(std::time::Duration::from_millis(self.clock().up_to(most))).await;
        true
    }
}
